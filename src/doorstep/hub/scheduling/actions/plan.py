"""A plan's life in the database: asked for, worked on under a lease, stored whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person, Place

from ..models import Offer, OfferState, Plan, PlanFile, PlanGap, SlotState
from ..queries import places_below, rhythm_of

#: A worker that has not been heard of for so long has died.
LEASE = timedelta(seconds=60)


class LeaseLost(Exception):
    """Another worker has taken the plan over; this one's answer is no longer wanted."""


@dataclass(frozen=True)
class Proposed:
    """One person on one seat, as the plan proposes it."""

    slot_id: UUID
    seat_id: UUID
    person_id: UUID
    start: datetime
    reasons: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """All that a finished plan leaves in the database."""

    value: float
    bound: float
    asked: int
    met: int
    broken_rules: int
    seconds: float
    proposals: Sequence[Proposed]
    gaps: Sequence[tuple[UUID, str, dict[str, object]]]
    week_gz: bytes
    plan_gz: bytes
    verdict: dict[str, object]
    stopped: bool = False


@transaction.atomic
def request_plan(*, by: Person | None, place: Place, week: date, seed: int = 1) -> Plan:
    """Queues a plan; while one is at work on the same week, that one is the answer."""
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                place=place, week=week, seed=seed, requested_by=by.pk if by else None,
                seconds_allowed=rhythm_of(place).seconds_allowed,
            )  # fmt: skip
    except IntegrityError:
        return Plan.objects.get(place=place, week=week, state__in=(Plan.State.QUEUED, Plan.State.RUNNING))
    record(actor_id=by.pk if by else None, verb="request_plan", subject=plan, place_id=place.pk)
    return plan


@transaction.atomic
def take_plan(*, plan_id: UUID, now: datetime | None = None) -> Plan | None:
    """Takes the lease of a queued plan, or of one whose worker has died; None if another holds it."""
    moment = now or timezone.now()
    free = Q(state=Plan.State.QUEUED) | Q(state=Plan.State.RUNNING, lease_until__lt=moment)
    taken = Plan.objects.filter(free, pk=plan_id).update(
        state=Plan.State.RUNNING, fence=F("fence") + 1, lease_until=moment + LEASE, stage="reading", progress=0
    )
    return Plan.objects.select_related("place").get(pk=plan_id) if taken else None


def report_progress(*, plan: Plan, stage: str, progress: int, now: datetime | None = None) -> bool:
    """Renews the lease and shows where the work stands; returns whether somebody wants it stopped.

    Raises LeaseLost when another worker has the plan. One statement of its own, so that the page can read it at once.
    """
    until = (now or timezone.now()) + LEASE
    held = Plan.objects.filter(pk=plan.pk, fence=plan.fence, state=Plan.State.RUNNING)
    if not held.update(stage=stage[:20], progress=max(0, min(100, progress)), lease_until=until):
        raise LeaseLost
    return Plan.objects.values_list("stop_wanted", flat=True).get(pk=plan.pk)


@transaction.atomic
def stop_plan(*, by: Person, plan: Plan) -> None:
    """Asks the worker to stop with the best plan so far."""
    Plan.objects.filter(pk=plan.pk, state__in=(Plan.State.QUEUED, Plan.State.RUNNING)).update(stop_wanted=True)
    record(actor_id=by.pk, verb="stop_plan", subject=plan, place_id=plan.place_id)


@transaction.atomic
def fail_plan(*, plan: Plan, sentence: str) -> None:
    held = Plan.objects.filter(pk=plan.pk, fence=plan.fence, state=Plan.State.RUNNING)
    if held.update(state=Plan.State.FAILED, failure=sentence[:300], finished_at=timezone.now()):
        record(actor_id=None, verb="fail_plan", subject=plan, place_id=plan.place_id)


@transaction.atomic
def store_plan(*, plan: Plan, outcome: Outcome, now: datetime | None = None) -> int:
    """Writes the whole plan in one transaction; what changed while it was made is kept as people made it.

    Returns how many proposals were stored. A seat that was filled meanwhile, a slot that was moved, held or
    cancelled, and a person who was ruled out meanwhile are left alone.
    """
    moment = now or timezone.now()
    finished = Plan.objects.filter(pk=plan.pk, fence=plan.fence, state=Plan.State.RUNNING).update(
        state=Plan.State.READY, stage="", progress=100, finished_at=moment, value=outcome.value, bound=outcome.bound,
        asked=outcome.asked, met=outcome.met, broken_rules=outcome.broken_rules, seconds=outcome.seconds,
    )  # fmt: skip
    if not finished:
        raise LeaseLost
    PlanFile.objects.create(plan=plan, week_gz=outcome.week_gz, plan_gz=outcome.plan_gz, verdict=outcome.verdict)
    stored = _replace_proposals(plan, outcome.proposals, moment)
    PlanGap.objects.filter(plan__week=plan.week, plan__place=plan.place).exclude(plan=plan).delete()
    PlanGap.objects.bulk_create(
        [PlanGap(plan=plan, slot_id=slot, code=code, numbers=numbers) for slot, code, numbers in outcome.gaps], batch_size=2000
    )
    record(actor_id=plan.requested_by, verb="store_plan", subject=plan, place_id=plan.place_id, detail={"proposals": stored})
    return stored


def _replace_proposals(plan: Plan, proposals: Sequence[Proposed], now: datetime) -> int:
    """The old proposals that nobody pinned or held make room for the new ones."""
    in_week = Offer.objects.in_week(plan.week).filter(slot__place__in=places_below(plan.place))
    in_week.filter(state=OfferState.PROPOSED, pinned=False).update(state=OfferState.REPLACED, closed_at=now)
    standing = in_week.active().values_list("seat_id", "slot_id", "person_id", "start")
    taken_seats, starts, people = set(), {}, set()
    for seat, slot, person, start in standing:
        taken_seats.add(seat)
        people.add((slot, person))
        starts[slot] = start
    open_now = set(places_below(plan.place).filter(slots__week=plan.week, slots__state=SlotState.OPEN).values_list("slots__id", flat=True))
    fresh = [
        Offer(slot_id=p.slot_id, seat_id=p.seat_id, person_id=p.person_id, plan=plan, start=p.start, reasons=p.reasons)
        for p in proposals
        if p.slot_id in open_now
        and p.seat_id not in taken_seats
        and (p.slot_id, p.person_id) not in people
        and starts.get(p.slot_id, p.start) == p.start
    ]
    Offer.objects.bulk_create(fresh, batch_size=1000)
    return len(fresh)
