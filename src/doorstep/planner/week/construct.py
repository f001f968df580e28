"""A first legal plan from prices: take over the best weeks where they agree, then fill what is open."""

import numpy as np

from .candidates import Options
from .draft import Board, Draft, empty_draft
from .improve import settle, sweep
from .packed import Weeks
from .pricing import BestWeeks
from .problem import Ints, Problem

MOST_SWEEPS = 30


def by_worth(problem: Problem, seed: int) -> Ints:
    """Needs from the most to the least valuable; equals in an order drawn from the seed."""
    tie = np.random.default_rng(seed).permutation(len(problem.needs.ids))
    return np.lexsort((tie, -problem.needs.value))


def construct(problem: Problem, options: Options, weeks: Weeks, board: Board, chosen: Ints, seed: int) -> Draft:
    """A legal draft that takes over the chosen options in their order as far as they agree, then swept until nothing changes."""
    draft, order = empty_draft(problem, weeks), by_worth(problem, seed)
    settle(chosen, problem.needs.seats, weeks, board, draft)
    for _ in range(MOST_SWEEPS):
        if not sweep(order, options.starts, weeks, board, draft):
            break
    return draft


def from_best_weeks(problem: Problem, options: Options, best: BestWeeks, seed: int) -> Ints:
    """The options of everybody's best week, those of the dearest needs and the best people first."""
    order = by_worth(problem, seed)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    chosen = best.chosen[best.chosen >= 0]
    return np.asarray(chosen[np.lexsort((-options.worth[chosen], rank[options.need[chosen]]))])
