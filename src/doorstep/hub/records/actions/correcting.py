"""Corrections: what the hours should say, proposed by one, decided by another; an entry of its own that names the one it replaces."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Person

from .. import book, bound
from ..access import NothingToCorrect, NotOneself, NotTwice, SaidAlready, officer_over, require_recorder
from ..models import STANDING, Correction, Hours, HoursState, SyncState
from ..telling import refusal_sentence
from .booking import append, salt_of, subject_of
from .judging import EndsBeforeItBegins, first_kind, held, judged, require_owner, require_some_left, require_sound, said_of
from .kinds import learned, planned_break


class ProposerGone(Refused):
    sentence = _("提这一条的人已经不在了。请先点“不批”，再重新提一次。")


class NothingChanges(Refused):
    field = "left"
    sentence = _("改的和原来一样。请写上应该是几点到几点、哪一类、多少分钟不算。")


class LongDay(Refused):
    sentence = _("这样改，那一天就太长了，要区里看过。请区里的工作人员来提，或者来批。")


class WouldNotCount(Refused):
    """What the rules say against it, in its own sentence."""

    field = "left"


@transaction.atomic
def propose_correction(
    *, by: Person, hours: Hours, came: datetime, left: datetime, why: str, beyond_plan: bool = False, kind: str = "",
    away: int | None = None, seen: int | None = None, now: datetime | None = None,
) -> Correction:  # fmt: skip
    """What the hours should say; it counts when somebody else has approved it. The same moment twice says: nothing was served.

    kind: another kind of activity; nothing: as it was · away: minutes within it that do not count; None: the planned break, if any.
    What was announced as a meeting and was service after all is put right here too: it never counted, and counts from then on.
    """
    found, moment = held(hours, seen), now or timezone.now()
    require_recorder(by, found.unit)
    if by.pk == found.person_id:
        raise NotOneself
    if found.state not in STANDING and not (found.not_service and left > came):
        raise NothingToCorrect
    require_owner(found)
    if found.corrections.filter(state=Correction.State.PROPOSED).exists():
        raise SaidAlready
    if left < came:
        raise EndsBeforeItBegins
    if left > came:
        require_sound(came, left, moment)
    correction = Correction(
        hours=found, came=came, left=left, old_came=found.came, old_left=found.left, old_tenths=found.tenths, why=why, proposed_by=by,
        beyond_plan=beyond_plan, kind=kind or found.kind, old_kind=found.kind, away=_away(found, came, left, away), old_away=found.away,
    )  # fmt: skip
    if left > came:
        require_some_left(_minutes(correction), correction.away)
    wanted = (came, left, _planned(found, correction), correction.kind, correction.away)
    if wanted == (found.came, found.left, found.planned, found.kind, found.away):
        raise NothingChanges
    # What could never be approved is said now, not to the second person later; the trial leaves no trace.
    _worth(held(hours, None), correction, moment, by_officer=True)
    correction.save(force_insert=True)
    record(actor_id=by.pk, verb="propose_correction", subject=correction, place_id=found.unit_id, detail={"hours": str(found.pk)})
    return correction


@transaction.atomic
def decide_correction(*, by: Person, correction: Correction, approved: bool, words: str = "", now: datetime | None = None) -> Correction:
    """The second of two people: with their yes the correction stands as an entry of its own, which names the one it replaces."""
    moment = now or timezone.now()
    hours = held(correction.hours, None)
    found = Correction.objects.select_for_update().get(pk=correction.pk)
    require_recorder(by, hours.unit)
    if found.state != Correction.State.PROPOSED:
        raise SaidAlready
    if by.pk in (hours.person_id, found.proposed_by_id):
        raise NotTwice
    found.decided_by, found.decided_at, found.answer = by, moment, words
    found.state = Correction.State.APPROVED if approved else Correction.State.REFUSED
    if approved:
        found.entry = _correct(hours, found, by, moment)
    found.save()
    kind = "hours_corrected" if approved else "correction_refused"
    tell(person_id=hours.person_id, kind=kind, subject=hours, numbers={"title": hours.title, "tenths": hours.tenths})
    if not approved:
        tell(person_id=found.proposed_by_id, kind=kind, subject=hours, numbers={"title": hours.title})
    record(actor_id=by.pk, verb="decide_correction", subject=found, place_id=hours.unit_id, detail={"approved": approved})
    return found


def _minutes(correction: Correction) -> int:
    return int((correction.left - correction.came).total_seconds() // 60)


def _away(hours: Hours, came: datetime, left: datetime, said: int | None) -> int:
    """What does not count within the new times: as it is said, else the planned break. The form says what was said otherwise before."""
    if left == came:
        return 0
    return planned_break(hours, came, left) if said is None else said


def _planned(hours: Hours, correction: Correction) -> int:
    """The agreed length stands, less what does not count, unless two people say that it was too short; what was filled in afterwards
    never had a plan."""
    served = _minutes(correction) - correction.away
    if hours.slot_id is None:
        return served
    planned = max(0, hours.booked - correction.away)
    return max(planned, served) if correction.beyond_plan else planned


def _worth(hours: Hours, correction: Correction, now: datetime, *, by_officer: bool) -> book.Ruling:
    """Judges the hours as corrected; only "nothing was served" and "it was no service" may be worth nothing. Raises what the rules say
    against it."""
    hours.planned = _planned(hours, correction)
    hours.came, hours.left, hours.away, hours.kind = correction.came, correction.left, correction.away, correction.kind or hours.kind
    ruling = judged(hours, now)
    codes = {str(refusal["code"]) for refusal in hours.refusals}
    if correction.left == correction.came or ("no_service" in codes and hours.entry is not None):
        return ruling
    if codes == {"needs_parent"}:
        if by_officer:
            return ruling
        raise LongDay
    if codes:
        raise WouldNotCount(refusal_sentence(next(one for one in hours.refusals if one["code"] != "needs_parent")))
    return ruling


def _correct(hours: Hours, correction: Correction, by: Person, now: datetime) -> int:
    """Hours as corrected, judged like any others; each of the two people stands in the entry."""
    before, block, proposer = hours.entry, hours.block, correction.proposed_by
    require_owner(hours)
    if proposer is None:
        raise ProposerGone
    above = next((one for one in (by, proposer) if officer_over(one, hours.unit)), None)
    hours.parent = above or hours.parent
    if correction.came < hours.came or correction.left > hours.left:
        # Time that no code and no leader has seen is known by the word of these two, and looks so.
        hours.code_in = hours.code_out = False
        hours.confirmed_by = hours.led_by = None
        hours.entered_by, hours.approved_by = proposer, by
    ruling = _worth(hours, correction, now, by_officer=False)
    said = said_of(hours, ruling)
    two = {subject_of(person, hours.unit) for person in (proposer, by)}
    moved = (f"to_{hours.block}",) if hours.block != block and before is not None else ()
    said |= {
        "approvers": tuple(sorted({*said["approvers"], *two})), "reasons": (*moved, "two_people"), "document": _bound(hours, correction),
    }  # fmt: skip
    if before is None:
        # Announced as no service, it never stood in the ledger: it enters now, by the word of two.
        hours.recorded_at = now
        fact = book.Fact(first_kind(ruling), hours.unit_id, said)
    else:
        fact = book.Fact(book.Kind.HOURS_CORRECTED, hours.unit_id, said | {"corrects": before})
    [hours.entry] = append(facts=[fact], now=now)
    hours.state, hours.dispute, hours.answer, hours.verified_at = HoursState.RECORDED, "", "", None
    # That it was no service is said for good; anything else that the rules say would have been refused.
    hours.refusals = [one for one in hours.refusals if one["code"] == "no_service"]
    # What another system took in was the hours before; these it has not seen.
    hours.sync = SyncState.NOT_SENT
    hours.version += 1
    hours.save()
    learned(hours)
    return hours.entry


def _bound(hours: Hours, correction: Correction) -> str:
    """The words of the reason, bound into the entry without being said there; they go with the person's salt."""
    require_owner(hours)
    assert hours.person is not None
    return book.commitment(salt_of(hours.person), bound.of_correction(correction))
