"""The home's own pages: who comes, yes, another time, another person, never mind, and how it went."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.forms import times
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Slot
from doorstep.hub.testing import Cast


def page_of(client: Client, need: Need) -> str:
    return client.get(reverse("needs:request", args=[need.pk])).content.decode()


def press(client: Client, name: str, need: Need, **said: Any) -> str:
    answer = client.post(reverse(f"needs:{name}", args=[need.pk]), {"once": uuid4().hex} | said, follow=True)
    return answer.content.decode()


@pytest.fixture
def proposed(cast: Cast, client: Client) -> tuple[Need, Slot, Offer]:
    """沈秀英 is signed in; 陈国梁 has said yes to her need."""
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot, state=OfferState.ACCEPTED)
    cast.sign_in(client, cast.shen)
    return need, slot, offer


def test_the_page_says_where_the_need_stands_step_by_step(client: Client, cast: Cast) -> None:
    need = cast.need()
    cast.sign_in(client, cast.shen)
    assert "前给您回话" in page_of(client, need)
    slot = cast.checked(need)
    assert "正在找合适的人" in page_of(client, need)
    cast.offer(slot)
    waiting = page_of(client, need)
    assert "正等他们回话" in waiting
    # Who was only asked is nobody's business yet.
    assert "陈国梁" not in waiting


def test_a_neighbour_s_paper_shows_what_she_wrote_and_not_the_door(client: Client, cast: Cast) -> None:
    asked = {"for_whom": "neighbour", "about_name": "对门沈阿姨", "relation": "邻居", "asker_name": "王倩", "phone": "13900001111"}
    need = cast.need(resident=None, asked_by=cast.wang, address="我们楼道里", **asked)
    Need.objects.filter(pk=need.pk).update(resident=None, household=None)
    need.refresh_from_db()
    cast.checked(need, resident=cast.shen, household=cast.shen.household)

    def paper(client: Client) -> str:
        return client.get(reverse("needs:paper_of", args=[need.pk])).content.decode()

    page = paper(cast.sign_in(client, cast.wang))
    assert "对门沈阿姨" in page and "我们楼道里" in page
    assert "501" not in page and "12 幢" not in page
    for who in (cast.shen, cast.zhou):
        assert "2 单元 501" in paper(cast.sign_in(client, who))


def gone_by(slot: Slot) -> None:
    slot.windows.update(earliest=timezone.now() - timedelta(hours=5), latest=timezone.now() - timedelta(hours=4))


@pytest.mark.parametrize("outcome", ["served", "no_show", "not_home"])
def test_a_matter_that_was_taken_back_stays_so(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer], outcome: str) -> None:
    need, slot, _offer = proposed
    press(client, "cancel", need, version=need.version + 1)
    gone_by(slot)
    for _again in range(2):
        answer = client.post(reverse("needs:went", args=[need.pk]), {"outcome": outcome})
        assert answer.status_code == 422 and "不用再记" in answer.content.decode()
    cast.sign_in(client, cast.zhou)
    assert "不用再记" in client.post(reverse("needs:visit", args=[slot.pk]), {"channel": "phone"}).content.decode()
    need.refresh_from_db()
    assert need.state == NeedState.CANCELLED
    assert list(Slot.objects.filter(occasion__need=need).values_list("state", flat=True)) == ["cancelled"]


def test_nobody_promised_so_nobody_was_there(client: Client, cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need)
    cast.offer(slot)
    gone_by(slot)
    cast.sign_in(client, cast.shen)
    answer = client.post(reverse("needs:went", args=[need.pk]), {"outcome": "served", "words": "修得很好"})
    assert answer.status_code == 422
    assert "没有人答应过要来" in answer.content.decode() and "修得很好" in answer.content.decode()
    assert list(Slot.objects.filter(occasion__need=need).values_list("state", flat=True)) == ["open"]


@pytest.mark.parametrize("junk", ["²", "9" * 5000, "-1", "x"])
def test_a_version_that_no_page_shows_is_an_old_page_s(client: Client, proposed: tuple[Need, Slot, Offer], junk: str) -> None:
    need, slot, _offer = proposed
    assert client.post(reverse("needs:agree", args=[need.pk]), {"version": junk}).status_code == 302
    slot.refresh_from_db()
    assert slot.home_answer == HomeAnswer.NOT_ASKED


def test_the_home_agrees_with_one_tap(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, slot, _offer = proposed
    page = page_of(client, need)
    assert "陈国梁来" in page
    assert "同意，就这么定" in page
    assert "13900000003" not in page
    slot.refresh_from_db()
    assert "定好了" in press(client, "agree", need, version=slot.version)
    slot.refresh_from_db()
    assert (slot.home_answer, slot.home_answer_channel) == (HomeAnswer.AGREED, "web")
    assert "同意，就这么定" not in page_of(client, need)


def test_two_taps_agree_once_and_an_old_page_is_told(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, slot, _offer = proposed
    slot.refresh_from_db()
    key = uuid4().hex
    for _ in range(2):
        assert "定好了" in press(client, "agree", need, once=key, version=slot.version)
    assert "别人刚改过这一页" in press(client, "agree", need, version=slot.version)


def test_the_home_wants_somebody_else(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, _slot, offer = proposed
    assert "好，换一位" in press(client, "swap", need, person=str(cast.chen.pk))
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    # Nobody but who is expected can be named.
    answer = client.post(reverse("needs:swap", args=[need.pk]), {"person": str(cast.jiang.pk)})
    assert answer.status_code == 404


def cell(days: int, part: int) -> str:
    return f"{(timezone.localdate() + timedelta(days=days)).isoformat()}:{part}"


def test_the_home_moves_the_visit_by_ticking_another_part_of_a_day(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, slot, offer = proposed
    assert "时间改好了" in press(client, "move", need, cells=[cell(1, 1)])
    window = slot.windows.get()
    begins, ends = timezone.localtime(window.earliest), timezone.localtime(window.latest)
    assert (begins.hour, begins.minute, ends.hour, ends.minute) == (13, 0, 16, 30)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN


BAD_TIMES = [
    ({}, "请勾一个时段，或者写明哪一天几点"),
    ({"cells": [cell(-1, 0)]}, "这个时段已经过去了"),
    ({"exact_day": "2020-01-01", "exact_from": "09:00"}, "这个时段已经过去了"),
    (
        {"exact_day": (timezone.localdate() + timedelta(days=2)).isoformat(), "exact_from": "10:00", "exact_to": "09:00"},
        "最晚的时间比最早的还早",
    ),
    ({"exact_from": "10:00"}, "请写明是哪一天"),
    ({"cells": [cell(1, 0), cell(8, 0)]}, "请只勾同一周的时段"),
]


@pytest.mark.parametrize(("said", "sentence"), BAD_TIMES)
def test_a_time_that_cannot_be_gets_its_sentence(
    client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer], said: dict[str, Any], sentence: str
) -> None:
    need, _slot, offer = proposed
    answer = client.post(reverse("needs:move", args=[need.pk]), {"once": uuid4().hex} | said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED


def test_never_mind(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, _slot, offer = proposed
    need.refresh_from_db()
    assert "这件事已经撤回" in press(client, "cancel", need, version=need.version, words="儿子回来了")
    need.refresh_from_db()
    offer.refresh_from_db()
    assert (need.state, need.closing_words, offer.state) == (NeedState.CANCELLED, "儿子回来了", OfferState.WITHDRAWN)


def test_never_mind_and_nobody_is_to_look_at_it_any_more(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need = proposed[0]
    press(client, "cancel", need, withdraw="on")
    need.refresh_from_db()
    assert need.consent is not None
    assert (need.state, need.consent.withdrawn_at is not None) == (NeedState.CANCELLED, True)


def test_how_did_it_go_is_one_tap(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, _slot, offer = proposed
    Offer.objects.filter(pk=offer.pk).update(start=timezone.now() - timedelta(hours=3))
    need.refresh_from_db()
    assert "来过了吗" in page_of(client, need)
    assert "谢谢您告诉我们" in press(client, "went", need, version=need.version, outcome="served", words="扶手装得牢。")
    need.refresh_from_db()
    assert (need.state, need.closing_words) == (NeedState.DONE, "扶手装得牢。")
    assert Offer.objects.get(pk=offer.pk).attendance.said_by == cast.shen


def test_the_social_worker_takes_down_the_home_s_yes(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, slot, _offer = proposed
    cast.sign_in(client, cast.zhou)
    assert "家里怎么说的" in page_of(client, need)
    press(client, "agree", need, channel="in_person")
    slot.refresh_from_db()
    assert (slot.home_answer, slot.home_answer_channel) == (HomeAnswer.AGREED, "in_person")


def test_strangers_and_volunteers_see_nothing(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, slot, _offer = proposed
    for person in (cast.chen, cast.wu, cast.stranger, cast.lin):
        cast.sign_in(client, person)
        for name in ("request", "check", "homes", "paper_of", "asked"):
            assert client.get(reverse(f"needs:{name}", args=[need.pk])).status_code == 404, (person.name, name)
        for name in ("agree", "swap", "move", "cancel", "went", "refer", "give_up"):
            assert client.post(reverse(f"needs:{name}", args=[need.pk])).status_code == 404, (person.name, name)
        assert client.get(reverse("needs:visit", args=[slot.pk])).status_code == 404
    need.refresh_from_db()
    assert need.state == NeedState.CHECKED


def test_a_resident_is_no_social_worker(client: Client, cast: Cast, proposed: tuple[Need, Slot, Offer]) -> None:
    need, slot, _offer = proposed
    assert client.get(reverse("needs:inbox")).status_code == 404
    assert client.get(reverse("needs:check", args=[need.pk])).status_code == 404
    assert client.get(reverse("needs:visit", args=[slot.pk])).status_code == 404


def test_a_page_left_open_over_midnight_still_knows_its_cells() -> None:
    form = times.TimesForm({"cells": [cell(-1, 2)]})
    assert form.is_valid()
    assert form.windows(form.cleaned_data, 60) == []
    assert "这个时段已经过去了" in str(form.errors["cells"])
