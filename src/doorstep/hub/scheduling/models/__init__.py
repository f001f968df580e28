"""The tables of scheduling: the slot and its seats, who is free, the plan, and the offers that people answer."""

from .availability import Availability, AvailabilityException, Exclusion
from .offer import ACTIVE, Offer, OfferState
from .plan import Plan, PlanFile, PlanGap
from .rhythm import Rhythm
from .slot import Channel, HomeAnswer, Refusal, Seat, Slot, SlotState, Window

__all__ = [
    "ACTIVE", "Availability", "AvailabilityException", "Channel", "Exclusion", "HomeAnswer", "Offer", "OfferState",
    "Plan", "PlanFile", "PlanGap", "Refusal", "Rhythm", "Seat", "Slot", "SlotState", "Window",
]  # fmt: skip
