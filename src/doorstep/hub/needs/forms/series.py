"""For how many weeks the same visit is arranged ahead."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..actions.series import MOST_WEEKS

#: How many weeks, in words.
WEEKS = {1: _("一周"), 2: _("两周"), 3: _("三周"), 4: _("四周")}


class AheadForm(forms.Form):
    weeks = forms.TypedChoiceField(
        label=_("接下来几周"),
        help_text=_("同一天、同一个钟点，先想着同一位。他那时没空、次数满了，那一周就空着，等排班另找。谁都要先问过、答应了才算。"),
        choices=[(number, WEEKS[number]) for number in range(1, MOST_WEEKS + 1)], coerce=int, initial=MOST_WEEKS,
        error_messages={"required": _("请选几周。"), "invalid_choice": _("请选几周。")},
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
