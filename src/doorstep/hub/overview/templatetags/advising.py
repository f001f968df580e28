"""Advice in words: who would help where and when, and what one change would be."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from doorstep.hub.web.templatetags.doorstep import WEEKDAYS, local

from ..queries.advice import Gain

register = template.Library()

BANDS = {
    "weekday_morning": gettext_lazy("工作日上午有空"),
    "weekday_afternoon": gettext_lazy("工作日下午有空"),
    "weekday_evening": gettext_lazy("工作日晚上有空"),
    "weekend_morning": gettext_lazy("周末上午有空"),
    "weekend_afternoon": gettext_lazy("周末下午有空"),
    "weekend_evening": gettext_lazy("周末晚上有空"),
}
PARTS = {
    "morning": pgettext_lazy("free then", "上午"),
    "afternoon": pgettext_lazy("free then", "下午"),
    "evening": pgettext_lazy("free then", "晚上"),
}


@register.filter
def who(gain: Gain) -> str:
    """再有一位会心理咨询（2 级）的志愿者; or what one person here would change."""
    numbers = gain.numbers
    if gain.kind == "recruit":
        if gain.skill is None:
            return _("再有一位志愿者，不用专长")
        return _("再有一位会%(skill)s的志愿者（%(level)s 级）") % {"skill": local(gain.skill), "level": numbers["level"]}
    if gain.kind == "train":
        skill = local(gain.skill) if gain.skill else numbers["skill"]
        if numbers["from"]:
            return _("请一位会%(skill)s的志愿者，从 %(old)s 级学到 %(new)s 级") % {
                "skill": skill,
                "old": numbers["from"],
                "new": numbers["level"],
            }
        return _("教一位志愿者%(skill)s") % {"skill": skill}
    if gain.kind == "clear":
        return _("替一位志愿者办好无犯罪记录查询")
    if gain.kind == "widen":
        return _("请一位志愿者多走 %(metres)s 米") % {"metres": numbers["more_m"]}
    when = {"day": WEEKDAYS[numbers["day"]], "part": PARTS[numbers["part"]]}
    if gain.kind == "open":
        return _("问一户没排上的人家，%(day)s%(part)s行不行") % when
    return _("请一位志愿者%(day)s%(part)s也来") % when


@register.filter
def where_and_when(gain: Gain) -> str:
    """住在柳岸街道，工作日晚上有空，查过无犯罪记录; nothing for a change: whom to ask is on the social worker's page."""
    if gain.kind != "recruit":
        return ""
    street = gain.street
    parts = [_("住在%(street)s") % {"street": local(street)}] if street else []
    parts.append(str(BANDS[gain.numbers["band"]]))
    if gain.numbers["vetted"]:
        parts.append(_("查过无犯罪记录"))
    return _("，").join(parts)
