"""No page asks the database more than fifteen times, however much is in it: every page of the table, in a whole community."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from doorstep.demonstration.doubts import enliven_records
from doorstep.demonstration.draw import draw
from doorstep.demonstration.living import enliven, make_plan
from doorstep.demonstration.load import load
from doorstep.demonstration.recorded import record
from doorstep.hub.people.queries import next_monday
from tests.pages import OPENERS, count_queries, demonstration_scene, pages
from tests.scene import Scene
from tests.tables import GET

pytestmark = pytest.mark.django_db
MOST = 15
#: Each page with each of the cast who may open it; the addresses are made when the community is there.
OPENED = [(name, reader) for name, row in sorted(GET.items()) for reader in OPENERS if row[reader] == "ok"]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """The demonstration community: drawn, loaded, planned and alive; taken back at the end."""
    monday = next_monday()
    with django_db_blocker.unblock(), transaction.atomic():
        now = timezone.now()
        drawn = draw("community", 1, monday, now)
        load(drawn, progress=lambda _: None, seed=1, size="community")
        record(drawn, now)
        make_plan(monday=monday, seed=1, show=lambda _: None)
        enliven(monday=monday, show=lambda _: None)
        enliven_records(show=lambda _: None)
        yield demonstration_scene()
        transaction.set_rollback(True)


def test_every_page_of_the_table_is_opened_by_somebody(scene: Scene) -> None:
    assert {page.name for page in pages(scene)} == {name for name, row in GET.items() if "ok" in {row[reader] for reader in OPENERS}}


@pytest.mark.parametrize(("name", "reader"), OPENED)
def test_the_page_asks_at_most_fifteen_times(scene: Scene, name: str, reader: str) -> None:
    client = scene.client(reader)
    assert client.get(scene.url(name)).status_code == 200
    asked, statements = count_queries(client, scene.url(name))
    assert asked <= MOST, f"{name} as {reader} asks {asked} times:\n" + "\n".join(statement[:160] for statement in statements)
