"""What may hang is done in a process of its own: the rounds go on, it is ended when its time is over, and that is told."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from doorstep.hub import errands, rounds
from doorstep.hub.errands import Errand
from doorstep.hub.journal.models import Entry
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.publishing import note_hung
from doorstep.hub.records.checks import check_witnesses
from doorstep.hub.records.models import LogHead
from doorstep.hub.records.tests.test_certificates import filled
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Errand]]:
    """Errands that are due at once, ended with the test."""
    monkeypatch.setattr(errands, "FIRST_AFTER", 0.0)
    made: list[Errand] = []

    def make(*command: str, limit: float = 60.0, **more: Any) -> Errand:
        made.append(Errand("an errand", command, 3600.0, limit, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    last = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < last
        time.sleep(0.05)


def test_a_share_that_hangs_holds_no_round_up_and_is_told(
    cast: Cast, begun: Callable[..., Errand], settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A pipe without anybody at its other end: whoever opens it waits for ever, as on a share whose server has gone."""
    os.mkfifo(tmp_path / "heads.txt")
    settings.HEADS_FOLDER = str(tmp_path)
    filled(cast)
    close_day(day=timezone.localdate() - timedelta(days=1))
    errand = begun("/bin/cat", str(tmp_path / "heads.txt"), limit=0.5, ended=note_hung)
    regular = rounds.Rounds([], [errand])
    began = time.monotonic()
    regular()
    assert time.monotonic() - began < 5 and errand.process is not None and errand.process.poll() is None
    until(lambda: time.monotonic() - began > 0.6)
    regular()
    until(lambda: errand.process is not None and errand.process.poll() is not None)
    assert "did not end within" in caplog.text
    assert Entry.objects.get(verb="publish_head").detail["why"] == "Hung"
    assert [fault.id for fault in check_witnesses(["default"])] == ["doorstep.W024"]


def test_never_two_of_one_errand_and_none_after_the_end(begun: Callable[..., Errand]) -> None:
    errand = begun("/bin/sleep", "60")
    errand.tend()
    first = errand.process
    errand._next = 0.0
    errand.tend()
    assert errand.process is first is not None and first.poll() is None
    errand.close()
    assert first.poll() is not None
    errand.tend()
    errand.tend()
    assert errand.process is None


def test_an_errand_that_fails_is_told_and_tried_again(begun: Callable[..., Errand], caplog: pytest.LogCaptureFixture) -> None:
    errand = begun("/bin/false")
    errand.tend()
    assert isinstance(errand.process, subprocess.Popen)
    errand.process.wait()
    errand._next = 0.0
    errand.tend()
    assert "ended with 1 and is tried again" in caplog.text and errand.process is not None


def test_the_errands_of_the_rounds_close_the_day_and_take_its_head_outside(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.HEADS_FOLDER = str(tmp_path)
    filled(cast)
    for errand in rounds.errands():
        assert errand.limit < 4 * 3600 and errand.command[3] == "manage"
        call_command(*errand.command[4:])
    head = LogHead.objects.get()
    assert (tmp_path / "heads.txt").read_text("utf-8") == head.note
    assert Entry.objects.filter(verb="walk_log").exists()
