"""Who is never sent to a home: seen, added and taken off by its own social worker only."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Household, Person
from doorstep.hub.scheduling.access import NotWished
from doorstep.hub.scheduling.actions.exclusion import NotExcluded, keep_away, lift_exclusion
from doorstep.hub.scheduling.models import Exclusion, OfferState
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
