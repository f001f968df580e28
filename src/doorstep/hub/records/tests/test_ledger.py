"""The ledger outside the hub: heads every night, the whole log as a file, and `doorstep verify` that names what was changed."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry as JournalEntry
from doorstep.hub.records import proving
from doorstep.hub.records.actions.auditing import close_and_walk, walk_log
from doorstep.hub.records.actions.booking import HeadRefused, append, close_day, close_due_days, subject_of
from doorstep.hub.records.book import Fact, Kind
from doorstep.hub.records.checks import check_ledger, check_public_address, ledger_faults
from doorstep.hub.records.models import Hours, HoursState, Log, LogEntry, LogHash, LogHead, LogKey
from doorstep.hub.testing import Cast
from doorstep.ledger.command import main as verify
from doorstep.ledger.receipt import proved

from .test_certificates import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(cast: Cast, tmp_path: Path) -> Path:
    """Three hundred entries and a head over them, then two more."""
    hours = filled(cast)
    subject = subject_of(cast.chen, cast.community)
    said = {"subject": subject, "corrects": hours.entry}
    append(facts=[Fact(Kind.HOURS_VERIFIED, cast.community.pk, said) for _ in range(299)])
    close_day(day=timezone.localdate() - timedelta(days=1))
    append(facts=[Fact(Kind.HOURS_VERIFIED, cast.community.pk, said) for _ in range(2)])
    Hours.objects.update(state=HoursState.VERIFIED)
    for part in ("heads", "keys"):
        call_command("ledger", part, tmp_path / part, verbosity=0)
    return tmp_path


def verdict(files: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    log = files / f"log-{len(list(files.iterdir()))}"
    call_command("ledger", "export", log)
    capsys.readouterr()
    return verify([str(log), "--head", str(files / "heads"), "--keys", str(files / "keys")]), capsys.readouterr().out


def test_the_exported_log_is_walked_against_its_head(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verdict(files, capsys)
    assert (code, said.split(";")[0]) == (0, "good: 300 entries are exactly those of the head")
    assert "2 behind the last head" in said and proving.misfits() == []


@pytest.mark.parametrize("number", [0, 137, 255, 256, 299])
def test_one_byte_changed_in_the_database_is_named(files: Path, capsys: pytest.CaptureFixture[str], number: int) -> None:
    row = LogEntry.objects.get(n=number)
    data = bytes(row.data)
    LogEntry.objects.filter(n=number).update(data=data.replace(b'"n":', b'"m":', 1))
    code, said = verdict(files, capsys)
    assert code == 1 and said.startswith(f"BAD: entry {number}: the entry was changed") and "(proved by the head)" in said


def test_a_row_taken_out_of_the_database_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    LogEntry.objects.filter(n=140).delete()
    code, said = verdict(files, capsys)
    assert code == 1 and said.startswith("BAD: entry 140: the entry is missing")
    assert [fault.id for fault in ledger_faults(proving.misfits())] == ["doorstep.E020"]


def test_what_does_not_fit_is_told_at_the_start(files: Path) -> None:
    assert proving.misfits() == []
    Log.objects.update(size=301)
    assert {"size", "frontier"} <= {misfit.code for misfit in proving.misfits()}
    Log.objects.update(size=302)
    LogHash.objects.filter(level=0, number=301).update(hash=bytes(32))
    assert {misfit.code for misfit in proving.misfits()} == {"frontier", "last_entry"}


def test_a_clock_behind_the_last_entry_raises_the_alarm(files: Path) -> None:
    found = proving.misfits(timezone.now() - timedelta(hours=1))
    assert [(misfit.code, fault.id) for misfit, fault in zip(found, ledger_faults(found), strict=True)] == [("clock", "doorstep.W020")]


def test_every_night_the_day_before_is_closed_once(cast: Cast) -> None:
    assert close_due_days() is None and not LogHead.objects.exists()
    filled(cast)
    now = timezone.now()
    first = close_due_days(now=now)
    assert first is not None and first.day == timezone.localdate(now) - timedelta(days=1)
    assert close_due_days(now=now) is None
    second = close_due_days(now=now + timedelta(days=3))
    assert second is not None and second.day == timezone.localdate(now) + timedelta(days=2)
    assert proving.head_in(second.note).previous == proving.head_in(first.note).digest()


def test_the_nightly_walk_tells_everybody_what_it_found(files: Path, client: Client) -> None:
    assert walk_log() is True
    assert "和日结一条不差" in client.get(reverse("records:ledger")).content.decode()
    row = LogEntry.objects.get(n=137)
    LogEntry.objects.filter(n=137).update(data=bytes(row.data).replace(b"hours.verified", b"hours.disputed"))
    assert walk_log() is False
    page = client.get(reverse("records:ledger")).content.decode()
    assert "对不上" in page and "第 137 号" in page
    assert [str(fault.id) for fault in check_ledger(["default"])] == ["doorstep.W022"]
    LogEntry.objects.filter(n=137).update(data=row.data)
    assert walk_log() is True and check_ledger(["default"]) == []


@pytest.mark.parametrize("what", ["frontier", "hash", "head"])
def test_a_head_that_does_not_continue_the_one_before_is_not_signed_and_everybody_hears_of_it(
    files: Path, client: Client, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    later = timezone.now() + timedelta(days=1)
    if what == "frontier":
        Log.objects.update(frontier=bytes(len(bytes(Log.objects.get().frontier))))
    elif what == "hash":
        LogHash.objects.filter(level=0, number=299).update(hash=bytes(32))
    else:
        note = LogHead.objects.get().note
        LogHead.objects.update(note=note.replace("previous none", "previous " + "A" * 43 + "="))
    with caplog.at_level(logging.CRITICAL, "doorstep"):
        assert close_and_walk(now=later) is None and close_and_walk(now=later + timedelta(minutes=1)) is None
    assert LogHead.objects.count() == 1 and JournalEntry.objects.filter(verb="walk_log").count() == 1
    page = client.get(reverse("records:ledger")).content.decode()
    assert "没有签" in page and "区里正在查" in page
    assert {"doorstep.W022"} <= {str(fault.id) for fault in check_ledger(["default"])}


def test_when_it_is_put_right_the_day_is_closed_after_all(files: Path, client: Client) -> None:
    later, right = timezone.now() + timedelta(days=1), bytes(Log.objects.get().frontier)
    Log.objects.update(frontier=bytes(len(right)))
    with pytest.raises(HeadRefused):
        close_due_days(now=later)
    Log.objects.update(frontier=right)
    assert close_and_walk(now=later) is not None and LogHead.objects.count() == 2
    assert "一条不差" in client.get(reverse("records:ledger")).content.decode()


def test_without_a_head_nothing_is_walked(cast: Cast) -> None:
    assert walk_log() is None
    filled(cast)
    assert walk_log() is None


def test_a_changed_key_is_told_in_the_ledger_and_old_heads_still_hold(cast: Cast, settings: object) -> None:
    filled(cast)
    now = timezone.now()
    close_due_days(now=now)
    settings.LEDGER_KEY = "08" * 32  # type: ignore[attr-defined]
    close_due_days(now=now + timedelta(days=1))
    assert [str(row.kind) for row in LogEntry.objects.all()] == ["hours.recorded", "key.changed"]
    assert [proving.head_in(head.note).size for head in LogHead.objects.order_by("day")] == [1, 2]
    old, new = LogKey.objects.all()
    assert old.until is not None and new.until is None and new.since <= old.until + timedelta(days=1)
    settings.LEDGER_KEY = "07" * 32  # type: ignore[attr-defined]
    LogKey.objects.filter(pk=old.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert "old_key" in {misfit.code for misfit in proving.misfits()}


def test_the_receipt_of_an_hour_proves_it_without_the_log(files: Path) -> None:
    hours = Hours.objects.get()
    assert hours.entry is not None
    receipt = proving.receipt_of(hours.entry)
    assert receipt is not None
    found = proved(receipt, proving.public_keys())
    assert (found.entry.tenths, found.head.size) == (hours.tenths, 300)
    assert proving.receipt_of(301) is None


def test_certificates_that_lead_nowhere_are_told_at_the_start(settings: object) -> None:
    assert check_public_address() == []
    settings.BEHIND_HTTPS = True  # type: ignore[attr-defined]
    assert [fault.id for fault in check_public_address()] == ["doorstep.W021"]
    settings.PUBLIC_URL = "https://help.example"  # type: ignore[attr-defined]
    assert check_public_address() == []


def test_the_log_is_read_in_blocks_and_not_as_a_whole(files: Path) -> None:
    with CaptureQueriesContext(connection) as asked:
        lines = proving.log_lines()
        assert next(lines).startswith(b'{"format":"doorstep-log/1"') and len(asked) == 1
        assert sum(1 for _ in lines) == 302 + 1
