"""Short dates for narrow tables, and how long things last."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from doorstep.hub.web.templatetags.doorstep import MONTHS_EN, clock

from ..activities import BRIEFLY, SAID

register = template.Library()


@register.filter
def day_short(day: date) -> str:
    """12月2日, or 2 Dec."""
    if get_language() == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]}"
    return gettext("{month}月{day}日").format(month=day.month, day=day.day)


@register.filter
def month(day: date) -> str:
    """2026年12月, or Dec 2026."""
    if get_language() == "en":
        return f"{MONTHS_EN[day.month - 1]} {day.year}"
    return gettext("{year}年{month}月").format(year=day.year, month=day.month)


@register.filter
def lasting(minutes: int) -> str:
    """45 分钟, 2 小时, 6 小时 15 分钟."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return gettext("{minutes} 分钟").format(minutes=rest)
    words = gettext("{hours} 小时 {minutes} 分钟") if rest else gettext("{hours} 小时")
    return words.format(hours=hours, minutes=rest)


@register.filter
def what_counts(slot: Any) -> str:
    """What this kind of occasion means for hours."""
    return str(SAID[slot.activity])


@register.filter
def counts_briefly(slot: Any) -> str:
    """The same in a list, where it is no service; else nothing."""
    return str(BRIEFLY.get(slot.activity, ""))


@register.filter
def pause_of(slot: Any, start: datetime) -> str:
    """中间 12:00 到 13:00 休息，不计时长。"""
    pause = slot.pause_from(start)
    if pause is None:
        return ""
    return gettext("中间 %(begins)s 到 %(ends)s 休息，不计时长。") % {"begins": clock(pause[0]), "ends": clock(pause[1])}
