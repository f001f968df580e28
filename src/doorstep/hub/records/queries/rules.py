"""Whose rules hold where: a unit's district, and what that district has adopted."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from doorstep.hub.people.models import Person, Place, Role
from doorstep.hub.people.queries import today

from .. import book
from ..models import AnnouncedYear, RulePack, StarScheme


def district_code(unit: Place) -> str:
    """The code of the district that a unit lies in; empty if it lies in none."""
    found = Place.objects.filter(kind=Place.Kind.DISTRICT).filter(Q(pk=unit.pk) | Q(children=unit.pk) | Q(children__children=unit.pk))
    return found.values_list("code", flat=True).first() or ""


def district_of(person: Person | None) -> Place | None:
    """The district whose rules this person may set."""
    if person is None:
        return None
    held = person.memberships.on(today()).filter(role=Role.DISTRICT).select_related("place")
    return next((one.place for one in held if one.place.kind == Place.Kind.DISTRICT), None)


@dataclass(frozen=True)
class Adopted:
    """A version that the district adopted, by whom and from when on."""

    row: RulePack | StarScheme
    valid_from: date
    stars: bool


def adopted_in(code: str) -> list[Adopted]:
    """What a district has adopted, the newest first."""
    packs = [(row, book.pack(bytes(row.data))) for row in RulePack.objects.select_related("adopted_by")]
    schemes = [(row, book.scheme(bytes(row.data))) for row in StarScheme.objects.select_related("adopted_by")]
    found = [Adopted(row, pack.valid_from, False) for row, pack in packs if pack.district == code]
    found += [Adopted(row, scheme.valid_from, True) for row, scheme in schemes if scheme.district == code]
    return sorted(found, key=lambda one: one.row.adopted_at, reverse=True)


def next_version(name: str) -> int:
    """The version after the last of that name."""
    taken = [
        row.split("@")[1]
        for model in (RulePack, StarScheme)
        for row in model.objects.filter(name__startswith=f"{name}@").values_list("name", flat=True)
    ]
    return max((int(version) for version in taken), default=0) + 1


def announced_years() -> list[AnnouncedYear]:
    """The years whose holidays were entered here."""
    return list(AnnouncedYear.objects.select_related("entered_by"))
