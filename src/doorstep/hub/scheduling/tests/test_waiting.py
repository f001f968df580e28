"""The line of those who wait: in order of coming, asked and never taken for granted, moved on by the clock."""

from datetime import timedelta
from uuid import UUID

import pytest

from doorstep.hub.journal.models import Notice
from doorstep.hub.scheduling.access.refused import AlreadyIn, AlreadyInLine, NoPlaceLeft, NotInLine, PlacesStill, SignupEnded, YouLackSkill
from doorstep.hub.scheduling.actions.offer import accept, cannot_come, decline, lapse_overdue
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import cancel_slot, forbid
from doorstep.hub.scheduling.actions.waiting import ask_those_waiting, join_line, leave_line
from doorstep.hub.scheduling.models import Offer, OfferState, Waiting
from doorstep.hub.scheduling.openings import place_in_line
from doorstep.hub.testing import Cast

from .events import event, volunteers

pytestmark = pytest.mark.django_db


def kinds_to(person_id: UUID) -> list[str]:
    return list(Notice.objects.filter(person_id=person_id).values_list("kind", flat=True))


def test_the_first_in_line_is_asked_when_a_place_is_free(cast: Cast) -> None:
    slot, (first, second) = event(cast, places=1), volunteers(cast, 2)
    taken = sign_up(by=cast.chen, slot=slot)
    join_line(by=first, slot=slot)
    join_line(by=second, slot=slot)
    assert (place_in_line(slot, first), place_in_line(slot, second)) == (1, 2)
    assert ask_those_waiting() == 0
    cannot_come(by=cast.chen, offer=taken)
    assert ask_those_waiting() == 1
    asked = Offer.objects.get(slot=slot, person=first)
    assert asked.state == OfferState.SENT and asked.reply_by is not None
    assert asked.reply_by - asked.sent_at == timedelta(hours=12)  # type: ignore[operator]
    assert kinds_to(first.pk) == ["place_free"] and kinds_to(second.pk) == []
    assert place_in_line(slot, second) == 1
    assert ask_those_waiting() == 0


def test_a_no_and_a_silence_pass_it_on(cast: Cast) -> None:
    slot, people = event(cast, places=1), volunteers(cast, 3)
    taken = sign_up(by=cast.chen, slot=slot)
    for person in people:
        join_line(by=person, slot=slot)
    cannot_come(by=cast.chen, offer=taken)
    ask_those_waiting()
    decline(by=people[0], offer=Offer.objects.get(slot=slot, person=people[0]))
    ask_those_waiting()
    second = Offer.objects.get(slot=slot, person=people[1])
    assert second.reply_by is not None
    late = second.reply_by + timedelta(minutes=1)
    lapse_overdue(now=late)
    ask_those_waiting(now=late)
    third = Offer.objects.get(slot=slot, person=people[2])
    assert accept(by=people[2], offer=third, now=late).state == OfferState.ACCEPTED
    ask_those_waiting(now=late)
    assert not Waiting.objects.filter(state__in=("in_line", "asked")).exists()


def test_who_does_not_fit_any_more_is_passed_over(cast: Cast) -> None:
    slot, (first, second) = event(cast, places=1), volunteers(cast, 2)
    taken = sign_up(by=cast.chen, slot=slot)
    join_line(by=first, slot=slot)
    join_line(by=second, slot=slot)
    forbid(by=cast.zhou, slot=slot, person=first)
    cannot_come(by=cast.chen, offer=taken)
    ask_those_waiting()
    assert [offer.person for offer in Offer.objects.filter(slot=slot, state=OfferState.SENT)] == [second]


def test_whoever_comes_later_does_not_overtake_the_line(cast: Cast) -> None:
    """The seat is free and the clock has not been round yet: a newcomer finds the first in line asked before."""
    slot, (waits, newcomer) = event(cast, places=1), volunteers(cast, 2)
    taken = sign_up(by=cast.chen, slot=slot)
    join_line(by=waits, slot=slot)
    cannot_come(by=cast.chen, offer=taken)
    with pytest.raises(NoPlaceLeft):
        sign_up(by=newcomer, slot=slot)


def test_the_one_who_waits_takes_the_free_place_at_once(cast: Cast) -> None:
    slot, (waits,) = event(cast, places=1), volunteers(cast, 1)
    taken = sign_up(by=cast.chen, slot=slot)
    join_line(by=waits, slot=slot)
    cannot_come(by=cast.chen, offer=taken)
    assert sign_up(by=waits, slot=slot).state == OfferState.ACCEPTED
    assert Waiting.objects.get(person=waits).state == Waiting.State.OVER


def test_nobody_waits_where_there_is_room_or_twice_or_unfit(cast: Cast) -> None:
    slot, (person,) = event(cast, places=1), volunteers(cast, 1)
    with pytest.raises(PlacesStill):
        join_line(by=person, slot=slot)
    sign_up(by=cast.chen, slot=slot)
    with pytest.raises(AlreadyIn):
        join_line(by=cast.chen, slot=slot)
    join_line(by=person, slot=slot)
    with pytest.raises(AlreadyInLine):
        join_line(by=person, slot=slot)
    skilled = event(cast, places=1, title="修灯日", start=cast.at(6, 9), skill=cast.skill("electrician"))
    sign_up(by=cast.jiang, slot=skilled)
    with pytest.raises(YouLackSkill):
        join_line(by=person, slot=skilled)


def test_leaving_is_free_and_coming_back_is_at_the_end(cast: Cast) -> None:
    slot, (first, second) = event(cast, places=1), volunteers(cast, 2)
    sign_up(by=cast.chen, slot=slot)
    for person in (first, second):
        join_line(by=person, slot=slot)
    leave_line(by=first, slot=slot)
    with pytest.raises(NotInLine):
        leave_line(by=first, slot=slot)
    join_line(by=first, slot=slot)
    assert (place_in_line(slot, second), place_in_line(slot, first)) == (1, 2)


def test_a_line_that_waits_in_vain_is_told(cast: Cast) -> None:
    gone, cancelled = event(cast, places=1), event(cast, places=1, title="义诊", start=cast.at(6, 9))
    (first, second) = volunteers(cast, 2)
    for slot, person in ((gone, first), (cancelled, second)):
        sign_up(by=cast.chen, slot=slot)
        join_line(by=person, slot=slot)
    cancel_slot(by=cast.zhou, slot=cancelled)
    with pytest.raises(SignupEnded):
        join_line(by=first, slot=cancelled)
    ask_those_waiting(now=cast.at(5, 10))
    ask_those_waiting(now=cast.at(5, 10))
    assert kinds_to(first.pk) == ["line_over"] and kinds_to(second.pk) == ["line_cancelled"]


def test_nobody_is_asked_so_late_that_the_answer_would_come_too_late(cast: Cast) -> None:
    slot, (person,) = event(cast, places=1), volunteers(cast, 1)
    taken = sign_up(by=cast.chen, slot=slot)
    join_line(by=person, slot=slot)
    late = cast.at(5, 9) - timedelta(hours=2)
    cannot_come(by=cast.chen, offer=taken, now=late)
    assert ask_those_waiting(now=late) == 0
    assert sign_up(by=person, slot=slot, now=late).state == OfferState.ACCEPTED
