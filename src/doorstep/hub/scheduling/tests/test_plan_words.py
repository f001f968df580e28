"""What the plan's pages say, where a stranger once read something wrong."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.people.models import Place, VolunteerProfile
from doorstep.hub.scheduling.forms.planning import said_at
from doorstep.hub.scheduling.models import OfferState, Plan
from doorstep.hub.scheduling.tests.pressing import press
from doorstep.hub.testing import Cast
from doorstep.hub.web.templatetags.doorstep import day


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.zhou)


def shown(client: Client, cast: Cast, name: str = "plan", *args: object, **asked: str) -> str:
    week = {"week": cast.monday.isoformat()} if name == "plan" else {}
    return client.get(reverse(f"scheduling:{name}", args=args), week | asked).content.decode()


def made(cast: Cast, place: Place, asked: int, met: int, value: float, bound: float) -> Plan:
    return Plan.objects.create(
        week=cast.monday, place=place, state=Plan.State.READY, asked=asked, met=met, value=value, bound=bound, broken_rules=0,
        finished_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip


def test_a_plan_of_what_is_left_is_said_and_the_proof_of_the_whole_stays(desk: Client, cast: Cast) -> None:
    cast.slot()
    made(cast, cast.community, 57, 37, 3412.6, 3413.9)
    made(cast, cast.community, 20, 0, -88.0, -88.0)
    words = shown(desk, cast)
    assert "-88.0" not in words
    assert "3,412.6" in words and "57 件里排上 37 件" in words and "0.04%" in words
    assert "先约好的都没有动，只看还没定的 20 件" in words and "没有再找到合适的人" in words


def test_where_nobody_was_found_from_the_start_no_lost_points_are_shown(desk: Client, cast: Cast) -> None:
    cast.slot()
    made(cast, cast.community, 20, 0, -88.0, -88.0)
    words = shown(desk, cast)
    assert "-88.0" not in words and "没有再找到合适的人" in words


@pytest.mark.parametrize(("bound", "says"), [(3413.9, False), (5000.0, True)])
def test_a_loose_bound_is_called_loose(desk: Client, cast: Cast, bound: float, says: bool) -> None:
    cast.slot()
    made(cast, cast.community, 57, 37, 3412.6, bound)
    words = shown(desk, cast)
    assert ("上限还没算紧" in words) is says and ("最多也只能好" in words) is not says


@pytest.mark.parametrize("viewer", ["zhou", "lin"])
def test_what_was_proven_best_is_called_so_and_what_evenness_cost_is_no_gap(client: Client, cast: Cast, viewer: str) -> None:
    cast.slot()
    plan = made(cast, cast.district, 57, 37, 3400.0, 3413.9)
    cast.sign_in(client, cast.people[viewer])
    assert "最多也只能好 0.41%" in shown(client, cast) and "已经证明" not in shown(client, cast)
    Plan.objects.filter(pk=plan.pk).update(even_paid=13.87, even_percent=1.0)
    words = shown(client, cast)
    assert "特意让出了 13.9 分（区里定的，最多让 1%）" in words and "除了让出的，再怎么排，最多也只能好 0.1 分" in words
    Plan.objects.filter(pk=plan.pk).update(even_paid=None, optimal=True)
    words = shown(client, cast)
    assert "没有更好的安排，已经证明" in words and "3,413.9" not in words and "最多也只能好" not in words


@pytest.mark.parametrize("name", ["slot", "best"])
@pytest.mark.parametrize(
    ("begins", "says"), [(timedelta(minutes=4), "离开始不到 3 小时"), (timedelta(hours=-1), "约好的时间已经过了"), (timedelta(hours=9), "")]
)
def test_who_can_no_longer_be_asked_in_time_is_not_called_nobody_near(
    desk: Client, cast: Cast, name: str, begins: timedelta, says: str
) -> None:
    slot = cast.slot()
    slot.windows.update(earliest=timezone.now() + begins, latest=timezone.now() + begins)
    words = shown(desk, cast, name, slot.pk)
    assert (says or "最值得问的") in words
    assert "四公里内没有人合得上" not in words


def test_nobody_can_be_asked_before_the_insurance_and_the_reason_stands_beside(desk: Client, cast: Cast) -> None:
    slot = cast.slot(bodily_risk=True)
    words = shown(desk, cast, "best", slot.pk)
    assert "先办好意外险" in words and reverse("scheduling:ask", args=[slot.pk]) not in words
    slot.insured = True
    slot.save(update_fields=["insured"])
    words = shown(desk, cast, "best", slot.pk)
    assert "先办好意外险" not in words and reverse("scheduling:ask", args=[slot.pk]) in words


def test_whose_week_is_too_short_for_it_is_told_with_both_times(desk: Client, cast: Cast) -> None:
    VolunteerProfile.objects.filter(person=cast.chen).update(max_minutes=60)
    slot = cast.slot(minutes=120)
    words = shown(desk, cast, "best", slot.pk)
    assert "自己说一周最多 1 小时，这件要 2 小时" in words and "满 1 小时" not in words
    VolunteerProfile.objects.filter(person=cast.chen).update(max_minutes=150)
    cast.offer(cast.slot(title="甲", windows=[(cast.at(3, 9), cast.at(3, 9))]), state=OfferState.ACCEPTED)
    assert "自己说一周最多 2 小时 30 分钟，这周已约 1 小时，这件要 2 小时" in shown(desk, cast, "best", slot.pk)


def test_a_time_still_to_come_is_not_taken_for_yesterdays() -> None:
    noon = timezone.make_aware(datetime(2026, 12, 2, 12, 0))
    assert said_at("11:40", noon) == noon - timedelta(minutes=20)
    after_midnight = timezone.make_aware(datetime(2026, 12, 3, 0, 30))
    assert said_at("21:30", after_midnight) == after_midnight - timedelta(hours=3)
    for words in ("12:01", "18:00", "23:59"):
        with pytest.raises(ValidationError):
            said_at(words, noon)


def test_an_answer_of_later_today_is_refused_and_says_why(desk: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.SENT)
    later = timezone.localtime() + timedelta(minutes=10)
    if later.date() != timezone.localdate():
        later = timezone.localtime().replace(hour=23, minute=59)
    assert "这个时间还没到" in press(desk, "answer", offer.pk, "yes", channel="phone", at=f"{later:%H:%M}")
    offer.refresh_from_db()
    assert offer.state == OfferState.SENT


def test_a_visit_nobody_is_found_for_shows_its_windows_and_no_invented_time(desk: Client, cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(1, 19, 30), cast.at(1, 20)), (cast.at(6, 8, 45), cast.at(6, 8, 45))])
    first, last = day(cast.at(1, 9)), day(cast.at(6, 9))
    assert f"{first} 19:30 起" in shown(desk, cast)
    words = shown(desk, cast, "slot", slot.pk)
    assert f"{first} 19:30–20:00、{last} 8:45 开始，大约 1 小时" in words and "19:30–20:30" not in words
    cast.offer(slot, state=OfferState.SENT)
    assert f"{first} 19:30–20:30" in shown(desk, cast, "slot", slot.pk)


def test_what_is_missing_stands_with_dates_in_order_of_time_five_at_first(desk: Client, cast: Cast) -> None:
    for number in (6, 3, 0, 5, 2, 1, 4):
        cast.slot(title=f"第{number}件", windows=[(cast.at(number, 9), cast.at(number, 9))])
    words = shown(desk, cast)
    heap = words[words.index('id="todo"') : words.index('id="all"')]
    places = [heap.index(f'"row-t">第{number}件') for number in range(5)]
    assert places == sorted(places)
    assert '"row-t">第5件' not in heap and "还有 2 件" in heap
    assert f"{day(cast.at(0, 9))} 9:00" in heap


def test_what_was_chosen_comes_before_the_proof(desk: Client, cast: Cast) -> None:
    slot = cast.slot()
    made(cast, cast.community, 57, 37, 3412.6, 3413.9)
    words = shown(desk, cast)
    assert words.index("3,412.6") < words.index('id="slot"') and "panes-chosen" not in words
    words = shown(desk, cast, slot=str(slot.pk))
    assert words.index('id="slot"') < words.index("3,412.6") and "panes-chosen" in words


@pytest.mark.parametrize(
    ("before", "says"),
    [(timedelta(days=9), "它的时间是排班以后才定的"), (timedelta(hours=2), "它离开始已经太近"), (None, "这一周还没有排过班")],
)
def test_what_no_plan_has_seen_says_which_of_the_reasons_it_was(desk: Client, cast: Cast, before: timedelta | None, says: str) -> None:
    slot = cast.slot()
    if before is not None:
        plan = made(cast, cast.community, 5, 5, 500.0, 500.0)
        Plan.objects.filter(pk=plan.pk).update(created_at=slot.windows.get().latest - before)
    words = shown(desk, cast, "slot", slot.pk)
    assert says in words and "或者离开始太近" not in words
