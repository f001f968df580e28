"""What a solver has found when the clock passes each checkpoint: the plan is written then, so that a solver that hangs later still counts."""

import json
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doorstep.planner.week.problem import Ints


class Watch:
    """Keeps the best solution so far; a thread writes it as `<out>-<checkpoint>.json` with its figures beside it.

    `began` is the monotonic clock when the process was started. `chosen` turns a solver's columns into options.
    """

    def __init__(self, began: float, checkpoints: list[float], out: Path, write: Callable[[Ints, Path], None]) -> None:
        self.began, self.checkpoints, self.out, self.write = began, checkpoints, out, write
        self.lock, self.over = threading.Lock(), threading.Event()
        self.best: Ints | None = None
        self.facts: dict[str, Any] = {"found_after": None, "by": None, "bound": None, "finished": None, "proven": False}
        self.thread = threading.Thread(target=self._wait, daemon=True)
        self.thread.start()

    @property
    def left(self) -> float:
        """Seconds until the last checkpoint."""
        return self.checkpoints[-1] - self.spent

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    def found(self, by: str, chosen: Ints) -> None:
        """A better plan, by the warm start or by the search."""
        with self.lock:
            self.best = chosen
            self.facts |= {"found_after": round(self.spent, 2), "by": by}

    def bound(self, bound: float) -> None:
        """What the solver says that no plan exceeds."""
        if abs(bound) < 1e15:
            self.facts["bound"] = bound

    def finish(self, proven: bool) -> None:
        """The solver has stopped of itself: its last word counts at all checkpoints that are still to come."""
        self.facts |= {"finished": round(self.spent, 2), "proven": proven}
        self.over.set()
        self.thread.join()

    def _wait(self) -> None:
        for checkpoint in self.checkpoints:
            self.over.wait(max(0.0, checkpoint - self.spent))
            with self.lock:
                chosen, facts = self.best, dict(self.facts)
            used = resource.getrusage(resource.RUSAGE_SELF)
            facts |= {
                "seconds": round(min(self.spent, checkpoint), 2), "memory_mb": used.ru_maxrss // 1024,
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
            }  # fmt: skip
            if chosen is not None:
                self.write(chosen, Path(f"{self.out}-{checkpoint:g}.json"))
            Path(f"{self.out}-{checkpoint:g}.facts").write_text(json.dumps(facts))
