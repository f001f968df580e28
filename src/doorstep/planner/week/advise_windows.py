"""One more window for a need that was left out: in which part of which day somebody could come who cannot come now."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from .advise_check import A_SOLVE, NEIGHBOURS, Checked, compared
from .advise_people import DAY, PARTS, joined
from .advise_worth import Offers, offers
from .candidates import Options, find_options
from .draft import Draft
from .local import Extra, Neighbourhood
from .packed import FIRST, LAST, NEED, PERSON, START, Weeks, weeks_of
from .problem import JSON, Floats, Ints, Needs, Problem

OPEN = "open"
MOST_NEEDS, MOST_COMERS = 60, 12  # needs looked at, the dearest first; people looked at for each window, the likeliest first


@dataclass(frozen=True)
class Windows:
    """Windows as offers, and for each the people who could come in it: rows of `people`, who stand for people of the week."""

    offers: Offers
    people: Offers
    comers: list[Ints]
    need: Ints


def windows(problem: Problem, options: Options, draft: Draft, price: Floats, today: Floats, pool: Executor) -> Windows:
    """The worth of each window: what the person gains most who gains most by it. At a price that only they would pay, nobody else comes.

    Looked at are needs with one seat whose home asks for nothing else, so that no price but theirs is touched.
    """
    chosen = _left_out(problem, options, draft)
    wider = replace(problem, needs=_with_all_parts(problem.needs, chosen))
    weeks = weeks_of(wider, find_options(wider))
    extra, groups = _comers(weeks, options, chosen)
    people = offers(OPEN, extra, [], price, today, pool)
    parts, rows, worth, comers, need = list(PARTS), list[JSON](), list[float](), list[Ints](), list[int]()
    for (n, part), persons in groups.items():
        gains = persons[np.argsort(-people.worth[persons], kind="stable")]
        gains = gains[people.worth[gains] > 0][:MOST_COMERS]
        if len(gains):
            day, (begin, end) = part // len(parts), PARTS[parts[part % len(parts)]]
            rows.append(
                {
                    "need": problem.needs.ids[n],
                    "day": day,
                    "part": parts[part % len(parts)],
                    "from": day * DAY + begin,
                    "to": day * DAY + end,
                }
            )
            worth.append(float(people.worth[gains[0]]))
            comers.append(gains)
            need.append(n)
    return Windows(
        Offers(OPEN, extra, rows, np.array(worth), np.zeros((0, 0), dtype=np.int64)), people, comers, np.array(need, dtype=np.int64)
    )


def check_window(around: Neighbourhood, found: Windows, i: int, seconds: float = A_SOLVE) -> Checked:
    """What a window gains: the best plan around the need and those who could come in it, less the best without it."""
    comers = found.comers[i]
    own = np.union1d(found.need[[i]], around.served_by(found.people.extra.stands_for[comers]))
    return replace(compared(around, found.people, around.around(own, rings=1, most=NEIGHBOURS), comers, seconds), offer=i)


def _left_out(problem: Problem, options: Options, draft: Draft) -> Ints:
    needs = problem.needs
    alone = np.bincount(needs.resident, minlength=problem.resident_count)[needs.resident] == 1
    may = (draft.need_start < 0) & ~problem.kept & (needs.fixed_start < 0) & (needs.seats == 1) & alone & ~options.staged
    rows = np.flatnonzero(may)
    return np.sort(rows[np.argsort(-needs.value[rows], kind="stable")][:MOST_NEEDS])


def _with_all_parts(needs: Needs, chosen: Ints) -> Needs:
    """The same needs, the chosen ones with a window in each part of each day that is long enough."""
    ptr, table, some = [0], list[tuple[int, int]](), set(chosen.tolist())
    for n in range(len(needs.ids)):
        own = [(int(needs.window_from[w]), int(needs.window_to[w])) for w in range(int(needs.window_ptr[n]), int(needs.window_ptr[n + 1]))]
        if n in some:
            minutes = int(needs.minutes[n])
            wider = [(day * DAY + a, day * DAY + b - minutes) for day in range(7) for a, b in PARTS.values() if b - minutes >= a]
            own = joined([*own, *wider])
        table += own
        ptr.append(len(table))
    spans = np.array(table, dtype=np.int64).reshape(len(table), 2)
    return replace(needs, window_ptr=np.array(ptr, dtype=np.int64), window_from=spans[:, 0].copy(), window_to=spans[:, 1].copy())


def _comers(weeks: Weeks, options: Options, chosen: Ints) -> tuple[Extra, dict[tuple[int, int], Ints]]:
    """For each chosen need and part of a day the people who could come then, each with all their options of today and those of that part."""
    option = weeks.option
    new = np.isin(option[:, NEED], chosen) & ~_known_starts(option, options)
    rows, today = np.flatnonzero(new), np.flatnonzero(~new)
    first = np.searchsorted(option[today, PERSON], np.arange(len(weeks.who) + 1))
    key = np.stack([option[rows, NEED], _part_of(option[rows, START]), option[rows, PERSON]], axis=1)
    groups, at = np.unique(key, axis=0, return_inverse=True)
    order = np.argsort(at.reshape(-1), kind="stable")
    cuts = np.searchsorted(at.reshape(-1)[order], np.arange(len(groups) + 1))
    person = groups[:, 2] if len(groups) else np.zeros(0, dtype=np.int64)
    lists = [
        np.sort(np.concatenate([today[first[p] : first[p + 1]], rows[order[cuts[g] : cuts[g + 1]]]])) for g, p in enumerate(person.tolist())
    ]
    taken = np.concatenate([*lists, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    count = np.array([len(one) for one in lists], dtype=np.int64)
    who, mine = weeks.who[person].copy(), option[taken].copy()
    who[:, LAST] = np.cumsum(count)
    who[:, FIRST] = who[:, LAST] - count
    mine[:, PERSON] = np.repeat(np.arange(len(person)), count)
    apart = weeks._replace(who=who, option=mine, worth=weeks.worth[taken], pace=weeks.pace[person])
    found: dict[tuple[int, int], list[int]] = {}
    for g, (n, part, _) in enumerate(groups.tolist()):
        found.setdefault((n, part), []).append(g)
    return Extra(apart, person), {window: np.array(people) for window, people in found.items()}


def _known_starts(option: Ints, options: Options) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which options begin when their need may begin already."""
    owner = np.repeat(np.arange(len(options.starts_ptr) - 1), np.diff(options.starts_ptr))
    return np.isin(option[:, NEED] * 100_000 + option[:, START], owner * 100_000 + options.starts)


def _part_of(start: Ints) -> Ints:
    """Day · 3 + part, by when a visit begins."""
    begins = np.array([begin for begin, _ in PARTS.values()])
    return np.asarray(start // DAY * len(PARTS) + np.searchsorted(begins, start % DAY, side="right") - 1)
