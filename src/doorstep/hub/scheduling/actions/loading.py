"""Bulk loading of free time, slots and offers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from doorstep.hub.journal.actions import record, write_rows
from doorstep.hub.people.models import Place, ServiceCategory, Skill

from ..models import Availability, AvailabilityException, Exclusion, Offer, Seat, Slot, Window

Batch = Mapping[str, Sequence[Any]]


@transaction.atomic
def load_free_time(*, batch: Batch, name: str, district: Place) -> int:
    """Usual weeks, days that differ, and homes to which somebody is not sent: one transaction, one journal line."""
    written = write_rows(model=Availability, rows=batch.get("availability", ()))
    written += write_rows(model=AvailabilityException, rows=batch.get("exceptions", ()))
    written += write_rows(model=Exclusion, rows=batch.get("exclusions", ()))
    record(actor_id=None, verb="load_free_time", subject=district, place_id=district.pk, detail={"batch": name, "rows": written})
    return written


def lay_slots(*, batch: Batch) -> int:
    """Slots with windows, seats and offers; in the caller's transaction, which leaves the journal line."""
    categories = dict(ServiceCategory.objects.values_list("code", "pk"))
    skills = dict(Skill.objects.values_list("code", "pk"))
    written = write_rows(model=Slot, rows=batch.get("slots", ()), codes={"category_id": categories})
    written += write_rows(model=Window, rows=batch.get("windows", ()))
    written += write_rows(model=Seat, rows=batch.get("seats", ()), codes={"skill_id": skills})
    written += write_rows(model=Offer, rows=batch.get("offers", ()))
    return written
