"""An exact search over one person's weeks: labels are partial weeks, dominated ones are dropped, and those that cannot win."""

from typing import NamedTuple

from .compiled import NONE, ONE, ZERO, compiled
from .packed import BLOCK, BOOKED, END, IS_WORKER, MINUTES, NEED, ROOM_MINUTES, ROOM_VISITS, START, Weeks
from .problem import Floats, Ints
from .rules import in_time, square

A_MINUTE, A_VISIT, IN_ALL, FLOOR = range(4)


class Labels(NamedTuple):
    """Partial weeks: value so far, last option (−1 at the start of a block), visits, minutes, needs to watch, and where it came from."""

    value: Floats
    last: Ints
    visits: Ints
    minutes: Ints
    watched: Ints
    came_from: Ints


class Limits(NamedTuple):
    """What tells early that a partial week cannot win.

    `rest` is the most that can follow each option in hand when a minute, a visit and each watched need cost their multipliers; `toll` has
    the multipliers of a minute and a visit, what the caps are worth in all, and the value that is reached already; `owed` those of needs.
    """

    rest: Floats
    toll: Floats
    owed: Floats


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
def _hopeless(value: float, rest: float, visits: int, minutes: int, watched: int, limits: Limits) -> bool:
    """Whether no completion of a partial week can rise above the floor."""
    most = value + rest + limits.toll[IN_ALL] - limits.toll[A_MINUTE] * minutes - limits.toll[A_VISIT] * visits
    b = ZERO
    while watched:
        if watched & 1:
            most -= limits.owed[b]
        watched >>= 1
        b += 1
    return bool(most <= limits.toll[FLOOR] + 1e-9)


@compiled
def _extend(
    lo: int, hi: int, node: int, n: int, p: int, j: int, o: int, gain: float, bit: int, rule: Ints, limits: Limits, w: Weeks, lab: Labels
) -> int:
    """Lengthens the labels lo…hi by option o (the j-th in hand); returns the new number of labels, −1 when there is no room."""
    took = w.need[w.option[o, NEED], MINUTES]
    for i in range(lo, hi):
        if n >= len(lab.value) - 1:
            return -1
        visits, minutes, watched = lab.visits[i] + 1, lab.minutes[i] + took, lab.watched[i] | bit
        if (rule[0] and visits > w.who[p, ROOM_VISITS]) or (rule[1] and minutes > w.who[p, ROOM_MINUTES]) or (lab.watched[i] & bit):
            continue
        value = lab.value[i] + gain
        if not w.who[p, IS_WORKER]:
            value -= 4.0 * (w.who[p, BOOKED] + lab.visits[i])
        # A beginning that earns nothing is better dropped.
        if value > 0 and not _hopeless(value, limits.rest[j], visits, minutes, watched, limits):
            n = _add(node, n, value, j, visits, minutes, watched, i, rule, lab)
    return n


@compiled
def search(
    p: int, m: int, hand: Ints, gain: Floats, bits: Ints, rule: Ints, limits: Limits, w: Weeks, lab: Labels, first: Ints
) -> tuple[int, int]:
    """All weeks from the m options in hand that may be best: the range of labels that reach the end, or (−1, −1) when there is no room."""
    lab.value[0], lab.last[0], lab.visits[0], lab.minutes[0], lab.watched[0], lab.came_from[0] = 0.0, -1, 0, 0, 0, -1
    n, hub, hub_end, i = ONE, ZERO, ONE, ZERO
    while i < m:
        block, j, opened = w.option[hand[i], BLOCK], i, n
        while j < m and w.option[hand[j], BLOCK] == block:
            o, node = hand[j], n
            first[j] = node
            n = _extend(hub, hub_end, node, n, p, j, o, gain[j], bits[j], rule, limits, w, lab)
            for a in range(i, j):
                before = hand[a]
                gap = w.option[o, START] - w.option[before, END]
                if n < 0 or gap < 0 or w.option[before, NEED] == w.option[o, NEED] or first[a + 1] == first[a]:
                    continue
                if in_time(square(w.place, w.option[before, NEED], w.place, w.option[o, NEED]), w.pace[p], gap):
                    n = _extend(first[a], first[a + 1], node, n, p, j, o, gain[j], bits[j], rule, limits, w, lab)
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
def trace(hub: int, hub_end: int, hand: Ints, lab: Labels, path: Ints) -> tuple[float, int]:
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
