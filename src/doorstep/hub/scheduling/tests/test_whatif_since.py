"""What-if pages on a Wednesday: hours gone by, matters closed, people who were ruled out or said no, promises made since, weights that the plan knows."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling import asking, solving
from doorstep.hub.scheduling.access import StartGone
from doorstep.hub.scheduling.actions.availability import set_usual_week
from doorstep.hub.scheduling.actions.offer import decline, pin, propose
from doorstep.hub.scheduling.actions.slot import SeatWanted, cancel_slot, exclude, forbid
from doorstep.hub.scheduling.actions.weighing import weigh
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.testing import Cast

from .test_whatif import MOST_QUERIES, decide, page, planned, the_offer
from .test_whatif import home as home


def fresh(slot: Slot) -> Slot:
    return Slot.objects.select_related("place__parent__parent").get(pk=slot.pk)


def could(slot: Slot, **more: Any) -> list[Person]:
    desk = asking.Desk(fresh(slot), **more)
    return list(Person.objects.filter(pk__in=desk.could(slot.seats.get())))


def test_who_was_ruled_out_said_no_or_is_kept_from_the_home_is_proposed_to_nobody(cast: Cast) -> None:
    slot = cast.slot()
    planned(cast)
    first, second = the_offer(slot).person, could(slot)[0]
    forbid(by=cast.zhou, slot=slot, person=first)
    assert first not in could(slot) and second in could(slot)
    assert slot.household is not None
    exclude(by=cast.zhou, person=second, household=slot.household)
    assert second not in could(slot)


def test_who_said_no_is_not_told_that_they_could_go_as_well(cast: Cast) -> None:
    slot = cast.slot()
    planned(cast)
    offer = the_offer(slot)
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.SENT)
    decline(by=offer.person, offer=Offer.objects.select_related("slot__place", "person", "seat").get(pk=offer.pk))
    own = asking.week_of(offer.person, cast.district, [cast.monday])
    assert own is not None and own.why is not None
    assert own.why.numbers["fit"] == 0 and own.why.code != "equal"
    assert offer.person not in could(slot)


def test_a_cancelled_matter_is_not_said_to_gain_by_another_answer(cast: Cast) -> None:
    slot, gone = cast.slot(), cast.checked(cast.need(cast.he), windows=[(cast.at(2, 9), cast.at(2, 10))])
    planned(cast)
    cancel_slot(by=cast.zhou, slot=gone)
    desk = asking.Desk(fresh(slot))
    told = desk.forbid(the_offer(slot).person)
    assert told is not None and all(move.need != str(gone.pk) for move in told.cost.moves)


def test_on_friday_nothing_is_offered_for_wednesday(cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(2, 9), cast.at(2, 10)), (cast.at(5, 9), cast.at(5, 10))])
    planned(cast)
    who = the_offer(slot).person
    forbid(by=cast.zhou, slot=slot, person=who)
    other = could(slot)[0]
    told = asking.Desk(fresh(slot), now=cast.at(4, 9)).pin(other)
    assert told is not None
    assert all(shift.start_after >= cast.at(5, 9) for shift in told.here if shift.start_after and shift.slot == slot)
    assert [shift.slot for shift in told.here] == [slot]
    assert asking.Desk(fresh(slot), now=cast.at(6, 9)).pin(other) is None


def test_nobody_is_put_on_an_hour_that_has_gone_by(cast: Cast) -> None:
    slot = cast.slot()
    with pytest.raises(StartGone):
        propose(by=cast.zhou, seat=cast.seat(slot), person=cast.chen, start=cast.at(2, 9), now=cast.at(2, 9))
    assert not Offer.objects.filter(slot=slot).exists()
    propose(by=cast.zhou, seat=cast.seat(slot), person=cast.chen, start=cast.at(2, 9), now=cast.at(2, 8))


def test_a_weight_that_the_plan_knows_counts_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    slot = cast.slot()
    weigh(by=cast.zhou, slot=slot, steps=1)
    planned(cast)
    desk, asked = asking.Desk(fresh(slot)), list[int]()
    really = desk.what_if.cost_of_weight

    def cost_of_weight(need: str, steps: int) -> solving.Cost:
        asked.append(steps)
        return really(need, steps)

    monkeypatch.setattr(desk.what_if, "cost_of_weight", cost_of_weight)
    desk.weigh(1)
    desk.weigh(-1)
    assert asked == [1, -1]


def test_somebody_who_promised_elsewhere_since_is_not_sent_to_two_doors(cast: Cast) -> None:
    slot = cast.slot()
    planned(cast)
    other = could(slot)[0]
    late = cast.checked(cast.need(cast.he), windows=[(cast.at(2, 9), cast.at(2, 10))])
    assert asking.Desk(fresh(slot)).pin(other) is not None
    cast.offer(late, other, OfferState.ACCEPTED)
    told = asking.Desk(fresh(slot)).pin(other)
    assert told is None or all(shift.start_after != cast.at(2, 9) for shift in told.here)


def test_one_yes_of_two_is_asked_about_honestly(cast: Cast, client: Client) -> None:
    slot = cast.slot(seats=[SeatWanted(), SeatWanted()])
    planned(cast)
    first = Offer.objects.active().filter(slot=slot).select_related("person").first()
    assert first is not None
    Offer.objects.filter(slot=slot).exclude(pk=first.pk).update(state=OfferState.DECLINED)
    Offer.objects.filter(pk=first.pk).update(state=OfferState.ACCEPTED)
    said = page(cast.sign_in(client, cast.zhou), slot, do="forbid", person=str(first.person_id))
    assert "算不出代价" in said and "安排也不变" not in said


def test_a_yes_since_the_page_was_drawn_is_not_taken_back_unseen(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    cast.sign_in(client, cast.zhou)
    offer = the_offer(slot)
    answer = client.post(reverse("scheduling:decide", args=[slot.pk, "forbid"]), {"seen": "0", "person": str(offer.person_id)}, follow=True)
    offer.refresh_from_db()
    assert answer.status_code == 200 and offer.state == OfferState.PROPOSED
    decide(client, slot, "forbid", person=str(offer.person_id))
    offer.refresh_from_db()
    assert offer.state == OfferState.REPLACED


def test_a_plan_of_other_times_is_not_asked(cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(1, 9), cast.at(1, 10)), (cast.at(4, 9), cast.at(4, 10))])
    planned(cast)
    assert asking.Desk(fresh(slot))
    slot.windows.filter(earliest=cast.at(1, 9)).delete()
    with pytest.raises(asking.NothingToAsk):
        asking.Desk(fresh(slot))


def test_a_proposal_whose_hour_has_gone_by_is_not_pinned(cast: Cast) -> None:
    offer = propose(by=cast.zhou, seat=cast.seat(cast.slot()), person=cast.chen, start=cast.at(2, 9), pinned=False)
    with pytest.raises(StartGone):
        pin(by=cast.zhou, offer=offer, pinned=True, now=cast.at(2, 9))
    pin(by=cast.zhou, offer=offer, pinned=True, now=cast.at(2, 8))
    offer.refresh_from_db()
    assert offer.pinned


def test_a_window_opened_earlier_since_is_not_answered_for(cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(4, 9), cast.at(4, 10))])
    planned(cast)
    assert asking.Desk(fresh(slot))
    slot.windows.create(earliest=cast.at(1, 9), latest=cast.at(1, 10))
    with pytest.raises(asking.NothingToAsk):
        asking.Desk(fresh(slot))


def test_who_could_join_somebody_who_said_yes_is_told_and_can_be_put_there(cast: Cast, client: Client) -> None:
    set_usual_week(by=cast.tang, person=cast.tang, cells=[(day, 0) for day in range(7)])
    slot = cast.slot(seats=[SeatWanted(), SeatWanted()])
    planned(cast)
    first, second = Offer.objects.active().filter(slot=slot).select_related("person", "seat").order_by("seat__number")
    Offer.objects.filter(pk=first.pk).update(state=OfferState.ACCEPTED)
    Offer.objects.filter(pk=second.pk).update(state=OfferState.DECLINED)
    other = Person.objects.get(pk=asking.Desk(fresh(slot)).could(second.seat)[0])
    assert other.pk not in (first.person_id, second.person_id)
    said = page(cast.sign_in(client, cast.zhou), slot, do="pin", person=str(other.pk))
    assert "就定这位" in said and str(second.seat_id) in said
    decide(client, slot, "pin", person=str(other.pk), seat=str(second.seat_id), start=first.start.isoformat())
    assert Offer.objects.filter(slot=slot, seat=second.seat, person=other, state=OfferState.PROPOSED, pinned=True).exists()
    assert Offer.objects.get(pk=first.pk).state == OfferState.ACCEPTED


def test_a_volunteers_why_not_asks_few_questions_of_the_database(cast: Cast, client: Client) -> None:
    slot = cast.slot()
    planned(cast)
    Offer.objects.filter(slot=slot).delete()
    address = reverse("scheduling:why_not", args=[slot.pk])
    cast.sign_in(client, cast.chen)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"][:160] for query in queries)
