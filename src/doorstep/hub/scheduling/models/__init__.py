"""The tables of scheduling: the slot and its seats, who is free, the plan, and the offers that people answer."""

from .advice import PlanAdvice
from .availability import Availability, AvailabilityException, Exclusion
from .calendar import CalendarKey, Reminder
from .exchange import Exchange
from .offer import ACTIVE, Offer, OfferState
from .party import Party
from .plan import Plan, PlanFile, PlanGap
from .rhythm import Rhythm
from .slot import MOST_WEIGHT, Activity, Channel, HomeAnswer, Refusal, Seat, Slot, SlotState, Window
from .waiting import Appeal, Waiting

__all__ = [
    "ACTIVE", "Activity", "Appeal", "Availability", "AvailabilityException", "CalendarKey", "Channel", "Exchange", "Exclusion", "HomeAnswer",
    "MOST_WEIGHT", "Offer", "OfferState", "Party", "Plan", "PlanAdvice", "PlanFile", "PlanGap", "Refusal", "Reminder", "Rhythm", "Seat",
    "Slot", "SlotState", "Waiting", "Window",
]  # fmt: skip
