"""An insider who knows how the nightly look works: rows beyond the log, values that stop it, what no entry says by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from doorstep.hub.records.auditing import audit
from doorstep.hub.records.claims import TABLES
from doorstep.hub.records.models import (
    Amendment,
    Award,
    Correction,
    Evaluation,
    Hours,
    Log,
    Salt,
    StarAward,
    YearlyReport,
)
from doorstep.hub.testing import Cast

from .whole import whole_record

pytestmark = pytest.mark.django_db
both = pytest.mark.both_databases
FAR = 10**12


@pytest.fixture
def record(cast: Cast) -> Cast:
    whole_record(cast)
    found = audit()
    assert found.good, (found.misfits, found.rows)
    return cast


def named() -> set[tuple[str, str, str]]:
    """Table, why and field of what is found; each names its row."""
    return {(one.table, str(one.why), one.field) for one in audit().rows}


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
