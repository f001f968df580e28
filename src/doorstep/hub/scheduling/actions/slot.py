"""Opening, moving, holding and closing a slot; whoever was asked is told."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Household, Person, Place, ServiceCategory, Skill

from ..access import SlotClosed
from ..models import ACTIVE, Activity, Exclusion, HomeAnswer, Offer, OfferState, Refusal, Seat, Slot, SlotState, Window


class WindowOver(Refused):
    sentence = _("这个时段已经过去了。请选一个还没到的时间。")


class TwoWeeks(Refused):
    sentence = _("这些时段分在两周里。一件事只排在一周里，请改到同一周；没办成，会自动接到下一周。")
    field = "day"


@dataclass(frozen=True)
class SeatWanted:
    """What one person on the slot must bring."""

    skill: Skill | None = None
    level: int = 1
    role: str = ""
    gender: str = ""
    language: str = ""
    trainee: bool = False


@dataclass(frozen=True)
class ActivityWanted:
    """What kind of occasion it is, what a training teaches and who holds it, and the planned break in minutes from the start."""

    activity: str = Activity.SERVICE
    about: str = ""
    host: str = ""
    pause_after: int = 0
    pause: int = 0


@dataclass(frozen=True)
class SlotWanted:
    """Everything that opening a slot needs to be told."""

    place: Place
    lead: Person
    title: str
    category: ServiceCategory
    minutes: int
    windows: list[tuple[datetime, datetime]]
    seats: list[SeatWanted]
    lat: float
    lon: float
    rough_place: str
    household: Household | None = None
    contact: Person | None = None
    priority: int = 2
    waited_weeks: int = 0
    minor: bool = False
    bodily_risk: bool = False
    insured: bool = False
    risk_note: str = ""
    bring: str = ""
    signup_at: datetime | None = None
    what: ActivityWanted = field(default_factory=ActivityWanted)
    extra: dict[str, object] = field(default_factory=dict)


def monday_of(moment: datetime) -> date:
    day = timezone.localdate(moment)
    return day - timedelta(days=day.weekday())


def week_of(windows: list[tuple[datetime, datetime]], now: datetime) -> date:
    """The Monday of the one week in which all the windows lie; refuses those that are over and those of two weeks."""
    if not any(latest >= now for _earliest, latest in windows):
        raise WindowOver
    weeks = {monday_of(moment) for window in windows for moment in window}
    if len(weeks) > 1:
        raise TwoWeeks
    return weeks.pop()


@transaction.atomic
def open_slot(*, by: Person | None, wanted: SlotWanted, now: datetime | None = None) -> Slot:
    """A new occasion with its windows and seats, in the week of its first window."""
    slot = Slot.objects.create(
        week=week_of(wanted.windows, now or timezone.now()), place=wanted.place, lead=wanted.lead,
        title=wanted.title, category=wanted.category, minutes=wanted.minutes, lat=wanted.lat, lon=wanted.lon,
        rough_place=wanted.rough_place, household=wanted.household, contact=wanted.contact, priority=wanted.priority,
        waited_weeks=wanted.waited_weeks, minor=wanted.minor, bodily_risk=wanted.bodily_risk, insured=wanted.insured,
        risk_note=wanted.risk_note, bring=wanted.bring, signup_at=wanted.signup_at, **asdict(wanted.what),
    )  # fmt: skip
    Window.objects.bulk_create(Window(slot=slot, earliest=early, latest=late) for early, late in wanted.windows)
    Seat.objects.bulk_create(
        Seat(slot=slot, number=n, skill=s.skill, level=s.level, role=s.role, gender=s.gender, language=s.language, trainee=s.trainee)
        # The plan counts the seats that it fills from 0 on: whoever learns sits behind them.
        for n, s in enumerate(sorted(wanted.seats, key=lambda seat: seat.trainee))
    )
    record(actor_id=by.pk if by else None, verb="open_slot", subject=slot, place_id=wanted.place.pk)
    return slot


def release_offers(slot: Slot, state: OfferState, kind: str, now: datetime) -> int:
    """Ends every active offer of the slot; those who were told before are told again."""
    ended = 0
    for offer in Offer.objects.active().filter(slot=slot).exclude(state=OfferState.SERVED):
        if offer.sent_at:
            tell(person_id=offer.person_id, kind=kind, subject=offer, numbers={"title": slot.title})
        ended += Offer.objects.filter(pk=offer.pk, state=offer.state).update(
            state=state if offer.sent_at else OfferState.REPLACED, closed_at=now
        )
    return ended


def bump(slot: Slot, **changes: object) -> None:
    """Changes the slot and its version in one statement."""
    Slot.objects.filter(pk=slot.pk).update(version=F("version") + 1, **changes)


def unsettle_home(slot_id: UUID) -> None:
    """Somebody the home agreed to is out: for whoever follows, the home has to be asked again."""
    Slot.objects.filter(pk=slot_id, home_answer=HomeAnswer.AGREED).update(home_answer=HomeAnswer.NOT_ASKED, version=F("version") + 1)


def locked(slot: Slot) -> Slot:
    """The slot as it stands now, and nobody else's to change until the transaction ends."""
    return Slot.objects.select_for_update().get(pk=slot.pk)


def lock_offer(offer_id: UUID) -> Offer:
    """The offer as it stands now, nobody else's to change: its slot's row first, everywhere, so that no two wait for each other."""
    slot_id = Offer.objects.values_list("slot_id", flat=True).get(pk=offer_id)
    Slot.objects.select_for_update().get(pk=slot_id)
    return Offer.objects.select_for_update(of=("self",)).select_related("slot", "seat", "person").get(pk=offer_id)


@transaction.atomic
def move_slot(
    *, by: Person | None, slot: Slot, windows: list[tuple[datetime, datetime]], seen: int | None = None, now: datetime | None = None
) -> None:
    """Another time: whoever was asked for the old one is thanked and free again."""
    moment = now or timezone.now()
    current = locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    week = week_of(windows, moment)
    release_offers(current, OfferState.WITHDRAWN, "slot_moved", moment)
    current.windows.all().delete()
    Window.objects.bulk_create(Window(slot=current, earliest=early, latest=late) for early, late in windows)
    # Who waits in the line of a slot that moved keeps the place, and is asked for the new time.
    begins = min(early for early, _late in windows) if current.signup_at else None
    bump(current, week=week, state=SlotState.OPEN, home_answer=HomeAnswer.NOT_ASKED, signup_at=begins)
    record(actor_id=by.pk if by else None, verb="move_slot", subject=slot, place_id=slot.place_id)


@transaction.atomic
def hold_slot(*, by: Person, slot: Slot, held: bool, seen: int | None = None) -> None:
    """Holds a slot back from the plan, or lets it in again; what was promised stays promised."""
    check_version(slot.version, seen)
    before, after = (SlotState.OPEN, SlotState.HELD) if held else (SlotState.HELD, SlotState.OPEN)
    if not Slot.objects.filter(pk=slot.pk, state=before).update(state=after, version=F("version") + 1):
        raise SlotClosed
    record(actor_id=by.pk, verb="hold_slot" if held else "release_slot", subject=slot, place_id=slot.place_id)


@transaction.atomic
def mark_insured(*, by: Person, slot: Slot, seen: int | None = None) -> None:
    """The accident insurance for this visit is in place: now people may be asked."""
    check_version(slot.version, seen)
    if not Slot.objects.filter(pk=slot.pk, state__in=(SlotState.OPEN, SlotState.HELD)).update(insured=True, version=F("version") + 1):
        raise SlotClosed
    record(actor_id=by.pk, verb="mark_insured", subject=slot, place_id=slot.place_id)


@transaction.atomic
def cancel_slot(*, by: Person | None, slot: Slot, seen: int | None = None, now: datetime | None = None) -> None:
    moment = now or timezone.now()
    current = locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    release_offers(current, OfferState.WITHDRAWN, "slot_cancelled", moment)
    bump(current, state=SlotState.CANCELLED)
    if by is not None and by.pk != slot.contact_id:
        tell(person_id=slot.contact_id, kind="visit_cancelled", subject=slot, numbers={"title": slot.title})
    record(actor_id=by.pk if by else None, verb="cancel_slot", subject=slot, place_id=slot.place_id)


@transaction.atomic
def close_unmet(*, slot: Slot, now: datetime) -> bool:
    """Its windows went by and nobody was there: open offers lapse, nobody is blamed. False if it had ended before."""
    if locked(slot).state not in (SlotState.OPEN, SlotState.HELD):
        return False
    release_offers(slot, OfferState.LAPSED, "slot_gone_by", now)
    bump(slot, state=SlotState.UNMET)
    record(actor_id=None, verb="close_unmet", subject=slot, place_id=slot.place_id)
    return True


@transaction.atomic
def record_home_answer(*, by: Person, slot: Slot, answer: str, channel: str, seen: int | None = None, now: datetime | None = None) -> None:
    """What the home says to the time and the person; refusing a person re-opens the seat."""
    current = locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    bump(slot, home_answer=answer, home_answer_channel=channel, home_answer_at=now or timezone.now())
    record(actor_id=by.pk, verb="record_home_answer", subject=slot, place_id=slot.place_id, detail={"answer": answer, "channel": channel})


@transaction.atomic
def forbid(*, by: Person, slot: Slot, person: Person, seen: int | None = None, now: datetime | None = None) -> None:
    """Not this person for this slot; an offer that stands is withdrawn. With `seen` only if the slot is as the page showed it."""
    check_version(locked(slot).version, seen)
    Refusal.objects.get_or_create(slot=slot, person=person, defaults={"by": by})
    moment = now or timezone.now()
    for offer in Offer.objects.filter(Q(state__in=ACTIVE) & ~Q(state=OfferState.SERVED), slot=slot, person=person):
        if offer.sent_at:
            tell(person_id=person.pk, kind="offer_withdrawn", subject=offer, numbers={"title": slot.title})
        state = OfferState.WITHDRAWN if offer.sent_at else OfferState.REPLACED
        Offer.objects.filter(pk=offer.pk).update(state=state, closed_at=moment)
        unsettle_home(slot.pk)
    bump(slot)
    record(actor_id=by.pk, verb="forbid", subject=slot, place_id=slot.place_id, detail={"person": str(person.pk)})


@transaction.atomic
def exclude(*, by: Person, person: Person, household: Household) -> Exclusion:
    """Never to this home again; who wished it is in the journal only."""
    row, _created = Exclusion.objects.get_or_create(person=person, household=household, defaults={"by": by})
    record(actor_id=by.pk, verb="exclude", subject=household, place_id=household.community_id, detail={"person": str(person.pk)})
    return row
