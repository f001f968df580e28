"""Who could take which seat at which start: every pair that no rule forbids, found with compiled loops."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit

from .problem import START_STEP, Bools, Floats, Ints, Needs, Problem
from .rules import REACH_SLACK, clear_of_booked
from .score import DETOUR, RADIUS, known, worth

THREADS = 2


@dataclass(frozen=True)
class Options:
    """All legal (person, seat, start), sorted by person and start; person p's are `ptr[p]:ptr[p + 1]`.

    A *meeting* is a need at one of its starts; needs with one seat have a single meeting for all starts, since nobody must be met there.
    A *cell* is a seat of a meeting and carries one price; `cell` says which cell an option fills, `worth` its points without load.
    """

    ptr: Ints
    person: Ints
    seat: Ints
    need: Ints
    start: Ints
    cell: Ints
    worth: Floats
    starts_ptr: Ints
    starts: Ints
    meeting_ptr: Ints
    meeting_need: Ints
    cell_meeting: Ints
    cell_seat: Ints
    room_visits: Ints
    room_minutes: Ints
    booked: Ints

    def __len__(self) -> int:
        return len(self.person)


class Sides(NamedTuple):
    """Both sides of the week as plain arrays, for compiled code; people are sorted from south to north."""

    person: Ints
    place: Floats
    reach: Floats
    skills: "np.ndarray[tuple[int, int], np.dtype[np.int8]]"
    languages: Bools
    role: Ints
    gender: Ints
    vetted: Bools
    pace: Floats
    free_ptr: Ints
    free_from: Ints
    free_to: Ints
    booked_ptr: Ints
    booked_start: Ints
    booked_minutes: Ints
    booked_place: Floats
    room_minutes: Ints
    room_visits: Ints
    need_place: Floats
    minutes: Ints
    minor: Bools
    starts_ptr: Ints
    starts: Ints
    seat_need: Ints
    seat_skill: Ints
    seat_level: Ints
    seat_role: Ints
    seat_gender: Ints
    seat_language: Ints
    fixed_team: Ints


@njit(cache=True, nogil=True)
def _may_sit(s: int, p: int, w: Sides) -> bool:
    """Rule 2 without reach and exclusions, which are looked up for all pairs at once."""
    if w.seat_skill[s] >= 0 and w.skills[p, w.seat_skill[s]] < w.seat_level[s]:
        return False
    if w.seat_role[s] >= 0 and w.role[p] != w.seat_role[s]:
        return False
    if w.seat_gender[s] >= 0 and w.gender[p] != w.seat_gender[s]:
        return False
    if w.seat_language[s] >= 0 and not w.languages[p, w.seat_language[s]]:
        return False
    return bool(w.vetted[p] or not w.minor[w.seat_need[s]])


@njit(cache=True, nogil=True)
def _fits(s: int, p: int, t: int, w: Sides) -> bool:
    """Rule 3 for one visit alone: inside a free stretch (unless accepted), and clear of what is booked around it."""
    n = w.seat_need[s]
    end = t + w.minutes[n]
    inside = w.fixed_team[s] == p
    for f in range(w.free_ptr[p], w.free_ptr[p + 1]):
        if w.free_from[f] <= t and end <= w.free_to[f]:
            inside = True
    return inside and clear_of_booked(
        t, w.minutes[n], w.need_place[n], w.pace[p], w.booked_ptr[p], w.booked_ptr[p + 1], w.booked_start, w.booked_minutes, w.booked_place
    )


@njit(cache=True, nogil=True)
def _scan(lo: int, hi: int, band: float, w: Sides, person: Ints, seat: Ints, start: Ints) -> int:
    """Writes the options of seats lo…hi as far as there is room; returns how many there are."""
    found, room = 0, len(person)
    south = w.place[w.person, 2]
    for s in range(lo, hi):
        n = w.seat_need[s]
        x, y, z = w.need_place[n]
        first, last = np.searchsorted(south, z - band), np.searchsorted(south, z + band)
        if w.fixed_team[s] >= 0:
            first, last = 0, len(w.person)
        for i in range(first, last):
            p = w.person[i]
            if w.fixed_team[s] >= 0:
                if w.fixed_team[s] != p:
                    continue
            else:
                d = (w.place[p, 0] - x) ** 2 + (w.place[p, 1] - y) ** 2 + (w.place[p, 2] - z) ** 2
                if d > w.reach[p] or not _may_sit(s, p, w):
                    continue
            if w.room_visits[p] < 1 or w.room_minutes[p] < w.minutes[n]:
                continue
            for k in range(w.starts_ptr[n], w.starts_ptr[n + 1]):
                if _fits(s, p, w.starts[k], w):
                    if found < room:
                        person[found], seat[found], start[found] = p, s, w.starts[k]
                    found += 1
    return found


def legal_starts(problem: Problem) -> tuple[Ints, Ints]:
    """Each need's possible starts (pointer, minutes): the accepted one, or multiples of 15 clear of accepted visits at the same home."""
    needs, kept = problem.needs, problem.kept
    taken: dict[int, list[tuple[int, int]]] = {}
    for n in np.flatnonzero(kept):
        taken.setdefault(int(needs.resident[n]), []).append((int(needs.fixed_start[n]), int(needs.fixed_start[n] + needs.minutes[n])))
    rows = [[] if kept[n] else _starts(needs, n, taken.get(int(needs.resident[n]), [])) for n in range(len(needs.ids))]
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return ptr, np.array([t for row in rows for t in row], dtype=np.int64)


def _starts(needs: Needs, n: int, taken: list[tuple[int, int]]) -> list[int]:
    if needs.fixed_start[n] >= 0:
        starts = [int(needs.fixed_start[n])]
    else:
        windows = range(int(needs.window_ptr[n]), int(needs.window_ptr[n + 1]))
        pairs = [(int(needs.window_from[w]), int(needs.window_to[w])) for w in windows]
        starts = [t for a, b in pairs for t in range(-(-a // START_STEP) * START_STEP, b + 1, START_STEP)]
    return [t for t in starts if not any(a < t + needs.minutes[n] and t < b for a, b in taken)]


def find_options(problem: Problem) -> Options:
    """Every legal (person, seat, start) of the week, in time that grows with the pairs within the longest reach."""
    starts_ptr, starts = legal_starts(problem)
    sides = _sides(problem, starts_ptr, starts)
    seats = len(problem.needs.seat_need)
    cuts = np.linspace(0, seats, 4 * THREADS + 1).astype(np.int64)
    with ThreadPoolExecutor(THREADS) as pool:
        parts = list(pool.map(lambda cut: _part(int(cut[0]), int(cut[1]), sides), pairwise(cuts)))
    person, seat, start = (np.concatenate([part[i] for part in parts]) for i in range(3))
    need = problem.needs.seat_need[seat]
    allowed = ~_ruled_out(problem, person, need) | (problem.needs.fixed_team[seat] >= 0)
    person, seat, start = person[allowed], seat[allowed], start[allowed]
    return _sorted(problem, sides, person, seat, start)


def _ruled_out(problem: Problem, person: Ints, need: Ints) -> Bools:
    people, needs = problem.people, problem.needs
    return known(needs.forbid, need * len(people.ids) + person) | known(
        people.avoid, person * problem.resident_count + needs.resident[need]
    )


def _part(lo: int, hi: int, sides: Sides) -> tuple[Ints, Ints, Ints]:
    band, room = float(np.sqrt(sides.reach.max(initial=0.0))), 200 * (hi - lo) + 1000
    while True:
        person, seat, start = (np.empty(room, dtype=np.int64) for _ in range(3))
        found = _scan(lo, hi, band, sides, person, seat, start)
        if found <= room:
            return person[:found], seat[:found], start[:found]
        room = found


def _sides(problem: Problem, starts_ptr: Ints, starts: Ints) -> Sides:
    people, needs = problem.people, problem.needs
    spent = np.zeros(len(people.ids), dtype=np.int64)
    np.add.at(spent, np.repeat(np.arange(len(people.ids)), np.diff(people.booked_ptr)), people.booked_minutes)
    return Sides(
        person=np.argsort(people.place[:, 2], kind="stable"), place=people.place,
        reach=(2 * np.sin(np.minimum((people.reach + REACH_SLACK) / (2 * DETOUR * RADIUS), np.pi / 2))) ** 2,
        skills=people.skills, languages=people.languages, role=people.role, gender=people.gender, vetted=people.vetted, pace=people.pace,
        free_ptr=people.free_ptr, free_from=people.free_from, free_to=people.free_to,
        booked_ptr=people.booked_ptr, booked_start=people.booked_start, booked_minutes=people.booked_minutes, booked_place=people.booked_place,
        room_minutes=people.max_minutes - spent, room_visits=people.max_visits - np.diff(people.booked_ptr),
        need_place=needs.place, minutes=needs.minutes, minor=needs.minor, starts_ptr=starts_ptr, starts=starts,
        seat_need=needs.seat_need, seat_skill=needs.seat_skill, seat_level=needs.seat_level, seat_role=needs.seat_role,
        seat_gender=needs.seat_gender, seat_language=needs.seat_language, fixed_team=needs.fixed_team,
    )  # fmt: skip


def _sorted(problem: Problem, sides: Sides, person: Ints, seat: Ints, start: Ints) -> Options:
    order = np.lexsort((seat, start, person))
    person, seat, start = person[order], seat[order], start[order]
    needs = problem.needs
    need = needs.seat_need[seat]
    starts = np.diff(sides.starts_ptr)
    meetings = np.where(needs.seats == 1, 1, starts)
    meeting_ptr = np.concatenate([[0], np.cumsum(meetings)]).astype(np.int64)
    seat_cells = meetings[needs.seat_need]
    cell_ptr = np.concatenate([[0], np.cumsum(seat_cells)]).astype(np.int64)
    cell_seat = np.repeat(np.arange(len(needs.seat_need)), seat_cells)
    turn = np.arange(len(cell_seat)) - cell_ptr[cell_seat]
    at = _turn_of_start(sides, need, start)
    return Options(
        ptr=np.searchsorted(person, np.arange(len(problem.people.ids) + 1)), person=person, seat=seat, need=need, start=start,
        cell=cell_ptr[seat] + np.where(needs.seats[need] == 1, 0, at), worth=worth(problem, seat, person, start),
        starts_ptr=sides.starts_ptr, starts=sides.starts, meeting_ptr=meeting_ptr, meeting_need=np.repeat(np.arange(len(meetings)), meetings),
        cell_meeting=meeting_ptr[needs.seat_need[cell_seat]] + turn, cell_seat=cell_seat,
        room_visits=sides.room_visits, room_minutes=sides.room_minutes, booked=np.diff(problem.people.booked_ptr),
    )  # fmt: skip


def _turn_of_start(sides: Sides, need: Ints, start: Ints) -> Ints:
    """The position of a start among its need's starts."""
    owner = np.repeat(np.arange(len(sides.starts_ptr) - 1), np.diff(sides.starts_ptr))
    keys = owner * 100_000 + sides.starts
    return np.asarray(np.searchsorted(keys, need * 100_000 + start) - sides.starts_ptr[need])
