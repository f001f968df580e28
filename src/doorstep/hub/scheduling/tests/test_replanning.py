"""Whatever people did to a week in whatever order, the next plan is legal, keeps what they did, and sends nobody to two doors at once."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Place
from doorstep.hub.scheduling import solving
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted, cancel_slot, exclude, forbid, hold_slot, move_slot
from doorstep.hub.scheduling.models import Exclusion, Offer, OfferState, Plan, Refusal, Slot, SlotState
from doorstep.hub.testing import Cast

KEPT = (OfferState.SENT, OfferState.ACCEPTED, OfferState.HELD)


def replan(cast: Cast, place: Place) -> Plan:
    plan = solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=place, week=cast.monday).pk)
    assert plan is not None
    assert (plan.state, plan.failure, plan.broken_rules) == (Plan.State.READY, "", 0)
    return plan


def slots(cast: Cast, rng: Random) -> None:
    for number in range(10):
        day, hour = rng.randrange(6), rng.choice([8, 9, 10, 13, 15, 18])
        wanted = rng.choice([[SeatWanted()], [SeatWanted(), SeatWanted()], [SeatWanted(skill=cast.skill("electrician"))]])
        cast.slot(
            title=f"第 {number} 件",
            seats=wanted,
            windows=[(cast.at(day, hour), cast.at(day, hour + 1))],
            minutes=rng.choice([30, 45, 60, 90]),
        )


def acts_on_offer(cast: Cast, offer: Offer) -> list[Callable[[], object]]:
    home = cast.shen.household
    return [
        lambda: offers.send_offer(by=cast.zhou, offer=offer),
        lambda: offers.send_offer(by=cast.zhou, offer=offer),
        lambda: offers.accept(by=cast.zhou, offer=offer, channel="phone"),
        lambda: offers.accept(by=cast.zhou, offer=offer, channel="phone"),
        lambda: offers.decline(by=cast.zhou, offer=offer, channel="phone"),
        lambda: offers.cannot_come(by=cast.zhou, offer=offer, channel="phone"),
        lambda: offers.hold_offer(by=cast.zhou, offer=offer, held=True),
        lambda: offers.pin(by=cast.zhou, offer=offer, pinned=True),
        lambda: offers.withdraw_offer(by=cast.zhou, offer=offer),
        lambda: forbid(by=cast.zhou, slot=offer.slot, person=offer.person),
        lambda: exclude(by=cast.zhou, person=offer.person, household=home) if offer.slot.title.endswith("3 件") else None,
    ]


def acts_on_slot(cast: Cast, slot: Slot, rng: Random) -> list[Callable[[], object]]:
    start = cast.at(rng.randrange(6), rng.choice([9, 14]))
    return [
        lambda: hold_slot(by=cast.zhou, slot=slot, held=slot.state == SlotState.OPEN),
        lambda: move_slot(by=cast.zhou, slot=slot, windows=[(start, start + timedelta(hours=1))]),
        lambda: cancel_slot(by=cast.zhou, slot=slot),
    ]


def something(cast: Cast, rng: Random) -> None:
    """One act of a social worker, the one or other of which is refused, as in life."""
    everything = Offer.objects.active().select_related("slot__place", "person", "seat").order_by("slot__title", "seat__number")
    found = list(everything)
    acts = acts_on_slot(cast, rng.choice(list(Slot.objects.order_by("title"))), rng)
    if found and rng.random() < 0.85:
        acts = acts_on_offer(cast, rng.choice(found))
    try:
        rng.choice(acts)()
    except Refused:
        return


def promises() -> set[tuple[object, ...]]:
    pinned = Offer.objects.filter(state=OfferState.PROPOSED, pinned=True)
    return set((Offer.objects.filter(state__in=KEPT) | pinned).values_list("pk", "state", "start", "person_id"))


def wrong_in_the_week() -> list[str]:
    """What must never be: a person at two doors at once, a person ruled out, one slot at two times."""
    wrong, weeks, starts = [], defaultdict(list), defaultdict(set)
    refused = set(Refusal.objects.values_list("slot_id", "person_id"))
    excluded = set(Exclusion.objects.values_list("household_id", "person_id"))
    for offer in Offer.objects.active().select_related("slot", "person"):
        weeks[offer.person_id].append((offer.start, offer.end))
        starts[offer.slot_id].add(offer.start)
        by_plan = offer.state == OfferState.PROPOSED and not offer.pinned
        if by_plan and ((offer.slot_id, offer.person_id) in refused or (offer.slot.household_id, offer.person_id) in excluded):
            wrong.append(f"{offer.person} was ruled out for {offer.slot}")
        if by_plan and offer.slot.state == SlotState.CANCELLED:
            wrong.append(f"{offer.slot} is cancelled")
    wrong += [f"{person} is at two doors" for person, visits in weeks.items() for a, b in pairwise(sorted(visits)) if a[1] > b[0]]
    return wrong + [f"{slot} at two times" for slot, times in starts.items() if len(times) > 1]


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", range(8))
def test_the_next_plan_keeps_what_people_did(cast: Cast, seed: int) -> None:
    rng = Random(seed)
    slots(cast, rng)
    replan(cast, cast.district)
    for _round in range(3):
        for _act in range(12):
            something(cast, rng)
        before = promises()
        replan(cast, rng.choice([cast.district, cast.community]))
        assert before <= promises()
        assert wrong_in_the_week() == []
