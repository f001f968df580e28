"""HiGHS on the full model, begun with the greedy plan: its branch and cut as it is, and the same after the linear programme."""

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from doorstep.planner.week.problem import Floats
from script.bench_week.peers.full_model import FullModel, Rows
from script.bench_week.peers.watch import Watch

MARGINS = (2.0, 10.0, 50.0, 250.0)  # points below the prices of the linear programme at which a column is still tried


def solve(model: FullModel, constant: float, hint: Floats, watch: Watch) -> None:
    """Branch and cut on all columns until the last checkpoint, or until the optimum is proven."""
    highs = program_of(model, constant)
    watch.finish(_search(highs, model, hint, watch, watch.bound))


def solve_near(model: FullModel, constant: float, hint: Floats, watch: Watch) -> None:
    """The linear programme first, then branch and cut on the columns near it: a few, then more, until no other column could matter.

    A column whose reduced cost is larger than what the linear programme lies above a plan is in no better plan, so that the last step is
    a proof. Without presolve, which takes minutes here, the linear programme itself is quick.
    """
    highs, n = program_of(model, constant), len(model.gain)
    every, nothing, one = np.arange(n, dtype=np.int32), np.zeros(n), np.ones(n)
    highs.changeColsIntegrality(n, every, np.full(n, int(highspy.HighsVarType.kContinuous), dtype=np.uint8))
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("time_limit", max(0.1, watch.left))
    highs.run()
    top, cost = highs.getObjectiveValue(), np.array(highs.getSolution().col_dual)
    if not n or highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        watch.finish(proven=not n)
        return
    watch.bound(top)
    highs.changeColsIntegrality(n, every, np.full(n, int(highspy.HighsVarType.kInteger), dtype=np.uint8))
    highs.setOptionValue("presolve", "choose")
    best, proven = hint, False
    for margin in MARGINS:
        gap = top - constant - float(model.gain @ best)
        near = (cost > -min(margin, gap + 1e-6)) | (best > 0.5)
        highs.changeColsBounds(n, every, nothing, np.where(near, one, nothing))
        if watch.left < 1.0 or not _search(highs, model, best, watch, lambda bound: None):
            break
        best = np.round(np.array(highs.getSolution().col_value))
        if top - highs.getObjectiveValue() <= margin:
            proven = True
            watch.bound(max(highs.getInfo().mip_dual_bound, highs.getObjectiveValue()))
            break
    watch.finish(proven)


def _search(highs: Any, model: FullModel, start: Floats, watch: Watch, tell: Callable[[float], None]) -> bool:
    """Whether branch and cut, begun with a plan, ended with a proof; what it finds on its way goes to the watch."""

    def better(event: Any) -> None:
        watch.found("search", model.chosen(np.array(event.data_out.mip_solution)))

    def told(event: Any) -> None:
        tell(event.data_out.mip_dual_bound)

    highs.clearSolver()
    highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    highs.cbMipImprovingSolution += better
    highs.cbMipLogging += told
    highs.setOptionValue("time_limit", max(0.1, watch.left))
    highs.run()
    highs.cbMipImprovingSolution -= better
    highs.cbMipLogging -= told
    tell(highs.getInfo().mip_dual_bound)
    proven = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
    return highs.getModelStatus() in proven


def program_of(model: FullModel, constant: float) -> Any:
    """The arrays as a HiGHS model."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("mip_rel_gap", 1e-6)
    columns = len(model.gain)
    parts = (model.ones, model.links, model.caps)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, sum(len(part.most) for part in parts)
    lp.sense_, lp.offset_ = highspy.ObjSense.kMaximize, constant
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.gain, np.zeros(columns), np.ones(columns)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    lp.row_upper_ = np.concatenate([part.most for part in parts]).astype(float)
    lower = [np.full(len(part.most), -highspy.kHighsInf) for part in parts]
    lower[1][:] = 0.0
    lp.row_lower_ = np.concatenate(lower)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
    lp.a_matrix_.start_ = _starts(parts)
    lp.a_matrix_.index_ = np.concatenate([part.column for part in parts]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([part.weight for part in parts]).astype(float)
    highs.passModel(lp)
    return highs


def _starts(parts: tuple[Rows, ...]) -> Any:
    length = np.concatenate([np.diff(part.ptr) for part in parts])
    return np.concatenate([[0], np.cumsum(length)]).astype(np.int32)
