"""The clock of ten working days: on the seventh whoever answers for a record is told, after the tenth once more, and never twice."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell
from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import social_workers_at

from .. import book
from ..models import Hours
from ..queries.hours import WAITING, unrecorded

WARNED, LATE = "warn_record", "tell_overdue"
#: What is told and what the journal calls it.
NOTICES = {WARNED: "record_due", LATE: "record_overdue"}


@transaction.atomic
def warn_of_records(*, now: datetime | None = None) -> int:
    """Tells of every record that is due or overdue and was not told of before; gives how many were told of."""
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    # One supervisor at a time: a second one waits here, and then finds that all has been told.
    list(Place.objects.select_for_update().filter(kind=Place.Kind.DISTRICT).order_by("pk"))
    waiting = Hours.objects.filter(state__in=WAITING, warn_on__lte=today).select_related("slot", "unit")
    told = 0
    for verb, late in ((LATE, True), (WARNED, False)):
        hours = waiting.filter(due_on__lt=today, due_guessed=False) if late else waiting.exclude(due_on__lt=today, due_guessed=False)
        told += _tell(verb, {str(row.pk): (row, row.title, row.unit_id, _who(row)) for row in hours})
    units = list(Place.objects.communities().values_list("pk", flat=True))
    visits = [row for row in unrecorded(units, moment, book.calendar()) if row.clock.overdue or row.clock.warned]
    for verb, late in ((LATE, True), (WARNED, False)):
        rows = [row.offer for row in visits if row.clock.overdue is late]
        told += _tell(verb, {str(row.pk): (row, row.slot.title, row.slot.place_id, [row.slot.lead_id]) for row in rows})
    return told


Told = tuple[Model, str, UUID, Iterable[UUID | None]]


def _tell(verb: str, rows: dict[str, Told]) -> int:
    """Each once: the journal's own line says that it was done."""
    before = set(Entry.objects.filter(verb=verb, subject_id__in=list(rows)).values_list("subject_id", flat=True))
    fresh = {key: row for key, row in rows.items() if key not in before}
    for subject, title, place_id, people in fresh.values():
        for person_id in people:
            tell(person_id=person_id, kind=NOTICES[verb], subject=subject, numbers={"title": title})
        record(actor_id=None, verb=verb, subject=subject, place_id=place_id)
    return len(fresh)


def _who(hours: Hours) -> list[UUID | None]:
    """The social worker of the slot; of what was filled in, every social worker of the unit but who filled it in, for one of them has to approve."""
    if hours.slot is not None:
        return [hours.slot.lead_id]
    others: list[UUID | None] = [
        person.pk for person in social_workers_at(hours.unit) if person.pk not in (hours.entered_by_id, hours.person_id)
    ]
    return others or [hours.entered_by_id]
