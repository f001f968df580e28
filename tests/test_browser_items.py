"""Awards, evaluations, hours of elsewhere, stars and the yearly report in a real browser: disputed, corrected by two, announced, published; every page is sound."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role, VolunteerProfile
from doorstep.hub.records.actions.amending import dispute_item, propose_amendment
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.actions.moving import decide_transfers, enter_transfers
from doorstep.hub.records.actions.record import grant_award, rate
from doorstep.hub.records.actions.reporting import publish_report
from doorstep.hub.records.actions.starring import announce_stars, object_to_star
from doorstep.hub.records.models import Award, Hours, StarAward
from doorstep.hub.records.moving.arriving import Earlier
from doorstep.hub.testing import Cast
from tests.conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], list[str]]
TODAY, DAY = timezone.localdate(), timedelta(days=1)


def lived(cast: Cast) -> dict[str, str]:
    """A record with something wrong in each of its blocks; gives the addresses of the pages."""
    Person.objects.filter(pk=cast.chen.pk).update(residence="柳岸街道 柳岸社区")
    VolunteerProfile.objects.filter(person=cast.chen).update(national_no="JS2026-0815")
    came = timezone.localtime(timezone.now() - 2 * DAY).replace(hour=8, minute=0, second=0, microsecond=0)
    for number in range(5):
        person = cast.chen if number == 0 else Person.objects.create(name=f"邻居{number}")
        if number:
            appoint(by=cast.lin, person=person, role=Role.VOLUNTEER, place=cast.community, since=cast.monday)
        row = back_fill(by=cast.zhou, person=person, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
        approve_hours(by=cast.lin, hours=row)
    june = timezone.make_aware(datetime(TODAY.year - 1, 6, 1, 9))
    Hours.objects.update(came=june, left=june + timedelta(hours=2), tenths=1200)
    award = grant_award(
        by=cast.zhou, person=cast.chen, unit=cast.community, name="优秀志愿者", granted_by="柳溪区", source=Award.Source.COUNTY,
        granted_on=TODAY - 30 * DAY, proof="证书 2026-12 号",
    )  # fmt: skip
    rating = rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=2, words="来晚了一刻钟。", on=TODAY - 9 * DAY)
    earlier = Earlier(cast.chen, "志愿汇", TODAY - 300 * DAY, TODAY - 200 * DAY, 865, "本人带来的打印记录")
    [moved] = decide_transfers(by=cast.lin, batch=enter_transfers(by=cast.zhou, unit=cast.community, rows=[earlier]), taken=True)
    dispute_item(by=cast.chen, row=award, words="证书上写的是“年度优秀志愿者”，少了两个字。")
    propose_amendment(by=cast.zhou, row=rating, said={"rating": 4, "words": "路上堵车，提前说过。"}, why="问过家里，他来以前打过电话")
    announce_stars()
    star = StarAward.objects.get(person=cast.chen)
    object_to_star(by=cast.jiang, star=star, words="六月一日那天我没有看见他。")
    publish_report(by=cast.lin, district=cast.district, year=TODAY.year - 1)
    items = {"award": award, "evaluation": rating, "transfer": moved}
    return {key: f"/record/items/{key}/{row.pk}/" for key, row in items.items()} | {
        "star": f"/record/stars/{star.pk}/", "report": f"/reports/{cast.district.code}/{TODAY.year - 1}/",
    }  # fmt: skip


def pages(cast: Cast, at: dict[str, str]) -> list[tuple[Person | None, str]]:
    return [
        (cast.chen, "/record/?year=all"), (cast.chen, f"{at['transfer']}wrong/"), (cast.zhou, "/hours/"), (cast.zhou, at["award"]),
        (cast.zhou, f"{at['award']}correct/"), (cast.lin, at["evaluation"]), (cast.zhou, f"{at['transfer']}correct/"),
        (cast.zhou, f"/record/of/{cast.chen.pk}/"), (cast.jiang, "/record/stars/"), (cast.jiang, at["star"]), (cast.lin, at["star"]), (None, at["report"]),
        (cast.lin, f"/moving/yearly/?year={TODAY.year - 1}"), (cast.lin, "/moving/"), (cast.lin, "/moving/columns/answers/"), (cast.zhou, "/moving/numbers/"),
        (cast.lin, "/hours/rules/"), (cast.zhou, f"/volunteers/{cast.chen.pk}/"),
    ]  # fmt: skip


def test_an_owner_says_that_an_award_is_wrong_and_two_people_correct_it(cast: Cast, opened: Open) -> None:
    award = grant_award(
        by=cast.zhou, person=cast.chen, unit=cast.community, name="优秀志愿者", granted_by="柳溪区", source=Award.Source.COUNTY,
        granted_on=TODAY - DAY, proof="证书 12 号",
    )  # fmt: skip
    page = opened(cast.chen, "/record/")
    page.click("section[aria-labelledby=awards] a:has-text('不对，说一声')")
    page.fill("textarea[name=words]", "少了“年度”两个字。")
    page.click("button:has-text('告诉社工')")
    page = opened(cast.zhou, "/hours/", size=DESK)
    page.click("main a.row:has-text('优秀志愿者')")
    page.click("main a.btn:has-text('更正')")
    page.fill("input[name=name]", "年度优秀志愿者")
    page.fill("textarea[name=why]", "又看了一遍证书。")
    page.click("button:has-text('提更正')")
    assert page.locator("button:has-text('批，改成新的')").count() == 0
    page = opened(cast.lin, f"/record/items/award/{award.pk}/", size=DESK)
    page.click("button:has-text('批，改成新的')")
    text = opened(cast.chen, "/record/").inner_text("main")
    assert "年度优秀志愿者" in text and "又看了一遍证书" in text and "周敏提" in text and "林涛定" in text


@pytest.mark.parametrize(("lang", "size", "look"), [("zh-hans", PHONE, {}), ("en", DESK, {"theme": "dark"})])
def test_every_page_is_sound(cast: Cast, opened: Open, axe: Axe, lang: str, size: tuple[int, int], look: dict[str, Any]) -> None:
    for who, address in pages(cast, lived(cast)):
        page = opened(who, address, lang=lang, size=size, **look)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
        page.context.close()
