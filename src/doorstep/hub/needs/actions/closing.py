"""A visit was made, or the week went by without one: the resident hears of it, and waiting raises her place."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from doorstep.hub.journal.access import check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person, Place
from doorstep.hub.records.actions import record_attendance
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.actions.slot import SeatWanted, SlotWanted, bump, close_unmet, locked, open_slot, release_offers
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Refusal, Slot, SlotState

from ..access import AlreadyChecked, ArrangedAlready, NobodyPromised, NoHousehold, VisitClosed, require_voice
from ..models import Need, NeedState, Occasion
from .asking import cancel_need


@transaction.atomic
def record_visit(
    *, by: Person, need: Need, slot: Slot, outcomes: Mapping[Offer, str], channel: str, words: str = "",
    seen: int | None = None, now: datetime | None = None,
) -> bool:  # fmt: skip
    """What each promised person's visit came to; the need is done as soon as one of them served.

    Nobody at home or nobody came: the same occasion goes on this week if there is time left, else next week. Called off
    at the door: the home does not want it any more, and the need ends.
    """
    moment = now or timezone.now()
    require_voice(by, need)
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    before = locked(slot).state
    # Done already: codes have told of one of them, and the word is about the others.
    if current.state != NeedState.CHECKED or before not in (SlotState.OPEN, SlotState.HELD, SlotState.DONE):
        raise VisitClosed
    if not outcomes:
        raise NobodyPromised
    # All of them before the first line goes into the ledger, as whoever judges hours holds the people first.
    hold_people(offer.person_id for offer in outcomes)
    for offer, outcome in outcomes.items():
        record_attendance(by=by, offer=offer, outcome=outcome, channel=channel, note=words[:200], now=moment)
    came = set(outcomes.values())
    served = Attendance.Outcome.SERVED in came or before == SlotState.DONE
    if served:
        release_offers(slot, OfferState.WITHDRAWN, "slot_done", moment)
        _done(by, need, words, moment)
    elif Attendance.Outcome.CALLED_OFF in came:
        cancel_need(by=by, need=need, words=words, now=moment)
    else:
        _go_on(need, slot, waited=Attendance.Outcome.NO_SHOW in came, now=moment)
    return served


def _done(by: Person | None, need: Need, words: str, now: datetime) -> None:
    Need.objects.filter(pk=need.pk).update(state=NeedState.DONE, closing_words=words, closed_at=now, version=F("version") + 1)
    record(actor_id=by.pk if by else None, verb="need_done", subject=need, place_id=need.community_id)


@transaction.atomic
def close_served(*, now: datetime | None = None) -> int:
    """Ends the needs whose visit codes or the social worker's roll have told of already; the home may still say how it went.

    Who has promised and not been told of yet is waited for, a day at most.
    """
    moment = now or timezone.now()
    served = Attendance.objects.filter(offer__slot=OuterRef("pk"), outcome=Attendance.Outcome.SERVED)
    coming = Offer.objects.filter(slot=OuterRef("pk"), state=OfferState.ACCEPTED, start__gt=moment - timedelta(days=1))
    done = list(Slot.objects.filter(~Exists(coming), Exists(served), state=SlotState.DONE, occasion__need__state=NeedState.CHECKED))
    _hold_needs_of(done)
    closed = 0
    for slot in done:
        need = Need.objects.select_for_update(of=("self",)).filter(occasions__slot=slot, state=NeedState.CHECKED).first()
        if need is not None:
            _done(None, need, "", moment)
            closed += 1
    return closed


def _hold_needs_of(slots: Iterable[Slot]) -> None:
    """All needs that one act will touch, in the order of the house: who is forgotten meanwhile holds them in that order too."""
    own = Need.objects.filter(occasions__slot__in=[slot.pk for slot in slots])
    list(Need.objects.select_for_update().filter(pk__in=own.values("pk")).order_by("pk").values_list("pk"))


def _go_on(need: Need, slot: Slot, *, waited: bool, now: datetime) -> None:
    """Nobody was helped; whose door stayed shut keeps her place, who waited in vain goes one up."""
    bump(slot, home_answer=HomeAnswer.NOT_ASKED)
    still_going = Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).exists()
    if not still_going and not slot.windows.filter(latest__gte=now).exists() and close_unmet(slot=slot, now=now):
        reopen_next_week(need=need, slot=slot, waited=waited, now=now)
    else:
        Need.objects.filter(pk=need.pk).update(version=F("version") + 1)


def again(slot: Slot, waited: int) -> SlotWanted:
    """The same occasion a week later."""
    week = timedelta(days=7)
    return SlotWanted(
        place=slot.place, lead=slot.lead, title=slot.title, category=slot.category, minutes=slot.minutes,
        windows=[(w.earliest + week, w.latest + week) for w in slot.windows.all()],
        seats=[SeatWanted(s.skill, s.level, s.role, s.gender, s.language, s.trainee) for s in slot.seats.all()],
        lat=slot.lat, lon=slot.lon, rough_place=slot.rough_place, household=slot.household, contact=slot.contact,
        priority=slot.priority, waited_weeks=waited, minor=slot.minor, bodily_risk=slot.bodily_risk,
        insured=slot.insured, risk_note=slot.risk_note, bring=slot.bring,
    )  # fmt: skip


@transaction.atomic
def reopen_next_week(*, need: Need, slot: Slot, now: datetime, waited: bool = True) -> Slot:
    """The need goes on, a week later and one place higher if it waited; the resident is told why and what comes next."""
    wanted = again(slot, min(10, slot.waited_weeks + waited))
    while not any(latest >= now for _earliest, latest in wanted.windows):
        shifted = [(early + timedelta(days=7), late + timedelta(days=7)) for early, late in wanted.windows]
        wanted = SlotWanted(**{**wanted.__dict__, "windows": shifted})
    following = open_slot(by=None, wanted=wanted, now=now)
    _goes_on(need, slot, following)
    tell(
        person_id=need.resident_id or need.asked_by_id,
        kind="need_waits",
        subject=need,
        numbers={"title": slot.title, "weeks": wanted.waited_weeks},
    )
    return following


@transaction.atomic
def arrange_again(
    *, by: Person, need: Need, windows: list[tuple[datetime, datetime]], seen: int | None = None, now: datetime | None = None
) -> Slot:
    """A need whose visit was cancelled gets another one at new times, with the same people ruled out and its place in the queue."""
    require_lead(by, need.community_id)
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    slots = Slot.objects.filter(occasion__need=need)
    if current.state != NeedState.CHECKED or slots.filter(state__in=(SlotState.OPEN, SlotState.HELD, SlotState.DONE)).exists():
        raise ArrangedAlready
    before = slots.select_related("place", "category", "household", "contact").order_by("-week", "-id").first()
    if before is None:
        raise NoHousehold
    wanted = replace(again(before, before.waited_weeks), windows=windows, lead=by)
    following = open_slot(by=by, wanted=wanted, now=now)
    _goes_on(need, before, following)
    tell(person_id=need.resident_id or need.asked_by_id, kind="need_arranged_again", subject=need, numbers={"title": before.title})
    record(actor_id=by.pk, verb="arrange_again", subject=need, place_id=need.community_id)
    return following


def _goes_on(need: Need, before: Slot, following: Slot) -> None:
    """The need's next occasion, with the people who were ruled out for the last one."""
    Occasion.objects.create(need=need, slot=following)
    Need.objects.filter(pk=need.pk).update(version=F("version") + 1)
    Refusal.objects.bulk_create(
        Refusal(slot=following, person_id=row.person_id, by_id=row.by_id, of_home=row.of_home) for row in before.refusals.all()
    )


@transaction.atomic
def close_week(*, place: Place, monday: date, now: datetime | None = None) -> int:
    """Ends a community's week: slots whose time has gone by, held ones too, are unmet, and asked again for the next week.

    A slot for which somebody said yes waits for the word of who was there, and is left alone.
    """
    moment = now or timezone.now()
    promised = Offer.objects.filter(state=OfferState.ACCEPTED).values("slot_id")
    gone = Slot.objects.in_week(monday).filter(place=place, state__in=(SlotState.OPEN, SlotState.HELD)).exclude(pk__in=promised)
    gone = gone.exclude(windows__latest__gte=moment).select_related("place", "lead", "category", "household", "contact")
    found = list(gone.prefetch_related("windows", "seats__skill"))
    _hold_needs_of(found)
    # Slots after all needs, as everywhere.
    list(Slot.objects.select_for_update().filter(pk__in=[slot.pk for slot in found]).order_by("pk").values_list("pk"))
    closed = 0
    for slot in found:
        need = Need.objects.select_for_update(of=("self",)).filter(occasions__slot=slot).first()
        # Between the list and this moment the home may have taken it back.
        if not close_unmet(slot=slot, now=moment):
            continue
        if need and need.state == NeedState.CHECKED:
            reopen_next_week(need=need, slot=slot, now=moment)
        closed += 1
    record(actor_id=None, verb="close_week", subject=place, place_id=place.pk, detail={"week": monday.isoformat(), "unmet": closed})
    return closed


@transaction.atomic
def give_up(*, by: Person, need: Need, words: str, seen: int | None = None, now: datetime | None = None) -> None:
    """A social worker ends a need that could not be met, and tells the resident why and what else there is."""
    require_lead(by, need.community_id)
    moment = now or timezone.now()
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    if current.state not in (NeedState.NEW, NeedState.CHECKED):
        raise AlreadyChecked
    for slot in Slot.objects.filter(occasion__need=need, state__in=(SlotState.OPEN, SlotState.HELD)):
        release_offers(slot, OfferState.WITHDRAWN, "slot_cancelled", moment)
        close_unmet(slot=slot, now=moment)
    Need.objects.filter(pk=need.pk).update(
        state=NeedState.UNMET, closing_words=words, closed_at=moment, checked_by=by, version=F("version") + 1
    )
    tell(person_id=need.resident_id or need.asked_by_id, kind="need_unmet", subject=need, numbers={"words": words})
    record(actor_id=by.pk, verb="give_up", subject=need, place_id=need.community_id)
