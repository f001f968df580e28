"""What the stories of coming and leaving are told with: a code at its moment, a coming, a leaving, a refusal that leaves nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from doorstep.hub.journal.access import Refused
from doorstep.hub.records import book
from doorstep.hub.records.actions.presence import check_in, check_out
from doorstep.hub.records.models import Hours, Presence
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import ActivityWanted
from doorstep.hub.scheduling.models import Offer, Slot
from doorstep.hub.scheduling.tests.events import event
from doorstep.hub.testing import Cast

MINUTE = timedelta(minutes=1)


def scanned(offer: Offer, now: datetime) -> str:
    return book.code_at(offer.slot_id, now).scanned


def told(offer: Offer, now: datetime) -> str:
    return book.code_at(offer.slot_id, now).spoken


def came(offer: Offer, minute: int = 0, **more: object) -> Presence:
    now = offer.start + minute * MINUTE
    return check_in(by=offer.person, offer=offer, code=scanned(offer, now), now=now, **more)  # type: ignore[arg-type]


def left(offer: Offer, minute: int = 60, **more: object) -> Presence:
    now = offer.start + minute * MINUTE
    return check_out(by=offer.person, offer=offer, code=scanned(offer, now), now=now, **more)  # type: ignore[arg-type]


def hours() -> Hours:
    return Hours.objects.get()


def refused(sentence: type[Refused], act: object, **said: object) -> str:
    before = list(Presence.objects.values())
    with pytest.raises(sentence) as caught:
        act(**said)  # type: ignore[operator]
    assert list(Presence.objects.values()) == before and str(caught.value.sentence)
    return str(caught.value.sentence)


def away_from_homes(offer: Offer) -> Offer:
    """The same visit at the station: no home waits there."""
    Slot.objects.filter(pk=offer.slot_id).update(household=None)
    return Offer.objects.select_related("slot__place", "person").get(pk=offer.pk)


def whole(offer: Offer) -> Offer:
    return Offer.objects.select_related("attendance", "presence", "slot__place", "person").get(pk=offer.pk)


def promised(cast: Cast, minutes: int = 120, **what: Any) -> Offer:
    """陈国梁 signed up for what was announced for Thursday at nine."""
    slot = event(cast, title="游园会", start=cast.at(3, 9), minutes=minutes, what=ActivityWanted(**what))
    sign_up(by=cast.chen, slot=slot)
    return Offer.objects.select_related("slot__place", "person").get(slot=slot, person=cast.chen)
