"""Whose rules hold where: a unit's district, and what that district has adopted."""

from django.db.models import Q

from doorstep.hub.people.models import Person, Place, Role
from doorstep.hub.people.queries import today

from ..models import RulePack, StarScheme


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


def adopted_rules() -> list[RulePack]:
    """Every pack that was adopted, the newest first, with who did."""
    return list(RulePack.objects.select_related("adopted_by").order_by("-adopted_at", "-pk"))


def adopted_stars() -> list[StarScheme]:
    return list(StarScheme.objects.select_related("adopted_by").order_by("-adopted_at", "-pk"))
