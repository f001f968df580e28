"""From the best mixture of weeks to one week a person: an integer programme over the weeks that could still matter."""

import highspy
import numpy as np

from .master import Master, Mixture
from .problem import Floats, Ints
from .solver import add_columns, new_solver, run

LEAST_COST = 2.0  # how much a week may cost against the prices and still be tried
MOST_NODES = 300
WHOLE = 1e-6


def whole_weeks(master: Master, mixture: Mixture, seconds: float) -> Ints:
    """The options of the weeks that the integer programme picks (nothing if it finds no answer in time).

    Tries the weeks whose reduced cost is below LEAST_COST and all that the mixture uses; stops after MOST_NODES nodes or `seconds`.
    """
    chosen, owner = np.concatenate(master.weeks_offered), np.concatenate(master.owners)
    tried = np.flatnonzero((_reduced_cost(master, mixture, chosen, owner) < LEAST_COST) | (mixture.share > WHOLE))
    share = _integer_shares(master, tried, seconds)
    return _options(chosen[tried[share > 0.5]])


def _options(rows: Ints) -> Ints:
    return np.asarray(rows[rows >= 0])


def _reduced_cost(master: Master, mixture: Mixture, chosen: Ints, owner: Ints) -> Floats:
    """What each week falls short of its person's surplus at the mixture's prices."""
    gain = np.where(chosen >= 0, master.weeks.worth[chosen] + mixture.price[master.options.cell[chosen]], 0.0).sum(axis=1)
    load = master.load(owner, (chosen >= 0).sum(axis=1))
    return np.asarray(mixture.surplus[owner] - gain + load)


def _integer_shares(master: Master, tried: Ints, seconds: float) -> Floats:
    lp = master.highs.getLp()
    first = len(master.meetings) + len(master.boxes)
    columns = np.concatenate([np.arange(len(master.meetings)), first + tried])
    starts, index = np.array(lp.a_matrix_.start_), np.array(lp.a_matrix_.index_)
    value, cost = np.array(lp.a_matrix_.value_), np.array(lp.col_cost_)[columns]
    length = starts[columns + 1] - starts[columns]
    entries = np.repeat(starts[columns] - np.concatenate([[0], np.cumsum(length)[:-1]]), length) + np.arange(length.sum())
    lower, upper = np.array(lp.row_lower_), np.array(lp.row_upper_)
    highs = new_solver(lower, upper, mip_max_nodes=MOST_NODES, mip_rel_gap=1e-6, time_limit=seconds)
    n, begin = len(columns), np.concatenate([[0], np.cumsum(length)[:-1]])
    add_columns(highs, cost, begin, index[entries], value[entries], most=1.0)
    highs.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.full(n, int(highspy.HighsVarType.kInteger), dtype=np.uint8))
    run(highs)
    solution = np.array(highs.getSolution().col_value)
    return solution[len(master.meetings) :] if len(solution) else np.zeros(len(tried))
