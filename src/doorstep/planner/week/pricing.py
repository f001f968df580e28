"""Each person's best week at given prices: an exact search, or a relaxed value that is never below it."""

from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .candidates import THREADS
from .caps import MOST_WATCHED, Ways, price_caps, ways
from .compiled import ZERO, compiled
from .labels import A_MINUTE, A_VISIT, FLOOR, IN_ALL, Labels, Limits, search, trace
from .packed import BOOKED, CELL, FIRST, IS_WORKER, LAST, MINUTES, MOST_VISITS, NEED, ROOM_MINUTES, ROOM_VISITS, Weeks, longest_week
from .problem import Floats, Ints

Effort = tuple[int, int, int]
# Turns of pricing caps, rounds of switching rules on, and labels a search may use.
CAREFUL, STEADY, QUICK = (40, 16, 60_000), (20, 16, 2_000), (8, 1, 500)
MOST_WAYS = 200_000
FEW = 500  # labels tried before caps are priced, where visits cost load
CLOSE_ENOUGH = 1e-3
UNLIMITED = 1e18


@dataclass(frozen=True)
class BestWeeks:
    """Per person: a value that no week of theirs exceeds, whether it is reached, and the options of a legal week (−1 beyond its end)."""

    value: Floats
    exact: Ints
    chosen: Ints


@compiled
def _in_hand(p: int, price: Floats, w: Weeks, hand: Ints, gain: Floats) -> tuple[int, float]:
    """Options that pay for themselves, and the crudest bound: the sum of all their gains."""
    m, total = 0, 0.0
    least = 0.0 if w.who[p, IS_WORKER] else 4.0 * w.who[p, BOOKED]
    for o in range(w.who[p, FIRST], w.who[p, LAST]):
        points = w.worth[o] + price[w.option[o, CELL]]
        if points > least:
            hand[m], gain[m] = o, points
            total += points - least
            m += 1
    return m, total


@compiled
def _faults(p: int, count: int, path: Ints, rule: Ints, watch: Ints, watching: int, w: Weeks) -> int:
    """Turns on the rules that the path breaks; returns how many needs are watched now, or −1 if the path is legal as it is."""
    minutes, broken = 0, False
    for i in range(count):
        minutes += w.need[w.option[path[i], NEED], MINUTES]
        for j in range(i):
            n = w.option[path[i], NEED]
            if w.option[path[j], NEED] == n:
                broken = True
                seen = watching >= MOST_WATCHED
                for k in range(watching):
                    seen = seen or watch[k] == n
                if not seen:
                    watch[watching] = n
                    watching += 1
    if count > w.who[p, ROOM_VISITS]:
        rule[0], broken = 1, True
    if minutes > w.who[p, ROOM_MINUTES]:
        rule[1], broken = 1, True
    return watching if broken else -1


@compiled
def _mend(p: int, count: int, path: Ints, w: Weeks) -> int:
    """Drops what breaks a cap or repeats a need from a relaxed week, so that what is left is legal."""
    kept, minutes = 0, 0
    for i in range(count):
        n, again = w.option[path[i], NEED], False
        for j in range(kept):
            again = again or w.option[path[j], NEED] == n
        if not again and kept < w.who[p, ROOM_VISITS] and minutes + w.need[n, MINUTES] <= w.who[p, ROOM_MINUTES]:
            path[kept] = path[i]
            kept += 1
            minutes += w.need[n, MINUTES]
    return kept


@compiled
def _exact(
    p: int,
    m: int,
    hand: Ints,
    gain: Floats,
    watch: Ints,
    watching: int,
    rounds: int,
    limits: Limits,
    w: Weeks,
    lab: Labels,
    first: Ints,
    path: Ints,
) -> tuple[float, int, int]:
    """Value, exactness and length of p's best week by labels: rules are switched on one after another as the best path breaks them.

    The value is −1 when no label rose above the floor: then nothing is better than what made the floor.
    """
    value, count, bits = UNLIMITED, ZERO, np.zeros(m, np.int64)
    rule = np.zeros(2, np.int64)
    # What costs a multiplier must count among labels from the start, or one that hope is given up for could have driven out a better one.
    rule[0] = 1 if not w.who[p, IS_WORKER] or limits.toll[A_VISIT] > 0 else 0
    rule[1] = 1 if limits.toll[A_MINUTE] > 0 else 0
    for _ in range(rounds):
        for j in range(m):
            for b in range(watching):
                if watch[b] == w.option[hand[j], NEED]:
                    bits[j] = 1 << b
        hub, hub_end = search(p, m, hand, gain, bits, rule, limits, w, lab, first)
        if hub < 0:
            break
        value, count = trace(hub, hub_end, hand, lab, path)
        if count == 0 or value <= limits.toll[FLOOR]:
            return -1.0, 1, ZERO
        found = _faults(p, count, path, rule, watch, watching, w)
        if found < 0:
            return value, 1, count
        watching = found
    return value, 0, _mend(p, count, path, w)


@compiled
def _capped(
    p: int, m: int, hand: Ints, gain: Floats, effort: tuple[int, int, int], found: Ways, w: Weeks, lab: Labels, first: Ints, path: Ints
) -> tuple[float, int, int]:
    """The same where labels alone would be too many: first caps are priced, and labels settle what that leaves open."""
    limits = Limits(np.empty(m), np.zeros(4), np.zeros(MOST_WATCHED))
    watch = np.zeros(MOST_WATCHED, np.int64)
    value, watching, count = price_caps(p, m, hand, gain, effort[0], w, found, limits, watch, path)
    floor = limits.toll[FLOOR]
    if value - floor < CLOSE_ENOUGH or effort[1] < 2:
        return value, int(value - floor < CLOSE_ENOUGH), count
    best = path[:count].copy()
    searched, exact, length = _exact(p, m, hand, gain, watch, watching, effort[1], limits, w, lab, first, path)
    if exact and searched > floor:
        return searched, 1, length
    path[:count] = best
    if exact:
        return floor, 1, count
    return min(value, searched), 0, count


@compiled
def _price(lo: int, hi: int, effort: tuple[int, int, int], price: Floats, w: Weeks, value: Floats, exact: Ints, chosen: Ints) -> None:
    """Best weeks of people lo…hi, whose rows in the answers begin at 0."""
    most = 1
    for p in range(lo, hi):
        most = max(most, w.who[p, LAST] - w.who[p, FIRST])
    hand, gain, first, path = np.empty(most, np.int64), np.empty(most), np.zeros(most + 1, np.int64), np.empty(most + MOST_VISITS, np.int64)
    numbers = np.empty((5, effort[2]), np.int64)
    lab = Labels(np.empty(effort[2]), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    few = Labels(lab.value[:FEW], lab.last[:FEW], lab.visits[:FEW], lab.minutes[:FEW], lab.watched[:FEW], lab.came_from[:FEW])
    found = Ways(np.empty(most + 1, np.int64), np.empty(MOST_WAYS, np.int64), np.empty(most, np.int64))
    free = Limits(np.zeros(most), np.zeros(4), np.zeros(MOST_WATCHED))
    free.toll[IN_ALL] = UNLIMITED
    watch = np.zeros(MOST_WATCHED, np.int64)
    for p in range(lo, hi):
        i = p - lo
        m, total = _in_hand(p, price, w, hand, gain)
        value[i], exact[i] = 0.0, 1
        if not m:
            continue
        exact[i], count = 0, ZERO
        value[i] = UNLIMITED
        if not w.who[p, IS_WORKER]:
            value[i], exact[i], count = _exact(p, m, hand, gain, watch, 0, effort[1], free, w, few, first, path)
        if not exact[i] and ways(p, m, hand, w, found):
            most_value = value[i]
            value[i], exact[i], count = _capped(p, m, hand, gain, effort, found, w, lab, first, path)
            value[i] = min(value[i], most_value)
        value[i], count = min(value[i], total), min(count, chosen.shape[1])
        chosen[i, :count] = path[:count]


def _priced(lo: int, hi: int, effort: Effort, price: Floats, weeks: Weeks, width: int) -> BestWeeks:
    """The answers are returned, not written to shared memory, so that any executor may do this."""
    people = hi - lo
    found = BestWeeks(np.zeros(people), np.ones(people, dtype=np.int64), np.full((people, width), -1, dtype=np.int64))
    _price(lo, hi, effort, price, weeks, found.value, found.exact, found.chosen)
    return found


def best_weeks(weeks: Weeks, price: Floats, pool: Executor, effort: Effort = CAREFUL) -> BestWeeks:
    """Every person's best week when each option also earns the price of its cell (prices may have any sign).

    Prices: one a cell. Values are exact unless marked, and then an upper bound: labels relax the cap of minutes, the number of visits of a
    social worker and the ban on a second visit to one need until the best path breaks them (decremental state-space relaxation, Righini and
    Salani 2008). The answer does not depend on the number of threads.
    """
    people, width = len(weeks.who), longest_week(weeks)
    cuts = np.searchsorted(weeks.who[:, FIRST], np.linspace(0, len(weeks.worth), 4 * THREADS + 1)[1:-1])
    cuts = np.unique(np.concatenate([[0], np.minimum(cuts, people), [people]])).astype(np.int64)
    jobs = [pool.submit(_priced, int(lo), int(hi), effort, price, weeks, width) for lo, hi in pairwise(cuts)]
    parts = [job.result() for job in jobs] or [_priced(0, 0, effort, price, weeks, width)]
    return BestWeeks(*(np.concatenate(column) for column in zip(*((p.value, p.exact, p.chosen) for p in parts), strict=True)))
