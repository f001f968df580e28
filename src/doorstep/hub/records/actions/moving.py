"""Sending records away, taking the answer in, and taking earlier hours in by two people."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Person, Place

from .. import book
from ..access import NotOneself, officer_over, require_recorder
from ..models import ColumnMap, Grade, Hours, Shipment, Shipped, SyncState, Transfer
from ..moving.arriving import Answered, Earlier
from ..moving.columns import FACTS, MOST_COLUMNS
from ..moving_access import AnsweredAlready, ColumnsWrong, NobodyElse, NothingToSend, NotThisDistrict
from ..queries.moving import below
from .booking import append, subject_of

#: States in which a record is at the other system, as it stands here.
HERE = (SyncState.NOT_SENT, SyncState.RETURNED)
THERE = (SyncState.EXPORTED, SyncState.SYNCED)


def to_send(district: Place, start: date, end: date) -> QuerySet[Hours]:
    """Records that stand, were never sent as they stand now, and belong to somebody."""
    first, after = (timezone.make_aware(datetime.combine(day, time.min)) for day in (start, end + timedelta(days=1)))
    as_now = Shipped.objects.filter(hours=OuterRef("pk"), entry=OuterRef("entry"))
    here = (
        Hours.objects.standing()
        .filter(unit__in=below(district), came__gte=first, came__lt=after)
        .exclude(person=None)
        .exclude(block="none")
    )
    return here.filter(Q(sync__in=HERE) | (Q(sync__in=THERE) & ~Exists(as_now)))


@transaction.atomic
def ship(
    *, by: Person, district: Place, start: date, end: date, format: str, why: str, map_name: str, columns: Sequence[Mapping[str, str]],
    now: datetime | None = None,
) -> Shipment:  # fmt: skip
    """Puts the records of some days into a file; each is then on its way until the other system answers."""
    if not officer_over(by, district):
        raise NotThisDistrict
    rows = [(row.pk, row.entry) for row in to_send(district, start, end).select_for_update(of=("self",)).only("pk", "entry")]
    if not rows:
        raise NothingToSend
    shipment = Shipment.objects.create(
        place=district, columns=list(columns), map_name=map_name, start=start, end=end, format=format, why=why, count=len(rows), made_by=by,
        made_at=now or timezone.now(),
    )  # fmt: skip
    Shipped.objects.bulk_create([Shipped(shipment=shipment, hours_id=pk, entry=entry) for pk, entry in rows], batch_size=500)
    Hours.objects.filter(shipped__shipment=shipment).update(sync=SyncState.EXPORTED)
    record(actor_id=by.pk, verb="ship_records", subject=shipment, place_id=district.pk, detail={"count": len(rows), "why": why})
    return shipment


@transaction.atomic
def note_download(*, by: Person, shipment: Shipment, why: str) -> None:
    """Names and numbers left: each time is written down, and why."""
    record(
        actor_id=by.pk, verb="download_records", subject=shipment, place_id=shipment.place_id, detail={"why": why}, confidential_read=True
    )


@transaction.atomic
def take_answers(*, by: Person, shipment: Shipment, answers: Sequence[Answered], now: datetime | None = None) -> Shipment:
    """What the other system said to each record of the file: taken in, or returned with its words. What was corrected since keeps waiting."""
    if not officer_over(by, shipment.place):
        raise NotThisDistrict
    held = Shipment.objects.select_for_update().get(pk=shipment.pk)
    lines = {line.hours_id: line for line in Shipped.objects.filter(shipment=held).select_related("hours")}
    changed = []
    for answer in answers:
        line = lines[answer.hours_id]
        line.answer = answer.words
        if line.entry == line.hours.entry:
            line.hours.sync = SyncState.SYNCED if answer.taken else SyncState.RETURNED
            changed.append(line.hours)
    Shipped.objects.bulk_update([lines[answer.hours_id] for answer in answers], ["answer"], batch_size=500)
    Hours.objects.bulk_update(changed, ["sync"], batch_size=500)
    held.answered_at = now or timezone.now()
    held.save(update_fields=["answered_at"])
    detail = {"taken": sum(answer.taken for answer in answers), "returned": sum(not answer.taken for answer in answers)}
    record(actor_id=by.pk, verb="take_answers", subject=held, place_id=held.place_id, detail=detail)
    return held


@transaction.atomic
def set_columns(*, by: Person, district: Place, name: str, columns: Sequence[Mapping[str, str]], seen: int | None = None) -> ColumnMap:
    """The columns of the other system's file, as a new version; a file that has left keeps those it had."""
    if not officer_over(by, district):
        raise NotThisDistrict
    headings = [column["heading"] for column in columns]
    sound = all(headings) and len(set(headings)) == len(headings) <= MOST_COLUMNS and all(column["fact"] in FACTS for column in columns)
    if not sound or "record" not in {column["fact"] for column in columns}:
        raise ColumnsWrong
    found = ColumnMap.objects.select_for_update().first()
    if (found.version if found else 0) != (seen or 0):
        raise Stale
    if found is None:
        found = ColumnMap(version=0)
    found.name, found.columns, found.version = name, list(columns), found.version + 1
    found.save()
    record(
        actor_id=by.pk, verb="set_columns", subject=found, place_id=district.pk, detail={"columns": len(headings), "version": found.version}
    )
    return found


@transaction.atomic
def enter_transfers(*, by: Person, unit: Place, rows: Sequence[Earlier]) -> UUID:
    """Earlier hours as a file brought them: they wait for a second person, all of the file together."""
    require_recorder(by, unit)
    if any(row.person == by for row in rows):
        raise NotOneself
    batch = uuid4()
    made = [
        Transfer(
            batch=batch, person=row.person, unit=unit, source=row.source, start=row.start, end=row.end, tenths=row.tenths, paper=row.paper,
            entered_by=by, salt=secrets.token_bytes(32),
        )
        for row in rows
    ]  # fmt: skip
    Transfer.objects.bulk_create(made)
    record(actor_id=by.pk, verb="enter_transfers", subject=made[0], place_id=unit.pk, detail={"batch": str(batch), "rows": len(made)})
    return batch


@transaction.atomic
def decide_transfers(*, by: Person, batch: UUID, taken: bool, now: datetime | None = None) -> list[Transfer]:
    """The second of two people: with their yes each line is an entry of its own, transferred and not verified here."""
    moment = now or timezone.now()
    rows = list(
        Transfer.objects.select_for_update(of=("self",)).filter(batch=batch).select_related("person", "unit", "entered_by").order_by("pk")
    )
    for unit in {row.unit for row in rows}:
        require_recorder(by, unit)
    if not rows or any(row.state != Transfer.State.WAITS for row in rows):
        raise AnsweredAlready
    if any(by.pk in (row.entered_by_id, row.person_id) for row in rows):
        raise NobodyElse
    if taken:
        facts = [book.Fact(book.Kind.HOURS_TRANSFERRED, row.unit_id, _said(row, by)) for row in rows if row.person]
        numbers = iter(append(facts=facts, now=moment))
    for row in rows:
        row.state = Transfer.State.TAKEN if taken and row.person else Transfer.State.REFUSED
        row.approved_by, row.decided_at = by, moment
        row.entry = next(numbers) if row.state == Transfer.State.TAKEN else None
        row.save()
        tell(
            person_id=row.person_id,
            kind="hours_transferred" if taken else "transfer_refused",
            subject=row,
            numbers={"title": row.source, "tenths": row.tenths},
        )
    record(actor_id=by.pk, verb="decide_transfers", subject=rows[0], place_id=rows[0].unit_id, detail={"batch": str(batch), "taken": taken})
    return rows


def _said(row: Transfer, by: Person) -> dict[str, Any]:
    """The fields of the entry; the paper is bound by a digest, not named."""
    assert row.person is not None
    approvers = {subject_of(person, row.unit) for person in (row.entered_by, by) if person is not None}
    document = book.commitment(bytes(row.salt), {"source": row.source, "paper": row.paper})
    return {
        "subject": subject_of(row.person, row.unit), "tenths": row.tenths, "grade": book.LedgerGrade(str(Grade.TRANSFERRED)),
        "approvers": tuple(sorted(approvers)), "start": row.start, "end": row.end, "document": document,
    }  # fmt: skip
