"""A promise passes to a fellow: asked, answered, told to the social worker, undone if she objects, and kept in the journal."""

from datetime import timedelta

import pytest

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.access import NotASocialWorker
from doorstep.hub.scheduling.access.refused import EnoughAsked, ExchangeOver, ExchangeWaits, FellowCannot
from doorstep.hub.scheduling.actions.exchanging import agree, ask_fellow, lapse_exchanges, object_to, say_no, take_back
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import exclude, record_home_answer
from doorstep.hub.scheduling.models import Exchange, HomeAnswer, Offer, OfferState, Slot
from doorstep.hub.testing import Cast

from .events import event, volunteers

pytestmark = pytest.mark.django_db


def promised(cast: Cast) -> Offer:
    return cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)


def test_a_stand_in_takes_the_seat_and_the_home_is_asked_anew(cast: Cast) -> None:
    offer, (fellow,) = promised(cast), volunteers(cast, 1)
    record_home_answer(by=cast.zhou, slot=offer.slot, answer=HomeAnswer.AGREED, channel="phone")
    row = ask_fellow(by=cast.chen, offer=offer, fellow=fellow)
    assert Offer.objects.get(pk=offer.pk).state == OfferState.ACCEPTED
    done = agree(by=fellow, exchange=row)
    offer.refresh_from_db()
    assert offer.state == OfferState.HANDED_ON and done.new_offer is not None
    assert (done.new_offer.person, done.new_offer.state, done.new_offer.seat) == (fellow, OfferState.ACCEPTED, offer.seat)
    assert Slot.objects.get(pk=offer.slot_id).home_answer == HomeAnswer.NOT_ASKED
    told = set(Notice.objects.values_list("person_id", "kind"))
    assert {(cast.zhou.pk, "exchanged"), (cast.chen.pk, "exchange_done"), (cast.shen.pk, "helper_changes")} <= told
    assert list(
        Entry.objects.filter(subject_id=str(offer.slot_id), verb__in=("ask_fellow", "exchange")).values_list("verb", flat=True)
    ) == [
        "ask_fellow",
        "exchange",
    ]


def test_two_swap_their_visits(cast: Cast) -> None:
    mine, slot = promised(cast), event(cast)
    theirs = sign_up(by=cast.jiang, slot=slot)
    agree(by=cast.jiang, exchange=ask_fellow(by=cast.chen, offer=mine, fellow=cast.jiang, other=theirs))
    held = {(offer.slot_id, offer.person.name) for offer in Offer.objects.active().select_related("person")}
    assert held == {(mine.slot_id, "蒋文斌"), (slot.pk, "陈国梁")}


def test_two_at_the_same_hour_can_swap(cast: Cast) -> None:
    """Each is busy at that very time, with what the other takes over."""
    mine = promised(cast)
    theirs = cast.offer(cast.slot(), cast.jiang, state=OfferState.ACCEPTED)
    agree(by=cast.jiang, exchange=ask_fellow(by=cast.chen, offer=mine, fellow=cast.jiang, other=theirs))
    assert Offer.objects.active().get(slot=mine.slot_id).person == cast.jiang


def test_one_sentence_for_whatever_keeps_a_fellow_away(cast: Cast) -> None:
    offer, (fellow,) = promised(cast), volunteers(cast, 1)
    exclude(by=cast.zhou, person=fellow, household=cast.shen.household)
    for other in (fellow, cast.shen, cast.chen):
        with pytest.raises(FellowCannot):
            ask_fellow(by=cast.chen, offer=offer, fellow=other)


def test_a_fellow_who_is_busy_then_cannot(cast: Cast) -> None:
    offer = promised(cast)
    cast.offer(cast.slot(), cast.jiang, state=OfferState.ACCEPTED)
    with pytest.raises(FellowCannot):
        ask_fellow(by=cast.chen, offer=offer, fellow=cast.jiang)


def test_one_at_a_time_is_asked(cast: Cast) -> None:
    offer, (a, b) = promised(cast), volunteers(cast, 2)
    row = ask_fellow(by=cast.chen, offer=offer, fellow=a)
    with pytest.raises(ExchangeWaits):
        ask_fellow(by=cast.chen, offer=offer, fellow=b)
    take_back(by=cast.chen, exchange=row)
    assert ask_fellow(by=cast.chen, offer=offer, fellow=b).state == Exchange.State.ASKED


def test_five_are_asked_and_no_more(cast: Cast) -> None:
    offer, people = promised(cast), volunteers(cast, 6)
    for fellow in people[:5]:
        take_back(by=cast.chen, exchange=ask_fellow(by=cast.chen, offer=offer, fellow=fellow))
    with pytest.raises(EnoughAsked):
        ask_fellow(by=cast.chen, offer=offer, fellow=people[5])


def test_a_no_changes_nothing(cast: Cast) -> None:
    offer, (fellow,) = promised(cast), volunteers(cast, 1)
    row = ask_fellow(by=cast.chen, offer=offer, fellow=fellow)
    say_no(by=fellow, exchange=row)
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED
    assert Notice.objects.filter(person_id=cast.chen.pk, kind="exchange_declined").exists()
    with pytest.raises(ExchangeOver):
        agree(by=fellow, exchange=row)


def test_nobody_answers_for_the_fellow(cast: Cast) -> None:
    offer, (fellow,) = promised(cast), volunteers(cast, 1)
    row = ask_fellow(by=cast.chen, offer=offer, fellow=fellow)
    for other in (cast.chen, cast.jiang, cast.zhou):
        with pytest.raises(ExchangeOver):
            agree(by=other, exchange=row)


def test_the_social_worker_objects_and_the_first_is_asked_not_taken_for_granted(cast: Cast) -> None:
    offer, (fellow,) = promised(cast), volunteers(cast, 1)
    row = agree(by=fellow, exchange=ask_fellow(by=cast.chen, offer=offer, fellow=fellow))
    with pytest.raises(NotASocialWorker):
        object_to(by=cast.wu, exchange=row)
    object_to(by=cast.zhou, exchange=row)
    states = {(o.person.name, o.state) for o in Offer.objects.filter(slot=offer.slot_id).select_related("person")}
    assert states == {("陈国梁", "handed_on"), (fellow.name, "withdrawn"), ("陈国梁", "sent")}
    assert Exchange.objects.get(pk=row.pk).objected_by == cast.zhou
    assert Notice.objects.filter(person_id=fellow.pk, kind="exchange_undone").exists()


def test_a_swap_that_is_objected_to_is_undone_on_both_sides(cast: Cast) -> None:
    mine, slot = promised(cast), event(cast)
    theirs = sign_up(by=cast.jiang, slot=slot)
    row = agree(by=cast.jiang, exchange=ask_fellow(by=cast.chen, offer=mine, fellow=cast.jiang, other=theirs))
    object_to(by=cast.zhou, exchange=row)
    held = {(offer.slot_id, offer.person.name, offer.state) for offer in Offer.objects.active().select_related("person")}
    assert held == {(mine.slot_id, "陈国梁", "sent"), (slot.pk, "蒋文斌", "sent")}


def test_it_lapses_when_nobody_answers_or_the_promise_is_gone(cast: Cast) -> None:
    offer, (fellow,) = promised(cast), volunteers(cast, 1)
    row = ask_fellow(by=cast.chen, offer=offer, fellow=fellow)
    assert lapse_exchanges() == 0
    assert lapse_exchanges(now=row.until + timedelta(minutes=1)) == 1
    again = ask_fellow(by=cast.chen, offer=offer, fellow=fellow)
    cannot_come(by=cast.chen, offer=offer)
    assert lapse_exchanges() == 1
    with pytest.raises(ExchangeOver):
        agree(by=fellow, exchange=again)
