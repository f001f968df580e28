"""The buttons of a volunteer's pages: each acts once, and each refusal says what to do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.actions import tell
from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.slot import cancel_slot
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Slot
from doorstep.hub.testing import Cast
from doorstep.hub.web.templatetags.doorstep import when


def press(client: Client, offer: Offer, route: str, key: str = "") -> str:
    """Presses the button and returns the page that it leads to."""
    answer = client.post(reverse(f"scheduling:{route}", args=[offer.pk]), {"once": key or uuid4().hex}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def state_of(offer: Offer) -> str:
    return Offer.objects.get(pk=offer.pk).state


@pytest.fixture
def chen(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.chen)


def test_yes_leads_to_the_door(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    shown = press(chen, offer, "accept")
    assert state_of(offer) == OfferState.ACCEPTED
    assert "等家里点头，就定了" in shown and "说定了" not in shown
    assert "2 单元 501" in shown


def test_no_asks_nothing_and_tells_the_social_worker(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    shown = press(chen, offer, "decline")
    assert state_of(offer) == OfferState.DECLINED
    assert "以后照样想着您" in shown
    assert "<textarea" not in shown
    assert Notice.objects.filter(person_id=cast.zhou.pk, kind="offer_declined").count() == 1


def test_cannot_come_takes_one_tap_more(chen: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    Slot.objects.filter(pk=offer.slot_id).update(home_answer=HomeAnswer.AGREED)
    first = chen.get(reverse("scheduling:cannot_come", args=[offer.pk])).content.decode()
    assert state_of(offer) == OfferState.ACCEPTED
    assert all(words in first for words in ("周敏马上知道", "家里也会收到话", "不记您的过", "我还是去"))
    shown = press(chen, offer, "cannot_come")
    assert state_of(offer) == OfferState.CANNOT_COME
    assert "谢谢您早说" in shown
    told = set(Notice.objects.filter(kind="cannot_come").values_list("person_id", flat=True))
    assert told == {cast.zhou.pk, cast.shen.pk}
    assert Slot.objects.get(pk=offer.slot_id).home_answer == HomeAnswer.NOT_ASKED


@pytest.mark.parametrize(("route", "verb"), [("accept", "accept"), ("decline", "decline"), ("cannot_come", "cannot_come")])
def test_a_double_tap_acts_once_and_shows_the_same(chen: Client, cast: Cast, route: str, verb: str) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED if route == "cannot_come" else OfferState.SENT)
    urls = [chen.post(reverse(f"scheduling:{route}", args=[offer.pk]), {"once": "the same key"}).headers["Location"] for _ in range(3)]
    assert len(set(urls)) == 1
    assert Entry.objects.filter(verb=verb, subject_id=str(offer.pk)).count() == 1


@pytest.mark.parametrize("route", ["accept", "decline"])
def test_what_was_taken_back_says_so(chen: Client, cast: Cast, route: str) -> None:
    offer = cast.offer()
    offers.withdraw_offer(by=cast.zhou, offer=offer)
    assert "已经收回了" in press(chen, offer, route)
    assert state_of(offer) == OfferState.WITHDRAWN


def test_a_late_yes_is_told_that_it_is_late(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    Offer.objects.filter(pk=offer.pk).update(reply_by=timezone.now() - timedelta(minutes=1))
    shown = press(chen, offer, "accept")
    assert "回话的时间过了" in shown
    assert state_of(offer) == OfferState.SENT
    assert "我去</button>" not in shown


def test_a_clash_is_said_to_the_one_who_answers(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    other = cast.offer(cast.slot(windows=[(cast.at(4, 9), cast.at(4, 9))]), state=OfferState.ACCEPTED)
    Offer.objects.filter(pk=other.pk).update(start=offer.start)
    shown = press(chen, offer, "accept")
    assert "那个时候您另有一件事" in shown
    assert "他另有一件事" not in shown
    assert state_of(offer) == OfferState.SENT


def test_a_cancelled_matter_needs_nobody(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    cancel_slot(by=cast.zhou, slot=offer.slot)
    assert "不用您去了" in press(chen, offer, "accept")


def test_once_it_has_begun_only_a_call_helps(chen: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    Offer.objects.filter(pk=offer.pk).update(start=timezone.now() - timedelta(minutes=5))
    assert chen.get(reverse("scheduling:cannot_come", args=[offer.pk])).status_code == 302
    shown = press(chen, offer, "cannot_come")
    assert "请马上打给社区" in shown
    assert "tel:0519-00006120" in shown
    assert state_of(offer) == OfferState.ACCEPTED


def test_a_get_never_answers(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    for route in ("accept", "decline"):
        assert chen.get(reverse(f"scheduling:{route}", args=[offer.pk])).status_code == 405
    assert state_of(offer) == OfferState.SENT


def test_a_stale_yes_after_no_changes_nothing(chen: Client, cast: Cast) -> None:
    offer = cast.offer()
    press(chen, offer, "decline")
    assert "已经回过话" in press(chen, offer, "accept")
    assert state_of(offer) == OfferState.DECLINED


def test_news_is_told_until_it_was_read_and_leaves_the_leads_alone(chen: Client, cast: Cast) -> None:
    cast.offer()
    offer = cast.offer(cast.slot(title="搬花盆", windows=[(cast.at(3, 9), cast.at(3, 9))]))
    offers.withdraw_offer(by=cast.zhou, offer=offer)
    tell(person_id=cast.chen.pk, kind="offer_declined", subject=offer, numbers={"title": "别的"})
    assert "“搬花盆”另有安排，这次不用您去了" in chen.get(reverse("scheduling:week")).content.decode()
    after = chen.post(reverse("scheduling:read_news"), {"once": "k"}, follow=True).content.decode()
    assert "“搬花盆”另有安排，这次不用您去了" not in after
    unread = Notice.objects.to_person(cast.chen.pk).exclude(state=Notice.State.READ)
    assert set(unread.values_list("kind", flat=True)) == {"offer_declined"}


def test_every_kind_of_news_has_its_english(chen: Client, cast: Cast) -> None:
    offer = cast.offer(cast.slot(title="Lamp"))
    for kind in ("offer_withdrawn", "offer_lapsed", "slot_moved", "slot_cancelled", "slot_gone_by"):
        tell(person_id=cast.chen.pk, kind=kind, subject=offer, numbers={"title": "Lamp"})
    for kind in ("welcomed", "kind_changed"):
        tell(person_id=cast.ning.pk, kind=kind, subject=cast.ning)
    welcome = cast.sign_in(Client(), cast.ning).get(reverse("scheduling:week")).content.decode()
    assert "欢迎您来做志愿者" in welcome
    assert "志愿者类别" in welcome
    chen.cookies["doorstep_language"] = "en"
    shown = chen.get(reverse("scheduling:week")).content.decode()
    assert shown.count("“Lamp”") == 5
    assert "there is 1 thing we would like to ask" in shown
    assert "I will go" in shown
    assert "Not this time" in shown


def test_a_later_week_is_listed_and_not_counted(chen: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    later = cast.offer(cast.slot(title="再下一周的事", windows=[(cast.at(10, 9), cast.at(10, 9))]), state=OfferState.ACCEPTED)
    shown = chen.get(reverse("scheduling:week"), {"week": cast.monday.isoformat()}).content.decode()
    assert "下周您去 1 次" in shown
    assert later.slot.title in shown


def test_large_print_can_be_read_aloud(chen: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    week = f"{reverse('scheduling:week')}?week={cast.monday.isoformat()}"
    assert "data-read" not in chen.get(week).content.decode()
    cast.chen.elder_mode = True
    cast.chen.save()
    shown = chen.get(week).content.decode()
    aloud = shown[shown.index('id="aloud"') : shown.index("data-read")]
    assert f"{when(cast.at(2, 9))}，给沈阿姨家装厕所扶手，12 幢 2 单元 501。" in aloud


def test_an_empty_week_names_the_next_step(chen: Client, cast: Cast) -> None:
    address = f"{reverse('scheduling:week')}?week={cast.monday.isoformat()}"
    assert "看看有空的时间" in chen.get(address).content.decode()
    cast.slot()
    shown = chen.get(address).content.decode()
    assert "看看有空的时间" not in shown
    assert "愿意去就说一声" in shown


def test_caps_and_pause_are_changed_in_the_profile_of_who_has_one(client: Client, cast: Cast) -> None:
    profile = reverse("people:profile")
    for name, has_one in (("chen", True), ("sun", False), ("zhou", False)):
        shown = cast.sign_in(client, cast.people[name]).get(reverse("scheduling:week")).content.decode()
        main = shown[shown.index("<main") :]
        assert (profile in main) == has_one
