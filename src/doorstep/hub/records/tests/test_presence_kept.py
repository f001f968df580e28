"""What a phone kept, where it was, and whose it was: proved by the code's half minute, or waiting for somebody's word."""

from datetime import datetime, timedelta

import pytest

from doorstep.hub.journal.models import Notice
from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.models import Person
from doorstep.hub.records.actions.presence import check_in, check_out
from doorstep.hub.records.actions.vouching import did_not_come, stays_missed, vouch
from doorstep.hub.records.being import Kept, Stand, stand_of
from doorstep.hub.records.models import Attendance, Hours, How, Presence
from doorstep.hub.records.queries.presence import words_waited_for
from doorstep.hub.records.refusals import (
    AlreadySettled,
    NothingToConfirm,
    OwnWord,
    TooEarly,
    TooLate,
)
from doorstep.hub.records.tests.coming import MINUTE, away_from_homes, came, hours, left, refused, scanned, whole
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(cast: Cast) -> Offer:
    """陈国梁 has said yes to Wednesday at nine, an hour long."""
    return cast.offer(state=OfferState.ACCEPTED)


def test_a_code_that_a_phone_kept_proves_its_time_three_days_later(offer: Offer) -> None:
    later = offer.start + timedelta(days=3)
    for act, minute in ((check_in, 3), (check_out, 57)):
        at = offer.start + minute * MINUTE
        act(by=offer.person, offer=offer, code=scanned(offer, at), kept=Kept(at + timedelta(seconds=70)), now=later)
    presence = Presence.objects.get()
    # The press was seventy seconds after the code began to be shown: the end of its half minute is the nearest that it proves.
    half = timedelta(seconds=30)
    assert (presence.came_at, presence.left_at) == (offer.start + 3 * MINUTE + half, offer.start + 57 * MINUTE + half)
    assert (presence.came_how, presence.came_sent_at) == (How.SCANNED, later)
    assert (hours().grade, hours().tenths) == ("code_pair", 9)


@pytest.mark.parametrize("code", ["", "123456", "AAAAAAAAAAAAAAAA"])
def test_what_a_phone_kept_without_a_good_code_is_unproved_and_waits(cast: Cast, offer: Offer, code: str) -> None:
    later = offer.start + timedelta(days=3)
    for act, minute in ((check_in, 3), (check_out, 57)):
        act(by=offer.person, offer=offer, code=code, kept=Kept(offer.start + minute * MINUTE), now=later)
    presence = Presence.objects.get()
    assert (presence.came_at, presence.came_how, presence.left_how) == (offer.start + 3 * MINUTE, How.UNPROVED, How.UNPROVED)
    assert not Hours.objects.exists()
    vouch(by=cast.zhou, offer=offer, now=later)
    assert hours().grade == "leader"


def test_coming_and_leaving_within_one_half_minute_of_a_phone_that_was_offline(offer: Offer) -> None:
    now = offer.start + timedelta(seconds=20)
    check_in(by=offer.person, offer=offer, code=scanned(offer, now), now=now)
    pressed = now - timedelta(seconds=2)
    check_out(by=offer.person, offer=offer, code=scanned(offer, now), kept=Kept(pressed), now=now + MINUTE)
    assert Presence.objects.get().left_at == now


def test_a_photographed_code_that_is_pressed_later_proves_nothing(offer: Offer) -> None:
    pressed = offer.start + 20 * MINUTE
    check_in(by=offer.person, offer=offer, code=scanned(offer, offer.start), kept=Kept(pressed), now=pressed + MINUTE)
    assert (Presence.objects.get().came_how, Presence.objects.get().came_at) == (How.UNPROVED, pressed)


def test_a_kept_act_from_outside_the_visit_is_refused(offer: Offer) -> None:
    later = offer.start + timedelta(days=3)
    refused(TooEarly, check_in, by=offer.person, offer=offer, kept=Kept(offer.start - timedelta(days=2)), now=later)
    refused(TooLate, check_in, by=offer.person, offer=offer, kept=Kept(offer.start + timedelta(days=2)), now=later)


def test_a_kept_code_that_comes_after_the_visit_was_written_off_is_not_lost(cast: Cast, offer: Offer) -> None:
    did_not_come(by=cast.zhou, offer=away_from_homes(offer), now=offer.end + timedelta(hours=5))
    came_at = offer.start + MINUTE
    check_in(by=offer.person, offer=offer, code=scanned(offer, came_at), kept=Kept(came_at), now=offer.end + timedelta(days=2))
    assert Presence.objects.get().came_at == came_at and not Hours.objects.exists()
    assert Notice.objects.filter(person_id=cast.zhou.pk, kind="presence_after").count() == 1


def written_off(cast: Cast, offer: Offer) -> datetime:
    """Nobody came, says 周敏; two days later the phone sends what it kept."""
    did_not_come(by=cast.zhou, offer=away_from_homes(offer), now=offer.end + timedelta(hours=5))
    later = offer.end + timedelta(days=2)
    for act, minute in ((check_in, 1), (check_out, 55)):
        at = offer.start + minute * MINUTE
        act(by=offer.person, offer=offer, code=scanned(offer, at), kept=Kept(at), now=later)
    return later


def test_who_was_written_off_and_came_after_all_gets_the_hours(cast: Cast, offer: Offer) -> None:
    later = written_off(cast, offer)
    assert stand_of(whole(offer), later) == Stand.AFTER and words_waited_for([cast.community], later) == 1
    refused(OwnWord, vouch, by=offer.person, offer=offer, now=later)
    vouch(by=cast.zhou, offer=offer, now=later)
    assert (hours().grade, hours().tenths, hours().state) == ("code_pair", 9, "recorded")
    assert (whole(offer).state, Attendance.objects.get().outcome) == (OfferState.SERVED, "served")
    assert words_waited_for([cast.community], later) == 0
    refused(AlreadySettled, vouch, by=cast.zhou, offer=offer, now=later)


def test_who_was_written_off_stays_so_if_asking_shows_it(cast: Cast, offer: Offer) -> None:
    later = written_off(cast, offer)
    stays_missed(by=cast.zhou, offer=offer, now=later + MINUTE)
    assert stand_of(whole(offer), later) == Stand.MISSED and words_waited_for([cast.community], later) == 0
    assert not Hours.objects.exists()
    refused(NothingToConfirm, stays_missed, by=cast.zhou, offer=offer, now=later + MINUTE)


# --- position and the phone's mark -----------------------------------------------------------------------------------------------------


def test_within_reach_is_kept_only_with_consent_and_never_where(offer: Offer) -> None:
    assert came(offer, near=True).came_near is None
    give_consent(person=offer.person, purpose="position", channel="web")
    assert left(offer, near=False).left_near is False
    assert not any("lat" in field.name or "lon" in field.name for field in Presence._meta.get_fields())


def test_one_phone_that_checks_in_many_can_be_seen(cast: Cast) -> None:
    people: list[Person] = [cast.chen, cast.jiang, cast.tang]
    for number, person in enumerate(people):
        came(
            cast.offer(cast.slot(windows=[(cast.at(2, 9 + 2 * number), cast.at(2, 9 + 2 * number))]), person, OfferState.ACCEPTED),
            device="ab" * 16,
        )
    assert Presence.objects.filter(device="ab" * 16).values("offer__person").distinct().count() == 3
