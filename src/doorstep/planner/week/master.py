"""The restricted master: the best mixture of the weeks found so far, as a linear programme whose prices are kept near known good ones."""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from .bound import Market
from .candidates import Options
from .packed import BOOKED, IS_WORKER, Weeks
from .problem import Bools, Floats, Ints
from .solver import add_columns, new_solver, run

NARROW = 1e-7


@dataclass(frozen=True)
class Rows:
    """Columns of a sparse matrix: cost, and where each column's entries begin."""

    cost: Floats
    starts: Ints
    index: Ints
    value: Floats


@dataclass(frozen=True)
class Mixture:
    """The master's answer: its value (constant part left out), the share of each week, the prices of cells, and which prices want to leave the box."""

    value: float
    share: Floats
    price: Floats
    surplus: Floats
    pressing: Bools


class Master:
    """Columns are meetings, boxes and weeks; rows are people (≤ 1), cells, staged needs (≤ 1) and moments at contested homes (≤ 1).

    A cell whose need is not staged is filled at most once; a cell of a meeting exactly as often as the meeting is held. Two box columns a
    cell let its price move by at most `width` from a centre (the boxstep method of Marsten, Hogan and Blankenship 1975, one box a row).
    """

    def __init__(self, options: Options, weeks: Weeks, market: Market) -> None:
        self.options, self.weeks, self.market = options, weeks, market
        self.people, self.cells = len(weeks.who), len(options.cell_seat)
        self.alone = ~options.staged[options.meeting_need[options.cell_meeting]]
        self.known: set[bytes] = set()
        self.owners: list[Ints] = []
        self.weeks_offered: list[Ints] = []
        self.meetings = np.flatnonzero(options.staged[options.meeting_need] & market.possible)
        self.moments = _moments(options, market.minutes, self.meetings)
        self.highs = self._model()

    def _model(self) -> Any:
        inf = highspy.kHighsInf
        needs = len(self.options.meeting_ptr) - 1
        more = needs + len(self.moments)
        lower = np.concatenate([np.full(self.people, -inf), np.where(self.alone, -inf, 0.0), np.full(more, -inf)])
        upper = np.concatenate([np.ones(self.people), np.where(self.alone, 1.0, 0.0), np.ones(more)])
        highs = new_solver(lower, upper, presolve="off")
        _add(highs, self._meeting_columns())
        cells = np.arange(self.cells) + self.people
        signs = np.repeat([1.0, -1.0], self.cells)
        _add(highs, Rows(np.zeros(2 * self.cells), np.arange(2 * self.cells), np.concatenate([cells, cells]), signs))
        first = len(self.meetings)
        self.boxes = np.arange(first, first + 2 * self.cells, dtype=np.int32)
        # A box must not sell what nobody can do.
        self.most_boxed = np.tile(np.where(self.market.possible[self.options.cell_meeting], highspy.kHighsInf, 0.0), 2)
        self._open_boxes(highs, self.most_boxed)
        return highs

    def _open_boxes(self, highs: Any, most: Floats) -> None:
        highs.changeColsBounds(len(self.boxes), self.boxes, np.zeros(len(most)), most)

    def _meeting_columns(self) -> Rows:
        """Holding a meeting asks for each of its cells, and takes its need and its moments at home."""
        options = self.options
        order = np.argsort(options.cell_meeting, kind="stable")
        first = np.searchsorted(options.cell_meeting[order], np.arange(len(options.meeting_need) + 1))
        at: dict[int, list[int]] = {}
        base = self.people + self.cells + len(options.meeting_ptr) - 1
        for row, meetings in enumerate(self.moments):
            for m in meetings:
                at.setdefault(m, []).append(base + row)
        starts, index, value = [0], list[int](), list[float]()
        for m in self.meetings.tolist():
            cells = (order[first[m] : first[m + 1]] + self.people).tolist()
            others = [self.people + self.cells + int(options.meeting_need[m]), *at.get(m, [])]
            index += cells + others
            value += [-1.0] * len(cells) + [1.0] * len(others)
            starts.append(len(index))
        return Rows(-self.market.value[self.meetings], np.array(starts[:-1]), np.array(index), np.array(value))

    def offer(self, chosen: Ints) -> int:
        """Adds each person's week (P × longest, options, −1 beyond the end) unless it is known or empty; returns how many were new."""
        new = []
        for p in np.flatnonzero(chosen[:, 0] >= 0).tolist():
            row = chosen[p]
            key = np.sort(row[row >= 0]).tobytes()
            if key not in self.known:
                self.known.add(key)
                new.append(p)
        if new:
            people = np.array(new)
            self.owners.append(people)
            self.weeks_offered.append(chosen[people])
            _add(self.highs, self._week_columns(people, chosen[people]))
        return len(new)

    def _week_columns(self, people: Ints, chosen: Ints) -> Rows:
        """A week takes its person and fills its cells; needs that are not staged bring their value with it."""
        used = chosen >= 0
        count = used.sum(axis=1)
        inside = used & (self.options.cell_seat[self.options.cell[chosen]] >= 0)  # nobody counts a piece's seats outside
        entries = inside.sum(axis=1)
        brings = np.where(self.alone[self.options.cell[chosen]], self.weeks.value[self.options.need[chosen]], 0.0)
        gain = np.where(used, self.weeks.worth[chosen] + brings, 0.0).sum(axis=1)
        cut = np.concatenate([[0], np.cumsum(entries)])[:-1]
        index = np.insert(self.options.cell[chosen[inside]] + self.people, cut, people)
        return Rows(self.load(people, count) - gain, cut + np.arange(len(cut)), index, np.ones(len(index)))

    def load(self, people: Ints, count: Ints) -> Floats:
        """What `count` more visits cost each of the people."""
        booked, paid = self.weeks.who[people, BOOKED], 1 - self.weeks.who[people, IS_WORKER]
        return np.asarray(paid * 2.0 * ((booked + count) * (booked + count - 1) - booked * (booked - 1)))

    def solve(self, centre: Floats, width: Floats) -> Mixture:
        """The linear programme over everything offered so far with prices within `width` of the centre, from the last basis."""
        own = np.where(self.alone, centre - self.market.value[self.options.cell_meeting], centre)
        self.highs.changeColsCost(len(self.boxes), self.boxes, np.concatenate([own + width, width - own]))
        return self._run()

    def solve_free(self) -> Mixture:
        """The same without boxes: the best mixture of the weeks offered so far."""
        self._open_boxes(self.highs, np.zeros(len(self.boxes)))
        mixture = self._run()
        self._open_boxes(self.highs, self.most_boxed)
        return mixture

    def _run(self) -> Mixture:
        run(self.highs)
        solution = self.highs.getSolution()
        dual, columns = np.array(solution.row_dual), np.array(solution.col_value)
        own = dual[self.people : self.people + self.cells]
        price = np.where(self.alone, self.market.value[self.options.cell_meeting] + own, own)
        box = columns[self.boxes] > NARROW
        share = columns[len(self.meetings) + len(self.boxes) :]
        return Mixture(-self.highs.getObjectiveValue(), share, price, -dual[: self.people], box[: self.cells] | box[self.cells :])


def _add(highs: Any, rows: Rows) -> None:
    add_columns(highs, rows.cost, rows.starts, rows.index, rows.value)


def _moments(options: Options, minutes: Ints, meetings: Ints) -> list[list[int]]:
    """Meetings at one home that cannot be held together: for each moment at which one begins, all that go on then."""
    by_group: dict[int, list[int]] = {}
    for m in meetings.tolist():
        group = int(options.homes.group[options.meeting_need[m]])
        if group >= 0:
            by_group.setdefault(group, []).append(m)
    found = []
    for together in map(np.array, by_group.values()):
        start = options.meeting_start[together]
        end = start + minutes[options.meeting_need[together]]
        for t in np.unique(start):
            going_on = together[(start <= t) & (t < end)].tolist()
            if len({int(options.meeting_need[m]) for m in going_on}) > 1:
                found.append(going_on)
    return found
