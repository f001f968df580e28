"""Whose word it is that somebody is not asked for one visit, and how it is taken back: a social worker's by a press, the home's by the home."""

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Entry
from doorstep.hub.needs.actions.answering import refuse_person
from doorstep.hub.needs.actions.closing import arrange_again
from doorstep.hub.needs.models import Need
from doorstep.hub.scheduling.actions.exclusion import HomeNotAsked, home_says_no, keep_away, lift_exclusion, lift_refusal, rule_out_for_home
from doorstep.hub.scheduling.actions.slot import cancel_slot, forbid
from doorstep.hub.scheduling.models import Offer, OfferState, Refusal, Slot
from doorstep.hub.scheduling.tests.pressing import press
from doorstep.hub.testing import Cast


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.zhou)


def shown(client: Client, slot: Slot) -> str:
    page = client.get(reverse("scheduling:slot", args=[slot.pk])).content.decode()
    return page.split('id="not-asked"')[1].split("</section>")[0]


def need_of(slot: Slot) -> Need:
    return Need.objects.get(occasions__slot=slot)


def by_resident(cast: Cast, offer: Offer) -> None:
    refuse_person(by=cast.shen, need=need_of(offer.slot), slot=offer.slot, person=offer.person)


def by_phone(cast: Cast, offer: Offer) -> None:
    home_says_no(by=cast.zhou, offer=offer, channel="phone")


def for_good_and_back(cast: Cast, offer: Offer) -> None:
    home = offer.slot.household
    assert home is not None
    keep_away(by=cast.zhou, person=offer.person, household=home)
    lift_exclusion(by=cast.zhou, person=offer.person, household=home)


@pytest.mark.parametrize("said", [by_resident, by_phone, for_good_and_back])
def test_what_the_home_said_is_not_lifted_without_the_home(cast: Cast, said: object) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    said(cast, offer)  # type: ignore[operator]
    assert Refusal.objects.get().of_home
    with pytest.raises(HomeNotAsked):
        lift_refusal(by=cast.zhou, slot=offer.slot, person=cast.chen)
    assert Refusal.objects.exists()
    lift_refusal(by=cast.zhou, slot=offer.slot, person=cast.chen, channel="phone")
    assert cast.offer(offer.slot, cast.chen).state == OfferState.SENT


def test_whom_the_home_did_not_want_when_the_need_was_checked_is_the_homes_word(cast: Cast) -> None:
    cast.slot(not_send=cast.chen)
    assert Refusal.objects.get().of_home


def test_the_buttons_on_an_offer_keep_whose_word_it_was(desk: Client, cast: Cast) -> None:
    own, spoken, ever = (
        cast.offer(),
        cast.offer(cast.slot(windows=[(cast.at(4, 9), cast.at(4, 10))]), state=OfferState.ACCEPTED),
        cast.offer(cast.slot(windows=[(cast.at(5, 9), cast.at(5, 10))]), person=cast.jiang),
    )
    press(desk, "act_on_offer", own.pk, "forbid")
    press(desk, "answer", spoken.pk, "home_no", channel="phone")
    press(desk, "act_on_offer", ever.pk, "exclude")
    words = dict(Refusal.objects.values_list("slot_id", "of_home"))
    assert words == {own.slot_id: False, spoken.slot_id: True, ever.slot_id: True}


def test_the_home_is_asked_on_the_page_and_how_it_agreed_is_kept(desk: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    by_resident(cast, offer)
    text = shown(desk, offer.slot)
    assert "陈国梁" in text and "家里说的" in text and "家里又愿意了" in text and 'name="channel"' in text
    assert "先问家里" in press(desk, "lift_refusal", offer.slot_id, cast.chen.pk)
    assert "先问家里" not in press(desk, "lift_refusal", offer.slot_id, cast.chen.pk, channel="phone")
    assert not Refusal.objects.exists()
    detail = Entry.objects.get(verb="lift_refusal").detail
    assert (detail["person"], detail["home"]) == (str(cast.chen.pk), "phone") and detail["said_at"]


@pytest.mark.parametrize("channel", ["web", "pigeon", ""])
def test_the_home_cannot_have_been_asked_in_another_way(desk: Client, cast: Cast, channel: str) -> None:
    slot = cast.slot()
    rule_out_for_home(by=cast.zhou, slot=slot, person=cast.chen)
    press(desk, "lift_refusal", slot.pk, cast.chen.pk, channel=channel)
    assert Refusal.objects.exists()


def test_a_social_workers_own_word_is_one_press_and_names_her(desk: Client, cast: Cast) -> None:
    slot = cast.slot()
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    text = shown(desk, slot)
    assert "周敏 记的" in text and "家里说的" not in text and 'name="channel"' not in text
    press(desk, "lift_refusal", slot.pk, cast.chen.pk)
    assert Entry.objects.get(verb="lift_refusal").detail == {"person": str(cast.chen.pk)}


def test_the_homes_word_outweighs_the_social_workers(cast: Cast) -> None:
    slot = cast.slot()
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    rule_out_for_home(by=cast.zhou, slot=slot, person=cast.chen)
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    assert Refusal.objects.get().of_home


def test_the_next_visit_remembers_whose_word_it_was(cast: Cast) -> None:
    slot = cast.slot()
    rule_out_for_home(by=cast.zhou, slot=slot, person=cast.chen)
    forbid(by=cast.zhou, slot=slot, person=cast.jiang)
    cancel_slot(by=cast.zhou, slot=slot)
    following = arrange_again(by=cast.zhou, need=need_of(slot), windows=[(cast.at(3, 9), cast.at(3, 10))])
    assert dict(following.refusals.values_list("person_id", "of_home")) == {cast.chen.pk: True, cast.jiang.pk: False}
