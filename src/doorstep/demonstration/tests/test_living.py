"""A loaded community is planned and comes alive, whatever day it is."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from doorstep.demonstration.draw import draw
from doorstep.demonstration.living import enliven, make_plan
from doorstep.demonstration.load import load
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.needs.queries import to_follow_up
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.models import Offer, OfferState, PlanGap, Slot, SlotState


def said_nothing(_words: str) -> None:
    pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    [datetime(2026, 11, 29, 15, 30, tzinfo=UTC), datetime(2026, 11, 30, 0, 10, tzinfo=UTC), datetime(2026, 11, 26, 3, 0, tzinfo=UTC)],
    ids=["sunday night", "monday morning", "thursday"],
)
def test_the_cast_has_a_lively_week(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is set; everything else is real."""
    monkeypatch.setattr(timezone, "now", lambda: now)
    today = timezone.localdate(now)
    monday = today + timedelta(days=7 - today.weekday())
    load(draw("community", 1, monday, now), progress=said_nothing, seed=1, size="community")
    plan = make_plan(monday=monday, seed=1, show=said_nothing)
    told = enliven(monday=monday, show=said_nothing)

    assert plan["broken_rules"] == 0
    assert plan["met"] > 0.6 * plan["asked"]  # type: ignore[operator]
    assert min(told["sent"], told["yes"], told["no"], told["cannot come"]) > 0
    assert told["events"] == 7 and told["signed up"] >= 8 and told["in line"] >= 1
    chen = Person.objects.get(name="陈国梁", account__isnull=False)
    states = Counter(chen.offers.filter(start__gte=now).values_list("state", flat=True))
    assert states[OfferState.SENT] >= 1 and states[OfferState.ACCEPTED] >= 2
    assert all(offer.reasons for offer in chen.offers.filter(state=OfferState.SENT))
    rail = Slot.objects.get(title="给沈阿姨家装厕所扶手", week=monday, state=SlotState.OPEN)
    assert PlanGap.objects.filter(slot=rail).exists()
    home = Place.objects.get(slug="dongtou")
    assert Need.objects.filter(community=home, state=NeedState.NEW).count() >= 4
    assert to_follow_up(home, today + timedelta(days=1)).exists()
    assert set(Offer.objects.filter(plan__isnull=False, answered_at__isnull=False).values_list("answer_channel", flat=True)) == {
        "web",
        "phone",
    }
