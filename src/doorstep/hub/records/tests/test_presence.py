"""Coming and leaving: by code, by the leader, by word and by paper; every way it can be wrong has its sentence and leaves nothing behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from doorstep.hub import rounds
from doorstep.hub.journal.actions import record
from doorstep.hub.journal.checks import check_clock
from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.records import book
from doorstep.hub.records.actions.presence import ask_who_forgot, begin_try, check_in, check_out, end_try, say_left
from doorstep.hub.records.actions.vouching import did_not_come, vouch
from doorstep.hub.records.being import Kept, Stand, stand_of
from doorstep.hub.records.models import Attendance, Hours, How, Presence
from doorstep.hub.records.refusals import (
    AlreadyHere,
    AlreadyLeft,
    AlreadySettled,
    CancelledVisit,
    ClockBehind,
    HomeIsAsked,
    NotExpected,
    NotHereYet,
    NothingToConfirm,
    NotYours,
    OwnWord,
    TooEarly,
    TooLate,
    TooManyTries,
    WrongCode,
    WrongTime,
)
from doorstep.hub.records.tests.coming import MINUTE, away_from_homes, came, hours, left, refused, scanned, told
from doorstep.hub.scheduling.actions.slot import cancel_slot
from doorstep.hub.scheduling.models import Offer, OfferState, SlotState
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(cast: Cast) -> Offer:
    """陈国梁 has said yes to Wednesday at nine, an hour long."""
    return cast.offer(state=OfferState.ACCEPTED)


def test_two_codes_make_hours_of_the_best_grade_with_no_other_witness(offer: Offer) -> None:
    came(offer)
    left(offer)
    assert (hours().grade, hours().tenths, hours().state) == ("code_pair", 10, "recorded")
    assert (hours().confirmed_by, hours().led_by) == (None, None)
    row = Attendance.objects.get()
    assert (row.outcome, row.said_by) == ("served", None)
    offer.refresh_from_db()
    assert offer.state == OfferState.SERVED and offer.slot.state == SlotState.DONE


def test_six_digits_typed_by_the_person_are_a_code_too(offer: Offer) -> None:
    start, end = offer.start, offer.start + 60 * MINUTE
    assert (
        check_in(by=offer.person, offer=offer, code=f" {told(offer, start)[:3]} {told(offer, start)[3:]}", now=start).came_how == How.SPOKEN
    )
    check_out(by=offer.person, offer=offer, code=told(offer, end), now=end)
    assert hours().grade == "code_pair"


def test_digits_told_by_phone_and_typed_by_the_social_worker_are_her_word(cast: Cast, offer: Offer) -> None:
    """She can show the code herself: what she types for somebody proves no more than that she says so."""
    for act, now in ((check_in, offer.start), (check_out, offer.start + 50 * MINUTE)):
        act(by=cast.zhou, offer=offer, code=told(offer, now), now=now)
    assert (hours().grade, hours().led_by, hours().tenths) == ("leader", cast.zhou, 8)


def test_one_code_waits_for_somebodys_word_and_is_graded_so(cast: Cast, offer: Offer) -> None:
    came(offer)
    check_out(by=offer.person, offer=offer, now=offer.start + 60 * MINUTE)
    assert not Hours.objects.exists() and stand_of(Offer.objects.get(), offer.end) == Stand.WAITS
    assert Notice.objects.filter(person_id=cast.zhou.pk, kind="presence_waits").count() == 1
    with pytest.raises(OwnWord):
        vouch(by=offer.person, offer=offer, now=offer.end)
    vouch(by=cast.zhou, offer=offer, now=offer.end + MINUTE)
    assert (hours().grade, hours().led_by) == ("code_and_word", cast.zhou)


def test_whoever_asks_at_a_printed_stand_is_confirmed_with_one_press(cast: Cast, offer: Offer) -> None:
    check_in(by=offer.person, offer=offer, now=offer.start)
    assert Notice.objects.filter(person_id=cast.zhou.pk, kind="presence_asks").exists()
    assert vouch(by=cast.zhou, offer=offer, now=offer.start + MINUTE).came_how == How.WORD
    check_out(by=offer.person, offer=offer, now=offer.end)
    vouch(by=cast.zhou, offer=offer, now=offer.end + MINUTE)
    assert (hours().grade, hours().came) == ("leader", offer.start)


def test_the_leader_calls_the_roll(cast: Cast, offer: Offer) -> None:
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start)
    check_out(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.end)
    assert (hours().grade, hours().confirmed_by) == ("leader", cast.zhou)


def test_a_code_at_coming_and_the_leader_at_leaving(cast: Cast, offer: Offer) -> None:
    came(offer)
    check_out(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.end)
    assert hours().grade == "code_and_word"


def test_the_leader_at_coming_and_a_code_at_leaving(cast: Cast, offer: Offer) -> None:
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start)
    left(offer)
    assert hours().grade == "code_and_word"


def test_a_line_of_the_sign_in_sheet_counts_from_the_times_on_it(cast: Cast, offer: Offer) -> None:
    evening = offer.end + timedelta(hours=8)
    check_in(by=cast.zhou, offer=offer, how=How.PAPER, at=offer.start + 5 * MINUTE, now=evening)
    check_out(by=cast.zhou, offer=offer, how=How.PAPER, at=offer.start + 53 * MINUTE, now=evening)
    assert (hours().grade, hours().tenths, Attendance.objects.get().channel) == ("leader", 8, "paper")


def test_a_visit_at_home_keeps_the_words_of_the_home_and_takes_the_times_of_the_presence(cast: Cast) -> None:
    need = cast.need()
    offer = cast.offer(cast.checked(need), state=OfferState.ACCEPTED)
    came(offer, 4)
    check_out(by=offer.person, offer=offer, now=offer.start + 46 * MINUTE)
    record_visit(by=cast.shen, need=need, slot=offer.slot, outcomes={offer: "served"}, channel="web", now=offer.end)
    assert (hours().grade, hours().tenths, hours().confirmed_by) == ("code_and_word", 7, cast.shen)


def test_late_and_early_are_told_in_minutes(offer: Offer) -> None:
    presence = came(offer, 12)
    presence = left(offer, 45)
    assert (presence.minutes_late, presence.minutes_short) == (12, 15)
    assert hours().tenths == 5


def test_who_stays_longer_gets_what_was_planned(offer: Offer) -> None:
    came(offer, -40)
    left(offer, 100)
    assert (hours().tenths, hours().minutes) == (10, 140)


def test_a_cancelled_visit(cast: Cast, offer: Offer) -> None:
    cancel_slot(by=cast.zhou, slot=offer.slot)
    now = offer.start
    assert "已经取消" in refused(CancelledVisit, check_in, by=offer.person, offer=offer, code=scanned(offer, now), now=now)


def test_twice(offer: Offer) -> None:
    came(offer)
    assert "9:00" in refused(AlreadyHere, came, offer=offer, minute=1)
    check_out(by=offer.person, offer=offer, now=offer.end)
    assert "10:00" in refused(AlreadyLeft, left, offer=offer, minute=61)


def test_after_it_is_settled(offer: Offer) -> None:
    came(offer)
    left(offer)
    refused(AlreadySettled, came, offer=offer)
    refused(AlreadySettled, left, offer=offer)


def test_from_tomorrow_and_too_early(offer: Offer) -> None:
    assert "8:00" in refused(TooEarly, came, offer=offer, minute=-61)
    refused(TooEarly, came, offer=offer, minute=-24 * 60)
    came(offer, -60)


def test_too_late(offer: Offer) -> None:
    refused(TooLate, came, offer=offer, minute=60 + 181)
    came(offer, 60 + 180)


def test_the_wrong_person(cast: Cast, offer: Offer) -> None:
    now = offer.start
    for stranger in (cast.jiang, cast.wu, cast.shen):
        refused(NotYours, check_in, by=stranger, offer=offer, code=scanned(offer, now), now=now)
    refused(NotYours, check_in, by=cast.zhou, offer=offer, now=now)


def test_a_social_worker_who_volunteers_does_not_call_her_own_roll(cast: Cast) -> None:
    offer = cast.offer(person=cast.zhou, state=OfferState.ACCEPTED)
    refused(OwnWord, check_in, by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start)
    refused(OwnWord, check_in, by=cast.zhou, offer=offer, how=How.PAPER, at=offer.start, now=offer.end)


def test_a_social_worker_who_can_show_the_code_to_herself_needs_somebody_elses_word(cast: Cast) -> None:
    offer = cast.offer(person=cast.zhou, state=OfferState.ACCEPTED)
    came(offer)
    end = offer.start + 60 * MINUTE
    check_out(by=offer.person, offer=offer, code=scanned(offer, end), kept=Kept(end), now=end + MINUTE)
    presence = Presence.objects.get()
    assert (presence.came_how, presence.left_how, presence.pair) == (How.UNPROVED, How.UNPROVED, False)
    assert not Hours.objects.exists()
    colleague = cast.lin
    appoint(by=None, person=colleague, role="social_worker", place=cast.community, since=cast.monday - timedelta(days=30))
    vouch(by=colleague, offer=offer, now=end + MINUTE)
    assert (hours().grade, hours().led_by) == ("leader", colleague)


def test_who_has_not_said_yes_or_took_it_back(cast: Cast) -> None:
    offer = cast.offer()
    refused(NotExpected, came, offer=offer)


def test_leaving_before_coming(offer: Offer) -> None:
    refused(NotHereYet, left, offer=offer)


def test_a_code_two_steps_later_of_another_door_or_never_shown(cast: Cast, offer: Offer) -> None:
    shown = scanned(offer, offer.start)
    for seconds, good in ((59, True), (60, False)):
        now = offer.start + timedelta(seconds=seconds)
        if good:
            assert book.step_seen(offer.slot_id, shown, now) is not None
        else:
            refused(WrongCode, check_in, by=offer.person, offer=offer, code=shown, now=now)
    other = cast.offer(cast.slot(windows=[(cast.at(3, 9), cast.at(3, 9))]), cast.jiang, OfferState.ACCEPTED)
    refused(WrongCode, check_in, by=other.person, offer=other, code=scanned(offer, other.start), now=other.start)
    refused(WrongCode, check_in, by=offer.person, offer=offer, code="123", now=offer.start)


def test_six_digits_cannot_be_found_by_trying(cast: Cast, offer: Offer) -> None:
    for _ in range(10):
        assert begin_try(by=offer.person, offer=offer, now=offer.start)
        end_try(by=offer.person, offer=offer, wrong=True)
    refused(TooManyTries, begin_try, by=offer.person, offer=offer, now=offer.start)
    assert not begin_try(by=cast.zhou, offer=offer, now=offer.start), "who is in charge types what others read out"
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start)


def test_the_servers_clock_jumps_back(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    came(offer, 20)
    refused(ClockBehind, left, offer=offer, minute=10)
    yesterday = timezone.now() - timedelta(days=1)
    monkeypatch.setattr("doorstep.hub.records.access.timezone.now", lambda: yesterday)
    assert "钟走慢了" in refused(ClockBehind, left, offer=offer, minute=60)
    record(actor_id=None, verb="something_else", subject=offer)
    assert Entry.objects.latest("id").at == yesterday
    refused(ClockBehind, left, offer=offer, minute=60)


def test_a_forgotten_leaving_is_asked_about_once_the_next_morning(cast: Cast, offer: Offer) -> None:
    came(offer)
    assert ask_who_forgot(now=offer.start + timedelta(hours=14)) == 0
    morning = cast.at(3, 7)
    assert (ask_who_forgot(now=morning), ask_who_forgot(now=morning)) == (1, 0)
    assert Notice.objects.filter(person_id=offer.person_id, kind="presence_forgotten").count() == 1
    assert stand_of(Offer.objects.get(), morning) == Stand.FORGOT
    refused(WrongTime, say_left, by=offer.person, offer=offer, at=offer.start - MINUTE, now=morning)
    refused(WrongTime, say_left, by=offer.person, offer=offer, at=offer.end + timedelta(hours=4), now=morning)
    refused(NotYours, say_left, by=cast.zhou, offer=offer, at=offer.end, now=morning)
    say_left(by=offer.person, offer=offer, at=offer.start + 48 * MINUTE, now=morning)
    assert not Hours.objects.exists()
    vouch(by=cast.zhou, offer=offer, now=morning)
    assert (hours().grade, hours().tenths) == ("code_and_word", 8)


def test_a_forgotten_leaving_that_the_social_worker_knows(cast: Cast, offer: Offer) -> None:
    came(offer)
    refused(NothingToConfirm, vouch, by=cast.zhou, offer=offer, now=offer.end)
    refused(WrongTime, vouch, by=cast.zhou, offer=offer, left=offer.start - MINUTE, now=offer.end)
    vouch(by=cast.zhou, offer=offer, left=offer.start + 30 * MINUTE, now=cast.at(3, 8))
    assert (hours().grade, hours().tenths) == ("code_and_word", 5)


def test_nobody_came(cast: Cast, offer: Offer) -> None:
    refused(HomeIsAsked, did_not_come, by=cast.zhou, offer=offer, now=offer.end)
    offer = away_from_homes(offer)
    refused(OwnWord, did_not_come, by=offer.person, offer=offer, now=offer.end)
    did_not_come(by=cast.zhou, offer=offer, now=offer.end)
    assert Attendance.objects.get().outcome == "no_show" and not Hours.objects.exists()


def test_who_came_is_not_written_down_as_missing(cast: Cast, offer: Offer) -> None:
    offer = away_from_homes(offer)
    came(offer)
    refused(NothingToConfirm, did_not_come, by=cast.zhou, offer=offer, now=offer.end)


def test_every_act_leaves_one_line_in_the_journal(cast: Cast, offer: Offer) -> None:
    came(offer)
    left(offer)
    verbs = list(Entry.objects.filter(verb__in=("check_in", "check_out", "record_attendance", "hours_from")).values_list("verb", flat=True))
    assert sorted(verbs) == ["check_in", "check_out", "hours_from", "record_attendance"]


def test_nobody_is_asked_about_yesterday_in_the_middle_of_the_night(cast: Cast, offer: Offer) -> None:
    came(offer)
    assert rounds.ask_who_forgot_this_morning(now=cast.at(3, 6, 59)) == 0
    assert rounds.ask_who_forgot_this_morning(now=cast.at(3, 7)) == 1


def test_a_clock_that_is_behind_the_journal_is_an_alarm(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_clock(databases=["default"]) == []
    real = timezone.now()
    monkeypatch.setattr("doorstep.hub.journal.checks.timezone.now", lambda: real - timedelta(minutes=5))
    [alarm] = check_clock(databases=["default"])
    assert alarm.id == "doorstep.E007" and "5" in str(alarm.msg)


def test_digits_read_out_at_leaving_say_nothing_of_a_coming_that_nobody_saw(cast: Cast, offer: Offer) -> None:
    check_in(by=offer.person, offer=offer, now=offer.start)
    assert Presence.objects.get().came_how == How.UNPROVED
    now = offer.start + 60 * MINUTE
    check_out(by=cast.zhou, offer=offer, code=told(offer, now), now=now)
    assert not Hours.objects.exists()
