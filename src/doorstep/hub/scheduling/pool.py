"""Everybody whom a plan may send or must know of, as the planner's rows: a dozen queries, never one a person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import cos, radians
from uuid import UUID

from django.utils import timezone

from doorstep.hub.people.models import Clearance, Credential, Membership, Person, Place, Role, SpokenLanguage, VolunteerProfile
from doorstep.hub.people.models.person import HELPING

from .models import Exclusion, Offer, OfferState
from .queries import Stretches, free_time, places_below, planned_place
from .travel import DETOUR

Row = dict[str, object]
WEEK_MINUTES = 10_080
METRES_A_DEGREE = 111_200
#: Who has several roles goes to a door in the first of these.
ORDER = [Role.SOCIAL_WORKER, Role.SPECIALIST, Role.PROPERTY, Role.VOLUNTEER]
#: How somebody without a volunteer's profile, a caretaker or a social worker, gets about.
USUAL_KMH = 12.0


def week_start(monday: date) -> datetime:
    return timezone.make_aware(datetime.combine(monday, time.min))


def minute_of(moment: datetime, monday: date) -> int:
    return int((moment - week_start(monday)).total_seconds() // 60)


@dataclass(frozen=True)
class Promises:
    """What stands already: offers on slots of the problem that it has to keep, and all others, which only take time."""

    kept: dict[UUID, list[Offer]] = field(default_factory=lambda: defaultdict(list))
    published: dict[UUID, list[Offer]] = field(default_factory=lambda: defaultdict(list))
    booked: dict[UUID, list[Offer]] = field(default_factory=lambda: defaultdict(list))

    @property
    def named(self) -> set[UUID]:
        """Who stands in the problem by name and therefore has to be in its list of people."""
        return {person for shelf in (self.kept, self.published) for person in shelf}


@dataclass(frozen=True)
class Box:
    """The part of the map in which the week's homes lie."""

    south: float
    north: float
    west: float
    east: float

    def metres_to(self, lat: float, lon: float) -> float:
        """Never more than the true way to the nearest home: nobody who could come is left out."""
        up = max(self.south - lat, 0.0, lat - self.north) * METRES_A_DEGREE
        across = (
            max(self.west - lon, 0.0, lon - self.east) * METRES_A_DEGREE * cos(radians(max(abs(lat), abs(self.south), abs(self.north))))
        )
        return max(up, across) * DETOUR * 0.99


def box_around(points: Iterable[tuple[float, float]]) -> Box | None:
    found = list(points)
    if not found:
        return None
    lats, lons = [lat for lat, _lon in found], [lon for _lat, lon in found]
    return Box(min(lats), max(lats), min(lons), max(lons))


def volunteers(*, place: Place, monday: date, day: date, promises: Promises, box: Box | None) -> list[Row]:
    """Who may be sent: everybody of the district within reach of the week's homes, with what each has promised already."""
    facts, named = _Facts(planned_place(place), monday, day), promises.named
    profiles = VolunteerProfile.objects.select_related("person").prefetch_related("categories")
    rows: dict[UUID, Row] = {}
    for profile in profiles.filter(person_id__in=[*facts.roles, *named]):
        near = box is not None and box.metres_to(profile.lat, profile.lon) <= profile.reach_m
        row = _row(profile, facts, monday, promises, near)
        if row["free"] or profile.person_id in named:
            rows[profile.person_id] = row
    for person in Person.objects.filter(pk__in=named - set(rows)):
        rows[person.pk] = _row_without_profile(person, facts, monday, promises)
    return list(rows.values())


class _Facts:
    """What stands in other tables about everybody at once."""

    def __init__(self, district: Place, monday: date, day: date) -> None:
        last_day = monday + timedelta(days=6)
        # Until the end of the week: a role or a proof that ends on Wednesday opens no door on Thursday.
        held = Membership.objects.on(day).on(last_day).filter(role__in=HELPING, place__in=places_below(district))
        self.roles: dict[UUID, str] = {}
        for person, role in held.values_list("person_id", "role"):
            if person not in self.roles or ORDER.index(Role(role)) < ORDER.index(Role(self.roles[person])):
                self.roles[person] = role
        self.skills: dict[UUID, dict[str, int]] = defaultdict(dict)
        proofs = Credential.objects.in_force(last_day).filter(verified_on__lte=day)
        for person, skill, level in proofs.values_list("person_id", "skill__code", "level"):
            self.skills[person][skill] = level
        self.cleared = set(Clearance.objects.in_force(last_day).filter(checked_on__lte=day).values_list("person_id", flat=True))
        self.languages: dict[UUID, list[str]] = defaultdict(list)
        for person, code in SpokenLanguage.objects.values_list("person_id", "code"):
            self.languages[person].append(code)
        self.avoid: dict[UUID, list[str]] = defaultdict(list)
        for person, household in Exclusion.objects.values_list("person_id", "household_id"):
            self.avoid[person].append(str(household))
        self.free = free_time(monday)
        self.load: dict[UUID, int] = defaultdict(int)
        recent = (week_start(monday - timedelta(days=28)), week_start(monday))
        for person in Offer.objects.filter(state=OfferState.SERVED, start__range=recent).values_list("person_id", flat=True):
            self.load[person] += 1

    def about(self, person: Person) -> Row:
        return {
            "skills": self.skills.get(person.pk, {}), "vetted": person.pk in self.cleared, "gender": person.gender or None,
            "languages": sorted(self.languages.get(person.pk, [])), "avoid": self.avoid.get(person.pk, []),
            "load_28d": self.load.get(person.pk, 0),
        }  # fmt: skip


def _row(profile: VolunteerProfile, facts: _Facts, monday: date, promises: Promises, near: bool) -> Row:
    person: Person = profile.person
    # A person under 18 is asked by people who know the task and the guardian's words, never by the machine.
    grown_up = (person.age_on(monday) or 18) >= 18
    welcome = near and grown_up and profile.offers_welcome and person.pk in facts.roles
    free: Stretches = facts.free.get(person.pk, []) if welcome else []
    visits, minutes = _promised(person.pk, promises)
    return {
        "id": str(person.pk), "role": str(facts.roles.get(person.pk, Role.VOLUNTEER)), "lat": profile.lat, "lon": profile.lon,
        "kmh": profile.kmh, "reach_m": profile.reach_m, "free": [list(stretch) for stretch in free],
        # What people promised beyond a cap is theirs to promise; the plan adds nothing to it.
        "max_minutes": max(profile.max_minutes, minutes), "max_visits": max(profile.max_visits, visits),
        "prefers": sorted(category.code for category in profile.categories.all()),
        "booked": _booked(promises.booked.get(person.pk, []), monday), **facts.about(person),
    }  # fmt: skip


def _row_without_profile(person: Person, facts: _Facts, monday: date, promises: Promises) -> Row:
    """A social worker or a caretaker whom somebody put on a seat by hand: known to the plan, sent nowhere else by it."""
    visits, minutes = _promised(person.pk, promises)
    at = [*promises.kept.get(person.pk, []), *promises.published.get(person.pk, [])][0].slot
    return {
        "id": str(person.pk), "role": str(facts.roles.get(person.pk, Role.VOLUNTEER)), "lat": at.lat, "lon": at.lon,
        "kmh": USUAL_KMH, "reach_m": 0, "free": [], "max_minutes": minutes, "max_visits": visits, "prefers": [],
        "booked": _booked(promises.booked.get(person.pk, []), monday), **facts.about(person),
    }  # fmt: skip


def _promised(person_id: UUID, promises: Promises) -> tuple[int, int]:
    offers = [*promises.kept.get(person_id, []), *promises.booked.get(person_id, [])]
    return len(offers), sum(offer.slot.minutes for offer in offers)


def _booked(offers: Iterable[Offer], monday: date) -> list[Row]:
    rows: list[Row] = [
        {"start": min(max(0, minute_of(o.start, monday)), WEEK_MINUTES), "minutes": o.slot.minutes, "lat": o.slot.lat, "lon": o.slot.lon}
        for o in offers
    ]
    return sorted(rows, key=lambda row: float(str(row["start"])))
