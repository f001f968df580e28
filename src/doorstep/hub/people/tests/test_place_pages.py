"""The place tree on the district officer's pages. All places here are invented."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.people.access import led_places
from doorstep.hub.people.models import Household, Membership, Person, Place, PlaceAlias, PlaceList, PlaceListing, Role, Succession
from doorstep.hub.testing import Cast


@pytest.fixture
def lin(cast: Cast, client: Client) -> Client:
    """林涛 at the district office."""
    return cast.sign_in(client, cast.lin)


@pytest.fixture
def old(cast: Cast) -> Place:
    """A unit that stands in the list of 2018 and in no later one."""
    place = Place.objects.create(
        kind="community", name="槐荫新村居委会", code="999901001009", parent=cast.street, standing=Place.Standing.ENDED_UNKNOWN
    )
    for year, rows in ((2018, [place, cast.community]), (2023, [cast.community])):
        listed = PlaceList.objects.create(year=year, source=f"{year} 年名单")
        for row in rows:
            PlaceListing.objects.create(place=row, place_list=listed, name=row.name, code=row.code)
    return place


def send(client: Client, place: Place, form: str, once: str = "k", **said: Any) -> Any:
    return client.post(
        reverse("people:place_act", args=[place.pk, form]), {f"{form}-{key}": value for key, value in said.items()} | {"once": once}
    )


def test_what_is_missing_comes_first_and_each_unit_says_its_lists(cast: Cast, lin: Client, old: Place) -> None:
    page = lin.get(reverse("people:places"))
    assert "有 1 个老单位，去向待查" in page.content.decode()
    years = {row.name: row.years for group in page.context["streets"] for row in group.communities}
    assert years[old.name] == [2018]
    assert years[cast.community.name] == [2018, 2023]


def test_a_former_name_is_found_and_leads_to_the_unit_of_today(cast: Cast, lin: Client, old: Place) -> None:
    assert [row.name for row in lin.get(reverse("people:places"), {"q": "槐荫新村"}).context["found"]] == [old.name]
    said = {"successor": cast.community.pk, "kind": "merged", "on": "2020-06-01", "source": "区文件〔2020〕1 号", "seen": 0}
    assert [send(lin, old, "successor", **said).status_code for _number in range(2)] == [302, 302]
    old.refresh_from_db()
    assert (old.standing, Succession.objects.count(), PlaceAlias.objects.get().place) == (Place.Standing.ENDED, 1, cast.community)
    found = [row.name for row in lin.get(reverse("people:places"), {"q": "槐荫新村"}).context["found"]]
    assert found == [cast.community.name, old.name]
    assert "来龙去脉都清楚" in lin.get(reverse("people:places")).content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"on": (timezone.localdate() + timedelta(days=1)).isoformat()}, "这一天还没到"),
        ({"on": "1800-01-01"}, "这一年太早了"),
        ({"on": "去年"}, "这一天不对"),
        ({"source": ""}, "这一项还空着"),
        ({"kind": "swallowed"}, "successor-kind"),
        ({"successor": ""}, "这一项还空着"),
        ({"seen": 5}, "别人刚改过这一页"),
    ],
)
def test_a_successor_that_is_not_right_is_refused(cast: Cast, lin: Client, old: Place, changed: dict[str, Any], sentence: str) -> None:
    said = {"successor": cast.community.pk, "kind": "merged", "on": "", "source": "老社工回忆", "seen": 0} | changed
    answer = send(lin, old, "successor", **said)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    old.refresh_from_db()
    assert old.standing == Place.Standing.ENDED_UNKNOWN


def test_a_unit_does_not_follow_itself_nor_one_that_ended(cast: Cast, lin: Client, old: Place) -> None:
    for other in (old, Place.objects.create(kind="community", name="桥南社区居委会", parent=cast.street, standing="ended")):
        assert send(lin, old, "successor", once=str(other.pk), successor=other.pk, kind="merged", source="x", seen=0).status_code == 422


def handover(**changed: Any) -> dict[str, Any]:
    return {"kind": "merged", "on": timezone.localdate().isoformat(), "source": "区文件", "once": "h"} | changed


def test_a_hand_over_is_shown_before_it_is_done(cast: Cast, lin: Client) -> None:
    url, said = reverse("people:handover", args=[cast.community.pk]), handover(successor=cast.other_community.pk)
    page = lin.post(url, said)
    assert page.context["preview"] == (2, 2, 6, 0, 0)
    assert Household.objects.filter(community=cast.other_community).count() == 1
    done = said | {"confirm": "1", "seen": "2"}
    assert [lin.post(url, done).status_code for _number in range(1)] == [302]
    assert Household.objects.filter(community=cast.other_community).count() == 3
    assert led_places(cast.zhou) == {cast.other_community.pk}
    assert lin.get(url).status_code == 404, "an ended unit is not handed over again"


def test_a_hand_over_that_others_changed_meanwhile_is_shown_again(cast: Cast, lin: Client) -> None:
    url = reverse("people:handover", args=[cast.community.pk])
    answer = lin.post(url, handover(successor=cast.other_community.pk, confirm="1", seen="1"))
    assert (answer.status_code, "别人刚改过这一页" in answer.content.decode()) == (422, True)
    assert Household.objects.filter(community=cast.community).count() == 2


def test_a_split_names_its_grids(cast: Cast, lin: Client) -> None:
    url, grid = reverse("people:handover", args=[cast.community.pk]), Place.objects.get(kind="grid", parent=cast.community)
    said = handover(kind="split", successor=cast.other_community.pk)
    answer = lin.post(url, said)
    assert (answer.status_code, "拆分要说明" in answer.content.decode()) == (422, True)
    assert lin.post(url, said | {"grids": [grid.pk]}).context["preview"].homes == 2


def test_a_social_worker_is_appointed_given_a_slip_and_leaves(cast: Cast, lin: Client) -> None:
    answer = send(lin, cast.community, "worker", name="郑丽萍", phone="13711110000")
    person = Person.objects.get(name="郑丽萍")
    assert answer.url == reverse("people:issue", args=[person.pk])
    slip = lin.post(answer.url, {"username": "柳岸郑丽萍", "once": "s"})
    assert "柳岸郑丽萍" in lin.get(slip.url).content.decode()  # type: ignore[attr-defined]
    assert led_places(person) == {cast.community.pk}
    url = reverse("people:worker_leaves", args=[cast.community.pk, person.pk])
    assert lin.post(url, {"once": "l"}).status_code == 302
    assert led_places(person) == set()
    assert lin.post(url, {"once": "m"}).status_code == 404


def test_a_unit_ends_and_an_alias_is_noted_once(cast: Cast, lin: Client) -> None:
    for once in ("a", "b"):
        assert send(lin, cast.community, "alias", once=once, name="柳树头", source="老居民").status_code == 302
    assert PlaceAlias.objects.get().name == "柳树头"
    assert [row.pk for row in lin.get(reverse("people:places"), {"q": "柳树头"}).context["found"]] == [cast.community.pk]
    assert lin.post(reverse("people:place_end", args=[cast.community.pk]), {"once": "c"}).status_code == 302
    cast.community.refresh_from_db()
    assert cast.community.standing == Place.Standing.ENDED_UNKNOWN


def test_another_districts_places_are_not_there(cast: Cast, lin: Client) -> None:
    district = Place.objects.create(kind="district", name="桃溪区")
    street = Place.objects.create(kind="street", name="桃岸街道", parent=district)
    far = Place.objects.create(kind="community", name="桃岸社区居委会", parent=street)
    assert lin.get(reverse("people:place", args=[far.pk])).status_code == 404
    assert lin.get(reverse("people:places"), {"q": "桃岸"}).context["found"] == []
    assert Membership.objects.filter(place=far, role=Role.DISTRICT).count() == 0


def test_places_in_english(cast: Cast, lin: Client, old: Place) -> None:
    cast.lin.language = "en"
    cast.lin.save()
    assert "1 former unit, its successor still being traced" in lin.get(reverse("people:places")).content.decode()
    assert "Fill in where it went" in lin.get(reverse("people:place", args=[old.pk])).content.decode()
