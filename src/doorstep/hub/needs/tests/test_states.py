"""Every line of docs/states.md that a person or the clock moves, told with the cast."""

from datetime import timedelta

import pytest

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Notice
from doorstep.hub.needs import access
from doorstep.hub.needs.actions.answering import agree, move_visit, refuse_person, take_consent_back
from doorstep.hub.needs.actions.asking import cancel_need, heed_withdrawn_consents
from doorstep.hub.needs.actions.checking import refer_need
from doorstep.hub.needs.actions.closing import close_week, give_up, record_visit
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.needs.queries import Arrangement, arrangement, history_of
from doorstep.hub.people.actions.person import withdraw_consent
from doorstep.hub.people.models import Person
from doorstep.hub.records.actions import NotYet, OwnVisit
from doorstep.hub.rounds import close_due_weeks
from doorstep.hub.scheduling.access import NotWished, TimeClash
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.slot import SeatWanted, hold_slot, record_home_answer
from doorstep.hub.scheduling.models import Exclusion, HomeAnswer, Offer, OfferState, Plan, Slot, SlotState
from doorstep.hub.testing import Cast


def fresh(row: Slot | Need | Offer) -> tuple[str, ...]:
    row.refresh_from_db()
    return (row.state, row.home_answer) if isinstance(row, Slot) else (row.state,)


def promised(cast: Cast, **found: object) -> tuple[Need, Slot, Offer]:
    """A need for which 陈国梁 has said yes."""
    need = cast.need()
    slot = cast.checked(need, **found)
    return need, slot, cast.offer(slot, state=OfferState.ACCEPTED)


def stand_of(need: Need) -> Arrangement:
    need.refresh_from_db()
    return arrangement(need)


def told(person: Person) -> set[str]:
    return set(Notice.objects.to_person(person.pk).values_list("kind", flat=True))


def test_the_home_agrees_itself_and_the_social_worker_hears_of_it(cast: Cast) -> None:
    need, slot, _offer = promised(cast)
    assert stand_of(need).phase == "proposed"
    agree(by=cast.shen, need=need, slot=slot)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.AGREED)
    assert stand_of(need).phase == "agreed"
    assert "home_agreed" in told(cast.zhou)


def test_a_home_s_yes_by_phone_is_taken_down_with_channel_and_time(cast: Cast) -> None:
    need, slot, _offer = promised(cast)
    agree(by=cast.zhou, need=need, slot=slot, channel="phone", now=cast.at(0, 10))
    slot.refresh_from_db()
    assert (slot.home_answer, slot.home_answer_channel, slot.home_answer_at) == (HomeAnswer.AGREED, "phone", cast.at(0, 10))


def test_nobody_else_answers_for_the_home(cast: Cast) -> None:
    need, slot, _offer = promised(cast)
    for stranger in (cast.chen, cast.wu, cast.stranger):
        with pytest.raises(access.NotYourMatter):
            agree(by=stranger, need=need, slot=slot)
        with pytest.raises(access.NotYourMatter):
            cancel_need(by=stranger, need=need)


def test_nothing_can_be_agreed_to_before_somebody_is_there(cast: Cast) -> None:
    need = cast.need()
    with pytest.raises(access.NobodyYet):
        agree(by=cast.shen, need=need, slot=cast.checked(need))


def test_an_answer_to_an_old_page_is_stale(cast: Cast) -> None:
    need, slot, _offer = promised(cast)
    with pytest.raises(Stale):
        agree(by=cast.shen, need=need, slot=slot, seen=99)


def test_a_refused_person_is_out_and_is_not_sent_again(cast: Cast) -> None:
    need, slot, offer = promised(cast)
    refuse_person(by=cast.shen, need=need, slot=slot, person=cast.chen)
    assert fresh(offer) == (OfferState.WITHDRAWN,)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.REFUSED)
    assert {"offer_withdrawn"} <= told(cast.chen)
    assert "home_refused" in told(cast.zhou)
    with pytest.raises(NotWished):
        cast.offer(slot)
    # Nor when the same matter comes back a week later.
    close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 22))
    following = Slot.objects.get(occasion__need=need, state=SlotState.OPEN)
    with pytest.raises(NotWished):
        cast.offer(following)
    assert cast.offer(following, person=cast.jiang).state == OfferState.SENT
    assert not Exclusion.objects.exists()


def test_a_person_refused_for_good_never_comes_to_this_home_again(cast: Cast) -> None:
    need, slot, _offer = promised(cast)
    refuse_person(by=cast.shen, need=need, slot=slot, person=cast.chen, ever=True)
    assert Exclusion.objects.get().person == cast.chen
    with pytest.raises(NotWished):
        cast.offer(cast.slot(windows=[(cast.at(4, 9), cast.at(4, 10))]))


def test_after_a_refusal_the_home_is_asked_about_the_next_one(cast: Cast) -> None:
    need, slot, _offer = promised(cast)
    refuse_person(by=cast.shen, need=need, slot=slot, person=cast.chen)
    cast.offer(slot, person=cast.jiang, state=OfferState.ACCEPTED)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)
    assert stand_of(need).phase == "proposed"


@pytest.mark.parametrize("ends", ["cannot_come", "withdrawn"])
def test_an_agreement_ends_with_the_person_it_was_given_to(cast: Cast, ends: str) -> None:
    need, slot, offer = promised(cast)
    agree(by=cast.shen, need=need, slot=slot)
    if ends == "cannot_come":
        offers.cannot_come(by=cast.chen, offer=offer)
    else:
        offers.withdraw_offer(by=cast.zhou, offer=offer)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)
    assert stand_of(need).phase == "looking"
    assert told(cast.shen) & {"cannot_come", "helper_changes"}


@pytest.mark.parametrize("state", [OfferState.PROPOSED, OfferState.SENT])
def test_the_home_cannot_agree_to_who_was_only_proposed_or_asked(cast: Cast, state: str) -> None:
    need = cast.need()
    slot = cast.checked(need)
    cast.offer(slot, state=state)
    with pytest.raises(access.NobodyYet):
        agree(by=cast.shen, need=need, slot=slot)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)


def test_the_home_that_agreed_to_one_is_asked_about_the_other_too(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need, seats=[SeatWanted(), SeatWanted()])
    cast.offer(slot, state=OfferState.ACCEPTED)
    second = cast.offer(slot, person=cast.jiang, number=1)
    agree(by=cast.shen, need=need, slot=slot)
    offers.accept(by=cast.jiang, offer=second)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)
    assert stand_of(need).phase == "proposed"


@pytest.mark.both_databases
def test_a_yes_that_came_since_the_social_worker_s_page_is_taken_back_as_a_yes(cast: Cast) -> None:
    offer = cast.offer()
    stale = Offer.objects.select_related("slot").get(pk=offer.pk)
    offers.accept(by=cast.chen, offer=offer)
    offers.withdraw_offer(by=cast.zhou, offer=stale)
    assert fresh(offer) == (OfferState.WITHDRAWN,)
    assert {"somebody_comes", "helper_changes"} <= told(cast.shen)


def test_a_home_that_agreed_beforehand_is_asked_again_when_the_asked_one_declines(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot)
    record_home_answer(by=cast.zhou, slot=slot, answer=HomeAnswer.AGREED, channel="phone")
    offers.decline(by=cast.chen, offer=offer)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)


def test_no_answer_in_time_opens_the_seat_and_the_home_s_yes(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot)
    record_home_answer(by=cast.zhou, slot=slot, answer=HomeAnswer.AGREED, channel="phone")
    assert offer.reply_by is not None
    assert offers.lapse_overdue(now=offer.reply_by + timedelta(minutes=1)) == 1
    assert fresh(offer) == (OfferState.LAPSED,)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)
    assert "offer_unanswered" in told(cast.zhou)


def test_the_home_moves_the_visit_and_who_had_said_yes_is_free(cast: Cast) -> None:
    need, slot, offer = promised(cast)
    agree(by=cast.shen, need=need, slot=slot)
    move_visit(by=cast.shen, need=need, slot=slot, windows=[(cast.at(4, 9), cast.at(4, 10))])
    assert fresh(offer) == (OfferState.WITHDRAWN,)
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)
    assert [window.earliest for window in slot.windows.all()] == [cast.at(4, 9)]
    assert "slot_moved" in told(cast.chen)
    assert "home_moved" in told(cast.zhou)
    assert "move_slot" in [line.kind for line in history_of(stand_of(need))]


def test_one_of_two_declines_and_the_other_stays(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need, seats=[SeatWanted(), SeatWanted()])
    stays = cast.offer(slot, state=OfferState.ACCEPTED)
    other = cast.offer(slot, person=cast.jiang, number=1)
    offers.decline(by=cast.jiang, offer=other)
    assert fresh(stays) == (OfferState.ACCEPTED,)
    stand = stand_of(need)
    assert (stand.phase, [person.name for person in stand.helpers], stand.missing) == ("proposed", ["陈国梁"], 1)
    # Refilled for the same start only: two people go together.
    with pytest.raises(TimeClash):
        offers.propose(by=cast.zhou, seat=cast.seat(slot, 1), person=cast.sun, start=stays.start + timedelta(minutes=30))
    again = offers.propose(by=cast.zhou, seat=cast.seat(slot, 1), person=cast.sun, start=stays.start)
    assert again.start == stays.start


def test_taking_consent_back_cancels_what_is_open(cast: Cast) -> None:
    need, _slot, offer = promised(cast)
    take_consent_back(by=cast.shen, need=need)
    assert fresh(need) == (NeedState.CANCELLED,)
    assert fresh(offer) == (OfferState.WITHDRAWN,)
    assert need.consent is not None
    need.consent.refresh_from_db()
    assert need.consent.withdrawn_at is not None


def test_consent_taken_back_on_the_person_s_own_page_cancels_too(cast: Cast) -> None:
    need, _slot, offer = promised(cast)
    other = cast.need(cast.he)
    assert heed_withdrawn_consents() == 0
    assert need.consent is not None
    withdraw_consent(by=cast.shen, consent=need.consent)
    assert heed_withdrawn_consents() == 1
    assert (fresh(need), fresh(offer), fresh(other)) == ((NeedState.CANCELLED,), (OfferState.WITHDRAWN,), (NeedState.NEW,))


def test_taking_consent_back_afterwards_leaves_what_was_done(cast: Cast) -> None:
    need, slot, offer = promised(cast)
    record_visit(by=cast.shen, need=need, slot=slot, outcomes={offer: "served"}, channel="web", now=offer.start + timedelta(hours=1))
    take_consent_back(by=cast.shen, need=need)
    assert fresh(need) == (NeedState.DONE,)


def test_the_home_says_itself_that_somebody_was_there(cast: Cast) -> None:
    need, slot, offer = promised(cast)
    with pytest.raises(NotYet):
        record_visit(by=cast.shen, need=need, slot=slot, outcomes={offer: "served"}, channel="web", now=offer.start - timedelta(hours=1))
    record_visit(by=cast.shen, need=need, slot=slot, outcomes={offer: "served"}, channel="web", now=offer.start + timedelta(hours=1))
    assert fresh(need) == (NeedState.DONE,)
    assert offer.attendance.said_by == cast.shen


def test_who_went_does_not_confirm_the_own_visit(cast: Cast) -> None:
    need = cast.need(cast.chen)
    slot = cast.checked(need, household=cast.shen.household)
    offer = cast.offer(slot, state=OfferState.ACCEPTED)
    with pytest.raises(OwnVisit):
        record_visit(by=cast.chen, need=need, slot=slot, outcomes={offer: "served"}, channel="web", now=offer.start + timedelta(hours=1))


def test_one_served_is_enough_and_who_was_still_asked_is_thanked(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need, seats=[SeatWanted(), SeatWanted()])
    went = cast.offer(slot, state=OfferState.ACCEPTED)
    asked = cast.offer(slot, person=cast.jiang, number=1)
    record_visit(by=cast.zhou, need=need, slot=slot, outcomes={went: "served"}, channel="phone", now=went.start + timedelta(hours=1))
    assert fresh(asked) == (OfferState.WITHDRAWN,)
    assert "slot_done" in told(cast.jiang)


def test_nobody_at_home_while_the_week_goes_on_opens_the_seat_again(cast: Cast) -> None:
    need, slot, offer = promised(cast, windows=[(cast.at(2, 9), cast.at(2, 10)), (cast.at(4, 9), cast.at(4, 10))])
    agree(by=cast.shen, need=need, slot=slot)
    record_visit(by=cast.zhou, need=need, slot=slot, outcomes={offer: "not_home"}, channel="phone", now=cast.at(2, 11))
    assert fresh(slot) == (SlotState.OPEN, HomeAnswer.NOT_ASKED)
    assert fresh(need) == (NeedState.CHECKED,)
    assert cast.offer(slot, person=cast.jiang).state == OfferState.SENT


@pytest.mark.parametrize(("outcome", "waited"), [("not_home", 0), ("no_show", 1)])
def test_a_visit_in_vain_comes_back_next_week_higher_only_for_who_waited(cast: Cast, outcome: str, waited: int) -> None:
    need, slot, offer = promised(cast)
    record_visit(by=cast.zhou, need=need, slot=slot, outcomes={offer: outcome}, channel="phone", now=cast.at(2, 12))
    following = Slot.objects.get(occasion__need=need, state=SlotState.OPEN)
    assert (following.week, following.waited_weeks) == (cast.monday + timedelta(days=7), waited)
    assert fresh(slot)[0] == SlotState.UNMET


def test_called_off_at_the_door_ends_the_need(cast: Cast) -> None:
    need, slot, offer = promised(cast)
    record_visit(by=cast.zhou, need=need, slot=slot, outcomes={offer: "called_off"}, channel="phone", now=cast.at(2, 12))
    assert fresh(need) == (NeedState.CANCELLED,)
    assert fresh(slot)[0] == SlotState.CANCELLED


def test_unserved_the_home_is_told_and_stands_one_place_higher(cast: Cast) -> None:
    need = cast.need()
    cast.checked(need)
    close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 22))
    stand = stand_of(need)
    assert (stand.phase, stand.slot and stand.slot.waited_weeks) == ("waits", 1)
    assert "need_waits" in told(cast.shen)
    # Closing the same week again does nothing.
    assert close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 23)) == 0


def test_who_waited_gets_into_a_week_that_was_planned_before(cast: Cast) -> None:
    cast.slot()
    next_week = cast.monday + timedelta(days=7)
    after_close = cast.at(6, 21, 30)
    assert close_due_weeks(now=after_close) == 1
    # Nothing is planned twice before its hour.
    assert not Plan.objects.exists()
    Plan.objects.create(place=cast.district, week=next_week, state=Plan.State.READY)
    cast.slot(windows=[(cast.at(3, 9), cast.at(3, 10))])
    assert close_due_weeks(now=after_close) == 1
    assert Plan.objects.filter(week=next_week, state=Plan.State.QUEUED).count() == 1


def test_what_was_held_back_does_not_wait_for_ever(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need)
    hold_slot(by=cast.zhou, slot=slot, held=True)
    assert stand_of(need).phase == "held"
    assert close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 22)) == 1
    assert stand_of(need).phase == "waits"


def test_a_promised_visit_is_left_to_its_follow_up_when_the_week_closes(cast: Cast) -> None:
    _need, slot, _offer = promised(cast)
    assert close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 22)) == 0
    assert fresh(slot)[0] == SlotState.OPEN


def test_giving_up_frees_who_was_coming_and_tells_the_home_why(cast: Cast) -> None:
    need, slot, offer = promised(cast)
    give_up(by=cast.zhou, need=need, words="要起重设备，志愿者搬不了。请打 12345。")
    assert fresh(offer) == (OfferState.WITHDRAWN,)
    assert fresh(slot)[0] == SlotState.UNMET
    assert fresh(need) == (NeedState.UNMET,)
    assert {"need_unmet"} <= told(cast.shen)
    with pytest.raises(access.AlreadyChecked):
        give_up(by=cast.zhou, need=need, words="再来一次")


def test_another_door_is_named_to_the_resident(cast: Cast) -> None:
    need = cast.need()
    refer_need(by=cast.zhou, need=need, referral="12345", words="路灯坏了归市政，打 12345。")
    assert fresh(need) == (NeedState.REFERRED,)
    with pytest.raises(access.AlreadyChecked):
        refer_need(by=cast.zhou, need=need, referral="110", words="再来一次")
