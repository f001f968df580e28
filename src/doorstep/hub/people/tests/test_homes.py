"""Homes: found as a social worker asks, changed by one at a time, numbers opened one by one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.actions.home import NUMBERS_A_DAY
from doorstep.hub.people.models import Household, Person, Place
from doorstep.hub.testing import Cast


@pytest.fixture
def zhou(cast: Cast, client: Client) -> Client:
    """周敏 at her desk."""
    return cast.sign_in(client, cast.zhou)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", {"shen", "he"}), ("沈秀英", {"shen"}), ("沈阿姨", {"shen"}), ("12 幢", {"shen"}), ("501", {"shen"}), ("0008", {"shen"}), ("何伯", {"he"}),
        ("9 幢 102", {"he"}), ("08", set()), ("没有这个人", set()), ("赵一平", set()), ("%", set()), ("' OR 1=1", set()), ("😀", set()),
    ],
)  # fmt: skip
def test_a_home_is_found_by_what_one_knows(cast: Cast, zhou: Client, words: str, found: set[str]) -> None:
    assert cast.shen.phone.endswith("0008")
    page = zhou.get(reverse("people:households"), {"q": words}).content.decode()
    names = {"shen": "沈秀英", "he": "何伯年"}
    assert {key for key, name in names.items() if name in page} == found
    assert "赵一平" not in page.replace("“赵一平”", "").replace('value="赵一平"', "")


def form(home: Household, **changed: Any) -> dict[str, Any]:
    home.refresh_from_db()
    return {"note": "", "kinds": [], "version": home.version, "once": "k"} | changed


def test_the_page_says_what_to_mind_and_never_a_label(cast: Cast, zhou: Client) -> None:
    url = reverse("people:household", args=[cast.shen.household.pk])
    assert zhou.post(url, form(cast.shen.household, kinds=["elderly", "low_income"], note="狗不咬人")).status_code == 302
    page = zhou.get(url).content.decode()
    assert "敲门重一点" in page and "狗不咬人" in page
    for label in ("高龄或独居", "生活困难", "低保", "贫困", "残疾人"):
        assert label not in page


def test_two_social_workers_do_not_overwrite_each_other(cast: Cast, zhou: Client) -> None:
    home = cast.shen.household
    url = reverse("people:household", args=[home.pk])
    stale = form(home, note="第二位写的", once="b")
    assert zhou.post(url, form(home, note="第一位写的")).status_code == 302
    answer = zhou.post(url, stale)
    assert answer.status_code == 422
    assert "别人刚改过这一页" in answer.content.decode() and "第二位写的" in answer.content.decode()
    home.refresh_from_db()
    assert (home.note, home.version) == ("第一位写的", 2)


def member(home: Household, **changed: Any) -> dict[str, Any]:
    home.refresh_from_db()
    return {
        "name": "沈小妹", "calling_name": "", "phone": "", "contact_via": "", "birth_date": "", "gender": "", "version": home.version, "once": "m"
    } | changed  # fmt: skip


def test_somebody_is_added_once_and_moves_out(cast: Cast, zhou: Client) -> None:
    home = cast.shen.household
    url, said = reverse("people:new_member", args=[home.pk]), member(home)
    assert [zhou.post(url, said).status_code for _number in range(2)] == [302, 302]
    assert home.members.count() == 2
    person = home.members.get(name="沈小妹")
    moved = reverse("people:moved", args=[home.pk, person.pk])
    assert zhou.post(moved, {"once": "n"}).status_code == 302
    assert home.members.count() == 1
    assert Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "😀😀"}, "姓名里只写文字"),
        ({"name": "沈3"}, "姓名里只写文字"),
        ({"name": ""}, "必填"),
        ({"name": "长" * 41}, "40"),
        ({"name": "沈秀英"}, "已经有这个名字了"),
        ({"birth_date": (timezone.localdate() + timedelta(days=1)).isoformat()}, "出生日期在今天以后"),
        ({"birth_date": "2001-02-30"}, "这一天不对"),
        ({"phone": "123"}, "这个号码不对"),
        ({"gender": "x"}, "gender"),
        ({"version": 0}, "别人刚改过这一页"),
    ],
)
def test_bad_input_about_somebody_is_said_and_kept(cast: Cast, zhou: Client, changed: dict[str, Any], sentence: str) -> None:
    home = cast.shen.household
    answer = zhou.post(reverse("people:new_member", args=[home.pk]), member(home, contact_via="请楼下老孙转告", **changed))
    page = answer.content.decode()
    assert (answer.status_code, sentence in page, "请楼下老孙转告" in page) == (422, True, True)
    assert home.members.count() == 1


def test_a_home_without_any_way_to_reach_somebody_is_refused(cast: Cast, zhou: Client) -> None:
    home = cast.he.household
    answer = zhou.post(reverse("people:new_member", args=[home.pk]), member(home, name="何小弟"))
    assert (answer.status_code, "就写请谁转告" in answer.content.decode()) == (422, True)


def test_a_door_is_registered_once(cast: Cast, zhou: Client) -> None:
    building = cast.shen.household.building
    url = reverse("people:new_household")
    assert zhou.post(url, {"building": building.pk, "door": "2 单元 502", "once": "a"}).status_code == 302
    new = Household.objects.get(door="2 单元 502")
    assert (new.community, new.lat) == (cast.community, cast.shen.household.lat)
    again = zhou.post(url, {"building": building.pk, "door": " 2  单元  502 ", "once": "b"})
    assert (again.status_code, "已经登记过一家" in again.content.decode()) == (422, True)
    elsewhere = Place.objects.filter(kind="building", parent__parent=cast.other_community).get()
    assert zhou.post(url, {"building": elsewhere.pk, "door": "1 单元 1", "once": "c"}).status_code == 422


def test_a_number_is_opened_one_at_a_time_and_noted(cast: Cast, zhou: Client) -> None:
    url = reverse("people:phone", args=[cast.shen.pk])
    assert zhou.get(url).status_code == 405
    assert cast.shen.phone in zhou.post(url).content.decode()
    entry = Entry.objects.get(verb="reveal_phone")
    assert (entry.actor_id, entry.confidential_read) == (cast.zhou.pk, True)
    for _number in range(NUMBERS_A_DAY - 1):
        zhou.post(url)
    answer = zhou.post(url)
    assert (answer.status_code, cast.shen.phone in answer.content.decode()) == (422, False)


def test_no_list_shows_a_whole_number(cast: Cast, zhou: Client) -> None:
    for url in (reverse("people:households"), reverse("people:household", args=[cast.shen.household.pk]), reverse("people:volunteers")):
        page = zhou.get(url).content.decode()
        assert not any(person.phone in page for person in Person.objects.exclude(phone=""))


@pytest.mark.parametrize("page", ["new_household", "add_volunteer"])
def test_a_community_that_is_no_id_is_nobody_s(zhou: Client, page: str) -> None:
    assert zhou.get(reverse(f"people:{page}"), {"at": "junk"}).status_code == 404


def test_homes_in_english(cast: Cast, zhou: Client) -> None:
    cast.zhou.language = "en"
    cast.zhou.save()
    assert "You look after 2 homes" in zhou.get(reverse("people:households")).content.decode()
    page = zhou.get(reverse("people:household", args=[cast.shen.household.pk])).content.decode()
    assert "Who lives here" in page


def test_a_large_home_asks_no_more_of_the_database(cast: Cast, zhou: Client, django_assert_max_num_queries: Any) -> None:
    for name in "甲乙丙丁戊己":
        Person.objects.create(name=name, household=cast.shen.household, phone="13700000000")
    with django_assert_max_num_queries(15):
        assert "甲" in zhou.get(reverse("people:household", args=[cast.shen.household.pk])).content.decode()


def test_homes_and_buildings_stand_in_the_order_in_which_one_walks(client: Client, cast: Cast) -> None:
    for name in ("河沿 1 幢", "河沿 2 幢", "河沿 10 幢"):
        building = Place.objects.create(kind="building", name=name, parent=cast.community)
        for door in ("1 单元 1101", "1 单元 201"):
            Household.objects.create(community=cast.community, building=building, door=door, lat=31.7, lon=119.9)
    cast.sign_in(client, cast.zhou)
    page = client.get(reverse("people:households"), {"q": "河沿"})
    assert [str(home) for home in page.context["page_of_homes"]] == [
        f"河沿 {number} 幢 1 单元 {door}" for number in (1, 2, 10) for door in (201, 1101)
    ]
    offered = [label for _value, label in client.get(reverse("people:new_household")).context["form"]["building"].field.choices]
    assert [label for label in offered if "河沿" in str(label)] == ["河沿 1 幢", "河沿 2 幢", "河沿 10 幢"]
