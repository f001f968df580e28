"""An insider who knows how the nightly look works: rows beyond the log, values that stop it, what no entry says by itself."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F
from django.db.models.expressions import RawSQL
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.actions.forgetting import FORGOTTEN
from doorstep.hub.records import book, proving
from doorstep.hub.records.actions.amending import decide_amendment, propose_amendment
from doorstep.hub.records.actions.auditing import close_and_walk, walk_log
from doorstep.hub.records.actions.booking import append, close_due_days, subject_of
from doorstep.hub.records.auditing import audit
from doorstep.hub.records.checks import check_ledger
from doorstep.hub.records.claims import TABLES
from doorstep.hub.records.models import (
    Amendment,
    Award,
    Certificate,
    Correction,
    Evaluation,
    Hours,
    Log,
    LogHead,
    Salt,
    StarAward,
    StatusRegister,
    Transfer,
    YearlyReport,
)
from doorstep.hub.testing import Cast

from .whole import filled, honest_record, named

pytestmark = pytest.mark.django_db
both = pytest.mark.both_databases
FAR = 10**12


@pytest.fixture
def record(cast: Cast) -> Cast:
    return honest_record(cast)


def made_up(cast: Cast, table: str) -> models.Model:
    """A row that names an entry far beyond the log: one that was there already, or one more."""
    if table == "star":
        day = timezone.localdate()
        return StarAward.objects.create(
            person=cast.chen, unit=cast.community, star=5, scheme="default@2", tenths=9999, reached_on=day, notice_until=day, granted_on=day,
            state=StarAward.State.GRANTED, entry=FAR,
        )  # fmt: skip
    if table == "report":
        return YearlyReport.objects.create(
            district=cast.district, year=2001, figures={}, published_by=cast.lin, published_at=timezone.now(), entry=FAR
        )
    if table == "amendment":
        award = Award.objects.get()
        return Amendment.objects.create(award=award, was={}, said={}, why="x", state=Correction.State.APPROVED, entry=FAR)
    model: Any = TABLES[table]
    row = model.objects.exclude(entry=None).order_by("entry").first()
    row.pk, row.entry = None, FAR
    row._state.adding = True
    for name in ("number", "index", "attendance"):
        if hasattr(row, name):
            setattr(row, name, {"number": "2026-ZZZZ-ZZZZ", "index": 131071, "attendance": None}[name])
    row.pk = type(row)._meta.pk.get_default()
    row.save(force_insert=True)
    found: models.Model = row
    return found


@both
@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_row_that_names_an_entry_beyond_the_log_is_named(record: Cast, table: str) -> None:
    row = made_up(record, table)
    found = [(one.table, one.row, one.entry, str(one.why)) for one in audit().rows]
    assert found == [(table, str(row.pk), FAR, "no_entry")]


@both
def test_the_very_next_number_is_beyond_the_log_too(record: Cast) -> None:
    Hours.objects.filter(state="verified").update(entry=Log.objects.get().size)
    assert {("hours", "no_entry", ""), ("hours", "no_row", "")} == named()


Change = Callable[[], object]


@both
@pytest.mark.parametrize(
    ("change", "table"),
    [
        (lambda: Salt.objects.filter(person__hours=None).update(salt=b"z" * 31), "hours"),
        (lambda: Award.objects.update(salt=b"z" * 31), "award"),
        (lambda: Evaluation.objects.update(salt=b"z" * 31), "evaluation"),
        (lambda: Hours.objects.filter(state="verified").update(left=datetime.max.replace(tzinfo=UTC) - timedelta(hours=1)), "hours"),
        (lambda: Amendment.objects.update(said={"rating": 1.5}, struck=False), "amendment"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_compared_is_named_and_all_others_are_looked_at(record: Cast, change: Change, table: str) -> None:
    award = Award.objects.get()
    Amendment.objects.create(award=award, was={}, said={}, why="x", state=Correction.State.APPROVED, entry=award.entry)
    before = named()
    change()
    assert (table, "unreadable", "") in named() and (table, "unreadable", "") not in before
    Correction.objects.exclude(entry=None).update(left=timezone.now())
    assert ("correction", "differs", "served") in named()


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("entry", "abc", ("hours", "no_entry", "")), ("tenths", "abc", ("hours", "differs", "tenths")),
        ("left", "x", ("hours", "unreadable", "")), ("left", "2026-99-99 00:00:00", ("hours", "unreadable", "")),
    ],
)  # fmt: skip
def test_text_where_a_number_or_a_day_belongs_is_named(record: Cast, column: str, value: str, expected: tuple[str, str, str]) -> None:
    """The other database takes no text there."""
    row = Hours.objects.get(state="verified")
    Hours.objects.filter(pk=row.pk).update(**{column: RawSQL("%s", [value])})
    assert expected in named()


def look(later: timedelta) -> dict[str, Any] | None:
    """What the last look left in the journal, after the rounds came by at a later moment."""
    close_and_walk(now=timezone.now() + later)
    line = Entry.objects.filter(verb="walk_log").order_by("-id").first()
    return line.detail if line else None


def looks() -> int:
    return Entry.objects.filter(verb="walk_log").count()


DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def test_a_look_that_breaks_off_is_told_and_tried_again(record: Cast, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert (said := look(DAY)) is not None and said["good"]
    first = LogHead.objects.order_by("day").first()
    assert first is not None
    day = first.day
    LogHead.objects.filter(pk=first.pk).update(day=RawSQL("%s", ["x"]))
    with caplog.at_level(logging.CRITICAL, "doorstep"):
        said = look(2 * DAY)
        assert said is not None and (said["good"], said["fault"], said["why"]) == (False, "look_failed", "AttributeError")
        assert looks() == 2 and look(2 * DAY + MINUTE) == said and looks() == 2
        look(2 * DAY + 61 * MINUTE)
    assert looks() == 3
    page = client.get(reverse("records:ledger")).content.decode()
    assert "没有看完" in page and "一条不差" not in page
    assert "doorstep.W022" in {str(fault.id) for fault in check_ledger(["default"])}
    LogHead.objects.filter(pk=first.pk).update(day=day)
    said = look(2 * DAY + 3 * 60 * MINUTE)
    assert said is not None and said["good"]


@both
def test_a_look_that_was_cut_off_after_the_head_was_signed_is_made_up_for_the_same_day(record: Cast) -> None:
    assert close_due_days(now=timezone.now() + DAY) is None
    assert close_due_days(now=timezone.now() + 2 * DAY) is not None and looks() == 0
    assert (said := look(2 * DAY)) is not None and said["good"] and looks() == 1
    assert look(2 * DAY + MINUTE) == said and looks() == 1
    assert look(3 * DAY) != said and looks() == 2


@both
def test_a_look_of_long_ago_says_nothing_good_any_more(record: Cast, client: Client) -> None:
    look(timedelta(0))
    assert "一条不差" in client.get(reverse("records:ledger")).content.decode()
    Entry.objects.filter(verb="walk_log").update(at=timezone.now() - timedelta(hours=37))
    page = client.get(reverse("records:ledger")).content.decode()
    assert "早该再看一遍" in page and "一条不差" not in page
    assert [str(fault.id) for fault in check_ledger(["default"])] == ["doorstep.W022"]


@both
def test_a_head_of_the_future_stops_neither_looks_nor_alarms(record: Cast, caplog: pytest.LogCaptureFixture) -> None:
    newest = LogHead.objects.latest("day")
    LogHead.objects.create(day=date(2099, 1, 1), size=newest.size, note=newest.note, made_at=newest.made_at)
    with caplog.at_level(logging.CRITICAL, "doorstep"):
        for days in (2, 3):
            said = look(days * DAY)
            assert said is not None and not said["good"] and looks() == days - 1
    assert said is not None and {"head", "head_ahead"} <= {code for code, _where in said["misfits"]}
    assert said["refused"] == (timezone.localdate() + 2 * DAY).isoformat()
    assert {"doorstep.E020", "doorstep.W025"} <= {str(fault.id) for fault in check_ledger(["default"])}
    LogHead.objects.filter(day=date(2099, 1, 1)).delete()
    assert (said := look(3 * DAY + MINUTE)) is not None and said["good"] and "refused" not in said


@both
def test_a_genuine_head_that_a_wrong_clock_signed_is_told_too(record: Cast) -> None:
    assert close_due_days(now=timezone.now() + 3660 * DAY) is not None
    assert "head_ahead" in {one.code for one in audit().misfits}
    assert "doorstep.W025" in {str(fault.id) for fault in check_ledger(["default"])}


@both
def test_days_without_a_head_are_told(record: Cast) -> None:
    assert "no_head" not in {one.code for one in audit(timezone.now() + 2 * DAY).misfits}
    assert "no_head" in {one.code for one in audit(timezone.now() + 3 * DAY).misfits}


@both
def test_a_head_that_was_refused_stays_told_until_it_is_there(record: Cast, caplog: pytest.LogCaptureFixture) -> None:
    right = bytes(Log.objects.get().frontier)
    with caplog.at_level(logging.CRITICAL, "doorstep"):
        Log.objects.update(frontier=bytes(len(right)))
        assert (said := look(2 * DAY)) is not None and "refused" in said
        Log.objects.update(frontier=right)
        assert walk_log(now=timezone.now() + 2 * DAY) is False
    assert (said := look(2 * DAY + MINUTE)) is not None and said["good"]


@both
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda: Award.objects.update(struck=True), ("award", "differs", "struck")),
        (lambda: Evaluation.objects.update(struck=True), ("evaluation", "differs", "struck")),
        (lambda: Evaluation.objects.update(salt=b""), ("evaluation", "within", "salt")),
        (lambda: Hours.objects.update(person=None), ("hours", "differs", "subject")),
        (lambda: Hours.objects.filter(state="verified").update(person=None), ("hours", "differs", "subject")),
        (lambda: Award.objects.update(person=None), ("award", "differs", "subject")),
        (lambda: Evaluation.objects.update(person=None), ("evaluation", "differs", "subject")),
        (lambda: Transfer.objects.update(person=None), ("transfer", "differs", "subject")),
        (lambda: Certificate.objects.update(person=None), ("certificate", "differs", "subject")),
        (lambda: Certificate.objects.update(index=F("index") + proving.LEAST_BITS), ("certificate", "within", "index")),
        (lambda: StatusRegister.objects.update(url="https://elsewhere.example/0.jwt"), ("certificate", "within", "index")),
        (lambda: snapshot(disputed=0), ("certificate", "within", "service")),
        (lambda: snapshot(questioned=7), ("certificate", "within", "service")),
        (lambda: snapshot(service={}), ("certificate", "within", "service")),
        (lambda: snapshot(training=9999), ("certificate", "differs", "paper")),
        (lambda: snapshot(synced=9999), ("certificate", "differs", "paper")),
        (lambda: snapshot(entries=[0]), ("certificate", "differs", "paper")),
        (lambda: snapshot(lines=[]), ("certificate", "differs", "paper")),
    ],
)  # fmt: skip
def test_what_an_entry_does_not_say_in_so_many_words_is_bound_too(record: Cast, change: Change, expected: tuple[str, str, str]) -> None:
    assert Certificate.objects.get(state="valid").snapshot["disputed"] > 0
    change()
    assert expected in named()


def snapshot(**more: object) -> None:
    row = Certificate.objects.get(state="valid")
    Certificate.objects.filter(pk=row.pk).update(snapshot=row.snapshot | more)


def amended(record: Cast, row: Award | Evaluation, struck: bool = False, **said: str | int) -> None:
    made = propose_amendment(by=record.zhou, row=row, said=said, why="写错了", struck=struck)
    decide_amendment(by=record.lin, amendment=made, approved=True)


@both
def test_what_two_people_struck_or_changed_stays_so(record: Cast) -> None:
    amended(record, Award.objects.get(), struck=True)
    amended(record, Evaluation.objects.get(), rating=2)
    assert audit().good
    Award.objects.update(struck=False)
    assert named() == {("award", "differs", "struck")}
    Award.objects.update(struck=True)
    Amendment.objects.filter(award__isnull=False).update(struck=False)
    assert ("amendment", "differs", "struck") in named()
    Amendment.objects.filter(award__isnull=False).update(struck=True)
    Evaluation.objects.update(salt=b"", rating=5)
    assert {("evaluation", "within", "salt"), ("amendment", "within", "said")} <= named()
    # As if the home that was visited had been forgotten: of a visit in no home that cannot be.
    Amendment.objects.filter(evaluation__isnull=False).update(said={}, was={}, why=FORGOTTEN)
    assert named() == {("evaluation", "within", "salt")}


@both
def test_whoever_is_really_forgotten_is_no_difference(record: Cast) -> None:
    for table in (Hours, Award, Evaluation, Transfer, Certificate):
        table.objects.update(person=None)
    Award.objects.update(salt=b"")
    Evaluation.objects.update(salt=b"")
    Transfer.objects.update(salt=b"", paper=FORGOTTEN)
    Correction.objects.update(why=FORGOTTEN)
    assert {one.field for one in audit().rows} == {"subject"}
    Salt.objects.filter(person=record.chen).delete()
    assert audit().good, audit().rows


def shaken(rows: list[Hours]) -> None:
    """Eight differences in each."""
    days = timedelta(days=3)
    for row in rows:
        Hours.objects.filter(pk=row.pk).update(
            tenths=1, grade="transferred", kind="duty", planned=1, rules="x@1", away=1, came=row.came - days, left=row.left - days
        )


@both
def test_an_old_row_is_not_hidden_behind_fifty_that_change_while_everybody_writes(record: Cast) -> None:
    for days in range(20, 28):
        filled(record, days)
    oldest, *newer = Hours.objects.filter(state__in=("recorded", "verified")).order_by("entry")
    Hours.objects.filter(pk=oldest.pk).update(tenths=990)
    shaken(newer)
    calm = False

    def meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal calm
        if "starscheme" in sql and not calm:
            # The first pass is through: what it saw is put back, and somebody writes a line.
            calm = True
            Hours.objects.bulk_update(newer, ["tenths", "grade", "kind", "planned", "rules", "away", "came", "left"])
            said = {"subject": subject_of(record.chen, record.community), "corrects": newer[0].entry, "reasons": ("owner_disagrees",)}
            append(facts=[book.Fact(book.Kind.RECORD_DISPUTED, record.community.pk, said)])
            Hours.objects.filter(pk=newer[0].pk).update(state="disputed")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        found = audit()
    assert [(one.row, one.field) for one in found.rows] == [(str(oldest.pk), "tenths")] and calm and not found.good


def test_the_last_line_of_a_kind_is_found_without_reading_the_journal() -> None:
    """It is asked for each minute while a head is refused, and by everybody who opens the public ledger."""
    lines = Entry.objects.filter(verb="walk_log", subject_type="records.log").order_by("-id")
    plan = lines.explain()
    assert "journal_ent_verb" in plan and "SCAN" not in plan and "TEMP B-TREE" not in plan
