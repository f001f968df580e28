"""Where prices say that the plan loses most, a small neighbourhood is solved to its optimum, many of them at once."""

import time
from concurrent.futures import Executor
from copy import copy
from itertools import repeat

import numpy as np

from .bound import Market
from .candidates import Options
from .draft import Board, Draft, copy_of, put, take_out
from .local import LocalResult, Neighbourhood
from .packed import BOOKED, IS_WORKER, PERSON, SEATS, SEATS_END, WEEK_APART, Weeks
from .prices import Quote
from .problem import Floats, Ints, Problem, Visit

MOST_NEEDS = 60  # free in one neighbourhood
AT_LEAST, A_NEIGHBOURHOOD = 16, 400  # neighbourhoods in one wave, or more: one for so many needs
NOTHING = 0.5  # points; whoever loses less is left alone
LONGEST, MOST_NODES = 2.0, 500  # seconds for one neighbourhood; or, where a run counts rounds, nodes, which no busy computer changes
MOST_CHOICES = 1200  # options of one person there: each two of them are compared


class Mender:
    """Goes from loss to loss; a person or need that was tried once is not tried again. Where it is not `timed`, the same losses find the same plan."""

    def __init__(self, problem: Problem, options: Options, weeks: Weeks, market: Market, board: Board, *, timed: bool = True) -> None:
        self.problem, self.options, self.weeks, self.market, self.board = problem, options, weeks, market, board
        self.limits = (LONGEST, None) if timed else (np.inf, MOST_NODES)
        self.around: Neighbourhood | None = None
        self.keys: Ints | None = None
        self.tried_people, self.tried_needs = np.zeros(len(weeks.who), dtype=bool), np.zeros(len(weeks.value), dtype=bool)

    def wave(self, draft: Draft, best: Quote, pool: Executor, seconds: float = np.inf) -> Draft:
        """The draft with every neighbourhood of the wave as good as it can be, the rest held; those that are not begun in `seconds` stay.

        All are solved against the same draft; of those that would move the same person or home, the one that gains most is taken over.
        """
        around = self._around(draft, best.price)
        needs = self._seeds(draft, best, around)
        answers = pool.map(_solved, repeat(around), needs, repeat(self.limits), repeat(time.monotonic() + seconds))
        better = [(found.change, free, found.visits) for free, found in zip(needs, answers, strict=True) if found and found.change > 1e-7]
        mended, moved = copy_of(draft), set[tuple[str, int]]()
        for _, free, visits in sorted(better, key=lambda row: -row[0]):
            before = self._on(draft, free)
            touched = {("home", int(self.problem.needs.resident[n])) for n in free}
            touched |= {("person", int(p)) for p in self.options.person[before]} | {("person", p) for visit in visits for p in visit.team}
            if touched & moved:
                continue
            moved |= touched
            for o in before.tolist():
                take_out(o, self.weeks, self.board, mended)
            for o in self._options_of(visits).tolist():
                put(o, self.weeks, self.board, mended)
        return mended

    def _around(self, draft: Draft, price: Floats) -> Neighbourhood:
        """The lookups of the options, which no wave changes, with this draft and these prices."""
        around = copy(self.around) if self.around else Neighbourhood(self.weeks, draft, price)
        around.draft, around.price = draft, price
        self.around = around
        return around

    def _on(self, draft: Draft, needs: Ints) -> Ints:
        """The options that fill the seats of these needs now."""
        met = needs[draft.need_start[needs] >= 0]
        seats = [s for n in met for s in range(self.weeks.need[n, SEATS], self.weeks.need[n, SEATS_END])]
        return draft.seat_option[np.array(seats, dtype=np.int64)]

    def _options_of(self, visits: list[Visit]) -> Ints:
        """The option of each seat of these visits; options are sorted by person, start and seat."""
        seats, ptr = len(self.problem.needs.seat_need), self.problem.needs.seat_ptr
        if self.keys is None:
            self.keys = (self.options.person * WEEK_APART + self.options.start) * seats + self.options.seat
        rows = [(p * WEEK_APART + v.start) * seats + int(ptr[v.need]) + turn for v in visits for turn, p in enumerate(v.team)]
        return np.searchsorted(self.keys, np.array(rows, dtype=np.int64))

    def losses(self, draft: Draft, best: Quote) -> tuple[Floats, Floats]:
        """What people and needs fall short of their best at these prices; together, and with what homes fall short of, this is the gap."""
        chosen = draft.week
        used = chosen >= 0
        count, booked = used.sum(axis=1), self.weeks.who[:, BOOKED]
        load = 2.0 * ((booked + count) * (booked + count - 1) - booked * (booked - 1)) * (1 - self.weeks.who[:, IS_WORKER])
        earned = np.where(used, self.weeks.worth[chosen] + best.price[self.options.cell[chosen]], 0.0).sum(axis=1) - load
        profit, (_, held) = self.market.profits(best.price), self.market.needs_take(best.price)
        most = np.zeros(len(self.weeks.value))
        rows = np.flatnonzero(held)
        np.add.at(most, self.options.meeting_need[rows], profit[rows])
        filled = draft.seat_option[draft.seat_option >= 0]
        met = np.unique(self.options.cell_meeting[self.options.cell[filled]])
        np.subtract.at(most, self.options.meeting_need[met], profit[met])
        return best.weeks.value - earned, most

    def _seeds(self, draft: Draft, best: Quote, around: Neighbourhood) -> list[Ints]:
        """Needs to be free together, from the greatest loss down."""
        of_people, of_needs = self.losses(draft, best)
        of_people[self.tried_people] = 0
        of_needs[self.tried_needs | self.problem.kept] = 0
        loss = np.concatenate([of_people, of_needs])
        chosen = np.argsort(-loss, kind="stable")[: max(AT_LEAST, len(of_needs) // A_NEIGHBOURHOOD)]
        found = []
        for i in chosen[loss[chosen] > NOTHING].tolist():
            free = around.around(self._needs_of(i, draft, best), rings=1, most=MOST_NEEDS)
            free = free[~self.problem.kept[free]]
            if most_choices(self.weeks, around.rows_of(free)) <= MOST_CHOICES:
                found.append(free)
            if i < len(of_people):
                self.tried_people[i] = True
            else:
                self.tried_needs[i - len(of_people)] = True
        return found

    def _needs_of(self, i: int, draft: Draft, best: Quote) -> Ints:
        """A person's needs, as they are and as they would best be at the prices; or the need itself."""
        people = len(self.weeks.who)
        if i >= people:
            return np.array([i - people])
        rows = np.concatenate([draft.week[i], best.weeks.chosen[i]])
        return np.unique(self.options.need[rows[rows >= 0]])


def most_choices(weeks: Weeks, rows: Ints) -> int:
    """How many of these options the person has who has most of them."""
    return int(np.bincount(weeks.option[rows, PERSON]).max(initial=0))


def _solved(around: Neighbourhood, needs: Ints, limits: tuple[float, int | None], until: float) -> LocalResult | None:
    left = until - time.monotonic()
    return around.solve(needs, seconds=min(limits[0], left), nodes=limits[1], known=0.0) if left > 0.0 else None
