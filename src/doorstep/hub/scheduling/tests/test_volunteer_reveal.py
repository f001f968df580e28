"""What an offer reveals when: before yes, after yes, after the day, and to whom."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.people.models import Membership, Person
from doorstep.hub.scheduling import access
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.exchanging import agree, ask_fellow
from doorstep.hub.scheduling.actions.fitness import free_unfit_offers
from doorstep.hub.scheduling.actions.slot import SeatWanted, cancel_slot
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.scheduling.naming import nameless
from doorstep.hub.testing import Cast

DOOR, PHONE_TAIL = "2 单元 501", "139****"
#: Before yes the page says this much, and after yes too.
TASK = ("家装厕所扶手", "12 幢", "没有特别的危险", "意外险", "不用带东西", "不收任何费用")


def page(client: Client, cast: Cast, offer: Offer, name: str = "chen") -> Any:
    return cast.sign_in(client, cast.people[name]).get(reverse("scheduling:offer", args=[offer.pk]))


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def ended(cast: Cast, state: OfferState) -> Offer:
    """An offer that has come to that end through the real actions."""
    if state in (OfferState.SERVED, OfferState.MISSED):
        need = cast.need()
        offer = cast.offer(cast.checked(need), state=OfferState.ACCEPTED)
        outcome = "served" if state == OfferState.SERVED else "not_home"
        record_visit(
            by=cast.zhou, need=need, slot=offer.slot, outcomes={offer: outcome}, channel="phone", now=offer.start + timedelta(hours=2)
        )
        return offer
    offer = cast.offer(state=OfferState.ACCEPTED if state in (OfferState.CANNOT_COME, OfferState.HANDED_ON) else OfferState.SENT)
    assert offer.reply_by is not None
    match state:
        case OfferState.DECLINED:
            offers.decline(by=cast.chen, offer=offer)
        case OfferState.LAPSED:
            offers.lapse_overdue(now=offer.reply_by + timedelta(minutes=1))
        case OfferState.WITHDRAWN:
            offers.withdraw_offer(by=cast.zhou, offer=offer)
        case OfferState.CANNOT_COME:
            offers.cannot_come(by=cast.chen, offer=offer)
        case OfferState.HANDED_ON:
            agree(by=cast.jiang, exchange=ask_fellow(by=cast.chen, offer=offer, fellow=cast.jiang))
        case OfferState.UNABLE:
            Membership.objects.filter(person=cast.chen).update(until=timezone.localdate() - timedelta(days=1))
            free_unfit_offers()
    return offer


def test_before_yes_the_task_and_never_the_door(client: Client, cast: Cast) -> None:
    shown = text(page(client, cast, cast.offer()))
    assert all(words in shown for words in TASK)
    assert DOOR not in shown
    assert PHONE_TAIL not in shown
    assert cast.shen.phone not in shown
    assert "您答应了" not in shown
    assert "给一位居民家装厕所扶手" in shown
    assert "沈阿姨" not in shown


def test_after_yes_name_door_and_a_masked_phone(client: Client, cast: Cast) -> None:
    shown = text(page(client, cast, cast.offer(state=OfferState.ACCEPTED)))
    assert all(words in shown for words in (*TASK, DOOR, "沈阿姨家", "139****"))
    assert cast.shen.phone not in shown
    assert cast.shen.name not in shown


@pytest.mark.parametrize("state", [s for s in access.TOLD if s not in (OfferState.SENT, OfferState.ACCEPTED)], ids=str)
def test_at_every_end_the_door_is_hidden_again(client: Client, cast: Cast, state: OfferState) -> None:
    offer = ended(cast, state)
    offer.refresh_from_db()
    assert offer.state == state
    shown = text(page(client, cast, offer))
    assert "给一位居民家装厕所扶手" in shown
    assert "沈阿姨" not in shown
    assert DOOR not in shown
    assert "139****" not in shown


def test_a_yes_shows_the_door_until_the_day_is_over_and_no_longer(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    evening = timezone.localtime(offer.start).replace(hour=22)
    revealed = access.revealed(offer, evening)
    assert revealed is not None
    assert (revealed.name, revealed.phone) == ("沈阿姨", cast.shen.phone)
    assert access.revealed(offer, evening + timedelta(hours=3)) is None


def test_the_first_page_shows_doors_of_promised_visits_only(client: Client, cast: Cast) -> None:
    url = f"{reverse('scheduling:week')}?week={cast.monday.isoformat()}"
    asked = cast.offer()
    shown = text(cast.sign_in(client, cast.chen).get(url))
    assert "还有" not in shown
    assert "有 1 件事想请您" in shown
    assert DOOR not in shown
    assert "沈阿姨" not in shown
    offers.accept(by=cast.chen, offer=asked)
    shown = text(client.get(url))
    assert DOOR in shown
    assert "下周您去 1 次" in shown


@pytest.mark.parametrize("name", ["jiang", "zhou", "wu", "shen", "lin"])
def test_somebody_elses_offer_is_not_there(client: Client, cast: Cast, name: str) -> None:
    offer = cast.offer()
    cast.sign_in(client, cast.people[name])
    for route in ("offer", "cannot_come"):
        assert client.get(reverse(f"scheduling:{route}", args=[offer.pk])).status_code == 404
    for route in ("accept", "decline", "cannot_come"):
        assert client.post(reverse(f"scheduling:{route}", args=[offer.pk])).status_code == 404
    offer.refresh_from_db()
    assert offer.state == OfferState.SENT


@pytest.mark.parametrize("state", [OfferState.PROPOSED, OfferState.HELD, OfferState.REPLACED], ids=str)
def test_a_proposal_is_invisible(client: Client, cast: Cast, state: OfferState) -> None:
    offer = cast.offer(state=OfferState.PROPOSED)
    if state == OfferState.HELD:
        offers.hold_offer(by=cast.zhou, offer=offer, held=True)
    if state == OfferState.REPLACED:
        cancel_slot(by=cast.zhou, slot=offer.slot)
    assert page(client, cast, offer).status_code == 404
    assert client.post(reverse("scheduling:accept", args=[offer.pk])).status_code == 404
    shown = text(client.get(f"{reverse('scheduling:week')}?week={cast.monday.isoformat()}"))
    assert offer.slot.title not in shown


@pytest.mark.parametrize("route", ["week", "availability"])
def test_a_visitor_signs_in_first_and_a_resident_finds_nothing(client: Client, cast: Cast, route: str) -> None:
    assert client.get(reverse(f"scheduling:{route}")).status_code == 302
    cast.sign_in(client, cast.shen)
    assert client.get(reverse(f"scheduling:{route}")).status_code == 404


def test_risk_insurance_and_what_to_bring_are_said_before_the_yes(client: Client, cast: Cast) -> None:
    slot = cast.slot(bodily_risk=True, insured=True, risk_note="要上梯子", bring="防滑鞋")
    shown = text(page(client, cast, cast.offer(slot)))
    assert all(words in shown for words in ("要上梯子", "意外险已经办好", "防滑鞋"))
    assert "没有特别的危险" not in shown


def test_who_goes_too_is_told_to_those_who_go(client: Client, cast: Cast) -> None:
    from_two = cast.slot(seats=[SeatWanted(), SeatWanted()])
    first = cast.offer(from_two, person=cast.chen, number=0)
    cast.offer(from_two, person=cast.jiang, number=1, state=OfferState.ACCEPTED)
    assert "蒋文斌" not in text(page(client, cast, first))
    offers.accept(by=cast.chen, offer=first)
    assert "蒋文斌" in text(page(client, cast, first))


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("给沈阿姨家换灯泡", "给一位居民家换灯泡"),
        ("陪沈奶奶去复查", "陪一位居民去复查"),
        ("找老沈说说话", "找一位居民说说话"),
        ("替沈秀英取药", "替一位居民取药"),
        ("整理图书角", "整理图书角"),
        ("陪何伯下棋", "陪何伯下棋"),
        ("我是12幢2单元501的沈阿姨，电话13812345678", "我是…的一位居民，电话…"),
        ("12-2-501 换灯", "… 换灯"),
        ("十二幢一单元换灯", "…换灯"),
        ("柳岸路 18 号取药", "柳岸路 …取药"),
        ("打 139 0000 2618 再来", "打 … 再来"),
        ("换 5 号电池", "换 5 号电池"),
        ("搬到三室一厅的新家", "搬到三室一厅的新家"),
        ("陪走 20 分钟", "陪走 20 分钟"),
    ],
)
def test_a_title_is_read_without_the_name(title: str, read: str) -> None:
    assert nameless(title, [("沈秀英", "沈阿姨")]) == read


def test_a_title_without_anybody_to_name_stays(cast: Cast) -> None:
    assert nameless("整理图书角", [("", "")]) == "整理图书角"


@pytest.mark.both_databases
def test_a_home_without_a_registered_contact_keeps_its_door_and_number_too(client: Client, cast: Cast) -> None:
    slot = cast.slot(title="12幢2单元501灯坏了，电话13812345678", resident=None)
    nearby = text(cast.sign_in(client, cast.chen).get(reverse("scheduling:week")))
    offer = cast.offer(slot)
    for shown in (nearby, text(page(client, cast, offer)), text(client.get(reverse("scheduling:week")))):
        assert "灯坏了" in shown
        # A form's random key may hold the three digits among its own letters.
        assert not re.search(r"(?<![0-9A-Za-z])501(?![0-9A-Za-z])|单元501", shown) and "13812345678" not in shown


def test_news_of_what_was_taken_back_names_nobody(client: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    offers.withdraw_offer(by=cast.zhou, offer=offer)
    shown = text(cast.sign_in(client, cast.chen).get(reverse("scheduling:week")))
    assert "“给一位居民家装厕所扶手”另有安排" in shown
    assert "沈阿姨" not in shown
    # However long ago: the page looks back four weeks, the news may be older.
    Offer.objects.filter(pk=offer.pk).update(start=timezone.now() - timedelta(days=29))
    shown = text(client.get(reverse("scheduling:week")))
    assert "“给一位居民家装厕所扶手”另有安排" in shown
    assert "沈阿姨" not in shown


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("给小宇补补数学", "给一位居民补补数学"),
        ("陪宇宇做作业", "陪一位居民做作业"),
        ("接阿宇放学", "接一位居民放学"),
        ("教陈宇同学下棋", "教一位居民下棋"),
        ("给浩然补英语", "给一位居民补英语"),
        ("带小浩去图书馆", "带一位居民去图书馆"),
        ("给豆豆讲故事", "给一位居民讲故事"),
        ("给小朋友讲故事", "给小朋友讲故事"),
        ("到小区里走一走", "到小区里走一走"),
        ("一小时的数学", "一小时的数学"),
    ],
)
def test_a_child_is_not_named_either(title: str, read: str) -> None:
    assert nameless(title, [("沈秀英", "沈阿姨"), ("陈宇", ""), ("张浩然", "豆豆"), ("李时", "")]) == read


@pytest.mark.both_databases
def test_no_member_of_the_home_is_named_before_the_yes(client: Client, cast: Cast) -> None:
    Person.objects.create(name="陈宇", household=cast.shen.household)
    slot = cast.slot(title="给小宇补补数学")
    nearby = text(cast.sign_in(client, cast.chen).get(reverse("scheduling:week")))
    assert "给一位居民补补数学" in nearby
    offer = cast.offer(slot)
    for shown in (text(page(client, cast, offer)), text(client.get(reverse("scheduling:week")))):
        assert "给一位居民补补数学" in shown
        assert "小宇" not in shown
    offers.accept(by=cast.chen, offer=offer)
    assert "给小宇补补数学" in text(page(client, cast, offer))
