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


def construct(problem: Problem, options: Options, weeks: Weeks, board: Board, best: BestWeeks, seed: int) -> Draft:
    """A legal draft that agrees with people's best weeks as far as these agree with each other, then swept until nothing changes."""
    draft = empty_draft(problem, options)
    order = by_worth(problem, seed)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    chosen = best.chosen[best.chosen >= 0]
    chosen = chosen[np.lexsort((-options.worth[chosen], rank[options.need[chosen]]))]
    settle(chosen, problem.needs.seats, weeks, board, draft)
    settle_down(order, options, weeks, board, draft)
    return draft


def settle_down(order: Ints, options: Options, weeks: Weeks, board: Board, draft: Draft) -> None:
    """Sweeps over the needs until a pass changes nothing."""
    for _ in range(MOST_SWEEPS):
        if not sweep(order, options.starts, weeks, board, draft):
            break
