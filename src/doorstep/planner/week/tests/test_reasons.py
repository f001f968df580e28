"""Reasons are facts with numbers: why a person was chosen, what emptied a need, and who misses by one thing."""

import pytest

from doorstep.planner.week import solve

from .weeks import HOME, JSON, need, person, week


def why(given: JSON) -> list[JSON]:
    return list(solve(given).as_json()["why"][0]["reasons"])


def gap(given: JSON) -> JSON:
    return dict(solve(given).as_json()["left_out"][0])


def test_at_most_three_reasons_and_the_strongest_first() -> None:
    given = week(
        [person("a", skills={"legal": 3}, prefers=["elderly"]), person("b", skills={"legal": 2}, lon=HOME[1] + 0.02)],
        [need("n", familiar=["a"], seats=[{"skill": "legal", "level": 2}])],
    )
    reasons = why(given)
    assert [r["code"] for r in reasons] == ["familiar", "skill", "nearest"]
    assert reasons[1] == {"code": "skill", "skill": "legal", "level": 3, "asked": 2, "others": 1}
    assert reasons[2]["rank"] == 1 and reasons[2]["metres"] < reasons[2]["next_metres"]


def test_the_only_person_who_fits_is_told_so() -> None:
    assert why(week([person("a")], [need("n")]))[0] == {"code": "only_one"}


def test_an_accepted_person_needs_no_other_reason() -> None:
    assert why(week([person("a")], [need("n", fixed={"start": 540, "team": ["a"]})])) == [{"code": "accepted"}]


@pytest.mark.parametrize(
    ("helper", "ask", "code", "miss"),
    [
        ({}, {"seats": [{"skill": "legal", "level": 2}]}, "no_skill", {"code": "skill", "skill": "legal", "level": 0, "asked": 2}),
        ({}, {"seats": [{"language": "wuu"}]}, "no_language", {"code": "language", "language": "wuu"}),
        ({}, {"minor": True}, "nobody_vetted", {"code": "vetted"}),
        ({"reach_m": 100}, {}, "none_in_reach", {"code": "reach", "metres": 246, "reach_m": 100, "short_m": 146}),
        ({"free": [[600, 660]]}, {"windows": [[540, 585]]}, "no_free_time", {"code": "free", "short_minutes": 15, "from": 600, "to": 660}),
        ({"max_minutes": 30}, {}, "caps_used_up", {"code": "caps", "max_visits": 3, "max_minutes": 30, "booked": 0}),
    ],
)  # fmt: skip
def test_the_rule_that_emptied_a_need_and_who_misses_by_it_alone(helper: JSON, ask: JSON, code: str, miss: JSON) -> None:
    row = gap(week([person("a", **helper)], [need("n", **ask)]))
    assert row["code"] == code
    assert row["ask"] == [{"person": "a", **miss}]


@pytest.mark.parametrize(
    ("helper", "ask", "code"),
    [
        ({}, {"seats": [{"role": "property"}]}, "no_role"),
        ({"gender": "m"}, {"seats": [{"gender": "f"}]}, "no_gender"),
        ({}, {"forbid": ["a"]}, "forbidden"),
        ({}, {"windows": []}, "no_start"),
        ({}, {"seats": [{}, {}]}, "no_common_time"),
        ({"reach_m": 90_000}, {"lon": HOME[1] + 0.2, "priority": 1}, "not_worth_it"),
        ({"booked": [{"start": 560, "minutes": 60, "lat": HOME[0], "lon": HOME[1]}]}, {}, "all_booked"),
    ],
)  # fmt: skip
def test_rules_that_asking_somebody_does_not_change(helper: JSON, ask: JSON, code: str) -> None:
    row = gap(week([person("a", **helper)], [need("n", **ask)]))
    assert (row["code"], row["ask"]) == (code, [])


def test_people_who_are_needed_elsewhere() -> None:
    busy = week(
        [person("a", max_visits=5)], [need("urgent", priority=5, windows=[[540, 540]]), need("n", priority=1, windows=[[540, 540]])]
    )
    assert gap(busy) == {
        "need": "n",
        "code": "all_busy_elsewhere",
        "seat": 0,
        "candidates": [1],
        "busy": 1,
        "full": 0,
        "idle": 0,
        "ask": [],
    }
    full = week([person("a", max_visits=1)], [need("urgent", priority=5), need("n", priority=1)])
    assert gap(full)["code"] == "outbid"


def test_every_seat_has_its_reasons_and_every_need_its_place() -> None:
    given = week(
        [person("a"), person("b", role="social_worker")], [need("n", seats=[{}, {"role": "social_worker"}]), need("m", minor=True)]
    )
    answer = solve(given).as_json()
    assert [(row["need"], row["seat"]) for row in answer["why"]] == [("n", 0), ("n", 1)]
    assert [row["need"] for row in answer["left_out"]] == ["m"]
