"""Why something leaves the house."""

from django import forms
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken


class WhyForm(spoken.KindForm):
    why = forms.CharField(
        label=_("为什么带走，交给谁"),
        min_length=4,
        max_length=200,
        help_text=_("比如：八月的时长报到省平台。不要写居民的姓名。会写进文件，也会记一笔。"),
        error_messages={
            "required": _("请写一句为什么，别人查起来看得懂。"),
            "min_length": _("请多写几个字，别人查起来看得懂。"),
        },
    )
