"""Adopting rules of hours, a star scheme and the holidays of a year: each version once, from tomorrow on, with its digest in the ledger."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person, Place

from .. import book
from ..access import NotParent, officer_over
from ..models import AnnouncedYear, Hours, HoursState, RulePack, StarScheme
from ..queries.rules import district_code
from ..telling import FIELDS
from .booking import append, subject_of

#: What an entry and its row can carry as the name of an activity.
KIND = re.compile(r"[a-z][a-z0-9_]{0,19}").fullmatch
CHINA = 480


class BadRules(Refused):
    """The field, in words, and what may stand in it; `field` is where the form shows it."""

    def __init__(self, field: str) -> None:
        label, help_text = FIELDS.get(field, (field, _("请照现行的那一份改，一项不多，一项不少。")))
        self.field = field
        super().__init__(_("“%(field)s”这一项不对：%(help)s") % {"field": label, "help": help_text})


class VersionTaken(Refused):
    field = "version"
    sentence = _("这个版本已经有了，采用过的不能盖掉。请换一个更大的版本号。")


class BackDated(Refused):
    field = "valid_from"
    sentence = _("新规则最早从明天起用：已经记下的，按当时的规则，不往回改。")


class OtherDistrict(Refused):
    field = "district"
    sentence = _("文件里写的不是本区的代码。请把 district 改成本区的代码再交。")


class OldYear(Refused):
    field = "year"
    sentence = _("过去的年份不能再改。请填今年或以后的。")


class BadDays(Refused):
    field = "days"


def _require_officer(by: Person, district: Place) -> str:
    if district.kind != Place.Kind.DISTRICT or not officer_over(by, district):
        raise NotParent
    return district_code(district)


@transaction.atomic
def adopt_rules(*, by: Person, district: Place, data: bytes, now: datetime | None = None) -> RulePack:
    """A pack of rules for the district, from the bytes of its file. What was recorded under an older one stays as it is."""
    code, moment = _require_officer(by, district), now or timezone.now()
    try:
        pack = book.pack(data)
    except book.BadPack as fault:
        raise BadRules(fault.field) from fault
    if pack.utc_offset_minutes != CHINA:
        raise BadRules("utc_offset_minutes")
    if not all(KIND(kind) for kind in pack.kinds):
        raise BadRules("kinds")
    _require_new(pack.district, code, pack.valid_from, moment)
    row = RulePack(name=pack.name, data=data, adopted_by=by)
    _adopt(row, by, district, pack.name, data, moment)
    return row


@transaction.atomic
def adopt_stars(*, by: Person, district: Place, data: bytes, now: datetime | None = None) -> StarScheme:
    """A star scheme for the district; stars are read anew from the facts, the facts stay."""
    code, moment = _require_officer(by, district), now or timezone.now()
    try:
        scheme = book.scheme(data)
    except book.BadPack as fault:
        raise BadRules(fault.field) from fault
    _require_new(scheme.district, code, scheme.valid_from, moment)
    row = StarScheme(name=scheme.name, data=data, adopted_by=by)
    _adopt(row, by, district, scheme.name, data, moment)
    return row


def _require_new(named: str, code: str, valid_from: date, now: datetime) -> None:
    if named != code:
        raise OtherDistrict
    if valid_from <= timezone.localdate(now):
        raise BackDated


def _adopt(row: RulePack | StarScheme, by: Person, district: Place, name: str, data: bytes, now: datetime) -> None:
    """One version is stored once, for ever, and the ledger holds its digest."""
    if RulePack.objects.filter(name=name).exists() or StarScheme.objects.filter(name=name).exists():
        raise VersionTaken
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise VersionTaken from None
    said = {"rules": name, "document": book.digest_of(data), "approvers": (subject_of(by, district),)}
    append(facts=[book.Fact(book.Kind.RULES_ADOPTED, district.pk, said)], now=now)
    verb = "adopt_rules" if isinstance(row, RulePack) else "adopt_stars"
    record(actor_id=by.pk, verb=verb, subject=row, place_id=district.pk, detail={"name": name})


def written(format: str, facts: Mapping[str, Any]) -> bytes:
    """A pack or a scheme that was filled in on a page, as the file it becomes."""
    return json.dumps({"format": format, **facts}, ensure_ascii=False, indent=1).encode()


@transaction.atomic
def enter_year(
    *, by: Person, district: Place, year: int, free: Sequence[date], worked: Sequence[date], source: str, now: datetime | None = None
) -> AnnouncedYear:
    """The days off and the make-up days of a year as they were announced; the deadlines that were guesses are counted again."""
    _require_officer(by, district)
    moment = now or timezone.now()
    if year < timezone.localdate(moment).year:
        raise OldYear
    near = {date(year - 1, 12, 1) + timedelta(days=n) for n in range(31 + 366 + 31)}
    if not free:
        raise BadDays(_("一年总有放假的日子。请照公布的填上。"))
    if both := set(free) & set(worked):
        raise BadDays(_("%(day)s又放假又上班，只能是一样。") % {"day": min(both).isoformat()})
    if far := (set(free) | set(worked)) - near:
        raise BadDays(_("%(day)s不在这一年里。请再看一看年份。") % {"day": min(far).isoformat()})
    if odd := [day for day in worked if day.weekday() < 5]:
        raise BadDays(_("%(day)s本来就是工作日，不用写在调休上班里。") % {"day": min(odd).isoformat()})
    days = [{"date": day.isoformat(), "isOffDay": day in set(free)} for day in sorted({*free, *worked})]
    before = AnnouncedYear.objects.filter(year=year).first()
    row, _made = AnnouncedYear.objects.update_or_create(year=year, defaults={"days": days, "source": source, "entered_by": by})
    detail = {"year": year, "days": len(days), "before": before.days if before else None}
    record(actor_id=by.pk, verb="enter_year", subject=row, place_id=district.pk, detail=detail)
    _count_again()
    return row


def _count_again() -> int:
    """Deadlines of what is not recorded yet, by the calendar as it is known now."""
    waiting = Hours.objects.filter(state__in=(HoursState.WAITS_APPROVER, HoursState.WAITS_PARENT)).select_related("unit")
    changed = 0
    for hours in waiting:
        rules = book.rules_on(timezone.localdate(hours.came), district_code(hours.unit))
        last = book.deadline_of(rules, timezone.localdate(hours.left))
        changed += Hours.objects.filter(pk=hours.pk).update(
            due_on=last.last, warn_on=last.warn, due_guessed=last.missing is not None
        )  # fmt: skip
    return changed
