"""Many people act at the same moment: one seat, one yes; one form, one effect; and a naive variant shows that the race is real."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from doorstep.hub.journal.access import KeyReused, Stale
from doorstep.hub.journal.models import Claim, Entry, Notice
from doorstep.hub.needs.actions.asking import cancel_need
from doorstep.hub.needs.actions.closing import record_visit
from doorstep.hub.needs.actions.series import AllThere, publish_ahead
from doorstep.hub.needs.models import Need
from doorstep.hub.people.models import Membership, Person, Role, VolunteerProfile
from doorstep.hub.scheduling.access import AlreadyAnswered, SeatAsked, SeatTaken, TimeClash
from doorstep.hub.scheduling.actions.fitness import free_unfit_offers
from doorstep.hub.scheduling.actions.offer import accept, decline, lapse_overdue, propose, send_offer, withdraw_offer
from doorstep.hub.scheduling.actions.plan import Outcome, Proposed, request_plan, store_plan, take_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted, move_slot
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, Seat, Slot
from doorstep.hub.testing import Cast
from doorstep.hub.web.acting import once
from tests.racing import Figures, count, race

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db(transaction=True)]

REPEATS = count(1, 20)


def crowd(cast: Cast, size: int) -> list[Person]:
    """So many volunteers of the community, free to be asked."""
    people = Person.objects.bulk_create(Person(name=f"志愿者{number}", gender="f") for number in range(size))
    since = cast.monday.replace(year=cast.monday.year - 1)
    Membership.objects.bulk_create(
        Membership(person=p, role=Role.VOLUNTEER, place=cast.community, since=since, led_by=cast.zhou) for p in people
    )
    VolunteerProfile.objects.bulk_create(
        VolunteerProfile(person=p, number=f"R{number:06d}", kind="support", lat=31.78, lon=119.93, max_visits=9, max_minutes=900)
        for number, p in enumerate(people)
    )
    return people


def staffed(seat: Seat, person: Person, cast: Cast) -> Offer:
    """The whole way onto a seat: proposed, asked, accepted."""
    offer = propose(by=cast.zhou, seat=seat, person=person, start=cast.at(2, 9))
    send_offer(by=cast.zhou, offer=offer)
    return accept(by=person, offer=offer)


def seats_of(slot: Slot) -> list[Seat]:
    return list(Seat.objects.select_related("slot__place").filter(slot=slot))


@pytest.mark.parametrize("repeat", range(REPEATS))
def test_so_many_places_so_many_people_and_not_one_more(cast: Cast, figures: Figures, repeat: int) -> None:
    places, people = count(4, 20), crowd(cast, count(50, 500))
    seats = seats_of(cast.slot(seats=[SeatWanted() for _ in range(places)]))
    found = race(len(people), lambda n: staffed(seats[n % places], people[n], cast))
    accepted = Offer.objects.filter(state=OfferState.ACCEPTED)
    assert found.errors == []
    assert (
        accepted.count()
        == places
        == len(set(accepted.values_list("seat_id", flat=True)))
        == len(set(accepted.values_list("person_id", flat=True)))
    )
    assert len(found.answers) == places and set(found.refusals) <= {SeatAsked, SeatTaken, AlreadyAnswered}
    assert found.slowest() < count(20, 10)
    figures(people=len(people), places=places, accepted=accepted.count(), errors=len(found.errors), p99_seconds=round(found.slowest(), 2))


@pytest.fixture
def without_the_constraint() -> Iterator[None]:
    """The table without the line of defence that the race is about; what the test wrote is removed before it comes back."""
    wanted = [c for c in Offer._meta.constraints if c.name == "one_active_offer_a_seat"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Offer, wanted[0])
    yield
    Offer.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Offer, wanted[0])


def test_a_naive_look_then_take_oversells_on_postgresql(cast: Cast, figures: Figures, without_the_constraint: None) -> None:
    """Without the constraint, looking before taking is not enough: if this fails, the race test above could not see a race."""
    seat, people = cast.seat(cast.slot()), crowd(cast, 30)

    def naive(number: int) -> bool:
        with transaction.atomic():
            if Offer.objects.active().filter(seat=seat).exists():
                return False
            time.sleep(0.02)
            Offer.objects.create(slot=seat.slot, seat=seat, person=people[number], start=cast.at(2, 9))
            return True

    found = race(len(people), naive)
    taken = Offer.objects.active().filter(seat=seat).count()
    assert found.errors == [] and taken == found.answers.count(True)
    # SQLite's IMMEDIATE transactions queue, so that even the naive variant is safe there.
    assert taken == 1 if connection.vendor == "sqlite" else taken > 1
    figures(people=len(people), places=1, naively_taken=taken)


def test_a_double_tap_on_yes_is_one_yes(cast: Cast) -> None:
    offer = cast.offer()
    found = race(count(10, 50), lambda _: accept(by=cast.chen, offer=Offer.objects.select_related("slot").get(pk=offer.pk)))
    assert found.errors == [] and len(found.answers) == 1 and set(found.refusals) == {AlreadyAnswered}
    assert Entry.objects.filter(verb="accept", subject_id=str(offer.pk)).count() == 1


def test_yes_and_no_at_once_is_one_of_them(cast: Cast) -> None:
    offer = cast.offer()

    def answer(number: int) -> str:
        fresh = Offer.objects.select_related("slot").get(pk=offer.pk)
        accept(by=cast.chen, offer=fresh) if number % 2 else decline(by=cast.chen, offer=fresh)
        return "yes" if number % 2 else "no"

    found = race(10, answer)
    offer.refresh_from_db()
    assert found.errors == [] and len(found.answers) == 1
    assert offer.state == (OfferState.ACCEPTED if found.answers == ["yes"] else OfferState.DECLINED)
    assert Entry.objects.filter(verb__in=("accept", "decline")).count() == 1


def test_a_yes_by_phone_is_never_overwritten_by_the_lapse(cast: Cast) -> None:
    """The reply time is just over; the social worker writes the yes down while the tidying runs."""
    for _ in range(count(3, 30)):
        offer = cast.offer(cast.slot(windows=[(cast.at(2, 9), cast.at(2, 10))]), person=crowd_of_one(cast))
        late = offer.reply_by

        def act(number: int, offer: Offer = offer, late: object = late) -> str:
            moment = late.replace(year=late.year + 1)  # type: ignore[attr-defined]
            if number:
                lapse_overdue(now=moment)
                return "lapsed"
            accept(by=cast.zhou, offer=Offer.objects.select_related("slot").get(pk=offer.pk), channel="phone")
            return "yes"

        found = race(4, act)
        offer.refresh_from_db()
        assert found.errors == []
        assert offer.state == (OfferState.ACCEPTED if "yes" in found.answers else OfferState.LAPSED)


def test_a_yes_and_its_withdrawal_at_once_leave_the_home_informed(cast: Cast) -> None:
    """Whichever comes first: whoever had heard that somebody comes hears that it changes."""
    for _ in range(count(3, 30)):
        slot = cast.slot(windows=[(cast.at(2, 9), cast.at(2, 10))])
        offer = cast.offer(slot, person=crowd_of_one(cast))

        def act(number: int, offer: Offer = offer) -> str:
            page = Offer.objects.select_related("slot").get(pk=offer.pk)
            if number:
                withdraw_offer(by=cast.zhou, offer=page)
                return "back"
            accept(by=page.person, offer=page)
            return "yes"

        found = race(2, act)
        heard = Counter(Notice.objects.filter(subject_id=str(slot.pk)).values_list("kind", flat=True))
        offer.refresh_from_db()
        assert found.errors == [] and offer.state == OfferState.WITHDRAWN
        assert heard["somebody_comes"] == heard["helper_changes"] == found.answers.count("yes")


def test_a_yes_of_who_may_not_go_any_more_leaves_no_one_on_the_seat_and_the_home_informed(cast: Cast) -> None:
    """The role is gone and the clock frees the seat while the person says yes: either order ends alike."""
    for _ in range(count(3, 30)):
        slot = cast.slot(windows=[(cast.at(2, 9), cast.at(2, 10))])
        offer = cast.offer(slot, person=crowd_of_one(cast))
        Membership.objects.filter(person=offer.person).delete()

        def act(number: int, offer: Offer = offer) -> str:
            if number:
                return "freed" if free_unfit_offers() else "nothing"
            accept(by=offer.person, offer=Offer.objects.select_related("slot").get(pk=offer.pk))
            return "yes"

        found = race(3, act)
        heard = Counter(Notice.objects.filter(subject_id=str(slot.pk)).values_list("kind", flat=True))
        offer.refresh_from_db()
        assert found.errors == [] and offer.state == OfferState.UNABLE
        assert found.answers.count("freed") == 1
        assert heard["somebody_comes"] == heard["helper_changes"] == found.answers.count("yes")


def test_a_visit_in_vain_is_noted_once_and_never_beside_its_cancellation(cast: Cast) -> None:
    """The home taps "nobody came" and "never mind" at once: the need goes on with one new occasion, or has ended with none."""
    for _ in range(count(3, 30)):
        need = cast.need()
        slot = cast.checked(need, windows=[(cast.at(2, 9), cast.at(2, 10))])
        offer = cast.offer(slot, person=crowd_of_one(cast), state=OfferState.ACCEPTED)

        def act(number: int, need: Need = need, slot: Slot = slot, offer: Offer = offer) -> str:
            if number % 2:
                cancel_need(by=cast.shen, need=need)
                return "cancelled"
            page = Offer.objects.select_related("slot").get(pk=offer.pk)
            record_visit(by=cast.shen, need=need, slot=slot, outcomes={page: "no_show"}, channel="web", now=cast.at(2, 12))
            return "in vain"

        found = race(6, act)
        need.refresh_from_db()
        states = Counter(Slot.objects.filter(occasion__need=need).values_list("state", flat=True))
        assert found.errors == [] and found.answers.count("in vain") <= 1 and found.answers.count("cancelled") == 1
        # Taken back last or first, nothing of it is left open.
        assert need.state == "cancelled" and states["open"] == 0 and sum(states.values()) == len(found.answers)


def crowd_of_one(cast: Cast) -> Person:
    Person.objects.filter(name="志愿者0").update(name=f"早来的{uuid4().hex[:6]}")
    VolunteerProfile.objects.filter(number="R000000").update(number=f"Q{uuid4().hex[:6]}")
    return crowd(cast, 1)[0]


def test_one_slot_keeps_one_start_however_many_propose(cast: Cast) -> None:
    """Two seats, two social workers, two different times at once: all who stand on the slot come at the same time."""
    people = crowd(cast, 8)
    seats = seats_of(cast.slot(seats=[SeatWanted(), SeatWanted()], windows=[(cast.at(2, 9), cast.at(2, 12))]))

    def put(number: int) -> Offer:
        offer = propose(by=cast.zhou, seat=seats[number % 2], person=people[number], start=cast.at(2, 9 + number % 2))
        return send_offer(by=cast.zhou, offer=offer)

    found = race(len(people), put)
    starts = set(Offer.objects.filter(state__in=(OfferState.SENT, OfferState.ACCEPTED)).values_list("start", flat=True))
    assert found.errors == [] and len(starts) == 1 and set(found.refusals) <= {SeatAsked, SeatTaken, AlreadyAnswered, TimeClash}


def test_fifty_ask_at_once_and_each_is_heard(cast: Cast, figures: Figures) -> None:
    asks = count(50, 500)
    found = race(asks, lambda n: cast.need(own_words=f"第 {n} 件事"))
    assert not found.errors and not found.refusals
    assert len(set(Need.objects.values_list("own_words", flat=True))) == asks == Entry.objects.filter(verb="ask").count()
    figures(asked=asks, errors=0, p99_seconds=round(found.slowest(), 2))


def send_form(cast: Cast, key: str, words: str) -> str:
    """A form as a page sends it, with its one-time key."""
    request = RequestFactory().post("/ask/", {"once": key, "own_words": words})
    request.reader = cast.shen  # type: ignore[attr-defined]
    return once(request, lambda: f"/requests/{cast.need(own_words=words).pk}/")


def test_the_same_form_many_times_at_once_is_one_effect_and_one_answer(cast: Cast) -> None:
    found = race(50, lambda _: send_form(cast, "k1", "灯坏了"))
    assert not found.errors and not found.refusals
    assert set(found.answers) == {f"/requests/{Need.objects.get().pk}/"}


def test_a_used_key_with_other_words_is_refused(cast: Cast) -> None:
    found = race(20, lambda n: send_form(cast, "k1", f"第 {n % 2} 种说法"))
    assert found.errors == [] and set(found.refusals) == {KeyReused}
    assert Need.objects.count() == 1 and len(found.answers) == len(found.refusals) == 10


def test_forms_sent_again_in_any_order_act_once_each(cast: Cast, figures: Figures) -> None:
    """As a phone's queue does after days without a net: each form again and again, in no order."""
    forms, sendings, rng = count(20, 1000), count(200, 10_000), Random(1)
    order = [rng.randrange(forms) for _ in range(sendings)]
    found = race(sendings, lambda n: send_form(cast, f"key-{order[n]}", f"第 {order[n]} 件事"), at_once=8)
    assert not found.errors and not found.refusals
    by_words = Counter(Need.objects.values_list("own_words", flat=True))
    assert by_words == Counter({f"第 {form} 件事": 1 for form in set(order)})
    assert Claim.objects.count() == len(by_words)
    figures(sendings=sendings, forms=len(by_words), doubled=sum(by_words.values()) - len(by_words))


def test_an_act_that_fails_gives_its_key_back(cast: Cast) -> None:
    request = RequestFactory().post("/ask/", {"once": "k1", "own_words": "灯坏了"})
    request.reader = cast.shen  # type: ignore[attr-defined]
    with pytest.raises(Stale):
        once(request, lambda: (_ for _ in ()).throw(Stale))
    assert send_form(cast, "k1", "灯坏了") and Need.objects.count() == 1


def test_of_two_editors_one_hears_that_the_page_was_stale(cast: Cast) -> None:
    slot = cast.slot()
    seen = Slot.objects.get(pk=slot.pk).version

    def move(number: int) -> int:
        move_slot(by=cast.zhou, slot=slot, windows=[(cast.at(3, 8 + number), cast.at(3, 9 + number))], seen=seen)
        return number

    found = race(count(8, 12), move)
    assert found.errors == [] and len(found.answers) == 1 and set(found.refusals) == {Stale}
    window = Slot.objects.get(pk=slot.pk).windows.get()
    assert window.earliest == cast.at(3, 8 + int(str(found.answers[0])))
    assert Slot.objects.get(pk=slot.pk).version == seen + 1


def test_a_plan_is_taken_by_one_worker(cast: Cast) -> None:
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday)
    found = race(20, lambda _: take_plan(plan_id=plan.pk) is not None)
    assert found.errors == [] and found.answers.count(True) == 1
    plan.refresh_from_db()
    assert plan.fence == 1


def test_a_naive_read_then_save_gives_a_plan_to_many(cast: Cast) -> None:
    """The control of the test above: reading the state and saving the row lets several workers in on PostgreSQL."""
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday)

    def naive(_: int) -> bool:
        with transaction.atomic():
            row = Plan.objects.get(pk=plan.pk)
            if row.state != Plan.State.QUEUED:
                return False
            time.sleep(0.02)
            row.state = Plan.State.RUNNING
            row.save()
            return True

    taken = race(20, naive).answers.count(True)
    assert taken == 1 if connection.vendor == "sqlite" else taken > 1


def test_a_plan_that_is_stored_while_people_act_is_stored_all_the_same(cast: Cast) -> None:
    """Whoever was put on a seat by hand meanwhile stays; the plan's other proposals stand beside."""
    people = crowd(cast, 10)
    for _ in range(count(3, 30)):
        seats = [cast.seat(cast.slot()) for _ in range(5)]
        plan = take_plan(plan_id=request_plan(by=cast.zhou, place=cast.district, week=cast.monday).pk)
        assert plan
        proposals = [Proposed(s.slot_id, s.pk, people[n + 5].pk, cast.at(2, 9)) for n, s in enumerate(seats)]
        outcome = Outcome(1.0, 1.0, 5, 5, 0, 1.0, proposals, [], b"", b"", {})

        def act(number: int, plan: Plan = plan, outcome: Outcome = outcome, seats: list[Seat] = seats) -> object:
            if number == 0:
                return store_plan(plan=plan, outcome=outcome)
            return propose(by=cast.zhou, seat=seats[number - 1], person=people[number - 1], start=cast.at(2, 9))

        found = race(6, act)
        assert found.errors == []
        plan.refresh_from_db()
        active = Offer.objects.active().filter(seat__in=seats)
        assert plan.state == Plan.State.READY and active.count() == len(seats)


def test_asking_twice_for_the_plan_of_a_week_is_one_plan(cast: Cast) -> None:
    found = race(20, lambda _: request_plan(by=cast.zhou, place=cast.district, week=cast.monday).pk)
    assert found.errors == [] and len(set(found.answers)) == 1 == Plan.objects.count()


def test_the_coming_weeks_are_opened_once_from_whichever_week_of_the_series(cast: Cast) -> None:
    need = cast.need()
    cast.checked(need)
    publish_ahead(by=cast.zhou, need=need, weeks=1)
    weeks = list(Need.objects.filter(series__isnull=False).order_by("occasions__slot__week"))
    found = race(2, lambda n: publish_ahead(by=cast.zhou, need=weeks[n], weeks=4 - n))
    opened = list(Slot.objects.values_list("week", flat=True))
    assert found.errors == [] and len(weeks) == 2 and set(found.refusals) <= {AllThere}
    assert sorted(opened) == [cast.monday + timedelta(weeks=n) for n in range(5)]
