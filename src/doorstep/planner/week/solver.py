"""HiGHS, quiet and repeatable."""

from typing import Any

import highspy
import numpy as np

from .problem import Floats, Ints


class _Quiet(highspy.Highs):
    """Says nothing, not even its name, which it would print when its callbacks are enabled (none are used here)."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)


def new_solver(lower: Floats, upper: Floats, **options: Any) -> Any:
    """An empty model with the given rows; one thread and a fixed seed, so that the same model has the same answer."""
    highs = _Quiet()  # type: ignore[no-untyped-call]
    for option, setting in {"threads": 1, "random_seed": 1, **options}.items():
        highs.setOptionValue(option, setting)
    rows = len(lower)
    highs.addRows(rows, lower, upper, 0, np.zeros(rows, dtype=np.int32), np.zeros(0, dtype=np.int32), np.zeros(0))
    return highs


def add_columns(highs: Any, cost: Floats, starts: Ints, index: Ints, value: Floats, most: float = highspy.kHighsInf) -> None:
    """Columns from 0 to `most`, their entries one after another from `starts`."""
    n = len(cost)
    if n:
        bounds = np.zeros(n), np.full(n, most)
        highs.addCols(n, cost, *bounds, len(index), starts.astype(np.int32), index.astype(np.int32), value)


def run(highs: Any) -> None:
    """Solves the model; raises RuntimeError where HiGHS cannot even begin, as after a run with another number of threads in this process."""
    if highs.run() == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS could not begin: was it used with more than one thread in this process before?")
