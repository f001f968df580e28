"""The door to the ledger for what is shown to others: the log as a file, receipts, certificates, the list of revocations, and whether all fits."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from doorstep.ledger.agree import Claim, Comparison, Difference, Stored, Why
from doorstep.ledger.balance import REPLACING, Balance, balance
from doorstep.ledger.canonical import base64_bytes, base64_text
from doorstep.ledger.credential import DISPUTED, IN_QUESTION, Checked, Named
from doorstep.ledger.credential import Certificate as Credential
from doorstep.ledger.credential import read as read_credential
from doorstep.ledger.entry import Entry, Kind, NotAnEntry, read, stamp
from doorstep.ledger.entry import Grade as LedgerGrade
from doorstep.ledger.head import BadHead, Head, Key, continues, follows, notes, opened
from doorstep.ledger.jws import BadToken, IssuerKey, key_set
from doorstep.ledger.log import written
from doorstep.ledger.receipt import receipt
from doorstep.ledger.since import since, steps
from doorstep.ledger.status import LEAST_BITS, Published, StatusList, read_list
from doorstep.ledger.tree import STEP, Frontier, Kept, leaf_hash, root
from doorstep.ledger.walk import Verdict, verify

from . import book
from .book import keys as public_keys
from .models import Log, LogEntry, LogHash, LogHead, LogKey

__all__ = [
    "DISPUTED", "IN_QUESTION", "LEAST_BITS", "BadToken", "Balance", "Checked", "Claim", "Comparison", "Credential", "Difference", "Head", "Kind", "Named", "Stored", "Verdict", "Why",
    "notes", "public_keys", "stamp", "verify",
]  # fmt: skip

#: How long a published list of revocations may be relied on offline.
LIST_HOLDS = timedelta(days=7)
#: How far a clock may stand behind the last entry before somebody is told.
CLOCK_SLACK = timedelta(minutes=2)


class Rows:
    """The kept hashes as the database has them (the ledger's `Nodes`)."""

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        found = LogHash.objects.filter(level=level, number__gte=start, number__lt=end).order_by("number").values_list("hash", flat=True)
        rows = [bytes(row) for row in found]
        if len(rows) != end - start:
            raise LookupError(f"level {level}: {start} to {end}")
        return rows


def the_origin() -> str:
    log = Log.objects.first()
    return log.origin if log else ""


# --- the log as a file -----------------------------------------------------------------------------------------------------------------


def log_lines() -> Iterator[bytes]:
    """The file for `doorstep verify`, as it stands when it is asked for; rows are only ever added, so what is read is of one piece."""
    log = Log.objects.first()
    if log is None:
        return
    entries = LogEntry.objects.filter(n__lt=log.size).order_by("n").values_list("n", "data").iterator(chunk_size=2000)
    leaves = LogHash.objects.filter(level=0).order_by("number").values_list("number", "hash").iterator(chunk_size=2000)
    tiles = LogHash.objects.filter(level=STEP).order_by("number").values_list("number", "hash").iterator(chunk_size=500)
    yield from written(log.origin, _with_hashes(entries, leaves, tiles))


Numbered = Iterator[tuple[int, Any]]


def _with_hashes(entries: Numbered, leaves: Numbered, tiles: Numbered) -> Iterator[tuple[bytes, list[Kept]]]:
    """Each entry with the hashes that are stored for it. Nothing is computed: one that is gone or changed shows as what it is."""
    leaf, tile = _Stored(leaves), _Stored(tiles)
    for number, data in entries:
        kept = [Kept(0, number, leaf.at(number) or bytes(32))]
        if (number + 1) % (1 << STEP) == 0 and (found := tile.at(number >> STEP)) is not None:
            kept.append(Kept(STEP, number >> STEP, found))
        yield bytes(data), kept


class _Stored:
    """Stored hashes in order, asked for by rising numbers."""

    def __init__(self, rows: Numbered) -> None:
        self.rows, self.here = rows, next(rows, None)

    def at(self, number: int) -> bytes | None:
        while self.here is not None and self.here[0] < number:
            self.here = next(self.rows, None)
        return bytes(self.here[1]) if self.here is not None and self.here[0] == number else None


def head_lines(since: date = date.min) -> Iterator[str]:
    """Every head from the first on, or from a day on, a blank line between two."""
    for place, note in enumerate(LogHead.objects.filter(day__gte=since).order_by("day").values_list("note", flat=True).iterator()):
        yield f"\n{note}" if place else note


def key_lines() -> str:
    """The public keys as `doorstep verify` takes them, one a line with its days."""
    return "".join(f"{key} {key.since or '-'} {key.until or '-'}\n" for key in public_keys())


def head_in(note: str) -> Head:
    return opened(note, public_keys())


def head_or_none(note: str, keys: Iterable[Key] | None = None) -> Head | None:
    """The head in a note; None where no key of ours vouches for it."""
    try:
        return opened(note, public_keys() if keys is None else keys)
    except BadHead:
        return None


def fingerprint(head: Head) -> str:
    return base64_text(head.root)


def follows_on(before: str | None, head: Head) -> bool:
    """Whether what is stored leads to a head that is about to be signed, and from the head before it to this one."""
    try:
        if root(Rows(), head.size) != head.root:
            return False
        old = head_in(before) if before else None
        return old is None or follows(old, head, steps(Rows(), old.size, head.size))
    except (BadHead, LookupError, ValueError):
        return False


def still_begins(old: Head, new: Head) -> bool:
    """Whether the log of a newer head begins with the whole log of an older one, by what is stored now."""
    try:
        return continues(old, new, steps(Rows(), old.size, new.size))
    except (LookupError, ValueError):
        return False


def since_file(old: LogHead, new: LogHead) -> bytes:
    """The proof between two heads as a file: no line of the log is in it. Raises LookupError, ValueError."""
    return since(Rows(), old.note, old.size, new.note, new.size)


# --- does all fit together? ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Misfit:
    """Something in the database that a log never has: a code, and the number that tells where."""

    code: str
    where: str = ""


def misfits(now: datetime | None = None) -> list[Misfit]:
    """What a look at the ends of the log finds, in O(log n) rows: sizes, frontier, last entry, newest head, clock, own key."""
    found: list[Misfit] = []
    for _look in range(3):
        log = Log.objects.first()
        if log is None:
            return [Misfit("rows_without_log")] if LogEntry.objects.exists() or LogHead.objects.exists() else []
        found = _ends(log, now or timezone.now())
        # Whoever appends meanwhile makes an honest log look wrong: then it is looked at again.
        if not found or Log.objects.filter(size=log.size).exists():
            break
    return found


def _ends(log: Log, now: datetime) -> list[Misfit]:
    try:
        return [*_sizes(log), *_edge(log), *_newest_head(log, now), *_clock(log, now), *_own_key(log)]
    except (ValueError, TypeError, AttributeError, ArithmeticError) as fault:
        # A column holds what no action writes: that too is a misfit, and no reason to say nothing.
        return [Misfit("unreadable", type(fault).__name__)]


def _sizes(log: Log) -> Iterator[Misfit]:
    count, last = LogEntry.objects.count(), LogEntry.objects.order_by("-n").values_list("n", flat=True).first()
    if count != log.size or (log.size and last != log.size - 1):
        yield Misfit("size", f"{log.size} / {count}")
    if LogHash.objects.filter(level=0).count() != log.size:
        yield Misfit("hashes", str(log.size))


def _edge(log: Log) -> Iterator[Misfit]:
    try:
        kept, edge = root(Rows(), log.size), Frontier.restored(log.size, bytes(log.frontier)).root()
    except (LookupError, ValueError):
        yield Misfit("frontier", str(log.size))
        return
    if kept != edge:
        yield Misfit("frontier", str(log.size))
    last = LogEntry.objects.filter(n=log.size - 1).values_list("data", flat=True).first()
    if last is not None and Rows().hashes(0, log.size - 1, log.size) != [leaf_hash(bytes(last))]:
        yield Misfit("last_entry", str(log.size - 1))


def _newest_head(log: Log, now: datetime) -> Iterator[Misfit]:
    newest = LogHead.objects.first()
    if newest is None:
        return
    try:
        head = head_in(newest.note)
        fits = (
            head.size == newest.size <= log.size
            and (head.origin, head.day) == (log.origin, newest.day)
            and root(Rows(), head.size) == head.root
        )
    except (BadHead, LookupError):
        fits = False
    if not fits:
        yield Misfit("head", newest.day.isoformat())
    if newest.day > timezone.localdate(now):
        yield Misfit("head_ahead", newest.day.isoformat())


def _clock(log: Log, now: datetime) -> Iterator[Misfit]:
    last = LogEntry.objects.filter(n=log.size - 1).values_list("at", flat=True).first()
    if last is not None and now + CLOCK_SLACK < last:
        yield Misfit("clock", timezone.localtime(last).strftime("%Y-%m-%d %H:%M"))


def _own_key(log: Log) -> Iterator[Misfit]:
    row = LogKey.objects.filter(public=book.signer(log.origin).key().public).first()
    if row is not None and row.until is not None and row.until < timezone.localdate():
        yield Misfit("old_key", row.until.isoformat())


def stored_entries(before: int) -> Iterator[Stored]:
    """Entries with what stands beside their bytes, the newest first."""
    rows = LogEntry.objects.filter(n__lt=before).order_by("-n").values_list("n", "data", "kind", "at", "unit", "subject")
    for n, data, kind, at, unit, subject in rows.iterator(chunk_size=2000):
        yield Stored(n, bytes(data), {"kind": kind, "at": stamp(at), "unit": unit, "subject": subject})


# --- what entries say of a person -------------------------------------------------------------------------------------------------------


def entries_of(subject: str, unit_id: UUID) -> list[Entry]:
    """Every entry under a pseudonym in a unit, read from its bytes. Raises NotAnEntry where somebody wrote into them."""
    rows = LogEntry.objects.filter(subject=subject, unit=str(unit_id)).order_by("n").values_list("data", flat=True)
    return [read(bytes(data)) for data in rows]


def balance_of(subject: str, unit_id: UUID, start: date, end: date) -> Balance:
    """What the ledger itself says of a period. Raises ValueError (NotAnEntry) where bytes were changed."""
    return balance(entries_of(subject, unit_id), subject, str(unit_id), start, end)


@dataclass(frozen=True)
class Since:
    """What became of the hours of a certificate since it was issued."""

    tenths: int
    corrected: int
    disputed: int


def since_then(subject: str, unit_id: UUID, numbers: Iterable[int]) -> Since | None:
    """The hours of the given entries as they stand now; None if the entries cannot be read."""
    try:
        entries = entries_of(subject, unit_id)
    except NotAnEntry:
        return None
    following: dict[int, int] = {}
    for entry in entries:
        if entry.kind in REPLACING and entry.corrects is not None:
            following.setdefault(entry.corrects, entry.n)
    standing = {one.entry.n: one for one in balance(entries, subject, str(unit_id)).hours}
    tenths = corrected = disputed = 0
    for number in numbers:
        latest = number
        while latest in following:
            latest = following[latest]
        corrected += latest != number
        found = standing.get(latest)
        tenths += (found.entry.tenths or 0) if found and not found.training else 0
        disputed += bool(found and found.disputed)
    return Since(tenths, corrected, disputed)


def receipt_of(number: int) -> bytes | None:
    """The entry with its way to the first head over it; None before the next head."""
    row = LogEntry.objects.filter(n=number).first()
    head = LogHead.objects.filter(size__gt=number).order_by("day").first()
    if row is None or head is None:
        return None
    return receipt(Rows(), bytes(row.data), head.note, head.size)


# --- certificates ------------------------------------------------------------------------------------------------------------------------


def issuer() -> str:
    """This installation as certificates name it: for good, whatever its address."""
    return f"urn:doorstep:{the_origin().rpartition('/')[2]}"


def _kid(public: bytes) -> str:
    return f"{issuer()}#{hashlib.sha256(public).hexdigest()[:16]}"


def issuer_keys() -> list[IssuerKey]:
    name = issuer()
    return [IssuerKey(_kid(key.public), name, key.public, key.since, key.until) for key in public_keys()]


def public_key_set() -> Mapping[str, object]:
    """All public keys as a JWK set, with their days."""
    return key_set(issuer_keys())


def token_of(credential: Credential) -> str:
    signer = book.signer(the_origin())
    return credential.token(signer, _kid(signer.key().public))


def hidden_name(name: str, salt: str) -> Named:
    return Named.hidden(name, salt)


def opened_token(token: str, now: datetime) -> Checked:
    """A certificate of ours. Raises BadToken."""
    return read_credential(token.strip(), issuer_keys(), now)


def status_token(url: str, offsets: Iterable[int], now: datetime) -> str:
    """The signed list of revocations at an address."""
    since = now.replace(microsecond=0)
    bits = StatusList.empty().with_set(offsets)
    signer = book.signer(the_origin())
    return Published(url, issuer(), bits, since, since + LIST_HOLDS).token(signer, _kid(signer.key().public))


def is_our_list(token: str, now: datetime) -> bool:
    try:
        return read_list(token, issuer_keys(), now).issuer == issuer()
    except BadToken:
        return False


def paper_digest(token: str) -> str:
    """What binds the ledger's entry to the credential that was signed."""
    return hashlib.sha256(token.encode()).hexdigest()


def tenths_by_grade(tenths: Mapping[LedgerGrade, int]) -> dict[str, int]:
    """Service witnessed here, by grade; what was transferred from elsewhere stands apart."""
    return {str(grade): count for grade, count in tenths.items() if grade is not LedgerGrade.TRANSFERRED and count}


def transferred(found: Balance) -> int:
    return found.service.get(LedgerGrade.TRANSFERRED, 0)


def public_address(path: str) -> str:
    """A path under the address at which people outside reach this installation."""
    return f"{settings.PUBLIC_URL}{path}"


def subject_in(token: str) -> str:
    """The pseudonym in a token that we stored ourselves."""
    return str(said_in(token)["credentialSubject"]["id"]).rpartition(":")[2]


def said_in(token: str) -> dict[str, Any]:
    """What a token says that we stored ourselves. Raises ValueError, IndexError for what is none."""
    found: dict[str, Any] = json.loads(base64_bytes(token.split(".")[1], url=True))
    return found


def signed_name(token: str) -> Named:
    """The hidden name in a token that we stored ourselves."""
    row = said_in(token)["credentialSubject"]["identifier"][0]
    return Named(row["identityHash"], row["salt"], row["hashed"])


def head_on(token: str) -> Head | None:
    """The head that a certificate carries; None for one issued before the first."""
    evidence = said_in(token).get("evidence")
    return head_in(evidence[0]["narrative"]) if evidence else None


def fingerprint_in(note: str) -> str:
    """The root as a head of ours says it; empty for one that no key of ours vouches for."""
    head = head_or_none(note)
    return fingerprint(head) if head else ""
