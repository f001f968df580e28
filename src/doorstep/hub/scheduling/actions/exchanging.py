"""A promise passes to a fellow: a stand-in, or two visits swapped; the social worker is told and may object, every step is kept."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from ..access import TimeClash, VisitBegun, YourTimeClash, check_seat, check_window
from ..access.refused import EnoughAsked, ExchangeOver, ExchangeWaits, FellowCannot, OwnPlaceThere
from ..access.signup import check_own_seat
from ..models import Exchange, HomeAnswer, Offer, OfferState, Seat, Slot
from ..queries import rhythm_of
from .offer import check_clash, reply_time
from .slot import bump, unsettle_home

#: Nobody is written to by the dozen, and nobody finds out by trying who helps under which number.
MOST_ASKED = 5
ASKED, DONE = Exchange.State.ASKED, Exchange.State.DONE


def _lock_both(exchange: Exchange) -> tuple[Exchange, list[Offer]]:
    """The slots' rows in one order, then everything as it stands now: two who swap at once never wait for each other."""
    slots = {exchange.offer.slot_id} | ({exchange.other.slot_id} if exchange.other else set())
    list(Slot.objects.select_for_update().filter(pk__in=slots).order_by("pk"))
    current = Exchange.objects.select_for_update(of=("self",)).select_related("fellow").get(pk=exchange.pk)
    ids = [pk for pk in (current.offer_id, current.other_id) if pk]
    hold_people([current.fellow_id, *Offer.objects.filter(pk__in=ids).values_list("person_id", flat=True)])
    rows = {offer.pk: offer for offer in Offer.objects.filter(pk__in=ids).select_related("slot__place", "seat", "person")}
    return current, [rows[pk] for pk in ids]


@transaction.atomic
def ask_fellow(*, by: Person, offer: Offer, fellow: Person, other: Offer | None = None, now: datetime | None = None) -> Exchange:
    """Asks one fellow to go instead, or to swap for a promise of the fellow's own; nothing changes before the yes."""
    moment = now or timezone.now()
    Slot.objects.select_for_update().get(pk=offer.slot_id)
    current = Offer.objects.select_related("slot__place", "seat").get(pk=offer.pk)
    if current.person_id != by.pk or current.state != OfferState.ACCEPTED:
        raise ExchangeOver
    if moment >= current.start:
        raise VisitBegun
    if Exchange.objects.filter(offer=current, state=ASKED).exists():
        raise ExchangeWaits
    if Exchange.objects.filter(offer=current).count() >= MOST_ASKED:
        raise EnoughAsked
    if fellow.pk == by.pk or (other is not None and (other.person_id != fellow.pk or other.state != OfferState.ACCEPTED)):
        raise FellowCannot
    _check_fellow(current, fellow, other)
    if other is not None:
        other.seat.slot = other.slot
        check_own_seat(other.seat, by, other.start)
    until = reply_time(rhythm_of(current.slot.place), current, moment)
    row = Exchange.objects.create(offer=current, fellow=fellow, other=other, asked_at=moment, until=until)
    tell(person_id=fellow.pk, kind="exchange_asked", subject=row, numbers={"title": current.slot.title})
    record(
        actor_id=by.pk, verb="ask_fellow", subject=current.slot, place_id=current.slot.place_id,
        detail={"exchange": str(row.pk), "fellow": str(fellow.pk), "swap": other is not None},
    )  # fmt: skip
    return row


def _check_fellow(offer: Offer, fellow: Person, other: Offer | None) -> None:
    """Whatever keeps the fellow away is said in one sentence: it is the fellow's own matter."""
    offer.seat.slot = offer.slot
    try:
        check_seat(offer.seat, fellow, offer.start)
        if other is None:
            check_clash(offer.slot, fellow, offer.start)
    except Refused:
        raise FellowCannot from None
    if Offer.objects.active().filter(slot=offer.slot, person=fellow).exists():
        raise FellowCannot


@transaction.atomic
def agree(*, by: Person, exchange: Exchange, now: datetime | None = None) -> Exchange:
    """The fellow's yes: both promises change hands in one transaction, or nothing does."""
    moment = now or timezone.now()
    current, offers = _lock_both(exchange)
    if current.state != ASKED or current.fellow_id != by.pk or moment > current.until:
        raise ExchangeOver
    if any(offer.state != OfferState.ACCEPTED or moment >= offer.start for offer in offers):
        raise ExchangeOver
    for offer in offers:
        Offer.objects.filter(pk=offer.pk).update(state=OfferState.HANDED_ON, closed_at=moment)
        Offer.objects.filter(slot=offer.slot, state__in=(OfferState.PROPOSED, OfferState.HELD), person__in=(by, offers[0].person)).update(
            state=OfferState.REPLACED, closed_at=moment
        )
    mine = _hand_over_to_self(offers[0], by, moment)
    theirs = _hand_over_to_fellow(offers[1], offers[0].person, moment) if len(offers) > 1 else None
    Exchange.objects.filter(pk=current.pk).update(state=DONE, answered_at=moment, new_offer=mine, new_other=theirs)
    tell(person_id=offers[0].person_id, kind="exchange_done", subject=offers[0], numbers={"title": offers[0].slot.title})
    for offer in offers:
        tell(person_id=offer.slot.lead_id, kind="exchanged", subject=offer.slot, numbers={"title": offer.slot.title})
        record(
            actor_id=by.pk, verb="exchange", subject=offer.slot, place_id=offer.slot.place_id,
            detail={"exchange": str(current.pk), "from": str(offer.person_id)},
        )  # fmt: skip
    return Exchange.objects.get(pk=current.pk)


def _hand_over(offer: Offer, person: Person, now: datetime) -> Offer:
    """The same seat and start, another person's promise; the home has not agreed to that one yet."""
    check_window(offer.slot, offer.start)
    offer.seat.slot = offer.slot
    check_own_seat(offer.seat, person, offer.start)
    check_clash(offer.slot, person, offer.start)
    fresh = _promised(offer, person, now)
    bump(offer.slot, home_answer=HomeAnswer.NOT_ASKED)
    tell(person_id=offer.slot.contact_id, kind="helper_changes", subject=offer.slot, numbers={"title": offer.slot.title})
    return fresh


def _promised(offer: Offer, person: Person, now: datetime) -> Offer:
    """The database itself refuses a second place on one slot: whoever was asked may have come by it some other way meanwhile."""
    try:
        with transaction.atomic():
            return Offer.objects.create(
                slot=offer.slot, seat=offer.seat, person=person, start=offer.start, state=OfferState.ACCEPTED, made_by=offer.person,
                sent_at=now, reply_by=now, answered_at=now, answer_channel="web", answer_recorded_by=person, reasons=[{"code": "stands_in"}],
            )  # fmt: skip
    except IntegrityError:
        raise OwnPlaceThere from None


def _hand_over_to_self(offer: Offer, person: Person, now: datetime) -> Offer:
    """What keeps oneself away is said to oneself."""
    try:
        return _hand_over(offer, person, now)
    except TimeClash:
        raise YourTimeClash from None


def _hand_over_to_fellow(offer: Offer, person: Person, now: datetime) -> Offer:
    """What keeps the other one away is not told to the one who just said yes."""
    try:
        return _hand_over(offer, person, now)
    except Refused:
        raise FellowCannot from None


@transaction.atomic
def say_no(*, by: Person, exchange: Exchange, now: datetime | None = None) -> None:
    """The fellow cannot: whoever asked still goes, and hears it at once."""
    current, offers = _lock_both(exchange)
    if current.state != ASKED or current.fellow_id != by.pk:
        raise ExchangeOver
    _end(current, offers[0], Exchange.State.DECLINED, "exchange_declined", now or timezone.now(), by)


@transaction.atomic
def ask_to_swap(*, by: Person, exchange: Exchange, offer: Offer, now: datetime | None = None) -> Exchange:
    """Not for nothing: the fellow asks back for a swap against a promise of their own, and the one who asked first answers."""
    moment = now or timezone.now()
    current, offers = _lock_both(exchange)
    if current.state != ASKED or current.fellow_id != by.pk or current.other_id is not None:
        raise ExchangeOver
    Exchange.objects.filter(pk=current.pk).update(state=Exchange.State.DECLINED, answered_at=moment)
    return ask_fellow(by=by, offer=offer, fellow=offers[0].person, other=offers[0], now=moment)


@transaction.atomic
def take_back(*, by: Person, exchange: Exchange, now: datetime | None = None) -> None:
    """Whoever asked goes after all."""
    current, offers = _lock_both(exchange)
    if current.state != ASKED or offers[0].person_id != by.pk:
        raise ExchangeOver
    Exchange.objects.filter(pk=current.pk).update(state=Exchange.State.TAKEN_BACK, answered_at=now or timezone.now())
    record(actor_id=by.pk, verb="take_back", subject=offers[0].slot, place_id=offers[0].slot.place_id, detail={"exchange": str(current.pk)})


def _end(exchange: Exchange, offer: Offer, state: str, kind: str, now: datetime, by: Person | None) -> None:
    Exchange.objects.filter(pk=exchange.pk).update(state=state, answered_at=now)
    if offer.state == OfferState.ACCEPTED:
        tell(person_id=offer.person_id, kind=kind, subject=offer, numbers={"title": offer.slot.title})
    record(
        actor_id=by.pk if by else None, verb=kind, subject=offer.slot, place_id=offer.slot.place_id, detail={"exchange": str(exchange.pk)}
    )


@transaction.atomic
def object_to(*, by: Person, exchange: Exchange, now: datetime | None = None) -> None:
    """The social worker does not want it so: who took over is out, and the one who had promised is asked anew, as nobody is taken for granted."""
    require_lead(by, exchange.offer.slot.place_id)
    moment = now or timezone.now()
    current, offers = _lock_both(exchange)
    if current.state == ASKED:
        Exchange.objects.filter(pk=current.pk).update(state=Exchange.State.OBJECTED, objected_by=by, answered_at=moment)
    elif current.state == DONE:
        for after_id in [pk for pk in (current.new_offer_id, current.new_other_id) if pk]:
            after = Offer.objects.filter(pk=after_id, state=OfferState.ACCEPTED, start__gt=moment).select_related("slot").first()
            if after is None:
                raise ExchangeOver
            Offer.objects.filter(pk=after.pk).update(state=OfferState.WITHDRAWN, closed_at=moment)
            tell(person_id=after.person_id, kind="exchange_undone", subject=after, numbers={"title": after.slot.title})
        for before in offers:
            _ask_again(by, before, moment)
        Exchange.objects.filter(pk=current.pk).update(state=Exchange.State.OBJECTED, objected_by=by)
    else:
        raise ExchangeOver
    for offer in offers:
        tell(person_id=offer.person_id, kind="exchange_refused", subject=offer, numbers={"title": offer.slot.title})
        record(actor_id=by.pk, verb="object_to", subject=offer.slot, place_id=offer.slot.place_id, detail={"exchange": str(current.pk)})


def _ask_again(by: Person, before: Offer, now: datetime) -> None:
    seat = Seat.objects.select_related("slot__place").get(pk=before.seat_id)
    unsettle_home(before.slot_id)
    try:
        check_seat(seat, before.person, before.start)
        until = reply_time(rhythm_of(seat.slot.place), before, now)
        check_clash(seat.slot, before.person, before.start)
    except Refused:
        # Too late, or busy by now: the seat is open, and the slot's page says so.
        return
    Offer.objects.create(
        slot=before.slot, seat=seat, person=before.person, start=before.start, state=OfferState.SENT, made_by=by, sent_at=now, reply_by=until,
        reasons=[{"code": "chosen_by_social_worker"}],
    )  # fmt: skip


def lapse_exchanges(*, now: datetime | None = None) -> int:
    """No answer in time, or the promise is gone: nothing has changed hands."""
    moment = now or timezone.now()
    late = Exchange.objects.filter(state=ASKED, until__lt=moment) | Exchange.objects.filter(state=ASKED).exclude(
        offer__state=OfferState.ACCEPTED
    )
    return sum(_lapse(row, moment) for row in late.select_related("offer", "other"))


@transaction.atomic
def _lapse(row: Exchange, now: datetime) -> bool:
    current, offers = _lock_both(row)
    if current.state != ASKED or (now <= current.until and offers[0].state == OfferState.ACCEPTED):
        return False
    _end(current, offers[0], Exchange.State.LAPSED, "exchange_lapsed", now, None)
    return True
