"""Signing up, passing on, the calendar and a social worker's event in a real browser: nothing for axe to find, and no script needed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.actions.exchanging import agree, ask_fellow
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.waiting import join_line
from doorstep.hub.scheduling.models import Appeal, Exchange, Offer, OfferState, Slot
from doorstep.hub.scheduling.tests.events import event, volunteers
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [
    pytest.param({"size": PHONE}, "", "zh-hans", False, id="phone"),
    pytest.param({"size": PHONE}, "dark", "en", True, id="phone, dark, large print, English"),
    pytest.param({"size": DESK}, "light", "zh-hans", False, id="desk"),
    pytest.param({"size": DESK}, "dark", "en", False, id="desk, dark, English"),
]


def set_up(cast: Cast) -> dict[str, Any]:
    """陈国梁 has a promise, waits in a line, is asked to step in and to stand in; what fits him and what does not is open."""
    people = volunteers(cast, 3)
    for person, name in zip(people, ("李桂芳", "周建华", "徐小妹"), strict=True):
        Person.objects.filter(pk=person.pk).update(name=name)
    people = [Person.objects.get(pk=person.pk) for person in people]
    promised = cast.offer(state=OfferState.ACCEPTED)
    free = event(cast, places=12, trainees=2, risk_note="人多，路滑", bring="帽子、水杯")
    sign_up(by=people[1], slot=free)
    skilled = event(cast, title="修灯日", start=cast.at(6, 9), skill=cast.skill("electrician"), level=2)
    full = event(cast, title="敬老院包馄饨", start=cast.at(4, 14), places=1, where="柳岸敬老院食堂")
    sign_up(by=people[0], slot=full)
    join_line(by=cast.chen, slot=full)
    met = event(cast, title="清河道", start=cast.at(3, 14), places=3, where="柳岸桥头")
    mine = sign_up(by=cast.chen, slot=met)
    theirs = sign_up(by=people[0], slot=met)
    asked = ask_fellow(by=cast.chen, offer=mine, fellow=people[2])
    wanted = cast.slot(title="帮何伯换灯泡", windows=[(cast.at(1, 9), cast.at(1, 9))])
    Appeal.objects.create(seat=cast.seat(wanted), person=cast.chen, start=cast.at(1, 9), asked_at=cast.at(0, 8), until=cast.at(1, 6))
    other = cast.offer(cast.slot(windows=[(cast.at(5, 15), cast.at(5, 15))]), people[0], state=OfferState.ACCEPTED)
    to_me = ask_fellow(by=people[0], offer=other, fellow=cast.chen)
    done = agree(by=people[1], exchange=ask_fellow(by=people[0], offer=theirs, fellow=people[1]))
    return {"promised": promised, "free": free, "skilled": skilled, "full": full, "asked": asked, "to_me": to_me, "met": met, "done": done}


def of_volunteer(scene: dict[str, Any]) -> list[str]:
    pages = [reverse(f"scheduling:{name}") for name in ("openings", "calendar", "week")]
    pages += [reverse("scheduling:opening", args=[scene[key].pk]) for key in ("free", "skilled", "full")]
    pages += [reverse("scheduling:exchange", args=[scene[key].pk]) for key in ("asked", "to_me")]
    return [*pages, reverse("scheduling:stand_in", args=[scene["promised"].pk])]


def of_social_worker(scene: dict[str, Any]) -> list[str]:
    week = f"?week={scene['met'].week.isoformat()}"
    pages = [reverse("scheduling:announce"), reverse("scheduling:plan") + week]
    return pages + [reverse("scheduling:slot", args=[scene[key].pk]) for key in ("free", "met", "full")]


@pytest.mark.parametrize(("look", "theme", "language", "elder"), LOOKS)
@pytest.mark.parametrize("who", ["chen", "zhou"])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    cast: Cast, opened: Open, axe: Callable[[Page], list[str]], look: dict[str, Any], theme: str, language: str, elder: bool, who: str
) -> None:  # fmt: skip
    scene = set_up(cast)
    first, *others = of_volunteer(scene) if who == "chen" else of_social_worker(scene)
    page = opened(cast.people[who], first, lang=language, theme=theme, elder=elder, **look)
    home = page.url.removesuffix(first)
    for number, address in enumerate((first, *others)):
        page.goto(home + address)
        for folded in page.locator("details > summary").all():
            folded.click()
        keep(page, f"{who}-{number}-{look['size'][0]}-{theme or 'light'}-{language}")
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{address} scrolls sideways"
        small = page.evaluate(
            """() => [...document.querySelectorAll('main a, main button, main input:not([type=hidden]), main summary')]
               .filter(e => e.offsetParent && !e.closest('p:not(.acts)') && !e.matches('.pick input'))
               .map(e => [e.textContent.trim().slice(0, 20), Math.round(e.getBoundingClientRect().height)]).filter(([, h]) => h < 44)"""
        )
        assert who == "zhou" or small == [], f"{address} has things too small to touch"


def keep(page: Page, name: str) -> None:
    """Pictures for whoever wants to look."""
    if folder := os.environ.get("DOORSTEP_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_the_announcement_to_the_calendar_without_a_script(cast: Cast, opened: Open) -> None:
    """周敏 announces, 陈国梁 signs up, cannot go, asks a fellow by number, who goes; 周敏 sees it all."""
    (fellow,) = volunteers(cast, 1)
    desk = opened(cast.zhou, reverse("scheduling:announce"), scripts=False, size=DESK)
    desk.get_by_label("叫什么").fill("桂花节引路")
    desk.get_by_label("哪一类").select_option(label="文化娱乐")
    desk.get_by_label("哪一天").fill(cast.at(5, 9).date().isoformat())
    desk.get_by_label("几点开始").fill("09:00")
    desk.get_by_label("在哪里").fill("红梅公园南门")
    desk.get_by_label("要几位").fill("3")
    desk.get_by_role("button", name="开放报名").click()
    slot = Slot.objects.get(title="桂花节引路")
    assert "报上 0 位，一共要 3 位" in desk.locator("main").inner_text()

    phone = opened(cast.chen, reverse("scheduling:openings"), scripts=False)
    phone.get_by_role("link", name="桂花节引路").click()
    phone.get_by_role("button", name="报名", exact=True).click()
    assert "报上了，谢谢您" in phone.get_by_role("status").inner_text()
    phone.get_by_role("link", name="看这一件，或者说来不了").click()
    phone.get_by_role("link", name="请伙伴替我去").click()
    phone.get_by_label("志愿者编号").fill(fellow.volunteer.number)
    phone.get_by_role("button", name="去问").click()

    other = opened(fellow, reverse("scheduling:week"), scripts=False)
    other.get_by_role("link", name="看一看，回个话").click()
    other.get_by_role("button", name="我替他去").click()
    assert "换好了" in other.get_by_role("status").inner_text()
    other.goto(other.url.split("/week")[0] + reverse("scheduling:calendar"))
    assert "桂花节引路" in other.locator("main").inner_text()
    other.get_by_role("button", name="做一个地址").click()
    assert other.get_by_label("日历地址").input_value().endswith(".ics")

    again = opened(cast.zhou, reverse("scheduling:slot", args=[slot.pk]), scripts=False, size=DESK)
    assert f"陈国梁请{fellow.name}替" in again.locator("main").inner_text()
    assert Offer.objects.active().get(slot=slot).person == fellow and Exchange.objects.get().state == Exchange.State.DONE
