"""One person and one need: the first rule between them, what could change it, and the options that a change would open."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .compiled import ZERO
from .gaps import RULES
from .kept import Kept
from .local import Neighbourhood
from .packed import NEED, ROOM_MINUTES, ROOM_VISITS
from .problem import JSON, ROLES, WEEK_MINUTES, Floats, Ints
from .rules import REACH_SLACK, clear_of_booked
from .score import known, metres, worth
from .whatif_standing import Stands

REACH_MOST = 3000  # metres more that somebody is asked for


@dataclass(frozen=True)
class Change:
    """What would be different about a person: a level of a skill, a clearance, a language, metres, a free stretch, room in the week."""

    code: str = ""
    skill: int = -1
    level: int = 0
    language: int = -1
    reach: float = 0.0
    free: tuple[int, int] = (0, 0)
    visits: int = 0
    minutes: int = 0

    def numbers(self, kept: Kept) -> JSON:
        """The change as its code's numbers."""
        if self.code == "skill":
            return {"skill": kept.problem.skill_names[self.skill], "level": self.level}
        if self.code == "language":
            return {"language": kept.problem.language_names[self.language]}
        if self.code == "reach":
            return {"metres": int(self.reach)}
        if self.code == "free":
            return {"from": self.free[0], "to": self.free[1]}
        return {"visits": self.visits, "minutes": self.minutes} if self.code == "caps" else {}


UNCHANGED = Change()


class Pairing:
    """A person of the week, as it stands, against any of its needs."""

    def __init__(self, stands: Stands, person: int, change: Change = UNCHANGED) -> None:
        self.kept, self.stands, self.p, self.change = stands.kept, stands, person, change
        people, promised = self.kept.problem.people, stands.blocks.get(person, [])
        lo, hi = int(people.booked_ptr[person]), int(people.booked_ptr[person + 1])
        more = np.array([(b.start, b.end - b.start) for b in promised], dtype=np.int64).reshape(-1, 2)
        booked = np.concatenate([np.stack([people.booked_start[lo:hi], people.booked_minutes[lo:hi]], axis=1), more])
        places = np.concatenate([people.booked_place[lo:hi], np.array([b.place for b in promised]).reshape(-1, 3)])
        order = np.argsort(booked[:, 0], kind="stable")
        self.booked, self.booked_place = np.ascontiguousarray(booked[order]), np.ascontiguousarray(places[order])
        rows = range(int(people.free_ptr[person]), int(people.free_ptr[person + 1]))
        self.free = _joined([*((int(people.free_from[f]), int(people.free_to[f])) for f in rows), change.free])

    def metres(self, n: int) -> float:
        """From the person's home to the need, on foot."""
        problem = self.kept.problem
        return float(metres(problem.people.place[self.p], problem.needs.place[n]))

    def starts(self, n: int) -> Ints:
        """The starts of a need that have not gone by."""
        all_ = np.asarray(self.kept.starts[self.kept.starts_ptr[n] : self.kept.starts_ptr[n + 1]])
        return all_[all_ >= self.stands.since]

    def fails(self, s: int) -> list[str]:
        """The rules of a seat that the person fails, in the order in which they are asked; `booked` if only the time between visits lacks."""
        problem, change, p = self.kept.problem, self.change, self.p
        people, needs, n = problem.people, problem.needs, int(problem.needs.seat_need[s])
        skill, language = int(needs.seat_skill[s]), int(needs.seat_language[s])
        level = max(int(people.skills[p, skill]), change.level if change.skill == skill else 0) if skill >= 0 else 0
        room_visits, room_minutes = self._room()
        passes = {
            "skill": skill < 0 or level >= needs.seat_level[s],
            "role": needs.seat_role[s] < 0 or people.role[p] == needs.seat_role[s],
            "gender": needs.seat_gender[s] < 0 or people.gender[p] == needs.seat_gender[s],
            "language": language < 0 or bool(people.languages[p, language]) or change.language == language,
            "vetted": not needs.minor[n] or bool(people.vetted[p]) or change.code == "vetted",
            "ruled_out": not self._ruled_out(n),
            "reach": self.metres(n) <= people.reach[p] + change.reach + REACH_SLACK,
            "free": self._shortage(n)[0] <= 0,
            "caps": room_visits >= 1 and room_minutes >= needs.minutes[n],
        }
        failed = [rule for rule in RULES if not passes[rule]]
        return failed if failed or len(self.open_starts(n)) else ["booked"]

    def _room(self) -> tuple[int, int]:
        who = self.kept.weeks.who[self.p]
        return int(who[ROOM_VISITS]) + self.change.visits, int(who[ROOM_MINUTES]) + self.change.minutes

    def _ruled_out(self, n: int) -> bool:
        problem, p = self.kept.problem, self.p
        pair = np.array([n * len(problem.people.ids) + p]), np.array([p * problem.resident_count + problem.needs.resident[n]])
        if (p, n) in self.stands.ruled_out:
            return True
        return bool(known(problem.needs.forbid, pair[0])[0] or known(problem.people.avoid, pair[1])[0])

    def _shortage(self, n: int) -> tuple[float, int, int]:
        """How many minutes of free time are lacking for the start that suits best, and from when to when the visit would be."""
        minutes = int(self.kept.problem.needs.minutes[n])
        best, at = np.inf, -1
        for t in self.starts(n).tolist():
            lacks = min((max(0, a - t) + max(0, t + minutes - b) for a, b in self.free), default=WEEK_MINUTES)
            if lacks < best:
                best, at = lacks, t
        return float(best), at, at + minutes

    def open_starts(self, n: int) -> list[int]:
        """The starts at which the person is free and gets there from, and back to, what they accepted elsewhere."""
        problem, minutes = self.kept.problem, int(self.kept.problem.needs.minutes[n])
        inside = [t for t in self.starts(n).tolist() if any(a <= t and t + minutes <= b for a, b in self.free)]
        if not len(self.booked):
            return inside
        number: Any = np.int64  # a bare number has a type of its own, for which the rule would be compiled once more
        pace, last = float(problem.people.pace[self.p]), number(len(self.booked))
        around = (problem.needs.place, number(n), pace, ZERO, last, self.booked, self.booked_place)
        return [t for t in inside if clear_of_booked(number(t), number(minutes), *around)]

    def options(self, needs: Ints) -> tuple[Ints, Floats]:
        """The person's options for these needs as rows of a week, and their points."""
        kept, needs_of = self.kept, self.kept.problem.needs
        rows: list[tuple[int, ...]] = []
        for n in needs.tolist():
            for s in range(int(needs_of.seat_ptr[n]), int(needs_of.seat_ptr[n + 1])):
                if needs_of.fixed_team[s] >= 0 or self.fails(s):
                    continue
                at = {t: i for i, t in enumerate(kept.starts[kept.starts_ptr[n] : kept.starts_ptr[n + 1]].tolist())}
                for t in self.open_starts(n):
                    cell = int(kept.first_cell[s]) + (at[t] if kept.staged[n] else 0)
                    rows.append((n, t, t + int(needs_of.minutes[n]), cell, 0, s, self.p))
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 7)
        return table, worth(kept.problem, table[:, 5], np.full(len(rows), self.p), table[:, 1])

    def numbers(self, s: int, rule: str) -> JSON:
        """The numbers of a failed rule, as `gaps.py` has them."""
        problem, p = self.kept.problem, self.p
        people, needs, n = problem.people, problem.needs, int(problem.needs.seat_need[s])
        if rule == "skill":
            skill = int(needs.seat_skill[s])
            return {"skill": problem.skill_names[skill], "level": int(people.skills[p, skill]), "asked": int(needs.seat_level[s])}
        if rule == "role":
            return {"role": ROLES[int(needs.seat_role[s])]}
        if rule == "language":
            return {"language": problem.language_names[int(needs.seat_language[s])]}
        if rule == "reach":
            far, reach = self.metres(n), float(people.reach[p])
            return {"metres": round(far), "reach_m": round(reach), "short_m": int(np.ceil(far - reach))}
        if rule == "free":
            short, begins, end = self._shortage(n)
            return {"short_minutes": int(short) if short < WEEK_MINUTES else -1, "from": begins, "to": end}
        if rule == "caps":
            booked = int(people.booked_ptr[p + 1] - people.booked_ptr[p])
            return {"max_visits": int(people.max_visits[p]), "max_minutes": int(people.max_minutes[p]), "booked": booked}
        return {}

    def cure(self, s: int, rule: str) -> Change | None:
        """The smallest change that this rule asks for; None where nobody should be asked to change it."""
        needs, n = self.kept.problem.needs, int(self.kept.problem.needs.seat_need[s])
        if rule == "skill":
            return Change("skill", skill=int(needs.seat_skill[s]), level=int(needs.seat_level[s]))
        if rule == "language":
            return Change("language", language=int(needs.seat_language[s]))
        if rule == "vetted":
            return Change("vetted")
        if rule == "caps":
            visits, minutes = self._room()
            return Change("caps", visits=max(0, 1 - visits), minutes=max(0, int(needs.minutes[n]) - minutes))
        if rule == "reach":
            short = self.metres(n) - float(self.kept.problem.people.reach[self.p])
            return Change("reach", reach=float(np.ceil(short / 100) * 100)) if short <= REACH_MOST else None
        if rule == "free":
            short, begins, end = self._shortage(n)
            return Change("free", free=(begins, end)) if 0 < short < np.inf and end <= WEEK_MINUTES else None
        return None


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted and disjoint, what touches in one; empty ones are left out."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def needs_of(near: Neighbourhood, person: int) -> Ints:
    """The needs that a person has an option for."""
    return np.unique(near.weeks.option[near.own_rows(person), NEED])
