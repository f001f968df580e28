"""A matter that comes back: the same visit in each of the coming weeks, with the same people as far as they can."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.models import Household, Person
from doorstep.hub.scheduling.actions.ahead import propose_ahead
from doorstep.hub.scheduling.actions.slot import SlotWanted, open_slot
from doorstep.hub.scheduling.models import Offer, OfferState, Refusal, Slot, SlotState

from ..access import AlreadyChecked
from ..models import Need, NeedState, Occasion, Series
from .asking import cancel_need
from .closing import again

#: So many weeks ahead at most; further ahead nobody knows when they are free.
MOST_WEEKS = 4
#: Offers whose people are proposed again.
COMING = (OfferState.PROPOSED, OfferState.HELD, OfferState.SENT, OfferState.ACCEPTED, OfferState.SERVED)


class NothingToRepeat(Refused):
    sentence = _("这件事还没有约过时间，没有可以照着排的。请先核实，再排以后几周。")


class AllThere(Refused):
    sentence = _("接下来这几周都已经有了，请看“一周一周看”。")


class NoSeries(Refused):
    sentence = _("这件事后面没有要停的了。")


@dataclass(frozen=True)
class Ahead:
    """The weeks that were opened, and for each person who cannot, the week and why."""

    slots: list[Slot] = field(default_factory=list)
    missing: list[tuple[date, Person, Refused]] = field(default_factory=list)


@transaction.atomic
def publish_ahead(*, by: Person, need: Need, weeks: int, seen: int | None = None, now: datetime | None = None) -> Ahead:
    """Opens the same visit in so many weeks after the need's own, and proposes the people who go to it now."""
    moment = now or timezone.now()
    require_lead(by, need.community_id)
    current = Need.objects.select_for_update().get(pk=need.pk)
    check_version(current.version, seen)
    if current.state not in (NeedState.CHECKED, NeedState.DONE):
        raise AlreadyChecked
    source, home = _source(current)
    series = _locked_series(current) or Series.objects.create(community=current.community, household=home, began_by=by)
    there = set(Slot.objects.filter(occasion__need__series=series).values_list("week", flat=True)) | {source.week}
    wanted = [source.week + timedelta(weeks=number) for number in range(1, min(weeks, MOST_WEEKS) + 1)]
    missing = [week for week in wanted if week not in there and week + timedelta(days=7) > timezone.localdate(moment)]
    if not missing:
        raise AllThere
    Need.objects.filter(pk=current.pk).update(series=series, version=F("version") + 1)
    done, team = Ahead(), list(Offer.objects.filter(slot=source, state__in=COMING).select_related("person", "seat"))
    for week in missing:
        slot = _one(by, current, source, series, week, moment)
        done.slots.append(slot)
        _propose(by, slot, team, week - source.week, done)
    tell(
        person_id=current.resident_id or current.asked_by_id, kind="visits_ahead", subject=current,
        numbers={"title": source.title, "weeks": len(done.slots)},
    )  # fmt: skip
    detail = {"weeks": [week.isoformat() for week in missing], "missing": len(done.missing)}
    record(actor_id=by.pk, verb="publish_ahead", subject=current, place_id=current.community_id, detail=detail)
    return done


def _locked_series(need: Need) -> Series | None:
    """The series is the turnstile: two weeks of it that are arranged ahead at once would open the same weeks twice."""
    return None if need.series_id is None else Series.objects.select_for_update().get(pk=need.series_id)


def _source(need: Need) -> tuple[Slot, Household]:
    """The visit that is repeated: the need's last one that was not called off."""
    slots = Slot.objects.filter(occasion__need=need).exclude(state__in=(SlotState.CANCELLED, SlotState.UNMET))
    whole = slots.select_related("place", "category", "household", "contact", "lead").prefetch_related(
        "windows", "seats__skill", "refusals"
    )
    found = whole.order_by("-week").first()
    if found is None or found.household is None:
        raise NothingToRepeat
    return found, found.household


def _one(by: Person, need: Need, source: Slot, series: Series, week: date, now: datetime) -> Slot:
    """One week's need and its slot: a matter of its own, so that each visit is made, told and ended on its own."""
    later = week - source.week - timedelta(days=7)
    wanted = again(source, 0)
    shifted = [(early + later, late + later) for early, late in wanted.windows]
    slot = open_slot(by=by, wanted=SlotWanted(**{**wanted.__dict__, "windows": shifted, "lead": by}), now=now)
    copy = Need.objects.get(pk=need.pk)
    copy.pk, copy.series, copy.state, copy.version = uuid4(), series, NeedState.CHECKED, 1
    copy.closing_words, copy.closed_at, copy.checked_by, copy.checked_at = "", None, by, now
    copy._state.adding = True
    copy.save(force_insert=True)
    Occasion.objects.create(need=copy, slot=slot)
    Refusal.objects.bulk_create(
        Refusal(slot=slot, person_id=row.person_id, by_id=row.by_id, of_home=row.of_home) for row in source.refusals.all()
    )
    return slot


def _propose(by: Person, slot: Slot, team: list[Offer], later: timedelta, done: Ahead) -> None:
    seats = {seat.number: seat for seat in slot.seats.select_related("slot", "skill")}
    for offer in team:
        try:
            with transaction.atomic():
                propose_ahead(by=by, seat=seats[offer.seat.number], person=offer.person, start=offer.start + later)
        except Refused as why:
            done.missing.append((slot.week, offer.person, why))


@transaction.atomic
def end_series(*, by: Person, need: Need, words: str = "", now: datetime | None = None) -> int:
    """Takes back what is still to come of the series after this need's own week; returns how many visits.

    What was ended so leaves the series, so that it may begin again; a single week that was called off stays called off.
    """
    require_lead(by, need.community_id)
    if _locked_series(need) is None:
        raise NoSeries
    own = Slot.objects.filter(occasion__need=need).order_by("-week").values_list("week", flat=True).first()
    coming = Need.objects.filter(series=need.series_id, state=NeedState.CHECKED, occasions__slot__week__gt=own or date.max).distinct()
    ended = 0
    for later in coming.exclude(pk=need.pk):
        cancel_need(by=by, need=later, words=words, now=now)
        Need.objects.filter(pk=later.pk).update(series=None)
        ended += 1
    if not ended:
        raise NoSeries
    record(actor_id=by.pk, verb="end_series", subject=need, place_id=need.community_id, detail={"ended": ended})
    return ended
