"""What goes onto paper for a community's week: whom to call, and who goes where on which day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from doorstep.hub.people.models import Person

from .board import Board, SlotLine
from .models import HomeAnswer, Offer, OfferState, SlotState


@dataclass(frozen=True)
class Call:
    """One person to ring up, and everything to be asked at once."""

    person: Person
    offers: list[Offer]


@dataclass(frozen=True)
class CallList:
    """The volunteers whose answer is awaited, and the homes that have not heard who comes."""

    volunteers: list[Call]
    homes: list[SlotLine]

    @property
    def people(self) -> int:
        return len(self.volunteers) + len(self.homes)


def call_list(board: Board) -> CallList:
    waiting: dict[Person, list[Offer]] = defaultdict(list)
    for line in board.lines:
        for offer in line.offers:
            if offer.state == OfferState.SENT:
                waiting[offer.person].append(offer)
    calls = [Call(person, sorted(offers, key=lambda offer: offer.start)) for person, offers in waiting.items()]
    homes = [
        line for line in board.lines if line.all_yes and line.slot.state == SlotState.OPEN and line.slot.home_answer != HomeAnswer.AGREED
    ]
    return CallList(sorted(calls, key=lambda call: call.offers[0].start), sorted(homes, key=lambda line: line.offers[0].start))


@dataclass(frozen=True)
class DutyDay:
    """One day's visits, in the order of the clock."""

    day: date
    lines: list[SlotLine]


def duty_days(board: Board) -> list[DutyDay]:
    """Only what people have said yes to: paper that hangs on a wall must not presume anything."""
    days: dict[date, list[SlotLine]] = defaultdict(list)
    for line in board.lines:
        promised = [offer for offer in line.offers if offer.state in (OfferState.ACCEPTED, OfferState.SERVED)]
        if promised:
            days[timezone.localdate(promised[0].start)].append(line)
    return [DutyDay(day, sorted(lines, key=lambda line: line.offers[0].start)) for day, lines in sorted(days.items())]
