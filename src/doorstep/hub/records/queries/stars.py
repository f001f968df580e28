"""Who has reached which star, asked of everybody at once; what is announced where; and what was granted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from doorstep.hub.people.models import Consent, ConsentText, Membership, Person, Place, VolunteerProfile
from doorstep.hub.people.queries import today

from .. import book
from ..models import Evaluation, Hours, StarAward, StarObjection, Transfer
from ..star_access import objections_to_decide


@dataclass(frozen=True)
class Reached:
    """A person's standing: where it is announced, by which scheme, how much counts."""

    person_id: UUID
    unit: Place
    scheme: book.Scheme
    star: int
    tenths: int


def reached(day: date, people: Iterable[UUID] | None = None) -> list[Reached]:
    """Everybody who has a star's worth of hours and quality, or only these people; a handful of questions, however many they are."""
    own = book.adopted_stars()
    least = 10 * min(level.hours for scheme in [*own, book.stars_on(day, "", [])] for level in scheme.levels[:1])
    tenths = _tenths(None if people is None else list(people), least)
    homes = _homes(day, tenths)
    ratings: dict[UUID, list[int]] = defaultdict(list)
    for person_id, rating in Evaluation.objects.filter(person__in=list(tenths), struck=False).values_list("person_id", "rating"):
        if person_id is not None:
            ratings[person_id].append(rating)
    found = []
    for person_id, grades in tenths.items():
        if person_id in homes:
            scheme = book.stars_on(day, district_above(homes[person_id]), own)
            standing = book.star_of(scheme, grades, ratings[person_id])
            if standing.star:
                found.append(Reached(person_id, homes[person_id], scheme, standing.star, standing.tenths))
    return found


def _tenths(people: Sequence[UUID] | None, least: int) -> dict[UUID, dict[str, int]]:
    """Tenths of service by grade, of those who have enough altogether."""
    told = {} if people is None else {"person__in": people}
    found: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    hours = Hours.objects.standing().filter(block="service", **told).exclude(person=None).exclude(grade="").order_by()
    for person_id, grade, tenths in hours.values_list("person_id", "grade").annotate(sum=Sum("tenths")):
        found[person_id][grade] += tenths
    moved = Transfer.objects.filter(state=Transfer.State.TAKEN, **told).exclude(person=None).order_by()
    for person_id, tenths in moved.values_list("person_id").annotate(sum=Sum("tenths")):
        found[person_id]["transferred"] += tenths
    return {person_id: dict(grades) for person_id, grades in found.items() if sum(grades.values()) >= least}


def _homes(day: date, people: Iterable[UUID]) -> dict[UUID, Place]:
    """The first community in which each helps."""
    held = (
        Membership.objects.on(day).helping().filter(person__in=list(people)).select_related("place__parent__parent").order_by("since", "pk")
    )
    found: dict[UUID, Place] = {}
    for one in held:
        found.setdefault(one.person_id, one.place)
    return found


def district_above(home: Place) -> str:
    """The code of the district above a place whose parents were read with it."""
    place: Place | None = home
    while place is not None and place.kind != Place.Kind.DISTRICT:
        place = place.parent
    return place.code if place else ""


@dataclass(frozen=True)
class Held:
    """A person's stars: the highest that was granted with its day, and the one that is announced now."""

    granted: StarAward | None = None
    notice: StarAward | None = None


def stars_of(person: Person) -> Held:
    rows = list(StarAward.objects.filter(person=person, state__in=(StarAward.State.GRANTED, StarAward.State.NOTICE)).order_by("-star"))
    granted = next((row for row in rows if row.state == StarAward.State.GRANTED), None)
    return Held(granted, next((row for row in rows if row.state == StarAward.State.NOTICE), None))


@dataclass(frozen=True)
class Announced:
    """One line of the notice, with the name as this reader may see it."""

    row: StarAward
    name: str
    number: str
    open: int


def announced(rows: QuerySet[StarAward], reader: Person, whole: bool) -> list[Announced]:
    """Names are whole for who keeps the record, for oneself, and where somebody agreed to be named; else the family name and the number."""
    found = list(rows.select_related("person", "unit").prefetch_related("objections"))
    people = [row.person_id for row in found]
    public = Consent.objects.standing().filter(text__purpose=ConsentText.Purpose.PUBLICATION, person__in=people)
    agreed = set(public.values_list("person_id", flat=True))
    numbers: Mapping[UUID, str] = dict(VolunteerProfile.objects.filter(person__in=people).values_list("person_id", "number"))
    lines = []
    for row in found:
        if row.person is not None:
            shown = whole or row.person_id == reader.pk or row.person_id in agreed
            name = row.person.name if shown else f"{row.person.name[:1]}**"
            waits = sum(one.state == StarObjection.State.OPEN for one in row.objections.all())
            lines.append(Announced(row, name, numbers.get(row.person_id, "") if row.person_id else "", waits))
    return lines


def on_notice(units: Iterable[UUID]) -> QuerySet[StarAward]:
    return StarAward.objects.filter(unit__in=list(units), state=StarAward.State.NOTICE).order_by("notice_until", "-star", "pk")


def granted_lately(units: Iterable[UUID]) -> QuerySet[StarAward]:
    return StarAward.objects.filter(unit__in=list(units), state=StarAward.State.GRANTED).order_by("-granted_on", "-star", "pk")


def last_day(row: StarAward) -> bool:
    return row.notice_until >= today()


def one_star(row: StarAward) -> QuerySet[StarAward]:
    return StarAward.objects.filter(pk=row.pk)


def waiting_for(officer: Person) -> int:
    """How many objections to stars wait for this officer's yes or no."""
    return objections_to_decide(officer).count()
