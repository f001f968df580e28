"""Blocks of the map: the same answer from every executor, bounds that hold, plans that stay legal; and best weeks against their optimum."""

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.planner.week import solve
from doorstep.planner.week.arrays import as_problem
from doorstep.planner.week.blocks import HERE, Blocks, districts
from doorstep.planner.week.bound import market_of
from doorstep.planner.week.candidates import Options, find_options
from doorstep.planner.week.draft import Draft, board_of, empty_draft, visits_of
from doorstep.planner.week.mend import Mender
from doorstep.planner.week.packed import weeks_of
from doorstep.planner.week.prices import Quote, quote
from doorstep.planner.week.pricing import STEADY, Effort, best_weeks
from doorstep.planner.week.problem import Floats, Problem
from doorstep.planner.week.score import VALUE, value_of
from doorstep.planner.week.solver import new_solver, run

from .compact import best_by_model
from .weeks import CHECKER, JSON, alone, crowded, drawn

QUICKEST = (6, 1, 40)
SMALL = {"price_size": 16, "plan_size": 20}


class Town:
    """A drawn week with its blocks, at prices of nothing, and nobody anywhere."""

    def __init__(self, week: JSON) -> None:
        self.week = week
        self.problem: Problem = as_problem(week)
        self.options: Options = find_options(self.problem)
        self.weeks, self.market = weeks_of(self.problem, self.options), market_of(self.problem, self.options)
        self.blocks = Blocks(self.problem, self.options, self.weeks, self.market, board_of(self.problem, self.options), 1, **SMALL)
        self.draft: Draft = empty_draft(self.problem, self.weeks)

    def quote(self, price: Floats | float) -> Quote:
        prices = np.full(len(self.options.cell_seat), price) if isinstance(price, float) else price
        return quote(prices, self.options, self.weeks, self.market, HERE, STEADY)

    def solved(self, pool: Executor) -> tuple[float, float, list[float]]:
        """A few waves over the blocks: the bound, the value, and the prices."""
        best = self.quote(50.0)
        for turn in range(3):
            best = self.blocks.better_prices(best, turn, float("inf"), pool, pool)
            self.blocks.better_plan(self.draft, best.price, turn, float("inf"), pool)
        return best.bound, value_of(self.problem, visits_of(self.problem, self.options, self.draft)), best.price.tolist()

    def as_plan(self) -> JSON:
        names = self.problem.people.ids
        visits = visits_of(self.problem, self.options, self.draft)
        rows = [{"need": self.problem.needs.ids[v.need], "start": v.start, "team": [names[p] for p in v.team]} for v in visits]
        return {"format": "doorstep-plan/1", "visits": rows}


@pytest.mark.parametrize("seed", range(12))
def test_waves_over_blocks_prove_bounds_and_keep_plans_legal(seed: int) -> None:
    town = Town(crowded(seed, 24, 20) if seed % 2 else drawn(seed, 30, 26))
    bound, value, _ = town.solved(HERE)
    best = best_by_model(town.week).value
    verdict = CHECKER.verify(town.week, town.as_plan())
    assert verdict["errors"] == []
    assert verdict["score"] == pytest.approx(value)
    assert value <= best + 1e-6 <= bound + 2e-6
    assert bound < town.quote(50.0).bound and value > 0.5 * best


def test_every_executor_gives_the_same_prices_and_plan() -> None:
    week = drawn(3, 40, 30)
    here = Town(week).solved(HERE)
    with ThreadPoolExecutor(3) as threads:
        assert Town(week).solved(threads) == here
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert Town(week).solved(processes) == here
        assert solve(week, iterations=90, executor=processes).as_json() == solve(week, iterations=90).as_json()


def test_a_district_is_cut_into_blocks_that_keep_homes_together() -> None:
    rng = np.random.default_rng(5)
    place = np.array([0.4, 0.7, 0.5]) + rng.normal(0, 0.001, (500, 3))
    place /= np.linalg.norm(place, axis=1, keepdims=True)
    home = rng.integers(0, 300, 500)
    for angle in (0.0, 1.1, 2.2):
        block = districts(place, home, 60, angle)
        sizes = np.bincount(block)
        assert sizes.max() <= 60 and sizes.min() >= 15
        assert all(len(set(block[home == number])) == 1 for number in set(home.tolist()))
    assert districts(place[:0], home[:0], 60, 0.0).tolist() == []
    assert districts(place[:3], np.zeros(3, dtype=np.int64), 1, 0.0).tolist() == [0, 0, 0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), needs=st.integers(4, 12), effort=st.sampled_from([QUICKEST, STEADY, (40, 16, 20_000)]))
def test_the_best_week_of_one_person_is_never_undersaid(seed: int, needs: int, effort: Effort) -> None:
    """At the whole worth of each need the best week of somebody alone is the best plan; a short search may only say more."""
    week = alone(seed, needs)
    problem = as_problem(week)
    options = find_options(problem)
    weeks = weeks_of(problem, options)
    worth = np.array([VALUE[ask["priority"]] for ask in week["needs"]])
    found = best_weeks(weeks, worth[options.meeting_need[options.cell_meeting]], HERE, effort)
    best, chosen = best_by_model(week).value + _load_of_booked(week), found.chosen[0][found.chosen[0] >= 0]
    assert found.value[0] >= best - 1e-6
    if found.exact[0]:
        assert found.value[0] == pytest.approx(best, abs=0.002)
    assert len(set(options.need[chosen].tolist())) == len(chosen) <= week["volunteers"][0]["max_visits"]
    assert sum(week["needs"][n]["minutes"] for n in options.need[chosen]) <= week["volunteers"][0]["max_minutes"]


def _load_of_booked(week: JSON) -> float:
    who = week["volunteers"][0]
    booked = len(who["booked"])
    return 0.0 if who["role"] == "social_worker" else 2.0 * booked * (booked - 1)


def test_a_week_stopped_by_rounds_repeats_itself_in_blocks() -> None:
    week = drawn(8, 60, 45)
    first, again = (solve(week, seed=2, iterations=90) for _ in range(2))
    assert first.as_json() == again.as_json()
    assert first.stopped_by in ("iterations", "converged")


def test_a_small_week_is_proven_when_there_is_time() -> None:
    proven = 0
    for seed in range(6):
        week = drawn(seed, 14, 12)
        result = solve(week, seconds=20.0)
        assert result.value <= best_by_model(week).value + 1e-6
        proven += result.optimal
        if result.optimal:
            assert result.value == pytest.approx(best_by_model(week).value)
    assert proven >= 5


@pytest.mark.parametrize("seed", range(8))
def test_what_people_and_needs_fall_short_of_is_the_whole_gap_and_mending_lowers_it(seed: int) -> None:
    town = Town(crowded(seed, 26, 22) if seed % 2 else drawn(seed, 30, 26))
    best = town.blocks.better_prices(town.quote(50.0), 0, float("inf"), HERE, HERE)
    town.blocks.better_plan(town.draft, best.price, 1, float("inf"), HERE)
    mender, values = Mender(town.problem, town.options, town.weeks, town.market, town.blocks.board), []
    for _ in range(3):
        values.append(value_of(town.problem, visits_of(town.problem, town.options, town.draft)))
        of_people, of_needs = mender.losses(town.draft, best)
        assert of_people.sum() + of_needs.sum() == pytest.approx(best.bound - values[-1], abs=0.01)
        assert of_people.min() >= -1e-3
        town.draft = mender.wave(town.draft, best, HERE)
    assert CHECKER.verify(town.week, town.as_plan())["errors"] == []
    assert values == sorted(values) and values[-1] >= values[0]
    assert not town.draft.visits[town.draft.week[:, 0] < 0].any()


def test_a_solver_that_cannot_begin_is_not_taken_for_one_that_found_nothing() -> None:
    """HiGHS keeps the threads of its first run in a process; an answer of nothing would pass for prices that cannot be bettered."""
    highspy.Highs.resetGlobalScheduler(True)
    two = new_solver(np.zeros(0), np.zeros(0), threads=2)
    run(two)
    try:
        with pytest.raises(RuntimeError, match="more than one thread"):
            run(new_solver(np.zeros(0), np.zeros(0)))
    finally:
        highspy.Highs.resetGlobalScheduler(True)
