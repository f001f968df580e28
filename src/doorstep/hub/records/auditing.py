"""Does everything that is stored fit together? The log against its heads, the heads and keys with each other, every row of the record with its entry."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.utils import timezone

from doorstep.hub.journal.models import Entry as Line

from . import book, proving
from .claims import beyond, claims
from .models import Log, LogEntry, LogHead, LogKey, RulePack, Salt, StarScheme
from .proving import Difference, Head, Misfit, Verdict, Why

#: So many rows are named; of the others the number is told.
MOST_NAMED = 50
#: Who writes meanwhile makes an honest table look wrong: what is wrong is so on every look.
LOOKS = 3


@dataclass(frozen=True)
class Audit:
    """What a look over everything found. count: how many rows do not fit, of which the first are named."""

    verdict: Verdict | None
    misfits: list[Misfit] = field(default_factory=list)
    rows: list[Difference] = field(default_factory=list)
    count: int = 0

    @property
    def good(self) -> bool:
        return (self.verdict is None or self.verdict.good) and not self.misfits and not self.count


def audit(now: datetime | None = None) -> Audit:
    """Reads every entry twice and every row once, in memory that grows by two bytes an entry."""
    moment = now or timezone.now()
    log = Log.objects.first()
    found = proving.misfits(moment)
    if log is None:
        return Audit(None, found)
    heads, wrong = _heads(log)
    wrong += _late(moment)
    verdict = proving.verify(proving.log_lines(), *heads) if heads else None
    rows, count, keys = _compared()
    # The newest head may be said twice, once by each look.
    return Audit(verdict, list(dict.fromkeys([*found, *wrong, *keys])), rows, count)


# --- heads -------------------------------------------------------------------------------------------------------------------------------


def _heads(log: Log) -> tuple[list[Head], list[Misfit]]:
    """Every head that a key of ours vouches for, and those that do not hold or are missing."""
    keys, heads, wrong = proving.public_keys(), [], []
    before: Head | None = None
    first = True
    for row in LogHead.objects.order_by("day").iterator():
        head = proving.head_or_none(row.note, keys)
        if head is None or (head.day, head.size, head.origin) != (row.day, row.size, log.origin):
            wrong.append(Misfit("head", row.day.isoformat()))
        elif head.previous != (before.digest() if before else None) and (first or before is not None):
            wrong.append(Misfit("head_missing", row.day.isoformat()))
        if head is not None and head.origin == log.origin:
            heads.append(head)
        before, first = head, False
    if (closed := _closed_last()) is not None and (not heads or heads[-1].day < closed):
        wrong.append(Misfit("head_missing", closed.isoformat()))
    return heads, wrong


def _late(now: datetime) -> list[Misfit]:
    """Each night has its head before the look: one that is missing for two days does not come by itself any more."""
    today = timezone.localdate(now)
    newest = LogHead.objects.filter(day__lte=today).values_list("day", flat=True).first() or _began()
    return [Misfit("no_head", newest.isoformat())] if newest is not None and newest < today - timedelta(days=2) else []


def _closed_last() -> date | None:
    """The last day that the journal says was closed."""
    line = Line.objects.filter(verb="close_day", subject_type="records.loghead").order_by("-id").first()
    return date.fromisoformat(line.detail["day"]) if line else None


# --- rows --------------------------------------------------------------------------------------------------------------------------------


def _compared() -> tuple[list[Difference], int, list[Misfit]]:
    """Rows and entries held against each other; differences that are there on one look only come from who writes meanwhile."""
    rows: list[Difference] = []
    count, keys, cut = 0, [], True
    for _look in range(LOOKS):
        size = Log.objects.values_list("size", flat=True).get()
        comparison = proving.Comparison(size)
        stream = chain(comparison.run(proving.stored_entries(size), claims(size)), beyond())
        named = list(islice(stream, MOST_NAMED))
        more = sum(1 for _ in stream)
        apart = chain(_packs(comparison.apart), _taken(comparison.nobodys))
        # Where the look before named only some, what it left unnamed may be this one.
        rows = [one for one in [*named, *apart] if cut or more or one in rows]
        cut = bool(more)
        count, keys = len(rows) + more, _keys(comparison.apart)
        if not (count or keys) or Log.objects.filter(size=size).exists():
            break
    return rows[:MOST_NAMED], count, keys


def _packs(apart: list[dict[str, Any]]) -> Iterator[Difference]:
    """Rules and stars that were adopted, by the digest of their bytes."""
    rows = {
        row.name: (table, book.digest_of(bytes(row.data))) for table, model in (("rules", RulePack), ("stars", StarScheme)) for row in model.objects.all()
    }  # fmt: skip
    for entry in (one for one in apart if one["kind"] == proving.Kind.RULES_ADOPTED):
        table, digest = rows.pop(entry["rules"], ("rules", ""))
        if digest != entry["document"]:
            yield Difference(table, entry["rules"], entry["n"], Why.DIFFERS if digest else Why.NO_ROW, "document" if digest else "")
    yield from (Difference(table, name, -1, Why.NO_ENTRY) for name, (table, _digest) in rows.items())


def _taken(nobodys: Mapping[tuple[str, str], Difference]) -> Iterator[Difference]:
    """Rows of nobody whose pseudonym is that of somebody who is there: whoever is forgotten loses the salt. One for each person and unit."""
    units = sorted({unit for _subject, unit in nobodys})
    for person, salt in Salt.objects.order_by("pk").values_list("person_id", "salt").iterator() if units else ():
        try:
            known = [(book.known_as(bytes(salt), person, UUID(unit)), unit) for unit in units]
        except (ValueError, TypeError):
            yield Difference("salt", str(person), -1, Why.UNREADABLE)
            continue
        yield from (nobodys[one] for one in known if one in nobodys)


def _keys(apart: list[dict[str, Any]]) -> list[Misfit]:
    """Every key but the first was told in the ledger on the day it came, on which the one before it ended."""
    changes = [(one["document"], _day(one["at"])) for one in reversed(apart) if one["kind"] == proving.Kind.KEY_CHANGED]
    rows = {hashlib.sha256(bytes(row.public)).hexdigest(): row for row in LogKey.objects.all()}
    told = {digest for digest, _ in changes}
    first = [digest for digest in rows if digest not in told]
    wrong = [Misfit("key", rows[digest].name) for digest in first[1:]]
    wrong += [Misfit("key_missing", digest[:16]) for digest in told if digest not in rows]
    if not first and (rows or LogHead.objects.exists()):
        wrong.append(Misfit("key_missing", ""))
    began = _began()
    chain = [*((digest, began) for digest in first[:1] if began), *(one for one in changes if one[0] in rows)]
    ends: list[date | None] = [*(day for _digest, day in chain[1:]), None]
    origin, slack = proving.the_origin(), timedelta(days=1)
    for place, ((digest, came), ended) in enumerate(zip(chain, ends, strict=False)):
        row = rows[digest]
        # The first key may have come later than the first entry; its heads would not hold if it had come later than they.
        if row.name != origin or row.until != ended or row.since < came - slack or (place and row.since > came + slack):
            wrong.append(Misfit("key", row.since.isoformat()))
    return wrong


def _began() -> date | None:
    """The day of the first entry, or of the first head if that is earlier."""
    entry = LogEntry.objects.filter(n=0).values_list("at", flat=True).first()
    head = LogHead.objects.order_by("day").values_list("day", flat=True).first()
    return min((day for day in (timezone.localdate(entry) if entry else None, head) if day), default=None)


def _day(text: str) -> date:
    return timezone.localdate(datetime.fromisoformat(text.replace("Z", "+00:00")))
