"""Writes on the place tree; an ended unit keeps its records."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record

from ..models import Person, Place, PlaceAlias, Succession


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
    *, by: Person | None, place: Place, successor: Place, kind: str, on: date | None, source: str
) -> Succession:
    """Fills in where an ended unit went; several successors are a split, several predecessors a merger."""
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
