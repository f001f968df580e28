"""When people speak: by day, and one thing after the other, from the first words to how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from doorstep.demonstration.asking import SHANGHAI
from doorstep.demonstration.chance import Chance

HOUR = timedelta(hours=1)
#: Minutes of the day between which anybody calls, writes or is called.
MORNING, NIGHT = 8 * 60, 21 * 60
#: A visit is asked for so many hours before, so that every step has its day.
AHEAD = (120, 240)


def is_day(moment: datetime) -> bool:
    local = moment.astimezone(SHANGHAI)
    return MORNING <= local.hour * 60 + local.minute < NIGHT


def by_day(moment: datetime, chance: Chance, latest: datetime) -> datetime:
    """The moment itself, or the morning after; the evening before if that would be too late."""
    if is_day(moment) and moment <= latest:
        return moment
    local = moment.astimezone(SHANGHAI)
    morning = local.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(minutes=chance.randrange(5, 150))
    if local.hour * 60 + local.minute >= NIGHT:
        morning += timedelta(days=1)
    if not is_day(moment) and morning <= latest:
        return morning
    return evening(latest, chance)


def evening(latest: datetime, chance: Chance) -> datetime:
    """A little before; if that is at night, on the evening before it."""
    moment = latest - timedelta(minutes=chance.randrange(2, 12))
    if is_day(moment):
        return moment
    local = moment.astimezone(SHANGHAI)
    before = local.replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(minutes=chance.randrange(59))
    return before if before <= moment else before - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Course:
    """The moments of one visit in their order; `said` is None while nobody has told how it went."""

    asked: datetime
    checked: datetime
    sent: datetime
    answered: datetime
    agreed: datetime
    said: datetime | None


def course(start: datetime, end: datetime, over: bool, now: datetime, chance: Chance) -> Course:
    """Within the days before the visit, or before now if it is still to come."""
    until = min(start, now)
    asked = by_day(until - HOUR * chance.randint(*AHEAD), chance, until)

    def after(moment: datetime, least: float, most: float) -> datetime:
        return by_day(moment + HOUR * chance.uniform(least, most), chance, until)

    checked = after(asked, 1, 12)
    sent = after(checked, 1, 10)
    answered = after(sent, 0.3, 20)
    agreed = after(answered, 0.5, 8)
    # A home says the next day or so how it went.
    said = by_day(end + HOUR * chance.uniform(0.2, 22), chance, now) if over else None
    if said is not None and said <= end:
        said = end + timedelta(minutes=chance.randrange(10, 50))
    return Course(asked, checked, sent, answered, agreed, said)
