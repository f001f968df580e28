"""Makes a legal draft better by force: a need left out takes what it wants, and whoever stood in its way is placed anew."""

import math
from typing import NamedTuple

import numpy as np

from .compiled import NONE, ZERO, compiled
from .draft import Board, Draft, clashes, home_is_free, put, side_by_side, take_out, toll
from .packed import HOME, MINUTES, NEED, PERSON, ROOM_MINUTES, ROOM_VISITS, SEATS, SEATS_END, START, STARTS, STARTS_END, Weeks
from .problem import Ints

MOST_MOVED = 24  # needs that one exchange may touch
LOOKED_AT = 12  # people looked at for a seat that is taken by force
PASSED_OVER = 40  # one in so many good places is passed over, so that the same search finds other ways
FORCED, LEAVING = 3, 4  # of LEAVING exchanges FORCED begin with a need left out, the others with a visit taken out


class Side(NamedTuple):
    """One half of the district, which one thread may change: people, needs, and the needs that somebody could take."""

    people: Ints
    needs: Ints
    mine: int
    order: Ints


class Log(NamedTuple):
    """What an exchange has touched: its needs, the option on each of their seats before, how many of both, and the random state."""

    needs: Ints
    before: Ints
    counts: Ints
    random: "np.ndarray[tuple[int], np.dtype[np.uint64]]"


@compiled
def _draw(log: Log, below: int) -> int:
    """A number from 0 to below − 1 (xorshift, so that each thread repeats itself)."""
    x = log.random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    log.random[0] = x
    return int(np.int64((x >> np.uint64(33)) % np.uint64(below)))


@compiled
def _first_at(s: int, t: int, w: Weeks, b: Board) -> int:
    """Where the options of seat s that begin at t or later start in `by_seat`."""
    lo, hi = b.seat_ptr[s], b.seat_ptr[s + 1]
    while lo < hi:
        mid = (lo + hi) // 2
        if w.option[b.by_seat[mid], START] < t:
            lo = mid + 1
        else:
            hi = mid
    return int(lo)


@compiled
def _in_team(p: int, team: Ints, size: int, w: Weeks) -> bool:
    found = False
    for k in range(size):
        found = found or w.option[team[k], PERSON] == p
    return found


@compiled
def _remember(n: int, w: Weeks, d: Draft, log: Log) -> bool:
    """Notes what need n had before the exchange; False when there is no room for one more."""
    for i in range(log.counts[0]):
        if log.needs[i] == n:
            return True
    seats = w.need[n, SEATS_END] - w.need[n, SEATS]
    if log.counts[0] >= len(log.needs) or log.counts[1] + seats > len(log.before):
        return False
    log.needs[log.counts[0]] = n
    log.counts[0] += 1
    for s in range(w.need[n, SEATS], w.need[n, SEATS_END]):
        log.before[log.counts[1]] = d.seat_option[s]
        log.counts[1] += 1
    return True


@compiled
def _leave(n: int, w: Weeks, b: Board, d: Draft) -> float:
    """Takes a need's visit out; returns what the plan loses."""
    lost = 0.0
    if d.need_start[n] < 0:
        return float(lost)
    lost = w.value[n]
    for s in range(w.need[n, SEATS], w.need[n, SEATS_END]):
        o = d.seat_option[s]
        take_out(o, w, b, d)
        lost += w.worth[o] - toll(w.option[o, PERSON], d.visits[w.option[o, PERSON]], w)
    return float(lost)


@compiled
def _undo(w: Weeks, b: Board, d: Draft, log: Log) -> None:
    """Everything as it was before the exchange."""
    for i in range(log.counts[0]):
        _leave(log.needs[i], w, b, d)
    at = 0
    for i in range(log.counts[0]):
        n = log.needs[i]
        for _ in range(w.need[n, SEATS], w.need[n, SEATS_END]):
            if log.before[at] >= 0:
                put(log.before[at], w, b, d)
            at += 1


@compiled
def _best_free(
    s: int, t: int, least: float, team: Ints, size: int, w: Weeks, b: Board, d: Draft, side: Side, log: Log
) -> tuple[int, float]:
    """The best person of this side for seat s at start t with nothing in the way, and what they add; −1 if nobody adds more than `least`."""
    best, most, hi = NONE, least, b.seat_ptr[s + 1]
    i = _first_at(s, t, w, b)
    while i < hi and w.option[b.by_seat[i], START] == t:
        o = b.by_seat[i]
        i += 1
        p = w.option[o, PERSON]
        points = w.worth[o] - toll(p, d.visits[p], w)
        if points <= most or side.people[p] != side.mine or d.visits[p] >= w.who[p, ROOM_VISITS] or _in_team(p, team, size, w):
            continue
        if clashes(o, w, b, d)[0] == 0 and _draw(log, PASSED_OVER) > 0:
            best, most = o, points
    return best, most


@compiled
def _enter(n: int, starts: Ints, w: Weeks, b: Board, d: Draft, side: Side, log: Log, team: Ints, best: Ints) -> float:
    """Adds need n at its best free place; returns what the plan gains (0 if there is none)."""
    lo, seats, most = w.need[n, SEATS], w.need[n, SEATS_END] - w.need[n, SEATS], 0.0
    for k in range(w.need[n, STARTS], w.need[n, STARTS_END]):
        if not home_is_free(n, starts[k], NONE, w, b, d):
            continue
        adds, size = w.value[n], ZERO
        while size < seats:
            least = most - adds if seats == 1 else -1e18
            o, points = _best_free(lo + size, starts[k], least, team, size, w, b, d, side, log)
            if o < 0:
                break
            team[size] = o
            adds += points
            size += 1
        if size == seats and adds > most:
            most = adds
            best[:seats] = team[:seats]
    if most > 0:
        for k in range(seats):
            put(best[k], w, b, d)
    return most


@compiled
def _is_mine(n: int, w: Weeks, d: Draft, side: Side) -> bool:
    """Whether this thread may move need n: its home and its whole team are on this side."""
    if side.needs[n] != side.mine:
        return False
    if d.need_start[n] >= 0:
        for s in range(w.need[n, SEATS], w.need[n, SEATS_END]):
            if side.people[w.option[d.seat_option[s], PERSON]] != side.mine:
                return False
    return True


@compiled
def _harm(o: int, w: Weeks, d: Draft, side: Side) -> float:
    """What stands in the way of option o is worth this much; infinity where it may not be moved."""
    p, harm, cheapest, stays = w.option[o, PERSON], 0.0, 1e18, ZERO
    minutes = d.minutes[p] + w.need[w.option[o, NEED], MINUTES]
    for i in range(d.visits[p]):
        q = d.week[p, i]
        n = w.option[q, NEED]
        if side_by_side(o, q, w.pace[p], w):
            stays += 1
            cheapest = min(cheapest, w.value[n])
            continue
        if not _is_mine(n, w, d, side):
            return 1e18
        harm += w.value[n]
        minutes -= w.need[n, MINUTES]
    if stays + 1 > w.who[p, ROOM_VISITS] or minutes > w.who[p, ROOM_MINUTES]:
        harm += cheapest
    return float(harm)


@compiled
def _make_room(o: int, w: Weeks, b: Board, d: Draft, side: Side, log: Log) -> float:
    """Takes out what stands in the way of option o; returns what the plan loses, infinity if it cannot be done."""
    p, lost, i = w.option[o, PERSON], 0.0, ZERO
    while i < d.visits[p]:
        q = d.week[p, i]
        if side_by_side(o, q, w.pace[p], w):
            i += 1
            continue
        n = w.option[q, NEED]
        if not _is_mine(n, w, d, side) or not _remember(n, w, d, log):
            return 1e18
        lost += _leave(n, w, b, d)
    while d.visits[p] + 1 > w.who[p, ROOM_VISITS] or d.minutes[p] + w.need[w.option[o, NEED], MINUTES] > w.who[p, ROOM_MINUTES]:
        if d.visits[p] == 0:
            return 1e18
        cheapest = w.option[d.week[p, 0], NEED]
        for i in range(1, d.visits[p]):
            n = w.option[d.week[p, i], NEED]
            if w.value[n] < w.value[cheapest]:
                cheapest = n
        if not _is_mine(cheapest, w, d, side) or not _remember(cheapest, w, d, log):
            return 1e18
        lost += _leave(cheapest, w, b, d)
    return float(lost)


@compiled
def _victim(s: int, t: int, team: Ints, size: int, w: Weeks, b: Board, d: Draft, side: Side, log: Log) -> int:
    """The option of seat s at t that does the least harm, among a few that chance picks."""
    lo, hi = _first_at(s, t, w, b), _first_at(s, t + 1, w, b)
    best, least = NONE, 1e17
    if hi == lo:
        return int(best)
    i = lo + _draw(log, hi - lo)
    for _ in range(min(hi - lo, LOOKED_AT)):
        o = b.by_seat[i]
        i = i + 1 if i + 1 < hi else lo
        p = w.option[o, PERSON]
        if side.people[p] != side.mine or _in_team(p, team, size, w):
            continue
        harm = _harm(o, w, d, side) * (0.5 + _draw(log, 1000) / 1000) - w.worth[o] + toll(p, d.visits[p], w)
        if harm < least:
            best, least = o, harm
    return int(best)


@compiled
def _force(n: int, starts: Ints, w: Weeks, b: Board, d: Draft, side: Side, log: Log, team: Ints) -> float:
    """Puts need n at a start that chance picks, whatever stands in the way; returns the change, −infinity if it cannot be done."""
    lo, seats = w.need[n, SEATS], w.need[n, SEATS_END] - w.need[n, SEATS]
    pick = b.seat_ptr[lo + 1] - b.seat_ptr[lo]
    t = w.option[b.by_seat[b.seat_ptr[lo] + _draw(log, pick)], START]
    change = w.value[n]
    for i in range(b.home_ptr[w.need[n, HOME]], b.home_ptr[w.need[n, HOME] + 1]):
        m = b.home_needs[i]
        other = d.need_start[m]
        if m != n and other >= 0 and other < t + w.need[n, MINUTES] and t < other + w.need[m, MINUTES]:
            if not _is_mine(m, w, d, side) or not _remember(m, w, d, log):
                return -1e18
            change -= _leave(m, w, b, d)
    if not _remember(n, w, d, log):
        return -1e18
    for k in range(seats):
        o = _victim(lo + k, t, team, k, w, b, d, side, log)
        if o < 0:
            return -1e18
        team[k] = o
        change -= _make_room(o, w, b, d, side, log)
        if change < -1e17:
            return -1e18
    for k in range(seats):
        p = w.option[team[k], PERSON]
        change += w.worth[team[k]] - toll(p, d.visits[p], w)
        put(team[k], w, b, d)
    return float(change)


@compiled
def _again(starts: Ints, w: Weeks, b: Board, d: Draft, side: Side, log: Log, team: Ints, best: Ints) -> float:
    """Places what was taken out, the dearest first but for chance; returns the gain."""
    gain, count = 0.0, log.counts[0]
    weight = np.empty(count)
    for i in range(count):
        weight[i] = w.value[log.needs[i]] * (0.5 + _draw(log, 1000) / 1000)
    for i in np.argsort(-weight):
        if d.need_start[log.needs[i]] < 0:
            gain += _enter(log.needs[i], starts, w, b, d, side, log, team, best)
    return gain


@compiled
def _loosen(n: int, w: Weeks, b: Board, d: Draft, side: Side, log: Log) -> float:
    """Takes need n out, and one more visit of each of its people; returns the loss."""
    people = np.empty(w.need[n, SEATS_END] - w.need[n, SEATS], np.int64)
    for k in range(len(people)):
        people[k] = w.option[d.seat_option[w.need[n, SEATS] + k], PERSON]
    _remember(n, w, d, log)
    lost = _leave(n, w, b, d)
    for p in people:
        if d.visits[p]:
            m = w.option[d.week[p, _draw(log, d.visits[p])], NEED]
            if _is_mine(m, w, d, side) and _remember(m, w, d, log):
                lost += _leave(m, w, b, d)
    return float(lost)


@compiled
def _invite(starts: Ints, w: Weeks, b: Board, d: Draft, side: Side, log: Log) -> None:
    """Adds a few needs left out to those that are placed again, drawn from all of this side."""
    for _ in range(3):
        n = side.order[_draw(log, len(side.order))]
        if d.need_start[n] < 0 and side.needs[n] == side.mine:
            _remember(n, w, d, log)


@compiled
def exchange(tries: int, heat: float, starts: Ints, w: Weeks, b: Board, d: Draft, side: Side, log: Log) -> float:
    """So many exchanges on one side; one that loses is kept with the probability exp(change / heat). Returns the change of the score."""
    total, team, best = 0.0, np.empty(len(log.before), np.int64), np.empty(len(log.before), np.int64)
    for turn in range(tries if len(side.order) else 0):
        log.counts[:] = 0
        n = side.order[_draw(log, len(side.order))]
        forced = turn % LEAVING < FORCED
        for _ in range(40 if forced else 0):
            if d.need_start[n] < 0:
                break
            n = side.order[_draw(log, len(side.order))]
        if not _is_mine(n, w, d, side):
            continue
        if d.need_start[n] < 0:
            change = _force(n, starts, w, b, d, side, log, team)
        else:
            change = -_loosen(n, w, b, d, side, log)
            _invite(starts, w, b, d, side, log)
        if change > -1e17:
            change += _again(starts, w, b, d, side, log, team, best)
        if change >= 0 or (change > -20 * heat and _draw(log, 1 << 20) / (1 << 20) < math.exp(change / heat)):
            total += change
        else:
            _undo(w, b, d, log)
    return total
