"""What a social worker does with a whole week at once: send it out, ask somebody now, have it planned, take its files away."""

import gzip
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale, check_version
from doorstep.hub.journal.actions import record
from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Person, Place

from ..access import TooLateToAsk, check_seat
from ..board import board_of
from ..models import HomeAnswer, Offer, Plan, PlanFile, Seat, Slot
from ..queries import open_slots, plan_at_work
from ..tasks import make_plan
from .offer import accept, decline, propose, send_offer
from .plan import request_plan
from .slot import bump, exclude, forbid, record_home_answer


class NothingToSend(Refused):
    sentence = _("现在没有要发出的邀请。先排班，或者看看“先不发”的那几份。")


class NothingToPlan(Refused):
    sentence = _("这一周还没有要排的岗位。先核实需求，再来排班。")


class WeekOver(Refused):
    sentence = _("这一周已经过去了，不能再排。请看下一周。")


class NoFile(Refused):
    sentence = _("这份安排没有留下核验文件。请再排一次。")


@dataclass(frozen=True)
class Sent:
    """What came of sending a week: the offers that went out, and those that did not, each with its refusal."""

    sent: list[Offer] = field(default_factory=list)
    kept: list[tuple[Offer, Refused]] = field(default_factory=list)


@transaction.atomic
def send_all(*, by: Person, place: Place, monday: date, seen: str, now: datetime | None = None) -> Sent:
    """Sends every proposal of the week that the page showed; one that cannot go out keeps none of the others back."""
    board, done = board_of(place, monday), Sent()
    if not board.to_send:
        raise NothingToSend
    if seen != board.seen:
        raise Stale(_("这一页打开以后，安排变过了。请看一看新的安排，再发出。"))
    for offer in board.to_send:
        try:
            with transaction.atomic():
                done.sent.append(send_offer(by=by, offer=offer, now=now))
        except Refused as refusal:
            done.kept.append((offer, refusal))
    record(
        actor_id=by.pk, verb="send_week", subject=place, place_id=place.pk,
        detail={"week": monday.isoformat(), "sent": len(done.sent), "kept": len(done.kept)},
    )  # fmt: skip
    return done


@transaction.atomic
def put_on(
    *, by: Person, seat: Seat, person: Person, start: datetime, ask: bool, seen: int | None = None,
    reasons: list[dict[str, object]] | None = None, now: datetime | None = None,
) -> Offer:  # fmt: skip
    """A person chosen by hand, and asked in the same act if so wished; if asking fails, nothing is changed."""
    check_version(Slot.objects.values_list("version", flat=True).get(pk=seat.slot_id), seen)
    offer = propose(by=by, seat=seat, person=person, start=start, reasons=reasons, now=now)
    # A colleague's page that still shows the seat as it was is stale from here on.
    bump(seat.slot)
    return send_offer(by=by, offer=offer, now=now) if ask else offer


@transaction.atomic
def asked_aloud(*, by: Person, offer: Offer, goes: bool, channel: str, now: datetime | None = None) -> None:
    """Asked by phone or at the door and answered there and then: sent and answered in one act, by the one who heard it."""
    check_begun(offer, now)
    check_seat(offer.seat, offer.person, offer.start)
    sent = send_offer(by=by, offer=offer, answered=True, now=now)
    answer = accept if goes else decline
    answer(by=by, offer=sent, channel=channel, now=now)


def check_begun(offer: Offer, now: datetime | None = None) -> None:
    """A yes after the visit was to begin is attendance, not an answer."""
    if (now or timezone.now()) >= offer.start:
        raise TooLateToAsk


@transaction.atomic
def home_refuses(*, by: Person, offer: Offer, channel: str, never_again: bool = False, now: datetime | None = None) -> None:
    """The home does not want this person: the seat opens, and if so wished for good."""
    record_home_answer(by=by, slot=offer.slot, answer=HomeAnswer.REFUSED, channel=channel, now=now)
    forbid(by=by, slot=offer.slot, person=offer.person, now=now)
    if never_again and offer.slot.household is not None:
        exclude(by=by, person=offer.person, household=offer.slot.household)


@transaction.atomic
def ask_for_plan(*, by: Person, place: Place, monday: date, this_week: date) -> Plan:
    """Queues a plan and rings the worker's bell once the request is stored; one that is at work already is the answer."""
    if monday < this_week:
        raise WeekOver
    if not open_slots(monday, place).exists():
        raise NothingToPlan
    running = plan_at_work(place, monday)
    if running is not None:
        return running
    plan = request_plan(by=by, place=place, week=monday)
    transaction.on_commit(lambda: ring(plan.pk))
    return plan


def ring(plan_id: UUID) -> None:
    """Tells the worker; if this is lost, the sweep finds the plan."""
    make_plan.enqueue(str(plan_id))


@transaction.atomic
def hand_out(*, by: Person, plan: Plan, which: str) -> bytes:
    """The week that went in, or the plan that came out, as it was checked; who took it stands in the journal."""
    found = PlanFile.objects.filter(plan=plan).first()
    if found is None:
        raise NoFile
    record(actor_id=by.pk, verb="hand_out_plan_file", subject=plan, place_id=plan.place_id, detail={"file": which}, confidential_read=True)
    return gzip.decompress(bytes(found.week_gz if which == "week" else found.plan_gz))


class EnoughLists(Refused):
    sentence = _("今天已经打开过 5 次电话单了。为了大家的号码安全，明天再打开；急事请找另一位社工。")


#: So often a day may one person see a whole week's numbers at once.
LISTS_A_DAY = 5


@transaction.atomic
def open_call_list(*, by: Person, place: Place, monday: date, people: int) -> None:
    """Shows the week's numbers to the one who calls: written down, and not without end."""
    since = timezone.now() - timedelta(days=1)
    if Entry.objects.filter(actor_id=by.pk, verb="open_call_list", at__gte=since).count() >= LISTS_A_DAY:
        raise EnoughLists
    record(
        actor_id=by.pk, verb="open_call_list", subject=place, place_id=place.pk,
        detail={"week": monday.isoformat(), "people": people}, confidential_read=True,
    )  # fmt: skip
