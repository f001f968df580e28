"""What anybody may read about a community: who is there, what is on, counts that give nobody away, names only by consent."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import hypot

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.people.models import Consent, ConsentText, Membership, Person, Place, Role, ServiceCategory
from doorstep.hub.people.queries import find_place, social_workers_at, this_monday
from doorstep.hub.scheduling.models import Offer, OfferState, Slot, SlotState
from doorstep.hub.web.suppression import Figure, figure, guarded_list

VOLUNTEERS = (Role.VOLUNTEER, Role.SPECIALIST)
#: Who came within so many days is active.
RECENT = timedelta(days=90)
FOUND_AT_MOST = 20
NEIGHBOURS = 6


@dataclass(frozen=True)
class Counts:
    """A community in figures; registered never stands without active."""

    month: date
    met: Figure
    registered: Figure
    active: Figure


def communities_called(words: str) -> list[tuple[Place, list[str]]]:
    """Communities by present or former name, alias, code or street, those in use first; each with its former names."""
    found = find_place(words).order_by().values("pk")
    asked = Place.objects.communities().exclude(slug="", code="").filter(Q(pk__in=found) | Q(parent__in=found))
    places = asked.select_related("parent").prefetch_related("aliases", "listings").order_by("standing", "code")
    return [(place, former_names(place)) for place in places[:FOUND_AT_MOST]]


def former_names(place: Place) -> list[str]:
    """Other names under which people may know the unit."""
    known = [*(alias.name for alias in place.aliases.all()), *(listing.name for listing in place.listings.all())]
    return [name for name in dict.fromkeys(known) if name != place.name]


def workers_of(place: Place) -> QuerySet[Person]:
    return social_workers_at(place).order_by("name")


def public_occasions(place: Place, now: datetime) -> QuerySet[Slot]:
    """What is open to all in the coming seven days: occasions at no home and for nobody in particular."""
    week = (this_monday(now), this_monday(now) + timedelta(days=7))
    open_to_all = Slot.objects.filter(place=place, week__in=week, household=None, contact=None, state=SlotState.OPEN)
    first = Min("windows__earliest", filter=Q(windows__latest__gte=now))
    return open_to_all.annotate(first=first).filter(first__lt=now + timedelta(days=7)).order_by("first")


def visits_by_category(place: Place, monday: date) -> tuple[list[tuple[ServiceCategory, Figure]], Figure]:
    """How often neighbours go to neighbours in that week, by kind of help; small counts stay hidden."""
    counted = (
        Slot.objects.filter(place=place, week=monday, state__in=(SlotState.OPEN, SlotState.DONE), household__isnull=False)
        .values_list("category")
        .annotate(n=Count("pk"))
    )
    counts = dict(counted.order_by())
    kinds = [kind for kind in ServiceCategory.objects.all() if counts.get(kind.pk)]
    figures, total = guarded_list([counts[kind.pk] for kind in kinds])
    return list(zip(kinds, figures, strict=True)), total


def _last_month(day: date) -> tuple[date, date]:
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def counts_of(place: Place, now: datetime) -> Counts:
    today = timezone.localdate(now)
    first, last = _last_month(today)
    span = [timezone.make_aware(datetime.combine(day, edge)) for day, edge in ((first, time.min), (last, time.max))]
    met = Need.objects.in_community(place).filter(state=NeedState.DONE, closed_at__range=span).count()
    here = Membership.objects.on(today).filter(place=place, role__in=VOLUNTEERS)
    came = Offer.objects.filter(state=OfferState.SERVED, start__gte=now - RECENT).values("person_id")
    both = here.aggregate(
        registered=Count("person_id", distinct=True), active=Count("person_id", distinct=True, filter=Q(person_id__in=came))
    )
    return Counts(month=first, met=figure(met), registered=figure(both["registered"]), active=figure(both["active"]))


def named_volunteers(place: Place, day: date) -> list[Person]:
    """Grown-up volunteers who agreed that their name stands here, as long as they agree."""
    agreed = Consent.objects.standing().filter(text__purpose=ConsentText.Purpose.PUBLICATION).values("person_id")
    here = Membership.objects.on(day).filter(place=place, role__in=VOLUNTEERS, person_id__in=agreed).select_related("person")
    grown_up = {row.person_id: row.person for row in here if (row.person.age_on(day) or 18) >= 18}
    return sorted(grown_up.values(), key=lambda person: person.name)


def neighbours(place: Place) -> list[Place]:
    """Communities in use of the same street, the nearest first, so that who asks about an ended one finds a door."""
    rows = list(Place.objects.communities().current().filter(parent=place.parent_id).exclude(pk=place.pk).order_by("code"))
    if place.lat is None or place.lon is None:
        return rows[:NEIGHBOURS]
    lat, lon = place.lat, place.lon
    return sorted(rows, key=lambda row: 99.0 if row.lat is None or row.lon is None else hypot(row.lat - lat, row.lon - lon))[:NEIGHBOURS]


def phones_above(place: Place) -> list[Place]:
    """The street and the district, as far as they have a telephone."""
    above = [place.parent, place.parent.parent if place.parent else None]
    return [unit for unit in above if unit is not None and unit.phone]
