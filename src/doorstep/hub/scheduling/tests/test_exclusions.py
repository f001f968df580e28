"""Who is never sent to a home, or not asked for one visit: seen, added and taken off by its own social worker only."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Household, Person
from doorstep.hub.scheduling.access import NotWished
from doorstep.hub.scheduling.actions.exclusion import NotExcluded, keep_away, lift_exclusion, lift_refusal
from doorstep.hub.scheduling.actions.slot import cancel_slot, forbid
from doorstep.hub.scheduling.models import Exclusion, OfferState, Refusal, Slot
from doorstep.hub.scheduling.tests.pressing import press
from doorstep.hub.testing import Cast


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.zhou)


def page(home: Household) -> str:
    return reverse("scheduling:exclusions", args=[home.pk])


def shown(client: Client, home: Household, **asked: str) -> str:
    return client.get(page(home), asked).content.decode()


def test_the_household_page_leads_here(desk: Client, cast: Cast) -> None:
    home = cast.shen.household
    assert page(home) in desk.get(reverse("people:household", args=[home.pk])).content.decode()


def test_somebody_is_found_added_and_taken_off(desk: Client, cast: Cast) -> None:
    home = cast.shen.household
    assert "谁都可以派来这一家" in shown(desk, home)
    assert "陈国梁" in shown(desk, home, q="国梁")
    answer = desk.post(reverse("scheduling:exclude", args=[home.pk]), {"person": str(cast.chen.pk)}, follow=True)
    assert "以后不再派陈国梁来这一家" in answer.content.decode()
    assert "有 1 位不再派来这一家" in shown(desk, home)
    assert "以后不派" not in shown(desk, home, q="国梁")
    answer = desk.post(reverse("scheduling:lift_exclusion", args=[home.pk, cast.chen.pk]), follow=True)
    assert "又可以请陈国梁来这一家" in answer.content.decode()
    assert not Exclusion.objects.exists()
    line = Entry.objects.get(verb="lift_exclusion")
    assert (line.actor_id, line.detail) == (cast.zhou.pk, {"person": str(cast.chen.pk)})


def test_what_was_arranged_is_given_up_and_the_seat_is_open(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    keep_away(by=cast.zhou, person=cast.chen, household=cast.shen.household)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert Notice.objects.filter(person_id=cast.chen.pk, kind="offer_withdrawn").count() == 1
    with pytest.raises(NotWished):
        cast.offer(cast.slot(), cast.chen)


def test_who_was_taken_off_may_be_asked_again(cast: Cast) -> None:
    keep_away(by=cast.zhou, person=cast.chen, household=cast.shen.household)
    lift_exclusion(by=cast.zhou, person=cast.chen, household=cast.shen.household)
    assert cast.offer(cast.slot(), cast.chen).state == OfferState.SENT
    with pytest.raises(NotExcluded):
        lift_exclusion(by=cast.zhou, person=cast.chen, household=cast.shen.household)


@pytest.mark.parametrize("who", ["wu", "chen", "shen", "lin"])
def test_nobody_else_sees_it(client: Client, cast: Cast, who: str) -> None:
    person: Person = cast.people[who]
    assert cast.sign_in(client, person).get(page(cast.shen.household)).status_code == 404


@pytest.mark.parametrize("given", ["", "nobody", "stranger"])
def test_only_who_helps_there_can_be_named(desk: Client, cast: Cast, given: str) -> None:
    person = str(cast.stranger.pk) if given == "stranger" else given
    assert desk.post(reverse("scheduling:exclude", args=[cast.shen.household.pk]), {"person": person}).status_code == 404
    assert not Exclusion.objects.exists()


def test_the_page_asks_little(desk: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for person in (cast.chen, cast.jiang, cast.tang):
        keep_away(by=cast.zhou, person=person, household=cast.shen.household)
    with django_assert_max_num_queries(15):
        desk.get(page(cast.shen.household), {"q": "宁"})


def slot_page(slot: Slot) -> str:
    return reverse("scheduling:slot", args=[slot.pk])


def test_who_is_not_asked_for_one_visit_is_listed_and_taken_off(desk: Client, cast: Cast) -> None:
    slot, other = cast.slot(), cast.slot(windows=[(cast.at(3, 9), cast.at(3, 10))])
    assert "这一件不再请的" not in desk.get(slot_page(slot)).content.decode()
    for one in (slot, other):
        forbid(by=cast.zhou, slot=one, person=cast.chen)
    before = Slot.objects.get(pk=slot.pk).version
    assert reverse("scheduling:lift_refusal", args=[slot.pk, cast.chen.pk]) in desk.get(slot_page(slot)).content.decode()
    assert "这一件又可以请陈国梁" in press(desk, "lift_refusal", slot.pk, cast.chen.pk)
    assert "这一件不再请的" not in desk.get(slot_page(slot)).content.decode()
    assert list(Refusal.objects.values_list("slot_id", flat=True)) == [other.pk]
    assert Slot.objects.get(pk=slot.pk).version == before + 1
    line = Entry.objects.get(verb="lift_refusal")
    assert (line.actor_id, line.subject_id, line.detail) == (cast.zhou.pk, str(slot.pk), {"person": str(cast.chen.pk)})
    assert not Notice.objects.filter(person_id=cast.chen.pk).exists()


def test_who_was_taken_off_one_visit_may_be_put_on_it(cast: Cast) -> None:
    slot = cast.slot()
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    with pytest.raises(NotWished):
        cast.offer(slot, cast.chen)
    lift_refusal(by=cast.zhou, slot=slot, person=cast.chen)
    assert cast.offer(slot, cast.chen).state == OfferState.SENT


def test_a_second_press_and_a_closed_visit_say_so(desk: Client, cast: Cast) -> None:
    slot = cast.slot()
    assert "不在“这一件不再请”的单子里了" in press(desk, "lift_refusal", slot.pk, cast.chen.pk)
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    cancel_slot(by=cast.zhou, slot=slot)
    assert "已经办完或取消了" in press(desk, "lift_refusal", slot.pk, cast.chen.pk)
    assert Refusal.objects.count() == 1
    assert not Entry.objects.filter(verb="lift_refusal").exists()


def test_whom_the_home_never_wants_is_changed_on_the_homes_own_page(desk: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    keep_away(by=cast.zhou, person=cast.chen, household=cast.shen.household)
    text = desk.get(slot_page(offer.slot)).content.decode()
    assert reverse("scheduling:lift_refusal", args=[offer.slot_id, cast.chen.pk]) not in text
    assert page(cast.shen.household) in text


@pytest.mark.parametrize("who", ["wu", "lin", "chen", "shen"])
def test_nobody_else_takes_anybody_off_a_visit(client: Client, cast: Cast, who: str) -> None:
    slot = cast.slot()
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    address = reverse("scheduling:lift_refusal", args=[slot.pk, cast.chen.pk])
    assert cast.sign_in(client, cast.people[who]).post(address).status_code == 404
    assert Refusal.objects.exists()


def test_who_has_stopped_helping_is_taken_off_and_a_stranger_is_not_named(desk: Client, cast: Cast) -> None:
    slot = cast.slot()
    assert desk.post(reverse("scheduling:lift_refusal", args=[slot.pk, cast.stranger.pk])).status_code == 404
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    cast.chen.memberships.all().delete()
    assert "这一件又可以请陈国梁" in press(desk, "lift_refusal", slot.pk, cast.chen.pk)


def test_the_list_costs_a_visits_page_one_query(desk: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    slot = cast.slot()
    for person in (cast.jiang, cast.tang):
        forbid(by=cast.zhou, slot=slot, person=person)
    with django_assert_max_num_queries(15):
        desk.get(slot_page(slot))
