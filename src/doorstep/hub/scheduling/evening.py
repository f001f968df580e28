"""What an even plan has to know of the weeks before: who was asked how often, where needs go unmet, which faces a home knows best."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from doorstep.hub.people.models import Place

from .models import Offer, OfferState, Slot, SlotState
from .queries import places_below

#: Being asked counts for so long, whatever the answer: who was not asked in it is idle for a month when the planned week is over.
LATELY = timedelta(days=21)
#: A community's share of needs met is taken over so many weeks, if so many have ended in them.
WEEKS_OF_FILL, FEWEST = 12, 20
#: Having been at a home counts half as much after so many days, and a face is forgotten below so much: one visit lasts a year, more last longer.
HALF_LIFE, FADED = timedelta(days=91), 1 / 16


def asked_lately(monday: date) -> dict[UUID, int]:
    """Person to how often he was asked for the three weeks before this one, and for it so far; one query."""
    asked = Offer.objects.filter(sent_at__isnull=False, slot__week__gte=monday - LATELY, slot__week__lte=monday)
    return dict(asked.order_by().values_list("person_id").annotate(times=Count("pk")))


def lagging(monday: date, slot_ids: Iterable[UUID], district: Place) -> dict[UUID, float]:
    """Slot to the share by which its community's needs were met less often than those of the best one; two queries."""
    since = monday - timedelta(weeks=WEEKS_OF_FILL)
    ended = Slot.objects.filter(place__in=places_below(district), week__gte=since, week__lt=monday).order_by()
    counts = ended.values_list("place_id").annotate(
        met=Count("pk", filter=Q(state=SlotState.DONE)), all=Count("pk", filter=Q(state__in=(SlotState.DONE, SlotState.UNMET)))
    )
    fill = {place: met / asked for place, met, asked in counts if asked >= FEWEST}
    best, wanted = max(fill.values(), default=0.0), set(slot_ids)
    here = Slot.objects.filter(week=monday, place__in=list(fill)).values_list("pk", "place_id")
    return {slot: best - fill[place] for slot, place in here if slot in wanted}


def known_faces(household_ids: Iterable[UUID], on: datetime) -> dict[UUID, list[UUID]]:
    """Household to the people who know it best, the best first: each visit counts, the longer ago the less; one query."""
    weight: dict[UUID, dict[UUID, float]] = defaultdict(lambda: defaultdict(float))
    served = Offer.objects.filter(state=OfferState.SERVED, slot__household_id__in=list(household_ids), start__lt=on)
    for household, person, start in served.values_list("slot__household_id", "person_id", "start"):
        weight[household][person] += 0.5 ** ((on - start) / HALF_LIFE)
    return {home: sorted((who for who in row if row[who] >= FADED), key=lambda who: (-row[who], str(who))) for home, row in weight.items()}
