"""What has changed in a week since it was planned; reads only."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, UUIDField, Value

from doorstep.hub.people.models import Place

from .models import ACTIVE, Offer, OfferState, Plan, Refusal, Rhythm, Slot, SlotState
from .queries import places_below


class Changed(NamedTuple):
    """An offer, with how long its visit takes and where."""

    slot: UUID
    seat: int
    person: UUID
    start: datetime
    state: str
    pinned: bool
    minutes: int
    lat: float
    lon: float

    @property
    def stands(self) -> bool:
        """Whether the person was asked, or has said yes."""
        return self.state in (OfferState.SENT, OfferState.ACCEPTED)


def changed_since(plan: Plan) -> list[Changed]:
    """The offers of the plan's slots that are not as it left them, and all of the week, wherever, that people were asked for or have
    promised; one query."""
    in_week = Offer.objects.in_week(plan.week).filter(slot__place__in=places_below(plan.place))
    by_hand = Q(state__in=ACTIVE) & (~Q(plan=plan) | Q(plan=None) | ~Q(state=OfferState.PROPOSED) | Q(pinned=True))
    changed = in_week.filter(by_hand | (Q(plan=plan) & ~Q(state__in=ACTIVE))).order_by().values("slot_id")
    ours = (Q(state__in=ACTIVE) | Q(plan=plan)) & Q(slot__in=changed)
    rows = Offer.objects.filter(ours | Q(slot__week=plan.week, state__in=(OfferState.SENT, OfferState.ACCEPTED))).order_by()
    # A place to learn on is in no plan; whoever holds it is busy all the same, and is met where the plan looks at people's time.
    rows = rows.exclude(seat__trainee=True, slot__in=changed)
    columns = ("slot_id", "seat__number", "person_id", "start", "state", "pinned", "slot__minutes", "slot__lat", "slot__lon")
    return [Changed(*row) for row in rows.values_list(*columns)]


def closed_since(week: date, place: Place) -> tuple[set[UUID], set[tuple[UUID, UUID]]]:
    """The slots of a place's week that no plan fills any more (done, cancelled, unmet, put off), and who (person, slot) is not to be
    asked: ruled out for the slot or for the home, or said no; one query."""
    slots = Slot.objects.in_week(week).filter(place__in=places_below(place))
    no = Offer.objects.filter(slot__in=slots, state__in=(OfferState.DECLINED, OfferState.CANNOT_COME)).order_by()
    homes = slots.filter(household__exclusions__person__isnull=False)
    closed = slots.filter(~Q(state=SlotState.OPEN) | Q(signup_at__isnull=False)).annotate(nobody=Value(None, output_field=UUIDField()))
    rows = Refusal.objects.filter(slot__in=slots).values_list("person_id", "slot_id")
    found = set(
        rows.union(
            no.values_list("person_id", "slot_id"),
            homes.values_list("household__exclusions__person_id", "pk"),
            closed.values_list("nobody", "pk"),
        )
    )
    return {slot for person, slot in found if person is None}, {pair for pair in found if pair[0] is not None}


def notice_of(plan: Plan) -> timedelta:
    """How long before a visit people are asked at the latest, as `plans_to_ask` has read it; no query."""
    hours = getattr(plan, "notice_hours", None)
    return timedelta(hours=Rhythm().least_notice_hours if hours is None else hours)
