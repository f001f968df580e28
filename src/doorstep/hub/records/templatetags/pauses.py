"""Planned breaks, as a printed sheet says them."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from doorstep.hub.web.templatetags.doorstep import clock

register = template.Library()


@register.filter
def paused(slot: Any, start: datetime) -> str:
    """休息 12:00–13:00, where a break is planned."""
    pause = slot.pause_from(start)
    return _("休息 %(begins)s–%(ends)s，不计时长") % {"begins": clock(pause[0]), "ends": clock(pause[1])} if pause else ""
