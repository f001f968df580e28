"""A finished plan read back from its week and its file, so that it can be asked about long after it was made."""

from typing import NamedTuple

import numpy as np

from .arrays import as_problem
from .candidates import Options, find_options
from .draft import Draft, empty_draft
from .kept import Kept, NotKept, kept_of
from .packed import weeks_of
from .problem import JSON, Floats, Problem
from .whatif_standing import put

STARTS = 16_384  # more than a week has minutes


class Planned(NamedTuple):
    """A plan with what it was made of; `price` has one number a cell of the options."""

    problem: Problem
    options: Options
    draft: Draft
    price: Floats


def planned_again(week: JSON, answer: JSON) -> Planned:
    """The problem, options, draft and prices that the run had which wrote the plan (`doorstep-week/1`, `doorstep-plan/1`).

    Raises Malformed if the week is none, NotKept if the plan's visits or prices are not of this week.
    """
    problem = as_problem(week)
    options = find_options(problem)
    try:
        return Planned(problem, options, _draft(problem, options, answer), _prices(problem, options, answer))
    except (KeyError, TypeError, IndexError):
        raise NotKept("the stored plan has no visits or prices that fit its week") from None


def kept_again(plan: str, week: JSON, answer: JSON) -> Kept:
    """The kept plan made anew, on a computer that does not have its file; raises as `planned_again` does."""
    return kept_of(plan, *planned_again(week, answer))


def _draft(problem: Problem, options: Options, answer: JSON) -> Draft:
    """The visits as a draft; needs that were accepted in full stand outside of it."""
    weeks, people, needs = weeks_of(problem, options), problem.people, problem.needs
    draft, seats = empty_draft(problem, weeks), len(needs.seat_need)
    person, need = ({name: i for i, name in enumerate(names)} for names in (people.ids, needs.ids))
    keys = (options.person * STARTS + options.start) * seats + options.seat
    for visit in answer["visits"]:
        n = need[visit["need"]]
        if problem.kept[n]:
            continue
        for turn, who in enumerate(visit["team"]):
            key = (person[who] * STARTS + visit["start"]) * seats + int(needs.seat_ptr[n]) + turn
            o = int(np.searchsorted(keys, key))
            if keys[o] != key:
                raise KeyError(visit["need"])
            put(weeks, draft, o)
    return draft


def _prices(problem: Problem, options: Options, answer: JSON) -> Floats:
    """The price of each cell, from the table that `prices.as_json` writes.

    It lists each need's meetings in the order of the options, and each meeting's seats in the order of the need.
    """
    rows = [price for name in problem.needs.ids for _, prices in answer["prices"][name] for price in prices]
    price = np.zeros(len(options.cell_seat))
    order = np.lexsort((options.cell_seat, options.cell_meeting))
    if len(rows) != len(order):
        raise KeyError("prices")
    price[order] = rows
    return price
