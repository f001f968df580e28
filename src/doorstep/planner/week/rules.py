"""The hard rules that compiled code asks: what is near enough, and what fits between two other visits."""

import math

from numba import njit

from .problem import Floats, Ints
from .score import DETOUR, RADIUS

REACH_SLACK = 1e-6  # metres, as the format's own checker grants
TIME_SLACK = 1e-9  # minutes


@njit(cache=True, nogil=True)
def in_time(a: Floats, b: Floats, pace: float, gap: int) -> bool:
    """Whether the way from a to b (points on the unit sphere) takes at most `gap` minutes at `pace` metres a minute.

    ⌈metres / pace − 1e-9⌉ ≤ gap for a whole gap is metres ≤ (gap + 1e-9) · pace; compared as squared chords, without an arcsine.
    """
    if gap < 0:
        return False
    half = (gap + TIME_SLACK) * pace / (2 * DETOUR * RADIUS)
    if half >= math.pi / 2:
        return True
    chord = 2 * math.sin(half)
    return bool((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2 <= chord * chord)


@njit(cache=True, nogil=True)
def clear_of_booked(
    t: int, minutes: int, place: Floats, pace: float, lo: int, hi: int, booked_start: Ints, booked_minutes: Ints, booked_place: Floats
) -> bool:
    """Whether a visit fits between the booked visits just before and just after it (rows lo…hi, sorted by start and minutes)."""
    before, after = -1, -1
    for b in range(lo, hi):
        if booked_start[b] < t or (booked_start[b] == t and booked_minutes[b] <= minutes):
            before = b
        elif after < 0:
            after = b
    if before >= 0 and not in_time(booked_place[before], place, pace, t - booked_start[before] - booked_minutes[before]):
        return False
    return bool(after < 0 or in_time(place, booked_place[after], pace, booked_start[after] - t - minutes))
