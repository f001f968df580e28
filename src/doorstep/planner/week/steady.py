"""A plan that begins with what was proposed before: people who were told of nothing yet need not hear of another plan for nothing."""

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from .candidates import Options
from .construct import construct
from .draft import Board, Draft
from .packed import Weeks
from .polish import COLD, polish
from .problem import Ints, Problem


def published_options(problem: Problem, options: Options) -> Ints:
    """The options that were proposed before and are still legal, those of the dearest needs first."""
    needs = problem.needs
    was = (needs.published_start[options.need] == options.start) & (needs.published_team[options.seat] == options.person)
    chosen = np.flatnonzero(was)
    return np.asarray(chosen[np.argsort(-needs.value[options.need[chosen]], kind="stable")])


def from_published(
    problem: Problem, options: Options, weeks: Weeks, board: Board, seed: int, pool: Executor, late: Callable[[], bool], more: float = 0.0
) -> Draft | None:
    """A draft that keeps what was proposed wherever leaving it would not pay, the price of a change and `more`; None if nothing was proposed."""
    chosen = published_options(problem, options)
    if not len(chosen):
        return None
    if more:
        worth = weeks.worth.copy()
        worth[chosen] += more
        weeks = weeks._replace(worth=worth)
    draft = construct(problem, options, weeks, board, chosen, seed)
    polish(problem, options, weeks, board, draft, COLD * 2, seed, pool, late)
    return draft
