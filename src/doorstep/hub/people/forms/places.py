"""What a district officer writes down about units: where they went, how they are called, who works there."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..models import Place, Succession
from ..queries import today
from .fields import DayField, NameField, PhoneField
from .volunteers import Seen

EARLIEST = date(1949, 10, 1)


class PastDay(DayField):
    """A day that has been: not in the future and not before the offices existed."""

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and day > today():
            raise ValidationError(_("这一天还没到。到了那天再办，免得提前动了别人的家。"))
        if day and day < EARLIEST:
            raise ValidationError(_("这一年太早了。请再看一看年份。"))
        return day


class SuccessorForm(Seen):
    """Where an ended unit went."""

    successor = forms.ModelChoiceField(
        label=_("去了哪里"), queryset=Place.objects.none(), empty_label=_("请选一个"), error_messages=spoken.SENTENCES
    )
    kind = forms.ChoiceField(label=_("怎么变的"), choices=Succession.Kind.choices, widget=forms.RadioSelect)
    on = PastDay(label=_("哪一天"), required=False, help_text=_("不知道就空着，以后再补。"))
    source = forms.CharField(label=_("根据什么"), max_length=200, help_text=_("文件名和文号，或者谁说的。"))

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]


class HandOverForm(spoken.KindForm):
    """A unit in use is handed over, whole or in part."""

    kind = forms.ChoiceField(label=_("怎么变"), choices=Succession.Kind.choices, widget=forms.RadioSelect)
    successor = forms.ModelChoiceField(
        label=_("交给哪里"), queryset=Place.objects.none(), empty_label=_("请选一个"), error_messages=spoken.SENTENCES
    )
    grids = forms.ModelMultipleChoiceField(
        label=_("交哪几个网格"), queryset=Place.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("只有拆分才选；并入和改名是整个交过去。"),
    )  # fmt: skip
    on = PastDay(label=_("从哪一天起"))
    source = forms.CharField(label=_("根据什么"), max_length=200, help_text=_("文件名和文号。"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: Any, grids: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = others  # type: ignore[attr-defined]
        self.fields["grids"].queryset = grids  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        split = said.get("kind") == Succession.Kind.SPLIT
        if split and not said.get("grids"):
            self.add_error("grids", _("拆分要说明交哪几个网格。整个交过去，请选并入或改名。"))
        if not split:
            said["grids"] = None
        return said


class AliasForm(spoken.KindForm):
    name = forms.CharField(label=_("别的叫法"), max_length=60)
    source = forms.CharField(label=_("谁这么叫"), max_length=100, required=False)


class WorkerForm(spoken.KindForm):
    name = NameField(label=_("姓名"))
    phone = PhoneField(label=_("电话"))
