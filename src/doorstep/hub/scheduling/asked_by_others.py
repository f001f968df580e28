"""What others ask of a volunteer beside the social worker's offers: to step in, to stand in, to swap."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from doorstep.hub.people.models import Person, Place

from .access import before_yes
from .access.signup import fit_for
from .models import Appeal, Exchange, Offer, OfferState, Slot, Waiting
from .naming import names_at, split_names
from .openings import companions_of


@dataclass(frozen=True)
class Call:
    """One appeal to step in."""

    appeal: Appeal
    title: str


@dataclass(frozen=True)
class Passing:
    """One exchange, as one of the two sees it."""

    exchange: Exchange
    title: str
    other_title: str
    mine: bool


def _title(slot: Any, names: str | None) -> str:
    contact = [(slot.contact.name, slot.contact.calling_name)] if slot.contact else []
    return before_yes(slot.title, [*split_names(names), *contact])


def calls_to(person: Person, now: datetime) -> list[Call]:
    """What the person is asked to step in for, together with others; one query."""
    rows = Appeal.objects.filter(person=person, state=Appeal.State.ASKED, until__gte=now)
    rows = rows.select_related("seat__slot__lead", "seat__slot__contact", "seat__slot__place").annotate(
        names=names_at("seat__slot__household")
    )
    return [Call(row, _title(row.seat.slot, row.names)) for row in rows]  # type: ignore[attr-defined]


def passings_of(person: Person, now: datetime) -> list[Passing]:
    """What fellows ask of the person, and what the person has asked and waits for; one query."""
    rows = Exchange.objects.filter(Q(fellow=person) | Q(offer__person=person), state=Exchange.State.ASKED, until__gte=now)
    rows = rows.select_related("offer__slot__contact", "offer__person", "fellow", "other__slot__contact")
    named = rows.annotate(names=names_at("offer__slot__household"), other_names=names_at("other__slot__household"))
    return [_passing(row, person) for row in named]


def passing_of(person: Person, exchange: Exchange) -> Passing:
    """One exchange whole, for one of its two."""
    rows = Exchange.objects.filter(pk=exchange.pk).select_related("offer__slot__contact", "offer__person", "fellow", "other__slot__contact")
    return _passing(rows.annotate(names=names_at("offer__slot__household"), other_names=names_at("other__slot__household")).get(), person)


def promises_to_swap(person: Person, exchange: Exchange, now: datetime) -> list[Offer]:
    """The person's own promises to come, other than of that very slot; each with its title as the other may read it."""
    rows = Offer.objects.filter(person=person, state=OfferState.ACCEPTED, start__gt=now).exclude(slot=exchange.offer.slot_id)
    return list(rows.select_related("slot").order_by("start")[:8])


def _passing(row: Any, person: Person) -> Passing:
    other = _title(row.other.slot, row.other_names) if row.other else ""
    return Passing(row, _title(row.offer.slot, row.names), other, row.offer.person_id == person.pk)


def log_of(slot: Slot) -> list[Exchange]:
    """Every exchange of the slot's seats, the newest last, for the social worker's page; one query."""
    found = Exchange.objects.filter(Q(offer__slot=slot) | Q(other__slot=slot))
    return list(found.select_related("offer__person", "offer__slot", "fellow", "other__slot", "objected_by").order_by("asked_at"))


def line_of_waiting(slot: Slot) -> list[Waiting]:
    """Who waits, the first first; nobody, without a query, where nobody signs up."""
    if slot.signup_at is None:
        return []
    return list(Waiting.objects.filter(slot=slot, state=Waiting.State.IN_LINE).select_related("person")[:60])


def appeals_of(slot: Slot) -> list[Appeal]:
    """Who was asked together to step in, and what they said; one query."""
    return list(Appeal.objects.filter(seat__slot=slot).select_related("person").order_by("-asked_at"))


def exchanged_in(place: Place, monday: date) -> list[Exchange]:
    """What has passed from one volunteer to another in that week, for whom the social worker has still time to object; one query."""
    rows = Exchange.objects.filter(state=Exchange.State.DONE, offer__slot__place=place, offer__slot__week=monday)
    return list(rows.select_related("offer__slot", "offer__person", "fellow").order_by("offer__start")[:20])


@dataclass(frozen=True)
class Fellow:
    """Somebody who could go instead, and the promise of theirs that could be swapped."""

    person: Person
    swaps: list[Offer]


def fellows_for(offer: Offer, now: datetime) -> list[Fellow]:
    """Of those whom the person has met: who may take this very seat; and what of theirs the person may see, since both go there."""
    offer.seat.slot = offer.slot
    known = companions_of(offer.person, now)
    found = list(fit_for(offer.seat, offer.start, known).order_by("name"))
    theirs = Offer.objects.filter(
        person__in=found, state=OfferState.ACCEPTED, start__gt=now, slot__household=None, slot__signup_at__isnull=False
    ).exclude(slot=offer.slot)
    by_person: dict[Any, list[Offer]] = {}
    for other in theirs.select_related("slot").order_by("start"):
        by_person.setdefault(other.person_id, []).append(other)
    return [Fellow(person, by_person.get(person.pk, [])) for person in found]
