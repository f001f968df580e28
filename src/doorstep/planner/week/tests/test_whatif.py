"""What-if answers against trying everything: losses, reasons, and changes that were really tried; the plan itself is never touched."""

from typing import Any

import numpy as np
import pytest

from doorstep.planner.week import solve
from doorstep.planner.week.kept import kept_of
from doorstep.planner.week.solve import Result
from doorstep.planner.week.whatif import WhatIf
from doorstep.planner.week.whatif_answers import Cost, Unknown
from doorstep.planner.week.whatif_standing import Standing

from .weeks import CHECKER, HOME, JSON, best_by_trying, drawn, need, person, plan, week

SEEDS = range(40)


def desk(given: JSON, standing: Standing | None = None, iterations: int | None = 60) -> tuple[WhatIf, Result]:
    result = solve(given, iterations=iterations)
    return WhatIf(kept_of("p", result.problem, result.options, result.draft, result.cell_prices), standing=standing), result


def forced(given: JSON, who: str, what: str) -> float:
    """The best score with this person on this need, by trying everything; −1e18 if no plan has that."""
    return best_by_trying(given, must=(what, who))


def after(result: Result, cost: Cost) -> list[JSON]:
    """The visits of the plan after the moves."""
    moved = {move.need: move.after for move in cost.moves}
    stays = [visit for visit in result.as_json()["visits"] if visit["need"] not in moved]
    return stays + [{"need": need, "start": then[0], "team": list(then[1])} for need, then in moved.items() if then]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pin_costs_what_trying_everything_says(seed: int) -> None:
    given = drawn(seed, 4, 3, days=1)
    what_if, result = desk(given)
    for o in range(len(result.options)):
        who, what = result.problem.people.ids[result.options.person[o]], result.problem.needs.ids[result.options.need[o]]
        cost, best = what_if.cost_of_pin(who, what), forced(given, who, what)
        if cost is None:
            assert best < -1e17
            continue
        assert result.value + cost.change <= best + 0.002
        assert result.value + cost.at_best >= best - 0.002
        if cost.proven:
            assert result.value + cost.change == pytest.approx(best, abs=0.002)
        report = CHECKER.verify(given, plan(after(result, cost)))
        assert (report["errors"], report["score"]) == ([], pytest.approx(result.value + cost.change, abs=0.002))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_forbidden_pair_costs_what_trying_everything_says(seed: int) -> None:
    given = drawn(seed, 4, 3, days=1)
    what_if, result = desk(given)
    for visit in result.as_json()["visits"]:
        if not any(row["id"] == visit["need"] and row.get("fixed") for row in given["needs"]):
            cost = what_if.cost_of_forbid(visit["team"][0], visit["need"])
            assert cost is not None
            best = best_by_trying(given, never=(visit["need"], visit["team"][0]))
            assert result.value + cost.change <= best + 0.002
            if cost.proven:
                assert result.value + cost.change == pytest.approx(best, abs=0.002)
            visits = after(result, cost)
            assert not any(v["need"] == visit["need"] and visit["team"][0] in v["team"] for v in visits)
            assert CHECKER.verify(given, plan(visits))["errors"] == []


@pytest.mark.parametrize("seed", range(10))
def test_no_question_touches_the_plan(seed: int) -> None:
    given = drawn(seed, 15, 15)
    what_if, result = desk(given, iterations=10)
    was = [part.copy() for part in result.draft]
    for who in result.problem.people.ids[:5]:
        what_if.why_week(who)
        for what in result.problem.needs.ids[:5]:
            what_if.why_not(who, what)
            what_if.cost_of_pin(who, what)
            what_if.cost_of_forbid(who, what)
            what_if.cost_of_weight(what, 1)
            what_if.could(what, 0)
    assert all(np.array_equal(a, b) for a, b in zip(was, result.draft, strict=True))


def test_a_heavier_need_takes_what_a_lighter_one_had() -> None:
    given = week(
        [person("a", max_visits=1)], [need("first", priority=3, windows=[[540, 540]]), need("second", priority=2, windows=[[540, 540]])]
    )
    what_if, _ = desk(given)
    cost = what_if.cost_of_weight("second", 2)
    assert (cost.change, cost.unmet) == (-200.0, 1)
    assert {move.need: move.after for move in cost.moves} == {"first": None, "second": (540, ("a",))}
    assert what_if.cost_of_weight("second", 1).moves == what_if.cost_of_weight("first", 2).moves == ()
    assert what_if.cost_of_weight("first", -2).moves == cost.moves


@pytest.mark.parametrize(
    ("helper", "ask", "code", "remedy"),
    [
        ({}, {"seats": [{"skill": "legal", "level": 2}]}, "skill", {"skill": "legal", "level": 2}),
        ({}, {"seats": [{"language": "wuu"}]}, "language", {"language": "wuu"}),
        ({}, {"minor": True}, "vetted", {}),
        ({"reach_m": 100}, {}, "reach", {"metres": 200}),
        ({"free": [[600, 660]]}, {"windows": [[540, 585]]}, "free", {"from": 585, "to": 645}),
        ({"max_minutes": 30}, {}, "caps", {"visits": 0, "minutes": 30}),
    ],
)  # fmt: skip
def test_the_first_rule_and_the_smallest_change_that_wins(helper: JSON, ask: JSON, code: str, remedy: JSON) -> None:
    why = desk(week([person("a", **helper)], [need("n", **ask)]))[0].why_not("a", "n")
    assert why.code == code
    assert why.remedy is not None
    assert (why.remedy.code, why.remedy.numbers, why.remedy.wins) == (code, remedy, True)


@pytest.mark.parametrize(
    ("helper", "ask", "code"),
    [
        ({}, {"seats": [{"role": "property"}]}, "role"),
        ({"gender": "m"}, {"seats": [{"gender": "f"}]}, "gender"),
        ({}, {"forbid": ["a"]}, "ruled_out"),
        ({}, {"windows": []}, "no_start"),
        ({}, {"seats": [{}, {}]}, "no_team"),
        ({"booked": [{"start": 560, "minutes": 60, "lat": HOME[0], "lon": HOME[1]}]}, {}, "booked"),
        ({}, {}, "chosen"),
    ],
)  # fmt: skip
def test_reasons_that_no_small_change_removes(helper: JSON, ask: JSON, code: str) -> None:
    why = desk(week([person("a", **helper)], [need("n", **ask)]))[0].why_not("a", "n")
    assert (why.code, why.remedy) == (code, None)


def test_who_is_asked_for_as_much_as_they_offer_is_busy_and_one_visit_more_would_do() -> None:
    given = week([person("a", max_visits=1)], [need("n", windows=[[540, 540]]), need("m", windows=[[705, 705]])])
    standing = Standing(now={"n": (540, ("a",)), "m": None}, held={"n"})
    why = desk(given, standing)[0].why_not("a", "m")
    assert why.code == "busy" and why.remedy is not None
    assert (why.remedy.code, why.remedy.wins) == ("caps", True)


def test_a_change_that_does_not_win_is_said_not_to() -> None:
    given = week([person("near"), person("far", lat=HOME[0] + 0.02, reach_m=100)], [need("n")])
    why = desk(given)[0].why_not("far", "n")
    assert (why.code, why.numbers["fails"]) == ("reach", 1)
    assert why.remedy is not None and not why.remedy.wins


def test_who_lives_farther_loses_and_hears_the_loss() -> None:
    given = week([person("near"), person("far", lat=HOME[0] + 0.01)], [need("n", familiar=["near"])])
    why = desk(given)[0].why_not("far", "n")
    assert why.code == "loses" and why.cost is not None
    assert why.cost.numbers() | {"points": 0} == {
        "points": 0, "met": 0, "unmet": 0, "moved": 0, "farther": 0, "nearer": 0, "strangers": 0, "worse_way": True, "less_known": True,
    }  # fmt: skip
    assert why.cost.proven and why.cost.change < -40


def test_one_visit_more_wins_for_who_is_full() -> None:
    given = week(
        [person("a", max_visits=1), person("b", lat=HOME[0] + 0.005)],
        [need("dear", priority=5, windows=[[540, 540]], forbid=["b"]), need("n", windows=[[705, 705]], familiar=["a"])],
    )
    why = desk(given)[0].why_not("a", "n")
    assert why.code == "loses"
    assert why.remedy is not None and (why.remedy.code, why.remedy.wins) == ("caps", True)


def test_what_people_changed_since_is_respected() -> None:
    given = week([person("a"), person("b", lat=HOME[0] + 0.001)], [need("n"), need("m", windows=[[705, 705]])])
    what_if, _ = desk(given)
    assert what_if.why_not("a", "n").code == "chosen"
    moved, _ = desk(given, Standing(now={"n": (540, ("b",))}))
    assert moved.why_not("b", "n").code == "chosen"
    assert moved.why_not("a", "n").code == "equal"
    held, _ = desk(given, Standing(held=["n"]))
    assert (held.why_not("b", "n").code, held.cost_of_pin("b", "n")) == ("held", None)
    beside, _ = desk(given, Standing(now={"n": (545, ("somebody new",))}))
    assert beside.why_not("a", "n").code == "held"
    gone, _ = desk(given, Standing(now={"n": None}))
    assert gone.why_not("a", "n").code == "equal"


def test_the_week_of_somebody_whom_nobody_asks() -> None:
    far = person("far", reach_m=100)
    why = desk(week([person("a"), far], [need("n"), need("m", windows=[[795, 795]])]))[0].why_week("far")
    assert (why.code, why.rule, why.numbers) == ("rule", "reach", {"near": 2, "fit": 0, "open": 0, "count": 2})
    idle = desk(week([person("a"), person("b", lat=HOME[0] + 0.002)], [need("n")]))[0].why_week("b")
    assert (idle.code, idle.numbers) == ("loses", {"near": 1, "fit": 1, "open": 0})
    alone = desk(week([person("a")], [need("n", lat=HOME[0] + 1)]))[0].why_week("a")
    assert alone.code == "nothing_near"
    busy = desk(week([person("a")], [need("n")]))[0].why_week("a")
    assert busy.code == "chosen"


def test_names_that_the_plan_does_not_know() -> None:
    what_if, _ = desk(week([person("a")], [need("n")]))
    for ask in (lambda: what_if.why_not("b", "n"), lambda: what_if.cost_of_pin("a", "m"), lambda: what_if.why_week("b")):
        with pytest.raises(Unknown):
            ask()


def test_the_same_question_has_the_same_answer() -> None:
    what_if, result = desk(drawn(5, 20, 20), iterations=20)
    pairs: list[Any] = [(result.problem.people.ids[p], n) for p in range(6) for n in result.problem.needs.ids[:6]]
    assert [what_if.why_not(*pair) for pair in pairs] == [what_if.why_not(*pair) for pair in pairs]
