"""The first of a ranking checked exactly: the neighbourhood of each change solved to its optimum before and after it."""

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from .advise_people import some_of
from .advise_worth import Offers, paying_needs
from .local import LocalResult, Neighbourhood
from .packed import HOME, NEED, PERSON
from .problem import Floats, Ints

SHORT = 20.0  # points by which a need may fall short of paying and still belongs to the neighbourhood
NEIGHBOURS, FEWER = 40, 16  # needs
A_SOLVE, A_JOINT_SOLVE = 10.0, 20.0
# What is worth most is wanted by most: the first of a ranking have neighbourhoods of 40,000 to 80,000 options, solved in 3 to 12 s.
MOST_ROWS = 100_000  # options of a neighbourhood that is worth its model


@dataclass(frozen=True)
class Checked:
    """One change checked: points and visits gained, the needs that the changed person serves then, and whether both plans are proved best."""

    offer: int
    gain: float
    visits: int
    serves: frozenset[int]
    proved: bool


def check_one(around: Neighbourhood, offers: Offers, price: Floats, i: int, seconds: float = A_SOLVE) -> Checked:
    """What one change gains: the best plan of the needs around it with it, less the best plan of the same needs without it."""
    return compared(around, offers, needs_around(around, offers, price, i), np.array([i]), seconds)


def check_together(
    around: Neighbourhood, offers: Offers, price: Floats, rows: Ints, pool: Executor, seconds: float = A_JOINT_SOLVE
) -> Checked:
    """The same for several changes at once, in smaller neighbourhoods if the usual ones cannot be proved in their time."""
    found = _together(around, offers, price, rows, pool, seconds, NEIGHBOURS)
    return found if found.proved else _together(around, offers, price, rows, pool, seconds, FEWER)


def _together(around: Neighbourhood, offers: Offers, price: Floats, rows: Ints, pool: Executor, seconds: float, most: int) -> Checked:
    """Those that share no need, nobody and no home are solved apart and added."""
    apart = _apart(around, offers, [(np.array([i]), needs_around(around, offers, price, int(i), most)) for i in rows])
    jobs = [pool.submit(compared, around, offers, needs, some, seconds) for some, needs in apart]
    found = [job.result() for job in jobs]
    serves = frozenset(n for one in found for n in one.serves)
    proved = all(one.proved for one in found)
    return Checked(int(rows[0]), sum(one.gain for one in found), sum(one.visits for one in found), serves, proved)


def _apart(around: Neighbourhood, offers: Offers, parts: list[tuple[Ints, Ints]]) -> list[tuple[Ints, Ints]]:
    """Changes with their needs, joined until no two share a need, somebody who could come, or a home."""
    found: list[tuple[Ints, Ints]] = []
    for part in parts:
        near = [one for one in found if _touch(around, offers, one, part)]
        while near:
            found = [one for one in found if not any(one is other for other in near)]
            part = (
                np.concatenate([part[0], *(rows for rows, _ in near)]),
                np.unique(np.concatenate([part[1], *(needs for _, needs in near)])),
            )
            near = [one for one in found if _touch(around, offers, one, part)]
        found.append(part)
    return found


def _touch(around: Neighbourhood, offers: Offers, a: tuple[Ints, Ints], b: tuple[Ints, Ints]) -> bool:
    homes, option = around.weeks.need[:, HOME], offers.extra.weeks.option
    if np.isin(around.who_could(a[1]), around.who_could(b[1])).any() or np.isin(homes[a[1]], homes[b[1]]).any():
        return True
    return any(np.isin(option[np.isin(option[:, PERSON], one[0]), NEED], other[1]).any() for one, other in ((a, b), (b, a)))


def needs_around(around: Neighbourhood, offers: Offers, price: Floats, i: int, most: int = NEIGHBOURS) -> Ints:
    """The needs that pay the changed person most, those they serve today, and those of the people who could serve these."""
    own = paying_needs(offers.extra.weeks, price, i, SHORT, most // 2)
    stands_for = offers.extra.stands_for[[i]]
    if stands_for[0] >= 0:
        own = np.union1d(own, around.served_by(stands_for))
    return around.around(own, rings=1, most=most)


def compared(around: Neighbourhood, offers: Offers, needs: Ints, rows: Ints, seconds: float) -> Checked:
    """The best plan of the needs with these changes, less the best without; everything else is held."""
    before = around.solve(needs, seconds=seconds, most_rows=MOST_ROWS)
    if not _proved(before):
        return Checked(int(rows[0]), 0.0, 0, frozenset(), False)
    after = around.solve(needs, extra=some_of(offers.extra, rows), seconds=seconds, most_rows=MOST_ROWS)
    new = around.people
    serves = frozenset(v.need for v in after.visits if any(p >= new for p in v.team))
    return Checked(
        int(rows[0]), after.value - before.value, len(after.visits) - len(before.visits), serves, _proved(before) and _proved(after)
    )


def _proved(found: LocalResult) -> bool:
    return found.optimal and found.possible


def agreement(worth: Floats, gain: Floats) -> tuple[float | None, float | None, float | None]:
    """Pearson's and Spearman's correlation of worth and gain (none for fewer than three, or all alike), and worth over gain."""
    total = float(gain.sum())
    ratio = float(worth.sum()) / total if total > 0 else None
    if len(worth) < 3 or np.ptp(worth) == 0 or np.ptp(gain) == 0:
        return None, None, ratio
    return float(np.corrcoef(worth, gain)[0, 1]), float(np.corrcoef(_ranks(worth), _ranks(gain))[0, 1]), ratio


def _ranks(numbers: Floats) -> Floats:
    """Ranks from 1; what is alike to a hundredth of a point shares its middle rank."""
    _, at, count = np.unique(np.round(numbers, 2), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[at])


def first_that_add_up(checked: list[Checked], most: int) -> list[Checked]:
    """The best by gain of which no two would serve the same need."""
    taken, chosen = set[int](), list[Checked]()
    for one in sorted(checked, key=lambda c: (-c.gain, c.offer)):
        if one.gain > 0 and not taken & one.serves:
            chosen.append(one)
            taken |= one.serves
        if len(chosen) == most:
            break
    return chosen
