"""The weekly rhythm drawn as a line: a week of collecting and planning, then the week that is served."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from doorstep.hub.web.templatetags.doorstep import WEEKDAYS, minute_clock

from .models import Rhythm

#: The drawing's measures, in its own units.
LEFT, WIDTH, DAYS = 10.0, 700.0, 14
MINUTES = DAYS * 1440


@dataclass(frozen=True)
class Stretch:
    """A part of the line with its name."""

    kind: str
    name: Any
    x: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Mark:
    """A moment on the line, said as weekday and time."""

    name: Any
    day: Any
    clock: str
    x: float
    low: bool

    @property
    def anchor(self) -> str:
        """Words near an edge are written inwards."""
        return "start" if self.x < LEFT + 60 else "end" if self.x > LEFT + WIDTH - 60 else "middle"


@dataclass(frozen=True)
class WeekLine:
    """The drawing: stretches along the line, moments on it, and the days beneath."""

    stretches: list[Stretch]
    marks: list[Mark]
    days: list[tuple[float, Any]]


def _x(minute: int) -> float:
    """From minutes since the Monday before to the drawing's units."""
    return round(LEFT + WIDTH * minute / MINUTES, 1)


def line_of_week(rhythm: Rhythm) -> WeekLine:
    cutoff = (7 - rhythm.cutoff_days_before) * 1440 + rhythm.cutoff_minute
    plan = (7 - rhythm.plan_days_before) * 1440 + rhythm.plan_minute
    close = 13 * 1440 + rhythm.close_minute
    edges = [
        ("collect", _("收集"), 0, cutoff),
        ("plan", _("核对"), cutoff, plan),
        ("offer", _("邀请、补人"), plan, 7 * 1440),
        ("serve", _("上门"), 7 * 1440, close),
    ]
    moments = [(_("截止"), cutoff, False), (_("排班"), plan, True), (_("收尾"), close, False)]
    return WeekLine(
        [Stretch(kind, name, _x(start), round(_x(end) - _x(start), 1)) for kind, name, start, end in edges if end > start],
        [Mark(name, WEEKDAYS[minute // 1440 % 7], minute_clock(minute % 1440), _x(minute), low) for name, minute, low in moments],
        [(_x(day * 1440 + 720), WEEKDAYS[day % 7]) for day in range(DAYS)],
    )
