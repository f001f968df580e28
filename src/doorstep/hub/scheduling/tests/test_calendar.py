"""The calendar: one list of all that is promised, asked and waited for, and a feed that tells no more than a page before a visit."""

from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.scheduling.actions.calendar import new_address, revoke_address
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import cancel_slot
from doorstep.hub.scheduling.actions.waiting import join_line
from doorstep.hub.scheduling.calendaring import items_of
from doorstep.hub.scheduling.models import CalendarKey, OfferState
from doorstep.hub.testing import Cast

from .events import event, volunteers
from .pressing import press

pytestmark = pytest.mark.django_db


def feed(client: Client, secret: str) -> icalendar.Calendar:
    answer = client.get(reverse("scheduling:calendar_feed", args=[secret]))
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    found = icalendar.Calendar.from_ical(answer.content)
    assert isinstance(found, icalendar.Calendar)
    return found


def test_one_list_of_all_that_is_ahead(cast: Cast) -> None:
    cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    cast.offer(cast.slot(windows=[(cast.at(3, 9), cast.at(3, 10))]), cast.chen)
    full = event(cast, places=1)
    sign_up(by=volunteers(cast, 1)[0], slot=full)
    join_line(by=cast.chen, slot=full)
    assert [item.word for item in items_of(cast.chen, timezone.now())] == ["您答应了", "等您回话", "在排队"]


def test_whoever_has_the_address_reads_it_in_shanghai_time(cast: Cast, client: Client) -> None:
    cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    (found,) = feed(client, new_address(by=cast.chen)).walk("VEVENT")
    assert str(found["STATUS"]) == "CONFIRMED" and found["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert found.decoded("DTSTART") == cast.at(2, 9) and found.decoded("DTEND") == cast.at(2, 10)


def test_no_name_and_no_door_is_in_it_even_after_the_yes(cast: Cast, client: Client) -> None:
    cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    words = client.get(reverse("scheduling:calendar_feed", args=[new_address(by=cast.chen)])).content.decode().replace("\r\n ", "")
    assert "一位居民" in words
    for secret in ("沈", "501", cast.shen.phone, "2 单元"):
        assert secret not in words


def test_what_is_off_is_crossed_out(cast: Cast, client: Client) -> None:
    given_back = cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    cannot_come(by=cast.chen, offer=given_back)
    off = event(cast)
    sign_up(by=cast.chen, slot=off)
    cancel_slot(by=cast.zhou, slot=off)
    asked = cast.offer(cast.slot(windows=[(cast.at(3, 9), cast.at(3, 10))]), cast.chen)
    found = {str(one["UID"]).split("@")[0]: str(one["STATUS"]) for one in feed(client, new_address(by=cast.chen)).walk("VEVENT")}
    assert found.pop(str(asked.pk)) == "TENTATIVE" and set(found.values()) == {"CANCELLED"} and len(found) == 2


def test_a_new_address_kills_the_old_one_and_only_the_digest_is_kept(cast: Cast, client: Client) -> None:
    old = new_address(by=cast.chen)
    new = new_address(by=cast.chen)
    assert client.get(reverse("scheduling:calendar_feed", args=[old])).status_code == 404
    feed(client, new)
    assert new not in CalendarKey.objects.get().digest
    revoke_address(by=cast.chen)
    for secret in (new, "", "x" * 43, "中"):
        url = reverse("scheduling:calendar_feed", args=[new]).replace(new, secret)
        assert client.get(url).status_code == 404


def test_the_page_shows_the_address_once(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.chen)
    shown = client.post(reverse("scheduling:calendar_address")).content.decode()
    address = shown.split('readonly value="')[1].split('"')[0]
    assert Client().get(address).status_code == 200
    assert address not in client.get(reverse("scheduling:calendar")).content.decode()
    press(client, "calendar_stop")
    assert Client().get(address).status_code == 404


def test_what_changed_lately_says_so(cast: Cast, client: Client) -> None:
    """A phone takes the newer of two: the sequence grows with each change."""
    offer = sign_up(by=cast.chen, slot=event(cast))
    secret = new_address(by=cast.chen)
    before = feed(client, secret).walk("VEVENT")[0]
    cannot_come(by=cast.chen, offer=offer, now=timezone.now() + timedelta(minutes=1))
    after = feed(client, secret).walk("VEVENT")[0]
    assert before["UID"] == after["UID"] and int(str(after["SEQUENCE"])) > int(str(before["SEQUENCE"]))
