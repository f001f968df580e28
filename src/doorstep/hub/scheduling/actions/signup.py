"""Signing up: as many as there are places and not one more, alone, as a household or with fellows, in one act."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from ..access import TimeClash, YourTimeClash
from ..access.refused import AlreadyIn, CompanionCannot, NoPlaceLeft, NotSpoken, TooFewPlaces
from ..access.signup import check_own_seat, check_signup_open
from ..models import Channel, HomeAnswer, Offer, OfferState, Party, Seat, Slot, Waiting
from ..queries import rhythm_of
from .measure import require_measure
from .offer import accept, check_clash, reply_time
from .party import settle_party
from .slot import locked
from .waiting import ask_next, free_seats, kinds_of


def turn_away(*, by: Person, slot: Slot, trainee: bool = False, now: datetime | None = None) -> None:
    """Raises NoPlaceLeft if one glance says so: whoever stands behind five hundred others need not queue for the turnstile to hear it."""
    taken = Offer.objects.active().filter(seat=OuterRef("pk"))
    mine = Offer.objects.active().filter(slot=OuterRef("slot"), person=by)
    if not Seat.objects.filter(~Exists(taken) | Exists(mine), slot=slot, trainee=trainee).exists():
        check_signup_open(slot, now or timezone.now())
        raise NoPlaceLeft


def sign_up(*, by: Person, slot: Slot, trainee: bool = False, now: datetime | None = None) -> Offer:
    """A place for whoever comes first and fits: the yes and the seat in one transaction."""
    turn_away(by=by, slot=slot, trainee=trainee, now=now)
    return _sign_up(by=by, slot=slot, trainee=trainee, moment=now or timezone.now())


@transaction.atomic
def _sign_up(*, by: Person, slot: Slot, trainee: bool, moment: datetime) -> Offer:
    # The slot's row is the turnstile.
    current = locked(slot)
    # Whoever signs up for two things in the same second is looked at one after the other, so that the second sees the first.
    hold_people([by.pk])
    start = check_signup_open(current, moment)
    standing = Offer.objects.active().filter(slot=current, person=by).select_related("slot").first()
    if standing is not None:
        return _answer_standing(by, standing, moment)
    if Waiting.objects.filter(slot=current, state=Waiting.State.IN_LINE).exclude(person=by).exists():
        ask_next(slot=current, now=moment)
    require_measure(by, current, moment)
    seat = _seat_for(current, by, start, trainee)
    offer = _take(seat, by, start, moment)
    _leave_line(current, [by])
    _home_asked_anew(current)
    record(actor_id=by.pk, verb="sign_up", subject=offer, place_id=current.place_id)
    return offer


def _answer_standing(by: Person, offer: Offer, now: datetime) -> Offer:
    """Whoever was asked already says yes to that; a proposal that nobody has told the person makes room."""
    if offer.state == OfferState.SENT:
        return accept(by=by, offer=offer, now=now)
    if offer.state in (OfferState.ACCEPTED, OfferState.SERVED):
        raise AlreadyIn
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.REPLACED, closed_at=now)
    return _sign_up(by=by, slot=offer.slot, trainee=False, moment=now)


def _seat_for(slot: Slot, person: Person, start: datetime, trainee: bool = False) -> Seat:
    """A free seat that the person may take; else what keeps the person away, or that all are taken."""
    seats = free_seats(slot, trainee=trainee)
    if not seats:
        raise NoPlaceLeft
    why: Refused | None = None
    for kind in kinds_of(seats):
        try:
            check_own_seat(kind, person, start)
        except Refused as refusal:
            why = why or refusal
            continue
        try:
            check_clash(slot, person, start)
        except TimeClash:
            raise YourTimeClash from None
        return kind
    raise why or NoPlaceLeft


def _take(
    seat: Seat, person: Person, start: datetime, now: datetime, *, party: Party | None = None, recorded_by: Person | None = None
) -> Offer:
    """The seat and the yes in one row; the database itself refuses a second person on the seat."""
    try:
        with transaction.atomic():
            return Offer.objects.create(
                slot=seat.slot, seat=seat, person=person, start=start, state=OfferState.ACCEPTED, party=party, made_by=recorded_by or person,
                sent_at=now, reply_by=now, answered_at=now, answer_recorded_by=recorded_by or person,
                answer_channel=Channel.IN_PERSON if recorded_by else Channel.WEB, reasons=[{"code": "signed_up"}],
            )  # fmt: skip
    except IntegrityError:
        raise NoPlaceLeft from None


def _leave_line(slot: Slot, people: Sequence[Person]) -> None:
    Waiting.objects.filter(slot=slot, person__in=list(people), state=Waiting.State.IN_LINE).update(state=Waiting.State.OVER)


def _home_asked_anew(slot: Slot) -> None:
    """At a home, who comes has to be agreed to; an event asks nobody."""
    if slot.household_id is None:
        return
    Slot.objects.filter(pk=slot.pk).update(home_answer=HomeAnswer.NOT_ASKED, version=F("version") + 1)
    tell(person_id=slot.contact_id, kind="somebody_comes", subject=slot, numbers={"title": slot.title})


@transaction.atomic
def sign_up_together(
    *, by: Person, slot: Slot, family: Sequence[Person] = (), fellows: Sequence[Person] = (), spoken: bool = False, now: datetime | None = None
) -> Party:  # fmt: skip
    """All of them or none: the own household has said so aloud, each fellow is asked and says yes alone."""
    moment = now or timezone.now()
    if family and not spoken:
        raise NotSpoken
    current = locked(slot)
    hold_people(person.pk for person in (by, *family, *fellows))
    start = check_signup_open(current, moment)
    if Offer.objects.filter(slot=current, person=by, state__in=(OfferState.SENT, OfferState.ACCEPTED)).exists():
        raise AlreadyIn
    require_measure(by, current, moment, asked=len(fellows))
    if Waiting.objects.filter(slot=current, state=Waiting.State.IN_LINE).exclude(person=by).exists():
        ask_next(slot=current, now=moment)
    _drop_proposals(current, [by, *family, *fellows], moment)
    if len(free_seats(current)) < 1 + len(family) + len(fellows):
        raise TooFewPlaces
    party = Party.objects.create(slot=current, by=by, at=moment)
    _take(_seat_for(current, by, start), by, start, moment, party=party)
    for person in family:
        offer = _take(_companion_seat(current, person, start), person, start, moment, party=party, recorded_by=by)
        tell(person_id=person.pk, kind="signed_up_by_family", subject=offer, numbers={"title": current.title})
    for person in fellows:
        _ask_fellow(party, current, person, start, moment)
    _leave_line(current, [by, *family, *fellows])
    _home_asked_anew(current)
    record(
        actor_id=by.pk, verb="sign_up_together", subject=party, place_id=current.place_id,
        detail={"family": [str(person.pk) for person in family], "fellows": [str(person.pk) for person in fellows]},
    )  # fmt: skip
    settle_party(party_id=party.pk, now=moment)
    return Party.objects.get(pk=party.pk)


def _drop_proposals(slot: Slot, people: Sequence[Person], now: datetime) -> None:
    unsent = Offer.objects.filter(slot=slot, person__in=list(people), state__in=(OfferState.PROPOSED, OfferState.HELD))
    unsent.update(state=OfferState.REPLACED, closed_at=now)


def _companion_seat(slot: Slot, person: Person, start: datetime) -> Seat:
    if Offer.objects.active().filter(slot=slot, person=person).exists():
        raise CompanionCannot
    try:
        return _seat_for(slot, person, start)
    except NoPlaceLeft:
        raise TooFewPlaces from None
    except Refused:
        raise CompanionCannot from None


def _ask_fellow(party: Party, slot: Slot, person: Person, start: datetime, now: datetime) -> None:
    seat = _companion_seat(slot, person, start)
    offer = Offer.objects.create(
        slot=slot, seat=seat, person=person, start=start, state=OfferState.SENT, party=party, made_by=party.by,
        sent_at=now, reasons=[{"code": "with_fellow"}],
    )  # fmt: skip
    Offer.objects.filter(pk=offer.pk).update(reply_by=reply_time(rhythm_of(slot.place), offer, now))
    tell(person_id=person.pk, kind="asked_along", subject=offer, numbers={"title": slot.title})
