"""What-if answers to a week that has moved on: hours gone by, matters cancelled, people ruled out, promises that the plan does not know."""

import time

import pytest

from doorstep.planner.week import whatif
from doorstep.planner.week.whatif import WhatIf
from doorstep.planner.week.whatif_answers import Move, disturbance
from doorstep.planner.week.whatif_rules import Pairing
from doorstep.planner.week.whatif_search import Corner
from doorstep.planner.week.whatif_standing import Block, Standing

from .test_whatif import desk
from .weeks import HOME, JSON, need, person, week

TWO_DAYS = [[540, 540], [540 + 1440, 540 + 1440]]


def asked(given: JSON, **standing: object) -> WhatIf:
    return desk(given, Standing(**standing))[0]  # type: ignore[arg-type]


def test_more_options_than_anybody_had_in_the_plan_make_a_longer_week_and_write_nowhere_else() -> None:
    people = [person("p", max_visits=6, max_minutes=2000), *(person(f"q{i}", max_visits=1) for i in range(3))]
    given = week(people, [need(f"n{i}", minor=True, windows=[[540 + i * 120] * 2], resident=f"r{i}") for i in range(5)])
    why = desk(given, iterations=6)[0].why_not("p", "n0")
    assert why.code == "vetted" and why.remedy is not None and why.remedy.wins


def test_nothing_begins_in_the_past() -> None:
    given = week([person("a", free=[[480, 4000]]), person("b", free=[[480, 900]])], [need("n", windows=TWO_DAYS)])
    later = asked(given, now={"n": None}, since=1000)
    cost = later.cost_of_pin("a", "n")
    assert cost is not None and cost.moves[0].after == (1980, ("a",))
    assert later.could("n", 0) == ["a"]
    assert later.why_not("b", "n").code == "free"
    assert asked(given, now={"n": None}, since=3000).why_not("a", "n").code == "no_start"
    over = asked(given, now={"n": None}, since=3000).why_week("a")
    assert (over.code, over.numbers["fit"]) == ("nothing_near", 0)


def test_a_visit_of_this_morning_stays_where_it_is() -> None:
    given = week([person("a"), person("b")], [need("n", windows=[[540, 540]])])
    what_if, result = desk(given, Standing(since=600))
    (visit,) = result.as_json()["visits"]
    assert what_if.cost_of_forbid(visit["team"][0], "n") is None
    assert asked(given, since=600).cost_of_pin("b" if visit["team"] == ["a"] else "a", "n") is None


def test_a_cancelled_matter_is_not_filled_again() -> None:
    given = week([person("a", max_visits=1)], [need("gone", priority=5, windows=[[540, 540]]), need("m", windows=[[645, 645]])])
    what_if = asked(given, now={"gone": None, "m": (645, ("a",))}, held={"gone"})
    cost = what_if.cost_of_forbid("a", "m")
    assert cost is not None and cost.met == 0 and all(move.need != "gone" for move in cost.moves)
    assert what_if.why_week("a").code == "chosen"


def test_who_was_ruled_out_since_is_offered_to_nobody_and_told_nothing_else() -> None:
    given = week([person("a"), person("b", lat=HOME[0] + 0.005)], [need("n", windows=[[540, 540]])])
    what_if = asked(given, now={"n": None}, never={("a", "n"), ("nobody", "n"), ("a", "nothing")})
    assert what_if.could("n", 0) == ["b"]
    assert what_if.cost_of_pin("a", "n") is None and what_if.cost_of_pin("b", "n") is not None
    assert what_if.why_not("a", "n").code == "ruled_out"
    assert what_if.why_week("a").numbers["fit"] == 0


def test_a_promise_that_the_plan_does_not_know_fills_its_hour_and_one_visit() -> None:
    given = week([person("a", max_visits=2), person("b")], [need("n", windows=[[540, 540]]), need("m", windows=[[645, 645]], resident="r")])
    now: JSON = {"n": None, "m": None}
    elsewhere = Block(560, 600, *HOME)
    what_if = asked(given, now=now, busy={"a": [elsewhere], "nobody": [elsewhere]})
    assert what_if.cost_of_pin("a", "n") is None and what_if.why_not("a", "n").code == "booked"
    assert what_if.cost_of_pin("a", "m") is not None
    full = asked(given, now=now, busy={"a": [elsewhere, Block(480, 500, *HOME)]})
    assert full.cost_of_pin("a", "m") is None and full.why_not("a", "m").code == "caps"


def test_one_yes_of_a_team_keeps_that_person_from_being_in_two_places() -> None:
    given = week(
        [person("a"), person("b")], [need("two", windows=[[540, 540]], seats=[{}, {}]), need("m", windows=[[540, 540]], resident="r")]
    )
    what_if = asked(given, now={"two": (540, ("a", None)), "m": None}, held={"two"})
    assert what_if.cost_of_pin("a", "m") is None
    assert what_if.cost_of_forbid("a", "two") is None, "nobody who promised is ruled out as if that changed nothing"
    assert what_if.cost_of_pin("b", "m") is not None


def test_who_accepted_a_seat_of_a_team_is_not_ruled_out_at_the_price_of_the_whole_need() -> None:
    given = week([person("a"), person("b"), person("c")], [need("n", seats=[{}, {}], fixed={"start": 540, "team": ["a", None]})])
    assert desk(given)[0].cost_of_forbid("a", "n") is None


def test_the_seat_that_one_alone_can_take_is_not_given_away() -> None:
    given = week(
        [person("a"), person("nurse", skills={"x": 2}, lat=HOME[0] + 0.0001), person("c", lat=HOME[0] + 0.006)],
        [need("n", priority=1, windows=[[540, 540]], seats=[{}, {}, {"skill": "x", "level": 1}])],
    )
    what_if = asked(given, now={"n": None})
    assert all(what_if.cost_of_pin(who, "n") is not None for who in ("a", "c", "nurse"))


def test_no_room_in_a_week_is_told_as_that_however_many_seats_there_are() -> None:
    given = week(
        [person("a", max_visits=1), person("b"), person("c")],
        [need("two", windows=[[540, 540]], seats=[{}, {}]), need("mine", windows=[[645, 645]], resident="r", familiar=["a"])],
    )
    what_if = asked(given, now={"mine": (645, ("a",)), "two": None}, held={"mine"})
    assert what_if.why_not("a", "two").code == "busy"
    given["volunteers"][1]["free"] = given["volunteers"][2]["free"] = [[900, 1000]]
    assert asked(given, now={"mine": None, "two": None}).why_not("a", "two").code == "no_team"


@pytest.mark.parametrize("seats", [4, 12])
def test_a_large_team_is_answered_in_a_moment(seats: int) -> None:
    """The limit is generous: it is there for a model that was built for a quarter of a minute."""
    people = [person(f"p{i:02}", free=[[480, 1200]], max_visits=4, max_minutes=600) for i in range(45)]
    needs = [need("n", windows=[[540, 780]], seats=[{} for _ in range(seats)])]
    given = week(people, needs + [need(f"m{i}", windows=[[540, 1020]], resident=f"r{i}") for i in range(30)])
    what_if = desk(given, iterations=6)[0]
    what_if.cost_of_pin("p44", "m0")
    began = time.process_time()
    what_if.cost_of_pin("p44", "n")
    assert time.process_time() - began < 6.0


def test_a_change_that_is_only_as_good_wins_nothing() -> None:
    """A new plan is charged for every seat that changes hands, so that it would not take somebody who is no better."""
    why = desk(week([person("a"), person("b", reach_m=1)], [need("n")]))[0].why_not("b", "n")
    assert why.code == "reach" and why.remedy is not None and not why.remedy.wins


def test_seats_that_change_hands_and_starts_that_change_are_charged() -> None:
    moved = Move("n", (540, ("a", "b")), (555, ("a", "c")))
    assert disturbance((moved, Move("m", None, (600, ("d",))))) == disturbance((moved,)) == 60.0


def test_nobody_is_asked_to_be_free_after_the_week() -> None:
    given = week([person("a", free=[[10080 - 180, 10080]])], [need("n", windows=[[10080 - 120] * 2])])
    what_if = desk(given)[0]
    spans = [change.free for change in what_if._more(Pairing(what_if.stands, 0), 0)]
    assert (10080 - 240, 10080 - 180) in spans and all(end <= 10080 for _, end in spans)


def test_a_team_with_one_yes_is_completed_around_it() -> None:
    given = week([person("a"), person("b"), person("c", free=[[900, 1000]])], [need("two", windows=[[540, 600]], seats=[{}, {}])])
    what_if = asked(given, now={"two": (555, ("a", None))})
    cost = what_if.cost_of_pin("b", "two")
    assert cost is not None and cost.was_open and cost.moves[0].after == (555, ("a", "b"))
    assert cost.change > 300 and cost.proven
    assert what_if.could("two", 1) == ["b"]
    assert what_if.why_not("b", "two").code == "joins" and what_if.why_not("a", "two").code == "chosen"
    assert what_if.why_not("c", "two").code == "free"
    assert what_if.cost_of_forbid("a", "two") is None
    assert asked(given, now={"two": (555, ("a", None))}, held={"two"}).why_not("b", "two").code == "held"


def test_what_was_not_found_out_in_time_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    given = week([person("a"), person("b")], [need("two", windows=[[540, 540]], seats=[{}, {}])])
    what_if = asked(given, now={"two": None})
    monkeypatch.setattr(Corner, "_fill", lambda *_: False)
    assert what_if.why_not("a", "two").code == "equal", "filling seat by seat failed, the exact search did not"
    monkeypatch.setattr(whatif, "MOST_ROWS", 0)
    assert what_if.why_not("a", "two").code == "unsure"
