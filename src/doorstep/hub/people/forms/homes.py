"""Homes as a social worker writes them down."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..models import Household, Person, Place
from ..models.household import MINDED
from ..queries import natural
from .fields import BirthField, NameField, PhoneField


class HouseholdForm(spoken.KindForm):
    kinds = forms.MultipleChoiceField(
        label=_("上门要留意的"), choices=[(kind.value, words) for kind, words in MINDED.items()], required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("只给社工排人用，来的人只听到要留意什么。病名、证件不要写。"),
    )  # fmt: skip
    note = forms.CharField(label=_("社工的备注"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        kinds = [circumstance.kind for circumstance in household.circumstances.all()]
        kwargs["initial"] = {"note": household.note, "kinds": kinds, "version": household.version}
        super().__init__(*args, **kwargs)


class MemberForm(spoken.KindForm):
    name = NameField(label=_("姓名"))
    calling_name = forms.CharField(label=_("大家怎么叫"), required=False, max_length=20, help_text=_("比如 沈阿姨、何伯。来的人就这样叫。"))
    phone = PhoneField(label=_("电话"), required=False)
    contact_via = forms.CharField(label=_("没有电话，请谁转告"), required=False, max_length=80, help_text=_("比如 请楼下老孙转告。"))
    birth_date = BirthField(label=_("出生日期"), required=False)
    gender = forms.ChoiceField(label=_("性别"), choices=[*Person.Gender.choices, ("", _("不写"))], required=False, widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, household: Household, person: Person | None = None, **kwargs: Any) -> None:
        names = ("name", "calling_name", "phone", "contact_via", "birth_date", "gender")
        kwargs["initial"] = {name: getattr(person, name) for name in names} if person else {}
        kwargs["initial"]["version"] = household.version
        super().__init__(*args, **kwargs)


class NewHouseholdForm(spoken.KindForm):
    building = forms.ModelChoiceField(
        label=_("楼栋"), queryset=Place.objects.none(), empty_label=_("请选一栋楼"), error_messages=spoken.SENTENCES
    )
    door = forms.CharField(label=_("单元和门牌"), max_length=30, help_text=_("比如 2 单元 501。"))

    def __init__(self, *args: Any, buildings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["building"]
        field.queryset = buildings
        field.choices = [("", field.empty_label), *((row.pk, str(row)) for row in sorted(buildings, key=lambda row: natural(row.name)))]

    def clean_door(self) -> str:
        return " ".join(str(self.cleaned_data["door"]).split())
