"""The evening before and on the morning of the day, whoever promised is reminded: once each, whatever crashes in between."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell

from ..models import Offer, OfferState, Reminder
from ..queries import rhythm_of

EVENING, MORNING = Reminder.Kind.EVENING, Reminder.Kind.MORNING


def remind(*, now: datetime | None = None) -> int:
    """Each reminder in its own transaction with the row that says that it was given; who has had it is not looked at again."""
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    evening = _due(EVENING, today + timedelta(days=1), moment)
    # Who leaves the house at dawn has been told the evening before.
    morning = _due(MORNING, today, moment)
    return sum(
        remind_once(offer=offer, kind=kind, now=moment) for kind, offers in ((EVENING, evening), (MORNING, morning)) for offer in offers
    )


def _due(kind: str, day: date, now: datetime) -> list[Offer]:
    """The promises of that day whose district's hour for this reminder has come."""
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    given = Reminder.objects.filter(offer=OuterRef("pk"), kind=kind)
    coming = Offer.objects.filter(
        ~Exists(given), state=OfferState.ACCEPTED, start__gte=max(midnight, now), start__lt=midnight + timedelta(days=1)
    )
    local = timezone.localtime(now)
    minute, hours, found = local.hour * 60 + local.minute, dict[UUID, int](), list[Offer]()
    for offer in coming.select_related("slot__place__parent__parent").order_by("start", "pk"):
        place = offer.slot.place
        if place.pk not in hours:
            rhythm = rhythm_of(place)
            hours[place.pk] = rhythm.evening_minute if kind == EVENING else rhythm.morning_minute
        if minute >= hours[place.pk]:
            found.append(offer)
    return found


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
