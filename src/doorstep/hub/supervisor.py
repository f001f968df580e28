"""Keeps the web server and the worker alive, and in the end ends exactly the processes that it started."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

#: A child that lived so long had come up and was well: whatever ended it came from outside. One that dies a little later each time, for want
#: of memory say, is started at most three times a minute: its own life is the pause.
WELL = 20.0
#: So many deaths in a row before that are answered at once: two kills, or one that takes all its processes, are no loop.
FORGIVEN = 3
AT_ONCE, LONGEST_PAUSE = 0.1, 30.0
#: So often a child's death is looked for.
LOOK_EVERY = 0.1
#: A worker may finish its task, a web server its requests; then the wish becomes an order.
PATIENCE = 8.0

Say = Callable[[str], None]


def pause_after(young: int) -> float:
    """Seconds to wait after so many deaths in a row of a child that had hardly begun."""
    return AT_ONCE if young <= FORGIVEN else min(LONGEST_PAUSE, 2.0 ** (young - FORGIVEN))


@dataclass
class Child:
    """One process to keep alive; `command` is asked anew for each start."""

    name: str
    command: Callable[[], Sequence[str]]
    niceness: int = 0
    ended: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    _began: float = 0.0
    _young: int = 0
    _next: float = 0.0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        words = [sys.executable, "-m", "doorstep.hub.lifeline", str(os.getpid()), str(self.niceness), *self.command()]
        # A session of its own: Ctrl+C in the terminal reaches the supervisor alone, which then ends its children in order.
        self.process = subprocess.Popen(words, start_new_session=True, stdin=subprocess.DEVNULL)
        self._began = time.monotonic()
        self.starts += 1

    def watch(self, say: Say) -> None:
        """Starts it again if it has ended: at once, unless it keeps dying young; then after a pause that doubles."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._young = 0 if now - self._began > WELL else self._young + 1
            pause = pause_after(self._young)
            self._next = now + pause
            when = ("马上再起", "at once") if pause < 1 else (f"{pause:.0f} 秒后再起", f"in {pause:.0f} s")
            say(f"{self.name} 停了（{self.process.returncode}），{when[0]} · ended, starting it again {when[1]}")
            self.process = None
            self.ended()
        if self.process is None and now >= self._next:
            self.start()

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def outlives(self, seconds: float) -> bool:
        if self.process is None:
            return False
        try:
            self.process.wait(timeout=max(0.01, seconds))
        except subprocess.TimeoutExpired:
            return True
        return False


@dataclass
class Supervisor:
    """Runs until SIGINT or SIGTERM; `rounds` is called again and again in a thread of its own, `at_end` ends what they began."""

    children: list[Child]
    rounds: Callable[[], None]
    say: Say
    every: float = 5.0
    at_end: Callable[[], None] = lambda: None
    wanted: threading.Event = field(default_factory=threading.Event)

    def run(self, *, ready: Callable[[], bool], announce: Callable[[], None], within: float = 60.0) -> int:
        """Starts all, says when the pages answer, and stays; 1 if they never answered, else 0."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.wanted.set())
        for child in self.children:
            child.start()
        # A daemon: if a write waits for a lock while we are told to stop, its transaction is rolled back with us.
        threading.Thread(target=self._go_round, daemon=True).start()
        try:
            came_up = self._until_ready(ready, within)
            if came_up:
                announce()
            while came_up and not self.wanted.wait(LOOK_EVERY):
                self._watch()
            return 0 if came_up or self.wanted.is_set() else 1
        finally:
            self.end_all()

    def _until_ready(self, ready: Callable[[], bool], within: float) -> bool:
        last = time.monotonic() + within
        while time.monotonic() < last and not self.wanted.wait(LOOK_EVERY):
            if ready():
                return True
            self._watch()
        return False

    def _watch(self) -> None:
        for child in self.children:
            child.watch(self.say)

    def _go_round(self) -> None:
        while not self.wanted.wait(self.every):
            self.rounds()

    def end_all(self) -> None:
        """Asks, asks again (a worker then drops its task, whose lease another will take over), then ends by pid."""
        self.wanted.set()
        self.at_end()
        for patience in (PATIENCE, PATIENCE / 2):
            for child in self.children:
                child.ask_to_end()
            last = time.monotonic() + patience
            if not any(child.outlives(last - time.monotonic()) for child in self.children):
                return
        for child in self.children:
            if child.outlives(0) and child.process is not None:
                child.process.kill()
                child.process.wait()
