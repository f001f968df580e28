"""A worker may die at any moment: its plan is taken over, its late answer refused, and nothing half-written is left."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from doorstep.hub import rounds
from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Membership
from doorstep.hub.scheduling.actions.plan import (
    LEASE,
    LeaseLost,
    Outcome,
    Proposed,
    report_progress,
    request_plan,
    store_plan,
    take_plan,
)
from doorstep.hub.scheduling.actions.sweep import MOST_STARTS, Swept, sweep_plans
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, PlanFile, PlanGap, Slot, SlotState
from doorstep.hub.scheduling.proving import packed
from doorstep.hub.scheduling.queries import rhythm_of
from doorstep.hub.testing import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
LATER = NOW + LEASE + timedelta(seconds=1)


def queued(cast: Cast) -> Plan:
    return request_plan(by=cast.zhou, place=cast.district, week=cast.monday)


def rows(state: TaskResultStatus) -> list[DBTaskResult[Any, Any]]:
    return list(DBTaskResult.objects.filter(status=state))


def claimed(worker: str, at: datetime = NOW) -> None:
    """What the queue's own worker does when it takes the next row, at that moment."""
    row = DBTaskResult.objects.ready().get()
    row.claim(worker)
    DBTaskResult.objects.filter(pk=row.pk).update(started_at=at)


def answer(slot: Slot, person: object) -> Outcome:
    seat = slot.seats.get()
    proposed = Proposed(slot_id=slot.pk, seat_id=seat.pk, person_id=person.pk, start=slot.windows.all()[0].earliest)  # type: ignore[attr-defined]
    return Outcome(
        value=100.0, bound=101.0, asked=1, met=1, broken_rules=0, seconds=1.0, proposals=[proposed], gaps=[],
        week_gz=packed({}), plan_gz=packed({}), verdict={"errors": []},
    )  # fmt: skip


def test_a_queued_plan_that_nobody_was_told_of_is_rung_once(cast: Cast) -> None:
    plan = queued(cast)
    assert sweep_plans(now=NOW) == Swept(rung=1)
    assert [row.args_kwargs["args"] for row in rows(TaskResultStatus.READY)] == [[str(plan.pk)]]
    assert sweep_plans(now=NOW) == Swept()


def test_a_plan_at_work_is_left_alone(cast: Cast) -> None:
    plan = queued(cast)
    sweep_plans(now=NOW)
    claimed("first")
    assert take_plan(plan_id=plan.pk, now=NOW)
    assert sweep_plans(now=NOW + LEASE / 2) == Swept()


def test_the_plan_of_a_killed_worker_is_taken_over_when_its_lease_is_over(cast: Cast) -> None:
    plan = queued(cast)
    sweep_plans(now=NOW)
    claimed("first")
    first = take_plan(plan_id=plan.pk, now=NOW)
    assert first and take_plan(plan_id=plan.pk, now=NOW + LEASE / 2) is None
    assert sweep_plans(now=LATER) == Swept(rung=1, closed=1)
    second = take_plan(plan_id=plan.pk, now=LATER)
    assert second and (first.fence, second.fence) == (1, 2)
    assert len(rows(TaskResultStatus.FAILED)) == len(rows(TaskResultStatus.READY)) == 1


def test_a_lease_that_is_renewed_is_not_over(cast: Cast) -> None:
    plan = take_plan(plan_id=queued(cast).pk, now=NOW)
    assert plan and report_progress(plan=plan, stage="solving", progress=40, now=NOW + LEASE / 2) is False
    assert take_plan(plan_id=plan.pk, now=NOW + LEASE + timedelta(seconds=1)) is None


def test_the_late_answer_of_the_old_worker_is_refused_and_leaves_nothing(cast: Cast) -> None:
    slot = cast.slot()
    old = take_plan(plan_id=queued(cast).pk, now=NOW)
    new = take_plan(plan_id=queued(cast).pk, now=LATER)
    assert old and new and old.pk == new.pk
    with pytest.raises(LeaseLost):
        report_progress(plan=old, stage="solving", progress=50, now=LATER)
    with pytest.raises(LeaseLost):
        store_plan(plan=old, outcome=answer(slot, cast.chen))
    assert not Offer.objects.exists() and not PlanFile.objects.exists() and Plan.objects.get().state == Plan.State.RUNNING
    assert store_plan(plan=new, outcome=answer(slot, cast.jiang)) == 1
    assert Offer.objects.get().person == cast.jiang
    with pytest.raises(LeaseLost):
        store_plan(plan=new, outcome=answer(slot, cast.chen))


def test_an_answer_that_breaks_off_in_the_middle_leaves_the_old_plan_whole(cast: Cast) -> None:
    slot = cast.slot()
    before = take_plan(plan_id=queued(cast).pk, now=NOW)
    assert before
    store_plan(plan=before, outcome=answer(slot, cast.chen))
    again = take_plan(plan_id=queued(cast).pk, now=NOW)
    assert again and again.pk != before.pk
    good = answer(slot, cast.jiang)
    # The same gap twice: the last insert of the transaction fails.
    broken = Outcome(**{**good.__dict__, "gaps": [(slot.pk, "no_skill", {}), (slot.pk, "no_skill", {})]})
    with pytest.raises(Exception, match=r"(?i)unique"):
        store_plan(plan=again, outcome=broken)
    assert Offer.objects.get(state=OfferState.PROPOSED).person == cast.chen
    assert not PlanGap.objects.exists() and PlanFile.objects.get().plan == before


def test_after_two_retries_the_plan_says_that_it_failed(cast: Cast) -> None:
    plan, moment = queued(cast), NOW
    for start in range(1, MOST_STARTS + 1):
        taken = take_plan(plan_id=plan.pk, now=moment)
        assert taken and taken.fence == start
        moment += LEASE + timedelta(seconds=1)
        swept = sweep_plans(now=moment)
        DBTaskResult.objects.all().delete()
        assert swept == (Swept(rung=1) if start < MOST_STARTS else Swept(failed=1))
    plan.refresh_from_db()
    assert plan.state == Plan.State.FAILED and "原来的安排没有动" in plan.failure
    assert Entry.objects.filter(verb="give_up_plan", subject_id=str(plan.pk)).count() == 1
    assert sweep_plans(now=moment) == Swept()
    assert queued(cast).pk != plan.pk


def test_the_rows_of_a_worker_that_is_known_to_be_dead_are_closed_at_once(cast: Cast) -> None:
    plan = queued(cast)
    sweep_plans(now=NOW)
    claimed("dead-one")
    assert sweep_plans(now=NOW, dead_workers=["another"]) == Swept()
    # It died before it took the plan, which is therefore free for the next.
    assert sweep_plans(now=NOW, dead_workers=["dead-one"]) == Swept(rung=1, closed=1)
    assert take_plan(plan_id=plan.pk, now=NOW)


def test_the_week_is_planned_when_its_hour_has_come_and_only_once(cast: Cast) -> None:
    cast.slot()
    hour = rhythm_of(cast.district).plan_at(cast.monday)
    assert rounds.plan_due_weeks(now=hour - timedelta(minutes=1)) == []
    planned = rounds.plan_due_weeks(now=hour)
    assert [(plan.week, plan.place) for plan in planned] == [(cast.monday, cast.district)]
    Plan.objects.update(created_at=hour)
    assert rounds.plan_due_weeks(now=hour + timedelta(minutes=1)) == []


def test_a_week_without_needs_is_not_planned(cast: Cast) -> None:
    assert rounds.plan_due_weeks(now=rhythm_of(cast.district).plan_at(cast.monday)) == []


def test_a_week_is_closed_at_its_close_time_and_only_once(cast: Cast) -> None:
    slot = cast.slot()
    close = rhythm_of(cast.district).close_at(cast.monday)
    assert rounds.close_due_weeks(now=close - timedelta(minutes=1)) == 0
    assert rounds.close_due_weeks(now=close) == 1
    assert rounds.close_due_weeks(now=close + timedelta(minutes=1)) == 0
    assert Slot.objects.get(pk=slot.pk).state == SlotState.UNMET
    assert Slot.objects.filter(state=SlotState.OPEN, week=cast.monday + timedelta(days=7)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_round_that_fails_does_not_end_the_others(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """The list of dead workers is broken, so the sweep fails; the offer lapses and the seat of who left is freed all the same."""
    offer = cast.offer()
    left = cast.offer(person=cast.jiang)
    Membership.objects.filter(person=cast.jiang).delete()
    Offer.objects.filter(pk=offer.pk).update(reply_by=timezone.now() - timedelta(hours=1))
    rounds.Rounds(None)()  # type: ignore[arg-type]
    assert "sweep failed and is tried again" in caplog.text
    offer.refresh_from_db()
    left.refresh_from_db()
    assert (offer.state, left.state) == (OfferState.LAPSED, OfferState.UNABLE)


@pytest.mark.django_db(transaction=True)
def test_rounds_forget_the_dead_once_they_are_buried(cast: Cast) -> None:
    queued(cast)
    sweep_plans()
    claimed("dead-one", timezone.now())
    dead = ["dead-one"]
    rounds.Rounds(dead)()
    assert dead == [] and len(rows(TaskResultStatus.FAILED)) == 1
