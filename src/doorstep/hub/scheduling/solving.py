"""The only door to the planner: turns a week of slots into its input, and its answer into proposals."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from doorstep.hub.people.models import Place
from doorstep.planner.week import Contradiction, Even, Malformed, solve
from doorstep.planner.week import advise as advise
from doorstep.planner.week import planned_again as planned_again
from doorstep.planner.week.again import kept_again as kept_again
from doorstep.planner.week.kept import Kept as Kept
from doorstep.planner.week.kept import NotKept as NotKept
from doorstep.planner.week.kept import open_kept as open_kept
from doorstep.planner.week.kept import write_kept as write_kept
from doorstep.planner.week.whatif import WhatIf as WhatIf
from doorstep.planner.week.whatif_answers import Cost as Cost
from doorstep.planner.week.whatif_answers import Remedy as Remedy
from doorstep.planner.week.whatif_answers import Unknown as Unknown
from doorstep.planner.week.whatif_answers import WeekWhy as WeekWhy
from doorstep.planner.week.whatif_answers import Why as Why
from doorstep.planner.week.whatif_standing import Block as Block
from doorstep.planner.week.whatif_standing import Standing as Standing

from .actions.plan import LeaseLost, Outcome, Proposed, fail_plan, report_progress, store_plan, take_plan
from .evening import asked_lately, known_faces, lagging
from .failing import as_failure
from .models import Offer, OfferState, Plan, Refusal, Slot
from .pool import WEEK_MINUTES, Promises, box_around, minute_of, volunteers, week_start
from .proving import checker, packages, packed
from .queries import merged, open_slots, places_below, planned_place, rhythm_of

log = logging.getLogger(__name__)
Week = dict[str, Any]
SLOT_STEP = 15
#: Kept as it is said in Chinese; the page says it in the reader's language.
WENT_WRONG = gettext_noop("排班程序出错了，原来的安排没有动。请再排一次；还不行，请把这句话告诉管理员。")
NOT_PROVEN = gettext_noop("排出来的安排没有通过核对，没有采用，原来的安排没有动。请再排一次；还不行，请把这句话告诉管理员。")


class Unplannable(Exception):
    """The planner refused the week, and said why: a code with numbers for the page."""

    def __init__(self, code: str, numbers: dict[str, Any]) -> None:
        super().__init__(code)
        self.code, self.numbers = code, numbers


class RulesBroken(Exception):
    """The independent checker found broken rules: such a plan is never shown as one."""


def build_week(*, place: Place, monday: date, now: datetime | None = None) -> Week:
    """A `doorstep-week/1`: everything the planner may know, and nothing that it need not know.

    A community's plan moves that community's visits only: what is planned or promised elsewhere in the district stands as booked.
    """
    rhythm, moment = rhythm_of(place), now or timezone.now()
    soonest = moment + timedelta(hours=rhythm.least_notice_hours)
    slots = list(open_slots(monday, place).select_related("category").prefetch_related("seats__skill", "windows"))
    standing = _standing(place, monday)
    inside = [slot for slot in slots if not _is_settled(slot, standing[slot.pk], soonest)]
    needs = [need for need in _needs(inside, monday, minute_of(soonest, monday), standing) if need["windows"] or need.get("fixed")]
    names = {str(need["id"]) for need in needs}
    promises = _promises(standing, names, set(places_below(place).values_list("pk", flat=True)))
    box = box_around((slot.lat, slot.lon) for slot in inside if str(slot.pk) in names)
    day = max(monday, timezone.localdate(moment))
    people = volunteers(place=place, monday=monday, day=day, promises=promises, box=box)
    return {"format": "doorstep-week/1", "start": monday.isoformat(), "volunteers": people, "needs": needs}


def _is_settled(slot: Slot, offers: list[Offer], soonest: datetime) -> bool:
    """Every seat is kept, or the kept start is too near to ask anybody else for."""
    kept = [offer for offer in offers if _is_kept(offer)]
    wanted = {seat.pk for seat in slot.seats.all() if not seat.trainee}
    return wanted <= {offer.seat_id for offer in kept} or any(offer.start < soonest for offer in kept)


def _is_kept(offer: Offer) -> bool:
    """What people have asked or answered, or a social worker has pinned or held, a plan does not touch."""
    return offer.pinned or offer.state != OfferState.PROPOSED


def _standing(place: Place, monday: date) -> dict[UUID, list[Offer]]:
    """Slot id to its active offers, in the whole district that the place is planned with."""
    found: dict[UUID, list[Offer]] = defaultdict(list)
    everywhere = Offer.objects.active().in_week(monday).filter(slot__place__in=places_below(planned_place(place)))
    for offer in everywhere.select_related("slot", "seat"):
        found[offer.slot_id].append(offer)
    return found


def _promises(standing: dict[UUID, list[Offer]], needs: set[str], own_places: set[UUID]) -> Promises:
    """Offers on the plan's own needs are kept or published there; all others that will stand take their people's time."""
    found = Promises()
    for slot_id, offers in standing.items():
        for offer in offers:
            if str(slot_id) in needs and not offer.seat.trainee:
                (found.kept if _is_kept(offer) else found.published)[offer.person_id].append(offer)
            elif _is_kept(offer) or offer.seat.trainee or offer.slot.place_id not in own_places:
                found.booked[offer.person_id].append(offer)
    return found


def _needs(chosen: list[Slot], monday: date, earliest: int, standing: dict[UUID, list[Offer]]) -> list[Week]:
    familiar = known_faces({slot.household_id for slot in chosen if slot.household_id}, week_start(monday))
    forbidden: dict[UUID, set[str]] = defaultdict(set)
    for slot_id, person_id in Refusal.objects.filter(slot__in=[slot.pk for slot in chosen]).values_list("slot_id", "person_id"):
        forbidden[slot_id].add(str(person_id))
    # Who has said no to it this week, or could not come after all, is not asked for it again by a machine.
    no = Offer.objects.filter(slot__in=[slot.pk for slot in chosen], state__in=(OfferState.DECLINED, OfferState.CANNOT_COME))
    for slot_id, person_id in no.values_list("slot_id", "person_id"):
        forbidden[slot_id].add(str(person_id))
    needs = []
    for slot in chosen:
        known = familiar.get(slot.household_id, []) if slot.household_id else []
        # Who learns beside somebody cannot be that somebody.
        forbidden[slot.pk] |= {str(offer.person_id) for offer in standing[slot.pk] if offer.seat.trainee}
        more: Week = {"familiar": sorted(map(str, known)), "forbid": sorted(forbidden[slot.pk])}
        needs.append(_need(slot, monday, earliest, standing[slot.pk]) | more)
    return needs


def _need(slot: Slot, monday: date, earliest: int, offers: list[Offer]) -> Week:
    seats = sorted((seat for seat in slot.seats.all() if not seat.trainee), key=lambda seat: seat.number)
    need: Week = {
        "id": str(slot.pk), "resident": str(slot.household_id or slot.pk), "category": slot.category.code,
        "lat": slot.lat, "lon": slot.lon, "minutes": slot.minutes, "windows": _windows(slot, monday, earliest),
        "priority": slot.weighed_priority, "waited_weeks": min(10, slot.waited_weeks), "minor": slot.minor,
        "seats": [
            {"skill": s.skill.code if s.skill else None, "level": s.level, "role": s.role or None,
             "gender": s.gender or None, "language": s.language or None}
            for s in seats
        ],
    }  # fmt: skip
    offers = [offer for offer in offers if not offer.seat.trainee]
    by_seat = {offer.seat_id: offer for offer in offers}
    kept = [offer for offer in offers if _is_kept(offer)]
    team = [by_seat.get(seat.pk) for seat in seats]
    if kept:
        start = minute_of(kept[0].start, monday)
        need["fixed"] = {"start": start, "team": [str(o.person_id) if o and _is_kept(o) else None for o in team]}
    elif all(team) and team:
        need["published"] = {"start": minute_of(offers[0].start, monday), "team": [str(o.person_id) for o in team if o]}
    return need


def _windows(slot: Slot, monday: date, earliest: int) -> list[list[int]]:
    """Starts that are still possible, on the planner's grid of quarters of an hour."""
    found = []
    for window in slot.windows.all():
        first, last = max(minute_of(window.earliest, monday), earliest, 0), min(minute_of(window.latest, monday), WEEK_MINUTES)
        first, last = -(-first // SLOT_STEP) * SLOT_STEP, last // SLOT_STEP * SLOT_STEP
        if first <= last:
            found.append((first, last))
    return [list(stretch) for stretch in merged(found)]


def solve_plan(*, plan_id: UUID, tell: Callable[[str, int], None] | None = None) -> Plan | None:
    """Makes one queued plan under a lease: read, solve, check, store. None if another worker has it."""
    plan = take_plan(plan_id=plan_id)
    if plan is None:
        return None
    try:
        store_plan(plan=plan, outcome=_outcome(plan, tell or (lambda stage, progress: None)))
    except LeaseLost:
        log.warning("plan %s was taken over by another worker", plan.pk)
        return None
    except RulesBroken:
        log.exception("plan %s did not pass the checker", plan.pk)
        fail_plan(plan=plan, sentence=NOT_PROVEN)
    except Unplannable as fault:
        log.exception("plan %s was refused by the planner", plan.pk)
        fail_plan(plan=plan, sentence=WENT_WRONG, code=fault.code, numbers=fault.numbers)
    except Exception:
        log.exception("plan %s failed", plan.pk)
        fail_plan(plan=plan, sentence=WENT_WRONG)
    plan.refresh_from_db()
    return plan


def _outcome(plan: Plan, tell: Callable[[str, int], None]) -> Outcome:
    began, wanted = timezone.now(), False

    def report(stage: str, progress: int) -> None:
        nonlocal wanted
        wanted = report_progress(plan=plan, stage=stage, progress=progress)
        tell(stage, progress)

    report("reading", 2)
    week = build_week(place=plan.place, monday=plan.week)
    report("solving", 10)
    last = timezone.now()

    def show(progress: object) -> None:
        nonlocal last
        now = timezone.now()
        if now - last > timedelta(seconds=1):
            last = now
            share = min(1.0, (now - began).total_seconds() / max(1, plan.seconds_allowed))
            report(str(getattr(progress, "stage", "solving")), 10 + int(75 * share))

    try:
        even = _even(plan, week)
        answer = solve(week, seed=plan.seed, seconds=float(plan.seconds_allowed), stop=lambda: wanted, progress=show, even=even).as_json()
    except (Malformed, Contradiction) as fault:
        raise Unplannable(*as_failure(fault, week, plan.place)) from fault
    report("checking", 88)
    outcome = as_outcome(plan, week, answer, (timezone.now() - began).total_seconds())
    report("storing", 94)
    return outcome


def _even(plan: Plan, week: Week) -> Even | None:
    """What the district lets evenness cost, with how often everybody was asked lately and which communities lag behind."""
    if not plan.even_percent:
        return None
    lift = lagging(plan.week, [UUID(str(need["id"])) for need in week["needs"]], planned_place(plan.place))
    asked = {str(person): count for person, count in asked_lately(plan.week).items()}
    return Even(plan.even_percent / 100, asked=asked, lift={str(slot): share for slot, share in lift.items()})


def as_outcome(plan: Plan, week: Week, answer: Week, seconds: float) -> Outcome:
    """The planner's answer as proposals, if the checker that shares no code with it finds nothing wrong; else raises RulesBroken."""
    verdict: Week = checker().verify(week, answer)
    if verdict["errors"]:
        raise RulesBroken(verdict["errors"][:3])
    visits: list[Week] = answer["visits"]
    seats = _seat_ids(visit["need"] for visit in visits)
    why = {(row["need"], row["seat"]): row["reasons"] for row in answer.get("why", [])}
    monday = week_start(plan.week)
    proposals = [
        Proposed(
            slot_id=UUID(visit["need"]), seat_id=seats[UUID(visit["need"])][n], person_id=UUID(person),
            start=monday + timedelta(minutes=visit["start"]), reasons=why.get((visit["need"], n), []),
        )
        for visit in visits
        for n, person in enumerate(visit["team"])
    ]  # fmt: skip
    gaps = [(UUID(row["need"]), row["code"], {k: v for k, v in row.items() if k not in ("need", "code")}) for row in answer["left_out"]]
    return Outcome(
        value=float(verdict["score"]), bound=float(answer["bound"]), asked=len(week["needs"]), met=len(visits),
        broken_rules=len(verdict["errors"]), seconds=seconds, proposals=proposals, gaps=gaps,
        week_gz=packed(week), plan_gz=packed(answer), verdict=verdict, planner_version=str(answer.get("version", "")), packages=packages(),
        even_paid=(answer.get("evenness") or {}).get("paid"), optimal=bool(answer.get("optimal")),
    )  # fmt: skip


def _seat_ids(slot_ids: Iterable[object]) -> dict[UUID, dict[int, UUID]]:
    """Slot id to its seats' ids by number; in chunks, since a database takes only so many parameters."""
    wanted = [UUID(str(slot)) for slot in slot_ids]
    found: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    for start in range(0, len(wanted), 5000):
        chunk = Slot.objects.filter(pk__in=wanted[start : start + 5000]).values_list("pk", "seats__number", "seats__pk")
        for slot, number, seat in chunk:
            found[slot][number] = seat
    return found
