"""Coming and leaving in a real browser: axe, no script, no network for a while, nothing lost and nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.models import Person
from doorstep.hub.records import book
from doorstep.hub.records.actions.presence import check_in
from doorstep.hub.records.models import Hours, How, Presence
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.testing import Cast

from .conftest import DESK, PHONE, Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)


def today(cast: Cast, minutes_ago: int = 30, person: Person | None = None) -> Offer:
    """A visit of an hour that began a while ago: promised as any other, then moved to today."""
    offer = cast.offer(cast.slot(), person or cast.chen, OfferState.ACCEPTED)
    start = timezone.now().replace(second=0, microsecond=0) - minutes_ago * MINUTE
    Offer.objects.filter(pk=offer.pk).update(start=start)
    return Offer.objects.select_related("slot__place", "person").get(pk=offer.pk)


def here(offer: Offer) -> str:
    return reverse("records:here", args=[offer.pk])


def scanned(offer: Offer) -> str:
    return book.code_at(offer.slot_id, timezone.now()).scanned


def at_the_place(offer: Offer) -> str:
    return reverse("records:at", args=[offer.slot_id, scanned(offer)])


def addresses_of(cast: Cast) -> dict[str, list[str]]:
    """A day on which everything is: somebody expected, somebody who asks, somebody who forgot yesterday, somebody who waits for a word."""
    expected, forgot = today(cast), today(cast, 60 * 26, cast.tang)
    asks = today(cast, person=cast.jiang)
    check_in(by=asks.person, offer=asks, now=asks.start + 5 * MINUTE)
    check_in(by=forgot.person, offer=forgot, code=book.code_at(forgot.slot_id, forgot.start).scanned, now=forgot.start)
    slot = reverse("records:roll", args=[expected.slot_id])
    day = f"?day={timezone.localdate(expected.start).isoformat()}"
    own = [here(expected), reverse("records:stand_at", args=[expected.slot_id]), reverse("web:offline")]
    desk = [reverse("records:presence"), slot, reverse("records:code", args=[expected.slot_id]), reverse("records:sheet") + day,
            reverse("records:stand", args=[expected.slot_id]), reverse("records:sheet_back") + day]  # fmt: skip
    return {"chen": own, "tang": [here(forgot)], "jiang": [here(asks), reverse("records:stand_at", args=[expected.slot_id])], "zhou": desk}


LOOKS = [
    pytest.param({"size": PHONE}, "", "zh-hans", False, id="phone"),
    pytest.param({"size": PHONE}, "dark", "en", True, id="phone, dark, large print, English"),
    pytest.param({"size": DESK}, "dark", "en", False, id="desk, dark, English"),
]


@pytest.mark.parametrize(("look", "theme", "language", "elder"), LOOKS)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    cast: Cast, opened: Open, axe: Callable[[Page], list[str]], look: dict[str, Any], theme: str, language: str, elder: bool
) -> None:
    for key, addresses in addresses_of(cast).items():
        page = opened(cast.people[key], addresses[0], lang=language, theme=theme, elder=elder, **look)
        home = page.url.removesuffix(addresses[0])
        for address in addresses:
            page.goto(home + address)
            for folded in page.locator("details > summary").all():
                folded.click()
            assert axe(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
                f"{address} scrolls sideways"
            )


def test_come_and_leave_without_a_script(cast: Cast, opened: Open) -> None:
    offer = today(cast)
    page = opened(cast.chen, at_the_place(offer), scripts=False)
    page.get_by_role("button", name="我到了").click()
    assert "您到了" in page.get_by_role("status").first.inner_text()
    page.get_by_label("现场的码").fill(book.code_at(offer.slot_id, timezone.now()).spoken)
    page.get_by_role("button", name="我走了").click()
    assert Presence.objects.get().pair


def test_with_a_script_the_act_is_kept_first_and_answered_at_once(cast: Cast, opened: Open) -> None:
    offer = today(cast)
    page = opened(cast.chen, at_the_place(offer))
    page.get_by_role("button", name="我到了").click()
    expect(page.locator("#kept")).to_contain_text("记下了：您到了")
    assert Presence.objects.get().came_how == How.SCANNED
    page.reload()
    expect(page.locator("#kept")).to_be_hidden()


def test_without_network_the_acts_wait_on_the_phone_and_are_sent_later_once(cast: Cast, opened: Open) -> None:
    offer = today(cast, 59)
    page = opened(cast.chen, at_the_place(offer))
    page.context.set_offline(True)
    page.get_by_role("button", name="我到了").click()
    expect(page.locator("#kept")).to_contain_text("1 件先存在这部手机里")
    assert not Presence.objects.exists()
    stored = page.evaluate("""() => new Promise(done => { indexedDB.open('doorstep-queue', 1).onsuccess = e =>
        e.target.result.transaction('acts').objectStore('acts').getAll().onsuccess = got => done(JSON.stringify(got.target.result)) })""")
    assert "陈国梁" not in stored and "单元" not in stored and "扶手" not in stored.replace(offer.slot.title, "")
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_contain_text("记下了：您到了")
    for _ in range(3):
        page.reload()
    assert Presence.objects.count() == 1 and Presence.objects.get().came_how == How.SCANNED


def test_a_code_scanned_without_network_opens_the_kept_page_and_proves_its_time(cast: Cast, opened: Open) -> None:
    offer = today(cast, 30)
    page = opened(cast.chen, here(offer))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    home, seen = page.url.removesuffix(here(offer)), timezone.now()
    code = book.code_at(offer.slot_id, seen).scanned
    page.context.set_offline(True)
    page.goto(home + reverse("records:at", args=[offer.slot_id, code]))
    assert page.get_by_role("heading", level=1).inner_text() == "没有网，也能签到"
    assert "陈国梁" not in page.content() and "柳岸" not in page.content()
    page.get_by_role("button", name="我到了").click()
    expect(page.locator("#kept")).to_contain_text("1 件先存在这部手机里")
    # Long enough for the code to have turned away when the network is back.
    page.wait_for_timeout(16_000)
    # The kept page opens itself again as soon as there is a network.
    with page.expect_navigation():
        page.context.set_offline(False)
    page.goto(home + here(offer))
    expect(page.locator("#kept")).to_contain_text("记下了：您到了")
    presence = Presence.objects.get()
    assert presence.came_how == How.SCANNED and presence.came_step == int(seen.timestamp()) // 30
    assert presence.came_sent_at is not None


def test_forty_acts_wait_and_go_out_one_by_one_though_the_answers_are_lost(cast: Cast, opened: Open) -> None:
    """Each act is sent again as long as its answer does not arrive: first all answers are cut off, then they come."""
    offers = [today(cast, 60 * 24 * 3 - 100 * number) for number in range(20)]
    page = opened(cast.chen, here(offers[0]))
    home = page.url.removesuffix(here(offers[0]))
    acts = [
        {"once": f"{number}-{act}", "who": page.locator("html").get_attribute("data-who"), "to": reverse("records:kept"), "title": "", "offset": 0,
         "at": (offer.start + minute * MINUTE).timestamp() * 1000,
         "fields": [["act", act], ["offer", str(offer.pk)], ["near", ""], ["once", f"{number}-{act}"],
                    ["code", book.code_at(offer.slot_id, offer.start + minute * MINUTE).scanned if number % 2 else ""]]}
        for number, offer in enumerate(offers)
        for act, minute in (("come", 1), ("leave", 57))
    ]  # fmt: skip
    page.evaluate(
        """acts => new Promise(done => { indexedDB.open('doorstep-queue', 1).onsuccess = e => {
        const change = e.target.result.transaction('acts', 'readwrite'); acts.forEach(act => change.objectStore('acts').add(act));
        change.oncomplete = () => done() } })""",
        acts,
    )
    lost = []

    def lose(route: Any) -> None:
        lost.append(route.fetch().status)
        route.fulfill(status=502, body="")

    page.context.route("**/here/kept/", lose)
    for _ in range(3):
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
    page.context.unroute("**/here/kept/")
    assert lost and set(lost) == {200}
    page.goto(home + here(offers[0]))
    expect(page.locator("#kept .notice-ok")).to_have_count(40, timeout=30_000)
    assert Presence.objects.filter(came_at__isnull=False, left_at__isnull=False).count() == 20
    assert Hours.objects.filter(grade="code_pair").count() == 10 == Presence.objects.filter(came_how=How.UNPROVED).count()


def test_the_phone_says_near_or_not_and_never_where(cast: Cast, opened: Open) -> None:
    offer = today(cast)
    give_consent(person=cast.chen, purpose="position", channel="web")
    place = {"latitude": offer.slot.lat + 0.001, "longitude": offer.slot.lon}
    page = opened(cast.chen, at_the_place(offer), geolocation=place, permissions=["geolocation"])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_role("button", name="我到了").click()
    expect(page.locator("#kept")).to_contain_text("记下了")
    assert Presence.objects.get().came_near is True
    assert not any(str(value)[:6] in body for body in sent for value in place.values())


def test_the_code_turns_on_the_social_workers_phone(cast: Cast, opened: Open) -> None:
    offer = today(cast)
    page = opened(cast.zhou, reverse("records:code", args=[offer.slot_id]))
    first = page.locator(".digits").inner_text()
    assert first.replace(" ", "") in {book.code_at(offer.slot_id, timezone.now() - n * 30 * MINUTE / 60).spoken for n in (0, 1)}
    expect(page.locator(".digits")).not_to_have_text(first, timeout=35_000)


def test_the_roll_on_a_phone(cast: Cast, opened: Open) -> None:
    offer = today(cast)
    page = opened(cast.zhou, reverse("records:roll", args=[offer.slot_id]), scripts=False)
    page.get_by_label("到：陈国梁").check()
    page.get_by_role("button", name="点好了").click()
    page.get_by_label("走：陈国梁").check()
    page.get_by_role("button", name="点好了").click()
    assert "点好名了" in page.get_by_role("status").first.inner_text()
    presence = Presence.objects.get()
    assert (presence.came_how, presence.left_how, presence.left_by) == (How.LEADER, How.LEADER, cast.zhou)
