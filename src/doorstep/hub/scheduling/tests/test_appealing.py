"""Somebody cannot come: the best three are asked at once, the first yes goes, the others hear that it is settled."""

import pytest

from doorstep.hub.journal.models import Notice
from doorstep.hub.people.models import VolunteerProfile
from doorstep.hub.scheduling.access import SeatAsked
from doorstep.hub.scheduling.access.refused import AppealOver, NobodyToAsk
from doorstep.hub.scheduling.actions.appealing import ask_by_itself, ask_three, close_appeals, not_this_time, step_in
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.slot import cancel_slot
from doorstep.hub.scheduling.models import Appeal, Availability, Offer, OfferState, Rhythm, Seat
from doorstep.hub.testing import Cast

from .events import volunteers

pytestmark = pytest.mark.django_db


def left_seat(cast: Cast) -> Seat:
    """陈国梁 had promised, and cannot come; five others could."""
    offer = cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    Availability.objects.bulk_create(
        Availability(person=person, weekday=2, start_minute=480, end_minute=720) for person in volunteers(cast, 5)
    )
    cannot_come(by=cast.chen, offer=offer)
    return cast.seat(offer.slot)


def test_three_are_asked_and_not_who_gave_it_back(cast: Cast) -> None:
    rows = ask_three(by=cast.zhou, seat=left_seat(cast))
    assert len({row.person_id for row in rows}) == 3 and cast.chen.pk not in {row.person_id for row in rows}
    assert Notice.objects.filter(kind="appeal").count() == 3


def test_the_first_yes_goes_and_the_others_are_thanked(cast: Cast) -> None:
    seat = left_seat(cast)
    first, second, third = ask_three(by=cast.zhou, seat=seat)
    offer = step_in(by=first.person, appeal=first)
    assert (offer.state, offer.seat, offer.start) == (OfferState.ACCEPTED, seat, cast.at(2, 9))
    with pytest.raises(AppealOver):
        step_in(by=second.person, appeal=second)
    assert set(Notice.objects.filter(kind="appeal_over").values_list("person_id", flat=True)) == {second.person_id, third.person_id}
    assert Notice.objects.filter(person_id=cast.zhou.pk, kind="stepped_in").count() == 1
    with pytest.raises(SeatAsked):
        ask_three(by=cast.zhou, seat=seat)


def test_three_times_no_is_told_once(cast: Cast) -> None:
    for row in ask_three(by=cast.zhou, seat=left_seat(cast)):
        not_this_time(by=row.person, appeal=row)
    assert Notice.objects.filter(person_id=cast.zhou.pk, kind="appeal_in_vain").count() == 1


def test_nobody_is_asked_twice_and_nobody_answers_for_another(cast: Cast) -> None:
    seat = left_seat(cast)
    rows = ask_three(by=cast.zhou, seat=seat)
    with pytest.raises(AppealOver):
        step_in(by=cast.ning, appeal=rows[0])
    second = ask_three(by=cast.zhou, seat=seat)
    assert not {row.person_id for row in rows} & {row.person_id for row in second}
    VolunteerProfile.objects.update(offers_welcome=False)
    with pytest.raises(NobodyToAsk):
        ask_three(by=cast.zhou, seat=seat)


def test_what_is_cancelled_is_asked_of_nobody_any_more(cast: Cast) -> None:
    seat = left_seat(cast)
    rows = ask_three(by=cast.zhou, seat=seat)
    cancel_slot(by=cast.zhou, slot=seat.slot)
    assert close_appeals() == 3 and close_appeals() == 0
    with pytest.raises(AppealOver):
        step_in(by=rows[0].person, appeal=rows[0])


def test_only_where_the_district_says_so_it_happens_by_itself(cast: Cast) -> None:
    left_seat(cast)
    assert ask_by_itself() == 0
    Rhythm.objects.update(ask_three=True)
    assert ask_by_itself() == 3 and ask_by_itself() == 0
    assert set(Appeal.objects.values_list("by", flat=True)) == {None}
    row = Appeal.objects.all()[0]
    step_in(by=row.person, appeal=row)
    assert Offer.objects.active().count() == 1
