"""A visit that codes have told of ends its need, and the home may still say how it went."""

from datetime import timedelta

import pytest

from doorstep.hub.needs.access import VisitClosed
from doorstep.hub.needs.actions.closing import close_served, record_visit
from doorstep.hub.needs.forms.visit import VisitForm
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.needs.queries import arrangement, promised_on, to_judge
from doorstep.hub.records import book
from doorstep.hub.records.actions.presence import check_in, check_out
from doorstep.hub.records.models import Attendance, Hours
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, OfferState, Slot, SlotState
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db


def went(offer: Offer) -> None:
    """Came and left by the code of the place."""
    for act, now in ((check_in, offer.start), (check_out, offer.end)):
        act(by=offer.person, offer=offer, code=book.code_at(offer.slot_id, now).scanned, now=now)


def a_visit(cast: Cast, helpers: int = 1) -> tuple[Need, list[Offer]]:
    need = cast.need()
    slot = cast.checked(need, seats=[SeatWanted()] * helpers)
    people = (cast.chen, cast.jiang)[:helpers]
    return need, [cast.offer(slot, person, OfferState.ACCEPTED, number) for number, person in enumerate(people)]


def test_a_pair_of_codes_ends_the_need_and_the_home_is_still_asked_how_it_went(cast: Cast) -> None:
    need, [offer] = a_visit(cast)
    assert close_served(now=offer.end) == 0
    went(offer)
    assert (close_served(now=offer.end), close_served(now=offer.end)) == (1, 0)
    need.refresh_from_db()
    assert need.state == NeedState.DONE and need.closed_at == offer.end
    assert to_judge(arrangement(need))
    with pytest.raises(VisitClosed):
        record_visit(by=cast.shen, need=need, slot=offer.slot, outcomes={offer: "served"}, channel="web", now=offer.end)
    assert Hours.objects.count() == 1


def test_a_need_waits_for_the_word_about_the_other_helper_a_day_at_most(cast: Cast) -> None:
    need, [first, second] = a_visit(cast, helpers=2)
    went(first)
    assert close_served(now=first.end) == 0
    assert close_served(now=first.end + timedelta(days=1)) == 1
    need.refresh_from_db()
    assert need.state == NeedState.DONE
    assert Offer.objects.get(pk=second.pk).state == OfferState.ACCEPTED


def test_who_did_not_come_beside_one_who_did_sends_nobody_again(cast: Cast) -> None:
    need, [first, second] = a_visit(cast, helpers=2)
    went(first)
    slot = Slot.objects.get(pk=first.slot_id)
    assert slot.state == SlotState.DONE
    assert record_visit(by=cast.zhou, need=need, slot=slot, outcomes={second: "no_show"}, channel="phone", now=first.end)
    need.refresh_from_db()
    assert need.state == NeedState.DONE and Slot.objects.filter(occasion__need=need).count() == 1
    assert set(Attendance.objects.values_list("outcome", flat=True)) == {"served", "no_show"}


def test_who_asks_the_home_sees_what_is_known_already(cast: Cast) -> None:
    _need, [offer] = a_visit(cast)
    assert VisitForm(offers=promised_on(offer.slot)).asked()[0].help_text == ""
    check_in(by=offer.person, offer=offer, now=offer.start)
    [asked] = VisitForm(offers=promised_on(offer.slot)).asked()
    assert asked.help_text == "9:00 到（自己报的，还没人证明）"
    check_out(by=offer.person, offer=offer, code=book.code_at(offer.slot_id, offer.end).scanned, now=offer.end)
    [asked] = VisitForm(offers=promised_on(offer.slot)).asked()
    assert asked.help_text == "9:00 到（自己报的，还没人证明），10:00 走（扫了现场的码）"
