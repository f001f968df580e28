"""A community's week as its social worker works through it: what is missing first, then what waits, then what is settled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Membership, Person, Place

from .models import ACTIVE, HomeAnswer, Offer, OfferState, PlanGap, Rhythm, Seat, Slot, SlotState, Window
from .queries import with_newest_plan

#: Kind of a slot: mark, word; in the order in which they are worked through.
KINDS: dict[str, tuple[str, Any]] = {
    "cannot": ("gap", _("有人来不了")),
    "gap": ("gap", _("缺志愿者")),
    "declined": ("gap", _("没问成，要补人")),
    "refused": ("gap", _("家里不同意")),
    "sent": ("wait", _("等回话")),
    "home": ("wait", _("还没问家里")),
    "proposed": ("wait", _("未发出")),
    "held": ("wait", _("先放一放")),
    "signup": ("wait", _("开放报名")),
    "settled": ("ok", _("都说好了")),
    "done": ("ok", _("已办完")),
    "unmet": ("gap", _("没办成")),
}
#: The worklist's groups, each with the kinds in it.
GROUPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("missing", _("要补人"), ("cannot", "gap", "declined", "refused")),
    ("sent", _("等志愿者回话"), ("sent",)),
    ("home", _("人有了，还没问家里"), ("home",)),
    ("proposed", _("排好了，等您发出"), ("proposed",)),
    ("signup", _("开放报名，还有名额"), ("signup",)),
    ("held", _("先放一放"), ("held",)),
    ("settled", _("都说好了"), ("settled", "done")),
    ("unmet", _("时间过了，没办成"), ("unmet",)),
)
MISSING = GROUPS[0][2]
#: So many of each heap stand on the page; the rest are one tap away.
FIRST = 5


@dataclass
class SeatLine:
    """One seat: who holds it now, if anybody."""

    seat: Seat
    offer: Offer | None = None


@dataclass(frozen=True)
class Crowd:
    """How many an event wants, and how many stand on it in which state: the week's page draws no list of two hundred."""

    places: int
    states: Mapping[str, int]


@dataclass
class SlotLine:
    """One slot with its seats, and everybody who was tried; whoever learns beside them is missed by nobody.

    Of an event with a `crowd` only the seats stand here that wait to be sent.
    """

    slot: Slot
    seats: list[SeatLine]
    tried: list[Offer] = field(default_factory=list)
    gap: PlanGap | None = None
    trainees: list[SeatLine] = field(default_factory=list)
    crowd: Crowd | None = None

    @property
    def places(self) -> int:
        return self.crowd.places if self.crowd else len(self.seats)

    @property
    def going(self) -> int:
        """How many stand on it, asked or sure."""
        return sum(self.crowd.states.values()) if self.crowd else len(self.offers)

    @property
    def offers(self) -> list[Offer]:
        return [line.offer for line in self.seats if line.offer]

    @property
    def open(self) -> int:
        return self.places - self.going

    @cached_property
    def kind(self) -> str:
        closed = {SlotState.HELD: "held", SlotState.DONE: "done", SlotState.UNMET: "unmet", SlotState.CANCELLED: "unmet"}
        if self.slot.state in closed:
            return closed[SlotState(self.slot.state)]
        if self.open:
            return "signup" if self.slot.signup_at else self._why_open()
        states = set(self.crowd.states) if self.crowd else {offer.state for offer in self.offers}
        if states & {OfferState.PROPOSED, OfferState.HELD}:
            return "proposed"
        if OfferState.SENT in states:
            return "sent"
        if self.slot.household_id is None and self.slot.home_answer == HomeAnswer.NOT_ASKED:
            return "settled"
        answers = {HomeAnswer.AGREED: "settled", HomeAnswer.REFUSED: "refused", HomeAnswer.NOT_ASKED: "home"}
        return answers[HomeAnswer(self.slot.home_answer)]

    def _why_open(self) -> str:
        newest = {offer.state for offer in self.tried[:3]}
        if newest & {OfferState.CANNOT_COME, OfferState.UNABLE}:
            return "cannot"
        return "declined" if newest & {OfferState.DECLINED, OfferState.LAPSED} else "gap"

    @property
    def mark(self) -> str:
        return KINDS[self.kind][0]

    @property
    def word(self) -> Any:
        return KINDS[self.kind][1]

    @property
    def missing(self) -> bool:
        return self.kind in MISSING

    @property
    def start(self) -> datetime | None:
        """When people come; while nobody is found, the earliest time that is still to come."""
        return self.offers[0].start if self.offers else self.window.earliest if self.window else None

    @cached_property
    def windows(self) -> list[Window]:
        """The stretches in which it may still start; all of them once they are over."""
        every = sorted(self.slot.windows.all(), key=lambda window: window.earliest)
        return [window for window in every if window.latest >= timezone.now()] or every

    @property
    def window(self) -> Window | None:
        return self.windows[0] if self.windows else None

    @property
    def planned_from(self) -> datetime | None:
        """The earliest start for which the newest plan could still ask somebody; none if the week was never planned."""
        at: datetime | None = getattr(self.slot, "planned_at", None)
        hours = getattr(self.slot, "notice_hours", None) or Rhythm().least_notice_hours
        return at + timedelta(hours=hours) if at else None

    @property
    def too_near(self) -> bool:
        """The newest plan came too late for it: nobody could have been asked in time."""
        return self.planned_from is not None and all(window.latest < self.planned_from for window in self.slot.windows.all())

    @property
    def undecided(self) -> bool:
        """Nobody is on it yet, and it may start at more than one time."""
        return not self.offers and (len(self.windows) > 1 or any(window.latest > window.earliest for window in self.windows))

    @property
    def ends(self) -> datetime | None:
        return self.start + timedelta(minutes=self.slot.minutes) if self.start else None

    @property
    def helpers(self) -> list[Person]:
        return [offer.person for offer in self.offers]

    @property
    def agreed(self) -> bool:
        """Everybody on it has said yes: only then are the hands drawn as settled."""
        return bool(self.offers) and all(offer.state in (OfferState.ACCEPTED, OfferState.SERVED) for offer in self.offers)

    @property
    def unsettled(self) -> bool:
        return not self.agreed

    @property
    def all_yes(self) -> bool:
        """Nobody is missing and everybody has said yes: now the home can be told."""
        return not self.open and all(offer.state == OfferState.ACCEPTED for offer in self.offers)

    @property
    def left(self) -> Offer | None:
        """Who is still on it while another seat lies open: the two hands that have become one."""
        asked = [offer for offer in self.offers if offer.state in (OfferState.SENT, OfferState.ACCEPTED)]
        return asked[0] if asked and self.open and self.tried and self.slot.signup_at is None else None

    @property
    def asks(self) -> list[Seat]:
        """The open seats that ask for something in particular."""
        return [line.seat for line in self.seats if line.offer is None and (line.seat.skill_id or line.seat.role or line.seat.gender)]

    @property
    def gone(self) -> Offer | None:
        """Who was on it last and is not any more."""
        return self.tried[0] if self.tried else None


@dataclass(frozen=True)
class Group:
    """One part of the worklist."""

    key: str
    name: Any
    lines: list[SlotLine]

    @property
    def first(self) -> list[SlotLine]:
        """The next few; the table shows the rest."""
        return self.lines[:FIRST]

    @property
    def more(self) -> int:
        return len(self.lines) - len(self.first)


@dataclass(frozen=True)
class Board:
    """The week of one community."""

    place: Place
    monday: date
    lines: list[SlotLine]

    @property
    def total(self) -> int:
        return len(self.lines)

    @cached_property
    def filled(self) -> int:
        # An event takes place with whoever comes: it lacks nobody.
        return sum(not line.open or line.slot.is_event for line in self.lines)

    @property
    def lacking(self) -> int:
        return self.total - self.filled

    @cached_property
    def groups(self) -> list[Group]:
        found = [Group(key, name, sorted((line for line in self.lines if line.kind in kinds), key=by_time)) for key, name, kinds in GROUPS]
        return [group for group in found if group.lines]

    @cached_property
    def to_send(self) -> list[Offer]:
        """The proposals that the one button sends: neither held back, nor on a matter that is held back."""
        return [
            offer for line in self.lines if line.slot.state == SlotState.OPEN for offer in line.offers if offer.state == OfferState.PROPOSED
        ]

    @property
    def nothing_to_send(self) -> bool:
        return not self.to_send

    @property
    def seen(self) -> str:
        return fingerprint(self.to_send)

    def line_of(self, slot_id: str) -> SlotLine | None:
        return next((line for line in self.lines if str(line.slot.pk) == slot_id), None)

    @property
    def most_urgent(self) -> SlotLine | None:
        return self.groups[0].lines[0] if self.groups else None

    def shown(self, kind: str) -> list[SlotLine]:
        """The table: everything that somebody is planned for, or one group of it."""
        names = {key: kinds for key, _name, kinds in GROUPS}
        return [line for line in self.lines if (line.kind in names[kind] if kind in names else line.going)]


def by_time(line: SlotLine) -> float:
    return line.start.timestamp() if line.start else 0


def fingerprint(offers: Iterable[Offer]) -> str:
    """Says whether the proposals are still those that the page showed."""
    return sha256(",".join(sorted(str(offer.pk) for offer in offers)).encode()).hexdigest()[:16]


def _lines(
    slots: Iterable[Slot], offers: Iterable[Offer], gaps: dict[UUID, PlanGap], crowds: Mapping[UUID, Crowd] | None = None
) -> list[SlotLine]:  # fmt: skip
    by_slot: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in offers:
        by_slot[offer.slot_id].append(offer)
    lines = []
    for slot in slots:
        if crowds and slot.pk in crowds:
            waiting = [SeatLine(offer.seat, offer) for offer in by_slot[slot.pk]]
            for one in waiting:
                one.offer.slot = one.seat.slot = slot  # type: ignore[union-attr]
            lines.append(SlotLine(slot, waiting, crowd=crowds[slot.pk]))
            continue
        holding = {offer.seat_id: offer for offer in by_slot[slot.pk] if offer.state in ACTIVE}
        seats = {seat.pk: seat for seat in slot.seats.all()}
        for offer in by_slot[slot.pk]:
            offer.slot, offer.seat = slot, seats[offer.seat_id]
        tried = sorted((o for o in by_slot[slot.pk] if o.state not in ACTIVE), key=lambda o: o.closed_at or o.start, reverse=True)
        held = [SeatLine(seat, holding.get(seat.pk)) for seat in slot.seats.all()]
        working, learning = [line for line in held if not line.seat.trainee], [line for line in held if line.seat.trainee]
        lines.append(SlotLine(slot, working, tried, gaps.get(slot.pk), learning))
    return sorted(lines, key=lambda line: (list(KINDS).index(line.kind), line.start.timestamp() if line.start else 0, -line.slot.priority))


def seats_with_skills() -> Prefetch[Any]:
    return Prefetch("seats", Seat.objects.select_related("skill"))


def _with_ours(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Marks who belongs to the slot's own community: only their numbers may its social worker open one by one."""
    here = Membership.objects.on(timezone.localdate()).filter(person=OuterRef("person_id"), place=OuterRef("slot__place_id"))
    return offers.annotate(is_ours=Exists(here))


def crowds_of(slots: Iterable[Slot]) -> dict[UUID, Crowd]:
    """The events among these, counted; one query, none where there is no event."""
    counted: dict[UUID, dict[str | None, int]] = {slot.pk: {} for slot in slots if slot.is_event}
    if not counted:
        return {}
    seats = Seat.objects.filter(slot__in=list(counted), trainee=False).order_by()
    held = seats.annotate(held=FilteredRelation("offers", condition=Q(offers__state__in=ACTIVE)))
    for pk, state, number in held.values_list("slot", "held__state").annotate(n=Count("pk")):
        counted[pk][state] = number
    return {pk: Crowd(sum(of.values()), {state: n for state, n in of.items() if state is not None}) for pk, of in counted.items()}


def week_of(place: Place, monday: date) -> Board:
    """The board for its page, where an event is a line with two numbers: six queries, however many slots, and however many come."""
    events = Q(slot__household=None, slot__signup_at__isnull=False)
    unsent = Q(state__in=(OfferState.PROPOSED, OfferState.HELD), seat__trainee=False)
    slots = list(_slots(place, monday, Seat.objects.exclude(events)))
    offers = _offers(place, monday).filter(~events | unsent)
    return Board(place, monday, _lines(slots, offers.select_related("seat__skill"), _gaps(place, monday), crowds_of(slots)))


def board_of(place: Place, monday: date) -> Board:
    """Five queries, however many slots; with everybody who comes to an event."""
    return Board(place, monday, _lines(_slots(place, monday, Seat.objects.all()), _offers(place, monday), _gaps(place, monday)))


def _slots(place: Place, monday: date, seats: QuerySet[Seat]) -> QuerySet[Slot]:
    slots = Slot.objects.filter(place=place, week=monday).exclude(state=SlotState.CANCELLED)
    whole = with_newest_plan(slots).select_related("lead", "household__building", "contact", "category")
    return whole.prefetch_related(Prefetch("seats", seats.select_related("skill")), "windows")


def _offers(place: Place, monday: date) -> QuerySet[Offer]:
    offers = _with_ours(Offer.objects.filter(slot__place=place, slot__week=monday).exclude(state=OfferState.REPLACED))
    return offers.select_related("person", "answer_recorded_by").order_by("start")


def _gaps(place: Place, monday: date) -> dict[UUID, PlanGap]:
    return {gap.slot_id: gap for gap in PlanGap.objects.filter(slot__place=place, slot__week=monday)}


def opened(line: SlotLine) -> SlotLine:
    """The line with everybody who comes, where it stood on the week's page with two numbers."""
    if line.crowd is None:
        return line
    # Forgets that the page left the seats out; no query.
    line.slot.refresh_from_db(fields=["seats"])
    return line_of(line.slot)


def line_of(slot: Slot) -> SlotLine:
    """One slot as it stands on the board, with everything that was tried; four queries."""
    prefetch_related_objects([slot], seats_with_skills(), "windows", "gaps")
    offers = _with_ours(Offer.objects.filter(slot=slot).exclude(state=OfferState.REPLACED)).select_related("person", "answer_recorded_by")
    newest = max(slot.gaps.all(), key=lambda gap: gap.pk, default=None)
    return _lines([slot], offers.order_by("start"), {slot.pk: newest} if newest else {})[0]
