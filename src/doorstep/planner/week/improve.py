"""Makes a legal draft better: inserts what fits, and moves one visit out of the way of a dearer one."""

import numpy as np

from .compiled import NONE, compiled
from .draft import Board, Draft, best_direct, clashes, home_is_free, insert, put, take_out, toll
from .packed import NEED, PERSON, SEAT, SEATS, SEATS_END, START, Weeks
from .problem import Ints


@compiled
def _give_way(n: int, o: int, q: int, w: Weeks, b: Board, d: Draft) -> tuple[float, int]:
    """What is gained if o takes the place of q in their person's week and q's need goes to its next best place (option, or −1: nowhere)."""
    m = w.option[q, NEED]
    if w.need[m, SEATS_END] - w.need[m, SEATS] != 1 or not home_is_free(n, w.option[o, START], m, w, b, d):
        return 0.0, NONE
    take_out(q, w, b, d)
    if clashes(o, w, b, d)[0] > 0:
        put(q, w, b, d)
        return 0.0, NONE
    change = w.value[n] + w.worth[o] - w.value[m] - w.worth[q]
    put(o, w, b, d)
    other, adds = best_direct(m, w, b, d)
    take_out(o, w, b, d)
    put(q, w, b, d)
    return change + adds, other


@compiled
def _push_in(n: int, w: Weeks, b: Board, d: Draft) -> bool:
    """Puts a need with one seat where one other visit has to move or leave, if the plan gains by it."""
    s, best_gain, best_o, best_q, best_other = w.need[n, SEATS], 1e-7, NONE, NONE, NONE
    for i in range(b.seat_ptr[s], b.seat_ptr[s + 1]):
        o = b.by_seat[i]
        p = w.option[o, PERSON]
        if w.value[n] + w.worth[o] - toll(p, d.visits[p] - 1, w) <= 0:
            continue
        found, one = clashes(o, w, b, d)
        if found != 1:
            continue
        for j in range(d.visits[p]):
            q = d.week[p, j] if one < 0 else one
            gain, other = _give_way(n, o, q, w, b, d)
            if gain > best_gain:
                best_gain, best_o, best_q, best_other = gain, o, q, other
            if one >= 0:
                break
    if best_o < 0:
        return False
    take_out(best_q, w, b, d)
    put(best_o, w, b, d)
    if best_other >= 0:
        put(best_other, w, b, d)
    return True


@compiled
def _relocate(n: int, w: Weeks, b: Board, d: Draft) -> bool:
    """Moves a visit with one seat to a better person or start."""
    q = d.seat_option[w.need[n, SEATS]]
    p = w.option[q, PERSON]
    take_out(q, w, b, d)
    had = w.value[n] + w.worth[q] - toll(p, d.visits[p], w)
    o, adds = best_direct(n, w, b, d)
    better = o >= 0 and adds > had + 1e-7
    put(o if better else q, w, b, d)
    return better


@compiled
def sweep(order: Ints, starts: Ints, w: Weeks, b: Board, d: Draft) -> int:
    """One pass over the needs in the given order: insert, push in, relocate; returns how many changed."""
    changed = 0
    for n in order:
        single = w.need[n, SEATS_END] - w.need[n, SEATS] == 1
        if d.need_start[n] < 0:
            if insert(n, starts, w, b, d) or (single and _push_in(n, w, b, d)):
                changed += 1
        elif single and _relocate(n, w, b, d):
            changed += 1
    return changed


@compiled
def settle(chosen: Ints, seats_needed: Ints, w: Weeks, b: Board, d: Draft) -> None:
    """Takes over the options in the given order as far as they are legal together; needs that stay incomplete are dropped."""
    got = np.zeros(len(w.value), np.int64)
    for o in chosen:
        n = w.option[o, NEED]
        p = w.option[o, PERSON]
        if d.seat_option[w.option[o, SEAT]] >= 0 or (d.need_start[n] >= 0 and d.need_start[n] != w.option[o, START]):
            continue
        if clashes(o, w, b, d)[0] == 0 and home_is_free(n, w.option[o, START], NONE, w, b, d) and d.visits[p] < d.week.shape[1]:
            put(o, w, b, d)
            got[n] += 1
    for o in chosen:
        n = w.option[o, NEED]
        if d.seat_option[w.option[o, SEAT]] == o and got[n] < seats_needed[n]:
            take_out(o, w, b, d)
    for o in chosen:  # a need half taken out has lost its start: set it right
        if d.seat_option[w.option[o, SEAT]] == o:
            d.need_start[w.option[o, NEED]] = w.option[o, START]
