"""Making a plan from the page: asked for, followed, stopped; who may take its files; the call list and the rhythm."""

import gzip
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from doorstep.hub.journal.models import Entry
from doorstep.hub.scheduling.actions.plan import request_plan, take_plan
from doorstep.hub.scheduling.models import Plan, PlanFile, Rhythm
from doorstep.hub.scheduling.tests.pressing import press
from doorstep.hub.testing import Cast


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    """周敏 at her desk."""
    return cast.sign_in(client, cast.zhou)


def make(client: Client, cast: Cast, week: str | None = None, place: object = None) -> str:
    return press(client, "make", place=str(place or cast.community.pk), week=week or cast.monday.isoformat())


def test_a_plan_is_asked_for_and_the_worker_is_told_once_it_is_stored(
    desk: Client, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    cast.slot()
    with django_capture_on_commit_callbacks(execute=True) as rung:
        words = make(desk, cast)
        make(desk, cast)
    plan = Plan.objects.get()
    assert (plan.place, plan.state, plan.requested_by) == (cast.community, "queued", cast.zhou.pk)
    assert len(rung) == 1 and DBTaskResult.objects.get().args_kwargs["args"] == [str(plan.pk)]
    assert "排班在排队" in words and 'http-equiv="refresh"' in words and "刷新看看" in words


def test_while_the_district_plans_a_community_does_not(desk: Client, cast: Cast) -> None:
    cast.slot()
    request_plan(by=cast.lin, place=cast.district, week=cast.monday)
    words = make(desk, cast)
    assert Plan.objects.count() == 1 and "排班在排队" in words and "就用现在最好的" not in words


def test_what_cannot_be_planned_says_why(desk: Client, cast: Cast) -> None:
    assert "先核实需求" in make(desk, cast)
    assert "已经过去了" in make(desk, cast, week="2020-01-06")
    assert not Plan.objects.exists()


def test_only_the_district_plans_the_district(desk: Client, cast: Cast) -> None:
    url, said = reverse("scheduling:make"), {"place": str(cast.district.pk), "week": cast.monday.isoformat()}
    assert desk.post(url, said).status_code == 404
    cast.slot()
    cast.sign_in(desk, cast.lin)
    desk.post(url, said)
    assert Plan.objects.get().place == cast.district


def test_progress_is_shown_and_ends_with_the_page_drawn_anew(desk: Client, cast: Cast) -> None:
    plan = request_plan(by=cast.zhou, place=cast.community, week=cast.monday)
    take_plan(plan_id=plan.pk)
    Plan.objects.filter(pk=plan.pk).update(progress=40)
    url = reverse("scheduling:progress", args=[plan.pk])
    assert "做了 40%" in desk.get(url, headers={"HX-Request": "true"}).content.decode()
    assert desk.get(url).status_code == 302
    press(desk, "stop", plan.pk)
    assert "正在收尾" in desk.get(url, headers={"HX-Request": "true"}).content.decode()
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.READY)
    assert desk.get(url, headers={"HX-Request": "true"}).headers["HX-Redirect"].startswith(reverse("scheduling:plan"))
    cast.sign_in(desk, cast.wu)
    assert desk.post(reverse("scheduling:stop", args=[plan.pk])).status_code == 404


def test_a_communitys_plan_stands_before_the_districts(desk: Client, cast: Cast) -> None:
    cast.slot()
    for place, value in ((cast.district, 2000.5), (cast.community, 1000.25)):
        plan = request_plan(by=None, place=place, week=cast.monday)
        Plan.objects.filter(pk=plan.pk).update(state=Plan.State.READY, value=value, bound=value * 1.01, broken_rules=0)
    words = desk.get(reverse("scheduling:plan"), {"week": cast.monday.isoformat()}).content.decode()
    assert words.index("1,000.2") < words.index("2,000.5")
    assert words.count("0.99%") == 4 and words.count("下载安排") == 1


def test_a_plan_that_failed_says_so_on_the_page(desk: Client, cast: Cast) -> None:
    plan = request_plan(by=cast.zhou, place=cast.community, week=cast.monday)
    Plan.objects.filter(pk=plan.pk).update(
        state=Plan.State.FAILED, failure="排班程序出错了，原来的安排没有动。请再排一次；还不行，请把这句话告诉管理员。"
    )
    assert "排班程序出错了" in desk.get(reverse("scheduling:plan"), {"week": cast.monday.isoformat()}).content.decode()


@pytest.mark.parametrize(
    ("who", "own", "district"),
    [("zhou", 200, 200), ("lin", 200, 200), ("wu", 404, 200), ("chen", 404, 404), ("shen", 404, 404), ("stranger", 404, 404)],
)
def test_a_plan_s_progress_is_for_who_is_planned_with_it(client: Client, cast: Cast, who: str, own: int, district: int) -> None:
    plans = [Plan.objects.create(place=place, week=cast.monday, state=Plan.State.RUNNING) for place in (cast.community, cast.district)]
    cast.sign_in(client, cast.people[who])
    asked = [client.get(reverse("scheduling:progress", args=[plan.pk]), headers={"HX-Request": "true"}).status_code for plan in plans]
    assert asked == [own, district]


@pytest.mark.parametrize(
    ("who", "district", "own"), [("lin", 200, 404), ("zhou", 404, 200), ("wu", 404, 404), ("chen", 404, 404), ("shen", 404, 404)]
)
def test_who_may_take_a_plans_files_away(client: Client, cast: Cast, who: str, district: int, own: int) -> None:
    for place, status in ((cast.district, district), (cast.community, own)):
        plan = request_plan(by=None, place=place, week=cast.monday)
        PlanFile.objects.create(plan=plan, week_gz=gzip.compress(b'{"a": 1}'), plan_gz=gzip.compress(b"{}"))
        cast.sign_in(client, getattr(cast, who))
        answer = client.get(reverse("scheduling:plan_file", args=[plan.pk, "week"]))
        assert answer.status_code == status
        if status == 200:
            assert json.loads(answer.content) == {"a": 1}
            line = Entry.objects.get(verb="hand_out_plan_file")
            assert (line.confidential_read, line.actor_id) == (True, getattr(cast, who).pk)
    assert client.get(reverse("scheduling:plan_file", args=[plan.pk, "secrets"])).status_code == 404


def test_a_plan_without_files_says_so(desk: Client, cast: Cast) -> None:
    plan = request_plan(by=None, place=cast.community, week=cast.monday)
    answer = desk.get(reverse("scheduling:plan_file", args=[plan.pk, "plan"]))
    assert answer.status_code == 404 and "没有留下核验文件" in answer.content.decode()


def test_the_call_list_is_opened_on_record_and_not_without_end(desk: Client, cast: Cast) -> None:
    cast.offer()
    said = {"place": str(cast.community.pk), "week": cast.monday.isoformat()}
    for _time in range(5):
        assert cast.chen.phone in desk.post(reverse("scheduling:calls"), said).content.decode()
    refused = desk.post(reverse("scheduling:calls"), said, follow=True).content.decode()
    assert "已经打开过 5 次" in refused and cast.chen.phone not in refused
    assert Entry.objects.filter(verb="open_call_list", confidential_read=True).count() == 5


RHYTHM = {
    "cutoff_day": "4", "cutoff_time": "17:00", "plan_day": "3", "plan_time": "08:30", "reply_hours": "24", "least_notice_hours": "4",
    "reply_promise_hours": "12", "close_time": "20:00", "seconds_allowed": "30", "even_percent": "1.5",
    "waiting_hours": "6", "evening_time": "19:00", "morning_time": "06:30", "ask_three": "on", "signups_held": "12", "signups_an_hour": "6",
}  # fmt: skip


def seen_by(client: Client) -> str:
    """What the open page was drawn from."""
    found = re.search('name="seen" value="([^"]+)"', client.get(reverse("scheduling:rhythm")).content.decode())
    assert found
    return found[1]


def test_of_two_open_pages_the_second_does_not_undo_the_first(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.lin)
    drawn = seen_by(client)
    press(client, "rhythm", **RHYTHM, seen=drawn)
    old = RHYTHM | {"cutoff_time": "18:00", "reply_hours": "36", "seen": drawn}
    answer = client.post(reverse("scheduling:rhythm"), old | {"once": uuid4().hex})
    words = answer.content.decode()
    assert answer.status_code == 422 and "别人改过节奏" in words and 'value="18:00"' in words
    assert Rhythm.objects.get(place=cast.district).cutoff_minute == 17 * 60
    again = re.search('name="seen" value="([^"]+)"', words)
    assert again and "每周四 18:00 截止" in press(client, "rhythm", **(old | {"seen": again[1]}))


def test_a_typing_error_does_not_make_an_old_page_a_new_one(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.lin)
    drawn = seen_by(client)
    press(client, "rhythm", **RHYTHM, seen=drawn)
    words = client.post(reverse("scheduling:rhythm"), RHYTHM | {"reply_hours": "0", "seen": drawn, "once": uuid4().hex}).content.decode()
    assert f'name="seen" value="{drawn}"' in words


def test_the_rhythm_is_set_in_words(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.lin)
    assert "每周四 17:00 截止" in press(client, "rhythm", **RHYTHM, seen=seen_by(client))
    rhythm = Rhythm.objects.get(place=cast.district)
    assert (rhythm.cutoff_minute, rhythm.plan_minute, rhythm.reply_hours) == (17 * 60, 8 * 60 + 30, 24)


def test_a_plan_before_the_cutoff_is_refused_and_what_was_typed_is_kept(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.lin)
    answer = client.post(
        reverse("scheduling:rhythm"), RHYTHM | {"plan_day": "5", "plan_time": "07:07", "seen": seen_by(client), "once": uuid4().hex}
    )
    words = answer.content.decode()
    assert answer.status_code == 422 and "排班要在截止以后" in words and 'value="07:07"' in words
    assert Rhythm.objects.get(place=cast.district).plan_minute == 9 * 60


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("reply_hours", "0", "请填 1 到 168 之间的整数"),
        ("seconds_allowed", "601", "请填 5 到 600 之间的整数"),
        ("close_time", "", "请填几点"),
    ],
)
def test_what_does_not_fit_the_rhythm_is_said_in_plain_words(client: Client, cast: Cast, field: str, typed: str, says: str) -> None:
    cast.sign_in(client, cast.lin)
    words = client.post(reverse("scheduling:rhythm"), RHYTHM | {field: typed, "once": uuid4().hex}).content.decode()
    assert says in words and "确保该值" not in words and "必填项" not in words
