"""Small weeks for tests: named ones, drawn ones, and the best plan of a tiny week by trying everything."""

import random
import sys
from importlib.util import module_from_spec, spec_from_file_location
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

JSON = dict[str, Any]
ROOT = Path(__file__).resolve().parents[5]
HOME = (31.78, 119.93)


def module_at(path: Path) -> ModuleType:
    """A module by its file, outside of any package."""
    spec = spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECKER = module_at(ROOT / "docs" / "verify_plan.py")
sys.path.append(str(ROOT / "docs"))  # the checker's files stand beside each other and find each other there
BOUND = module_at(ROOT / "docs" / "verify_bound.py")


def person(name: str, **more: Any) -> JSON:
    """Somebody next door, free all Monday."""
    row: JSON = {
        "id": name, "role": "volunteer", "lat": HOME[0], "lon": HOME[1], "kmh": 4.0, "reach_m": 3000, "free": [[480, 1200]],
        "max_minutes": 240, "max_visits": 3,
    }  # fmt: skip
    return row | more


def need(name: str, **more: Any) -> JSON:
    """An hour next door, Monday between nine and ten."""
    row: JSON = {
        "id": name, "resident": f"home-{name}", "category": "elderly", "lat": HOME[0], "lon": HOME[1] + 0.002, "minutes": 60,
        "windows": [[540, 600]], "priority": 3, "seats": [{}],
    }  # fmt: skip
    return row | more


def week(volunteers: list[JSON], needs: list[JSON]) -> JSON:
    return {"format": "doorstep-week/1", "start": "2026-11-30", "volunteers": volunteers, "needs": needs}


def drawn(seed: int, people: int, needs: int, days: int = 2) -> JSON:
    """A dense little week in which every key of the format turns up; the same seed draws the same week."""
    rng = random.Random(seed)
    names = [f"p{i}" for i in range(people)]
    return week([_drawn_person(rng, name, days) for name in names], [_drawn_need(rng, i, names, days) for i in range(needs)])


def _place(rng: random.Random) -> JSON:
    return {"lat": HOME[0] + rng.uniform(-0.01, 0.01), "lon": HOME[1] + rng.uniform(-0.01, 0.01)}


def _drawn_person(rng: random.Random, name: str, days: int) -> JSON:
    free = []
    for day in range(days):
        if rng.random() < 0.8:
            begin = day * 1440 + 480 + 15 * rng.randrange(16)
            free.append([begin, begin + rng.choice([90, 150, 240])])
    booked = []
    if rng.random() < 0.25:
        booked = [{"start": rng.randrange(days) * 1440 + 30 * rng.randrange(16, 30), "minutes": rng.choice([30, 60]), **_place(rng)}]
    return _place(rng) | {
        "id": name, "role": rng.choice(["volunteer", "volunteer", "specialist", "social_worker"]), "kmh": rng.choice([4, 12.0]),
        "reach_m": rng.choice([900, 2500]), "max_minutes": rng.choice([60, 150, 400]), "max_visits": rng.choice([1, 2, 4]),
        "skills": {skill: rng.randint(1, 3) for skill in ("cooking", "legal") if rng.random() < 0.5}, "vetted": rng.random() < 0.5,
        "gender": rng.choice(["f", "m", None]), "languages": [code for code in ("zh", "wuu") if rng.random() < 0.7], "free": free,
        "avoid": [f"r{rng.randrange(4)}"] if rng.random() < 0.1 else [], "prefers": rng.sample(["elderly", "youth"], rng.randint(0, 2)),
        "booked": booked, "load_28d": rng.randrange(5),
    }  # fmt: skip


def _drawn_need(rng: random.Random, i: int, names: list[str], days: int) -> JSON:
    begin = rng.randrange(days) * 1440 + 480 + 15 * rng.randrange(20)
    seats: list[JSON] = [{"skill": rng.choice([None, "cooking", "legal"]), "level": rng.choice([1, 1, 2])}]
    if rng.random() < 0.3:
        seats.append({"role": rng.choice([None, "social_worker"]), "language": rng.choice([None, "wuu"])})
    if rng.random() < 0.1:
        seats[0]["gender"] = "f"
    row = _place(rng) | {
        "id": f"n{i}", "resident": f"r{rng.randrange(4)}", "category": rng.choice(["elderly", "youth"]), "minutes": rng.choice([30, 60, 90]),
        "windows": [[begin, begin + rng.choice([0, 20, 45])]], "priority": rng.randint(1, 5), "waited_weeks": rng.choice([0, 0, 3]),
        "minor": rng.random() < 0.15, "seats": seats, "familiar": rng.sample(names, min(len(names), rng.randint(0, 2))),
        "forbid": rng.sample(names, min(len(names), rng.choice([0] * 9 + [1]))),
    }  # fmt: skip
    if rng.random() < 0.15 and len(names) >= len(seats):
        row["published"] = {"start": begin, "team": rng.sample(names, len(seats))}
    if names and rng.random() < 0.1:
        row["fixed"] = {"start": begin, "team": [rng.choice(names), *[None] * (len(seats) - 1)] if len(seats) > 1 else [None]}
    return row


def best_by_trying(given: JSON, must: tuple[str, str] | None = None, never: tuple[str, str] | None = None) -> float:
    """The score of the best legal plan, by the project's own checker, over every start and team of every need.

    `must` and `never` name a need and a person who is, or is not, on it; −1e18 if no legal plan is so.
    """
    ways = [[None, *_ways(ask, [p["id"] for p in given["volunteers"]])] for ask in given["needs"]]
    legal = [[way for way in ways_of_one if way is None or not CHECKER.verify(given, plan([way]))["errors"]] for ways_of_one in ways]
    best = -1e18
    for visits in product(*legal):
        there = {(visit["need"], who) for visit in visits if visit is not None for who in visit["team"]}
        if (must is not None and must not in there) or never in there:
            continue
        report = CHECKER.verify(given, plan([visit for visit in visits if visit is not None]))
        if not report["errors"]:
            best = max(best, report["score"])
    return best


def _ways(ask: JSON, names: list[str]) -> list[JSON]:
    fixed = ask.get("fixed")
    starts = [fixed["start"]] if fixed else [t for a, b in ask["windows"] for t in range(-(-a // 15) * 15, b + 1, 15)]
    teams = product(names, repeat=len(ask["seats"]))
    return [{"need": ask["id"], "start": t, "team": list(team)} for team in teams for t in starts]


def proof(given: JSON, prices: JSON, **limits: int) -> Any:
    """What prices prove of a week, by the project's own checker."""
    people, needs = CHECKER.read_week(given)
    return BOUND.prove(people, needs, BOUND.prices_in({"prices": prices}, needs), **limits)


def odd_prices(rng: random.Random, given: JSON, found: JSON) -> JSON:
    """Prices that no search would choose: drawn ones, found ones that are shaken, some for all starts, some left out."""
    kind, scale, table = rng.randrange(4), rng.choice([1.0, 30.0, 300.0, 5000.0]), {}
    for ask in given["needs"]:
        starts = [t for a, b in ask["windows"] for t in range(-(-a // 15) * 15, b + 1, 15)] + (
            [ask["fixed"]["start"]] if ask.get("fixed") else []
        )
        one = [[None, [rng.gauss(0, scale) for _ in ask["seats"]]]] if kind == 0 or rng.random() < 0.2 else []
        rows = [[t, [rng.gauss(0, scale) for _ in ask["seats"]]] for t in starts if rng.random() < 0.8] if kind == 1 else []
        if kind == 2:
            rows = [[t, [x + rng.gauss(0, scale / 10) for x in row]] for t, row in found.get(ask["id"], [])]
        table[ask["id"]] = one + rows
    return table


def plan(visits: list[JSON], **more: Any) -> JSON:
    return {"format": "doorstep-plan/1", "visits": visits} | more


def crowded(seed: int, people: int, needs: int) -> JSON:
    """A drawn week of three days with what makes bounds hard: second windows, homes that overlap, needs accepted in full, busy bookings."""
    rng, given = random.Random(seed), drawn(seed, people, needs, days=3)
    for who in given["volunteers"]:
        if rng.random() < 0.15:
            at = rng.randrange(3) * 1440 + 30 * rng.randrange(16, 30)
            who["booked"] += [{"start": at + 20 * k, "minutes": rng.choice([15, 45]), **_place(rng)} for k in range(rng.choice([1, 2]))]
    for ask in given["needs"]:
        end = ask["windows"][-1][1]
        if rng.random() < 0.6:
            again = end + rng.choice([15, 30, 60, 1440])
            ask["windows"].append([again, again + rng.choice([15, 30, 60])])
        if rng.random() < 0.12:
            before = ask.get("fixed")
            ask["fixed"] = {
                "start": ask["windows"][0][0] + rng.choice([0, 5]),
                "team": rng.sample([p["id"] for p in given["volunteers"]], len(ask["seats"])),
            }
            kept = [n for n in given["needs"] if n.get("fixed") and None not in n["fixed"]["team"]]
            if CHECKER.verify(given, plan([{"need": n["id"], **n["fixed"]} for n in kept]))["errors"]:
                ask["fixed"] = before
    return given


def alone(seed: int, needs: int, **more: Any) -> JSON:
    """One person, and needs with one seat in different homes whose windows come again and again: everything is in the person's own week."""
    rng = random.Random(seed)
    asks = []
    for i in range(needs):
        days = sorted(rng.sample(range(3), rng.choice([1, 2, 3])))
        begins = [day * 1440 + 480 + 15 * rng.randrange(24) for day in days]
        windows = [[begin, begin + rng.choice([0, 15, 45])] for begin in begins]
        asks.append(need(f"n{i}", minutes=rng.choice([30, 45, 60, 90]), windows=windows, priority=rng.randint(1, 4), **_place(rng)))
    booked = [{"start": 1440 + 600, "minutes": 30, **_place(rng)}] if rng.random() < 0.3 else []
    free = [[day * 1440 + 480, day * 1440 + rng.choice([840, 1080])] for day in range(3)]
    caps = {"max_visits": rng.choice([2, 4, 8, 15]), "max_minutes": rng.choice([180, 330, 600, 1200])}
    role = rng.choice(["social_worker", "social_worker", "volunteer"])
    return week([person("a", role=role, free=free, booked=booked, kmh=rng.choice([4, 12]), **caps) | more], asks)
