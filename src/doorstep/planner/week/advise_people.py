"""People who are not in the week: newcomers by profile, and people of the week as they would be after one change."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .candidates import Options, find_options
from .local import Extra
from .packed import FIRST, LAST, PERSON, weeks_of
from .problem import Bools, Floats, Ints, People, Problem
from .score import CHANGE

NOBODY_IS = 99  # a role that nobody has
DAY = 1440
# When people have time, as [from, to) in minutes of the day.
PARTS = {"morning": (480, 720), "afternoon": (720, 1080), "evening": (1080, 1290)}
WEEKDAYS, WEEKEND = range(5), range(5, 7)
VOLUNTEER = 1
USUAL = {"pace": 75.0, "reach": 2000.0, "max_minutes": 180.0, "max_visits": 2.0}  # where a week has nobody yet


def bands() -> dict[str, list[tuple[int, int]]]:
    """The time bands of a week by their code: weekday_morning … weekend_evening, each with its stretches of the week."""
    found = {}
    for name, days in (("weekday", WEEKDAYS), ("weekend", WEEKEND)):
        for part, (begin, end) in PARTS.items():
            found[f"{name}_{part}"] = [(day * DAY + begin, day * DAY + end) for day in days]
    return found


def take(people: People, rows: Ints) -> People:
    """The people in these rows, as often as they are named."""
    free_ptr, free = _gathered(people.free_ptr, rows)
    booked_ptr, booked = _gathered(people.booked_ptr, rows)
    return replace(
        people, ids=tuple(people.ids[p] for p in rows), role=people.role[rows], place=people.place[rows], pace=people.pace[rows],
        reach=people.reach[rows], max_minutes=people.max_minutes[rows], max_visits=people.max_visits[rows], vetted=people.vetted[rows],
        gender=people.gender[rows], skills=people.skills[rows], languages=people.languages[rows], prefers=people.prefers[rows],
        free_ptr=free_ptr, free_from=people.free_from[free], free_to=people.free_to[free], avoid=np.zeros(0, dtype=np.int64),
        booked_ptr=booked_ptr, booked_start=people.booked_start[booked], booked_minutes=people.booked_minutes[booked],
        booked_place=people.booked_place[booked], load_28d=people.load_28d[rows],
    )  # fmt: skip


def _gathered(ptr: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Pointers of the chosen lists beneath each other, and where their items were."""
    count = ptr[rows + 1] - ptr[rows]
    begins = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return begins, np.repeat(ptr[rows] - begins[:-1], count) + np.arange(begins[-1])


def with_free(people: People, spans: Sequence[Sequence[tuple[int, int]]]) -> People:
    """The same people, each with more free time; what touches becomes one stretch."""
    ptr, rows = [0], list[tuple[int, int]]()
    for p, more in enumerate(spans):
        own = range(int(people.free_ptr[p]), int(people.free_ptr[p + 1]))
        rows += joined([(int(people.free_from[f]), int(people.free_to[f])) for f in own] + list(more))
        ptr.append(len(rows))
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 2)
    return replace(people, free_ptr=np.array(ptr, dtype=np.int64), free_from=table[:, 0].copy(), free_to=table[:, 1].copy())


def joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches sorted, those that touch made one."""
    found = list[tuple[int, int]]()
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def newcomers(problem: Problem, place: Floats, skill: Ints, level: Ints, vetted: Bools, free: list[list[tuple[int, int]]]) -> People:
    """People like the district's median volunteer: its reach, pace and caps, the languages of most; `skill` −1 for none in particular.

    They name no gender, so that seats that ask for one are not counted for them.
    """
    people, count = problem.people, len(skill)
    like = np.flatnonzero(people.role == VOLUNTEER)
    like = like if len(like) else np.arange(len(people.ids))
    skills = np.zeros((count, len(problem.skill_names)), dtype=np.int8)
    rows = np.flatnonzero(skill >= 0)
    skills[rows, skill[rows]] = level[rows]
    none = np.zeros(0, dtype=np.int64)
    someone = People(
        ids=tuple(f"newcomer {i}" for i in range(count)), role=np.full(count, VOLUNTEER), place=place, pace=_middle(people, "pace", like, count),
        reach=_middle(people, "reach", like, count), max_minutes=_middle(people, "max_minutes", like, count).astype(np.int64),
        max_visits=_middle(people, "max_visits", like, count).astype(np.int64), vetted=vetted, gender=np.full(count, -2), skills=skills,
        languages=np.tile(people.languages[like].sum(axis=0) > len(like) / 2, (count, 1)), prefers=np.zeros((count, len(problem.category_names)), dtype=bool),
        free_ptr=np.zeros(count + 1, dtype=np.int64), free_from=none, free_to=none, avoid=none, booked_ptr=np.zeros(count + 1, dtype=np.int64),
        booked_start=none, booked_minutes=none, booked_place=np.zeros((0, 3)), load_28d=np.zeros(count, dtype=np.int64),
    )  # fmt: skip
    return with_free(someone, free)


def _middle(people: People, of: str, like: Ints, count: int) -> Floats:
    """The median of a number of those people; the usual one where there is nobody."""
    numbers = getattr(people, of)
    return np.full(count, np.median(numbers[like]) if len(like) else USUAL[of])


def beside(problem: Problem, people: People, stands_for: Ints) -> tuple[Problem, Options]:
    """A problem of these people alone with the same needs, and its options; cells are numbered as in the week itself.

    Row i is nobody of the week (−1) or has what the week knows of person `stands_for[i]`: familiar homes, exclusions, proposals. Seats
    that somebody has accepted are open to nobody here, so whoever has accepted part of a team should not be asked about.
    """
    needs, count = problem.needs, len(people.ids)
    closed = needs.fixed_team >= 0
    homes, known_as = max(1, problem.resident_count), len(problem.people.ids)
    owner, at = _keys_of(problem.people.avoid // homes, stands_for)
    avoid = np.sort(owner * homes + problem.people.avoid[at] % homes)
    apart = replace(
        problem, people=replace(people, avoid=avoid),
        needs=replace(
            needs, seat_role=np.where(closed, NOBODY_IS, needs.seat_role), fixed_team=np.full(len(closed), -1),
            published_team=np.where(needs.published_team >= 0, count, -1),
            familiar=_renamed(needs.familiar, known_as, stands_for), forbid=_renamed(needs.forbid, known_as, stands_for),
        ),
    )  # fmt: skip
    options = find_options(apart)
    proposed = (needs.published_team[options.seat] >= 0) & (needs.published_team[options.seat] == stands_for[options.person])
    return apart, replace(options, worth=options.worth + CHANGE * proposed)


def _keys_of(owner: Ints, stands_for: Ints) -> tuple[Ints, Ints]:
    """Every pair of a row that stands for somebody and a key of that person: the rows, and the keys' positions."""
    order = np.argsort(owner, kind="stable")
    lo, hi = np.searchsorted(owner[order], stands_for), np.searchsorted(owner[order], stands_for, side="right")
    count = np.where(stands_for >= 0, hi - lo, 0)
    begins = np.cumsum(count) - count
    at = np.repeat(lo - begins, count) + np.arange(count.sum())
    return np.repeat(np.arange(len(stands_for)), count), order[at]


def _renamed(keys: Ints, people: int, stands_for: Ints) -> Ints:
    """Keys `need · people + person` for the rows that stand for those persons."""
    row, at = _keys_of(keys % max(1, people), stands_for)
    return np.sort(keys[at] // max(1, people) * len(stands_for) + row)


def extra_of(problem: Problem, people: People, stands_for: Ints) -> Extra:
    """These people as local questions take them."""
    return Extra(weeks_of(*beside(problem, people, stands_for)), stands_for)


def some_of(extra: Extra, rows: Ints) -> Extra:
    """Only these of the extra people, numbered anew."""
    weeks = extra.weeks
    count = weeks.who[rows, LAST] - weeks.who[rows, FIRST]
    begins = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    options = np.repeat(weeks.who[rows, FIRST] - begins[:-1], count) + np.arange(begins[-1])
    who, option = weeks.who[rows].copy(), weeks.option[options].copy()
    who[:, FIRST], who[:, LAST] = begins[:-1], begins[1:]
    option[:, PERSON] = np.repeat(np.arange(len(rows)), count)
    return Extra(weeks._replace(who=who, option=option, worth=weeks.worth[options], pace=weeks.pace[rows]), extra.stands_for[rows])
