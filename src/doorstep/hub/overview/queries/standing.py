"""Where every open occasion of a community stands: whom it lacks, who has not answered, which home has not been asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, IntegerField, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Seat, Slot, Window
from doorstep.hub.scheduling.queries import WISH

#: Offers that hold a seat, and those that once did and gave it back.
HOLDING = (OfferState.PROPOSED, OfferState.HELD, OfferState.SENT, OfferState.ACCEPTED, OfferState.SERVED)
GIVEN_BACK = (OfferState.CANNOT_COME, OfferState.UNABLE, OfferState.DECLINED, OfferState.LAPSED)
#: Somebody was expected and is not any more: that weighs more than a no or a silence.
LOST = (OfferState.CANNOT_COME, OfferState.UNABLE)


class Asked(NamedTuple):
    """One offer of the occasion."""

    state: str
    start: datetime
    reply_by: datetime | None
    closed_at: datetime | None
    name: str
    person_id: UUID


#: A wish is about this week or the next.
WISHES_BACK = timedelta(days=21)


@dataclass
class Standing:
    """One open occasion with its offers."""

    slot_id: UUID
    week: date
    minutes: int
    at_home: bool
    home_answer: str
    seats: int
    first: datetime | None
    asked: list[Asked] = field(default_factory=list)
    #: Who said of their own accord that they would go, and has not been asked.
    wishing: list[str] = field(default_factory=list)

    def in_state(self, *states: str) -> list[Asked]:
        return [offer for offer in self.asked if offer.state in states]

    @property
    def missing(self) -> int:
        return max(0, self.seats - len(self.in_state(*HOLDING)))

    @property
    def given_back(self) -> Asked | None:
        """The latest who gave the seat back, or lost it."""
        lost = self.in_state(*GIVEN_BACK)
        return max(lost, key=lambda offer: (offer.state in LOST, offer.closed_at or offer.start), default=None)

    @property
    def start(self) -> datetime | None:
        """When it begins: as promised, else as early as it may."""
        promised = self.in_state(OfferState.ACCEPTED, OfferState.SENT)
        return min((offer.start for offer in promised), default=self.first)

    def kind(self, now: datetime, planned: set[date]) -> str:
        """What this occasion asks of the social worker now; one thing at a time, the most urgent; empty if nothing."""
        yes = self.in_state(OfferState.ACCEPTED)
        if yes and all(offer.start + timedelta(minutes=self.minutes) < now for offer in yes):
            return "visit"
        if yes and self.home_answer == HomeAnswer.REFUSED:
            return "gap"
        # A home that wants somebody else, and a pair of which one is left, wait for no plan.
        if self.first and self.missing and (self.week in planned or self.given_back or yes or self.home_answer == HomeAnswer.REFUSED):
            return "gap"
        if any(offer.reply_by and offer.reply_by < now for offer in self.in_state(OfferState.SENT)):
            return "answer"
        # As on the week's page: a home is told once, when everybody has said yes.
        if len(yes) >= self.seats and self.at_home and self.home_answer == HomeAnswer.NOT_ASKED:
            return "home"
        return "wish" if self.wishing and self.first and self.missing else ""


def standings(places: Iterable[Place], now: datetime) -> list[Standing]:
    """All open occasions of the communities; two queries, whatever their number."""
    open_here = Slot.objects.open().homes().filter(place__in=list(places))
    found = {row.slot_id: row for row in (Standing(*values) for values in _slots(open_here, now))}
    offers = (
        Offer.objects.filter(slot__in=open_here, seat__trainee=False)
        .exclude(state__in=(OfferState.REPLACED, OfferState.WITHDRAWN))
        .order_by()
    )
    columns = ("slot_id", "state", "start", "reply_by", "closed_at", "person__name", "person_id")
    for slot_id, *facts in offers.values_list(*columns):
        if slot_id in found:
            found[slot_id].asked.append(Asked(*facts))
    return list(found.values())


def with_wishes(rows: list[Standing], places: Iterable[Place], now: datetime) -> None:
    """Writes beside each occasion who would like to go and was not asked yet; one query."""
    by_id = {str(row.slot_id): row for row in rows}
    said = Entry.objects.filter(verb=WISH, place_id__in=[place.pk for place in places], at__gte=now - WISHES_BACK)
    name = Subquery(Person.objects.filter(pk=OuterRef("actor_id")).values("name"))
    for slot_id, person_id, who in said.annotate(who=name).values_list("subject_id", "actor_id", "who"):
        row = by_id.get(slot_id)
        if row is not None and who and person_id not in {offer.person_id for offer in row.asked}:
            row.wishing.append(who)


def asks_of(person: Person) -> Coalesce:
    """How many offers wait for this person's own answer; rides along with another query."""
    waiting = Offer.objects.awaiting_answer().filter(person=person, start__gt=timezone.now())
    counted = waiting.order_by().values("person").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def _slots(open_here: QuerySet[Slot], now: datetime) -> Iterable[tuple[UUID, date, int, bool, str, int, datetime | None]]:
    seats = Seat.objects.filter(slot=OuterRef("pk"), trainee=False).order_by().values("slot").annotate(n=Count("pk")).values("n")
    first = Window.objects.filter(slot=OuterRef("pk"), latest__gte=now).order_by().values("slot").annotate(at=Min("earliest")).values("at")
    rows = open_here.annotate(wanted=Subquery(seats), first=Subquery(first))
    for slot_id, week, minutes, household, answer, wanted, at in rows.values_list(
        "pk", "week", "minutes", "household_id", "home_answer", "wanted", "first"
    ):
        yield slot_id, week, minutes, household is not None, answer, wanted or 0, at


def named_slots(slot_ids: Iterable[UUID]) -> dict[UUID, Slot]:
    """What a row says of its occasion: the title, where, for whom, and the skill that it asks for."""
    skilled = Seat.objects.filter(slot=OuterRef("pk"), skill__isnull=False).order_by("-skill__professional", "number")
    rows = Slot.objects.filter(pk__in=list(slot_ids)).select_related("contact")
    rows = rows.annotate(skill_zh=Subquery(skilled.values("skill__name")[:1]), skill_en=Subquery(skilled.values("skill__name_en")[:1]))
    return {slot.pk: slot for slot in rows}


def weeks_in_figures(places: Iterable[Place], mondays: Iterable[date]) -> dict[tuple[date, str], int]:
    """How many occasions of those weeks are in which state."""
    rows = Slot.objects.filter(place__in=list(places), week__in=list(mondays)).values("week", "state").annotate(n=Count("pk"))
    return {(week, state): n for week, state, n in rows.order_by().values_list("week", "state", "n")}
