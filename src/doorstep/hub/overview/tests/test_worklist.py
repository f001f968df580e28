"""The worklist: each thing that waits stands in its heap, what is wrong comes first, and each row leads to where it is done."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.actions.answering import refuse_person
from doorstep.hub.needs.models import Need
from doorstep.hub.overview.queries import glance, standing, work
from doorstep.hub.overview.templatetags import figures
from doorstep.hub.people.actions.person import verify_credential
from doorstep.hub.people.actions.registration import close_registration, register
from doorstep.hub.people.models import Clearance, Credential, Membership, Place, Registration
from doorstep.hub.records.actions.presence import check_in
from doorstep.hub.records.queries.presence import words_waited_for
from doorstep.hub.scheduling.actions.fitness import free_unfit_offers
from doorstep.hub.scheduling.actions.offer import cannot_come, decline
from doorstep.hub.scheduling.actions.slot import SeatWanted, cancel_slot, record_home_answer
from doorstep.hub.scheduling.actions.wish import wish_to_go
from doorstep.hub.scheduling.board import board_of
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Rhythm, Slot, Window
from doorstep.hub.testing import Cast


def heaps(cast: Cast, *, now: datetime | None = None, place: Place | None = None, planned: bool = False) -> dict[str, list[work.Task]]:
    moment, places = now or timezone.now(), [place or cast.community]
    rows = standing.standings(places, moment)
    weeks = {cast.monday} if planned else set()
    return {heap.key: tasks for heap, tasks in work.first_rows(work.heaps(places, rows, moment, weeks))}


def test_an_occasion_that_the_plan_has_not_seen_is_not_a_gap(cast: Cast) -> None:
    slot = cast.slot()
    assert "gap" not in heaps(cast)
    (task,) = heaps(cast, planned=True)["gap"]
    assert (task.word, task.route, task.pk) == ("缺志愿者", "scheduling:slot", slot.pk)


def test_the_skill_and_the_number_that_is_missing_are_named(cast: Cast) -> None:
    cast.slot(seats=[SeatWanted(), SeatWanted(skill=cast.skill("electrician"))])
    (task,) = heaps(cast, planned=True)["gap"]
    assert "要会水电" in task.under and "还差 2 人" in task.under


def test_who_cannot_come_stands_before_who_was_never_found(cast: Cast) -> None:
    cast.slot(windows=[(cast.at(0, 9), cast.at(0, 10))])
    offer = cast.offer(state="accepted")
    cannot_come(by=cast.chen, offer=offer)
    first, second = heaps(cast, planned=True)["gap"]
    assert first.word == "有人来不了" and "陈国梁来不了" in first.under
    assert second.word == "缺志愿者"


def test_what_begins_by_tomorrow_stands_before_what_was_given_back_for_later(cast: Cast) -> None:
    cast.slot(windows=[(cast.at(0, 9), cast.at(0, 10))])
    offer = cast.offer(cast.slot(windows=[(cast.at(4, 9), cast.at(4, 10))]), state="accepted")
    cannot_come(by=cast.chen, offer=offer)
    first, second = heaps(cast, now=cast.at(0, 8), planned=True)["gap"]
    assert (first.word, second.word) == ("缺志愿者", "有人来不了")


def test_a_no_opens_the_seat_again_even_before_the_plan(cast: Cast) -> None:
    decline(by=cast.chen, offer=cast.offer())
    (task,) = heaps(cast)["gap"]
    assert task.word == "位子又空了" and "陈国梁这次不去" in task.under


def test_a_home_that_refuses_is_a_gap(cast: Cast) -> None:
    offer = cast.offer(state="accepted")
    record_home_answer(by=cast.zhou, slot=offer.slot, answer="refused", channel="phone")
    gaps = heaps(cast).get("gap", [])
    assert [task.pk for task in gaps] == [offer.slot_id]


def test_silence_past_the_reply_time_is_told(cast: Cast) -> None:
    offer = cast.offer()
    Offer.objects.filter(pk=offer.pk).update(reply_by=timezone.now() - timedelta(minutes=5))
    assert [task.word for task in heaps(cast)["answer"]] == ["没有回话"]


def test_needs_that_are_late_come_first_and_say_so(cast: Cast) -> None:
    late, fresh = cast.need(cast.he), cast.need()
    Need.objects.filter(pk=late.pk).update(answer_by=timezone.now() - timedelta(hours=3))
    first, second = heaps(cast)["check"]
    assert (first.pk, first.word, first.mark) == (late.pk, "已经晚了", "gap")
    assert (second.pk, second.word, second.mark) == (fresh.pk, "等回电", "wait")


def test_long_words_are_cut_and_never_lost_from_the_page_behind(cast: Cast) -> None:
    cast.need(own_words="夜" * 300)
    (task,) = heaps(cast)["check"]
    assert len(task.title) < 40 and task.title.endswith("…")


def test_a_yes_asks_for_the_home_and_then_for_nothing(cast: Cast) -> None:
    offer = cast.offer(state="accepted")
    (task,) = heaps(cast)["home"]
    assert "陈国梁答应了" in task.under and "沈阿姨" in task.under
    record_home_answer(by=cast.zhou, slot=offer.slot, answer="agreed", channel="phone")
    assert heaps(cast) == {}


def test_a_visit_that_should_be_over_is_followed_up(cast: Cast) -> None:
    offer = cast.offer(state="accepted")
    record_home_answer(by=cast.zhou, slot=offer.slot, answer="agreed", channel="phone")
    assert heaps(cast, now=offer.start + timedelta(minutes=30)) == {}
    (task,) = heaps(cast, now=offer.end + timedelta(minutes=1))["visit"]
    assert (task.route, task.pk) == ("needs:visit", offer.slot_id)


def test_proposals_wait_to_be_sent(cast: Cast) -> None:
    cast.offer(state="proposed")
    (task,) = heaps(cast)["plan"]
    assert task.title == "1 份邀请还没发"


def test_papers_that_run_out_are_told_and_renewed_ones_are_not(cast: Cast) -> None:
    today = timezone.localdate()
    verify_credential(
        by=cast.zhou, person=cast.chen, skill=cast.skill("nursing"), level=1, evidence="证", expires_on=today + timedelta(days=6)
    )
    over = verify_credential(by=cast.zhou, person=cast.jiang, skill=cast.skill("nursing"), level=1, evidence="证", expires_on=today)
    Credential.objects.filter(pk=over.pk).update(expires_on=today - timedelta(days=2))
    old = {"person": cast.tang, "authority": "派出所", "passed": True}
    Clearance.objects.create(checked_on=today - timedelta(days=360), expires_on=today + timedelta(days=5), **old)
    assert [(task.title, task.mark) for task in heaps(cast)["paper"]] == [("蒋文斌：护理的证", "gap"), ("陈国梁：护理的证", "wait")]
    Clearance.objects.filter(person=cast.tang).exclude(expires_on=today + timedelta(days=5)).delete()
    assert "唐颖：无犯罪记录查询" in [task.title for task in heaps(cast)["paper"]]


def test_nothing_of_another_community_stands_on_the_list(cast: Cast) -> None:
    cast.offer(state="accepted")
    cast.need()
    assert heaps(cast, place=cast.other_community) == {}


def page(client: Client, address: str = "") -> str:
    answer = client.get(address or reverse("overview:worklist"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_row_leads_to_the_page_where_it_is_done(client: Client, cast: Cast) -> None:
    # With a promise this short, what is asked at any hour is to be answered by tomorrow night.
    Rhythm.objects.update(reply_promise_hours=4)
    need, offer = cast.need(), cast.offer(state="accepted")
    said = page(cast.sign_in(client, cast.zhou))
    assert "今天先办这 1 件" in said and "往后的还有 1 件，不急" in said
    assert reverse("needs:check", args=[need.pk]) in said and reverse("scheduling:slot", args=[offer.slot_id]) in said


def test_the_heading_counts_what_begins_by_tomorrow_night(client: Client, cast: Cast) -> None:
    cast.slot()
    Plan.objects.create(place=cast.district, week=cast.monday, state="ready", value=1.0, bound=1.0, finished_at=timezone.now())
    rows = standing.standings([cast.community], timezone.now())
    found = work.heaps([cast.community], rows, timezone.now(), {cast.monday})
    start = rows[0].start
    assert start is not None
    assert work.counted(found, start - timedelta(days=1)) == (1, 0)
    assert work.counted(found, start - timedelta(days=2)) == (0, 1)


def test_an_empty_list_names_a_next_step(client: Client, cast: Cast) -> None:
    said = page(cast.sign_in(client, cast.wu))
    assert "今天没有要先办的" in said and reverse("people:households") in said


@pytest.mark.parametrize(("who", "status"), [("zhou", 200), ("wu", 200), ("lin", 404), ("chen", 404), ("shen", 404), ("sun", 404)])
def test_the_worklist_is_for_social_workers(client: Client, cast: Cast, who: str, status: int) -> None:
    assert cast.sign_in(client, cast.people[who]).get(reverse("overview:worklist")).status_code == status


def test_a_visitor_is_asked_to_sign_in(client: Client, cast: Cast) -> None:
    assert client.get(reverse("overview:worklist")).status_code == 302


def test_the_week_shows_its_phase_and_the_proof_of_its_plan(client: Client, cast: Cast) -> None:
    cast.slot()
    Plan.objects.create(
        place=cast.district,
        week=cast.monday,
        state="ready",
        value=99.0,
        bound=100.0,
        asked=1,
        met=0,
        broken_rules=0,
        finished_at=timezone.now(),
    )
    said = page(cast.sign_in(client, cast.zhou))
    assert "下周 1 件，现在排好 0 件" in said and "1.00%" in said and "柳溪区一起排的" in said


def test_who_is_free_and_was_not_asked_is_named_to_the_one_who_leads(cast: Cast) -> None:
    cast.offer(person=cast.chen, state="accepted")
    led = glance.led_by(cast.zhou, timezone.now())
    assert (led.registered, led.active) == (4, 0)
    assert {name for _pk, name in led.idle} == {"蒋文斌", "唐颖", "宁小雨"}


def many(cast: Cast, number: int) -> None:
    """So many copies of one occasion without anybody."""
    slot, monday = cast.slot(), cast.monday
    window = slot.windows.get()
    fields = {f.attname: getattr(slot, f.attname) for f in Slot._meta.concrete_fields if f.name not in ("id", "title")}
    slots = Slot.objects.bulk_create(Slot(**fields, title=f"第 {n} 件") for n in range(number))
    Window.objects.bulk_create(Window(slot=slot, earliest=window.earliest, latest=window.latest) for slot in slots)
    from_seat = cast.seat(slot)
    type(from_seat).objects.bulk_create(type(from_seat)(slot=slot, number=0) for slot in slots)
    Plan.objects.create(place=cast.district, week=monday, state="ready", value=1.0, bound=1.0, finished_at=timezone.now())


def test_a_community_with_thousands_of_rows_asks_no_more(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    many(cast, 2500)
    cast.sign_in(client, cast.zhou)
    with django_assert_max_num_queries(15):
        said = page(client)
    assert said.count('class="row task"') <= work.SHOWN * 7 and "看全部 2,501 件" in said
    with django_assert_max_num_queries(15):
        assert "第 2 页，共 84 页" in page(client, reverse("overview:worklist") + "?of=gap&page=2")


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(hours=2), "今天 12:00"),
        (timedelta(days=1), "明天 10:00"),
        (timedelta(days=3), "周五 10:00"),
        (timedelta(days=9), "12月10日 周四 10:00"),
    ],
)
def test_times_are_as_near_as_people_say_them(ahead: timedelta, said: str) -> None:
    now = timezone.make_aware(datetime(2026, 12, 1, 10))
    assert figures.soon(now + ahead, now) == said


def test_what_is_past_says_its_day(cast: Cast) -> None:
    now = timezone.make_aware(datetime(2026, 12, 1, 10))
    assert figures.soon(now - timedelta(days=5), now) == "11月26日 周四 10:00"


def test_who_may_not_go_any_more_is_a_gap_with_a_name(client: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    Membership.objects.filter(person=cast.chen).update(until=timezone.localdate() - timedelta(days=1))
    free_unfit_offers()
    page = cast.sign_in(client, cast.zhou).get(reverse("overview:worklist")).content.decode()
    assert "有人去不成" in page
    assert "陈国梁的登记、证或查询到那天失效" in page


def test_who_would_like_to_go_is_told_until_asked(cast: Cast) -> None:
    slot = cast.slot()
    wish_to_go(by=cast.chen, slot=slot)
    [row] = heaps(cast)["wish"]
    assert (row.title, row.under, row.pk) == (slot.title, "陈国梁说想去，问一问就成", slot.pk)
    assert "陈国梁说想去" in heaps(cast, planned=True)["gap"][0].under
    cast.offer(slot, cast.chen)
    assert "wish" not in heaps(cast)


def test_a_home_that_wants_somebody_else_waits_for_no_plan(cast: Cast) -> None:
    need = cast.need()
    offer = cast.offer(cast.checked(need), state=OfferState.ACCEPTED)
    refuse_person(by=cast.shen, need=need, slot=offer.slot, person=cast.chen)
    [row] = heaps(cast)["gap"]
    assert row.word == "家里说不合适"


def test_one_of_a_pair_whom_the_home_refused_leaves_a_gap(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need, seats=[SeatWanted(), SeatWanted()])
    cast.offer(slot, cast.chen, OfferState.ACCEPTED)
    cast.offer(slot, cast.jiang, OfferState.ACCEPTED, number=1)
    refuse_person(by=cast.shen, need=need, slot=slot, person=cast.jiang)
    [row] = heaps(cast)["gap"]
    assert row.under.endswith("还差 1 人")


def test_a_need_without_any_visit_left_stands_on_the_list(client: Client, cast: Cast) -> None:
    need = cast.need()
    cancel_slot(by=cast.zhou, slot=cast.checked(need))
    [row] = heaps(cast)["again"]
    assert (row.route, row.pk, row.word) == ("needs:check", need.pk, "没有安排了")
    assert "没有安排了：再约一次，或者结束" in page(cast.sign_in(client, cast.zhou))


def test_a_social_worker_who_is_asked_herself_sees_it_on_her_list(client: Client, cast: Cast) -> None:
    cast.offer(person=cast.zhou)
    shown = page(cast.sign_in(client, cast.zhou))
    assert "想请您去的 1 件" in shown
    assert f'href="{reverse("scheduling:week")}"' in shown


def sign_up(cast: Cast, words: str) -> Registration:
    born = timezone.localdate() - timedelta(days=9999)
    return register(
        name="新来的",
        community=cast.community,
        phone="13900000991",
        birth_date=born,
        words=words,
        username="xinlai",
        password="a-long-one-1",
    )


def test_who_signed_up_to_help_waits_for_a_call(client: Client, cast: Cast) -> None:
    row = sign_up(cast, "周末都有空")
    [task] = heaps(cast)["join"]
    assert (task.title, task.under, task.word) == ("新来的", "周末都有空", "等回电")
    shown = page(cast.sign_in(client, cast.zhou))
    assert "想来帮忙，等您回电" in shown and f'href="{reverse("people:volunteers")}#join-{row.person_id}"' in shown
    assert f'id="join-{row.person_id}"' in page(client, reverse("people:volunteers"))
    assert "join" not in heaps(cast, place=cast.other_community)
    close_registration(by=cast.zhou, registration=row)
    assert "join" not in heaps(cast)


def test_a_full_list_asks_no_more(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    many(cast, 20)
    wish_to_go(by=cast.jiang, slot=cast.slot(title="还缺人"))
    cancel_slot(by=cast.zhou, slot=cast.checked(cast.need()))
    cast.need()
    cast.offer(cast.slot(windows=[(cast.at(3, 9), cast.at(3, 10))]), person=cast.zhou)
    cast.sign_in(client, cast.zhou)
    with django_assert_max_num_queries(15):
        page(client)


def test_the_homes_to_ask_are_those_of_the_weeks_page(cast: Cast) -> None:
    pair = cast.slot(seats=[SeatWanted(), SeatWanted()])
    cast.offer(pair, state=OfferState.ACCEPTED)
    cast.offer(pair, person=cast.jiang, state=OfferState.SENT, number=1)
    alone = cast.offer(cast.slot(windows=[(cast.at(3, 9), cast.at(3, 9))]), state=OfferState.ACCEPTED)
    on_the_weeks_page = [line.slot.pk for line in board_of(cast.community, cast.monday).lines if line.kind == "home"]
    assert on_the_weeks_page == [alone.slot_id]
    assert [task.pk for task in heaps(cast)["home"]] == on_the_weeks_page


def test_whose_hours_wait_for_a_word_are_counted_and_lead_to_the_list(cast: Cast, client: Client) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    now = timezone.now()
    Offer.objects.filter(pk=offer.pk).update(start=now)
    assert words_waited_for([cast.community], now) == 0
    check_in(by=offer.person, offer=offer)
    assert (words_waited_for([cast.community], now), words_waited_for([cast.other_community], now)) == (1, 0)
    page = cast.sign_in(client, cast.zhou).get(reverse("overview:worklist")).content.decode()
    assert "1 位来过，等您确认" in page and reverse("records:presence") in page
