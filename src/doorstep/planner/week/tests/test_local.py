"""A neighbourhood's answer is the best there is: the same as trying everything, with and without prices, forced pairs and newcomers."""

import random

import numpy as np
import pytest

from doorstep.planner.week import solve
from doorstep.planner.week.draft import Draft, visits_of
from doorstep.planner.week.local import Neighbourhood, Pair
from doorstep.planner.week.packed import weeks_of
from doorstep.planner.week.problem import JSON, Ints, Visit
from doorstep.planner.week.score import value_of
from doorstep.planner.week.solve import Result

from .weeks import CHECKER, best_by_trying, drawn, need, person, plan, week

SEEDS = range(40)


def around(result: Result, *, priced: bool = True) -> Neighbourhood:
    weeks = weeks_of(result.problem, result.options)
    return Neighbourhood(weeks, result.draft, result.cell_prices if priced else None)


def free(result: Result) -> Ints:
    return np.flatnonzero(~result.problem.kept)


def named(result: Result, visits: list[Visit]) -> list[JSON]:
    people, needs = result.problem.people.ids, result.problem.needs.ids
    return [{"need": needs[v.need], "start": v.start, "team": [people[p] for p in v.team]} for v in visits]


@pytest.mark.parametrize("priced", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_everything_free_gives_the_best_plan_of_a_tiny_week(seed: int, priced: bool) -> None:
    given = drawn(seed, 3 + seed % 3, 3 + seed % 2, days=1)
    result = solve(given, iterations=seed)
    found = around(result, priced=priced).solve(free(result))
    assert found.optimal
    assert result.value + found.change == pytest.approx(best_by_trying(given), abs=0.002)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_held_stays_and_the_whole_remains_legal(seed: int) -> None:
    given = drawn(seed, 12, 12, days=2)
    result = solve(given, iterations=5)
    chosen = np.array(sorted(random.Random(seed).sample(range(12), 5)))
    chosen = chosen[~result.problem.kept[chosen]]
    found = around(result).solve(chosen)
    held = [v for v in result.visits if v.need not in set(chosen.tolist())]
    whole = CHECKER.verify(given, plan(named(result, held + found.visits)))
    assert whole["errors"] == []
    assert whole["score"] == pytest.approx(result.value + found.change, abs=0.002)
    assert found.change >= -1e-6
    assert found.value == pytest.approx(around(result, priced=False).solve(chosen).value, abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_forced_pair_is_in_the_best_plan_that_has_it(seed: int) -> None:
    given = drawn(seed, 4, 3, days=1)
    result = solve(given, iterations=50)
    if not len(result.options):
        return
    o = random.Random(seed).randrange(len(result.options))
    pair = Pair(int(result.options.need[o]), int(result.options.person[o]))
    found = around(result).solve(free(result), forced=(pair,))
    without = around(result, priced=False).solve(free(result), forced=(pair,))
    assert found.possible == without.possible
    if found.possible:
        assert any(v.need == pair.need and pair.person in v.team for v in found.visits)
        assert found.value == pytest.approx(without.value, abs=1e-4)
        report = CHECKER.verify(given, plan(named(result, [v for v in result.visits if result.problem.kept[v.need]] + found.visits)))
        assert report["errors"] == []


def test_a_forbidden_pair_is_left_out_and_costs_what_the_next_best_lacks() -> None:
    given = week([person("near"), person("far", lat=31.79)], [need("n")])
    result = solve(given)
    near, far = (result.problem.people.ids.index(name) for name in ("near", "far"))
    found = around(result).solve(free(result), forbidden=(Pair(0, near),))
    assert [v.team for v in found.visits] == [(far,)]
    expected = value_of(result.problem, found.visits) - value_of(result.problem, visits_of(result.problem, result.options, result.draft))
    assert found.change == pytest.approx(expected)
    assert found.change < 0


def test_what_nobody_can_do_is_not_possible() -> None:
    result = solve(week([person("a")], [need("n"), need("m", seats=[{"skill": "legal"}])]))
    found = around(result).solve(free(result), forced=(Pair(1, 0),))
    assert not found.possible


def test_an_empty_draft_is_filled() -> None:
    given = drawn(3, 12, 12)
    result = solve(given, iterations=150)
    nothing = Draft(*(np.full_like(part, -1) for part in result.draft))
    nothing.visits[:] = 0
    nothing.minutes[:] = 0
    found = Neighbourhood(weeks_of(result.problem, result.options), nothing, result.cell_prices).solve(free(result))
    assert found.before == 0
    assert found.value >= around(result).solve(free(result)).before - 1e-6


def test_a_model_that_is_too_large_is_not_built_and_the_ceiling_still_holds() -> None:
    result = solve(drawn(3, 12, 12), iterations=5)
    best, told = around(result).solve(free(result)), around(result).solve(free(result), known=-50.0, most_rows=0)
    assert told.possible and not told.optimal and told.visits == []
    assert best.value - 1e-6 <= told.ceiling < np.inf


def test_no_time_at_all_leaves_the_ceiling_of_the_prices() -> None:
    result = solve(drawn(3, 12, 12), iterations=5)
    best = around(result).solve(free(result))
    hurried = around(result).solve(free(result), seconds=1e-9, nodes=0, known=-1e6)
    assert not hurried.optimal
    assert best.value - 1e-6 <= hurried.ceiling < np.inf, "the programme itself knows no ceiling after no time"
