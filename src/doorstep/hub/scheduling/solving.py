"""The only door to the planner: turns a week of slots into its input, and its answer into proposals."""

import gzip
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from uuid import UUID

from django.utils import timezone

from doorstep.hub.people.models import (
    HELPING,
    Clearance,
    Credential,
    GuardianConsent,
    Membership,
    Person,
    Place,
    Role,
    SpokenLanguage,
    VolunteerProfile,
)
from doorstep.planner.week import solve

from .actions.plan import LeaseLost, Outcome, Proposed, fail_plan, report_progress, store_plan, take_plan
from .models import Exclusion, Offer, OfferState, Plan, Refusal, Rhythm, Slot
from .queries import Stretches, familiar_people, free_time, merged, open_slots, places_below, rhythm_of

log = logging.getLogger(__name__)
Week = dict[str, object]
SLOT_STEP = 15
WEEK_MINUTES = 10_080
CHECKER = Path(__file__).resolve().parents[4] / "docs" / "verify_plan.py"


def week_start(monday: date) -> datetime:
    return timezone.make_aware(datetime.combine(monday, time.min))


def minute_of(moment: datetime, monday: date) -> int:
    return int((moment - week_start(monday)).total_seconds() // 60)


def build_week(*, place: Place, monday: date, now: datetime | None = None) -> Week:
    """A `doorstep-week/1`: everything the planner may know, and nothing that it need not know."""
    rhythm, moment = rhythm_of(place), now or timezone.now()
    slots = list(open_slots(monday, place).select_related("category").prefetch_related("seats__skill", "windows"))
    promised = _promises(place, monday)
    soonest = moment + timedelta(hours=rhythm.least_notice_hours)
    settled = {slot.pk for slot in slots if _is_settled(slot, promised[slot.pk], soonest)}
    return {
        "format": "doorstep-week/1",
        "start": monday.isoformat(),
        "volunteers": _volunteers(place, monday, promised, settled),
        "needs": _needs([slot for slot in slots if slot.pk not in settled], monday, moment, rhythm, promised),
    }


def _is_settled(slot: Slot, offers: list[Offer], soonest: datetime) -> bool:
    """Every seat is kept, or the kept start is too near to ask anybody else for."""
    kept = [offer for offer in offers if _is_kept(offer)]
    return len({offer.seat_id for offer in kept}) == len(slot.seats.all()) or any(offer.start < soonest for offer in kept)


def _is_kept(offer: Offer) -> bool:
    """What people have asked or answered, or a social worker has pinned or held, a plan does not touch."""
    return offer.pinned or offer.state != OfferState.PROPOSED


def _promises(place: Place, monday: date) -> dict[UUID, list[Offer]]:
    found: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.active().in_week(monday).filter(slot__place__in=places_below(place)).select_related("slot"):
        found[offer.slot_id].append(offer)
    return found


def _needs(slots: Iterable[Slot], monday: date, now: datetime, rhythm: Rhythm, promised: dict[UUID, list[Offer]]) -> list[Week]:
    chosen = list(slots)
    familiar = familiar_people({slot.household_id for slot in chosen if slot.household_id})
    refused: dict[UUID, list[str]] = defaultdict(list)
    for slot_id, person_id in Refusal.objects.filter(slot__in=[slot.pk for slot in chosen]).values_list("slot_id", "person_id"):
        refused[slot_id].append(str(person_id))
    earliest = minute_of(now + timedelta(hours=rhythm.least_notice_hours), monday)
    needs = []
    for slot in chosen:
        known = familiar.get(slot.household_id, {}) if slot.household_id else {}
        need = _need(slot, monday, earliest, promised[slot.pk])
        if need["windows"] or need.get("fixed"):
            needs.append(need | {"familiar": sorted(map(str, known)), "forbid": refused[slot.pk]})
    return needs


def _need(slot: Slot, monday: date, earliest: int, offers: list[Offer]) -> Week:
    seats = sorted(slot.seats.all(), key=lambda seat: seat.number)
    need: Week = {
        "id": str(slot.pk), "resident": str(slot.household_id or slot.pk), "category": slot.category.code,
        "lat": slot.lat, "lon": slot.lon, "minutes": slot.minutes, "windows": _windows(slot, monday, earliest),
        "priority": slot.priority, "waited_weeks": min(10, slot.waited_weeks), "minor": slot.minor,
        "seats": [
            {"skill": s.skill.code if s.skill else None, "level": s.level, "role": s.role or None,
             "gender": s.gender or None, "language": s.language or None}
            for s in seats
        ],
    }  # fmt: skip
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


def _volunteers(place: Place, monday: date, promised: dict[UUID, list[Offer]], settled: set[UUID]) -> list[Week]:
    facts = _Facts(place, monday)
    booked: dict[UUID, list[Offer]] = defaultdict(list)
    required: set[UUID] = set()
    for slot_id, offers in promised.items():
        for offer in offers:
            required.add(offer.person_id)
            # Whole-slot promises and those of slots that are not open any more stand outside the problem.
            if slot_id in settled or offer.state == OfferState.SERVED:
                booked[offer.person_id].append(offer)
    rows = []
    for profile in VolunteerProfile.objects.select_related("person").prefetch_related("categories").filter(
        person_id__in=[*facts.roles, *required]
    ):
        rows.append(_volunteer(profile, facts, monday, booked[profile.person_id], profile.person_id in required))
    return [row for row in rows if row is not None]


class _Facts:
    """What stands in other tables about everybody at once: a dozen queries, never one a person."""

    def __init__(self, place: Place, monday: date) -> None:
        last_day = monday + timedelta(days=6)
        held = Membership.objects.on(monday).filter(role__in=HELPING, place__in=places_below(place))
        self.roles: dict[UUID, str] = {}
        order = [Role.SOCIAL_WORKER, Role.SPECIALIST, Role.PROPERTY, Role.VOLUNTEER]
        for person, role in held.values_list("person_id", "role"):
            if person not in self.roles or order.index(Role(role)) < order.index(Role(self.roles[person])):
                self.roles[person] = role
        self.skills: dict[UUID, dict[str, int]] = defaultdict(dict)
        # In date until the end of the week: a credential that ends on Wednesday opens no door on Thursday.
        for person, skill, level in Credential.objects.in_force(last_day).filter(verified_on__lte=monday).values_list(
            "person_id", "skill__code", "level"
        ):
            self.skills[person][skill] = level
        self.cleared = set(Clearance.objects.in_force(last_day).values_list("person_id", flat=True))
        self.languages: dict[UUID, list[str]] = defaultdict(list)
        for person, code in SpokenLanguage.objects.values_list("person_id", "code"):
            self.languages[person].append(code)
        self.avoid: dict[UUID, list[str]] = defaultdict(list)
        for person, household in Exclusion.objects.values_list("person_id", "household_id"):
            self.avoid[person].append(str(household))
        self.free = free_time(monday)
        self.load: dict[UUID, int] = defaultdict(int)
        recent = (monday - timedelta(days=28), monday)
        for person in Offer.objects.filter(state=OfferState.SERVED, start__date__range=recent).values_list("person_id", flat=True):
            self.load[person] += 1
        self.consents = {row.person_id: row for row in GuardianConsent.objects.filter(consent__withdrawn_at=None)}


def _volunteer(profile: VolunteerProfile, facts: _Facts, monday: date, booked: list[Offer], required: bool) -> Week | None:
    person: Person = profile.person
    role = facts.roles.get(person.pk, Role.VOLUNTEER)
    free: Stretches = facts.free.get(person.pk, []) if profile.offers_welcome and person.pk in facts.roles else []
    is_minor = (person.age_on(monday) or 18) < 18
    # A person under 18 is asked by people who know the task and the guardian's words, never by the machine.
    if is_minor:
        free = []
    if not free and not required:
        return None
    minutes, visits = profile.max_minutes, profile.max_visits
    return {
        "id": str(person.pk), "role": str(role), "lat": profile.lat, "lon": profile.lon, "kmh": profile.kmh,
        "reach_m": profile.reach_m, "skills": facts.skills.get(person.pk, {}), "vetted": person.pk in facts.cleared,
        "gender": person.gender or None, "languages": sorted(facts.languages.get(person.pk, [])),
        "free": [list(stretch) for stretch in free], "max_minutes": minutes, "max_visits": visits,
        "avoid": facts.avoid.get(person.pk, []), "prefers": sorted(c.code for c in profile.categories.all()),
        "booked": sorted(
            ({"start": max(0, minute_of(o.start, monday)), "minutes": o.slot.minutes, "lat": o.slot.lat, "lon": o.slot.lon} for o in booked),
            key=lambda b: b["start"],
        ),
        "load_28d": facts.load.get(person.pk, 0),
    }  # fmt: skip


def checker() -> ModuleType:
    """The project's own checker, which shares no code with the planner; loaded from docs/ by its path."""
    spec = spec_from_file_location("verify_plan", CHECKER)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
    except Exception:
        log.exception("plan %s failed", plan.pk)
        fail_plan(plan=plan, sentence="排班程序出错了，原来的安排没有动。请再排一次；还不行，请把这句话告诉管理员。")
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

    answer = solve(week, seed=plan.seed, seconds=float(plan.seconds_allowed), stop=lambda: wanted, progress=show).as_json()
    report("checking", 88)
    verdict = checker().verify(week, answer)
    report("storing", 94)
    return _as_outcome(plan, week, answer, verdict, (timezone.now() - began).total_seconds())


def _as_outcome(plan: Plan, week: Week, answer: Week, verdict: dict[str, object], seconds: float) -> Outcome:
    visits: list[dict[str, object]] = answer["visits"]  # type: ignore[assignment]
    seats = _seat_ids(visit["need"] for visit in visits)
    why = {(row["need"], row["seat"]): row["reasons"] for row in answer.get("why", [])}  # type: ignore[attr-defined]
    monday = week_start(plan.week)
    proposals = [
        Proposed(
            slot_id=UUID(visit["need"]), seat_id=seats[UUID(visit["need"])][n], person_id=UUID(person),
            start=monday + timedelta(minutes=visit["start"]), reasons=why.get((visit["need"], n), []),
        )
        for visit in visits
        for n, person in enumerate(visit["team"])
    ]  # fmt: skip
    gaps = [(UUID(row["need"]), row["code"], {k: v for k, v in row.items() if k not in ("need", "code")}) for row in answer["left_out"]]  # type: ignore[attr-defined]
    return Outcome(
        value=float(verdict["score"]), bound=float(answer["bound"]), asked=len(week["needs"]), met=len(visits),  # type: ignore[arg-type]
        broken_rules=len(verdict["errors"]), seconds=seconds, proposals=proposals, gaps=gaps,  # type: ignore[arg-type]
        week_gz=_packed(week), plan_gz=_packed(answer), verdict=verdict,
    )  # fmt: skip


def _seat_ids(slot_ids: Iterable[object]) -> dict[UUID, dict[int, UUID]]:
    """Slot id to its seats' ids by number; in chunks, since a database takes only so many parameters."""
    wanted, found = [UUID(str(slot)) for slot in slot_ids], defaultdict(dict)
    for start in range(0, len(wanted), 5000):
        chunk = Slot.objects.filter(pk__in=wanted[start : start + 5000]).values_list("pk", "seats__number", "seats__pk")
        for slot, number, seat in chunk:
            found[slot][number] = seat
    return found


def _packed(data: object) -> bytes:
    return gzip.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
