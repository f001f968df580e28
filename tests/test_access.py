"""Page × person: what every address of the project answers to everybody, and that a stranger's POST changes nothing."""

from collections.abc import Iterator
from hashlib import sha256
from re import findall
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoDbBlocker

from doorstep.hub.testing import build_cast
from tests.scene import READERS, Scene, addresses, set_scene
from tests.tables import GET, POST, Table

pytestmark = pytest.mark.django_db
#: in: has to sign in first; to: is led to another page; no: is told that there is no such page; get, post: the other method only.
WORDS = {200: "ok", 403: "refused", 404: "no", 422: "told"}
KEPT_OUT = {"in", "no", "get", "refused"}


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Set once for all that follows, and taken back at the end; what a test does to it is taken back after that test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield set_scene(build_cast())
        transaction.set_rollback(True)


def word(answer: Any, other_method: str) -> str:
    if answer.status_code == 302:
        return "in" if "/account/login/" in answer["Location"] else "to"
    return other_method if answer.status_code == 405 else WORDS.get(answer.status_code, str(answer.status_code))


def kept() -> Iterator[type[Model]]:
    """Every table that holds what people did; sign-ins and sessions come and go by themselves."""
    for model in apps.get_models():
        if model.__module__.startswith("doorstep.hub.") and model.__name__ not in ("Account", "SigninTry"):
            yield model


def fingerprint() -> str:
    rows = [(model.__name__, *row) for model in kept() for row in model._default_manager.order_by("pk").values_list()]
    return sha256(repr(rows).encode()).hexdigest()


@pytest.mark.parametrize("table", [GET, POST], ids=["get", "post"])
def test_every_address_stands_in_the_table_with_everybody(table: Table) -> None:
    assert sorted(table) == addresses(), "a new page needs its line in tests/access/get.txt and post.txt"
    assert all(tuple(row) == READERS for row in table.values())


@pytest.mark.parametrize("name", sorted(GET))
def test_the_page_answers_as_the_table_says(scene: Scene, name: str) -> None:
    url = scene.url(name)
    found = {reader: word(scene.client(reader).get(url), "post") for reader in READERS}
    assert found == GET[name], f"{name} {url}"


@pytest.mark.parametrize("name", sorted(POST))
def test_who_may_not_act_changes_nothing(scene: Scene, name: str) -> None:
    """Everybody who is kept out posts an empty form: the answer is the table's, and the database is as it was."""
    url, before = scene.url(name), fingerprint()
    expected = {reader: answer for reader, answer in POST[name].items() if answer in KEPT_OUT}
    found = {reader: word(scene.client(reader).post(url), "get") for reader in expected}
    assert found == expected, f"{name} {url}"
    assert fingerprint() == before, f"{name}: a refused POST changed something"


@pytest.mark.parametrize("name", [name for name, row in POST.items() if "may" in row.values()])
def test_who_may_act_is_not_refused(scene: Scene, name: str) -> None:
    """The other half of the table: an empty form of somebody who may is answered by the page itself, with a sentence or an act."""
    url = scene.url(name)
    for reader, answer in POST[name].items():
        if answer == "may":
            found = word(scene.client(reader).post(url), "get")
            assert found in ("ok", "to", "told"), f"{name} {url} as {reader}: {found}"


def test_without_the_forms_token_nobody_acts(scene: Scene) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.cast.chen.account)
    before = fingerprint()
    assert client.post(scene.url("scheduling:accept")).status_code == 403
    assert fingerprint() == before


@pytest.mark.parametrize("name", [name for name, row in GET.items() if row["wu"] == "no"])
def test_what_is_not_there_and_what_is_not_yours_look_the_same(scene: Scene, name: str) -> None:
    """A social worker of another community gets the same 404 for a thing that exists as for one that does not."""
    client = scene.client("wu")
    missing = client.get("/offers/00000000-0000-4000-8000-000000000000/")
    answer = client.get(scene.url(name))
    assert (answer.status_code, _plain(answer)) == (404, _plain(missing))


def _plain(answer: Any) -> str:
    """The page without what differs on every answer: tokens, keys, and its own address."""
    text: str = answer.content.decode()
    for changing in findall(r'(?:nonce|value|href|action)="[^"]*"', text):
        text = text.replace(changing, "")
    return text


#: Not a piece of an id, of a key or of a drawing.
MOBILE = r"(?<![\w.-])1[3-9]\d{9}(?![\w-])"
#: What was told in confidence, and who may read it.
CONFIDED = {
    "摔过一回": {"shen", "zhou"},
    "灯坏了": {"shen", "zhou"},
    "沈秀英": {"shen", "zhou"},
    "2 单元 501</": {"shen", "zhou"},
    "何伯": {"zhou"},
}


@pytest.mark.parametrize("reader", READERS)
def test_no_page_shows_anybody_what_was_confided_to_others(scene: Scene, reader: str) -> None:
    """Crawls every page as this person: no words, name, door or mobile number that is not theirs to read."""
    own = scene.cast.people[reader].phone if reader in scene.cast.people else ""
    leaks = []
    for name in sorted(GET):
        if GET[name][reader] != "ok":
            continue
        text = scene.client(reader).get(scene.url(name)).content.decode(errors="ignore")
        leaks += [f"{name}: {secret}" for secret, may in CONFIDED.items() if reader not in may and secret in text]
        # A social worker calls people: she sees the numbers of her own community. Nobody else sees anybody's but their own.
        leaks += [f"{name}: {phone}" for phone in set(findall(MOBILE, text)) if phone != own and reader != "zhou"]
    assert leaks == []
