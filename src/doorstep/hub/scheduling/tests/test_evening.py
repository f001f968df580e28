"""What an even plan knows of the weeks before: who was asked, which communities lag behind, which faces a home still knows."""

from datetime import timedelta

import pytest

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling import evening, solving
from doorstep.hub.scheduling.actions.offer import decline
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Rhythm, Slot, SlotState
from doorstep.hub.testing import Cast


def served(cast: Cast, person: Person, days_ago: int) -> Offer:
    """A visit at 沈秀英's so many days before the planned Monday."""
    offer = cast.offer(person=person, state=OfferState.ACCEPTED)
    start = cast.at(0, 9) - timedelta(days=days_ago)
    monday = (start - timedelta(days=start.weekday())).date()
    Slot.objects.filter(pk=offer.slot_id).update(week=monday, state=SlotState.DONE)
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.SERVED, start=start)
    return offer


def faces(cast: Cast) -> list[Person]:
    home = cast.shen.household_id
    found = evening.known_faces([home], cast.at(0, 0)).get(home, [])
    return [Person.objects.get(pk=who) for who in found]


def test_the_last_faces_and_the_frequent_ones_are_known_first(cast: Cast) -> None:
    for days in (90, 100, 110):
        served(cast, cast.jiang, days)
    served(cast, cast.chen, 7)
    assert faces(cast) == [cast.jiang, cast.chen]
    served(cast, cast.chen, 14)
    assert faces(cast) == [cast.chen, cast.jiang]


@pytest.mark.parametrize(("visits", "days", "known"), [(1, 350, True), (1, 400, False), (3, 400, True), (3, 900, False)])
def test_a_face_fades_over_the_months_and_the_plan_hears_of_it(cast: Cast, visits: int, days: int, known: bool) -> None:
    for number in range(visits):
        served(cast, cast.chen, days + number)
    cast.slot()
    need = solving.build_week(place=cast.community, monday=cast.monday)["needs"][0]
    assert need["familiar"] == ([str(cast.chen.pk)] if known else [])


def test_being_asked_counts_whatever_the_answer_and_for_three_weeks(cast: Cast) -> None:
    offer = cast.offer(person=cast.chen)
    decline(by=cast.chen, offer=offer)
    old = cast.offer(cast.slot(title="早先"), person=cast.jiang)
    assert evening.asked_lately(cast.monday) == {cast.chen.pk: 1, cast.jiang.pk: 1}
    Slot.objects.filter(pk=old.slot_id).update(week=cast.monday - timedelta(days=28))
    assert evening.asked_lately(cast.monday) == {cast.chen.pk: 1}


def test_a_community_that_lags_behind_is_lifted(cast: Cast) -> None:
    for place, met in ((cast.community, 10), (cast.other_community, 20)):
        for number in range(20):
            slot = cast.slot(title=f"{number}")
            state = SlotState.DONE if number < met else SlotState.UNMET
            Slot.objects.filter(pk=slot.pk).update(place=place, week=cast.monday - timedelta(days=7), state=state)
    here, there = cast.slot(), cast.slot(title="那边")
    Slot.objects.filter(pk=there.pk).update(place=cast.other_community)
    assert evening.lagging(cast.monday, [here.pk, there.pk], cast.district) == {here.pk: 0.5, there.pk: 0.0}


@pytest.mark.parametrize(("percent", "who"), [(0.0, "chen"), (10.0, "jiang")])
def test_the_district_lets_evenness_cost_what_it_says(cast: Cast, percent: float, who: str) -> None:
    """陈国梁 lives nearer and was asked all the time, 江 never."""
    Rhythm.objects.filter(place=cast.district).update(even_percent=percent)
    for days in (7, 14, 15, 16):
        offer = served(cast, cast.chen, days)
        Slot.objects.filter(pk=offer.slot_id).update(household=cast.he.household)
    cast.jiang.volunteer.lat += 0.004
    cast.jiang.volunteer.save()
    slot = cast.slot()
    plan = solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=cast.community, week=cast.monday).pk)
    assert plan is not None and plan.state == Plan.State.READY and plan.even_percent == percent
    assert Offer.objects.active().get(slot=slot).person == cast.people[who]
    assert (plan.even_paid is not None and plan.even_paid > 0) == (percent > 0)
