"""What people ask of their own data: the clock runs until somebody answers; to delete is to forget who it was and to keep what must stay."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from doorstep.hub.journal.actions import forget_notices, record, tell
from doorstep.hub.people.access import is_district_officer, led_places
from doorstep.hub.people.actions.forgetting import FORGOTTEN, forget_person
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.actions.forgetting import forget_arrangements, hold_arrangements, require_all_held
from doorstep.hub.scheduling.models import Offer, OfferState, Slot

from .. import book
from ..access import require_recorder
from ..models import (
    Amendment,
    Anomaly,
    Attendance,
    Award,
    BatchMember,
    Certificate,
    Correction,
    DataRequest,
    Evaluation,
    Hours,
    HoursState,
    Presence,
    Salt,
    Shipped,
    StarAward,
    StarObjection,
    Training,
    Transfer,
)
from ..moving_access import AnsweredAlready, AskedAlready, InOffice, NotOwnRequest, OpenQuestion, StillPromised, WhyNot
from ..telling import kind_name
from .certifying import forget_lines

__all__ = ["StillPromised", "answer_data_request", "ask_for_data", "carry_away", "erase", "hold_records", "require_nothing_open"]


@transaction.atomic
def ask_for_data(*, by: Person, person: Person, place: Place, kind: str, words: str = "", now: datetime | None = None) -> DataRequest:
    """The person asks, or the social worker writes it down for who cannot; the clock starts now."""
    moment = now or timezone.now()
    if by.pk != person.pk:
        require_recorder(by, place)
    # The person's row is the turnstile: asking twice at once makes one request.
    hold_people([person.pk])
    if DataRequest.objects.filter(person=person, kind=kind, state=DataRequest.State.OPEN).exists():
        raise AskedAlready
    made = DataRequest.objects.create(
        person=person, place=place, kind=kind, words=words.strip(), asked_at=moment, due_on=book.answer_due(timezone.localdate(moment))
    )
    record(actor_id=by.pk, verb="ask_for_data", subject=made, place_id=place.pk, detail={"kind": kind})
    return made


@transaction.atomic
def answer_data_request(*, by: Person, request: DataRequest, done: bool, answer: str, now: datetime | None = None) -> DataRequest:
    """Done, or not with a reason; to delete is done by `erase` alone."""
    found = _held(by, request)
    if not done and not answer.strip():
        raise WhyNot
    if done and found.kind == DataRequest.Kind.DELETE:
        raise AnsweredAlready
    return _close(by, found, done, answer, now or timezone.now())


def _held(by: Person, request: DataRequest) -> DataRequest:
    found = DataRequest.objects.select_for_update(of=("self",)).select_related("person", "place").get(pk=request.pk)
    require_recorder(by, found.place)
    if found.state != DataRequest.State.OPEN:
        raise AnsweredAlready
    if found.person_id == by.pk:
        raise NotOwnRequest
    return found


def _close(by: Person, found: DataRequest, done: bool, answer: str, now: datetime) -> DataRequest:
    found.state = DataRequest.State.DONE if done else DataRequest.State.REFUSED
    found.answer, found.answered_by, found.answered_at = answer.strip(), by, now
    found.save()
    tell(
        person_id=found.person_id, kind="data_request_done" if done else "data_request_refused", subject=found, numbers={"what": found.kind}
    )
    record(actor_id=by.pk, verb="answer_data_request", subject=found, place_id=found.place_id, detail={"kind": found.kind, "done": done})
    return found


@transaction.atomic
def carry_away(*, by: Person, request: DataRequest, why: str = "") -> None:
    """That the copy was taken away, for the journal: by the person, or by somebody else, who says why."""
    detail = {"why": why} if why else {}
    record(actor_id=by.pk, verb="carry_away", subject=request, place_id=request.place_id, detail=detail, confidential_read=True)


def hold_records(person: Person) -> None:
    """All that forgetting will touch, in the order of the house: slots, hours, what waits for the person and what two people may be
    correcting, the person last. Whoever promises or judges something in this moment waits, and then finds nobody; and whoever did so
    before is waited for."""
    slots = hold_arrangements(person)
    touched = Hours.objects.filter(Q(person=person) | Q(slot__in=Slot.objects.filter(contact=person)))
    tables = (Transfer, BatchMember, Award, Evaluation, StarAward)
    for rows in (touched, *(table._default_manager.filter(person=person) for table in tables)):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    hold_people([person.pk], wholly=True)
    require_all_held(person, slots)


def require_nothing_open(person: Person) -> None:
    """What has to be settled before anybody can be forgotten."""
    if led_places(person) or is_district_officer(person):
        raise InOffice
    if Offer.objects.filter(person=person, state=OfferState.ACCEPTED).exists():
        raise StillPromised
    open_hours = Q(state__in=(HoursState.DISPUTED, HoursState.WAITS_APPROVER, HoursState.WAITS_PARENT)) | Q(
        corrections__state=Correction.State.PROPOSED
    )
    if (
        Hours.objects.filter(open_hours, person=person).exists()
        or Transfer.objects.filter(person=person, state=Transfer.State.WAITS).exists()
    ):
        raise OpenQuestion
    about = Q(award__person=person) | Q(evaluation__person=person) | Q(transfer__person=person) | Q(training__hours__person=person)
    if Amendment.objects.filter(about, state=Correction.State.PROPOSED).exists():
        raise OpenQuestion
    if any(table.objects.filter(person=person, answer="").exclude(dispute="").exists() for table in (Award, Evaluation, Transfer)):
        raise OpenQuestion
    in_it = Q(person=person) | Q(other=person) | Q(hours__person=person)
    if Anomaly.objects.filter(in_it, state=Anomaly.State.OPEN).exists():
        raise OpenQuestion


@transaction.atomic
def erase(*, by: Person, request: DataRequest, answer: str, now: datetime | None = None) -> DataRequest:
    """Forgets the person, whose rows are held, in records and below; hours and ledger stay under a pseudonym that nobody can open any more."""
    moment = now or timezone.now()
    found = _held(by, request)
    person = found.person
    if person is None or found.kind != DataRequest.Kind.DELETE:
        raise AnsweredAlready
    require_nothing_open(person)
    _close(by, found, True, answer, moment)
    _unsay(person)
    _let_go(person)
    _retitle(forget_arrangements(by=by, person=person, now=moment))
    Salt.objects.filter(person=person).delete()
    forget_person(by=by, person=person)
    record(actor_id=by.pk, verb="erase", subject=found, place_id=found.place_id)
    found.refresh_from_db()
    return found


def _unsay(person: Person) -> None:
    """Words that were written about the person, or by them."""
    own = Hours.objects.filter(person=person)
    Correction.objects.filter(hours__in=own).update(why=FORGOTTEN, answer="")
    Anomaly.objects.filter(Q(person=person) | Q(other=person) | Q(hours__in=own)).exclude(outcome="").update(outcome=FORGOTTEN)
    Anomaly.objects.filter(person=person).update(person=None)
    Anomaly.objects.filter(other=person).update(other=None)
    Attendance.objects.filter(offer__person=person).update(note="")
    Presence.objects.filter(offer__person=person).update(device="", came_near=None, left_near=None)
    Evaluation.objects.filter(person=person).update(words="", salt=b"")
    Award.objects.filter(person=person).update(proof="", salt=b"")
    Transfer.objects.filter(person=person).update(paper=FORGOTTEN, salt=b"")
    DataRequest.objects.filter(person=person).update(words="", answer="")
    about = Q(award__person=person) | Q(evaluation__person=person) | Q(transfer__person=person) | Q(training__hours__person=person)
    Amendment.objects.filter(about).update(why=FORGOTTEN, answer="", was={}, said={})
    for table in (Award, Evaluation, Transfer):
        table.objects.filter(person=person).update(dispute="", answer="")
    Shipped.objects.filter(Q(hours__in=own) | Q(award__person=person) | Q(evaluation__person=person)).update(answer="")
    own.filter(state=HoursState.REFUSED).update(refusals=[])
    own.update(dispute="", answer="")
    StarObjection.objects.filter(Q(star__person=person) | Q(by=person)).update(words=FORGOTTEN, answer="")
    StarAward.objects.filter(person=person).update(words="")
    _untitle(own.filter(slot=None))
    Certificate.objects.filter(person=person).update(revoked_why="")


def _untitle(typed: QuerySet[Hours]) -> None:
    """What was filled in afterwards is called by words that somebody typed: it is called after its kind from here on."""
    Training.objects.filter(hours__in=typed).update(content="", host="")
    with override("zh-hans"):
        # Kept in the first language of the record, whoever presses the button.
        names = {pk: kind_name(kind) for pk, kind in typed.values_list("pk", "kind")}
    for name in set(names.values()):
        typed.filter(pk__in=[pk for pk, own in names.items() if own == name]).update(title=name[:60])
    # What was told of a course's words is about the course.
    courses = Training.objects.filter(hours__in=names).values_list("pk", "hours")
    forget_notices(about=names | {pk: names[hours] for pk, hours in courses})


def _let_go(person: Person) -> None:
    """From here on the rows belong to nobody; certificates that are out stay valid for whoever holds the paper."""
    BatchMember.objects.filter(person=person).delete()
    forget_lines(person=person)
    Certificate.objects.filter(person=person).update(person=None, name_salt="", shares_name=False)
    # A notice ends with the name; what was granted stays granted to nobody.
    StarAward.objects.filter(person=person, state=StarAward.State.NOTICE).update(state=StarAward.State.LAPSED)
    for table in (Hours, Award, Evaluation, Transfer, DataRequest, StarAward):
        table.objects.filter(person=person).update(person=None)


def _retitle(visits: Mapping[UUID, str]) -> None:
    """The hours of others at visits to their home: called after their kind, without the words that were said there."""
    for slot_id, title in visits.items():
        Hours.objects.filter(slot=slot_id).update(title=title)
    Attendance.objects.filter(offer__slot__in=visits).update(note="")
    Evaluation.objects.filter(hours__slot__in=visits).update(words="", salt=b"")
    Amendment.objects.filter(evaluation__hours__slot__in=visits).update(why=FORGOTTEN, answer="", was={}, said={})
    Evaluation.objects.filter(hours__slot__in=visits).exclude(dispute="").update(dispute=FORGOTTEN, answer="")
    Correction.objects.filter(hours__slot__in=visits).update(why=FORGOTTEN, answer="")
    Hours.objects.filter(slot__in=visits).exclude(dispute="").update(dispute=FORGOTTEN, answer="")
