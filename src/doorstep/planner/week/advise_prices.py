"""Prices for more people than the week has: no worse a bound, and as little as possible for those who are here already."""

import itertools
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from .blocks import Blocks
from .bound import Market
from .candidates import Options
from .draft import Draft, board_of
from .homes import best_sets
from .packed import CELL, PERSON, Weeks
from .prices import quote
from .pricing import STEADY, best_weeks
from .problem import Floats, Ints, Problem

CLOSED = -1e9
SETTLED = 1e-4  # prices are good enough when a wave lowers the bound by a smaller share


def settled(
    problem: Problem, options: Options, weeks: Weeks, market: Market, price: Floats, pool: Executor, left: Callable[[], float]
) -> Floats:
    """Prices bettered in blocks of the map, while that lowers the bound and seconds are `left()`.

    A plan made in little time has prices that are good enough for its own bound and too high for what one more person is worth: each of
    a hundred newcomers then looks alike.
    """
    best = quote(price, options, weeks, market, pool, STEADY)
    blocks = Blocks(problem, options, weeks, market, board_of(problem, options), 1)
    for turn in itertools.count():
        seconds, bound = left(), best.bound
        if seconds <= 0.0:
            break
        best = blocks.better_prices(best, turn, seconds, pool, pool)
        if bound - best.bound <= SETTLED * abs(bound):
            break
    return best.price


def prices_for_more(weeks: Weeks, market: Market, draft: Draft, price: Floats, pool: Executor) -> tuple[Floats, Floats]:
    """Prices of all cells for several who come together, and for one who comes alone; neither proves a worse bound than `price`.

    What one more person is worth is the least that prices of the same bound can say (docs/planner.md). Where one person alone can fill a
    seat, any price between what it costs them and what the visit is worth proves the same bound, so prices of filled seats fall first. Then
    meetings that are not held may earn more too, as far as no home would rather hold them: their cells fall alike, or, if nobody can fill
    some of them, those alone have that price. To one who comes alone a meeting with two empty cells is closed.
    """
    options = market.options
    price = _less_for_those_here(weeks, draft, price, pool)
    filled = np.bincount(options.cell, minlength=len(options.cell_seat)) > 0
    missing = np.bincount(options.cell_meeting, weights=~filled, minlength=len(market.value))
    seats = np.bincount(options.cell_meeting, minlength=len(market.value))
    before = market.profits(price)
    earns = _as_much_as_may_be(market, before)
    paid = np.bincount(options.cell_meeting, weights=np.where(filled, price, 0.0), minlength=len(market.value))
    empty = (market.value - paid - earns) / np.maximum(1, missing)
    less = np.where(market.possible, earns - np.where(market.possible, before, 0.0), 0.0) / np.maximum(1, seats)
    together = np.where(filled, price - less[options.cell_meeting], empty[options.cell_meeting])
    return together, np.where(missing[options.cell_meeting] > 1, CLOSED, together)


def _less_for_those_here(weeks: Weeks, draft: Draft, price: Floats, pool: Executor) -> Floats:
    """The price of each seat filled in the plan falls by all that its person would rather lose than leave it.

    What they lose its need gains at most, and nobody else wants the seat more than before.
    """
    price = price.copy()
    for turn in range(int(draft.visits.max(initial=0))):
        chosen = draft.week[:, turn]
        used = np.where(chosen >= 0, weeks.option[np.maximum(chosen, 0), CELL], -1)
        mine = weeks.option[:, CELL] == used[weeks.option[:, PERSON]]
        with_it = best_weeks(weeks, price, pool, STEADY)
        without = best_weeks(weeks._replace(worth=np.where(mine, CLOSED, weeks.worth)), price, pool, STEADY).value
        there = (chosen >= 0) & (with_it.exact == 1)  # from a value that is too high too much would be taken
        price[used[there]] -= np.maximum(0.0, with_it.value - without)[there]
    return price


def _as_much_as_may_be(market: Market, profit: Floats) -> Floats:
    """What each meeting may earn while its home, which holds the best that do not overlap, earns no more than before."""
    options = market.options
    owner = options.meeting_need
    best = np.zeros(len(options.meeting_ptr) - 1)
    np.maximum.at(best, owner, profit)
    many = np.diff(options.meeting_ptr)[owner] > 1
    earns = np.where(many | ~market.possible, np.maximum(profit, best[owner]), profit)
    homes = options.homes
    for g in range(len(homes.ptr) - 1):
        needs = homes.member[homes.ptr[g] : homes.ptr[g + 1]]
        meetings = np.concatenate([np.arange(options.meeting_ptr[n], options.meeting_ptr[n + 1]) for n in needs])
        earns[meetings] = _at_one_home(needs, meetings, market, profit[meetings])
    return earns


def _at_one_home(needs: Ints, meetings: Ints, market: Market, profit: Floats) -> Floats:
    """One meeting after another earns as much as the home loses by holding it."""
    options = market.options
    of = np.searchsorted(needs, options.meeting_need[meetings])
    ptr = np.searchsorted(of, np.arange(len(needs) + 1))
    start, minutes = options.meeting_start[meetings], market.minutes[needs]
    end, group, held = start + minutes[of], np.array([0, len(needs)]), np.zeros(len(meetings), dtype=np.int64)
    everyone = np.arange(len(needs))
    most = best_sets(group, everyone, ptr, start, minutes, profit, held)
    for m in range(len(meetings)):
        in_the_way = (of == of[m]) | ((start < end[m]) & (start[m] < end))
        rest = best_sets(group, everyone, ptr, start, minutes, np.where(in_the_way, -np.inf, profit), held)
        profit[m] = max(profit[m], most - rest)
    return profit
