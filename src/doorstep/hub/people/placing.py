"""Reading the place tree: what a list said, where a unit went, and what a hand-over would move."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from .models import Household, Membership, Person, Place, PlaceList, Role
from .queries import plain, today


class Street(NamedTuple):
    street: Place
    communities: list[Place]


class Preview(NamedTuple):
    """What a hand-over would move, and which roles began too late to move with it."""

    homes: int
    residents: int
    roles: int
    later: int
    stays: int


def lists() -> list[PlaceList]:
    return list(PlaceList.objects.order_by("year"))


def tree(places: QuerySet[Place]) -> list[Street]:
    """Streets in their order, each with its communities; the years that each was listed stand beside it."""
    rows = _with_years(places.order_by("code", "name"))
    streets = [row for row in rows if row.kind == Place.Kind.STREET]
    return [Street(street, [row for row in rows if row.parent_id == street.pk]) for street in streets]


def _with_years(places: QuerySet[Place]) -> list[Place]:
    rows = list(places.prefetch_related("listings__place_list", "successions__successor"))
    for row in rows:
        row.years = sorted(listing.place_list.year for listing in row.listings.all())  # type: ignore[attr-defined]
    return rows


def unknown(places: QuerySet[Place]) -> list[Place]:
    """Ended units of which nobody has said where they went."""
    return _with_years(places.filter(standing=Place.Standing.ENDED_UNKNOWN).order_by("code", "name"))


def search(places: QuerySet[Place], words: str) -> list[Place]:
    """By today's name, an earlier one, an alias or a code; those in use first."""
    name = plain(words)
    fits = Q(name__icontains=name) | Q(aliases__name__icontains=name) | Q(listings__name__icontains=name) | Q(code=name)
    return _with_years(places.filter(fits).distinct().order_by("standing", "code")[:50]) if name else []


def handed_over(place: Place, grids: Iterable[Place] | None) -> tuple[QuerySet[Place], QuerySet[Household]]:
    """The units below and the homes that go: all of them, or those of the named grids."""
    going = Place.objects.filter(parent=place)
    if grids is not None:
        going = going.filter(pk__in=[grid.pk for grid in grids])
    return going, Household.objects.filter(Q(building__in=going) | Q(building__parent__in=going), community=place)


def preview(place: Place, grids: Iterable[Place] | None, on: date) -> Preview:
    _going, moving = handed_over(place, grids)
    homes, total = moving.count(), Household.objects.filter(community=place).count()
    held = Membership.objects.filter(place=place).filter(Q(until=None) | Q(until__gte=on))
    if homes < total:
        held = held.filter(person__household__in=moving)
    residents = Person.objects.filter(household__in=moving).count()
    return Preview(homes, residents, held.filter(since__lt=on).count(), held.filter(since__gte=on, until=None).count(), total - homes)


def roles_at(place: Place) -> list[tuple[str, int]]:
    """How many people hold each role here today."""
    held = Membership.objects.on(today()).filter(place=place).values("role").annotate(n=Count("pk")).order_by("-n")
    return [(str(Role(row["role"]).label), row["n"]) for row in held]


def workers_at(place: Place) -> list[Person]:
    held = Membership.objects.on(today()).filter(place=place, role=Role.SOCIAL_WORKER)
    return list(Person.objects.filter(pk__in=held.values("person_id")).select_related("account").order_by("name"))


def others_in_use(unit: Place) -> QuerySet[Place]:
    """Units of the same kind in the same district that could take over from this one."""
    parent = unit.parent
    same = Place.objects.current().filter(kind=unit.kind).exclude(pk=unit.pk)
    if unit.kind == Place.Kind.COMMUNITY and parent is not None:
        return same.filter(parent__parent_id=parent.parent_id)
    return same.filter(parent_id=unit.parent_id)
