"""From a presence to an hour: judged, written into the ledger, verified or disputed by its owner, corrected by two people."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Person, Place

from .. import book
from ..access import (
    NothingToCorrect,
    NotOneself,
    NotTwice,
    OwnHours,
    SaidAlready,
    require_parent,
    require_recorder,
)
from ..models import STANDING, Attendance, Correction, Hours, HoursState, How
from .booking import append, subject_of


def _rules(hours: Hours) -> book.Pack:
    """The rules of the district that hold on the day."""
    return book.rules_on(timezone.localdate(hours.came), "")


def _others(hours: Hours) -> Iterable[Hours]:
    """What stands of the same person around the same days; the row of the person keeps two judgements from passing each other."""
    if hours.person is None:
        return []
    Person.objects.select_for_update().get(pk=hours.person.pk)
    near = timedelta(days=2)
    return (
        Hours.objects.filter(person=hours.person, state__in=STANDING, came__lt=hours.left + near, left__gt=hours.came - near)
        .exclude(pk=hours.pk)
        .order_by("came", "pk")
    )


def _said(hours: Hours, ruling: book.Ruling) -> dict[str, Any]:
    """The fields of an entry about hours."""
    names = [person for person in (hours.confirmed_by, hours.led_by, hours.approved_by, hours.entered_by, hours.parent) if person]
    approvers = {subject_of(person, hours.unit) for person in names if person.pk != hours.person_id}
    assert hours.person is not None
    return {
        "subject": subject_of(hours.person, hours.unit), "activity": hours.kind, "slot": str(hours.slot_id or hours.pk),
        "planned": hours.planned, "served": hours.minutes, "tenths": ruling.tenths, "grade": ruling.grade, "rules": hours.rules,
        "start": timezone.localdate(hours.came), "end": timezone.localdate(hours.left), "approvers": tuple(sorted(approvers)),
    }  # fmt: skip


def judged(hours: Hours, now: datetime) -> book.Ruling:
    """Judges and sets what follows from it; nothing is saved."""
    rules = _rules(hours)
    ruling = book.ruled(rules, hours, _others(hours), now)
    last = book.deadline_of(rules, timezone.localdate(hours.left))
    hours.rules, hours.refusals, hours.tenths = rules.name, book.told(ruling.refusals), ruling.tenths
    hours.grade = str(ruling.grade) if ruling.grade else ""
    hours.due_on, hours.warn_on, hours.due_guessed = last.last, last.warn, last.missing is not None
    codes = {str(refusal["code"]) for refusal in hours.refusals}
    if not codes:
        hours.state = HoursState.RECORDED
    elif codes == {"no_approver"}:
        hours.state = HoursState.WAITS_APPROVER
    elif codes <= {"needs_parent", "no_approver"}:
        hours.state = HoursState.WAITS_PARENT
    else:
        hours.state = HoursState.REFUSED
    return ruling


def _settle(hours: Hours, now: datetime) -> Hours:
    """Judged, written into the ledger if it counts, saved, and its owner told."""
    ruling = judged(hours, now)
    if ruling.counts:
        kind = book.Kind.TRAINING_RECORDED if ruling.block is book.Block.TRAINING else book.Kind.HOURS_RECORDED
        said = _said(hours, ruling)
        [hours.entry] = append(facts=[book.Fact(kind, hours.unit_id, said)], now=now)
        hours.recorded_at = now
    hours.version += 1
    hours.save()
    if ruling.counts:
        tell(person_id=hours.person_id, kind="hours_recorded", subject=hours, numbers={"title": hours.title, "tenths": hours.tenths})
    elif hours.state == HoursState.REFUSED:
        tell(person_id=hours.person_id, kind="hours_refused", subject=hours, numbers={"title": hours.title})
    return hours


@transaction.atomic
def hours_from(*, attendance: Attendance, now: datetime | None = None) -> Hours | None:
    """The hours of somebody who served: from the codes and words of the presence, else as long as was planned, on the word of who confirms."""
    moment = now or timezone.now()
    offer = attendance.offer
    if attendance.outcome != Attendance.Outcome.SERVED or Hours.objects.filter(attendance=attendance).exists():
        return None
    slot, presence = offer.slot, getattr(offer, "presence", None)
    came = presence.came_at if presence and presence.came_at else offer.start
    left = presence.left_at if presence and presence.left_at else min(max(came, moment), came + timedelta(minutes=slot.minutes))
    led = presence.came_by if presence and presence.came_how == How.LEADER else None
    codes = (How.SCANNED, How.SPOKEN)
    hours = Hours(
        person=offer.person, unit=slot.place, slot=slot, attendance=attendance, title=slot.title, came=came, left=left,
        planned=slot.minutes, confirmed_by=attendance.said_by if attendance.said_by_id != offer.person_id else None,
        led_by=led if led and led.pk != offer.person_id else None,
        code_in=bool(presence and presence.came_how in codes), code_out=bool(presence and presence.left_how in codes),
    )  # fmt: skip
    _settle(hours, moment)
    record(actor_id=attendance.said_by_id, verb="hours_from", subject=hours, place_id=hours.unit_id, detail={"state": hours.state})
    return hours


@transaction.atomic
def back_fill(
    *, by: Person, person: Person, unit: Place, title: str, came: datetime, left: datetime, kind: str = "service",
    slot_planned: int | None = None, now: datetime | None = None,
) -> Hours:  # fmt: skip
    """Hours written down afterwards: they count when somebody else has approved them, and always show as filled in afterwards."""
    require_recorder(by, unit)
    if by.pk == person.pk:
        raise NotOneself
    moment = now or timezone.now()
    minutes = max(0, int((left - came).total_seconds() // 60))
    hours = Hours(person=person, unit=unit, title=title, came=came, left=left, planned=slot_planned or minutes, kind=kind, entered_by=by)
    _settle(hours, moment)
    record(actor_id=by.pk, verb="back_fill", subject=hours, place_id=unit.pk, detail={"minutes": minutes, "state": hours.state})
    return hours


def _held(hours: Hours, seen: int | None) -> Hours:
    found = Hours.objects.select_for_update().select_related("person", "unit", "slot").get(pk=hours.pk)
    if seen is not None and found.version != seen:
        raise Stale
    return found


@transaction.atomic
def approve_hours(*, by: Person, hours: Hours, seen: int | None = None, now: datetime | None = None) -> Hours:
    """The second pair of eyes on what was filled in afterwards."""
    found = _held(hours, seen)
    require_recorder(by, found.unit)
    if found.state != HoursState.WAITS_APPROVER:
        raise SaidAlready
    if by.pk in (found.person_id, found.entered_by_id):
        raise NotTwice
    found.approved_by = by
    _settle(found, now or timezone.now())
    record(actor_id=by.pk, verb="approve_hours", subject=found, place_id=found.unit_id, detail={"state": found.state})
    return found


@transaction.atomic
def review_long_day(*, by: Person, hours: Hours, seen: int | None = None, now: datetime | None = None) -> Hours:
    """More than eight hours on a day count when somebody of the level above has looked at them."""
    found = _held(hours, seen)
    require_parent(by, found.unit)
    if found.state != HoursState.WAITS_PARENT:
        raise SaidAlready
    if by.pk == found.person_id:
        raise NotOneself
    found.parent = by
    _settle(found, now or timezone.now())
    record(actor_id=by.pk, verb="review_long_day", subject=found, place_id=found.unit_id, detail={"state": found.state})
    return found


@transaction.atomic
def verify_hours(*, by: Person, hours: Hours, seen: int | None = None, now: datetime | None = None) -> Hours:
    """Their owner says that they are right."""
    return _owner_says(by, hours, HoursState.VERIFIED, "", seen, now or timezone.now())


@transaction.atomic
def dispute_hours(*, by: Person, hours: Hours, words: str, seen: int | None = None, now: datetime | None = None) -> Hours:
    """Their owner says what is wrong; the hours stand until they are corrected, and the social worker hears of it."""
    found = _owner_says(by, hours, HoursState.DISPUTED, words, seen, now or timezone.now())
    if found.slot is not None:
        tell(person_id=found.slot.lead_id, kind="hours_disputed", subject=found, numbers={"title": found.title})
    return found


def _owner_says(by: Person, hours: Hours, state: HoursState, words: str, seen: int | None, now: datetime) -> Hours:
    found = _held(hours, seen)
    if by.pk != found.person_id:
        raise OwnHours
    if found.state not in STANDING or found.entry is None:
        raise NothingToCorrect
    if found.state == state:
        raise SaidAlready
    disputed = state == HoursState.DISPUTED
    said: dict[str, Any] = {"subject": subject_of(by, found.unit), "corrects": found.entry}
    append(
        facts=[book.Fact(book.Kind.HOURS_DISPUTED, found.unit_id, said | {"reasons": ("owner_disagrees",)})]
        if disputed
        else [book.Fact(book.Kind.HOURS_VERIFIED, found.unit_id, said)],
        now=now,
    )
    found.state, found.dispute, found.verified_at = state, words, None if disputed else now
    found.version += 1
    found.save()
    record(actor_id=by.pk, verb="dispute_hours" if disputed else "verify_hours", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def propose_correction(
    *, by: Person, hours: Hours, came: datetime, left: datetime, why: str, seen: int | None = None, now: datetime | None = None
) -> Correction:
    """What the hours should say; it counts when somebody else has approved it."""
    found = _held(hours, seen)
    require_recorder(by, found.unit)
    if by.pk == found.person_id:
        raise NotOneself
    if found.state not in STANDING:
        raise NothingToCorrect
    if found.corrections.filter(state=Correction.State.PROPOSED).exists():
        raise SaidAlready
    correction = Correction.objects.create(
        hours=found, came=came, left=left, old_came=found.came, old_left=found.left, old_tenths=found.tenths, why=why, proposed_by=by
    )
    record(actor_id=by.pk, verb="propose_correction", subject=correction, place_id=found.unit_id, detail={"hours": str(found.pk)})
    return correction


@transaction.atomic
def decide_correction(*, by: Person, correction: Correction, approved: bool, now: datetime | None = None) -> Correction:
    """The second of two people: with their yes the correction stands as an entry of its own, which names the one it replaces."""
    moment = now or timezone.now()
    hours = _held(correction.hours, None)
    found = Correction.objects.select_for_update().get(pk=correction.pk)
    require_recorder(by, hours.unit)
    if found.state != Correction.State.PROPOSED:
        raise SaidAlready
    if by.pk in (hours.person_id, found.proposed_by_id):
        raise NotTwice
    found.decided_by, found.decided_at = by, moment
    found.state = Correction.State.APPROVED if approved else Correction.State.REFUSED
    if approved:
        found.entry = _correct(hours, found, moment)
    found.save()
    tell(
        person_id=hours.person_id,
        kind="hours_corrected" if approved else "correction_refused",
        subject=hours,
        numbers={"title": hours.title},
    )
    record(actor_id=by.pk, verb="decide_correction", subject=found, place_id=hours.unit_id, detail={"approved": approved})
    return found


def _correct(hours: Hours, correction: Correction, now: datetime) -> int:
    """Hours as corrected, judged like any others; what does not count any more counts as nothing."""
    before, hours.came, hours.left = hours.entry, correction.came, correction.left
    # A correction says what was, not what was planned: the plan may have been too short.
    hours.planned = max(hours.planned, hours.minutes)
    ruling = judged(hours, now)
    assert hours.person is not None and correction.proposed_by is not None and correction.decided_by is not None
    said = _said(hours, ruling)
    two = {subject_of(person, hours.unit) for person in (correction.proposed_by, correction.decided_by)}
    said |= {"approvers": tuple(sorted({*said["approvers"], *two})), "corrects": before, "reasons": ("two_people",)}
    [hours.entry] = append(facts=[book.Fact(book.Kind.HOURS_CORRECTED, hours.unit_id, said)], now=now)
    hours.state, hours.dispute, hours.verified_at, hours.version = HoursState.RECORDED, "", None, hours.version + 1
    hours.save()
    return hours.entry
