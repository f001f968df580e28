"""Sending records away, taking files in, and what people ask of their own data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import today
from doorstep.hub.web import forms as spoken

from ..models import SENT, DataRequest, Sheet, Shipment
from ..moving.columns import choices


class Day(forms.DateField):
    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)
        self.error_messages |= {"invalid": _("这一天不对。请写成 2026-05-30 这样。"), "required": _("这一项还空着，请填上。")}


class ShipForm(spoken.KindForm):
    sheet = forms.ChoiceField(
        label=_("导出什么"),
        choices=[(one.value, one.label) for one in SENT],
        widget=forms.RadioSelect,
        initial=Sheet.SERVICE,
    )
    start = Day(label=_("从哪天"))
    end = Day(label=_("到哪天"))
    format = forms.ChoiceField(label=_("哪种文件"), choices=Shipment.Format.choices, widget=forms.RadioSelect, initial="xlsx")
    why = forms.CharField(label=_("为什么导出"), max_length=200, help_text=_("里面有姓名和电话。写一句给日后查。"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if start and end and start > end:
            self.add_error("end", _("结束不能早于开始。"))
        if end and end > today():
            self.add_error("end", _("还没到的日子没有记录。请改成今天或以前。"))
        return said


class FileForm(spoken.KindForm):
    file = forms.FileField(
        label=_("文件"), help_text=_(".xlsx 或 .csv，最多 5 MB，一万行。"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": _("还没有选文件。"), "empty": _("这个文件是空的。请换一个。"), "invalid": _("没有收到文件。请再选一次。")},
    )  # fmt: skip


class TransferForm(FileForm):
    unit = forms.ModelChoiceField(
        label=_("记在哪个社区"), queryset=Place.objects.none(), empty_label=_("请选一个"), error_messages=spoken.SENTENCES
    )
    field_order = ["unit", "file"]

    def __init__(self, *args: Any, units: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Place.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        self.fields["unit"].label_from_instance = lambda unit: unit.short_name  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()


class ColumnForm(forms.Form):
    """One column; a heading left empty takes it out."""

    heading = forms.CharField(label=_("表头"), max_length=40, required=False)
    fact = forms.ChoiceField(label=_("填什么"), choices=[])
    words = forms.CharField(label=_("固定的字"), max_length=60, required=False)

    def __init__(self, *args: Any, sheet: str = Sheet.SERVICE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = choices(sheet)  # type: ignore[attr-defined]
        self.fields["fact"].initial = "fixed" if sheet in SENT else self.fields["fact"].choices[0][0]  # type: ignore[attr-defined]

    def takes(self) -> str:
        """What the column holds, in the words of the list it is chosen from, or the fixed words themselves."""
        fact, words = self["fact"].value(), self["words"].value()
        return words if fact == "fixed" and words else str(dict(self.fields["fact"].choices).get(fact, ""))  # type: ignore[attr-defined]


class MapForm(spoken.KindForm):
    name = forms.CharField(label=_("给哪个系统"), max_length=60)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AskForm(spoken.KindForm):
    kind = forms.ChoiceField(label=_("您要什么"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("想说的话"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("哪里不对，请写一写。")
    )


class AnswerForm(spoken.KindForm):
    done = forms.ChoiceField(label=_("怎么办的"), choices=[("yes", _("办好了")), ("no", _("不办，有理由"))], widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("给本人的话"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不办的话，理由一定要写。"),
    )
