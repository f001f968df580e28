"""Hands single seats over: somebody else takes a seat of a visit that stays as it is, whatever the size of its team."""

from .compiled import ZERO, compiled
from .draft import Board, Draft, clashes, put, take_out, toll
from .packed import NEED, PERSON, SEAT, SEATS, SEATS_END, START, Weeks
from .problem import Ints


@compiled
def _in_the_team(n: int, p: int, w: Weeks, d: Draft) -> bool:
    found = False
    for s in range(w.need[n, SEATS], w.need[n, SEATS_END]):
        found = found or w.option[d.seat_option[s], PERSON] == p
    return found


@compiled
def hand_over(order: Ints, w: Weeks, b: Board, d: Draft) -> int:
    """Goes through the options in the given order; one that beats who sits on its seat, at the start as it is, takes it. Returns how many."""
    changed = ZERO
    for o in order:
        n, q = w.option[o, NEED], d.seat_option[w.option[o, SEAT]]
        if q < 0 or q == o or d.need_start[n] != w.option[o, START]:
            continue
        p, other = w.option[o, PERSON], w.option[q, PERSON]
        gain = w.worth[o] - toll(p, d.visits[p], w) - w.worth[q] + toll(other, d.visits[other] - 1, w)
        if gain > 1e-7 and not _in_the_team(n, p, w, d) and clashes(o, w, b, d)[0] == 0:
            take_out(q, w, b, d)
            put(o, w, b, d)
            changed += 1
    return int(changed)
