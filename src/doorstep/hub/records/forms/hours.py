"""What is written down about hours: a word of the owner, what is filled in afterwards, corrections, trainings, awards, evaluations."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Person, Place
from doorstep.hub.web import forms as spoken

from .. import book
from ..models import Award, Hours
from ..telling import kind_name

EARLIEST = date(1990, 1, 1)


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    wrong = {"required": _("请填哪一天。"), "invalid": _("这一天不对。请写成 2026-12-01 这样。")}
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, error_messages=wrong)


def clock_field(label: Any, help_text: Any = "") -> forms.TimeField:
    wrong = {"required": _("请填几点，比如 9:30。"), "invalid": _("请填几点，比如 9:30。")}
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, help_text=help_text, widget=widget, error_messages=wrong)


def away_field(help_text: Any) -> forms.IntegerField:
    wrong = _("请填多少分钟，只写整数；没有就空着。")
    errors = {"invalid": wrong, "min_value": wrong, "max_value": wrong}
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=_("其中多少分钟不算"), help_text=help_text, min_value=0, max_value=1439, required=False, widget=widget, error_messages=errors
    )


def words_field(label: Any, help_text: Any = "", required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, max_length=200, required=required, widget=widget)


class Seen(spoken.KindForm):
    """Which version the page was drawn from; if that has changed, the sender is told."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DisputeForm(Seen):
    words = words_field(_("哪里不对"), _("比如：做了两个小时，不是一个小时。社工看得到这一句，会来问您。"))


class WordsForm(Seen):
    """A no with its reason."""

    words = words_field(_("为什么"), _("本人看得到这一句。"))


class ObjectForm(spoken.KindForm):
    """What speaks against a star."""

    use_required_attribute = False
    words = words_field(_("哪里不对"), _("写您看到的、知道的事。区里和社工看得到是您提的，本人看不到。"))


class TakeBackForm(spoken.KindForm):
    """Why a report that was published is taken back."""

    use_required_attribute = False
    words = words_field(_("为什么收回"), _("留着备查，公开页上不写。"))


class Stretch(spoken.KindForm):
    """A day and two times of it; an end that lies before the beginning is on the next day only if that is ticked."""

    use_required_attribute = False
    day = day_field(_("哪一天"))
    came = clock_field(_("几点开始"))
    left = clock_field(_("几点结束"))
    next_day = forms.BooleanField(label=_("过了半夜，是第二天的几点"), required=False)

    def clean_day(self) -> date:
        """Nothing was served before the rules of hours, nor will be in years: what lies beyond is a slip of the pen."""
        day: date = self.cleaned_data["day"]
        if not EARLIEST <= day <= timezone.localdate() + timedelta(days=366):
            raise forms.ValidationError(self.fields["day"].error_messages["invalid"])
        return day

    def moments(self) -> tuple[datetime, datetime]:
        said = self.cleaned_data
        end_day: date = said["day"] + timedelta(days=1) if said.get("next_day") else said["day"]
        return _at(said["day"], said["came"]), _at(end_day, said["left"])


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class CorrectForm(Stretch):
    """What the hours should say; nothing served is said by a tick, not by odd times."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("是哪一类"), error_messages=spoken.SENTENCES)
    away = away_field(_("中间休息、吃饭、路上、待命。空着，就照约好的休息算。"))
    nothing = forms.BooleanField(label=_("其实没有去，这一次一点也不算"), required=False)
    beyond_plan = forms.BooleanField(
        label=_("约的时间本来就短，按实际做的算"), required=False,
        help_text=_("不勾，最多算到约好的那么久。勾了，要两个人都认可。"),
    )  # fmt: skip
    why = words_field(_("为什么要改"), _("问了谁，凭什么。这一句和您的名字，本人看得到，账本里留着。"))

    field_order = ["seen", "day", "came", "left", "next_day", "away", "kind", "beyond_plan", "nothing", "why"]

    def __init__(self, *args: Any, hours: Hours, rules: book.Pack, as_planned: int, **kwargs: Any) -> None:
        came, left = timezone.localtime(hours.came), timezone.localtime(hours.left)
        first = {"day": came.date(), "came": came.time(), "left": left.time(), "next_day": left.date() > came.date(), "seen": hours.version}
        first |= {
            "kind": hours.kind if hours.stands else "service",
            "away": None if hours.slot_id and hours.away == as_planned else hours.away,
        }
        super().__init__(*args, initial=first, **kwargs)
        known = _kinds(rules, training=True)
        if hours.kind not in rules.kinds:
            known = [(str(_("现在记的")), [(hours.kind, kind_name(hours.kind))]), *known]
        self.fields["kind"].choices = known  # type: ignore[attr-defined]
        if hours.slot_id is None:
            del self.fields["beyond_plan"]
        if not hours.stands:
            del self.fields["nothing"]

    def moments(self) -> tuple[datetime, datetime]:
        came, left = super().moments()
        return (came, came) if self.cleaned_data.get("nothing") else (came, left)


def _kinds(rules: book.Pack, training: bool = False) -> list[tuple[str, Any]]:
    """Kinds of activity in the order of the rules, those that do not count last and saying so."""
    counted = [(kind, kind_name(kind)) for kind, block in rules.kinds.items() if block is book.Block.SERVICE]
    none = [(kind, kind_name(kind)) for kind, block in rules.kinds.items() if block is book.Block.NONE]
    learning = [(kind, kind_name(kind)) for kind, block in rules.kinds.items() if block is book.Block.TRAINING]
    groups = [
        (str(_("算志愿服务")), counted),
        (str(_("算培训，记学时")), learning if training else []),
        (str(_("不算，按规定不记时长")), none),
    ]
    return [group for group in groups if group[1]]


class BackFillForm(Stretch):
    """Hours written down afterwards."""

    person = forms.ModelChoiceField(
        label=_("谁"), queryset=Person.objects.none(), empty_label=_("请选一位"), error_messages=spoken.SENTENCES
    )
    title = forms.CharField(label=_("做了什么"), max_length=60, help_text=_("比如：巡楼、布置会场。别写谁家、几号几室。"))
    kind = forms.ChoiceField(label=_("是哪一类"), error_messages=spoken.SENTENCES)
    away = away_field(_("路上、吃饭、中间休息、待命的时间。没有就空着。"))

    field_order = ["person", "title", "kind", "day", "came", "left", "next_day", "away"]

    def __init__(self, *args: Any, people: Any, rules: book.Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["kind"].choices = _kinds(rules)  # type: ignore[attr-defined]


class TrainingForm(Stretch):
    """A course with everybody who was there."""

    name = forms.CharField(label=_("培训叫什么"), max_length=60)
    content = words_field(_("主要讲了什么"))
    host = forms.CharField(label=_("谁办的"), max_length=60, help_text=_("比如：区社会工作部、本社区。"))
    people = forms.ModelMultipleChoiceField(
        label=_("谁到了"), queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请勾上到了的人。"), "invalid_choice": _("有一位不在名单里，请刷新再勾。"), "invalid_pk_value": _("有一位不在名单里，请刷新再勾。")},
    )  # fmt: skip

    field_order = ["name", "content", "host", "day", "came", "left", "next_day", "people"]

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]


def _units(form: forms.Form, units: Iterable[Place]) -> None:
    """Asks in which unit's name, where there is more than one."""
    choices = [(str(unit.pk), unit.short_name) for unit in units]
    field: Any = form.fields["unit"]
    field.choices, field.initial = choices, choices[0][0] if choices else None
    if len(choices) == 1:
        field.widget = forms.HiddenInput()


class AwardForm(spoken.KindForm):
    use_required_attribute = False
    unit = forms.ChoiceField(label=_("记在哪个社区"), error_messages=spoken.SENTENCES)
    name = forms.CharField(label=_("表彰叫什么"), max_length=60)
    source = forms.ChoiceField(label=_("谁给的"), choices=Award.Source.choices, widget=forms.RadioSelect)
    granted_by = forms.CharField(label=_("给的单位"), max_length=60)
    granted_on = day_field(_("哪天给的"))
    proof = forms.CharField(
        label=_("看过哪张证书"),
        max_length=120,
        required=False,
        help_text=_("本单位给的不用填；别的单位给的一定要看过原件，写上证书名和编号。"),
    )

    def __init__(self, *args: Any, units: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self, units)


RATINGS = [(5, _("5 分，非常好")), (4, _("4 分，好")), (3, _("3 分，可以")), (2, _("2 分，有不足")), (1, _("1 分，不好"))]


class RateForm(spoken.KindForm):
    use_required_attribute = False
    unit = forms.ChoiceField(label=_("记在哪个社区"), error_messages=spoken.SENTENCES)
    rating = forms.TypedChoiceField(label=_("几分"), coerce=int, choices=RATINGS, widget=forms.RadioSelect)
    words = words_field(_("一句话"), _("他看得到。写他做得好的、可以更好的，别写服务对象家里的事。"), required=False)

    def __init__(self, *args: Any, units: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self, units)


def picked(data: QueryDict, found: Mapping[str, Hours]) -> list[tuple[Hours, int]]:
    """Rows as they were seen, `id:version`: the one whose own button was pressed, else all that are ticked; strange ones are passed over."""
    pairs = []
    for key in dict.fromkeys([data["only"]] if data.get("only") else data.getlist("hours")):
        pk, _colon, text = str(key).partition(":")
        version = _version(text)
        if pk in found and version is not None:
            pairs.append((found[pk], version))
    return pairs


def version_in(data: QueryDict) -> int | None:
    """Which version of a row a button was drawn from."""
    return _version(str(data.get("seen", "")))


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
