"""An even plan gives up no more than it may, says what it paid, reaches the forgotten, and keeps what was proposed."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from doorstep.planner.command import main
from doorstep.planner.week import Even, Result, solve
from doorstep.planner.week.tests.weeks import CHECKER, HOME, JSON, drawn, need, person, week

SOME = {"p0": 4, "p1": 3}


def plan(days: JSON, even: Even | None = None, iterations: int = 25) -> Result:
    return solve(days, seed=3, iterations=iterations, even=even)


def score(days: JSON, result: Result) -> float:
    verdict = CHECKER.verify(days, result.as_json())
    assert verdict["errors"] == []
    return float(verdict["score"])


def teams(result: Result) -> dict[str, tuple[int, list[str]]]:
    ids = result.problem.people.ids
    return {result.problem.needs.ids[v.need]: (v.start, [ids[p] for p in v.team]) for v in result.visits}


def street(count: int = 6) -> JSON:
    """One who lives next door and was asked all the time, and others a little farther who never were."""
    near = person("near", load_28d=9, max_visits=9, max_minutes=600, free=[[480, 1200], [1920, 2640], [3360, 4080]])
    far = [person(f"far{i}", lat=HOME[0] + 0.002 + i / 10_000, free=near["free"], max_visits=1) for i in range(count)]
    asks = [need(f"n{i}", windows=[[540 + 1440 * (i % 3), 1000 + 1440 * (i % 3)]]) for i in range(count)]
    return week([near, *far], asks)


def test_without_evenness_the_file_is_what_it_was() -> None:
    days = drawn(5, 12, 14)
    assert "evenness" not in plan(days).as_json()
    assert plan(days).as_json() == plan(days).as_json()


def test_the_forgotten_get_their_turn_and_the_price_is_told() -> None:
    days = street()
    before, after = plan(days), plan(days, Even(0.2))
    alone = sum(team.count("near") for _, team in teams(before).values())
    shared = sum(team.count("near") for _, team in teams(after).values())
    assert shared < alone and len(after.visits) == len(before.visits)
    account = after.as_json()["evenness"]
    assert account["reached"] > account["reached_before"]
    assert account["paid"] == pytest.approx(score(days, before) - score(days, after), abs=1e-3)


@pytest.mark.parametrize("seed", range(12))
def test_no_more_is_given_up_than_allowed_and_the_bound_stays_that_of_the_score(seed: int) -> None:
    days, allowed = drawn(seed, 14, 16), 0.01 * (seed % 4)
    before, after = plan(days), plan(days, Even(allowed, asked=SOME, lift={"n0": 0.3}))
    assert score(days, after) >= score(days, before) - allowed * abs(score(days, before)) - 1e-6
    assert after.bound == before.bound >= score(days, after)
    if not allowed:
        assert after.value == before.value and after.evenness is not None and after.evenness["paid"] == 0


def test_the_same_seed_evens_the_same() -> None:
    days = drawn(8, 20, 24)
    assert plan(days, Even(0.02)).as_json() == plan(days, Even(0.02)).as_json()


def test_a_known_face_is_kept_before_a_nearer_one() -> None:
    days = week(
        [person("known", lat=HOME[0] + 0.035, reach_m=9000, load_28d=1), person("nearer", load_28d=1)], [need("n", familiar=["known"])]
    )
    assert teams(plan(days))["n"][1] == ["nearer"]
    assert teams(plan(days, Even(0.5)))["n"][1] == ["known"]


def test_where_only_one_of_two_can_be_visited_the_community_that_lags_behind_comes_first() -> None:
    one = person("one", free=[[540, 600]], max_visits=1, load_28d=2)
    days = week([one], [need("ahead", windows=[[540, 540]], lon=HOME[1]), need("behind", windows=[[540, 540]])])
    assert set(teams(plan(days))) == {"ahead"}
    assert set(teams(plan(days, Even(0.5, lift={"behind": 0.2})))) == {"behind"}


def test_seats_of_a_team_are_handed_over_too() -> None:
    pair = [person("a", load_28d=9), person("b", load_28d=9)]
    days = week([*pair, person("c", lat=HOME[0] + 0.003), person("d", lat=HOME[0] + 0.003)], [need("n", seats=[{}, {}])])
    assert set(teams(plan(days))["n"][1]) == {"a", "b"}
    assert set(teams(plan(days, Even(0.9)))["n"][1]) == {"c", "d"}


def test_as_many_forgotten_as_possible_where_greed_would_block_one() -> None:
    """Two seats, two forgotten people; the first could take either, the second only one of them."""
    busy = person("busy", load_28d=9, max_visits=4)
    both, only = person("both", lat=HOME[0] + 0.001), person("only", lat=HOME[0] + 0.001, skills={})
    asks = [need("easy", windows=[[540, 540]]), need("hard", windows=[[720, 720]], seats=[{"skill": "sewing"}])]
    days = week([{**busy, "skills": {"sewing": 1}}, {**both, "skills": {"sewing": 1}}, only], asks)
    assert {name: team for name, (_, team) in teams(plan(days, Even(0.9))).items()} == {"easy": ["only"], "hard": ["both"]}


def published(days: JSON, result: Result, share: float) -> JSON:
    """The week with a share of the plan as proposals that nobody has answered yet."""
    rng, found = np.random.default_rng(1), teams(result)
    rows = []
    for row in days["needs"]:
        told = row["id"] in found and not row.get("fixed") and rng.random() < share
        rows.append(
            {**row, "published": {"start": found[row["id"]][0], "team": found[row["id"]][1]}} if told else {**row, "published": None}
        )
    return {**days, "needs": rows}


def test_a_plan_made_anew_without_news_changes_nothing_that_was_proposed() -> None:
    days = drawn(4, 30, 30)
    first = plan(days, iterations=400)  # so good that no change pays for the trouble
    again = plan(published(days, first, 1.0), iterations=3)
    kept, was = teams(again), teams(first)
    assert all(kept.get(row["id"]) == was[row["id"]] for row in days["needs"] if row["id"] in was)


def answered(days: JSON, first: dict[str, tuple[int, list[str]]], seed: int) -> tuple[JSON, dict[str, tuple[int, list[str]]]]:
    """The next morning: a third still stands as proposals; of those asked one in six said no; a new need came."""
    rng, rows, stood = np.random.default_rng(seed), [], {}
    for row in days["needs"]:
        if row["id"] not in first:
            rows.append(row)
            continue
        start, team = first[row["id"]]
        if rng.random() < 0.34:
            stood[row["id"]] = (start, team)
            rows.append({**row, "published": {"start": start, "team": team}})
            continue
        yes = [who if rng.random() < 5 / 6 else None for who in team]
        no = [who for who, said in zip(team, yes, strict=True) if said is None]
        rows.append({**row, "forbid": no, **({"fixed": {"start": start, "team": yes}} if any(yes) else {})})
    return {**days, "needs": [*rows, need("late", priority=4)]}, stood


def test_through_a_week_of_answers_95_of_100_proposals_stay() -> None:
    kept = []
    for seed in range(8):
        days = drawn(seed, 120, 40, days=4)
        days = {**days, "needs": [{**row, "fixed": None, "published": None} for row in days["needs"]]}
        morning, stood = answered(days, teams(plan(days)), seed)
        again = teams(plan(morning, Even(0.01)))
        kept += [again.get(name) == was for name, was in stood.items()]
    assert len(kept) >= 60 and sum(kept) >= 0.95 * len(kept)


def test_visits_of_a_person_never_clash_after_all_this() -> None:
    days = drawn(11, 40, 50)
    result = plan(days, Even(0.1, asked={f"p{i}": i % 3 for i in range(40)}))
    minutes = {row["id"]: row["minutes"] for row in days["needs"]}
    agenda: dict[str, list[tuple[int, int]]] = {}
    for name, (start, team) in teams(result).items():
        for who in team:
            agenda.setdefault(who, []).append((start, start + minutes[name]))
    assert all(a[1] <= b[0] for visits in agenda.values() for a, b in pairwise(sorted(visits)))
    score(days, result)


def test_the_command_evens_when_asked_and_says_what_it_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "week.json", tmp_path / "plan.json"
    file.write_text(json.dumps(street()))
    assert main([str(file), "--out", str(out), "--iterations", "10"]) == 0
    assert "even:" not in capsys.readouterr().out and "evenness" not in json.loads(out.read_text())
    assert main([str(file), "--out", str(out), "--iterations", "10", "--even", "20"]) == 0
    assert "points given up" in capsys.readouterr().out and json.loads(out.read_text())["evenness"]["paid"] > 0
    with pytest.raises(SystemExit) as ended:
        main([str(file), "--out", str(out), "--even", "101"])
    assert ended.value.code == 2
