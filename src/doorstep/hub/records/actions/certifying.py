"""Issuing certificates from the record alone, sharing the name, revoking, and the seal of a unit."""

import secrets
import struct
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Person, Place

from .. import book, bound, printing, proving
from ..certificate_access import (
    ALPHABET,
    NoSealYet,
    NotAPicture,
    NothingToCertify,
    PeriodInFuture,
    RecordsDiffer,
    RevokedAlready,
    require_issuer,
    require_keeper,
)
from ..models import Batch, Certificate, Hours, HoursState, Log, LogHead, Seal, StatusRegister, SyncState
from ..queries.watching import questioned_tenths
from .booking import append, know_own_key, subject_of, the_log
from .judging import hold_owners

#: Why a certificate is taken back, as the ledger says it.
REASONS = ("hours_wrong", "person_wrong", "asked_by_holder", "other_reason")
MOST_LINES = 6
SEAL_BYTES, SEAL_LEAST, SEAL_MOST = 200_000, 100, 2000
PNG = b"\x89PNG\r\n\x1a\n"


@transaction.atomic
def issue_certificate(
    *, by: Person, person: Person, unit: Place, start: date, end: date, with_seal: bool = False, batch: Batch | None = None, now: datetime | None = None
) -> Certificate:  # fmt: skip
    """One certificate of one recording unit: only hours that stand, and only where the record and the ledger say the same."""
    moment = (now or timezone.now()).replace(microsecond=0)
    require_issuer(by, person, unit)
    if end > timezone.localdate(moment) or start > end:
        raise PeriodInFuture
    if with_seal and not Seal.objects.filter(unit=unit).exists():
        raise NoSealYet
    hold_owners([person.pk])
    # A salt that is drawn here is drawn before the log is held, as everywhere: else two could wait for each other.
    known = {one.pk: subject_of(one, unit) for one in sorted({person, by}, key=lambda one: one.pk)}
    subject = known[person.pk]
    log = the_log()
    know_own_key(log=log, day=timezone.localdate(moment) - timedelta(days=1), now=moment)
    snapshot = _snapshot(person, unit, start, end, subject)
    certificate = Certificate(
        id=uuid4(), number=_fresh_number(moment), person=person, unit=unit, batch=batch, start=start, end=end, tenths=sum(snapshot["service"].values()),
        snapshot=snapshot, index=_fresh_index(), name_salt=secrets.token_urlsafe(24), with_seal=with_seal, issued_by=by, issued_at=moment,
    )  # fmt: skip
    certificate.token = proving.token_of(_credential(certificate, person.name, subject))
    said: dict[str, Any] = {"subject": subject, "tenths": certificate.tenths, "start": start, "end": end}
    said |= {"document": proving.paper_digest(certificate.token), "paper": book.digest_of(bound.certificate_paper(certificate))}
    if by.pk != person.pk:
        said["approvers"] = (known[by.pk],)
        tell(person_id=person.pk, kind="certificate_issued", subject=certificate, numbers={"unit": unit.short_name})
    [certificate.entry] = append(facts=[book.Fact(book.Kind.CERTIFICATE_ISSUED, unit.pk, said)], now=moment)
    certificate.save(force_insert=True)
    record(actor_id=by.pk, verb="issue_certificate", subject=certificate, place_id=unit.pk, detail={"tenths": certificate.tenths})
    return certificate


def _counted(person: Person, unit: Place, start: date, end: date) -> list[Hours]:
    """Hours that stand and lie wholly within the period."""
    found = Hours.objects.standing().filter(person=person, unit=unit).select_related("slot__category").order_by("came", "pk")
    return [row for row in found if start <= timezone.localdate(row.came) and timezone.localdate(row.left) <= end]


def _snapshot(person: Person, unit: Place, start: date, end: date, subject: str) -> dict[str, Any]:
    """What the paper will say. Raises RecordsDiffer unless table and ledger agree to the tenth, grade by grade."""
    rows = _counted(person, unit, start, end)
    service = [row for row in rows if row.block == book.Block.SERVICE and row.tenths]
    try:
        found = proving.balance_of(subject, unit.pk, start, end)
    except ValueError:
        raise RecordsDiffer from None
    by_grade = {grade: sum(row.tenths for row in service if row.grade == grade) for grade in {row.grade for row in service}}
    training = sum(row.tenths for row in rows if row.block == book.Block.TRAINING)
    if by_grade != proving.tenths_by_grade(found.service) or training != sum(found.training.values()):
        raise RecordsDiffer
    if {row.entry for row in rows} - {one.entry.n for one in found.hours}:
        raise RecordsDiffer
    if not service:
        raise NothingToCertify
    return {
        "service": by_grade, "training": training, "transferred": proving.transferred(found), "times": len(service), "lines": _lines(service),
        "synced": sum(row.tenths for row in service if row.sync == SyncState.SYNCED), "entries": [row.entry for row in service],
        "disputed": sum(row.tenths for row in service if row.state == HoursState.DISPUTED),
        "questioned": questioned_tenths(row.pk for row in service),
        "first": min(timezone.localdate(row.came) for row in service).isoformat(), "last": max(timezone.localdate(row.left) for row in service).isoformat(),
    }  # fmt: skip


def _lines(service: Iterable[Hours]) -> list[dict[str, Any]]:
    """What was done by kind of service: titles of visits may name whom they helped, so they stay out."""
    sums: dict[str, list[int]] = {}
    for row in service:
        what = row.slot.category.name if row.slot else row.title
        line = sums.setdefault(what, [0, 0])
        line[0], line[1] = line[0] + 1, line[1] + row.tenths
    most = sorted(sums.items(), key=lambda one: (-one[1][1], one[0]))
    rest = most[MOST_LINES:]
    shown = [{"what": what, "times": times, "tenths": tenths} for what, (times, tenths) in most[:MOST_LINES]]
    if rest:
        shown.append({"what": "", "times": sum(times for _, (times, _t) in rest), "tenths": sum(tenths for _, (_n, tenths) in rest)})
    return shown


def _credential(certificate: Certificate, name: str, subject: str) -> proving.Credential:
    newest = LogHead.objects.first()
    return proving.Credential(
        id=f"urn:uuid:{certificate.pk}", number=certificate.number, issuer=proving.issuer(), unit=certificate.unit.name,
        subject=f"urn:doorstep:pseudonym:{subject}", issued=certificate.issued_at, start=certificate.start, end=certificate.end,
        tenths={book.LedgerGrade(grade): count for grade, count in certificate.snapshot["service"].items()},
        list_url=StatusRegister.objects.get(number=certificate.index // proving.LEAST_BITS).url, index=certificate.index % proving.LEAST_BITS,
        head=newest.note if newest else "", name=proving.hidden_name(name, certificate.name_salt), doubts=_doubts(certificate.snapshot),
    )  # fmt: skip


def _doubts(snapshot: Mapping[str, Any]) -> dict[str, int]:
    """What the paper says too: hours among these that somebody should look into, or that their owner disputes."""
    return {name: snapshot[key] for name, key in ((proving.IN_QUESTION, "questioned"), (proving.DISPUTED, "disputed")) if snapshot[key]}


def _fresh_number(now: datetime) -> str:
    """Year and forty random bits: nobody comes upon another's by counting on."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
        number = f"{timezone.localdate(now).year}-{letters[:4]}-{letters[4:]}"
        if not Certificate.objects.filter(number=number).exists():
            return number


def _fresh_index() -> int:
    """A random place in the newest list of this address; a list that is half full is followed by another."""
    register = StatusRegister.objects.filter(url__startswith=f"{proving.public_address('/ledger/status/')}").order_by("-number").first()
    if register is not None:
        first = register.number * proving.LEAST_BITS
        if Certificate.objects.filter(index__gte=first, index__lt=first + proving.LEAST_BITS).count() >= proving.LEAST_BITS // 2:
            register = None
    if register is None:
        number = StatusRegister.objects.count()
        register = StatusRegister.objects.create(number=number, url=proving.public_address(f"/ledger/status/{number}.jwt"))
    while True:
        index = register.number * proving.LEAST_BITS + secrets.randbelow(proving.LEAST_BITS)
        if not Certificate.objects.filter(index=index).exists():
            return index


@transaction.atomic
def revoke_certificate(*, by: Person, certificate: Certificate, reason: str, words: str, now: datetime | None = None) -> Certificate:
    """Taken back by the unit or the district, with a reason that the holder is told; the ledger and the published list say that it was."""
    moment = now or timezone.now()
    keeper = subject_of(by, certificate.unit)
    Log.objects.select_for_update().first()
    found = Certificate.objects.select_for_update(of=("self",)).select_related("unit").get(pk=certificate.pk)
    require_keeper(by, found.unit)
    if found.state == Certificate.State.REVOKED:
        raise RevokedAlready
    if found.entry is not None:
        subject = subject_in(found)
        said = {"subject": subject, "corrects": found.entry, "reasons": (reason if reason in REASONS else REASONS[-1],)}
        said["approvers"] = (keeper,)
        append(facts=[book.Fact(book.Kind.CERTIFICATE_REVOKED, found.unit_id, said)], now=moment)
    found.state, found.revoked_at, found.revoked_by, found.revoked_why = Certificate.State.REVOKED, moment, by, words
    found.save(update_fields=["state", "revoked_at", "revoked_by", "revoked_why"])
    tell(
        person_id=found.person_id,
        kind="certificate_revoked",
        subject=found,
        numbers={"unit": found.unit.short_name, "number": found.number},
    )
    record(actor_id=by.pk, verb="revoke_certificate", subject=found, place_id=found.unit_id, detail={"reason": reason})
    return found


def subject_in(certificate: Certificate) -> str:
    """The pseudonym of a certificate as its token says it: also when the person has gone and the salt with him."""
    return proving.subject_in(certificate.token)


@transaction.atomic
def forget_lines(*, person: Person) -> int:
    """What was done leaves the certificates of somebody who is forgotten: words typed by hand may be among it. Sums and the signed token stay."""
    found = list(Certificate.objects.filter(person=person))
    for one in found:
        one.snapshot["lines"] = [line | {"what": ""} for line in one.snapshot["lines"]]
    Certificate.objects.bulk_update(found, ["snapshot"], batch_size=100)
    return len(found)


@transaction.atomic
def share_name(*, by: Person, certificate: Certificate, shares: bool) -> None:
    """Whether the check page says the name: the holder's choice alone, changed as often as wished."""
    if Certificate.objects.filter(pk=certificate.pk, person=by).exclude(shares_name=shares).update(shares_name=shares):
        record(actor_id=by.pk, verb="share_name", subject=certificate, place_id=certificate.unit_id, detail={"shares": shares})


@transaction.atomic
def print_seal(*, by: Person, certificate: Certificate, with_seal: bool) -> None:
    """The seal stands on the paper only where the holder wishes it and the unit has one."""
    if with_seal and not Seal.objects.filter(unit=certificate.unit_id).exists():
        raise NoSealYet
    if Certificate.objects.filter(pk=certificate.pk, person=by).exclude(with_seal=with_seal).update(with_seal=with_seal):
        record(actor_id=by.pk, verb="print_seal", subject=certificate, place_id=certificate.unit_id, detail={"seal": with_seal})


@transaction.atomic
def set_seal(*, by: Person, unit: Place, image: bytes | None, now: datetime | None = None) -> Seal:
    """Puts up the unit's seal: an uploaded picture, or none for the plain ring that is drawn."""
    require_keeper(by, unit)
    if image is not None:
        check_png(image)
        if not printing.can_be_printed(image):
            raise NotAPicture
    facts = {"image": image, "set_by": by, "set_at": now or timezone.now()}
    seal, _created = Seal.objects.update_or_create(unit=unit, defaults=facts)
    record(actor_id=by.pk, verb="set_seal", subject=seal, place_id=unit.pk, detail={"drawn": image is None})
    return seal


@transaction.atomic
def remove_seal(*, by: Person, unit: Place) -> None:
    require_keeper(by, unit)
    seal = Seal.objects.filter(unit=unit).first()
    if seal is not None:
        record(actor_id=by.pk, verb="remove_seal", subject=seal, place_id=unit.pk)
        seal.delete()


def check_png(data: bytes) -> None:
    """Bytes, not names: the mark of a PNG, its size in points, and chunks that are whole to the end. Raises NotAPicture."""
    if len(data) > SEAL_BYTES or not data.startswith(PNG + b"\x00\x00\x00\rIHDR"):
        raise NotAPicture
    width, height = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
    if not (SEAL_LEAST <= width <= SEAL_MOST and SEAL_LEAST <= height <= SEAL_MOST):
        raise NotAPicture
    at = len(PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, at = data[at + 4 : at + 8], at + 12 + length
        if name == b"IEND":
            if at == len(data):
                return
            break
    raise NotAPicture
