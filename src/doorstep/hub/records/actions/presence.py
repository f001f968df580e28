"""Coming and leaving: by the code of the place, by the one who leads, by word, by paper; each once, none of oneself alone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import leads_at
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.actions.slot import lock_offer
from doorstep.hub.scheduling.models import Channel, Offer, OfferState, SlotState

from .. import book
from ..access import may_be_located, may_confirm, require_steady_clock
from ..being import FRESH, MOST_WRONG, Kept, closes, opens
from ..models import Attendance, How, Presence
from ..refusals import (
    AlreadyHere,
    AlreadyLeft,
    AlreadySettled,
    CancelledVisit,
    ClockBehind,
    NotBegunYet,
    NotExpected,
    NotHereYet,
    NotYours,
    OwnWord,
    TooEarly,
    TooLate,
    TooManyTries,
    WrongCode,
    WrongTime,
)
from .attendance import record_attendance

#: Ways in which only who is in charge may write somebody down.
OF_OTHERS = (How.LEADER, How.WORD, How.PAPER)
ALLOWED_AHEAD = timedelta(minutes=1)


@dataclass(frozen=True)
class _Seen:
    """What an act of coming or leaving amounts to, once it is looked at."""

    at: datetime
    how: How
    step: int | None = None
    sent_at: datetime | None = None


@transaction.atomic
def check_in(
    *, by: Person, offer: Offer, code: str = "", how: How = How.UNPROVED, at: datetime | None = None, kept: Kept | None = None,
    near: bool | None = None, device: str = "", now: datetime | None = None,
) -> Presence:  # fmt: skip
    """Somebody came. `code`: what the place shows · `how`: LEADER, WORD or PAPER by who is in charge, else one's own word, which waits ·
    `at`: as written on paper · `kept`: when a phone kept it · `near`: within reach, and only with consent."""
    moment = now or timezone.now()
    require_steady_clock()
    current = expected(by, offer, late=kept is not None)
    presence, _new = Presence.objects.select_for_update().get_or_create(offer=current)
    if presence.came_at is not None:
        raise AlreadyHere(presence.came_at)
    seen = _seen(by, current, code, how, at, kept, moment)
    presence.came_at, presence.came_how, presence.came_by, presence.came_step = seen.at, seen.how, by, seen.step
    presence.came_sent_at = seen.sent_at
    presence.came_near = _near(by, current, near)
    _mark(presence, by, current, device)
    presence.save()
    if seen.how == How.UNPROVED:
        tell(person_id=current.slot.lead_id, kind="presence_asks", subject=current, numbers={"title": current.slot.title})
    _told_late(current, kept)
    record(actor_id=by.pk, verb="check_in", subject=current, place_id=current.slot.place_id, detail={"how": seen.how})
    return presence


@transaction.atomic
def check_out(
    *, by: Person, offer: Offer, code: str = "", how: How = How.UNPROVED, at: datetime | None = None, kept: Kept | None = None,
    near: bool | None = None, device: str = "", away: int | None = None, now: datetime | None = None,
) -> Presence:  # fmt: skip
    """Somebody left; a pair of codes, or the word of who is in charge, makes the hours at once, everything else waits for a word.

    away: minutes of break as the signed sheet says; None: as planned.
    """
    moment = now or timezone.now()
    require_steady_clock()
    current = expected(by, offer, late=kept is not None)
    presence = Presence.objects.select_for_update().filter(offer=current).first()
    if presence is None or presence.came_at is None:
        raise NotHereYet
    if presence.left_at is not None:
        raise AlreadyLeft(presence.left_at)
    presence.offer = current
    seen = _seen(by, current, code, how, at, kept, moment)
    if seen.at < current.start:
        # Pressed twice by mistake: a leaving that nobody could make hours of would stand there unseen.
        raise NotBegunYet
    if seen.step is not None and seen.at < presence.came_at <= book.half_minute(seen.step)[1]:
        # Both in one half minute: the phone's clock is a few seconds off.
        seen = replace(seen, at=presence.came_at)
    if seen.at < presence.came_at:
        raise WrongTime if at or kept else ClockBehind
    presence.left_at, presence.left_how, presence.left_by, presence.left_step = seen.at, seen.how, by, seen.step
    presence.left_sent_at = seen.sent_at
    presence.left_near = _near(by, current, near)
    if away is not None and seen.how == How.PAPER:
        presence.away = away
    _mark(presence, by, current, device)
    presence.save()
    record(actor_id=by.pk, verb="check_out", subject=current, place_id=current.slot.place_id, detail={"how": seen.how})
    _finish(by, current, presence, seen.how, moment)
    _told_late(current, kept)
    return presence


@transaction.atomic
def say_left(*, by: Person, offer: Offer, at: datetime, now: datetime | None = None) -> Presence:
    """Who forgot to check out says when it was; it counts when the social worker has confirmed it."""
    moment = now or timezone.now()
    current = expected(by, offer, late=False)
    presence = Presence.objects.select_for_update().filter(offer=current).first()
    if by.pk != current.person_id:
        raise NotYours
    if presence is None or presence.came_at is None:
        raise NotHereYet
    if presence.left_at is not None:
        raise AlreadyLeft(presence.left_at)
    if not presence.came_at < at <= min(moment, closes(current)):
        raise WrongTime
    presence.left_at, presence.left_how, presence.left_by = at, How.UNPROVED, by
    presence.save()
    tell(person_id=current.slot.lead_id, kind="presence_waits", subject=current, numbers={"title": current.slot.title})
    record(actor_id=by.pk, verb="say_left", subject=current, place_id=current.slot.place_id)
    return presence


@transaction.atomic
def begin_try(*, by: Person, offer: Offer, now: datetime | None = None) -> bool:
    """One's own code is counted as wrong before it is looked at, in a transaction of its own: six digits must not be found by trying, however
    many tries come at once. `end_try` takes back what was not wrong. Says whether there is anything to take back."""
    moment = now or timezone.now()
    if by.pk != offer.person_id or offer.state != OfferState.ACCEPTED or not opens(offer) <= moment <= closes(offer):
        # Refused before any code is looked at.
        return False
    Presence.objects.get_or_create(offer=offer)
    if not Presence.objects.filter(offer=offer, wrong_codes__lt=MOST_WRONG).update(wrong_codes=F("wrong_codes") + 1):
        raise TooManyTries
    return True


@transaction.atomic
def end_try(*, by: Person, offer: Offer, wrong: bool) -> None:
    """What came of a code that was counted: a wrong one stays counted, and leaves a line in the journal."""
    if wrong:
        record(actor_id=by.pk, verb="wrong_code", subject=offer, place_id=offer.slot.place_id)
    else:
        Presence.objects.filter(offer=offer, wrong_codes__gt=0).update(wrong_codes=F("wrong_codes") - 1)


@transaction.atomic
def ask_who_forgot(*, now: datetime | None = None) -> int:
    """The morning after: whoever came and did not check out is asked when it was. Each once."""
    moment = now or timezone.now()
    midnight = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    forgotten = Presence.objects.select_for_update(of=("self",)).filter(
        came_at__isnull=False, left_at=None, reminded_at=None, offer__state=OfferState.ACCEPTED, offer__start__lt=midnight
    )
    asked = 0
    for presence in forgotten.select_related("offer__slot"):
        if presence.offer.end >= midnight:
            continue
        presence.reminded_at = moment
        presence.save(update_fields=["reminded_at"])
        tell(
            person_id=presence.offer.person_id, kind="presence_forgotten", subject=presence.offer,
            numbers={"title": presence.offer.slot.title},
        )  # fmt: skip
        record(actor_id=None, verb="ask_who_forgot", subject=presence.offer, place_id=presence.offer.slot.place_id)
        asked += 1
    return asked


def expected(by: Person, offer: Offer, *, late: bool) -> Offer:
    """The offer, held, if this person may write about it and it is still to be served; what a phone kept may come after that."""
    current = lock_offer(offer.pk)
    if by.pk != current.person_id and not may_confirm(by, current.slot):
        raise NotYours
    if current.slot.state == SlotState.CANCELLED:
        raise CancelledVisit
    if current.state in (OfferState.SERVED, OfferState.MISSED):
        if not late:
            raise AlreadySettled
    elif current.state != OfferState.ACCEPTED:
        raise NotExpected
    return current


def in_charge(by: Person, offer: Offer) -> None:
    if by.pk == offer.person_id:
        raise OwnWord
    if not may_confirm(by, offer.slot):
        raise NotYours


def _seen(
    by: Person, offer: Offer, code: str, how: How, at: datetime | None, kept: Kept | None, now: datetime
) -> _Seen:  # fmt: skip
    """When it was and how that is known."""
    typed = "".join(code.split()).upper()
    if how in OF_OTHERS:
        in_charge(by, offer)
        when = at if at is not None else now
        if when > now + ALLOWED_AHEAD:
            raise WrongTime
        _in_time(offer, when)
        return _Seen(when, how)
    if kept is not None:
        return _kept(offer, typed, kept, now)
    _in_time(offer, now)
    if not typed:
        # A word about somebody else is said with its name.
        if by.pk != offer.person_id:
            raise NotYours
        return _Seen(now, How.UNPROVED)
    step = book.step_seen(offer.slot_id, typed, now)
    if step is None:
        raise WrongCode
    return _Seen(now, _worth(by, offer, How.SCANNED if book.can_be_scanned(typed) else How.SPOKEN), step)


def _worth(by: Person, offer: Offer, how: How) -> How:
    """A code is seen by who was there, unless that one can show it to herself: then it is her own word."""
    return How.UNPROVED if by.pk == offer.person_id and leads_at(by, offer.slot.place_id) else how


def _kept(offer: Offer, typed: str, kept: Kept, now: datetime) -> _Seen:
    """What a phone kept: the code's half minute proves when it was; without one, or with one that was shown long before the press,
    it is the person's own word, to be confirmed."""
    step = book.step_proven(offer.slot_id, typed, opens(offer), min(now, closes(offer)))
    if step is not None and abs(kept.at - book.half_minute(step)[0]) <= FRESH:
        # As near to the press as the half minute allows.
        first, last = book.half_minute(step)
        return _Seen(min(max(kept.at, first), last, now), _worth(offer.person, offer, How.SCANNED), step, now)
    when = min(kept.at, now)
    _in_time(offer, when)
    return _Seen(when, How.UNPROVED, None, now)


def _in_time(offer: Offer, when: datetime) -> None:
    if when < opens(offer):
        raise TooEarly(opens(offer))
    if when > closes(offer):
        raise TooLate


def _near(by: Person, offer: Offer, near: bool | None) -> bool | None:
    return near if near is not None and by.pk == offer.person_id and may_be_located(by) else None


def _mark(presence: Presence, by: Person, offer: Offer, device: str) -> None:
    """Whose browser it was: only where the person's own sent it."""
    if device and by.pk == offer.person_id:
        presence.device = device[:64]


def _finish(by: Person, offer: Offer, presence: Presence, how: How, now: datetime) -> None:
    """Hours arise as soon as enough people or codes say so."""
    if offer.state != OfferState.ACCEPTED:
        return
    if how in OF_OTHERS:
        channel = Channel.PAPER if how == How.PAPER else Channel.IN_PERSON
        record_attendance(by=by, offer=offer, outcome=Attendance.Outcome.SERVED, channel=channel, now=now)
    elif presence.pair:
        record_attendance(by=None, offer=offer, outcome=Attendance.Outcome.SERVED, channel=Channel.WEB, now=now)
    elif presence.vouched_by is not None and How.UNPROVED not in (how, presence.came_how):
        # Digits read out at leaving say nothing of when somebody came.
        record_attendance(by=presence.vouched_by, offer=offer, outcome=Attendance.Outcome.SERVED, channel=Channel.IN_PERSON, now=now)
    else:
        tell(person_id=offer.slot.lead_id, kind="presence_waits", subject=offer, numbers={"title": offer.slot.title})


def _told_late(offer: Offer, kept: Kept | None) -> None:
    """A kept act that comes when the visit is settled changes no hours; who settled it hears that there is more to know."""
    if kept is not None and offer.state != OfferState.ACCEPTED:
        tell(person_id=offer.slot.lead_id, kind="presence_after", subject=offer, numbers={"title": offer.slot.title})
