"""Ten working days by the announced calendar; a year that is not announced is a state of its own."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.workdays import Calendar, NotAnnounced, State, deadline

from .notebook import SHARED

DAY = timedelta(days=1)
#: The turn of 2026 as announced: New Year with its make-up day, the Spring Festival with two.
OFF = ["2026-01-01", "2026-01-02", "2026-01-03", *(f"2026-02-{day}" for day in range(15, 24))]
WORKED = ["2026-01-04", "2026-02-14", "2026-02-28"]
DAYS = [{"date": day, "isOffDay": True} for day in OFF] + [{"date": day, "isOffDay": False} for day in WORKED]
CALENDAR = Calendar.from_tables([{"year": 2026, "days": DAYS}, {"year": 2027, "days": []}])
TABLES = sorted((SHARED / "holidays").glob("20*.json"))


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert CALENDAR.is_worked(date(2026, 1, 4)) and not CALENDAR.is_worked(date(2026, 1, 2))
    assert CALENDAR.is_worked(date(2026, 1, 5)) and not CALENDAR.is_worked(date(2026, 1, 10))
    assert sum(CALENDAR.is_worked(date(2026, 2, 13) + timedelta(days=n)) for n in range(1, 17)) == 6


def test_a_year_that_is_not_announced_is_not_guessed() -> None:
    with pytest.raises(NotAnnounced) as refused:
        CALENDAR.is_worked(date(2027, 1, 4))
    assert refused.value.year == 2027 and CALENDAR.years == {2026}


def test_ten_days_go_round_the_spring_festival() -> None:
    due = deadline(CALENDAR, date(2026, 2, 11))
    assert (due.last, due.warn, due.missing) == (date(2026, 3, 3), date(2026, 2, 27), None)


def test_from_warning_to_overdue() -> None:
    ended = date(2026, 3, 2)
    days = [
        (date(2026, 3, 2), State.RUNNING),
        (date(2026, 3, 10), State.RUNNING),
        (date(2026, 3, 11), State.WARNING),
        (date(2026, 3, 16), State.WARNING),
    ]
    assert [(day, deadline(CALENDAR, ended).state(day)) for day, _ in days] == days
    assert deadline(CALENDAR, ended).state(date(2026, 3, 17)) is State.OVERDUE
    assert deadline(CALENDAR, ended).state(date(2026, 4, 1), done=date(2026, 3, 16)) is State.DONE
    assert deadline(CALENDAR, ended).state(date(2026, 4, 1), done=date(2026, 3, 17)) is State.DONE_LATE


def test_at_the_turn_of_the_year_the_state_says_that_it_does_not_know() -> None:
    ended = date(2026, 12, 24)
    due = deadline(CALENDAR, ended)
    assert (due.missing, due.last) == (2027, date(2027, 1, 7))
    assert deadline(CALENDAR, ended).state(date(2026, 12, 31)) is State.RUNNING
    assert deadline(CALENDAR, ended).state(date(2027, 1, 1)) is State.UNANNOUNCED
    assert deadline(CALENDAR, ended).state(date(2027, 1, 20), done=date(2027, 1, 20)) is State.DONE
    announced = Calendar.from_tables([{"year": 2026, "days": DAYS}, {"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": True}]}])
    assert deadline(announced, ended).state(date(2027, 1, 20), done=date(2027, 1, 20)) is State.DONE_LATE
    assert deadline(announced, ended).state(date(2027, 1, 8)) is State.WARNING
    assert deadline(announced, ended).state(date(2027, 1, 11)) is State.OVERDUE


def test_a_calendar_against_itself_and_a_warning_after_the_end_are_refused() -> None:
    twice = [{"date": "2026-01-01", "isOffDay": True}, {"date": "2026-01-01", "isOffDay": False}]
    with pytest.raises(ValueError, match="both"):
        Calendar.from_tables([{"year": 2026, "days": twice}])
    with pytest.raises(ValueError, match="warning"):
        deadline(CALENDAR, date(2026, 3, 2), 10, 11)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    ended=st.dates(date(2026, 1, 1), date(2026, 11, 20)),
    days=st.integers(1, 15),
    free=st.sets(st.integers(0, 364)),
    worked=st.sets(st.integers(0, 364)),
)
def test_the_deadline_is_that_of_counting_on_fingers(ended: date, days: int, free: set[int], worked: set[int]) -> None:
    first = date(2026, 1, 1)
    rows = [{"date": (first + DAY * n).isoformat(), "isOffDay": True} for n in free - worked]
    rows += [{"date": (first + DAY * n).isoformat(), "isOffDay": False} for n in worked]
    calendar = Calendar.from_tables(
        [{"year": 2026, "days": [*rows, {"date": "2026-12-31", "isOffDay": False}][: len(rows) + (364 not in free)]}]
    )
    if 2026 not in calendar.years:
        return
    counted = [
        day
        for n in range((ended - first).days + 1, 365)
        for day in [first + DAY * n]
        if n in worked or (n not in free and day.weekday() < 5) or (n == 364 and 364 not in free)
    ]
    due = deadline(calendar, ended, days, 1)
    if len(counted) >= days:
        assert (due.last, due.warn, due.missing) == (counted[days - 1], counted[0], None)
    else:
        assert due.missing == 2027


@pytest.mark.skipif(not TABLES, reason="the holidays' folder does not stand beside this repository")
def test_the_announced_years_are_counted_as_on_fingers() -> None:
    tables = [json.loads(path.read_text("utf-8")) for path in TABLES]
    calendar = Calendar.from_tables(tables)
    rows = {row["date"]: row["isOffDay"] for table in tables for row in table["days"]}
    assert calendar.years == set(range(2014, 2027)) and len(rows) > 400
    for n in range(0, 365 * 12, 5):
        ended = date(2014, 1, 1) + DAY * n
        day, left = ended, 10
        while left:
            day += DAY
            left -= not rows[day.isoformat()] if day.isoformat() in rows else day.weekday() < 5
        assert deadline(calendar, ended).last == day
    assert deadline(calendar, date(2026, 12, 20)).missing == 2027
