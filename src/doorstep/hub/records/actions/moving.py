"""Sending records away, taking the answer in, and taking earlier hours in by two people."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.basic import give_national_numbers
from doorstep.hub.people.models import Person, Place

from .. import book, bound
from ..access import NotOneself, officer_over, require_recorder
from ..models import SENT, Amendment, Award, ColumnMap, Correction, Evaluation, Grade, Hours, Sheet, Shipment, Shipped, SyncState, Transfer
from ..moving.arriving import Answered, Earlier
from ..moving.columns import fits, is_void, leaves
from ..moving_access import AnsweredAlready, ColumnsWrong, NobodyElse, NothingToSend, NotThisDistrict, ReadingWrong
from ..queries.moving import RECORDS, at_the_other, below, entries_now, known_transfers
from .booking import append, subject_of
from .judging import hold_owners


class EnteredAlready(Refused):
    field = "file"
    sentence = _("表里有一条刚才已经收下了：同一个人、同一处、同样的起止。请再选一次这份文件，会告诉您是哪一行。")


#: States in which a record is at the other system, as it stands here.
HERE = (SyncState.NOT_SENT, SyncState.RETURNED)
THERE = (SyncState.EXPORTED, SyncState.SYNCED)


def to_send(district: Place, start: date, end: date, sheet: str = Sheet.SERVICE) -> QuerySet[Any]:
    """Records that stand, were never sent as they stand now, and belong to somebody."""
    model, key = RECORDS[sheet]
    here = _standing(sheet, start, end).filter(unit__in=below(district)).exclude(person=None).exclude(entry=None)
    as_now = Exists(Shipped.objects.filter(**{key: OuterRef("pk")}, shipment__sheet=sheet, entry=OuterRef("told")))
    belongs = Q(block=sheet) if model is Hours else Q()
    rows = at_the_other(here.annotate(told=_told(sheet)), sheet)
    return rows.filter(Q(there__in=HERE) | (belongs & Q(there__in=THERE) & ~as_now))


def how_many_wait(district: Place, start: date, end: date) -> int:
    """Records of every table that leaves, counted at once."""
    first, *more = (to_send(district, start, end, sheet).order_by().values("pk") for sheet in SENT)
    return first.union(*more, all=True).count()


def _told(sheet: str) -> Any:
    """The number that `entries_now` finds, in the database."""
    if sheet != Sheet.TRAINING:
        return F("entry")
    said = Amendment.objects.filter(training__hours=OuterRef("pk"), state=Correction.State.APPROVED).order_by("-entry")
    return Greatest(F("entry"), Coalesce(Subquery(said.values("entry")[:1]), F("entry")))


def _standing(sheet: str, start: date, end: date) -> QuerySet[Any]:
    # What was struck out leaves only to take back what had left before.
    model, _key = RECORDS[sheet]
    if model is Award:
        gone = Exists(Shipped.objects.filter(award=OuterRef("pk")))
        return Award.objects.filter(Q(struck=False) | Q(gone), granted_on__range=(start, end))
    if model is Evaluation:
        gone = Exists(Shipped.objects.filter(evaluation=OuterRef("pk")))
        return Evaluation.objects.filter(Q(struck=False) | Q(gone), on__range=(start, end))
    first, after = (timezone.make_aware(datetime.combine(day, time.min)) for day in (start, end + timedelta(days=1)))
    # What turned out to be no service, or no training, or nothing, leaves for the same reason alone: the other system counts it still.
    lines = Shipped.objects.filter(shipment__sheet=sheet)
    # Nearly all hours are of the one table, few of the other: there it costs less to look from the lines that left.
    left = Q(Exists(lines.filter(hours=OuterRef("pk")))) if sheet == Sheet.SERVICE else Q(pk__in=lines.values("hours"))
    return Hours.objects.standing().filter(Q(block=sheet, left__gt=F("came")) | left, came__gte=first, came__lt=after)


def _follows(sheet: str) -> Q:
    """Records whose own state a table moves: hours that became training say where they stand as training, also while the table of
    service takes them back."""
    return Q(block__in=(sheet, "none")) if RECORDS[sheet][0] is Hours else Q()


@transaction.atomic
def ship(
    *, by: Person, district: Place, start: date, end: date, format: str, why: str, map_name: str, columns: Sequence[Mapping[str, str]],
    sheet: str = Sheet.SERVICE, now: datetime | None = None,
) -> Shipment:  # fmt: skip
    """Puts the records of some days into a file; each is then on its way until the other system answers."""
    if not officer_over(by, district):
        raise NotThisDistrict
    model, key = RECORDS[sheet]
    waiting = to_send(district, start, end, sheet).select_for_update(of=("self",)).order_by("pk")
    rows = list(waiting)
    if not rows:
        raise NothingToSend
    shipment = Shipment.objects.create(
        place=district, sheet=sheet, columns=list(columns), map_name=map_name, start=start, end=end, format=format, why=why, count=len(rows),
        made_by=by, made_at=now or timezone.now(),
    )  # fmt: skip
    told = entries_now(rows, sheet)
    lines = [Shipped(shipment=shipment, entry=told[row.pk], struck=is_void(row, sheet), **{f"{key}_id": row.pk}) for row in rows]
    Shipped.objects.bulk_create(lines, batch_size=500)
    model._default_manager.filter(_follows(sheet), shipped__shipment=shipment).update(sync=SyncState.EXPORTED)
    detail = {"count": len(rows), "why": why, "sheet": str(sheet)}
    record(actor_id=by.pk, verb="ship_records", subject=shipment, place_id=district.pk, detail=detail)
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
    model, key = RECORDS[held.sheet]
    # Held before anything is compared: a correction that comes meanwhile waits, and then finds its record answered.
    rows = {
        row.pk: row for row in model._default_manager.select_for_update().filter(pk__in=[one.record_id for one in answers]).order_by("pk")
    }
    lines = {getattr(line, f"{key}_id"): line for line in Shipped.objects.filter(shipment=held)}
    told = entries_now(rows.values(), held.sheet)
    mine = set(model._default_manager.filter(_follows(held.sheet), shipped__shipment=held).values_list("pk", flat=True))
    changed: list[Any] = []
    for answer in answers:
        line, row = lines[answer.record_id], rows[answer.record_id]
        line.answer, line.taken = answer.words, answer.taken
        if line.entry == told[row.pk] and row.pk in mine:
            row.sync = SyncState.SYNCED if answer.taken else SyncState.RETURNED
            changed.append(row)
    Shipped.objects.bulk_update([lines[answer.record_id] for answer in answers], ["answer", "taken"], batch_size=500)
    model._default_manager.bulk_update(changed, ["sync"], batch_size=500)
    held.answered_at = now or timezone.now()
    held.save(update_fields=["answered_at"])
    detail = {"taken": sum(answer.taken for answer in answers), "returned": sum(not answer.taken for answer in answers)}
    record(actor_id=by.pk, verb="take_answers", subject=held, place_id=held.place_id, detail=detail)
    return held


@transaction.atomic
def set_columns(
    *, by: Person, district: Place, name: str, columns: Sequence[Mapping[str, str]], sheet: str = Sheet.SERVICE, seen: int | None = None
) -> ColumnMap:
    """The columns of one of the other system's tables, as a new version; a file that has left keeps those it had."""
    if not officer_over(by, district):
        raise NotThisDistrict
    if not fits(sheet, columns):
        raise ColumnsWrong if leaves(sheet) else ReadingWrong
    Place.objects.select_for_update().get(pk=district.pk)
    found = ColumnMap.objects.filter(district=district, sheet=sheet).first()
    if (found.version if found else 0) != (seen or 0):
        raise Stale
    if found is None:
        found = ColumnMap(district=district, sheet=sheet, version=0)
    found.name, found.columns, found.version = name, list(columns), found.version + 1
    found.save()
    detail = {"columns": len(columns), "version": found.version, "sheet": str(sheet)}
    record(actor_id=by.pk, verb="set_columns", subject=found, place_id=district.pk, detail=detail)
    return found


@transaction.atomic
def enter_numbers(*, by: Person, unit: Place, rows: Sequence[tuple[Person, str]]) -> int:
    """National numbers of the unit's volunteers as a list brought them: all or none."""
    require_recorder(by, unit)
    return give_national_numbers(by=by, place=unit, rows=rows)


@transaction.atomic
def enter_transfers(*, by: Person, unit: Place, rows: Sequence[Earlier]) -> UUID:
    """Earlier hours as a file brought them: they wait for a second person, all of the file together."""
    require_recorder(by, unit)
    if any(row.person == by for row in rows):
        raise NotOneself
    # The page looked before this waited: two who send one file at once make one batch.
    hold_owners(row.person.pk for row in rows)
    known = known_transfers(unit)
    if any((row.person.pk, row.source, row.start, row.end) in known for row in rows):
        raise EnteredAlready
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
    document = book.commitment(bytes(row.salt), bound.of_transfer(row))
    return {
        "subject": subject_of(row.person, row.unit), "tenths": row.tenths, "grade": book.LedgerGrade(str(Grade.TRANSFERRED)),
        "approvers": tuple(sorted(approvers)), "start": row.start, "end": row.end, "document": document,
    }  # fmt: skip
