"""Short dates for narrow tables."""

from datetime import date

from django import template
from django.utils.translation import get_language

from doorstep.hub.web.templatetags.doorstep import MONTHS_EN

register = template.Library()


@register.filter
def day_short(day: date) -> str:
    """12月2日, or 2 Dec."""
    return f"{day.day} {MONTHS_EN[day.month - 1]}" if get_language() == "en" else f"{day.month}月{day.day}日"
