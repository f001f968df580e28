"""A piece of the week: some needs, whoever may serve them, and everything else held or priced, as a small week of its own."""

from dataclasses import dataclass

import numpy as np

from .bound import Market
from .candidates import Options
from .compiled import compiled
from .draft import Board, Draft, clashes, home_is_free
from .homes import Homes
from .packed import BOOKED, CELL, FIRST, LAST, NEED, PERSON, ROOM_MINUTES, ROOM_VISITS, START, Weeks
from .problem import Bools, Floats, Ints


@dataclass(frozen=True)
class Piece:
    """Options, weeks and market of a piece, and how its rows and cells are called in the whole week.

    The last cell stands for all seats outside: whoever takes one is paid its price outside, and no row of the master counts them.
    """

    options: Options
    weeks: Weeks
    market: Market
    price: Floats
    rows: Ints
    cells: Ints
    people: Ints


@compiled
def _fits(rows: Ints, w: Weeks, b: Board, d: Draft) -> Ints:
    """Which options nothing in the draft stands in the way of."""
    found = np.zeros(len(rows), np.int64)
    for i in range(len(rows)):
        o = rows[i]
        found[i] = clashes(o, w, b, d)[0] == 0 and home_is_free(w.option[o, NEED], w.option[o, START], -1, w, b, d)
    return found


def open_piece(options: Options, weeks: Weeks, market: Market, price: Floats, own: Bools) -> Piece:
    """The needs marked as own (N) and everybody who could serve one of them; what these people do elsewhere is paid at its price."""
    here = own[options.need]
    people = np.zeros(len(weeks.who), dtype=bool)
    people[options.person[here]] = True
    pays = weeks.worth + price[options.cell] > 0
    return _piece(options, weeks, market, price, own, np.flatnonzero(people[options.person] & (here | pays)), None)


def held_piece(
    options: Options, weeks: Weeks, market: Market, price: Floats, own: Bools, people: Bools, board: Board, draft: Draft
) -> Piece:
    """The needs marked as own, which are not visited in the draft, and the people marked (P), who keep what they do in the draft."""
    rows = np.flatnonzero(own[options.need] & people[options.person])
    return _piece(options, weeks, market, price, own, rows[_fits(rows, weeks, board, draft) > 0], draft)


def _piece(options: Options, weeks: Weeks, market: Market, price: Floats, own: Bools, rows: Ints, held: Draft | None) -> Piece:
    inside = np.flatnonzero(own)
    outside = np.setdiff1d(np.unique(options.need[rows]), inside)
    turn = np.full(len(own), -1)
    turn[inside], turn[outside] = np.arange(len(inside)), len(inside) + 1 + np.arange(len(outside))
    meetings = np.flatnonzero(own[options.meeting_need])
    cells = np.flatnonzero(own[options.meeting_need[options.cell_meeting]])
    number = np.full(len(options.cell_seat), len(cells))
    number[cells] = np.arange(len(cells))
    people, person = np.unique(options.person[rows], return_inverse=True)
    cell, need = number[options.cell[rows]], turn[options.need[rows]]
    foreign = cell == len(cells)
    worth = weeks.worth[rows] + np.where(foreign, price[options.cell[rows]], 0.0)
    # Needs: those inside, one that stands for the outside cell, those outside.
    names = np.concatenate([inside, inside[:1], outside])
    held_at = np.full(len(options.meeting_need), -1)
    held_at[meetings] = np.arange(len(meetings))
    counts = np.concatenate([np.diff(options.meeting_ptr)[inside], [1], np.zeros(len(outside), dtype=np.int64)])
    part = Options(
        ptr=np.searchsorted(person, np.arange(len(people) + 1)), person=person, seat=options.seat[rows], need=need,
        start=options.start[rows], cell=cell, worth=worth, starts_ptr=np.zeros(len(names) + 1, dtype=np.int64),
        starts=np.zeros(0, dtype=np.int64), meeting_ptr=np.concatenate([[0], np.cumsum(counts)]),
        meeting_need=np.concatenate([turn[options.meeting_need[meetings]], [len(inside)]]),
        meeting_start=np.concatenate([options.meeting_start[meetings], [-1]]),
        staged=np.concatenate([options.staged[inside], np.ones(1 + len(outside), dtype=bool)]),
        homes=_homes(options.homes, own, turn, len(names)),
        cell_meeting=np.concatenate([held_at[options.cell_meeting[cells]], [len(meetings)]]),
        cell_seat=np.concatenate([options.cell_seat[cells], [-1]]), room_visits=options.room_visits[people],
        room_minutes=options.room_minutes[people], booked=options.booked[people],
    )  # fmt: skip
    small = _weeks(weeks, part, rows, people, names, held)
    filled = np.bincount(cell, minlength=len(cells) + 1) > 0
    empty = np.bincount(part.cell_meeting, weights=~filled, minlength=len(part.meeting_need)) > 0
    empty[-1] = True
    value = np.append(market.value[meetings], 0.0)
    single = np.flatnonzero(part.homes.group[part.meeting_need] < 0)
    small_market = Market(value=value, possible=~empty, options=part, single=single, minutes=small.need[:, 0], constant=0.0)
    return Piece(part, small, small_market, np.append(price[cells], 0.0), rows, cells, people)


def _homes(homes: Homes, own: Bools, turn: Ints, needs: int) -> Homes:
    """The groups of contested homes as far as their needs are inside."""
    kept = own[homes.member]
    group_of = np.repeat(np.arange(len(homes.ptr) - 1), np.diff(homes.ptr))[kept]
    member = turn[homes.member[kept]]
    names, at = np.unique(group_of, return_inverse=True)
    group = np.full(needs, -1)
    group[member] = at
    return Homes(group, np.searchsorted(at, np.arange(len(names) + 1)), member)


def _weeks(weeks: Weeks, part: Options, rows: Ints, people: Ints, names: Ints, held: Draft | None) -> Weeks:
    option = weeks.option[rows]
    option[:, NEED], option[:, CELL], option[:, PERSON] = part.need, part.cell, part.person
    who = weeks.who[people]
    who[:, FIRST], who[:, LAST] = part.ptr[:-1], part.ptr[1:]
    if held is not None:
        who[:, ROOM_VISITS] -= held.visits[people]
        who[:, ROOM_MINUTES] -= held.minutes[people]
        who[:, BOOKED] += held.visits[people]
    return weeks._replace(
        who=who, pace=weeks.pace[people], option=option, worth=part.worth, need=weeks.need[names], place=weeks.place[names],
        value=weeks.value[names],
    )  # fmt: skip
