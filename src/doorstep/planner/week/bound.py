"""The upper bound: any prices of seats prove one, and better prices prove a lower one (docs/planner.md has the proof)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .candidates import Options
from .homes import best_sets
from .problem import Bools, Floats, Ints, Problem
from .score import constant


@dataclass(frozen=True)
class Market:
    """What the bound needs beside the people: which meetings can happen, what they are worth, and the constant part of the score."""

    value: Floats
    possible: Bools
    options: Options
    single: Ints
    minutes: Ints
    constant: float

    def needs_take(self, price: Floats) -> tuple[float, Ints]:
        """What the needs earn at these prices (the best meetings that pay, none overlapping at a home), and per meeting whether it is held."""
        o = self.options
        profit = self.profits(price)
        held = np.zeros(len(profit), dtype=np.int64)
        total = best_sets(o.homes.ptr, o.homes.member, o.meeting_ptr, o.meeting_start, self.minutes, profit, held)
        if not len(self.single):
            return float(total), held
        best = np.maximum.reduceat(profit[self.single], self.first)
        at = np.flatnonzero((profit[self.single] == best[self.turn]) & (profit[self.single] > 0))
        _, once = np.unique(self.turn[at], return_index=True)
        held[self.single[at[once]]] = 1
        return float(total + np.maximum(best, 0.0).sum()), held

    @cached_property
    def turn(self) -> Ints:
        """For the meetings of needs without rivals at home: a running number of their need."""
        return np.asarray(np.unique(self.options.meeting_need[self.single], return_inverse=True)[1])

    @cached_property
    def first(self) -> Ints:
        return np.flatnonzero(np.diff(self.turn, prepend=-1))

    def profits(self, price: Floats) -> Floats:
        """Worth of each meeting less the prices of its cells; minus infinity where a cell can be filled by nobody."""
        paid = np.bincount(self.options.cell_meeting, weights=price, minlength=len(self.value))
        return np.asarray(np.where(self.possible, self.value - paid, -np.inf))


def market_of(problem: Problem, options: Options) -> Market:
    """The needs' side of the bound."""
    filled = np.bincount(options.cell, minlength=len(options.cell_seat)) > 0
    empty = np.bincount(options.cell_meeting, weights=~filled, minlength=len(options.meeting_need)) > 0
    return Market(
        value=problem.needs.value[options.meeting_need], possible=~empty, options=options,
        single=np.flatnonzero(options.homes.group[options.meeting_need] < 0), minutes=problem.needs.minutes, constant=constant(problem),
    )  # fmt: skip


def used(options: Options, chosen: Ints) -> Floats:
    """How many people's weeks fill each cell."""
    return np.bincount(options.cell[chosen[chosen >= 0]], minlength=len(options.cell_seat)).astype(np.float64)
