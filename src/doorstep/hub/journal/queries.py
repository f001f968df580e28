"""Reading the journal: how far a clock stands behind what was written by it."""

from datetime import datetime, timedelta

from .models import Entry

#: Clocks are set right by so much without anybody noticing.
CLOCK_MAY_DIFFER = timedelta(minutes=1)
#: One line by a wrong clock must not make it right, nor one line from the future wrong for ever.
LINES_BELIEVED = 100


def behind_by(now: datetime) -> timedelta:
    """How far the clock stands before the latest of the last hundred lines; nothing if by no more than clocks may differ."""
    last = max(Entry.objects.order_by("-id").values_list("at", flat=True)[:LINES_BELIEVED], default=now)
    return last - now if last - now > CLOCK_MAY_DIFFER else timedelta(0)
