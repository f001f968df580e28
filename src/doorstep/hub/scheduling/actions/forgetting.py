"""Forgetting a person in the arrangements: nothing is asked of them any more, and no title says who was helped."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from doorstep.hub.journal.actions import forget_notices, record
from doorstep.hub.people.models import Person

from ..access.refused import BeingArranged
from ..models import Appeal, Availability, AvailabilityException, CalendarKey, Exchange, Exclusion, Offer, OfferState, Slot, Waiting


def _arranged_in(person: Person) -> set[UUID]:
    """The slots on which anything stands about the person: asked, promised, in line, to step in, to take over, at their home."""
    passed = Exchange.objects.filter(Q(fellow=person) | Q(offer__person=person) | Q(other__person=person))
    rows = (
        Slot.objects.filter(Q(contact=person) | Q(caller=person)).values_list("pk"),
        Offer.objects.filter(person=person).values_list("slot"),
        Waiting.objects.filter(person=person).values_list("slot"),
        Appeal.objects.filter(person=person).values_list("seat__slot"),
        passed.values_list("offer__slot", "other__slot"),
    )
    return {pk for found in rows for row in found for pk in row if pk is not None}


def hold_arrangements(person: Person) -> set[UUID]:
    """Every slot with anything of the person, in one order, before the person is held: whoever promises holds them in that order too."""
    slots = _arranged_in(person)
    list(Slot.objects.select_for_update().filter(pk__in=slots).order_by("pk").values_list("pk"))
    return slots


def require_all_held(person: Person, held: set[UUID]) -> None:
    """Raises BeingArranged if something was arranged with the person while the slots were being taken."""
    if not _arranged_in(person) <= held:
        raise BeingArranged


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
    Slot.objects.filter(caller=person).update(caller=None)
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
