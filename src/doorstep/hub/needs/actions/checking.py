"""A social worker checks a need: it becomes a slot, or goes to the right door instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from doorstep.hub.journal.access import check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.models import Household, Person, ServiceCategory
from doorstep.hub.scheduling.actions.exclusion import rule_out_for_home
from doorstep.hub.scheduling.actions.offer import propose
from doorstep.hub.scheduling.actions.slot import SeatWanted, SlotWanted, exclude, open_slot
from doorstep.hub.scheduling.models import Slot

from ..access import AlreadyChecked, NoHousehold
from ..models import Need, NeedState, Occasion


@dataclass(frozen=True)
class Checked:
    """What the social worker found out."""

    title: str
    category: ServiceCategory
    household: Household | None
    resident: Person | None
    minutes: int
    windows: list[tuple[datetime, datetime]]
    seats: list[SeatWanted]
    priority: int = 2
    minor: bool = False
    bodily_risk: bool = False
    insured: bool = False
    risk_note: str = ""
    bring: str = ""
    wish: str = ""
    please_send: Person | None = None
    not_send: Person | None = None
    never_send: bool = False


def _slot_of(need: Need, by: Person, checked: Checked, waited_weeks: int) -> SlotWanted:
    home = checked.household
    assert home is not None
    return SlotWanted(
        place=need.community, lead=by, title=checked.title, category=checked.category, minutes=checked.minutes,
        windows=checked.windows, seats=checked.seats, lat=home.lat, lon=home.lon, rough_place=home.rough_place,
        household=home, contact=checked.resident, priority=checked.priority, waited_weeks=waited_weeks,
        minor=checked.minor, bodily_risk=checked.bodily_risk, insured=checked.insured,
        risk_note=checked.risk_note, bring=checked.bring,
    )  # fmt: skip


def _heed_wishes(by: Person, slot: Slot, checked: Checked, now: datetime) -> None:
    """Who should not come is ruled out; who should come is put on the first seat, which the plan then keeps."""
    if checked.not_send:
        rule_out_for_home(by=by, slot=slot, person=checked.not_send, now=now)
        if checked.never_send and checked.household:
            exclude(by=by, person=checked.not_send, household=checked.household)
    if checked.please_send:
        windows = [window for window in slot.windows.all() if window.latest >= now]
        start = min(max(windows[0].earliest, quarter_after(now)), windows[0].latest)
        propose(by=by, seat=slot.seats.get(number=0), person=checked.please_send, start=start, reasons=[{"code": "home_wishes"}])


def quarter_after(moment: datetime) -> datetime:
    """The next quarter of an hour, for times are said in quarters."""
    over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + timedelta(minutes=15) if over else moment


@transaction.atomic
def check_need(*, by: Person, need: Need, checked: Checked, seen: int | None = None, now: datetime | None = None) -> Slot:
    """From a need in own words to a slot with seats; the resident is told that somebody is looked for."""
    moment = now or timezone.now()
    require_lead(by, need.community_id)
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    if current.state != NeedState.NEW:
        raise AlreadyChecked
    if checked.household is None:
        raise NoHousehold
    slot = open_slot(by=by, wanted=_slot_of(need, by, checked, 0), now=moment)
    Occasion.objects.create(need=need, slot=slot)
    _heed_wishes(by, slot, checked, moment)
    Need.objects.filter(pk=need.pk).update(
        state=NeedState.CHECKED, title=checked.title, category=checked.category, household=checked.household,
        resident=checked.resident, skilled=any(s.skill and s.skill.professional for s in checked.seats), wish=checked.wish,
        checked_by=by, checked_at=moment, version=F("version") + 1,
    )  # fmt: skip
    resident = checked.resident or need.asked_by
    tell(person_id=resident.pk if resident else None, kind="need_checked", subject=need, numbers={"title": checked.title})
    record(actor_id=by.pk, verb="check_need", subject=need, place_id=need.community_id)
    return slot


@transaction.atomic
def refer_need(*, by: Person, need: Need, referral: str, words: str, seen: int | None = None, now: datetime | None = None) -> None:
    """Not volunteer work: the right door is named, and the resident is told which."""
    require_lead(by, need.community_id)
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    if current.state != NeedState.NEW:
        raise AlreadyChecked
    moment = now or timezone.now()
    Need.objects.filter(pk=need.pk).update(
        state=NeedState.REFERRED, referral=referral, closing_words=words, checked_by=by, checked_at=moment,
        closed_at=moment, version=F("version") + 1,
    )  # fmt: skip
    tell(person_id=need.resident_id or need.asked_by_id, kind="need_referred", subject=need, numbers={"referral": referral})
    record(actor_id=by.pk, verb="refer_need", subject=need, place_id=need.community_id, detail={"referral": referral})
