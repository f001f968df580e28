"""What the tests of the whole product share: a real browser whose pages report their errors, and axe."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from doorstep.hub.people.models import Person
from doorstep.hub.testing import Cast

PHONE, DESK = (360, 780), (1280, 900)
AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
#: No call but to loopback: Chromium's own calls home are turned off.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


class OpenPage(Protocol):
    def __call__(
        self, *, size: tuple[int, int] = PHONE, language: str = "zh-CN", dark: bool = False, scripts: bool = True, **more: Any
    ) -> Page: ...


class Open(Protocol):
    def __call__(
        self, person: Person | None, address: str, *, lang: str = "zh-hans", theme: str = "", elder: bool = False, **look: Any
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session; each page gets a context of its own, as empty as a new visitor's."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not on this machine; on Debian: apt-get install chromium fonts-noto-cjk")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages as a phone or a desk sees them; the test fails if any page wrote an error to its console."""
    contexts, errors = [], []

    def note(message: ConsoleMessage) -> None:
        # A form that is shown again says so in its status, and a test that takes the network away gets what it asked for: the page itself is well.
        expected = ("status of 422", "status of 502", "ERR_INTERNET_DISCONNECTED")
        if message.type == "error" and not any(words in message.text for words in expected):
            errors.append(f"{message.text} ({message.location.get('url', '')})")

    def open_one(*, size: tuple[int, int] = PHONE, language: str = "zh-CN", dark: bool = False, scripts: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            **more,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not errors, "pages wrote errors to their console:\n" + "\n".join(errors)


@pytest.fixture
def opened(cast: Cast, live_server: object, client: Client, open_page: OpenPage) -> Open:
    """Opens an address as the person sees it who is signed in, or as a visitor."""
    cache.clear()

    def open_as(person: Person | None, address: str, *, lang: str = "zh-hans", theme: str = "", elder: bool = False, **look: Any) -> Page:
        home, cookies = str(live_server), {"doorstep_language": lang, "doorstep_theme": theme, "doorstep_elder": "1" if elder else "0"}
        if person:
            Person.objects.filter(pk=person.pk).update(language=lang, theme=theme, elder_mode=elder)
            cast.sign_in(client, person)
            cookies["sessionid"] = client.cookies["sessionid"].value
        page = open_page(**look)
        page.context.add_cookies([{"name": name, "value": value, "url": home} for name, value in cookies.items()])
        answer = page.goto(home + address)
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        return page

    return open_as


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds on the page as it stands, one line for each element; run from outside, so the page's own security policy stays on."""

    def violations(page: Page) -> list[str]:
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{broken['id']} ({broken['impact']}): {broken['help']} at {node['target'][0]}"
            for broken in found["violations"]
            for node in broken["nodes"]
        ]

    return violations
