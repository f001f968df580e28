"""Short dates for narrow tables."""

from datetime import date

from django import template
from django.utils.translation import get_language, gettext

from doorstep.hub.web.templatetags.doorstep import MONTHS_EN

register = template.Library()


@register.filter
def day_short(day: date) -> str:
    """12月2日, or 2 Dec."""
    if get_language() == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]}"
    return gettext("{month}月{day}日").format(month=day.month, day=day.day)
