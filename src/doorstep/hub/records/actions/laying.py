"""Laying many past hours at once, with all that the daily work would have left: presences, entries, hashes, and a signed head for each day."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record, write_rows
from doorstep.hub.people.models import Place

from .. import book
from ..models import Hours, HoursState, Log, LogEntry, LogHash, LogHead, Presence, Salt
from .booking import know_own_key, the_log

#: Heads are signed soon after midnight.
AFTER_MIDNIGHT = timedelta(minutes=4)


class Served(NamedTuple):
    """A past visit as it was recorded: whose, when, known by what, and when its owner said that it is right."""

    id: UUID
    person_id: UUID
    unit_id: UUID
    slot_id: UUID
    attendance_id: UUID
    title: str
    came: datetime
    left: datetime
    planned: int
    code_in: bool
    code_out: bool
    confirmed_by_id: UUID | None
    entered_by_id: UUID | None
    entered_at: datetime
    approved_by_id: UUID | None
    recorded_at: datetime
    verified_at: datetime | None


class LaidHours(NamedTuple):
    """The row of an hour."""

    id: UUID
    person_id: UUID
    unit_id: UUID
    slot_id: UUID
    attendance_id: UUID
    title: str
    came: datetime
    left: datetime
    planned: int
    tenths: int
    grade: str
    code_in: bool
    code_out: bool
    confirmed_by_id: UUID | None
    entered_by_id: UUID | None
    entered_at: datetime
    approved_by_id: UUID | None
    rules: str
    state: str
    recorded_at: datetime
    due_on: date
    warn_on: date
    verified_at: datetime | None
    entry: int


class LaidEntry(NamedTuple):
    n: int
    data: bytes
    kind: str
    at: datetime
    unit: str
    subject: str


class LaidHash(NamedTuple):
    level: int
    number: int
    hash: bytes


class LaidSalt(NamedTuple):
    person_id: UUID
    salt: bytes


@transaction.atomic
def lay_hours(*, rows: Sequence[Served], presences: Sequence[Any], district: Place) -> int:
    """Many past hours, each judged by the rules of its day, in the order in which they were recorded; an installation's first entries."""
    log = the_log()
    salts = _salted(rows)
    laid = _Laid(log.size, salts)
    facts = list(laid.facts(rows))
    found = book.grown_over(log.size, bytes(log.frontier), facts)
    write_rows(model=Presence, rows=presences)
    write_rows(model=LogEntry, rows=[
        LaidEntry(entry.n, data, str(entry.kind), entry.at, entry.unit, entry.subject or "")
        for entry, data in zip(found.entries, found.data, strict=True)
    ])  # fmt: skip
    write_rows(model=LogHash, rows=[LaidHash(kept.level, kept.number, kept.hash) for kept in found.kept])
    write_rows(model=Hours, rows=laid.hours())
    _close_days(log, found, [at for at, _fact in facts])
    Log.objects.filter(pk=log.pk).update(size=found.size, frontier=found.frontier)
    record(actor_id=None, verb="lay_hours", subject=district, place_id=district.pk, detail={"hours": len(rows), "entries": len(facts)})
    return len(facts)


def _salted(rows: Sequence[Served]) -> dict[UUID, bytes]:
    """A salt for everybody who stands in an entry."""
    named = {one for row in rows for one in (row.person_id, row.confirmed_by_id, row.entered_by_id, row.approved_by_id) if one}
    known = {person: bytes(salt) for person, salt in Salt.objects.values_list("person_id", "salt")}
    new = [LaidSalt(person, secrets.token_bytes(32)) for person in sorted(named - set(known))]
    write_rows(model=Salt, rows=new)
    return known | {row.person_id: row.salt for row in new}


class _Laid:
    """Goes through what was recorded and verified in the order of time, and keeps which entry became which hour's."""

    def __init__(self, size: int, salts: dict[UUID, bytes]) -> None:
        self._next, self._salts, self._hours = size, salts, Hours()
        self._zone = timezone.get_current_timezone()
        self._known: dict[tuple[UUID, UUID], str] = {}
        self._rules: dict[date, book.Pack] = {}
        self._due: dict[date, Any] = {}
        self._entries: dict[UUID, int] = {}
        self._done: list[tuple[Served, book.Ruling, str]] = []

    def facts(self, rows: Sequence[Served]) -> Iterator[tuple[datetime, book.Fact]]:
        moments = [(row.recorded_at, 0, row) for row in rows] + [(row.verified_at, 1, row) for row in rows if row.verified_at]
        for at, verified, row in sorted(moments, key=lambda one: (one[0], one[1], one[2].id)):
            if verified and row.id in self._entries:
                said: dict[str, Any] = {"subject": self._subject(row.person_id, row.unit_id), "corrects": self._entries[row.id]}
                yield at, book.Fact(book.Kind.HOURS_VERIFIED, row.unit_id, said)
                self._next += 1
            elif not verified and (ruling := self._judged(row)).counts:
                self._entries[row.id] = self._next
                yield at, book.Fact(book.Kind.HOURS_RECORDED, row.unit_id, self._said(row, ruling))
                self._next += 1

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _judged(self, row: Served) -> book.Ruling:
        day = self._day(row.came)
        rules = self._rules.setdefault(day, self._rules.get(day) or book.rules_on(day, ""))
        # One object for all: building it takes longer than judging it.
        self._hours.__dict__.update(
            id=row.id, person_id=row.person_id, unit_id=row.unit_id, slot_id=row.slot_id, came=row.came, left=row.left, planned=row.planned,
            code_in=row.code_in, code_out=row.code_out, confirmed_by_id=row.confirmed_by_id, entered_by_id=row.entered_by_id,
            approved_by_id=row.approved_by_id,
        )  # fmt: skip
        ruling = book.ruled_alone(rules, self._hours, row.recorded_at)
        self._done.append((row, ruling, rules.name))
        return ruling

    def _said(self, row: Served, ruling: book.Ruling) -> dict[str, Any]:
        approvers = {self._subject(one, row.unit_id) for one in (row.confirmed_by_id, row.entered_by_id, row.approved_by_id) if one}
        return {
            "subject": self._subject(row.person_id, row.unit_id), "activity": "service", "slot": str(row.slot_id), "planned": row.planned,
            "served": int((row.left - row.came).total_seconds() // 60), "tenths": ruling.tenths, "grade": ruling.grade, "rules": self._done[-1][2],
            "start": self._day(row.came), "end": self._day(row.left), "approvers": tuple(sorted(approvers)),
        }  # fmt: skip

    def _subject(self, person: UUID, unit: UUID) -> str:
        if (person, unit) not in self._known:
            self._known[(person, unit)] = book.known_as(self._salts[person], person, unit)
        return self._known[(person, unit)]

    def hours(self) -> list[LaidHours]:
        return [self._row(row, ruling, rules) for row, ruling, rules in self._done if ruling.counts]

    def _row(self, row: Served, ruling: book.Ruling, rules: str) -> LaidHours:
        ended = self._day(row.left)
        due = self._due.setdefault(ended, self._due.get(ended) or book.deadline_of(self._rules[self._day(row.came)], ended))
        return LaidHours(
            row.id, row.person_id, row.unit_id, row.slot_id, row.attendance_id, row.title, row.came, row.left, row.planned, ruling.tenths,
            str(ruling.grade), row.code_in, row.code_out, row.confirmed_by_id, row.entered_by_id, row.entered_at, row.approved_by_id, rules,
            HoursState.VERIFIED if row.verified_at else HoursState.RECORDED, row.recorded_at, due.last, due.warn, row.verified_at,
            self._entries[row.id],
        )  # fmt: skip


def _close_days(log: Log, found: book.Grown, moments: Sequence[datetime]) -> None:
    """A head for every day that is over, each naming the one before; the hashes of a day lie in the order of its entries."""
    if not moments or LogHead.objects.exists():
        return
    first, yesterday = timezone.localdate(moments[0]), timezone.localdate() - timedelta(days=1)
    know_own_key(log=log, day=first, now=moments[0])
    sizes = {day: len(list(rows)) for day, rows in groupby(moments, key=timezone.localdate)}
    note, size = None, log.size
    edge = book.Edge(log.size, bytes(log.frontier), found.data)
    for day in _days(first, yesterday):
        size += sizes.get(day, 0)
        note = book.signed_head(book.next_head(log.origin, size, edge.at(size), day, note))
        LogHead.objects.create(day=day, size=size, note=note, made_at=_soon_after(day))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _soon_after(day: date) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
    return timezone.make_aware(midnight) + AFTER_MIDNIGHT
