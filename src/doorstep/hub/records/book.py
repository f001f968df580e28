"""The door to the ledger: facts become entries, entries become rows, a presence becomes a ruling, a day becomes a signed head."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chinese_calendar import constants
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from doorstep.ledger.entry import Entry, Kind, commitment, pseudonym, read
from doorstep.ledger.entry import Grade as LedgerGrade
from doorstep.ledger.head import Head, Key, Signer, opened, sign
from doorstep.ledger.pack import FACTS, BadPack, Block, Pack, digest, pack, pack_on
from doorstep.ledger.rules import Evidence, Presence, Refusal, Ruling, by_day, judge
from doorstep.ledger.stars import Record, Scheme, Standing, default_scheme, scheme, standing
from doorstep.ledger.tree import Frontier, Kept, leaf_hash
from doorstep.ledger.turning import LETTERS, SECONDS, accepted, proven, scanned, spoken, step
from doorstep.ledger.workdays import Calendar, Deadline, deadline
from doorstep.ledger.workdays import State as DueState

from .models import AnnouncedYear, Hours, LogKey, RulePack, StarScheme

__all__ = [
    "BadPack", "Block", "Calendar", "Deadline", "DueState", "Entry", "Kind", "LedgerGrade", "Pack", "Ruling", "Scheme", "Standing", "commitment", "pack", "read", "scheme",
]  # fmt: skip

#: The pack that holds until a district adopts its own.
DEFAULT_RULES = FACTS / "rules-default-1.json"
DEFAULT_STARS = FACTS / "stars-default-2.json"


@dataclass(frozen=True)
class Fact:
    """What an entry says, before it has its number: the fields of the ledger's `Entry`."""

    kind: Kind
    unit: UUID | str
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
    return grown_over(size, frontier, ((at, fact) for fact in facts))


def grown_over(size: int, frontier: bytes, facts: Iterable[tuple[datetime, Fact]]) -> Grown:
    """The same for facts of many moments."""
    edge, entries, data, kept = Frontier.restored(size, frontier), [], [], []
    for at, fact in facts:
        entry = Entry(n=edge.size, at=at, kind=fact.kind, unit=str(fact.unit), **fact.said)
        entries.append(entry)
        data.append(entry.as_bytes())
        kept += edge.append(leaf_hash(data[-1]))
    return Grown(entries, data, kept, edge.size, edge.as_bytes())


class Edge:
    """Where a log stood at each size it passed through, from its entries' bytes; asked for by rising sizes."""

    def __init__(self, size: int, frontier: bytes, data: Sequence[bytes]) -> None:
        self._start, self._edge, self._data = size, Frontier.restored(size, frontier), data

    def at(self, size: int) -> bytes:
        while self._edge.size < size:
            self._edge.append(leaf_hash(self._data[self._edge.size - self._start]))
        return self._edge.as_bytes()


def known_as(salt: bytes, person_id: UUID, unit_id: UUID) -> str:
    """Who a person is in the entries of one unit."""
    return pseudonym(bytes(salt), str(person_id), str(unit_id))


# --- rules ---------------------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _parsed(data: bytes) -> Pack:
    return pack(data)


def _usual() -> Pack:
    return _parsed(DEFAULT_RULES.read_bytes())


def adopted() -> list[Pack]:
    """The packs that districts have adopted."""
    return [_parsed(bytes(row.data)) for row in RulePack.objects.all()]


def rules_on(day: date, district: str, known: Sequence[Pack] | None = None) -> Pack:
    """The rules of hours that hold on a day: the district's own, else the usual ones; who asks for many brings the adopted packs along."""
    return pack_on([*(adopted() if known is None else known), _usual()], day, district) or _usual()


def blocks_by_pack() -> dict[str, Mapping[str, Block]]:
    """The block that each pack gives a kind of activity; a pack whose bytes somebody changed is left out, and named elsewhere."""
    found: dict[str, Mapping[str, Block]] = {_usual().name: _usual().kinds}
    for row in RulePack.objects.all():
        with suppress(BadPack):
            found[row.name] = _parsed(bytes(row.data)).kinds
    return found


def rules_data(day: date, district: str) -> bytes:
    """The bytes of the pack that holds on a day."""
    held = rules_on(day, district).name
    return next((bytes(row.data) for row in RulePack.objects.filter(name=held)), DEFAULT_RULES.read_bytes())


def digest_of(data: bytes) -> str:
    return digest(data)


def ruled(rules: Pack, hours: Hours, others: Iterable[Hours], now: datetime) -> Ruling:
    """What hours are worth beside what stands already for the same person."""
    by_name = {one.name: one for one in (*adopted(), _usual())}
    return judge(rules, presence_of(hours), [_stands(by_name.get(other.rules, rules), other) for other in others], now)


def ruled_alone(rules: Pack, hours: Hours, now: datetime) -> Ruling:
    """The same where nothing of that person stands near them."""
    return judge(rules, presence_of(hours), (), now)


def _stands(rules: Pack, hours: Hours) -> Ruling:
    """Hours that stand, as they were counted by the rules of their own day: they are not judged again."""
    presence = presence_of(hours)
    grade = LedgerGrade(hours.grade) if hours.grade else None
    return Ruling(presence, Block(hours.block), grade, hours.tenths, by_day(rules, presence), ())


def presence_of(hours: Hours) -> Presence:
    """Hours as the rules read them."""
    return Presence(
        id=str(hours.pk),
        person=str(hours.person_id),
        activity=str(hours.slot_id or hours.pk),
        kind=hours.kind,
        came=hours.came,
        left=hours.left,
        planned=hours.planned,
        evidence=_evidence(hours),
        away=hours.away,
        parent=_named(hours.parent_id),
    )


def _evidence(hours: Hours) -> Evidence:
    """How the hours are known. Of hours that stand somebody vouched; who was forgotten since still counts as a person of their own."""
    words: dict[str, Any] = {name: _named(getattr(hours, f"{name}_id")) for name in ("confirmed_by", "led_by", "entered_by", "approved_by")}
    if hours.entry is not None and hours.grade == LedgerGrade.BACKFILLED:
        words |= {name: words[name] or f"forgotten {name}" for name in ("entered_by", "approved_by")}
    elif hours.entry is not None and not (words["confirmed_by"] or words["led_by"]):
        words["confirmed_by"] = "forgotten" if hours.grade in (LedgerGrade.CODE_AND_WORD, LedgerGrade.LEADER) else None
    return Evidence(code_in=hours.code_in, code_out=hours.code_out, **words)


def _named(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None


def told(refusals: Iterable[Refusal]) -> list[dict[str, Any]]:
    """Refusals as they are stored: code and numbers."""
    return [{"code": str(refusal.code), **refusal.numbers} for refusal in refusals]


# --- stars -----------------------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _scheme(data: bytes) -> Scheme:
    return scheme(data)


def adopted_stars() -> list[Scheme]:
    """The star schemes that districts have adopted."""
    return [_scheme(bytes(row.data)) for row in StarScheme.objects.all()]


def stars_on(day: date, district: str, known: Sequence[Scheme] | None = None) -> Scheme:
    """The star scheme that holds on a day: the latest that the district adopted, else the usual one."""
    own = [one for one in (adopted_stars() if known is None else known) if one.district == district and one.valid_from <= day]
    return max(own, key=lambda one: (one.valid_from, one.version), default=default_scheme())


def stars_data(day: date, district: str) -> bytes:
    held = stars_on(day, district).name
    return next((bytes(row.data) for row in StarScheme.objects.filter(name=held)), DEFAULT_STARS.read_bytes())


def star_of(by: Scheme, tenths: Mapping[str, int], ratings: Sequence[int]) -> Standing:
    """The star that tenths by grade and ratings reach, and what the next one lacks."""
    return standing(by, Record({LedgerGrade(grade): count for grade, count in tenths.items()}, ratings))


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


def known_years() -> list[int]:
    """The years whose holidays are known, by the library or because somebody entered them."""
    return sorted(calendar().years)


def deadline_of(rules: Pack, ended: date, known: Calendar | None = None) -> Deadline:
    """The last day for a record, and the day of the warning; who asks for many brings the calendar along."""
    return deadline(known or calendar(), ended, rules.record_within_days, rules.warn_on_day)


def days_left(known: Calendar, today: date, last: date) -> int:
    """Working days from tomorrow to the last day; by weekends where nothing is announced."""
    return sum(known.looks_worked(today + timedelta(days=n)) for n in range(1, (last - today).days + 1))


# --- heads -----------------------------------------------------------------------------------------------------------------------------


def signer(origin: str) -> Signer:
    """This installation's secret key, under the log's name."""
    return Signer.from_seed(origin, bytes.fromhex(settings.LEDGER_KEY))


def keys() -> list[Key]:
    """The public keys of this installation with their days."""
    return [Key(row.name, bytes(row.public), row.since, row.until) for row in LogKey.objects.all()]


def next_head(origin: str, size: int, frontier: bytes, day: date, before: str | None) -> Head:
    """The head of a day, not signed yet; `before` is the note of the head before it. Raises BadHead where that one is none of ours."""
    previous = opened(before, keys()).digest() if before else None
    return Head(origin, size, Frontier.restored(size, frontier).root(), day, previous)


def signed_head(head: Head) -> str:
    return sign(head, [signer(head.origin)])


def today() -> date:
    return timezone.localdate()


def hours_of(tenths: int) -> str:
    """Tenths of an hour as people read them."""
    return f"{timedelta(minutes=6 * tenths) / timedelta(hours=1):.1f}"


# --- the code at the place -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """What a place shows at a moment: six digits to read out, sixteen letters to scan, and for how many seconds more."""

    spoken: str
    scanned: str
    seconds: int


def _turning_key(slot_id: UUID) -> bytes:
    """The secret of one slot: nothing to store, nothing to leak with the database."""
    return salted_hmac("doorstep.records.turning", str(slot_id), algorithm="sha256").digest()


def code_at(slot_id: UUID, now: datetime) -> Code:
    key, at = _turning_key(slot_id), step(now)
    return Code(spoken(key, str(slot_id), at), scanned(key, str(slot_id), at), SECONDS - int(now.timestamp()) % SECONDS)


def step_seen(slot_id: UUID, code: str, now: datetime) -> int | None:
    """The half minute of a code that is shown now or was just before."""
    return accepted(_turning_key(slot_id), str(slot_id), code, now)


def step_proven(slot_id: UUID, code: str, earliest: datetime, latest: datetime) -> int | None:
    """The half minute of a scanned code that a phone kept; six digits prove nothing later."""
    return proven(_turning_key(slot_id), str(slot_id), code, earliest, latest) if latest >= earliest else None


def can_be_scanned(code: str) -> bool:
    return len(code) == LETTERS


def half_minute(at: int) -> tuple[datetime, datetime]:
    """From when to when a step's code was shown."""
    first = datetime.fromtimestamp(at * SECONDS, timezone.get_current_timezone())
    return first, first + timedelta(seconds=SECONDS)


def line_code(offer_id: UUID) -> str:
    """The six letters that stand beside a line of a sign-in sheet, without those that look like figures."""
    number = int.from_bytes(salted_hmac("doorstep.records.line", str(offer_id), algorithm="sha256").digest()[:8], "big")
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    found = ""
    for _place in range(6):
        number, rest = divmod(number, len(letters))
        found += letters[rest]
    return found


def answer_due(asked: date) -> date:
    """Until when a person who asks for the own data is answered: so many working days after the day of asking, as far as years are announced."""
    days = settings.DATA_REQUEST_DAYS
    return deadline(calendar(), asked, days, days).last
