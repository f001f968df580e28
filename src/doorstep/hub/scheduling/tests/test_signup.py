"""Signing up for what is open: who fits gets a place while there is one, and hears in a sentence why not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.actions.person import record_guardian_consent
from doorstep.hub.scheduling.access import NotForYou, NotInsured, SlotClosed, StartGone, YourTimeClash
from doorstep.hub.scheduling.access.refused import (
    AlreadyIn,
    NobodyToLearnFrom,
    NoPlaceLeft,
    NotInsuredYet,
    SignupEnded,
    SignupGone,
    SignupNotOpen,
    YouLackCheck,
    YouLackSkill,
    YourGuardianSaysNo,
)
from doorstep.hub.scheduling.access.signup import get_slot_to_sign_up_for, signups_for
from doorstep.hub.scheduling.actions.announcing import (
    AlreadyOpen,
    NoEmptySeat,
    NotOpen,
    RisksUnsaid,
    add_trainee_seat,
    close_signup,
    open_signup,
)
from doorstep.hub.scheduling.actions.fitness import free_unfit_offers
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import SeatWanted, cancel_slot, forbid, move_slot
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.scheduling.queries import open_slots
from doorstep.hub.scheduling.solving import build_week
from doorstep.hub.testing import Cast

from .events import event, volunteers

pytestmark = pytest.mark.django_db


def test_a_yes_and_a_seat_in_one_act(cast: Cast) -> None:
    offer = sign_up(by=cast.chen, slot=event(cast))
    assert (offer.state, offer.start, offer.answer_recorded_by) == (OfferState.ACCEPTED, cast.at(5, 9), cast.chen)
    assert Entry.objects.get(verb="sign_up").actor_id == cast.chen.pk


def test_no_more_than_there_are_places(cast: Cast) -> None:
    slot, people = event(cast, places=2), volunteers(cast, 3)
    for person in people[:2]:
        sign_up(by=person, slot=slot)
    with pytest.raises(NoPlaceLeft):
        sign_up(by=people[2], slot=slot)
    assert Offer.objects.filter(slot=slot).count() == 2


def test_nobody_signs_up_twice(cast: Cast) -> None:
    slot = event(cast)
    sign_up(by=cast.chen, slot=slot)
    with pytest.raises(AlreadyIn):
        sign_up(by=cast.chen, slot=slot)


def test_what_was_cancelled_takes_nobody(cast: Cast) -> None:
    slot = event(cast)
    cancel_slot(by=cast.zhou, slot=slot)
    with pytest.raises(SignupEnded):
        sign_up(by=cast.chen, slot=slot)


def test_a_slot_that_was_never_opened_takes_nobody(cast: Cast) -> None:
    with pytest.raises(SignupNotOpen):
        sign_up(by=cast.chen, slot=cast.slot())


def test_a_slot_that_was_closed_again_takes_nobody_and_keeps_who_has_signed_up(cast: Cast) -> None:
    slot = cast.slot(seats=[SeatWanted(), SeatWanted()])
    open_signup(by=cast.zhou, slot=slot, start=cast.at(2, 9))
    sign_up(by=cast.chen, slot=slot)
    close_signup(by=cast.zhou, slot=slot)
    with pytest.raises(SignupNotOpen):
        sign_up(by=cast.jiang, slot=slot)
    assert Offer.objects.get(slot=slot).state == OfferState.ACCEPTED


def test_what_has_begun_takes_nobody(cast: Cast) -> None:
    with pytest.raises(SignupGone):
        sign_up(by=cast.chen, slot=event(cast), now=cast.at(5, 9))


def test_who_was_ruled_out_learns_no_more_than_that_it_is_not_for_them(cast: Cast) -> None:
    slot = event(cast)
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    with pytest.raises(NotForYou):
        sign_up(by=cast.chen, slot=slot)
    with pytest.raises(NotForYou):
        get_slot_to_sign_up_for(cast.chen, slot.pk)
    assert not signups_for(cast.chen, cast.at(0, 8)).exists()


def test_a_skill_that_is_not_proven_is_said_with_what_to_do(cast: Cast) -> None:
    slot = event(cast, skill=cast.skill("electrician"), level=2)
    with pytest.raises(YouLackSkill):
        sign_up(by=cast.chen, slot=slot)
    assert sign_up(by=cast.jiang, slot=slot).person == cast.jiang


def test_nobody_unchecked_comes_where_children_are(cast: Cast) -> None:
    slot = event(cast, minor=True)
    with pytest.raises(YouLackCheck):
        sign_up(by=cast.chen, slot=slot)
    assert sign_up(by=cast.tang, slot=slot).person == cast.tang


def test_under_age_only_what_the_guardian_agreed_to(cast: Cast) -> None:
    slot = event(cast, minutes=120)
    assert sign_up(by=cast.ning, slot=slot).person == cast.ning
    late = event(cast, title="夜场收摊", start=cast.at(6, 19), minutes=120)
    with pytest.raises(YourGuardianSaysNo):
        sign_up(by=cast.ning, slot=late)


def test_under_age_never_where_somebody_may_be_hurt(cast: Cast) -> None:
    slot = event(cast, bodily_risk=True, insured=True, risk_note="搬桌子")
    record_guardian_consent(
        by=cast.zhou, person=cast.ning, guardian_name="宁建华", guardian_phone="13900009999", max_minutes=600,
        tasks=[cast.category("culture")], channel="paper",
    )  # fmt: skip
    with pytest.raises(YourGuardianSaysNo):
        sign_up(by=cast.ning, slot=slot)


def test_what_may_hurt_is_insured_first(cast: Cast) -> None:
    with pytest.raises(NotInsuredYet):
        sign_up(by=cast.chen, slot=event(cast, bodily_risk=True, risk_note="搬桌子"))
    assert issubclass(NotInsuredYet, NotInsured)


def test_two_things_at_once_are_refused(cast: Cast) -> None:
    sign_up(by=cast.chen, slot=event(cast))
    with pytest.raises(YourTimeClash):
        sign_up(by=cast.chen, slot=event(cast, title="另一边引路", start=cast.at(5, 10)))


def test_every_refusal_has_a_sentence_that_says_what_next() -> None:
    for refusal in (
        AlreadyIn, NoPlaceLeft, SignupEnded, SignupGone, SignupNotOpen, YouLackCheck, YouLackSkill, YourGuardianSaysNo, NotInsuredYet,
        NobodyToLearnFrom,
    ):  # fmt: skip
        sentence = str(refusal.sentence)
        assert sentence.endswith("。") and len(sentence) > 10 and refusal is not Refused


def test_the_weekly_plan_leaves_it_alone(cast: Cast) -> None:
    slot = event(cast)
    assert slot not in open_slots(cast.monday, cast.district)
    opened = cast.slot()
    assert str(opened.pk) in {need["id"] for need in build_week(place=cast.district, monday=cast.monday)["needs"]}
    open_signup(by=cast.zhou, slot=opened, start=cast.at(2, 9))
    assert build_week(place=cast.district, monday=cast.monday)["needs"] == []


def test_opening_makes_room_where_nobody_was_told(cast: Cast) -> None:
    slot = cast.slot()
    proposed = cast.offer(slot, cast.jiang, state=OfferState.PROPOSED)
    open_signup(by=cast.zhou, slot=slot, start=cast.at(2, 9))
    proposed.refresh_from_db()
    assert proposed.state == OfferState.REPLACED
    assert sign_up(by=cast.chen, slot=slot).start == cast.at(2, 9)
    with pytest.raises(AlreadyOpen):
        open_signup(by=cast.zhou, slot=slot, start=cast.at(2, 9))


def test_what_is_full_of_promises_has_nothing_to_open(cast: Cast) -> None:
    slot = cast.slot()
    cast.offer(slot, cast.chen, state=OfferState.ACCEPTED)
    with pytest.raises(NoEmptySeat):
        open_signup(by=cast.zhou, slot=slot, start=cast.at(2, 9))


def test_an_event_is_cancelled_never_closed(cast: Cast) -> None:
    with pytest.raises(NotOpen):
        close_signup(by=cast.zhou, slot=event(cast))


def test_risks_are_said_before_anybody_signs_up(cast: Cast) -> None:
    with pytest.raises(RisksUnsaid):
        event(cast, bodily_risk=True)
    with pytest.raises(StartGone):
        event(cast, start=cast.at(0, 8) - timedelta(days=30))


def test_only_the_social_worker_of_the_place_announces(cast: Cast) -> None:
    slot = cast.slot()
    with pytest.raises(Refused):
        open_signup(by=cast.wu, slot=slot, start=cast.at(2, 9))
    with pytest.raises(Refused):
        add_trainee_seat(by=cast.chen, slot=slot)


def test_an_event_that_moves_keeps_its_places_and_asks_anew(cast: Cast) -> None:
    slot = event(cast)
    offer = sign_up(by=cast.chen, slot=slot)
    move_slot(by=cast.zhou, slot=slot, windows=[(cast.at(6, 9), cast.at(6, 9))])
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN and Slot.objects.get(pk=slot.pk).signup_at == cast.at(6, 9)
    assert sign_up(by=cast.chen, slot=slot).start == cast.at(6, 9)
    assert Notice.objects.filter(person_id=cast.chen.pk, kind="slot_moved").exists()


def test_whoever_learns_needs_no_skill_and_somebody_to_learn_from(cast: Cast) -> None:
    slot = event(cast, places=1, trainees=1, skill=cast.skill("electrician"), level=2)
    with pytest.raises(NobodyToLearnFrom):
        sign_up(by=cast.chen, slot=slot, trainee=True)
    sign_up(by=cast.jiang, slot=slot)
    assert sign_up(by=cast.chen, slot=slot, trainee=True).seat.trainee


def test_the_plan_neither_fills_nor_misses_a_place_to_learn_on(cast: Cast) -> None:
    slot = cast.slot()
    add_trainee_seat(by=cast.zhou, slot=slot)
    need = build_week(place=cast.district, monday=cast.monday)["needs"][0]
    assert len(need["seats"]) == 1
    cast.offer(slot, cast.chen, state=OfferState.ACCEPTED)
    assert build_week(place=cast.district, monday=cast.monday)["needs"] == []


def test_the_place_is_free_again_when_somebody_cannot_come(cast: Cast) -> None:
    slot = event(cast, places=1)
    cannot_come(by=cast.chen, offer=sign_up(by=cast.chen, slot=slot))
    assert sign_up(by=cast.jiang, slot=slot).state == OfferState.ACCEPTED


def test_a_closed_slot_cannot_be_opened(cast: Cast) -> None:
    slot = cast.slot()
    cancel_slot(by=cast.zhou, slot=slot)
    with pytest.raises(SlotClosed):
        open_signup(by=cast.zhou, slot=slot, start=cast.at(2, 9))


def test_who_fits_is_known_of_each(cast: Cast) -> None:
    for_all, for_electricians = event(cast), event(cast, title="修灯日", skill=cast.skill("electrician"))
    fits = {slot.pk: slot.fits for slot in signups_for(cast.chen, cast.at(0, 8))}  # type: ignore[attr-defined]
    assert fits == {for_all.pk: True, for_electricians.pk: False}
    assert all(slot.fits for slot in signups_for(cast.jiang, cast.at(0, 8)))  # type: ignore[attr-defined]


def test_whoever_learns_waits_when_nobody_is_left_to_learn_from(cast: Cast, client: Client) -> None:
    slot = event(cast, places=1, trainees=1)
    led = sign_up(by=cast.jiang, slot=slot)
    learning = sign_up(by=cast.ning, slot=slot, trainee=True)
    cast.sign_in(client, cast.ning)
    url = reverse("scheduling:offer", args=[learning.pk])
    assert "跟着熟手学" in client.get(url).content.decode()
    cannot_come(by=cast.jiang, offer=led)
    assert "没有熟手，这一次先不去" in client.get(url).content.decode()
    assert free_unfit_offers() == 0 and Offer.objects.get(pk=learning.pk).state == OfferState.ACCEPTED
