"""Min-cost flow and repair: who sits where by the cheapest flow, clashes dropped, what is left flows again, then local moves.

A flow knows no travel and no overlap: a stretch of somebody's week takes about as many visits as fit into it. What it sends to one person
is taken over in the order of value as far as it is legal; the repair moves are those of our own planner, so that they are good ones.
"""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from doorstep.planner.week.candidates import Options
from doorstep.planner.week.compiled import NONE, compiled
from doorstep.planner.week.draft import Board, Draft, clashes, empty_draft, home_is_free
from doorstep.planner.week.improve import settle, sweep
from doorstep.planner.week.packed import BLOCK, BOOKED, END, IS_WORKER, NEED, ROOM_VISITS, START, Weeks
from doorstep.planner.week.problem import Bools, Ints, Problem

ROUNDS, SWEEPS = 8, 20
CENTS = 100.0
WAY = 10  # minutes that a flow reckons with between two visits


def flow_and_repair(problem: Problem, options: Options, weeks: Weeks, board: Board) -> Draft:
    draft = empty_draft(problem, weeks)
    for _ in range(ROUNDS):
        rows = np.flatnonzero(_free(weeks, board, draft))
        sent = _sent(problem, options, weeks, draft, rows) if len(rows) else rows
        before = int((draft.need_start >= 0).sum())
        order = np.lexsort((options.start[sent], -weeks.worth[sent], -problem.needs.value[options.need[sent]]))
        settle(sent[order], problem.needs.seats, weeks, board, draft)
        if int((draft.need_start >= 0).sum()) == before:
            break
    order = np.argsort(-problem.needs.value, kind="stable")
    for _ in range(SWEEPS):
        if not sweep(order, options.starts, weeks, board, draft):
            break
    return draft


@compiled
def _free(w: Weeks, b: Board, d: Draft) -> Bools:
    """Options of needs without a visit that nothing stands in the way of."""
    found = np.zeros(len(w.option), np.bool_)
    for o in range(len(w.option)):
        n = w.option[o, NEED]
        found[o] = d.need_start[n] < 0 and home_is_free(n, w.option[o, START], NONE, w, b, d) and clashes(o, w, b, d)[0] == 0
    return found


def _sent(problem: Problem, options: Options, weeks: Weeks, draft: Draft, rows: Ints) -> Ints:
    """Those of the options `rows` whose person the cheapest flow sends to their seat in their stretch of the week, at any start."""
    people, seats = len(weeks.who), len(problem.needs.seat_need)
    _, stretch = np.unique(weeks.option[rows, BLOCK], return_inverse=True)
    first = np.flatnonzero(np.diff(stretch, prepend=-1))
    pair, at, which = np.unique(stretch * seats + options.seat[rows], return_index=True, return_inverse=True)
    best = np.full(len(pair), -np.inf)
    np.maximum.at(best, which, weeks.worth[rows])
    best += (problem.needs.value / problem.needs.seats)[options.need[rows[at]]]
    source, sink = people + len(first) + seats, people + len(first) + seats + 1
    who, cost = _steps(weeks, draft)
    flow = SimpleMinCostFlow()
    add = flow.add_arcs_with_capacity_and_unit_cost
    add(np.full(len(who), source), who, np.ones(len(who), dtype=np.int64), cost)
    add(options.person[rows[first]], people + np.arange(len(first)), _room(weeks, rows, first), np.zeros(len(first), dtype=np.int64))
    pairs = add(people + stretch[at], people + len(first) + options.seat[rows[at]], np.ones(len(at), dtype=np.int64), _cents(-best))
    seat = np.arange(seats)
    add(people + len(first) + seat, np.full(seats, sink), np.ones(seats, dtype=np.int64), np.zeros(seats, dtype=np.int64))
    flow.add_arc_with_capacity_and_unit_cost(source, sink, seats, 0)
    flow.set_node_supply(source, seats)
    flow.set_node_supply(sink, -seats)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("the flow has no solution")
    return np.asarray(rows[(flow.flows(pairs) > 0)[which]])


def _cents(points: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Ints:
    return np.asarray(np.round(CENTS * points), dtype=np.int64)


def _steps(weeks: Weeks, draft: Draft) -> tuple[Ints, Ints]:
    """An arc for each visit that a person may still make, each as dear as the load that it adds."""
    room = np.clip(weeks.who[:, ROOM_VISITS] - draft.visits, 0, None)
    who = np.repeat(np.arange(len(room)), room)
    turn = np.arange(len(who)) - np.repeat(np.cumsum(room) - room, room)
    toll = 4.0 * (weeks.who[who, BOOKED] + draft.visits[who] + turn) * (1 - weeks.who[who, IS_WORKER])
    return who, _cents(toll)


def _room(weeks: Weeks, rows: Ints, first: Ints) -> Ints:
    """About how many visits fit into each stretch: its length by the mean visit and the way to the next."""
    option = weeks.option[rows]
    length = np.maximum.reduceat(option[:, END], first) - np.minimum.reduceat(option[:, START], first)
    count = np.diff(np.append(first, len(rows)))
    mean = np.add.reduceat(option[:, END] - option[:, START], first) / count
    return np.maximum(1, (length + WAY) // (mean + WAY)).astype(np.int64)
