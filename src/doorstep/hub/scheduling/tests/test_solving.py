"""From the tables to the planner and back: what is kept, what is booked, what is left alone, and what is proven."""

import gzip
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from doorstep.hub.people.models import Clearance, Credential, Membership, Person, Place, Role, VolunteerProfile
from doorstep.hub.scheduling import solving
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.actions.plan import Outcome, Proposed, request_plan, store_plan, take_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted, exclude, forbid, hold_slot, move_slot
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, PlanFile, PlanGap, Slot
from doorstep.hub.scheduling.proving import checker
from doorstep.hub.testing import Cast

TWO = [SeatWanted(), SeatWanted()]


def planned(cast: Cast, place: Place | None = None) -> Plan:
    plan = request_plan(by=cast.zhou, place=place or cast.district, week=cast.monday)
    made = solving.solve_plan(plan_id=plan.pk)
    assert made is not None
    assert (made.state, made.failure, made.broken_rules) == (Plan.State.READY, "", 0)
    return made


def week_of(cast: Cast, place: Place | None = None, now: datetime | None = None) -> dict[str, Any]:
    week = solving.build_week(place=place or cast.district, monday=cast.monday, now=now)
    verdict = checker().verify(week, {"format": "doorstep-plan/1", "visits": []})
    assert not [error for error in verdict["errors"] if "accepted in full" not in error]
    return week


def row(week: dict[str, Any], person: Person) -> dict[str, Any]:
    return next(row for row in week["volunteers"] if row["id"] == str(person.pk))


def need(week: dict[str, Any], slot: Slot) -> dict[str, Any]:
    return next(row for row in week["needs"] if row["id"] == str(slot.pk))


def names(week: dict[str, Any]) -> set[str]:
    return {row["id"] for row in week["volunteers"]}


def the_offer(slot: Slot) -> Offer:
    return Offer.objects.active().get(slot=slot)


def test_a_plan_is_made_proven_and_stored(cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    lonely = cast.slot(title="没人会的", seats=[SeatWanted(skill=cast.skill("sign_language"))])
    plan = planned(cast)
    assert (plan.asked, plan.met) == (2, 1)
    assert plan.value is not None and plan.bound is not None and plan.bound >= plan.value
    offer = the_offer(slot)
    assert (offer.person, offer.state, offer.plan, offer.sent_at) == (cast.jiang, OfferState.PROPOSED, plan, None)
    assert offer.reasons
    assert PlanGap.objects.get(plan=plan).slot == lonely and PlanGap.objects.get(plan=plan).code == "no_skill"
    files = PlanFile.objects.get(plan=plan)
    again = checker().verify(json.loads(gzip.decompress(bytes(files.week_gz))), json.loads(gzip.decompress(bytes(files.plan_gz))))
    assert (again["errors"], again["score"]) == ([], pytest.approx(plan.value))


def test_a_week_without_needs_is_planned_too(cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    plan = planned(cast)
    assert (plan.asked, plan.met) == (0, 0)
    assert Offer.objects.get().state == OfferState.ACCEPTED


@pytest.mark.parametrize("state", [OfferState.SENT, OfferState.ACCEPTED])
def test_who_was_asked_or_has_said_yes_stays(cast: Cast, state: str) -> None:
    offer = cast.offer(state=state)
    planned(cast)
    offer.refresh_from_db()
    assert offer.state == state and Offer.objects.count() == 1


def test_a_pinned_and_a_held_proposal_stay(cast: Cast) -> None:
    pinned = cast.offer(cast.slot(title="甲"), state=OfferState.PROPOSED)
    held = cast.offer(cast.slot(title="乙", windows=[(cast.at(3, 9), cast.at(3, 10))]), person=cast.jiang, state=OfferState.PROPOSED)
    offers.hold_offer(by=cast.zhou, offer=held, held=True)
    planned(cast)
    assert set(Offer.objects.values_list("pk", "state")) == {(pinned.pk, "proposed"), (held.pk, "held")}


def test_an_unpinned_proposal_makes_room_and_is_counted_as_published(cast: Cast) -> None:
    slot = cast.slot()
    first = cast.offer(slot, state=OfferState.PROPOSED)
    offers.pin(by=cast.zhou, offer=first, pinned=False)
    assert need(week_of(cast), slot)["published"]["team"] == [str(cast.chen.pk)]
    planned(cast)
    first.refresh_from_db()
    assert first.state == OfferState.REPLACED
    assert the_offer(slot).person == cast.chen


def test_a_half_filled_slot_keeps_its_start_and_its_person(cast: Cast) -> None:
    slot = cast.slot(seats=TWO)
    kept = cast.offer(slot, state=OfferState.ACCEPTED)
    week = week_of(cast)
    assert need(week, slot)["fixed"]["team"] == [str(cast.chen.pk), None]
    planned(cast)
    other = Offer.objects.active().get(slot=slot, seat__number=1)
    assert (other.person, other.start) == (cast.jiang, kept.start)


def test_a_full_slot_is_booked_and_leaves_the_problem(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    cast.slot(title="别的")
    week = week_of(cast)
    assert str(offer.slot_id) not in {row["id"] for row in week["needs"]}
    assert [booked["minutes"] for booked in row(week, cast.chen)["booked"]] == [60]


def test_a_promise_on_a_held_slot_takes_its_time(cast: Cast) -> None:
    slot = cast.slot(seats=TWO)
    cast.offer(slot, state=OfferState.ACCEPTED)
    hold_slot(by=cast.zhou, slot=slot, held=True)
    cast.slot(title="同一时间", windows=[(cast.at(2, 9), cast.at(2, 9))])
    week = week_of(cast)
    assert len(row(week, cast.chen)["booked"]) == 1
    planned(cast)
    assert Offer.objects.active().get(slot__title="同一时间").person == cast.jiang


def test_a_community_is_planned_alone_and_what_stands_elsewhere_is_booked(cast: Cast) -> None:
    need_there = cast.need(resident=cast.stranger, community=cast.other_community)
    there = cast.slot(title="那边")
    Slot.objects.filter(pk=there.pk).update(place=cast.other_community, household=need_there.household)
    promise = cast.offer(Slot.objects.get(pk=there.pk), state=OfferState.PROPOSED)
    offers.pin(by=cast.zhou, offer=promise, pinned=False)
    here = cast.slot(title="这边", windows=[(cast.at(2, 9), cast.at(2, 9))])
    week = week_of(cast, cast.community)
    assert [row["id"] for row in week["needs"]] == [str(here.pk)]
    assert len(row(week, cast.chen)["booked"]) == 1
    planned(cast, cast.community)
    promise.refresh_from_db()
    assert promise.state == OfferState.PROPOSED
    assert the_offer(here).person == cast.jiang


def test_neighbours_within_reach_help_and_the_far_are_not_in_the_file(cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(2, 9), cast.at(2, 9))])
    Membership.objects.filter(person=cast.chen).update(place=cast.other_community)
    far = {"lat": slot.lat + 0.5, "lon": slot.lon}
    VolunteerProfile.objects.filter(person=cast.jiang).update(**far)
    week = week_of(cast, cast.community)
    assert str(cast.chen.pk) in names(week) and str(cast.jiang.pk) not in names(week)
    planned(cast, cast.community)
    assert the_offer(slot).person == cast.chen


def test_in_mid_week_only_what_is_still_possible_is_planned(cast: Cast) -> None:
    over = cast.slot(title="过了", windows=[(cast.at(0, 9), cast.at(0, 10))])
    cut = cast.slot(title="还有一段", windows=[(cast.at(1, 8), cast.at(1, 17))])
    week = week_of(cast, now=cast.at(1, 9))
    assert str(over.pk) not in {row["id"] for row in week["needs"]}
    assert need(week, cut)["windows"] == [[1440 + 12 * 60, 1440 + 17 * 60]]


def test_a_promise_that_is_too_near_to_complete_is_left_alone(cast: Cast) -> None:
    slot = cast.slot(seats=TWO)
    cast.offer(slot, state=OfferState.ACCEPTED)
    friday = cast.slot(title="周五的", windows=[(cast.at(4, 9), cast.at(4, 9))])
    week = week_of(cast, now=cast.at(2, 8))
    assert [row["id"] for row in week["needs"]] == [str(friday.pk)] and len(row(week, cast.chen)["booked"]) == 1


def test_nobody_under_18_and_nobody_unwelcome_is_sent(cast: Cast) -> None:
    cast.slot(windows=[(cast.at(2, 13), cast.at(2, 17))])
    VolunteerProfile.objects.filter(person=cast.tang).update(offers_welcome=False)
    assert not {str(cast.ning.pk), str(cast.tang.pk)} & names(week_of(cast))


def test_a_proof_that_ends_in_the_week_opens_no_door(cast: Cast) -> None:
    cast.slot()
    friday = cast.monday + timedelta(days=4)
    Credential.objects.filter(person=cast.jiang).update(expires_on=friday)
    Clearance.objects.filter(person=cast.tang).update(expires_on=friday)
    week = week_of(cast)
    assert row(week, cast.jiang)["skills"] == {} and row(week, cast.tang)["vetted"] is False


def test_a_role_that_ends_in_the_week_ends_the_sending(cast: Cast) -> None:
    cast.slot()
    Membership.objects.filter(person=cast.chen).update(until=cast.monday + timedelta(days=2))
    assert str(cast.chen.pk) not in names(week_of(cast))


def test_ruled_out_people_are_not_proposed(cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(2, 9), cast.at(2, 9))])
    forbid(by=cast.zhou, slot=slot, person=cast.jiang)
    exclude(by=cast.zhou, person=cast.chen, household=cast.shen.household)
    plan = planned(cast)
    assert plan.met == 0 and not Offer.objects.active().exists()


def test_who_said_no_is_not_proposed_for_it_again(cast: Cast) -> None:
    offer = cast.offer(cast.slot(windows=[(cast.at(2, 9), cast.at(2, 9))]))
    offers.decline(by=cast.chen, offer=offer)
    planned(cast)
    assert the_offer(offer.slot).person == cast.jiang


def test_a_caretaker_put_on_by_hand_is_known_to_the_plan(cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(role=Role.PROPERTY), SeatWanted()])
    cast.offer(slot, person=cast.sun, state=OfferState.ACCEPTED)
    week = week_of(cast)
    assert (row(week, cast.sun)["free"], row(week, cast.sun)["max_visits"]) == ([], 1)
    planned(cast)
    assert Offer.objects.active().filter(slot=slot).count() == 2


def test_promises_beyond_a_cap_never_break_the_week(cast: Cast) -> None:
    VolunteerProfile.objects.filter(person=cast.chen).update(max_visits=1, max_minutes=60)
    for day in (1, 2, 3):
        slot = cast.slot(title=f"第 {day} 次", seats=TWO, windows=[(cast.at(day, 9), cast.at(day, 9))])
        cast.offer(slot, state=OfferState.ACCEPTED)
    plan = planned(cast)
    assert plan.met == 3


def outcome_for(cast: Cast, slot: Slot, person: Person, start: datetime) -> Outcome:
    one = Proposed(slot_id=slot.pk, seat_id=cast.seat(slot).pk, person_id=person.pk, start=start)
    return Outcome(
        value=1, bound=1, asked=1, met=1, broken_rules=0, seconds=1, proposals=[one], gaps=[], week_gz=b"", plan_gz=b"", verdict={}
    )


@pytest.mark.parametrize("meanwhile", ["forbidden", "excluded", "moved", "held", "left", "booked elsewhere"])
def test_what_people_did_while_the_plan_was_made_is_respected(cast: Cast, meanwhile: str) -> None:
    slot, elsewhere = cast.slot(), cast.slot(title="别处")
    taken = take_plan(plan_id=request_plan(by=None, place=cast.district, week=cast.monday).pk)
    assert taken is not None
    acts: dict[str, Callable[[], object]] = {
        "forbidden": lambda: forbid(by=cast.zhou, slot=slot, person=cast.chen),
        "excluded": lambda: exclude(by=cast.zhou, person=cast.chen, household=cast.shen.household),
        "moved": lambda: move_slot(by=cast.zhou, slot=slot, windows=[(cast.at(4, 9), cast.at(4, 9))]),
        "held": lambda: hold_slot(by=cast.zhou, slot=slot, held=True),
        "left": lambda: Membership.objects.filter(person=cast.chen).update(until=timezone.localdate() - timedelta(days=1)),
        "booked elsewhere": lambda: cast.offer(elsewhere, state=OfferState.ACCEPTED),
    }
    acts[meanwhile]()
    assert store_plan(plan=taken, outcome=outcome_for(cast, slot, cast.chen, cast.at(2, 9))) == 0
    assert not Offer.objects.filter(slot=slot).exists()


def test_an_older_plans_gaps_end_with_the_newer_plan_of_either_kind(cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("sign_language"))])
    planned(cast)
    newer = planned(cast, cast.community)
    assert PlanGap.objects.get(slot=slot).plan == newer


def test_a_planner_that_breaks_changes_nothing_and_says_so(cast: Cast) -> None:
    standing = cast.offer(state=OfferState.PROPOSED)
    Slot.objects.filter(pk=standing.slot_id).update(lat=999)
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday)
    cast.slot(title="坏掉的坐标")
    Slot.objects.filter(title="坏掉的坐标").update(lat=999)
    made = solving.solve_plan(plan_id=plan.pk)
    assert made is not None and (made.state, made.failure) == (Plan.State.FAILED, solving.WENT_WRONG)
    standing.refresh_from_db()
    assert standing.state == OfferState.PROPOSED


def test_a_plan_that_breaks_a_rule_is_not_taken(cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(skill=cast.skill("electrician"))])
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday)
    visit = {"need": str(slot.pk), "start": 2 * 1440 + 540, "team": [str(cast.chen.pk)]}
    with pytest.raises(solving.RulesBroken):
        solving.as_outcome(plan, week_of(cast), {"format": "doorstep-plan/1", "bound": 1e6, "visits": [visit], "left_out": []}, 1.0)
