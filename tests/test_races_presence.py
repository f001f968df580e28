"""The same coming many times at once, and one leaving by several hands: one effect, and everybody else is told."""

from datetime import timedelta

import pytest

from doorstep.hub.journal.models import Entry
from doorstep.hub.records import book
from doorstep.hub.records.actions.presence import check_in, check_out
from doorstep.hub.records.actions.vouching import vouch
from doorstep.hub.records.models import Attendance, Hours, How, LogEntry, Presence
from doorstep.hub.records.refusals import AlreadyHere, AlreadyLeft, AlreadySettled, NothingToConfirm
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.testing import Cast
from tests.racing import Figures, count, race

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db(transaction=True)]
TAPS = count(10, 100)


def an_offer(cast: Cast) -> Offer:
    return cast.offer(state=OfferState.ACCEPTED)


def test_many_taps_at_once_are_one_coming(cast: Cast, figures: Figures) -> None:
    offer = an_offer(cast)
    code = book.code_at(offer.slot_id, offer.start).scanned
    found = race(TAPS, lambda n: check_in(by=offer.person, offer=offer, code=code, now=offer.start + timedelta(milliseconds=n)))
    assert found.errors == [] and set(found.refusals) == {AlreadyHere} and len(found.answers) == 1
    assert Presence.objects.count() == Entry.objects.filter(verb="check_in").count() == 1
    figures(taps=TAPS, comings=1, errors=0)


def test_the_code_the_leader_and_a_confirming_colleague_at_once_make_hours_once(cast: Cast, figures: Figures) -> None:
    offer = an_offer(cast)
    check_in(by=offer.person, offer=offer, code=book.code_at(offer.slot_id, offer.start).scanned, now=offer.start)
    code = book.code_at(offer.slot_id, offer.end).scanned

    def leave(number: int) -> object:
        if number % 3 == 0:
            return check_out(by=offer.person, offer=offer, code=code, now=offer.end)
        if number % 3 == 1:
            return check_out(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.end)
        return vouch(by=cast.zhou, offer=offer, left=offer.end, now=offer.end + timedelta(minutes=1))

    found = race(TAPS, leave)
    assert found.errors == [] and len(found.answers) == 1
    assert set(found.refusals) <= {AlreadyLeft, AlreadySettled, NothingToConfirm}
    assert Attendance.objects.count() == Hours.objects.count() == LogEntry.objects.count() == 1
    figures(hands=TAPS, hours=1, errors=0)
