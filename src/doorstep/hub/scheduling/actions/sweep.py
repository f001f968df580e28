"""Takes up what dead workers left: their plans are queued again, their queue rows closed, and after two retries a plan says that it failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from doorstep.hub.journal.actions import record

from ..models import Plan
from ..tasks import make_advice, make_plan
from .advising import give_up_advice
from .plan import LEASE

#: A plan is begun three times at most: once, and two retries.
MOST_STARTS = 3
#: A queue row without a plan's lease behind it is given up after so long.
LONGEST_TASK = timedelta(minutes=15)
#: Kept as it is said in Chinese; the page says it in the reader's language.
GIVEN_UP = gettext_noop("排班程序三次都没排完，原来的安排没有动。请稍后再排一次；还不行，请把这句话告诉管理员。")


@dataclass(frozen=True)
class Swept:
    """What one sweep found to do."""

    rung: int = 0
    failed: int = 0
    closed: int = 0


@transaction.atomic
def sweep_plans(*, now: datetime | None = None, dead_workers: Sequence[str] = ()) -> Swept:
    """Rings the bell for each plan that nobody works on; twice the same sweep does nothing the second time."""
    moment = now or timezone.now()
    failed = _give_up(moment)
    closed = _close_rows(moment, set(dead_workers))
    heard = {_plan_of(row) for row in _rows(TaskResultStatus.READY, TaskResultStatus.RUNNING)}
    waiting = Plan.objects.filter(Q(state=Plan.State.QUEUED) | Q(state=Plan.State.RUNNING, lease_until__lt=moment))
    rung = 0
    for plan_id in waiting.values_list("pk", flat=True):
        if str(plan_id) not in heard:
            make_plan.enqueue(str(plan_id))
            rung += 1
    _ring_for_advice(moment)
    return Swept(rung=rung, failed=failed, closed=closed)


def _ring_for_advice(now: datetime) -> None:
    waiting = give_up_advice(now=now)
    heard = {_plan_of(row) for row in _rows(TaskResultStatus.READY, TaskResultStatus.RUNNING, task_path=make_advice.module_path)}
    for plan_id in waiting:
        if str(plan_id) not in heard:
            make_advice.enqueue(str(plan_id))


def _give_up(now: datetime) -> int:
    """The fence counts the starts: a plan whose third worker died as well is told as failed."""
    lost = Plan.objects.filter(state=Plan.State.RUNNING, lease_until__lt=now, fence__gte=MOST_STARTS)
    failed = 0
    for plan in lost:
        held = Plan.objects.filter(pk=plan.pk, fence=plan.fence, state=Plan.State.RUNNING, lease_until__lt=now)
        if held.update(state=Plan.State.FAILED, failure=GIVEN_UP, finished_at=now):
            record(actor_id=None, verb="give_up_plan", subject=plan, place_id=plan.place_id, detail={"starts": plan.fence})
            failed += 1
    return failed


def _rows(*states: str, task_path: str = make_plan.module_path) -> list[DBTaskResult[Any, Any]]:
    return list(DBTaskResult.objects.filter(status__in=states, task_path=task_path))


def _plan_of(row: DBTaskResult[Any, Any]) -> str:
    given = row.args_kwargs
    return str((given["args"] or list(given["kwargs"].values()) or [""])[0])


def _close_rows(now: datetime, dead_workers: set[str]) -> int:
    """Rows left RUNNING: by a worker known to be dead, by one whose plan's lease is over, or for longer than any task takes."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    held = {str(pk) for pk in Plan.objects.filter(state=Plan.State.RUNNING, lease_until__gte=now).values_list("pk", flat=True)}
    orphans: list[UUID] = []
    for row in running:
        age = now - (row.started_at or row.enqueued_at)
        of_a_plan = row.task_path == make_plan.module_path
        lease_over = of_a_plan and _plan_of(row) not in held and age > LEASE
        if lease_over or set(row.worker_ids) & dead_workers or (not of_a_plan and age > LONGEST_TASK):
            orphans.append(row.pk)
    closed = DBTaskResult.objects.filter(pk__in=orphans, status=TaskResultStatus.RUNNING)
    return closed.update(
        status=TaskResultStatus.FAILED, finished_at=now, exception_class_path="doorstep.WorkerDied", traceback="the worker died"
    )
