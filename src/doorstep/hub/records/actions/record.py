"""The rest of a volunteer's record: training for several people at once, awards with the paper that was seen, evaluations by somebody else."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person, Place

from .. import book, bound
from ..access import NotOneself, SaidAlready, require_recorder
from ..models import Award, Evaluation, Hours, Training
from .booking import append, subject_of
from .hours import NothingPicked, back_fill
from .judging import OwnerForgotten, hold_owners


class PaperNotSeen(Refused):
    field = "proof"
    sentence = _("别的单位给的表彰，要看过证书才能记。请写上看的是哪一张、几号。")


class NotGivenYet(Refused):
    field = "granted_on"
    sentence = _("这一天还没到。请再看一看证书上的日子。")


class BadRating(Refused):
    field = "rating"
    sentence = _("请在一分到五分里选一个。")


class NotTheirHours(Refused):
    sentence = _("这一次不是这位志愿者在本社区的，评不了。")


@transaction.atomic
def record_training(
    *, by: Person, unit: Place, people: Iterable[Person], name: str, content: str, host: str, came: datetime, left: datetime,
    now: datetime | None = None,
) -> list[Training]:  # fmt: skip
    """Learning hours of everybody who was there, apart from service; they count when somebody else has approved them."""
    found, moment, people = [], now or timezone.now(), list(people)
    # All of them before the first is judged: two lists in two orders would wait for each other.
    hold_people(person.pk for person in people)
    for person in people:
        hours = back_fill(by=by, person=person, unit=unit, title=name, came=came, left=left, kind="training", now=moment)
        found.append(Training.objects.create(hours=hours, content=content, host=host))
    if not found:
        raise NothingPicked
    record(actor_id=by.pk, verb="record_training", subject=found[0], place_id=unit.pk, detail={"people": len(found)})
    return found


@transaction.atomic
def grant_award(
    *, by: Person, person: Person, unit: Place, name: str, granted_by: str, source: str, granted_on: date, proof: str = "",
    now: datetime | None = None,
) -> Award:  # fmt: skip
    """The unit's own, or that of another whose paper was seen."""
    require_recorder(by, unit)
    if by.pk == person.pk:
        raise NotOneself
    if source != Award.Source.OWN and not proof.strip():
        raise PaperNotSeen
    moment = now or timezone.now()
    if granted_on > timezone.localdate(moment):
        raise NotGivenYet
    hold_owners([person.pk])
    made = Award(
        person=person, unit=unit, name=name, granted_by=granted_by, source=source, granted_on=granted_on, proof=proof, entered_by=by,
        salt=secrets.token_bytes(32),
    )  # fmt: skip
    made.entry = _written(made, book.Kind.AWARD_GRANTED, by, granted_on, bound.of_award(made), moment, reasons=(f"from_{source}",))
    made.save(force_insert=True)
    tell(person_id=person.pk, kind="award_granted", subject=made, numbers={"title": name})
    record(actor_id=by.pk, verb="grant_award", subject=made, place_id=unit.pk, detail={"source": source})
    return made


@transaction.atomic
def rate(
    *, by: Person, person: Person, unit: Place, rating: int, words: str = "", on: date | None = None, hours: Hours | None = None,
    now: datetime | None = None,
) -> Evaluation:  # fmt: skip
    """From one to five, by somebody else, for one visit or for a stretch of service; once a visit and once a day."""
    require_recorder(by, unit)
    if by.pk == person.pk:
        raise NotOneself
    if rating not in range(1, 6):
        raise BadRating
    if hours is not None and (hours.person_id != person.pk or hours.unit_id != unit.pk or not hours.stands):
        raise NotTheirHours
    moment = now or timezone.now()
    day = on or timezone.localdate(moment)
    hold_owners([person.pk])
    said = Evaluation.objects.filter(person=person, unit=unit, struck=False)
    if said.filter(hours=hours).exists() if hours else said.filter(hours=None, on=day).exists():
        raise SaidAlready
    made = Evaluation(
        person=person, unit=unit, hours=hours, rating=rating, on=day, by=by, words=words, salt=secrets.token_bytes(32)
    )  # fmt: skip
    about = {"activity": hours.kind, "slot": str(hours.slot_id or hours.pk)} if hours else {}
    made.entry = _written(made, book.Kind.QUALITY_RATED, by, day, bound.of_evaluation(made), moment, **about)
    made.save(force_insert=True)
    tell(person_id=person.pk, kind="quality_rated", subject=made)
    record(actor_id=by.pk, verb="rate", subject=made, place_id=unit.pk, detail={"rating": rating})
    return made


def _written(
    row: Award | Evaluation, kind: book.Kind, by: Person, day: date, details: dict[str, Any], now: datetime, **more: Any
) -> int:  # fmt: skip
    """The entry: whose, when, and a digest of the words that only their salt opens."""
    if row.person is None:
        raise OwnerForgotten
    said = {
        "subject": subject_of(row.person, row.unit), "start": day, "approvers": (subject_of(by, row.unit),),
        "document": book.commitment(bytes(row.salt), details), **more,
    }  # fmt: skip
    [number] = append(facts=[book.Fact(kind, row.unit_id, said)], now=now)
    return number
