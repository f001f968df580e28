"""The whole week as one integer programme, in plain arrays that any solver takes: every rule of docs/planner.md, nothing relaxed.

Columns: x, an option (person, seat, start) is taken; y, a need with a team, or at a home with other needs, is visited at a start; z, a
person makes one more visit. Clashes of time and travel are cliques for each person, not pairs. Our own candidates are used to build it.
"""

from dataclasses import dataclass

import numpy as np

from doorstep.planner.week.candidates import Options
from doorstep.planner.week.draft import Draft, empty_draft
from doorstep.planner.week.packed import BOOKED, IS_WORKER, MINUTES, Weeks
from doorstep.planner.week.problem import Bools, Floats, Ints, Problem
from script.bench_week.peers.cliques import at_most_one, unneeded

LOAD = 4.0  # what the load grows by from one visit to the next


@dataclass(frozen=True)
class Rows:
    """Sparse rows Σ weight · column ≤ most; row i is `ptr[i]:ptr[i + 1]`."""

    ptr: Ints
    column: Ints
    weight: Ints
    most: Ints


@dataclass(frozen=True)
class FullModel:
    """Maximise Σ gain · column over 0/1 columns: the x of `option`, then the y of (`need`, `start`), then z.

    `ones`: at most one of each row. `links`: Σ x of a seat at a meeting = its y, the last column of the row. `caps`: the others.
    """

    option: Ints
    need: Ints
    start: Ints
    gain: Floats
    ones: Rows
    links: Rows
    caps: Rows

    def chosen(self, column: Floats) -> Ints:
        """The options that a solution takes."""
        return np.asarray(self.option[column[: len(self.option)] > 0.5])


def full_model(problem: Problem, options: Options, weeks: Weeks) -> FullModel:
    """Leaves out what no best plan needs: meetings that cannot be filled, visits that cost more than they bring, replaceable starts."""
    meets = ~alone(problem, options)
    base = weeks.worth - LOAD * (weeks.who[:, BOOKED] * (1 - weeks.who[:, IS_WORKER]))[options.person]
    gain = base + np.where(meets[options.need], 0.0, weeks.value[options.need])
    used = _possible(problem, options, meets) & (meets[options.need] | (gain > 0))
    used &= ~unneeded(np.where(used, gain, -np.inf), ~meets, weeks)
    option = np.flatnonzero(used)
    place = np.full(len(options), -1, dtype=np.int64)
    place[option] = np.arange(len(option))
    key, meeting = np.unique(options.need[option] * 100_000 + options.start[option], return_inverse=True)
    kept = np.unique(meeting[meets[options.need[option]]])
    column = np.full(len(key), -1, dtype=np.int64)
    column[kept] = len(option) + np.arange(len(kept))
    need, start = key[kept] // 100_000, key[kept] % 100_000
    after = len(option) + len(kept)
    caps, cost = _caps(options, weeks, option, after)
    ptr, index = at_most_one(used, ~meets, weeks)
    ones = [(ptr, place[index]), _by_key(options.seat[option], np.arange(len(option)), ~meets[options.need[option]])]
    ones += [_by_key(need, len(option) + np.arange(len(kept)), None), _moments(problem, need, start, len(option))]
    return FullModel(
        option=option, need=need, start=start, gain=np.concatenate([gain[option], weeks.value[need], -cost]),
        ones=_ones(ones), links=_links(options, option, column[meeting], meets), caps=caps,
    )  # fmt: skip


def draft_of(problem: Problem, weeks: Weeks, options: Options, chosen: Ints) -> Draft:
    """Chosen options as a plan; seats and starts alone, which is all that writing a plan asks for."""
    draft = empty_draft(problem, weeks)
    draft.seat_option[options.seat[chosen]] = chosen
    draft.need_start[options.need[chosen]] = options.start[chosen]
    return draft


def columns_of(model: FullModel, options: Options, chosen: Ints) -> Floats:
    """A legal plan as a solution: what a solver is shown to begin with."""
    taken = np.isin(model.option, chosen).astype(float)
    visited = np.isin(model.need * 100_000 + model.start, options.need[chosen] * 100_000 + options.start[chosen]).astype(float)
    column = np.concatenate([taken, visited, np.zeros(len(model.gain) - len(taken) - len(visited))])
    rows = np.repeat(np.arange(len(model.caps.most)), np.diff(model.caps.ptr))
    over = np.bincount(rows, column[model.caps.column] * model.caps.weight, len(model.caps.most)) - model.caps.most
    for i in np.flatnonzero(over > 0):
        steps = model.caps.column[model.caps.ptr[i] : model.caps.ptr[i + 1]][
            model.caps.weight[model.caps.ptr[i] : model.caps.ptr[i + 1]] < 0
        ]
        column[steps[: int(over[i])]] = 1.0
    return np.asarray(column)


def alone(problem: Problem, options: Options) -> Bools:
    """Needs with one seat at a home where no other need could be in the way: their start concerns nobody else."""
    needs = problem.needs
    found = np.asarray(needs.seats == 1)
    order = np.argsort(needs.resident, kind="stable")
    for home in np.split(order, np.flatnonzero(np.diff(needs.resident[order])) + 1):
        at = [options.starts[options.starts_ptr[n] : options.starts_ptr[n + 1]] for n in home]
        for i, n in enumerate(home):
            for j, m in enumerate(home[:i]):
                if ((at[i][:, None] < at[j] + needs.minutes[m]) & (at[j] < at[i][:, None] + needs.minutes[n])).any():
                    found[[n, m]] = False
    return found


def _possible(problem: Problem, options: Options, meets: Bools) -> Bools:
    """Options of a meeting that has somebody for each of its seats."""
    cells = np.unique(options.need * 100_000 + options.start + options.seat * 10_000_000_000)
    key, seats = np.unique(cells % 10_000_000_000, return_counts=True)
    at = np.searchsorted(key, options.need * 100_000 + options.start)
    return np.asarray(~meets[options.need] | (seats[at] == problem.needs.seats[options.need]))


def _by_key(key: Ints, column: Ints, only: Bools | None) -> tuple[Ints, Ints]:
    """One row for each key with all of its columns."""
    if only is not None:
        key, column = key[only], column[only]
    order = np.argsort(key, kind="stable")
    return np.concatenate([[0], np.flatnonzero(np.diff(key[order])) + 1, [len(key)]]), column[order]


def _moments(problem: Problem, need: Ints, start: Ints, first: int) -> tuple[Ints, Ints]:
    """Rule 5: of all meetings at one home that would go on when one of them begins, at most one."""
    home, end = problem.needs.resident[need], start + problem.needs.minutes[need]
    order = np.argsort(home, kind="stable")
    rows = []
    for together in np.split(order, np.flatnonzero(np.diff(home[order])) + 1):
        for t in np.unique(start[together]):
            busy = together[(start[together] <= t) & (end[together] > t)]
            if len(np.unique(need[busy])) > 1:
                rows.append(first + busy)
    return np.cumsum([0, *map(len, rows)]), np.concatenate([np.zeros(0, dtype=np.int64), *rows])


def _ones(parts: list[tuple[Ints, Ints]]) -> Rows:
    """All rows of more than one column."""
    length = np.concatenate([np.diff(ptr) for ptr, _ in parts])
    column = np.concatenate([index for _, index in parts])
    long = length > 1
    column = column[np.repeat(long, length)]
    return Rows(np.concatenate([[0], np.cumsum(length[long])]), column, np.ones_like(column), np.ones(int(long.sum()), dtype=np.int64))


def _links(options: Options, option: Ints, visited: Ints, meets: Bools) -> Rows:
    rows = np.flatnonzero(meets[options.need[option]])
    seat, start = options.seat[option[rows]], options.start[option[rows]]
    ptr, column = _by_key(seat * 100_000 + start, rows, None)
    ends = ptr[1:] if len(rows) else ptr[:0]
    y = visited[column[ends - 1]]
    weight = np.insert(np.ones(len(column), dtype=np.int64), ends, -1)
    return Rows(
        np.concatenate([[0], ends + np.arange(1, len(ends) + 1)]), np.insert(column, ends, y), weight, np.zeros(len(ends), dtype=np.int64)
    )


def _caps(options: Options, weeks: Weeks, option: Ints, first: int) -> tuple[Rows, Floats]:
    """Caps of visits and minutes where they can bind, and the steps of the load: Σ x ≤ 1 + Σ z, each z dearer than the one before."""
    ptr, column, weight, most, cost = [0], list[Ints](), list[Ints](), list[int](), list[float]()

    def add(index: Ints, factors: Ints, limit: int) -> None:
        column.append(index)
        weight.append(factors)
        most.append(limit)
        ptr.append(ptr[-1] + len(index))

    minutes = weeks.need[options.need[option], MINUTES]
    cuts = np.searchsorted(options.person[option], np.arange(len(weeks.who) + 1))
    for p in range(len(weeks.who)):
        mine = np.arange(cuts[p], cuts[p + 1])
        needs, at = np.unique(options.need[option[mine]], return_index=True)
        if len(needs) < 2 or options.room_visits[p] < 2:
            continue
        longest = np.sort(minutes[mine[at]])
        fits = int(np.searchsorted(np.cumsum(longest), options.room_minutes[p], side="right"))
        if longest.sum() > options.room_minutes[p]:
            add(mine, minutes[mine], int(options.room_minutes[p]))
        if not weeks.who[p, IS_WORKER]:
            steps = np.arange(max(0, min(int(options.room_visits[p]), fits) - 1))
            add(np.concatenate([mine, first + len(cost) + steps]), np.concatenate([np.ones_like(mine), -np.ones_like(steps)]), 1)
            cost += (LOAD * (steps + 1)).tolist()
        elif options.room_visits[p] < fits:
            add(mine, np.ones_like(mine), int(options.room_visits[p]))
    none = np.zeros(0, dtype=np.int64)
    rows = Rows(np.array(ptr), np.concatenate([none, *column]), np.concatenate([none, *weight]), np.array(most, dtype=np.int64))
    return rows, np.array(cost, dtype=np.float64)
