"""Painting a week: what is stored, what stays booked, and what the plan makes of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from doorstep.hub.people.models import VolunteerProfile
from doorstep.hub.scheduling.actions.availability import PARTS
from doorstep.hub.scheduling.models import Availability, AvailabilityException, OfferState
from doorstep.hub.scheduling.queries import free_time, usual_week
from doorstep.hub.scheduling.templatetags.dates import lasting
from doorstep.hub.testing import Cast

MORNING, AFTERNOON, EVENING = PARTS


@pytest.fixture
def chen(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.chen)


def url(cast: Cast, weeks: int | None = 0) -> str:
    """The usual week for None, else that many weeks after the cast's."""
    page = reverse("scheduling:availability")
    return page if weeks is None else f"{page}?week={(cast.monday + timedelta(days=7 * weeks)).isoformat()}"


def paint(client: Client, address: str, *cells: str, **more: str) -> str:
    answer = client.post(address, {"cells": list(cells), "once": "key", **more}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def free(cast: Cast, weeks: int = 0) -> list[tuple[int, int]]:
    return free_time(cast.monday + timedelta(days=7 * weeks), [cast.chen.pk]).get(cast.chen.pk, [])


def test_the_usual_week_is_what_was_painted(chen: Client, cast: Cast) -> None:
    assert "存好了" in paint(chen, url(cast, None), "0-0", "2-1")
    assert usual_week(cast.chen) == [MORNING, (2 * 1440 + AFTERNOON[0], 2 * 1440 + AFTERNOON[1])]
    assert free(cast) == usual_week(cast.chen)


def test_one_week_differs_and_the_others_stay(chen: Client, cast: Cast) -> None:
    before = free(cast, 1)
    paint(chen, url(cast), "5-2")
    assert free(cast) == [(5 * 1440 + EVENING[0], 5 * 1440 + EVENING[1])]
    assert free(cast, 1) == before
    assert "（另填）" in chen.get(url(cast)).content.decode()


def test_hours_between_the_parts_are_not_left_over(chen: Client, cast: Cast) -> None:
    Availability.objects.filter(person=cast.chen).delete()
    Availability.objects.create(person=cast.chen, weekday=0, start_minute=7 * 60, end_minute=22 * 60)
    assert "更细的钟点" in chen.get(url(cast)).content.decode()
    paint(chen, url(cast), "1-0")
    assert free(cast) == [(1440 + MORNING[0], 1440 + MORNING[1])]


def test_a_week_can_be_as_usual_again(chen: Client, cast: Cast) -> None:
    before = free(cast)
    paint(chen, url(cast), "5-2")
    assert "和平常一样了" in paint(chen, url(cast), as_usual="1", once="other")
    assert free(cast) == before
    assert not AvailabilityException.objects.filter(person=cast.chen).exists()


def test_booked_cells_are_shown_and_cannot_be_painted_over(chen: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    shown = chen.get(url(cast)).content.decode()
    assert 'value="2-0" aria-label="周三上午，已约" checked disabled' in shown
    assert 'value="2-2" aria-label="周三晚上有空" checked>' in shown
    # A browser leaves disabled boxes out; the booked morning stays as free as it was.
    paint(chen, url(cast), "4-1")
    assert free(cast) == [
        (2 * 1440 + MORNING[0], 2 * 1440 + MORNING[1]),
        (4 * 1440 + AFTERNOON[0], 4 * 1440 + AFTERNOON[1]),
    ]


def test_a_booked_cell_that_was_not_free_does_not_become_free(chen: Client, cast: Cast) -> None:
    cast.offer(cast.slot(windows=[(cast.at(3, 14), cast.at(3, 14))]), state=OfferState.ACCEPTED)
    paint(chen, url(cast), "3-1", "3-0")
    assert free(cast) == [(3 * 1440 + MORNING[0], 3 * 1440 + MORNING[1])]


def test_an_offer_that_waits_books_nothing(chen: Client, cast: Cast) -> None:
    cast.offer()
    assert '，已约"' not in chen.get(url(cast)).content.decode()


def test_the_same_form_twice_stores_once(chen: Client, cast: Cast) -> None:
    for _ in range(2):
        paint(chen, url(cast, None), "0-0")
    assert usual_week(cast.chen) == [MORNING]


@pytest.mark.parametrize("cell", ["7-0", "0-3", "x", "0"])
def test_a_cell_that_does_not_exist_stores_nothing(chen: Client, cast: Cast, cell: str) -> None:
    before = usual_week(cast.chen)
    answer = chen.post(url(cast, None), {"cells": ["0-0", cell], "once": "key"})
    assert answer.status_code == 422
    assert "什么都没有存" in answer.content.decode()
    assert usual_week(cast.chen) == before


@pytest.mark.parametrize("week", ["2020-01-06", "nonsense", "2026-02-30"])
def test_a_week_that_cannot_be_painted_is_not_there(chen: Client, cast: Cast, week: str) -> None:
    assert chen.get(reverse("scheduling:availability"), {"week": week}).status_code == 404


def test_the_page_says_what_the_plan_will_use(chen: Client, cast: Cast) -> None:
    paint(chen, url(cast, None), "0-0", "0-2")
    shown = chen.get(url(cast)).content.decode()
    assert "8:00–12:00" in shown
    assert "18:00–21:00" in shown
    assert "一周最多 4 次、4 小时" in shown
    VolunteerProfile.objects.filter(person=cast.chen).update(offers_welcome=False)
    assert "您暂停了邀请" in chen.get(url(cast)).content.decode()


def test_an_empty_week_says_what_follows(chen: Client, cast: Cast) -> None:
    assert "排班就不会想着您" in paint(chen, url(cast, None))


def test_property_staff_without_a_profile_are_told_whom_to_ask(client: Client, cast: Cast) -> None:
    shown = cast.sign_in(client, cast.sun).get(url(cast, None)).content.decode()
    assert "请找社工登记" in shown


def test_the_page_speaks_english(chen: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    chen.cookies["doorstep_language"] = "en"
    shown = chen.get(url(cast)).content.decode()
    assert "when are you free?" in shown
    assert 'aria-label="Wed Morning, booked"' in shown


def test_a_minor_sees_what_the_guardian_allows(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.ning)
    for route in ("availability", "week"):
        shown = client.get(reverse(f"scheduling:{route}")).content.decode()
        assert "监护人同意您参加：文化娱乐、助老服务；一周最多 2 小时，20:00 以前结束" in shown
    cast.ning.guardian_consent.consent.withdrawn_at = cast.at(0, 8)
    cast.ning.guardian_consent.consent.save()
    assert "没有监护人的同意书" in client.get(reverse("scheduling:week")).content.decode()


def test_how_long_things_last() -> None:
    assert [lasting(minutes) for minutes in (45, 60, 375)] == ["45 分钟", "1 小时", "6 小时 15 分钟"]
    with translation.override("en"):
        assert lasting(375) == "6 h 15 min"
