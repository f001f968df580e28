"""Bounds and weeks of a person whose caps bind: minutes, visits and second visits to one need are priced instead of counted."""

from typing import NamedTuple

import numpy as np

from .compiled import ZERO, compiled
from .labels import A_MINUTE, A_VISIT, FLOOR, IN_ALL, Limits
from .packed import BLOCK, END, MINUTES, NEED, ROOM_MINUTES, ROOM_VISITS, START, Weeks
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
def _legal(p: int, count: int, at: Ints, hand: Ints, gain: Floats, w: Weeks) -> tuple[float, int]:
    """Makes the path `at` (positions in hand) legal by leaving visits out: the poorer of two to one need, then the least by the minute."""
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
    for i in range(kept):
        value += gain[at[i]]
    return value, kept


@compiled
def price_caps(
    p: int, m: int, hand: Ints, gain: Floats, turns: int, w: Weeks, found: Ways, limits: Limits, watch: Ints, path: Ints
) -> tuple[float, int, int]:
    """A value that no week of p exceeds, the number of needs watched, and the length of the best legal week found (in `path`).

    A minute beyond the cap, a visit beyond it and a second visit to one need cost multipliers that subgradient steps improve (Held and Karp
    1971; steps by Polyak's rule). The best multipliers are left in `limits`, and the legal week's value is its floor.
    """
    points, rest, best = np.empty(m), np.empty(m), np.empty(m + 1)
    after, begin, at, uses = np.empty(m, np.int64), np.empty(m + 1, np.int64), np.empty(m, np.int64), np.empty(MOST_WATCHED, np.int64)
    toll, owed, lowest, watching, length, stale, scale = np.zeros(2), np.zeros(MOST_WATCHED), 1e18, ZERO, ZERO, ZERO, 1.0
    room_minutes, room_visits = w.who[p, ROOM_MINUTES], w.who[p, ROOM_VISITS]
    limits.toll[FLOOR] = 0.0
    for _ in range(turns):
        in_all = toll[0] * room_minutes / AN_HOUR + toll[1] * room_visits
        for b in range(watching):
            in_all += owed[b]
        for j in range(m):
            n = w.option[hand[j], NEED]
            points[j] = gain[j] - toll[0] * w.need[n, MINUTES] / AN_HOUR - toll[1]
            for b in range(watching):
                if watch[b] == n:
                    points[j] -= owed[b]
        _backward(m, points, found, rest, after, best, begin)
        value = best[0] + in_all
        stale = stale + 1
        if value < lowest - 1e-9:
            lowest, stale = value, ZERO
            limits.rest[:m], limits.owed[:] = rest, owed
            limits.toll[A_MINUTE], limits.toll[A_VISIT], limits.toll[IN_ALL] = toll[0] / AN_HOUR, toll[1], in_all
        count, j, minutes = ZERO, begin[0], ZERO
        uses[:] = 0
        while j >= 0:
            at[count] = j
            n = w.option[hand[j], NEED]
            minutes += w.need[n, MINUTES]
            for i in range(count):
                if w.option[hand[at[i]], NEED] == n and watching < MOST_WATCHED:
                    seen = False
                    for b in range(watching):
                        seen = seen or watch[b] == n
                    if not seen:
                        watch[watching] = n
                        watching += 1
            count += 1
            j = after[j]
        for i in range(count):
            for b in range(watching):
                if watch[b] == w.option[hand[at[i]], NEED]:
                    uses[b] += 1
        over_minutes, over_visits = (minutes - room_minutes) / AN_HOUR, float(count - room_visits)
        earned, kept = _legal(p, count, at, hand, gain, w)
        if earned > limits.toll[FLOOR]:
            limits.toll[FLOOR], length = earned, kept
            for i in range(kept):
                path[i] = hand[at[i]]
        if lowest - limits.toll[FLOOR] < CLOSE:
            break
        if stale >= PATIENCE:
            scale, stale = scale / 2, ZERO
        norm = 0.0
        if over_minutes > 0 or toll[0] > 0:
            norm += over_minutes**2
        if over_visits > 0 or toll[1] > 0:
            norm += over_visits**2
        for b in range(watching):
            if uses[b] > 1 or owed[b] > 0:
                norm += (uses[b] - 1.0) ** 2
        if norm == 0:
            break
        step = scale * (value - limits.toll[FLOOR]) / norm
        toll[0] = max(0.0, toll[0] + step * over_minutes)
        toll[1] = max(0.0, toll[1] + step * over_visits)
        for b in range(watching):
            owed[b] = max(0.0, owed[b] + step * (uses[b] - 1.0))
    return lowest, watching, length
