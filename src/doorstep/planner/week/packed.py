"""The week in six arrays for compiled loops: a table of numbers for people, options and needs each, and their real numbers."""

from typing import NamedTuple

import numpy as np

from .candidates import Options
from .problem import Floats, Ints, Problem
from .score import DETOUR, RADIUS, WORKER

# Columns of `who`, `option` and `need`.
FIRST, LAST, ROOM_VISITS, ROOM_MINUTES, BOOKED, IS_WORKER = range(6)
NEED, START, END, CELL, BLOCK, SEAT, PERSON = range(7)
MINUTES, SEATS, SEATS_END, STARTS, STARTS_END, HOME = range(6)
WEEK_APART = 100_000  # more minutes than a week has
MOST_VISITS = 200


class Weeks(NamedTuple):
    """`who` P × 6, `pace` P, `option` O × 7 (sorted by person and start), `worth` O, `need` N × 6, `place` N × 3, `value` N.

    A person's options are rows FIRST to LAST; the rooms are what is left of the caps. From one BLOCK to the next the person has time to
    get from anywhere to anywhere.
    """

    who: Ints
    pace: Floats
    option: Ints
    worth: Floats
    need: Ints
    place: Floats
    value: Floats


def weeks_of(problem: Problem, options: Options) -> Weeks:
    """The arrays of a problem and its options."""
    people, needs = problem.people, problem.needs
    end = options.start + needs.minutes[options.need]
    is_worker = (people.role == WORKER).astype(np.int64)
    block = _blocks(problem, options, end)
    return Weeks(
        who=np.stack([options.ptr[:-1], options.ptr[1:], options.room_visits, options.room_minutes, options.booked, is_worker], axis=1),
        pace=people.pace,
        option=np.stack([options.need, options.start, end, options.cell, block, options.seat, options.person], axis=1),
        worth=options.worth,
        need=np.stack(
            [needs.minutes, needs.seat_ptr[:-1], needs.seat_ptr[1:], options.starts_ptr[:-1], options.starts_ptr[1:], needs.resident],
            axis=1,
        ),
        place=needs.place,
        value=needs.value,
    )


def longest_week(weeks: Weeks) -> int:
    """How many visits the fullest week can hold: by the caps, and by what there is to do."""
    options = weeks.who[:, LAST] - weeks.who[:, FIRST]
    return int(max(1, min(MOST_VISITS, np.minimum(weeks.who[:, ROOM_VISITS], options).max(initial=1))))


def _blocks(problem: Problem, options: Options, end: Ints) -> Ints:
    """Cuts the options where the longest way that a person can have fits between everything before and everything after."""
    block = np.zeros(len(options), dtype=np.int64)
    if len(options):
        longest = np.minimum(2 * _farthest(problem, options), np.pi * RADIUS * DETOUR) / problem.people.pace + 1
        latest = np.maximum.accumulate(end + options.person * WEEK_APART)
        begins = options.start[1:] + options.person[1:] * WEEK_APART
        block[1:] = np.cumsum(begins >= latest[:-1] + longest[options.person[1:]])
    return block


def _farthest(problem: Problem, options: Options) -> Floats:
    """How far from home each person's options lie at most, in metres."""
    far = np.zeros(len(problem.people.ids))
    chord = np.sqrt(((problem.people.place[options.person] - problem.needs.place[options.need]) ** 2).sum(axis=1))
    np.maximum.at(far, options.person, 2 * RADIUS * DETOUR * np.arcsin(np.minimum(1.0, chord / 2)))
    return far
