"""What holds for every week: plans are legal, bounds are never too low, and the best plan of a tiny week lies between value and bound."""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.planner.week import solve

from .weeks import CHECKER, best_by_trying, drawn, odd_prices, proof

FULL = os.environ.get("DOORSTEP_FULL_COUNTS") == "1"
TINY_WEEKS = 500 if FULL else 60
EXAMPLES = 200 if FULL else 25
seeds = st.integers(0, 10**6)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(seed=seeds, people=st.integers(0, 14), needs=st.integers(0, 12))
def test_every_plan_is_legal_and_its_bound_is_not_below_its_value(seed: int, people: int, needs: int) -> None:
    week = drawn(seed, people, needs)
    answer = solve(week, seed=seed, iterations=60).as_json()
    report = CHECKER.verify(week, answer)
    assert report["errors"] == []
    assert report["score"] == pytest.approx(answer["value"], abs=0.002)
    assert answer["bound"] >= report["score"]


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(seed=seeds)
def test_more_people_never_lower_the_bound_below_what_fewer_could_do(seed: int) -> None:
    week = drawn(seed, 12, 8)
    for need in week["needs"]:  # nobody who is named may be missing
        need.pop("fixed", None), need.pop("published", None)
    fewer = week | {"volunteers": week["volunteers"][:8]}
    assert solve(week, iterations=90).bound >= solve(fewer, iterations=90).value - _booked_load(week, 8)


def _booked_load(week: dict, people: int) -> float:  # type: ignore[type-arg]
    """What those who were left out cost whatever is planned: their booked visits count for load."""
    counts = [len(p["booked"]) for p in week["volunteers"][people:] if p["role"] != "social_worker"]
    return float(sum(2 * k * (k - 1) for k in counts))


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(TINY_WEEKS))
def test_the_best_plan_of_a_tiny_week_lies_between_value_and_bound(seed: int) -> None:
    week = drawn(seed, 3 + seed % 3, 3 + seed % 2, days=1)
    result, best = solve(week, iterations=200), best_by_trying(week)
    assert result.bound >= best - 1e-6
    assert result.value <= best + 0.002
    assert proof(week, result.prices).bound >= best
    for _ in range(3):
        assert proof(week, odd_prices(random.Random(seed), week, result.prices)).bound >= best


def test_tiny_weeks_are_mostly_solved_to_the_optimum() -> None:
    weeks = [drawn(seed, 4, 3, days=1) for seed in range(20)]
    best = sum(best_by_trying(week) for week in weeks)
    assert sum(solve(week, iterations=200).value for week in weeks) >= 0.99 * best


@pytest.mark.parametrize("iterations", [0, 20, 100])
def test_the_same_seed_gives_the_same_plan_byte_for_byte(iterations: int) -> None:
    week = drawn(7, 30, 25, days=5)
    assert repr(solve(week, seed=3, iterations=iterations).as_json()) == repr(solve(week, seed=3, iterations=iterations).as_json())
