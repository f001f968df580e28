"""A plan's life in the database: asked for, worked on under a lease, stored whole or not at all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Membership, Person, Place

from ..models import Exclusion, HomeAnswer, Offer, OfferState, Plan, PlanFile, PlanGap, Refusal, Slot
from ..proving import fingerprint
from ..queries import open_slots, places_below, rhythm_of

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
    planner_version: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    even_paid: float | None = None
    optimal: bool = False


@transaction.atomic
def request_plan(*, by: Person | None, place: Place, week: date, seed: int = 1) -> Plan:
    """Queues a plan; while one is at work on the same week, that one is the answer."""
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                place=place, week=week, seed=seed, requested_by=by.pk if by else None,
                seconds_allowed=rhythm_of(place).seconds_allowed, even_percent=rhythm_of(place).even_percent,
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
def fail_plan(*, plan: Plan, sentence: str, code: str = "", numbers: dict[str, object] | None = None) -> None:
    """Says in one sentence that nothing came of it; the code, if there is one, says it better on the page."""
    held = Plan.objects.filter(pk=plan.pk, fence=plan.fence, state=Plan.State.RUNNING)
    if held.update(
        state=Plan.State.FAILED, failure=sentence[:300], failure_code=code, failure_numbers=numbers or {}, finished_at=timezone.now()
    ):
        record(actor_id=None, verb="fail_plan", subject=plan, place_id=plan.place_id)


@transaction.atomic
def store_plan(*, plan: Plan, outcome: Outcome, now: datetime | None = None) -> int:
    """Writes the whole plan in one transaction; what changed while it was made is kept as people made it.

    Returns how many proposals were stored. A seat that was filled meanwhile, a slot that was moved, held or
    cancelled, and a person who was ruled out meanwhile are left alone.
    """
    moment = now or timezone.now()
    prints = {"week_sha256": fingerprint(outcome.week_gz), "plan_sha256": fingerprint(outcome.plan_gz)}
    finished = Plan.objects.filter(pk=plan.pk, fence=plan.fence, state=Plan.State.RUNNING).update(
        state=Plan.State.READY, stage="", progress=100, finished_at=moment, value=outcome.value, bound=outcome.bound,
        asked=outcome.asked, met=outcome.met, broken_rules=outcome.broken_rules, seconds=outcome.seconds, even_paid=outcome.even_paid,
        optimal=outcome.optimal, planner_version=outcome.planner_version, packages=outcome.packages, **prints,
    )  # fmt: skip
    if not finished:
        raise LeaseLost
    PlanFile.objects.create(plan=plan, week_gz=outcome.week_gz, plan_gz=outcome.plan_gz, verdict=outcome.verdict)
    stored = _replace_proposals(plan, outcome.proposals, moment)
    # What an older plan said of these slots is over, whether it was the community's plan or the district's.
    PlanGap.objects.filter(plan__week=plan.week, slot__place__in=places_below(plan.place)).exclude(plan=plan).delete()
    PlanGap.objects.bulk_create(
        [PlanGap(plan=plan, slot_id=slot, code=code, numbers=numbers) for slot, code, numbers in outcome.gaps], batch_size=2000
    )
    record(actor_id=plan.requested_by, verb="store_plan", subject=plan, place_id=plan.place_id, detail={"proposals": stored, **prints})
    return stored


def _replace_proposals(plan: Plan, proposals: Sequence[Proposed], now: datetime) -> int:
    """The old proposals that nobody pinned or held make room for the new ones."""
    # The slots' rows are the turnstiles, taken in order: who staffs one of them by hand comes before the plan or after it.
    list(Slot.objects.in_week(plan.week).filter(place__in=places_below(plan.place)).order_by("pk").select_for_update().values_list("pk"))
    in_week = Offer.objects.in_week(plan.week).filter(slot__place__in=places_below(plan.place))
    in_week.filter(state=OfferState.PROPOSED, pinned=False).update(state=OfferState.REPLACED, closed_at=now)
    standing = in_week.active().values_list("seat_id", "slot_id", "person_id", "start")
    taken_seats, starts, people = set(), {}, set()
    for seat, slot, person, start in standing:
        taken_seats.add(seat)
        people.add((slot, person))
        starts[slot] = start
    still_right = _StillRight(plan)
    fresh = [
        Offer(slot_id=p.slot_id, seat_id=p.seat_id, person_id=p.person_id, plan=plan, start=p.start, reasons=p.reasons)
        for p in proposals
        if p.seat_id not in taken_seats
        and (p.slot_id, p.person_id) not in people
        and starts.get(p.slot_id, p.start) == p.start
        and still_right.allows(p)
    ]
    Offer.objects.bulk_create(fresh, batch_size=1000)
    # A home that agreed to others has not been asked about these.
    agreed = Slot.objects.in_week(plan.week).filter(home_answer=HomeAnswer.AGREED, offers__plan=plan, offers__state=OfferState.PROPOSED)
    Slot.objects.filter(pk__in=agreed.values("pk")).update(home_answer=HomeAnswer.NOT_ASKED, version=F("version") + 1)
    return len(fresh)


class _StillRight:
    """What people did while the plan was made: slots moved or closed, persons ruled out, times given away."""

    def __init__(self, plan: Plan) -> None:
        slots = open_slots(plan.week, plan.place)
        self.slots = {slot.pk: slot for slot in slots.prefetch_related("windows")}
        self.refused = set(Refusal.objects.filter(slot__week=plan.week).values_list("slot_id", "person_id"))
        self.excluded = set(Exclusion.objects.values_list("household_id", "person_id"))
        self.helping = set(Membership.objects.on(timezone.localdate()).helping().values_list("person_id", flat=True))
        self.busy: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
        for offer in Offer.objects.active().in_week(plan.week).select_related("slot"):
            self.busy[offer.person_id].append((offer.start, offer.end))

    def allows(self, proposed: Proposed) -> bool:
        slot = self.slots.get(proposed.slot_id)
        if slot is None or not any(window.earliest <= proposed.start <= window.latest for window in slot.windows.all()):
            return False
        if proposed.person_id not in self.helping:
            return False
        if (slot.pk, proposed.person_id) in self.refused or (slot.household_id, proposed.person_id) in self.excluded:
            return False
        end = proposed.start + timedelta(minutes=slot.minutes)
        return all(end <= begun or over <= proposed.start for begun, over in self.busy[proposed.person_id])
