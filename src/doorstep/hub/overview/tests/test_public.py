"""What a visitor sees: the way in, the community found by any name, and never a word about anybody at home."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.overview.queries import public
from doorstep.hub.people.actions.person import give_consent, withdraw_consent
from doorstep.hub.people.actions.place import end_place, name_successor
from doorstep.hub.people.actions.vocabulary import mark_demonstration
from doorstep.hub.people.models import Place, PlaceAlias
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.actions.slot import SeatWanted, SlotWanted, open_slot
from doorstep.hub.testing import Cast

PHONE = re.compile(r"1[3-9]\d{9}")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_visitor_is_told_what_this_is_and_finds_the_ways_in(client: Client, cast: Cast) -> None:
    said = page(client, "/")
    assert "我有事，想请人帮忙" in said and "我想来帮忙" in said and "登录" in said
    assert "以周敏进去" not in said


def test_the_demonstration_opens_its_doors_on_this_computer_only(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.zhou)
    client.logout()
    mark_demonstration(seed=1, size="cast")
    assert "以周敏进去" in page(client, "/")
    assert "以周敏进去" not in client.get("/", headers={"x-forwarded-for": "203.0.113.9"}).content.decode()
    assert "以周敏进去" not in client.get("/", REMOTE_ADDR="203.0.113.9").content.decode()


@pytest.mark.parametrize(
    ("who", "leads_to"), [("lin", "overview:district"), ("zhou", "overview:worklist"), ("chen", "scheduling:week"), ("shen", "needs:mine")]
)
def test_who_is_signed_in_goes_to_the_own_first_page(client: Client, cast: Cast, who: str, leads_to: str) -> None:
    answer = cast.sign_in(client, cast.people[who]).get("/")
    assert (answer.status_code, answer["Location"]) == (302, reverse(leads_to))


@pytest.mark.parametrize("words", ["柳岸", "老柳岸新村", "999901001001", "柳岸街道", "　柳岸　"])
def test_a_community_is_found_by_any_of_its_names(client: Client, cast: Cast, words: str) -> None:
    PlaceAlias.objects.create(place=cast.community, name="老柳岸新村")
    assert "/c/liuan/" in page(client, f"/?q={words}")


def test_words_that_find_nothing_say_what_to_do(client: Client, cast: Cast) -> None:
    said = page(client, "/?q=没有这地方<b>")
    assert "12345" in said and "<b>”" not in said


def test_a_former_name_stands_beside_the_present_one(client: Client, cast: Cast) -> None:
    PlaceAlias.objects.create(place=cast.community, name="老柳岸新村")
    assert "以前也叫 老柳岸新村" in page(client, "/?q=老柳岸")
    assert "这里以前也叫：老柳岸新村" in page(client, "/c/liuan/")


def test_a_community_says_who_is_there_and_how_to_ask(client: Client, cast: Cast) -> None:
    said = page(client, "/c/liuan/")
    assert "有事找社工周敏" in said and "0519-00006120" in said and "柳岸路 18 号一楼" in said


def test_no_name_phone_or_home_of_anybody_stands_on_a_public_page(client: Client, cast: Cast) -> None:
    cast.offer(state="accepted")
    cast.need(cast.he)
    give_consent(person=cast.ning, purpose="publication", channel="paper")
    private = {person.name for key, person in cast.people.items() if key not in ("zhou", "wu")} | {
        "沈阿姨",
        "何伯",
        "12 幢",
        "501",
        "装厕所扶手",
    }
    for path in ("/", "/?q=柳岸", "/?q=999901", "/c/liuan/", "/c/shiqiaotou/"):
        said = page(client, path)
        assert not PHONE.search(said), path
        assert not [word for word in private if word in said], path


def test_a_volunteer_is_named_only_as_long_as_he_agrees(client: Client, cast: Cast) -> None:
    consent = give_consent(person=cast.chen, purpose="publication", channel="web")
    assert "陈国梁" in page(client, "/c/liuan/")
    withdraw_consent(by=cast.chen, consent=consent)
    assert "陈国梁" not in page(client, "/c/liuan/")


def test_visits_are_counted_and_small_counts_are_not_written(client: Client, cast: Cast) -> None:
    for _ in range(6):
        cast.slot()
    cast.slot(category=cast.category("culture"))
    kinds, total = public.visits_by_category(cast.community, cast.monday)
    assert {kind.code: figure.hidden for kind, figure in kinds} == {"elderly": "beside", "culture": "few"}
    assert total.count == 7


def test_what_is_open_to_all_is_announced_and_a_home_never(client: Client, cast: Cast) -> None:
    soon = timezone.now() + timedelta(days=1)
    cast.slot(windows=[(soon, soon)])
    wanted = SlotWanted(
        place=cast.community, lead=cast.zhou, title="教用手机挂号", category=cast.category("education"), minutes=60,
        windows=[(soon, soon)], seats=[SeatWanted()], lat=31.78, lon=119.93, rough_place="社区二楼",
    )  # fmt: skip
    open_slot(by=cast.zhou, wanted=wanted)
    said = page(client, "/c/liuan/")
    assert "教用手机挂号" in said and "社区二楼" in said and "装厕所扶手" not in said


def test_registered_is_never_shown_without_active(cast: Cast) -> None:
    counts = public.counts_of(cast.community, timezone.now())
    assert (counts.registered.hidden, counts.active.count) == ("few", 0)
    offer = cast.offer(state="accepted")
    need = offer.slot.occasion.need
    when = offer.end + timedelta(hours=1)
    record_visit(by=cast.zhou, need=need, slot=offer.slot, outcomes={offer: Attendance.Outcome.SERVED}, channel="phone", now=when)
    next_month = when + timedelta(days=31)
    after = public.counts_of(cast.community, next_month.replace(day=15))
    assert after.met.hidden == "few" and after.active.hidden == "few"


def test_an_ended_community_says_where_it_went(client: Client, cast: Cast) -> None:
    end_place(by=None, place=cast.other_community, on=None)
    assert "还在查" in page(client, "/c/shiqiaotou/")
    name_successor(by=None, place=cast.other_community, successor=cast.community, kind="merged", on=None, source="撤并文件")
    assert "/c/liuan/" in page(client, "/c/shiqiaotou/")


def test_an_ended_community_without_an_address_is_found_by_its_code(client: Client, cast: Cast) -> None:
    Place.objects.create(kind="community", name="红星新村社区居委会", code="999901001013", parent=cast.street, standing="ended_unknown")
    assert "已撤，去向待查" in page(client, "/?q=红星") and "/c/999901001013/" in page(client, "/?q=红星")
    assert "红星新村社区已经撤销了" in page(client, "/c/999901001013/")


def test_who_lived_in_an_ended_community_finds_a_door_and_a_number(client: Client, cast: Cast) -> None:
    gone = Place.objects.create(
        kind="community", name="红星新村社区居委会", code="999901001013", parent=cast.street, standing="ended_unknown"
    )
    Place.objects.filter(pk=cast.district.pk).update(phone="0519-00000099")
    said = page(client, reverse("overview:public", args=[gone.code]))
    for near in (cast.community, cast.other_community):
        assert f'href="{reverse("overview:public", args=[near.slug])}"' in said
    assert "tel:0519-00000099" in said


def test_a_page_that_is_nowhere_is_not_found(client: Client, cast: Cast) -> None:
    Place.objects.create(kind="grid", name="一网格", parent=cast.community, slug="yiwangge")
    assert [client.get(f"/c/{slug}/").status_code for slug in ("nirgendwo", "yiwangge")] == [404, 404]


def test_the_public_page_asks_little_of_the_database(client: Client, cast: Cast, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get("/c/liuan/")
