"""OR-Tools' CP-SAT on the full model: cliques as "at most one", eight workers, the greedy plan as a hint."""

import numpy as np
from ortools.sat.python import cp_model

from doorstep.planner.week.problem import Floats
from script.bench_week.peers.full_model import FullModel, Rows
from script.bench_week.peers.watch import Watch

CENTS = 100.0  # CP-SAT reckons in whole numbers
WORKERS = 8


class _Seen(cp_model.CpSolverSolutionCallback):
    """Takes every better solution over."""

    def __init__(self, model: FullModel, watch: Watch) -> None:
        super().__init__()
        self.model, self.watch = model, watch

    def on_solution_callback(self) -> None:
        column = np.fromiter(self.response_proto.solution, dtype=np.float64)
        self.watch.found("search", self.model.chosen(column))


def solve(model: FullModel, constant: float, hint: Floats, watch: Watch) -> None:
    """Searches until the last checkpoint, or until the optimum is proven."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = 1
    solver.parameters.relative_gap_limit = 0.0
    program = program_of(model, hint)
    solver.best_bound_callback = lambda bound: watch.bound(constant + bound)
    solver.parameters.max_time_in_seconds = max(0.1, watch.left)
    status = solver.solve(program, _Seen(model, watch))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        watch.bound(constant + solver.best_objective_bound)
    watch.finish(status == cp_model.OPTIMAL)


def program_of(model: FullModel, hint: Floats) -> cp_model.CpModel:
    """The arrays as a CP-SAT model; written straight into its protocol buffer, which is much faster than expression by expression."""
    program = cp_model.CpModel()
    proto = program.proto
    for _ in range(len(model.gain)):
        proto.variables.add().domain.extend([0, 1])
    for lo, hi in _spans(model.ones):
        proto.constraints.add().at_most_one.literals.extend(model.ones.column[lo:hi].tolist())
    for lo, hi in _spans(model.links):  # one of the people, or nobody because the meeting is not held
        columns = model.links.column[lo:hi].tolist()
        columns[-1] = -columns[-1] - 1
        proto.constraints.add().exactly_one.literals.extend(columns)
    for i, (lo, hi) in enumerate(_spans(model.caps)):
        linear = proto.constraints.add().linear
        linear.vars.extend(model.caps.column[lo:hi].tolist())
        linear.coeffs.extend(model.caps.weight[lo:hi].tolist())
        linear.domain.extend([cp_model.INT32_MIN, int(model.caps.most[i])])
    proto.objective.vars.extend(range(len(model.gain)))
    proto.objective.coeffs.extend((-np.round(CENTS * model.gain)).astype(np.int64).tolist())
    proto.objective.scaling_factor = -1 / CENTS  # back to points, to be maximised
    proto.solution_hint.vars.extend(range(len(hint)))
    proto.solution_hint.values.extend(hint.astype(np.int64).tolist())
    return program


def _spans(rows: Rows) -> list[tuple[int, int]]:
    return list(zip(rows.ptr[:-1].tolist(), rows.ptr[1:].tolist(), strict=True))
