"""What is typed about certificates: for which days, what is checked, why one is taken back, who asks for many."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Person, Place
from doorstep.hub.web.forms import KindForm

MOST_TOKEN = 20_000
ALL = "all"


class DayField(forms.DateField):
    """A day, as the browser's own calendar gives it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)
        self.error_messages["invalid"] = _("这一天不对。请写成 2026-05-30 这样。")


class PeriodForm(KindForm):
    """From a day to a day that has come."""

    start = DayField(label=_("从哪天"))
    end = DayField(label=_("到哪天"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end < start:
            self.add_error("end", _("“到哪天”比“从哪天”还早，请换过来。"))
        if end and end > timezone.localdate():
            self.add_error("end", _("还没到的日子开不了证明。请写今天或以前。"))
        return found


class OwnForm(PeriodForm):
    """The volunteer's own: one unit or all of them, each on a page of its own."""

    unit = forms.ChoiceField(label=_("哪个社区记的"), widget=forms.RadioSelect)

    field_order = ("unit", "start", "end")

    def __init__(self, *args: Any, units: Sequence[Place], **more: Any) -> None:
        super().__init__(*args, **more)
        choices: list[tuple[str, object]] = [(str(unit.pk), unit.name) for unit in units]
        if len(units) > 1:
            choices.append((ALL, _("全部，各开一张")))
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]
        if choices and not self.initial.get("unit"):
            self.initial["unit"] = choices[-1][0]


class NumberForm(KindForm):
    number = forms.CharField(label=_("证明上的编号"), max_length=80, help_text=_("右上角，比如 2026-7K3F-9QXM。"))


class TokenForm(KindForm):
    """The text of an electronic certificate, or its file: one of the two."""

    token = forms.CharField(
        label=_("把电子证明的文字贴在这里"),
        required=False,
        max_length=MOST_TOKEN,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("或者选那个文件"), required=False, help_text=_("名字以 .jwt 结尾。"), allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        file = found.get("file")
        if file is not None:
            if file.size > MOST_TOKEN:
                raise ValidationError(_("这个文件太大，不是电子证明。请选名字以 .jwt 结尾的那一个。"))
            found["token"] = file.read().decode("utf-8", "replace")
        if not found.get("token") and not self.errors:
            raise ValidationError(_("请贴上电子证明的文字，或者选它的文件，一样就行。"))
        return found


class HeadForm(KindForm):
    """The text of a head that somebody kept."""

    note = forms.CharField(
        label=_("把整张日结的文字贴在这里"),
        max_length=MOST_TOKEN,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text=_("扫公开页上的码得来的，或者存下的 head….txt。"),
    )

    def clean_note(self) -> str:
        """As it was signed: phones and browsers have their own ends of lines."""
        lines = self.cleaned_data["note"].replace("\r\n", "\n").strip().split("\n")
        return "\n".join(line.rstrip() for line in lines) + "\n"


class NameForm(KindForm):
    told = forms.CharField(label=_("他说他叫什么"), max_length=40)


class RevokeForm(KindForm):
    reason = forms.ChoiceField(
        label=_("为什么撤销"),
        widget=forms.RadioSelect,
        choices=[
            ("hours_wrong", _("时长记错了")), ("person_wrong", _("人弄错了")), ("asked_by_holder", _("本人要求")), ("other_reason", _("别的原因")),
        ],
    )  # fmt: skip
    words = forms.CharField(
        label=_("说给本人听的话"),
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("本人看得到这几句；查证明的人看不到。"),
    )


class SealForm(KindForm):
    image = forms.FileField(
        label=_("印章图片（PNG）"), required=False, help_text=_("不超过 200 KB，四周透明的最好。不选图片，就画一个写着社区名字的圆圈。"), widget=forms.FileInput(attrs={"accept": "image/png"})
    )  # fmt: skip


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, person: Any) -> str:
        return str(person.name)


class BatchForm(PeriodForm):
    """Who asks, what for, which days, and whom to ask."""

    asked_by = forms.CharField(label=_("哪个学校或单位要"), max_length=60)
    purpose = forms.CharField(label=_("拿去做什么"), max_length=120, help_text=_("本人看了这句再决定给不给，请写清楚。"))
    people = PeopleField(
        label=_("问哪些人"), queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个人。"), "invalid_choice": _("有人不在单子里了。请刷新页面再选。")},
    )  # fmt: skip

    field_order = ("asked_by", "purpose", "start", "end", "people")

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


class AnswerForm(KindForm):
    """What somebody said by another way than the web."""

    channel = forms.ChoiceField(
        label=_("怎么说的"),
        choices=[("phone", _("电话")), ("in_person", _("当面")), ("paper", _("纸面"))],
        widget=forms.RadioSelect,
        initial="phone",
    )
    guardian = forms.CharField(label=_("监护人姓名"), required=False, max_length=40, help_text=_("未满 18 岁的要填。"))
    relation = forms.CharField(label=_("是他的什么人"), required=False, max_length=20)
