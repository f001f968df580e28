"""What dies is started again: at once after a kill, with pauses only where it keeps dying as soon as it has begun."""

import subprocess
import time

import pytest

from doorstep.hub import supervisor
from doorstep.hub.supervisor import Child, pause_after


class Dying(Child):
    """A child whose processes live as long as the test says."""

    lives: bool = True

    def start(self) -> None:
        super().start()
        assert self.process is not None
        if not self.lives:
            self.process.wait()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    return moment


def dying() -> Dying:
    child = Dying("loop", lambda: ["/bin/false"])
    child.lives = False
    child.start()
    return child


def waited(child: Child, clock: list[float]) -> float:
    """Seconds until the dead child has been started again."""
    began, starts = clock[0], child.starts
    while child.starts == starts:
        child.watch(lambda _words: None)
        clock[0] += supervisor.LOOK_EVERY
    return clock[0] - began


def test_the_first_deaths_are_answered_at_once_and_a_loop_is_slowed_down(clock: list[float]) -> None:
    child = dying()
    pauses = [waited(child, clock) for _ in range(10)]
    assert max(pauses[: supervisor.FORGIVEN]) < 0.5
    assert pauses[supervisor.FORGIVEN :] == sorted(pauses[supervisor.FORGIVEN :]) and pauses[-1] >= supervisor.LONGEST_PAUSE
    assert sum(pauses) > 60


def test_what_is_said_is_when_it_will_be_started(clock: list[float]) -> None:
    child = dying()
    said: list[str] = []
    for _ in range(supervisor.FORGIVEN + 2):
        starts = child.starts
        while child.starts == starts:
            child.watch(said.append)
            clock[0] += supervisor.LOOK_EVERY
    assert ["at once" in words for words in said] == [True] * supervisor.FORGIVEN + [False] * 2
    assert "2 秒后再起" in said[-2] and said[-1].endswith("starting it again in 4 s")


def test_who_was_well_is_started_at_once_again(clock: list[float]) -> None:
    child = dying()
    for _ in range(8):
        waited(child, clock)
    clock[0] += supervisor.WELL + 1
    assert waited(child, clock) < 0.5 and pause_after(0) == supervisor.AT_ONCE


def test_who_lives_is_left_alone(clock: list[float]) -> None:
    child = Child("well", lambda: ["/bin/sleep", "60"])
    child.start()
    try:
        clock[0] += 1
        child.watch(lambda _words: None)
        assert child.starts == 1
    finally:
        assert child.process is not None
        child.ask_to_end()
        assert isinstance(child.process, subprocess.Popen) and child.process.wait() != 0
