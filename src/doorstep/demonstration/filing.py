"""From a matter as it was said to its rows: consent, need, slot, windows, seats, offers, attendance."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from doorstep.demonstration.asking import Ask, at
from doorstep.demonstration.chance import Chance
from doorstep.demonstration.hours import HOUR, Course
from doorstep.demonstration.rows import (
    AttendanceRow,
    Batch,
    ConsentRow,
    NeedRow,
    OccasionRow,
    OfferRow,
    SeatRow,
    SlotRow,
    WindowRow,
)
from doorstep.demonstration.volunteers import Helper

CHANNELS = {"web": 62, "phone": 30, "in_person": 8}


def empty() -> Batch:
    return defaultdict(list)


class Filing:
    """Writes the rows of one need into the batch at hand."""

    def __init__(self, chance: Chance, now: datetime) -> None:
        self.chance, self.now, self.batch = chance, now, empty()

    def need(
        self, ask: Ask, *, state: str, asked_at: datetime, lead: Helper | None = None, checked_at: datetime | None = None,
        closing: str = "", closed_at: datetime | None = None, asked_by: UUID | None = None,
    ) -> UUID:  # fmt: skip
        """The need and its consent. An unchecked need has neither title nor category yet."""
        chance, voice, home = self.chance, ask.voice, ask.home
        own = voice.for_whom == "self"
        consent = ConsentRow(
            chance.id(), ask.resident.id if voice.by_resident else None, "service" if own else "proxy", asked_at, voice.channel,
            voice.asker_name, voice.relation, lead.id if lead and voice.channel != "web" else None,
        )  # fmt: skip
        hours = chance.choices(
            [(False, False, False), (True, False, False), (False, True, False), (False, False, True), (True, True, False)],
            [40, 18, 16, 18, 8],
        )[0]
        checked = state not in ("new",)
        found = checked or chance.yes(0.72)
        row = NeedRow(
            chance.id(), home.community.id, home.id if found else None, ask.resident.id if voice.by_resident or checked else None,
            ask.words, voice.for_whom, asked_by, voice.asker_name, voice.relation,
            voice.phone or ask.resident.phone, "" if voice.phone else ask.resident.via or ("" if ask.resident.phone else "请社区服务台转告"),
            "" if found else f"{home.building.name} {home.door}", *hours, consent.id, voice.channel, asked_at, asked_at + 24 * HOUR,
            ask.title if checked else "", ask.situation.category if checked else "", ask.skilled and checked, ask.wish if checked else "",
            state, lead.id if checked and lead else None, checked_at, closing, closed_at,
        )  # fmt: skip
        self.batch["consents"].append(consent)
        self.batch["needs"].append(row)
        return row.id

    def slot(
        self, need: UUID, ask: Ask, *, lead: Helper, monday: date, state: str = "open", agreed_at: datetime | None = None
    ) -> tuple[UUID, list[UUID]]:
        """The slot of that week with its windows and seats."""
        chance, situation, home = self.chance, ask.situation, ask.home
        slot = SlotRow(
            chance.id(), monday, home.community.id, home.id, ask.resident.id, lead.id, ask.title, situation.category,
            home.building.lat, home.building.lon, home.building.name, ask.minutes, ask.priority, ask.waited, ask.minor,
            bool(situation.risk), situation.risk, bool(situation.risk) or chance.yes(0.3), situation.bring, state,
            "agreed" if agreed_at else "not_asked", chance.weighted(CHANNELS) if agreed_at else "", agreed_at,
        )  # fmt: skip
        self.batch["slots"].append(slot)
        self.batch["occasions"].append(OccasionRow(need, slot.id))
        for opening in ask.openings:
            self.batch["windows"].append(WindowRow(slot.id, at(monday, opening.day, opening.first), at(monday, opening.day, opening.last)))
        seats = []
        for number, wanted in enumerate(ask.seats):
            row = SeatRow(chance.id(), slot.id, number, wanted.skill, wanted.level, wanted.role, wanted.gender, wanted.language)
            self.batch["seats"].append(row)
            seats.append(row.id)
        return slot.id, seats

    def offer(
        self, slot: UUID, seat: UUID, helper: Helper, start: datetime, state: str, lead: Helper, reasons: list[dict[str, object]],
        course: Course,
    ) -> UUID:  # fmt: skip
        """One person asked for one seat some days before, and what came of it."""
        chance, sent = self.chance, course.sent
        answered = None if state == "lapsed" else course.answered
        channel = chance.weighted(CHANNELS) if answered else ""
        closed = course.said if state in ("served", "missed") else answered if state != "accepted" else None
        if state == "lapsed":
            closed = sent + 36 * HOUR
        by = helper.id if channel == "web" else lead.id
        row = OfferRow(
            chance.id(), slot, seat, helper.id, start, state, reasons, None, sent, sent + 36 * HOUR, answered, channel,
            by if answered else None, min(closed, self.now) if closed else None,
        )  # fmt: skip
        self.batch["offers"].append(row)
        return row.id

    def attendance(self, offer: UUID, outcome: str, lead: Helper, said: datetime, note: str) -> None:
        chance = self.chance
        channel = chance.choices(["phone", "in_person", "web", "paper"], [50, 26, 16, 8])[0]
        self.batch["attendances"].append(AttendanceRow(chance.id(), offer, outcome, lead.id, channel, said, note))
