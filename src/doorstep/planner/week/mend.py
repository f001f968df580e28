"""Where prices say that the plan loses most, a small neighbourhood is solved to its optimum, many of them at once."""

from concurrent.futures import Executor
from itertools import repeat

import numpy as np

from .bound import Market
from .candidates import Options
from .draft import Draft, draft_of, visits_of
from .local import LocalResult, Neighbourhood
from .packed import BOOKED, IS_WORKER, PERSON, Weeks
from .prices import Quote
from .problem import Floats, Ints, Problem

MOST_NEEDS = 60  # free in one neighbourhood
AT_LEAST, A_NEIGHBOURHOOD = 16, 400  # neighbourhoods in one wave, or more: one for so many needs
NOTHING = 0.5  # points; whoever loses less is left alone
LONGEST = 2.0  # seconds for one neighbourhood
MOST_CHOICES = 1200  # options of one person there: each two of them are compared


class Mender:
    """Goes from loss to loss; a person or need that was tried once is not tried again."""

    def __init__(self, problem: Problem, options: Options, weeks: Weeks, market: Market) -> None:
        self.problem, self.options, self.weeks, self.market = problem, options, weeks, market
        self.tried_people, self.tried_needs = np.zeros(len(weeks.who), dtype=bool), np.zeros(len(weeks.value), dtype=bool)

    def wave(self, draft: Draft, best: Quote, pool: Executor) -> Draft:
        """The draft with every neighbourhood of the wave as good as it can be, the rest held.

        All are solved against the same draft; of those that would move the same person or home, the one that gains most is taken over.
        """
        around = Neighbourhood(self.weeks, draft, best.price)
        needs = self._seeds(draft, best, around)
        answers = pool.map(_solved, repeat(around), needs)
        better = [(answer.change, free, answer.visits) for free, answer in zip(needs, answers, strict=True) if answer.change > 1e-7]
        old = {visit.need: visit for visit in visits_of(self.problem, self.options, draft) if not self.problem.kept[visit.need]}
        moved: set[tuple[str, int]] = set()
        for _, free, visits in sorted(better, key=lambda row: -row[0]):
            before = [old[n] for n in free.tolist() if n in old]
            touched = {("home", int(self.problem.needs.resident[n])) for n in free}
            touched |= {("person", p) for visit in before + visits for p in visit.team}
            if touched & moved:
                continue
            moved |= touched
            for visit in before:
                del old[visit.need]
            old |= {visit.need: visit for visit in visits}
        return draft_of(self.problem, self.options, self.weeks, old.values()) if moved else draft

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


def _solved(around: Neighbourhood, needs: Ints) -> LocalResult:
    return around.solve(needs, seconds=LONGEST, known=0.0)
