"""Finds good prices of seats quickly, and writes them down so that anyone can recompute the bound."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from .bound import Market, used
from .candidates import Options
from .packed import Weeks
from .pricing import QUICK, STEADY, BestWeeks, Effort, best_weeks
from .problem import JSON, Floats, Ints, Problem

# From nothing: where help is plentiful a price above its worth makes everybody's week look good, and the bound starts far off.
FIRST_PRICE, FIRST_STEP, LEAST_STEP, RENEWED_STEP = 0.0, 2.0, 0.02, 2.0
ROUGH_ROUNDS = 25
EVERY_START, SLOW = (
    10,
    1e-3,
)  # a seat that nobody takes gets dearer at every start of its need until so many rounds gain less than this share
MOST_ABOVE = 200.0  # a seat of a team costs no more than this above the visit's worth
FASTER, SLOWER = 1.3, 0.5
DECIMALS = 6


@dataclass(frozen=True)
class Quote:
    """Prices of all cells, the bound that they prove, and each person's best week at them."""

    price: Floats
    bound: float
    weeks: BestWeeks


def quote(price: Floats, options: Options, weeks: Weeks, market: Market, pool: Executor, effort: Effort) -> Quote:
    """The bound that a vector of prices proves: what needs and people can earn at most, each on their own.

    Prices are rounded as they will be written, so that the file proves exactly this bound.
    """
    price = np.round(price, DECIMALS)
    best = best_weeks(weeks, price, pool, effort)
    needs, _ = market.needs_take(price)
    return Quote(price, market.constant + needs + float(best.value.sum()), best)


def better_of(
    prices: list[Floats], best: Quote, options: Options, weeks: Weeks, market: Market, pool: Executor, effort: Effort = STEADY
) -> Quote:
    """The quote that proves the lowest bound: the one in hand, or one at other prices (or at the same, looked at more carefully)."""
    for price in prices:
        at = quote(price, options, weeks, market, pool, effort)
        best = at if at.bound < best.bound else best
    return best


def _wanted(options: Options, held: Ints, taken: Floats) -> Floats:
    """+1 for cells that are wanted and not taken, −1 for those that are taken and not wanted.

    A seat that nobody takes at any start is wanted at every start of its need, or starts would rise one after another, each in its turn.
    """
    sign = np.sign(held[options.cell_meeting] - taken)
    asks = np.bincount(options.meeting_need, weights=held, minlength=len(options.staged)) > 0
    seats = np.bincount(options.cell_seat, weights=taken)
    return np.asarray(np.where((seats[options.cell_seat] == 0) & asks[options.meeting_need[options.cell_meeting]], 1.0, sign))


def search_prices(options: Options, weeks: Weeks, market: Market, pool: Executor, go_on: Callable[[], bool]) -> Iterator[Quote]:
    """Ever better prices by resilient steps on the dual: each cell's own step grows while its sign lasts and halves when it turns.

    Method: Rprop (Riedmiller and Braun 1993) on the subgradient "wanted minus offered". Yields the best quote so far
    after every round; the first round always runs.
    """
    value = market.value[options.cell_meeting]
    alone = ~options.staged[options.meeting_need[options.cell_meeting]]
    price: Floats = np.minimum(FIRST_PRICE, value)
    step, last, best = np.full(len(price), FIRST_STEP), np.zeros(len(price)), None
    bounds: list[float] = []
    every_start = True
    for turn in itertools.count():
        if turn and not go_on():
            return
        at = quote(price, options, weeks, market, pool, QUICK if turn < ROUGH_ROUNDS else STEADY)
        if turn == ROUGH_ROUNDS:  # the careful search proves other bounds: begin again from here
            best, step = at, np.maximum(step, RENEWED_STEP)
        if best is None or at.bound < best.bound:
            best = at
        yield best
        bounds.append(best.bound)
        if every_start and turn > ROUGH_ROUNDS + EVERY_START and bounds[-EVERY_START] - best.bound < SLOW * abs(best.bound):
            every_start, step, last = False, np.minimum(step, RENEWED_STEP), np.zeros(len(price))
        _, held = market.needs_take(price)
        taken = used(options, at.weeks.chosen)
        sign = _wanted(options, held, taken) if every_start else np.sign(held[options.cell_meeting] - taken)
        turned = sign * last
        step = np.clip(np.where(turned > 0, step * FASTER, np.where(turned < 0, step * SLOWER, step)), LEAST_STEP, value / 4)
        last = np.where(sign != 0, sign, last)
        price = price + step * sign
        price = np.minimum(price, np.where(alone, value, value + MOST_ABOVE))


def as_json(problem: Problem, options: Options, price: Floats) -> JSON:
    """Prices as the plan file carries them: need → [[start, or null for every start, [price of each seat]], …]."""
    needs = problem.needs
    order = np.lexsort((options.cell_seat, options.cell_meeting))
    by_meeting = np.searchsorted(options.cell_meeting[order], np.arange(len(options.meeting_need) + 1))
    rounded = np.round(price[order], DECIMALS).tolist()
    table: JSON = {}
    for n in range(len(needs.ids)):
        rows = []
        for m in range(int(options.meeting_ptr[n]), int(options.meeting_ptr[n + 1])):
            start = int(options.meeting_start[m]) if options.staged[n] else None
            rows.append([start, rounded[by_meeting[m] : by_meeting[m + 1]]])
        table[needs.ids[n]] = rows
    return table
