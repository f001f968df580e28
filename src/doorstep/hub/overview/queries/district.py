"""The district's picture in counts: what was met and what was not, the coming week, month by month from hands to skill."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, Exists, IntegerField, OuterRef, Q, When
from django.utils import timezone

from doorstep.hub.needs.models import Need
from doorstep.hub.people.models import Place, Skill
from doorstep.hub.people.queries import this_monday
from doorstep.hub.scheduling.models import Offer, Plan, Seat, Slot, SlotState

#: What was not met is looked at over so many finished weeks.
WEEKS_BACK = 4
MONTHS_BACK = 12
STILL_WANTED = (SlotState.OPEN, SlotState.HELD, SlotState.DONE)
WEEK = timedelta(days=7)
TEN_MINUTES, AN_HOUR = 600, 3600

T = TypeVar("T")


@dataclass(frozen=True)
class Month:
    """How many needs were asked in a month, and how many of them ask for a skill."""

    first: date
    asked: int
    skilled: int

    @property
    def share(self) -> int:
        return round(100 * self.skilled / self.asked) if self.asked else 0


@dataclass
class Tally:
    """One community: what was met and not in the weeks looked at, and its seats of the coming week."""

    place: Place
    met: int = 0
    unmet: int = 0
    seats: int = 0
    held: int = 0

    @property
    def missing(self) -> int:
        return max(0, self.seats - self.held)


@dataclass
class Picture:
    """Everything that the sentences of the page are made of."""

    monday: date
    last_met: int = 0
    last_unmet: int = 0
    coming: int = 0
    #: Occasions of the coming week that lack somebody now, counted as on a social worker's own page.
    lacking: int = 0
    tallies: list[Tally] = field(default_factory=list)
    #: Community and skill to occasions of the weeks looked at; who asks for hands only stands under None.
    met: dict[tuple[UUID, int | None], int] = field(default_factory=dict)
    unmet: dict[tuple[UUID, int | None], int] = field(default_factory=dict)
    #: Seats of the coming week that nobody holds, as above.
    gaps: dict[tuple[UUID, int | None], int] = field(default_factory=dict)

    @property
    def filled(self) -> int:
        return self.coming - self.lacking

    @property
    def last_monday(self) -> date:
        return self.monday - 2 * WEEK

    @property
    def last_sunday(self) -> date:
        return self.monday - timedelta(days=8)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def missing(self) -> int:
        return sum(tally.missing for tally in self.tallies)

    @property
    def seats(self) -> int:
        return sum(tally.seats for tally in self.tallies)

    @property
    def held(self) -> int:
        return self.seats - self.missing


def finished_weeks(now: datetime) -> list[date]:
    """The Mondays of the weeks looked at, newest first."""
    return [this_monday(now) - (n + 1) * WEEK for n in range(WEEKS_BACK)]


def picture(places: list[Place], now: datetime, *, with_met: bool = False) -> Picture:
    """Three queries: occasions by week, place and state; seats by skill; seats of the coming week that somebody holds.

    What was met is told by skill only if somebody wants to see it: it is ten times as much to count.
    """
    monday, back = this_monday(now) + WEEK, finished_weeks(now)
    found = Picture(monday=monday, tallies=[Tally(place) for place in places])
    by_place = {tally.place.pk: tally for tally in found.tallies}
    rows = Slot.objects.homes().filter(week__in=[*back, monday], place__in=places).annotate(lacks=_lacks(monday)).order_by()
    for week, place_id, state, lacks, n in rows.values_list("week", "place_id", "state", "lacks").annotate(n=Count("pk")):
        found.lacking += n if lacks else 0
        _count(found, by_place[place_id], week, state, n, back[0])
    _by_skill(found, by_place, back, with_met)
    held = Offer.objects.active().filter(slot__week=monday, slot__place__in=places, slot__state__in=STILL_WANTED)
    held = held.filter(seat__trainee=False).exclude(slot__household=None, slot__signup_at__isnull=False)
    for place_id, skill_id, n in held.order_by().values_list("slot__place_id", "seat__skill_id").annotate(n=Count("pk")):
        by_place[place_id].held += n
        found.gaps[place_id, skill_id] = max(0, found.gaps.get((place_id, skill_id), 0) - n)
    return found


def _lacks(monday: date) -> Case:
    """Whether an open occasion of the coming week has a seat that nobody holds; nobody asks that of the weeks behind us."""
    taken = Offer.objects.active().filter(seat=OuterRef("pk"))
    empty = Seat.objects.filter(~Exists(taken), trainee=False, slot=OuterRef("pk"))
    return Case(When(Exists(empty), week=monday, state=SlotState.OPEN, then=True), default=False, output_field=BooleanField())


def _by_skill(found: Picture, by_place: dict[UUID, Tally], back: list[date], with_met: bool) -> None:
    """Seats of the coming week by place, and what was met and not by place and skill."""
    ended = {SlotState.UNMET: found.unmet} | ({SlotState.DONE: found.met} if with_met else {})
    wanted = Q(slot__week=found.monday, slot__state__in=STILL_WANTED) | Q(slot__week__in=back, slot__state__in=list(ended))
    columns = ("slot__week", "slot__state", "slot__place_id", "skill_id")
    rows = Seat.objects.filter(wanted, trainee=False, slot__place__in=list(by_place), slot__week__in=[*back, found.monday]).order_by()
    rows = rows.exclude(slot__household=None, slot__signup_at__isnull=False)
    for week, state, place_id, skill_id, slots, seats in rows.values_list(*columns).annotate(
        slots=Count("slot_id", distinct=True), seats=Count("pk")
    ):
        if week == found.monday:
            by_place[place_id].seats += seats
            found.gaps[place_id, skill_id] = found.gaps.get((place_id, skill_id), 0) + seats
        else:
            counts = ended[SlotState(state)]
            counts[place_id, skill_id] = counts.get((place_id, skill_id), 0) + slots


def _count(found: Picture, tally: Tally, week: date, state: str, n: int, last: date) -> None:
    if week == found.monday:
        found.coming += n if state in STILL_WANTED else 0
        return
    if state == SlotState.DONE:
        tally.met += n
        found.last_met += n if week == last else 0
    elif state == SlotState.UNMET:
        tally.unmet += n
        found.last_unmet += n if week == last else 0


def skills() -> dict[int, Skill]:
    return {skill.pk: skill for skill in Skill.objects.all()}


def month_starts(now: datetime) -> list[date]:
    """The first days of the last twelve months, this one included, oldest first."""
    first, found = timezone.localdate(now).replace(day=1), []
    for _ in range(MONTHS_BACK):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def months(district: Place, places: list[Place], now: datetime) -> list[Month]:
    """From the first month in which anything was asked; counted at most an hour ago, in one query."""
    rows = kept(f"overview-months-{district.pk}", AN_HOUR, lambda: count_months(places, month_starts(now), now))
    begun = next((n for n, row in enumerate(rows) if row.asked), len(rows))
    return rows[begun:]


def kept(key: str, seconds: int, count: Callable[[], T]) -> T:
    """What was counted lately, or counted now: a figure of a whole district takes longer than anybody should wait for a page."""
    found: T | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, seconds)
    return found


def count_months(places: list[Place], starts: list[date], now: datetime) -> list[Month]:
    """One query. The months are told apart by plain comparisons: cutting a date would call Python for every row of SQLite."""
    edges = [timezone.make_aware(datetime.combine(first, time.min)) for first in starts]
    number = Case(*(When(asked_at__gte=edges[n], then=n) for n in reversed(range(len(starts)))), output_field=IntegerField())
    rows = Need.objects.filter(asked_at__gte=edges[0], asked_at__lte=now, community__in=places)
    found = {n: [0, 0] for n in range(len(starts))}
    for n, skilled, count in rows.order_by().values_list(number, "skilled").annotate(count=Count("pk")):
        found[n][0] += count
        found[n][1] += count if skilled else 0
    return [Month(first, *found[n]) for n, first in enumerate(starts)]


def plan_of(district: Place, monday: date) -> Plan | None:
    """The newest finished plan of the whole district, with what one more helper would gain in it."""
    return Plan.objects.ready().filter(place=district, week=monday).select_related("place", "advice").order_by("-finished_at").first()
