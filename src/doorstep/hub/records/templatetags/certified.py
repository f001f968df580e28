"""Hours and days as they stand on certificates."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from ..printing import chinese_day, english_day, hours

register = template.Library()


@register.filter
def as_hours(tenths: int | None) -> str:
    """12.5 from 125."""
    return hours(tenths) if tenths is not None else ""


@register.filter
def full_day(on: date | datetime) -> str:
    """2026年11月25日: in papers the year is never left out."""
    day = timezone.localdate(on) if isinstance(on, datetime) else on
    return english_day(day) if get_language() == "en" else chinese_day(day)
