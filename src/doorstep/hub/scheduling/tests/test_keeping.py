"""The kept file of a plan: written, thrown away in time, made anew where it is missing, open before somebody asks."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from doorstep.hub.rounds import housekeeping
from doorstep.hub.scheduling import asking, keeping
from doorstep.hub.scheduling.actions import kept_files
from doorstep.hub.scheduling.models import Plan, PlanFile, Slot
from doorstep.hub.testing import Cast

from .test_whatif import home as home
from .test_whatif import planned


def test_a_finished_plan_is_kept_in_a_file_that_only_its_newest_have(cast: Cast, home: Path) -> None:
    cast.slot()
    first, second, third = planned(cast), planned(cast), planned(cast)
    kept = {path.name for path in (home / "plans").iterdir()}
    assert kept == {f"{second.pk}.kept", f"{third.pk}.kept"}
    assert first.state == Plan.State.READY


def test_the_files_of_weeks_that_are_over_and_of_writers_that_died_go_without_another_plan(cast: Cast, home: Path) -> None:
    cast.slot()
    plan = planned(cast)
    path = kept_files.path_of(plan)
    died, writing = path.with_name(f".{path.name}.died"), path.with_name(f".{path.name}.writing")
    died.write_bytes(b"half")
    writing.write_bytes(b"half")
    os.utime(died, (0, 0))
    housekeeping()
    assert path.exists() and writing.exists() and not died.exists()
    Plan.objects.filter(pk=plan.pk).update(week=plan.week - timedelta(weeks=2))
    housekeeping()
    assert not path.exists()


def test_a_missing_damaged_or_foreign_file_is_made_anew(cast: Cast, home: Path) -> None:
    slot = cast.slot()
    plan = planned(cast)
    path = kept_files.path_of(plan)
    was = path.read_bytes()
    for broken in (None, b"", was[: len(was) // 2], was.replace(str(plan.pk).encode(), b"0" * 36)):
        keeping._open.clear()
        path.unlink() if broken is None else path.write_bytes(broken)
        assert asking.Desk(Slot.objects.get(pk=slot.pk)).plan == plan
        assert path.read_bytes() == was


def test_a_plan_that_cannot_be_made_anew_is_not_tried_at_every_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = cast.slot()
    plan = planned(cast)
    path, stored = kept_files.path_of(plan), PlanFile.objects.get(plan=plan)
    path.unlink()
    keeping._open.clear()
    PlanFile.objects.all().delete()
    with pytest.raises(asking.NothingToAsk):
        asking.Desk(Slot.objects.get(pk=slot.pk))
    stored.save(force_insert=True)
    with pytest.raises(asking.NothingToAsk):
        asking.Desk(Slot.objects.get(pk=slot.pk))
    clock = time.monotonic() + keeping.TRIED_AGAIN
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    assert asking.Desk(Slot.objects.get(pk=slot.pk)).plan == plan


def test_a_plan_that_the_disk_takes_no_file_of_can_be_asked_all_the_same(cast: Cast, home: Path) -> None:
    slot = cast.slot()
    plan = planned(cast)
    keeping._open.clear()
    kept_files.path_of(plan).unlink()
    (home / "plans").rmdir()
    (home / "plans").write_text("a file where the folder should be")
    assert asking.Desk(Slot.objects.get(pk=slot.pk)).plan == plan
    assert (home / "plans").is_file()


def test_a_web_server_opens_the_plans_before_somebody_asks(cast: Cast, home: Path) -> None:
    slot = cast.slot()
    first, second = planned(cast), planned(cast)
    keeping._open.clear()
    assert keeping.warm_up() == 2
    assert [key for key, _ in keeping._open] == [str(first.pk), str(second.pk)]
    kept_files.path_of(second).unlink()
    assert asking.Desk(Slot.objects.get(pk=slot.pk)).plan == second
    assert not kept_files.path_of(second).exists(), "it was open already"
