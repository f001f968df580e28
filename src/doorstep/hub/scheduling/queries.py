"""Reads on slots, offers, plans and free time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from doorstep.hub.people.models import Person, Place

from .models import ACTIVE, Availability, AvailabilityException, Offer, OfferState, Plan, Rhythm, Slot, SlotState

#: Half-open stretches in minutes since Monday 00:00.
Stretches = list[tuple[int, int]]


def rhythm_of(place: Place) -> Rhythm:
    """The district's rhythm, found upward in the place tree; the usual one if none is set."""
    step: Place | None = place
    while step is not None:
        found = Rhythm.objects.filter(place=step).first()
        if found:
            return found
        step = step.parent
    return Rhythm(place=place)


def commitments_of(person: Person, week: date) -> QuerySet[Offer]:
    """What the person was asked for or has promised in that week and the night before and after it."""
    near = (week - timedelta(days=7), week, week + timedelta(days=7))
    return Offer.objects.filter(person=person, state__in=(OfferState.SENT, OfferState.ACCEPTED), slot__week__in=near).select_related("slot")


def merged(stretches: Iterable[tuple[int, int]]) -> Stretches:
    """Sorted, disjoint, touching ones joined."""
    result: Stretches = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(stretches: Stretches, start: int, end: int) -> Stretches:
    """The stretches less one cut."""
    pieces = ((a, b) for s, e in stretches for a, b in ((s, min(e, start)), (max(s, end), e)))
    return [(a, b) for a, b in pieces if a < b]


def free_time(monday: date, person_ids: Iterable[UUID] | None = None) -> dict[UUID, Stretches]:
    """Who is free when in that week: the usual week, then the exceptions of each day. Two queries."""
    usual, days = Availability.objects.all(), [monday + timedelta(days=n) for n in range(7)]
    different = AvailabilityException.objects.filter(date__in=days)
    if person_ids is not None:
        chosen = list(person_ids)
        usual, different = usual.filter(person_id__in=chosen), different.filter(person_id__in=chosen)
    free: dict[UUID, Stretches] = defaultdict(list)
    for person, weekday, start, end in usual.values_list("person_id", "weekday", "start_minute", "end_minute"):
        free[person].append((weekday * 1440 + start, weekday * 1440 + end))
    free = defaultdict(list, {person: merged(stretches) for person, stretches in free.items()})
    rows = different.order_by("free", "date", "start_minute").values_list("person_id", "date", "start_minute", "end_minute", "free")
    for person, day, start, end, is_free in rows:
        base = (day - monday).days * 1440
        if is_free:
            free[person] = merged([*free[person], (base + start, base + end)])
        else:
            free[person] = without(free[person], base + start, base + end)
    return dict(free)


def offers_to(person: Person) -> QuerySet[Offer]:
    """What waits for the person's answer, the soonest first."""
    return (
        Offer.objects.awaiting_answer()
        .filter(person=person)
        .select_related("slot__lead", "slot__place", "slot__category", "seat__skill")
        .order_by("start")
    )


def promises_of(person: Person, since: date) -> QuerySet[Offer]:
    """What the person has said yes to, from that day on."""
    return (
        Offer.objects.filter(person=person, state=OfferState.ACCEPTED, slot__week__gte=since - timedelta(days=7))
        .select_related("slot__lead", "slot__place", "slot__household__building", "slot__contact", "seat__skill")
        .order_by("start")
    )


def slots_of_week(place: Place, monday: date) -> QuerySet[Slot]:
    """A community's slots of a week, with everything that a plan page shows; three queries."""
    return (
        Slot.objects.filter(place=place, week=monday)
        .select_related("lead", "household__building", "contact", "category")
        .prefetch_related("seats__skill", "windows")
    )


def active_offers_on(slots: Iterable[Slot]) -> dict[UUID, list[Offer]]:
    """Slot id to its active offers; one query."""
    found: dict[UUID, list[Offer]] = defaultdict(list)
    chosen = Offer.objects.active().filter(slot_id__in=[slot.pk for slot in slots])
    for offer in chosen.select_related("person", "seat").order_by("seat__number"):
        found[offer.slot_id].append(offer)
    return found


def newest_plan(place: Place, monday: date) -> Plan | None:
    """The newest finished plan of the district, or of the community itself."""
    above = [place.pk, *(p for p in (place.parent_id, place.parent.parent_id if place.parent else None) if p)]
    return Plan.objects.ready().filter(week=monday, place_id__in=above).order_by("-finished_at").first()


def plan_at_work(place: Place, monday: date) -> Plan | None:
    above = [place.pk, *(p for p in (place.parent_id, place.parent.parent_id if place.parent else None) if p)]
    at_work = (Plan.State.QUEUED, Plan.State.RUNNING)
    return Plan.objects.filter(week=monday, place_id__in=above, state__in=at_work).first()


def planned_place(place: Place) -> Place:
    """The district that plans for this unit; a community without a district plans for itself."""
    step = place
    while step.parent is not None:
        step = step.parent
    return step


def places_below(place: Place) -> QuerySet[Place]:
    """The communities of a district or a street, or the community itself."""
    inside = Q(pk=place.pk) | Q(parent=place) | Q(parent__parent=place)
    return Place.objects.communities().filter(inside)


def familiar_people(household_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Household id to the people who have served there, with how many times. Familiar is a past offer in state served."""
    found: dict[UUID, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    served = Offer.objects.filter(state=OfferState.SERVED, slot__household_id__in=list(household_ids))
    for household, person in served.values_list("slot__household_id", "person_id"):
        found[household][person] += 1
    return found


def open_slots(monday: date, place: Place) -> QuerySet[Slot]:
    """The slots that a plan of that place and week may still fill."""
    return Slot.objects.filter(week=monday, state=SlotState.OPEN, place__in=places_below(place))


def active_states() -> list[str]:
    return [str(state) for state in ACTIVE]
