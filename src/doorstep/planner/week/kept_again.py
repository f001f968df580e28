"""A kept plan made anew from the week and the plan as they are stored, on a computer that does not have its file."""

import numpy as np

from .arrays import as_problem
from .candidates import Options, find_options
from .draft import Draft, empty_draft
from .kept import Kept, NotKept, kept_of
from .packed import weeks_of
from .problem import JSON, Floats, Problem
from .whatif_standing import put


def kept_again(plan: str, week: JSON, answer: JSON) -> Kept:
    """The kept plan of a `doorstep-week/1` and its `doorstep-plan/1`; raises NotKept, or Malformed, if they are not those of a plan of ours."""
    problem = as_problem(week)
    options = find_options(problem)
    try:
        return kept_of(plan, problem, options, _draft(problem, options, answer), _prices(problem, options, answer))
    except (KeyError, TypeError, IndexError):
        raise NotKept(f"{plan}: the stored plan has no visits or prices that fit its week") from None


def _draft(problem: Problem, options: Options, answer: JSON) -> Draft:
    """The visits as a draft; needs that were accepted in full stand outside of it."""
    weeks, people, needs = weeks_of(problem, options), problem.people, problem.needs
    draft, seats = empty_draft(problem, weeks), len(needs.seat_need)
    person, need = ({name: i for i, name in enumerate(names)} for names in (people.ids, needs.ids))
    keys = (options.person * 16_384 + options.start) * seats + options.seat
    for visit in answer["visits"]:
        n = need[visit["need"]]
        if problem.kept[n]:
            continue
        for turn, who in enumerate(visit["team"]):
            key = (person[who] * 16_384 + visit["start"]) * seats + int(needs.seat_ptr[n]) + turn
            o = int(np.searchsorted(keys, key))
            if keys[o] != key:
                raise KeyError(visit["need"])
            put(weeks, draft, o)
    return draft


def _prices(problem: Problem, options: Options, answer: JSON) -> Floats:
    """The price of each cell, from the table that `prices.as_json` writes."""
    rows = [price for name in problem.needs.ids for _, prices in answer["prices"][name] for price in prices]
    price = np.zeros(len(options.cell_seat))
    order = np.lexsort((options.cell_seat, options.cell_meeting))
    if len(rows) != len(order):
        raise KeyError("prices")
    price[order] = rows
    return price
