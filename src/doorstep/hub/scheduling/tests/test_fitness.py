"""Who may not go any more is not left standing on a seat: the clock frees it, and everybody concerned is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.actions.volunteer import end_membership
from doorstep.hub.people.models import Clearance, Consent, Credential, Membership, Role
from doorstep.hub.scheduling.actions.fitness import free_if_unfit, free_unfit_offers
from doorstep.hub.scheduling.actions.offer import withdraw_offer
from doorstep.hub.scheduling.actions.slot import SeatWanted, record_home_answer
from doorstep.hub.scheduling.board import line_of
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Slot
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.both_databases
AFTERNOON = 14


def lessons(cast: Cast) -> Slot:
    """唐颖's kind of visit: a child is there, and the seat asks for a tutor."""
    when = [(cast.at(2, AFTERNOON), cast.at(2, AFTERNOON + 1))]
    return cast.slot(title="补数学", minor=True, windows=when, seats=[SeatWanted(skill=cast.skill("tutoring"))])


def leave(cast: Cast) -> None:
    """陈国梁 stopped yesterday."""
    Membership.objects.filter(person=cast.chen).update(until=timezone.localdate() - timedelta(days=1))


def after(offer: Offer) -> str:
    offer.refresh_from_db()
    return offer.state


def told(person_id: UUID) -> list[str]:
    return list(Notice.objects.filter(person_id=person_id).values_list("kind", flat=True))


@pytest.mark.parametrize(("before", "left"), [("proposed", "replaced"), ("sent", "unable"), ("accepted", "unable")])
def test_who_helps_nowhere_any_more_stands_on_no_seat(cast: Cast, before: str, left: str) -> None:
    offer = cast.offer(state=before)
    assert free_unfit_offers() == 0
    leave(cast)
    assert free_unfit_offers() == 1
    assert after(offer) == left
    assert ("offer_unable" in told(cast.chen.pk)) == (left == "unable")
    assert "helper_unable" in told(cast.zhou.pk)
    assert free_unfit_offers() == 0
    assert Entry.objects.filter(verb="free_unfit").count() == 1


def test_whoever_stops_is_freed_of_what_comes_after_the_last_day(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    end_membership(by=cast.zhou, profile=cast.chen.volunteer, place=cast.community)
    assert free_unfit_offers() == 1
    assert after(offer) == OfferState.UNABLE


def test_who_still_helps_elsewhere_keeps_the_promise(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    appoint(by=None, person=cast.chen, role=Role.VOLUNTEER, place=cast.other_community, since=timezone.localdate())
    Membership.objects.filter(person=cast.chen, place=cast.community).update(until=timezone.localdate() - timedelta(days=1))
    assert free_unfit_offers() == 0
    assert after(offer) == OfferState.ACCEPTED


@pytest.mark.parametrize("lost", ["credential revoked", "credential ends before", "clearance ends before", "clearance lost"])
def test_a_proof_that_is_gone_on_the_day_opens_the_seat(cast: Cast, lost: str) -> None:
    offer = cast.offer(lessons(cast), cast.tang, OfferState.ACCEPTED)
    assert free_unfit_offers() == 0
    eve = cast.monday + timedelta(days=1)
    if lost == "credential revoked":
        Credential.objects.filter(person=cast.tang).update(revoked_on=timezone.localdate())
    elif lost == "credential ends before":
        Credential.objects.filter(person=cast.tang).update(expires_on=eve)
    elif lost == "clearance ends before":
        Clearance.objects.filter(person=cast.tang).update(expires_on=eve)
    else:
        Clearance.objects.filter(person=cast.tang).update(passed=False)
    assert free_unfit_offers() == 1
    assert after(offer) == OfferState.UNABLE


def test_a_proof_that_lasts_through_the_day_is_enough(cast: Cast) -> None:
    cast.offer(lessons(cast), cast.tang, OfferState.ACCEPTED)
    Clearance.objects.filter(person=cast.tang).update(expires_on=cast.monday + timedelta(days=2))
    assert free_unfit_offers() == 0


def test_a_guardian_who_takes_the_consent_back_is_heeded(cast: Cast) -> None:
    slot = cast.slot(windows=[(cast.at(2, AFTERNOON), cast.at(2, AFTERNOON + 1))])
    offer = cast.offer(slot, cast.ning, OfferState.ACCEPTED)
    assert free_unfit_offers() == 0
    Consent.objects.filter(pk=cast.ning.guardian_consent.consent_id).update(withdrawn_at=timezone.now())
    assert free_unfit_offers() == 1
    assert after(offer) == OfferState.UNABLE


def test_the_home_that_agreed_is_asked_again(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    record_home_answer(by=cast.zhou, slot=offer.slot, answer=HomeAnswer.AGREED, channel="phone")
    leave(cast)
    free_unfit_offers()
    slot = Slot.objects.get(pk=offer.slot_id)
    assert slot.home_answer == HomeAnswer.NOT_ASKED
    assert "helper_changes" in told(cast.shen.pk)


def test_what_has_begun_is_left_to_people(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    leave(cast)
    assert free_unfit_offers(now=offer.start) == 0
    assert after(offer) == OfferState.ACCEPTED


def test_an_offer_that_moved_on_meanwhile_is_left_alone(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    leave(cast)
    withdraw_offer(by=cast.zhou, offer=offer)
    assert not free_if_unfit(offer_id=offer.pk, now=timezone.now())
    assert after(offer) == OfferState.WITHDRAWN


def test_the_desk_sees_a_gap_with_its_reason_and_the_volunteer_a_kind_word(client: Client, cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    leave(cast)
    free_unfit_offers()
    assert line_of(Slot.objects.get(pk=offer.slot_id)).kind == "cannot"
    desk = cast.sign_in(client, cast.zhou).get(reverse("scheduling:slot", args=[offer.slot_id])).content.decode()
    assert "陈国梁那天去不成了：登记、证件或查询不在有效期里" in desk
    page = cast.sign_in(client, cast.chen).get(reverse("scheduling:offer", args=[offer.pk])).content.decode()
    assert "这一次先请别人去" in page


def test_once_renewed_the_same_person_may_be_asked_again(cast: Cast) -> None:
    slot = lessons(cast)
    cast.offer(slot, cast.tang, OfferState.ACCEPTED)
    Clearance.objects.filter(person=cast.tang).update(passed=False)
    free_unfit_offers()
    Clearance.objects.filter(person=cast.tang).update(passed=True)
    assert cast.offer(slot, cast.tang).state == OfferState.SENT
