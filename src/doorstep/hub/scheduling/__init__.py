"""Slots, seats, availability, plans and offers."""
