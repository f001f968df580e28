"""Promises that cannot all be kept: accepted visits of which no legal plan exists."""

from itertools import pairwise

import numpy as np

from .problem import Problem
from .score import metres


class Contradiction(ValueError):
    """No plan is legal for this week; the text is one sentence that names the accepted visits in question.

    `code` is `same_person`, `home_overlap`, `over_caps` or `clash`; `needs` the positions of the visits, `person` the id of who promised.
    """

    def __init__(self, code: str, needs: tuple[int, ...], what: str, person: str = "") -> None:
        where = " and ".join(f"needs[{n}].fixed" for n in needs)
        super().__init__(f"{where}: {what}")
        self.code, self.needs, self.person = code, needs, person


def require_possible(problem: Problem) -> None:
    """Raises Contradiction if fully accepted needs clash with each other, with booked visits, or with a person's caps."""
    needs = problem.needs
    agenda: dict[int, list[int]] = {}
    homes: dict[int, list[int]] = {}
    for n in map(int, np.flatnonzero(problem.kept)):
        team = needs.fixed_team[needs.seat_ptr[n] : needs.seat_ptr[n + 1]].tolist()
        if len(set(team)) < len(team):
            raise Contradiction("same_person", (n,), "the same person is accepted for two seats at once")
        for who in team:
            agenda.setdefault(who, []).append(n)
        homes.setdefault(int(needs.resident[n]), []).append(n)
    for visits in homes.values():
        for a, b in pairwise(sorted(visits, key=lambda n: int(needs.fixed_start[n]))):
            if needs.fixed_start[a] + needs.minutes[a] > needs.fixed_start[b]:
                raise Contradiction("home_overlap", (a, b), "two accepted visits to one home overlap")
    for who, visits in agenda.items():
        _require_week(problem, who, visits)


def _require_week(problem: Problem, who: int, visits: list[int]) -> None:
    people, needs = problem.people, problem.needs
    lo, hi = int(people.booked_ptr[who]), int(people.booked_ptr[who + 1])
    if hi - lo > people.max_visits[who] or people.booked_minutes[lo:hi].sum() > people.max_minutes[who]:
        what = f"{people.ids[who]!r} has accepted more than the weekly caps allow"
        raise Contradiction("over_caps", (visits[0],), what, people.ids[who])
    accepted = {(int(needs.fixed_start[n]), int(needs.minutes[n])): n for n in visits}
    for b in range(lo, hi - 1):
        pair = [(int(people.booked_start[i]), int(people.booked_minutes[i])) for i in (b, b + 1)]
        way = np.ceil(metres(people.booked_place[b], people.booked_place[b + 1]) / people.pace[who] - 1e-9)
        if sum(pair[0]) + way > pair[1][0] and accepted.keys() & set(pair):
            clashing = tuple(dict.fromkeys(accepted[visit] for visit in pair if visit in accepted))
            raise Contradiction("clash", clashing, f"{people.ids[who]!r} has accepted two visits that clash", people.ids[who])
