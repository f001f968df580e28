"""An entry: one fact about a pseudonym, in canonical bytes, numbered by its place in the log."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from .canonical import LARGEST, NotCanonical, dump, loose, write

VERSION = 1
MOST_BYTES = 2048
MOST_NAMES = 16
SALT_BYTES = 32
DAY_MINUTES = 24 * 60


class Kind(StrEnum):
    HOURS_RECORDED = "hours.recorded"
    HOURS_VERIFIED = "hours.verified"
    HOURS_DISPUTED = "hours.disputed"
    HOURS_CORRECTED = "hours.corrected"
    HOURS_TRANSFERRED = "hours.transferred"
    TRAINING_RECORDED = "training.recorded"
    AWARD_GRANTED = "award.granted"
    QUALITY_RATED = "quality.rated"
    RECORD_DISPUTED = "record.disputed"
    TRAINING_CORRECTED = "training.corrected"
    AWARD_CORRECTED = "award.corrected"
    QUALITY_CORRECTED = "quality.corrected"
    TRANSFER_CORRECTED = "transfer.corrected"
    STAR_GRANTED = "star.granted"
    REPORT_PUBLISHED = "report.published"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"
    RULES_ADOPTED = "rules.adopted"
    KEY_CHANGED = "key.changed"


class Grade(StrEnum):
    """How an hour is known, the best first; what stands lower never counts as what stands higher."""

    CODE_PAIR = "code_pair"
    CODE_AND_WORD = "code_and_word"
    LEADER = "leader"
    BACKFILLED = "backfilled"
    TRANSFERRED = "transferred"


class NotAnEntry(ValueError):
    """The bytes are no entry; `code` says why and `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{code} {field}".strip())
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. Times are whole seconds of UTC, lengths whole minutes, counted time whole tenths of an hour.

    n: place in the log, from 0 · at: when it was recorded, by the server's clock · unit: the recording unit, an opaque id ·
    subject, approvers: pseudonyms, see `pseudonym` · activity, slot: opaque ids · planned, served: minutes · tenths: counted ·
    rules: the rule pack as id@version · start, end: days of the period, inclusive · reasons: codes ·
    corrects: n of the entry that this one replaces, disputes or verifies · document: a digest, see `commitment` · paper: the digest
    of what a certificate prints.
    """

    n: int
    at: datetime
    kind: Kind
    unit: str
    subject: str | None = None
    activity: str | None = None
    slot: str | None = None
    planned: int | None = None
    served: int | None = None
    tenths: int | None = None
    grade: Grade | None = None
    approvers: tuple[str, ...] = ()
    rules: str | None = None
    start: date | None = None
    end: date | None = None
    reasons: tuple[str, ...] = ()
    corrects: int | None = None
    document: str | None = None
    paper: str | None = None

    def as_bytes(self) -> bytes:
        """The canonical bytes that become a leaf. Raises NotAnEntry for a fact that no reader would accept."""
        found: dict[str, Any] = {"v": VERSION}
        for name in FIELDS:
            value = getattr(self, name)
            if value is not None and value != ():
                found[name] = _PLAIN.get(type(value), _same)(value)
        data = write(found)
        check(data)
        return data


def _same(value: Any) -> Any:
    return value


def stamp(moment: datetime) -> str:
    """A moment as text, in UTC and whole seconds. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The reverse of `stamp`; raises ValueError."""
    found = datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    if stamp(found) != text:
        raise ValueError(text)
    return found


_PLAIN: dict[type, Callable[[Any], Any]] = {datetime: stamp, date: date.isoformat, tuple: list, Kind: str, Grade: str}

_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,63}").fullmatch
_digest = re.compile(r"[0-9a-f]{64}").fullmatch
_code = re.compile(r"[a-z][a-z0-9_]{0,39}").fullmatch
_pack = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}@[1-9][0-9]{0,5}").fullmatch


def _matches(pattern: Callable[[str], object]) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and pattern(value) is not None


def _whole(most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and 0 <= value <= most


def _some(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A list of one to sixteen different texts, sorted: an order would be a second spelling."""
    return lambda value: (
        type(value) is list and 0 < len(value) <= MOST_NAMES and all(map(test, value)) and all(a < b for a, b in pairwise(value))
    )


def _dated(read: Callable[[str], object], length: int) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        try:
            return type(value) is str and len(value) == length and read(value) is not None
        except ValueError:
            return False

    return test


_KINDS: frozenset[str] = frozenset(map(str, Kind))
_GRADES: frozenset[str] = frozenset(map(str, Grade))
FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "n": _whole(LARGEST),
    "at": _dated(moment, 20),
    "kind": lambda value: type(value) is str and value in _KINDS,
    "unit": _matches(_name),
    "subject": _matches(_digest),
    "activity": _matches(_name),
    "slot": _matches(_name),
    "planned": _whole(31 * DAY_MINUTES),
    "served": _whole(31 * DAY_MINUTES),
    "tenths": _whole(10**7),
    "grade": lambda value: type(value) is str and value in _GRADES,
    "approvers": _some(_matches(_digest)),
    "rules": _matches(_pack),
    "start": _dated(date.fromisoformat, 10),
    "end": _dated(date.fromisoformat, 10),
    "reasons": _some(_matches(_code)),
    "corrects": _whole(LARGEST),
    "document": _matches(_digest),
    "paper": _matches(_digest),
}
_ALWAYS = {"v", "n", "at", "kind", "unit"}
_SERVED = {"subject", "activity", "slot", "planned", "served", "tenths", "grade", "rules", "start", "end"}
_AMENDED = {"subject", "start", "document", "approvers", "reasons", "corrects"}
#: Grades that rest on somebody's word; a correction rests on two people's.
_VOUCHED = {Grade.CODE_AND_WORD, Grade.LEADER, Grade.BACKFILLED, Grade.TRANSFERRED}
#: Kinds that two people decide, and those whose hours come from elsewhere.
CORRECTED = frozenset(
    {Kind.HOURS_CORRECTED, Kind.TRAINING_CORRECTED, Kind.AWARD_CORRECTED, Kind.QUALITY_CORRECTED, Kind.TRANSFER_CORRECTED}
)
_ELSEWHERE = {Kind.HOURS_TRANSFERRED, Kind.TRANSFER_CORRECTED}
#: What each kind must say, and what it may say besides.
SHAPES: Mapping[str, tuple[set[str], set[str]]] = {
    Kind.HOURS_RECORDED: (_SERVED, {"approvers", "reasons", "document"}),
    Kind.TRAINING_RECORDED: (_SERVED, {"approvers", "reasons", "document"}),
    Kind.HOURS_VERIFIED: ({"subject", "corrects"}, set()),
    Kind.HOURS_DISPUTED: ({"subject", "corrects", "reasons"}, {"document"}),
    Kind.HOURS_CORRECTED: (_SERVED | {"approvers", "reasons", "corrects"}, {"document"}),
    Kind.HOURS_TRANSFERRED: ({"subject", "tenths", "grade", "approvers", "start", "end", "document"}, {"reasons"}),
    Kind.AWARD_GRANTED: ({"subject", "start", "document"}, {"approvers", "reasons"}),
    Kind.QUALITY_RATED: ({"subject", "start", "document"}, {"approvers", "activity", "slot"}),
    Kind.RECORD_DISPUTED: ({"subject", "corrects", "reasons"}, {"document"}),
    Kind.TRAINING_CORRECTED: (_AMENDED, set()),
    Kind.AWARD_CORRECTED: (_AMENDED, set()),
    Kind.QUALITY_CORRECTED: (_AMENDED, set()),
    Kind.TRANSFER_CORRECTED: (_AMENDED | {"tenths", "grade", "end"}, set()),
    Kind.STAR_GRANTED: ({"subject", "start", "rules", "document"}, {"approvers", "reasons"}),
    Kind.REPORT_PUBLISHED: ({"start", "end", "document"}, {"approvers"}),
    Kind.CERTIFICATE_ISSUED: ({"subject", "tenths", "start", "end", "document"}, {"approvers", "paper"}),
    Kind.CERTIFICATE_REVOKED: ({"subject", "corrects", "reasons"}, {"approvers"}),
    Kind.RULES_ADOPTED: ({"rules", "document"}, {"approvers"}),
    Kind.KEY_CHANGED: ({"document"}, {"approvers", "reasons"}),
}


def check(data: bytes) -> dict[str, Any]:
    """The plain values of an entry's canonical bytes. Raises NotAnEntry unless they are its one legal spelling."""
    if len(data) > MOST_BYTES:
        raise NotAnEntry("too_long")
    try:
        found = loose(data)
    except NotCanonical as fault:
        raise NotAnEntry("not_canonical", fault.code) from fault
    if type(found) is not dict:
        raise NotAnEntry("not_an_object")
    _check_fields(found)
    if write(found) != data:
        raise NotAnEntry("not_canonical", "spelling")
    _check_sense(found)
    return found


def _check_fields(found: dict[str, Any]) -> None:
    version = found.get("v")
    if type(version) is not int or version != VERSION:
        raise NotAnEntry("version", "v")
    kind = found.get("kind")
    shape = SHAPES.get(kind) if type(kind) is str else None
    if shape is None:
        raise NotAnEntry("value", "kind")
    must, may = shape
    for name, value in found.items():
        if name != "v" and name not in must | may | _ALWAYS:
            raise NotAnEntry("unknown", name[:40])
        if name != "v" and not FIELDS[name](value):
            raise NotAnEntry("value", name)
    for name in _ALWAYS | must:
        if name not in found:
            raise NotAnEntry("lacks", name)


def _check_sense(found: dict[str, Any]) -> None:
    """What one entry can be held to by itself; `rules` judges what needs others."""
    if "end" in found and found["start"] > found["end"]:
        raise NotAnEntry("backwards", "end")
    last = found.get("end", found.get("start", ""))
    if last > found["at"][:10] and date.fromisoformat(last) > moment(found["at"]).date() + timedelta(days=1):
        raise NotAnEntry("from_tomorrow", "end")  # a day of grace: the local day may be ahead of UTC
    if found.get("subject") in found.get("approvers", ()):
        raise NotAnEntry("own_approver", "approvers")
    if "corrects" in found and found["corrects"] >= found["n"]:
        raise NotAnEntry("not_earlier", "corrects")
    if "served" in found and found["tenths"] * 6 >= found["served"] + 30:  # the coarsest unit, rounded up
        raise NotAnEntry("more_than_served", "tenths")
    grade = found.get("grade")
    if grade is not None and (grade == Grade.TRANSFERRED) != (found["kind"] in _ELSEWHERE):
        raise NotAnEntry("grade", "grade")
    if len(found.get("approvers", ())) < (2 if found["kind"] in CORRECTED else grade in _VOUCHED):
        raise NotAnEntry("approvers", "approvers")


def read(data: bytes) -> Entry:
    """The entry of canonical bytes; raises NotAnEntry."""
    found = check(data)
    del found["v"]
    found["at"], found["kind"] = moment(found["at"]), Kind(found["kind"])
    found |= {name: date.fromisoformat(found[name]) for name in ("start", "end") if name in found}
    found |= {name: tuple(found[name]) for name in ("approvers", "reasons") if name in found}
    if "grade" in found:
        found["grade"] = Grade(found["grade"])
    return Entry(**found)


def pseudonym(salt: bytes, person: str, scope: str) -> str:
    """64 hex digits that stand for a person in one scope (HMAC-SHA-256, RFC 2104; the salt is the key).

    salt: 32 random bytes of that person alone, kept outside the log. Once the salt is deleted nobody, the keeper included,
    can say whose entries these are; without it a guess of the person cannot be tried either. Raises ValueError.
    """
    return _keyed(salt, b"doorstep-pseudonym/1", {"person": person, "scope": scope})


def commitment(salt: bytes, details: Mapping[str, Any]) -> str:
    """64 hex digits that bind details (a name, a place, a note) without saying them; whoever is given both can check.

    salt: 32 fresh random bytes for each record. Raises ValueError, NotCanonical.
    """
    return _keyed(salt, b"doorstep-commitment/1", details)


def _keyed(salt: bytes, purpose: bytes, value: Mapping[str, Any]) -> str:
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hmac.digest(salt, purpose + b"\0" + dump(value), hashlib.sha256).hex()
