"""Asking several at once to step in: whoever says yes first takes the seat, the others hear that it is settled."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from doorstep.hub.journal.access import Refused, check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from ..access import NotInsured, SeatAsked, SlotClosed, TimeClash, YourTimeClash, before_yes_title, check_seat, check_window
from ..access.refused import AppealOver, NobodyToAsk
from ..best import best_to_ask
from ..board import line_of
from ..models import Appeal, HomeAnswer, Offer, OfferState, Rhythm, Seat, Slot, SlotState
from ..queries import rhythm_of
from .offer import check_clash
from .slot import bump, locked
from .waiting import time_to_answer

AT_ONCE = 3
ASKED = Appeal.State.ASKED
#: A seat that was given back longer ago than this is in the social worker's hands by now.
FRESH = timedelta(hours=24)


def best_three(seat: Seat, now: datetime) -> list[tuple[Person, datetime]]:
    """Whom the product would ask first, each with the start that suits; nobody a second time."""
    asked = set(Appeal.objects.filter(seat=seat).values_list("person_id", flat=True))
    found = best_to_ask(line_of(seat.slot), seat, rhythm_of(seat.slot.place), limit=AT_ONCE + len(asked), now=now)
    return [(one.person, one.start) for one in found if one.may_ask and one.person.pk not in asked][:AT_ONCE]


@transaction.atomic
def ask_three(*, by: Person | None, seat: Seat, seen: int | None = None, now: datetime | None = None) -> list[Appeal]:
    """The best three for a seat that nobody holds, all at once."""
    moment = now or timezone.now()
    current = locked(seat.slot)
    check_version(current.version, seen)
    if current.state != SlotState.OPEN:
        raise SlotClosed
    if current.bodily_risk and not current.insured:
        raise NotInsured
    if Offer.objects.active().filter(seat=seat).exists():
        raise SeatAsked
    found = [row for person, start in best_three(seat, moment) if (row := _ask(by, seat, person, start, moment)) is not None]
    if not found:
        raise NobodyToAsk
    bump(current)
    record(
        actor_id=by.pk if by else None, verb="ask_three", subject=current, place_id=current.place_id,
        detail={"people": [str(row.person_id) for row in found]},
    )  # fmt: skip
    return found


def _ask(by: Person | None, seat: Seat, person: Person, start: datetime, now: datetime) -> Appeal | None:
    try:
        check_seat(seat, person, start)
        until = time_to_answer(rhythm_of(seat.slot.place), start, now)
    except Refused:
        return None
    row = Appeal.objects.create(seat=seat, person=person, by=by, start=start, asked_at=now, until=until)
    tell(person_id=person.pk, kind="appeal", subject=row, numbers={"title": before_yes_title(seat.slot), "start": start.isoformat()})
    return row


@transaction.atomic
def step_in(*, by: Person, appeal: Appeal, now: datetime | None = None) -> Offer:
    """The first yes is the seat; a second one hears that somebody was quicker."""
    moment = now or timezone.now()
    slot = locked(appeal.seat.slot)
    row = Appeal.objects.select_for_update(of=("self",)).select_related("seat").get(pk=appeal.pk)
    if row.state != ASKED or row.person_id != by.pk or moment > row.until or moment >= row.start:
        raise AppealOver
    hold_people([by.pk])
    seat = row.seat
    seat.slot = slot
    if Offer.objects.active().filter(seat=seat).exists():
        raise AppealOver
    _check(slot, seat, by, row.start)
    Offer.objects.filter(slot=slot, person=by, state__in=(OfferState.PROPOSED, OfferState.HELD)).update(
        state=OfferState.REPLACED, closed_at=moment
    )
    offer = Offer.objects.create(
        slot=slot, seat=seat, person=by, start=row.start, state=OfferState.ACCEPTED, made_by=row.by, sent_at=row.asked_at, reply_by=row.until,
        answered_at=moment, answer_channel="web", answer_recorded_by=by, reasons=[{"code": "stepped_in"}],
    )  # fmt: skip
    Appeal.objects.filter(pk=row.pk).update(state=Appeal.State.YES, answered_at=moment)
    _settle_others(seat, moment)
    bump(slot, home_answer=HomeAnswer.NOT_ASKED)
    tell(person_id=slot.contact_id, kind="somebody_comes", subject=slot, numbers={"title": slot.title})
    tell(person_id=slot.lead_id, kind="stepped_in", subject=slot, numbers={"title": slot.title})
    record(actor_id=by.pk, verb="step_in", subject=offer, place_id=slot.place_id)
    return offer


def _check(slot: Slot, seat: Seat, person: Person, start: datetime) -> None:
    check_window(slot, start)
    check_seat(seat, person, start)
    others = Offer.objects.filter(slot=slot, state__in=(OfferState.SENT, OfferState.ACCEPTED)).exclude(start=start)
    if others.exists():
        raise AppealOver
    try:
        check_clash(slot, person, start)
    except TimeClash:
        raise YourTimeClash from None


def _settle_others(seat: Seat, now: datetime) -> None:
    for row in Appeal.objects.filter(seat=seat, state=ASKED).select_related("seat__slot"):
        if Appeal.objects.filter(pk=row.pk, state=ASKED).update(state=Appeal.State.OVER, answered_at=now):
            tell(person_id=row.person_id, kind="appeal_over", subject=row, numbers={"title": before_yes_title(row.seat.slot)})


@transaction.atomic
def not_this_time(*, by: Person, appeal: Appeal, now: datetime | None = None) -> None:
    """No, at no cost; when the last of them has said so, the social worker hears of it."""
    slot = locked(appeal.seat.slot)
    mine = Appeal.objects.filter(pk=appeal.pk, person=by, state=ASKED)
    if not mine.update(state=Appeal.State.NO, answered_at=now or timezone.now()):
        raise AppealOver
    if not Appeal.objects.filter(seat=appeal.seat, state=ASKED).exists():
        tell(person_id=slot.lead_id, kind="appeal_in_vain", subject=slot, numbers={"title": slot.title})
    record(actor_id=by.pk, verb="not_this_time", subject=appeal, place_id=slot.place_id)


def close_appeals(*, now: datetime | None = None) -> int:
    """What is settled otherwise, cancelled or too late is asked of nobody any more."""
    moment = now or timezone.now()
    held = Offer.objects.active().filter(seat=OuterRef("seat"))
    over = Appeal.objects.filter(Q(until__lt=moment) | ~Q(seat__slot__state=SlotState.OPEN) | Exists(held), state=ASKED)
    return sum(_close(seat_id, moment) for seat_id in set(over.values_list("seat_id", flat=True)))


@transaction.atomic
def _close(seat_id: UUID, now: datetime) -> int:
    seat = Seat.objects.select_related("slot").get(pk=seat_id)
    slot = locked(seat.slot)
    asked = Appeal.objects.filter(seat=seat, state=ASKED)
    if slot.state != SlotState.OPEN or Offer.objects.active().filter(seat=seat).exists():
        number = asked.count()
        _settle_others(seat, now)
    else:
        number = asked.filter(until__lt=now).update(state=Appeal.State.OVER, answered_at=now)
        if number and not asked.exists():
            tell(person_id=slot.lead_id, kind="appeal_in_vain", subject=slot, numbers={"title": slot.title})
    if number:
        record(actor_id=None, verb="close_appeals", subject=slot, place_id=slot.place_id)
    return number


def ask_by_itself(*, now: datetime | None = None) -> int:
    """Where the district's rhythm says so: a seat given back in the last day is offered to the best three without a social worker."""
    moment = now or timezone.now()
    places = [rhythm.place_id for rhythm in Rhythm.objects.filter(ask_three=True)]
    if not places:
        return 0
    inside = Q(slot__place__in=places) | Q(slot__place__parent__in=places) | Q(slot__place__parent__parent__in=places)
    back = Offer.objects.filter(
        inside, state=OfferState.CANNOT_COME, closed_at__gte=moment - FRESH, start__gt=moment,
        slot__state=SlotState.OPEN, slot__signup_at=None, seat__trainee=False,
    )  # fmt: skip
    back = back.exclude(Exists(Offer.objects.active().filter(seat=OuterRef("seat"))))
    back = back.exclude(Exists(Appeal.objects.filter(seat=OuterRef("seat"), asked_at__gte=OuterRef("closed_at"))))
    return sum(_ask_quietly(seat, moment) for seat in {offer.seat for offer in back.select_related("seat__slot__place__parent__parent")})


def _ask_quietly(seat: Seat, now: datetime) -> int:
    try:
        return len(ask_three(by=None, seat=seat, now=now))
    except Refused:
        return 0
