"""Whom to recruit, train, clear and ask for more: changes ranked by the plan's prices, the first of them checked by exact local plans."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from .advise_changes import KINDS, Changes
from .advise_check import A_JOINT_SOLVE, Checked, agreement, check_one, check_together, first_that_add_up
from .advise_people import extra_of, take
from .advise_prices import prices_for_more, settled
from .advise_profiles import like_whom, places_of, profiles
from .advise_windows import Windows, check_window, windows
from .advise_worth import Offers, offers
from .again import Planned
from .bound import market_of
from .candidates import THREADS
from .local import Extra, Neighbourhood
from .packed import weeks_of
from .pricing import CAREFUL, best_weeks
from .problem import JSON, Ints, People
from .search import Progress

RECRUIT = "recruit"
CHECKED, CHECKED_OF_A_KIND, FIRST = 100, 20, 10
TOLD, TOLD_OF_A_KIND = 200, 50  # rows in the file
AT_ONCE = 20_000  # profiles priced at once
JOINT_SHARE = 0.25  # of what is left when the joint gain is looked for, for each of its parts
DEFAULT_SECONDS = 60.0
FOR_PRICES, FOR_RECRUITS, FOR_CHANGES = 0.35, 0.65, 0.92  # shares of the time after which prices are good enough, and no more are checked


def _nothing(progress: Progress) -> None:
    """Nobody wants to know."""


@dataclass
class _Clock:
    """Asks whether to stop in the thread that began the run alone: whoever answers may need to be asked there."""

    seconds: float
    stop: Callable[[], bool]
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)
    laps: dict[str, float] = field(default_factory=dict)

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    def lap(self, name: str) -> None:
        self.laps[name] = round(self.spent - sum(self.laps.values()), 2)

    def left(self, share: float) -> float:
        """Seconds until this share of the time is over, none once somebody wants to stop."""
        self.ask()
        return 0.0 if self.stopped else self.seconds * share - self.spent

    def ask(self) -> None:
        self.stopped = self.stopped or self.stop()

    def over(self, share: float) -> bool:
        return self.stopped or self.spent > self.seconds * share


def advise(
    planned: Planned, *, places: Sequence[JSON] | None = None, seconds: float = DEFAULT_SECONDS, stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = _nothing,
) -> JSON:  # fmt: skip
    """What one more helper or one change is worth to a finished plan, as codes with numbers (docs/planner.md has the keys).

    `places` are communities (`id`, `lat`, `lon`); without them squares of the map. Exact checks end at `seconds` or when `stop()` is true;
    what is not checked by then keeps its price alone.
    """
    clock = _Clock(seconds, stop)
    with ThreadPoolExecutor(THREADS) as pool:
        return _Advice(planned, clock, progress, pool).all(places)


class _Advice:
    """One run over one finished plan."""

    def __init__(self, planned: Planned, clock: _Clock, progress: Callable[[Progress], None], pool: Executor) -> None:
        self.planned, self.clock, self.progress, self.pool = planned, clock, progress, pool
        problem, options, draft, price = planned
        weeks, market = weeks_of(problem, options), market_of(problem, options)
        price = settled(problem, options, weeks, market, price, pool, lambda: clock.left(FOR_PRICES))
        clock.lap("settling")
        together, self.price = prices_for_more(weeks, market, draft, price, pool)
        self.today = best_weeks(weeks, together, pool, CAREFUL).value
        self.around = Neighbourhood(weeks, draft, together)
        clock.lap("prices")

    def all(self, places: Sequence[JSON] | None) -> JSON:
        problem, options = self.planned.problem, self.planned.options
        self.progress(Progress("newcomers"))
        people, rows = profiles(problem, options, places_of(problem, places))
        found = self._best_newcomers(people, rows)
        self.clock.lap("newcomers")
        checked = self._check(found, CHECKED, FOR_RECRUITS)
        advice: JSON = {"like": like_whom(problem), "profiles": len(rows), RECRUIT: _told(found, checked, TOLD)}
        advice |= {"joint": None, "checked": {RECRUIT: _how_near(found, checked)}}
        self.clock.lap("newcomers_checked")
        self._changes(advice)
        advice["joint"] = self._joint(found, checked)
        self.clock.lap("joint")
        return advice | {"seconds": self.clock.laps}

    def _best_newcomers(self, people: People, rows: list[JSON]) -> Offers:
        """The most worthy profiles; all are priced, so many at a time that a large district fits into memory."""
        worth = [np.zeros(0)]
        for begin in range(0, len(rows), AT_ONCE):
            some = np.arange(begin, min(begin + AT_ONCE, len(rows)))
            worth.append(self._newcomers(people, rows, some).worth)
        best = np.argsort(-np.concatenate(worth), kind="stable")[:TOLD]
        return self._newcomers(people, rows, np.sort(best))

    def _newcomers(self, people: People, rows: list[JSON], some: Ints) -> Offers:
        extra = extra_of(self.planned.problem, take(people, some), np.full(len(some), -1))
        return self._offers(RECRUIT, extra, [rows[i] for i in some])

    def _changes(self, advice: JSON) -> None:
        """The same for people of the week, one kind after another."""
        problem, options, draft, _ = self.planned
        changes = Changes(problem, options, draft, self.price, self.today)
        changes.look()
        self.clock.lap("changes")
        for turn, kind in enumerate(KINDS):
            people, stands_for, rows = changes.of(kind)
            found = self._offers(kind, extra_of(problem, people, stands_for), rows)
            self._tell(advice, found, self._check(found, CHECKED_OF_A_KIND, _share(turn)))
        opened = windows(problem, options, draft, self.price, self.today, self.pool)
        self._tell(advice, opened.offers, self._check(opened.offers, CHECKED_OF_A_KIND, _share(len(KINDS)), opened))

    def _tell(self, advice: JSON, found: Offers, checked: list[Checked]) -> None:
        advice[found.kind], advice["checked"][found.kind] = _told(found, checked, TOLD_OF_A_KIND), _how_near(found, checked)
        self.clock.lap(found.kind)

    def _offers(self, kind: str, extra: Extra, rows: list[JSON]) -> Offers:
        return offers(kind, extra, rows, self.price, self.today, self.pool)

    def _check(self, found: Offers, most: int, share: float, opened: Windows | None = None) -> list[Checked]:
        """The first of the ranking, two at a time, until the time is over."""
        self.progress(Progress(f"checking {found.kind}"))

        def one(i: int) -> Checked | None:
            if self.clock.over(share):
                return None
            return check_window(self.around, opened, i) if opened else check_one(self.around, found, self.price, i)

        self.clock.ask()
        jobs, checked = [self.pool.submit(one, i) for i in found.best(most).tolist()], list[Checked]()
        for job in jobs:
            done = job.result()
            checked += [done] if done is not None else []
            self.clock.ask()
        return checked

    def _joint(self, found: Offers, checked: list[Checked]) -> JSON | None:
        """What the first ten gain together; single gains do not add up."""
        first, left = first_that_add_up([c for c in checked if c.proved], FIRST), self.clock.left(1.0)
        if not first or left <= 0.0:
            return None
        seconds = min(A_JOINT_SOLVE, left * JOINT_SHARE)
        together = check_together(self.around, found, self.price, np.array([c.offer for c in first]), self.pool, seconds)
        return {
            "rows": [found.rows[c.offer] | _gained(c) for c in first], "sum": round(sum(c.gain for c in first), 2),
            "gain": round(together.gain, 2) if together.proved else None, "more_visits": together.visits if together.proved else None,
        }  # fmt: skip


def _share(turn: int) -> float:
    """The share of the time by which the so many-th kind of change has had its turn."""
    return FOR_RECRUITS + (FOR_CHANGES - FOR_RECRUITS) * (turn + 1) / (len(KINDS) + 1)


def _told(found: Offers, checked: list[Checked], most: int) -> list[JSON]:
    """The rows of the file: those checked, the greatest gain first; then those that have a price alone."""
    proved = sorted((c for c in checked if c.proved), key=lambda c: (-round(c.gain, 2), -found.worth[c.offer], c.offer))
    rows = [found.rows[c.offer] | {"price": round(float(found.worth[c.offer]), 2), **_gained(c)} for c in proved]
    done = {c.offer for c in proved}
    rest = [int(i) for i in found.best(most) if i not in done]
    return rows + [found.rows[i] | {"price": round(float(found.worth[i]), 2), "gain": None} for i in rest[: most - len(rows)]]


def _gained(checked: Checked) -> JSON:
    return {"gain": round(checked.gain, 2), "more_visits": checked.visits}


def _how_near(found: Offers, checked: list[Checked]) -> JSON:
    """How many were checked, how many could not be proved in their time and are left out, and how well the prices told the gains."""
    proved = [c for c in checked if c.proved]
    worth, gain = found.worth[[c.offer for c in proved]], np.array([c.gain for c in proved])
    pearson, spearman, factor = (None if x is None else round(x, 4) for x in agreement(worth, gain))
    return {"checked": len(proved), "unproved": len(checked) - len(proved), "pearson": pearson, "spearman": spearman, "factor": factor}
