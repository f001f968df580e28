"""A finished plan read back from its week and its file, so that it can be asked about long after it was made."""

from typing import NamedTuple

import numpy as np

from .arrays import as_problem
from .candidates import Options, find_options
from .draft import Draft, empty_draft
from .packed import weeks_of
from .problem import JSON, Floats, Ints, Problem


class Planned(NamedTuple):
    """A plan with what it was made of; `price` has one number a cell of the options."""

    problem: Problem
    options: Options
    draft: Draft
    price: Floats


def planned_again(week: JSON, plan: JSON) -> Planned:
    """The same problem, options, draft and prices as the run had that wrote the plan (`doorstep-week/1`, `doorstep-plan/1`)."""
    problem = as_problem(week)
    options = find_options(problem)
    return Planned(problem, options, _draft(problem, options, plan), _prices(problem, options, plan["prices"]))


def _draft(problem: Problem, options: Options, plan: JSON) -> Draft:
    draft = empty_draft(problem, weeks_of(problem, options))
    person, need = ({name: i for i, name in enumerate(ids)} for ids in (problem.people.ids, problem.needs.ids))
    order = np.lexsort((options.start, options.person, options.seat))
    keys = _key(options.seat[order], options.person[order], options.start[order], problem)
    for visit in plan["visits"]:
        n, start = need[visit["need"]], int(visit["start"])
        if problem.kept[n]:
            continue
        draft.need_start[n] = start
        for turn, name in enumerate(visit["team"]):
            seat, p = int(problem.needs.seat_ptr[n]) + turn, person[name]
            o = int(order[np.searchsorted(keys, _key(seat, p, start, problem))])
            draft.seat_option[seat] = o
            draft.week[p, draft.visits[p]] = o
            draft.visits[p] += 1
            draft.minutes[p] += problem.needs.minutes[n]
    return draft


def _key(seat: Ints | int, person: Ints | int, start: Ints | int, problem: Problem) -> Ints:
    return np.asarray((np.asarray(seat) * len(problem.people.ids) + person) * 16_384 + start)


def _prices(problem: Problem, options: Options, table: JSON) -> Floats:
    """The file lists each need's meetings in the order of the options, and each meeting's seats in the order of the need."""
    order = np.lexsort((options.cell_seat, options.cell_meeting))
    listed = [price for name in problem.needs.ids for _, prices in table[name] for price in prices]
    price = np.zeros(len(options.cell_seat))
    price[order] = listed
    return price
