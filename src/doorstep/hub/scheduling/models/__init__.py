"""The tables of scheduling: the slot and its seats, who is free, the plan, and the offers that people answer."""

from .advice import PlanAdvice
from .availability import Availability, AvailabilityException, Exclusion
from .offer import ACTIVE, Offer, OfferState
from .plan import Plan, PlanFile, PlanGap
from .rhythm import Rhythm
from .slot import MOST_WEIGHT, Channel, HomeAnswer, Refusal, Seat, Slot, SlotState, Window

__all__ = [
    "ACTIVE", "Availability", "AvailabilityException", "MOST_WEIGHT", "Channel", "Exclusion", "HomeAnswer", "Offer", "OfferState",
    "Plan", "PlanAdvice", "PlanFile", "PlanGap", "Refusal", "Rhythm", "Seat", "Slot", "SlotState", "Window",
]  # fmt: skip
