"""Awards, evaluations, the words of trainings, hours of elsewhere: their owner says what is wrong, one proposes, another decides; a new entry each."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.actions.holding import hold_people
from doorstep.hub.people.models import Person

from .. import amending, book, bound
from ..access import NothingToCorrect, NotOneself, NotTwice, SaidAlready, require_recorder
from ..amending import Item, entry_of, facts_of, key_of, owner_id, owner_of, title_of, unit_of
from ..models import Amendment, Award, Correction, Evaluation, Hours, HoursState, Salt, SyncState, Training, Transfer
from ..moving.arriving import require_likely
from .booking import append, salt_of, subject_of
from .correcting import NothingChanges, ProposerGone
from .hours import NoWordsYet
from .judging import OwnerForgotten
from .record import BadRating, NotGivenYet, PaperNotSeen

#: The entry that states each of them anew.
STATES = {
    "award": book.Kind.AWARD_CORRECTED, "evaluation": book.Kind.QUALITY_CORRECTED, "training": book.Kind.TRAINING_CORRECTED,
    "transfer": book.Kind.TRANSFER_CORRECTED,
}  # fmt: skip


class NotYours(Refused):
    sentence = _("这是别人的记录，只有本人能说对不对。")


class NothingNew(NothingChanges):
    field = "why"
    sentence = _("改的和原来一样。请写上应该是什么。")


class EmptyFact(Refused):
    sentence = _("有一项空着了。请写上应该是什么；整条都不对，就勾“这一条不该有”。")


class NotAnsweredYet(Refused):
    sentence = _("本人说这次的时长不对，还没有人回话。请先到这次时长那一页回话，或者更正时长，再来改这几个字。")


class Unlikely(Refused):
    field = "start"


def _held(row: Item, seen: int | None) -> Item:
    """The row as it stands now, kept until the transaction ends, and its person after it."""
    model, with_it = type(row), ("hours__person", "hours__unit") if isinstance(row, Training) else ("person", "unit")
    if isinstance(row, Training):
        Hours.objects.select_for_update().get(pk=row.hours_id)
    found: Item = model._default_manager.select_for_update(of=("self",)).select_related(*with_it).get(pk=row.pk)
    hold_people([owner_id(found)])
    if seen is not None and _version(found) != seen:
        raise Stale
    return found


def _version(row: Item) -> int:
    return row.hours.version if isinstance(row, Training) else row.version


def _require_standing(row: Item) -> Person:
    """Whose it is, if it stands in the ledger and its owner is not forgotten."""
    if entry_of(row) is None or getattr(row, "struck", False):
        raise NothingToCorrect
    owner = owner_of(row)
    if owner is None or not Salt.objects.filter(person=owner).exists():
        raise OwnerForgotten
    return owner


def _require_answered(row: Item) -> None:
    """New words of a training ask its owner anew: what the owner says of the hours must not go with them unread."""
    if isinstance(row, Training) and row.hours.state == HoursState.DISPUTED and not row.hours.answer:
        raise NotAnsweredYet


@transaction.atomic
def dispute_item(
    *, by: Person, row: Award | Evaluation | Transfer, words: str, seen: int | None = None, now: datetime | None = None
) -> Item:
    """Its owner says what is wrong; it stands until it is corrected, and whoever wrote it down hears of it."""
    found = _held(row, seen)
    assert not isinstance(found, Training)
    if by.pk != found.person_id:
        raise NotYours
    if not words.strip():
        raise NoWordsYet
    owner = _require_standing(found)
    if found.dispute and not found.answer:
        raise SaidAlready
    kind = book.Kind.HOURS_DISPUTED if isinstance(found, Transfer) else book.Kind.RECORD_DISPUTED
    said = {
        "subject": subject_of(owner, found.unit), "corrects": found.entry, "reasons": ("owner_disagrees",),
        "document": book.commitment(salt_of(owner), {"record": str(found.pk), "dispute": words}),
    }  # fmt: skip
    append(facts=[book.Fact(kind, found.unit_id, said)], now=now)
    found.dispute, found.answer, found.version = words, "", found.version + 1
    found.save(update_fields=["dispute", "answer", "version"])
    writer = found.by_id if isinstance(found, Evaluation) else found.entered_by_id
    tell(person_id=writer, kind="record_disputed", subject=found, numbers={"title": title_of(found)})
    record(actor_id=by.pk, verb="dispute_item", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def answer_item(*, by: Person, row: Award | Evaluation | Transfer, words: str, seen: int | None = None) -> Item:
    """Looked into, and nothing to correct: the owner reads why, and may still say it again."""
    found = _held(row, seen)
    assert not isinstance(found, Training)
    require_recorder(by, found.unit)
    if by.pk == found.person_id:
        raise NotOneself
    if not found.dispute or found.answer:
        raise SaidAlready
    if not words.strip():
        raise NoWordsYet
    found.answer, found.version = words, found.version + 1
    found.save(update_fields=["answer", "version"])
    tell(person_id=found.person_id, kind="record_answered", subject=found, numbers={"title": title_of(found)})
    record(actor_id=by.pk, verb="answer_item", subject=found, place_id=found.unit_id)
    return found


@transaction.atomic
def propose_amendment(
    *, by: Person, row: Item, said: Mapping[str, str | int], why: str, struck: bool = False, seen: int | None = None, now: datetime | None = None,
) -> Amendment:  # fmt: skip
    """What it should say; it counts when somebody else has approved it."""
    found, key = _held(row, seen), key_of(row)
    unit = unit_of(found)
    require_recorder(by, unit)
    if by.pk == owner_id(found):
        raise NotOneself
    _require_standing(found)
    _require_answered(found)
    if not why.strip():
        raise NoWordsYet
    if found.amendments.filter(state=Correction.State.PROPOSED).exists():
        raise SaidAlready
    was = facts_of(found)
    wanted = was if struck else was | {name: value for name, value in said.items() if name in was}
    if wanted == was and not struck:
        raise NothingNew
    _require_sound(key, wanted, timezone.localdate(now or timezone.now()))
    made = Amendment(was=was, said=wanted, struck=struck and not isinstance(found, Training), why=why, proposed_by=by, **{key: found})
    made.save(force_insert=True)
    record(actor_id=by.pk, verb="propose_amendment", subject=made, place_id=unit.pk, detail={"of": key, "record": str(found.pk)})
    return made


def _require_sound(key: str, said: Mapping[str, Any], today: date) -> None:
    """What could never be approved is sent back before anybody is asked."""
    if any(said[name] == "" for name in said if name not in ("proof", "words")):
        raise EmptyFact
    if key == "award":
        if date.fromisoformat(said["granted_on"]) > today:
            raise NotGivenYet
        if said["source"] != Award.Source.OWN and not str(said["proof"]).strip():
            raise PaperNotSeen
    elif key == "evaluation":
        if said["rating"] not in range(1, 6):
            raise BadRating
        if date.fromisoformat(said["on"]) > today:
            raise NotGivenYet
    elif key == "transfer":
        try:
            require_likely(date.fromisoformat(said["start"]), date.fromisoformat(said["end"]), said["tenths"], today)
        except ValueError as fault:
            raise Unlikely(str(fault)) from fault


@transaction.atomic
def decide_amendment(
    *, by: Person, amendment: Amendment, approved: bool, words: str = "", seen: int | None = None, now: datetime | None = None
) -> Amendment:
    """The second of two people: with their yes it stands as an entry of its own, which names the one it replaces.

    seen: the row as it was read; what its owner has said since is read first.
    """
    moment, row = now or timezone.now(), _held(amendment.about, seen)
    found, unit = Amendment.objects.select_for_update().get(pk=amendment.pk), unit_of(row)
    require_recorder(by, unit)
    if found.state != Correction.State.PROPOSED:
        raise SaidAlready
    if by.pk in (owner_id(row), found.proposed_by_id):
        raise NotTwice
    found.decided_by, found.decided_at, found.answer = by, moment, words
    found.state = Correction.State.APPROVED if approved else Correction.State.REFUSED
    if approved:
        found.entry = _amend(row, found, by, moment)
    found.save()
    kind, numbers = "record_corrected" if approved else "record_not_corrected", {"title": title_of(row)}
    tell(person_id=owner_id(row), kind=kind, subject=row, numbers=numbers)
    if not approved:
        tell(person_id=found.proposed_by_id, kind=kind, subject=row, numbers=numbers)
    record(actor_id=by.pk, verb="decide_amendment", subject=found, place_id=unit.pk, detail={"approved": approved})
    return found


def _amend(row: Item, amendment: Amendment, by: Person, now: datetime) -> int:
    """The row as it should be, and the entry in which both people stand and the reason is bound."""
    owner, proposer, unit, key = _require_standing(row), amendment.proposed_by, unit_of(row), key_of(row)
    if proposer is None:
        raise ProposerGone
    _require_answered(row)
    before = entry_of(row)
    amending.set_facts(row, amendment.said)
    if amendment.struck and isinstance(row, Transfer):
        row.tenths = 0
    said = {
        "subject": subject_of(owner, unit), "start": _day_of(row), "corrects": before,
        "reasons": ("struck", "two_people") if amendment.struck else ("two_people",),
        "approvers": tuple(sorted({subject_of(person, unit) for person in (proposer, by)})),
        "document": book.commitment(salt_of(owner), bound.of_amendment(amendment)),
    }  # fmt: skip
    if isinstance(row, Transfer):
        said |= {"tenths": row.tenths, "end": row.end, "grade": book.LedgerGrade.TRANSFERRED}
    [number] = append(facts=[book.Fact(STATES[key], unit.pk, said)], now=now)
    if isinstance(row, Training):
        row.save()
        _training_said(row.hours)
    else:
        row.entry, row.struck, row.dispute, row.answer, row.version = number, amendment.struck, "", "", row.version + 1
        if not isinstance(row, Transfer):
            # What another system took in was the record before; this one it has not seen.
            row.sync = SyncState.NOT_SENT
        row.save()
    return number


def _training_said(hours: Hours) -> None:
    """Its hours stand as they are; their owner is asked once more, and another system has not seen the new words."""
    hours.state, hours.dispute, hours.answer, hours.verified_at = HoursState.RECORDED, "", "", None
    hours.sync, hours.version = SyncState.NOT_SENT, hours.version + 1
    hours.save()


def _day_of(row: Item) -> date:
    if isinstance(row, Training):
        return timezone.localdate(row.hours.came)
    return row.granted_on if isinstance(row, Award) else row.on if isinstance(row, Evaluation) else row.start
