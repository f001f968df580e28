"""Writing down who was there."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.access import AlreadyAnswered
from doorstep.hub.scheduling.actions.offer import came_after_all, settle
from doorstep.hub.scheduling.models import Offer, OfferState

from ..models import Attendance, Presence
from .hours import hours_from


class NotYet(Refused):
    sentence = _("还没到约好的时间，现在记不了。到时候再来记。")


class OwnVisit(Refused):
    sentence = _("自己去的这一次，要由家里人或社工来确认。")


class NoWitness(Refused):
    sentence = _("来和走没有都扫码，要有家里人或社工说一句才算。请找社工确认。")


@transaction.atomic
def put_right(*, by: Person, offer: Offer, now: datetime) -> Attendance:
    """Somebody was written down as missing, and came after all: by whoever is in charge, never by the one who went."""
    if by.pk == offer.person_id:
        raise OwnVisit
    row = Attendance.objects.select_for_update().get(offer=offer)
    if row.outcome != Attendance.Outcome.NO_SHOW:
        raise AlreadyAnswered
    row.outcome, row.said_by, row.at = Attendance.Outcome.SERVED, by, now
    row.save()
    came_after_all(offer=offer, now=now)
    row.offer = offer
    hours_from(attendance=row, now=now)
    record(actor_id=by.pk, verb="put_right", subject=row, place_id=offer.slot.place_id)
    return row


@transaction.atomic
def record_attendance(
    *, by: Person | None, offer: Offer, outcome: str, channel: str, note: str = "", now: datetime | None = None
) -> Attendance:
    """One line a promised seat: served or not, said by the home or the social worker, never by the one who went.

    By nobody where codes at coming and at leaving say it: a pair of them needs no other witness.
    """
    moment = now or timezone.now()
    if by is None:
        presence = Presence.objects.filter(offer=offer).select_related("offer").first()
        if outcome != Attendance.Outcome.SERVED or presence is None or not presence.pair:
            raise NoWitness
    elif by.pk == offer.person_id:
        raise OwnVisit
    if moment < offer.start:
        raise NotYet
    if offer.state != OfferState.ACCEPTED:
        raise AlreadyAnswered
    try:
        with transaction.atomic():
            row = Attendance.objects.create(offer=offer, outcome=outcome, said_by=by, channel=channel, at=moment, note=note)
    except IntegrityError:
        raise AlreadyAnswered from None
    settle(offer=offer, served=outcome == Attendance.Outcome.SERVED, now=moment)
    hours_from(attendance=row, now=moment)
    record(actor_id=by.pk if by else None, verb="record_attendance", subject=row, place_id=offer.slot.place_id, detail={"outcome": outcome})
    return row
