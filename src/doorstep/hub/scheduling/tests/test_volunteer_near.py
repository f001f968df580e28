"""What is still wanted nearby: the same answer as the seat's own check, told as information, never as an assignment."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Person, VolunteerProfile
from doorstep.hub.scheduling import access
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.slot import SeatWanted, exclude, forbid
from doorstep.hub.scheduling.models import Offer, OfferState, Seat, Slot
from doorstep.hub.scheduling.queries import who_wish_to_go
from doorstep.hub.testing import Cast


@pytest.fixture
def chen(client: Client, cast: Cast) -> Client:
    return cast.sign_in(client, cast.chen)


def week(client: Client, cast: Cast) -> str:
    return client.get(reverse("scheduling:week"), {"week": cast.monday.isoformat()}).content.decode()


def may_take(seat: Seat, person: Person) -> bool:
    """As the seat's own check answers, with the rule that a professional's matter is not told around."""
    try:
        access.check_seat(seat, person, seat.slot.windows.all()[0].earliest)
    except access.GuardianSaysNo:
        return True
    except Refused:
        return False
    confidential = seat.slot.seats.filter(skill__professional=True).exists()
    return bool(not confidential or (seat.skill and seat.skill.professional))


@pytest.mark.both_databases
def test_open_seats_are_those_that_the_check_allows(cast: Cast) -> None:
    wanted = [
        SeatWanted(), SeatWanted(skill=cast.skill("electrician"), level=2), SeatWanted(skill=cast.skill("electrician"), level=3),
        SeatWanted(skill=cast.skill("tutoring")), SeatWanted(role="property"), SeatWanted(role="social_worker"), SeatWanted(gender="f"),
        SeatWanted(gender="m"), SeatWanted(language="wuu"), SeatWanted(language="zh"),
    ]  # fmt: skip
    slots = [cast.slot(seats=[seat], minor=minor) for seat, minor in product(wanted, (False, True))]
    slots.append(cast.slot(seats=[SeatWanted(skill=cast.skill("electrician")), SeatWanted()]))
    forbid(by=cast.zhou, slot=slots[0], person=cast.jiang)
    exclude(by=cast.zhou, person=cast.tang, household=cast.he.household)
    slots.append(cast.slot(household=cast.he.household, resident=cast.he))
    seats = Seat.objects.filter(slot__in=slots).select_related("slot", "skill")
    people = [cast.people[name] for name in ("chen", "jiang", "tang", "ning", "sun", "zhou", "shen", "wu")]
    answers = set()
    for person in people:
        found = set(access.open_seats_for(person, cast.monday).values_list("pk", flat=True))
        for seat in seats:
            assert (seat.pk in found) == may_take(seat, person), (
                f"{person} and {seat.slot} with {seat.skill}, {seat.role}, {seat.gender}, {seat.language}"
            )
            answers.add((seat.pk in found, seat.slot.minor))
    assert len(answers) == 4


def test_a_held_seat_and_a_matter_once_declined_are_not_shown(chen: Client, cast: Cast) -> None:
    held = cast.slot(title="有人了")
    cast.offer(held, person=cast.jiang, state=OfferState.PROPOSED)
    declined = cast.offer(cast.slot(title="说过不去"))
    offers.decline(by=cast.chen, offer=declined)
    cast.slot(title="还缺人")
    cast.slot(title="没办保险", bodily_risk=True)
    shown = week(chen, cast)
    near = shown[shown.index("附近还缺人") :]
    assert "还缺人</span>" in near
    assert all(title not in near for title in ("有人了", "说过不去", "没办保险"))


def test_time_way_and_caps_are_minded(chen: Client, cast: Cast) -> None:
    cast.slot(title="陪沈阿姨做上午的事")
    cast.slot(title="下午的事", windows=[(cast.at(2, 14), cast.at(2, 14))])
    far = cast.slot(title="太远的事")
    Slot.objects.filter(pk=far.pk).update(lat=far.lat + 0.05)
    shown = week(chen, cast)
    assert "陪一位居民做上午的事" in shown
    assert "太远的事" not in shown
    # The afternoon is not painted: it is one step short, and there is nothing to press.
    assert "差一步：那时您没填有空" in shown
    assert shown.count("我想去</button>") == 1
    VolunteerProfile.objects.filter(person=cast.chen).update(max_minutes=30)
    assert "上午的事" not in week(chen, cast)


def test_where_every_matter_is_a_step_short_the_page_says_what_to_do_first(chen: Client, cast: Cast) -> None:
    cast.slot(title="下午的事", windows=[(cast.at(2, 14), cast.at(2, 14))])
    shown = week(chen, cast)
    assert "先填上那时有空，就能点“我想去”" in shown and "社工会先来问您" not in shown
    cast.slot(title="上午的事")
    assert "社工会先来问您" in week(chen, cast)


def test_this_week_points_to_what_the_next_one_wants(chen: Client, cast: Cast) -> None:
    cast.slot(title="下周的事")
    shown = chen.get(reverse("scheduling:week"), {"week": (cast.monday - timedelta(days=7)).isoformat()}).content.decode()
    assert "下周的事" in shown[shown.index("附近还缺人") :]


def test_what_clashes_with_a_promise_is_not_offered(chen: Client, cast: Cast) -> None:
    cast.offer(cast.slot(windows=[(cast.at(2, 9), cast.at(2, 9))]), state=OfferState.ACCEPTED)
    cast.slot(title="同一个钟点", windows=[(cast.at(2, 9), cast.at(2, 9, 30))])
    cast.slot(title="过后还来得及", windows=[(cast.at(2, 9), cast.at(2, 11))])
    shown = week(chen, cast)
    assert "同一个钟点" not in shown
    assert "过后还来得及" in shown


def test_a_paused_volunteer_is_left_in_peace(chen: Client, cast: Cast) -> None:
    cast.slot(title="上午的事")
    VolunteerProfile.objects.filter(person=cast.chen).update(offers_welcome=False)
    shown = week(chen, cast)
    assert "上午的事" not in shown


def test_a_minor_is_told_only_of_what_the_guardian_allows(client: Client, cast: Cast) -> None:
    afternoon = [(cast.at(2, 14), cast.at(2, 14))]
    cast.slot(title="可以去的", windows=afternoon)
    cast.slot(title="没同意的", windows=afternoon, category=cast.category("property"))
    cast.slot(title="上梯子的", windows=afternoon, bodily_risk=True, insured=True)
    cast.slot(title="太长的", windows=afternoon, minutes=150)
    shown = week(cast.sign_in(client, cast.ning), cast)
    assert "可以去的" in shown
    assert all(title not in shown for title in ("没同意的", "上梯子的", "太长的"))


def test_i_would_like_to_go_tells_the_lead_once_and_assigns_nobody(chen: Client, cast: Cast) -> None:
    slot = cast.slot()
    for key in ("a", "a", "b"):
        answer = chen.post(reverse("scheduling:wish", args=[slot.pk]), {"once": key}, follow=True)
        assert "已经告诉社工您想去" in answer.content.decode() or key == "a"
    assert not Offer.objects.filter(slot=slot).exists()
    notice = Notice.objects.get(kind="wants_to_go")
    assert (notice.person_id, notice.numbers["person"]) == (cast.zhou.pk, str(cast.chen.pk))
    assert Entry.objects.filter(verb="wish_to_go", actor_id=cast.chen.pk, subject_id=str(slot.pk)).count() == 1
    assert who_wish_to_go([slot.pk]) == {slot.pk: [cast.chen]}
    shown = week(chen, cast)
    assert "社工知道了" in shown
    assert "我想去</button>" not in shown


@pytest.mark.parametrize("case", ["taken", "not skilled", "no such"])
def test_a_wish_that_does_not_fit_says_so_and_tells_nobody(chen: Client, cast: Cast, case: str) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("tutoring"))]) if case == "not skilled" else cast.slot()
    if case == "taken":
        cast.offer(slot, person=cast.jiang)
    slot_id = cast.zhou.pk if case == "no such" else slot.pk
    answer = chen.post(reverse("scheduling:wish", args=[slot_id]), {"once": "a"}, follow=True)
    assert "现在不用您去了" in answer.content.decode()
    assert not Notice.objects.filter(kind="wants_to_go").exists()


def crowded(cast: Cast) -> None:
    """A busy week: promises, requests, past visits, open matters, news."""
    for day in range(3):
        cast.offer(cast.slot(windows=[(cast.at(day, 9), cast.at(day, 9))], minutes=30), state=OfferState.ACCEPTED)
        cast.offer(cast.slot(windows=[(cast.at(day, 19), cast.at(day, 19))], minutes=30))
        cast.slot(title=f"还缺人 {day}", windows=[(cast.at(day + 3, 9), cast.at(day + 3, 10))], minutes=30)
    gone = cast.offer(cast.slot(windows=[(cast.at(6, 9), cast.at(6, 9))]))
    offers.withdraw_offer(by=cast.zhou, offer=gone)
    past = cast.offer(cast.slot(windows=[(cast.at(5, 9), cast.at(5, 9))]), state=OfferState.ACCEPTED)
    Offer.objects.filter(pk=past.pk).update(state=OfferState.SERVED, start=timezone.now() - timedelta(days=3))


@pytest.mark.both_databases
@pytest.mark.parametrize("route", ["week", "availability"])
def test_a_busy_page_asks_few_questions_of_the_database(chen: Client, cast: Cast, route: str) -> None:
    crowded(cast)
    with CaptureQueriesContext(connection) as asked:
        shown = chen.get(reverse(f"scheduling:{route}"), {"week": cast.monday.isoformat()}).content.decode()
    assert "还缺人" in shown or route == "availability"
    assert len(asked) <= 15, "\n".join(query["sql"][:150] for query in asked)


def test_a_minors_page_asks_no_more_than_others(client: Client, cast: Cast) -> None:
    afternoons = [[(cast.at(day, 14), cast.at(day, 14))] for day in range(4)]
    cast.offer(cast.slot(windows=afternoons[0], minutes=30), person=cast.ning, state=OfferState.ACCEPTED)
    asked = cast.offer(cast.slot(windows=afternoons[1], minutes=30), person=cast.ning)
    Offer.objects.filter(pk=asked.pk).update(reasons=[{"code": "familiar", "others": 1}])
    offers.withdraw_offer(by=cast.zhou, offer=cast.offer(cast.slot(windows=afternoons[2], minutes=30), person=cast.ning))
    cast.slot(title="还缺人", windows=afternoons[3], minutes=30)
    cast.sign_in(client, cast.ning)
    with CaptureQueriesContext(connection) as queries:
        shown = week(client, cast)
    assert all(words in shown for words in ("监护人同意您参加", "下周您去 1 次", "还有 1 件事", "另有安排", "还缺人"))
    assert len(queries) <= 15, "\n".join(query["sql"][:150] for query in queries)
