"""Writes on the place tree; an ended unit keeps its records."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, check_version
from doorstep.hub.journal.actions import record

from ..models import Household, Membership, Person, Place, PlaceAlias, Role, Succession
from ..placing import handed_over
from .person import appoint


class SuccessionCircle(Refused):
    sentence = _("这样会绕成一个圈：后来的单位不能又变回原来的单位。请另选一个。")


def heirs(place: Place) -> set[object]:
    """Every unit reached by following successors."""
    reached: set[object] = set()
    edge = {place.pk}
    while edge:
        following = set(Succession.objects.filter(place_id__in=edge).values_list("successor_id", flat=True))
        edge = following - reached
        reached |= edge
    return reached


@transaction.atomic
def name_successor(
    *, by: Person | None, place: Place, successor: Place, kind: str, on: date | None, source: str, seen: int | None = None
) -> Succession:
    """Fills in where an ended unit went; several successors are a split, several predecessors a merger. `seen`: how many the page showed."""
    check_version(Succession.objects.filter(place=place).count(), seen)
    if successor.pk == place.pk or place.pk in heirs(successor):
        raise SuccessionCircle
    row, _created = Succession.objects.update_or_create(
        place=place,
        successor=successor,
        defaults={"kind": kind, "on": on, "source": source, "recorded_by": by.pk if by else None},
    )
    Place.objects.filter(pk=place.pk).update(standing=Place.Standing.ENDED, valid_until=on or place.valid_until)
    PlaceAlias.objects.get_or_create(place=successor, name=place.name, defaults={"source": source[:100]})
    record(actor_id=by.pk if by else None, verb="name_successor", subject=place, place_id=place.pk, detail={"to": str(successor.pk)})
    return row


@transaction.atomic
def end_place(*, by: Person | None, place: Place, on: date | None) -> None:
    """Ends a unit; where it went stays to be filled in."""
    standing = Place.Standing.ENDED if place.successions.exists() else Place.Standing.ENDED_UNKNOWN
    Place.objects.filter(pk=place.pk).update(standing=standing, valid_until=on)
    record(actor_id=by.pk if by else None, verb="end_place", subject=place, place_id=place.pk)


@transaction.atomic
def hand_over(
    *, by: Person | None, place: Place, successor: Place, on: date, kind: str, source: str, grids: list[Place] | None = None,
    seen: int | None = None,
) -> int:  # fmt: skip
    """Moves homes and roles to the successor; what was recorded before stays with the unit that ended.

    `grids` names the part that goes there in a split; without it the whole unit goes (merger, or new name). The unit
    ends when no home is left in it. `seen` is how many homes the preview said would move. Returns how many moved.
    """
    going, moving = handed_over(place, grids)
    check_version(moving.count(), seen)
    name_successor(by=by, place=place, successor=successor, kind=kind, on=on, source=source)
    people = set(Person.objects.filter(household__in=moving).values_list("pk", flat=True))
    moved = moving.update(community=successor)
    going.update(parent=successor)
    everybody = not Household.objects.filter(community=place).exists()
    _move_roles(place, successor, on, None if everybody else people)
    if not everybody:
        Place.objects.filter(pk=place.pk).update(standing=Place.Standing.CURRENT, valid_until=None)
    record(
        actor_id=by.pk if by else None,
        verb="hand_over",
        subject=place,
        place_id=place.pk,
        detail={"to": str(successor.pk), "households": moved},
    )
    return moved


def _move_roles(place: Place, successor: Place, on: date, people: set[UUID] | None) -> None:
    """Ends each open role at the old unit the day before, and begins the same role at the new one."""
    standing = Membership.objects.on(on).filter(place=place, since__lt=on)
    if people is not None:
        standing = standing.filter(person_id__in=people)
    begun = set(Membership.objects.filter(place=successor, until=None).values_list("person_id", "role"))
    rows = list(standing)
    Membership.objects.filter(pk__in=[row.pk for row in rows]).update(until=on - timedelta(days=1))
    Membership.objects.bulk_create(
        Membership(
            person_id=row.person_id,
            role=row.role,
            place=successor,
            since=on,
            led_by_id=row.led_by_id,
            brought_in_by_id=row.brought_in_by_id,
        )
        for row in rows
        if (row.person_id, row.role) not in begun
    )


@transaction.atomic
def add_alias(*, by: Person, place: Place, name: str, source: str) -> PlaceAlias:
    """Another name by which people look for the unit; noting it twice changes nothing."""
    alias, is_new = PlaceAlias.objects.get_or_create(place=place, name=name, defaults={"source": source})
    if is_new:
        record(actor_id=by.pk, verb="add_alias", subject=place, place_id=place.pk)
    return alias


@transaction.atomic
def add_social_worker(*, by: Person, place: Place, name: str, phone: str) -> Person:
    """The district appoints a social worker to a community; the sign-in name comes next."""
    person = Person.objects.create(name=name, phone=phone)
    appoint(by=by, person=person, role=Role.SOCIAL_WORKER, place=place, since=timezone.localdate())
    return person


@transaction.atomic
def end_social_worker(*, by: Person, place: Place, person: Person) -> None:
    """The social worker leaves the community today; asking twice changes nothing."""
    held = Membership.objects.filter(person=person, place=place, role=Role.SOCIAL_WORKER, until=None)
    if held.update(until=timezone.localdate() - timedelta(days=1), since=Least("since", timezone.localdate() - timedelta(days=1))):
        record(actor_id=by.pk, verb="end_social_worker", subject=person, place_id=place.pk)
