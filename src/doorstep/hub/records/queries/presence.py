"""Who is expected where, who came, and whose hours wait for somebody's word."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from doorstep.hub.people.models import Place
from doorstep.hub.scheduling.models import Offer, OfferState, Slot

from .. import book
from ..being import Stand, closes, opens, presence_of, stand_of
from ..models import Attendance, How, Presence

#: States of somebody who promised to come.
EXPECTED = (OfferState.ACCEPTED, OfferState.SERVED, OfferState.MISSED)
#: So far back a word is waited for, and a line of a sheet is found by its code.
LOOKS_BACK = timedelta(days=31)
LOOKS_AHEAD = timedelta(days=8)


@dataclass(frozen=True)
class Line:
    """One expected person as a page or a sheet shows it."""

    offer: Offer
    stand: Stand
    now: datetime

    @property
    def presence(self) -> Presence | None:
        return presence_of(self.offer)

    @property
    def key(self) -> str:
        return self.offer.pk.hex

    @property
    def code(self) -> str:
        return book.line_code(self.offer.pk)

    @property
    def begun(self) -> bool:
        return self.now >= self.offer.start

    @property
    def may_call(self) -> bool:
        """Whether the roll can be called now."""
        return self.offer.state == OfferState.ACCEPTED and opens(self.offer) <= self.now <= closes(self.offer)

    @property
    def asks_when(self) -> bool:
        """Whether somebody has to say when the person left."""
        found = self.presence
        return found is not None and found.left_at is None and self.stand in (Stand.FORGOT, Stand.AFTER)


@dataclass(frozen=True)
class Occasion:
    """One slot of a day with everybody who is expected on it."""

    slot: Slot
    start: datetime
    lines: list[Line]

    @property
    def here(self) -> int:
        return sum(line.stand in (Stand.ASKS, Stand.HERE, Stand.WAITS, Stand.SERVED, Stand.FORGOT) for line in self.lines)


def _whole(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    read_with = ("slot__place", "slot__lead", "person", "presence__came_by", "presence__left_by", "attendance")
    return offers.select_related(*read_with).order_by("start", "slot__title", "person__name", "pk")


def line_of(offer: Offer, now: datetime) -> Line:
    return Line(offer, stand_of(offer, now), now)


def _day(day: date) -> tuple[datetime, datetime]:
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    return midnight, midnight + timedelta(days=1)


def occasions_on(place: Place, day: date, now: datetime) -> list[Occasion]:
    """A community's day by the clock; one query."""
    first, after = _day(day)
    found = _whole(Offer.objects.filter(slot__place=place, start__gte=first, start__lt=after, state__in=EXPECTED))
    slots: dict[tuple[UUID, datetime], list[Line]] = defaultdict(list)
    for offer in found:
        slots[offer.slot_id, offer.start].append(line_of(offer, now))
    return [Occasion(lines[0].offer.slot, start, lines) for (_slot, start), lines in slots.items()]


def roll_of(slot: Slot, now: datetime) -> list[Line]:
    """Everybody who is expected on a slot; one query."""
    return [line_of(offer, now) for offer in _whole(Offer.objects.filter(slot=slot, state__in=EXPECTED))]


def _waiting(places: Iterable[Place | UUID], now: datetime) -> QuerySet[Offer]:
    """Who came and whose hours want a word: has left, or has not checked out and the day is over, or asks
    to be confirmed; and who was written down as missing before a phone sent the coming."""
    midnight = _day(timezone.localdate(now))[0]
    waits = Q(presence__left_at__isnull=False) | Q(start__lt=midnight) | Q(presence__came_how=How.UNPROVED)
    after = Q(state=OfferState.MISSED, attendance__outcome=Attendance.Outcome.NO_SHOW, presence__came_sent_at__gt=F("attendance__at"))
    waits = after | (waits & Q(state=OfferState.ACCEPTED))
    return Offer.objects.filter(waits, slot__place__in=list(places), presence__came_at__isnull=False, start__gte=now - LOOKS_BACK)


def words_waited_for(places: Iterable[Place | UUID], now: datetime) -> int:
    return _waiting(places, now).count()


def waiting_lines(place: Place, now: datetime) -> list[Line]:
    """The longest waiting first; one query."""
    return [line_of(offer, now) for offer in _whole(_waiting([place], now))]


def line_called(places: Iterable[UUID], code: str, now: datetime) -> Line | None:
    """The line of a sheet by its six letters, among the last month and the coming week of one's own communities."""
    wanted = "".join(code.split()).upper()
    span = (now - LOOKS_BACK, now + LOOKS_AHEAD)
    near = Offer.objects.filter(slot__place__in=list(places), start__range=span, state__in=EXPECTED)
    found = next((pk for pk in near.values_list("pk", flat=True) if book.line_code(pk) == wanted), None)
    return line_of(_whole(Offer.objects.filter(pk=found)).get(), now) if found else None
