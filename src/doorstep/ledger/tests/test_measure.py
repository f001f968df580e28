"""The figures are figures of logs that verify, and a walk holds no more for a longer log."""

import itertools

import pytest

from doorstep.ledger.entry import check
from doorstep.ledger.measure import drawn, measure

COUNT = 10_000


def test_ten_thousand_entries_are_appended_proved_and_walked() -> None:
    told: list[tuple[str, int]] = []
    ticks = itertools.count(step=0.5)
    figures = measure(COUNT, lambda: next(ticks), lambda step, done: told.append((step, done)))
    assert figures["entries"] == COUNT
    assert figures["inclusion_bytes"] == 14 * 32 and figures["consistency_bytes"] <= 15 * 32
    assert figures["frontier_bytes"] == COUNT.bit_count() * 32 and 32 < figures["kept_bytes_per_entry"] < 32.2
    assert figures["walk_peak_bytes"] < 100_000
    assert {step for step, _ in told} == {"appended", "walked"} and max(done for _, done in told) == COUNT


def test_drawn_entries_are_entries_and_always_the_same() -> None:
    assert drawn(7) == drawn(7) != drawn(8)
    assert all(check(drawn(n).as_bytes())["n"] == n for n in range(0, 1_000_000, 99_991))


def test_one_entry_is_not_measured() -> None:
    with pytest.raises(ValueError, match="two"):
        measure(1, lambda: 0.0)
