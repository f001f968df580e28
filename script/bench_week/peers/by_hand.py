"""Planning without a solver: by priority and scarcity, by the shortest way, and a board on which people sign up."""

import numpy as np

from doorstep.planner.week.candidates import Options
from doorstep.planner.week.draft import Board, Draft, empty_draft, insert
from doorstep.planner.week.improve import settle
from doorstep.planner.week.packed import IS_WORKER, Weeks
from doorstep.planner.week.problem import Floats, Ints, Problem
from doorstep.planner.week.score import metres


def only(board: Board, options: Options, kept: Ints) -> Board:
    """The same board with some of the options alone."""
    by_seat = board.by_seat[np.isin(board.by_seat, kept)]
    return board._replace(by_seat=by_seat, seat_ptr=np.searchsorted(options.seat[by_seat], np.arange(len(board.seat_ptr))))


def by_priority(problem: Problem, options: Options, weeks: Weeks, board: Board) -> Draft:
    """The dearest need first, of equals the one that fewest could meet; each gets the best team that is still free, at its best start."""
    fits = np.diff(board.seat_ptr)
    scarce = np.minimum.reduceat(fits, problem.needs.seat_ptr[:-1]) if len(fits) else fits
    return _one_by_one(np.lexsort((scarce, -problem.needs.value)), options, weeks, board, empty_draft(problem, weeks))


def nearest_first(problem: Problem, options: Options, weeks: Weeks, board: Board) -> Draft:
    """The need with the shortest way to somebody first; each gets the nearest people who are still free."""
    far = _way(problem, options)
    shortest = np.full(len(weeks.value), np.inf)
    np.minimum.at(shortest, options.need, far)
    who = weeks.who.copy()
    who[:, IS_WORKER] = 1  # only the way counts here
    blind = weeks._replace(who=who, worth=-far, value=np.full(len(weeks.value), 1e9))
    return _one_by_one(np.argsort(shortest, kind="stable"), options, blind, board, empty_draft(problem, weeks))


def sign_up_board(problem: Problem, options: Options, weeks: Weeks, board: Board, seed: int) -> Draft:
    """People come by in any order and sign up for what lies nearest, as often as they may; a team that stays incomplete is called off."""
    turn = np.random.default_rng(seed).permutation(len(weeks.who))
    draft = empty_draft(problem, weeks)
    settle(np.lexsort((options.start, _way(problem, options), turn[options.person])), problem.needs.seats, weeks, board, draft)
    return draft


def _way(problem: Problem, options: Options) -> Floats:
    return metres(problem.people.place[options.person], problem.needs.place[options.need])


def _one_by_one(order: Ints, options: Options, weeks: Weeks, board: Board, draft: Draft) -> Draft:
    for n in order.tolist():
        insert(n, options.starts, weeks, board, draft)
    return draft
