"""The things that the addresses of sign-ups name: an event, a promise that is passed on, an appeal, a calendar outside."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.actions.announcing import EventWanted, announce
from doorstep.hub.scheduling.actions.calendar import new_address
from doorstep.hub.scheduling.actions.exchanging import ask_fellow
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.models import Appeal, Exchange, Offer, Slot
from doorstep.hub.testing import Cast


@dataclass
class Signing:
    """陈国梁 has signed up for the event, asks a fellow to go instead, and is asked to step in."""

    event: Slot
    promise: Offer
    exchange: Exchange
    appeal: Appeal
    secret: str


def signed(cast: Cast, who: Person, fellow: Person, place: Place) -> Signing:
    """Announced for Saturday evening, when nobody of the scene has anything else to do."""
    wanted = EventWanted(
        title="桂花节引路", category=cast.category("culture"), start=cast.at(5, 19), minutes=60, where="红梅公园南门", places=3, trainees=1,
    )  # fmt: skip
    event = announce(by=cast.zhou, place=place, wanted=wanted)
    promise = sign_up(by=who, slot=event)
    moment = timezone.now()
    return Signing(
        event=event, promise=promise, exchange=ask_fellow(by=who, offer=promise, fellow=fellow),
        appeal=Appeal.objects.create(
            seat=event.seats.all()[1], person=who, start=cast.at(5, 19), asked_at=moment, until=moment + timedelta(hours=5)
        ),
        secret=new_address(by=who),
    )  # fmt: skip
