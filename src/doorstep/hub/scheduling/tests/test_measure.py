"""How much one account may sign up for: what people do is never in the way, what a program does is refused with a sentence."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.scheduling.access.refused import HeldEnough, TooManyAnHour
from doorstep.hub.scheduling.actions.offer import accept, cannot_come
from doorstep.hub.scheduling.actions.signup import sign_up, sign_up_together
from doorstep.hub.scheduling.actions.waiting import join_line
from doorstep.hub.scheduling.models import Offer, OfferState, Rhythm, Slot
from doorstep.hub.testing import Cast

from .events import event, volunteers

pytestmark = pytest.mark.django_db


def allow(held: int = 30, an_hour: int = 20) -> None:
    Rhythm.objects.update(signups_held=held, signups_an_hour=an_hour)


def events(cast: Cast, number: int, places: int = 6) -> list[Slot]:
    """One after the other, none in the way of another."""
    return [event(cast, places=places, start=cast.at(day, hour), minutes=30) for day in range(1, 7) for hour in range(8, 20, 2)][:number]


def test_what_is_held_at_once_has_an_end_that_the_sentence_names(cast: Cast) -> None:
    allow(held=3)
    slots = events(cast, 5)
    for slot in slots[:3]:
        sign_up(by=cast.chen, slot=slot)
    with pytest.raises(HeldEnough, match="已经有 3 件"):
        sign_up(by=cast.chen, slot=slots[3])
    assert Offer.objects.filter(person=cast.chen).count() == 3
    cannot_come(by=cast.chen, offer=Offer.objects.get(person=cast.chen, slot=slots[0]))
    sign_up(by=cast.chen, slot=slots[3])
    # Each account by itself.
    sign_up(by=cast.jiang, slot=slots[4])


def test_a_place_in_the_line_and_the_place_that_comes_of_it_are_one(cast: Cast) -> None:
    allow(held=1)
    slot = event(cast, places=1)
    taken = sign_up(by=cast.jiang, slot=slot)
    join_line(by=cast.chen, slot=slot)
    # Given back in a way that asks nobody, as when a plan replaces it.
    Offer.objects.filter(pk=taken.pk).update(state=OfferState.REPLACED)
    assert sign_up(by=cast.chen, slot=slot).state == OfferState.ACCEPTED


def test_what_was_served_is_held_no_more(cast: Cast) -> None:
    allow(held=1)
    first, second = events(cast, 2)
    sign_up(by=cast.chen, slot=first)
    sign_up(by=cast.chen, slot=second, now=cast.at(1, 9))


def test_a_program_that_signs_up_and_off_is_stopped_within_the_hour(cast: Cast) -> None:
    allow(an_hour=4)
    slot, now = event(cast), timezone.now()
    for n in range(4):
        cannot_come(by=cast.chen, offer=sign_up(by=cast.chen, slot=slot, now=now + timedelta(seconds=n)))
    with pytest.raises(TooManyAnHour, match="4 次"):
        sign_up(by=cast.chen, slot=slot, now=now + timedelta(minutes=5))
    sign_up(by=cast.chen, slot=slot, now=now + timedelta(minutes=61))


def test_a_line_counts_as_a_place(cast: Cast) -> None:
    allow(held=2, an_hour=9)
    full = events(cast, 3, places=1)
    for slot, person in zip(full, volunteers(cast, 3), strict=True):
        sign_up(by=person, slot=slot)
    for slot in full[:2]:
        join_line(by=cast.chen, slot=slot)
    with pytest.raises(HeldEnough):
        join_line(by=cast.chen, slot=full[2])


def test_a_household_is_one_occasion_and_each_fellow_who_has_not_answered_is_one(cast: Cast) -> None:
    allow(held=4)
    slots, family, fellows = events(cast, 4), volunteers(cast, 4), volunteers(cast, 3)
    sign_up_together(by=cast.chen, slot=slots[0], family=family, spoken=True)
    sign_up_together(by=cast.chen, slot=slots[1], fellows=fellows[:2])
    with pytest.raises(HeldEnough):
        sign_up(by=cast.chen, slot=slots[2])
    for offer in Offer.objects.filter(slot=slots[1], person__in=fellows):
        accept(by=offer.person, offer=offer)
    sign_up(by=cast.chen, slot=slots[2])
    with pytest.raises(HeldEnough):
        sign_up_together(by=cast.chen, slot=slots[3], fellows=fellows)
    # What somebody else signed them up for is not theirs to answer for.
    sign_up(by=family[0], slot=slots[3])


def test_what_one_is_asked_for_has_no_limit(cast: Cast) -> None:
    allow(held=1, an_hour=1)
    sign_up(by=cast.chen, slot=event(cast))
    accept(by=cast.chen, offer=cast.offer())
    assert Offer.objects.active().filter(person=cast.chen).count() == 2


def test_the_page_says_the_sentence_and_the_district_sets_the_numbers(cast: Cast, client: Client) -> None:
    allow(held=1)
    first, second = events(cast, 2)
    sign_up(by=cast.chen, slot=first)
    page = cast.sign_in(client, cast.chen).post(reverse("scheduling:sign_up", args=[second.pk]), {"once": "k"}, follow=True)
    assert "已经有 1 件" in page.content.decode()
    told = cast.sign_in(client, cast.lin).get(reverse("scheduling:rhythm")).content.decode()
    assert "一个人最多同时报几件" in told and "一个小时最多报几次" in told
