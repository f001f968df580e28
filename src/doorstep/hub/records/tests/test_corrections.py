"""Corrections: by two people, never more than the rules allow, and what is made longer looks filled in afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Notice
from doorstep.hub.people.models import Person
from doorstep.hub.records import book
from doorstep.hub.records.access import NothingToCorrect, NotOneself, NotTwice, SaidAlready
from doorstep.hub.records.actions import record_attendance
from doorstep.hub.records.actions.correcting import LongDay, NothingChanges, WouldNotCount
from doorstep.hub.records.actions.hours import (
    NothingPicked,
    answer_dispute,
    approve_hours,
    approve_several,
    back_fill,
    decide_correction,
    dispute_hours,
    propose_correction,
    review_long_day,
    turn_down,
    verify_several,
)
from doorstep.hub.records.actions.judging import EndsBeforeItBegins, NotOverYet, OwnerForgotten, TooLongAtOnce
from doorstep.hub.records.models import Attendance, Hours, HoursState, How, LogEntry, Presence, Salt
from doorstep.hub.testing import Cast
from doorstep.ledger.balance import balance

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HOUR = timedelta(hours=1)


def filled(cast: Cast, days: int = 2, hours: float = 2.0, hour: int = 8) -> Hours:
    came = timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=hours))


def recorded(cast: Cast, days: int = 2, hours: float = 2.0, hour: int = 8) -> Hours:
    return approve_hours(by=cast.lin, hours=filled(cast, days, hours, hour))


def scanned(cast: Cast) -> Hours:
    """陈国梁 scanned both codes of a visit of one hour and stayed for two."""
    offer = cast.offer(state="accepted")
    presence = Presence(offer=offer, came_at=offer.start, left_at=offer.start + 2 * HOUR, came_how=How.SCANNED, left_how=How.SCANNED)
    presence.came_by = presence.left_by = cast.chen
    presence.save()
    record_attendance(by=cast.zhou, offer=offer, outcome=Attendance.Outcome.SERVED, channel="phone", now=offer.start + 3 * HOUR)
    return Hours.objects.get(attendance__offer=offer)


def test_a_presence_made_shorter_is_not_paid_more(cast: Cast) -> None:
    hours = scanned(cast)
    assert (hours.tenths, hours.grade, hours.planned) == (10, "code_pair", 60)
    now = hours.left + 5 * HOUR
    late = propose_correction(by=cast.zhou, hours=hours, came=hours.came + timedelta(minutes=5), left=hours.left, why="来晚了", now=now)
    decide_correction(by=cast.lin, correction=late, approved=True, now=now)
    hours.refresh_from_db()
    assert (hours.tenths, hours.planned, hours.grade) == (10, 60, "code_pair")


def test_what_was_planned_too_short_counts_only_if_two_people_say_so(cast: Cast) -> None:
    hours = scanned(cast)
    now = hours.left + 5 * HOUR
    more = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.left, why="活比约的多", beyond_plan=True, now=now)
    decide_correction(by=cast.lin, correction=more, approved=True, now=now)
    hours.refresh_from_db()
    assert (hours.tenths, hours.grade) == (20, "code_pair")


def test_time_that_no_code_has_seen_looks_filled_in_afterwards(cast: Cast) -> None:
    hours = scanned(cast)
    now = hours.left + 9 * HOUR
    longer = propose_correction(
        by=cast.zhou, hours=hours, came=hours.came, left=hours.left + HOUR, why="签退早了", beyond_plan=True, now=now
    )  # fmt: skip
    decide_correction(by=cast.lin, correction=longer, approved=True, now=now)
    hours.refresh_from_db()
    assert (hours.tenths, hours.grade, hours.entered_by, hours.approved_by) == (30, "backfilled", cast.zhou, cast.lin)


def test_a_correction_that_meets_other_hours_is_refused_when_it_is_proposed(cast: Cast) -> None:
    first, second = recorded(cast, hour=8), recorded(cast, hour=10)
    with pytest.raises(WouldNotCount) as refused:
        propose_correction(by=cast.zhou, hours=first, came=first.came, left=second.came + timedelta(minutes=30), why="做到十点半")
    assert "30" in str(refused.value.sentence)
    assert not first.corrections.exists()


def test_a_correction_is_judged_again_when_it_is_approved(cast: Cast) -> None:
    first = recorded(cast, hour=8)
    change = propose_correction(by=cast.zhou, hours=first, came=first.came, left=first.came + 3 * HOUR, why="做到十一点")
    second = recorded(cast, hour=10)
    assert second.state == HoursState.RECORDED
    before = LogEntry.objects.count()
    with pytest.raises(WouldNotCount):
        decide_correction(by=cast.lin, correction=change, approved=True)
    first.refresh_from_db()
    assert (first.tenths, LogEntry.objects.count()) == (20, before)


def test_nothing_served_is_an_entry_of_nothing_and_leaves_room(cast: Cast) -> None:
    hours = recorded(cast)
    none = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.came, why="那天下雨，没有去")
    decide_correction(by=cast.lin, correction=none, approved=True)
    hours.refresh_from_db()
    assert (hours.tenths, hours.state, hours.refusals) == (0, HoursState.RECORDED, [])
    assert recorded(cast).state == HoursState.RECORDED
    from_log = [book.read(bytes(row.data)) for row in LogEntry.objects.all()]
    assert [(str(one.kind), one.tenths) for one in from_log] == [("hours.recorded", 20), ("hours.corrected", 0), ("hours.recorded", 20)]


def test_beyond_eight_hours_only_the_district_may_make_it(cast: Cast) -> None:
    hours = recorded(cast, hours=7)
    other = Hours.objects.get(pk=hours.pk)
    change = propose_correction(by=cast.zhou, hours=other, came=hours.came, left=hours.came + 9 * HOUR, why="做到五点")
    with pytest.raises(LongDay):
        decide_correction(by=second_worker(cast), correction=change, approved=True)
    decide_correction(by=cast.lin, correction=change, approved=True)
    hours.refresh_from_db()
    assert (hours.tenths, hours.parent) == (90, cast.lin)


def second_worker(cast: Cast) -> Person:
    from_there: Person = cast.wu
    from_there.memberships.create(role="social_worker", place=cast.community, since=timezone.localdate() - timedelta(days=3))
    return from_there


def test_what_is_no_stretch_of_time_is_sent_back(cast: Cast) -> None:
    hours = recorded(cast)
    with pytest.raises(EndsBeforeItBegins):
        propose_correction(by=cast.zhou, hours=hours, came=hours.left, left=hours.came, why="写反了")
    with pytest.raises(NothingChanges):
        propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.left, why="没改")
    with pytest.raises(NotOverYet):
        propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=timezone.now() + HOUR, why="还在做")
    for left, refusal in ((-1, EndsBeforeItBegins), (30, TooLongAtOnce)):
        with pytest.raises(refusal):
            back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=hours.came, left=hours.came + left * HOUR)


def test_after_the_salt_has_gone_nothing_is_changed_any_more(cast: Cast) -> None:
    hours, waiting = recorded(cast), filled(cast, days=4)
    change = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.came + HOUR, why="一小时")
    Salt.objects.filter(person=cast.chen).delete()
    for act in (
        lambda: decide_correction(by=cast.lin, correction=change, approved=True),
        lambda: dispute_hours(by=cast.chen, hours=hours, words="不对"),
    ):
        with pytest.raises(OwnerForgotten):
            act()
    Hours.objects.filter(pk=waiting.pk).update(person=None)
    with pytest.raises(OwnerForgotten):
        approve_hours(by=cast.lin, hours=waiting)


def test_hours_whose_confirmer_was_forgotten_still_stand_and_can_be_corrected(cast: Cast) -> None:
    hours = recorded(cast)
    Hours.objects.filter(pk=hours.pk).update(entered_by=None, approved_by=None)
    hours.refresh_from_db()
    overlapping = filled(cast)
    assert overlapping.state == HoursState.REFUSED
    change = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.came + HOUR, why="一小时")
    decide_correction(by=cast.lin, correction=change, approved=True)
    hours.refresh_from_db()
    assert (hours.tenths, hours.grade) == (10, "backfilled")


def test_turned_down_with_a_word_that_its_owner_reads(cast: Cast) -> None:
    hours = filled(cast)
    turn_down(by=cast.lin, hours=hours, words="那天社区没有活动。")
    hours.refresh_from_db()
    assert (hours.state, hours.refusals[0]["words"], hours.entry) == (HoursState.REFUSED, "那天社区没有活动。", None)
    assert set(Notice.objects.filter(kind="hours_refused").values_list("person_id", flat=True)) == {cast.chen.pk, cast.zhou.pk}
    with pytest.raises(SaidAlready):
        turn_down(by=cast.lin, hours=hours, words="再说一次")


def test_a_dispute_ends_with_an_answer_or_a_correction_and_may_be_said_again(cast: Cast) -> None:
    hours = recorded(cast)
    dispute_hours(by=cast.chen, hours=hours, words="三个小时")
    assert Notice.objects.filter(kind="hours_disputed", person_id=cast.zhou.pk).count() == 1
    answer_dispute(by=cast.lin, hours=hours, words="问过家里，是两个小时。")
    with pytest.raises(SaidAlready):
        answer_dispute(by=cast.lin, hours=hours, words="再答一次")
    dispute_hours(by=cast.chen, hours=hours, words="还是三个")
    hours.refresh_from_db()
    assert (hours.dispute, hours.answer) == ("还是三个", "")
    with pytest.raises(SaidAlready):
        dispute_hours(by=cast.chen, hours=hours, words="三个")
    found = balance(
        [book.read(bytes(row.data)) for row in LogEntry.objects.all()], LogEntry.objects.get(n=0).subject, str(cast.community.pk)
    )
    assert found.disputed == (0,)


def test_several_are_right_or_approved_at_once_or_none(cast: Cast) -> None:
    rows = [filled(cast, days=n) for n in (2, 3, 4)]
    with pytest.raises(Stale):
        approve_several(by=cast.lin, several=[(rows[0], rows[0].version), (rows[1], 99)])
    assert Hours.objects.filter(state=HoursState.WAITS_APPROVER).count() == 3
    done = approve_several(by=cast.lin, several=[(row, row.version) for row in rows])
    verify_several(by=cast.chen, several=[(row, row.version) for row in done])
    assert Hours.objects.filter(state=HoursState.VERIFIED).count() == 3
    with pytest.raises(NothingPicked):
        verify_several(by=cast.chen, several=[])


def test_one_hand_is_not_two(cast: Cast) -> None:
    long_day = back_fill(
        by=cast.lin, person=cast.chen, unit=cast.community, title="马拉松", came=filled(cast).came - timedelta(days=9),
        left=filled(cast, days=5).came - timedelta(days=6, hours=-9),
    )  # fmt: skip
    assert long_day.state == HoursState.WAITS_PARENT
    with pytest.raises(NotTwice):
        review_long_day(by=cast.lin, hours=long_day)
    hours = recorded(cast, days=20)
    Hours.objects.filter(pk=hours.pk).update(entered_by=cast.wu)
    with pytest.raises(NotOneself):
        propose_correction(by=cast.zhou, hours=own(cast), came=hours.came, left=hours.came + HOUR, why="我的")
    with pytest.raises(NothingToCorrect):
        propose_correction(by=cast.zhou, hours=filled(cast, days=15), came=hours.came, left=hours.came + HOUR, why="还没批")


def own(cast: Cast) -> Hours:
    """周敏's own hours, filled in by the district."""
    came = timezone.now() - timedelta(days=25)
    return back_fill(by=cast.lin, person=cast.zhou, unit=cast.community, title="献爱心", came=came, left=came + HOUR)


def test_the_reason_is_bound_into_the_entry_and_not_said_there(cast: Cast) -> None:
    hours = recorded(cast)
    correction = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.left - HOUR, why="走得早，家里说的")
    decide_correction(by=cast.lin, correction=correction, approved=True)
    row = LogEntry.objects.get(kind="hours.corrected")
    told = {"correction": str(correction.pk), "why": "走得早，家里说的"}
    salt = bytes(Salt.objects.get(person=cast.chen).salt)
    assert book.read(bytes(row.data)).document == book.commitment(salt, told)
    assert book.read(bytes(row.data)).document != book.commitment(salt, told | {"why": "别的"})
    assert "走得早" not in bytes(row.data).decode()
