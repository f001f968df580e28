"""From a presence to an hour: recorded, filled in afterwards, approved or turned down, verified or disputed by its owner."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import mark_read, record, tell
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.access import before_yes_title

from .. import book
from ..access import NothingToCorrect, NotOneself, NotTwice, OwnHours, SaidAlready, require_parent, require_recorder
from ..models import STANDING, Attendance, Hours, HoursState
from ..telling import NEWS
from .booking import append, subject_of
from .correcting import decide_correction, propose_correction
from .judging import OwnerForgotten, held, hold_all, judged, require_owner, require_some_left, require_sound, settle
from .kinds import away_of, kind_of, learned
from .watching import watch_typing

__all__ = [
    "NothingPicked", "OwnerForgotten", "answer_dispute", "approve_hours", "approve_several", "back_fill", "decide_correction", "dispute_hours",
    "hours_from", "judged", "news_read", "propose_correction", "review_long_day", "turn_down", "verify_hours", "verify_several",
]  # fmt: skip


class NothingPicked(Refused):
    sentence = _("还没有勾。请先勾上几条，再按。")


class NoWordsYet(Refused):
    field = "words"
    sentence = _("请写一句为什么，本人看得到。")


@transaction.atomic
def hours_from(*, attendance: Attendance, now: datetime | None = None) -> Hours | None:
    """The hours of somebody who was there: from the codes and words of the presence, else as long as was planned, on the word of who
    confirms; of the kind that was announced, without the planned break."""
    moment = now or timezone.now()
    offer = attendance.offer
    if attendance.outcome != Attendance.Outcome.SERVED or Hours.objects.filter(attendance=attendance).exists():
        return None
    slot, presence = offer.slot, getattr(offer, "presence", None)
    came = presence.came_at if presence and presence.came_at else offer.start
    left = presence.left_at if presence and presence.left_at else min(max(came, moment), came + timedelta(minutes=slot.minutes))
    led, away = presence.vouched_by if presence else None, away_of(offer, presence, came, left)
    hours = Hours(
        person=offer.person, unit=slot.place, slot=slot, attendance=attendance, title=before_yes_title(slot)[:60], came=came, left=left,
        kind=kind_of(offer, presence), away=away, planned=max(0, slot.minutes - away), confirmed_by=attendance.said_by if attendance.said_by_id != offer.person_id else None,
        led_by=led, code_in=bool(presence and presence.code_in), code_out=bool(presence and presence.code_out),
    )  # fmt: skip
    settle(hours, moment)
    learned(hours)
    record(actor_id=attendance.said_by_id, verb="hours_from", subject=hours, place_id=hours.unit_id, detail={"state": hours.state})
    return hours


@transaction.atomic
def back_fill(
    *, by: Person, person: Person, unit: Place, title: str, came: datetime, left: datetime, kind: str = "service",
    away: int = 0, slot_planned: int | None = None, now: datetime | None = None,
) -> Hours:  # fmt: skip
    """Hours written down afterwards: they count when somebody else has approved them, and always show as filled in afterwards.

    away: minutes of breaks, travel and standby within them, which do not count.
    """
    require_recorder(by, unit)
    if by.pk == person.pk:
        raise NotOneself
    moment = now or timezone.now()
    require_sound(came, left, moment)
    minutes = int((left - came).total_seconds() // 60)
    require_some_left(minutes, away)
    hours = Hours(
        person=person, unit=unit, title=title, came=came, left=left, away=away, planned=slot_planned or minutes - away, kind=kind,
        entered_by=by,
    )  # fmt: skip
    settle(hours, moment)
    record(actor_id=by.pk, verb="back_fill", subject=hours, place_id=unit.pk, detail={"minutes": minutes - away, "state": hours.state})
    watch_typing(by=by, unit=unit, now=moment)
    return hours


@transaction.atomic
def approve_hours(*, by: Person, hours: Hours, seen: int | None = None, now: datetime | None = None) -> Hours:
    """The second pair of eyes on what was filled in afterwards."""
    found = held(hours, seen)
    require_recorder(by, found.unit)
    if found.state != HoursState.WAITS_APPROVER:
        raise SaidAlready
    require_owner(found)
    if by.pk in (found.person_id, found.entered_by_id, found.parent_id):
        raise NotTwice
    found.approved_by = by
    settle(found, now or timezone.now())
    record(actor_id=by.pk, verb="approve_hours", subject=found, place_id=found.unit_id, detail={"state": found.state})
    if found.entered_by is not None:
        watch_typing(by=found.entered_by, unit=found.unit, now=now)
    return found


@transaction.atomic
def approve_several(*, by: Person, several: Iterable[tuple[Hours, int]], now: datetime | None = None) -> list[Hours]:
    """Several at once, each as it was seen: all or none."""
    several = list(several)
    hold_all(hours for hours, _ in several)
    done = [approve_hours(by=by, hours=hours, seen=seen, now=now) for hours, seen in several]
    if not done:
        raise NothingPicked
    return done


@transaction.atomic
def review_long_day(*, by: Person, hours: Hours, seen: int | None = None, now: datetime | None = None) -> Hours:
    """More than eight hours on a day count when somebody of the level above has looked at them: another one than who filled them in,
    approves or confirmed them, so that three people stand behind a long day that was filled in."""
    found = held(hours, seen)
    require_parent(by, found.unit)
    if found.state != HoursState.WAITS_PARENT:
        raise SaidAlready
    require_owner(found)
    if by.pk == found.person_id:
        raise NotOneself
    if by.pk in (found.entered_by_id, found.approved_by_id, found.confirmed_by_id, found.led_by_id):
        raise NotTwice
    found.parent = by
    settle(found, now or timezone.now())
    record(actor_id=by.pk, verb="review_long_day", subject=found, place_id=found.unit_id, detail={"state": found.state})
    return found


@transaction.atomic
def turn_down(*, by: Person, hours: Hours, words: str, seen: int | None = None) -> Hours:
    """The second person, or the level above, says no and why; nothing enters the ledger, and who filled it in hears of it too."""
    found = held(hours, seen)
    if found.state == HoursState.WAITS_PARENT:
        require_parent(by, found.unit)
    else:
        require_recorder(by, found.unit)
    if found.state not in (HoursState.WAITS_APPROVER, HoursState.WAITS_PARENT):
        raise SaidAlready
    if by.pk == found.person_id:
        raise NotOneself
    if not words.strip():
        raise NoWordsYet
    found.state, found.tenths, found.refusals = HoursState.REFUSED, 0, [{"code": "turned_down", "words": words}]
    found.version += 1
    found.save()
    for person_id in {found.person_id, found.entered_by_id} - {None, by.pk}:
        tell(person_id=person_id, kind="hours_refused", subject=found, numbers={"title": found.title})
    record(actor_id=by.pk, verb="turn_down", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def verify_hours(*, by: Person, hours: Hours, seen: int | None = None, now: datetime | None = None) -> Hours:
    """Their owner says that they are right."""
    return _owner_says(by, hours, HoursState.VERIFIED, "", seen, now or timezone.now())


@transaction.atomic
def verify_several(*, by: Person, several: Iterable[tuple[Hours, int]], now: datetime | None = None) -> list[Hours]:
    """Several at once, each as it was seen: all or none."""
    several = list(several)
    hold_all(hours for hours, _ in several)
    done = [verify_hours(by=by, hours=hours, seen=seen, now=now) for hours, seen in several]
    if not done:
        raise NothingPicked
    return done


@transaction.atomic
def dispute_hours(*, by: Person, hours: Hours, words: str, seen: int | None = None, now: datetime | None = None) -> Hours:
    """Their owner says what is wrong; the hours stand until they are corrected, and who answers for them hears of it."""
    if not words.strip():
        raise NoWordsYet
    found = _owner_says(by, hours, HoursState.DISPUTED, words, seen, now or timezone.now())
    tell(person_id=_answers_for(found), kind="hours_disputed", subject=found, numbers={"title": found.title})
    return found


def _answers_for(hours: Hours) -> UUID | None:
    """The social worker of the slot; of what was filled in afterwards, who wrote it down or approved it."""
    return hours.slot.lead_id if hours.slot else hours.entered_by_id or hours.approved_by_id


def _owner_says(by: Person, hours: Hours, state: HoursState, words: str, seen: int | None, now: datetime) -> Hours:
    found = held(hours, seen)
    if by.pk != found.person_id:
        raise OwnHours
    if found.state not in STANDING or found.entry is None:
        raise NothingToCorrect
    # Who was answered and still disagrees may say so again.
    if found.state == state and not found.answer:
        raise SaidAlready
    require_owner(found)
    disputed = state == HoursState.DISPUTED
    said: dict[str, Any] = {"subject": subject_of(by, found.unit), "corrects": found.entry}
    append(
        facts=[book.Fact(book.Kind.HOURS_DISPUTED, found.unit_id, said | {"reasons": ("owner_disagrees",)})]
        if disputed
        else [book.Fact(book.Kind.HOURS_VERIFIED, found.unit_id, said)],
        now=now,
    )
    found.state, found.dispute, found.answer, found.verified_at = state, words, "", None if disputed else now
    found.version += 1
    found.save()
    record(actor_id=by.pk, verb="dispute_hours" if disputed else "verify_hours", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def answer_dispute(*, by: Person, hours: Hours, words: str, seen: int | None = None) -> Hours:
    """Looked into, and nothing to correct: the owner reads why. The dispute stays in the ledger, and the owner may still say it again."""
    found = held(hours, seen)
    require_recorder(by, found.unit)
    if by.pk == found.person_id:
        raise NotOneself
    if found.state != HoursState.DISPUTED or found.answer:
        raise SaidAlready
    if not words.strip():
        raise NoWordsYet
    found.answer = words
    found.version += 1
    found.save()
    tell(person_id=found.person_id, kind="dispute_answered", subject=found, numbers={"title": found.title})
    record(actor_id=by.pk, verb="answer_dispute", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def news_read(*, by: Person, kinds: Sequence[str] = tuple(NEWS), now: datetime | None = None) -> int:
    """What was told about one's record has been read."""
    return mark_read(person_id=by.pk, kinds=kinds, at=now)
