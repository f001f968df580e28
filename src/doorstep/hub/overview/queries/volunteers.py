"""Who is there to help: registered beside active, who is idle, who is overused, and how even it is between communities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from doorstep.hub.people.models import Membership, Place, Role
from doorstep.hub.people.models.person import MembershipQuerySet
from doorstep.hub.scheduling.models import Availability, Offer, OfferState

from .district import TEN_MINUTES, Tally, finished_weeks, kept
from .glance import IDLE
from .public import RECENT, VOLUNTEERS

#: So many visits in four weeks are more than anybody should be asked for.
TOO_MANY = 12
#: Below so many occasions a share says nothing about a community.
ENOUGH = 20
NAMED = 3


@dataclass(frozen=True)
class Hands:
    """The people of the district in counts."""

    workers: int
    registered: int
    led: int
    active: int
    overused: int
    #: Community to its idle volunteers, the most first.
    idle: list[tuple[UUID, int]]
    at: datetime

    @property
    def idle_total(self) -> int:
        return sum(n for _place, n in self.idle)

    @property
    def led_each(self) -> float:
        return self.led / self.workers if self.workers else 0.0


def hands(district: Place, places: list[Place], now: datetime) -> Hands:
    """As counted at most ten minutes ago; the page says when."""
    return kept(f"overview-hands-{district.pk}", TEN_MINUTES, lambda: count_hands(places, now))


def count_hands(places: list[Place], now: datetime) -> Hands:
    """Three queries: who is who and came lately, who came too often, who is idle."""
    here = Membership.objects.on(timezone.localdate(now)).filter(place__in=places)
    came = Offer.objects.filter(person=OuterRef("person"), state=OfferState.SERVED, start__gte=now - RECENT)
    counted = here.order_by().aggregate(
        workers=Count("person", distinct=True, filter=Q(role=Role.SOCIAL_WORKER)),
        registered=Count("person", distinct=True, filter=Q(role__in=VOLUNTEERS)),
        active=Count("person", distinct=True, filter=Q(Exists(came), role__in=VOLUNTEERS)),
        led=Count("led_by", filter=Q(role__in=VOLUNTEERS)),
    )
    served = Offer.objects.filter(state=OfferState.SERVED, slot__week__in=finished_weeks(now), slot__place__in=places)
    overused = served.order_by().values("person").annotate(visits=Count("pk")).filter(visits__gte=TOO_MANY).count()
    return Hands(**counted, overused=overused, idle=_idle(here, now), at=now)


def _idle(here: MembershipQuerySet, now: datetime) -> list[tuple[UUID, int]]:
    """Free, willing, and asked by nobody for four weeks."""
    asked = Offer.objects.filter(person=OuterRef("person"), sent_at__gte=now - IDLE)
    free = Availability.objects.filter(person=OuterRef("person"))
    willing = here.filter(Exists(free), role__in=VOLUNTEERS, person__volunteer__offers_welcome=True).exclude(Exists(asked))
    counted = willing.order_by().values_list("place_id").annotate(n=Count("person", distinct=True))
    return sorted(((place_id, n) for place_id, n in counted), key=lambda row: (-row[1], str(row[0])))


def idle_places(found: Hands, places: list[Place]) -> list[str]:
    """The communities with most idle volunteers, by the name that people say."""
    names = {place.pk: place.short_name for place in places}
    return [names[place_id] for place_id, _n in found.idle[:NAMED]]


@dataclass(frozen=True)
class Evenness:
    """The share of needs that was met, compared between communities."""

    middle: int
    best: list[tuple[Place, int]]
    worst: list[tuple[Place, int]]


def evenness(tallies: Iterable[Tally]) -> Evenness | None:
    """Only communities with enough needs to compare; None if fewer than two are."""
    known = [(tally.place, round(100 * tally.met / (tally.met + tally.unmet))) for tally in tallies if tally.met + tally.unmet >= ENOUGH]
    if len(known) < 2:
        return None
    ranked = sorted(known, key=lambda row: (row[1], row[0].code))
    return Evenness(middle=round(median(share for _place, share in known)), best=ranked[::-1][:NAMED], worst=ranked[:NAMED])
