"""What kind of time somebody spent at a slot, how much of it was the planned break, and what was learned there."""

from datetime import datetime

from doorstep.hub.scheduling.models import Activity, Offer

from .. import book
from ..models import Hours, Presence, Training

#: Who stands by at home serves from the moment of being called out and coming.
CALLED = "called_standby"


def kind_of(offer: Offer, presence: Presence | None) -> str:
    """The kind in the rules of hours: as it was announced; a coming is what tells being called from standing by."""
    came = presence is not None and presence.came_at is not None
    return CALLED if offer.slot.activity == Activity.STANDBY and came else offer.slot.activity


def away_of(offer: Offer, presence: Presence | None, came: datetime, left: datetime) -> int:
    """Minutes between coming and leaving that do not count: as the signed sheet says, else the planned break; never more than there were."""
    if presence is None or presence.away is None:
        return offer.slot.pause_within(offer.start, came, left)
    return min(presence.away, max(0, int((left - came).total_seconds() // 60)))


def planned_break(hours: Hours, came: datetime, left: datetime) -> int:
    """Minutes of the slot's planned break within a stretch; none where nothing was planned."""
    if hours.slot is None or hours.attendance is None:
        return 0
    return hours.slot.pause_within(hours.attendance.offer.start, came, left)


def pause_of(hours: Hours) -> tuple[datetime, datetime] | None:
    """From when to when the break was planned."""
    return hours.slot.pause_from(hours.attendance.offer.start) if hours.slot and hours.attendance else None


def learned(hours: Hours) -> None:
    """The learning hours of a slot say what was taught and by whom, once, however they came to be training."""
    if hours.block != book.Block.TRAINING or Training.objects.filter(hours=hours).exists():
        return
    slot = hours.slot
    content, host = (slot.about, slot.host) if slot else ("", "")
    Training.objects.create(hours=hours, content=content or hours.title, host=host or hours.unit.short_name[:60])
