"""The demonstration's weekly rhythm: the coming week is planned already, whatever day the demonstration is drawn."""

from datetime import datetime

from doorstep.demonstration.asking import SHANGHAI

DAY = 1440
#: Minutes since the Monday before: Thursday 18:00 and Friday 9:00, as most districts do it.
USUAL = (3 * DAY + 1080, 4 * DAY + 540)


def moments(now: datetime) -> tuple[int, int]:
    """Cut-off and planning in minutes since this week's Monday: the usual ones once they are past, else as late as may be before now."""
    local = now.astimezone(SHANGHAI)
    day, minute = local.weekday(), local.hour * 60 + local.minute
    if day * DAY + minute >= USUAL[1]:
        return USUAL
    if day > 1:
        return (day - 2) * DAY + 1080, (day - 1) * DAY + 540
    if day == 1 or minute >= 540:
        return 480, 540
    return 0, 0


def fitting(now: datetime) -> dict[str, int]:
    """The same as the fields of a rhythm, which count days back from the Monday that is planned."""
    cutoff, plan = moments(now)
    return {
        "cutoff_days_before": 7 - cutoff // DAY, "cutoff_minute": cutoff % DAY,
        "plan_days_before": 7 - plan // DAY, "plan_minute": plan % DAY,
    }  # fmt: skip
