"""What who is in charge says of others' coming and leaving: one press, the roll, the sheet; never of oneself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Activity, Channel, Offer, OfferState, Slot

from ..being import contradicted
from ..models import Attendance, How, Presence
from ..refusals import AlreadySettled, HomeIsAsked, NothingTicked, NothingToConfirm, WrongTime
from .attendance import put_right, record_attendance
from .presence import check_in, check_out, expected, in_charge


@transaction.atomic
def vouch(*, by: Person, offer: Offer, left: datetime | None = None, now: datetime | None = None) -> Presence:
    """One press of who is in charge: what the person says is so. `left`: when it was, if nobody has said.

    Also where she had said that nobody came and a phone sent the coming afterwards: then that is put right.
    """
    moment = now or timezone.now()
    current = expected(by, offer, late=True)
    if current.state != OfferState.ACCEPTED and not contradicted(current):
        raise AlreadySettled
    in_charge(by, current)
    presence = Presence.objects.select_for_update().filter(offer=current).first()
    if presence is None or presence.came_at is None:
        raise NothingToConfirm
    # Both ways, so that whoever reads the offer's presence reads what is written here.
    presence.offer = current
    if left is not None and presence.left_at is None:
        if not presence.came_at < left <= moment:
            raise WrongTime
        presence.left_at, presence.left_how, presence.left_by = left, How.WORD, by
    if presence.came_how == How.UNPROVED:
        presence.came_how, presence.came_by = How.WORD, by
    elif presence.left_at is None and current.state == OfferState.ACCEPTED:
        raise NothingToConfirm
    if presence.left_how == How.UNPROVED:
        presence.left_how, presence.left_by = How.WORD, by
    presence.save()
    record(actor_id=by.pk, verb="vouch", subject=current, place_id=current.slot.place_id)
    if current.state == OfferState.MISSED:
        if presence.left_at is None:
            raise WrongTime
        put_right(by=by, offer=current, now=moment)
    elif presence.left_at is not None:
        record_attendance(by=by, offer=current, outcome=Attendance.Outcome.SERVED, channel=Channel.IN_PERSON, now=moment)
    return presence


@transaction.atomic
def did_not_come(*, by: Person, offer: Offer, now: datetime | None = None) -> Attendance:
    """Nobody came where no home waits: said by who is in charge. A home is asked how it went, so that its need goes on.

    Who stood by and was not called has missed nothing.
    """
    current = expected(by, offer, late=False)
    in_charge(by, current)
    if current.slot.household_id is not None:
        raise HomeIsAsked
    if Presence.objects.filter(offer=current, came_at__isnull=False).exists():
        raise NothingToConfirm
    outcome = Attendance.Outcome.SERVED if current.slot.activity == Activity.STANDBY else Attendance.Outcome.NO_SHOW
    return record_attendance(by=by, offer=current, outcome=outcome, channel=Channel.IN_PERSON, now=now)


@transaction.atomic
def stays_missed(*, by: Person, offer: Offer, now: datetime | None = None) -> None:
    """She has asked: what the phone sent afterwards was not so. Said again, with her name."""
    moment = now or timezone.now()
    current = expected(by, offer, late=True)
    in_charge(by, current)
    if not contradicted(current):
        raise NothingToConfirm
    Attendance.objects.filter(offer=current).update(at=moment, said_by=by)
    record(actor_id=by.pk, verb="stays_missed", subject=current, place_id=current.slot.place_id)


@transaction.atomic
def call_roll(
    *, by: Person, came: Iterable[Offer], left: Iterable[Offer], absent: Iterable[Offer] = (), now: datetime | None = None
) -> int:  # fmt: skip
    """The leader's roll-call in one go: all of it or, with the sentence that names the one, nothing."""
    moment, called = now or timezone.now(), 0
    came, left, absent = list(came), list(left), list(absent)
    _hold_all([*came, *left, *absent])
    # In the order of their slots and ids, so that two leaders at once never wait for each other.
    for act, offers in ((_came, came), (_left, left), (_absent, absent)):
        for offer in sorted(offers, key=lambda offer: str(offer.pk)):
            _naming(offer, partial(act, by, offer, moment))
            called += 1
    if not called:
        raise NothingTicked
    return called


def _came(by: Person, offer: Offer, now: datetime) -> None:
    check_in(by=by, offer=offer, how=How.LEADER, now=now)


def _left(by: Person, offer: Offer, now: datetime) -> None:
    check_out(by=by, offer=offer, how=How.LEADER, now=now)


def _absent(by: Person, offer: Offer, now: datetime) -> None:
    did_not_come(by=by, offer=offer, now=now)


@transaction.atomic
def take_sheet(
    *, by: Person, lines: Iterable[tuple[Offer, datetime | None, datetime | None]], breaks: Mapping[UUID, int] | None = None,
    now: datetime | None = None,
) -> int:  # fmt: skip
    """A signed sheet typed back: she vouches that it was signed; the times are those on the paper, and the minutes of break by offer."""
    moment, taken, lines = now or timezone.now(), 0, list(lines)
    _hold_all([offer for offer, _, _ in lines])
    for offer, came, left in lines:
        if came is not None and not Presence.objects.filter(offer=offer, came_at__isnull=False).exists():
            _naming(offer, partial(check_in, by=by, offer=offer, how=How.PAPER, at=came, now=moment))
        if left is not None:
            away = breaks.get(offer.pk) if breaks else None
            _naming(offer, partial(check_out, by=by, offer=offer, how=How.PAPER, at=left, away=away, now=moment))
        taken += 1
    if not taken:
        raise NothingTicked
    return taken


def _hold_all(offers: Sequence[Offer]) -> None:
    """Slots, then people, each in one order, before the first line goes into the ledger: nobody then waits for who waits for them."""
    list(Slot.objects.select_for_update().filter(pk__in=[offer.slot_id for offer in offers]).order_by("pk").values_list("pk"))
    hold_people(offer.person_id for offer in offers)


def _naming(offer: Offer, act: Callable[[], object]) -> None:
    """Among many, a refusal says whose line it is."""
    try:
        act()
    except Refused as refusal:
        raise Refused(gettext("%(name)s：%(why)s") % {"name": offer.person.name, "why": refusal.sentence}) from refusal
