"""Questions of people to the plan of their week: the plan as it stands now is asked, and its codes come back with the people and slots they name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from doorstep.hub.people.models import Person, Place

from .access import untold_to
from .keeping import desk_of
from .models import ACTIVE, OfferState, Plan, Seat, Slot, SlotState
from .pool import minute_of, week_start
from .queries import plans_to_ask, upward
from .since import Changed, changed_since, closed_since, notice_of
from .solving import Block, Cost, NotKept, Standing, WeekWhy, WhatIf, Why
from .solving import Unknown as Unknown

#: Plans that are looked into for a slot: the community's last, and the district's.
LOOKED_INTO = 3
#: People who could take a seat and are named.
NAMED = 5
SLOT_STEP = 15


class NothingToAsk(LookupError):
    """No plan knows this slot as it is now: it was never planned, or changed since."""


@dataclass(frozen=True)
class Shift:
    """One slot of the reader's own community that would be served otherwise: by whom and when, before and after."""

    slot: Slot
    before: list[Person]
    after: list[Person]
    start_before: datetime | None
    start_after: datetime | None


@dataclass(frozen=True)
class Told:
    """A cost with what the social worker of the place may know of it: the own slots by name, others as a number."""

    cost: Cost
    here: list[Shift] = field(default_factory=list)
    elsewhere: int = 0


class Desk:
    """The plan of a slot's week, asked about that slot; five queries, then none but for names."""

    def __init__(self, slot: Slot, now: datetime | None = None) -> None:
        self.slot = slot
        self.plan, whole = _plan_of(slot)
        self.what_if = WhatIf(whole.kept, whole.near, _standing(whole, self.plan, slot, changed_since(self.plan), now))

    def could(self, seat: Seat) -> list[UUID]:
        """Who would suit the seat best by the plan's prices, the best first."""
        return [UUID(person) for person in self.what_if.could(str(self.slot.pk), seat.number, NAMED)]

    def pin(self, person: Person) -> Told | None:
        cost = self.what_if.cost_of_pin(str(person.pk), str(self.slot.pk))
        return None if cost is None else self._told(cost)

    def forbid(self, person: Person) -> Told | None:
        """None where somebody has said yes, or the matter is closed: no plan moves that, and nobody can say what it comes to."""
        cost = self.what_if.cost_of_forbid(str(person.pk), str(self.slot.pk))
        return None if cost is None else self._told(cost)

    def weigh(self, steps: int) -> Told:
        """So many steps more than it is weighed now, which the plan may not have known."""
        kept, slot = self.what_if.kept, self.slot
        wanted = min(5, max(1, slot.priority + slot.weight + steps))
        return self._told(self.what_if.cost_of_weight(str(slot.pk), wanted - int(kept.problem.needs.priority[kept.need_at[str(slot.pk)]])))

    def why_not(self, person: Person) -> Why:
        return self.what_if.why_not(str(person.pk), str(self.slot.pk))

    def tell(self, cost: Cost) -> Told:
        return self._told(cost)

    def _told(self, cost: Cost) -> Told:
        """Two queries, however many moves."""
        slots = Slot.objects.in_bulk([UUID(move.need) for move in cost.moves])
        mine = [move for move in cost.moves if (found := slots.get(UUID(move.need))) and found.place_id == self.slot.place_id]
        names = Person.objects.in_bulk({UUID(p) for move in mine for side in (move.before, move.after) if side for p in side[1]})
        here = [
            Shift(
                slot=slots[UUID(move.need)],
                before=_people(names, move.before[1] if move.before else ()),
                after=_people(names, move.after[1] if move.after else ()),
                start_before=self._at(move.before[0]) if move.before else None,
                start_after=self._at(move.after[0]) if move.after else None,
            )
            for move in mine
        ]
        here.sort(key=lambda shift: (shift.slot.pk != self.slot.pk, shift.start_after or shift.start_before))
        return Told(cost, here, len(cost.moves) - len(here))

    def _at(self, minute: int) -> datetime:
        return week_start(self.plan.week) + timedelta(minutes=minute)


def _people(names: dict[UUID, Person], team: Iterable[str]) -> list[Person]:
    return [names[UUID(person)] for person in team if UUID(person) in names]


def _plan_of(slot: Slot) -> tuple[Plan, WhatIf]:
    """The newest plan that knows the slot as it is now; raises NothingToAsk."""
    for plan in plans_to_ask(upward(slot.place), [slot.week])[:LOOKED_INTO]:
        try:
            whole = desk_of(plan)
        except NotKept:
            continue
        if _knows(whole, plan, slot):
            return plan, whole
    raise NothingToAsk


def _knows(whole: WhatIf, plan: Plan, slot: Slot) -> bool:
    """Whether the plan was asked for the slot, and for all that it may start at now."""
    kept = whole.kept
    n = kept.need_at.get(str(slot.pk), -1)
    if n < 0 or slot.state not in (SlotState.OPEN, SlotState.HELD) or kept.problem.needs.minutes[n] != slot.minutes:
        return False
    starts = set(kept.starts[kept.starts_ptr[n] : kept.starts_ptr[n + 1]].tolist())
    windows = [(minute_of(window.earliest, slot.week), minute_of(window.latest, slot.week)) for window in slot.windows.all()]
    may = {t for early, late in windows for t in range(-(-early // SLOT_STEP) * SLOT_STEP, late + 1, SLOT_STEP)}
    fixed = int(kept.problem.needs.fixed_start[n])
    if kept.problem.kept[n] or fixed >= 0 or not starts:
        return fixed < 0 or fixed in may
    # A window that was opened since is one that the plan might have used and has no start of.
    known_from = max(0, minute_of(plan.created_at + notice_of(plan), slot.week))
    opened = any(late >= known_from and not any(early <= t <= late for t in starts) for early, late in windows)
    return starts <= may and max(starts) == max(may) and not opened


def _standing(whole: WhatIf, plan: Plan, asked: Slot | None, offers: list[Changed], now: datetime | None) -> Standing:
    """Where the week is not as the plan left it: what people were asked for, have answered or have fixed is not moved; what has gone by,
    was closed or ruled out, or is promised elsewhere, is not offered again."""
    seats, monday = whole.kept.problem.needs.seats, week_start(plan.week)
    teams: dict[str, list[str | None]] = {}
    starts: dict[str, int] = {}
    changed, held = set[str](), set[str]()
    for offer in offers:
        name = str(offer.slot)
        n = whole.kept.need_at.get(name, -1)
        if n < 0 or offer.seat >= seats[n]:
            continue
        changed.add(name)
        if offer.state in ACTIVE:
            teams.setdefault(name, [None] * int(seats[n]))[offer.seat] = str(offer.person)
            starts[name] = int((offer.start - monday).total_seconds() // 60)
            if offer.state != OfferState.PROPOSED or offer.pinned:
                held.add(name)
    as_now = {name: (starts[name], tuple(teams[name])) if name in teams else None for name in changed}
    if asked is not None:
        held.discard(str(asked.pk))
    closed, ruled_out = closed_since(plan.week, plan.place)
    held |= {str(slot) for slot in closed}
    soonest = minute_of((now or timezone.now()) + notice_of(plan), plan.week)
    never = {(str(person), str(slot)) for person, slot in ruled_out}
    return Standing(now=as_now, held=held, since=max(0, soonest), never=never, busy=_elsewhere(whole, plan, offers))


def _elsewhere(whole: WhatIf, plan: Plan, offers: list[Changed]) -> dict[str, list[Block]]:
    """What people were asked for, or have promised, since the plan was made and outside of it."""
    kept, busy = whole.kept, dict[str, list[Block]]()
    people = kept.problem.people
    for offer in offers:
        p, begins = kept.person_at.get(str(offer.person), -1), minute_of(offer.start, plan.week)
        if p < 0 or not offer.stands or str(offer.slot) in kept.need_at:
            continue
        if begins not in people.booked_start[people.booked_ptr[p] : people.booked_ptr[p + 1]]:
            busy.setdefault(str(offer.person), []).append(Block(begins, begins + offer.minutes, offer.lat, offer.lon))
    return busy


@dataclass(frozen=True)
class OwnWeek:
    """The answer to somebody who asks why nobody asks them for more in a week."""

    monday: date
    why: WeekWhy | None
    promised: int


def week_of(person: Person, place: Place, mondays: list[date], now: datetime | None = None) -> OwnWeek | None:
    """Asked of the newest plan of the first of these weeks that has one; None if none has. `why` is None for who is not in the plan."""
    plans = plans_to_ask(upward(place), mondays)
    for monday in mondays:
        for plan in [plan for plan in plans if plan.week == monday]:
            try:
                whole = desk_of(plan)
            except NotKept:
                continue
            offers = changed_since(plan)
            standing = _standing(whole, plan, None, offers, now)
            what_if = WhatIf(whole.kept, whole.near, standing)
            untold = untold_to(person, monday) | {slot for who, slot in standing.never if who == str(person.pk)}
            promised = sum(offer.stands and offer.person == person.pk for offer in offers)
            try:
                return OwnWeek(monday, what_if.why_week(str(person.pk), untold), promised)
            except Unknown:
                return OwnWeek(monday, None, promised)
    return None


def why_not(person: Person, slot: Slot) -> Why | None:
    """Why this person is not asked for this slot; None if no plan can say."""
    try:
        return Desk(slot).why_not(person)
    except (NothingToAsk, Unknown):
        return None
