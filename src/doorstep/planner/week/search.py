"""The stages of one run: rough prices, a first plan, and blocks of the map that better prices and plan in turn."""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from .blocks import Blocks
from .bound import market_of
from .candidates import THREADS, Options
from .construct import construct, from_best_weeks
from .draft import Draft, board_of, copy_of, draft_of, visits_of
from .local import Neighbourhood
from .mend import MOST_CHOICES, Mender, most_choices
from .packed import weeks_of
from .polish import HOT, polish
from .prices import Quote, better_of, search_prices
from .pricing import CAREFUL
from .problem import Ints, Problem
from .score import value_of

PRICE_ROUNDS, MOST_PRICE_ROUNDS = 120, 250
STALE_ROUNDS, STALE = 20, 1e-4  # rough prices are good enough when so many rounds lower the bound by so little
PRICE_SHARE, POLISH_SHARE = 0.4, 0.4  # shares of the time, or of the rounds, when rough prices end, and when the first plan is good enough
FAR = 3e-3  # a first plan this far from the bound is polished before it goes into blocks
WAVE = 12  # a wave counts as so many rounds
PROVEN = 1e-9
MOST_OF_WHAT_IS_LEFT = 0.3  # of the time, for one wave of mending: where everybody could go everywhere a neighbourhood is slow
LITTLE = 1e-6  # a wave that gains less has found nothing
COST = {
    "columns": 3.0,
    "rounding": 1.0,
    "mending": 1.0,
}  # about what waves take: of better prices, of better plans in blocks, of small neighbourhoods
PAYS_LITTLE = 3e-4
MOST_TO_PROVE, WORTH_PROVING, LONGEST_PROOF = 200_000, 5.0, 30.0  # options of a week that branch and bound may close; seconds
IDLE = 5  # waves that found nothing, after which a run is over
AGAIN = 0.05  # a last, more careful look at the best prices needs less than this share of the time spent
EXPLAINING = 1.2  # writing down takes so many times as long as reading


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
        self.rounds, self.stopped_by, self.kept_back, self.ready = 0, "converged", 0.0, 0.0

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds until the search should end; infinite when rounds are counted, or nothing is."""
        if self.iterations is not None or self.seconds is None:
            return float("inf")
        return self.seconds - self.kept_back - self.spent

    def keep_back(self, seconds: float) -> None:
        """Leaves these seconds of the time for what comes after the search, which begins now."""
        self.kept_back, self.ready = seconds, self.spent

    def go_on(self, longest: float = 0.0, rounds: int = 1) -> bool:
        """Counts so many rounds, which may take so many seconds, unless the run is over."""
        if self.stop():
            self.stopped_by = "stop"
        elif self.iterations is not None and self.rounds >= self.iterations:
            self.stopped_by = "iterations"
        elif self.left <= longest:
            self.stopped_by = "seconds"
        else:
            self.rounds += rounds
            return True
        return False

    def after(self, share: float) -> bool:
        """Whether this share of the search's seconds or rounds is spent, or somebody wants to stop; without a limit never."""
        if self.stop():
            return True
        if self.iterations is not None:
            return self.rounds > self.iterations * share
        return self.seconds is not None and self.spent - self.ready > (self.seconds - self.kept_back - self.ready) * share

    @property
    def over(self) -> bool:
        return self.stopped_by != "converged"


@dataclass
class Found:
    """The best plan and the best bound so far; `optimal` when no plan is better, whatever the bound says."""

    draft: Draft
    value: float
    quote: Quote
    optimal: bool = False

    @property
    def gap(self) -> float:
        return (self.quote.bound - self.value) / max(1.0, abs(self.quote.bound))


class Search:
    """One run over one problem."""

    def __init__(
        self, problem: Problem, options: Options, seed: int, clock: Clock, progress: Callable[[Progress], None],
        executor: Executor | None = None,
    ) -> None:  # fmt: skip
        self.problem, self.options, self.seed, self.clock, self.progress = problem, options, seed, clock, progress
        self.weeks, self.market, self.board = weeks_of(problem, options), market_of(problem, options), board_of(problem, options)
        self.far, self.executor = False, executor
        clock.keep_back(EXPLAINING * clock.spent)

    def run(self) -> Found:
        """The best plan that the clock allows, and the bound."""
        with ThreadPoolExecutor(THREADS) as pool:
            found = self._first(pool)
            self._waves(found, pool)
            if self.clock.left > AGAIN * self.clock.spent:
                found.quote = better_of([found.quote.price], found.quote, self.options, self.weeks, self.market, pool, CAREFUL)
        if found.gap > PROVEN:
            self._prove(found)
        return found

    def _first(self, pool: Executor) -> Found:
        """Rough prices and the plan that they lead to."""
        best = self._prices(pool)
        found = self._begin(best, from_best_weeks(self.problem, self.options, best.weeks, self.seed))
        self.progress(Progress("plan", found.value, best.bound))
        self.far = found.gap > FAR
        if self.far:  # prices that had too little time can mislead: by worth alone may be better
            plain = self._begin(best, np.zeros(0, dtype=np.int64))
            found = plain if plain.value > found.value else found
        if self.far and not self.clock.over:
            self._polish(found, HOT, POLISH_SHARE, pool)
        return found

    def _begin(self, best: Quote, chosen: Ints) -> Found:
        draft = construct(self.problem, self.options, self.weeks, self.board, chosen, self.seed)
        return Found(draft, value_of(self.problem, visits_of(self.problem, self.options, draft)), best)

    def _prices(self, pool: Executor) -> Quote:
        """Rough prices: so many rounds, or fewer when they gain little, or when their share of the time is over."""
        rounds = search_prices(self.options, self.weeks, self.market, pool, self.clock.go_on)
        bounds: list[float] = []
        for best in rounds:
            bounds.append(best.bound)
            self.progress(Progress("prices", bound=best.bound))
            turn = len(bounds)
            stale = turn > PRICE_ROUNDS and bounds[-STALE_ROUNDS] - best.bound < STALE * abs(best.bound)
            if stale or turn > MOST_PRICE_ROUNDS or self.clock.after(PRICE_SHARE):
                break
        return better_of([best.price], best, self.options, self.weeks, self.market, pool)

    def _waves(self, found: Found, pool: Executor) -> None:
        """Blocks better the prices or the plan, whichever paid better for its time, with other borders each time, until neither does."""
        blocks = Blocks(self.problem, self.options, self.weeks, self.market, self.board, self.seed)
        mender = Mender(self.problem, self.options, self.weeks, self.market, self.board, timed=self.clock.iterations is None)
        pays, takes, idle = dict.fromkeys(COST, float("inf")), dict.fromkeys(COST, 0.0), 0
        if self.far:  # where needs outnumber helpers, prices are good enough and dear to better
            pays["columns"] = PAYS_LITTLE
        for turn in itertools.count():
            fitting = [stage for stage in COST if takes[stage] < self.clock.left] or list(COST)
            stage = max(fitting, key=pays.__getitem__)
            if found.gap <= PROVEN or idle >= IDLE or not self.clock.go_on(takes[stage], WAVE):
                break
            self.progress(Progress(stage, found.value, found.quote.bound))
            began, bound, value = self.clock.spent, found.quote.bound, found.value
            if stage == "columns":
                found.quote = blocks.better_prices(found.quote, turn, self.clock.left, self.executor or pool, pool)
            elif stage == "mending":
                found.draft = mender.wave(found.draft, found.quote, pool, MOST_OF_WHAT_IS_LEFT * self.clock.left)
                found.value = value_of(self.problem, visits_of(self.problem, self.options, found.draft))
            elif blocks.better_plan(found.draft, found.quote.price, turn, self.clock.left, self.executor or pool):
                found.value = value_of(self.problem, visits_of(self.problem, self.options, found.draft))
            gained = (bound - found.quote.bound + found.value - value) / abs(bound)
            idle = 0 if gained > LITTLE else idle + 1
            pays[stage], takes[stage] = gained / COST[stage] if gained > LITTLE else -idle, max(takes[stage], self.clock.spent - began)

    def _prove(self, found: Found) -> None:
        """Small weeks: closes what is left between plan and bound by branch and bound, if there is time."""
        seconds = min(LONGEST_PROOF, self.clock.left)
        if self.clock.iterations is not None or self.clock.stop() or seconds < WORTH_PROVING or len(self.options) > MOST_TO_PROVE:
            return
        if most_choices(self.weeks, np.arange(len(self.options))) > MOST_CHOICES:
            return
        self.progress(Progress("proving", found.value, found.quote.bound))
        free = np.flatnonzero(~self.problem.kept & (np.bincount(self.options.need, minlength=len(self.problem.kept)) > 0))
        answer = Neighbourhood(self.weeks, found.draft, found.quote.price).solve(free, seconds=seconds, known=0.0)
        if answer.change > 0:
            found.draft = draft_of(self.problem, self.options, self.weeks, answer.visits)
            found.value = value_of(self.problem, visits_of(self.problem, self.options, found.draft))
        found.optimal = answer.optimal

    def _polish(self, found: Found, heat: float, until: float, pool: Executor) -> None:
        draft = copy_of(found.draft)
        polish(self.problem, self.options, self.weeks, self.board, draft, heat, self.seed, pool, lambda: self.clock.after(until))
        value = value_of(self.problem, visits_of(self.problem, self.options, draft))
        if value > found.value:
            found.draft, found.value = draft, value
