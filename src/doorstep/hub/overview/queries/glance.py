"""The week at a glance beside the worklist: where its rhythm stands, what the plan reached, who is led and who is idle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from doorstep.hub.people.models import Membership, Person, Place
from doorstep.hub.people.queries import this_monday
from doorstep.hub.scheduling.models import Availability, Offer, OfferState, Plan, Rhythm, SlotState

from .public import RECENT
from .standing import HOLDING, Standing, weeks_in_figures

#: Nobody asked them for so long, although they are free.
IDLE = timedelta(days=28)
IDLE_SHOWN = 6


@dataclass(frozen=True)
class Day:
    """One of the coming seven days: how many visits are promised, asked for, and still without anybody."""

    on: date
    promised: int
    waiting: int
    missing: int


@dataclass(frozen=True)
class Week:
    """One week of the own communities in figures."""

    monday: date
    phase: str
    until: datetime | None
    asked: int
    done: int
    promised: int
    waiting: int
    unsent: int
    missing: int
    plan: Plan | None

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def filled(self) -> int:
        return self.asked - self.missing


@dataclass(frozen=True)
class Led:
    """The volunteers whom this social worker leads; registered never stands without active."""

    registered: int
    active: int
    idle: list[tuple[UUID, str]]


def rhythm_of(places: list[Place]) -> Rhythm:
    """The rhythm of the first community's district, as access has fetched it; the usual one if none is set."""
    step: Place | None = places[0]
    while step is not None:
        found = getattr(step, "rhythm", None)
        if isinstance(found, Rhythm):
            return found
        step = step.parent
    return Rhythm(place=places[0])


def newest_plans(places: Iterable[Place], mondays: Iterable[date]) -> dict[date, Plan]:
    """The newest finished plan of each week, of the communities themselves or of what stands above them."""
    above = {unit for place in places for unit in (place.pk, place.parent_id, place.parent.parent_id if place.parent else None) if unit}
    rows = Plan.objects.ready().select_related("place").filter(place_id__in=above, week__in=list(mondays)).order_by("finished_at")
    return {plan.week: plan for plan in rows}


def _until(rhythm: Rhythm, monday: date, phase: str) -> datetime | None:
    moments = {"collect": rhythm.cutoff, "plan": rhythm.plan_at, "serve": rhythm.close_at}
    return moments[phase](monday) if phase in moments else None


def weeks(places: list[Place], rows: list[Standing], plans: dict[date, Plan], now: datetime) -> list[Week]:
    """This week and the next."""
    rhythm, first = rhythm_of(places), this_monday(now)
    mondays = (first, first + timedelta(days=7))
    closed = weeks_in_figures(places, mondays)
    return [_week(monday, rhythm, [row for row in rows if row.week == monday], closed, plans.get(monday), now) for monday in mondays]


def _week(
    monday: date, rhythm: Rhythm, rows: list[Standing], figures: dict[tuple[date, str], int], plan: Plan | None, now: datetime
) -> Week:
    phase = rhythm.phase(monday, now)
    sums = {"promised": 0, "waiting": 0, "unsent": 0, "missing": 0}
    for row in rows:
        sums[_stage(row)] += 1
    done = figures.get((monday, SlotState.DONE), 0)
    given_up = figures.get((monday, SlotState.UNMET), 0) if monday <= this_monday(now) else 0
    asked = len(rows) + done + figures.get((monday, SlotState.HELD), 0) + given_up
    return Week(monday=monday, phase=phase, until=_until(rhythm, monday, phase), asked=asked, done=done, plan=plan, **sums)


def _stage(row: Standing) -> str:
    """How far an occasion is, by the seat that is furthest behind."""
    if row.missing:
        return "missing"
    if row.in_state(OfferState.PROPOSED, OfferState.HELD):
        return "unsent"
    return "waiting" if row.in_state(OfferState.SENT) else "promised"


def coming_days(rows: list[Standing], now: datetime, planned: set[date]) -> list[Day]:
    """Seven days from today; what the plan has not touched yet is in none of them."""
    first = timezone.localdate(now)
    days = {first + timedelta(days=n): [0, 0, 0] for n in range(7)}
    column = {"promised": 0, "waiting": 1, "unsent": 1, "missing": 2}
    for row in rows:
        on = timezone.localdate(row.start) if row.start else None
        if on in days and (row.week in planned or row.in_state(*HOLDING)):
            days[on][column[_stage(row)]] += 1
    return [Day(on, *counts) for on, counts in days.items()]


def led_by(person: Person, now: datetime) -> Led:
    """Whom this social worker leads, who came lately, and who is free and was not asked for four weeks."""
    asked = Offer.objects.filter(person=OuterRef("person"), sent_at__gte=now - IDLE)
    free = Availability.objects.filter(person=OuterRef("person"))
    served = Q(person__offers__state=OfferState.SERVED, person__offers__start__gte=now - RECENT)
    rows = Membership.objects.on(timezone.localdate(now)).helping().filter(led_by=person).order_by("person__name")
    told = rows.annotate(came=Max("person__offers__start", filter=served), asked=Exists(asked), free=Exists(free))
    found = {
        row[0]: row for row in told.values_list("person_id", "person__name", "came", "asked", "free", "person__volunteer__offers_welcome")
    }
    idle = [(pk, name) for pk, name, _came, was_asked, is_free, welcome in found.values() if welcome and is_free and not was_asked]
    return Led(registered=len(found), active=sum(row[2] is not None for row in found.values()), idle=idle)
