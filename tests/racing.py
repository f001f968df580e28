"""Many at once: threads that begin at the same moment, each with its own connection, and what came of each."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.db import connection

from doorstep.hub.journal.access import Refused

#: What script/drill prints at the end.
LINES: pytest.StashKey[list[str]] = pytest.StashKey()
Figures = Callable[..., None]


def count(reduced: int, full: int) -> int:
    """How often: a tenth or less on every change, the whole in script/drill."""
    return full if os.environ.get("DOORSTEP_FULL_COUNTS") == "1" else reduced


@dataclass
class Race:
    """What came of everybody: answers, refusals with their class, and errors, of which there should be none."""

    answers: list[object] = field(default_factory=list)
    refusals: list[type[Refused]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def slowest(self, share: float = 0.99) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


def race(runners: int, act: Callable[[int], object], *, at_once: int = 50, reconnect: bool = True) -> Race:
    """Runs act(0), act(1), …; the first `at_once` of them begin together, the others as soon as one has ended.

    Without `reconnect` each thread keeps its connection from act to act, as a web server's threads do.
    """
    result, lock = Race(), threading.Lock()
    start = threading.Barrier(min(runners, at_once))

    def run(number: int) -> None:
        if not reconnect:
            connection.ensure_connection()
        if number < start.parties:
            start.wait()
        began = time.monotonic()
        try:
            answer, refusal, error = act(number), None, None
        except Refused as refused:
            answer, refusal, error = None, type(refused), None
        except Exception as broken:
            answer, refusal, error = None, None, broken
        finally:
            if reconnect:
                connection.close()
        with lock:
            result.seconds.append(time.monotonic() - began)
            if error is not None:
                result.errors.append(error)
            elif refusal is not None:
                result.refusals.append(refusal)
            else:
                result.answers.append(answer)

    def close_last(_: int) -> None:
        start.wait()
        connection.close()

    with ThreadPoolExecutor(max_workers=start.parties) as pool:
        list(pool.map(run, range(runners)))
        # One such task for each thread, since each waits for all the others.
        list(pool.map(close_last, range(start.parties)))
    return result
