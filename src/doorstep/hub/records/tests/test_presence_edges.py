"""The edges of a visit: a leaving before it began, a clock beyond midnight, and tries that are counted before they are made."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.models import Notice
from doorstep.hub.records.actions.presence import begin_try, check_in, check_out, end_try, say_left
from doorstep.hub.records.actions.vouching import call_roll, vouch
from doorstep.hub.records.forms.presence import moment_of
from doorstep.hub.records.models import How, Presence
from doorstep.hub.records.refusals import NotBegunYet, TooManyTries
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.testing import Cast

from .coming import came, hours, left, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(cast: Cast) -> Offer:
    return cast.offer(state=OfferState.ACCEPTED)


@pytest.fixture
def late(cast: Cast) -> Offer:
    """A watch from ten in the evening to half past midnight."""
    return cast.offer(cast.slot(windows=[(cast.at(3, 22), cast.at(3, 22))], minutes=150), state=OfferState.ACCEPTED)


def test_who_presses_twice_before_it_begins_has_not_left(offer: Offer) -> None:
    """Else the second press would stand there as a leaving, unseen, and the real one at the end would be refused."""
    came(offer, -20)
    assert "走的时候再按一下" in refused(NotBegunYet, left, offer=offer, minute=-19)
    assert left(offer, 60).left_at == offer.end
    assert (hours().tenths, hours().grade) == (10, "code_pair")


def test_nobody_is_called_gone_before_it_begins(cast: Cast, offer: Offer) -> None:
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start - timedelta(minutes=10))
    refused(NotBegunYet, check_out, by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start - timedelta(minutes=1))
    assert not Notice.objects.filter(kind="presence_waits").exists()


def test_a_clock_beyond_midnight_is_the_next_day(late: Offer) -> None:
    day = timezone.localdate(late.start)
    beyond = timezone.make_aware(datetime.combine(day + timedelta(days=1), time(0, 20)))
    assert moment_of(late, time(0, 20)) == beyond
    assert moment_of(late, time(21, 50)) == timezone.make_aware(datetime.combine(day, time(21, 50)))
    assert moment_of(late, time(9)) == timezone.make_aware(datetime.combine(day, time(9))), "outside of it: on its day, and refused there"
    assert moment_of(late, None) is None


def test_what_begins_just_after_midnight_may_be_come_to_before_it(cast: Cast) -> None:
    early = cast.offer(cast.slot(windows=[(cast.at(3, 0, 30), cast.at(3, 0, 30))]), state=OfferState.ACCEPTED)
    assert moment_of(early, time(23, 45)) == cast.at(2, 23, 45)
    assert moment_of(early, time(0, 25)) == cast.at(3, 0, 25)


def test_who_forgot_after_midnight_says_when_and_it_counts(cast: Cast, late: Offer) -> None:
    came(late)
    at = moment_of(late, time(0, 20))
    assert at is not None
    say_left(by=late.person, offer=late, at=at, now=late.end + timedelta(hours=9))
    vouch(by=cast.zhou, offer=late, now=late.end + timedelta(hours=10))
    assert hours().left == at and hours().tenths > 20


def test_the_sheet_of_a_night_is_typed_back(cast: Cast, late: Offer, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: late.end + timedelta(hours=1))
    zhou = cast.sign_in(client, cast.zhou)
    address = f"{reverse('records:sheet_back')}?place={cast.community.pk}&day={timezone.localdate(late.start).isoformat()}"
    names = [name for name in zhou.get(address).context["form"].fields if name.startswith(("came_", "left_"))]
    assert [name.split("_")[0] for name in names] == ["came", "left"]
    assert zhou.post(address, {"once": "k0", names[0]: "22:00", names[1]: "21:30"}).status_code == 422, "left before coming"
    answer = zhou.post(address, {"once": "k", names[0]: "22:00", names[1]: "00:30"})
    assert answer.status_code == 302
    assert (hours().came, hours().left) == (late.start, late.end)


def test_a_right_code_costs_no_try_and_one_too_many_is_not_looked_at(cast: Cast, offer: Offer) -> None:
    for _ in range(9):
        end_try(by=offer.person, offer=offer, wrong=begin_try(by=offer.person, offer=offer, now=offer.start))
    assert begin_try(by=offer.person, offer=offer, now=offer.start), "the tenth"
    refused(TooManyTries, begin_try, by=offer.person, offer=offer, now=offer.start)
    end_try(by=offer.person, offer=offer, wrong=False)
    assert Presence.objects.get().wrong_codes == 9
    assert begin_try(by=offer.person, offer=offer, now=offer.start)


def test_outside_its_time_nothing_is_counted(cast: Cast, offer: Offer) -> None:
    assert not begin_try(by=offer.person, offer=offer, now=offer.start - timedelta(days=1))
    assert not begin_try(by=cast.zhou, offer=offer, now=offer.start), "who is in charge types what others read out"
    assert not Presence.objects.exists()


def test_the_roll_before_it_begins_takes_only_comings(cast: Cast, offer: Offer) -> None:
    early = offer.start - timedelta(minutes=5)
    assert call_roll(by=cast.zhou, came=[offer], left=[], now=early) == 1
    with pytest.raises(Refused, match="陈国梁：还没到约好的开始时间"):
        call_roll(by=cast.zhou, came=[], left=[offer], now=early)
