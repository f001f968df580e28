"""The social worker's and the district's page of hours: what waits for a second person, what is disputed, what has to be recorded by when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.models import Offer, OfferState

from .. import book
from ..models import Correction, Hours, HoursState
from ..telling import refusal_sentences
from .amending import items_in_place
from .rules import district_code

#: So many rows of a heap stand on the page; the rest is one tap away.
SHOWN = 6
WAITING = (HoursState.WAITS_APPROVER, HoursState.WAITS_PARENT)
#: Further back nobody finds out any more who was there: it stays among the overdue ones until somebody says what came of it.
LOOKS_BACK = timedelta(days=120)


@dataclass(frozen=True)
class Clock:
    """How a record stands against its working days: the ledger's deadline on a day."""

    due: book.Deadline
    today: date
    left: int

    @property
    def last(self) -> date:
        return self.due.last

    @property
    def guessed(self) -> bool:
        """Whether the last day falls where the holidays are not announced: then it is never overdue."""
        return self.due.missing is not None

    @property
    def state(self) -> book.DueState:
        return self.due.state(self.today)

    @property
    def overdue(self) -> bool:
        return self.state is book.DueState.OVERDUE

    @property
    def warned(self) -> bool:
        """Also in a year that is not announced: by weekends the day of the warning has come."""
        return not self.overdue and self.today >= self.due.warn

    @property
    def mark(self) -> str:
        return "gap" if self.overdue else "wait"


@dataclass(frozen=True)
class Waiting:
    """Hours that are not settled, with their clock."""

    hours: Hours
    clock: Clock
    correction: Correction | None = None

    @property
    def why(self) -> list[str]:
        return refusal_sentences(self.hours.refusals)

    @property
    def version_key(self) -> str:
        return f"{self.hours.pk}:{self.hours.version}"


@dataclass(frozen=True)
class Unrecorded:
    """A promised visit that is over, of which nobody has said what came of it."""

    offer: Offer
    clock: Clock
    came: datetime | None
    left: datetime | None


@dataclass(frozen=True)
class Desk:
    """All that the page of hours shows."""

    overdue: Sequence[Waiting | Unrecorded]
    warned: Sequence[Waiting | Unrecorded]
    disputed: Sequence[Waiting]
    corrections: Sequence[Waiting]
    second: Sequence[Waiting]
    long_days: Sequence[Waiting]
    unrecorded: Sequence[Unrecorded]
    missing_year: int | None

    @property
    def pressing(self) -> int:
        return len(self.overdue) + len(self.warned) + len(self.disputed) + len(self.corrections)

    @property
    def all(self) -> int:
        return self.pressing + len(self.second) + len(self.long_days) + len(self.unrecorded)


def desk_of(units: Iterable[UUID], now: datetime) -> Desk:
    """What is to be done in these units; the deadlines by the calendar as it is known now."""
    today, known, places = timezone.localdate(now), book.calendar(), list(units)
    rows = [_row(hours, known, today) for hours in _open_hours(places)]
    visits = unrecorded(places, now, known)
    waits = [row for row in rows if row.hours.state in WAITING]
    both: list[Waiting | Unrecorded] = [*waits, *visits]
    late = sorted(both, key=lambda row: row.clock.last)
    overdue = [row for row in late if row.clock.overdue]
    warned = [row for row in late if row.clock.warned]
    pressing = {id(row) for row in (*overdue, *warned)}
    rest = [row for row in waits if id(row) not in pressing]
    return Desk(
        overdue=overdue, warned=warned,
        disputed=[row for row in rows if row.hours.state == HoursState.DISPUTED and not row.hours.answer and row.correction is None],
        corrections=[row for row in rows if row.correction is not None],
        second=[row for row in rest if row.hours.state == HoursState.WAITS_APPROVER],
        long_days=[row for row in rest if row.hours.state == HoursState.WAITS_PARENT],
        unrecorded=[row for row in visits if id(row) not in pressing],
        missing_year=next((row.clock.last.year for row in late if row.clock.guessed), None),
    )  # fmt: skip


def _open_hours(units: Sequence[UUID]) -> QuerySet[Hours]:
    open_ones = Q(state__in=WAITING) | Q(state=HoursState.DISPUTED) | Q(corrections__state=Correction.State.PROPOSED)
    found = Hours.objects.filter(open_ones, unit__in=units).distinct()
    return (
        found.select_related("person", "unit", "entered_by", "slot__lead", "training")
        .prefetch_related("corrections__proposed_by")
        .order_by("due_on", "came")
    )


def _row(hours: Hours, known: book.Calendar, today: date) -> Waiting:
    proposed = next((one for one in hours.corrections.all() if one.state == Correction.State.PROPOSED), None)
    left = book.days_left(known, today, hours.due_on)
    return Waiting(hours, Clock(due_of(hours), today, left), proposed)


def due_of(hours: Hours) -> book.Deadline:
    """The deadline as it is stored beside the hours."""
    return book.Deadline(hours.due_on, hours.warn_on, hours.due_on.year if hours.due_guessed else None)


def recorded_late(hours: Hours) -> bool:
    """Whether the record was made after its last day, as far as that is known."""
    if hours.recorded_at is None:
        return False
    day = timezone.localdate(hours.recorded_at)
    return due_of(hours).state(day, done=day) is book.DueState.DONE_LATE


def unrecorded(units: Sequence[UUID], now: datetime, known: book.Calendar | None = None) -> list[Unrecorded]:
    """Visits that were promised and are over, without a word of what came of them; the one due first comes first."""
    calendar, today = known or book.calendar(), timezone.localdate(now)
    over = Offer.objects.filter(
        slot__place__in=units, state=OfferState.ACCEPTED, start__lt=now, start__gte=now - LOOKS_BACK, attendance=None
    ).select_related("slot__lead", "slot__place", "person", "presence")  # fmt: skip
    codes: dict[UUID, str] = {}
    clocks: dict[tuple[date, str], Clock] = {}
    adopted, found = book.adopted(), []
    for offer in over:
        ended, place = timezone.localdate(offer.end), offer.slot.place
        if offer.end > now:
            continue
        if place.pk not in codes:
            # As long as no district has adopted rules of its own there is nothing to ask.
            codes[place.pk] = district_code(place) if adopted else ""
        key = (ended, codes[place.pk])
        if key not in clocks:
            due = book.deadline_of(book.rules_on(*key, adopted), ended, calendar)
            clocks[key] = Clock(due, today, book.days_left(calendar, today, due.last))
        presence = getattr(offer, "presence", None)
        found.append(Unrecorded(offer, clocks[key], presence.came_at if presence else None, presence.left_at if presence else None))
    return sorted(found, key=lambda row: (row.clock.last, row.offer.start))


@dataclass(frozen=True)
class UnitSum:
    """One community's open work on hours, for the district."""

    place: Place
    waiting: int
    long_days: int
    disputed: int
    overdue: int
    unrecorded: int


def units_summed(units: Iterable[Place], today: date) -> list[UnitSum]:
    """The district's communities that have something open, those with the most overdue first; two queries."""
    places = {place.pk: place for place in units}
    late = Q(state__in=WAITING, due_on__lt=today, due_guessed=False)
    rows = (
        Hours.objects.filter(unit__in=places, state__in=(*WAITING, HoursState.DISPUTED)).order_by().values("unit").annotate(
            waiting=Count("pk", filter=Q(state=HoursState.WAITS_APPROVER)), long_days=Count("pk", filter=Q(state=HoursState.WAITS_PARENT)),
            disputed=Count("pk", filter=Q(state=HoursState.DISPUTED, answer="")), overdue=Count("pk", filter=late),
        )
    )  # fmt: skip
    open_visits = Offer.objects.filter(slot__place__in=places, state=OfferState.ACCEPTED, start__lt=timezone.now() - timedelta(days=1))
    visits = dict(
        open_visits.filter(attendance=None).order_by().values(place=F("slot__place")).annotate(n=Count("pk")).values_list("place", "n")
    )
    sums = {row["unit"]: row for row in rows}
    found = []
    for pk in {*sums, *visits}:
        row = sums.get(pk, {"waiting": 0, "long_days": 0, "disputed": 0, "overdue": 0})
        found.append(UnitSum(places[pk], row["waiting"], row["long_days"], row["disputed"], row["overdue"], visits.get(pk, 0)))
    return sorted(found, key=lambda one: (-one.overdue, -one.disputed, -one.long_days, -one.waiting, one.place.code))


def volunteers_at(unit: Place, but: Person) -> QuerySet[Person]:
    """Who may be written down as having served or learned at that unit: those who help there today, never the writer."""
    held = unit.memberships.on(timezone.localdate()).helping().values("person_id")
    return Person.objects.filter(pk__in=held).exclude(pk=but.pk).order_by("name")


def hours_in_place(person: Person) -> CombinedExpression:
    """Beside each place: how many hours there wait for this person: disputed, to be approved, or with a correction to be decided."""
    disputed = Q(state=HoursState.DISPUTED, answer="")
    second = Q(state=HoursState.WAITS_APPROVER) & ~Q(entered_by=person) & ~(Q(parent=person) & Q(parent__isnull=False))
    proposed = Correction.objects.filter(hours=OuterRef("pk"), state=Correction.State.PROPOSED).exclude(
        Q(proposed_by=person) & Q(proposed_by__isnull=False)
    )
    decide = Q(Exists(proposed))
    found = Hours.objects.filter(disputed | second | decide, unit=OuterRef("pk")).exclude(Q(person=person) & Q(person__isnull=False))
    return Coalesce(Subquery(found.order_by().values("unit").annotate(n=Count("pk")).values("n")), 0) + items_in_place(person)
