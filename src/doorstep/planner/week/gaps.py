"""Why a need was left out: the rule that emptied it, and the people who miss by one thing only."""

from dataclasses import dataclass

import numpy as np

from .candidates import Options
from .draft import Draft
from .problem import JSON, Bools, Floats, Ints, Problem
from .rules import REACH_SLACK
from .score import known, load, metres

MOST_ASKED = 3
NEAR_METRES = 1500  # how far beyond somebody's reach a near miss may be
LONG_MINUTES = 180  # how much free time a near miss may lack
RULES = ("skill", "role", "gender", "language", "vetted", "ruled_out", "reach", "free", "caps")
CODES = {
    "skill": "no_skill", "role": "no_role", "gender": "no_gender", "language": "no_language", "vetted": "nobody_vetted",
    "ruled_out": "forbidden", "reach": "none_in_reach", "free": "no_free_time", "caps": "caps_used_up",
}  # fmt: skip
ASKABLE = ("skill", "language", "vetted", "reach", "free", "caps")


def left_out(problem: Problem, options: Options, draft: Draft) -> list[JSON]:
    """One row for each need that is not visited: {need, code, …numbers, ask: up to three near misses}."""
    search = _Search(problem, options, draft)
    return [search.row(int(n)) for n in np.flatnonzero((draft.need_start < 0) & ~problem.kept)]


@dataclass(frozen=True)
class _Seat:
    """A seat seen by everybody: which rules each person passes, and how far off they are."""

    passes: dict[str, Bools]
    metres: Floats
    short: Floats
    nearest_from: Ints
    nearest_to: Ints


class _Search:
    """Looks at the unfilled needs one by one; nothing here changes the plan."""

    def __init__(self, problem: Problem, options: Options, draft: Draft) -> None:
        self.problem, self.options, self.draft = problem, options, draft
        self.seat_order = np.argsort(options.seat, kind="stable")
        self.seat_ptr = np.searchsorted(options.seat[self.seat_order], np.arange(len(problem.needs.seat_need) + 1))
        people = problem.people
        self.free_owner = np.repeat(np.arange(len(people.ids)), np.diff(people.free_ptr))

    def row(self, n: int) -> JSON:
        needs = self.problem.needs
        row: JSON = {"need": needs.ids[n]}
        seats = range(int(needs.seat_ptr[n]), int(needs.seat_ptr[n + 1]))
        starts = self.options.starts[self.options.starts_ptr[n] : self.options.starts_ptr[n + 1]]
        if not len(starts):
            return row | {"code": "no_start", "windows": int(needs.window_ptr[n + 1] - needs.window_ptr[n]), "ask": []}
        able = [len(np.unique(self._people_on(s))) for s in seats]
        turn = int(np.argmin(able))
        looked = self._look(seats[turn], starts)
        if able[turn] == 0:
            row |= self._emptied(seats[turn], turn, looked)
        elif not self._meetings(n):
            row |= {"code": "no_common_time", "seat": turn, "candidates": able}
        else:
            row |= self._taken(n, turn, able)
        return row | {"ask": self._near_misses(seats[turn], looked)}

    def _people_on(self, s: int) -> Ints:
        return np.asarray(self.options.person[self.seat_order[self.seat_ptr[s] : self.seat_ptr[s + 1]]])

    def _meetings(self, n: int) -> bool:
        """Whether at one start at least every seat has somebody."""
        needs, options = self.problem.needs, self.options
        rows = [self.seat_order[self.seat_ptr[s] : self.seat_ptr[s + 1]] for s in range(int(needs.seat_ptr[n]), int(needs.seat_ptr[n + 1]))]
        common = set(options.start[rows[0]].tolist())
        for row in rows[1:]:
            common &= set(options.start[row].tolist())
        people = [set(options.person[row].tolist()) for row in rows]
        return bool(common) and len(set.union(*people)) >= len(rows)

    def _look(self, s: int, starts: Ints) -> _Seat:
        people, needs = self.problem.people, self.problem.needs
        n, everyone = int(needs.seat_need[s]), np.arange(len(people.ids))
        far = metres(people.place, needs.place[n])
        true = np.ones(len(everyone), dtype=bool)
        skill, language = int(needs.seat_skill[s]), int(needs.seat_language[s])
        ruled_out = known(needs.forbid, n * len(everyone) + everyone)
        ruled_out |= known(people.avoid, everyone * self.problem.resident_count + needs.resident[n])
        near = far <= people.reach + NEAR_METRES
        short, nearest_from, nearest_to = self._shortage(near, starts, int(needs.minutes[n]))
        passes = {
            "skill": people.skills[:, skill] >= needs.seat_level[s] if skill >= 0 else true,
            "role": people.role == needs.seat_role[s] if needs.seat_role[s] >= 0 else true,
            "gender": people.gender == needs.seat_gender[s] if needs.seat_gender[s] >= 0 else true,
            "language": people.languages[:, language] if language >= 0 else true,
            "vetted": people.vetted if needs.minor[n] else true,
            "ruled_out": ~ruled_out,
            "reach": far <= people.reach + REACH_SLACK,
            "free": short <= 0,
            "caps": (self.options.room_visits >= 1) & (self.options.room_minutes >= needs.minutes[n]),
        }
        return _Seat(passes, far, short, nearest_from, nearest_to)

    def _shortage(self, near: Bools, starts: Ints, minutes: int) -> tuple[Floats, Ints, Ints]:
        """How many minutes of free time each near person lacks for the start that suits them best, and the free stretch in question."""
        people = self.problem.people
        short = np.full(len(people.ids), np.inf)
        stretch = np.full(len(people.ids), -1)
        rows = np.flatnonzero(near[self.free_owner])
        owner, free_from, free_to = self.free_owner[rows], people.free_from[rows], people.free_to[rows]
        for t in starts:
            lacks = np.maximum(free_from - t, 0) + np.maximum(t + minutes - free_to, 0)
            better = np.flatnonzero(lacks < short[owner])
            better = better[np.argsort(-lacks[better], kind="stable")]  # the least shortage is written last
            short[owner[better]], stretch[owner[better]] = lacks[better], rows[better]
        at = np.maximum(stretch, 0)
        some = len(people.free_from) > 0
        none = np.full(len(short), -1)
        return (
            short,
            np.where(stretch >= 0, people.free_from[at], -1) if some else none,
            np.where(stretch >= 0, people.free_to[at], -1) if some else none,
        )

    def _emptied(self, s: int, turn: int, looked: _Seat) -> JSON:
        """The first rule after which nobody is left, with how many were left after each rule before it."""
        left, counts, code = np.ones(len(looked.metres), dtype=bool), dict[str, int](), "all_booked"
        for rule in RULES:
            left = left & looked.passes[rule]
            if not left.any():
                code = CODES[rule]
                break
            counts[rule] = int(left.sum())
        return {"code": code, "seat": turn, "left": counts, **self._wanted(s)}

    def _wanted(self, s: int) -> JSON:
        problem, needs = self.problem, self.problem.needs
        wanted: JSON = {}
        if needs.seat_skill[s] >= 0:
            wanted |= {"skill": problem.skill_names[needs.seat_skill[s]], "level": int(needs.seat_level[s])}
        if needs.seat_language[s] >= 0:
            wanted["language"] = problem.language_names[needs.seat_language[s]]
        return wanted

    def _taken(self, n: int, turn: int, able: list[int]) -> JSON:
        """There are people for every seat, but the plan gains more by sending them elsewhere, or gains nothing by sending them here."""
        options, draft, s = self.options, self.draft, int(self.problem.needs.seat_ptr[n]) + turn
        minutes, full, busy, idle = int(self.problem.needs.minutes[n]), set[int](), set[int](), set[int]()
        for o in self.seat_order[self.seat_ptr[s] : self.seat_ptr[s + 1]]:
            p = int(options.person[o])
            if not draft.visits[p]:
                idle.add(p)
            elif draft.visits[p] >= options.room_visits[p] or draft.minutes[p] + minutes > options.room_minutes[p]:
                full.add(p)
            else:
                busy.add(p)
        numbers = {"seat": turn, "candidates": able, "busy": len(busy), "full": len(full), "idle": len(idle)}
        home = self._home_visits(n)
        if idle and home:
            return {"code": "home_busy", **numbers, "other_visits": home}
        if idle and len(able) == 1:
            return {"code": "not_worth_it", **numbers, **self._cost(n, s)}
        return {"code": "outbid" if full else "all_busy_elsewhere", **numbers}

    def _home_visits(self, n: int) -> int:
        needs = self.problem.needs
        same = (needs.resident == needs.resident[n]) & (self.draft.need_start >= 0)
        return int(same.sum())

    def _cost(self, n: int, s: int) -> JSON:
        """What the cheapest idle person would cost, against what the visit is worth."""
        rows = self.seat_order[self.seat_ptr[s] : self.seat_ptr[s + 1]]
        booked, role = self.options.booked[self.options.person[rows]], self.problem.people.role[self.options.person[rows]]
        cost = -self.options.worth[rows] + load(booked + 1, role) - load(booked, role)
        return {"worth": round(float(self.problem.needs.value[n]), 1), "cost": round(float(cost.min()), 1)}

    def _near_misses(self, s: int, looked: _Seat) -> list[JSON]:
        """People who fail one rule only, and one that they or the social worker could change; the smallest change first."""
        fails = np.sum([~looked.passes[rule] for rule in RULES], axis=0)
        once = fails == 1
        found: list[tuple[float, int, JSON]] = []
        for rule in ASKABLE:
            for p in np.flatnonzero(once & ~looked.passes[rule]):
                step, numbers = self._step(rule, s, int(p), looked)
                if step < np.inf:
                    found.append(
                        (step + looked.metres[p] / 10_000, int(p), {"person": self.problem.people.ids[p], "code": rule, **numbers})
                    )
        found.sort(key=lambda miss: miss[:2])
        return [miss for _, _, miss in found[:MOST_ASKED]]

    def _step(self, rule: str, s: int, p: int, looked: _Seat) -> tuple[float, JSON]:
        """How large the change is that would make person p fit (infinite: too large to ask), and its numbers."""
        people, needs = self.problem.people, self.problem.needs
        if rule == "free":
            short = float(looked.short[p])
            span = {"short_minutes": short, "from": int(looked.nearest_from[p]), "to": int(looked.nearest_to[p])}
            return (1.0 + short / 60, span | {"short_minutes": int(short)}) if short <= LONG_MINUTES else (np.inf, {})
        if rule == "reach":
            short = float(looked.metres[p] - people.reach[p])
            numbers = {"metres": round(float(looked.metres[p])), "reach_m": round(float(people.reach[p])), "short_m": int(np.ceil(short))}
            return (1.0 + short / 500, numbers) if short <= NEAR_METRES else (np.inf, {})
        if rule == "skill":
            has, asked = int(people.skills[p, needs.seat_skill[s]]), int(needs.seat_level[s])
            return 2.0 + 2.0 * (asked - has) + 2.0 * (has == 0), {
                "skill": self.problem.skill_names[needs.seat_skill[s]],
                "level": has,
                "asked": asked,
            }
        if rule == "caps":
            booked = int(self.options.booked[p])
            return 1.5, {"max_visits": int(people.max_visits[p]), "max_minutes": int(people.max_minutes[p]), "booked": booked}
        if rule == "language":
            return 3.0, {"language": self.problem.language_names[needs.seat_language[s]]}
        return 2.5, {}
