"""Each person's best week at given prices: an exact search, or a relaxed value that is never below it."""

from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .candidates import THREADS
from .compiled import NONE, ONE, ZERO, compiled
from .packed import (
    BLOCK,
    BOOKED,
    CELL,
    END,
    FIRST,
    IS_WORKER,
    LAST,
    MINUTES,
    MOST_VISITS,
    NEED,
    ROOM_MINUTES,
    ROOM_VISITS,
    START,
    Weeks,
    longest_week,
)
from .problem import Floats, Ints
from .rules import in_time, square

MOST_LABELS = 60_000
# Rounds of switching rules on, and labels a search may use.
CAREFUL, STEADY, QUICK = (16, MOST_LABELS), (16, 16_000), (1, 16_000)
MOST_WATCHED = 62


class Labels(NamedTuple):
    """Partial weeks: value so far, last option (−1 at the start of a block), visits, minutes, needs to watch, and where it came from."""

    value: Floats
    last: Ints
    visits: Ints
    minutes: Ints
    watched: Ints
    came_from: Ints


@dataclass(frozen=True)
class BestWeeks:
    """Per person: a value that no week of theirs exceeds, whether it is reached, and the options of a legal week (−1 beyond its end)."""

    value: Floats
    exact: Ints
    chosen: Ints


@compiled
def _add(node: int, n: int, value: float, last: int, visits: int, minutes: int, watched: int, origin: int, rule: Ints, lab: Labels) -> int:
    """Adds a label to those from `node` to n unless another one there is as good in all that counts; returns the new n."""
    i = node
    while i < n:
        less = lab.value[i] >= value and (rule[0] == 0 or lab.visits[i] <= visits) and (rule[1] == 0 or lab.minutes[i] <= minutes)
        if less and (lab.watched[i] & ~watched) == 0:
            return n
        more = lab.value[i] <= value and (rule[0] == 0 or lab.visits[i] >= visits) and (rule[1] == 0 or lab.minutes[i] >= minutes)
        if more and (watched & ~lab.watched[i]) == 0:
            n -= 1
            lab.value[i], lab.last[i], lab.visits[i] = lab.value[n], lab.last[n], lab.visits[n]
            lab.minutes[i], lab.watched[i], lab.came_from[i] = lab.minutes[n], lab.watched[n], lab.came_from[n]
        else:
            i += 1
    lab.value[n], lab.last[n], lab.visits[n] = value, last, visits
    lab.minutes[n], lab.watched[n], lab.came_from[n] = minutes, watched, origin
    return n + 1


@compiled
def _extend(lo: int, hi: int, node: int, n: int, p: int, j: int, o: int, gain: float, bit: int, rule: Ints, w: Weeks, lab: Labels) -> int:
    """Lengthens the labels lo…hi by option o (the j-th in hand); returns the new number of labels, −1 when there is no room."""
    took = w.need[w.option[o, NEED], MINUTES]
    for i in range(lo, hi):
        if n >= len(lab.value) - 1:
            return -1
        visits, minutes = lab.visits[i] + 1, lab.minutes[i] + took
        if (rule[0] and visits > w.who[p, ROOM_VISITS]) or (rule[1] and minutes > w.who[p, ROOM_MINUTES]) or (lab.watched[i] & bit):
            continue
        value = lab.value[i] + gain
        if not w.who[p, IS_WORKER]:
            value -= 4.0 * (w.who[p, BOOKED] + lab.visits[i])
        if value > 0:  # else the part before is better dropped
            n = _add(node, n, value, j, visits, minutes, lab.watched[i] | bit, i, rule, lab)
    return n


@compiled
def _search(p: int, m: int, hand: Ints, gain: Floats, bits: Ints, rule: Ints, w: Weeks, lab: Labels, first: Ints) -> tuple[int, int]:
    """All undominated weeks from the m options in hand: the range of labels that reach the end, or (−1, −1) when there is no room."""
    lab.value[0], lab.last[0], lab.visits[0], lab.minutes[0], lab.watched[0], lab.came_from[0] = 0.0, -1, 0, 0, 0, -1
    n, hub, hub_end, i = ONE, ZERO, ONE, ZERO
    while i < m:
        block, j, opened = w.option[hand[i], BLOCK], i, n
        while j < m and w.option[hand[j], BLOCK] == block:
            o, node = hand[j], n
            first[j] = node
            n = _extend(hub, hub_end, node, n, p, j, o, gain[j], bits[j], rule, w, lab)
            for a in range(i, j):
                before = hand[a]
                gap = w.option[o, START] - w.option[before, END]
                if n < 0 or gap < 0 or w.option[before, NEED] == w.option[o, NEED] or first[a + 1] == first[a]:
                    continue
                if in_time(square(w.place, w.option[before, NEED], w.place, w.option[o, NEED]), w.pace[p], gap):
                    n = _extend(first[a], first[a + 1], node, n, p, j, o, gain[j], bits[j], rule, w, lab)
            if n < 0:
                return -1, -1
            j += 1
            first[j] = n
        if n + (n - hub) >= len(lab.value):
            return -1, -1
        closed = n
        for part in range(2):
            for i in range(hub if part == 0 else opened, hub_end if part == 0 else closed):
                n = _add(closed, n, lab.value[i], NONE, lab.visits[i], lab.minutes[i], lab.watched[i], i, rule, lab)
        hub, hub_end, i = closed, n, j
    return hub, hub_end


@compiled
def _trace(hub: int, hub_end: int, hand: Ints, lab: Labels, path: Ints) -> tuple[float, int]:
    """The best label's value and its options in order of time."""
    best = hub
    for i in range(hub, hub_end):
        if lab.value[i] > lab.value[best]:
            best = i
    count, at = 0, best
    while at >= 0:
        if lab.last[at] >= 0 and count < len(path):
            path[count] = hand[lab.last[at]]
            count += 1
        at = lab.came_from[at]
    for i in range(count // 2):
        path[i], path[count - 1 - i] = path[count - 1 - i], path[i]
    return lab.value[best], count


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
def _best_week(
    p: int, m: int, total: float, hand: Ints, gain: Floats, w: Weeks, lab: Labels, first: Ints, path: Ints, rounds: int
) -> tuple[float, int, int]:
    """Value, exactness and length of p's best week: rules are switched on one after another as the best path breaks them."""
    value, count, watching = total, ZERO, ZERO
    rule, watch, bits = np.zeros(2, np.int64), np.zeros(MOST_WATCHED, np.int64), np.zeros(m, np.int64)
    rule[0] = 1 - w.who[p, IS_WORKER]
    for _ in range(rounds):
        hub, hub_end = _search(p, m, hand, gain, bits, rule, w, lab, first)
        if hub < 0:
            break
        value, count = _trace(hub, hub_end, hand, lab, path)
        found = _faults(p, count, path, rule, watch, watching, w)
        if found < 0:
            return value, 1, count
        watching = found
        for j in range(m):
            for b in range(watching):
                if watch[b] == w.option[hand[j], NEED]:
                    bits[j] = 1 << b
    return value, 0, _mend(p, count, path, w)


@compiled
def _price(lo: int, hi: int, effort: tuple[int, int], price: Floats, w: Weeks, value: Floats, exact: Ints, chosen: Ints) -> None:
    """Best weeks of people lo…hi."""
    most = 1
    for p in range(lo, hi):
        most = max(most, w.who[p, LAST] - w.who[p, FIRST])
    hand, gain, first, path = np.empty(most, np.int64), np.empty(most), np.zeros(most + 1, np.int64), np.empty(MOST_VISITS + 1, np.int64)
    numbers = np.empty((5, effort[1]), np.int64)
    lab = Labels(np.empty(effort[1]), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    for p in range(lo, hi):
        chosen[p, :] = -1
        m, total = _in_hand(p, price, w, hand, gain)
        value[p], exact[p] = 0.0, 1
        if m:
            value[p], exact[p], count = _best_week(p, m, total, hand, gain, w, lab, first, path, effort[0])
            chosen[p, :count] = path[:count]


def best_weeks(weeks: Weeks, price: Floats, pool: Executor, effort: tuple[int, int] = CAREFUL) -> BestWeeks:
    """Every person's best week when each option also earns the price of its cell (prices may have any sign).

    Prices: one a cell. Values are exact unless marked, and then an upper bound: labels relax the cap of minutes, the number of visits of a
    social worker and the ban on a second visit to one need until the best path breaks them (decremental state-space relaxation, Righini and
    Salani 2008). The answer does not depend on the number of threads.
    """
    people = len(weeks.who)
    width = longest_week(weeks)
    value, exact, chosen = np.zeros(people), np.ones(people, dtype=np.int64), np.full((people, width), -1, dtype=np.int64)
    cuts = np.searchsorted(weeks.who[:, FIRST], np.linspace(0, len(weeks.worth), 4 * THREADS + 1)[1:-1])
    cuts = np.unique(np.concatenate([[0], np.minimum(cuts, people), [people]])).astype(np.int64)
    spans = pairwise(cuts)
    jobs = [pool.submit(_price, int(lo), int(hi), effort, price, weeks, value, exact, chosen) for lo, hi in spans]
    for job in jobs:
        job.result()
    return BestWeeks(value, exact, chosen)
