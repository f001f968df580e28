"""What a change is worth at the prices of a plan: nobody is planned anew, everybody's best week is priced in one pass."""

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from .local import Extra
from .packed import CELL, FIRST, LAST, NEED, Weeks
from .pricing import CAREFUL, best_weeks
from .problem import JSON, Floats, Ints


@dataclass(frozen=True)
class Offers:
    """Changes of one kind: who they make, their rows of codes and numbers, their worth at the prices, and the week that earns it."""

    kind: str
    extra: Extra
    rows: list[JSON]
    worth: Floats
    chosen: Ints

    def best(self, count: int) -> Ints:
        """The positions of the most worthy, the first the most."""
        order = np.argsort(-self.worth, kind="stable")[:count]
        return np.asarray(order[self.worth[order] > 0])


def offers(kind: str, extra: Extra, rows: list[JSON], price: Floats, today: Floats, pool: Executor) -> Offers:
    """The worth of each extra person: their best week at the prices, less the best week of the person whom they stand for."""
    best = best_weeks(extra.weeks, price, pool, CAREFUL)
    less = np.where(extra.stands_for >= 0, today[np.maximum(extra.stands_for, 0)], 0.0) if len(today) else 0.0
    return Offers(kind, extra, rows, best.value - less, best.chosen)


def paying_needs(weeks: Weeks, price: Floats, person: int, short: float, most: int) -> Ints:
    """The needs that pay for themselves in this person's week at the prices, or fall short by little: `most` of them, the best payers."""
    mine = slice(weeks.who[person, FIRST], weeks.who[person, LAST])
    pays, need = weeks.worth[mine] + price[weeks.option[mine, CELL]], weeks.option[mine, NEED]
    order = np.argsort(-pays, kind="stable")
    order = order[pays[order] >= -short]
    found, first = np.unique(need[order], return_index=True)
    return np.asarray(found[np.argsort(first)][:most])
