"""One week planned: problem → options → prices and bound → plan → reasons, stoppable at any time."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from .arrays import as_problem
from .candidates import Options, find_options
from .draft import Draft, visits_of
from .evenness import Even
from .explain import reasons
from .finish import SEARCH_SHARE, finish
from .gaps import left_out
from .prices import as_json
from .problem import JSON, Floats, Problem, Visit
from .promises import require_possible
from .search import PROVEN, Clock, Progress, Search

VERSION = "1"


@dataclass(frozen=True)
class Result:
    """A finished plan with its proof and its reasons.

    `cell_prices` has the price of each cell of the options; they prove `bound`. `optimal` when no plan is better, which branch and bound
    can find where the bound of no prices would show it.
    """

    problem: Problem = field(repr=False)
    options: Options = field(repr=False)
    draft: Draft = field(repr=False)
    cell_prices: Floats = field(repr=False)
    visits: list[Visit] = field(repr=False)
    value: float
    bound: float
    prices: JSON = field(repr=False)
    why: list[JSON] = field(repr=False)
    left_out: list[JSON] = field(repr=False)
    seed: int
    seconds: float | None
    stopped_by: str
    optimal: bool
    evenness: JSON | None = None

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
            "optimal": self.optimal,
            "visits": [{"need": needs.ids[v.need], "start": v.start, "team": [people.ids[p] for p in v.team]} for v in self.visits],
            "why": self.why,
            "left_out": self.left_out,
            "prices": self.prices,
        } | ({"evenness": self.evenness} if self.evenness else {})


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
    even: Even | None = None,
    executor: Executor | None = None,
) -> Result:
    """Plans a `doorstep-week/1` (parsed JSON).

    Stops at `seconds` of wall time, after `iterations` rounds (then the same seed gives the same plan), when `stop()` is true, or when
    nothing more is to be had; the best plan so far is returned in each case. Raises `Malformed` for a week that breaks the format and
    `Contradiction` for accepted visits that no legal plan can keep. With `even` a little of the score is given up for an even plan; the
    bound stays that of the score. The blocks of a large week are solved by `executor`, which may be processes or other computers; without
    one, by threads.
    """
    clock = Clock(seconds * SEARCH_SHARE if seconds is not None and even is not None else seconds, iterations, stop)
    progress(Progress("reading"))
    problem = as_problem(week)
    require_possible(problem)
    progress(Progress("candidates"))
    options = find_options(problem)
    search = Search(problem, options, seed, clock, progress, executor)
    found = search.run()
    best = found.value
    evenness = finish(search, found, even, lambda: stop() or (seconds is not None and iterations is None and clock.spent > 0.95 * seconds))
    draft, quote = found.draft, found.quote
    visits = visits_of(problem, options, draft)
    progress(Progress("explaining", found.value, quote.bound))
    return Result(
        problem=problem, options=options, draft=draft, cell_prices=quote.price, visits=visits, value=found.value, bound=_rounded_up(quote.bound),
        prices=as_json(problem, options, quote.price), why=reasons(problem, options, visits), left_out=left_out(problem, options, draft),
        seed=seed, seconds=None if iterations is not None else round(clock.spent, 3), stopped_by=clock.stopped_by,
        optimal=found.value >= best and (found.optimal or found.gap <= PROVEN), evenness=evenness,
    )  # fmt: skip


def _rounded_up(bound: float) -> float:
    """A bound that forgives the rounding errors of long sums."""
    return round(bound + 1e-6 * max(1.0, abs(bound)) + 1e-3, 3)
