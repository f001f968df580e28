"""The best plan of a small week as one integer programme, stated from the checker's rules and from nothing of the planner's."""

import math
from itertools import combinations
from typing import Any, NamedTuple

import highspy
import numpy as np

from .weeks import CHECKER, JSON


class Seating(NamedTuple):
    """One person on one seat of one need at one start: a variable of the model."""

    need: str
    seat: int
    start: int
    who: str
    points: float


class Best(NamedTuple):
    """The optimum, and a plan that reaches it."""

    value: float
    visits: list[JSON]


def best_by_model(given: JSON) -> Best:
    """Maximises the score over seatings and meetings; every rule is a row, a person's load a sum of steps that grow."""
    people, needs = CHECKER.read_week(given)
    return _Model(people, needs).best()


class _Model:
    def __init__(self, people: dict[str, JSON], needs: dict[str, JSON]) -> None:
        self.people, self.needs = people, needs
        self.cost, self.rows = list[float](), list[tuple[float, float, dict[int, float]]]()
        self.meeting = {(i, t): self._column(self._worth(need)) for i, need in needs.items() for t in _starts(need)}
        self.seatings: dict[int, Seating] = {}
        for i, t in self.meeting:
            for k in range(len(needs[i]["seats"])):
                for who in people:
                    if self._may_sit(who, i, k, t):
                        seating = Seating(i, k, t, who, self._points(who, i, k, t))
                        self.seatings[self._column(seating.points)] = seating
        self._fill_seats()
        self._visit_once()
        for who in people:
            self._week_of(who)

    def _column(self, points: float) -> int:
        self.cost.append(-points)
        return len(self.cost) - 1

    def _row(self, low: float, high: float, entries: dict[int, float]) -> None:
        self.rows.append((low, high, entries))

    def _worth(self, need: JSON) -> float:
        return float(CHECKER.WORTH[need["priority"]] * (1 + need["waited_weeks"] / 10))

    def _may_sit(self, who: str, i: str, k: int, t: int) -> bool:
        need, person = self.needs[i], self.people[who]
        was = need["fixed"]["team"][k] if need["fixed"] else None
        if was not in (None, who) or (was is None and CHECKER.why_not(person, need, need["seats"][k], t)):
            return False
        stops = sorted([(b["start"], b["minutes"], b) for b in person["booked"]], key=lambda stop: stop[:2])
        before = [(at, b) for at, minutes, b in stops if (at, minutes) < (t, need["minutes"])][-1:]
        after = [(at, b) for at, minutes, b in stops if (at, minutes) >= (t, need["minutes"])][:1]
        return not any(self._clash(who, (t, need), stop) for stop in before + after)

    def _clash(self, who: str, one: tuple[int, JSON], other: tuple[int, JSON]) -> bool:
        (start, here), (then, there) = sorted([one, other], key=lambda stop: (stop[0], stop[1]["minutes"]))
        way = CHECKER.distance(here, there) / (self.people[who]["kmh"] * 1000 / 60)
        return bool(start + here["minutes"] + math.ceil(way - 1e-9) > then)

    def _points(self, who: str, i: str, k: int, t: int) -> float:
        need, was = self.needs[i], self.needs[i]["published"]
        points = 40 * (who in need["familiar"]) + 5 * (need["category"] in self.people[who]["prefers"])
        points -= CHECKER.distance(self.people[who], need) / 100
        if was:
            points -= 30 * (was["team"][k] != who) + 30 * (k == 0 and was["start"] != t)
        return float(points)

    def _fill_seats(self) -> None:
        for (i, t), held in self.meeting.items():
            mine = {j: s for j, s in self.seatings.items() if (s.need, s.start) == (i, t)}
            for k in range(len(self.needs[i]["seats"])):
                self._row(0, 0, {j: 1.0 for j, s in mine.items() if s.seat == k} | {held: -1.0})

    def _visit_once(self) -> None:
        for i, need in self.needs.items():
            in_full = need["fixed"] is not None and None not in need["fixed"]["team"]
            self._row(float(in_full), 1, {j: 1.0 for (n, _), j in self.meeting.items() if n == i})
        for ((i, t), a), ((j, u), b) in combinations(self.meeting.items(), 2):
            one, other = self.needs[i], self.needs[j]
            if i != j and one["resident"] == other["resident"] and t < u + other["minutes"] and u < t + one["minutes"]:
                self._row(0, 1, {a: 1.0, b: 1.0})

    def _week_of(self, who: str) -> None:
        person, booked = self.people[who], self.people[who]["booked"]
        mine = {j: s for j, s in self.seatings.items() if s.who == who}
        for i in self.needs:
            self._row(0, 1, {j: 1.0 for j, s in mine.items() if s.need == i})
        for (a, one), (b, other) in combinations(mine.items(), 2):
            if one.need != other.need and self._clash(who, (one.start, self.needs[one.need]), (other.start, self.needs[other.need])):
                self._row(0, 1, {a: 1.0, b: 1.0})
        if not mine:
            return
        spent = sum(b["minutes"] for b in booked)
        self._row(0, max(0, person["max_visits"] - len(booked)), dict.fromkeys(mine, 1.0))
        self._row(0, max(0, person["max_minutes"] - spent), {j: float(self.needs[s.need]["minutes"]) for j, s in mine.items()})
        if person["role"] != "social_worker":
            steps = [self._column(-4.0 * (len(booked) + k)) for k in range(min(len(mine), person["max_visits"]))]
            self._row(0, 0, dict.fromkeys(mine, 1.0) | dict.fromkeys(steps, -1.0))

    def best(self) -> Best:
        loads = [len(p["booked"]) for p in self.people.values() if p["role"] != "social_worker"]
        constant = -float(sum(2 * k * (k - 1) for k in loads))
        if not self.cost:
            return Best(constant, [])
        solved = _solved(self.cost, self.rows)
        visits = []
        for (i, t), held in self.meeting.items():
            if solved[held] > 0.5:
                team = [""] * len(self.needs[i]["seats"])
                for j, s in self.seatings.items():
                    if (s.need, s.start) == (i, t) and solved[j] > 0.5:
                        team[s.seat] = s.who
                visits.append({"need": i, "start": t, "team": team})
        return Best(constant - float(np.dot(self.cost, np.round(solved))), visits)


def _starts(need: JSON) -> list[int]:
    if need["fixed"]:
        return [need["fixed"]["start"]]
    return [t for a, b in need["windows"] for t in range(-(-a // 15) * 15, b + 1, 15)]


def _solved(cost: list[float], rows: list[tuple[float, float, dict[int, float]]]) -> Any:
    """The optimal values of the variables, all of them 0 or 1."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, setting in {"output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}.items():
        highs.setOptionValue(option, setting)
    nothing = np.zeros(0, dtype=np.int32)
    highs.addCols(len(cost), np.array(cost), np.zeros(len(cost)), np.ones(len(cost)), 0, nothing, nothing, np.zeros(0))
    for low, high, entries in rows:
        if low > 0 or entries:
            highs.addRow(float(low), float(high), len(entries), np.array([*entries], dtype=np.int32), np.array([*entries.values()]))
    highs.changeColsIntegrality(len(cost), np.arange(len(cost), dtype=np.int32), np.ones(len(cost), dtype=np.uint8))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return np.array(highs.getSolution().col_value)
