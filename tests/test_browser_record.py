"""The record in a real browser: an owner disputes, two people correct, the owner says that it is right; the pages are sound for everybody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from doorstep.hub.records.actions.hours import approve_hours, back_fill, dispute_hours, propose_correction
from doorstep.hub.records.actions.record import grant_award, rate, record_training
from doorstep.hub.records.models import Award, Hours, HoursState
from doorstep.hub.testing import Cast
from tests.conftest import DESK, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], list[str]]


def days_ago(number: int, hour: int = 9) -> datetime:
    day = timezone.localtime(timezone.now()) - timedelta(days=number)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def filled(cast: Cast, number: int, hours: float = 2, hour: int = 9) -> Hours:
    came = days_ago(number, hour)
    return back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=hours))


def lived(cast: Cast) -> dict[str, Hours]:
    """A few weeks of 陈国梁: to verify, disputed, corrected, refused, waiting; a training, an award, an evaluation."""
    cast.chen.account = None
    rows = {
        name: approve_hours(by=cast.lin, hours=filled(cast, n)) for n, name in ((3, "fresh"), (4, "right"), (5, "wrong"), (6, "changed"))
    }
    dispute_hours(by=cast.chen, hours=rows["wrong"], words="做了三个小时，不是两个小时。")
    came = rows["changed"].came
    propose_correction(by=cast.zhou, hours=rows["changed"], came=came, left=came + timedelta(hours=1), why="家里说只来了一个小时")
    rows["waits"], rows["long"] = filled(cast, 2), filled(cast, 8, 10, 7)
    rows["refused"] = filled(cast, 3)
    came = days_ago(9, 14)
    record_training(
        by=cast.zhou, unit=cast.community, people=[cast.chen, cast.jiang], name="上门礼节", content="怎么敲门，怎么说话。", host="本社区", came=came,
        left=came + timedelta(hours=2),
    )  # fmt: skip
    grant_award(
        by=cast.zhou, person=cast.chen, unit=cast.community, name="年度优秀志愿者", granted_by="柳溪区", source=Award.Source.COUNTY,
        granted_on=days_ago(30).date(), proof="证书 2026-12 号",
    )  # fmt: skip
    rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=5, words="准时，老人喜欢。", hours=rows["right"])
    return rows


def test_an_owner_disputes_and_two_people_correct(cast: Cast, opened: Open) -> None:
    hours = approve_hours(by=cast.lin, hours=filled(cast, 3))
    page = opened(cast.chen, "/record/")
    page.click("main a:has-text('不对')")
    page.fill("textarea[name=words]", "做了一个小时，不是两个小时。")
    page.click("button:has-text('告诉社工')")
    assert "社工会查" in page.inner_text("main")
    page = opened(cast.zhou, "/hours/", size=DESK)
    assert "本人说不对" in page.inner_text("main")
    page.click("main a.row:has-text('巡楼')")
    page.click("main a:has-text('更正')")
    page.fill("input[name=left]", "10:00")
    page.fill("textarea[name=why]", "问过家里，是一个小时。")
    page.click("button:has-text('提更正')")
    assert page.locator("button:has-text('批，改成新的')").count() == 0
    page = opened(cast.lin, f"/hours/{hours.pk}/", size=DESK)
    page.click("button:has-text('批，改成新的')")
    page = opened(cast.chen, "/record/")
    text = page.inner_text("main")
    assert "2.0" in text and "1.0 小时" in text and "问过家里" in text and "周敏提" in text and "林涛定" in text
    page.click("button:has-text('没问题')")
    hours.refresh_from_db()
    assert (hours.state, hours.tenths) == (HoursState.VERIFIED, 10)


def test_twenty_lines_are_verified_by_one_press_but_for_those_without_a_tick(cast: Cast, opened: Open) -> None:
    rows = [approve_hours(by=cast.lin, hours=filled(cast, number, hour=hour)) for number in (2, 33, 64) for hour in (8, 13)]
    page = opened(cast.chen, "/record/?year=all")
    assert page.locator("main details.fold").count() == 3, "the months are folded, the newest is open"
    assert page.locator("main .brief:visible").count() == 2
    # One screen says what there is and what to do.
    for words in ("12.0", "小时", "离 1 星", "核对 6 次"):
        box = page.locator(".glance").get_by_text(words).first.bounding_box()
        assert box and box["y"] + box["height"] < 780, words
    page.locator(f"input[name=hours][value^='{rows[1].pk}']").uncheck()
    page.click("button:has-text('全部没问题')")
    page.wait_for_url("**/record/")
    assert set(Hours.objects.filter(state=HoursState.VERIFIED)) == {*rows} - {rows[1]}


@pytest.mark.parametrize(
    ("lang", "size", "look"), [("zh-hans", (360, 780), {}), ("en", DESK, {"theme": "dark"}), ("zh-hans", (360, 780), {"elder": True})]
)
def test_every_page_of_the_record_is_sound(
    cast: Cast, opened: Open, axe: Axe, lang: str, size: tuple[int, int], look: dict[str, Any]
) -> None:
    rows = lived(cast)
    pages = [(cast.chen, "/record/?year=all"), (cast.chen, f"/record/{rows['fresh'].pk}/wrong/"), (cast.zhou, "/hours/"), (cast.zhou, "/hours/fill-in/"),
             (cast.zhou, "/hours/training/"), (cast.zhou, f"/hours/{rows['wrong'].pk}/"), (cast.lin, f"/hours/{rows['changed'].pk}/"),
             (cast.lin, f"/hours/{rows['long'].pk}/"), (cast.zhou, f"/hours/{rows['refused'].pk}/"), (cast.zhou, f"/hours/{rows['right'].pk}/correct/"),
             (cast.zhou, f"/record/of/{cast.chen.pk}/"), (cast.zhou, f"/record/of/{cast.chen.pk}/award/"), (cast.zhou, f"/record/of/{cast.chen.pk}/evaluate/"),
             (cast.lin, "/hours/"), (cast.lin, "/hours/rules/"), (cast.lin, "/hours/rules/new/"), (cast.lin, "/hours/rules/stars/"), (cast.lin, "/hours/rules/year/")]  # fmt: skip
    for who, address in pages:
        page = opened(who, address, lang=lang, size=size, **look)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        page.context.close()
