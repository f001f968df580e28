"""Every write on attendance."""

from .attendance import NotYet, OwnVisit, record_attendance

__all__ = ["NotYet", "OwnVisit", "record_attendance"]
