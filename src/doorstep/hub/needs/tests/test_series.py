"""A matter that comes back: the same person in the coming weeks within what he offers, each week on its own, ended in one act."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Notice
from doorstep.hub.needs.actions.asking import cancel_need
from doorstep.hub.needs.actions.series import AllThere, NoSeries, NothingToRepeat, end_series, publish_ahead
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.needs.queries import past_needs
from doorstep.hub.people.access import NotASocialWorker
from doorstep.hub.people.models import VolunteerProfile
from doorstep.hub.scheduling import solving
from doorstep.hub.scheduling.actions.ahead import NotFreeThen, WeekFull
from doorstep.hub.scheduling.actions.availability import set_usual_week
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, OfferState, Slot, SlotState
from doorstep.hub.testing import Cast


@pytest.fixture
def need(cast: Cast) -> Need:
    """陈国梁 has said yes to Wednesday morning."""
    found = cast.need()
    cast.offer(cast.checked(found), state=OfferState.ACCEPTED)
    found.refresh_from_db()
    return found


def offers_ahead(cast: Cast) -> list[Offer]:
    return list(Offer.objects.filter(slot__week__gt=cast.monday).select_related("slot").order_by("start"))


def test_the_same_person_at_the_same_hour_in_the_coming_weeks(cast: Cast, need: Need) -> None:
    done = publish_ahead(by=cast.zhou, need=need, weeks=4)
    assert [slot.week for slot in done.slots] == [cast.monday + timedelta(weeks=n) for n in (1, 2, 3, 4)] and done.missing == []
    found = offers_ahead(cast)
    assert {(o.person, o.state, o.pinned, o.sent_at) for o in found} == {(cast.chen, OfferState.PROPOSED, False, None)}
    assert [o.start for o in found] == [cast.at(2 + 7 * n, 9) for n in (1, 2, 3, 4)]
    need.refresh_from_db()
    copies = Need.objects.filter(series=need.series).exclude(pk=need.pk)
    assert {(n.state, n.consent_id, n.own_words) for n in copies} == {(NeedState.CHECKED, need.consent_id, need.own_words)}
    assert Notice.objects.filter(kind="visits_ahead", person_id=cast.shen.pk).count() == 1


def test_the_coming_weeks_of_a_matter_are_no_past(cast: Cast, need: Need) -> None:
    before = past_needs(need)
    publish_ahead(by=cast.zhou, need=need, weeks=2)
    need.refresh_from_db()
    assert past_needs(need) == before


def test_a_week_is_never_opened_twice(cast: Cast, need: Need) -> None:
    publish_ahead(by=cast.zhou, need=need, weeks=2)
    need.refresh_from_db()
    assert len(publish_ahead(by=cast.zhou, need=need, weeks=4).slots) == 2
    need.refresh_from_db()
    with pytest.raises(AllThere):
        publish_ahead(by=cast.zhou, need=need, weeks=4)
    assert Slot.objects.filter(week__gt=cast.monday).count() == 4


def test_what_the_person_offers_is_respected_week_by_week(cast: Cast, need: Need) -> None:
    VolunteerProfile.objects.filter(person=cast.chen).update(max_visits=1)
    other = cast.need(resident=cast.he)
    week = timedelta(weeks=2)
    cast.offer(cast.checked(other, windows=[(cast.at(4, 9) + week, cast.at(4, 9) + week)]), state=OfferState.ACCEPTED)
    done = publish_ahead(by=cast.zhou, need=need, weeks=3)
    assert [(monday, person, type(why)) for monday, person, why in done.missing] == [(cast.monday + week, cast.chen, WeekFull)]
    assert len(offers_ahead(cast)) == 3 and Slot.objects.filter(week=cast.monday + week).count() == 2
    set_usual_week(by=cast.chen, person=cast.chen, cells=[(0, 0)])
    need.refresh_from_db()
    assert [type(why) for _, _, why in publish_ahead(by=cast.zhou, need=need, weeks=4).missing] == [NotFreeThen]


def test_the_next_weeks_plan_keeps_the_same_person_and_finds_another_when_he_cannot(cast: Cast, need: Need) -> None:
    publish_ahead(by=cast.zhou, need=need, weeks=2)
    next_week = cast.monday + timedelta(weeks=1)
    row = solving.build_week(place=cast.community, monday=next_week)["needs"][0]
    assert row["published"] == {"start": 2 * 1440 + 540, "team": [str(cast.chen.pk)]}
    solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=cast.community, week=next_week).pk)
    assert Offer.objects.active().get(slot__week=next_week).person == cast.chen
    set_usual_week(by=cast.chen, person=cast.chen, cells=[])
    solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=cast.community, week=next_week).pk)
    assert Offer.objects.active().get(slot__week=next_week).person == cast.jiang


def test_each_week_ends_on_its_own_and_the_rest_in_one_act(cast: Cast, need: Need) -> None:
    publish_ahead(by=cast.zhou, need=need, weeks=3)
    need.refresh_from_db()
    assert end_series(by=cast.zhou, need=need) == 3
    assert set(Slot.objects.filter(week__gt=cast.monday).values_list("state", flat=True)) == {SlotState.CANCELLED}
    assert Offer.objects.active().get().slot.week == cast.monday
    with pytest.raises(NoSeries):
        end_series(by=cast.zhou, need=need)


def test_what_was_ended_may_begin_again_but_not_the_week_that_the_home_called_off(cast: Cast, need: Need) -> None:
    publish_ahead(by=cast.zhou, need=need, weeks=3)
    second = Need.objects.get(occasions__slot__week=cast.monday + timedelta(weeks=2))
    cancel_need(by=cast.zhou, need=second, words="那一周去女儿家")
    need.refresh_from_db()
    assert end_series(by=cast.zhou, need=need) == 2
    need.refresh_from_db()
    begun = publish_ahead(by=cast.zhou, need=need, weeks=3)
    assert [slot.week for slot in begun.slots] == [cast.monday + timedelta(weeks=n) for n in (1, 3)]


def test_the_page_counts_the_weeks_that_ending_takes_back_from_the_needs_own(client: Client, cast: Cast, need: Need) -> None:
    publish_ahead(by=cast.zhou, need=need, weeks=3)
    second = Need.objects.get(occasions__slot__week=cast.monday + timedelta(weeks=2))
    cast.sign_in(client, cast.zhou)
    assert "后面 1 周的都撤回" in client.get(reverse("needs:ahead", args=[second.pk])).content.decode()
    assert end_series(by=cast.zhou, need=second) == 1


def test_who_may_arrange_ahead_and_from_what(cast: Cast, need: Need) -> None:
    with pytest.raises(NotASocialWorker):
        publish_ahead(by=cast.wu, need=need, weeks=4)
    with pytest.raises(Stale):
        publish_ahead(by=cast.zhou, need=need, weeks=4, seen=99)
    cancelled = cast.need(resident=cast.he)
    slot = cast.checked(cancelled, seats=[SeatWanted()])
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.CANCELLED)
    with pytest.raises(NothingToRepeat):
        publish_ahead(by=cast.zhou, need=cancelled, weeks=4)


def test_the_social_worker_does_it_on_the_page(client: Client, cast: Cast, need: Need) -> None:
    cast.sign_in(client, cast.zhou)
    slot = Slot.objects.get(occasion__need=need)
    url = reverse("needs:ahead", args=[need.pk])
    assert url in client.get(reverse("scheduling:slot", args=[slot.pk])).content.decode()
    said = {"weeks": "4", "version": str(need.version), "once": uuid4().hex}
    VolunteerProfile.objects.filter(person=cast.chen).update(max_minutes=60)
    words = client.post(url, said, follow=True).content.decode()
    assert "还没有问任何人" in words and words.count("陈国梁") >= 5
    assert client.post(url, {**said, "once": uuid4().hex}).status_code == 422
    ended = client.post(reverse("needs:end_series", args=[need.pk]), {"once": uuid4().hex}, follow=True).content.decode()
    assert "后面几周都停了" in ended
    cast.sign_in(client, cast.shen)
    assert client.get(url).status_code == 404
