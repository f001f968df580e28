"""The pages of needs in a real browser: a resident asks on a phone, a social worker checks at the desk, with and without a script."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Slot
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "我妈一个人住，夜里起来上厕所摔过一回，想有人白天去看看她。"


@dataclass
class Stage:
    """A need in each state that has a page of its own."""

    fresh: Need
    proposed: Need
    visited: Need
    slot: Slot


def stage(cast: Cast) -> Stage:
    proposed, visited = cast.need(), cast.need(own_words="灯管坏了好几天，够不着。")
    cast.offer(cast.checked(proposed), state=OfferState.ACCEPTED)
    slot = cast.checked(visited, title="换灯管", windows=[(cast.at(3, 9), cast.at(3, 10))])
    offer = cast.offer(slot, person=cast.jiang, state=OfferState.ACCEPTED)
    Offer.objects.filter(pk=offer.pk).update(start=timezone.now() - timedelta(hours=3))
    fresh = cast.need(own_words=WORDS, for_whom="family", about_name="沈阿姨", asker_name="王女士", relation="女儿", call_evening=True)
    Need.objects.filter(pk=fresh.pk).update(answer_by=timezone.now() - timedelta(hours=1))
    return Stage(fresh, proposed, visited, slot)


def pages(cast: Cast, on: Stage) -> list[tuple[Person | None, str]]:
    home = [reverse("needs:request", args=[on.proposed.pk]), reverse("needs:request", args=[on.visited.pk])]
    desk = [
        reverse("needs:check", args=[on.fresh.pk]),
        reverse("needs:check", args=[on.visited.pk]),
        reverse("needs:visit", args=[on.slot.pk]),
    ]
    return [
        (None, reverse("needs:ask") + "?place=liuan"), (None, reverse("needs:ask") + "?q=石桥"), (None, reverse("needs:paper") + "?place=liuan"),
        *((cast.shen, address) for address in [reverse("needs:mine"), *home, reverse("needs:asked", args=[on.fresh.pk])]),
        *((cast.zhou, address) for address in [reverse("needs:inbox"), *desk, reverse("needs:ask"), reverse("needs:paper_of", args=[on.fresh.pk])]),
    ]  # fmt: skip


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
    wrong = []
    for person, address in pages(cast, stage(cast)):
        page = opened(person, address, **look)
        # What lies folded away is read too.
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        wrong += [f"{address}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address} scrolls sideways")
        page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_daughter_asks_on_her_phone(cast: Cast, opened: Open, scripts: bool) -> None:
    page = opened(None, reverse("needs:ask") + "?place=liuan", scripts=scripts)
    page.get_by_label("用自己的话说说").fill(WORDS)
    page.get_by_text("家里人", exact=True).click()
    if not scripts:
        page.get_by_text("替别人说的，再填这几样").click()
    page.get_by_label("本人怎么称呼").fill("我妈")
    page.get_by_label("您是本人的什么人").fill("女儿")
    page.get_by_label("怎么称呼您").fill("王女士 🌻")
    page.get_by_label("怎么找到您").fill("139 0000 2618")
    page.get_by_text("晚上", exact=True).click()
    page.get_by_label("我同意社工为办这件事看这些内容").check()
    page.get_by_label("我问过本人，本人同意我来说").check()
    page.get_by_role("button", name="交给社工").click()
    expect(page.get_by_text("社工收到了").first).to_be_visible()
    need = Need.objects.get()
    assert (need.own_words, need.asker_name, need.about_name, need.call_evening) == (WORDS, "王女士 🌻", "我妈", True)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_home_agrees_and_changes_its_mind(cast: Cast, opened: Open, scripts: bool) -> None:
    on = stage(cast)
    page = opened(cast.shen, reverse("needs:request", args=[on.proposed.pk]), scripts=scripts)
    page.get_by_role("button", name="同意，就这么定").click()
    expect(page.get_by_role("status")).to_contain_text("定好了")
    slot = Slot.objects.get(occasion__need=on.proposed)
    assert slot.home_answer == HomeAnswer.AGREED
    page.locator("#move > summary").click()
    page.locator("table.cells tbody tr").last.locator("label").first.click()
    page.get_by_role("button", name="就改成这些时候").click()
    expect(page.get_by_role("status")).to_contain_text("时间改好了")
    expect(page.locator("h1")).to_contain_text("正在找合适的人")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_social_worker_makes_a_visit_of_own_words(cast: Cast, opened: Open, scripts: bool) -> None:
    need = cast.need(own_words=WORDS)
    Need.objects.filter(pk=need.pk).update(resident=None, household=None, phone="13900002618")
    page = opened(cast.zhou, reverse("needs:check", args=[need.pk]), scripts=scripts, size=DESK)
    page.get_by_label("一句话说这件事").fill("白天看望独居老人")
    if scripts:
        page.get_by_label("找住户").press_sequentially("沈秀英")
    else:
        page.get_by_label("找住户").fill("沈秀英")
        page.get_by_role("button", name="查找").click()
    page.get_by_label("12 幢 2 单元 501 · 沈秀英").check()
    expect(page.get_by_label("一句话说这件事")).to_have_value("白天看望独居老人")
    page.get_by_label("算哪一类").select_option(label="助老服务")
    page.locator("table.cells tbody tr").last.locator("label").first.click()
    page.get_by_role("button", name="核实好了，去找人").click()
    page.wait_for_url("**/plan/slots/**")
    need.refresh_from_db()
    assert (need.state, need.resident, need.title) == (NeedState.CHECKED, cast.shen, "白天看望独居老人")
    assert Slot.objects.get(occasion__need=need).household == cast.shen.household
