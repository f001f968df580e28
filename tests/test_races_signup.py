"""A rush for places: exactly as many as there are, in a line that keeps its order; and a naive variant that oversells."""

import time
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.access import YourTimeClash
from doorstep.hub.scheduling.access.refused import AlreadyIn, AppealOver, ExchangeOver, NoPlaceLeft, TooFewPlaces
from doorstep.hub.scheduling.actions.appealing import step_in
from doorstep.hub.scheduling.actions.exchanging import agree, ask_fellow
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.reminding import remind
from doorstep.hub.scheduling.actions.signup import sign_up, sign_up_together
from doorstep.hub.scheduling.actions.waiting import ask_those_waiting, join_line
from doorstep.hub.scheduling.models import Appeal, Exchange, Offer, OfferState, Party, Slot, Waiting
from doorstep.hub.scheduling.tests.events import event, volunteers
from doorstep.hub.testing import Cast
from tests.racing import Figures, Race, count, race

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db(transaction=True)]

PLACES, PEOPLE, REPEATS = count(4, 20), count(50, 500), count(1, 20)
#: As many as `doorstep serve` answers at a time, two processes with four threads each; whoever comes while they work waits before the door.
SERVED = 8


def rush(cast: Cast, at_once: int) -> Race:
    """Everybody signs up for the same event; exactly the places are filled, whoever came too late hears so, and nothing else happens."""
    slot, people = event(cast, places=PLACES), volunteers(cast, PEOPLE)
    found = race(PEOPLE, lambda n: sign_up(by=people[n], slot=slot), at_once=at_once, reconnect=False)
    accepted = Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED)
    assert found.errors == [] and set(found.refusals) == {NoPlaceLeft}
    assert accepted.count() == PLACES == len(found.answers) == Offer.objects.filter(slot=slot).count()
    assert len(set(accepted.values_list("seat_id", flat=True))) == len(set(accepted.values_list("person_id", flat=True))) == PLACES
    assert Entry.objects.filter(verb="sign_up").count() == PLACES
    return found


def told(found: Race, at_once: int) -> dict[str, object]:
    return {
        "people": PEOPLE, "at_once": at_once, "places": PLACES, "accepted": len(found.answers), "errors": len(found.errors),
        "p99_seconds": round(found.slowest(), 2),
    }  # fmt: skip


@pytest.mark.parametrize("repeat", range(REPEATS))
def test_a_rush_fills_exactly_the_places(cast: Cast, figures: Figures, repeat: int) -> None:
    """Fifty threads in one process: more than any server runs, for the race's sake."""
    figures(**told(rush(cast, 50), 50))


@pytest.mark.parametrize("repeat", range(REPEATS))
def test_a_rush_is_answered_in_time(cast: Cast, figures: Figures, repeat: int) -> None:
    found = rush(cast, SERVED)
    # Told first, so that a slow repeat is told as well.
    figures(**told(found, SERVED))
    assert found.slowest() < count(20, 2)


@pytest.fixture
def without_the_constraint() -> Iterator[None]:
    """The table without the line of defence that the race is about; what the test wrote is removed before it comes back."""
    wanted = next(c for c in Offer._meta.constraints if c.name == "one_active_offer_a_seat")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Offer, wanted)
    yield
    Offer.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Offer, wanted)


def test_a_naive_count_then_insert_oversells_on_postgresql(cast: Cast, figures: Figures, without_the_constraint: None) -> None:
    """The control of the test above: the same rush, counting before inserting, without the turnstile and the constraint."""
    slot, people = event(cast, places=PLACES), volunteers(cast, PEOPLE)
    seats = list(slot.seats.all())

    def naive(number: int) -> bool:
        with transaction.atomic():
            taken = Offer.objects.active().filter(slot=slot).count()
            if taken >= PLACES:
                return False
            time.sleep(0.02)
            state = OfferState.ACCEPTED
            Offer.objects.create(slot=slot, seat=seats[taken], person=people[number], start=cast.at(5, 9), state=state)
            return True

    found = race(PEOPLE, naive)
    taken = Offer.objects.active().filter(slot=slot).count()
    assert found.errors == [] and taken == found.answers.count(True)
    # SQLite's IMMEDIATE transactions queue, so that even the naive variant is safe there.
    assert taken == PLACES if connection.vendor == "sqlite" else taken > PLACES
    figures(people=PEOPLE, places=PLACES, naively_taken=taken)


def test_one_person_who_taps_many_times_gets_one_place(cast: Cast) -> None:
    slot = event(cast, places=PLACES)
    found = race(count(10, 50), lambda _: sign_up(by=cast.chen, slot=slot))
    assert found.errors == [] and len(found.answers) == 1 and set(found.refusals) == {AlreadyIn}
    assert Offer.objects.filter(slot=slot).count() == 1


def test_families_get_all_their_places_or_none(cast: Cast) -> None:
    """Pairs and threes rush for places that their sizes do not divide."""
    slot, groups = event(cast, places=count(7, 20)), [volunteers(cast, 2 + n % 2) for n in range(count(8, 40))]

    def together(number: int) -> Party:
        first, *family = groups[number]
        return sign_up_together(by=first, slot=slot, family=family, spoken=True)

    found = race(len(groups), together)
    sizes = [party.offers.count() for party in Party.objects.all()]
    assert found.errors == [] and set(found.refusals) == {TooFewPlaces}
    assert len(sizes) == len(found.answers) and sum(sizes) == Offer.objects.filter(slot=slot).count() <= count(7, 20)
    assert all(
        size == len(next(g for g in groups if g[0].pk == party.by_id)) for size, party in zip(sizes, Party.objects.all(), strict=True)
    )


def test_a_rush_into_the_line_keeps_one_order(cast: Cast) -> None:
    slot, people = event(cast, places=1), volunteers(cast, count(20, 200))
    sign_up(by=cast.chen, slot=slot)
    found = race(len(people), lambda n: join_line(by=people[n], slot=slot))
    assert found.errors == [] and found.refusals == []
    assert list(Waiting.objects.values_list("number", flat=True)) == list(range(1, len(people) + 1))


def test_two_clocks_ask_one_of_the_line(cast: Cast) -> None:
    """Two supervisors on one database, and somebody who taps at that moment: one offer for one place."""
    for _ in range(count(3, 30)):
        slot, people = event(cast, places=1), volunteers(cast, 4)
        taken = sign_up(by=people[0], slot=slot)
        for person in people[1:3]:
            join_line(by=person, slot=slot)
        cannot_come(by=people[0], offer=taken)

        def act(number: int, slot: Slot = slot, who: Person = people[3]) -> object:
            return ask_those_waiting() if number < 2 else sign_up(by=who, slot=slot)

        found = race(3, act)
        assert found.errors == [] and Offer.objects.active().filter(slot=slot).count() == 1
        assert Offer.objects.active().get(slot=slot).person == people[1]
        assert Notice.objects.filter(person_id=people[1].pk, kind="place_free").count() == 1


def test_of_three_who_were_asked_one_goes(cast: Cast) -> None:
    for _ in range(count(3, 30)):
        slot, people = cast.slot(), volunteers(cast, 3)
        rows = [
            Appeal.objects.create(seat=cast.seat(slot), person=p, start=cast.at(2, 9), asked_at=cast.at(0, 0), until=cast.at(2, 6))
            for p in people
        ]

        def act(number: int, rows: list[Appeal] = rows) -> Offer:
            return step_in(by=rows[number].person, appeal=rows[number])

        found = race(3, act)
        assert found.errors == [] and len(found.answers) == 1 and set(found.refusals) == {AppealOver}
        assert Offer.objects.active().filter(slot=slot).count() == 1


def swapping(cast: Cast) -> tuple[Person, Person, Offer, Offer]:
    a, b = volunteers(cast, 2)
    mine = cast.offer(cast.slot(), a, state=OfferState.ACCEPTED)
    theirs = sign_up(by=b, slot=event(cast))
    return a, b, mine, theirs


def test_two_who_ask_each_other_to_swap_swap_once(cast: Cast) -> None:
    """Both ask, both agree at the same moment: one of the two is done, and nobody waits for the other for ever."""
    for _ in range(count(3, 30)):
        a, b, mine, theirs = swapping(cast)
        rows = [ask_fellow(by=a, offer=mine, fellow=b, other=theirs), ask_fellow(by=b, offer=theirs, fellow=a, other=mine)]

        def act(number: int, rows: list[Exchange] = rows) -> Exchange:
            return agree(by=rows[number].fellow, exchange=rows[number])

        found = race(2, act)
        assert found.errors == [] and len(found.answers) == 1 and found.refusals == [ExchangeOver]
        assert Offer.objects.active().get(slot=mine.slot_id).person == b and Offer.objects.active().get(slot=theirs.slot_id).person == a


def test_reminders_of_two_clocks_are_given_once(cast: Cast) -> None:
    people = volunteers(cast, count(10, 100))
    slot = event(cast, places=len(people))
    for person in people:
        sign_up(by=person, slot=slot)
    found = race(4, lambda _: remind(now=cast.at(4, 18)))
    assert found.errors == [] and sum(int(str(n)) for n in found.answers) == len(people)
    assert Notice.objects.filter(kind="remind_evening").count() == len(people)


def test_two_events_at_the_same_hour_do_not_both_get_the_same_person(cast: Cast) -> None:
    """Two pages open side by side, both pressed: one yes, and the other page says what is in the way."""
    for person in volunteers(cast, count(3, 30)):
        slots = [event(cast), event(cast, title="另一边引路")]

        def act(number: int, slots: list[Slot] = slots, person: Person = person) -> Offer:
            return sign_up(by=person, slot=slots[number])

        found = race(2, act)
        assert found.errors == [] and len(found.answers) == 1 and found.refusals == [YourTimeClash]
