"""Who may read, dispute and correct an award, an evaluation, a training, hours of elsewhere: the owner, and who keeps the unit's record."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from doorstep.hub.people.models import Person

from .access import recorded_units
from .amending import KINDS, Item, unit_id_of
from .models import Amendment, Training
from .queries.amending import READ_WITH


def _rows(key: str) -> QuerySet[Any]:
    if key not in KINDS:
        raise Http404
    return KINDS[key]._default_manager.select_related(*READ_WITH[key])


def get_own_item(person: Person | None, key: str, item_id: UUID) -> Any:
    """What only its owner may dispute; of a training its hours are disputed."""
    if person is None or key == "training":
        raise Http404
    return get_object_or_404(_rows(key).exclude(entry=None), pk=item_id, person=person)


def get_recorded_item(person: Person | None, key: str, item_id: UUID) -> Any:
    """One of a unit whose record one keeps."""
    found = _rows(key)
    if KINDS[key] is Training:
        return get_object_or_404(found.exclude(hours__entry=None), pk=item_id, hours__unit__in=recorded_units(person))
    return get_object_or_404(found.exclude(entry=None), pk=item_id, unit__in=recorded_units(person))


def get_amendment_for(person: Person | None, amendment_id: UUID) -> Amendment:
    found = get_object_or_404(Amendment.objects.select_related("award", "evaluation", "transfer", "training__hours"), pk=amendment_id)
    about: Item = found.about
    if not recorded_units(person).filter(pk=unit_id_of(about)).exists():
        raise Http404
    return found
