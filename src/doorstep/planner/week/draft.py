"""A plan in the making: who goes where, and the moves that keep it legal after every step."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from .candidates import Options
from .compiled import NONE, ZERO, compiled
from .packed import (
    BOOKED,
    END,
    HOME,
    IS_WORKER,
    MINUTES,
    NEED,
    PERSON,
    ROOM_MINUTES,
    ROOM_VISITS,
    SEAT,
    SEATS,
    SEATS_END,
    START,
    STARTS,
    STARTS_END,
    WEEK_APART,
    Weeks,
    longest_week,
)
from .problem import Ints, Problem, Visit
from .rules import in_time, square


class Board(NamedTuple):
    """What the moves need to look up; `by_seat` lists options by seat, cell and person."""

    by_seat: Ints
    seat_ptr: Ints
    home_ptr: Ints
    home_needs: Ints


class Draft(NamedTuple):
    """The state: the option on each seat (−1 open), each need's start (−1 not visited), and each person's options and minutes."""

    seat_option: Ints
    need_start: Ints
    visits: Ints
    minutes: Ints
    week: Ints


def board_of(problem: Problem, options: Options) -> Board:
    """The week's lookups, by seat and by home."""
    needs = problem.needs
    by_seat = np.lexsort((options.person, options.start, options.seat))
    home_needs = np.argsort(needs.resident, kind="stable")
    return Board(
        by_seat=by_seat, seat_ptr=np.searchsorted(options.seat[by_seat], np.arange(len(needs.seat_need) + 1)),
        home_ptr=np.searchsorted(needs.resident[home_needs], np.arange(problem.resident_count + 1)), home_needs=home_needs,
    )  # fmt: skip


def empty_draft(problem: Problem, weeks: Weeks) -> Draft:
    """Nobody goes anywhere yet (fully fixed needs stand outside the draft)."""
    people, width = len(weeks.who), longest_week(weeks)
    return Draft(
        np.full(len(problem.needs.seat_need), -1, dtype=np.int64), np.full(len(problem.needs.ids), -1, dtype=np.int64),
        np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64), np.full((people, width), -1, dtype=np.int64),
    )  # fmt: skip


def copy_of(draft: Draft) -> Draft:
    """The same draft, free to go another way."""
    return Draft(*(part.copy() for part in draft))


def visits_of(problem: Problem, options: Options, draft: Draft) -> list[Visit]:
    """The plan as visits in the order of the file, fully fixed needs among them."""
    needs, found = problem.needs, []
    for n in range(len(needs.ids)):
        seats = range(int(needs.seat_ptr[n]), int(needs.seat_ptr[n + 1]))
        if problem.kept[n]:
            found.append(Visit(n, int(needs.fixed_start[n]), tuple(int(needs.fixed_team[s]) for s in seats)))
        elif draft.need_start[n] >= 0:
            found.append(Visit(n, int(draft.need_start[n]), tuple(int(options.person[draft.seat_option[s]]) for s in seats)))
    return found


def draft_of(problem: Problem, options: Options, weeks: Weeks, visits: Iterable[Visit]) -> Draft:
    """A draft of visits that are legal options, fully fixed needs left out."""
    draft, needs = empty_draft(problem, weeks), problem.needs
    keys = (options.person * WEEK_APART + options.start) * len(needs.seat_need) + options.seat
    board = board_of(problem, options)
    for visit in visits:
        for turn, person in enumerate(visit.team):
            key = (person * WEEK_APART + visit.start) * len(needs.seat_need) + int(needs.seat_ptr[visit.need]) + turn
            put(int(np.searchsorted(keys, key)), weeks, board, draft)
    return draft


@compiled
def side_by_side(a: int, b: int, pace: float, w: Weeks) -> bool:
    """Whether one person can do both options, in whichever order they come."""
    if w.option[b, START] < w.option[a, START]:
        a, b = b, a
    gap = w.option[b, START] - w.option[a, END]
    return bool(
        gap >= 0
        and w.option[a, NEED] != w.option[b, NEED]
        and in_time(square(w.place, w.option[a, NEED], w.place, w.option[b, NEED]), pace, gap)
    )


@compiled
def clashes(o: int, w: Weeks, b: Board, d: Draft) -> tuple[int, int]:
    """How many of the person's visits stand in the way of option o (99 if one leaves is not enough), and one that does.

    When only a cap stands in the way, any visit would do: the one returned is −1.
    """
    p, found, one = w.option[o, PERSON], ZERO, NONE
    for i in range(d.visits[p]):
        q = d.week[p, i]
        if not side_by_side(o, q, w.pace[p], w):
            found += 1
            one = q
    spare = w.need[w.option[one, NEED], MINUTES] if found == 1 else 0
    if (
        found > 1
        or d.visits[p] - found + 1 > w.who[p, ROOM_VISITS]
        or d.minutes[p] - spare + w.need[w.option[o, NEED], MINUTES] > w.who[p, ROOM_MINUTES]
    ):
        return (99 if found else 1), NONE
    return found, one


@compiled
def home_is_free(n: int, t: int, besides: int, w: Weeks, b: Board, d: Draft) -> bool:
    """Rule 5: no other visit at this home at that time, `besides` one need that is about to move."""
    home = w.need[n, HOME]
    for i in range(b.home_ptr[home], b.home_ptr[home + 1]):
        m = b.home_needs[i]
        other = d.need_start[m]
        if m != n and m != besides and other >= 0 and other < t + w.need[n, MINUTES] and t < other + w.need[m, MINUTES]:
            return False
    return True


@compiled
def toll(p: int, visits: int, w: Weeks) -> float:
    """What one more visit costs a person who has `visits` new ones already."""
    return 0.0 if w.who[p, IS_WORKER] else 4.0 * (w.who[p, BOOKED] + visits)


@compiled
def put(o: int, w: Weeks, b: Board, d: Draft) -> None:
    """Option o enters its person's week and its seat."""
    p, n = w.option[o, PERSON], w.option[o, NEED]
    d.week[p, d.visits[p]] = o
    d.visits[p] += 1
    d.minutes[p] += w.need[n, MINUTES]
    d.seat_option[w.option[o, SEAT]] = o
    d.need_start[n] = w.option[o, START]


@compiled
def take_out(o: int, w: Weeks, b: Board, d: Draft) -> None:
    """Option o leaves its person's week and its seat."""
    p, n = w.option[o, PERSON], w.option[o, NEED]
    for i in range(d.visits[p]):
        if d.week[p, i] == o:
            d.week[p, i] = d.week[p, d.visits[p] - 1]
            break
    d.visits[p] -= 1
    d.week[p, d.visits[p]] = -1
    d.minutes[p] -= w.need[n, MINUTES]
    d.seat_option[w.option[o, SEAT]] = -1
    d.need_start[n] = -1


@compiled
def best_direct(n: int, w: Weeks, b: Board, d: Draft) -> tuple[int, float]:
    """The best option for a need with one seat that nothing stands in the way of, and what the visit would add."""
    best, gain, s = NONE, 0.0, w.need[n, SEATS]
    for i in range(b.seat_ptr[s], b.seat_ptr[s + 1]):
        o = b.by_seat[i]
        p = w.option[o, PERSON]
        adds = w.value[n] + w.worth[o] - toll(p, d.visits[p], w)
        if adds > gain and home_is_free(n, w.option[o, START], NONE, w, b, d) and clashes(o, w, b, d)[0] == 0:
            best, gain = o, adds
    return best, gain


@compiled
def _fill_meeting(n: int, t: int, w: Weeks, b: Board, d: Draft, team: Ints) -> float:
    """Fills all seats of need n at t one after another with the best free person; what it adds, or −1 if a seat stays open."""
    adds, lo = w.value[n], w.need[n, SEATS]
    for s in range(lo, w.need[n, SEATS_END]):
        best, most = NONE, -1e18
        for i in range(b.seat_ptr[s], b.seat_ptr[s + 1]):
            o = b.by_seat[i]
            if w.option[o, START] != t:
                continue
            p, taken = w.option[o, PERSON], False
            for k in range(s - lo):
                taken = taken or w.option[team[k], PERSON] == p
            points = w.worth[o] - toll(p, d.visits[p], w)
            if not taken and points > most and clashes(o, w, b, d)[0] == 0:
                best, most = o, points
        if best < 0:
            return -1.0
        team[s - lo] = best
        adds += most
    return float(adds)


@compiled
def insert(n: int, starts: Ints, w: Weeks, b: Board, d: Draft) -> bool:
    """Adds need n at its best place if that is worth it and nothing stands in the way."""
    seats = w.need[n, SEATS_END] - w.need[n, SEATS]
    if seats == 1:
        o, _ = best_direct(n, w, b, d)
        if o >= 0:
            put(o, w, b, d)
        return bool(o >= 0)
    team, best, most = np.full(seats, -1, np.int64), np.full(seats, -1, np.int64), 0.0
    for k in range(w.need[n, STARTS], w.need[n, STARTS_END]):
        if home_is_free(n, starts[k], NONE, w, b, d):
            adds = _fill_meeting(n, starts[k], w, b, d, team)
            if adds > most:
                most = adds
                best[:] = team
    if most > 0:
        for k in range(seats):
            put(best[k], w, b, d)
    return most > 0
