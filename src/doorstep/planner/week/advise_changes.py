"""One change to somebody of the week that could earn something: trained, cleared, going farther, free for one more stretch."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .advise_people import DAY, PARTS, take, with_free
from .candidates import Options
from .draft import Draft
from .problem import JSON, Bools, Floats, Ints, People, Problem
from .rules import REACH_SLACK
from .score import METRES_A_POINT, known, metres

KINDS = TRAIN, CLEAR, WIDEN, FREE = ("train", "clear", "widen", "free")
STEPS_M = (500, 1000)
DEAR_SEATS, LEAST_PRICE = 1500, 20.0  # so many seats are looked at, the dearest first, and none cheaper than this
MOST_OF_A_KIND = 1500
_Found = NDArray[np.float64]  # rows of person, detail, points that the seat would pay


class Changes:
    """Looks for changes seat by seat, the dearest first; `today` is each person's best week at the prices."""

    def __init__(self, problem: Problem, options: Options, draft: Draft, price: Floats, today: Floats) -> None:
        self.problem, self.options, self.draft, self.today = problem, options, draft, today
        self.seat_price = np.full(len(problem.needs.seat_need), -np.inf)
        np.maximum.at(self.seat_price, options.cell_seat, price)
        order = np.argsort(options.seat, kind="stable")
        self.by_seat, self.seat_ptr = options.person[order], np.searchsorted(options.seat[order], np.arange(len(self.seat_price) + 1))
        half_promised = problem.needs.fixed_team[(problem.needs.fixed_team >= 0) & ~problem.kept[problem.needs.seat_need]]
        self.may = np.ones(len(problem.people.ids), dtype=bool)
        self.may[half_promised] = False
        self.may &= (problem.people.max_visits > 0) & (np.diff(problem.people.free_ptr) > 0)
        self.found: dict[str, list[_Found]] = {kind: [] for kind in KINDS}

    def look(self) -> None:
        dear = np.argsort(-self.seat_price, kind="stable")[:DEAR_SEATS]
        for s in dear[self.seat_price[dear] >= LEAST_PRICE]:
            if self.problem.needs.fixed_team[s] < 0 and not self.problem.kept[self.problem.needs.seat_need[s]]:
                self._at_seat(int(s))

    def _at_seat(self, s: int) -> None:
        people, needs, options = self.problem.people, self.problem.needs, self.options
        n, skill, language = int(needs.seat_need[s]), int(needs.seat_skill[s]), int(needs.seat_language[s])
        far = metres(people.place, needs.place[n])
        near = np.flatnonzero((far <= people.reach + STEPS_M[-1]) & self._allowed(n))
        lacks = np.zeros((3, len(near)), dtype=bool)
        lacks[0] = (people.skills[near, skill] < needs.seat_level[s]) if skill >= 0 else False
        lacks[1] = needs.minor[n] & ~people.vetted[near]
        lacks[2] = far[near] > people.reach[near] + REACH_SLACK
        firm = (needs.seat_role[s] < 0) | (people.role[near] == needs.seat_role[s])
        firm &= (needs.seat_gender[s] < 0) | (people.gender[near] == needs.seat_gender[s])
        firm &= people.languages[near, language] if language >= 0 else True
        pays = self.seat_price[s] - far[near] / METRES_A_POINT
        one = firm & (lacks.sum(axis=0) == 1)
        if skill >= 0:
            ready = one & lacks[0] & (people.skills[near, skill] == needs.seat_level[s] - 1)
            self._keep(TRAIN, near, ready, np.full(len(near), skill), pays)
        self._keep(CLEAR, near, one & lacks[1], np.zeros(len(near)), pays)
        step = np.searchsorted(STEPS_M, far[near] - people.reach[near])
        self._keep(WIDEN, near, one & lacks[2], step, pays)
        busy = np.isin(near, self.by_seat[self.seat_ptr[s] : self.seat_ptr[s + 1]]) | (self.draft.visits[near] >= options.room_visits[near])
        for part in self._parts(n):
            self._keep(FREE, near, firm & ~lacks.any(axis=0) & ~busy, np.full(len(near), part), pays)

    def _allowed(self, n: int) -> Bools:
        problem, everyone = self.problem, np.arange(len(self.problem.people.ids))
        ruled_out = known(problem.needs.forbid, n * len(everyone) + everyone)
        ruled_out |= known(problem.people.avoid, everyone * problem.resident_count + problem.needs.resident[n])
        return self.may & ~ruled_out

    def _parts(self, n: int) -> Ints:
        """The parts of days (day · 3 + part) in which the need could be met."""
        starts, minutes = self.options.starts[self.options.starts_ptr[n] : self.options.starts_ptr[n + 1]], self.problem.needs.minutes[n]
        rows = [np.zeros(0, dtype=np.int64)]
        for i, (begin, end) in enumerate(PARTS.values()):
            inside = (starts % DAY >= begin) & (starts % DAY + minutes <= end)
            rows.append(starts[inside] // DAY * len(PARTS) + i)
        return np.unique(np.concatenate(rows))

    def _keep(self, kind: str, near: Ints, which: Bools, detail: Ints | Floats, pays: Floats) -> None:
        if which.any():
            self.found[kind].append(np.stack([near[which], detail[which], pays[which]], axis=1))

    def of(self, kind: str) -> tuple[People, Ints, list[JSON]]:
        """The most promising changes of a kind: people as they would be, whom they stand for, and rows of codes and numbers."""
        rows = np.concatenate([*self.found[kind], np.zeros((0, 3))])
        who = rows[:, 0].astype(np.int64)
        full = self.draft.visits[who] >= self.options.room_visits[who]
        order = np.argsort(self.today[who] * full - rows[:, 2], kind="stable")
        _, first = np.unique(rows[order, :2], axis=0, return_index=True)
        chosen = rows[order[np.sort(first)[:MOST_OF_A_KIND]]]
        who, detail = chosen[:, 0].astype(np.int64), chosen[:, 1].astype(np.int64)
        changed, told = self._changed(kind, take(self.problem.people, who), detail)
        return changed, who, [{"person": self.problem.people.ids[p], **row} for p, row in zip(who, told, strict=True)]

    def _changed(self, kind: str, people: People, detail: Ints) -> tuple[People, list[JSON]]:
        each = np.arange(len(detail))
        if kind == TRAIN:
            now = people.skills[each, detail].tolist()
            skills = people.skills.copy()
            skills[each, detail] += 1
            names = [self.problem.skill_names[d] for d in detail]
            return replace(people, skills=skills), [{"skill": s, "from": k, "level": k + 1} for s, k in zip(names, now, strict=True)]
        if kind == CLEAR:
            return replace(people, vetted=np.ones(len(detail), dtype=bool)), [{} for _ in each]
        if kind == WIDEN:
            more = np.array(STEPS_M)[detail]
            told = [{"reach_m": round(r), "more_m": m} for r, m in zip(people.reach.tolist(), more.tolist(), strict=True)]
            return replace(people, reach=people.reach + more), told
        parts = list(PARTS.values())
        spans = [(int(d) // 3 * DAY + parts[d % 3][0], int(d) // 3 * DAY + parts[d % 3][1]) for d in detail]
        return with_free(people, [[span] for span in spans]), [
            {"day": int(d) // 3, "part": list(PARTS)[d % 3], "from": a, "to": b} for d, (a, b) in zip(detail, spans, strict=True)
        ]
