"""From half a year of visits to hours: most known by codes, some by somebody's word, a few filled in afterwards by two people."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from doorstep.demonstration.asking import SHANGHAI
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.places import HOME
from doorstep.demonstration.rows import AttendanceRow, Drawn, OfferRow, SlotRow
from doorstep.hub.people.models import Place
from doorstep.hub.records.actions.laying import Served, lay_hours

MINUTE = timedelta(minutes=1)
#: Who carries a phone that scans; how the hours of the others are known.
WITH_PHONE = 0.7
PHONE, PAPER = {"pair": 64, "one": 19, "word": 13, "filled": 4}, {"word": 90, "filled": 10}
VERIFIED = 0.2
#: A code holds for half a minute.
STEP = 30


class PresenceRow(NamedTuple):
    id: UUID
    offer_id: UUID
    came_at: datetime | None
    came_how: str
    came_by_id: UUID | None
    came_step: int | None
    left_at: datetime | None
    left_how: str
    left_by_id: UUID | None
    left_step: int | None
    device: str


class Recording:
    """Draws how each visit was recorded; a drawing of its own, so that the district stays what its seed says."""

    def __init__(self, drawn: Drawn, now: datetime) -> None:
        self.chance, self.now = Chance(drawn.seed * 7919 + 4), now
        self.offers: dict[UUID, OfferRow] = {row.id: row for row in drawn.rows("offers")}
        self.slots: dict[UUID, SlotRow] = {row.id: row for row in drawn.rows("slots")}
        self.leads: dict[UUID, list[UUID]] = defaultdict(list)
        for held in drawn.rows("memberships"):
            if held.role == "social_worker" and held.until is None:
                self.leads[held.place_id].append(held.person_id)
        self.visits: list[AttendanceRow] = [row for row in drawn.rows("attendances") if row.outcome == "served"]
        self.presences: list[PresenceRow] = []
        self.home: UUID = next(row.id for row in drawn.places["places"] if row.code == HOME)
        self._phones: dict[UUID, bool] = {}
        self._free_from: dict[UUID, datetime] = {}

    def served(self) -> list[Served]:
        ordered = sorted(self.visits, key=lambda row: (self.offers[row.offer_id].start, row.id))
        found = [one for row in ordered if (one := self._one(row)) is not None]
        self._shared_phone()
        return found

    def _shared_phone(self) -> None:
        """One morning in the cast's community somebody checked in two others who had left their phones at home."""
        days: dict[date, dict[UUID, int]] = defaultdict(dict)
        for number, row in enumerate(self.presences):
            if row.came_at and self.slots[self.offers[row.offer_id].slot_id].place_id == self.home:
                days[row.came_at.astimezone(SHANGHAI).date()].setdefault(self.offers[row.offer_id].person_id, number)
        recent = self.now - timedelta(weeks=11)
        many = [day for day in sorted(days) if len(days[day]) >= 3 and day > recent.date()]
        if many:
            first, *others = list(days[many[-1]].values())[:3]
            for number in others:
                self.presences[number] = self.presences[number]._replace(device=self.presences[first].device)

    def _one(self, row: AttendanceRow) -> Served | None:
        chance, offer = self.chance, self.offers[row.offer_id]
        slot, person = self.slots[offer.slot_id], offer.person_id
        phone = self._phones.setdefault(person, chance.yes(WITH_PHONE))
        how = chance.weighted(PHONE if phone else PAPER)
        came, left = offer.start, offer.start + slot.minutes * MINUTE
        if how in ("pair", "one"):
            came += chance.randint(-7, 9) * MINUTE + chance.randint(0, 59) * MINUTE / 60
        if how == "pair":
            left += chance.randint(-9, 14) * MINUTE
        # Nobody is in two places; the drawing of the past is not that careful.
        if came < self._free_from.get(person, came) or left >= self.now:
            return None
        self._free_from[person] = left + 12 * MINUTE
        words = [lead for lead in (row.said_by_id, *self.leads[slot.place_id]) if lead != person]
        second = next((lead for lead in words if lead != words[0]), None) if words else None
        recorded = max(row.at, left + 2 * MINUTE)
        if how == "filled":
            approved = recorded + chance.uniform(0.4, 26) * 60 * MINUTE
            how, recorded = ("filled", approved) if second and approved < self.now else ("word", recorded)
        if not words or recorded >= self.now:
            return None
        if how in ("pair", "one"):
            self._presence(offer, came, left if how == "pair" else None)
        return self._served(row, offer, slot, came, left, how, words[0], second, recorded)

    def _served(
        self, row: AttendanceRow, offer: OfferRow, slot: SlotRow, came: datetime, left: datetime, how: str, lead: UUID, second: UUID | None,
        recorded: datetime,
    ) -> Served:  # fmt: skip
        filled = how == "filled"
        verified = recorded + self.chance.uniform(1, 90) * 60 * MINUTE if self.chance.yes(VERIFIED) else None
        return Served(
            self.chance.id(), offer.person_id, slot.place_id, slot.id, row.id, slot.title, came, left, slot.minutes, how in ("pair", "one"),
            how == "pair", None if filled else lead, lead if filled else None, max(row.at, left + MINUTE) if filled else recorded,
            second if filled else None, recorded, verified if verified and verified < self.now else None,
        )  # fmt: skip

    def _presence(self, offer: OfferRow, came: datetime, left: datetime | None) -> None:
        person = offer.person_id
        self.presences.append(
            PresenceRow(
                self.chance.id(), offer.id, came, "scanned", person, int(came.timestamp()) // STEP, left, "scanned" if left else "",
                person if left else None, int(left.timestamp()) // STEP if left else None, f"phone-{person.hex[:24]}",
            )
        )  # fmt: skip


def record(drawn: Drawn, now: datetime) -> dict[str, int]:
    """Lays the hours of every visit that was made, with the ledger over them and a head for each day."""
    recording = Recording(drawn, now)
    rows = recording.served()
    entries = lay_hours(rows=rows, presences=recording.presences, district=Place.objects.get(kind=Place.Kind.DISTRICT))
    return {"hours": len(rows), "entries": entries}
