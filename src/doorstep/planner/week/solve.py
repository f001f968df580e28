"""One week planned: problem → options → prices and bound → plan → reasons, stoppable at any time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from .arrays import as_problem
from .bound import Market, market_of
from .candidates import THREADS, Options, find_options
from .construct import construct
from .draft import Board, Draft, board_of, visits_of
from .explain import reasons
from .gaps import left_out
from .packed import Weeks, weeks_of
from .prices import Quote, as_json, search_prices
from .problem import JSON, Problem, Visit
from .promises import require_possible
from .score import value_of

VERSION = "1"
PRICE_ROUNDS = 60
NEAR_ENOUGH = 1e-9


@dataclass(frozen=True)
class Progress:
    """How far a run is: the stage's word, the best value and the bound so far (None before there is one)."""

    stage: str
    value: float | None = None
    bound: float | None = None


@dataclass(frozen=True)
class Result:
    """A finished plan with its proof and its reasons."""

    problem: Problem = field(repr=False)
    options: Options = field(repr=False)
    visits: list[Visit] = field(repr=False)
    value: float
    bound: float
    prices: JSON = field(repr=False)
    why: list[JSON] = field(repr=False)
    left_out: list[JSON] = field(repr=False)
    seed: int
    seconds: float | None
    stopped_by: str

    @property
    def gap(self) -> float:
        """How far the plan is from the bound, as a share of the bound."""
        return max(0.0, (self.bound - self.value) / max(1.0, abs(self.bound)))

    def as_json(self) -> JSON:
        """The plan as a `doorstep-plan/1`. Without a clock (stopped by iterations) the same input gives the same bytes."""
        people, needs = self.problem.people, self.problem.needs
        return {
            "format": "doorstep-plan/1",
            "version": VERSION,
            "seed": self.seed,
            "seconds": self.seconds,
            "stopped_by": self.stopped_by,
            "value": round(self.value, 6),
            "bound": self.bound,
            "visits": [{"need": needs.ids[v.need], "start": v.start, "team": [people.ids[p] for p in v.team]} for v in self.visits],
            "why": self.why,
            "left_out": self.left_out,
            "prices": self.prices,
        }


class Clock:
    """Says when to stop: by seconds, by rounds, or because somebody asked to."""

    def __init__(self, seconds: float | None, iterations: int | None, stop: Callable[[], bool]) -> None:
        self.began, self.seconds, self.iterations, self.stop = time.monotonic(), seconds, iterations, stop
        self.rounds, self.stopped_by = 0, "converged"

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    def go_on(self) -> bool:
        """Counts a round, unless the run is over."""
        if self.stop():
            self.stopped_by = "stop"
        elif self.iterations is not None and self.rounds >= self.iterations:
            self.stopped_by = "iterations"
        elif self.seconds is not None and self.spent > self.seconds:
            self.stopped_by = "seconds"
        else:
            self.rounds += 1
            return True
        return False


def _nothing(progress: Progress) -> None:
    """Nobody wants to know."""


def solve(
    week: Any,
    *,
    seed: int = 1,
    seconds: float | None = None,
    iterations: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = _nothing,
) -> Result:
    """Plans a `doorstep-week/1` (parsed JSON).

    Stops at `seconds` of wall time, after `iterations` rounds (then the same seed gives the same plan), when `stop()` is true, or when
    nothing more is to be had; the best plan so far is returned in each case. Raises `Malformed` for a week that breaks the format and
    `Contradiction` for accepted visits that no legal plan can keep.
    """
    clock = Clock(seconds, iterations, stop)
    progress(Progress("reading"))
    problem = as_problem(week)
    require_possible(problem)
    progress(Progress("candidates"))
    options = find_options(problem)
    run = _Run(problem, options, weeks_of(problem, options), market_of(problem, options), board_of(problem, options), seed, clock, progress)
    draft, quote = run.best_plan()
    visits = visits_of(problem, options, draft)
    progress(Progress("explaining", value_of(problem, visits), quote.bound))
    return Result(
        problem=problem, options=options, visits=visits, value=value_of(problem, visits), bound=_rounded_up(quote.bound),
        prices=as_json(problem, options, quote.price), why=reasons(problem, options, visits), left_out=left_out(problem, options, draft),
        seed=seed, seconds=None if iterations is not None else round(clock.spent, 3), stopped_by=clock.stopped_by,
    )  # fmt: skip


def _rounded_up(bound: float) -> float:
    """A bound that forgives the rounding errors of long sums."""
    return round(bound + 1e-6 * max(1.0, abs(bound)) + 1e-3, 3)


@dataclass(frozen=True)
class _Run:
    """The stages of one run."""

    problem: Problem
    options: Options
    weeks: Weeks
    market: Market
    board: Board
    seed: int
    clock: Clock
    progress: Callable[[Progress], None]

    def best_plan(self) -> tuple[Draft, Quote]:
        with ThreadPoolExecutor(THREADS) as pool:
            best: Quote | None = None
            rounds = search_prices(self.options, self.weeks, self.market, pool, lambda: best is None or self.clock.go_on())
            for turn, best in enumerate(rounds):
                self.progress(Progress("prices", bound=best.bound))
                if turn >= PRICE_ROUNDS:
                    break
            assert best is not None
            draft = construct(self.problem, self.options, self.weeks, self.board, best.weeks, self.seed)
            return draft, best
