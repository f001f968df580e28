"""The nightly look: every row of the record is held against the ledger, and whoever wrote into one is named, with the row."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from doorstep.hub.records import book, bound
from doorstep.hub.records.actions.booking import append, close_due_days, salt_of, subject_of
from doorstep.hub.records.auditing import audit
from doorstep.hub.records.models import (
    Award,
    Certificate,
    Correction,
    Evaluation,
    Hours,
    LogEntry,
    LogHead,
    LogKey,
    RulePack,
    Salt,
    StarAward,
    StarScheme,
    Transfer,
    YearlyReport,
)
from doorstep.hub.testing import Cast

from .whole import filled, honest_record, named

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.fixture
def record(cast: Cast) -> Cast:
    return honest_record(cast)


def test_an_honest_record_agrees_also_after_a_key_was_changed(record: Cast, settings: Any) -> None:
    settings.LEDGER_KEY = "08" * 32
    assert close_due_days(now=timezone.now() + timedelta(days=2)) is not None
    filled(record, 3)
    found = audit(timezone.now() + timedelta(days=2))
    assert found.good and found.verdict is not None and found.verdict.proven == LogEntry.objects.count() - 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"tenths": 50}, ["tenths"]), ({"grade": "code_pair"}, ["grade"]), ({"kind": "duty"}, ["activity"]), ({"planned": 999}, ["planned"]),
        ({"rules": "other@1"}, ["rules"]), ({"away": 30}, ["served"]), ({"block": "training"}, ["block"]), ({"kind": "training"}, ["block", "activity"]),
    ],
)  # fmt: skip
def test_hours_that_somebody_wrote_into_are_named(record: Cast, change: dict[str, Any], fields: list[str]) -> None:
    row = Hours.objects.filter(state="verified").get()
    Hours.objects.filter(pk=row.pk).update(**change)
    found = audit()
    assert [(one.row, one.entry, one.field) for one in found.rows] == [(str(row.pk), row.entry, field) for field in fields]
    assert found.count == len(fields)
    assert found.verdict is not None and found.verdict.good


def test_hours_of_another_day_or_length_are_named(record: Cast) -> None:
    row = Hours.objects.filter(state="verified").get()
    Hours.objects.filter(pk=row.pk).update(left=row.left + timedelta(minutes=30))
    assert named() == {("hours", "differs", "served")}
    Hours.objects.filter(pk=row.pk).update(came=row.came - timedelta(days=2), left=row.left - timedelta(days=2))
    assert named() == {("hours", "differs", "start"), ("hours", "differs", "end")}


def test_hours_that_were_given_to_somebody_else_are_named(record: Cast) -> None:
    filled(record, 2)
    Salt.objects.get_or_create(person=record.jiang, defaults={"salt": b"x" * 32})
    row = Hours.objects.filter(state="verified").get()
    Hours.objects.filter(pk=row.pk).update(person=record.jiang)
    assert named() == {("hours", "differs", "subject")}
    Hours.objects.filter(pk=row.pk).update(person=record.chen, approved_by=record.wu)
    Salt.objects.get_or_create(person=record.wu, defaults={"salt": b"y" * 32})
    assert named() == {("hours", "differs", "approvers")}


def test_hours_added_taken_out_or_turned_back_are_named(record: Cast) -> None:
    row = Hours.objects.get(state="verified")
    Hours.objects.filter(pk=row.pk).update(state="recorded")
    assert named() == {("hours", "word", "")}
    Hours.objects.filter(pk=row.pk).update(state="verified", entry=None)
    assert named() == {("hours", "no_entry", ""), ("hours", "no_row", "")}
    Hours.objects.filter(pk=row.pk).update(state="refused", entry=row.entry)
    assert named() == {("hours", "within", "state")}
    Hours.objects.filter(pk=row.pk).update(state="verified", entry=LogEntry.objects.get(kind="award.granted").n)
    assert named() == {("hours", "kind", ""), ("hours", "no_row", "")}
    corrected = LogEntry.objects.get(kind="hours.corrected")
    before = Hours.objects.get(entry=corrected.n)
    Hours.objects.filter(pk=row.pk).update(entry=row.entry)
    first = LogEntry.objects.filter(kind="hours.recorded", n__lt=corrected.n).latest("n").n
    Hours.objects.filter(pk=before.pk).update(entry=first)
    assert {("hours", "replaced", ""), ("hours", "no_row", "")} <= named()


Change = Callable[[], object]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda: Award.objects.update(name="特等奖"), ("award", "differs", "document")),
        (lambda: Award.objects.update(salt=b""), ("award", "within", "salt")),
        (lambda: Award.objects.update(entry=None), ("award", "no_row", "")),
        (lambda: Evaluation.objects.update(rating=1), ("evaluation", "differs", "document")),
        (lambda: Evaluation.objects.all().delete(), ("evaluation", "no_row", "")),
        (lambda: Transfer.objects.update(tenths=300), ("transfer", "differs", "tenths")),
        (lambda: Transfer.objects.update(source="国家队"), ("transfer", "differs", "document")),
        (lambda: Transfer.objects.update(state="refused"), ("transfer", "within", "state")),
        (lambda: Correction.objects.exclude(entry=None).update(why="别的理由"), ("correction", "differs", "document")),
        (lambda: Correction.objects.filter(entry=None).update(state="approved"), ("correction", "no_entry", "")),
        (lambda: Certificate.objects.filter(state="valid").update(tenths=9999), ("certificate", "differs", "tenths")),
        (lambda: Certificate.objects.filter(state="valid").update(number="2026-AAAA-AAAA"), ("certificate", "within", "number")),
        (lambda: Certificate.objects.update(state="valid"), ("certificate", "word", "")),
        (lambda: Certificate.objects.update(token="a.b.c"), ("certificate", "within", "token")),
        (lambda: Certificate.objects.filter(state="valid").delete(), ("certificate", "no_row", "")),
        (lambda: RulePack.objects.update(data=b"{}"), ("rules", "differs", "document")),
        (lambda: RulePack.objects.all().delete(), ("rules", "no_row", "")),
        (lambda: StarScheme.objects.create(name="mine@9", data=b"{}"), ("stars", "no_entry", "")),
        (lambda: LogEntry.objects.filter(n=0).update(subject="0" * 64), ("entry", "column", "subject")),
        (lambda: LogEntry.objects.filter(n=0).update(kind="award.granted"), ("entry", "column", "kind")),
        (lambda: LogEntry.objects.filter(n=0).update(data=b"{}"), ("entry", "unreadable", "")),
        (lambda: Salt.objects.update(salt=b"z" * 32), ("hours", "differs", "subject")),
        (lambda: Salt.objects.all().delete(), ("hours", "within", "salt")),
    ],
)  # fmt: skip
def test_every_other_row_that_somebody_wrote_into_is_named(record: Cast, change: Change, expected: tuple[str, str, str]) -> None:
    change()
    assert expected in named()


def test_granted_stars_and_published_reports_are_held_against_their_entries(record: Cast) -> None:
    now = timezone.now()
    day = timezone.localdate(now)
    star = StarAward(
        person=record.chen, unit=record.community, star=1, scheme="default@2", tenths=1000, reached_on=day, notice_until=day, granted_on=day,
        state=StarAward.State.GRANTED,
    )  # fmt: skip
    said = {
        "subject": subject_of(record.chen, record.community), "start": day, "rules": star.scheme, "reasons": ("star_1",),
        "document": book.commitment(salt_of(record.chen), bound.of_star(star)),
    }  # fmt: skip
    figures = {"zh-hans": {"b": [1, "二"], "a": 2}}
    report = YearlyReport(district=record.district, year=day.year - 1, figures=figures, published_by=record.lin, published_at=now)
    year = {"start": date(report.year, 1, 1), "end": date(report.year, 12, 31), "document": book.digest_of(bound.report_file(report))}
    star.entry, report.entry = append(
        facts=[
            book.Fact(book.Kind.STAR_GRANTED, record.community.pk, said),
            book.Fact(book.Kind.REPORT_PUBLISHED, record.district.pk, year),
        ]
    )
    star.save()
    report.save()
    assert audit().good
    StarAward.objects.update(star=5)
    assert named() == {("star", "differs", "reasons"), ("star", "differs", "document")}
    StarAward.objects.all().delete()
    YearlyReport.objects.update(figures={"zh-hans": {"b": [1, "二"], "a": 3}})
    assert named() == {("star", "no_row", ""), ("report", "differs", "document")}


def heads() -> list[LogHead]:
    return list(LogHead.objects.order_by("day"))


def codes(days: int = 0) -> set[str]:
    return {one.code for one in audit(timezone.now() + timedelta(days=days)).misfits}


def test_a_head_that_was_changed_or_taken_away_is_named(record: Cast) -> None:
    first, last = heads()
    LogHead.objects.filter(pk=first.pk).update(note=first.note.replace("\n7", "\n8", 1).replace("previous none", "previous  none"))
    assert [(one.code, one.where) for one in audit().misfits] == [("head", first.day.isoformat())]
    LogHead.objects.filter(pk=first.pk).update(note=first.note, size=first.size + 1)
    assert [(one.code, one.where) for one in audit().misfits] == [("head", first.day.isoformat())]
    LogHead.objects.filter(pk=first.pk).delete()
    found = audit()
    assert ("head_missing", last.day.isoformat()) in [(one.code, one.where) for one in found.misfits]
    assert ("certificate", "within", "head") in named()


def test_the_newest_head_cannot_be_taken_away_in_silence(record: Cast) -> None:
    LogHead.objects.filter(day=heads()[-1].day).delete()
    assert codes() == {"head_missing"}


def test_keys_that_were_changed_added_or_taken_away_are_named(record: Cast, settings: Any) -> None:
    settings.LEDGER_KEY = "08" * 32
    close_due_days(now=timezone.now() + timedelta(days=2))
    old, new = LogKey.objects.order_by("since", "pk")
    LogKey.objects.create(name=old.name, public=b"k" * 32, since=old.since)
    assert "key" in codes(2)
    LogKey.objects.filter(public=b"k" * 32).delete()
    for change in (
        {"until": None},
        {"until": old.since + timedelta(days=99)},
        {"name": "other/log"},
        {"since": old.since - timedelta(days=30)},
    ):
        LogKey.objects.filter(pk=old.pk).update(**change)
        assert codes(2) & {"key", "head"}, change
        LogKey.objects.filter(pk=old.pk).update(name=old.name, since=old.since, until=old.until)
    LogKey.objects.filter(pk=new.pk).update(since=new.since - timedelta(days=9))
    assert codes(2) == {"key"}
    LogKey.objects.filter(pk=new.pk).delete()
    assert {"key_missing", "head"} <= codes(2)


def test_the_look_does_not_ask_once_a_row_however_many_rows_there_are(record: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert audit().good
        return len(queries)

    few = asked()
    for days in range(20, 40):
        filled(record, days)
    # A larger tree has a few more rows of hashes.
    assert asked() <= few + 5
