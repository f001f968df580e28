"""The upper bound: any prices of seats prove one, and better prices prove a lower one (docs/planner.md has the proof)."""

from dataclasses import dataclass

import numpy as np

from .candidates import Options
from .problem import Bools, Floats, Ints, Problem
from .score import constant


@dataclass(frozen=True)
class Market:
    """What the bound needs beside the people: which meetings can happen, what they are worth, and the constant part of the score."""

    value: Floats
    possible: Bools
    cell_meeting: Ints
    first_meeting: Ints
    constant: float

    def needs_take(self, price: Floats) -> tuple[float, Ints]:
        """What the needs earn at these prices (their best meeting if it pays), and per meeting whether it is held."""
        profit = self.profits(price)
        best = np.maximum.reduceat(profit, self.first_meeting) if len(profit) else profit
        held = np.zeros(len(profit), dtype=np.int64)
        owner = np.repeat(np.arange(len(best)), np.diff(np.append(self.first_meeting, len(profit))))
        at = np.flatnonzero((profit == best[owner]) & (profit > 0))
        _, once = np.unique(owner[at], return_index=True)
        held[at[once]] = 1
        return float(np.maximum(best, 0.0).sum()), held

    def profits(self, price: Floats) -> Floats:
        """Worth of each meeting less the prices of its cells; minus infinity where a cell can be filled by nobody."""
        paid = np.bincount(self.cell_meeting, weights=price, minlength=len(self.value))
        return np.asarray(np.where(self.possible, self.value - paid, -np.inf))


def market_of(problem: Problem, options: Options) -> Market:
    """The needs' side of the bound."""
    filled = np.bincount(options.cell, minlength=len(options.cell_seat)) > 0
    empty = np.bincount(options.cell_meeting, weights=~filled, minlength=len(options.meeting_need)) > 0
    # Needs without a start have no meeting at all.
    has = np.flatnonzero(np.diff(options.meeting_ptr) > 0)
    return Market(
        value=problem.needs.value[options.meeting_need], possible=~empty, cell_meeting=options.cell_meeting,
        first_meeting=options.meeting_ptr[has], constant=constant(problem),
    )  # fmt: skip


def used(options: Options, chosen: Ints) -> Floats:
    """How many people's weeks fill each cell."""
    return np.bincount(options.cell[chosen[chosen >= 0]], minlength=len(options.cell_seat)).astype(np.float64)
