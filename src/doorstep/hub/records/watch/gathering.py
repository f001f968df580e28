"""From rows to the lines that the watch reads: a unit's hours of the last twelve weeks, and those of its people elsewhere."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ..models import Grade, Hours, HoursState
from .lines import Line, Unit

#: Longer ago nobody remembers how it was.
LOOKS_BACK = timedelta(weeks=12)
FIELDS = (
    "id", "person_id", "came", "left", "tenths", "grade", "entered_by_id", "entered_at", "approved_by_id", "recorded_at",
    "confirmed_by_id", "led_by_id", "slot_id", "slot__lead_id", "slot__caller_id", "slot__contact_id", "slot__lat", "slot__lon",
    "attendance__offer__presence__device", "attendance__offer__presence__came_step",
)  # fmt: skip


def unit_of(unit_id: UUID, now: datetime) -> Unit:
    """The unit with all that its detectors need, in two questions."""
    since = now - LOOKS_BACK
    recent = Hours.objects.exclude(person=None).exclude(state=HoursState.REFUSED).filter(came__gte=since)
    here = _lines(recent.filter(unit=unit_id))
    elsewhere = _lines(recent.exclude(unit=unit_id).filter(person__in={line.person for line in here})) if here else []
    return Unit(unit_id, here, elsewhere)


def typed_lately(unit_id: UUID, by_id: UUID, now: datetime) -> Unit:
    """What one account typed in since yesterday; what is looked at while somebody waits for the page."""
    day = now - timedelta(days=1)
    rows = Hours.objects.exclude(person=None).exclude(state=HoursState.REFUSED).filter(unit=unit_id, entered_by=by_id, entered_at__gte=day)
    return Unit(unit_id, _lines(rows))


def units_with_hours(now: datetime) -> list[UUID]:
    return list(Hours.objects.filter(came__gte=now - LOOKS_BACK).order_by("unit_id").values_list("unit_id", flat=True).distinct())


def _lines(rows: QuerySet[Hours]) -> list[Line]:
    return [_line(row) for row in rows.order_by("came", "pk").values_list(*FIELDS, named=True)]


def _line(row: Any) -> Line:
    filled = row.entered_by_id is not None
    return Line(
        id=row.id, person=row.person_id, came=timezone.localtime(row.came), left=timezone.localtime(row.left), tenths=row.tenths,
        filled=filled or row.grade == Grade.BACKFILLED, entered_by=row.entered_by_id, entered_at=row.entered_at,
        approved_at=row.recorded_at if row.approved_by_id else None,
        vouched_by=row.approved_by_id or row.confirmed_by_id or row.led_by_id, expected=(row.slot__lead_id, row.slot__caller_id, row.slot__contact_id),
        slot=row.slot_id, spot=(row.slot__lat, row.slot__lon) if row.slot_id else None,
        device=row.attendance__offer__presence__device or "", step=row.attendance__offer__presence__came_step,
    )  # fmt: skip
