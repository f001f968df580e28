"""Who could take which seat at which start: every pair that no rule forbids, found with compiled loops."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .compiled import compiled
from .homes import Homes, contested_homes
from .problem import START_STEP, Bools, Floats, Ints, Needs, Problem
from .rules import REACH_SLACK, clear_of_booked
from .score import DETOUR, RADIUS, known, worth

THREADS = 2


@dataclass(frozen=True)
class Options:
    """All legal (person, seat, start), sorted by person and start; person p's are `ptr[p]:ptr[p + 1]`.

    A *meeting* is a need at one of its starts. Needs that are not `staged` have a single meeting for all starts: they have one seat, so
    nobody must be met there, and no other need of the home could be in the way.
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
    meeting_start: Ints
    staged: Bools
    homes: Homes
    cell_meeting: Ints
    cell_seat: Ints
    room_visits: Ints
    room_minutes: Ints
    booked: Ints

    def __len__(self) -> int:
        return len(self.person)


# Columns of `person`, `need` and `seat`.
ROLE, GENDER, VETTED, FREE, FREE_END, BOOKED, BOOKED_END, ROOM_MINUTES, ROOM_VISITS = range(9)
MINUTES, MINOR, STARTS, STARTS_END = range(4)
OF_NEED, SKILL, LEVEL, SEAT_ROLE, SEAT_GENDER, LANGUAGE, FIXED = range(7)


class Sides(NamedTuple):
    """Both sides of the week for compiled code.

    `by_latitude` has people from south to north and `band` the stretch of it that a seat need look at; `home` has place, pace and the
    squared chord of the reach; `marks` has skill levels and then languages.
    """

    by_latitude: Ints
    band: Ints
    person: Ints
    home: Floats
    marks: "np.ndarray[tuple[int, int], np.dtype[np.int8]]"
    free: Ints
    booked: Ints
    booked_place: Floats
    need: Ints
    door: Floats
    starts: Ints
    seat: Ints


@compiled
def _may_sit(s: int, p: int, skills: int, w: Sides) -> bool:
    """Rule 2 without skill and reach, which sort out most pairs before, and without exclusions, which are looked up for all at once."""
    if w.seat[s, SEAT_ROLE] >= 0 and w.person[p, ROLE] != w.seat[s, SEAT_ROLE]:
        return False
    if w.seat[s, SEAT_GENDER] >= 0 and w.person[p, GENDER] != w.seat[s, SEAT_GENDER]:
        return False
    if w.seat[s, LANGUAGE] >= 0 and not w.marks[p, skills + w.seat[s, LANGUAGE]]:
        return False
    return bool(w.person[p, VETTED] or not w.need[w.seat[s, OF_NEED], MINOR])


@compiled
def _inside(t: int, end: int, free: Ints, lo: int, hi: int) -> bool:
    """Whether a visit lies inside one of the free stretches lo…hi, which are sorted."""
    for f in range(lo, hi):
        if t < free[f, 0]:
            return False
        if end <= free[f, 1]:
            return True
    return False


@compiled
def _scan(lo: int, hi: int, skills: int, w: Sides, found_rows: Ints) -> int:
    """Writes the options of seats lo…hi (person, seat, start) as far as there is room; returns how many there are."""
    found, room = 0, len(found_rows)
    home, by_latitude, starts, free, marks = w.home, w.by_latitude, w.starts, w.free, w.marks
    for s in range(lo, hi):
        n, fixed = w.seat[s, OF_NEED], w.seat[s, FIXED]
        minutes, skill, level = w.need[n, MINUTES], w.seat[s, SKILL], w.seat[s, LEVEL]
        x, y, z = w.door[n]
        for i in range(w.band[s, 0], w.band[s, 1]):
            p = fixed if fixed >= 0 else by_latitude[i]
            if fixed < 0:
                if (home[p, 0] - x) ** 2 + (home[p, 1] - y) ** 2 + (home[p, 2] - z) ** 2 > home[p, 4]:
                    continue
                if skill >= 0 and marks[p, skill] < level:
                    continue
                if not _may_sit(s, p, skills, w):
                    continue
            if w.person[p, ROOM_VISITS] < 1 or w.person[p, ROOM_MINUTES] < minutes:
                continue
            lo_free, hi_free, lo_booked, hi_booked = w.person[p, FREE], w.person[p, FREE_END], w.person[p, BOOKED], w.person[p, BOOKED_END]
            for k in range(w.need[n, STARTS], w.need[n, STARTS_END]):
                t = starts[k]
                if p != fixed and not _inside(t, t + minutes, free, lo_free, hi_free):
                    continue
                if lo_booked < hi_booked and not clear_of_booked(
                    t, minutes, w.door, n, home[p, 3], lo_booked, hi_booked, w.booked, w.booked_place
                ):
                    continue
                if found < room:
                    found_rows[found, 0], found_rows[found, 1], found_rows[found, 2] = p, s, t
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
        parts = list(pool.map(lambda cut: _part(int(cut[0]), int(cut[1]), len(problem.skill_names), sides), pairwise(cuts)))
    person, seat, start = np.ascontiguousarray(np.concatenate(parts).T)
    need = problem.needs.seat_need[seat]
    allowed = ~_ruled_out(problem, person, need) | (problem.needs.fixed_team[seat] >= 0)
    person, seat, start = person[allowed], seat[allowed], start[allowed]
    return _sorted(problem, sides, starts_ptr, person, seat, start)


def _ruled_out(problem: Problem, person: Ints, need: Ints) -> Bools:
    people, needs = problem.people, problem.needs
    return known(needs.forbid, need * len(people.ids) + person) | known(
        people.avoid, person * problem.resident_count + needs.resident[need]
    )


def _part(lo: int, hi: int, skills: int, sides: Sides) -> Ints:
    room = 300 * (hi - lo) + 1000
    while True:
        rows = np.empty((room, 3), dtype=np.int64)
        found = _scan(lo, hi, skills, sides, rows)
        if found <= room:
            return rows[:found]
        room = found


def _sides(problem: Problem, starts_ptr: Ints, starts: Ints) -> Sides:
    people, needs = problem.people, problem.needs
    spent = np.zeros(len(people.ids), dtype=np.int64)
    np.add.at(spent, np.repeat(np.arange(len(people.ids)), np.diff(people.booked_ptr)), people.booked_minutes)
    reach = (2 * np.sin(np.minimum((people.reach + REACH_SLACK) / (2 * DETOUR * RADIUS), np.pi / 2))) ** 2
    columns = [
        people.role, people.gender, people.vetted, people.free_ptr[:-1], people.free_ptr[1:], people.booked_ptr[:-1], people.booked_ptr[1:],
        people.max_minutes - spent, people.max_visits - np.diff(people.booked_ptr),
    ]  # fmt: skip
    seat = [needs.seat_need, needs.seat_skill, needs.seat_level, needs.seat_role, needs.seat_gender, needs.seat_language, needs.fixed_team]
    by_latitude = np.argsort(people.place[:, 2], kind="stable")
    south, far, door = people.place[by_latitude, 2], float(np.sqrt(reach.max(initial=0.0))), needs.place[needs.seat_need, 2]
    band = np.stack([np.searchsorted(south, door - far), np.searchsorted(south, door + far, side="right")], axis=1)
    band[needs.fixed_team >= 0] = [0, 1]
    return Sides(
        by_latitude=by_latitude,
        band=band,
        person=np.stack(columns, axis=1).astype(np.int64),
        home=np.column_stack([people.place, people.pace, reach]),
        marks=np.ascontiguousarray(np.concatenate([people.skills, people.languages.astype(np.int8)], axis=1)),
        free=np.stack([people.free_from, people.free_to], axis=1),
        booked=np.stack([people.booked_start, people.booked_minutes], axis=1),
        booked_place=people.booked_place,
        need=np.stack([needs.minutes, needs.minor, starts_ptr[:-1], starts_ptr[1:]], axis=1).astype(np.int64),
        door=needs.place,
        starts=starts,
        seat=np.stack(seat, axis=1),
    )


def _sorted(problem: Problem, sides: Sides, starts_ptr: Ints, person: Ints, seat: Ints, start: Ints) -> Options:
    starts = sides.starts
    order = np.argsort((person * 16_384 + start) * len(problem.needs.seat_need) + seat)
    person, seat, start = person[order], seat[order], start[order]
    needs = problem.needs
    need = needs.seat_need[seat]
    homes = contested_homes(problem, starts_ptr, starts)
    staged = (needs.seats > 1) | (homes.group >= 0)
    meetings = np.where(staged, np.diff(starts_ptr), 1)
    meeting_ptr = np.concatenate([[0], np.cumsum(meetings)]).astype(np.int64)
    meeting_need = np.repeat(np.arange(len(meetings)), meetings)
    seat_cells = meetings[needs.seat_need]
    cell_ptr = np.concatenate([[0], np.cumsum(seat_cells)]).astype(np.int64)
    cell_seat = np.repeat(np.arange(len(needs.seat_need)), seat_cells)
    turn = np.arange(len(cell_seat)) - cell_ptr[cell_seat]
    at = _turn_of_start(starts_ptr, starts, need, start)
    return Options(
        ptr=np.searchsorted(person, np.arange(len(problem.people.ids) + 1)), person=person, seat=seat, need=need, start=start,
        cell=cell_ptr[seat] + np.where(staged[need], at, 0), worth=worth(problem, seat, person, start),
        starts_ptr=starts_ptr, starts=starts, meeting_ptr=meeting_ptr, meeting_need=meeting_need, meeting_start=_meeting_starts(meeting_ptr, meeting_need, staged, starts_ptr, starts), staged=staged, homes=homes,
        cell_meeting=meeting_ptr[needs.seat_need[cell_seat]] + turn, cell_seat=cell_seat,
        room_visits=sides.person[:, ROOM_VISITS], room_minutes=sides.person[:, ROOM_MINUTES], booked=np.diff(problem.people.booked_ptr),
    )  # fmt: skip


def _turn_of_start(starts_ptr: Ints, starts: Ints, need: Ints, start: Ints) -> Ints:
    """The position of a start among its need's starts."""
    owner = np.repeat(np.arange(len(starts_ptr) - 1), np.diff(starts_ptr))
    keys = owner * 100_000 + starts
    return np.asarray(np.searchsorted(keys, need * 100_000 + start) - starts_ptr[need])


def _meeting_starts(meeting_ptr: Ints, meeting_need: Ints, staged: Bools, starts_ptr: Ints, starts: Ints) -> Ints:
    """When each meeting of a staged need begins; −1 for the others."""
    found = np.full(len(meeting_need), -1, dtype=np.int64)
    rows = np.flatnonzero(staged[meeting_need])
    found[rows] = starts[starts_ptr[meeting_need[rows]] + rows - meeting_ptr[meeting_need[rows]]]
    return found
