"""The weeks of one series, as the social worker sees them: which visit, who is proposed or has said yes, what is still open."""

from dataclasses import dataclass
from datetime import date

from doorstep.hub.scheduling.models import Offer, Slot, SlotState
from doorstep.hub.scheduling.queries import active_offers_on

from .models import Need

OPEN = (SlotState.OPEN, SlotState.HELD)


@dataclass(frozen=True)
class WeekAhead:
    """One week of the series."""

    week: date
    slot: Slot
    offers: list[Offer]
    seats: int
    own: bool

    @property
    def missing(self) -> int:
        return max(0, self.seats - len(self.offers))

    @property
    def is_open(self) -> bool:
        return self.slot.state in OPEN


def weeks_ahead(need: Need) -> list[WeekAhead]:
    """The need's own week and all others of its series, the earliest first; three queries."""
    mine = Slot.objects.filter(occasion__need=need)
    if need.series_id:
        mine = Slot.objects.filter(occasion__need__series=need.series_id)
    slots = list(mine.exclude(state=SlotState.CANCELLED).order_by("week").select_related("occasion").prefetch_related("seats"))
    offers = active_offers_on(slots)
    return [
        WeekAhead(slot.week, slot, offers[slot.pk], sum(not seat.trainee for seat in slot.seats.all()), slot.occasion.need_id == need.pk)
        for slot in slots
    ]


def still_to_come(rows: list[WeekAhead]) -> list[WeekAhead]:
    """The open weeks after the need's own: what ending the series takes back."""
    last = max((row.week for row in rows if row.own), default=date.max)
    return [row for row in rows if row.is_open and row.week > last]
