"""Proposing the same person for a later week: as a plan would, within what the person offers, and a plan may still do better."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Person, VolunteerProfile

from ..models import Offer, Seat
from ..pool import minute_of
from ..queries import free_time
from .offer import propose


class NotWelcome(Refused):
    sentence = _("他现在不收邀请，先问问他。")


class NotFreeThen(Refused):
    sentence = _("那个时候他没填有空，先问问他，或换一位。")


class WeekFull(Refused):
    sentence = _("那一周他说的次数或时间满了，先问问他，或换一位。")


def check_capacity(seat: Seat, person: Person, start: datetime) -> None:
    """Raises the first refusal that keeps a machine from proposing this person: what he offers is his to say."""
    slot, profile = seat.slot, VolunteerProfile.objects.filter(person=person).first()
    if profile is None or not profile.offers_welcome:
        raise NotWelcome
    first = minute_of(start, slot.week)
    stretches = free_time(slot.week, [person.pk]).get(person.pk, [])
    if not any(begins <= first and first + slot.minutes <= ends for begins, ends in stretches):
        raise NotFreeThen
    booked = list(Offer.objects.active().in_week(slot.week).filter(person=person).exclude(slot=slot).select_related("slot"))
    if len(booked) + 1 > profile.max_visits or sum(o.slot.minutes for o in booked) + slot.minutes > profile.max_minutes:
        raise WeekFull


@transaction.atomic
def propose_ahead(*, by: Person, seat: Seat, person: Person, start: datetime) -> Offer:
    """A proposal for a week to come that nobody has been asked for yet; a plan keeps it unless another pays for the change."""
    if start <= timezone.now():
        raise NotFreeThen
    check_capacity(seat, person, start)
    return propose(by=by, seat=seat, person=person, start=start, reasons=[{"code": "familiar"}, {"code": "free_then"}], pinned=False)
