"""How counts are written: with separators, and hidden ones as a word."""

from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from doorstep.hub.web.templatetags.doorstep import day

from ..suppression import FEW, Figure

register = template.Library()


@register.filter
def thousands(number: int | float | None) -> str:
    """1,862."""
    return "" if number is None else f"{number:,}"


@register.filter
def written(figure: Figure) -> str:
    """1,862, or the word for what is hidden."""
    if figure.count is not None:
        return f"{figure.count:,}"
    return _("少于 5") if figure.hidden == FEW else _("不单列")


@register.filter
def month(first: date) -> str:
    """11月, or November."""
    return formats.date_format(first, "F") if get_language() == "en" else f"{first.month}月"


@register.filter
def listed(things: Iterable[object]) -> str:
    """甲、乙、丙."""
    return _("、").join(str(thing) for thing in things)


@register.filter
def day_apart(moment: datetime) -> tuple[str, str]:
    """The date, and the weekday for the line beneath."""
    words = day(moment)
    weekday, rest = words.split(" ", 1) if get_language() == "en" else reversed(words.split(" ", 1))
    return rest, weekday
