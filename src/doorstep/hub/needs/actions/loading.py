"""Bulk loading of needs with all that became of them: slots, offers, attendances."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from doorstep.hub.journal.actions import record, write_rows
from doorstep.hub.people.actions.loading import lay_consents
from doorstep.hub.people.models import Place, ServiceCategory
from doorstep.hub.records.actions.loading import lay_attendances
from doorstep.hub.scheduling.actions.loading import lay_slots

from ..models import Need, Occasion

Batch = Mapping[str, Sequence[Any]]


@transaction.atomic
def load_needs(*, batch: Batch, name: str, district: Place) -> int:
    """A week of needs, whole or not at all, with one journal line."""
    categories = dict(ServiceCategory.objects.values_list("code", "pk"))
    written = lay_consents(rows=batch.get("consents", ()))
    written += write_rows(model=Need, rows=batch.get("needs", ()), codes={"category_id": categories})
    written += lay_slots(batch=batch)
    written += write_rows(model=Occasion, rows=batch.get("occasions", ()))
    written += lay_attendances(rows=batch.get("attendances", ()))
    record(actor_id=None, verb="load_needs", subject=district, place_id=district.pk, detail={"batch": name, "rows": written})
    return written
