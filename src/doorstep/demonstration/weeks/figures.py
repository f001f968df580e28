"""What twelve weeks came to: known faces, even fill, even use, nobody forgotten, proposals kept, and the price."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from doorstep.demonstration.weeks.life import Week

MONTH = 4
TEN = 10


@dataclass(frozen=True)
class Figures:
    """The figures of one policy."""

    name: str
    weeks: int
    helpers_per_ten: float
    helpers_of_series: float
    evenness: float
    lowest: float
    highest: float
    gini: float
    fitted: int
    idle: float
    idle_last: int
    forgotten: float
    kept: float
    met: float
    value: float
    gap: float
    paid: float


def figures(name: str, weeks: Sequence[Week]) -> Figures:
    helpers = helpers_of_homes(weeks)
    fill = fill_of_places(weeks)
    idle, forgotten = idle_people(weeks), forgotten_people(weeks)
    value, bound = sum(w.value for w in weeks), sum(w.bound for w in weeks)
    return Figures(
        name=name, weeks=len(weeks), helpers_per_ten=_mean(helpers), helpers_of_series=_mean(helpers_of_series(weeks)),
        evenness=min(fill) / max(fill), lowest=min(fill), highest=max(fill), gini=gini(use_of_people(weeks)),
        fitted=len(set().union(*(w.fitted for w in weeks))), idle=_mean([len(who) for who in idle]),
        idle_last=len(idle[-1]) if idle else 0, forgotten=_mean([len(who) for who in forgotten]),
        kept=sum(w.kept for w in weeks) / max(1, sum(w.published for w in weeks)),
        met=sum(w.met for w in weeks) / max(1, sum(w.asked for w in weeks)), value=value, gap=(bound - value) / bound,
        paid=sum(w.paid for w in weeks) / max(1.0, value + sum(w.paid for w in weeks)),
    )  # fmt: skip


def _mean(numbers: Sequence[float]) -> float:
    return float(np.mean(numbers)) if len(numbers) else 0.0


def helpers_of_homes(weeks: Sequence[Week]) -> list[float]:
    """For each home with ten visits or more: different helpers among every ten visits in a row, on average.

    Every person at the door is a visit: two who come together are two.
    """
    visits: dict[str, list[str]] = defaultdict(list)
    for week in weeks:
        for home, who, _ in week.visits:
            visits[home].append(who)
    return _among_ten(visits.values())


def helpers_of_series(weeks: Sequence[Week]) -> list[float]:
    """The same for each matter that comes back, of every home."""
    visits: dict[str, list[str]] = defaultdict(list)
    for week in weeks:
        for _, who, matter in week.visits:
            visits[matter].append(who)
    return _among_ten(visits.values())


def _among_ten(visits: Iterable[Sequence[str]]) -> list[float]:
    return [_mean([len(set(people[at : at + TEN])) for at in range(len(people) - TEN + 1)]) for people in visits if len(people) >= TEN]


def fill_of_places(weeks: Sequence[Week]) -> list[float]:
    """The share of needs met in each community, all weeks together."""
    places = {place for week in weeks for place in week.needs}
    return [sum(w.served.get(p, 0) for w in weeks) / sum(w.needs.get(p, 0) for w in weeks) for p in sorted(places)]


def use_of_people(weeks: Sequence[Week]) -> list[float]:
    """Visits over what was offered, for everybody for whom something fitted in one of the weeks."""
    visits: dict[str, int] = defaultdict(int)
    offered: dict[str, int] = defaultdict(int)
    for week in weeks:
        for _, who, _ in week.visits:
            visits[who] += 1
        for who, count in week.offered.items():
            offered[who] += count
    return [visits[who] / offered[who] for who in set().union(*(week.fitted for week in weeks)) if offered[who]]


def gini(shares: Sequence[float]) -> float:
    """0: all the same; 1: one has everything."""
    x = np.sort(np.asarray(shares, dtype=np.float64))
    if not len(x) or x.sum() == 0:
        return 0.0
    return float(2 * (np.arange(1, len(x) + 1) * x).sum() / (len(x) * x.sum()) - (len(x) + 1) / len(x))


def idle_people(weeks: Sequence[Week]) -> list[set[str]]:
    """At the end of the fourth week and of every later one: for whom something fitted in the month, who said no to nothing, and who made no visit."""
    return [_of_month(weeks, end, lambda week: week.unwilling | {who for _, who, _ in week.visits}) for end in range(MONTH, len(weeks) + 1)]


def forgotten_people(weeks: Sequence[Week]) -> list[set[str]]:
    """The same, but who was not even asked once."""
    return [_of_month(weeks, end, lambda week: week.called) for end in range(MONTH, len(weeks) + 1)]


def _of_month(weeks: Sequence[Week], end: int, but: Callable[[Week], set[str]]) -> set[str]:
    month = weeks[end - MONTH : end]
    return set().union(*(week.fitted for week in month)) - set().union(*(but(week) for week in month))
