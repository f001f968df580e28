"""Which options of one person exclude each other, as few and large "at most one" rows, and which options are never needed."""

import numpy as np

from doorstep.planner.week.compiled import ZERO, compiled
from doorstep.planner.week.draft import side_by_side
from doorstep.planner.week.packed import BLOCK, FIRST, LAST, MINUTES, NEED, ROOM_MINUTES, ROOM_VISITS, SEAT, START, Weeks
from doorstep.planner.week.problem import Bools, Floats, Ints

Bits = np.ndarray[tuple[int, int], np.dtype[np.uint64]]
WORD = 64


@compiled
def _has(bits: Bits, i: int, j: int) -> bool:
    return bool((bits[i, j // WORD] >> np.uint64(j % WORD)) & np.uint64(1))


@compiled
def _mark(bits: Bits, i: int, j: int) -> None:
    bits[i, j // WORD] |= np.uint64(1) << np.uint64(j % WORD)


@compiled
def _exclusions(p: int, rows: Ints, w: Weeks) -> Bits:
    """Bit (i, j): options rows[i] and rows[j] of person p are not both in a legal week; an option excludes itself."""
    n = len(rows)
    bits = np.zeros((n, (n + WORD - 1) // WORD), np.uint64)
    for i in range(n):
        _mark(bits, i, i)
        for j in range(i):
            if w.who[p, ROOM_VISITS] < 2 or not side_by_side(rows[i], rows[j], w.pace[p], w):
                _mark(bits, i, j)
                _mark(bits, j, i)
    return bits


@compiled
def _stretch(lo: int, last: int, one_visit: bool, w: Weeks) -> int:
    """Where the options end that could exclude option lo or each other: a block, or the whole week of somebody with a single visit."""
    hi = lo + 1
    while hi < last and (one_visit or w.option[hi, BLOCK] == w.option[lo, BLOCK]):
        hi += 1
    return int(hi)


@compiled
def unneeded(gain: Floats, alone: Bools, w: Weeks) -> Bools:
    """Options that another of the same person and seat can always replace: it brings as much and excludes nothing more.

    `alone` are needs whose start concerns nobody else; of two options that replace each other the earlier one stays.
    """
    out = np.zeros(len(w.option), np.bool_)
    for p in range(len(w.who)):
        lo, one_visit = w.who[p, FIRST], w.who[p, ROOM_VISITS] < 2
        while lo < w.who[p, LAST]:
            hi = _stretch(lo, w.who[p, LAST], one_visit, w)
            bits = np.zeros((0, 0), np.uint64) if one_visit else _exclusions(p, np.arange(lo, hi), w)
            for a in range(lo, hi):
                for b in range(lo, hi if alone[w.option[a, NEED]] else lo):
                    if w.option[a, SEAT] != w.option[b, SEAT] or a == b or out[b] or gain[b] < gain[a]:
                        continue
                    inside = True
                    for k in range(bits.shape[1]):
                        inside = inside and (bits[b - lo, k] & ~bits[a - lo, k]) == 0
                    if inside:
                        out[a] = True
                        break
            lo = hi
    return out


@compiled
def _one_row(i: int, j: int, bits: Bits, seen: Bits, row: Ints) -> int:
    """A largest possible set of options that all exclude each other, grown from i and j: first what is new, then all that fits."""
    row[0], row[1], size = i, j, ZERO + 2
    together = bits[i] & bits[j]
    for turn in range(2):
        for v in range(i + 1 if turn == 0 else 0, len(bits)):
            if v in (i, j) or not (together[v // WORD] >> np.uint64(v % WORD)) & np.uint64(1) or (turn == 0 and _has(seen, i, v)):
                continue
            row[size] = v
            size += 1
            together &= bits[v]
            together[v // WORD] &= ~(np.uint64(1) << np.uint64(v % WORD))
    return int(size)


@compiled
def _add(rows: Ints, row: Ints, size: int, index: Ints, ends: Ints, counts: Ints) -> None:
    """One more row, as far as there is room; `counts` has the rows and the entries so far."""
    for a in range(size):
        if counts[1] + a < len(index):
            index[counts[1] + a] = rows[row[a]]
    if counts[0] < len(ends):
        ends[counts[0]] = counts[1] + size
    counts[0] += 1
    counts[1] += size


@compiled
def _rows_of(p: int, rows: Ints, alone: Bools, w: Weeks, index: Ints, ends: Ints, counts: Ints) -> None:
    """Adds rows of person p until every pair that excludes each other stands in one; pairs of a need's own row are there already."""
    if w.who[p, ROOM_VISITS] < 2:
        _add(rows, np.arange(len(rows)), len(rows), index, ends, counts)
        return
    bits = _exclusions(p, rows, w)
    seen = np.zeros_like(bits)
    n, row = len(rows), np.empty(len(rows), np.int64)
    for i in range(n):
        for j in range(n):
            a, b = rows[i], rows[j]
            if w.option[a, NEED] == w.option[b, NEED] and (alone[w.option[a, NEED]] or w.option[a, START] != w.option[b, START]):
                _mark(seen, i, j)
    for i in range(n):
        for j in range(i + 1, n):
            if not _has(bits, i, j) or _has(seen, i, j):
                continue
            size = _one_row(i, j, bits, seen, row)
            for a in range(size):
                for b in range(size):
                    _mark(seen, row[a], row[b])
            _add(rows, row, size, index, ends, counts)


@compiled
def _cover(used: Bools, alone: Bools, w: Weeks, index: Ints, ends: Ints) -> Ints:
    counts = np.zeros(2, np.int64)
    for p in range(len(w.who)):
        lo, one_visit = w.who[p, FIRST], w.who[p, ROOM_VISITS] < 2
        while lo < w.who[p, LAST]:
            hi = _stretch(lo, w.who[p, LAST], one_visit, w)
            _rows_of(p, np.arange(lo, hi)[used[lo:hi]], alone, w, index, ends, counts)
            lo = hi
        rows = np.arange(w.who[p, FIRST], w.who[p, LAST])
        half = 2 * w.need[w.option[rows, NEED], MINUTES] > w.who[p, ROOM_MINUTES]
        rows = rows[half & used[w.who[p, FIRST] : w.who[p, LAST]]]
        if not one_visit and len(rows) > 1:
            _add(rows, np.arange(len(rows)), len(rows), index, ends, counts)
    return counts


def at_most_one(used: Bools, alone: Bools, weeks: Weeks) -> tuple[Ints, Ints]:
    """Rows (pointer, options) that say of each person exactly what the travel, time, and tightest caps of their week exclude in pairs."""
    room, entries = len(used) + 1000, 12 * len(used) + 10_000
    while True:
        index, ends = np.empty(entries, np.int64), np.empty(room, np.int64)
        counts = _cover(used, alone, weeks, index, ends)
        if counts[0] <= room and counts[1] <= entries:
            return np.concatenate([[0], ends[: counts[0]]]), index[: counts[1]]
        room, entries = int(counts[0]), int(counts[1])
