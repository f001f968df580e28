"""Where a story is told: real pages in one language on screens of one size, each looked at by axe."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from playwright.sync_api import Locator, Page

from doorstep.hub.people.models import Account, Person
from doorstep.hub.testing import PASSWORD

from .conftest import DESK, PHONE, OpenPage

Axe = Callable[[Page], list[str]]


@dataclass
class Stage:
    """Where the story is told: in one language, on screens of one size; every page that is seen is looked at by axe."""

    home: str
    language: str
    size: tuple[int, int]
    open_page: OpenPage
    axe: Axe
    wrong: list[str] = field(default_factory=list)

    def say(self, words: str, **numbers: object) -> str:
        with translation.override(self.language):
            return gettext(words) % numbers if numbers else gettext(words)

    def count(self, words: str, number: int) -> str:
        """A sentence with a number in it, whatever the sentence calls the number."""
        with translation.override(self.language):
            return ngettext(words, words, number) % {"n": number, "number": number}

    def enter(self, person: Person) -> Page:
        """Signs in as people do, and stands on the own first page."""
        Account.objects.filter(username=person.pk.hex).delete()
        person.account = Account.objects.create_user(username=person.pk.hex, password=PASSWORD)
        Person.objects.filter(pk=person.pk).update(account=person.account, language=self.language)
        page = self.open_page(size=self.size)
        page.context.add_cookies([{"name": "doorstep_language", "value": self.language, "url": self.home}])
        page.goto(self.home + reverse("account_login"))
        self.look(page)
        page.locator("[name=login]").fill(person.pk.hex)
        page.locator("[name=password]").fill(PASSWORD)
        self.press(page, "登录")
        return page

    def press(self, page: Page, words: str, **numbers: object) -> None:
        """Presses the one button in the page that says so, and looks at where it led."""
        self.go(page, page.get_by_role("main").get_by_role("button", name=self.say(words, **numbers), exact=True))

    def follow(self, page: Page, words: str) -> None:
        self.go(page, page.get_by_role("link", name=words).first)

    def go(self, page: Page, door: Locator) -> None:
        """Waits until the next page stands: on a busy computer a click is long over before it does."""
        with page.expect_navigation():
            door.click()
        self.look(page)

    def look(self, page: Page) -> None:
        page.wait_for_load_state()
        self.wrong += [f"{page.url}: {line}" for line in self.axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.wrong.append(f"{page.url} scrolls sideways")


@pytest.fixture(params=[("zh-hans", PHONE), ("en", DESK)], ids=["Chinese, phone", "English, desk"])
def stage(request: pytest.FixtureRequest, live_server: object, open_page: OpenPage, axe: Axe) -> Iterator[Stage]:
    cache.clear()
    language, size = request.param
    yield Stage(str(live_server), language, size, open_page, axe)
    cache.clear()
