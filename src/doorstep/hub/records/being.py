"""When one may come and leave, and where a coming stands: what the pages of presence and its actions both go by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from doorstep.hub.scheduling.models import Offer, OfferState

from .models import Attendance, How, Presence

#: So long before the start one may check in, and so long after the end one may still check in or out.
EARLY, LATE = timedelta(hours=1), timedelta(hours=3)
#: What the phone sends at once counts as now; anything older was kept.
LIVE = timedelta(seconds=15)
#: So long may lie between a code that a phone kept and the press: a photograph of it is looked at later.
FRESH = timedelta(minutes=2)
#: So many codes that do not fit, and the code is not asked again: a million can be tried.
MOST_WRONG = 10
#: Within so many metres of the place a phone is at the place.
REACH_M = 300


@dataclass(frozen=True)
class Kept:
    """An act that a phone kept while it was offline: when it happened, by the phone's clock set right with the last known offset."""

    at: datetime


class Stand(StrEnum):
    """Where somebody's coming stands."""

    EXPECTED = "expected"
    ASKS = "asks"
    HERE = "here"
    FORGOT = "forgot"
    WAITS = "waits"
    SERVED = "served"
    MISSED = "missed"
    AFTER = "after"


def presence_of(offer: Offer) -> Presence | None:
    found: Presence | None = getattr(offer, "presence", None)
    return found


def opens(offer: Offer) -> datetime:
    return offer.start - EARLY


def closes(offer: Offer) -> datetime:
    return offer.end + LATE


def contradicted(offer: Offer) -> bool:
    """Whether a phone sent a coming after somebody had said that nobody came."""
    presence, row = presence_of(offer), getattr(offer, "attendance", None)
    if presence is None or row is None or presence.came_sent_at is None or row.outcome != Attendance.Outcome.NO_SHOW:
        return False
    return bool(presence.came_sent_at > row.at)


def stand_of(offer: Offer, now: datetime) -> Stand:
    """What the page says first of one expected person."""
    presence = presence_of(offer)
    if offer.state == OfferState.SERVED:
        return Stand.SERVED
    if offer.state == OfferState.MISSED:
        return Stand.AFTER if contradicted(offer) else Stand.MISSED
    if presence is None or presence.came_at is None:
        return Stand.EXPECTED
    if presence.left_at is not None:
        return Stand.WAITS
    if now > closes(offer) or timezone.localdate(now) > timezone.localdate(offer.end):
        return Stand.FORGOT
    return Stand.ASKS if presence.came_how == How.UNPROVED else Stand.HERE
