"""Advice on a finished plan in the database: asked for, worked on under a lease, stored once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from doorstep.hub.journal.actions import record

from ..models import Plan, PlanAdvice

#: Longer than any advice takes: a worker that has not answered by then has died.
LEASE = timedelta(minutes=10)
#: Advice is begun three times at most: once, and two retries.
MOST_STARTS = 3


@transaction.atomic
def request_advice(*, plan: Plan) -> PlanAdvice:
    """Queues it; advice that was asked for before is the answer."""
    advice, new = PlanAdvice.objects.get_or_create(plan=plan)
    if new:
        record(actor_id=plan.requested_by, verb="request_advice", subject=plan, place_id=plan.place_id)
    return advice


@transaction.atomic
def take_advice(*, plan_id: UUID, now: datetime | None = None) -> PlanAdvice | None:
    """Takes the lease of queued advice, or of one whose worker has died; None if another holds it, or if nobody wants it any more.

    Pages show the advice on the newest plan of a place and week alone, so that on a plan which was replaced says so and is left.
    """
    moment = now or timezone.now()
    free = Q(state=PlanAdvice.State.QUEUED) | Q(state=PlanAdvice.State.RUNNING, lease_until__lt=moment)
    waiting = PlanAdvice.objects.filter(free, plan_id=plan_id)
    if _drop_replaced(waiting, moment):
        return None
    taken = waiting.filter(fence__lt=MOST_STARTS).update(state=PlanAdvice.State.RUNNING, fence=F("fence") + 1, lease_until=moment + LEASE)
    return PlanAdvice.objects.select_related("plan__place", "plan__file").get(plan_id=plan_id) if taken else None


def _drop_replaced(waiting: QuerySet[PlanAdvice], now: datetime) -> bool:
    """Marks what waits for a plan since which a newer one of the same place and week is ready."""
    newer = Plan.objects.ready().filter(
        week=OuterRef("plan__week"), place=OuterRef("plan__place"), finished_at__gt=OuterRef("plan__finished_at")
    )
    advice = waiting.filter(Exists(newer)).select_related("plan").first()
    if advice is None or not waiting.filter(pk=advice.pk).update(state=PlanAdvice.State.REPLACED, finished_at=now, lease_until=None):
        return False
    record(actor_id=None, verb="advice_replaced", subject=advice.plan, place_id=advice.plan.place_id)
    return True


@transaction.atomic
def store_advice(*, advice: PlanAdvice, found: dict[str, Any], seconds: float) -> bool:
    """Whether it was stored: not if another worker has taken it over meanwhile."""
    return _finish(advice, PlanAdvice.State.READY, found=found, seconds=seconds)


@transaction.atomic
def fail_advice(*, advice: PlanAdvice) -> bool:
    """Nothing came of it; the plan is as good without."""
    return _finish(advice, PlanAdvice.State.FAILED)


def _finish(advice: PlanAdvice, state: str, **more: Any) -> bool:
    held = PlanAdvice.objects.filter(pk=advice.pk, fence=advice.fence, state=PlanAdvice.State.RUNNING)
    done = held.update(state=state, finished_at=timezone.now(), lease_until=None, **more)
    if done:
        record(actor_id=None, verb=f"advice_{state}", subject=advice.plan, place_id=advice.plan.place_id)
    return bool(done)


@transaction.atomic
def give_up_advice(*, now: datetime) -> list[UUID]:
    """The plans whose advice nobody works on; advice whose third worker died as well is told as failed."""
    lost = PlanAdvice.objects.filter(state=PlanAdvice.State.RUNNING, lease_until__lt=now)
    for advice in lost.filter(fence__gte=MOST_STARTS).select_related("plan"):
        fail_advice(advice=advice)
    waiting = PlanAdvice.objects.filter(Q(state=PlanAdvice.State.QUEUED) | Q(state=PlanAdvice.State.RUNNING, lease_until__lt=now))
    return list(waiting.values_list("plan_id", flat=True))
