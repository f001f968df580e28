"""The evening before and on the morning of the day, whoever promised is reminded: once each, whatever crashes in between."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell

from ..models import Offer, OfferState, Reminder, Rhythm
from ..queries import rhythm_of

EVENING, MORNING = Reminder.Kind.EVENING, Reminder.Kind.MORNING


def kind_due(start: datetime, rhythm: Rhythm, now: datetime) -> str:
    """Which reminder is due for a visit at this start; nothing if none is."""
    local, begins = timezone.localtime(now), timezone.localtime(start)
    minute, days = local.hour * 60 + local.minute, (begins.date() - local.date()).days
    if days == 1 and minute >= rhythm.evening_minute:
        return str(EVENING)
    # Who leaves the house at dawn has been told the evening before.
    return str(MORNING) if days == 0 and minute >= rhythm.morning_minute and now < start else ""


def remind(*, now: datetime | None = None) -> int:
    """Each reminder in its own transaction with the row that says that it was given."""
    moment = now or timezone.now()
    soon = Offer.objects.filter(state=OfferState.ACCEPTED, start__gt=moment, start__lt=moment + timedelta(days=2))
    rhythms: dict[UUID, Rhythm] = {}
    given = 0
    for offer in soon.select_related("slot__place__parent__parent").prefetch_related("reminders").order_by("start", "pk"):
        place = offer.slot.place
        if place.pk not in rhythms:
            rhythms[place.pk] = rhythm_of(place)
        kind = kind_due(offer.start, rhythms[place.pk], moment)
        if kind and kind not in {row.kind for row in offer.reminders.all()}:
            given += remind_once(offer=offer, kind=kind, now=moment)
    return given


@transaction.atomic
def remind_once(*, offer: Offer, kind: str, now: datetime) -> bool:
    """False if another process was quicker: the database keeps one row of a kind."""
    try:
        with transaction.atomic():
            Reminder.objects.create(offer=offer, kind=kind, at=now)
    except IntegrityError:
        return False
    numbers = {"title": offer.slot.title, "start": offer.start.isoformat()}
    tell(person_id=offer.person_id, kind=f"remind_{kind}", subject=offer, numbers=numbers)
    record(actor_id=None, verb="remind", subject=offer, place_id=offer.slot.place_id, detail={"kind": kind})
    return True
