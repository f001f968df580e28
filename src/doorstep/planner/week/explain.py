"""Why this person: the three strongest facts about each proposed pair, against the others who could have come."""

from collections.abc import Iterable

import numpy as np

from .candidates import Options
from .problem import JSON, ROLES, Ints, Problem, Visit
from .score import known, metres

MOST_REASONS = 3
# How much a fact weighs against the others; the codes are listed in docs/planner.md.
ONLY_ONE, FAMILIAR, SKILL, KEPT, VETTED, LANGUAGE, ROLE, NEAREST, GENDER, PREFERS, FREE, NEAR, RESTED = (
    100,
    80,
    60,
    55,
    50,
    45,
    40,
    35,
    30,
    25,
    20,
    15,
    10,
)
CLOSE_METRES = 1000


def reasons(problem: Problem, options: Options, visits: Iterable[Visit]) -> list[JSON]:
    """One row for each seat of the visits: {need, seat, reasons: up to three {code, …numbers}}, the strongest first."""
    others = _Others(problem, options)
    return [
        {"need": problem.needs.ids[visit.need], "seat": turn, "reasons": _reasons(problem, others, visit, turn, person)}
        for visit in visits
        for turn, person in enumerate(visit.team)
    ]


class _Others:
    """Who could sit on a seat, and at a given start."""

    def __init__(self, problem: Problem, options: Options) -> None:
        self.options = options
        self.order = np.lexsort((options.start, options.seat))
        self.ptr = np.searchsorted(options.seat[self.order], np.arange(len(problem.needs.seat_need) + 1))
        self.far = -metres(problem.people.place[options.person], problem.needs.place[options.need])

    def on(self, seat: int) -> Ints:
        """The options of a seat."""
        return np.asarray(self.order[self.ptr[seat] : self.ptr[seat + 1]])


def _reasons(problem: Problem, others: _Others, visit: Visit, turn: int, person: int) -> list[JSON]:
    needs = problem.needs
    seat = int(needs.seat_ptr[visit.need]) + turn
    if needs.fixed_team[seat] == person:
        return [{"code": "accepted"}]
    rivals = others.on(seat)
    there = rivals[others.options.start[rivals] == visit.start]
    facts = [
        *_about_the_seat(problem, seat, visit, person, len(np.unique(others.options.person[rivals]))),
        *_about_the_person(problem, others, visit, person, there),
    ]
    if needs.published_start[visit.need] == visit.start and needs.published_team[seat] == person:
        facts.append((KEPT, {"code": "kept"}))
    facts.sort(key=lambda fact: -fact[0])
    return [fact for _, fact in facts[:MOST_REASONS]]


def _about_the_seat(problem: Problem, seat: int, visit: Visit, person: int, able: int) -> list[tuple[float, JSON]]:
    """What was asked for and only few have."""
    people, needs, facts = problem.people, problem.needs, list[tuple[float, JSON]]()
    if able == 1:
        facts.append((ONLY_ONE, {"code": "only_one"}))
    skill = int(needs.seat_skill[seat])
    if skill >= 0:
        level, asked = int(people.skills[person, skill]), int(needs.seat_level[seat])
        numbers = {"skill": problem.skill_names[skill], "level": level, "asked": asked, "others": able - 1}
        facts.append((SKILL + 10 * (asked > 1), {"code": "skill", **numbers}))
    if problem.needs.minor[visit.need]:
        facts.append((VETTED, {"code": "vetted"}))
    if needs.seat_language[seat] >= 0:
        facts.append((LANGUAGE, {"code": "language", "language": problem.language_names[needs.seat_language[seat]]}))
    if needs.seat_role[seat] >= 0:
        facts.append((ROLE, {"code": "role", "role": ROLES[people.role[person]]}))
    if needs.seat_gender[seat] >= 0:
        facts.append((GENDER, {"code": "gender"}))
    return facts


def _about_the_person(problem: Problem, others: _Others, visit: Visit, person: int, there: Ints) -> list[tuple[float, JSON]]:
    """What this person gave or did, against those who could come at the same start."""
    people, needs, n = problem.people, problem.needs, visit.need
    facts: list[tuple[float, JSON]] = []
    everyone = others.options.person[there]
    familiar = known(needs.familiar, n * len(people.ids) + everyone)
    if familiar[everyone == person].any():
        facts.append((FAMILIAR, {"code": "familiar", "others": int(familiar.sum()) - 1}))
    far = float(metres(people.place[person], needs.place[n]))
    distances = np.sort(-others.far[there[everyone != person]])
    rank = int(np.searchsorted(distances, far)) + 1
    numbers = {"metres": round(far), "minutes": int(np.ceil(far / people.pace[person] - 1e-9)), "rank": rank}
    if len(distances):
        numbers["next_metres"] = round(float(distances[0]))
    nearest = rank == 1 and len(distances) > 0
    facts.append((NEAREST if nearest else NEAR + 8 * (far < CLOSE_METRES), {"code": "nearest" if nearest else "near", **numbers}))
    if people.prefers[person, needs.category[n]]:
        facts.append((PREFERS, {"code": "prefers", "category": problem.category_names[needs.category[n]]}))
    for f in range(int(people.free_ptr[person]), int(people.free_ptr[person + 1])):
        if people.free_from[f] <= visit.start and visit.start + needs.minutes[n] <= people.free_to[f]:
            span = {"from": int(people.free_from[f]), "to": int(people.free_to[f]), "others": len(distances)}
            facts.append((FREE, {"code": "free_then", **span}))
    facts.append((RESTED, {"code": "load", "visits_28d": int(people.load_28d[person])}))
    return facts
