"""A social worker opens a slot for sign-up, announces an event, and makes room for who learns beside somebody."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, check_version
from doorstep.hub.journal.actions import record
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.models import Person, Place, ServiceCategory, Skill

from ..access import SlotClosed, StartGone, check_window
from ..models import Offer, OfferState, Seat, Slot, SlotState
from .activity import require_sound
from .slot import ActivityWanted, SeatWanted, SlotWanted, bump, locked, open_slot

#: As many places as one leader can still call by name.
MOST_PLACES, MOST_TRAINEES = 200, 20


class AlreadyOpen(Refused):
    sentence = _("这一件已经开放报名了。")


class NotOpen(Refused):
    sentence = _("这一件没有开放报名。")


class NoEmptySeat(Refused):
    sentence = _("这一件的位子都有人了，没有空位可以开放。")


class EnoughTrainees(Refused):
    sentence = _("见习的位子最多 20 个，已经够了。")


class RisksUnsaid(Refused):
    field = "risk_note"
    sentence = _("可能磕着碰着，就要写明是什么。报名的人先看到，再决定。")


@dataclass(frozen=True)
class EventWanted:
    """What people are told before they sign up: true and whole, risks included."""

    title: str
    category: ServiceCategory
    start: datetime
    minutes: int
    where: str
    places: int
    trainees: int = 0
    skill: Skill | None = None
    level: int = 1
    minor: bool = False
    bodily_risk: bool = False
    insured: bool = False
    risk_note: str = ""
    bring: str = ""
    what: ActivityWanted = field(default_factory=ActivityWanted)
    #: Latitude and longitude of the place itself; without it the community's middle stands for it.
    spot: tuple[float, float] | None = None


@transaction.atomic
def announce(*, by: Person, place: Place, wanted: EventWanted, now: datetime | None = None) -> Slot:
    """An event at no home, for which people sign up; the weekly plan never staffs it."""
    require_lead(by, place.pk)
    moment = now or timezone.now()
    if wanted.start <= moment:
        raise StartGone
    if wanted.bodily_risk and not wanted.risk_note.strip():
        raise RisksUnsaid
    require_sound(wanted.what, wanted.minutes)
    working = [SeatWanted(skill=wanted.skill, level=wanted.level) for _n in range(min(MOST_PLACES, wanted.places))]
    learning = [SeatWanted(trainee=True) for _n in range(min(MOST_TRAINEES, wanted.trainees))]
    lat, lon = wanted.spot or (place.lat or 0.0, place.lon or 0.0)
    slot = open_slot(
        by=by, now=moment,
        wanted=SlotWanted(
            place=place, lead=by, title=wanted.title, category=wanted.category, minutes=wanted.minutes,
            windows=[(wanted.start, wanted.start)], seats=[*working, *learning], lat=lat, lon=lon,
            rough_place=wanted.where, minor=wanted.minor, bodily_risk=wanted.bodily_risk, insured=wanted.insured,
            risk_note=wanted.risk_note, bring=wanted.bring, signup_at=wanted.start, what=wanted.what,
        ),
    )  # fmt: skip
    record(actor_id=by.pk, verb="announce", subject=slot, place_id=place.pk, detail={"places": wanted.places})
    return slot


@transaction.atomic
def open_signup(*, by: Person, slot: Slot, start: datetime, seen: int | None = None, now: datetime | None = None) -> None:
    """The empty seats are for whoever signs up first, at this start; proposals that nobody was told of make room."""
    require_lead(by, slot.place_id)
    moment, current = now or timezone.now(), locked(slot)
    check_version(current.version, seen)
    if current.state != SlotState.OPEN:
        raise SlotClosed
    if current.signup_at is not None:
        raise AlreadyOpen
    if start <= moment:
        raise StartGone
    told = Offer.objects.filter(slot=current, state__in=(OfferState.SENT, OfferState.ACCEPTED)).first()
    begins = told.start if told else start
    check_window(current, begins)
    unsent = Offer.objects.filter(slot=current, state__in=(OfferState.PROPOSED, OfferState.HELD))
    unsent.update(state=OfferState.REPLACED, closed_at=moment)
    if Offer.objects.active().filter(slot=current, seat__trainee=False).count() >= current.seats.filter(trainee=False).count():
        raise NoEmptySeat
    bump(current, signup_at=begins)
    record(actor_id=by.pk, verb="open_signup", subject=slot, place_id=slot.place_id, detail={"start": begins.isoformat()})


@transaction.atomic
def close_signup(*, by: Person, slot: Slot, seen: int | None = None) -> None:
    """Nobody more signs up; who has, goes. Who waited in line hears of it from the clock."""
    require_lead(by, slot.place_id)
    check_version(slot.version, seen)
    closed = Slot.objects.filter(pk=slot.pk, state=SlotState.OPEN, signup_at__isnull=False, household__isnull=False)
    if not closed.update(signup_at=None, version=F("version") + 1):
        raise NotOpen
    record(actor_id=by.pk, verb="close_signup", subject=slot, place_id=slot.place_id)


@transaction.atomic
def add_trainee_seat(*, by: Person, slot: Slot, seen: int | None = None) -> Seat:
    """Room for one who learns; behind the seats that the plan counts."""
    require_lead(by, slot.place_id)
    current = locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    if current.seats.filter(trainee=True).count() >= MOST_TRAINEES:
        raise EnoughTrainees
    last = current.seats.aggregate(n=Max("number"))["n"]
    seat = Seat.objects.create(slot=current, number=(-1 if last is None else last) + 1, trainee=True)
    bump(current)
    record(actor_id=by.pk, verb="add_trainee_seat", subject=slot, place_id=slot.place_id)
    return seat
