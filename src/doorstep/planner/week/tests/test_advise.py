"""What one more helper or one change would gain: the same as trying everything, never more than the prices allow, and told in full."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doorstep.planner.command import main
from doorstep.planner.week import Planned, Result, advise, planned_again, solve
from doorstep.planner.week.advise_check import agreement, check_together, compared, needs_around
from doorstep.planner.week.advise_people import bands, extra_of, joined, some_of
from doorstep.planner.week.advise_prices import prices_for_more, settled
from doorstep.planner.week.advise_profiles import like_whom, places_of, profiles
from doorstep.planner.week.advise_worth import Offers, offers
from doorstep.planner.week.bound import market_of
from doorstep.planner.week.local import Neighbourhood
from doorstep.planner.week.packed import weeks_of
from doorstep.planner.week.prices import quote
from doorstep.planner.week.pricing import CAREFUL
from doorstep.planner.week.problem import JSON

from .weeks import CHECKER, best_by_trying, drawn, need, person, week

SEEDS = range(30)


def planned(result: Result) -> Planned:
    return Planned(result.problem, result.options, result.draft, result.cell_prices)


class Asked:
    """A tiny week solved, with its newcomers priced."""

    def __init__(self, given: JSON, iterations: int = 60) -> None:
        self.result = solve(given, iterations=iterations)
        problem, options = self.result.problem, self.result.options
        weeks, market = weeks_of(problem, options), market_of(problem, options)
        self.free = np.flatnonzero(~problem.kept)
        people, self.rows = profiles(problem, options, places_of(problem))
        with ThreadPoolExecutor(2) as pool:
            self.together, alone = prices_for_more(weeks, market, self.result.draft, self.result.cell_prices, pool)
            self.bound = quote(self.together, options, weeks, market, pool, CAREFUL).bound
            extra = extra_of(problem, people, np.full(len(self.rows), -1))
            self.offers: Offers = offers("recruit", extra, self.rows, alone, np.zeros(0), pool)
        self.around = Neighbourhood(weeks, self.result.draft, self.together)

    def gain(self, i: int) -> float:
        """With everything free: the true gain."""
        before = self.around.solve(self.free)
        after = self.around.solve(self.free, extra=some_of(self.offers.extra, np.array([i])))
        assert before.optimal
        assert after.optimal
        return after.value - before.value


def newcomer(asked: Asked, i: int) -> JSON:
    """The same person as a row of the week."""
    row, like = asked.rows[i], like_whom(asked.result.problem)
    return person(
        "newcomer", lat=row["lat"], lon=row["lon"], kmh=like["kmh"], reach_m=like["reach_m"], max_minutes=like["max_minutes"],
        max_visits=like["max_visits"], languages=like["languages"], vetted=row["vetted"], free=[list(span) for span in bands()[row["band"]]],
        skills={row["skill"]: row["level"]} if row["skill"] else {},
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gain_of_a_newcomer_is_that_of_trying_everything(seed: int) -> None:
    given = drawn(seed, 3, 3, days=1)
    asked = Asked(given)
    best = best_by_trying(given)
    for i in asked.offers.best(2).tolist():
        with_them = given | {"volunteers": [*given["volunteers"], newcomer(asked, i)]}
        assert asked.gain(i) == pytest.approx(best_by_trying(with_them) - best, abs=0.01)


@pytest.mark.parametrize("seed", range(60))
def test_no_newcomer_gains_more_than_their_worth_and_what_the_bound_leaves_open(seed: int) -> None:
    """The bound with them is the bound without them and their worth; so their gain is their worth at most, and the gap of the prices."""
    asked = Asked(drawn(seed, 8, 9), iterations=90)
    best = asked.result.value + asked.around.solve(asked.free).change
    assert asked.bound <= asked.result.bound + 0.01
    for i in range(0, len(asked.rows), 5):
        assert asked.gain(i) <= asked.offers.worth[i] + (asked.bound - best) + 0.01


def test_an_unmet_skill_asks_for_somebody_who_has_it() -> None:
    given = week([person("a")], [need("n"), need("m", seats=[{"skill": "legal", "level": 2}], priority=5)])
    advice = advise(planned(solve(given)))
    first = advice["recruit"][0]
    assert (first["skill"], first["level"], first["band"], first["more_visits"]) == ("legal", 2, "weekday_morning", 1)
    assert first["gain"] == pytest.approx(4000, abs=5)
    assert advice["joint"]["more_visits"] == 1


def test_gains_of_two_who_would_serve_the_same_need_are_not_added() -> None:
    given = week([person("a")], [need("m", seats=[{"skill": "legal", "level": 2}], windows=[[540, 600], [840, 900]])])
    advice = advise(planned(solve(given)))
    assert {row["band"] for row in advice["recruit"]} == {"weekday_morning", "weekday_afternoon"}
    assert len(advice["joint"]["rows"]) == 1
    assert advice["joint"]["gain"] == advice["joint"]["sum"]


def test_two_empty_seats_of_one_visit_make_nobody_worth_recruiting_alone() -> None:
    given = week([person("a")], [need("m", seats=[{"skill": "legal"}, {"skill": "nursing"}])])
    advice = advise(planned(solve(given)))
    assert all(row["gain"] in (None, 0.0) and row["price"] == 0 for row in advice["recruit"])
    assert advice["joint"] is None


@pytest.mark.parametrize(
    ("kind", "who", "asks", "row"),
    [
        ("train", {"skills": {"legal": 1}}, {"seats": [{"skill": "legal", "level": 2}]}, {"skill": "legal", "from": 1, "level": 2}),
        ("clear", {}, {"minor": True}, {}),
        ("widen", {"reach_m": 100}, {}, {"reach_m": 100, "more_m": 500}),
        ("free", {"free": [[1980, 2200]]}, {}, {"day": 0, "part": "morning", "from": 480, "to": 720}),
    ],
)
def test_a_change_that_fits_one_person_gains_the_visit(kind: str, who: JSON, asks: JSON, row: JSON) -> None:
    advice = advise(planned(solve(week([person("a", **who)], [need("n", **asks)]))))
    found = advice[kind][0]
    assert found == {"person": "a", **row, "price": found["price"], "gain": found["gain"], "more_visits": 1}
    assert found["gain"] == pytest.approx(found["price"])
    assert [len(advice[other]) for other in ("train", "clear", "widen", "free") if other != kind] == [0, 0, 0]


def test_a_window_in_which_somebody_could_come_gains_the_visit() -> None:
    given = week([person("a", free=[[2520, 2700]]), person("b", free=[[0, 60]])], [need("n", windows=[[540, 600], [1980, 2000]])])
    advice = advise(planned(solve(given)))
    found = advice["open"]
    assert [(row["need"], row["day"], row["part"], row["more_visits"]) for row in found] == [("n", 1, "evening", 1)]
    assert (found[0]["from"], found[0]["to"]) == (2520, 2730)
    assert found[0]["gain"] == pytest.approx(found[0]["price"])


@pytest.mark.parametrize("seed", range(25))
def test_a_window_gains_what_trying_everything_gains_with_it(seed: int) -> None:
    given = drawn(seed, 3, 3, days=1)
    for i, row in enumerate(given["needs"]):
        row["resident"] = f"r{i}"
    result = solve(given, iterations=60)
    best = best_by_trying(given)
    assert result.value == pytest.approx(best, abs=0.01)
    for row in [row for row in advise(planned(result))["open"] if row["day"] == 0][:1]:
        wider = json.loads(json.dumps(given))
        asked = next(ask for ask in wider["needs"] if ask["id"] == row["need"])
        asked["windows"] = joined([*map(tuple, asked["windows"]), (row["from"], row["to"] - asked["minutes"])])
        asked["windows"] = [list(window) for window in asked["windows"]]
        assert row["gain"] == pytest.approx(best_by_trying(wider) - best, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_prices_that_nothing_betters_are_settled_at_once(seed: int) -> None:
    """Also where the bound is zero: a wave that lowers it by nothing is the last one, however much time is left."""
    result = solve(drawn(seed, 3, 3, days=1), iterations=60)
    weeks, market = weeks_of(result.problem, result.options), market_of(result.problem, result.options)
    waves: list[float] = []

    def left() -> float:
        waves.append(1.0)
        assert len(waves) < 10
        return 1.0

    with ThreadPoolExecutor(2) as pool:
        found = settled(result.problem, result.options, weeks, market, result.cell_prices, pool, left)
        assert quote(found, result.options, weeks, market, pool, CAREFUL).bound <= result.bound + 0.01


def test_whoever_is_ruled_out_or_has_said_yes_to_part_of_a_team_is_not_asked_to_change() -> None:
    given = week(
        [person("out", reach_m=100), person("half", skills={}, free=[[540, 700]])],
        [need("n", forbid=["out"]), need("m", seats=[{}, {"skill": "legal"}], fixed={"start": 540, "team": ["half", None]})],
    )
    advice = advise(planned(solve(given)))
    assert [advice[kind] for kind in ("train", "clear", "widen", "free")] == [[], [], [], []]


def test_a_plan_read_back_gives_the_same_advice() -> None:
    given = drawn(11, 14, 16, days=5)
    result = solve(given, iterations=80)
    first, again = advise(planned(result)), advise(planned_again(given, json.loads(json.dumps(result.as_json()))))
    assert {**first, "seconds": 0} == {**again, "seconds": 0}


def test_a_week_of_nobody_and_a_stop_at_once_give_no_checks() -> None:
    empty = advise(planned(solve(week([], []))))
    assert (empty["recruit"], empty["joint"], empty["checked"]["recruit"]["checked"]) == ([], None, 0)
    stopped = advise(planned(solve(drawn(3, 8, 9))), stop=lambda: True)
    assert stopped["checked"]["recruit"]["checked"] == 0
    assert all(row["gain"] is None for row in stopped["recruit"])


def test_correlation_is_none_where_there_is_nothing_to_correlate() -> None:
    assert agreement(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == (None, None, 1.0)
    found = agreement(np.array([4.0, 6.0, 20.0]), np.array([2.0, 3.0, 10.0]))
    assert [round(number or 0.0, 6) for number in found] == [1.0, 1.0, 2.0]


def _run(tmp_path: Path, *more: str) -> tuple[int, JSON]:
    given, out = tmp_path / "week.json", tmp_path / "plan.json"
    given.write_text(json.dumps(week([person("a")], [need("n"), need("m", seats=[{"skill": "legal", "level": 2}])])))
    code = main([str(given), "--out", str(out), *more])
    return code, json.loads(out.read_text()) if out.exists() else {}


def test_the_command_prints_the_advice_and_writes_it_into_the_plan(tmp_path: Path, capsys: Any) -> None:
    places = tmp_path / "places.json"
    places.write_text(json.dumps([{"id": "Xinyuan", "lat": 31.78, "lon": 119.93}]))
    code, written = _run(tmp_path, "--advise", "10", "--places", str(places))
    told = capsys.readouterr().out
    assert code == 0
    assert "legal at level 2, place Xinyuan, weekday mornings" in told
    assert written["advice"]["recruit"][0]["place"] == "Xinyuan"
    assert CHECKER.verify(json.loads((tmp_path / "week.json").read_text()), written)["errors"] == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '[{"id": "x", "lat": 95, "lon": 0}]', '[{"id": "x", "lat": true, "lon": 0}]'])
def test_places_that_are_none_are_refused_in_one_sentence_before_anything_is_planned(tmp_path: Path, capsys: Any, text: str) -> None:
    places = tmp_path / "places.json"
    places.write_text(text)
    code, written = _run(tmp_path, "--advise", "--places", str(places))
    assert (code, written) == (2, {})
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("seed", range(20))
def test_the_joint_gain_is_that_of_all_their_neighbourhoods_solved_at_once(seed: int) -> None:
    asked = Asked(drawn(seed, 12, 14, days=3))
    rows = asked.offers.best(4)
    if not len(rows):
        return
    needs = np.unique(np.concatenate([needs_around(asked.around, asked.offers, asked.together, int(i)) for i in rows]))
    at_once = compared(asked.around, asked.offers, needs, rows, 10.0)
    with ThreadPoolExecutor(2) as pool:
        in_parts = check_together(asked.around, asked.offers, asked.together, rows, pool)
    assert in_parts.proved
    assert at_once.proved
    assert in_parts.gain == pytest.approx(at_once.gain, abs=0.01)
