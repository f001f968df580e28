"""What a social worker does with the week, pressed as on the page: once, with its refusal, and never on a page gone stale."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Credential, Person, VolunteerProfile
from doorstep.hub.scheduling.access import TooLateToAsk
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.arranging import asked_aloud
from doorstep.hub.scheduling.actions.slot import SeatWanted, TwoWeeks, move_slot
from doorstep.hub.scheduling.board import board_of
from doorstep.hub.scheduling.models import Exclusion, HomeAnswer, Offer, OfferState, Refusal, Slot, SlotState
from doorstep.hub.scheduling.tests.pressing import press
from doorstep.hub.testing import Cast


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    """周敏 at her desk."""
    return cast.sign_in(client, cast.zhou)


def send_week(client: Client, cast: Cast, seen: str | None = None, once: str = "") -> str:
    fresh = board_of(cast.community, cast.monday).seen
    return press(
        client, "send_week", once=once, place=str(cast.community.pk), week=cast.monday.isoformat(), seen=fresh if seen is None else seen
    )


def state(thing: Offer | Slot) -> str:
    thing.refresh_from_db()
    return thing.state


def proposals(cast: Cast) -> list[Offer]:
    thursday = [(cast.at(3, 9), cast.at(3, 10))]
    return [
        cast.offer(cast.slot(title="甲"), state=OfferState.PROPOSED),
        cast.offer(cast.slot(title="乙", windows=thursday), person=cast.jiang, state=OfferState.PROPOSED),
    ]


def test_one_button_sends_the_week(desk: Client, cast: Cast) -> None:
    both = proposals(cast)
    assert "发出了 2 份邀请" in send_week(desk, cast)
    assert [state(offer) for offer in both] == ["sent", "sent"]
    assert Entry.objects.get(verb="send_week").detail["sent"] == 2


def test_a_second_tap_sends_nothing_twice(desk: Client, cast: Cast) -> None:
    proposals(cast)
    seen, once = board_of(cast.community, cast.monday).seen, uuid4().hex
    for _tap in range(2):
        send_week(desk, cast, seen=seen, once=once)
    assert Entry.objects.filter(verb="send_offer").count() == 2
    assert Entry.objects.filter(verb="send_week").count() == 1


def test_a_week_that_changed_since_it_was_shown_is_not_sent(desk: Client, cast: Cast) -> None:
    first = proposals(cast)[0]
    seen = board_of(cast.community, cast.monday).seen
    offers.hold_offer(by=cast.zhou, offer=first, held=True)
    assert "安排变过了" in send_week(desk, cast, seen=seen)
    assert not Offer.objects.filter(state=OfferState.SENT).exists()


def test_what_may_not_go_out_keeps_nobody_else_back(desk: Client, cast: Cast) -> None:
    risky, fine = proposals(cast)
    Slot.objects.filter(pk=risky.slot_id).update(bodily_risk=True)
    words = send_week(desk, cast)
    assert "发出了 1 份邀请" in words and "意外险" in words and "甲" in words
    assert (state(risky), state(fine)) == ("proposed", "sent")


def test_nothing_to_send_says_what_to_do(desk: Client, cast: Cast) -> None:
    assert "先排班" in send_week(desk, cast)


@pytest.mark.parametrize(
    ("verb", "after"), [("send", "sent"), ("hold", "held"), ("withdraw", "replaced"), ("forbid", "replaced"), ("exclude", "replaced")]
)
def test_one_proposal(desk: Client, cast: Cast, verb: str, after: str) -> None:
    offer = proposals(cast)[0]
    press(desk, "act_on_offer", offer.pk, verb)
    assert state(offer) == after
    assert Refusal.objects.exists() is (verb in ("forbid", "exclude"))
    assert Exclusion.objects.exists() is (verb == "exclude")


def test_held_back_is_not_sent_with_the_others_until_released(desk: Client, cast: Cast) -> None:
    first, second = proposals(cast)
    press(desk, "act_on_offer", first.pk, "hold")
    send_week(desk, cast)
    assert (state(first), state(second)) == ("held", "sent")
    press(desk, "act_on_offer", first.pk, "release")
    assert state(first) == "proposed"


def test_pin_and_unpin(desk: Client, cast: Cast) -> None:
    offer = proposals(cast)[0]
    for verb, pinned in (("unpin", False), ("pin", True)):
        press(desk, "act_on_offer", offer.pk, verb)
        offer.refresh_from_db()
        assert offer.pinned is pinned


def test_a_button_that_came_too_late_says_so(desk: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    assert "已经回过话" in press(desk, "act_on_offer", offer.pk, "hold")
    assert state(offer) == "accepted"


def test_unknown_verbs_are_not_there(desk: Client, cast: Cast) -> None:
    offer = cast.offer()
    for name, args in (("act_on_offer", [offer.pk, "burn"]), ("answer", [offer.pk, "maybe"]), ("act_on_slot", [offer.slot_id, "burn"])):
        assert desk.post(reverse(f"scheduling:{name}", args=args)).status_code == 404


def test_yes_by_phone_keeps_channel_time_and_who_took_it_down(desk: Client, cast: Cast) -> None:
    offer = cast.offer()
    Offer.objects.filter(pk=offer.pk).update(sent_at=timezone.now() - timedelta(days=1))
    said = timezone.localtime() - timedelta(minutes=30)
    press(desk, "answer", offer.pk, "yes", channel="phone", at=f"{said:%H:%M}")
    offer.refresh_from_db()
    assert (offer.state, offer.answer_channel, offer.answer_recorded_by) == ("accepted", "phone", cast.zhou)
    assert offer.answered_at is not None and abs(offer.answered_at - said) < timedelta(minutes=2)


@pytest.mark.parametrize(("said", "after"), [("yes", "accepted"), ("no", "declined")])
@pytest.mark.parametrize("before", ["proposed", "held"])
def test_asked_by_phone_and_answered_at_once_is_one_act(desk: Client, cast: Cast, said: str, before: str, after: str) -> None:
    offer = cast.offer(state=OfferState.PROPOSED)
    Offer.objects.filter(pk=offer.pk).update(state=before)
    assert "电话里、当面已经问过了" in desk.get(reverse("scheduling:slot", args=[offer.slot_id])).content.decode()
    press(desk, "answer", offer.pk, said, channel="phone")
    offer.refresh_from_db()
    assert (offer.state, offer.answer_channel, offer.answer_recorded_by) == (after, "phone", cast.zhou)
    assert offer.sent_at is not None
    assert [Entry.objects.filter(verb=verb).count() for verb in ("send_offer", "accept", "decline")] == [1, said == "yes", said == "no"]


def test_a_yes_aloud_short_before_it_begins_counts_and_after_it_does_not(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.PROPOSED)
    with pytest.raises(TooLateToAsk):
        asked_aloud(by=cast.zhou, offer=offer, goes=True, channel="phone", now=offer.start)
    assert state(offer) == "proposed"
    asked_aloud(by=cast.zhou, offer=offer, goes=True, channel="phone", now=offer.start - timedelta(minutes=30))
    assert state(offer) == "accepted"


@pytest.mark.parametrize("channel", ["", "web"])
def test_nobody_has_said_yes_unless_it_was_heard(desk: Client, cast: Cast, channel: str) -> None:
    offer = cast.offer(state=OfferState.PROPOSED)
    press(desk, "answer", offer.pk, "yes", channel=channel)
    assert state(offer) == "proposed"


def test_a_yes_aloud_to_what_needs_insurance_first_changes_nothing(desk: Client, cast: Cast) -> None:
    offer = cast.offer(cast.slot(bodily_risk=True), state=OfferState.PROPOSED)
    assert "意外险" in press(desk, "answer", offer.pk, "yes", channel="phone")
    assert state(offer) == "proposed"


@pytest.mark.parametrize(
    ("said", "before", "after"), [("no", "sent", "declined"), ("cannot", "accepted", "cannot_come"), ("home_no", "accepted", "withdrawn")]
)
def test_answers_taken_down(desk: Client, cast: Cast, said: str, before: str, after: str) -> None:
    offer = cast.offer(state=before)
    press(desk, "answer", offer.pk, said, channel="in_person")
    assert state(offer) == after
    assert Refusal.objects.filter(person=offer.person).exists() is (said == "home_no")


@pytest.mark.parametrize("channel", ["", "web", "pigeon"])
def test_an_answer_without_a_spoken_channel_is_no_answer(desk: Client, cast: Cast, channel: str) -> None:
    offer = cast.offer()
    press(desk, "answer", offer.pk, "yes", channel=channel)
    assert state(offer) == "sent"


def test_nobody_is_taken_for_granted(desk: Client, cast: Cast) -> None:
    proposals(cast)
    send_week(desk, cast)
    assert not Offer.objects.filter(state=OfferState.ACCEPTED).exists()
    offers.lapse_overdue(now=cast.at(6, 23))
    assert set(Offer.objects.values_list("state", flat=True)) == {"lapsed"}


def test_the_home_agrees_by_phone_and_a_stale_page_cannot_say_so(desk: Client, cast: Cast) -> None:
    slot = cast.offer(state=OfferState.ACCEPTED).slot
    slot.refresh_from_db()
    assert "别人刚改过" in press(desk, "home", slot.pk, channel="phone", seen=str(slot.version - 1))
    assert state(slot) == "open" and slot.home_answer == HomeAnswer.NOT_ASKED
    press(desk, "home", slot.pk, channel="phone", seen=str(slot.version))
    slot.refresh_from_db()
    assert (slot.home_answer, slot.home_answer_channel) == (HomeAnswer.AGREED, "phone") and slot.home_answer_at


def test_one_of_two_says_no_and_the_other_is_kept_either_way(desk: Client, cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(), SeatWanted()])
    stays, goes = cast.offer(slot, state=OfferState.ACCEPTED), cast.offer(slot, person=cast.jiang, number=1)
    press(desk, "answer", goes.pk, "no", channel="phone")
    words = desk.get(reverse("scheduling:slot", args=[slot.pk])).content.decode()
    assert "陈国梁 还留着" in words and "补一位" in words and "先放一放" in words
    slot.refresh_from_db()
    press(desk, "act_on_slot", slot.pk, "hold", seen=str(slot.version))
    assert (state(slot), state(stays)) == (SlotState.HELD, "accepted")
    press(desk, "act_on_slot", slot.pk, "release")
    assert state(slot) == SlotState.OPEN


def ask(client: Client, cast: Cast, slot: Slot, person: Person, **said: Any) -> str:
    slot.refresh_from_db()
    told = {"seat": str(cast.seat(slot).pk), "person": str(person.pk), "start": cast.at(2, 9).isoformat(), "seen": str(slot.version)}
    return press(client, "ask", slot.pk, **(told | said))


def test_the_best_person_is_asked_in_one_act(desk: Client, cast: Cast) -> None:
    slot = cast.slot()
    assert "已经去问了" in ask(desk, cast, slot, cast.chen)
    offer = Offer.objects.get(slot=slot)
    assert (offer.state, offer.person, offer.made_by) == ("sent", cast.chen, cast.zhou)


def test_asking_refused_leaves_nothing_behind(desk: Client, cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    assert "核验过的证" in ask(desk, cast, slot, cast.chen)
    risky = cast.slot(title="爬高", bodily_risk=True)
    assert "意外险" in ask(desk, cast, risky, cast.chen)
    assert not Offer.objects.exists()


def test_a_person_of_nowhere_or_a_time_of_nonsense_is_not_asked(desk: Client, cast: Cast) -> None:
    slot = cast.slot()
    url, told = reverse("scheduling:ask", args=[slot.pk]), {"seat": str(cast.seat(slot).pk), "person": str(cast.chen.pk)}
    assert desk.post(url, told | {"person": str(cast.shen.pk), "start": cast.at(2, 9).isoformat()}).status_code == 404
    assert desk.post(url, told | {"person": "nobody", "start": ""}).status_code == 404
    press(desk, "ask", slot.pk, **told, start="soon")
    press(desk, "ask", slot.pk, **told, start=cast.at(5, 9).isoformat())
    assert not Offer.objects.exists()


def test_another_person_by_hand_with_the_rules_sentence(desk: Client, cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    url = reverse("scheduling:change", args=[slot.pk, cast.seat(slot).pk])
    told = {"person": str(cast.chen.pk), "start": cast.at(2, 9, 15).isoformat(), "seen": str(slot.version), "once": uuid4().hex}
    refused = desk.post(url, told)
    assert refused.status_code == 422 and "核验过的证" in refused.content.decode()
    assert f'value="{cast.chen.pk}" selected' in refused.content.decode()
    assert desk.post(url, told | {"person": str(cast.jiang.pk), "once": uuid4().hex}).status_code == 302
    offer = Offer.objects.get(slot=slot)
    assert (offer.person, offer.start, offer.state) == (cast.jiang, cast.at(2, 9, 15), "proposed")
    assert desk.post(url, told | {"person": str(cast.jiang.pk), "ask": "1", "once": uuid4().hex}).status_code == 422


def test_another_time_frees_who_was_asked_and_keeps_what_was_typed(desk: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    slot = Slot.objects.get(pk=offer.slot_id)
    url = reverse("scheduling:move", args=[slot.pk])
    friday = (cast.monday + timedelta(days=4)).isoformat()
    told = {"day": friday, "earliest": "15:00", "latest": "14:00", "seen": str(slot.version), "once": uuid4().hex}
    wrong = desk.post(url, told)
    assert wrong.status_code == 422 and "填反了" in wrong.content.decode() and friday in wrong.content.decode()
    assert desk.post(url, told | {"latest": "16:00", "once": uuid4().hex, "seen": "99"}).status_code == 422
    assert desk.post(url, told | {"day": "2020-01-06", "latest": "16:00", "once": uuid4().hex}).status_code == 422
    assert desk.post(url, told | {"latest": "16:00", "once": uuid4().hex}).status_code == 302
    assert state(offer) == "withdrawn"
    assert slot.windows.get().earliest == cast.at(4, 15)


def test_cancelling_tells_everybody_and_not_on_a_stale_page(desk: Client, cast: Cast) -> None:
    offer = cast.offer()
    slot = Slot.objects.get(pk=offer.slot_id)
    press(desk, "act_on_slot", slot.pk, "cancel", seen="99")
    assert state(slot) == SlotState.OPEN
    press(desk, "act_on_slot", slot.pk, "cancel", seen=str(slot.version))
    assert (state(slot), state(offer)) == (SlotState.CANCELLED, "withdrawn")
    assert "已经办完或取消" in press(desk, "act_on_slot", slot.pk, "cancel")


def test_a_need_in_mid_week_stands_first_and_says_why(desk: Client, cast: Cast) -> None:
    cast.offer(cast.slot(title="早排的"), state=OfferState.ACCEPTED)
    cast.slot(title="临时来的", windows=[(cast.at(5, 9), cast.at(5, 10))])
    words = desk.get(reverse("scheduling:plan"), {"week": cast.monday.isoformat()}).content.decode()
    assert words.index("临时来的") < words.index("早排的")
    assert "这一周还没有排过班" in words


def test_the_best_people_are_those_who_fit_and_those_one_step_away(desk: Client, cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))], windows=[(cast.at(2, 14), cast.at(2, 15))])
    words = desk.get(reverse("scheduling:slot", args=[slot.pk])).content.decode()
    assert "差一步：那时没填有空" in words and "问他能否 14:00" in words
    VolunteerProfile.objects.filter(person=cast.jiang).update(reach_m=1)
    assert "蒋文斌" not in desk.get(reverse("scheduling:slot", args=[slot.pk])).content.decode()


def test_a_proof_that_has_just_run_out_leads_to_the_persons_page(desk: Client, cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    Credential.objects.filter(person=cast.jiang).update(expires_on=cast.monday)
    words = desk.get(reverse("scheduling:best", args=[slot.pk])).content.decode()
    assert "差一步：低压电工证" in words and reverse("people:volunteer", args=[cast.jiang.pk]) in words
    assert "问他" not in words


def test_who_said_no_or_is_ruled_out_is_not_named_again(desk: Client, cast: Cast) -> None:
    offer = cast.offer(cast.slot(windows=[(cast.at(2, 9), cast.at(2, 9))]))
    offers.decline(by=cast.chen, offer=offer)
    words = desk.get(reverse("scheduling:best", args=[offer.slot_id])).content.decode()
    assert "蒋文斌" in words and "陈国梁" not in words


def test_nobody_under_18_is_listed(desk: Client, cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(2, 14), cast.at(2, 15))])
    words = desk.get(reverse("scheduling:best", args=[slot.pk])).content.decode()
    assert "宁小雨" not in words
    assert "不到 18 岁的不列在这里" in words


def test_who_is_under_18_is_asked_by_hand_and_the_page_says_why_not(desk: Client, cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(2, 14), cast.at(2, 15))], bodily_risk=True, insured=True)
    url = reverse("scheduling:change", args=[slot.pk, cast.seat(slot).pk])
    told = {"person": str(cast.ning.pk), "start": timezone.localtime(cast.at(2, 14)).isoformat(), "seen": str(slot.version)}
    answer = desk.post(url, told | {"once": uuid4().hex})
    assert answer.status_code == 422
    assert "他未满 18 岁" in answer.content.decode()


def test_a_slot_lies_in_one_week(cast: Cast) -> None:
    slot = cast.slot()
    both = [(cast.at(4, 9), cast.at(4, 10)), (cast.at(7, 9), cast.at(7, 10))]
    with pytest.raises(TwoWeeks):
        move_slot(by=cast.zhou, slot=slot, windows=both)
    over_midnight = [(cast.at(6, 23), cast.at(7, 1))]
    with pytest.raises(TwoWeeks):
        move_slot(by=cast.zhou, slot=slot, windows=over_midnight)
    with pytest.raises(TwoWeeks):
        cast.slot(windows=both)
    assert slot.windows.get().earliest == cast.at(2, 9)


def test_insurance_opens_the_way_to_asking(desk: Client, cast: Cast) -> None:
    slot = cast.slot(bodily_risk=True, risk_note="要爬梯子")
    assert "要爬梯子" in desk.get(reverse("scheduling:slot", args=[slot.pk])).content.decode()
    assert "可以发邀请了" in press(desk, "act_on_slot", slot.pk, "insured", seen=str(slot.version))
    assert "已经去问了" in ask(desk, cast, slot, cast.chen)
