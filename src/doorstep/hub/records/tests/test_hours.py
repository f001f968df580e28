"""From a visit to an hour: recorded, verified, disputed and corrected by two people, and every step provable from the ledger."""

from datetime import timedelta

import pytest
from django.utils import timezone

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person
from doorstep.hub.records import book
from doorstep.hub.records.access import NotOneself, NotTwice, OwnHours, SaidAlready
from doorstep.hub.records.actions import record_attendance
from doorstep.hub.records.actions.booking import append, close_day, subject_of
from doorstep.hub.records.actions.hours import (
    approve_hours,
    back_fill,
    decide_correction,
    dispute_hours,
    propose_correction,
    review_long_day,
    verify_hours,
)
from doorstep.hub.records.models import Attendance, Hours, HoursState, Log, LogEntry, LogHash, LogHead
from doorstep.hub.scheduling.models import Offer
from doorstep.hub.testing import Cast
from doorstep.ledger.balance import balance
from doorstep.ledger.head import opened
from doorstep.ledger.log import written
from doorstep.ledger.tree import Kept
from doorstep.ledger.walk import verify

pytestmark = pytest.mark.django_db


def served(cast: Cast) -> Hours:
    """陈国梁 went, and 周敏 says so an hour later."""
    offer = cast.offer(state="accepted")
    record_attendance(
        by=cast.zhou, offer=offer, outcome=Attendance.Outcome.SERVED, channel="phone", now=offer.start + timedelta(minutes=70)
    )
    return Hours.objects.get(attendance__offer=offer)


def colleague(cast: Cast) -> Person:
    """A second social worker of the community."""
    found = Person.objects.create(name="马玉兰")
    appoint(by=None, person=found, role="social_worker", place=cast.community, since=cast.monday - timedelta(days=30))
    return found


def entries() -> list[book.Entry]:
    return [book.read(bytes(row.data)) for row in LogEntry.objects.all()]


def test_a_visit_becomes_an_hour_known_by_the_word_of_who_confirmed_it(cast: Cast) -> None:
    hours = served(cast)
    offer = Offer.objects.get()
    assert (hours.person, hours.unit, hours.came) == (offer.person, cast.community, offer.start)
    assert (hours.tenths, hours.grade, hours.state, hours.confirmed_by) == (10, "leader", HoursState.RECORDED, cast.zhou)
    [entry] = entries()
    assert hours.entry == entry.n == 0
    assert (entry.tenths, entry.grade, entry.served) == (10, "leader", 60)
    assert entry.approvers == (subject_of(cast.zhou, cast.community),)
    assert offer.person.name.encode() not in bytes(LogEntry.objects.get().data)


def test_nobody_gets_an_hour_for_a_door_that_stayed_shut(cast: Cast) -> None:
    offer = cast.offer(state="accepted")
    record_attendance(by=cast.zhou, offer=offer, outcome=Attendance.Outcome.NOT_HOME, channel="phone", now=offer.start + timedelta(hours=1))
    assert not Hours.objects.exists() and not LogEntry.objects.exists()


def test_the_owner_disputes_two_people_correct_and_the_ledger_keeps_both(cast: Cast) -> None:
    hours = served(cast)
    owner = hours.person
    assert owner is not None
    with pytest.raises(OwnHours):
        verify_hours(by=cast.zhou, hours=hours)
    dispute_hours(by=owner, hours=hours, words="做了两个小时，不是一个小时。")
    correction = propose_correction(
        by=cast.zhou, hours=hours, came=hours.came, left=hours.came + timedelta(hours=2), why="家里也说是两个小时", beyond_plan=True,
        now=hours.left + timedelta(hours=3),
    )  # fmt: skip
    with pytest.raises(NotTwice):
        decide_correction(by=cast.zhou, correction=correction, approved=True, now=hours.left + timedelta(hours=3))
    decide_correction(by=cast.lin, correction=correction, approved=True, now=hours.left + timedelta(hours=3))
    hours.refresh_from_db()
    assert (hours.tenths, hours.state, hours.dispute) == (20, HoursState.RECORDED, "")
    verify_hours(by=owner, hours=hours)
    with pytest.raises(SaidAlready):
        verify_hours(by=owner, hours=hours)
    found = balance(entries(), subject_of(owner, cast.community), str(cast.community.pk))
    assert (found.tenths, dict(found.slips), [one.verified for one in found.hours]) == (20, {}, [True])
    assert [str(entry.kind) for entry in entries()] == ["hours.recorded", "hours.disputed", "hours.corrected", "hours.verified"]


def test_what_is_filled_in_afterwards_counts_only_with_a_second_person_and_says_so(cast: Cast) -> None:
    came = timezone.now() - timedelta(days=1, hours=6)
    with pytest.raises(NotOneself):
        back_fill(by=cast.zhou, person=cast.zhou, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
    hours = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
    assert (hours.state, hours.tenths, hours.entry) == (HoursState.WAITS_APPROVER, 0, None)
    with pytest.raises(NotTwice):
        approve_hours(by=cast.zhou, hours=hours)
    approve_hours(by=cast.lin, hours=hours)
    hours.refresh_from_db()
    assert (hours.state, hours.tenths, hours.grade) == (HoursState.RECORDED, 20, "backfilled")
    [entry] = entries()
    assert entry.grade == "backfilled" and len(entry.approvers) == 2


def test_more_than_eight_hours_wait_for_the_level_above(cast: Cast) -> None:
    came = timezone.localtime(timezone.now() - timedelta(days=2)).replace(hour=7, minute=0)
    hours = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="马拉松", came=came, left=came + timedelta(hours=10))
    assert hours.state == HoursState.WAITS_PARENT
    hours = review_long_day(by=cast.lin, hours=hours)
    assert (hours.parent, hours.state) == (cast.lin, HoursState.WAITS_APPROVER)
    # Who looked at it from above is not the second person as well: three stand behind a long day that was filled in.
    with pytest.raises(NotTwice):
        approve_hours(by=cast.lin, hours=hours)
    hours = approve_hours(by=colleague(cast), hours=hours)
    assert (hours.state, hours.tenths) == (HoursState.RECORDED, 100)
    [entry] = entries()
    assert len(entry.approvers) == 3


def test_who_confirmed_a_long_day_is_not_the_level_above_as_well(cast: Cast) -> None:
    """林涛 works for the district and leads in the community too: what he confirmed himself another officer has to look at."""
    appoint(by=None, person=cast.lin, role="social_worker", place=cast.community, since=cast.monday - timedelta(days=30))
    second = Person.objects.create(name="顾晓岚")
    appoint(by=None, person=second, role="district", place=cast.district, since=cast.monday - timedelta(days=30))
    slot = cast.slot()
    slot.minutes = 600
    slot.save(update_fields=["minutes"])
    offer = cast.offer(slot=slot, state="accepted")
    later = offer.start + timedelta(hours=11)
    record_attendance(by=cast.lin, offer=offer, outcome=Attendance.Outcome.SERVED, channel="phone", now=later)
    hours = Hours.objects.get(attendance__offer=offer)
    assert hours.state == HoursState.WAITS_PARENT
    with pytest.raises(NotTwice):
        review_long_day(by=cast.lin, hours=hours, now=later)
    hours = review_long_day(by=second, hours=hours, now=later)
    assert (hours.state, hours.tenths, hours.parent) == (HoursState.RECORDED, 100, second)


def test_two_places_at_once_are_refused_with_the_minutes(cast: Cast) -> None:
    hours = served(cast)
    second = back_fill(
        by=cast.zhou, person=cast.chen, unit=cast.community, title="又一处", came=hours.came + timedelta(minutes=30),
        left=hours.came + timedelta(minutes=90), now=hours.left + timedelta(hours=5),
    )  # fmt: skip
    assert hours.person == cast.chen
    assert second.state == HoursState.REFUSED
    assert {"code": "overlap", "other": str(hours.pk), "minutes": 30} in second.refusals


def test_days_are_closed_by_heads_that_follow_each_other_and_prove_the_whole_log(cast: Cast) -> None:
    hours = served(cast)
    day = timezone.localdate(hours.left)
    first = close_day(day=day)
    assert hours.person is not None and first is not None
    verify_hours(by=hours.person, hours=hours)
    second = close_day(day=day + timedelta(days=1))
    assert close_day(day=day) is None
    heads = [opened(head.note, book.keys()) for head in LogHead.objects.order_by("day")]
    assert [head.size for head in heads] == [1, 2] and second is not None
    assert heads[1].previous == heads[0].digest()
    kept = [Kept(row.level, row.number, bytes(row.hash)) for row in LogHash.objects.order_by("number")]
    log = Log.objects.get()
    lines = list(written(log.origin, ((bytes(row.data), [kept[row.n]]) for row in LogEntry.objects.all())))
    assert verify(lines, *heads).good
    changed = [line.replace(b'"tenths":10', b'"tenths":90') for line in lines]
    assert changed != lines and not verify(changed, *heads).good


def test_nothing_is_appended_for_nothing(cast: Cast) -> None:
    assert append(facts=[]) == []
    assert not Log.objects.exists()
