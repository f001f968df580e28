"""Weeks at the edge of the format: empty, hopeless, far out and overfull ones have right answers, legal plans and proven bounds."""

import pytest

from doorstep.planner.week import Even, Planned, advise, solve

from .compact import best_by_model
from .weeks import CHECKER, HOME, JSON, need, person, proof, week


def crowd(number: int, **more: object) -> list[JSON]:
    return [person(f"p{i:02}", **more) for i in range(number)]


TWELVE = need("n", seats=[{} for _ in range(12)])
ONE_SKILLED = need("n", seats=[{"skill": "legal", "level": 2}, *({} for _ in range(11))])
BUSY = {"start": 540, "minutes": 60, "lat": HOME[0], "lon": HOME[1]}
#: Name → the week, and how many visits its best plan has.
WEEKS: dict[str, tuple[JSON, int]] = {
    "nobody and nothing": (week([], []), 0),
    "nobody": (week([], [need("n"), need("m")]), 0),
    "nothing": (week(crowd(3), []), 0),
    "no window": (week(crowd(2), [need("n", windows=[])]), 0),
    "a window without a quarter of an hour in it": (week(crowd(2), [need("n", windows=[[541, 554]])]), 0),
    "nobody is free": (week(crowd(3, free=[]), [need("n")]), 0),
    "nobody may go": (week(crowd(2), [need("n", forbid=["p00", "p01"])]), 0),
    "nobody is near": (week(crowd(2, reach_m=0), [need("n")]), 0),
    "next door with no reach at all": (week(crowd(1, reach_m=0), [need("n", lon=HOME[1])]), 1),
    "no caps": (week(crowd(2, max_visits=0), [need("n")]), 0),
    "no minutes": (week(crowd(2, max_minutes=59), [need("n")]), 0),
    "booked beyond the caps": (week(crowd(1, max_visits=1, booked=[BUSY, {**BUSY, "start": 900}]), [need("n")]), 0),
    "bookings that clash": (week(crowd(1, booked=[BUSY, {**BUSY, "start": 550, "minutes": 15}]), [need("n", windows=[[585, 600]])]), 1),
    "not worth the way": (week(crowd(1, reach_m=30_000), [need("n", priority=1, lat=HOME[0] + 0.1)]), 0),
    "twelve seats": (week(crowd(12), [TWELVE]), 1),
    "twelve seats for eleven": (week(crowd(11), [TWELVE]), 0),
    "twelve seats, one of them for nobody": (week(crowd(20), [ONE_SKILLED]), 0),
    "twelve seats, one of them for one": (week([*crowd(14), person("z", skills={"legal": 3})], [ONE_SKILLED]), 1),
    "twelve seats against twelve needs": (week(crowd(12, max_visits=1), [TWELVE, *(need(f"m{i}", priority=2) for i in range(12))]), 12),
    "one person for both seats": (week(crowd(1), [need("n", seats=[{}, {}])]), 0),
    "the last minute of the week": (week(crowd(1, free=[[9900, 10080]]), [need("n", windows=[[10020, 10080]])]), 1),
    "past the end of the week": (week(crowd(1, free=[[9900, 10080]]), [need("n", windows=[[10035, 10080]])]), 0),
    "any time of the week": (week(crowd(2, free=[[0, 10080]]), [need("n", windows=[[0, 10080]]), need("m", windows=[[0, 10080]])]), 2),
    "two free stretches that touch": (week(crowd(1, free=[[480, 570], [570, 660]]), [need("n", windows=[[540, 540]])]), 0),
    "names that nobody bears": (week(crowd(1, avoid=["nowhere"]), [need("n", familiar=["x"], forbid=["y", "p01"])]), 1),
    "across the date line": (week([person("a", lat=0, lon=179.999)], [need("n", lat=0, lon=-179.999)]), 1),
    "at the pole": (week([person("a", lat=90, lon=0)], [need("n", lat=89.999, lon=180)]), 1),
    "accepted at the other end of the world": (week([person("a")], [need("n", lat=-HOME[0], lon=HOME[1] - 180, fixed={"start": 7, "team": ["a"]})]), 1),
    "ten needs of one home": (week(crowd(10), [need(f"n{i}", resident="h", windows=[[540, 720]]) for i in range(10)]), 4),
    "empty words ask for nothing": (week(crowd(1), [need("n", seats=[{"skill": "", "gender": "", "language": ""}])]), 1),
    "proposed to somebody who can no longer": (week(crowd(2), [need("n", published={"start": 600, "team": ["p00"]}, forbid=["p00"])]), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", WEEKS)
def test_the_answer_is_right(name: str) -> None:
    given, visits = WEEKS[name]
    result = solve(given, iterations=300)
    report = CHECKER.verify(given, result.as_json())
    assert (report["errors"], report["visits"]) == ([], visits)
    best = best_by_model(given).value
    assert result.value == pytest.approx(best, abs=0.002) and report["score"] == pytest.approx(best, abs=0.002)
    assert result.bound >= best and proof(given, result.prices).bound >= best
    assert {row["need"] for row in result.left_out} == {n["id"] for n in given["needs"]} - {v["need"] for v in result.as_json()["visits"]}


@pytest.mark.parametrize("name", WEEKS)
def test_it_can_be_evened_out_and_advised_on(name: str) -> None:
    given, visits = WEEKS[name]
    result = solve(given, iterations=60, even=Even(0.05))
    report = CHECKER.verify(given, result.as_json())
    assert report["errors"] == [] and report["visits"] <= visits
    best = best_by_model(given).value
    assert result.value >= best - 0.05 * abs(best) - 0.002
    advice = advise(Planned(result.problem, result.options, result.draft, result.cell_prices), seconds=20.0)
    open_ = result.bound - result.value
    assert all(row["gain"] <= row["price"] + open_ + 0.02 for row in advice["recruit"] if row["gain"] is not None)
    assert bool(advice["recruit"]) or name not in ("nobody", "nobody is free", "nobody may go")
