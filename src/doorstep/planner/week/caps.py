"""Bounds and weeks of a person whose caps bind: minutes, visits and second visits to one need are priced instead of counted."""

from typing import NamedTuple

import numpy as np

from .compiled import ZERO, compiled
from .labels import A_MINUTE, A_VISIT, FLOOR, IN_ALL, Limits
from .packed import BLOCK, BOOKED, END, IS_WORKER, MINUTES, NEED, ROOM_MINUTES, ROOM_VISITS, START, Weeks
from .problem import Floats, Ints
from .rules import in_time, square

MOST_WATCHED = 62
AN_HOUR = 60.0  # minutes are priced by the hour, so that all multipliers have the size of a visit
CLOSE = 1e-3
PATIENCE = 4  # turns without a better bound before the steps get shorter


class Ways(NamedTuple):
    """Which options in hand can follow which within a block (`follower[ptr[j]:ptr[j + 1]]`), and where the next block begins."""

    ptr: Ints
    follower: Ints
    beyond: Ints


class Tolls(NamedTuple):
    """Multipliers of an hour and a visit beyond the cap and of a second visit to each watched need, which needs these are, and their visits."""

    caps: Floats
    owed: Floats
    watch: Ints
    uses: Ints


@compiled
def ways(p: int, m: int, hand: Ints, w: Weeks, found: Ways) -> bool:
    """Fills in which of the m options in hand can follow which; False when there are too many ways."""
    count, beyond = ZERO, m
    for j in range(m - 1, -1, -1):
        if j + 1 < m and w.option[hand[j + 1], BLOCK] != w.option[hand[j], BLOCK]:
            beyond = j + 1
        found.beyond[j] = beyond
    for j in range(m):
        found.ptr[j] = count
        before = hand[j]
        for k in range(j + 1, found.beyond[j]):
            o = hand[k]
            gap = w.option[o, START] - w.option[before, END]
            if gap < 0 or w.option[before, NEED] == w.option[o, NEED]:
                continue
            if in_time(square(w.place, w.option[before, NEED], w.place, w.option[o, NEED]), w.pace[p], gap):
                if count >= len(found.follower):
                    return False
                found.follower[count] = k
                count += 1
    found.ptr[m] = count
    return True


@compiled
def _backward(m: int, points: Floats, found: Ways, rest: Floats, after: Ints, best: Floats, begin: Ints) -> None:
    """The most that can follow each option, and what comes next; `best` and `begin` the same for everything from an option on."""
    best[m], begin[m] = 0.0, -1
    for j in range(m - 1, -1, -1):
        most, next_one = best[found.beyond[j]], begin[found.beyond[j]]
        for e in range(found.ptr[j], found.ptr[j + 1]):
            k = found.follower[e]
            if points[k] + rest[k] > most:
                most, next_one = points[k] + rest[k], k
        rest[j], after[j] = most, next_one
        if points[j] + most > best[j + 1]:
            best[j], begin[j] = points[j] + most, j
        else:
            best[j], begin[j] = best[j + 1], begin[j + 1]


@compiled
def _worth_their_load(kept: int, at: Ints, gain: Floats, booked: int) -> int:
    """Drops the visit that pays least while it pays less than its load; returns how many are left."""
    while kept:
        worst = ZERO
        for i in range(kept):
            if gain[at[i]] < gain[at[worst]]:
                worst = i
        if gain[at[worst]] >= 4.0 * (booked + kept - 1):
            break
        for i in range(worst, kept - 1):
            at[i] = at[i + 1]
        kept -= 1
    return kept


@compiled
def _legal(p: int, count: int, at: Ints, hand: Ints, gain: Floats, w: Weeks) -> tuple[float, int]:
    """Makes the path `at` (positions in hand) legal by leaving visits out, and returns its value and length.

    The poorer of two to one need goes first, then what pays least by the minute, then what pays less than the load of one more visit.
    """
    minutes, value = ZERO, 0.0
    for i in range(count):
        for j in range(i):
            if at[j] >= 0 and at[i] >= 0 and w.option[hand[at[i]], NEED] == w.option[hand[at[j]], NEED]:
                if gain[at[j]] < gain[at[i]]:
                    at[j] = -1
                else:
                    at[i] = -1
    kept = ZERO
    for i in range(count):
        if at[i] >= 0:
            at[kept] = at[i]
            kept += 1
            minutes += w.need[w.option[hand[at[kept - 1]], NEED], MINUTES]
    while kept > w.who[p, ROOM_VISITS] or minutes > w.who[p, ROOM_MINUTES]:
        worst, least = ZERO, 1e18
        for i in range(kept):
            took = w.need[w.option[hand[at[i]], NEED], MINUTES]
            rate = gain[at[i]] / (took if minutes > w.who[p, ROOM_MINUTES] else 1)
            if rate < least:
                worst, least = i, rate
        minutes -= w.need[w.option[hand[at[worst]], NEED], MINUTES]
        for i in range(worst, kept - 1):
            at[i] = at[i + 1]
        kept -= 1
    if not w.who[p, IS_WORKER]:
        kept = _worth_their_load(kept, at, gain, w.who[p, BOOKED])
        value -= 2.0 * kept * (kept - 1 + 2 * w.who[p, BOOKED])
    for i in range(kept):
        value += gain[at[i]]
    return value, kept


@compiled
def _charge(p: int, m: int, hand: Ints, gain: Floats, watching: int, tolls: Tolls, w: Weeks, points: Floats) -> None:
    """What each option in hand brings when caps and watched needs cost their multipliers, and load no more than the least it can."""
    least = 0.0 if w.who[p, IS_WORKER] else 4.0 * w.who[p, BOOKED]
    for j in range(m):
        n = w.option[hand[j], NEED]
        points[j] = gain[j] - least - tolls.caps[0] * w.need[n, MINUTES] / AN_HOUR - tolls.caps[1]
        for b in range(watching):
            if tolls.watch[b] == n:
                points[j] -= tolls.owed[b]


@compiled
def _walk(start: int, after: Ints, hand: Ints, watching: int, tolls: Tolls, w: Weeks, at: Ints) -> tuple[int, int, int]:
    """Writes a best path down (`at`, positions in hand) and watches the needs it repeats; returns its length, its minutes, needs watched."""
    count, minutes, j = ZERO, ZERO, start
    while j >= 0:
        at[count] = j
        n = w.option[hand[j], NEED]
        minutes += w.need[n, MINUTES]
        for i in range(count):
            if w.option[hand[at[i]], NEED] == n and watching < MOST_WATCHED:
                seen = False
                for b in range(watching):
                    seen = seen or tolls.watch[b] == n
                if not seen:
                    tolls.watch[watching] = n
                    watching += 1
        count += 1
        j = after[j]
    tolls.uses[:] = 0
    for i in range(count):
        for b in range(watching):
            if tolls.watch[b] == w.option[hand[at[i]], NEED]:
                tolls.uses[b] += 1
    return count, minutes, watching


@compiled
def _step(missing: float, hours: float, visits: float, watching: int, tolls: Tolls) -> bool:
    """Moves the multipliers along what is over the caps (hours, visits, second visits); False when nothing is."""
    norm = 0.0
    if hours > 0 or tolls.caps[0] > 0:
        norm += hours**2
    if visits > 0 or tolls.caps[1] > 0:
        norm += visits**2
    for b in range(watching):
        if tolls.uses[b] > 1 or tolls.owed[b] > 0:
            norm += (tolls.uses[b] - 1.0) ** 2
    if norm == 0:
        return False
    length = missing / norm
    tolls.caps[0] = max(0.0, tolls.caps[0] + length * hours)
    tolls.caps[1] = max(0.0, tolls.caps[1] + length * visits)
    for b in range(watching):
        tolls.owed[b] = max(0.0, tolls.owed[b] + length * (tolls.uses[b] - 1.0))
    return True


@compiled
def price_caps(
    p: int, m: int, hand: Ints, gain: Floats, turns: int, w: Weeks, found: Ways, limits: Limits, watch: Ints, path: Ints
) -> tuple[float, int, int]:
    """A value that no week of p exceeds, the number of needs watched, and the length of the best legal week found (in `path`).

    A minute beyond the cap, a visit beyond it and a second visit to one need cost multipliers that subgradient steps improve (Held and Karp
    1971; steps by Polyak's rule). The best multipliers are left in `limits`, and the legal week's value is its floor.
    """
    points, rest, best = np.empty(m), np.empty(m), np.empty(m + 1)
    after, begin, at = np.empty(m, np.int64), np.empty(m + 1, np.int64), np.empty(m, np.int64)
    tolls = Tolls(np.zeros(2), np.zeros(MOST_WATCHED), watch, np.zeros(MOST_WATCHED, np.int64))
    lowest, watching, length, stale, scale = 1e18, ZERO, ZERO, ZERO, 1.0
    limits.toll[FLOOR] = 0.0
    for _ in range(turns):
        in_all = tolls.caps[0] * w.who[p, ROOM_MINUTES] / AN_HOUR + tolls.caps[1] * w.who[p, ROOM_VISITS] + tolls.owed[:watching].sum()
        _charge(p, m, hand, gain, watching, tolls, w, points)
        _backward(m, points, found, rest, after, best, begin)
        value, stale = best[0] + in_all, stale + 1
        if value < lowest - 1e-9:
            lowest, stale = value, ZERO
            limits.rest[:m], limits.owed[:] = rest, tolls.owed
            limits.toll[A_MINUTE], limits.toll[A_VISIT], limits.toll[IN_ALL] = tolls.caps[0] / AN_HOUR, tolls.caps[1], in_all
        count, minutes, watching = _walk(begin[0], after, hand, watching, tolls, w, at)
        hours, visits = (minutes - w.who[p, ROOM_MINUTES]) / AN_HOUR, float(count - w.who[p, ROOM_VISITS])
        earned, kept = _legal(p, count, at, hand, gain, w)
        if earned > limits.toll[FLOOR]:
            limits.toll[FLOOR], length = earned, kept
            for i in range(kept):
                path[i] = hand[at[i]]
        if stale >= PATIENCE:
            scale, stale = scale / 2, ZERO
        missing = value - limits.toll[FLOOR]
        if lowest - limits.toll[FLOOR] < CLOSE or not _step(scale * missing, hours, visits, watching, tolls):
            break
    return lowest, watching, length
