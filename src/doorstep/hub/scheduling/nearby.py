"""Where somebody is still wanted near a volunteer, and when that person could go; information, never an assignment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import cos, radians
from typing import TypedDict
from uuid import UUID

from django.utils import timezone

from doorstep.hub.people.models import GuardianConsent, Person, VolunteerProfile

from .access import guardian_allows, open_seats_for
from .models import Offer, OfferState
from .naming import nameless, names_at, split_names
from .queries import Stretches, free_time, wished_slots, without
from .travel import DETOUR, metres_between, minutes_between

METRES_A_DEGREE = 111_200
STEP = 15
#: Nobody is told of something that starts sooner: asking takes a while.
SOONEST = timedelta(hours=3)
SHOWN, ALMOST_SHOWN = 4, 2
#: When somebody could be at a door at all, had they painted every cell.
WAKING: Stretches = [(day * 1440 + 8 * 60, day * 1440 + 21 * 60) for day in range(7)]


class Row(TypedDict):
    """An open seat's slot and one of its windows."""

    slot_id: UUID
    slot__title: str
    slot__minutes: int
    slot__lat: float
    slot__lon: float
    slot__category_id: int
    slot__bodily_risk: bool
    slot__contact__name: str
    slot__contact__calling_name: str
    home_names: str
    slot__windows__earliest: datetime
    slot__windows__latest: datetime


@dataclass(frozen=True)
class Nearby:
    """One matter that still wants somebody; `almost` if only the painted free time stands in the way."""

    slot_id: UUID
    monday: date
    title: str
    start: datetime
    minutes: int
    metres: float
    lat: float
    lon: float
    wished: bool
    almost: bool


def nearby(
    person: Person,
    profile: VolunteerProfile,
    mondays: Sequence[date],
    booked: Sequence[Offer],
    consent: GuardianConsent | None,
    now: datetime,
) -> list[Nearby]:
    """From the first week in which somebody is wanted: what fits, the nearest first, then what would fit if the person were free."""
    for monday in mondays:
        rows = list(_rows(person, profile, monday, now))
        if rows:
            in_week = [offer for offer in booked if offer.slot.week == monday]
            return _sifted(person, profile, monday, rows, in_week, consent, now)
    return []


def _sifted(
    person: Person,
    profile: VolunteerProfile,
    monday: date,
    rows: list[Row],
    booked: Sequence[Offer],
    consent: GuardianConsent | None,
    now: datetime,
) -> list[Nearby]:
    free = free_time(monday, [person.pk]).get(person.pk, [])
    found: dict[UUID, Nearby] = {}
    for row in rows:
        metres = metres_between(profile.lat, profile.lon, row["slot__lat"], row["slot__lon"])
        if metres > profile.reach_m or row["slot_id"] in found or not _under_caps(profile, booked, row["slot__minutes"]):
            continue
        for almost, stretches in ((False, free), (True, WAKING)):
            start = _first_start(row, _without_visits(stretches, booked, row, profile, monday), monday, now)
            if start and _guardian_allows(consent, person, start, row, booked):
                found[row["slot_id"]] = _found(row, monday, start, metres, almost)
                break
    fitting = sorted((near for near in found.values() if not near.almost), key=lambda near: near.metres)[:SHOWN]
    short = sorted((near for near in found.values() if near.almost), key=lambda near: near.metres)[:ALMOST_SHOWN]
    return _with_wishes(person, [*fitting, *short])


def _found(row: Row, monday: date, start: datetime, metres: float, almost: bool) -> Nearby:
    return Nearby(
        slot_id=row["slot_id"], monday=monday, title=_title(row), start=start, minutes=row["slot__minutes"], metres=metres,
        lat=row["slot__lat"], lon=row["slot__lon"], wished=False, almost=almost,
    )  # fmt: skip


def _title(row: Row) -> str:
    """The title without the names of whoever lives there."""
    contact = (row["slot__contact__name"] or "", row["slot__contact__calling_name"] or "")
    return nameless(row["slot__title"], [contact, *split_names(row["home_names"])])


def _guardian_allows(consent: GuardianConsent | None, person: Person, start: datetime, row: Row, booked: Sequence[Offer]) -> bool:
    return guardian_allows(consent, person, start, row["slot__minutes"], row["slot__category_id"], row["slot__bodily_risk"], booked)


def _rows(person: Person, profile: VolunteerProfile, monday: date, now: datetime) -> Iterable[Row]:
    """Open seats in a square around the home, one row a window: a circle is drawn afterwards."""
    north = profile.reach_m / DETOUR / METRES_A_DEGREE
    east = north / max(0.1, cos(radians(profile.lat)))
    return (
        open_seats_for(person, monday)
        .filter(
            slot__lat__range=(profile.lat - north, profile.lat + north),
            slot__lon__range=(profile.lon - east, profile.lon + east),
            slot__windows__latest__gte=now + SOONEST,
        )
        .annotate(home_names=names_at("slot__household"))
        .order_by("slot__windows__earliest")
        .values(
            "slot_id", "slot__title", "slot__minutes", "slot__lat", "slot__lon", "slot__category_id", "slot__bodily_risk",
            "slot__contact__name", "slot__contact__calling_name", "home_names",
            "slot__windows__earliest", "slot__windows__latest",
        )[:500]
    )  # fmt: skip


def _under_caps(profile: VolunteerProfile, booked: Sequence[Offer], minutes: int) -> bool:
    """An offer that waits for an answer takes nobody's time yet."""
    promised = [offer.slot.minutes for offer in booked if offer.state == OfferState.ACCEPTED]
    return len(promised) < profile.max_visits and sum(promised) + minutes <= profile.max_minutes


def _minute(moment: datetime, monday: date) -> int:
    return int((moment - timezone.make_aware(datetime.combine(monday, time.min))).total_seconds() // 60)


def _without_visits(free: Stretches, booked: Sequence[Offer], row: Row, profile: VolunteerProfile, monday: date) -> Stretches:
    """Free time less the visits of the week and the way between there and here."""
    for offer in booked:
        way = minutes_between(metres_between(offer.slot.lat, offer.slot.lon, row["slot__lat"], row["slot__lon"]), profile.kmh)
        free = without(free, _minute(offer.start, monday) - way, _minute(offer.end, monday) + way)
    return free


def _first_start(row: Row, free: Stretches, monday: date, now: datetime) -> datetime | None:
    """The first quarter of an hour in the window at which the whole visit lies in one stretch of free time."""
    lowest = max(_minute(row["slot__windows__earliest"], monday), _minute(now + SOONEST, monday))
    highest = _minute(row["slot__windows__latest"], monday)
    for begin, end in free:
        start = -(-max(lowest, begin) // STEP) * STEP
        if start <= min(highest, end - row["slot__minutes"]):
            return timezone.make_aware(datetime.combine(monday, time.min)) + timedelta(minutes=start)
    return None


def _with_wishes(person: Person, found: list[Nearby]) -> list[Nearby]:
    wished = wished_slots(person, [near.slot_id for near in found]) if found else set()
    return [Nearby(**{**near.__dict__, "wished": near.slot_id in wished}) for near in found]
