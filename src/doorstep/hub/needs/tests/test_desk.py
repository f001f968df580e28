"""The social worker's desk: new needs, checking, other doors, follow-up, paper."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.scheduling.models import Exclusion, Offer, OfferState, Refusal, Seat, Slot, SlotState
from doorstep.hub.testing import Cast


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.zhou)


def cell(days: int = 1, part: int = 0) -> str:
    return f"{(timezone.localdate() + timedelta(days=days)).isoformat()}:{part}"


def found(cast: Cast, need: Need, **more: Any) -> dict[str, Any]:
    return {
        "once": uuid4().hex, "version": need.version, "find": "12 幢", "home": f"p:{cast.shen.pk}", "title": "装厕所扶手",
        "category": cast.category("elderly").pk, "minutes": 60, "cells": [cell()], "people": "1", "priority": "3",
    } | more  # fmt: skip


def check(desk: Client, need: Need, said: dict[str, Any]) -> Any:
    return desk.post(reverse("needs:check", args=[need.pk]), said)


def test_late_promises_come_first(desk: Client, cast: Cast) -> None:
    late, fresh = cast.need(own_words="水龙头关不住"), cast.need(cast.he, own_words="想配助听器")
    Need.objects.filter(pk=late.pk).update(answer_by=timezone.now() - timedelta(hours=2))
    page = desk.get(reverse("needs:inbox")).content.decode()
    assert "2 件新需求等您核实" in page
    assert page.index("水龙头关不住") < page.index("想配助听器")
    assert page.index("回话晚了") < page.index("等社工核实", page.index("回话晚了"))
    assert fresh.own_words in page


def test_the_district_office_sees_figures_and_never_what_one_home_said(client: Client, cast: Cast) -> None:
    cast.need()
    for person in (cast.lin, cast.chen, cast.shen):
        assert cast.sign_in(client, person).get(reverse("needs:inbox")).status_code == 404


def test_search_finds_by_words_name_and_the_end_of_a_phone(desk: Client, cast: Cast) -> None:
    cast.need(own_words="水龙头关不住")
    cast.need(cast.he, own_words="想配助听器")
    for words in ("助听器", "何伯年", "9 幢"):
        page = desk.get(reverse("needs:inbox"), {"q": words}).content.decode()
        assert ("想配助听器" in page, "水龙头关不住" in page) == (True, False), words
    assert "水龙头关不住" in desk.get(reverse("needs:inbox"), {"q": cast.shen.phone[-4:]}).content.decode()
    assert "没有找到" in desk.get(reverse("needs:inbox"), {"q": "外星人"}).content.decode()


def test_the_form_knows_what_is_known(desk: Client, cast: Cast) -> None:
    need = cast.need(wish="最好是女同志")
    page = desk.get(reverse("needs:check", args=[need.pk])).content.decode()
    assert 'value="夜里起来上厕所摔过一回，想请人装个扶手"' in page
    assert f'value="p:{cast.shen.pk}"' in page
    assert "最好是女同志" in page
    assert cast.shen.phone in page


def test_from_words_to_a_visit(desk: Client, cast: Cast) -> None:
    need = cast.need()
    answer = check(desk, need, found(cast, need, people="2", skill0=cast.skill("electrician").pk, level0="2", gender1="f", bodily_risk="on",
                                     insured="on", risk_note="浴室地滑", bring="电钻"))  # fmt: skip
    slot = Slot.objects.get(occasion__need=need)
    assert (answer.status_code, answer["Location"]) == (302, reverse("scheduling:slot", args=[slot.pk]))
    need.refresh_from_db()
    assert (need.state, need.title, need.skilled, need.checked_by) == (NeedState.CHECKED, "装厕所扶手", True, cast.zhou)
    assert (slot.minutes, slot.priority, slot.bodily_risk, slot.insured, slot.risk_note, slot.bring) == (
        60,
        3,
        True,
        True,
        "浴室地滑",
        "电钻",
    )
    assert (slot.household, slot.contact, slot.lead) == (cast.shen.household, cast.shen, cast.zhou)
    first, second = Seat.objects.filter(slot=slot).order_by("number")
    assert (first.skill, first.level, second.skill, second.gender) == (cast.skill("electrician"), 2, None, "f")
    window = slot.windows.get()
    begins, ends = timezone.localtime(window.earliest), timezone.localtime(window.latest)
    assert (begins.hour, ends.hour) == (8, 11)


ANYBODY = "我是12幢2单元501的钱桂珍，电话13812345678，灯坏了"


@pytest.mark.parametrize(
    ("home", "title"),
    [
        ("h", ANYBODY), ("h", "给钱桂珍换灯"), ("h", "给钱阿姨换灯"), ("p", "给沈秀英换灯"), ("p", "12 幢 2 单元 501 换灯"),
        ("p", "换灯，打 139 0000 0008"), ("p", "五零一室换灯"),
    ],
)  # fmt: skip
def test_a_title_that_says_who_or_where_is_sent_back_with_a_better_one(desk: Client, cast: Cast, home: str, title: str) -> None:
    need = cast.need(asker_name="钱桂珍", own_words=ANYBODY)
    chosen = f"p:{cast.shen.pk}" if home == "p" else f"h:{cast.shen.household.pk}"
    answer = check(desk, need, found(cast, need, title=title, home=chosen))
    page = answer.content.decode()
    assert answer.status_code == 422 and not Slot.objects.exists()
    assert "请去掉姓名、门牌和号码" in page and f'value="{title}"' in page
    better = page.split("比如写成“")[1].split("”")[0]
    assert check(desk, need, found(cast, need, title=better, home=chosen)).status_code == 302


@pytest.mark.parametrize(
    "title", ["给沈阿姨家装厕所扶手", "换 5 号电池", "12 月 5 号陪看病", "从 5 楼搬旧衣柜", "陪妈妈看病", "最好是女士来陪聊"]
)
def test_a_title_that_says_what_is_needed_may_stand(desk: Client, cast: Cast, title: str) -> None:
    need = cast.need(for_whom="family", asker_name="王女士", about_name="我妈", relation="女儿")
    assert check(desk, need, found(cast, need, title=title)).status_code == 302


@pytest.mark.parametrize("words", [ANYBODY, "我是沈秀英，灯坏了", "灯坏了，打我电话13812345678"])
def test_own_words_that_say_who_or_where_are_no_title(desk: Client, cast: Cast, words: str) -> None:
    need = cast.need(own_words=words, asker_name="钱桂珍")
    page = desk.get(reverse("needs:check", args=[need.pk])).content.decode()
    assert words in page
    title = next(part for part in page.split("<input") if 'name="title"' in part).split(">")[0]
    assert "value=" not in title


def test_two_submits_open_one_slot(desk: Client, cast: Cast) -> None:
    need = cast.need()
    said = found(cast, need)
    assert check(desk, need, said)["Location"] == check(desk, need, said)["Location"]
    assert Slot.objects.count() == 1


BAD = [
    ({"title": ""}, "请写一句话，志愿者先看这一句"),
    ({"category": "999"}, "没有这一类"),
    ({"skill0": "9999"}, "没有这项专长"),
    ({"minutes": "5"}, "最少 15 分钟"),
    ({"minutes": "许久"}, "请写分钟数"),
    ({"cells": []}, "请勾一个时段"),
    ({"cells": [cell(-1)]}, "这个时段已经过去了"),
    ({"home": ""}, "还没对上是哪一户"),
    ({"home": "p:nonsense"}, "这一家不在单子里了"),
    ({"version": "99"}, "别人刚改过这一页"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD)
def test_bad_input_gets_its_sentence_and_changes_nothing(desk: Client, cast: Cast, wrong: dict[str, Any], sentence: str) -> None:
    need = cast.need()
    answer = check(desk, need, found(cast, need, bring="电钻 🔧") | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "电钻 🔧" in page
    assert not Slot.objects.exists()
    need.refresh_from_db()
    assert need.state == NeedState.NEW


def test_a_stale_page_is_read_again_and_then_goes_through(desk: Client, cast: Cast) -> None:
    need = cast.need()
    answer = check(desk, need, found(cast, need, version="99", bring="电钻"))
    page = answer.content.decode()
    assert "别人刚改过这一页" in page
    assert 'name="version" value="1"' in page
    assert check(desk, need, found(cast, need, version="1", bring="电钻")).status_code == 302


def test_a_home_with_nobody_to_reach(desk: Client, cast: Cast) -> None:
    need = cast.need(cast.he)
    type(cast.he).objects.filter(pk=cast.he.pk).update(contact_via="")
    Need.objects.filter(pk=need.pk).update(contact_via="")
    answer = check(desk, need, found(cast, need, find="9 幢", home=f"p:{cast.he.pk}"))
    assert "没有电话，也没有转告的人" in answer.content.decode()


def test_looking_for_a_home_keeps_what_was_typed_and_judges_nothing(desk: Client, cast: Cast) -> None:
    need = cast.need(asker_name="王女士", phone="13900002618")
    Need.objects.filter(pk=need.pk).update(resident=None, household=None)
    answer = check(desk, need, {"find": "何伯", "search": "1", "title": "写了一半", "home": ""})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "写了一半" in page
    assert f'value="p:{cast.he.pk}"' in page
    assert "field-wrong" not in page
    piece = desk.get(reverse("needs:homes", args=[need.pk]), {"find": "501"}).content.decode()
    assert f'value="p:{cast.shen.pk}"' in piece
    assert "没有这样的住户" in desk.get(reverse("needs:homes", args=[need.pk]), {"find": "88 幢"}).content.decode()


def test_whom_the_home_wishes_and_whom_not(desk: Client, cast: Cast) -> None:
    need = cast.need()
    check(desk, need, found(cast, need, please_send=str(cast.jiang.pk), not_send=str(cast.chen.pk), never_send="on"))
    offer = Offer.objects.get()
    assert (offer.person, offer.state, offer.pinned) == (cast.jiang, OfferState.PROPOSED, True)
    assert (Refusal.objects.get().person, Exclusion.objects.get().person) == (cast.chen, cast.chen)


def test_a_wished_person_who_must_not_go_is_refused_with_the_reason(desk: Client, cast: Cast) -> None:
    need = cast.need()
    answer = check(desk, need, found(cast, need, minor="on", please_send=str(cast.chen.pk)))
    assert "无犯罪记录" in answer.content.decode()
    assert not Slot.objects.exists()


def test_another_door_or_no_door(desk: Client, cast: Cast) -> None:
    need, hopeless = cast.need(), cast.need()
    bad = desk.post(reverse("needs:refer", args=[need.pk]), {"referral": "12345", "words": "", "version": need.version})
    assert (bad.status_code, "请写一句居民看得懂的话" in bad.content.decode()) == (422, True)
    desk.post(reverse("needs:refer", args=[need.pk]), {"referral": "12345", "words": "路灯归市政，打 12345。", "version": need.version})
    desk.post(reverse("needs:give_up", args=[hopeless.pk]), {"words": "要吊车，搬不了。", "version": hopeless.version})
    states = dict(Need.objects.values_list("pk", "state"))
    assert (states[need.pk], states[hopeless.pk]) == (NeedState.REFERRED, NeedState.UNMET)
    cast.sign_in(desk, cast.shen)
    assert "这件事要请12345 热线来办" in desk.get(reverse("needs:request", args=[need.pk])).content.decode()
    assert "要吊车，搬不了。" in desk.get(reverse("needs:request", args=[hopeless.pk])).content.decode()


def test_past_matters_of_the_same_home_stand_beside(desk: Client, cast: Cast) -> None:
    before, need = cast.need(own_words="灯管坏了"), cast.need()
    page = desk.get(reverse("needs:check", args=[need.pk])).content.decode()
    assert "这一家以前的事" in page
    assert reverse("needs:check", args=[before.pk]) in page


@pytest.fixture
def visited(cast: Cast) -> tuple[Need, Slot, Offer]:
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot, state=OfferState.ACCEPTED)
    begun = timezone.now() - timedelta(hours=3)
    Offer.objects.filter(pk=offer.pk).update(start=begun)
    slot.windows.update(earliest=begun, latest=begun)
    return need, slot, offer


def test_follow_up_closes_what_was_done(desk: Client, cast: Cast, visited: tuple[Need, Slot, Offer]) -> None:
    need, slot, offer = visited
    address = reverse("needs:visit", args=[slot.pk])
    assert "陈国梁去了没有" in desk.get(address).content.decode()
    missing = desk.post(address, {"once": uuid4().hex, "words": "装好了"})
    assert missing.status_code == 422
    assert "请点一下他去了没有" in missing.content.decode()
    need.refresh_from_db()
    said = {"once": uuid4().hex, "version": need.version, f"outcome_{offer.pk.hex}": "served", "channel": "phone", "words": "装好了"}
    assert desk.post(address, said).status_code == 302
    assert desk.post(address, said).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.closing_words) == (NeedState.DONE, "装好了")
    assert "没有等着回访的人" in desk.get(address).content.decode()


def test_follow_up_takes_up_again_what_was_not(desk: Client, cast: Cast, visited: tuple[Need, Slot, Offer]) -> None:
    need, slot, offer = visited
    desk.post(reverse("needs:visit", args=[slot.pk]), {f"outcome_{offer.pk.hex}": "no_show", "channel": "phone"})
    slot.refresh_from_db()
    assert slot.state == SlotState.UNMET
    assert Slot.objects.get(occasion__need=need, state=SlotState.OPEN).waited_weeks == 1


def test_too_early_to_say(desk: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    assert "还没到约好的时间" in desk.get(reverse("needs:visit", args=[offer.slot_id])).content.decode()


def test_the_paper_form_blank_and_filled(client: Client, cast: Cast) -> None:
    blank = client.get(reverse("needs:paper"), {"place": "liuan"}).content.decode()
    assert "柳岸社区" in blank
    assert "签名" in blank
    need = cast.need(phone="13900002618")
    cast.sign_in(client, cast.zhou)
    filled = client.get(reverse("needs:paper_of", args=[need.pk])).content.decode()
    assert need.own_words in filled
    assert "139****2618" in filled


PAGES = ["inbox", "check", "checked", "visit", "paper", "paper_of", "ask", "request", "mine", "asked"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_in_both_languages_and_few_queries(
    desk: Client, cast: Cast, visited: tuple[Need, Slot, Offer], page: str, language: str, django_assert_max_num_queries: Any
) -> None:
    need, slot, _offer = visited
    fresh = cast.need(cast.he)
    where = {"check": fresh, "checked": need, "paper_of": need, "request": need, "asked": need, "visit": slot}.get(page)
    address = reverse("needs:" + page.replace("checked", "check"), args=[where.pk] if where else [])
    desk.cookies["doorstep_language"] = language
    desk.get(address)
    with django_assert_max_num_queries(15):
        answer = desk.get(address)
    assert answer.status_code == 200
    assert answer["Content-Language"] == language
