"""Which finished plans can be asked: the newest of each place and week, whatever was planned how often."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from doorstep.hub.people.models import Place
from doorstep.hub.scheduling import asking
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import hold_slot
from doorstep.hub.scheduling.models import Plan, Slot
from doorstep.hub.scheduling.queries import SHOWN_PLANS, plans_of_week, plans_to_ask, standing_plans, upward
from doorstep.hub.scheduling.tasks import make_plan
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.both_databases


def finished(place: Place, week: date, minutes_ago: int, state: str = Plan.State.READY) -> Plan:
    return Plan.objects.create(place=place, week=week, state=state, finished_at=timezone.now() - timedelta(minutes=minutes_ago))


def planned(cast: Cast, place: Place) -> Plan:
    plan = request_plan(by=cast.zhou, place=place, week=cast.monday)
    assert make_plan.func(str(plan.pk)) == Plan.State.READY
    return plan


def test_a_week_that_is_planned_again_and_again_hides_no_other(cast: Cast) -> None:
    later = cast.monday + timedelta(weeks=1)
    next_week = finished(cast.district, later, 60)
    often = [finished(cast.community, cast.monday, minutes) for minutes in range(1, 9)]
    here = upward(cast.community)
    assert plans_to_ask(here, [cast.monday, later]) == [*often[:2], next_week]
    assert plans_to_ask(here, [later]) == [next_week]


def test_the_districts_plan_is_asked_although_the_community_was_planned_thrice_since(cast: Cast) -> None:
    whole = finished(cast.district, cast.monday, 60)
    older = finished(cast.district, cast.monday, 120)
    own = [finished(cast.community, cast.monday, minutes) for minutes in (1, 2, 3)]
    found = plans_to_ask(upward(cast.community), [cast.monday])
    assert found == [*own[:2], whole, older]
    assert whole in found[: asking.LOOKED_INTO]


def test_only_finished_plans_of_these_places_and_weeks_are_asked(cast: Cast) -> None:
    finished(cast.other_community, cast.monday, 1)
    finished(cast.community, cast.monday - timedelta(weeks=1), 1)
    finished(cast.community, cast.monday, 1, Plan.State.FAILED)
    assert plans_to_ask(upward(cast.community), [cast.monday]) == []


def test_what_is_asked_is_what_has_a_file(cast: Cast, django_assert_num_queries: Any) -> None:
    for place in (cast.community, cast.street, cast.district):
        for minutes in (1, 2, 3):
            finished(place, cast.monday, minutes)
    with django_assert_num_queries(1):
        asked = plans_to_ask(upward(cast.community), [cast.monday])
    with django_assert_num_queries(1):
        kept = standing_plans()
    assert len(asked) == 6
    assert set(asked) == set(kept)


def test_a_visit_held_back_from_the_communitys_plans_is_asked_of_the_districts(cast: Cast) -> None:
    slot = cast.slot()
    cast.slot(windows=[(cast.at(3, 9), cast.at(3, 10))])
    whole = planned(cast, cast.district)
    hold_slot(by=cast.zhou, slot=Slot.objects.get(pk=slot.pk), held=True)
    for _ in range(3):
        planned(cast, cast.community)
    hold_slot(by=cast.zhou, slot=Slot.objects.get(pk=slot.pk), held=False)
    assert asking.Desk(Slot.objects.get(pk=slot.pk)).plan == whole


def test_the_districts_proof_stays_on_the_page_however_often_the_community_was_planned(cast: Cast, django_assert_num_queries: Any) -> None:
    whole = finished(cast.district, cast.monday, 60)
    for minutes in range(SHOWN_PLANS + 3):
        finished(cast.community, cast.monday, minutes)
    with django_assert_num_queries(1):
        shown = plans_of_week(cast.community, cast.monday)
    assert len(shown) == SHOWN_PLANS + 1
    assert shown[-1] == whole
    assert shown == sorted(shown, key=lambda plan: plan.created_at, reverse=True)
