"""How counts are written: with separators, and hidden ones as a word."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from doorstep.hub.scheduling.models import Plan
from doorstep.hub.web.suppression import FEW, Figure
from doorstep.hub.web.templatetags.doorstep import WEEKDAYS, clock, day

from ..queries.district import Month

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
    return formats.date_format(first, "F") if get_language() == "en" else _("%(number)s月") % {"number": first.month}


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


@register.filter
def soon(moment: datetime | date | None, now: datetime | None = None) -> str:
    """今天 19:00, 明天 9:30, 周五 9:30, 12月9日 周三: as near as people say it."""
    if moment is None:
        return ""
    time = clock(moment) if isinstance(moment, datetime) else ""
    on = timezone.localdate(moment) if isinstance(moment, datetime) else moment
    ahead = (on - timezone.localdate(now)).days
    words = {0: pgettext("day", "今天"), 1: pgettext("day", "明天"), -1: pgettext("day", "昨天")}.get(ahead) or (
        str(WEEKDAYS[on.weekday()]) if 1 < ahead < 7 else day(on)
    )
    return f"{words} {time}".strip()


@register.filter
def tenths(number: float | None) -> str:
    """3,412.6."""
    return "" if number is None else f"{number:,.1f}"


@register.filter
def percent(share: float | None, digits: int = 2) -> str:
    """0.19%."""
    return "" if share is None else f"{share:.{digits}%}"


@register.filter
def reached(plan: Plan) -> str:
    """How much of the bound the plan reaches, in hundredths, for the bar."""
    return "100" if plan.optimal else f"{100 * (1 - (plan.gap or 0.0)):.2f}"


@register.filter
def month_short(first: date) -> str:
    """11月, or Nov."""
    return formats.date_format(first, "M") if get_language() == "en" else month(first)


@register.filter
def last_month(rows: Sequence[Month]) -> str:
    return month(rows[-1].first)


@register.filter
def paired(left: Sequence[Any], right: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Two lists side by side."""
    return list(zip(left, right, strict=True))


@register.filter
def unlocal(number: float) -> str:
    """A coordinate, with a point in every language."""
    return f"{number:g}"


@register.filter
def below(number: float, more: float) -> str:
    """A coordinate so much further on."""
    return f"{number + more:g}"
