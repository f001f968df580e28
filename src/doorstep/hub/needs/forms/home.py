"""Small forms of the home: never mind, and how it went."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from doorstep.hub.records.models import Attendance
from doorstep.hub.web.forms import KindForm

from ..models import Verdict


def seen_now(form: forms.Form, version: int) -> None:
    """A form that is shown again has been seen as things stand now: the next try is not stale for the same reason."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["version"] = str(version)
    form.data = data


class CancelForm(KindForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(label=_("想说一句为什么，也行"), max_length=200, required=False)
    withdraw = forms.BooleanField(label=_("同时收回同意，社工以后也不看这件事"), required=False)


class WentForm(KindForm):
    """The home's own word on a visit; whoever went cannot say it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(
        choices=[(Attendance.Outcome.SERVED, _("来过了，办好了")), (Attendance.Outcome.NO_SHOW, _("没有来")),
                 (Attendance.Outcome.NOT_HOME, _("来的时候我不在家"))],
        error_messages={"required": _("请点一下来过没有。")},
    )  # fmt: skip
    words = forms.CharField(
        label=_("办得怎么样"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class JudgeForm(KindForm):
    """How it was done, in one tap."""

    mark = forms.ChoiceField(
        choices=Verdict.Mark.choices, error_messages={"required": _("请点一下办得怎样。"), "invalid_choice": _("请点一下办得怎样。")}
    )
    words = forms.CharField(label=_("想说的话"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
