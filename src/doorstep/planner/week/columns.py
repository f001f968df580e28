"""Column generation: weeks are priced, the master mixes them, its prices are quoted, and better weeks come back."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from .bound import Market
from .candidates import Options
from .master import Master, Mixture
from .packed import Weeks
from .prices import Quote, quote
from .pricing import STEADY

FIRST_WIDTH, LEAST_WIDTH, MOST_WIDTH = 10.0, 1.0, 30.0
WIDER, NARROWER = 1.5, 0.9
CLOSE = 2e-5
FEW_PRESSING = 0.002


@dataclass(frozen=True)
class Round:
    """After a round: the best quote so far, the master's mixture, and whether more rounds can hardly gain anything."""

    best: Quote
    mixture: Mixture
    done: bool


def better_prices(
    master: Master, best: Quote, options: Options, weeks: Weeks, market: Market, pool: Executor, go_on: Callable[[], bool]
) -> Iterator[Round]:
    """Rounds of column generation around the best prices so far.

    A cell whose price presses against its box gets a wider one, the others a narrower one; when the master's own prices do not prove a
    better bound, the prices half way to them are quoted too (Wentges 1997). Ends when nothing new is found.
    """
    width = np.full(len(best.price), FIRST_WIDTH)
    most = np.maximum(market.value[options.cell_meeting], MOST_WIDTH)
    while go_on():
        mixture = master.solve(best.price, width)
        at = quote(mixture.price, options, weeks, market, pool, STEADY)
        new = master.offer(at.weeks.chosen)
        if at.bound >= best.bound:
            half = quote((best.price + mixture.price) / 2, options, weeks, market, pool, STEADY)
            new += master.offer(half.weeks.chosen)
            at = half if half.bound < at.bound else at
        best = at if at.bound < best.bound else best
        width = np.clip(np.where(mixture.pressing, width * WIDER, width * NARROWER), LEAST_WIDTH, most)
        calm = mixture.pressing.sum() <= FEW_PRESSING * len(width)
        close = best.bound - market.constant - mixture.value <= CLOSE * max(1.0, abs(best.bound))
        done = bool((close and calm) or (not new and not mixture.pressing.any()))
        yield Round(best, mixture, done)
