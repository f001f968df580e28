"""Bulk loading of attendances, as part of a batch of the row above."""

from collections.abc import Sequence

from doorstep.hub.journal.actions import write_rows

from ..models import Attendance

Rows = Sequence[tuple[object, ...]]


def lay_attendances(*, rows: Rows) -> int:
    """Who was there on many past visits; runs inside the caller's transaction, which leaves the journal line."""
    return write_rows(model=Attendance, rows=rows)
