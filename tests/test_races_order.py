"""Acts that want the same rows in different orders: each is made to wait at the worst moment, and none ever waits for who waits for it."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.needs.actions.forgetting import forget
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records.actions.batching import answer_batch, make_batch, start_batch, work_off
from doorstep.hub.records.actions.data_request import ask_for_data
from doorstep.hub.records.actions.hours import approve_hours, back_fill, decide_correction, propose_correction
from doorstep.hub.records.actions.judging import OwnerForgotten
from doorstep.hub.records.actions.moving import take_answers
from doorstep.hub.records.actions.presence import check_in
from doorstep.hub.records.actions.record import record_training
from doorstep.hub.records.actions.vouching import call_roll
from doorstep.hub.records.models import (
    Batch,
    BatchMember,
    BatchPaper,
    Certificate,
    DataRequest,
    Hours,
    HoursState,
    How,
    Log,
    Shipment,
    Shipped,
    SyncState,
)
from doorstep.hub.records.moving.arriving import Answered
from doorstep.hub.records.moving_access import StillPromised
from doorstep.hub.scheduling.access import AlreadyAnswered, YourTimeClash
from doorstep.hub.scheduling.access.refused import OwnPlaceThere
from doorstep.hub.scheduling.actions.exchanging import agree, ask_fellow
from doorstep.hub.scheduling.actions.offer import accept, propose, send_offer
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.scheduling.tests.events import event, volunteers
from doorstep.hub.testing import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
Act = Callable[[], object]


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
        return int(cursor.fetchone()[0])


def _all_wait(number: int) -> None:
    """Until so many acts stand before the gate, or before each other; SQLite lets one write at a time and tells nobody who waits."""
    patience = time.monotonic() + (2 if connection.vendor == "postgresql" else 0.1)
    while time.monotonic() < patience and (connection.vendor != "postgresql" or _waiting() < number):
        time.sleep(0.02)


def _run(act: Act, found: list[object], place: int) -> None:
    try:
        found[place] = act()
    except Refused as refusal:
        found[place] = type(refusal)
    except Exception as error:
        found[place] = error
    finally:
        connection.close()


def at_the_gate(gate: Act, *acts: Act) -> list[Any]:
    """What comes of acts that have all begun, in this order, while somebody holds a row that each of them wants: an answer, the class of a
    refusal, or an error."""
    found: list[object] = [None] * len(acts)
    threads = [threading.Thread(target=_run, args=(act, found, place)) for place, act in enumerate(acts)]
    held: AbstractContextManager[None] = transaction.atomic()
    with held:
        gate()
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _all_wait(number)
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return found


def holding(person: Person) -> Act:
    return lambda: Person.objects.select_for_update().get(pk=person.pk)


def holding_the_log() -> Act:
    """As a slow writer does; the log is there from the first hours on."""
    return lambda: list(Log.objects.select_for_update())


def colleague(cast: Cast) -> Person:
    person = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=person, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    return person


def yesterday(hour: int, days: int = 1) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), datetime.min.time())) + timedelta(hours=hour)


def filled_in(cast: Cast, person: Person, by: Person, days: int = 1) -> Hours:
    came = yesterday(9, days)
    return back_fill(by=by, person=person, unit=cast.community, title="理书", came=came, left=came + timedelta(hours=2))


def a_line_in_the_log(cast: Cast, other: Person) -> None:
    approve_hours(by=other, hours=filled_in(cast, cast.ning, cast.zhou, days=9))


def test_a_yes_and_the_forgetting_of_who_says_it(cast: Cast) -> None:
    """Forgetting holds the person first and then wants the offer, the yes the other way round: now both begin with the slot."""
    offer = cast.offer(person=volunteers(cast, 1)[0])
    asked = ask_for_data(by=cast.zhou, person=offer.person, place=cast.community, kind=DataRequest.Kind.DELETE)
    found = at_the_gate(
        holding(offer.person),
        lambda: forget(by=cast.zhou, request=asked, answer="都删了。"),
        lambda: accept(by=offer.person, offer=offer),
    )
    state = Offer.objects.get(pk=offer.pk).state
    assert (found[1], state) == (AlreadyAnswered, OfferState.WITHDRAWN) or (found[0], state) == (StillPromised, OfferState.ACCEPTED)


def test_the_forgetting_that_comes_second_hears_of_the_promise(cast: Cast) -> None:
    offer = cast.offer(person=volunteers(cast, 1)[0])
    asked = ask_for_data(by=cast.zhou, person=offer.person, place=cast.community, kind=DataRequest.Kind.DELETE)
    found = at_the_gate(
        holding(offer.person),
        lambda: accept(by=offer.person, offer=offer),
        lambda: forget(by=cast.zhou, request=asked, answer="都删了。"),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    name = Person.objects.get(pk=offer.person_id).name
    assert (Offer.objects.get(pk=offer.pk).state == OfferState.ACCEPTED) == (name == offer.person.name)


def test_hours_that_are_filled_in_while_their_owner_is_forgotten(cast: Cast) -> None:
    """No hours, and no new salt, for somebody who is nobody any more."""
    (person,) = volunteers(cast, 1)
    asked = ask_for_data(by=cast.zhou, person=person, place=cast.community, kind=DataRequest.Kind.DELETE)
    found = at_the_gate(
        holding(person),
        lambda: forget(by=cast.zhou, request=asked, answer="都删了。"),
        lambda: filled_in(cast, person, cast.zhou),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    left = Hours.objects.filter(title="理书")
    assert (found[1] is OwnerForgotten and not left.exists()) or left.get().person_id in (None, person.pk)
    assert not (left.exists() and Person.objects.get(pk=person.pk).name != person.name and left.get().person_id)


def test_the_roll_and_an_approval_for_one_of_those_on_it(cast: Cast) -> None:
    """The roll holds the log since its first line and wants the second person; the approval holds that person and wants the log."""
    other, slot = colleague(cast), event(cast, start=cast.at(5, 9))
    a_line_in_the_log(cast, other)
    people = sorted(volunteers(cast, 2), key=lambda person: person.pk)
    offers = sorted((sign_up(by=person, slot=slot) for person in people), key=lambda offer: str(offer.pk))
    for offer in offers:
        check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start)
    waits = filled_in(cast, offers[1].person, cast.zhou)
    found = at_the_gate(
        holding_the_log(),
        lambda: call_roll(by=cast.zhou, came=[], left=offers, now=offers[0].end),
        lambda: approve_hours(by=other, hours=waits),
    )
    assert found[0] == 2 and isinstance(found[1], Hours)
    assert Hours.objects.filter(state=HoursState.RECORDED, person__in=people).count() == 3


def test_two_who_approve_the_one_the_hours_of_the_other(cast: Cast) -> None:
    """The first has the log and writes down who approved; the second holds just that person, whose hours wait for the log."""
    other = colleague(cast)
    a_line_in_the_log(cast, other)
    first, second = filled_in(cast, cast.chen, other), filled_in(cast, cast.zhou, cast.lin)
    found = at_the_gate(
        holding_the_log(),
        lambda: approve_hours(by=cast.zhou, hours=first),
        lambda: approve_hours(by=other, hours=second),
    )
    assert [getattr(row, "state", row) for row in found] == [HoursState.RECORDED, HoursState.RECORDED]


def test_two_lists_of_learners_in_two_orders(cast: Cast) -> None:
    """Each list is judged one by one, in the order in which it was written."""
    one, two = volunteers(cast, 2)

    def taught(people: list[Person], days: int) -> Act:
        came = yesterday(9, days)
        return lambda: record_training(
            by=cast.zhou, unit=cast.community, people=people, name="急救课", content="怎么扶老人上楼", host="红十字会", came=came,
            left=came + timedelta(hours=2),
        )  # fmt: skip

    found = at_the_gate(holding(one), taught([one, two], 1), taught([two, one], 2))
    assert [len(made) for made in found] == [2, 2]


def test_a_stand_in_and_a_yes_of_the_same_person_for_the_same_hour(cast: Cast) -> None:
    """One takes over a promise and says yes to another at the same hour: one of the two, and a sentence for the other."""
    fellow = volunteers(cast, 1)[0]
    mine = cast.offer(person=cast.chen, state=OfferState.ACCEPTED)
    row = ask_fellow(by=cast.chen, offer=mine, fellow=fellow)
    asked = cast.offer(person=fellow)
    found = at_the_gate(
        holding(fellow),
        lambda: agree(by=fellow, exchange=row),
        lambda: accept(by=fellow, offer=asked),
    )
    assert YourTimeClash in found and not [one for one in found if isinstance(one, Exception)]
    assert Offer.objects.filter(person=fellow, state=OfferState.ACCEPTED).count() == 1


def test_a_stand_in_who_has_come_by_a_place_there_meanwhile(cast: Cast) -> None:
    """Asked to go instead, and put on the other seat of the same visit by the social worker before the yes."""
    fellow = volunteers(cast, 1)[0]
    mine = sign_up(by=cast.chen, slot=event(cast))
    row = ask_fellow(by=cast.chen, offer=mine, fellow=fellow)
    seat = mine.slot.seats.exclude(pk=mine.seat_id).first()
    assert seat is not None
    send_offer(by=cast.zhou, offer=propose(by=cast.zhou, seat=seat, person=fellow, start=mine.start))
    with pytest.raises(OwnPlaceThere):
        agree(by=fellow, exchange=row)
    assert Offer.objects.get(pk=mine.pk).state == OfferState.ACCEPTED


def test_the_answer_of_the_other_system_and_a_correction(cast: Cast) -> None:
    """What was corrected in that very moment is not what the other system took in."""
    other = colleague(cast)
    hours = approve_hours(by=other, hours=filled_in(cast, cast.chen, cast.zhou))
    day, now = timezone.localdate(), timezone.now()
    shipment = Shipment.objects.create(
        place=cast.district, columns=[], start=day, end=day, format="csv", why="月底报送", count=1, made_by=cast.lin, made_at=now
    )
    Shipped.objects.create(shipment=shipment, hours=hours, entry=hours.entry)
    Hours.objects.filter(pk=hours.pk).update(sync=SyncState.EXPORTED)
    earlier = hours.left - timedelta(minutes=30)
    correction = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=earlier, why="走得早")
    found = at_the_gate(
        lambda: Hours.objects.select_for_update().get(pk=hours.pk),
        lambda: decide_correction(by=other, correction=correction, approved=True),
        lambda: take_answers(by=cast.lin, shipment=shipment, answers=[Answered(hours.pk, True, "")]),
    )
    hours.refresh_from_db()
    assert not [one for one in found if isinstance(one, Exception)]
    assert hours.entry != Shipped.objects.get().entry and hours.sync == SyncState.NOT_SENT


def test_a_no_to_a_batch_in_the_moment_in_which_the_paper_is_made(cast: Cast) -> None:
    """Either there is no certificate, or it was made before the no and its paper is gone."""
    approve_hours(by=colleague(cast), hours=filled_in(cast, cast.chen, cast.zhou))
    day = timezone.localdate()
    batch = make_batch(
        by=cast.zhou,
        unit=cast.community,
        asked_by="江南中学",
        purpose="综合素质评价",
        start=day - timedelta(days=30),
        end=day,
        people=[cast.chen],
    )
    member = BatchMember.objects.get()
    answer_batch(by=cast.chen, member=member, agrees=True)
    start_batch(by=cast.zhou, batch=batch)
    found = at_the_gate(
        lambda: BatchMember.objects.select_for_update().get(pk=member.pk),
        lambda: answer_batch(by=cast.chen, member=member, agrees=False),
        lambda: work_off(batch_id=batch.pk),
    )
    assert found == [None, Batch.State.DONE]
    assert not BatchPaper.objects.exists()
    # SQLite lets nobody wait at a row: there the paper may be made first, and the no takes it away.
    assert connection.vendor == "sqlite" or not Certificate.objects.exists()
