"""Named small weeks with known answers, and stopping."""

import pytest

from doorstep.planner.week import Contradiction, Progress, solve

from .weeks import CHECKER, HOME, need, person, week


def visited(given: dict) -> dict[str, tuple[int, list[str]]]:  # type: ignore[type-arg]
    answer = solve(given).as_json()
    assert CHECKER.verify(given, answer)["errors"] == []
    return {visit["need"]: (visit["start"], visit["team"]) for visit in answer["visits"]}


def test_an_empty_week_has_an_empty_plan() -> None:
    result = solve(week([], []))
    assert (result.value, result.visits, result.left_out) == (0.0, [], [])
    assert 0 <= result.bound < 0.01


def test_people_without_needs_and_needs_without_people() -> None:
    assert solve(week([person("a")], [])).visits == []
    row = solve(week([], [need("n")])).as_json()["left_out"][0]
    assert (row["need"], row["ask"]) == ("n", [])


def test_a_familiar_face_is_sent_before_a_nearer_one() -> None:
    given = week([person("near"), person("friend", lon=HOME[1] + 0.01)], [need("n", familiar=["friend"])])
    assert visited(given)["n"][1] == ["friend"]


def test_the_dearer_need_gets_the_only_person() -> None:
    given = week([person("a", max_visits=1)], [need("nice", priority=1), need("urgent", priority=5)])
    assert list(visited(given)) == ["urgent"]


def test_one_person_goes_from_door_to_door_when_the_way_fits() -> None:
    given = week([person("a")], [need("first", windows=[[540, 540]]), need("second", windows=[[600, 615]], lon=HOME[1] + 0.004)])
    assert visited(given) == {"first": (540, ["a"]), "second": (615, ["a"])}


def test_two_seats_are_filled_together_or_not_at_all() -> None:
    pair = need("pair", seats=[{}, {"role": "social_worker"}])
    assert visited(week([person("a"), person("b")], [pair])) == {}
    assert set(visited(week([person("a"), person("b", role="social_worker")], [pair]))["pair"][1]) == {"a", "b"}


def test_one_need_with_twelve_seats() -> None:
    people = [person(f"p{i}") for i in range(12)]
    assert sorted(visited(week(people, [need("n", seats=[{}] * 12)]))["n"][1]) == sorted(p["id"] for p in people)
    assert visited(week(people[:11], [need("n", seats=[{}] * 12)])) == {}


def test_two_visits_to_one_home_do_not_overlap() -> None:
    given = week([person("a"), person("b")], [need("x", resident="h", windows=[[540, 600]]), need("y", resident="h", windows=[[540, 600]])])
    starts = sorted(start for start, _ in visited(given).values())
    assert starts == [540, 600]


def test_what_was_accepted_is_kept_and_the_open_seat_is_filled() -> None:
    given = week([person("old", free=[]), person("new")], [need("n", seats=[{}, {}], fixed={"start": 545, "team": ["old", None]})])
    assert visited(given)["n"] == (545, ["old", "new"])


def test_a_need_accepted_in_full_is_visited_even_outside_every_rule() -> None:
    given = week([person("a", free=[], reach_m=0)], [need("n", windows=[], fixed={"start": 700, "team": ["a"]}), need("other")])
    assert visited(given) == {"n": (700, ["a"])}


def test_a_published_proposal_stays_unless_it_pays_to_change_it() -> None:
    published = need("n", published={"start": 600, "team": ["far"]})
    given = week([person("near"), person("far", lon=HOME[1] + 0.005)], [published])
    assert visited(given)["n"] == (600, ["far"])


def test_booked_visits_count_for_the_way_and_the_caps() -> None:
    booked = {"start": 570, "minutes": 30, "lat": HOME[0], "lon": HOME[1]}
    assert visited(week([person("a", booked=[booked])], [need("n", windows=[[600, 615]])]))["n"][0] == 615
    assert visited(week([person("a", booked=[booked], max_visits=1)], [need("n", windows=[[600, 615]])])) == {}


def test_promises_that_cannot_be_kept_together_are_named() -> None:
    both = [need("x", fixed={"start": 540, "team": ["a"]}), need("y", fixed={"start": 570, "team": ["a"]})]
    with pytest.raises(Contradiction, match="two visits that clash"):
        solve(week([person("a")], both))


def test_a_run_can_be_stopped_and_says_so() -> None:
    given = week([person("a")], [need("n")])
    assert solve(given, stop=lambda: True).stopped_by == "stop"
    assert solve(given, iterations=0).stopped_by == "iterations"
    assert solve(given, seconds=0).stopped_by == "seconds"
    assert len(solve(given, seconds=0).visits) == 1


def test_progress_is_told_stage_by_stage() -> None:
    told: list[Progress] = []
    solve(week([person("a")], [need("n")]), progress=told.append)
    assert [*dict.fromkeys(p.stage for p in told)][:2] == ["reading", "candidates"]
    assert told[-1].stage == "explaining" and told[-1].value is not None and told[-1].bound is not None
