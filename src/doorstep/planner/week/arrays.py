"""Turns the validated rows of a week into the arrays of a problem."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem import JSON, ROLES, Bools, Floats, Ints, Needs, People, Problem, on_sphere
from .read import validated, vocabulary
from .score import need_value


def as_problem(week: Any) -> Problem:
    """A `doorstep-week/1` as parsed JSON → its problem. Raises `Malformed` with the place of the first fault."""
    people, needs = validated(week)
    return _Builder(people, needs).problem()


class _Builder:
    """Knows the words of one week by number."""

    def __init__(self, people: list[JSON], needs: list[JSON]) -> None:
        self.rows, self.asks = people, needs
        seats = [seat for need in needs for seat in need["seats"]]
        self.seats = seats
        self.skills = vocabulary([s["skill"] or None for s in seats])
        self.languages = vocabulary([s["language"] or None for s in seats])
        self.genders = vocabulary([s["gender"] or None for s in seats])
        self.categories = vocabulary([n["category"] for n in needs])
        self.residents = vocabulary([n["resident"] for n in needs])
        self.person = {row["id"]: i for i, row in enumerate(people)}

    def problem(self) -> Problem:
        needs = self.needs()
        kept = needs.fixed_start >= 0
        for n, row in enumerate(self.asks):
            kept[n] = kept[n] and None not in row["fixed"]["team"]
        return Problem(
            people=self.people(needs, kept), needs=needs, skill_names=tuple(self.skills), language_names=tuple(self.languages),
            category_names=tuple(self.categories), resident_count=len(self.residents), kept=kept,
        )  # fmt: skip

    def people(self, needs: Needs, kept: Bools) -> People:
        rows = self.rows
        free_ptr, free = _flat([row["free"] for row in rows], 2)
        booked = [[(b["start"], b["minutes"], b["lat"], b["lon"]) for b in row["booked"]] for row in rows]
        for n in np.flatnonzero(kept):
            for who in self.asks[n]["fixed"]["team"]:
                booked[self.person[who]].append(
                    (int(needs.fixed_start[n]), int(needs.minutes[n]), self.asks[n]["lat"], self.asks[n]["lon"])
                )
        booked_ptr, visits = _flat([sorted(row) for row in booked], 4)
        return People(
            ids=tuple(row["id"] for row in rows),
            role=_ints(ROLES.index(row["role"]) for row in rows),
            place=_places(rows),
            pace=_floats(row["kmh"] * 1000 / 60 for row in rows),
            reach=_floats(row["reach_m"] for row in rows),
            max_minutes=_ints(row["max_minutes"] for row in rows),
            max_visits=_ints(row["max_visits"] for row in rows),
            vetted=np.array([row["vetted"] for row in rows], dtype=bool),
            gender=_ints(self.genders.get(row["gender"], -2) for row in rows),
            skills=self._levels(),
            languages=self._marks("languages", self.languages),
            prefers=self._marks("prefers", self.categories),
            free_ptr=free_ptr, free_from=free[:, 0].astype(np.int64), free_to=free[:, 1].astype(np.int64),
            avoid=self._avoid(),
            booked_ptr=booked_ptr, booked_start=visits[:, 0].astype(np.int64), booked_minutes=visits[:, 1].astype(np.int64),
            booked_place=on_sphere(visits[:, 2], visits[:, 3]),
            load_28d=_ints(row["load_28d"] for row in rows),
        )  # fmt: skip

    def _levels(self) -> NDArray[np.int8]:
        levels = np.zeros((len(self.rows), len(self.skills)), dtype=np.int8)
        for i, row in enumerate(self.rows):
            for skill, level in row["skills"].items():
                if skill in self.skills:
                    levels[i, self.skills[skill]] = level
        return levels

    def _marks(self, key: str, words: dict[str, int]) -> Bools:
        marks = np.zeros((len(self.rows), len(words)), dtype=bool)
        for i, row in enumerate(self.rows):
            for word in row[key]:
                if word in words:
                    marks[i, words[word]] = True
        return marks

    def _avoid(self) -> Ints:
        pairs = ((i, home) for i, row in enumerate(self.rows) for home in row["avoid"])
        return np.unique(_ints(i * len(self.residents) + self.residents[home] for i, home in pairs if home in self.residents))

    def needs(self) -> Needs:
        asks, seats = self.asks, self.seats
        window_ptr, windows = _flat([n["windows"] for n in asks], 2)
        seat_ptr = np.concatenate([[0], np.cumsum(_ints(len(n["seats"]) for n in asks))]).astype(np.int64)
        fixed, published = [n["fixed"] for n in asks], [n["published"] for n in asks]
        return Needs(
            ids=tuple(n["id"] for n in asks),
            resident=_ints(self.residents[n["resident"]] for n in asks),
            category=_ints(self.categories[n["category"]] for n in asks),
            place=_places(asks),
            minutes=_ints(n["minutes"] for n in asks),
            priority=_ints(n["priority"] for n in asks),
            value=_floats(need_value(n["priority"], n["waited_weeks"]) for n in asks),
            minor=np.array([n["minor"] for n in asks], dtype=bool),
            window_ptr=window_ptr, window_from=windows[:, 0].astype(np.int64), window_to=windows[:, 1].astype(np.int64),
            seat_ptr=seat_ptr,
            seat_need=np.repeat(np.arange(len(asks)), np.diff(seat_ptr)),
            seat_skill=_ints(self.skills[s["skill"]] if s["skill"] else -1 for s in seats),
            seat_level=_ints(s["level"] for s in seats),
            seat_role=_ints(ROLES.index(s["role"]) if s["role"] else -1 for s in seats),
            seat_gender=_ints(self.genders[s["gender"]] if s["gender"] else -1 for s in seats),
            seat_language=_ints(self.languages[s["language"]] if s["language"] else -1 for s in seats),
            familiar=self._pairs("familiar"), forbid=self._pairs("forbid"),
            fixed_start=_ints(f["start"] if f else -1 for f in fixed), fixed_team=self._teams(fixed),
            published_start=_ints(f["start"] if f else -1 for f in published), published_team=self._teams(published),
        )  # fmt: skip

    def _pairs(self, key: str) -> Ints:
        people = len(self.rows)
        named = ((n, who) for n, row in enumerate(self.asks) for who in row[key])
        return np.unique(_ints(n * people + self.person[who] for n, who in named if who in self.person))

    def _teams(self, promises: list[JSON | None]) -> Ints:
        teams: list[int] = []
        for promise, need in zip(promises, self.asks, strict=True):
            team = promise["team"] if promise else [None] * len(need["seats"])
            teams += [-1 if who is None else self.person[who] for who in team]
        return _ints(teams)


def _ints(numbers: Any) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


def _floats(numbers: Any) -> Floats:
    return np.fromiter(numbers, dtype=np.float64)


def _places(rows: Sequence[JSON]) -> Floats:
    return on_sphere(_floats(row["lat"] for row in rows), _floats(row["lon"] for row in rows))


def _flat(rows: Sequence[Sequence[Any]], width: int) -> tuple[Ints, Floats]:
    """Lists of tuples → where each list begins, and all tuples beneath each other."""
    ptr = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=ptr[1:])
    flat = [item for row in rows for item in row]
    return ptr, np.array(flat, dtype=np.float64).reshape(len(flat), width)
