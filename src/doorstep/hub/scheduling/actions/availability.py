"""When a person is free: the usual week, and one week painted differently."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person

from ..models import Availability, AvailabilityException

#: The three cells of a painted day, in minutes of the day.
PARTS = ((8 * 60, 12 * 60), (13 * 60, 17 * 60 + 30), (18 * 60, 21 * 60))


@transaction.atomic
def set_usual_week(*, by: Person, person: Person, cells: Iterable[tuple[int, int]]) -> None:
    """Replaces the usual week by (weekday, part) cells."""
    Availability.objects.filter(person=person).delete()
    Availability.objects.bulk_create(
        Availability(person=person, weekday=day, start_minute=PARTS[part][0], end_minute=PARTS[part][1]) for day, part in sorted(set(cells))
    )
    record(actor_id=by.pk, verb="set_usual_week", subject=person)


@transaction.atomic
def paint_week(*, by: Person, person: Person, monday: date, cells: Iterable[tuple[int, int]]) -> None:
    """This one week: what is painted is free, what is not painted is not, whatever is usual."""
    days = [monday + timedelta(days=n) for n in range(7)]
    AvailabilityException.objects.filter(person=person, date__in=days).delete()
    # The whole day is taken out first, since a usual week may hold hours between and beyond the painted parts.
    shut = [AvailabilityException(person=person, date=day, start_minute=0, end_minute=1440, free=False) for day in days]
    painted = [
        AvailabilityException(person=person, date=days[day], start_minute=PARTS[part][0], end_minute=PARTS[part][1], free=True)
        for day, part in sorted(set(cells))
    ]
    AvailabilityException.objects.bulk_create([*shut, *painted])
    record(actor_id=by.pk, verb="paint_week", subject=person, detail={"week": monday.isoformat()})


@transaction.atomic
def unpaint_week(*, by: Person, person: Person, monday: date) -> None:
    """This week is as usual again."""
    days = [monday + timedelta(days=n) for n in range(7)]
    AvailabilityException.objects.filter(person=person, date__in=days).delete()
    record(actor_id=by.pk, verb="unpaint_week", subject=person, detail={"week": monday.isoformat()})
