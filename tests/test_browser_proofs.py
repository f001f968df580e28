"""Certificates and the ledger in a real browser: taken on a phone, checked by a stranger, shared, handed to a school, taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.people.models import Person
from doorstep.hub.records.actions.auditing import walk_log
from doorstep.hub.records.actions.batching import make_batch
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import issue_certificate, revoke_certificate, set_seal
from doorstep.hub.records.actions.correcting import decide_correction, propose_correction
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.models import Batch, Certificate, Hours
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass
class Stage:
    """A certificate that holds, one whose hours were corrected since, one that was taken back, and a batch."""

    good: Certificate
    corrected: Certificate
    revoked: Certificate
    batch: Batch


def hours_of(cast: Cast, days: int) -> Hours:
    came = timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
    row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
    return approve_hours(by=cast.lin, hours=row)


def stage(cast: Cast) -> Stage:
    first, today = hours_of(cast, 9), timezone.localdate()
    for days in (3, 2, 1):
        close_day(day=today - timedelta(days=days))
    set_seal(by=cast.zhou, unit=cast.community, image=None)

    def issued() -> Certificate:
        return issue_certificate(by=cast.zhou, person=cast.chen, unit=cast.community, start=today - timedelta(days=40), end=today)

    corrected, revoked = issued(), issued()
    correction = propose_correction(
        by=cast.zhou, hours=first, came=first.came, left=first.came + timedelta(hours=1), why="签到表上是一小时"
    )
    decide_correction(by=cast.lin, correction=correction, approved=True)
    revoke_certificate(by=cast.zhou, certificate=revoked, reason="hours_wrong", words="记多了一小时，重开一张给您。")
    batch = make_batch(
        by=cast.zhou, unit=cast.community, asked_by="江南中学", purpose="社会实践登记", start=today, end=today, people=[cast.chen]
    )
    good = issued()
    # Somebody wrote into a row: the public page counts it, the district's names it.
    Hours.objects.filter(pk=hours_of(cast, 4).pk).update(tenths=99)
    assert walk_log() is False
    return Stage(good, corrected, revoked, batch)


def pages(cast: Cast, on: Stage) -> list[tuple[Person | None, str]]:
    public = [reverse("records:ledger"), reverse("records:check"), reverse("records:since")]
    public.append(f"{reverse('records:since')}?day={(timezone.localdate() - timedelta(days=2)).isoformat()}")
    public += [reverse("records:checked", args=[one.number]) for one in (on.good, on.corrected, on.revoked)]
    own = [reverse("records:certificates"), *(reverse("records:certificate", args=[one.pk]) for one in (on.good, on.corrected, on.revoked))]
    desk = [reverse("records:certificate_desk") + "?q=陈", reverse("records:seal"), reverse("records:new_batch")]
    desk += [reverse("records:issue_for", args=[cast.chen.pk]), reverse("records:batch", args=[on.batch.pk])]
    desk += [reverse("records:certificate", args=[on.good.pk])]
    return [
        *((None, address) for address in public),
        *((cast.chen, address) for address in [*own, reverse("records:batch_asked", args=[on.batch.pk])]),
        *((cast.zhou, address) for address in desk),
        *((cast.lin, address) for address in [reverse("records:ledger"), reverse("records:watch"), reverse("records:certificate_desk")]),
    ]


LOOKS = [
    pytest.param({"size": PHONE}, id="phone"),
    pytest.param({"size": PHONE, "lang": "en", "theme": "dark", "elder": True}, id="phone, dark, English, large print"),
    pytest.param({"size": DESK, "lang": "en"}, id="desk, English"),
    pytest.param({"size": DESK, "theme": "dark"}, id="desk, dark"),
]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    cast: Cast, opened: Open, axe: Callable[[Page], list[str]], look: dict[str, Any]
) -> None:
    wrong = []
    for person, address in pages(cast, stage(cast)):
        page = opened(person, address, **look)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        wrong += [f"{address}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address} scrolls sideways")
        page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_hour_to_a_certificate_that_is_checked_shared_and_taken_back(cast: Cast, opened: Open, scripts: bool) -> None:
    hours_of(cast, 5)
    mine = opened(cast.chen, reverse("people:profile"), scripts=scripts)
    mine.get_by_role("link", name="我的证明").click()
    mine.get_by_role("button", name="开证明").click()
    expect(mine.get_by_text("开好了。可以存下来，也可以印出来。")).to_be_visible()
    with mine.expect_download() as saved:
        mine.get_by_role("link", name="存成 PDF，可以印").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF")
    number = Certificate.objects.get().number
    stranger = opened(None, reverse("records:check"), scripts=scripts)
    stranger.get_by_label("证明上的编号").fill(number.lower())
    stranger.get_by_role("button", name="查", exact=True).click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("这张证明是真的")
    assert "陈国梁" not in stranger.content()
    stranger.get_by_label("他说他叫什么").fill("陈国梁")
    stranger.get_by_role("button", name="对一对").click()
    expect(stranger.get_by_text("是这个名字", exact=True)).to_be_visible()
    mine = opened(cast.chen, reverse("records:certificate", args=[Certificate.objects.get().pk]), scripts=scripts)
    mine.get_by_role("button", name="给看全名").click()
    stranger.goto(stranger.url)
    expect(stranger.get_by_text("陈国梁")).to_be_visible()
    desk = opened(cast.zhou, reverse("records:certificate", args=[Certificate.objects.get().pk]), scripts=scripts)
    desk.get_by_text("撤销这张证明").click()
    desk.get_by_text("时长记错了").click()
    desk.get_by_label("说给本人听的话").fill("那天记重了，改好再给您开。")
    desk.get_by_role("button", name="撤销，告诉本人").click()
    expect(desk.get_by_text("撤销了，已经告诉本人。")).to_be_visible()
    stranger.goto(stranger.url)
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("不能再用")
    assert "记重" not in stranger.content()
