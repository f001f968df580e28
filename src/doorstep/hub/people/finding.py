"""Finding homes and volunteers the way a social worker asks for them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from .models import Clearance, Credential, Household, Membership, Person, Place, VolunteerProfile
from .queries import natural, plain, today

SOON = timedelta(days=60)
#: Fewer figures than these would find half the community.
PHONE_TAIL = 4
#: From this depth on the drawing does not indent any further.
DEEPEST = 3


def find_homes(homes: QuerySet[Household], words: str) -> QuerySet[Household]:
    """Every word must fit: a name, how neighbours call somebody, a building, a door, or the end of a phone number."""
    for word in plain(words).split()[:5]:
        members = Q(name__icontains=word) | Q(calling_name__icontains=word)
        if word.isdigit() and len(word) >= PHONE_TAIL:
            members |= Q(phone__endswith=word)
        inside = Person.objects.filter(members, household=OuterRef("pk"))
        homes = homes.filter(Q(building__name__icontains=word) | Q(door__icontains=word) | Exists(inside))
    return homes


def door_to_door(homes: QuerySet[Household]) -> list[UUID]:
    """The homes as one would walk to them: 2 幢 before 10 幢, 201 before 1101."""
    rows = homes.order_by().values_list("pk", "building__name", "door")
    return [pk for pk, building, door in sorted(rows, key=lambda row: (natural(row[1]), natural(row[2]), str(row[0])))]


def at_hand(homes: QuerySet[Household], wanted: Iterable[UUID]) -> list[Household]:
    """Those homes with what their rows tell, in that order."""
    found = homes.filter(pk__in=(turn := list(wanted))).select_related("building", "community").prefetch_related("members", "circumstances")
    return sorted(found, key=lambda home: turn.index(home.pk))


def helping_at(volunteers: QuerySet[VolunteerProfile], place: Place) -> QuerySet[VolunteerProfile]:
    """Those who help in that community today."""
    here = Membership.objects.on(today()).helping().filter(place=place)
    return volunteers.filter(person__in=here.values("person_id"))


def find_volunteers(
    volunteers: QuerySet[VolunteerProfile], asked: dict[str, Any], led: set[UUID], me: Person
) -> QuerySet[VolunteerProfile]:
    """By name or number, kind, a skill in force, the state of the clearance, and who leads them."""
    day = today()
    for word in plain(asked.get("q") or "").split()[:5]:
        fits = Q(person__name__icontains=word) | Q(number__icontains=word)
        if word.isdigit() and len(word) >= PHONE_TAIL:
            fits |= Q(person__phone__endswith=word)
        volunteers = volunteers.filter(fits)
    if asked.get("kind"):
        volunteers = volunteers.filter(kind=asked["kind"])
    if asked.get("skill"):
        volunteers = volunteers.filter(Exists(Credential.objects.in_force(day).filter(person=OuterRef("person"), skill=asked["skill"])))
    if asked.get("clearance"):
        volunteers = _by_clearance(volunteers, asked["clearance"], day)
    if asked.get("mine"):
        led_here = Membership.objects.on(day).filter(person=OuterRef("person"), place_id__in=led, led_by=me)
        volunteers = volunteers.filter(Exists(led_here))
    return _with_rows(volunteers, led, day).order_by("person__name", "number")


def _by_clearance(volunteers: QuerySet[VolunteerProfile], state: str, day: date) -> QuerySet[VolunteerProfile]:
    in_force = Clearance.objects.in_force(day).filter(person=OuterRef("person"))
    lasting = in_force.filter(expires_on__gt=day + SOON)
    if state == "none":
        return volunteers.filter(~Exists(in_force))
    if state == "soon":
        return volunteers.filter(Exists(in_force), ~Exists(lasting))
    return volunteers.filter(Exists(in_force))


def _with_rows(volunteers: QuerySet[VolunteerProfile], led: set[UUID], day: date) -> QuerySet[VolunteerProfile]:
    """What a row of the list shows, in a fixed number of queries."""
    roles = Membership.objects.on(day).filter(place_id__in=led).select_related("led_by", "place").order_by("since")
    skills = Credential.objects.filter(revoked_on=None).select_related("skill").order_by("skill__code")
    return volunteers.select_related("person").prefetch_related(
        Prefetch("person__memberships", roles, to_attr="roles_here"),
        Prefetch("person__credentials", skills, to_attr="skills_said"),
        Prefetch("person__clearances", Clearance.objects.in_force(day).order_by("-expires_on"), to_attr="clearances_now"),
    )


def brought_in(person: Person, led: set[UUID]) -> list[tuple[int, Membership, bool]]:
    """Who was brought in by this person, and by those in turn: depth, role, whether the name may be shown; parents before children.

    Chains are followed inside the reader's own communities; whoever was brought in elsewhere stands there without a name.
    """
    rows = Membership.objects.filter(Q(place_id__in=led, brought_in_by__isnull=False) | Q(brought_in_by=person))
    children: dict[UUID, list[Membership]] = {}
    placed = {person.pk}
    for row in rows.select_related("person", "place").order_by("since", "pk"):
        if row.person_id not in placed and row.brought_in_by_id:
            children.setdefault(row.brought_in_by_id, []).append(row)
            placed.add(row.person_id)
    return list(_walk(person.pk, 0, children, led))


def _walk(root: UUID, depth: int, children: dict[UUID, list[Membership]], led: set[UUID]) -> list[tuple[int, Membership, bool]]:
    found: list[tuple[int, Membership, bool]] = []
    for row in children.get(root, []):
        found.append((min(depth, DEEPEST), row, row.place_id in led))
        found += _walk(row.person_id, depth + 1, children, led)
    return found
