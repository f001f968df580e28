"""A code is good for its door, now and half a minute ago; a scanned one proves its time also days later."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.turning import SECONDS, accepted, proven, scanned, spoken, step

from .notebook import NOW

KEY = b"k" * 32
SLOT = "slot-1"
HERE = step(NOW)
HALF = timedelta(seconds=SECONDS)
CODES = [spoken(KEY, SLOT, HERE), scanned(KEY, SLOT, HERE)]


def test_codes_are_six_digits_and_sixteen_letters() -> None:
    assert len(CODES[0]) == 6 and CODES[0].isdigit()
    assert len(CODES[1]) == 16 and CODES[1].isalnum() and CODES[1].isupper()


@pytest.mark.parametrize("code", CODES, ids=["spoken", "scanned"])
def test_a_code_is_good_in_its_half_minute_and_the_next_and_then_never(code: str) -> None:
    start = NOW.replace(second=0)
    at = [accepted(KEY, SLOT, code, start + HALF * n + timedelta(seconds=s)) for n in (-1, 0, 1, 2, 3) for s in (0, 29)]
    assert at == [None, None, HERE, HERE, HERE, HERE, None, None, None, None]


@pytest.mark.parametrize("code", CODES, ids=["spoken", "scanned"])
def test_a_code_opens_one_door_of_one_keeper(code: str) -> None:
    assert accepted(KEY, "slot-2", code, NOW) is None
    assert accepted(b"x" * 32, SLOT, code, NOW) is None
    assert accepted(KEY, SLOT, code.lower(), NOW) == HERE


@settings(max_examples=200, deadline=None, derandomize=True)
@given(text=st.text(max_size=20))
def test_nothing_else_is_a_code(text: str) -> None:
    assert text in CODES or accepted(KEY, SLOT, text, NOW) is None
    assert text in CODES or proven(KEY, SLOT, text, NOW, NOW + timedelta(hours=1)) is None


@given(n=st.integers(0, 2 * 3600 // SECONDS))
def test_a_scanned_code_proves_its_half_minute_three_days_later(n: int) -> None:
    earliest, latest = NOW, NOW + timedelta(hours=2)
    assert proven(KEY, SLOT, scanned(KEY, SLOT, HERE + n), earliest, latest) == HERE + n
    assert proven(KEY, SLOT, scanned(KEY, SLOT, HERE + n), latest + HALF, latest + timedelta(hours=1)) is None


def test_a_spoken_code_proves_nothing_later() -> None:
    assert proven(KEY, SLOT, CODES[0], NOW, NOW + timedelta(hours=2)) is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="week"):
        proven(KEY, SLOT, CODES[1], NOW, NOW + timedelta(days=8))
    with pytest.raises(ValueError, match="zone"):
        step(datetime(2026, 11, 25))
    with pytest.raises(ValueError, match="key"):
        spoken(b"short", SLOT, HERE)


def test_spoken_codes_are_spread_evenly() -> None:
    firsts = [spoken(KEY, SLOT, n)[0] for n in range(5000)]
    assert all(400 < firsts.count(digit) < 600 for digit in "0123456789")
