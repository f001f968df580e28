"""Certificates for a school or a company: each person is asked, those who agree are made one by one, and the work can be stopped."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.person import give_consent, withdraw_consent
from doorstep.hub.people.models import Person, Place

from .. import printing
from ..certificate_access import NobodyAgreed, NotAskedAny, StandsStill, UnderAge, require_keeper
from ..models import Batch, BatchMember, BatchPaper, Certificate
from ..queries.proofs import progress_of, stands_still
from .certifying import issue_certificate

ADULT = 18
PAPERS_KEPT = timedelta(days=7)
PURPOSE = "certificate"


@transaction.atomic
def make_batch(*, by: Person, unit: Place, asked_by: str, purpose: str, start: date, end: date, people: Iterable[Person]) -> Batch:
    """Writes down who asks and what for, and asks everybody named; nobody is in before the own yes."""
    require_keeper(by, unit)
    batch = Batch.objects.create(unit=unit, asked_by=asked_by, purpose=purpose, start=start, end=end, made_by=by)
    for person in people:
        member = BatchMember.objects.create(batch=batch, person=person)
        tell(person_id=person.pk, kind="batch_asks", subject=member, numbers={"asked_by": asked_by})
    record(actor_id=by.pk, verb="make_batch", subject=batch, place_id=unit.pk, detail={"asked": batch.members.count()})
    return batch


def _held(member: BatchMember) -> BatchMember:
    return BatchMember.objects.select_for_update(of=("self",)).select_related("batch__unit", "person").get(pk=member.pk)


@transaction.atomic
def answer_batch(*, by: Person, member: BatchMember, agrees: bool) -> None:
    """Yes or no, or another word later: as easy to take back as to give."""
    found = _held(member)
    if found.person_id != by.pk:
        raise NotAskedAny
    age = by.age_on(timezone.localdate())
    if agrees and age is not None and age < ADULT:
        raise UnderAge
    _say(found, agrees, by=by, channel="web")


@transaction.atomic
def note_answer(*, by: Person, member: BatchMember, agrees: bool, channel: str, guardian: str = "", relation: str = "") -> None:
    """What somebody said by phone or on paper, or a guardian for a minor, as the social worker heard it."""
    found = _held(member)
    require_keeper(by, found.batch.unit)
    age = found.person.age_on(timezone.localdate())
    if agrees and age is not None and age < ADULT and not guardian:
        raise UnderAge
    _say(found, agrees, by=by, channel=channel, guardian=guardian, relation=relation)


def _say(member: BatchMember, agrees: bool, *, by: Person, channel: str, guardian: str = "", relation: str = "") -> None:
    if member.consent_id and not agrees:
        withdraw_consent(by=by, consent=member.consent)  # type: ignore[arg-type]
        BatchPaper.objects.filter(member=member).delete()
    if agrees and (member.consent is None or member.consent.withdrawn_at is not None):
        witness = by if by.pk != member.person_id else None
        member.consent = give_consent(
            person=member.person, purpose=PURPOSE, channel=channel, given_by_name=guardian, relation=relation, witness=witness
        )
    elif not agrees:
        member.consent = None
    member.declined_at = None if agrees else timezone.now()
    member.save(update_fields=["consent", "declined_at"])
    record(actor_id=by.pk, verb="answer_batch", subject=member, place_id=member.batch.unit_id, detail={"agrees": agrees})


@transaction.atomic
def start_batch(*, by: Person, batch: Batch, now: datetime | None = None) -> Batch:
    """Sets the work going, or going again where it stopped or stands still; what is made already stays."""
    moment = now or timezone.now()
    found = Batch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)
    require_keeper(by, found.unit)
    if found.state == Batch.State.WORKING and not stands_still(found, moment):
        raise StandsStill
    if not progress_of(found).agreed:
        raise NobodyAgreed
    _move(found, Batch.State.WORKING, moment)
    record(actor_id=by.pk, verb="start_batch", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def stop_batch(*, by: Person, batch: Batch, now: datetime | None = None) -> None:
    """No more are made; those that are made stay valid."""
    found = Batch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch.pk)
    require_keeper(by, found.unit)
    if found.state != Batch.State.WORKING:
        raise StandsStill
    _move(found, Batch.State.STOPPED, now or timezone.now())
    record(actor_id=by.pk, verb="stop_batch", subject=found, place_id=found.unit_id)


def _move(batch: Batch, state: str, now: datetime) -> None:
    batch.state, batch.touched_at = state, now
    batch.save(update_fields=["state", "touched_at"])


def work_off(*, batch_id: UUID) -> str:
    """Makes one certificate after another until all are made or somebody stops it; two workers never make one twice."""
    while True:
        state = _next_one(batch_id=batch_id)
        if state != Batch.State.WORKING:
            return state


@transaction.atomic
def _next_one(*, batch_id: UUID) -> str:
    """One person: certificate and paper in one transaction, so that a worker that dies leaves no half."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("unit", "made_by").get(pk=batch_id)
    if batch.state != Batch.State.WORKING:
        return batch.state
    now, member = timezone.now(), _next_member(batch)
    if member is None:
        _move(batch, Batch.State.DONE, now)
        record(actor_id=None, verb="finish_batch", subject=batch, place_id=batch.unit_id)
        return batch.state
    _move(batch, Batch.State.WORKING, now)
    _make(batch, member, now)
    return batch.state


def _next_member(batch: Batch) -> BatchMember | None:
    """The next who agreed, held: a no that was said while this waited is heard, and one said afterwards finds the paper and takes it away."""
    agreed = batch.members.filter(consent__isnull=False, consent__withdrawn_at=None, paper=None, none_why="")
    for pk in agreed.values_list("pk", flat=True):
        # Looked at again once it is held: the list was read before.
        held = BatchMember.objects.select_for_update(of=("self",)).filter(pk=pk).select_related("person", "certificate").first()
        if held is not None and agreed.filter(pk=pk).exists():
            return held
    return None


def _make(batch: Batch, member: BatchMember, now: datetime) -> None:
    try:
        with transaction.atomic():
            certificate = member.certificate
            if certificate is None or certificate.state != Certificate.State.VALID:
                assert batch.made_by is not None
                certificate = issue_certificate(
                    by=batch.made_by, person=member.person, unit=batch.unit, start=batch.start, end=batch.end, batch=batch, now=now
                )
            paper = printing.sheets([certificate])
            member.certificate = certificate
            member.save(update_fields=["certificate"])
            BatchPaper.objects.update_or_create(member=member, defaults={"data": paper, "made_at": now})
            record(actor_id=None, verb="print_for_batch", subject=certificate, place_id=batch.unit_id)
    except Refused as refusal:
        member.none_why = str(refusal.sentence)[:200]
        member.save(update_fields=["none_why"])


@transaction.atomic
def forget_papers(*, now: datetime | None = None) -> int:
    """Papers of batches are kept for a week, and not after a consent was taken back; the certificates stay with their holders."""
    old = Q(made_at__lt=(now or timezone.now()) - PAPERS_KEPT)
    taken_back = Q(member__consent=None) | Q(member__consent__withdrawn_at__isnull=False)
    deleted, _ = BatchPaper.objects.filter(old | taken_back).delete()
    return deleted


@transaction.atomic
def hand_out(*, by: Person, batch: Batch, count: int, why: str) -> None:
    """Whoever takes a batch away leaves a line: it names people."""
    detail = {"papers": count, "why": why}
    record(actor_id=by.pk, verb="hand_out_batch", subject=batch, place_id=batch.unit_id, detail=detail, confidential_read=True)


@transaction.atomic
def take_log(*, by: Person, log: object, why: str) -> None:
    """Whoever takes the whole log away leaves a line."""
    record(actor_id=by.pk, verb="take_log", subject=log, detail={"why": why}, confidential_read=True)  # type: ignore[arg-type]
