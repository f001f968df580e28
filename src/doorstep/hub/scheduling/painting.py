"""A person's week as cells to paint: what is free, what is booked, and what the plan makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from doorstep.hub.people.models import Person

from .actions.availability import PARTS
from .models import Offer, OfferState
from .queries import Stretches, commitments_of, differing_days, free_time, merged, usual_week
from .volunteering import WEEK, moment_of

#: This week and the coming four.
WEEKS = 5
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
PART_NAMES = (_("上午"), _("下午"), _("晚上"))
#: The same as heads of narrow columns, which English has to shorten.
PART_HEADS = (pgettext_lazy("column", "上午"), pgettext_lazy("column", "下午"), pgettext_lazy("column", "晚上"))


@dataclass(frozen=True)
class Cell:
    day: int
    part: int
    free: bool
    booked: bool

    @property
    def value(self) -> str:
        return f"{self.day}-{self.part}"

    @property
    def label(self) -> str:
        words = _("%(day)s%(part)s，已约") if self.booked else _("%(day)s%(part)s有空")
        return str(words) % {"day": WEEKDAYS[self.day], "part": PART_NAMES[self.part]}


@dataclass(frozen=True)
class Day:
    """One row of the table, and the hours that the plan may use on it."""

    name: object
    date: date | None
    cells: list[Cell]
    hours: Stretches
    booked: Stretches


@dataclass(frozen=True)
class Painting:
    """The usual week if there is no Monday, else that one week."""

    monday: date | None
    days: list[Day]
    differs: bool
    finer: bool

    @property
    def free_days(self) -> list[Day]:
        return [day for day in self.days if day.hours]


def parts_of_a_day() -> list[tuple[object, str, str]]:
    """The three columns: a name, and the hours from and to that a cell stands for."""
    return [(name, _clock(start), _clock(end)) for name, (start, end) in zip(PART_HEADS, PARTS, strict=True)]


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}" if minute % 60 else str(minute // 60)


def overlaps(stretches: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(begin < end and start < until for begin, until in stretches)


def painting_of(person: Person, monday: date | None) -> Painting:
    """A cell is painted as soon as some of it is free; `finer` says that hours stand there which cells cannot show."""
    free = usual_week(person) if monday is None else free_time(monday, [person.pk]).get(person.pk, [])
    booked = [] if monday is None else _booked(person, monday)
    days = [_day(n, monday, free, booked) for n in range(7)]
    differs = monday is not None and bool(differing_days(person, monday, 1))
    whole = [
        (cell.day * 1440 + PARTS[cell.part][0], cell.day * 1440 + PARTS[cell.part][1]) for day in days for cell in day.cells if cell.free
    ]
    return Painting(monday=monday, days=days, differs=differs, finer=merged(free) != merged(whole))


def _booked(person: Person, monday: date) -> list[tuple[int, int]]:
    """The promised visits of the week, in minutes since its Monday."""
    midnight = moment_of(monday, 0)
    promised: Sequence[Offer] = [offer for offer in commitments_of(person, monday) if offer.state == OfferState.ACCEPTED]
    stretches = [((offer.start - midnight) // timedelta(minutes=1), (offer.end - midnight) // timedelta(minutes=1)) for offer in promised]
    return [(start, end) for start, end in stretches if 0 <= start < 7 * 1440]


def _day(number: int, monday: date | None, free: Stretches, booked: list[tuple[int, int]]) -> Day:
    base = number * 1440
    cells = [
        Cell(number, part, overlaps(free, base + start, base + end), overlaps(booked, base + start, base + end))
        for part, (start, end) in enumerate(PARTS)
    ]
    return Day(WEEKDAYS[number], monday + timedelta(days=number) if monday else None, cells, _within(free, base), _within(booked, base))


def _within(stretches: Iterable[tuple[int, int]], base: int) -> Stretches:
    """What of the week's stretches lies on the day that begins at that minute, in minutes of the day."""
    return [(max(start, base) - base, min(end, base + 1440) - base) for start, end in stretches if start < base + 1440 and end > base]


def keep_booked(painting: Painting, cells: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """What was painted, but for the booked cells: those stay as they were, whatever the page sent."""
    booked = {(cell.day, cell.part): cell.free for day in painting.days for cell in day.cells if cell.booked}
    return {cell for cell in cells if cell not in booked} | {cell for cell, free in booked.items() if free}


def weeks_to_paint(person: Person, this_monday: date) -> list[tuple[date, bool]]:
    """The Mondays that can be painted, and whether the week already differs from the usual one."""
    different = differing_days(person, this_monday, WEEKS)
    mondays = [this_monday + n * WEEK for n in range(WEEKS)]
    return [(monday, any(monday + timedelta(days=n) in different for n in range(7))) for monday in mondays]
