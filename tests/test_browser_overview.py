"""The first page of each role in a real browser: nothing for axe to find, no sideways scrolling, keys that walk through the work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.needs.actions.closing import give_up
from doorstep.hub.needs.models import Need
from doorstep.hub.overview.tests.test_advice import found as advice_found
from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.actions.place import end_place
from doorstep.hub.people.actions.vocabulary import mark_demonstration
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, PlanAdvice, Slot, SlotState
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def busy(cast: Cast) -> None:
    """One row in every heap, a plan with its proof, two months of needs, and skills that were missing."""
    now = timezone.now()
    cannot_come(by=cast.chen, offer=cast.offer(state=OfferState.ACCEPTED))
    cast.offer(person=cast.jiang, state=OfferState.ACCEPTED)
    visited = cast.offer(person=cast.jiang, slot=cast.slot(windows=[(cast.at(4, 9), cast.at(4, 9))]), state=OfferState.ACCEPTED)
    Offer.objects.filter(pk=visited.pk).update(start=now - timedelta(days=1))
    cast.offer(cast.slot(windows=[(cast.at(5, 9), cast.at(5, 9))]), state=OfferState.PROPOSED)
    late = cast.need(cast.he)
    Need.objects.filter(pk=late.pk).update(answer_by=now - timedelta(hours=3), asked_at=now - timedelta(days=40))
    for skill in ["electrician"] * 6 + ["counselling"] * 3:
        need = cast.need()
        cast.checked(need, seats=[SeatWanted(skill=cast.skill(skill))])
        give_up(by=cast.zhou, need=need, words="没找到合适的人。")
    Slot.objects.filter(state=SlotState.UNMET).update(week=cast.monday - timedelta(days=14))
    give_consent(person=cast.chen, purpose="publication", channel="web")
    plan = Plan.objects.create(
        place=cast.district, week=cast.monday, state="ready", value=99.0, bound=100.0, asked=4, met=3, broken_rules=0, finished_at=now
    )
    PlanAdvice.objects.create(plan=plan, state="ready", seconds=40.0, finished_at=now, found=advice_found(cast))


LOOKS = [
    pytest.param({"size": PHONE}, id="phone"),
    pytest.param({"size": PHONE, "lang": "en", "theme": "dark"}, id="phone, dark, English"),
    pytest.param({"size": PHONE, "elder": True}, id="phone, large print"),
    pytest.param({"size": DESK, "lang": "en"}, id="desk, English"),
    pytest.param({"size": DESK, "theme": "dark", "elder": True}, id="desk, dark, large print"),
]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    cast: Cast, opened: Open, axe: Callable[[Page], list[str]], look: dict[str, Any]
) -> None:
    busy(cast)
    mark_demonstration(seed=1, size="cast")
    end_place(by=None, place=cast.other_community, on=None)
    wrong, work, picture = [], reverse("overview:worklist"), reverse("overview:district")
    visits: list[tuple[Person | None, str]] = [
        (None, "/"), (None, "/?q=柳岸"), (None, "/?q=nowhere"), (None, "/c/liuan/"), (None, "/c/shiqiaotou/"),
        (cast.zhou, work), (cast.zhou, f"{work}?of=gap"), (cast.lin, picture), (cast.lin, f"{picture}?street={cast.street.pk}&show=met"),
    ]  # fmt: skip
    for person, address in visits:
        page = opened(person, address, **look)
        # What lies folded away is read too.
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        wrong += [f"{address}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address} scrolls sideways")
        page.context.close()
    assert not wrong, "\n".join(wrong)


def test_an_empty_list_and_an_empty_district_are_as_sound(cast: Cast, opened: Open, axe: Callable[[Page], list[str]]) -> None:
    for person, address in ((cast.wu, reverse("overview:worklist")), (cast.lin, reverse("overview:district"))):
        assert axe(opened(person, address)) == []


def test_keys_walk_through_the_work_and_enter_opens_it(cast: Cast, opened: Open) -> None:
    busy(cast)
    page = opened(cast.zhou, reverse("overview:worklist"), size=DESK)
    rows = page.locator("a.row")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/slots/**")
    page.goto(page.url.split("/plan/")[0] + reverse("overview:worklist"))
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_visitor_finds_the_community_by_name_and_asks_there(cast: Cast, opened: Open, scripts: bool) -> None:
    page = opened(None, "/", scripts=scripts)
    page.get_by_label("社区、街道，或者老名字").fill("柳岸")
    page.get_by_role("button", name="找一找").click()
    page.get_by_role("link", name="柳岸社区").click()
    expect(page.locator("h1")).to_contain_text("有事找社工周敏")
    page.get_by_role("link", name="我有事，想请人帮忙").click()
    expect(page.get_by_label("用自己的话说说")).to_be_visible()


def test_the_demonstration_lets_everybody_in_with_one_tap(cast: Cast, opened: Open, client: Client) -> None:
    cast.sign_in(client, cast.zhou)
    client.logout()
    mark_demonstration(seed=1, size="cast")
    page = opened(None, "/", size=DESK)
    page.get_by_role("button", name="以周敏进去").click()
    page.wait_for_url("**/today/")
    expect(page.locator("h1")).to_contain_text("今天")
