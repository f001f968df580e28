"""Questions of people to the plan of their week: the plan as it stands now is asked, and its codes come back with the people and slots they name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from doorstep.hub.people.models import Person, Place

from .access import untold_to
from .keeping import desk_of
from .models import ACTIVE, OfferState, Plan, Seat, Slot, SlotState
from .pool import minute_of, week_start
from .queries import changed_since, plans_to_ask, promised_in, upward
from .solving import Cost, NotKept, Standing, WeekWhy, WhatIf, Why
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
    """The plan of a slot's week, asked about that slot; four queries, then none but for names."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.plan, whole = _plan_of(slot)
        self.what_if = WhatIf(whole.kept, whole.near, _standing(whole, self.plan, slot))

    def could(self, seat: Seat) -> list[UUID]:
        """Who would suit the seat best by the plan's prices, the best first."""
        return [UUID(person) for person in self.what_if.could(str(self.slot.pk), seat.number, NAMED)]

    def pin(self, person: Person) -> Told | None:
        cost = self.what_if.cost_of_pin(str(person.pk), str(self.slot.pk))
        return None if cost is None else self._told(cost)

    def forbid(self, person: Person) -> Told:
        return self._told(self.what_if.cost_of_forbid(str(person.pk), str(self.slot.pk)))

    def weigh(self, steps: int) -> Told:
        return self._told(self.what_if.cost_of_weight(str(self.slot.pk), steps))

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
        if _knows(whole, slot):
            return plan, whole
    raise NothingToAsk


def _knows(whole: WhatIf, slot: Slot) -> bool:
    """Whether the plan was asked for the slot, and for all that it may start at now."""
    kept = whole.kept
    n = kept.need_at.get(str(slot.pk), -1)
    if n < 0 or slot.state not in (SlotState.OPEN, SlotState.HELD):
        return False
    starts = kept.starts[kept.starts_ptr[n] : kept.starts_ptr[n + 1]].tolist()
    latest = [minute_of(window.latest, slot.week) // SLOT_STEP * SLOT_STEP for window in slot.windows.all()]
    return (
        bool(kept.problem.kept[n] or not starts or max(latest, default=-1) == max(starts)) and kept.problem.needs.minutes[n] == slot.minutes
    )


def _standing(whole: WhatIf, plan: Plan, asked: Slot | None) -> Standing:
    """Where the week is not as the plan left it, and what people were asked for, have answered or have fixed: that is not moved."""
    seats, monday = whole.kept.problem.needs.seats, week_start(plan.week)
    teams: dict[str, list[str | None]] = {}
    starts: dict[str, int] = {}
    changed, held = set[str](), set[str]()
    for slot, number, person, start, state, pinned in changed_since(plan):
        name = str(slot)
        n = whole.kept.need_at.get(name, -1)
        if n < 0 or number >= seats[n]:
            continue
        changed.add(name)
        if state in ACTIVE:
            teams.setdefault(name, [None] * int(seats[n]))[number] = str(person)
            starts[name] = int((start - monday).total_seconds() // 60)
            if state != OfferState.PROPOSED or pinned:
                held.add(name)
    now = {name: (starts[name], tuple(teams[name])) if name in teams else None for name in changed}
    if asked is not None:
        held.discard(str(asked.pk))
    return Standing(now=now, held=held)


@dataclass(frozen=True)
class OwnWeek:
    """The answer to somebody who asks why nobody asks them for more in a week."""

    monday: date
    why: WeekWhy | None
    promised: int


def week_of(person: Person, place: Place, mondays: list[date]) -> OwnWeek | None:
    """Asked of the newest plan of the first of these weeks that has one; None if none has. `why` is None for who is not in the plan."""
    plans = plans_to_ask(upward(place), mondays)
    for monday in mondays:
        for plan in [plan for plan in plans if plan.week == monday]:
            try:
                whole = desk_of(plan)
            except NotKept:
                continue
            what_if = WhatIf(whole.kept, whole.near, _standing(whole, plan, None))
            promised = promised_in(person, monday)
            try:
                return OwnWeek(monday, what_if.why_week(str(person.pk), untold_to(person, monday)), promised)
            except Unknown:
                return OwnWeek(monday, None, promised)
    return None


def why_not(person: Person, slot: Slot) -> Why | None:
    """Why this person is not asked for this slot; None if no plan can say."""
    try:
        return Desk(slot).why_not(person)
    except (NothingToAsk, Unknown):
        return None
