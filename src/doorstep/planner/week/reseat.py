"""Gives as many forgotten people as possible a seat of a visit that stays as it is: an assignment, solved exactly."""

import numpy as np

from .candidates import Options
from .draft import Board, Draft, put, take_out
from .packed import BOOKED, IS_WORKER, ROOM_VISITS, Weeks
from .problem import Bools, Floats, Ints
from .solver import add_columns, new_solver, run

SHORT = 1e-6


def reseat(options: Options, wished: Weeks, first: Floats, forgotten: Bools, board: Board, draft: Draft) -> int:
    """Hands seats over to the forgotten (P) with at most one visit in the draft; returns how many change.

    `first` (O) has the points of an option as its person's first visit. The seats, starts and all other people stay; a seat is held by exactly one person, so
    the assignment is a linear programme with whole-numbered corners (Birkhoff 1946).
    """
    movers = forgotten & (draft.visits <= 1) & (wished.who[:, BOOKED] == 0)
    sitting = draft.seat_option
    here = np.flatnonzero(
        movers[options.person] & (sitting[options.seat] >= 0) & (draft.need_start[options.need] == options.start)
        & (wished.who[options.person, ROOM_VISITS] > 0)
    )  # fmt: skip
    if not len(here):
        return 0
    seats, seat = np.unique(options.seat[here], return_inverse=True)
    people, person = np.unique(options.person[here], return_inverse=True)
    held = sitting[seats]
    by_mover = movers[options.person[held]]
    stays = np.where(by_mover, 0.0, _worth_of_staying(options, wished, held, draft))
    gain = wished.worth[here] + first[here] - stays[seat]
    highs = new_solver(
        np.concatenate([np.where(by_mover, 1.0, 0.0), np.zeros(len(people))]), np.ones(len(seats) + len(people)), presolve="on"
    )  # fmt: skip
    index = np.stack([seat, len(seats) + person], axis=1).ravel()
    add_columns(highs, -(gain - SHORT), 2 * np.arange(len(here)), index, np.ones(2 * len(here)), most=1.0)
    run(highs)
    share = np.array(highs.getSolution().col_value)
    chosen = here[share > 0.5] if len(share) else here[:0]
    return _hand(chosen, options, wished, board, draft)


def _worth_of_staying(options: Options, wished: Weeks, held: Ints, draft: Draft) -> Floats:
    """What the plan loses beside the visit if who sits there goes: the points of the seat, less the load that is saved."""
    who = options.person[held]
    saved = 4.0 * (wished.who[who, BOOKED] + draft.visits[who] - 1) * (1 - wished.who[who, IS_WORKER])
    return np.asarray(wished.worth[held] - saved)


def _hand(chosen: Ints, options: Options, wished: Weeks, board: Board, draft: Draft) -> int:
    """All who leave leave first, for one may take the seat of another."""
    moving = chosen[draft.seat_option[options.seat[chosen]] != chosen]
    for o in draft.seat_option[options.seat[moving]]:
        take_out(o, wished, board, draft)
    for o in moving:
        put(o, wished, board, draft)
    draft.need_start[options.need[moving]] = options.start[moving]
    return len(moving)
