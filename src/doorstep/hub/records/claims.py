"""What each table of the record claims to stand in the ledger, row by row, from the newest entry to the oldest."""

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet, Subquery
from django.utils import timezone

from doorstep.hub.people.actions.forgetting import FORGOTTEN

from . import book, bound, proving
from .amending import facts_of, owner_of, unit_id_of
from .book import Kind
from .models import (
    STANDING,
    Amendment,
    Award,
    Certificate,
    Correction,
    Evaluation,
    Hours,
    HoursState,
    Log,
    LogHead,
    StarAward,
    StatusRegister,
    Training,
    Transfer,
    YearlyReport,
)
from .proving import Claim, Difference, Why

CHUNK = 2000
NEWEST_FIRST = F("entry").desc(nulls_last=True)
FIRST = frozenset({Kind.HOURS_RECORDED, Kind.TRAINING_RECORDED})
COUNTED = FIRST | {Kind.HOURS_CORRECTED}
AMENDED = {
    "award": Kind.AWARD_CORRECTED, "evaluation": Kind.QUALITY_CORRECTED, "training": Kind.TRAINING_CORRECTED, "transfer": Kind.TRANSFER_CORRECTED,
}  # fmt: skip
#: What the owner said last, as the state of the row has it.
WORDS = {HoursState.RECORDED: "", HoursState.VERIFIED: "verified", HoursState.DISPUTED: "disputed"}
ROLES = ("confirmed_by", "led_by", "approved_by", "entered_by", "parent")
TABLES: Mapping[str, type[Model]] = {
    "hours": Hours, "correction": Correction, "transfer": Transfer, "award": Award, "evaluation": Evaluation, "amendment": Amendment, "star": StarAward,
    "report": YearlyReport, "certificate": Certificate,
}  # fmt: skip
#: Behind every number: where a column holds what is no number (one database takes text in any column), `beyond` names the row.
NO_NUMBER = 1 << 63
#: What values that a column takes and no action writes can raise, when they are read or compared. A database that is away is none of them.
SENSELESS = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)

_known = functools.lru_cache(maxsize=16_384)(book.known_as)


def claims(before: int) -> Iterator[Claim]:
    """All tables as one stream of falling numbers; rows that were written since `before` entries stood there are left out."""
    tables = (_hours(), _corrections(), _transfers(), _awards(), _evaluations(), _amendments(), _stars(), _reports(), _certificates())
    return (claim for claim in merge(*tables, key=lambda claim: -claim.n) if claim.n < before)


def beyond() -> Iterator[Difference]:
    """Rows that name an entry which is not written yet: they count, and no pass over the entries ever comes by them.

    Rows and size are read by one statement each table: what is written meanwhile comes with its size.
    """
    size = Subquery(Log.objects.order_by("pk").values("size")[:1])
    for table, model in TABLES.items():
        rows = model._default_manager.filter(entry__gte=size).order_by("entry").values_list("pk", "entry")
        for pk, entry in rows.iterator(CHUNK):
            yield Difference(table, str(pk), entry if isinstance(entry, int) else -1, Why.NO_ENTRY)


def _each(
    table: str, rows: QuerySet[Any, Any], claim_of: Callable[[Any], Claim], key: Callable[[Any], tuple[Any, Any]] = lambda row: (row.pk, row.entry)
) -> Iterator[Claim]:  # fmt: skip
    """The claims of a table, the newest first; one row that cannot be read or compared is named, and the others are looked at all the same."""
    stream, number = rows.order_by(NEWEST_FIRST).iterator(CHUNK), -1
    while True:
        try:
            row = next(stream, None)
        except SENSELESS:
            # The rest of the table does not come any more: every entry that has lost its row is named for it.
            yield Claim.broken(number, table, "")
            return
        if row is None:
            return
        pk, entry = key(row)
        number = _number(entry)
        try:
            yield claim_of(row)
        except SENSELESS:
            yield Claim.broken(number, table, str(pk))


def _of(person: UUID | None, salt: Any, unit: UUID) -> tuple[dict[str, object], tuple[str, ...]]:
    """Whose it is, as the entry says it; nothing of somebody forgotten, and a fault where a person has lost the salt."""
    if person is None:
        return {}, ()
    return ({"subject": _known(bytes(salt), person, unit)}, ()) if salt is not None else ({}, ("salt",))


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


def _minutes(came: datetime, left: datetime) -> int:
    return int((left - came).total_seconds() // 60)


def _number(entry: Any) -> int:
    return -1 if entry is None else entry if isinstance(entry, int) else NO_NUMBER


def _hours() -> Iterator[Claim]:
    # Stars and certificates count by the block, which follows from the kind and is in no entry of its own.
    kinds = book.blocks_by_pack()
    named = [field for role in ROLES for field in (f"{role}_id", f"{role}__salt__salt")]
    rows = Hours.objects.filter(Q(state__in=STANDING) | Q(entry__isnull=False)).values_list(
        "pk", "entry", "state", "unit_id", "kind", "block", "slot_id", "planned", "came", "left", "away", "tenths", "grade", "rules", "person_id",
        "person__salt__salt", *named,
    )  # fmt: skip

    def claim_of(row: Any) -> Claim:
        pk, entry, state, unit, kind, block, slot, planned, came, left, away, tenths, grade, rules, person, salt, *people = row
        whose, faults = _of(person, salt, unit)
        says = whose | {
            "unit": str(unit), "activity": kind, "slot": str(slot or pk), "planned": planned, "served": _minutes(came, left) - away, "tenths": tenths,
            "grade": grade, "rules": rules, "start": _day(came), "end": _day(left),
        }  # fmt: skip
        others = zip(people[::2], people[1::2], strict=True)
        among = tuple(_known(bytes(own), one, unit) for one, own in others if own is not None and one != person)
        faults += () if state in STANDING else ("state",)
        faults += () if rules not in kinds or block == kinds[rules].get(kind, book.Block.NONE) else ("block",)
        return Claim(_number(entry), "hours", str(pk), COUNTED, says, among, WORDS.get(state), True, faults, nobody=person is None)

    return _each("hours", rows, claim_of, lambda row: row[:2])


def _corrections() -> Iterator[Claim]:
    approved = Q(state=Correction.State.APPROVED) | Q(entry__isnull=False)

    def claim_of(row: Correction) -> Claim:
        says: dict[str, object] = {
            "unit": str(row.hours.unit_id), "served": _minutes(row.came, row.left) - row.away, "start": _day(row.came), "end": _day(row.left),
        }  # fmt: skip
        salt = getattr(row.hours.person, "salt", None)
        if salt is not None and row.why != FORGOTTEN:
            says["document"] = book.commitment(bytes(salt.salt), bound.of_correction(row))
        faults = () if row.state == Correction.State.APPROVED else ("state",)
        return Claim(_number(row.entry), "correction", str(row.pk), COUNTED, says, faults=faults)

    return _each("correction", Correction.objects.filter(approved).select_related("hours__person__salt"), claim_of)


def _transfers() -> Iterator[Claim]:
    taken = Q(state=Transfer.State.TAKEN) | Q(entry__isnull=False)

    def claim_of(row: Transfer) -> Claim:
        says = {"tenths": row.tenths, "start": row.start.isoformat(), "end": row.end.isoformat()}
        faults = () if row.state == Transfer.State.TAKEN else ("state",)
        return _said("transfer", row, (Kind.HOURS_TRANSFERRED, Kind.TRANSFER_CORRECTED), says, bound.of_transfer(row), faults)

    return _each("transfer", Transfer.objects.filter(taken).select_related("person__salt"), claim_of)


def _awards() -> Iterator[Claim]:
    def claim_of(row: Award) -> Claim:
        says = {"start": row.granted_on.isoformat()}
        return _said("award", row, (Kind.AWARD_GRANTED, Kind.AWARD_CORRECTED), says, bound.of_award(row))

    return _each("award", Award.objects.select_related("person__salt"), claim_of)


def _evaluations() -> Iterator[Claim]:
    rows = Evaluation.objects.select_related("person__salt").annotate(visit=F("hours__slot_id"), home=F("hours__slot__contact_id"))

    def claim_of(row: Evaluation) -> Claim:
        says = {"start": row.on.isoformat()}
        return _said("evaluation", row, (Kind.QUALITY_RATED, Kind.QUALITY_CORRECTED), says, bound.of_evaluation(row))

    return _each("evaluation", rows, claim_of)


def _said(
    table: str, row: Award | Evaluation | Transfer, kinds: tuple[Kind, Kind], says: Mapping[str, object], details: Mapping[str, Any],
    faults: tuple[str, ...] = (),
) -> Claim:  # fmt: skip
    """Whose, where, and the digest of what was said first, as long as the salt that opens it is there: it goes when somebody is forgotten, of an
    evaluation also when they were visited at home."""
    salt = getattr(row.person, "salt", None)
    whose, lost = _of(row.person_id, salt.salt if salt else None, row.unit_id)
    when: dict[str, Mapping[str, object]] = {kinds[0]: {"document": book.commitment(bytes(row.salt), details)}} if row.salt else {}
    if not row.salt and row.person_id is not None and not _home_forgotten(row):
        lost += ("salt",)
    return Claim(
        _number(row.entry), table, str(row.pk), frozenset(kinds), {**whose, **says, "unit": str(row.unit_id)}, counts=True, faults=faults + lost, when=when,
        struck=row.struck, nobody=row.person_id is None,
    )  # fmt: skip


def _home_forgotten(row: Award | Evaluation | Transfer) -> bool:
    """Whether an evaluation is of a visit to somebody who was forgotten since: what was said of it went with them."""
    return isinstance(row, Evaluation) and getattr(row, "visit", None) is not None and getattr(row, "home", None) is None


def _amendments() -> Iterator[Claim]:
    """What two people changed: their reason and the new words are bound together, and the row says them as long as nobody changed it again."""
    approved = Q(state=Correction.State.APPROVED) | Q(entry__isnull=False)
    owners = ("award__person__salt", "evaluation__person__salt", "transfer__person__salt", "training__hours__person__salt")

    def claim_of(row: Amendment) -> Claim:
        about = row.about
        owner = owner_of(about)
        salt = getattr(owner, "salt", None)
        says: dict[str, object] = {"unit": str(unit_id_of(about))}
        if salt is not None and row.why != FORGOTTEN:
            says["document"] = book.commitment(bytes(salt.salt), bound.of_amendment(row))
        faults: tuple[str, ...] = () if row.state == Correction.State.APPROVED else ("state",)
        latest = not isinstance(about, Training) and (about.salt or row.said) and about.entry == row.entry
        if latest and owner is not None and not row.struck and facts_of(about) != row.said:
            faults += ("said",)
        return Claim(_number(row.entry), "amendment", str(row.pk), frozenset({AMENDED[row.key]}), says, faults=faults, struck=row.struck)

    return _each("amendment", Amendment.objects.filter(approved).select_related(*owners), claim_of)


def _stars() -> Iterator[Claim]:
    granted = Q(state=StarAward.State.GRANTED) | Q(entry__isnull=False)

    def claim_of(row: StarAward) -> Claim:
        salt = getattr(row.person, "salt", None)
        says, faults = _of(row.person_id, salt.salt if salt else None, row.unit_id)
        says |= {"unit": str(row.unit_id), "rules": row.scheme, "reasons": [f"star_{row.star}"]}
        says["start"] = row.granted_on.isoformat() if row.granted_on else ""
        if salt is not None:
            says["document"] = book.commitment(bytes(salt.salt), bound.of_star(row))
        faults += () if row.state == StarAward.State.GRANTED else ("state",)
        return Claim(
            _number(row.entry), "star", str(row.pk), frozenset({Kind.STAR_GRANTED}), says, faults=faults, nobody=row.person_id is None
        )

    return _each("star", StarAward.objects.filter(granted).select_related("person__salt"), claim_of)


def _reports() -> Iterator[Claim]:
    """Figures of a year as they were published; one that was taken back keeps its entry."""

    def claim_of(row: YearlyReport) -> Claim:
        says: dict[str, object] = {"unit": str(row.district_id), "start": f"{row.year}-01-01", "end": f"{row.year}-12-31"}
        says["document"] = book.digest_of(bound.report_file(row))
        return Claim(_number(row.entry), "report", str(row.pk), frozenset({Kind.REPORT_PUBLISHED}), says)

    return _each("report", YearlyReport.objects.all(), claim_of)


def _certificates() -> Iterator[Claim]:
    ours = _Ours(proving.public_keys(), dict(StatusRegister.objects.values_list("number", "url")))
    for note in LogHead.objects.values_list("note", flat=True).iterator():
        if (head := proving.head_or_none(note, ours.keys)) is not None:
            ours.heads[note] = head.digest()

    def claim_of(row: Certificate) -> Claim:
        says: dict[str, object] = {
            "unit": str(row.unit_id), "tenths": row.tenths, "start": row.start.isoformat(), "end": row.end.isoformat(),
            "document": hashlib.sha256(row.token.encode()).hexdigest(),
        }  # fmt: skip
        salt = getattr(row.person, "salt", None)
        whose, faults = _of(row.person_id, salt.salt if salt else None, row.unit_id)
        faults += tuple(_contradictions(row, ours))
        word = "revoked" if row.state == Certificate.State.REVOKED else ""
        nobody, kinds = row.person_id is None, frozenset({Kind.CERTIFICATE_ISSUED})
        paper = {} if nobody else {"paper": book.digest_of(bound.certificate_paper(row))}
        return Claim(
            _number(row.entry), "certificate", str(row.pk), kinds, says | whose, word=word, faults=faults, nobody=nobody, also=paper
        )

    return _each("certificate", Certificate.objects.select_related("person__salt"), claim_of)


@dataclass(frozen=True)
class _Ours:
    """What certificates name of ours: heads by their text with their digests, lists of revocations by their numbers."""

    keys: list[Any]
    lists: Mapping[int, str]
    heads: dict[str, bytes] = field(default_factory=dict)

    def hold(self, note: str) -> bool:
        if note in self.heads:
            return True
        head = proving.head_or_none(note, self.keys)
        return head is not None and head.digest() in self.heads.values()


def _contradictions(certificate: Certificate, ours: _Ours) -> Iterator[str]:
    """Fields in which a stored certificate is not what its own token says, or names a head that is not among ours."""
    try:
        said = proving.said_in(certificate.token)
        subject, status = said["credentialSubject"], said["credentialStatus"]
        service = {str(grade): tenths for grade, tenths in certificate.snapshot["service"].items()}
        register, index = divmod(certificate.index, proving.LEAST_BITS)
        doubts = {proving.IN_QUESTION: certificate.snapshot.get("questioned", 0), proving.DISPUTED: certificate.snapshot.get("disputed", 0)}
        results = {row["resultDescription"].rpartition("#")[2]: round(float(row["value"]) * 10) for row in subject["result"]}
        told = {
            "id": said["id"] == f"urn:uuid:{certificate.pk}",
            "number": subject["licenseNumber"] == certificate.number,
            "index": (status["statusListCredential"], int(status["statusListIndex"])) == (ours.lists.get(register), index),
            "service": results == service | {name: tenths for name, tenths in doubts.items() if tenths}
            and sum(service.values()) == certificate.tenths,
            "issued_at": said["validFrom"] == proving.stamp(certificate.issued_at),
        }
        note = said["evidence"][0]["narrative"] if "evidence" in said else ""
        told["head"] = not note or ours.hold(note)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        yield "token"
        return
    yield from (name for name, right in told.items() if not right)
