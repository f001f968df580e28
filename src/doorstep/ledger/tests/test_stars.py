"""A star is hours and quality; the next one says what it still lacks."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.ledger.entry import Grade
from doorstep.ledger.pack import FACTS, BadPack
from doorstep.ledger.stars import Record, default_scheme, scheme, standing

from .notebook import ODD

SCHEME = default_scheme()
DATA = (FACTS / "stars-default-2.json").read_bytes()
FIRST = (FACTS / "stars-default-1.json").read_bytes()


def record(hours: float, ratings: int = 30, rating: int = 5, grade: Grade = Grade.CODE_PAIR) -> Record:
    return Record({grade: round(hours * 10)}, [rating] * ratings)


@pytest.mark.parametrize(
    ("hours", "star"), [(0, 0), (99.9, 0), (100, 1), (299.9, 1), (300, 2), (600, 3), (1000, 4), (1499.9, 4), (1500, 5), (9000, 5)]
)
def test_the_default_thresholds(hours: float, star: int) -> None:
    assert standing(SCHEME, record(hours)).star == star


def test_hours_alone_do_not_make_a_second_star() -> None:
    assert standing(SCHEME, record(2000, ratings=0)).lacks == {"ratings": 3}
    assert standing(SCHEME, record(700, ratings=6, rating=3)).lacks == {"mean_hundredths": 50}
    assert standing(SCHEME, record(700, grade=Grade.BACKFILLED)).lacks == {"witnessed_percent": 50}


def test_what_the_next_star_lacks_is_told() -> None:
    assert standing(SCHEME, record(250, ratings=1)).lacks == {"tenths": 500, "ratings": 2}
    assert standing(SCHEME, record(1500)).lacks == {}
    assert standing(SCHEME, Record({})).lacks == {"tenths": 1000}


def test_a_scheme_may_leave_out_a_grade() -> None:
    own = scheme(varied(grades=["code_pair"]))
    assert standing(own, Record({Grade.CODE_PAIR: 900, Grade.TRANSFERRED: 5000})).star == 0


@given(
    tenths=st.dictionaries(st.sampled_from([*Grade]), st.integers(0, 20_000)),
    more=st.integers(0, 5000),
    ratings=st.lists(st.integers(1, 5), max_size=30),
)
def test_more_witnessed_hours_never_cost_a_star(tenths: dict[Grade, int], more: int, ratings: list[int]) -> None:
    richer = tenths | {Grade.CODE_PAIR: tenths.get(Grade.CODE_PAIR, 0) + more}
    assert standing(SCHEME, Record(richer, ratings)).star >= standing(SCHEME, Record(tenths, ratings)).star


def varied(**values: Any) -> bytes:
    return json.dumps({**json.loads(DATA), **values}).encode()


LEVELS = json.loads(DATA)["levels"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (varied(levels=[]), "levels"), (varied(levels=LEVELS[1:]), "levels"), (varied(levels=[LEVELS[0], LEVELS[2]]), "levels"), (varied(levels=[{"star": 1}]), "levels"),
        (varied(levels=[LEVELS[0], {**LEVELS[1], "hours": 100}]), "levels"), (varied(levels=[{**LEVELS[0], "hours": 1.5}]), "levels"), (varied(grades=["x"]), "grades"),
        (varied(levels=[LEVELS[0], LEVELS[1], {**LEVELS[2], "ratings": 0}]), "levels"), (varied(format="doorstep-rules/1"), "format"), (varied(levels=3), "levels"),
    ],
)  # fmt: skip
def test_a_scheme_that_is_wrong_says_where(data: bytes, field: str) -> None:
    with pytest.raises(BadPack) as refused:
        scheme(data)
    assert refused.value.field == field


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_scheme_is_read_or_refused(odd: Any) -> None:
    for change in (
        [{name: odd} for name in json.loads(DATA)] + [{"levels": [{**LEVELS[0], name: odd}]} for name in LEVELS[0]] + [{"levels": [odd]}]
    ):
        with suppress(BadPack):
            assert scheme(varied(**change)).levels


def test_a_scheme_has_a_name() -> None:
    assert SCHEME.name == "default@2" and len(SCHEME.levels) == 5


def test_days_of_notice_are_part_of_the_scheme_and_seven_where_an_older_one_is_silent() -> None:
    assert SCHEME.notice_days == scheme(FIRST).notice_days == 7
    assert scheme(varied(notice_days=0)).notice_days == 0
    for wrong in (-1, 61, True, "7", None):
        with pytest.raises(BadPack) as refused:
            scheme(varied(notice_days=wrong))
        assert refused.value.field == "notice_days"
