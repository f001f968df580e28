"""Runs a command and measures it from outside: the clock, the processor, the memory of it and all of its children, and who else was busy."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
LOOK_EVERY = 0.25


@dataclass(frozen=True)
class Spent:
    """What a finished process took; `others` is how many cores other work kept busy meanwhile; `code` is None if it had to be ended."""

    code: int | None
    seconds: float
    cpu_seconds: float
    memory_mb: int
    load: float
    others: float

    def as_json(self) -> dict[str, float | int | None]:
        return {
            "seconds": round(self.seconds, 2), "cpu_seconds": round(self.cpu_seconds, 1), "memory_mb": self.memory_mb,
            "load": round(self.load, 2), "others": round(self.others, 2),
        }  # fmt: skip


#: A small process starts the command and waits for it: the kernel counts what the starter held as the command's own memory.
STARTER = """
import json, os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
began = time.monotonic()
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet), 0)
spent = time.monotonic() - began
print(json.dumps([os.waitstatus_to_exitcode(status), spent, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def run(command: list[str], limit: float, log: Path, environment: dict[str, str] | None = None) -> Spent:
    """Runs to the end, or for `limit` seconds; what it prints goes nowhere, what it tells of its progress or complains of goes to the log.

    The memory is the larger of the kernel's own peak of one process and the largest sum that was seen over the whole family.
    """
    load, busy, began = os.getloadavg()[0], _busy(), time.monotonic()
    starter = [sys.executable, "-I", "-S", "-c", STARTER, *command]
    with log.open("w") as told_meanwhile:
        process = subprocess.Popen(
            starter, stdout=subprocess.PIPE, stderr=told_meanwhile, text=True, env=environment, start_new_session=True
        )
    family = _Family(process.pid)
    try:
        told = process.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        told = ""
    finally:
        family.over.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()
    code, spent, cpu, peak = json.loads(told) if told else (None, time.monotonic() - began, 0.0, 0)
    return Spent(
        code=code, seconds=spent, cpu_seconds=cpu, memory_mb=max(peak // 1024, family.most_mb), load=load,
        others=max(0.0, (_busy() - busy - cpu) / (time.monotonic() - began)) if told else 0.0,
    )  # fmt: skip


class _Family:
    """Looks every quarter of a second at what a process and its children hold together, shared pages counted once."""

    def __init__(self, pid: int) -> None:
        self.pid, self.most_mb, self.over = pid, 0, threading.Event()
        if sys.platform == "linux":
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self.over.wait(LOOK_EVERY):
            members = _descendants(self.pid)[1:]
            if len(members) > 1:
                self.most_mb = max(self.most_mb, sum(map(_share, members)) // 1024)


def _descendants(pid: int) -> list[int]:
    try:
        words = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return []
    return [pid, *(member for child in words.split() for member in _descendants(int(child)))]


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _busy() -> float:
    """Seconds of work of all cores together since the machine started."""
    try:
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _idle, _wait, irq, soft, *_ = map(int, words)
    return (user + nice + system + irq + soft) / TICK
