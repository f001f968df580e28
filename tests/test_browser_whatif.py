"""What a change costs, in a real browser: seen first, decided then; and a volunteer's own why-not. Readable in every look, whole without a script."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, Refusal, Slot
from doorstep.hub.scheduling.tasks import make_plan
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def planned(cast: Cast) -> Slot:
    """A planned week with a pair of seats, and one noon at which nobody is free."""
    slot = cast.slot(title="陪着去复诊", seats=[SeatWanted(), SeatWanted()], windows=[(cast.at(2, 9), cast.at(2, 10))])
    cast.slot(title="装扶手", minutes=45, windows=[(cast.at(3, 12), cast.at(3, 12, 15))])
    assert make_plan.func(str(request_plan(by=cast.zhou, place=cast.district, week=cast.monday).pk)) == "ready"
    return slot


def on_it(slot: Slot) -> list[Person]:
    return [offer.person for offer in Offer.objects.active().filter(slot=slot).select_related("person").order_by("seat__number")]


LOOKS = [
    {"size": PHONE, "theme": "light"},
    {"size": DESK, "theme": "dark"},
    {"size": PHONE, "theme": "dark", "lang": "en"},
    {"size": DESK, "theme": "light", "lang": "en"},
    {"size": PHONE, "theme": "light", "elder": True},
]


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk-dark", "phone-dark-en", "desk-en", "elder"])
def test_every_answer_is_readable(cast: Cast, opened: Open, axe: Callable[[Page], list[str]], look: dict[str, Any]) -> None:
    slot = planned(cast)
    here = reverse("scheduling:what_if", args=[slot.pk])
    lonely = Slot.objects.get(title="装扶手")
    asked = [f"?do=forbid&person={on_it(slot)[0].pk}", "?do=more", f"?do=why&person={cast.chen.pk}", f"?do=pin&person={on_it(slot)[0].pk}"]
    addresses = [(cast.zhou, here), *((cast.zhou, here + words) for words in asked)]
    week = f"?week={cast.monday.isoformat()}"
    addresses += [
        (cast.chen, reverse("scheduling:why_week") + week), (cast.chen, reverse("scheduling:why_not", args=[lonely.pk])),
        (cast.chen, reverse("scheduling:week") + week),
    ]  # fmt: skip
    wrong = []
    for person, address in addresses:
        page = opened(person, address, **look)
        page.wait_for_load_state("networkidle")
        wrong += [f"{address}: {found}" for found in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address} scrolls sideways")
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_the_cost_first_and_then_the_act(cast: Cast, opened: Open, scripts: bool) -> None:
    slot = planned(cast)
    who = on_it(slot)[0]
    page = opened(cast.zhou, reverse("scheduling:slot", args=[slot.pk]), size=DESK, scripts=scripts)
    page.get_by_role("link", name="要是换一换").click()
    page.get_by_role("link", name=f"要是不请这位 {who.name}").click()
    expect(page.get_by_text("整份安排")).to_be_visible()
    assert who in on_it(slot)
    page.get_by_role("button", name="这一件不请这位").click()
    expect(page.get_by_text("记下了：这一件不再请")).to_be_visible()
    assert who not in on_it(slot)
    assert Refusal.objects.filter(slot=slot, person=who).exists()


def test_who_is_planned_is_fixed_with_two_presses(cast: Cast, opened: Open) -> None:
    slot = planned(cast)
    who = on_it(slot)[0]
    page = opened(cast.zhou, reverse("scheduling:what_if", args=[slot.pk]), size=PHONE)
    page.get_by_role("link", name=f"要是定下来 {who.name}").click()
    expect(page.get_by_text("固定下来一分不少")).to_be_visible()
    page.get_by_role("button", name="就定这位").click()
    expect(page.get_by_text("定下来了，重排时不动")).to_be_visible()
    assert Offer.objects.active().get(slot=slot, person=who).pinned


def test_a_volunteer_asks_why_and_is_led_to_the_one_step(cast: Cast, opened: Open) -> None:
    planned(cast)
    page = opened(cast.chen, reverse("scheduling:week") + f"?week={cast.monday.isoformat()}", size=PHONE)
    page.get_by_role("link", name="为什么没有排我？ 装扶手").click()
    expect(page.get_by_text("约好的时段里，您没填有空。")).to_be_visible()
    expect(page.get_by_text("差一步：")).to_be_visible()
    page.get_by_role("link", name="看看有空的时间").click()
    page.wait_for_url("**/availability/**")
