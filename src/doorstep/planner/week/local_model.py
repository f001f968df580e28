"""The exact model of a neighbourhood: who takes which seat of a few needs at which start, as an integer programme for HiGHS."""

from dataclasses import dataclass, field
from typing import NamedTuple

import highspy
import numpy as np

from .problem import Bools, Floats, Ints
from .rules import TIME_SLACK
from .score import metres
from .solver import add_columns, new_solver, run

INFINITE = highspy.kHighsInf
EXACT = 1e-6
LOAD_STEP = 4.0  # the k-th more visit of a person costs four times the visits before it


class Choices(NamedTuple):
    """Options that may be taken (one row each), sorted by person: who, which need, seat, start, end, and points without load.

    Persons are numbered 0, 1, 2 … in `room_visits`, `room_minutes`, `load` (visits that stand already, −1 where load costs nothing) and
    `pace`; needs are numbered in `value`, `minutes`, `place`, `home` and `seats`.
    """

    person: Ints
    need: Ints
    seat: Ints
    start: Ints
    worth: Floats
    room_visits: Ints
    room_minutes: Ints
    load: Ints
    pace: Floats
    value: Floats
    minutes: Ints
    place: Floats
    home: Ints
    seats: Ints


@dataclass(frozen=True)
class Answer:
    """The rows taken, their value, a number that nothing exceeds, and whether both are the same; no rows and no value: nothing is legal."""

    taken: Ints
    value: float
    ceiling: float
    optimal: bool


@dataclass
class _Model:
    """Columns and rows as they are collected."""

    cost: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    columns: list[Ints] = field(default_factory=list)
    factors: list[Floats] = field(default_factory=list)

    def column(self, cost: float, whole: bool = False) -> int:
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, columns: Ints | list[int], factors: Floats | list[float] | float, lower: float, upper: float) -> None:
        self.lower.append(lower)
        self.upper.append(upper)
        self.columns.append(np.asarray(columns, dtype=np.int64))
        self.factors.append(np.full(len(columns), factors) if isinstance(factors, float) else np.asarray(factors, dtype=np.float64))


def best_choice(c: Choices, musts: list[Bools], seconds: float, nodes: int | None = None) -> Answer:
    """The best legal set of choices in which each of `musts` (marks on the rows) has one at least, found in so many seconds or nodes."""
    model = _Model()
    for worth in c.worth.tolist():
        model.column(-worth, whole=True)
    _needs(c, model)
    _people(c, model)
    for must in musts:
        rows = np.flatnonzero(must)
        if not len(rows):
            return Answer(rows, -INFINITE, -INFINITE, True)
        model.row(rows, 1.0, 1.0, INFINITE)
    if not len(c.worth):
        return Answer(np.zeros(0, dtype=np.int64), 0.0, 0.0, True)
    return _solved(model, len(c.worth), seconds, nodes)


def _needs(c: Choices, model: _Model) -> None:
    """A need with one seat and a home of its own is taken once at most; others hold a meeting, for which every seat is filled."""
    alone = c.seats == 1
    homes, count = np.unique(c.home, return_counts=True)
    alone &= np.isin(c.home, homes[count == 1])
    order = np.lexsort((c.start, c.need))
    cuts = np.flatnonzero(np.diff(c.need[order])) + 1
    meetings: dict[int, list[tuple[int, int, int]]] = {}
    for rows in np.split(order, cuts) if len(order) else []:
        n = int(c.need[rows[0]])
        if alone[n]:
            for o in rows:
                model.cost[o] -= float(c.value[n])
            if len(rows) > 1:
                model.row(rows, 1.0, -INFINITE, 1.0)
        else:
            meetings.setdefault(int(c.home[n]), []).extend(_meetings(c, model, n, rows))
    for held in meetings.values():
        _apart(c, model, held)


def _meetings(c: Choices, model: _Model, n: int, rows: Ints) -> list[tuple[int, int, int]]:
    """The meetings of a need as (column, start, end): one at most is held, and then each of its seats is taken by one."""
    held = []
    for t in np.unique(c.start[rows]):
        now = rows[c.start[rows] == t]
        seats = np.unique(c.seat[now])
        if len(seats) < c.seats[n]:
            for o in now:
                model.row([o], 1.0, 0.0, 0.0)
            continue
        meeting = model.column(-float(c.value[n]))
        for seat in seats:
            takers = now[c.seat[now] == seat]
            model.row([*takers, meeting], [1.0] * len(takers) + [-1.0], 0.0, 0.0)
        held.append((meeting, int(t), int(t + c.minutes[n])))
    if len(held) > 1:
        model.row([meeting for meeting, _, _ in held], 1.0, -INFINITE, 1.0)
    return held


def _apart(c: Choices, model: _Model, held: list[tuple[int, int, int]]) -> None:
    """At one home, at each moment at which a meeting begins, one at most goes on."""
    for t in sorted({start for _, start, _ in held}):
        going_on = [meeting for meeting, start, end in held if start <= t < end]
        if len(going_on) > 1:
            model.row(going_on, 1.0, -INFINITE, 1.0)


def _people(c: Choices, model: _Model) -> None:
    cuts = np.searchsorted(c.person, np.arange(len(c.pace) + 1))
    for p in np.flatnonzero(np.diff(cuts)):
        rows = np.arange(cuts[p], cuts[p + 1])
        different = np.unique(c.need[rows])
        most = min(int(c.room_visits[p]), len(different))
        if most <= 1:
            for o in rows:
                model.cost[o] += LOAD_STEP * max(0, int(c.load[p]))
        elif c.load[p] >= 0:
            steps = [model.column(LOAD_STEP * (int(c.load[p]) + k)) for k in range(most)]
            model.row([*rows, *steps], [1.0] * len(rows) + [-1.0] * most, 0.0, 0.0)
        if len(rows) > 1 and most < len(different):
            model.row(rows, 1.0, -INFINITE, float(max(0, most)))
        if c.minutes[different].sum() > c.room_minutes[p]:
            model.row(rows, c.minutes[c.need[rows]].astype(np.float64), -INFINITE, float(c.room_minutes[p]))
        if len(rows) > 1 and (most > 1 or most == len(different)):
            for clique in _cliques(_clashes(c, rows, float(c.pace[p]))):
                model.row(rows[clique], 1.0, -INFINITE, 1.0)


def _clashes(c: Choices, rows: Ints, pace: float) -> Bools:
    """Which two of one person's options cannot both be taken: the same need, or no time for the way between them."""
    need, start = c.need[rows], c.start[rows]
    gap = start[None, :] - (start + c.minutes[need])[:, None]
    way = metres(c.place[need][:, None, :], c.place[need][None, :, :])
    after = (gap >= 0) & (way <= (gap + TIME_SLACK) * pace)
    clash: Bools = ~(after | after.T) | (need[:, None] == need[None, :])
    np.fill_diagonal(clash, False)
    return clash


def _cliques(clash: Bools) -> list[Ints]:
    """Sets of options that all clash with each other, which together cover every clash: grown greedily, from each clash that is left."""
    left, found = np.triu(clash), []
    for i in range(len(clash)):
        while left[i].any():
            clique, may = [i], clash[i].copy()
            j = int(np.argmax(left[i]))
            while True:
                clique.append(j)
                may &= clash[j]
                if not may.any():
                    break
                wanted = may & left[i]
                j = int(np.argmax(wanted if wanted.any() else may))
            rows = np.array(sorted(clique))
            left[np.ix_(rows, rows)] = False
            found.append(rows)
    return found


def _solved(model: _Model, choices: int, seconds: float, nodes: int | None) -> Answer:
    none = [np.zeros(0)]
    column = np.concatenate([*model.columns, *none]).astype(np.int64)
    order = np.argsort(column, kind="stable")
    index = np.repeat(np.arange(len(model.lower)), [len(row) for row in model.columns])[order]
    column, factor = column[order], np.concatenate([*model.factors, *none])[order]
    begins = np.searchsorted(column, np.arange(len(model.cost)))
    highs = new_solver(
        np.array(model.lower), np.array(model.upper), presolve="off", mip_rel_gap=0.0, mip_abs_gap=EXACT, time_limit=max(0.05, seconds),
        **({} if nodes is None else {"mip_max_nodes": nodes}),
    )  # fmt: skip
    add_columns(highs, np.array(model.cost), begins, index, factor, most=1.0)
    whole = np.flatnonzero(model.whole).astype(np.int32)
    highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), int(highspy.HighsVarType.kInteger), dtype=np.uint8))
    run(highs)
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Answer(np.zeros(0, dtype=np.int64), -INFINITE, -INFINITE, True)
    solution, info = np.array(highs.getSolution().col_value), highs.getInfo()
    some = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible and len(solution)
    taken = np.flatnonzero(solution[:choices] > 0.5) if some else np.zeros(0, dtype=np.int64)
    optimal = status == highspy.HighsModelStatus.kOptimal
    value = -float(info.objective_function_value) if some else -INFINITE
    return Answer(taken, value, value if optimal else -float(info.mip_dual_bound), optimal)
