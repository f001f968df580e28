"""Sign-in and the people pages in a real browser: a slip becomes a password, a stranger becomes a volunteer, a place gets its past."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.actions.vocabulary import mark_demonstration
from doorstep.hub.people.models import Account, Person, Place, Registration
from doorstep.hub.testing import PASSWORD, Cast

from .conftest import DESK, PHONE, OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], list[str]]


@pytest.fixture
def home(live_server: object) -> str:
    return str(live_server)


def account(person: Person, name: str, **view: object) -> Person:
    """The person with a sign-in name, a password and the view that the test wants."""
    person.account = Account.objects.create_user(username=name, password=PASSWORD)
    for field, value in view.items():
        setattr(person, field, value)
    person.save()
    return person


def sign_in(page: Page, home: str, name: str) -> None:
    page.goto(home + reverse("account_login"))
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form .btn-main").first.click()
    page.wait_for_url(lambda url: "/account/login" not in url)


def look_at(page: Page, home: str, addresses: list[str], axe: Axe) -> list[str]:
    """What axe and a ruler find on the pages: violations, and pages that scroll sideways."""
    found = []
    for address in addresses:
        answer = page.goto(home + address)
        assert answer is not None and answer.ok, address
        found += [f"{address}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{address} scrolls sideways")
    return found


def own(cast: Cast) -> dict[str, list[str]]:
    """The pages of this app for each of the cast, with something on each."""
    give_consent(person=cast.chen, purpose="service", channel="web")
    newcomer = Person.objects.create(name="王一苇", phone="13711112222")
    Registration.objects.create(person=newcomer, place=cast.community, words="会理发，周末有空。")
    old = Place.objects.create(kind="community", name="槐荫新村居委会", parent=cast.street, standing=Place.Standing.ENDED_UNKNOWN)
    home, place = [cast.shen.household_id], cast.community.pk
    return {
        "chen": [reverse("people:me"), reverse("people:profile"), reverse("account_change_password"), reverse("account_logout")],
        "zhou": [
            reverse("people:households"), reverse("people:household", args=home), reverse("people:new_household"), reverse("people:new_member", args=home),
            reverse("people:volunteers"), reverse("people:volunteers") + "?kind=skilled", reverse("people:volunteer", args=[cast.chen.pk]),
            reverse("people:volunteer", args=[cast.ning.pk]), reverse("people:add_volunteer"), reverse("people:issue", args=[cast.he.pk]),
        ],
        "lin": [
            reverse("people:places"), reverse("people:places") + "?q=槐荫", reverse("people:place", args=[old.pk]),
            reverse("people:place", args=[place]), reverse("people:handover", args=[place]),
        ],
    }  # fmt: skip


LOOKS = {
    "phone-light": (PHONE, False, "zh-hans", False), "desk-dark": (DESK, True, "zh-hans", False),
    "phone-dark-elder": (PHONE, True, "zh-hans", True), "desk-light-english": (DESK, False, "en", False),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_used_by_everybody(cast: Cast, home: str, open_page: OpenPage, axe: Axe, look: str) -> None:
    size, dark, language, elder = LOOKS[look]
    found = []
    for key, addresses in own(cast).items():
        account(getattr(cast, key), key, language=language, elder_mode=elder)
        page = open_page(size=size, dark=dark)
        sign_in(page, home, key)
        found += look_at(page, home, addresses, axe)
    assert found == []


@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (DESK, True)], ids=["phone", "desk-dark"])
def test_the_doors_can_be_used_by_everybody(
    cast: Cast, home: str, open_page: OpenPage, axe: Axe, size: tuple[int, int], dark: bool
) -> None:
    mark_demonstration(seed=1, size="community")
    account(cast.chen, "chen")
    doors = [reverse(name) for name in ("account_login", "account_signup", "account_reset_password")]
    assert look_at(open_page(size=size, dark=dark), home, doors, axe) == []


def test_a_slip_becomes_a_password_without_a_script(cast: Cast, home: str, open_page: OpenPage) -> None:
    account(cast.zhou, "zhou")
    desk, phone = open_page(size=DESK), open_page(scripts=False)
    sign_in(desk, home, "zhou")
    desk.goto(home + reverse("people:issue", args=[cast.shen.pk]))
    desk.locator("[name=username]").fill("沈阿姨")
    desk.get_by_role("button", name="开好并打条子").click()
    desk.wait_for_url("**/people/slip/**")
    figures = desk.locator(".sheet-paper .num.nb").inner_text()
    phone.goto(home + reverse("account_reset_password"))
    for name, words in (("username", "沈阿姨"), ("code", figures), ("password", "三条小河一起向东流"), ("again", "三条小河一起向东流")):
        phone.locator(f"[name={name}]").fill(words)
    phone.get_by_role("button", name="设好并登录").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("沈秀英，您好")


def test_the_slip_is_all_that_is_printed(cast: Cast, home: str, open_page: OpenPage, axe: Axe) -> None:
    account(cast.zhou, "zhou")
    page = open_page(size=DESK)
    sign_in(page, home, "zhou")
    page.goto(home + reverse("people:issue", args=[cast.shen.pk]))
    page.get_by_role("button", name="开好并打条子").click()
    page.wait_for_url("**/people/slip/**")
    assert axe(page) == []
    page.emulate_media(media="print")
    expect(page.locator(".sheet-paper")).to_be_visible()
    expect(page.get_by_role("heading", name="条子好了，请打印")).to_be_hidden()


def test_a_stranger_registers_and_is_welcomed(cast: Cast, home: str, open_page: OpenPage) -> None:
    account(cast.zhou, "zhou")
    phone, desk = open_page(), open_page(size=DESK)
    phone.goto(home + reverse("account_signup") + f"?at={cast.community.slug}")
    born = (timezone.localdate() - timedelta(days=30 * 365)).isoformat()
    said = {
        "name": "王一苇",
        "phone": "13711112222",
        "birth_date": born,
        "words": "会理发",
        "username": "一苇",
        "password": "三条小河一起向东流",
    }
    for name, words in said.items():
        phone.locator(f"main [name={name}]").fill(words)
    phone.get_by_role("button", name="交给社工").click()
    expect(phone.get_by_text("社工会打电话给您").first).to_be_visible()
    sign_in(desk, home, "zhou")
    desk.goto(home + reverse("people:volunteers"))
    expect(desk.get_by_role("heading", level=1)).to_have_text("先给 1 位想帮忙的人回电话")
    desk.get_by_role("button", name="谈好了，请他来").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("王一苇")
    phone.goto(home + reverse("people:profile"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("怎么帮，由您定")


def test_what_was_typed_is_still_there_after_a_mistake(cast: Cast, home: str, open_page: OpenPage, axe: Axe) -> None:
    account(cast.zhou, "zhou")
    page = open_page(size=DESK)
    sign_in(page, home, "zhou")
    page.goto(home + reverse("people:volunteer", args=[cast.chen.pk]))
    page.get_by_text("看过原件，核验一项").click()
    page.locator("[name=verify-evidence]").fill("理发师证，市人社局")
    page.locator("[name=verify-expires_on]").fill("2001-01-01")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="核验好了").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=verify-evidence]")).to_have_value("理发师证，市人社局")
    assert axe(page) == []
