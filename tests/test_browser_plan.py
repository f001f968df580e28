"""The social worker's week in a real browser: readable in every look, worked by keyboard alone, and whole without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.actions.exclusion import rule_out_for_home
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted, forbid
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Slot
from doorstep.hub.scheduling.solving import solve_plan
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def stage(cast: Cast) -> dict[str, Slot]:
    """A planned week with a slot of each kind that has something to press."""
    days = {name: [(cast.at(day, 9), cast.at(day, 10))] for day, name in enumerate(("gap", "sent", "accepted", "declined"))}
    slots = {name: cast.slot(title=f"{name} 的一件", windows=windows) for name, windows in days.items()}
    slots["gap"].seats.update(skill=cast.skill("electrician"))
    cast.offer(slots["sent"])
    cast.offer(slots["accepted"], person=cast.jiang, state=OfferState.ACCEPTED)
    slots["two"] = cast.slot(title="two 的一件", seats=[SeatWanted(), SeatWanted()], windows=[(cast.at(4, 9), cast.at(4, 10))])
    cast.slot(title="没人会的", seats=[SeatWanted(skill=cast.skill("sign_language"))], windows=[(cast.at(5, 9), cast.at(5, 10))])
    forbid(by=cast.zhou, slot=slots["declined"], person=cast.ning)
    rule_out_for_home(by=cast.zhou, slot=slots["declined"], person=cast.tang)
    plan = request_plan(by=cast.zhou, place=cast.community, week=cast.monday)
    assert solve_plan(plan_id=plan.pk) is not None
    return slots


def week(cast: Cast) -> str:
    return f"{reverse('scheduling:plan')}?week={cast.monday.isoformat()}"


def pages(cast: Cast, slots: dict[str, Slot]) -> list[tuple[Person, str]]:
    gap, asked = slots["gap"], f"?week={cast.monday.isoformat()}"
    found = [
        (cast.zhou, week(cast)),
        (cast.zhou, f"{week(cast)}&slot={slots['two'].pk}"),
        (cast.lin, week(cast)),
        (cast.lin, reverse("scheduling:rhythm")),
    ]
    found += [(cast.zhou, reverse("scheduling:slot", args=[slot.pk])) for slot in slots.values()]
    found += [
        (cast.zhou, reverse("scheduling:change", args=[gap.pk, cast.seat(gap).pk])),
        (cast.zhou, reverse("scheduling:move", args=[gap.pk])),
        (cast.zhou, reverse("scheduling:exclusions", args=[cast.shen.household_id]) + "?q=陈"),
    ]
    return [*found, (cast.zhou, reverse("scheduling:calls") + asked), (cast.zhou, reverse("scheduling:duty") + asked)]


LOOKS = [
    {"size": PHONE, "theme": "light"},
    {"size": DESK, "theme": "dark"},
    {"size": PHONE, "theme": "dark", "lang": "en"},
    {"size": DESK, "theme": "light", "lang": "en"},
    {"size": PHONE, "theme": "light", "elder": True},
]


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk-dark", "phone-dark-en", "desk-en", "elder"])
def test_every_page_is_readable(
    cast: Cast, live_server: object, opened: Open, axe: Callable[[Page], list[str]], look: dict[str, Any]
) -> None:
    wrong, windows = [], dict[Person, Page]()
    for person, address in pages(cast, stage(cast)):
        page = windows.get(person) or opened(person, address, **look)
        if person in windows:
            page.goto(f"{live_server}{address}")
        windows[person] = page
        page.wait_for_load_state("networkidle")
        wrong += [f"{address}: {found}" for found in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address} scrolls sideways")
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no-script"])
def test_from_the_gap_to_a_yes_by_phone(cast: Cast, opened: Open, scripts: bool) -> None:
    slot = cast.slot(title="装扶手", windows=[(cast.at(2, 9), cast.at(2, 9))], seats=[SeatWanted(skill=cast.skill("electrician"))])
    page = opened(cast.zhou, week(cast), size=DESK, scripts=scripts)
    if not scripts:
        page.get_by_role("link", name="看最值得问的人").click()
    page.get_by_role("button", name="问他，蒋文斌").click()
    expect(page.get_by_text("已经去问了")).to_be_visible()
    page.goto(page.url.split("/plan/")[0] + reverse("scheduling:slot", args=[slot.pk]))
    page.get_by_role("button", name="答应去").click()
    expect(page.get_by_text("记下了：答应去")).to_be_visible()
    offer = Offer.objects.get(slot=slot)
    assert (offer.state, offer.answer_channel, offer.answer_recorded_by) == ("accepted", "phone", cast.zhou)
    page.get_by_role("button", name="家里同意").click()
    expect(page.get_by_text("都说好了")).to_be_visible()


def test_the_week_is_sent_by_keyboard_alone(cast: Cast, opened: Open) -> None:
    cast.offer(state=OfferState.PROPOSED)
    page = opened(cast.zhou, week(cast), size=DESK)
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "发出 1 份邀请":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("发出了 1 份邀请")).to_be_visible()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.classList.contains('row')")
    page.keyboard.press("Enter")
    page.wait_for_url("**slot=**")
    assert Offer.objects.get().state == OfferState.SENT


def test_a_plan_at_work_is_followed_to_its_end(cast: Cast, opened: Open) -> None:
    cast.slot()
    page = opened(cast.zhou, week(cast), size=DESK)
    page.get_by_role("button", name="排这一周").click()
    expect(page.get_by_text("排班在排队")).to_be_visible()
    plan = Plan.objects.get()
    assert solve_plan(plan_id=plan.pk) is not None
    expect(page.get_by_text("最多可到")).to_be_visible()
    expect(page.get_by_role("button", name="发出 1 份邀请")).to_be_visible()


def test_without_a_script_the_page_refreshes_itself_while_a_plan_is_made(cast: Cast, opened: Open) -> None:
    cast.slot()
    page = opened(cast.zhou, week(cast), scripts=False)
    page.get_by_role("button", name="排这一周").click()
    assert solve_plan(plan_id=Plan.objects.get().pk) is not None
    page.get_by_role("link", name="刷新看看").click()
    expect(page.get_by_role("button", name="发出 1 份邀请")).to_be_visible()


def test_the_call_list_fits_on_paper(cast: Cast, opened: Open) -> None:
    cast.offer()
    page = opened(cast.zhou, f"{reverse('scheduling:calls')}?week={cast.monday.isoformat()}", size=DESK)
    page.get_by_role("button", name="显示号码，好打电话").click()
    expect(page.get_by_text(cast.chen.phone)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_text(cast.chen.phone)).to_be_visible()
