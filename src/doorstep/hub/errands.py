"""Work of the rounds that may take long or never come back: each in a process of its own, one at a time, ended when its time is over."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
#: Beside the pages and the worker of the queue it may wait.
NICENESS = 10
#: The pages come up first.
FIRST_AFTER = 20.0


@dataclass
class Errand:
    """Begun anew every `pace` seconds, ended after `limit`; `ended`: what is to be noted then.

    Nobody waits for it: a share that hangs or a look of many minutes holds nothing else up. A process that even SIGKILL does not end (it
    waits inside the kernel) is left alone, told of once, and followed by no other.
    """

    name: str
    command: Sequence[str]
    pace: float
    limit: float
    ended: Callable[[], object] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    _began: float = 0.0
    _next: float = field(default_factory=lambda: time.monotonic() + FIRST_AFTER)
    _over: bool = False
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tend(self) -> None:
        """Looks after it without waiting: begins it when it is due, ends it when its time is over."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                self._hurry(now)
                return
            if code and not self._over:
                log.error("%s ended with %s and is tried again", self.name, code)
            self.process = None
        if now >= self._next:
            self._next = now + self.pace
            self._start(now)

    def _start(self, now: float) -> None:
        words = [sys.executable, "-m", "doorstep.hub.lifeline", str(os.getpid()), str(NICENESS), *self.command]
        with self._lock:
            if not self._closed:
                self.process = subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL)
                self._began, self._over = now, False

    def _hurry(self, now: float) -> None:
        if self._over or self.process is None or now - self._began < self.limit:
            return
        self._over = True
        self.process.kill()
        log.error("%s did not end within %d seconds and was ended", self.name, self.limit)
        self.ended()

    def close(self, patience: float = 2.0) -> None:
        """With the supervisor: what it was writing is rolled back by the database, and done at the next start."""
        with self._lock:
            self._closed = True
            if self.process is None or self.process.poll() is not None:
                return
            self.process.kill()
            try:
                self.process.wait(timeout=patience)
            except subprocess.TimeoutExpired:
                log.error("%s waits inside the kernel and cannot be ended", self.name)


def manage(*words: str) -> Sequence[str]:
    return [sys.executable, "-m", "doorstep.cli", "manage", *words]
