"""The frame in a real browser: a switch in the middle of a form loses nothing, and a phone's header stays small."""

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from doorstep.hub.testing import Cast
from tests.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "夜里起来上厕所摔过一回，想请人装个扶手。"


def test_larger_print_in_the_middle_of_a_form_keeps_what_was_typed(cast: Cast, live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{live_server.url}/ask/?place={cast.community.slug}")
    page.fill("textarea[name=own_words]", WORDS)
    page.click("button[name=elder]")
    page.wait_for_selector("html[data-elder]")
    assert page.input_value("textarea[name=own_words]") == WORDS
    page.click("button[name=language]")
    page.wait_for_selector("html[lang=en]")
    assert page.input_value("textarea[name=own_words]") == WORDS
    # Nothing of it stays behind on the device.
    assert WORDS not in page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    page.reload()
    assert page.input_value("textarea[name=own_words]") == ""


def test_the_header_of_a_phone_is_two_lines(cast: Cast, client: Client, live_server: LiveServer, open_page: OpenPage) -> None:
    cast.sign_in(client, cast.chen)
    page = open_page()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/week/")
    header = page.locator("header .top-in").bounding_box()
    assert header
    assert page.locator("nav.tabs a").count() >= 4
    assert header["height"] < 125
