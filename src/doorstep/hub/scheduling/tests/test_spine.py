"""The chain from a need to a visit, told with the cast."""

from datetime import timedelta

import pytest

from doorstep.hub.journal.models import Entry
from doorstep.hub.needs.actions.asking import cancel_need
from doorstep.hub.needs.actions.closing import close_week, record_visit
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.scheduling import access
from doorstep.hub.scheduling.actions import offer as offers
from doorstep.hub.scheduling.models import Offer, OfferState, Slot, SlotState
from doorstep.hub.testing import Cast


def test_from_asking_to_a_visit(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot, state=OfferState.ACCEPTED)
    served = record_visit(
        by=cast.zhou, need=need, slot=slot, outcomes={offer: "served"}, channel="phone", now=offer.start + timedelta(hours=2)
    )
    assert served
    need.refresh_from_db()
    assert (need.state, Slot.objects.get(pk=slot.pk).state) == (NeedState.DONE, SlotState.DONE)
    assert Offer.objects.get(pk=offer.pk).state == OfferState.SERVED
    assert {"ask", "check_need", "propose", "send_offer", "accept", "record_attendance"} <= set(
        Entry.objects.values_list("verb", flat=True)
    )


def test_cannot_come_reopens_the_seat_for_another(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    offers.cannot_come(by=cast.chen, offer=offer)
    again = cast.offer(offer.slot, person=cast.jiang, state=OfferState.ACCEPTED)
    assert again.state == OfferState.ACCEPTED


def test_an_answer_after_the_reply_time_is_too_late_but_not_on_the_phone(cast: Cast) -> None:
    offer = cast.offer()
    assert offer.reply_by is not None
    late = offer.reply_by + timedelta(minutes=1)
    with pytest.raises(access.ReplyTooLate):
        offers.accept(by=cast.chen, offer=offer, now=late)
    assert offers.accept(by=cast.zhou, offer=offer, channel="phone", now=late).state == OfferState.ACCEPTED


def test_two_visits_at_once_are_refused(cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    with pytest.raises(access.TimeClash):
        cast.offer(cast.slot(), state=OfferState.PROPOSED)


def test_an_unmet_need_comes_back_a_week_later_and_higher(cast: Cast) -> None:
    need = cast.need()
    cast.checked(need)
    assert close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 22)) == 1
    following = Slot.objects.get(occasion__need=need, state=SlotState.OPEN)
    assert (following.week, following.waited_weeks) == (cast.monday + timedelta(days=7), 1)


def test_cancelling_a_need_frees_who_was_asked(cast: Cast) -> None:
    need = cast.need()
    offer = cast.offer(cast.checked(need))
    cancel_need(by=cast.shen, need=need)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    assert Need.objects.get(pk=need.pk).state == NeedState.CANCELLED
