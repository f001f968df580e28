"""The life of an offer: proposed, sent, answered, kept or given back; nobody is ever taken for granted."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import leads_at
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from ..access import (
    AlreadyAnswered,
    NotInsured,
    NotWished,
    ReplyTooLate,
    SeatAsked,
    StartGone,
    TimeClash,
    TooLateToAsk,
    VisitBegun,
    YourTimeClash,
    check_seat,
    check_window,
)
from ..models import Channel, HomeAnswer, Offer, OfferState, Rhythm, Seat, Slot, SlotState
from ..queries import commitments_of, rhythm_of
from ..travel import metres_between, minutes_between
from .party import settle_party
from .slot import lock_offer, locked, unsettle_home


def _move(offer: Offer, before: Iterable[str], after: OfferState, **changes: object) -> None:
    """Moves the offer on, if it still stands where the page saw it; else somebody was quicker."""
    if not Offer.objects.filter(pk=offer.pk, state__in=list(before)).update(state=after, **changes):
        raise AlreadyAnswered
    offer.state = after


def check_clash(slot: Slot, person: Person, start: datetime) -> None:
    """Raises TimeClash if the person has another visit then, or cannot be there in time."""
    kmh = person.volunteer.kmh if hasattr(person, "volunteer") else 12.0
    end = start + timedelta(minutes=slot.minutes)
    for other in commitments_of(person, slot.week).exclude(slot=slot):
        travel = timedelta(minutes=minutes_between(metres_between(slot.lat, slot.lon, other.slot.lat, other.slot.lon), kmh))
        if start < other.end + travel and other.start < end + travel:
            raise TimeClash


@transaction.atomic
def propose(
    *,
    by: Person | None,
    seat: Seat,
    person: Person,
    start: datetime,
    reasons: list[dict[str, object]] | None = None,
    pinned: bool = True,
    now: datetime | None = None,
) -> Offer:
    """A social worker puts a person on a seat by hand; the person has still to be asked. Unpinned, a plan may do better."""
    # The slot's row is the turnstile: two who staff two seats at once would else settle on two different times.
    locked(seat.slot)
    hold_people([person.pk])
    check_window(seat.slot, start)
    # A seat that is kept for an hour that has gone by would be filled by nobody: no plan looks at it again.
    if start <= (now or timezone.now()):
        raise StartGone
    check_seat(seat, person, start)
    check_clash(seat.slot, person, start)
    Offer.objects.filter(seat=seat, state__in=(OfferState.PROPOSED, OfferState.HELD)).update(
        state=OfferState.REPLACED, closed_at=timezone.now()
    )
    others = Offer.objects.active().filter(slot=seat.slot).exclude(seat=seat)
    if others.filter(state__in=(OfferState.SENT, OfferState.ACCEPTED)).exclude(start=start).exists():
        raise TimeClash
    others.exclude(start=start).update(state=OfferState.REPLACED, closed_at=timezone.now())
    try:
        with transaction.atomic():
            offer = Offer.objects.create(
                slot=seat.slot, seat=seat, person=person, start=start, made_by=by, pinned=pinned,
                reasons=reasons or [{"code": "chosen_by_social_worker"}],
            )  # fmt: skip
    except IntegrityError:
        raise SeatAsked from None
    unsettle_home(seat.slot_id)
    record(actor_id=by.pk if by else None, verb="propose", subject=offer, place_id=seat.slot.place_id)
    return offer


@transaction.atomic
def pin(*, by: Person, offer: Offer, pinned: bool, now: datetime | None = None) -> None:
    """A pinned proposal stays through the next plan; one whose hour has gone by would keep everybody else from going."""
    if pinned and offer.start <= (now or timezone.now()):
        raise StartGone
    if not Offer.objects.filter(pk=offer.pk, state__in=(OfferState.PROPOSED, OfferState.HELD)).update(pinned=pinned):
        raise AlreadyAnswered
    record(actor_id=by.pk, verb="pin" if pinned else "unpin", subject=offer, place_id=offer.slot.place_id)


@transaction.atomic
def hold_offer(*, by: Person, offer: Offer, held: bool) -> None:
    """Not sent with the others, or sent again with them."""
    before, after = (OfferState.PROPOSED, OfferState.HELD) if held else (OfferState.HELD, OfferState.PROPOSED)
    _move(offer, [before], after)
    record(actor_id=by.pk, verb="hold_offer" if held else "release_offer", subject=offer, place_id=offer.slot.place_id)


def reply_time(rhythm: Rhythm, offer: Offer, now: datetime) -> datetime:
    """Until when the person may answer: the district's hours, but never later than the notice that a visit needs."""
    latest = offer.start - timedelta(hours=rhythm.least_notice_hours)
    if latest <= now:
        raise TooLateToAsk
    return min(now + timedelta(hours=rhythm.reply_hours), latest)


@transaction.atomic
def send_offer(*, by: Person | None, offer: Offer, answered: bool = False, now: datetime | None = None) -> Offer:
    """Asks the person; what may hurt is insured first. Who has answered by phone already needs no time to think."""
    moment = now or timezone.now()
    slot = Slot.objects.select_related("place").get(pk=offer.slot_id)
    check_window(slot, offer.start)
    if slot.bodily_risk and not slot.insured:
        raise NotInsured
    if slot.refusals.filter(person_id=offer.person_id).exists():
        raise NotWished
    until = moment if answered else reply_time(rhythm_of(slot.place), offer, moment)
    _move(offer, [OfferState.PROPOSED, OfferState.HELD], OfferState.SENT, sent_at=moment, reply_by=until)
    offer.sent_at, offer.reply_by = moment, until
    tell(person_id=offer.person_id, kind="offer_sent", subject=offer, numbers={"title": slot.title, "start": offer.start.isoformat()})
    record(actor_id=by.pk if by else None, verb="send_offer", subject=offer, place_id=slot.place_id)
    return offer


@transaction.atomic
def accept(*, by: Person, offer: Offer, channel: str = Channel.WEB, now: datetime | None = None) -> Offer:
    """The person says yes; by phone the social worker records it with channel and time."""
    moment = now or timezone.now()
    _may_answer(by, offer)
    current = lock_offer(offer.pk)
    if current.state != OfferState.SENT:
        raise AlreadyAnswered
    # A late yes by phone, taken down by the social worker herself, is a yes: she knows that the seat still waits.
    if current.reply_by and moment > current.reply_by and by.pk == current.person_id:
        raise ReplyTooLate
    # Two yeses of one person in the same second are looked at one after the other, so that the second sees the first.
    hold_people([current.person_id])
    check_window(current.slot, current.start)
    _check_own_clash(by, current)
    _move(current, [OfferState.SENT], OfferState.ACCEPTED, answered_at=moment, answer_channel=channel, answer_recorded_by=by)
    # Whatever the home said before was not about this one.
    Slot.objects.filter(pk=current.slot_id).exclude(home_answer=HomeAnswer.NOT_ASKED).update(
        home_answer=HomeAnswer.NOT_ASKED, version=F("version") + 1
    )
    tell(person_id=current.slot.contact_id, kind="somebody_comes", subject=current.slot, numbers={"title": current.slot.title})
    record(actor_id=by.pk, verb="accept", subject=offer, place_id=offer.slot.place_id, detail={"channel": channel})
    if current.party_id:
        settle_party(party_id=current.party_id, now=moment)
    return current


@transaction.atomic
def decline(*, by: Person, offer: Offer, channel: str = Channel.WEB, now: datetime | None = None) -> None:
    """Not this time: costs nothing and re-opens the seat."""
    _may_answer(by, offer)
    moment = now or timezone.now()
    lock_offer(offer.pk)
    _move(
        offer, [OfferState.SENT], OfferState.DECLINED, answered_at=moment, closed_at=moment, answer_channel=channel, answer_recorded_by=by
    )
    unsettle_home(offer.slot_id)
    tell(person_id=offer.slot.lead_id, kind="offer_declined", subject=offer, numbers={"title": offer.slot.title})
    record(actor_id=by.pk, verb="decline", subject=offer, place_id=offer.slot.place_id, detail={"channel": channel})
    if offer.party_id:
        settle_party(party_id=offer.party_id, now=moment)


@transaction.atomic
def cannot_come(*, by: Person, offer: Offer, channel: str = Channel.WEB, now: datetime | None = None) -> None:
    """A yes given back: the seat is open again, the social worker and the home hear of it at once."""
    _may_answer(by, offer)
    moment = now or timezone.now()
    # Once it has begun, only the social worker can still find somebody, and only a call reaches her in time.
    if moment >= offer.start and by.pk == offer.person_id:
        raise VisitBegun
    lock_offer(offer.pk)
    _move(offer, [OfferState.ACCEPTED], OfferState.CANNOT_COME, closed_at=moment, answer_channel=channel, answer_recorded_by=by)
    Slot.objects.filter(pk=offer.slot_id).update(home_answer=HomeAnswer.NOT_ASKED, version=F("version") + 1)
    for person_id in (offer.slot.lead_id, offer.slot.contact_id):
        tell(person_id=person_id, kind="cannot_come", subject=offer.slot, numbers={"title": offer.slot.title})
    record(actor_id=by.pk, verb="cannot_come", subject=offer, place_id=offer.slot.place_id, detail={"channel": channel})
    if offer.party_id:
        settle_party(party_id=offer.party_id, now=moment)


@transaction.atomic
def withdraw_offer(*, by: Person, offer: Offer, now: datetime | None = None) -> None:
    """The social worker takes an offer back, before or after the yes; a yes that came since her page was drawn counts."""
    moment = now or timezone.now()
    offer = lock_offer(offer.pk)
    if offer.state in (OfferState.PROPOSED, OfferState.HELD):
        _move(offer, [offer.state], OfferState.REPLACED, closed_at=moment)
    else:
        if offer.state == OfferState.ACCEPTED:
            tell(person_id=offer.slot.contact_id, kind="helper_changes", subject=offer.slot, numbers={"title": offer.slot.title})
        _move(offer, [OfferState.SENT, OfferState.ACCEPTED], OfferState.WITHDRAWN, closed_at=moment)
        tell(person_id=offer.person_id, kind="offer_withdrawn", subject=offer, numbers={"title": offer.slot.title})
    unsettle_home(offer.slot_id)
    record(actor_id=by.pk, verb="withdraw_offer", subject=offer, place_id=offer.slot.place_id)


@transaction.atomic
def lapse_overdue(*, now: datetime | None = None) -> int:
    """No answer in time is no answer: the seat opens again, nobody is marked down."""
    moment = now or timezone.now()
    # Locked, so that a yes that is being written down by phone at this moment is not overwritten; slots before offers, as everywhere.
    late = Offer.objects.awaiting_answer().filter(reply_by__lt=moment)
    slots = list(Slot.objects.select_for_update().filter(pk__in=late.values("slot_id")).order_by("pk"))
    overdue = late.filter(slot__in=slots).select_related("slot").select_for_update(of=("self",))
    for offer in overdue:
        tell(person_id=offer.person_id, kind="offer_lapsed", subject=offer, numbers={"title": offer.slot.title})
        tell(person_id=offer.slot.lead_id, kind="offer_unanswered", subject=offer, numbers={"title": offer.slot.title})
        unsettle_home(offer.slot_id)
        record(actor_id=None, verb="lapse", subject=offer, place_id=offer.slot.place_id)
    return Offer.objects.filter(pk__in=[offer.pk for offer in overdue]).update(state=OfferState.LAPSED, closed_at=moment)


@transaction.atomic
def settle(*, offer: Offer, served: bool, now: datetime) -> None:
    """What attendance says of the offer; the slot is done when somebody was there."""
    _move(offer, [OfferState.ACCEPTED], OfferState.SERVED if served else OfferState.MISSED, closed_at=now)
    if served:
        Slot.objects.filter(pk=offer.slot_id, state__in=(SlotState.OPEN, SlotState.HELD)).update(
            state=SlotState.DONE, version=F("version") + 1
        )


@transaction.atomic
def came_after_all(*, offer: Offer, now: datetime) -> None:
    """What attendance says of an offer that was taken for missed; its slot stays as it went on since."""
    _move(offer, [OfferState.MISSED], OfferState.SERVED, closed_at=now)


def _may_answer(by: Person, offer: Offer) -> None:
    """The asked person, or a social worker who takes down what the person said."""
    if by.pk != offer.person_id and not leads_at(by, offer.slot.place_id):
        raise AlreadyAnswered


def _check_own_clash(by: Person, offer: Offer) -> None:
    """The same check, said to the one who answers or of the one who was asked."""
    try:
        check_clash(offer.slot, offer.person, offer.start)
    except TimeClash:
        raise (YourTimeClash if by.pk == offer.person_id else TimeClash) from None
