"""Reads on needs."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.models import Offer, OfferState, Slot, SlotState
from doorstep.hub.scheduling.queries import active_offers_on

from .models import Need, NeedState


def to_check(place: Place) -> QuerySet[Need]:
    """What waits to be checked, the soonest promise first."""
    return Need.objects.waiting().in_community(place).select_related("household__building", "resident").order_by("answer_by")


def needs_of(person: Person) -> QuerySet[Need]:
    """The person's own and those asked for somebody else, newest first."""
    own = Need.objects.filter(resident=person) | Need.objects.filter(asked_by=person)
    return own.select_related("category", "community").order_by("-asked_at")


def newest_slot(need: Need) -> Slot | None:
    """The occasion that counts now."""
    return Slot.objects.filter(occasion__need=need).select_related("lead", "category", "household__building").order_by("-week").first()


def who_comes(slot: Slot) -> list[Offer]:
    """The people who have said yes."""
    return [offer for offer in active_offers_on([slot])[slot.pk] if offer.state in (OfferState.ACCEPTED, OfferState.SERVED)]


def to_follow_up(place: Place, before: date) -> QuerySet[Slot]:
    """Slots with a promised visit that should be over, and nobody has said yet how it went."""
    return (
        Slot.objects.filter(place=place, state=SlotState.OPEN, offers__state=OfferState.ACCEPTED, offers__start__date__lt=before)
        .distinct()
        .select_related("contact", "household__building", "lead")
    )


def need_of_slot(slot_id: UUID) -> Need | None:
    return Need.objects.filter(occasions__slot_id=slot_id).first()


def open_needs_count(place: Place) -> int:
    return Need.objects.in_community(place).filter(state__in=(NeedState.NEW, NeedState.CHECKED)).count()
