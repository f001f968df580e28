"""Advice on a district's plan: asked for once, made under a lease from the stored files, and never in a plan's way."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from doorstep.hub.journal.models import Entry
from doorstep.hub.scheduling import advising, solving, tasks
from doorstep.hub.scheduling.actions.advising import LEASE, MOST_STARTS, request_advice, store_advice, take_advice
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.actions.sweep import sweep_plans
from doorstep.hub.scheduling.models import Plan, PlanAdvice
from doorstep.hub.testing import Cast


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """The district's plan of a week in which nobody is electrician enough for one of two visits."""
    cast.slot()
    cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"), level=3)])
    made = solving.solve_plan(plan_id=request_plan(by=cast.lin, place=cast.district, week=cast.monday).pk)
    assert made is not None and made.state == Plan.State.READY
    return made


def waiting(path: str) -> list[Any]:
    return [row.args_kwargs["args"] for row in DBTaskResult.objects.filter(task_path=path)]


def test_advice_names_the_skill_that_would_meet_the_visit_and_the_community(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    advice = advising.make_advice(plan_id=plan.pk)
    assert advice is not None and (advice.state, advice.plan.met) == (PlanAdvice.State.READY, 1)
    first = advice.found["recruit"][0]
    assert (first["skill"], first["level"], first["place"], first["more_visits"]) == ("electrician", 3, str(cast.community.pk), 1)
    assert advice.found["joint"]["more_visits"] == 1
    assert advice.finished_at is not None and (advice.seconds or 0) > 0


def test_a_districts_plan_rings_for_its_advice_and_a_communitys_does_not(cast: Cast) -> None:
    cast.slot()
    for place in (cast.district, cast.community):
        queued = request_plan(by=cast.lin, place=place, week=cast.monday)
        assert tasks.make_plan.func(str(queued.pk)) == "ready"
    made = PlanAdvice.objects.get()
    assert made.plan.place == cast.district
    assert waiting(tasks.make_advice.module_path) == [[str(made.plan_id)]]
    assert tasks.make_advice.func(str(made.plan_id)) == "ready"


def test_advice_is_asked_for_and_made_once(cast: Cast, plan: Plan) -> None:
    assert request_advice(plan=plan) == request_advice(plan=plan)
    assert advising.make_advice(plan_id=plan.pk) is not None
    assert advising.make_advice(plan_id=plan.pk) is None
    verbs = Entry.objects.filter(verb__contains="advice").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["request_advice", "advice_ready"]


def test_a_plan_that_waits_ends_the_exact_checks(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    request_plan(by=cast.lin, place=cast.other_community, week=cast.monday)
    advice = advising.make_advice(plan_id=plan.pk)
    assert advice is not None and advice.state == PlanAdvice.State.READY
    assert {part["checked"] for part in advice.found["checked"].values()} == {0}
    assert advice.found["recruit"][0]["gain"] is None and advice.found["recruit"][0]["price"] > 0


def test_advice_on_a_replaced_plan_is_not_worked_out(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    newer = solving.solve_plan(plan_id=request_plan(by=cast.lin, place=cast.district, week=cast.monday).pk)
    assert newer is not None and newer.state == Plan.State.READY
    request_advice(plan=newer)
    assert advising.make_advice(plan_id=plan.pk) is None
    dropped = PlanAdvice.objects.get(plan=plan)
    assert (dropped.state, dropped.fence, dropped.found) == (PlanAdvice.State.REPLACED, 0, {})
    assert Entry.objects.filter(verb="advice_replaced").count() == 1
    sweep_plans(now=timezone.now())
    assert waiting(tasks.make_advice.module_path) == [[str(newer.pk)]]
    made = advising.make_advice(plan_id=newer.pk)
    assert made is not None and made.state == PlanAdvice.State.READY


def test_only_a_newer_plan_of_the_same_place_and_week_replaces(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    ready, failed, now = Plan.State.READY, Plan.State.FAILED, timezone.now()
    Plan.objects.create(place=cast.community, week=plan.week, state=ready, finished_at=now)
    Plan.objects.create(place=plan.place, week=plan.week + timedelta(weeks=1), state=ready, finished_at=now)
    Plan.objects.create(place=plan.place, week=plan.week, state=failed, finished_at=now)
    Plan.objects.create(place=plan.place, week=plan.week, state=ready, finished_at=now - timedelta(hours=1))
    assert take_advice(plan_id=plan.pk) is not None


def test_a_worker_at_work_when_a_newer_plan_is_ready_ends_its_advice(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    working = take_advice(plan_id=plan.pk)
    Plan.objects.create(place=plan.place, week=plan.week, state=Plan.State.READY, finished_at=timezone.now())
    assert working is not None and take_advice(plan_id=plan.pk) is None
    assert store_advice(advice=working, found={"early": 1}, seconds=1.0)


def test_a_dead_workers_advice_on_a_replaced_plan_is_left_and_its_late_answer_refused(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    dead = take_advice(plan_id=plan.pk)
    Plan.objects.create(place=plan.place, week=plan.week, state=Plan.State.READY, finished_at=timezone.now())
    assert take_advice(plan_id=plan.pk, now=timezone.now() + LEASE + timedelta(seconds=1)) is None
    assert dead is not None and not store_advice(advice=dead, found={"late": 1}, seconds=1.0)
    assert PlanAdvice.objects.get().state == PlanAdvice.State.REPLACED


def test_a_dead_workers_advice_is_rung_again_and_its_late_answer_refused(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    dead = take_advice(plan_id=plan.pk)
    assert dead is not None and take_advice(plan_id=plan.pk) is None
    later = timezone.now() + LEASE + timedelta(seconds=1)
    sweep_plans(now=later)
    sweep_plans(now=later)
    assert waiting(tasks.make_advice.module_path) == [[str(plan.pk)]]
    taken = take_advice(plan_id=plan.pk, now=later)
    assert taken is not None and not store_advice(advice=dead, found={"late": 1}, seconds=1.0)
    assert PlanAdvice.objects.get().found == {}


def test_advice_that_kills_its_worker_is_given_up(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    PlanAdvice.objects.update(state=PlanAdvice.State.RUNNING, fence=MOST_STARTS, lease_until=timezone.now() - timedelta(seconds=1))
    sweep_plans(now=timezone.now())
    assert PlanAdvice.objects.get().state == PlanAdvice.State.FAILED
    assert waiting(tasks.make_advice.module_path) == []


def test_files_that_cannot_be_read_fail_the_advice_and_leave_the_plan(cast: Cast, plan: Plan) -> None:
    request_advice(plan=plan)
    plan.file.plan_gz = b"broken"
    plan.file.save()
    advice = advising.make_advice(plan_id=plan.pk)
    assert advice is not None and advice.state == PlanAdvice.State.FAILED
    plan.refresh_from_db()
    assert plan.state == Plan.State.READY
