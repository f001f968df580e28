"""How hours are judged and settled: by the rules of their district and day, beside what stands already, and into the ledger if they count."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale
from doorstep.hub.journal.actions import tell
from doorstep.hub.people.actions.forgetting import FORGOTTEN
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from .. import book
from ..models import STANDING, Hours, HoursState, Salt
from ..queries.rules import district_code
from .booking import append, subject_of

#: Codes that wait for somebody and are no refusal.
WAITS = {"no_approver", "needs_parent"}


class OwnerForgotten(Refused):
    sentence = _("这个人的资料已经按本人的要求删掉了，这些时长不能再动。账本里的那几条留着。")


class EndsBeforeItBegins(Refused):
    field = "left"
    sentence = _("结束要在开始以后。请再看一看几点到几点。")


class NotOverYet(Refused):
    field = "left"
    sentence = _("这段时间还没过完，现在不能记。等过完了再来。")


class TooLongAtOnce(Refused):
    field = "left"
    sentence = _("一次最多记 24 小时。跨了几天的，一天一天分开记。")


class AllAway(Refused):
    field = "away"
    sentence = _("不算的时间和在场的一样长，或者更长。请再看一看：只写路上、吃饭、休息、待命的分钟。")


#: Longer than this is a slip of the pen, whatever a pack says.
LONGEST = timedelta(hours=24)


def require_sound(came: datetime, left: datetime, now: datetime) -> None:
    """What cannot be a stretch of time is sent back before anything is written."""
    if left <= came:
        raise EndsBeforeItBegins
    if left > now:
        raise NotOverYet
    if left - came > LONGEST:
        raise TooLongAtOnce


def require_some_left(minutes: int, away: int) -> None:
    """What does not count lies within what there was, and leaves something."""
    if not 0 <= away < minutes:
        raise AllAway


def require_owner(hours: Hours) -> Person:
    """Whose hours they are; after the salt has gone no entry could be tied to the ones before."""
    person = hours.person
    if person is None or (hours.entry is not None and not Salt.objects.filter(person=person).exists()):
        raise OwnerForgotten
    return person


def held(hours: Hours, seen: int | None) -> Hours:
    """The row as it stands now, kept until the transaction ends; Stale if it was changed since it was read."""
    found = Hours.objects.select_for_update(of=("self",)).select_related("person", "unit", "slot").get(pk=hours.pk)
    if seen is not None and found.version != seen:
        raise Stale
    return found


def hold_all(several: Iterable[Hours]) -> None:
    """All rows that one act will touch, in one order and before the first goes into the ledger: else two who each hold what the other
    wants would wait for each other (hours, then people, then the log, as everywhere)."""
    rows = list(several)
    list(Hours.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("pk"))
    hold_people(row.person_id for row in rows)


def hold_owners(people: Iterable[UUID | None]) -> None:
    """Holds people who are about to get something into their record. Whoever was forgotten while this waited has no record any more
    that anybody could add to."""
    found = list(people)
    hold_people(found)
    if Person.objects.filter(pk__in=[pk for pk in found if pk is not None], name=FORGOTTEN).exists():
        raise OwnerForgotten


def _others(hours: Hours) -> Iterable[Hours]:
    """What stands of the same person around the same days; the row of the person keeps two judgements from passing each other."""
    if hours.person is None:
        return []
    hold_owners([hours.person.pk])
    near = timedelta(days=2)
    return (
        Hours.objects.filter(person=hours.person, state__in=STANDING, came__lt=hours.left + near, left__gt=hours.came - near)
        .filter(left__gt=F("came"))
        # Whoever sat in a meeting may have served in the middle of it.
        .exclude(block=book.Block.NONE)
        .exclude(pk=hours.pk)
        .order_by("came", "pk")
    )


def said_of(hours: Hours, ruling: book.Ruling) -> dict[str, Any]:
    """The fields of an entry about hours."""
    names = [person for person in (hours.confirmed_by, hours.led_by, hours.approved_by, hours.entered_by, hours.parent) if person]
    # A pseudonym is drawn when somebody first stands in an entry: in one order, as two entries of the same people may be written at once.
    known = {person.pk: subject_of(person, hours.unit) for person in sorted([*names, require_owner(hours)], key=lambda person: person.pk)}
    approvers = {name for pk, name in known.items() if pk != hours.person_id}
    return {
        "subject": known[require_owner(hours).pk], "activity": hours.kind, "slot": str(hours.slot_id or hours.pk),
        "planned": hours.planned, "served": hours.minutes - hours.away, "tenths": ruling.tenths, "grade": ruling.grade, "rules": hours.rules,
        "start": timezone.localdate(hours.came), "end": timezone.localdate(hours.left), "approvers": tuple(sorted(approvers)),
    }  # fmt: skip


def judged(hours: Hours, now: datetime) -> book.Ruling:
    """Judges and sets what follows from it; nothing is saved."""
    rules = book.rules_on(timezone.localdate(hours.came), district_code(hours.unit))
    ruling = book.ruled(rules, hours, _others(hours), now)
    last = book.deadline_of(rules, timezone.localdate(hours.left))
    hours.rules, hours.refusals, hours.tenths, hours.block = rules.name, book.told(ruling.refusals), ruling.tenths, str(ruling.block)
    hours.grade = str(ruling.grade) if ruling.grade else ""
    hours.due_on, hours.warn_on, hours.due_guessed = last.last, last.warn, last.missing is not None
    codes = {str(refusal["code"]) for refusal in hours.refusals}
    if not codes:
        hours.state = HoursState.RECORDED
    elif not codes <= WAITS:
        hours.state = HoursState.REFUSED
    else:
        hours.state = HoursState.WAITS_PARENT if "needs_parent" in codes else HoursState.WAITS_APPROVER
    return ruling


def first_kind(ruling: book.Ruling) -> book.Kind:
    """As what hours first enter the ledger."""
    return book.Kind.TRAINING_RECORDED if ruling.block is book.Block.TRAINING else book.Kind.HOURS_RECORDED


def settle(hours: Hours, now: datetime) -> Hours:
    """Judged, written into the ledger if it counts, saved, and its owner told."""
    ruling = judged(hours, now)
    if ruling.counts:
        [hours.entry] = append(facts=[book.Fact(first_kind(ruling), hours.unit_id, said_of(hours, ruling))], now=now)
        hours.recorded_at = now
    hours.version += 1
    hours.save()
    if ruling.counts:
        tell(person_id=hours.person_id, kind="hours_recorded", subject=hours, numbers={"title": hours.title, "tenths": hours.tenths})
    elif hours.state == HoursState.REFUSED:
        kind = "hours_not_service" if hours.not_service else "hours_refused"
        tell(person_id=hours.person_id, kind=kind, subject=hours, numbers={"title": hours.title})
    return hours
