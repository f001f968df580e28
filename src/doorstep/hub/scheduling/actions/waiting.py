"""The line of those who wait for a place: it moves by itself, asks in order of coming, and puts nobody on a seat unasked."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from ..access import TooLateToAsk, before_yes_title, check_seat
from ..access.refused import AlreadyIn, AlreadyInLine, NotInLine, PlacesStill
from ..access.signup import check_own_seat, check_signup_open
from ..models import Offer, OfferState, Rhythm, Seat, Slot, SlotState, Waiting
from ..queries import rhythm_of
from .measure import require_measure
from .offer import check_clash
from .slot import locked

IN_LINE, ASKED = Waiting.State.IN_LINE, Waiting.State.ASKED


def free_seats(slot: Slot, *, trainee: bool = False) -> list[Seat]:
    """The seats that nobody holds, in their order."""
    taken = Offer.objects.active().filter(seat=OuterRef("pk"))
    found = Seat.objects.filter(~Exists(taken), slot=slot, trainee=trainee).select_related("skill").order_by("number")
    seats = list(found)
    for seat in seats:
        seat.slot = slot
    return seats


def kinds_of(seats: Iterable[Seat]) -> list[Seat]:
    """One of each kind of seat, as far as who may take it goes: two hundred places of a festival are asked about once."""
    found: dict[tuple[object, ...], Seat] = {}
    for seat in seats:
        found.setdefault((seat.skill_id, seat.level, seat.role, seat.gender, seat.language, seat.trainee), seat)
    return list(found.values())


@transaction.atomic
def join_line(*, by: Person, slot: Slot, now: datetime | None = None) -> Waiting:
    """At the end of the line, if every place is taken and the person could take one."""
    moment = now or timezone.now()
    current = locked(slot)
    start = check_signup_open(current, moment)
    _close_answered(current)
    if Offer.objects.filter(slot=current, person=by, state__in=(OfferState.SENT, OfferState.ACCEPTED)).exists():
        raise AlreadyIn
    if Waiting.objects.filter(slot=current, person=by, state__in=(IN_LINE, ASKED)).exists():
        raise AlreadyInLine
    hold_people([by.pk])
    require_measure(by, current, moment)
    _check_any_seat(current, by, start)
    in_line = Waiting.objects.filter(slot=current, state=IN_LINE).exists()
    if not in_line and any(_may(seat, by, start) for seat in kinds_of(free_seats(current))):
        raise PlacesStill
    last = Waiting.objects.filter(slot=current).aggregate(n=Max("number"))["n"] or 0
    row = Waiting.objects.create(slot=current, person=by, since=moment, number=last + 1)
    record(actor_id=by.pk, verb="join_line", subject=current, place_id=current.place_id)
    return row


def _check_any_seat(slot: Slot, person: Person, start: datetime) -> None:
    """Raises what keeps the person from every kind of seat of the slot, if it is so."""
    kinds = kinds_of(slot.seats.filter(trainee=False).select_related("skill"))
    why: Refused | None = None
    for seat in kinds:
        seat.slot = slot
        try:
            check_own_seat(seat, person, start)
        except Refused as refusal:
            why = why or refusal
        else:
            return
    if why is not None:
        raise why


def _may(seat: Seat, person: Person, start: datetime) -> bool:
    try:
        check_seat(seat, person, start)
        check_clash(seat.slot, person, start)
    except Refused:
        return False
    return True


@transaction.atomic
def leave_line(*, by: Person, slot: Slot) -> None:
    """Out of the line, freely; whoever was asked already answers the offer."""
    locked(slot)
    if not Waiting.objects.filter(slot=slot, person=by, state=IN_LINE).update(state=Waiting.State.LEFT):
        raise NotInLine
    record(actor_id=by.pk, verb="leave_line", subject=slot, place_id=slot.place_id)


def _close_answered(slot: Slot) -> None:
    """Who was asked and has said yes, no or nothing is in the line no more."""
    Waiting.objects.filter(slot=slot, state=ASKED).exclude(offer__state=OfferState.SENT).update(state=Waiting.State.OVER)


def time_to_answer(rhythm: Rhythm, start: datetime, now: datetime) -> datetime:
    """Short, since others wait behind; never later than the notice that a visit needs."""
    latest = start - timedelta(hours=rhythm.least_notice_hours)
    if latest <= now:
        raise TooLateToAsk
    return min(now + timedelta(hours=rhythm.waiting_hours), latest)


@transaction.atomic
def ask_next(*, slot: Slot, now: datetime) -> int:
    """Asks the first in line who still fit, one for each free place; returns how many were asked."""
    current = locked(slot)
    _close_answered(current)
    line = list(Waiting.objects.filter(slot=current, state=IN_LINE).select_related("person"))
    if not line:
        return 0
    try:
        start = check_signup_open(current, now)
        until = time_to_answer(rhythm_of(current.place), start, now)
    except Refused:
        return 0
    asked = 0
    for seat in free_seats(current):
        chosen = next((row for row in line if _may(seat, row.person, start)), None)
        if chosen is not None:
            line.remove(chosen)
            _ask(chosen, seat, start, until, now)
            asked += 1
    return asked


def _ask(row: Waiting, seat: Seat, start: datetime, until: datetime, now: datetime) -> None:
    offer = Offer.objects.create(
        slot=seat.slot, seat=seat, person=row.person, start=start, state=OfferState.SENT, sent_at=now, reply_by=until,
        reasons=[{"code": "waited"}],
    )  # fmt: skip
    Waiting.objects.filter(pk=row.pk).update(state=ASKED, offer=offer)
    tell(person_id=row.person_id, kind="place_free", subject=offer, numbers={"title": seat.slot.title, "until": until.isoformat()})
    record(actor_id=None, verb="ask_next", subject=offer, place_id=seat.slot.place_id)


def ask_those_waiting(*, now: datetime | None = None) -> int:
    """The clock's part: each slot in its own transaction, so that one that is busy keeps no other line from moving."""
    moment = now or timezone.now()
    Waiting.objects.filter(state=ASKED).exclude(offer__state=OfferState.SENT).update(state=Waiting.State.OVER)
    end_lines(now=moment)
    taken = Offer.objects.active().filter(seat=OuterRef("pk"))
    free = Seat.objects.filter(~Exists(taken), slot=OuterRef("pk"), trainee=False)
    waiting = Waiting.objects.filter(slot=OuterRef("pk"), state=IN_LINE)
    due = Slot.objects.taking_signups().filter(Exists(waiting), Exists(free), signup_at__gt=moment)
    return sum(ask_next(slot=slot, now=moment) for slot in due.order_by("pk"))


def end_lines(*, now: datetime) -> int:
    """Lines of what has begun, was cancelled or takes nobody any more: everybody in them is told, and waits for nothing."""
    standing = Slot.objects.taking_signups().filter(signup_at__gt=now)
    over = Waiting.objects.filter(state=IN_LINE).exclude(slot__in=standing).order_by("slot", "number")
    return sum(_end(row_id, now) for row_id in over.values_list("pk", flat=True))


@transaction.atomic
def _end(row_id: UUID, now: datetime) -> bool:
    row = Waiting.objects.select_related("slot").get(pk=row_id)
    current = locked(row.slot)
    if current.state == SlotState.OPEN and current.signup_at and current.signup_at > now:
        return False
    if not Waiting.objects.filter(pk=row_id, state=IN_LINE).update(state=Waiting.State.OVER):
        return False
    kind = "line_cancelled" if current.state == SlotState.CANCELLED else "line_over"
    tell(person_id=row.person_id, kind=kind, subject=current, numbers={"title": before_yes_title(current)})
    record(actor_id=None, verb="end_line", subject=current, place_id=current.place_id)
    return True
