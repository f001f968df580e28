"""The weekly rhythm in the words in which a district speaks of it: a weekday and a time, not days before and minutes."""

from datetime import time
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web.templatetags.doorstep import WEEKDAYS

from ..actions.rhythm import Wanted
from ..models import Rhythm

#: Days before the planned Monday, as people say them; the week before is always meant.
DAYS = [(str(7 - weekday), name) for weekday, name in enumerate(WEEKDAYS)]
CLOCK = {"type": "time"}


def _clock(label: Any, help_text: Any = "") -> forms.TimeField:
    wrong = {"required": _("请填几点，比如 18:00。"), "invalid": _("请填几点，比如 18:00。")}
    return forms.TimeField(label=label, help_text=help_text, widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"), error_messages=wrong)


def _number(label: Any, help_text: Any, least: int, most: int) -> forms.IntegerField:
    """A whole number between two others; whatever else is typed is answered with what may be."""
    wrong = format_lazy(_("请填 {least} 到 {most} 之间的整数。"), least=least, most=most)
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most,
        error_messages={"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong},
    )  # fmt: skip


def _share(label: Any, help_text: Any, most: int) -> forms.FloatField:
    """Percents with a point between."""
    wrong = format_lazy(_("请填 0 到 {most} 之间的数，比如 1 或 0.5。"), most=most)
    return forms.FloatField(
        label=label, help_text=help_text, min_value=0, max_value=most, step_size=None,
        error_messages={"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong},
    )  # fmt: skip


def _hours(label: Any, help_text: Any, most: int) -> forms.IntegerField:
    return _number(label, help_text, 1, most)


class RhythmForm(forms.Form):
    """Every field is a sentence's end."""

    cutoff_day = forms.ChoiceField(
        label=_("需求收到哪一天为止"), choices=DAYS, help_text=_("前一周的这一天。以后来的，排不进下一周的统一安排，由社工单独找人。")
    )
    cutoff_time = _clock(_("那天几点为止"))
    plan_day = forms.ChoiceField(label=_("星期几统一排班"), choices=DAYS, help_text=_("要在截止以后。"))
    plan_time = _clock(_("几点排班"))
    reply_hours = _hours(_("志愿者有几个小时回话"), _("过了就算没有回话，不记过，位子另找人。"), 168)
    least_notice_hours = _hours(_("至少提前几个小时问人"), _("再晚就不发邀请了，由社工打电话。"), 72)
    waiting_hours = _hours(_("排队轮到的，几个小时内回话"), _("后面还有人等，所以短一点；同时问几位顶上，也是这么久。"), 72)
    signups_held = _number(
        _("一个人最多同时报几件"), _("还没去的都算；一家人一起报，算一件；请了还没回话的伙伴，一位算一件。够平常人报，挡得住机器占位子。"), 1, 500
    )  # fmt: skip
    signups_an_hour = _number(_("一个小时最多报几次"), _("报了又退的也算，一家人一起报算一次，排队也算一次。"), 1, 500)
    evening_time = _clock(_("前一晚几点提醒"), _("答应了的，前一晚提醒一次。"))
    morning_time = _clock(_("当天早上几点提醒"))
    ask_three = forms.BooleanField(
        label=_("有人来不了，自己去问最合适的三位"), required=False,
        help_text=_("不等社工按：同时问三位，谁先答应谁去。不打勾，社工自己按。"),
    )  # fmt: skip
    reply_promise_hours = _hours(_("居民提了需求，几个小时内回话"), _("居民看得到这个承诺。"), 168)
    close_time = _clock(_("星期日几点收尾"), _("还没办成的，这时告诉居民，下一周排在前面。"))
    seconds_allowed = _number(_("排班最多算几秒"), _("算得久一点，安排会好一点，离最好还差多少也说得更准。"), 5, 600)
    even_percent = _share(
        _("为了人人有份、常是熟人，最多让出百分之几"),
        _("比如 1：最多让出百分之一的分数，少让几个人包下来，多请很久没请到的人，一家常见的是同几张脸。填 0 就不让。让了多少，每份安排都写着。"), 10,
    )  # fmt: skip

    @staticmethod
    def told(rhythm: Rhythm) -> dict[str, Any]:
        """The fields' first values."""
        return {
            "cutoff_day": str(rhythm.cutoff_days_before), "cutoff_time": _time(rhythm.cutoff_minute),
            "plan_day": str(rhythm.plan_days_before), "plan_time": _time(rhythm.plan_minute),
            "reply_hours": rhythm.reply_hours, "least_notice_hours": rhythm.least_notice_hours,
            "reply_promise_hours": rhythm.reply_promise_hours, "close_time": _time(rhythm.close_minute),
            "waiting_hours": rhythm.waiting_hours, "ask_three": rhythm.ask_three,
            "evening_time": _time(rhythm.evening_minute), "morning_time": _time(rhythm.morning_minute),
            "signups_held": rhythm.signups_held, "signups_an_hour": rhythm.signups_an_hour,
            "seconds_allowed": rhythm.seconds_allowed, "even_percent": f"{rhythm.even_percent:g}",
        }  # fmt: skip

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(
            cutoff_days_before=int(said["cutoff_day"]), cutoff_minute=_minute(said["cutoff_time"]),
            plan_days_before=int(said["plan_day"]), plan_minute=_minute(said["plan_time"]),
            reply_hours=said["reply_hours"], least_notice_hours=said["least_notice_hours"],
            reply_promise_hours=said["reply_promise_hours"], close_minute=_minute(said["close_time"]),
            waiting_hours=said["waiting_hours"], ask_three=said["ask_three"],
            evening_minute=_minute(said["evening_time"]), morning_minute=_minute(said["morning_time"]),
            signups_held=said["signups_held"], signups_an_hour=said["signups_an_hour"],
            seconds_allowed=said["seconds_allowed"], even_percent=said["even_percent"],
        )  # fmt: skip


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _minute(hours: time) -> int:
    return hours.hour * 60 + hours.minute
