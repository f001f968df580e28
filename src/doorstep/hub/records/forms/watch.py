"""What came of looking into something odd."""

from django import forms
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..models import Anomaly


class OutcomeForm(spoken.KindForm):
    state = forms.ChoiceField(
        label=_("看下来怎样"), widget=forms.RadioSelect,
        choices=[(Anomaly.State.SOUND.value, _("没有问题")), (Anomaly.State.WRONG.value, _("确有问题"))],
    )  # fmt: skip
    words = forms.CharField(
        label=_("问了谁，怎么回事"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("一两句就够，日后查得到。")
    )
