"""Forgetting a person in the arrangements: nothing is asked of them any more, and no title says who was helped."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import forget_notices, record
from doorstep.hub.people.models import Person

from ..models import Appeal, Availability, AvailabilityException, CalendarKey, Exchange, Exclusion, Offer, OfferState, Slot, Waiting


@transaction.atomic
def forget_arrangements(*, by: Person, person: Person, now: datetime | None = None) -> dict[UUID, str]:
    """Takes back what was only proposed, ends every line and question, and gives visits to their home a general title: slot to title."""
    moment = now or timezone.now()
    waiting = Offer.objects.filter(person=person, state__in=(OfferState.PROPOSED, OfferState.HELD, OfferState.SENT))
    waiting.update(state=OfferState.WITHDRAWN, closed_at=moment)
    Waiting.objects.filter(person=person, state__in=("in_line", "asked")).update(state=Waiting.State.LEFT)
    Appeal.objects.filter(person=person, state=Appeal.State.ASKED).update(state=Appeal.State.OVER, answered_at=moment)
    Exchange.objects.filter(fellow=person, state=Exchange.State.ASKED).update(state=Exchange.State.LAPSED, answered_at=moment)
    Exchange.objects.filter(offer__person=person, state=Exchange.State.ASKED).update(state=Exchange.State.TAKEN_BACK, answered_at=moment)
    for table in (Availability, AvailabilityException, Exclusion, CalendarKey):
        table.objects.filter(person=person).delete()
    visits = _plain_titles(person)
    record(actor_id=by.pk, verb="forget_arrangements", subject=person)
    return visits


def _plain_titles(person: Person) -> dict[UUID, str]:
    """A visit to their home is called after its kind; what one should bring or mind there was said about them."""
    visits, titles = {}, {}
    for slot in Slot.objects.filter(contact=person).select_related("category"):
        visits[slot.pk] = titles[slot.title] = slot.category.name
        slot.title, slot.bring, slot.risk_note, slot.contact = slot.category.name, "", "", None
        slot.version += 1
        slot.save(update_fields=["title", "bring", "risk_note", "contact", "version"])
    forget_notices(titles=titles)
    return visits
