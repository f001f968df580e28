"""What the planner refuses reaches the social worker in her own words: which visits, which person, and what to do now."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from doorstep.hub.people.models import VolunteerProfile
from doorstep.hub.scheduling import solving
from doorstep.hub.scheduling.actions.plan import fail_plan, request_plan, take_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.failing import as_failure, failure_words
from doorstep.hub.scheduling.models import OfferState, Plan, Slot
from doorstep.hub.testing import Cast
from doorstep.planner.week import Contradiction, solve

TWO = [SeatWanted(), SeatWanted()]


def refused(cast: Cast, slots: list[Slot], place: Any, teams: list[list[str]], starts: list[int]) -> Plan:
    """The planner is given visits that were all accepted in full, which the hub itself would have settled before."""
    week = solving.build_week(place=place, monday=cast.monday)
    rows = {row["id"]: row for row in week["needs"]}
    for slot, team, start in zip(slots, teams, starts, strict=True):
        rows[str(slot.pk)]["fixed"] = {"start": start, "team": team}
    with pytest.raises(Contradiction) as fault:
        solve(week, iterations=1)
    plan = take_plan(plan_id=request_plan(by=None, place=place, week=cast.monday).pk)
    assert plan is not None
    code, numbers = as_failure(fault.value, week, place)
    fail_plan(plan=plan, sentence=solving.WENT_WRONG, code=code, numbers=numbers)
    plan.refresh_from_db()
    return plan


def test_two_promises_that_collide_are_named(client: Client, cast: Cast) -> None:
    slots = [cast.slot(title="陪沈阿姨看病"), cast.slot(title="给何伯读报")]
    team = [[str(cast.chen.pk)], [str(cast.jiang.pk)]]
    plan = refused(cast, slots, cast.community, team, [2 * 1440 + 540, 2 * 1440 + 555])
    assert plan.failure_code == "promise_home_overlap"
    cast.sign_in(client, cast.zhou)
    words = client.get(reverse("scheduling:plan"), {"week": cast.monday.isoformat()}).content.decode()
    assert "陪沈阿姨看病" in words and "给何伯读报" in words and "时间叠在一起了" in words
    assert all(reverse("scheduling:slot", args=[slot.pk]) in words and f"打开“{slot.title}”" in words for slot in slots)
    assert words.index("时间叠在一起了") < words.index('class="panes'), "what stopped the plan is said before the list, on a phone too"
    with translation.override("en"):
        assert "（" not in failure_words(plan)
        assert "same home" in failure_words(plan)


def test_a_person_at_two_doors_is_named_to_the_own_community_only(cast: Cast) -> None:
    slots = [cast.slot(title="一家"), cast.slot(title="又一家", household=cast.he.household)]
    teams = [[str(cast.chen.pk)], [str(cast.chen.pk)]]
    starts = [2 * 1440 + 540, 2 * 1440 + 545]
    own = refused(cast, slots, cast.community, teams, starts)
    assert own.failure_code == "promise_clash"
    assert cast.chen.name in failure_words(own) and "一家" in failure_words(own)
    district = refused(cast, slots, cast.district, teams, starts)
    assert cast.chen.name not in failure_words(district) and cast.community.short_name in failure_words(district)


def test_a_slot_and_a_profile_that_cannot_be_are_named(client: Client, cast: Cast) -> None:
    slot = cast.slot(title="坏掉的坐标")
    Slot.objects.filter(pk=slot.pk).update(lat=999)
    made = solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=cast.community, week=cast.monday).pk)
    assert made is not None and (made.state, made.failure_code) == (Plan.State.FAILED, "bad_slot")
    assert "坏掉的坐标" in failure_words(made) and "地点填得不对" in failure_words(made) and "lat" not in failure_words(made)
    Slot.objects.filter(pk=slot.pk).update(lat=slot.lat)
    cast.offer(cast.slot(title="两个人", seats=TWO), state=OfferState.ACCEPTED)
    VolunteerProfile.objects.filter(person=cast.chen).update(lat=95)
    made = solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=cast.community, week=cast.monday).pk)
    assert made is not None and made.failure_code == "bad_person" and cast.chen.name in failure_words(made)
    words = cast.sign_in(client, cast.zhou).get(reverse("scheduling:plan"), {"week": cast.monday.isoformat()}).content.decode()
    assert reverse("people:volunteer", args=[cast.chen.pk]) in words and f"打开{cast.chen.name}的资料" in words
