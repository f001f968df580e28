"""The door to the ledger: facts become entries, entries become rows, a presence becomes a ruling, a day becomes a signed head."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chinese_calendar import constants
from django.conf import settings
from django.utils import timezone

from doorstep.ledger.entry import Entry, Kind, commitment, pseudonym, read
from doorstep.ledger.entry import Grade as LedgerGrade
from doorstep.ledger.head import Head, Key, Signer, opened, sign
from doorstep.ledger.pack import FACTS, Block, Pack, digest, pack, pack_on
from doorstep.ledger.rules import Evidence, Presence, Refusal, Ruling, judge
from doorstep.ledger.tree import Frontier, Kept, leaf_hash
from doorstep.ledger.workdays import Calendar, Deadline, deadline

from .models import AnnouncedYear, Hours, LogKey, RulePack

__all__ = ["Block", "Entry", "Kind", "LedgerGrade", "Pack", "Ruling", "commitment", "read"]

#: The pack that holds until a district adopts its own.
DEFAULT_RULES = FACTS / "rules-default-1.json"


@dataclass(frozen=True)
class Fact:
    """What an entry says, before it has its number: the fields of the ledger's `Entry`."""

    kind: Kind
    unit: UUID
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Grown:
    """New entries in order, the hashes to keep with each, and where the next one goes."""

    entries: Sequence[Entry]
    data: Sequence[bytes]
    kept: Sequence[Kept]
    size: int
    frontier: bytes


def grown(size: int, frontier: bytes, facts: Iterable[Fact], at: datetime) -> Grown:
    """Gives facts their numbers from `size` on. Raises NotAnEntry for a fact that no reader would accept."""
    edge, entries, data, kept = Frontier.restored(size, frontier), [], [], []
    for fact in facts:
        entry = Entry(n=edge.size, at=at, kind=fact.kind, unit=str(fact.unit), **fact.said)
        entries.append(entry)
        data.append(entry.as_bytes())
        kept += edge.append(leaf_hash(data[-1]))
    return Grown(entries, data, kept, edge.size, edge.as_bytes())


def known_as(salt: bytes, person_id: UUID, unit_id: UUID) -> str:
    """Who a person is in the entries of one unit."""
    return pseudonym(bytes(salt), str(person_id), str(unit_id))


# --- rules ---------------------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _parsed(data: bytes) -> Pack:
    return pack(data)


def rules_on(day: date, district: str) -> Pack:
    """The rules of hours that hold on a day: the district's own, else the usual ones."""
    adopted = [_parsed(bytes(row.data)) for row in RulePack.objects.all()]
    usual = _parsed(DEFAULT_RULES.read_bytes())
    return pack_on([*adopted, usual], day, district) or usual


def digest_of(data: bytes) -> str:
    return digest(data)


def ruled(rules: Pack, hours: Hours, others: Iterable[Hours], now: datetime) -> Ruling:
    """What hours are worth beside what stands already for the same person."""
    standing = [judge(rules, presence_of(other), (), now) for other in others]
    return judge(rules, presence_of(hours), standing, now)


def presence_of(hours: Hours) -> Presence:
    """Hours as the rules read them; somebody who was forgotten still counts as a person of their own."""
    evidence = Evidence(
        code_in=hours.code_in,
        code_out=hours.code_out,
        confirmed_by=_named(hours.confirmed_by_id),
        led_by=_named(hours.led_by_id),
        entered_by=_named(hours.entered_by_id),
        approved_by=_named(hours.approved_by_id),
    )
    return Presence(
        id=str(hours.pk),
        person=str(hours.person_id),
        activity=str(hours.slot_id or hours.pk),
        kind=hours.kind,
        came=hours.came,
        left=hours.left,
        planned=hours.planned,
        evidence=evidence,
        away=hours.away,
        parent=_named(hours.parent_id),
    )


def _named(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None


def told(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """Refusals as they are stored: code and numbers."""
    return [{"code": str(refusal.code), **refusal.numbers} for refusal in refusals]


# --- working days ----------------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _library() -> Calendar:
    """What the calendar library knows: days off on working days, working days on weekends, to the last year announced."""
    years = {day.year for day in constants.holidays}
    return Calendar(frozenset(constants.holidays), frozenset(constants.workdays), frozenset(years))


def calendar() -> Calendar:
    """The library's years and those that were entered here since."""
    known = _library()
    tables = [{"year": row.year, "days": row.days} for row in AnnouncedYear.objects.all()]
    if not tables:
        return known
    entered = Calendar.from_tables(tables)
    kept = [{day for day in days if day.year not in entered.years} for days in (known.free, known.worked)]
    return Calendar(entered.free | kept[0], entered.worked | kept[1], entered.years | known.years)


def deadline_of(rules: Pack, ended: date) -> Deadline:
    """The last day for a record, and the day of the warning."""
    return deadline(calendar(), ended, rules.record_within_days, rules.warn_on_day)


# --- heads -----------------------------------------------------------------------------------------------------------------------------


def signer(origin: str) -> Signer:
    """This installation's secret key, under the log's name."""
    return Signer.from_seed(origin, bytes.fromhex(settings.LEDGER_KEY))


def keys() -> list[Key]:
    """The public keys of this installation with their days."""
    return [Key(row.name, bytes(row.public), row.since, row.until) for row in LogKey.objects.all()]


def head_note(origin: str, size: int, frontier: bytes, day: date, before: str | None) -> str:
    """The signed head of a day; `before` is the note of the head before it."""
    previous = opened(before, keys()).digest() if before else None
    return sign(Head(origin, size, Frontier.restored(size, frontier).root(), day, previous), [signer(origin)])


def today() -> date:
    return timezone.localdate()


def hours_of(tenths: int) -> str:
    """Tenths of an hour as people read them."""
    return f"{timedelta(minutes=6 * tenths) / timedelta(hours=1):.1f}"
