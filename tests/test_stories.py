"""The mission told end to end in a real browser: somebody asks, a social worker checks and plans, a volunteer says yes, and comes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.people.models import Person
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Plan, Rhythm, Slot
from doorstep.hub.scheduling.solving import solve_plan
from doorstep.hub.testing import Cast

from .stage import Stage, stage

__all__ = ["stage"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS, TITLE = "客厅的灯坏了两天，凳子不敢爬，想请人来换一换。", "给沈阿姨家换灯泡"


def test_from_own_words_to_a_visit_that_was_made(cast: Cast, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is asked in the evening is promised for the day after tomorrow, unless the promise is short: the story is told at any hour.
    Rhythm.objects.update(seconds_allowed=2, reply_promise_hours=4)
    shen = stage.enter(cast.shen)
    need = asks(stage, shen)
    zhou = stage.enter(cast.zhou)
    slot = checks(cast, stage, zhou, need)
    plans_and_sends(cast, stage, zhou)
    helper = says_yes(cast, stage, slot)
    sees_who_comes(stage, shen, helper)
    later = Offer.objects.get(slot=slot, state=OfferState.ACCEPTED).start + timedelta(hours=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    follows_up(stage, zhou, slot)
    need.refresh_from_db()
    slot.refresh_from_db()
    assert (need.state, slot.home_answer) == (NeedState.DONE, HomeAnswer.AGREED)
    assert Attendance.objects.get(offer__slot=slot).outcome == Attendance.Outcome.SERVED
    shen.reload()
    stage.look(shen)
    expect(shen.get_by_role("link", name=stage.say("再说一件"))).to_be_visible()
    assert not stage.wrong, "\n".join(stage.wrong)


def asks(stage: Stage, page: Page) -> Need:
    """The resident says it in her own words and is told by when she hears."""
    stage.follow(page, stage.say("我有事，想请人帮忙"))
    page.locator("[name=own_words]").fill(WORDS)
    page.locator("[name=consents]").check()
    stage.press(page, "交给社工")
    expect(page.get_by_text(stage.say("社工收到了")).first).to_be_visible()
    expect(page.get_by_text(WORDS)).to_be_visible()
    return Need.objects.get(own_words=WORDS)


def checks(cast: Cast, stage: Stage, page: Page, need: Need) -> Slot:
    """The social worker finds it on the list of today and makes one visit of it, on Tuesday morning."""
    expect(page.locator("h1")).to_have_text(stage.count("今天先办这 %(number)s 件", 1))
    stage.follow(page, WORDS[:12])
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=category]").select_option(str(cast.category("elderly").pk))
    page.locator(f"[name=cells][value='{cast.at(1, 9).date()}:0']").locator("xpath=..").click()
    stage.press(page, "核实好了，去找人")
    page.wait_for_url("**/plan/slots/**")
    return Slot.objects.get(occasion__need=need)


def plans_and_sends(cast: Cast, stage: Stage, page: Page) -> None:
    """The week is planned by the same code as in the worker, and one button asks everybody whom the plan proposes."""
    page.goto(f"{stage.home}{reverse('scheduling:plan')}?week={cast.monday}")
    stage.look(page)
    stage.press(page, "排这一周")
    plan = Plan.objects.get()
    made = solve_plan(plan_id=plan.pk)
    assert made is not None
    assert (made.state, made.met, made.broken_rules) == (Plan.State.READY, 1, 0)
    page.goto(f"{stage.home}{reverse('overview:worklist')}")
    stage.look(page)
    stage.follow(page, stage.count("%(n)s 份邀请还没发", 1))
    stage.go(page, page.get_by_role("button", name=stage.count("发出 %(n)s 份邀请", 1)))
    assert Offer.objects.get(slot__week=cast.monday, state=OfferState.SENT).plan == plan


def says_yes(cast: Cast, stage: Stage, slot: Slot) -> Person:
    """The volunteer reads why, says yes, and only then sees the door."""
    helper = Offer.objects.get(slot=slot, state=OfferState.SENT).person
    page = stage.enter(helper)
    page.goto(f"{stage.home}{reverse('scheduling:week')}?week={cast.monday}")
    stage.look(page)
    expect(page.get_by_text("2 单元 501")).to_have_count(0)
    # Before the yes even the title names nobody.
    stage.press(page, "我去：%(title)s", title=TITLE.replace("沈阿姨", "一位居民"))
    expect(page.get_by_text("2 单元 501").first).to_be_visible()
    return helper


def sees_who_comes(stage: Stage, page: Page, helper: Person) -> None:
    """The resident reads who comes and agrees."""
    page.goto(stage.home + reverse("needs:mine"))
    stage.look(page)
    stage.follow(page, TITLE)
    expect(page.get_by_text(helper.name).first).to_be_visible()
    stage.press(page, "同意，就这么定")


def follows_up(stage: Stage, page: Page, slot: Slot) -> None:
    """After the visit the social worker asks how it went and writes it down."""
    page.goto(stage.home + reverse("overview:worklist"))
    stage.look(page)
    stage.follow(page, TITLE)
    page.wait_for_url(f"**{reverse('needs:visit', args=[slot.pk])}")
    page.locator("input[value=served]").check()
    page.locator("[name=channel][value=phone]").check()
    stage.press(page, "记下来")


def test_who_cannot_come_is_replaced_before_anybody_waits_in_vain(cast: Cast, stage: Stage) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    chen = stage.enter(cast.chen)
    chen.goto(stage.home + reverse("scheduling:offer", args=[offer.pk]))
    stage.follow(chen, stage.say("我来不了"))
    stage.press(chen, "来不了，告诉社工")
    zhou = stage.enter(cast.zhou)
    first = zhou.locator("a.row").first
    expect(first).to_contain_text(offer.slot.title)
    expect(first).to_contain_text(stage.say("%(name)s来不了", name=cast.chen.name))
    stage.go(zhou, first)
    asks_somebody_else(stage, zhou)
    new = Offer.objects.get(slot=offer.slot, state=OfferState.SENT)
    assert new.person != cast.chen
    page = stage.enter(new.person)
    page.goto(stage.home + reverse("scheduling:offer", args=[new.pk]))
    stage.press(page, "我去")
    assert Offer.objects.get(slot=offer.slot, state=OfferState.ACCEPTED).person == new.person
    assert not stage.wrong, "\n".join(stage.wrong)


def asks_somebody_else(stage: Stage, page: Page) -> None:
    """The first of those who are most worth asking is asked."""
    best = page.locator("#best")
    expect(best).to_contain_text(stage.say("问了才算，谁都可以说不"))
    stage.go(page, best.locator(".person-do form button").first)
