"""Polishes a draft by exchanges: both halves of the district at once, cut anew at every stage, and losing less from stage to stage."""

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from .candidates import Options
from .draft import Board, Draft
from .exchange import MOST_MOVED, Log, Side, exchange
from .packed import HOME, Weeks
from .problem import Ints, Problem

HOT, WARM, COLD = 30.0, 8.0, 1.0  # points that an exchange may lose: at first, when a good plan is polished, and at last
STAGES = 20
TRIES_A_NEED = 5  # in one stage
WHOLE = 400  # so many needs are not cut in halves


def polish(
    problem: Problem,
    options: Options,
    weeks: Weeks,
    board: Board,
    draft: Draft,
    heat: float,
    seed: int,
    pool: Executor,
    late: Callable[[], bool],
) -> None:
    """Exchanges within the draft until it is cold, or late. The answer depends on the seed, and not on the threads.

    Simulated annealing (Kirkpatrick 1983) over ejections and re-insertions. A need belongs to the half where its home lies; one whose team
    comes from both halves rests until the next cut.
    """
    chance = np.random.default_rng(seed)
    able = np.flatnonzero(_can_be_filled(problem, board))
    for stage in range(STAGES):
        if late() or not len(able):
            return
        heat_now = heat * (COLD / heat) ** (stage / (STAGES - 1))
        sides = _halves(problem, weeks, able, chance.normal(size=3))
        jobs = [
            pool.submit(
                exchange, TRIES_A_NEED * len(side.order), heat_now, options.starts, weeks, board, draft, side, _log(problem, chance)
            )
            for side in sides
        ]
        for job in jobs:
            job.result()


def _can_be_filled(problem: Problem, board: Board) -> Ints:
    """Needs that are not accepted in full and have somebody for every seat."""
    empty = np.bincount(problem.needs.seat_need, weights=np.diff(board.seat_ptr) == 0, minlength=len(problem.needs.ids))
    return np.asarray((empty == 0) & ~problem.kept)


def _halves(problem: Problem, weeks: Weeks, able: Ints, direction: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[Side]:
    """Two halves with as many needs each, or one side with all of a small week."""
    home = weeks.need[:, HOME]
    if len(able) <= WHOLE:
        return [Side(np.zeros(len(weeks.who), np.int64), np.zeros(len(home), np.int64), 0, able)]
    along = problem.needs.place @ direction
    cut = np.median(along[able])
    _, first = np.unique(home, return_index=True)
    of_home = np.zeros(problem.resident_count, np.int64)
    of_home[home[first]] = along[first] > cut
    people, needs = (problem.people.place @ direction > cut).astype(np.int64), of_home[home]
    return [Side(people, needs, mine, able[needs[able] == mine]) for mine in range(2)]


def _log(problem: Problem, chance: np.random.Generator) -> Log:
    """Room for what one exchange touches; no need has more seats than the log has room for twice."""
    most = int(problem.needs.seats.max(initial=1))
    state = np.array([chance.integers(1, 1 << 62)], dtype=np.uint64)
    return Log(np.zeros(MOST_MOVED, np.int64), np.zeros(MOST_MOVED * 4 + 2 * most, np.int64), np.zeros(2, np.int64), state)
