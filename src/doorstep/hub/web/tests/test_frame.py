"""The frame of every page: who reads, in which language, and acts that run once."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from doorstep.hub.journal.access import KeyReused, Refused
from doorstep.hub.journal.models import Claim
from doorstep.hub.people.models import Person
from doorstep.hub.testing import Cast
from doorstep.hub.web import acting
from doorstep.hub.web.templatetags import doorstep as tags

WEDNESDAY = datetime(2026, 12, 2, 1, 30, tzinfo=UTC)


def posted(person: Person | None = None, **said: Any) -> HttpRequest:
    request = RequestFactory().post("/somewhere/", said)
    request.reader = person  # type: ignore[attr-defined]
    return request


class WordsForm(forms.Form):
    words = forms.CharField(max_length=10, label="说的话")


def test_times_are_said_as_people_say_them() -> None:
    assert (tags.when(WEDNESDAY), tags.day(date(2026, 11, 30)), tags.span(WEDNESDAY, 90)) == (
        "12月2日 周三 9:30",
        "11月30日 周一",
        "9:30–11:00",
    )
    with translation.override("en"):
        assert tags.when(WEDNESDAY) == "Wed 2 Dec 9:30"


def test_a_phone_is_masked_whatever_its_form() -> None:
    assert [tags.masked(phone) for phone in ("139 0000 2618", "13900002618", "12345", "")] == ["139****2618", "139****2618", "****", ""]


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_the_same_form_sent_twice_acts_once(cast: Cast) -> None:
    acts: list[int] = []

    def act() -> str:
        acts.append(1)
        return "/done/"

    assert [acting.once(posted(cast.zhou, once="k", words="a"), act) for _ in range(3)] == ["/done/"] * 3
    assert len(acts) == 1
    with pytest.raises(KeyReused):
        acting.once(posted(cast.zhou, once="k", words="b"), act)
    # Another person's form with the same key is another form.
    acting.once(posted(cast.chen, once="k", words="a"), act)
    # So is the form of another visitor's browser, and one that was sent from another page.
    for browser in ("browser-one", "browser-two", "browser-one"):
        visitor = posted(None, once="k", words="a")
        visitor.META["CSRF_COOKIE"] = browser
        acting.once(visitor, act)
    elsewhere = posted(cast.zhou, once="k", words="a")
    elsewhere.META["QUERY_STRING"] = "place=elsewhere"
    with pytest.raises(KeyReused):
        acting.once(elsewhere, act)
    assert len(acts) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_a_refused_act_leaves_its_key_free() -> None:
    def refuse() -> str:
        raise Refused

    form = WordsForm({"words": "早上好"})
    assert acting.submit(posted(once="k", words="早上好"), form, lambda said: refuse()) is None
    assert form.non_field_errors()
    assert form["words"].value() == "早上好"
    assert not Claim.objects.exists()
    answer = acting.submit(posted(once="k", words="早上好"), WordsForm({"words": "早上好"}), lambda said: "/done/")
    assert isinstance(answer, HttpResponse)
    assert answer["Location"] == "/done/"


def test_only_our_own_pages_are_led_to() -> None:
    wanted = {"/week/": "/week/", "https://example.org/": "/", "//example.org/": "/", "javascript:alert(1)": "/", "": "/"}
    assert {url: acting.safe_next(posted(next=url), "/") for url in wanted} == wanted


def test_a_person_s_choice_of_view_is_kept(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.shen)
    client.post("/view/", {"elder": "1", "language": "en", "next": "/nowhere/"})
    cast.shen.refresh_from_db()
    assert (cast.shen.elder_mode, cast.shen.language) == (True, "en")
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert b"data-elder" in page.content
    assert b'lang="en"' in page.content


@pytest.mark.django_db
def test_a_visitor_s_choice_is_kept_on_the_device(client: Client) -> None:
    client.post("/view/", {"theme": "dark", "elder": "1", "language": "xx"})
    page = client.get("/nowhere/").content.decode()
    assert 'data-theme="dark"' in page
    assert "data-elder" in page
    assert "这里没有这一页" in page


@pytest.mark.django_db
def test_a_form_that_lay_open_too_long_gives_back_what_was_typed() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/view/", {"words": "夜里起来上厕所摔过一回", "password": "not-to-be-shown"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "夜里起来上厕所摔过一回" in page
    assert "not-to-be-shown" not in page


@pytest.mark.django_db
def test_pages_allow_only_our_own_scripts(client: Client) -> None:
    answer = client.get("/nowhere/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert b"style=" not in answer.content


def test_a_field_shows_its_error_beside_it() -> None:
    form = WordsForm({"words": "x" * 50})
    drawn = tags.field(form["words"])
    assert drawn["kind"] == "box"
    assert "id_words_error" in str(drawn["described"])


def test_hands_in_english_count_who_helps_and_keep_the_letter_of_the_name(cast: Cast) -> None:
    request = SimpleNamespace(reader=cast.chen)
    with translation.override("en"):
        alone = render_to_string("web/hands.html", tags.hands({"request": request}, cast.zhou, [cast.chen]))  # type: ignore[arg-type]
        pair = render_to_string("web/hands.html", tags.hands({"request": request}, cast.zhou, [cast.chen, cast.tang]))  # type: ignore[arg-type]
    words = re.sub(r"<[^>]+>", "", alone)
    assert "Volunteer: you" in words and ">陈<" in alone
    assert "Volunteers: you" in re.sub(r"<[^>]+>", "", pair)


@pytest.mark.parametrize(("language", "this", "other"), [("zh-hans", "11月7日", "2019年3月4日"), ("en", "7 Nov", "4 Mar 2019")])
def test_days_of_papers_are_written_as_people_say_them(language: str, this: str, other: str) -> None:
    with translation.override(language):
        assert tags.dated(timezone.localdate().replace(month=11, day=7)) == this
        assert tags.dated(date(2019, 3, 4)) == other
        assert tags.dated(None) == ""
