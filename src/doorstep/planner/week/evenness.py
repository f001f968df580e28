"""Gives up a little of the score so that nobody who could help is forgotten, few do not do it all, and known faces stay."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from .bound import market_of
from .candidates import Options
from .construct import by_worth
from .draft import Board, Draft, copy_of, visits_of
from .handover import hand_over
from .improve import sweep
from .packed import Weeks
from .polish import COLD, polish
from .problem import JSON, Bools, Floats, Ints, Problem
from .reseat import reseat
from .score import known, value_of
from .steady import published_options

#: Points that an evened plan may pay for … a visit to somebody whom nobody has asked for 28 days, and more the less there is for them,
FORGOTTEN, SCARCE = 350.0, 600.0
#: … a visit moved from somebody who is asked all the time to somebody who is never asked,
USED = 80.0
#: … a known face, a seat that stays as it was proposed, and a share of a need's worth where a community lags behind by all its needs.
KNOWN, STEADY, LAGS = 200.0, 150.0, 8.0
ROUNDS, SWEEPS, STAGES = 3, 8, 2
#: When the wishes cost more than may be given up they are made weaker: so often at most, by as much as seems enough, between these two.
TRIES, MUCH_WEAKER, WEAKER, ENOUGH = 4, 0.2, 0.8, 0.9
WEEKS = 4


@dataclass(frozen=True)
class Even:
    """What evenness may cost and what it knows.

    `give_up` is the largest share of the score (0.01: one percent). `asked` says how often each person was asked in the 28 days before
    (who is missing: as often as `load_28d` has visits). `lift` says for a need by which share of its needs its community lags behind.
    """

    give_up: float
    asked: Mapping[str, int] = field(default_factory=dict)
    lift: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Evened:
    """The evened draft, its score, and what the evening did."""

    draft: Draft
    value: float
    account: JSON


def fitting(problem: Problem, options: Options) -> Ints:
    """The people for whom something fits: a seat that they may take of a visit whose other seats somebody could take too."""
    possible = market_of(problem, options).possible[options.cell_meeting[options.cell]]
    return np.unique(options.person[possible])


@dataclass(frozen=True)
class _Wishes:
    """Points beside the score: of an option, of one as a forgotten person's first visit, of one that stays as proposed (never weakened), of a need."""

    option: Floats
    first: Floats
    steady: Floats
    forgotten: Bools
    need: Floats


def even_out(
    problem: Problem, options: Options, weeks: Weeks, board: Board, draft: Draft, start: Draft, even: Even, seed: int, pool: Executor,
    late: Callable[[], bool],
) -> Evened:  # fmt: skip
    """A draft made from `start` that is evener than `draft` and worth at most `give_up` less; else `draft` itself."""
    was = value_of(problem, visits_of(problem, options, draft))
    wishes, strength = _wishes(problem, options, even), 1.0
    best, value = draft, was
    for _ in range(TRIES if even.give_up > 0 else 0):
        tried = copy_of(start)
        _towards(wishes, strength, problem, options, weeks, board, tried, seed, pool, late)
        worth = value_of(problem, visits_of(problem, options, tried))
        if worth >= was - even.give_up * abs(was):
            best, value = tried, worth
            break
        strength *= min(WEAKER, max(MUCH_WEAKER, ENOUGH * even.give_up * abs(was) / (was - worth)))
    idle = _idle(problem, options, even)
    account: JSON = {
        "give_up": even.give_up, "paid": round(max(0.0, was - value), 6), "strength": round(strength, 4) if best is not draft else 0.0,
        "fitting": len(fitting(problem, options)), "not_asked": int(idle.sum()),
        "reached_before": int((idle & (draft.visits > 0)).sum()), "reached": int((idle & (best.visits > 0)).sum()),
    }  # fmt: skip
    return Evened(best, value, account)


def _asked(problem: Problem, even: Even) -> Ints:
    """How often each person was asked in 28 days."""
    ids, load = problem.people.ids, problem.people.load_28d
    return np.fromiter((even.asked.get(who, int(visits)) for who, visits in zip(ids, load, strict=True)), dtype=np.int64, count=len(ids))


def _idle(problem: Problem, options: Options, even: Even) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Who was not asked for 28 days although something fits now."""
    fits = np.zeros(len(problem.people.ids), dtype=bool)
    fits[fitting(problem, options)] = True
    return np.asarray(fits & (_asked(problem, even) == 0) & (np.diff(problem.people.booked_ptr) == 0))


def _wishes(problem: Problem, options: Options, even: Even) -> _Wishes:
    people, needs = problem.people, problem.needs
    asked, room = _asked(problem, even), WEEKS * np.maximum(1, people.max_visits)
    pairs = np.unique(options.person * len(needs.ids) + options.need) // max(1, len(needs.ids))
    choices = np.bincount(pairs, minlength=len(people.ids))
    forgotten = np.where((asked == 0) & (np.diff(people.booked_ptr) == 0), FORGOTTEN + SCARCE / np.maximum(1, choices), 0.0)
    use = np.minimum(1.0, asked / room)
    middle = float(use[choices > 0].mean()) if (choices > 0).any() else 0.0
    familiar = known(needs.familiar, options.need * len(people.ids) + options.person)
    lift = np.array([even.lift.get(need, 0.0) for need in needs.ids])
    steady = published_options(problem, options)
    points = USED * (middle - use)[options.person] + KNOWN * familiar
    first = forgotten[options.person]
    # What was proposed is not handed to somebody else for the sake of evenness: that was thought of when it was proposed.
    told = needs.published_start[options.need] >= 0
    told[steady] = False
    points[told], first[told] = 0.0, 0.0
    stays = np.zeros(len(options))
    stays[steady] = STEADY
    return _Wishes(points, first, stays, forgotten > 0, LAGS * lift * needs.value)


def _towards(
    wishes: _Wishes, strength: float, problem: Problem, options: Options, weeks: Weeks, board: Board, draft: Draft, seed: int,
    pool: Executor, late: Callable[[], bool],
) -> None:  # fmt: skip
    """Sweeps, exchanges and assignments under the score with the wishes. A first visit is wished for, not a second: hence the rounds."""
    order = by_worth(problem, seed)
    for turn in range(ROUNDS):
        plain = weeks._replace(worth=weeks.worth + strength * wishes.option + wishes.steady, value=weeks.value + strength * wishes.need)
        reseat(options, plain, strength * wishes.first, wishes.forgotten, board, draft)
        wished = plain._replace(worth=plain.worth + strength * _first_visits(wishes, options, draft))
        hands = np.argsort(-wished.worth, kind="stable")
        for _ in range(SWEEPS):
            if late() or not (hand_over(hands, wished, board, draft) + sweep(order, options.starts, wished, board, draft)):
                break
        if turn < ROUNDS - 1:
            polish(problem, options, wished, board, draft, COLD * 2, seed + turn, pool, _after(STAGES, late))
    reseat(options, plain, strength * wishes.first, wishes.forgotten, board, draft)


def _after(stages: int, late: Callable[[], bool]) -> Callable[[], bool]:
    """Late after so many stages of a polish too: nearly cold as it is, it has done most of its work by then."""
    left = iter(range(stages))
    return lambda: late() or next(left, None) is None


def _first_visits(wishes: _Wishes, options: Options, draft: Draft) -> Floats:
    """The points of a first visit: of every option of who has none, and of the visit of who has one; nothing for a second."""
    used = np.zeros(len(options), dtype=bool)
    used[draft.seat_option[draft.seat_option >= 0]] = True
    visits = draft.visits[options.person]
    return np.where((visits == 0) | (used & (visits == 1)), wishes.first, 0.0)
