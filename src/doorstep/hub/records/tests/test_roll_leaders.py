"""Who else may say that somebody came: the district's staff where the social worker is away, and at an event whoever she named; nobody of themselves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Place, Role
from doorstep.hub.records.access import get_confirmed_offer, get_roll_for, presence_desks
from doorstep.hub.records.actions.presence import check_in, check_out
from doorstep.hub.records.actions.vouching import call_roll, vouch
from doorstep.hub.records.models import Hours, How, Presence
from doorstep.hub.records.refusals import NotYours, OwnWord
from doorstep.hub.scheduling.access.calling import NotACaller, RollOfAHome, callers_for
from doorstep.hub.scheduling.actions.calling import name_caller
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.scheduling.tests.events import event, volunteers
from doorstep.hub.testing import Cast

from .coming import came, hours, left, refused

pytestmark = pytest.mark.django_db


def press(client: Client, url: str, **said: Any) -> str:
    return str(client.post(url, {"once": uuid4().hex, **said}, follow=True).content.decode())


@pytest.fixture
def fair(cast: Cast) -> Slot:
    return event(cast, places=6)


@pytest.fixture
def going(cast: Cast, fair: Slot) -> list[Offer]:
    """蒋文斌, who is a specialist, and two more."""
    return [sign_up(by=person, slot=fair) for person in (cast.jiang, *volunteers(cast, 2))]


def named(cast: Cast, fair: Slot) -> Slot:
    name_caller(by=cast.zhou, slot=fair, person=cast.jiang)
    return Slot.objects.select_related("place").get(pk=fair.pk)


# --- the district's staff ------------------------------------------------------------------------------------------------------------


def test_the_district_confirms_where_the_social_worker_is_away(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    check_in(by=offer.person, offer=offer, now=offer.start)
    check_out(by=offer.person, offer=offer, now=offer.end)
    monkeypatch.setattr("django.utils.timezone.now", lambda: offer.end + timedelta(hours=1))
    lin = cast.sign_in(client, cast.lin)
    page = lin.get(reverse("records:presence")).content.decode()
    assert "1 位等您一句话" in page and "亮码" not in page, "the code is shown at the place, by who is there"
    assert "记下了" in press(lin, reverse("records:say", args=[offer.pk, "so"]))
    found = hours()
    assert (found.confirmed_by, found.grade, found.tenths) == (cast.lin, "leader", 10)


def test_another_district_confirms_nothing(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    came(offer)
    far = Place.objects.create(kind="district", name="远山区", code="999902")
    officer = Person.objects.create(name="远处的人")
    appoint(by=None, person=officer, role=Role.DISTRICT, place=far, since=cast.monday - timedelta(days=400))
    refused(NotYours, vouch, by=officer, offer=offer, left=offer.end, now=offer.end)
    with pytest.raises(Http404):
        get_confirmed_offer(officer, offer.pk)
    with pytest.raises(Http404):
        get_roll_for(officer, offer.slot_id)
    assert presence_desks(officer) == [] and presence_desks(cast.chen) == []
    assert {place.pk for place in presence_desks(cast.lin)} == {cast.community.pk, cast.other_community.pk}


def test_an_officer_who_goes_herself_is_confirmed_by_somebody_else(cast: Cast) -> None:
    fair = event(cast)
    appoint(
        by=cast.zhou, person=cast.lin, role=Role.VOLUNTEER, place=cast.community, since=cast.monday - timedelta(days=9), led_by=cast.zhou
    )
    offer = cast.offer(fair, cast.lin, state=OfferState.ACCEPTED)
    refused(OwnWord, check_in, by=cast.lin, offer=offer, how=How.LEADER, now=offer.start)
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start)


# --- who was named for an event ------------------------------------------------------------------------------------------------------


def test_whoever_was_named_calls_the_roll_of_this_event_and_of_no_other(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    named(cast, fair)
    others = going[1:]
    assert call_roll(by=cast.jiang, came=others, left=[], now=others[0].start) == 2
    assert call_roll(by=cast.jiang, came=[], left=others, now=others[0].end) == 2
    found = Hours.objects.filter(slot=fair)
    assert {(row.confirmed_by, row.grade) for row in found} == {(cast.jiang, "leader")} and found.count() == 2
    elsewhere = sign_up(by=others[0].person, slot=event(cast, start=cast.at(6, 9)))
    refused(NotYours, check_in, by=cast.jiang, offer=elsewhere, how=How.LEADER, now=elsewhere.start)
    home = cast.offer(state=OfferState.ACCEPTED)
    refused(NotYours, check_in, by=cast.jiang, offer=home, how=How.LEADER, now=home.start)
    told = Entry.objects.get(verb="name_caller")
    assert (told.actor_id, told.detail) == (cast.zhou.pk, {"person": str(cast.jiang.pk)})


def test_nobody_calls_the_own_name(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    named(cast, fair)
    mine = going[0]
    refused(OwnWord, check_in, by=cast.jiang, offer=mine, how=How.LEADER, now=mine.start)
    check_in(by=cast.jiang, offer=mine, now=mine.start)
    check_out(by=cast.jiang, offer=mine, now=mine.end)
    refused(OwnWord, vouch, by=cast.jiang, offer=mine, now=mine.end)
    assert not Hours.objects.exists(), "the own word waits for somebody else's"
    vouch(by=cast.zhou, offer=Offer.objects.get(pk=mine.pk), now=mine.end)
    assert hours().confirmed_by == cast.zhou


def test_the_own_code_of_who_calls_the_roll_is_a_code(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    """The code turns on the social worker's phone: who calls the roll cannot show it to himself."""
    named(cast, fair)
    came(going[0])
    left(going[0], 120)
    assert hours().grade == "code_pair"
    with pytest.raises(Http404):
        get_confirmed_offer(cast.jiang, going[1].pk)


def test_only_who_comes_and_is_known_and_grown_up_may_be_named(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    fresh = going[1].person
    assert callers_for(fair) == [cast.jiang]
    with pytest.raises(NotACaller):
        name_caller(by=cast.zhou, slot=fair, person=fresh)
    with pytest.raises(NotACaller):
        # A specialist, but not coming.
        name_caller(by=cast.zhou, slot=fair, person=cast.tang)
    for day in range(3):
        before = cast.offer(cast.slot(windows=[(cast.at(day, 15), cast.at(day, 15))]), fresh, state=OfferState.ACCEPTED)
        Offer.objects.filter(pk=before.pk).update(state=OfferState.SERVED)
    assert set(callers_for(fair)) == {cast.jiang, fresh}
    Person.objects.filter(pk=fresh.pk).update(birth_date=timezone.localdate() - timedelta(days=17 * 365))
    assert callers_for(fair) == [cast.jiang]
    with pytest.raises(RollOfAHome):
        name_caller(by=cast.zhou, slot=cast.slot(), person=cast.jiang)


def test_who_cannot_come_calls_no_roll(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    named(cast, fair)
    cannot_come(by=cast.jiang, offer=going[0])
    refused(NotYours, check_in, by=cast.jiang, offer=going[1], how=How.LEADER, now=going[1].start)


def test_another_one_is_named_and_both_hear_of_it(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    sign_up(by=cast.tang, slot=fair)
    named(cast, fair)
    name_caller(by=cast.zhou, slot=fair, person=cast.tang)
    assert set(Notice.objects.filter(kind__startswith="roll_").values_list("person_id", "kind")) == {
        (cast.jiang.pk, "roll_named"), (cast.jiang.pk, "roll_taken_back"), (cast.tang.pk, "roll_named"),
    }  # fmt: skip
    name_caller(by=cast.zhou, slot=fair, person=None)
    refused(NotYours, check_in, by=cast.tang, offer=going[1], how=How.LEADER, now=going[1].start)


def test_of_two_who_name_a_caller_the_second_hears_of_the_first(cast: Cast, fair: Slot, going: list[Offer]) -> None:
    zhou, url = cast.sign_in(Client(), cast.zhou), reverse("records:caller", args=[fair.pk])
    fair.refresh_from_db()
    assert f'name="seen" value="{fair.version}"' in zhou.get(reverse("records:roll", args=[fair.pk])).content.decode()
    seen = str(fair.version)
    assert "蒋文斌也点名" in press(zhou, url, person=str(cast.jiang.pk), seen=seen)
    assert "别人刚改过这一页" in press(zhou, url, person="", seen=seen)
    fair.refresh_from_db()
    assert fair.caller == cast.jiang


def test_the_pages_of_naming_and_calling(
    cast: Cast, fair: Slot, going: list[Offer], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    roll, start = reverse("records:roll", args=[fair.pk]), going[0].start
    zhou = cast.sign_in(Client(), cast.zhou)
    assert "人多，再请一位点名" in zhou.get(roll).content.decode()
    assert "请在答应来的人里选" in press(zhou, reverse("records:caller", args=[fair.pk]), person=str(cast.chen.pk))
    assert "蒋文斌也点名" in press(zhou, reverse("records:caller", args=[fair.pk]), person=str(cast.jiang.pk))
    jiang = cast.sign_in(client, cast.jiang)
    assert jiang.get(roll).status_code == 404, "nobody reads who is coming days before"
    assert "点名" in jiang.get(reverse("scheduling:week")).content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: start)
    page = jiang.get(reverse("records:here", args=[going[0].pk])).content.decode()
    assert roll in page and "这一次请您点名" in page
    page = jiang.get(roll).content.decode()
    assert f"came_{going[1].pk.hex}" in page and f"came_{going[0].pk.hex}" not in page and "再请一位" not in page
    assert "点好名了" in press(jiang, roll, **{f"came_{going[1].pk.hex}": "on"})
    assert Presence.objects.get(came_at__isnull=False).came_by == cast.jiang
    assert jiang.get(reverse("records:presence")).status_code == 404
    assert jiang.get(reverse("records:code", args=[fair.pk])).status_code == 404
    assert cast.sign_in(Client(), going[1].person).get(roll).status_code == 404
    monkeypatch.setattr("django.utils.timezone.now", lambda: start + timedelta(days=3))
    assert jiang.get(roll).status_code == 404
