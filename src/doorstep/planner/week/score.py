"""What a plan is worth: the score of docs/planner.md, and nothing else."""

from collections.abc import Iterable

import numpy as np

from .problem import Floats, Ints, Problem, Visit

RADIUS, DETOUR = 6_371_008.8, 1.3
VALUE = {1: 100.0, 2: 200.0, 3: 400.0, 4: 1000.0, 5: 4000.0}
FAMILIAR, PREFERRED, METRES_A_POINT, CHANGE = 40.0, 5.0, 100.0, 30.0
WORKER = 0  # the role whose load costs nothing: it is their work


def need_value(priority: int, waited_weeks: int) -> float:
    """What visiting a need is worth before people are counted."""
    return VALUE[priority] * (1 + 0.1 * waited_weeks)


def metres(a: Floats, b: Floats) -> Floats:
    """Walking metres between points on the unit sphere (broadcast over the last axis): great circle times the detour."""
    chord = np.sqrt(((a - b) ** 2).sum(axis=-1))
    found: Floats = 2 * RADIUS * DETOUR * np.arcsin(np.minimum(1.0, chord / 2))
    return found


def known(keys: Ints, wanted: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which of the wanted keys stand in the sorted keys."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(keys[at] == wanted)


def worth(problem: Problem, seat: Ints, person: Ints, start: Ints) -> Floats:
    """Points of a person on a seat at a start, load and the need's own value left out (n).

    The price of changing a published start is carried by the need's first seat, which every visit fills exactly once.
    """
    people, needs = problem.people, problem.needs
    need = needs.seat_need[seat]
    points = -metres(people.place[person], needs.place[need]) / METRES_A_POINT
    points += FAMILIAR * known(needs.familiar, need * len(people.ids) + person)
    points += PREFERRED * people.prefers[person, needs.category[need]]
    was = needs.published_start[need]
    points -= CHANGE * ((was >= 0) & (needs.published_team[seat] != person))
    points -= CHANGE * ((was >= 0) & (was != start) & (needs.seat_ptr[need] == seat))
    return np.asarray(points)


def load(visits: Ints, role: Ints) -> Floats:
    """What it costs to ask the same person again and again: 2·k·(k − 1), nothing for social workers."""
    return np.asarray(np.where(role == WORKER, 0.0, 2.0 * visits * (visits - 1)))


def value_of(problem: Problem, visits: Iterable[Visit]) -> float:
    """The score of a whole plan; fully fixed needs are among the visits."""
    people, needs = problem.people, problem.needs
    rows = list(visits)
    open_rows = [v for v in rows if not problem.kept[v.need]]
    seat = np.array([s for v in rows for s in range(needs.seat_ptr[v.need], needs.seat_ptr[v.need + 1])], dtype=np.int64)
    person = np.array([p for v in rows for p in v.team], dtype=np.int64)
    start = np.array([v.start for v in rows for _ in v.team], dtype=np.int64)
    called = np.array([p for v in open_rows for p in v.team], dtype=np.int64)
    count = np.diff(people.booked_ptr) + np.bincount(called, minlength=len(people.ids))
    gained = needs.value[np.array([v.need for v in rows], dtype=np.int64)].sum() + worth(problem, seat, person, start).sum()
    return float(gained - load(count, people.role).sum())


def constant(problem: Problem) -> float:
    """What every legal plan scores before anything is decided: fully fixed needs, and the load of what is booked."""
    needs = problem.needs
    kept = [
        Visit(int(n), int(needs.fixed_start[n]), tuple(needs.fixed_team[needs.seat_ptr[n] : needs.seat_ptr[n + 1]].tolist()))
        for n in np.flatnonzero(problem.kept)
    ]
    return value_of(problem, kept)
