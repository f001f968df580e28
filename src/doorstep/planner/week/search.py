"""The stages of one run: rough prices, a first plan, column generation, and plans rounded from its mixtures."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from .bound import market_of
from .candidates import THREADS, Options
from .columns import better_prices
from .construct import construct, from_best_weeks
from .draft import Draft, board_of, copy_of, visits_of
from .master import Master, Mixture
from .packed import weeks_of
from .polish import HOT, WARM, polish
from .prices import Quote, search_prices
from .problem import Ints, Problem
from .rounding import by_share, whole_weeks
from .score import value_of

PRICE_ROUNDS, MOST_PRICE_ROUNDS, OFFERED_FROM = 130, 250, 100
STALE_ROUNDS, STALE = 20, 2e-5  # rough prices are good enough when so many rounds lower the bound by so little
PRICE_SHARE, LATE = 0.4, 0.9  # shares of the time when rough prices end, and when nothing new begins
PATIENCE = 24  # rounds of column generation between two plans
CYCLES = 4
PROVEN = 1e-7
GOOD_ENOUGH = 1e-4
RESERVE = 0.25  # share of the time that rounding and explaining may need
LONGEST_ROUNDING = 20.0


@dataclass(frozen=True)
class Progress:
    """How far a run is: the stage's word, the best value and the bound so far (None before there is one)."""

    stage: str
    value: float | None = None
    bound: float | None = None


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
        elif self.iterations is None and self.seconds is not None and self.spent > self.seconds * (1 - RESERVE):
            self.stopped_by = "seconds"
        else:
            self.rounds += 1
            return True
        return False

    def after(self, share: float) -> bool:
        """Whether this share of the time is spent, or somebody wants to stop; without a clock never."""
        return self.stop() or (self.iterations is None and self.seconds is not None and self.spent > self.seconds * share)

    @property
    def over(self) -> bool:
        return self.stopped_by != "converged"

    @property
    def for_rounding(self) -> float:
        """Seconds that an integer programme may take; without a clock its nodes are counted instead."""
        if self.iterations is not None:
            return float("inf")
        return LONGEST_ROUNDING if self.seconds is None else min(LONGEST_ROUNDING, max(0.1, (self.seconds - self.spent) / 2))


@dataclass
class Found:
    """The best plan and the best bound so far."""

    draft: Draft
    value: float
    quote: Quote

    @property
    def gap(self) -> float:
        return (self.quote.bound - self.value) / max(1.0, abs(self.quote.bound))


class Search:
    """One run over one problem."""

    def __init__(self, problem: Problem, options: Options, seed: int, clock: Clock, progress: Callable[[Progress], None]) -> None:
        self.problem, self.options, self.seed, self.clock, self.progress = problem, options, seed, clock, progress
        self.weeks, self.market, self.board = weeks_of(problem, options), market_of(problem, options), board_of(problem, options)

    def run(self) -> Found:
        """The best plan that the clock allows, and the bound."""
        with ThreadPoolExecutor(THREADS) as pool:
            master = Master(self.options, self.weeks, self.market)
            found = self._first(master, pool)
            for _ in range(CYCLES):
                if self.clock.over or found.gap <= GOOD_ENOUGH or not self._cycle(master, found, pool):
                    break
        return found

    def _first(self, master: Master, pool: Executor) -> Found:
        """Rough prices and the plan that they lead to."""
        best = self._prices(master, pool)
        draft, value = self._plan(from_best_weeks(self.problem, self.options, best.weeks, self.seed), HOT, pool)
        self.progress(Progress("plan", value, best.bound))
        master.offer(best.weeks.chosen)
        master.offer(draft.week)
        return Found(draft, value, best)

    def _prices(self, master: Master, pool: Executor) -> Quote:
        """Rough prices, and weeks for the master from their last rounds."""
        rounds = search_prices(self.options, self.weeks, self.market, pool, self.clock.go_on)
        bounds: list[float] = []
        for best, last in rounds:
            bounds.append(best.bound)
            self.progress(Progress("prices", bound=best.bound))
            turn = len(bounds)
            if OFFERED_FROM < turn <= PRICE_ROUNDS:
                master.offer(last.weeks.chosen)
            stale = turn > PRICE_ROUNDS and bounds[-STALE_ROUNDS] - best.bound < STALE * abs(best.bound)
            if stale or turn > MOST_PRICE_ROUNDS or self.clock.after(PRICE_SHARE):
                break
        return best

    def _cycle(self, master: Master, found: Found, pool: Executor) -> bool:
        """Column generation for a while, then plans from its mixture; False if another cycle would find nothing new."""
        done = False
        rounds = better_prices(master, found.quote, self.options, self.weeks, self.market, pool, self.clock.go_on)
        for turn, step in enumerate(rounds):
            found.quote, done = step.best, step.done
            self.progress(Progress("columns", found.value, found.quote.bound))
            if done or turn >= PATIENCE:
                break
        if self.clock.stopped_by == "stop" or not master.owners:
            return False
        mixture = master.solve_free()
        self._keep_better(found, by_share(master, mixture), pool)
        self.progress(Progress("rounding", found.value, found.quote.bound))
        if found.gap > PROVEN and self.clock.for_rounding > 1.0:
            self._keep_better(found, self._whole(master, mixture), pool)
        master.offer(found.draft.week)
        return not done

    def _whole(self, master: Master, mixture: Mixture) -> Ints:
        return whole_weeks(master, mixture, self.clock.for_rounding)

    def _keep_better(self, found: Found, chosen: Ints, pool: Executor) -> None:
        draft, value = self._plan(chosen, WARM, pool)
        if value > found.value:
            found.draft, found.value = draft, value

    def _plan(self, chosen: Ints, heat: float, pool: Executor) -> tuple[Draft, float]:
        """The best of a plan that takes over the chosen options: as built, and as polished."""
        draft = construct(self.problem, self.options, self.weeks, self.board, chosen, self.seed)
        built, before = copy_of(draft), value_of(self.problem, visits_of(self.problem, self.options, draft))
        polish(self.problem, self.options, self.weeks, self.board, draft, heat, self.seed, pool, lambda: self.clock.after(LATE))
        value = value_of(self.problem, visits_of(self.problem, self.options, draft))
        return (draft, value) if value >= before else (built, before)
