"""The social worker's plan pages: who may see them, what they say, and how little they ask of the database."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorstep.hub.people.models import Membership, Person
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import OfferState, PlanGap
from doorstep.hub.testing import Cast

MOST_QUERIES = 15


def page(client: Client, cast: Cast, person: Person, name: str, *args: object, **asked: str) -> str:
    """The page's words, opened by that person within the house's number of queries."""
    cast.sign_in(client, person)
    with CaptureQueriesContext(
        connection,
    ) as asked_of_database:
        answer = client.get(reverse(f"scheduling:{name}", args=args), asked)
    assert answer.status_code == 200, answer.status_code
    assert len(asked_of_database) <= MOST_QUERIES, "\n".join(query["sql"][:200] for query in asked_of_database)
    return answer.content.decode()


def test_the_first_heading_says_what_is_planned_and_what_is_missing(client: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.PROPOSED)
    cast.slot(title="教孙奶奶用手机")
    words = page(client, cast, cast.zhou, "plan", week=cast.monday.isoformat())
    assert "2 个岗位" in words and "还差 1 个" in words
    assert "发出 1 份邀请" in words
    assert words.index("缺志愿者") < words.index("未发出")


@pytest.mark.both_databases
def test_each_kind_of_slot_stands_in_its_group(client: Client, cast: Cast) -> None:
    cast.offer(cast.slot(title="甲"), state=OfferState.SENT)
    cast.offer(cast.slot(title="乙", windows=[(cast.at(3, 9), cast.at(3, 9))]), person=cast.jiang, state=OfferState.ACCEPTED)
    cast.slot(title="丙")
    words = page(client, cast, cast.zhou, "plan", week=cast.monday.isoformat())
    assert words.index("要补人") < words.index("等志愿者回话") < words.index("人有了，还没问家里")


def test_an_empty_week_says_so(client: Client, cast: Cast) -> None:
    assert "这一周还没有岗位" in page(client, cast, cast.zhou, "plan", week="2031-01-06")


@pytest.mark.both_databases
def test_a_slot_shows_the_best_people_and_why(client: Client, cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    words = page(client, cast, cast.zhou, "slot", slot.pk)
    assert "蒋文斌" in words and "低压电工证" in words
    assert "陈国梁" not in words


def test_the_pane_beside_the_week_shows_three_at_most(client: Client, cast: Cast) -> None:
    words = page(client, cast, cast.zhou, "best", cast.slot().pk)
    assert "最值得问的" in words and words.count('class="person"') <= 3


@pytest.mark.parametrize("name", ["calls", "duty"])
def test_sheets_show_no_number_before_they_are_opened(client: Client, cast: Cast, name: str) -> None:
    cast.offer(cast.slot(title="甲"), state=OfferState.SENT)
    cast.offer(cast.slot(title="乙", windows=[(cast.at(3, 9), cast.at(3, 9))]), person=cast.jiang, state=OfferState.ACCEPTED)
    words = page(client, cast, cast.zhou, name, week=cast.monday.isoformat())
    assert cast.chen.phone not in words and cast.shen.phone not in words
    assert ("甲" in words) is (name == "calls") and "乙" in words


@pytest.mark.both_databases
def test_the_district_sees_numbers_and_no_names(client: Client, cast: Cast) -> None:
    cast.offer(state=OfferState.SENT)
    words = page(client, cast, cast.lin, "plan", week=cast.monday.isoformat())
    assert "1 个岗位都排好了" in words and "陈国梁" not in words and "沈阿姨" not in words


def test_the_rhythm_is_the_districts(client: Client, cast: Cast) -> None:
    assert "每周四 18:00 截止" in page(client, cast, cast.lin, "rhythm")


@pytest.mark.parametrize("who", ["wu", "chen", "shen", "stranger", "lin"])
def test_strangers_find_no_slot(client: Client, cast: Cast, who: str) -> None:
    slot = cast.slot()
    seat = cast.seat(slot)
    cast.sign_in(client, getattr(cast, who))
    reading: list[tuple[str, list[object]]] = [
        ("slot", [slot.pk]),
        ("best", [slot.pk]),
        ("move", [slot.pk]),
        ("change", [slot.pk, seat.pk]),
    ]
    for name, args in reading:
        assert client.get(reverse(f"scheduling:{name}", args=args)).status_code == 404
    acting: list[tuple[str, list[object]]] = [("ask", [slot.pk]), ("home", [slot.pk]), ("act_on_slot", [slot.pk, "cancel"])]
    for name, args in acting:
        assert client.post(reverse(f"scheduling:{name}", args=args)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("zhou", 200), ("lin", 200), ("wu", 200), ("chen", 404), ("shen", 404), ("sun", 404)])
def test_the_week_is_for_those_who_arrange_one(client: Client, cast: Cast, who: str, status: int) -> None:
    cast.sign_in(client, getattr(cast, who))
    assert client.get(reverse("scheduling:plan")).status_code == status


def test_another_communitys_week_is_not_there(client: Client, cast: Cast) -> None:
    cast.sign_in(client, cast.zhou)
    assert client.get(reverse("scheduling:plan"), {"place": str(cast.other_community.pk)}).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("lin", 200), ("zhou", 404), ("chen", 404)])
def test_only_the_district_sets_the_rhythm(client: Client, cast: Cast, who: str, status: int) -> None:
    cast.sign_in(client, getattr(cast, who))
    assert client.get(reverse("scheduling:rhythm")).status_code == status


def test_a_visitor_signs_in_first(client: Client, cast: Cast) -> None:
    assert client.get(reverse("scheduling:plan")).status_code == 302


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "2026-13-45", "nonsense", "²"])
def test_a_week_that_is_none_shows_one_that_is(client: Client, cast: Cast, week: str) -> None:
    assert "岗位" in page(client, cast, cast.zhou, "plan", week=week)


@pytest.mark.parametrize(
    ("field", "words"), [("start", "2026-13-01T00:00"), ("start", "2026-12-02T09:00"), ("seen", "²"), ("seen", "9" * 40)]
)
def test_what_no_page_of_ours_sends_changes_nothing(client: Client, cast: Cast, field: str, words: str) -> None:
    slot = cast.slot()
    cast.sign_in(client, cast.zhou)
    told = {"seat": str(cast.seat(slot).pk), "person": str(cast.chen.pk), "start": "soon"} | {field: words}
    assert client.post(reverse("scheduling:ask", args=[slot.pk]), told).status_code == 302
    assert not slot.offers.exists()


@pytest.mark.parametrize("at", ["25:00", "10Z", "早上", "9:00"])
def test_an_odd_time_of_day_is_taken_as_now(client: Client, cast: Cast, at: str) -> None:
    offer = cast.offer()
    cast.sign_in(client, cast.zhou)
    assert client.post(reverse("scheduling:answer", args=[offer.pk, "no"]), {"channel": "phone", "at": at}).status_code == 302
    offer.refresh_from_db()
    assert offer.state == OfferState.DECLINED and offer.answered_at is not None


@pytest.mark.parametrize("day", ["0001-01-01", "2031-01-06", "2020-01-06", "明天", ""])
def test_a_day_that_cannot_be_is_kept_and_refused(client: Client, cast: Cast, day: str) -> None:
    slot = cast.slot()
    cast.sign_in(client, cast.zhou)
    answer = client.post(reverse("scheduling:move", args=[slot.pk]), {"day": day, "earliest": "09:00", "latest": "10:00", "seen": "1"})
    assert (answer.status_code == 422 and f'value="{day}"' in answer.content.decode()) or not day
    assert slot.windows.get().earliest == cast.at(2, 9)


@pytest.mark.parametrize(
    ("code", "numbers", "words"),
    [
        ("no_free_time", {"left": {"skill": 9, "reach": 4}, "seat": 0}, "要水电。附近合得上的有 4 位，那个时段都没填有空。"),
        ("outbid", {"candidates": [3], "seat": 0}, "要水电。附近合得上的有 3 位，都排给更急的事了。"),
        ("no_skill", {"left": {}, "seat": 0}, "要水电，附近没有核验过的人。"),
        ("no_start", {"windows": 1}, "要水电。排班的时候，约好的时段里已经没有来得及的钟点。"),
        ("a_code_of_tomorrow", {}, "要水电。排班程序没有找到合适的人。"),
    ],
)
def test_a_gap_says_why_in_numbers(client: Client, cast: Cast, code: str, numbers: dict[str, object], words: str) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    plan = request_plan(by=None, place=cast.community, week=cast.monday)
    PlanGap.objects.create(plan=plan, slot=slot, code=code, numbers=numbers)
    assert words in page(client, cast, cast.zhou, "slot", slot.pk)


def test_a_number_is_opened_one_by_one_where_it_may_be(client: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    words = page(client, cast, cast.zhou, "slot", offer.slot_id)
    assert cast.chen.phone not in words and cast.shen.phone not in words
    for person in (cast.chen, cast.shen):
        assert reverse("people:phone", args=[person.pk]) in words
        assert person.phone in client.post(reverse("people:phone", args=[person.pk])).content.decode()
    Membership.objects.filter(person=cast.chen).update(place=cast.other_community)
    assert reverse("people:phone", args=[cast.chen.pk]) not in page(client, cast, cast.zhou, "slot", offer.slot_id)
