"""Working days in China: weekends, holidays and make-up days as announced year by year, and the ten days for a record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

DAY = timedelta(days=1)
SATURDAY = 5


class NotAnnounced(LookupError):
    """The holidays of a year are not known yet, so whether its days are worked is not known either."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


@dataclass(frozen=True, slots=True)
class Calendar:
    """`free`: days off that are no weekend or fall on one · `worked`: weekend days worked instead · `years`: announced years."""

    free: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    @classmethod
    def from_tables(cls, tables: Iterable[Mapping[str, Any]]) -> "Calendar":
        """From yearly tables {"year": 2026, "days": [{"date": "2026-01-01", "isOffDay": true}, …]}.

        A table without days is a year not announced. A table may name days of the year before or after (a new year's
        holiday that begins in December); that alone announces nothing for that year. Raises ValueError, KeyError.
        """
        free: set[date] = set()
        worked: set[date] = set()
        years: set[int] = set()
        for table in tables:
            for row in table["days"]:
                years.add(int(table["year"]))
                (free if row["isOffDay"] else worked).add(date.fromisoformat(row["date"]))
        if free & worked:
            raise ValueError(f"{min(free & worked)} is both free and worked")
        return cls(frozenset(free), frozenset(worked), frozenset(years))

    def is_worked(self, day: date) -> bool:
        """Whether it is a working day. Raises NotAnnounced, but for days that a table names."""
        if day in self.free or day in self.worked:
            return day in self.worked
        if day.year not in self.years:
            raise NotAnnounced(day.year)
        return day.weekday() < SATURDAY

    def looks_worked(self, day: date) -> bool:
        """As is_worked; by weekends alone where nothing is announced."""
        return day in self.worked or (day not in self.free and day.weekday() < SATURDAY)


class State(StrEnum):
    """Where a record stands against its deadline. UNANNOUNCED: the deadline falls where holidays are not known yet."""

    DONE = "done"
    DONE_LATE = "done_late"
    RUNNING = "running"
    WARNING = "warning"
    OVERDUE = "overdue"
    UNANNOUNCED = "unannounced"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for a record; `missing` is the year without holidays that makes it a guess by weekends, or None."""

    last: date
    warn: date
    missing: int | None = None

    def state(self, today: date, done: date | None = None) -> State:
        """Where the record stands today, or stood when it was done.

        UNANNOUNCED only while it is not done and the answer hangs on a year that is not announced; before the first day of that
        year the days run as announced.
        """
        unsure = self.missing is not None and date(self.missing, 1, 1) <= (done or today)
        if done is not None:
            return State.DONE if done <= self.last or unsure else State.DONE_LATE
        if unsure:
            return State.UNANNOUNCED
        if today > self.last:
            return State.OVERDUE
        return State.WARNING if today >= self.warn else State.RUNNING


def deadline(calendar: Calendar, ended: date, days: int = 10, warn_on: int = 7) -> Deadline:
    """The `days`-th working day after `ended`, which itself does not count (Order 67 Art. 11).

    1 <= warn_on <= days, else ValueError.
    """
    if not 1 <= warn_on <= days:
        raise ValueError("the warning comes within the deadline")
    day, count, missing, warn = ended, 0, None, ended
    while count < days:
        day += DAY
        try:
            worked = calendar.is_worked(day)
        except NotAnnounced as fault:
            missing = missing or fault.year
            worked = calendar.looks_worked(day)
        count += worked
        if worked and count == warn_on:
            warn = day
    return Deadline(day, warn, missing)
