"""The hard rules that compiled code asks: what is near enough, and what fits between two other visits."""

import math

from .compiled import NONE, compiled
from .problem import Floats, Ints
from .score import DETOUR, RADIUS

REACH_SLACK = 1e-6  # metres, as the format's own checker grants
TIME_SLACK = 1e-9  # minutes


@compiled
def in_time(square: float, pace: float, gap: int) -> bool:
    """Whether a way takes at most `gap` minutes at `pace` metres a minute; `square` is the squared chord between points on the unit sphere.

    ⌈metres / pace − 1e-9⌉ ≤ gap for a whole gap is metres ≤ (gap + 1e-9) · pace; compared as squared chords, without an arcsine.
    """
    if gap < 0:
        return False
    half = (gap + TIME_SLACK) * pace / (2 * DETOUR * RADIUS)
    if half >= math.pi / 2:
        return True
    chord = 2 * math.sin(half)
    return bool(square <= chord * chord)


@compiled
def square(a: Floats, i: int, b: Floats, j: int) -> float:
    """The squared chord between row i of a and row j of b."""
    return float((a[i, 0] - b[j, 0]) ** 2 + (a[i, 1] - b[j, 1]) ** 2 + (a[i, 2] - b[j, 2]) ** 2)


@compiled
def clear_of_booked(t: int, minutes: int, door: Floats, n: int, pace: float, lo: int, hi: int, booked: Ints, booked_place: Floats) -> bool:
    """Whether a visit at door n fits between the booked visits just before and just after it (rows lo…hi: start, minutes; sorted)."""
    before, after = NONE, NONE
    for b in range(lo, hi):
        if booked[b, 0] < t or (booked[b, 0] == t and booked[b, 1] <= minutes):
            before = b
        elif after < 0:
            after = b
    if before >= 0 and not in_time(square(booked_place, before, door, n), pace, t - booked[before, 0] - booked[before, 1]):
        return False
    return bool(after < 0 or in_time(square(booked_place, after, door, n), pace, booked[after, 0] - t - minutes))
