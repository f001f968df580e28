"""Writing into the ledger: one writer at a time gives the numbers, each day is closed by a signed head."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person, Place

from .. import book, proving
from ..models import Log, LogEntry, LogHash, LogHead, LogKey, Salt


class HeadRefused(Exception):
    """What is stored does not continue the head before: it is not signed, and somebody has to look."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


def the_log() -> Log:
    """The log's row, held until the transaction ends: whoever appends next waits here."""
    found = Log.objects.select_for_update().first()
    if found is None:
        # The first entry ever: the name is drawn once, so that no two installations sign for one log.
        Log.objects.get_or_create(pk=1, defaults={"origin": f"doorstep/{secrets.token_hex(8)}"})
        found = Log.objects.select_for_update().get(pk=1)
    return found


def salt_of(person: Person) -> bytes:
    """The person's own salt, drawn when the first entry about them is written."""
    row, _ = Salt.objects.get_or_create(person=person, defaults={"salt": secrets.token_bytes(32)})
    return bytes(row.salt)


def subject_of(person: Person, unit: Place) -> str:
    return book.known_as(salt_of(person), person.pk, unit.pk)


@transaction.atomic
def append(*, facts: Sequence[book.Fact], now: datetime | None = None) -> list[int]:
    """Appends facts in order, inside the caller's transaction; gives their numbers. The caller leaves the journal line."""
    if not facts:
        return []
    log = the_log()
    found = book.grown(log.size, bytes(log.frontier), facts, now or timezone.now())
    LogEntry.objects.bulk_create(
        LogEntry(n=entry.n, data=data, kind=str(entry.kind), at=entry.at, unit=entry.unit, subject=entry.subject or "")
        for entry, data in zip(found.entries, found.data, strict=True)
    )
    LogHash.objects.bulk_create(LogHash(level=kept.level, number=kept.number, hash=kept.hash) for kept in found.kept)
    Log.objects.filter(pk=log.pk).update(size=found.size, frontier=found.frontier)
    return [entry.n for entry in found.entries]


@transaction.atomic
def close_day(*, day: date | None = None, now: datetime | None = None) -> LogHead | None:
    """Signs the head of a day once the day is over or as it stands; None if that day or a later one has its head already.

    Nothing is signed that does not continue the head before it: raises HeadRefused.
    """
    moment = now or timezone.now()
    closing = day or timezone.localdate(moment)
    log = the_log()
    last = LogHead.objects.first()
    if last is not None and last.day >= closing:
        return None
    know_own_key(log=log, day=closing, now=moment)
    log.refresh_from_db()
    before = last.note if last else None
    try:
        made = book.next_head(log.origin, log.size, bytes(log.frontier), closing, before)
    except ValueError:
        raise HeadRefused(closing) from None
    if not proving.follows_on(before, made):
        raise HeadRefused(closing)
    head = LogHead.objects.create(day=closing, size=log.size, note=book.signed_head(made), made_at=moment)
    record(actor_id=None, verb="close_day", subject=head, detail={"day": closing.isoformat(), "size": log.size})
    return head


@transaction.atomic
def close_due_days(*, now: datetime | None = None) -> LogHead | None:
    """Soon after midnight the day before is closed; a day on which nothing ran has its entries in the next head.

    A head of a day that has not come yet stops no other in silence: raises HeadRefused.
    """
    moment = now or timezone.now()
    yesterday = timezone.localdate(moment) - timedelta(days=1)
    if not Log.objects.exists() or LogHead.objects.filter(day__range=(yesterday, yesterday + timedelta(days=1))).exists():
        return None
    if LogHead.objects.filter(day__gt=yesterday).exists():
        raise HeadRefused(yesterday)
    return close_day(day=yesterday, now=moment)


def know_own_key(*, log: Log, day: date, now: datetime) -> None:
    """Publishes the key in use, from `day` on; one that it replaces speaks to the end of today, and the ledger says that it changed."""
    own = book.signer(log.origin).key()
    if LogKey.objects.filter(public=own.public).exists():
        return
    replaced = LogKey.objects.filter(until=None).update(until=timezone.localdate(now))
    # A certificate tells its moment by the clock of the world: before eight in the morning that is still yesterday.
    LogKey.objects.create(name=own.name, public=own.public, since=min(day, now.astimezone(UTC).date()))
    if replaced:
        digest = hashlib.sha256(own.public).hexdigest()
        append(facts=[book.Fact(book.Kind.KEY_CHANGED, log.origin, {"document": digest})], now=now)
