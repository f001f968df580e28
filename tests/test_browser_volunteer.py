"""A volunteer's pages in a real browser: nothing for axe to find, no sideways scrolling, no script needed, a week painted by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.scheduling.actions.availability import PARTS, set_usual_week
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.scheduling.queries import free_time, usual_week
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def busy(cast: Cast) -> dict[str, Offer]:
    """A week in which everything stands on the page: a promise, a request with risk, something nearby, something past."""
    promised = cast.offer(state=OfferState.ACCEPTED)
    risky = cast.slot(title="帮何伯换灯泡", windows=[(cast.at(3, 9), cast.at(3, 9))], bodily_risk=True, insured=True, risk_note="要上梯子",
                      bring="防滑鞋", seats=[SeatWanted(), SeatWanted()])  # fmt: skip
    asked = cast.offer(risky)
    Offer.objects.filter(pk=asked.pk).update(
        reasons=[{"code": "familiar", "times": 4}, {"code": "nearest", "metres": 260, "minutes": 4}, {"code": "free_then"}]
    )
    cast.slot(title="周末图书角整理", windows=[(cast.at(5, 9), cast.at(5, 11))])
    cast.slot(title="给老人送年历", windows=[(cast.at(5, 14), cast.at(5, 14))])
    need = cast.need()
    served = cast.offer(cast.checked(need, windows=[(cast.at(4, 9), cast.at(4, 9))]), state=OfferState.ACCEPTED)
    record_visit(
        by=cast.zhou, need=need, slot=served.slot, outcomes={served: "served"}, channel="phone", now=served.start + timedelta(hours=2)
    )
    return {"promised": promised, "asked": asked, "served": served}


def addresses(cast: Cast, offers: dict[str, Offer]) -> list[str]:
    week = f"?week={cast.monday.isoformat()}"
    pages = [reverse("scheduling:week") + week, reverse("scheduling:availability"), reverse("scheduling:availability") + week]
    pages += [reverse("scheduling:offer", args=[offer.pk]) for offer in offers.values()]
    return [*pages, reverse("scheduling:cannot_come", args=[offers["promised"].pk])]


LOOKS = [
    pytest.param({"size": PHONE}, "", "zh-hans", False, id="phone"),
    pytest.param({"size": PHONE}, "dark", "en", False, id="phone, dark, English"),
    pytest.param({"size": PHONE}, "", "en", True, id="phone, large print, English"),
    pytest.param({"size": PHONE}, "dark", "zh-hans", True, id="phone, dark, large print"),
    pytest.param({"size": DESK}, "light", "zh-hans", False, id="desk"),
    pytest.param({"size": DESK}, "dark", "en", True, id="desk, dark, large print, English"),
]


@pytest.mark.parametrize(("look", "theme", "language", "elder"), LOOKS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    cast: Cast,
    opened: Open,
    axe: Callable[[Page], list[str]],
    look: dict[str, Any],
    theme: str,
    language: str,
    elder: bool,
) -> None:
    first, *others = addresses(cast, busy(cast))
    page = opened(cast.chen, first, lang=language, theme=theme, elder=elder, **look)
    home = page.url.removesuffix(first)
    for address in (first, *others):
        page.goto(home + address)
        for folded in page.locator("details > summary").all():
            folded.click()
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{address} scrolls sideways"
        small = page.evaluate(
            """() => [...document.querySelectorAll('main a, main button, main input:not([type=hidden]), main summary')]
               .filter(e => e.offsetParent && !e.closest('p:not(.acts)'))
               .map(e => [e.textContent.trim().slice(0, 20), Math.round(e.getBoundingClientRect().height)]).filter(([, h]) => h < 44)"""
        )
        assert small == [], f"{address} has things too small to touch"


def test_yes_no_and_cannot_come_without_a_script(cast: Cast, opened: Open) -> None:
    first, second = cast.offer(), cast.offer(cast.slot(title="陪何伯下棋", windows=[(cast.at(3, 9), cast.at(3, 9))]))
    page = opened(cast.chen, reverse("scheduling:week"), scripts=False)
    page.get_by_role("button", name="这次不去：陪何伯下棋").click()
    assert page.get_by_role("status").inner_text().startswith("好的，这次不去")
    page.get_by_role("button", name="我去：给一位居民家装厕所扶手").click()
    assert "2 单元 501" in page.locator("main").inner_text()
    page.get_by_role("link", name="我来不了").click()
    page.get_by_role("button", name="来不了，告诉社工").click()
    assert "谢谢您早说" in page.get_by_role("status").inner_text()
    states = dict(Offer.objects.values_list("pk", "state"))
    assert states == {first.pk: OfferState.CANNOT_COME, second.pk: OfferState.DECLINED}


def test_a_wish_is_said_from_the_first_page(cast: Cast, opened: Open) -> None:
    cast.slot(title="周末图书角整理", windows=[(cast.at(5, 9), cast.at(5, 11))])
    page = opened(cast.chen, f"{reverse('scheduling:week')}?week={cast.monday.isoformat()}")
    page.get_by_role("button", name="我想去：周末图书角整理").click()
    assert "已经告诉社工" in page.get_by_role("status").inner_text()
    assert "社工知道了" in page.locator("main").inner_text()
    assert urlsplit(page.url).query == f"week={cast.monday.isoformat()}"


def centre(page: Page, label: str) -> tuple[float, float]:
    box = page.get_by_label(label, exact=True).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("look", [{"size": PHONE}, {"size": DESK}], ids=["phone", "desk"])
def test_a_week_is_painted_by_dragging(cast: Cast, opened: Open, look: dict[str, Any]) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    page = opened(cast.chen, f"{reverse('scheduling:availability')}?week={cast.monday.isoformat()}", **look)
    # The mornings are painted and Wednesday's is booked: one stroke from Monday to Friday clears the others.
    page.mouse.move(*centre(page, "周一上午有空"))
    page.mouse.down()
    for day in "二三四五":
        label = "周三上午，已约" if day == "三" else f"周{day}上午有空"
        page.mouse.move(*centre(page, label), steps=6)
    page.mouse.up()
    assert [page.get_by_label(f"周{day}上午有空", exact=True).is_checked() for day in "一二四五六"] == [False] * 4 + [True]
    page.get_by_role("button", name="存好").click()
    assert "存好了" in page.get_by_role("status").inner_text()
    mornings = [start // 1440 for start, _end in free_time(cast.monday, [cast.chen.pk])[cast.chen.pk] if start % 1440 == PARTS[0][0]]
    assert mornings == [2, 5, 6]


def drag_finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A real touch from one point to another, as the browser gets it from the screen."""
    touch = page.context.new_cdp_session(page)
    steps = [(start[0] + (end[0] - start[0]) * n / 8, start[1] + (end[1] - start[1]) * n / 8) for n in range(9)]
    for kind, points in [("touchStart", steps[:1]), *(("touchMove", [step]) for step in steps[1:]), ("touchEnd", [])]:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_a_day_is_painted_with_one_stroke_of_a_finger(cast: Cast, opened: Open) -> None:
    set_usual_week(by=cast.chen, person=cast.chen, cells=[])
    page = opened(cast.chen, reverse("scheduling:availability"), has_touch=True, is_mobile=True)
    drag_finger(page, centre(page, "周一上午有空"), centre(page, "周一晚上有空"))
    assert [page.get_by_label(f"周一{part}有空", exact=True).is_checked() for part in ("上午", "下午", "晚上")] == [True] * 3
    page.get_by_role("button", name="存好").click()
    assert "存好了" in page.get_by_role("status").inner_text()
    assert usual_week(cast.chen) == list(PARTS)


def test_a_week_is_painted_by_finger(cast: Cast, opened: Open) -> None:
    page = opened(cast.chen, reverse("scheduling:availability"), has_touch=True, is_mobile=True)
    page.touchscreen.tap(*centre(page, "周二下午有空"))
    page.touchscreen.tap(*centre(page, "周二上午有空"))
    page.get_by_role("button", name="存好").tap()
    assert "存好了" in page.get_by_role("status").inner_text()
    tuesday = [(start - 1440, end - 1440) for start, end in usual_week(cast.chen) if start // 1440 == 1]
    assert tuesday == [PARTS[1], PARTS[2]]


@pytest.mark.parametrize("scripts", [True, False], ids=["with arrows", "without a script"])
def test_a_week_is_painted_by_keyboard(cast: Cast, opened: Open, scripts: bool) -> None:
    page = opened(cast.chen, reverse("scheduling:availability"), size=DESK, scripts=scripts)
    page.get_by_label("周一上午有空", exact=True).focus()
    if scripts:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    else:
        for _cell in range(4):
            page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="存好").press("Enter")
    assert "存好了" in page.get_by_role("status").inner_text()
    assert (1440 + PARTS[1][0], 1440 + PARTS[1][1]) in usual_week(cast.chen)
