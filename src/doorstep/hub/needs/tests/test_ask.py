"""Asking for help: by the one who needs it, for somebody else, as a visitor, and taken down by a social worker."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.models import Need
from doorstep.hub.people.models import SigninTry
from doorstep.hub.testing import Cast

WORDS = "夜里起来上厕所摔过一回，想请人装个扶手。"


def said(**more: Any) -> dict[str, Any]:
    return {"own_words": WORDS, "for_whom": "self", "phone": "13900002618", "consents": "on", "once": uuid4().hex} | more


def test_a_resident_asks_and_need_not_say_who_she_is(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.shen)
    page = client.get(reverse("needs:ask")).content.decode()
    assert "沈阿姨" in page
    assert cast.shen.phone in page
    assert "12 幢 2 单元 501" in page
    answer = client.post(reverse("needs:ask"), said(call=["call_evening"]), follow=True)
    need = Need.objects.get()
    assert (need.resident, need.asked_by, need.household) == (cast.shen, cast.shen, cast.shen.household)
    assert (need.call_evening, need.call_morning, need.community) == (True, False, cast.community)
    assert need.consent is not None
    assert need.consent.text.purpose == "service"
    assert answer.redirect_chain == [(reverse("needs:asked", args=[need.pk]), 302)]
    assert "社工收到了" in answer.content.decode()
    assert WORDS in client.get(reverse("needs:mine")).content.decode()


def test_a_visitor_asks_and_reads_the_promise_in_this_browser_only(client: Client, cast: Cast) -> None:
    page = client.get(reverse("needs:ask"), {"place": "liuan"}).content.decode()
    assert "柳岸社区的社工周敏打给您" in page
    assert "0519-00006120" in page
    answer = client.post(reverse("needs:ask") + "?place=liuan", said(asker_name="王女士 🌻"))
    need = Need.objects.get()
    assert (need.asker_name, need.resident, need.asked_by) == ("王女士 🌻", None, None)
    assert answer["Location"] == reverse("needs:asked", args=[need.pk])
    assert client.get(answer["Location"]).status_code == 200
    assert Client().get(answer["Location"]).status_code == 404
    assert client.get(reverse("needs:request", args=[need.pk])).status_code == 302


def test_two_submits_of_the_same_form_are_one_need(client: Client, cast: Cast) -> None:
    form = said()
    first, second = (client.post(reverse("needs:ask") + "?place=liuan", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Need.objects.count() == 1


def test_a_browser_that_lost_its_first_answer_may_still_read_the_promise_and_no_other_may(client: Client, cast: Cast) -> None:
    form = said()
    client.get(reverse("needs:ask") + "?place=liuan")
    first = client.post(reverse("needs:ask") + "?place=liuan", form)
    # The answer with the session never arrived; the form, and the secret that came with it, did.
    del client.cookies[settings.SESSION_COOKIE_NAME]
    again = client.post(reverse("needs:ask") + "?place=liuan", form)
    assert again["Location"] == first["Location"] and Need.objects.count() == 1
    shown = client.get(again["Location"])
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    other = Client()
    other.get(reverse("needs:ask") + "?place=liuan")
    third = other.post(reverse("needs:ask") + "?place=liuan", form)
    assert third["Location"] != first["Location"]
    assert other.get(first["Location"]).status_code == 404


def test_ten_visitors_an_hour_from_one_address_and_then_the_phone_or_the_paper(client: Client, cast: Cast) -> None:
    url = reverse("needs:ask") + "?place=liuan"
    form = said()
    client.get(url)
    assert client.post(url, form).status_code == 302
    # Typing errors and a second press cost nothing.
    assert client.post(url, said(phone="")).status_code == 422
    assert client.post(url, form).status_code == 302
    for _number in range(9):
        assert Client().post(url, said()).status_code == 302
    answer = client.post(url, said(own_words="第十一件，灯坏了"))
    page = answer.content.decode()
    assert answer.status_code == 422 and Need.objects.count() == 10
    assert "0519-00006120" in page and "纸表" in page and "第十一件，灯坏了" in page
    # Elsewhere, and whoever is known, goes on; so does what was sent already.
    assert client.post(url, form).status_code == 302
    assert Client(REMOTE_ADDR="203.0.113.5").post(url, said()).status_code == 302
    assert cast.sign_in(Client(), cast.shen).post(reverse("needs:ask"), said()).status_code == 302
    SigninTry.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert client.post(url, said()).status_code == 302


BAD = [
    ({"own_words": ""}, "请写一两句遇到了什么事"),
    ({"own_words": "长" * 5000}, "您写了 5000 个字，最多留 2000 个"),
    ({"phone": ""}, "请留一个电话，或者写明找谁转告"),
    ({"phone": "老孙家的"}, "电话里只能有数字"),
    ({"consents": ""}, "请先勾上“同意”"),
    ({"for_whom": "family"}, "请写本人怎么称呼"),
    ({"for_whom": "family", "about_name": "我妈", "relation": "女儿"}, "请先问过本人"),
    ({"for_whom": "nobody"}, "这是谁的事"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD)
def test_what_is_missing_gets_its_sentence_and_nothing_typed_is_lost(
    client: Client, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    form = said(asker_name="王女士 🌻", address="12 幢") | wrong
    answer = client.post(reverse("needs:ask") + "?place=liuan", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "王女士 🌻" in page
    assert form["own_words"] in page
    assert not Need.objects.exists()


def test_a_daughter_asks_for_her_mother(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.wang)
    form = said(for_whom="family", about_name="我妈", relation="女儿", they_agree="on", address="12 幢 2 单元 501")
    client.post(reverse("needs:ask") + "?place=liuan", form)
    need = Need.objects.get()
    assert (need.asked_by, need.resident, need.about_name, need.relation) == (cast.wang, None, "我妈", "女儿")
    assert need.consent is not None
    assert need.consent.text.purpose == "proxy"
    assert "我妈" in client.get(reverse("needs:request", args=[need.pk])).content.decode()


def test_a_social_worker_takes_down_what_a_resident_without_a_phone_says(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.zhou)
    address = reverse("needs:ask") + f"?for={cast.he.household_id}"
    assert "何伯" in client.get(address).content.decode()
    answer = client.post(address, said(phone="", resident=str(cast.he.pk), channel="in_person"))
    need = Need.objects.get()
    assert answer["Location"] == reverse("needs:check", args=[need.pk])
    assert (need.resident, need.household, need.channel, need.contact_via) == (cast.he, cast.he.household, "in_person", "请楼下老孙转告")
    assert need.consent is not None
    assert (need.consent.witness, need.consent.channel) == (cast.zhou, "in_person")


def test_from_a_person_s_line_on_the_household_page(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.zhou)
    page = client.get(reverse("needs:ask"), {"for": str(cast.shen.pk)}).content.decode()
    assert "12 幢 2 单元 501" in page
    assert re.search(f'value="{cast.shen.pk}"[^>]*checked', page)
    for nobody in (cast.chen, cast.stranger):
        assert client.get(reverse("needs:ask"), {"for": str(nobody.pk)}).status_code == 404


def test_taken_down_for_a_relative_on_the_phone_the_consent_says_who_spoke(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.zhou)
    form = said(
        for_whom="family",
        about_name="沈阿姨",
        relation="女儿",
        asker_name="王倩",
        they_agree="on",
        resident=str(cast.shen.pk),
        channel="phone",
    )
    client.post(reverse("needs:ask") + f"?for={cast.shen.household_id}", form)
    consent = Need.objects.get().consent
    assert consent is not None
    assert (consent.text.purpose, consent.given_by_name, consent.relation, consent.witness) == ("proxy", "王倩", "女儿", cast.zhou)


def test_only_her_own_community_s_homes(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.wu)
    assert client.get(reverse("needs:ask"), {"for": str(cast.shen.household_id)}).status_code == 404
    assert client.get(reverse("needs:ask"), {"for": "nonsense"}).status_code == 404


def test_who_does_not_know_the_community_finds_it_by_name(client: Client, cast: Cast) -> None:
    page = client.get(reverse("needs:ask")).content.decode()
    assert re.search(r"<optgroup label=\"柳岸街道\">", page)
    assert "石桥头社区" in page
    found = client.get(reverse("needs:ask"), {"q": "石桥"}).content.decode()
    assert "?place=shiqiaotou" in found
    assert "?place=liuan" not in found
    assert client.get(reverse("needs:ask"), {"place": "nowhere"}).status_code == 404
    answer = client.post(reverse("needs:ask"), said())
    assert "请选一个社区" in answer.content.decode()
    client.post(reverse("needs:ask"), said(community=str(cast.other_community.pk)))
    assert Need.objects.get().community == cast.other_community


def test_in_english_too(client: Client, cast: Cast) -> None:
    client.cookies["doorstep_language"] = "en"
    page = client.get(reverse("needs:ask"), {"place": "liuan"}).content.decode()
    assert "What has happened?" in page
    assert "I agree that the social worker" in page
