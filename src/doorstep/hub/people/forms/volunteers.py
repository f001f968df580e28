"""What a social worker writes down about volunteers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..models import Consent, Membership, Person, ServiceCategory, Skill, VolunteerProfile
from ..queries import today
from .fields import BirthField, DayField, NameField, PhoneField, local_name, residence_field

LEVELS = [(1, _("1 级，能独立做")), (2, _("2 级，熟练")), (3, _("3 级，能带人"))]


class FilterForm(spoken.KindForm):
    """The list's questions; an answer that does not exist filters nothing."""

    q = forms.CharField(required=False, max_length=60)
    kind = forms.ChoiceField(label=_("哪一种"), required=False, choices=[("", _("两种都要")), *VolunteerProfile.Kind.choices])
    skill = forms.ModelChoiceField(
        label=_("会什么（已核验）"), required=False, queryset=Skill.objects.all(), empty_label=_("不限"), error_messages=spoken.SENTENCES
    )
    clearance = forms.ChoiceField(
        label=_("无犯罪记录查询"), required=False,
        choices=[("", _("不限")), ("ok", _("在有效期")), ("soon", _("60 天内到期")), ("none", _("没有或过期"))],
    )  # fmt: skip
    mine = forms.BooleanField(label=_("只看我带的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].label_from_instance = local_name  # type: ignore[attr-defined]


class Seen(spoken.KindForm):
    """What the page showed when the form was drawn; if that has changed, the sender is told."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class VerifyForm(Seen):
    skill = forms.ModelChoiceField(
        label=_("专长"), queryset=Skill.objects.all(), empty_label=_("请选一项"), error_messages=spoken.SENTENCES
    )
    level = forms.TypedChoiceField(label=_("等级"), coerce=int, choices=LEVELS, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("看了什么证"), max_length=120, help_text=_("证名和发证单位，比如 教师资格证，市教育局。证号不要写。")
    )
    expires_on = DayField(label=_("有效期到"), required=False, help_text=_("长期有效就空着。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].label_from_instance = local_name  # type: ignore[attr-defined]

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day and day < today():
            raise ValidationError(_("这张证今天以前就到期了，核验了也不算数。请他换了新证再来。"))
        return day


class ClearForm(Seen):
    authority = forms.CharField(label=_("哪里查的"), max_length=60, help_text=_("比如 某某派出所。"))
    checked_on = DayField(label=_("哪天查的"), help_text=_("从这一天起管 12 个月，到期要重查。"))
    passed = forms.TypedChoiceField(
        label=_("结果"), coerce=lambda value: value == "1", widget=forms.RadioSelect,
        choices=[("1", _("没有记录，可以和孩子在一起")), ("0", _("不合适和孩子在一起"))], help_text=_("只记结果。查到了什么，一个字也不要写在这里。"),
    )  # fmt: skip

    def clean_checked_on(self) -> date:
        day: date = self.cleaned_data["checked_on"]
        if day > today():
            raise ValidationError(_("查询的日子在今天以后。请再看一看。"))
        if day <= today() - timedelta(days=365):
            raise ValidationError(_("这次查询已经满 12 个月，不算数了。请重新查一次。"))
        return day


class GuardianForm(spoken.KindForm):
    guardian_name = NameField(label=_("监护人姓名"))
    guardian_phone = PhoneField(label=_("监护人电话"))
    max_minutes = forms.TypedChoiceField(
        label=_("一周最多"), coerce=int, choices=[(60, _("1 小时")), (120, _("2 小时")), (180, _("3 小时")), (240, _("4 小时"))]
    )
    tasks = forms.ModelMultipleChoiceField(
        label=_("同意做哪些"),
        queryset=ServiceCategory.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("有危险的事，监护人同意也不派。"),
    )
    channel = forms.ChoiceField(
        label=_("怎么同意的"), widget=forms.RadioSelect,
        choices=[choice for choice in Consent.Channel.choices if choice[0] in (Consent.Channel.PAPER, Consent.Channel.IN_PERSON)],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tasks"].label_from_instance = local_name  # type: ignore[attr-defined]


class KindForm(Seen):
    kind = forms.ChoiceField(label=_("哪一种"), choices=VolunteerProfile.Kind.choices, widget=forms.RadioSelect)
    confidential_since = DayField(label=_("哪天签的保密承诺"), required=False)


class BasicForm(Seen):
    """What the national rules ask of the basic block besides."""

    residence = residence_field()
    national_no = forms.CharField(
        label=_("全国志愿者编号"), max_length=20, required=False, help_text=_("全国志愿服务信息系统给的编号，不是身份证号。还没有就空着。")
    )


class LeadForm(Seen):
    led_by = forms.ModelChoiceField(
        label=_("哪位社工带"), queryset=Person.objects.none(), empty_label=_("请选一位"), error_messages=spoken.SENTENCES
    )
    brought_in_by = forms.CharField(label=_("谁带他来的"), required=False, max_length=12, help_text=_("写那位的志愿者号，比如 V000012。"))

    def __init__(self, *args: Any, workers: Any, role: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["led_by"].queryset = workers  # type: ignore[attr-defined]
        self.fields["led_by"].initial = role.led_by_id


class AddForm(spoken.KindForm):
    """Somebody begins to help; a neighbour of the register needs no name again."""

    name = NameField(label=_("姓名"))
    phone = PhoneField(label=_("电话"))
    birth_date = BirthField(label=_("出生日期"), help_text=_("未满 18 岁的，下一页请监护人签同意。"))
    residence = residence_field()
    brought_in_by = forms.CharField(label=_("谁带他来的"), required=False, max_length=12, help_text=_("写那位的志愿者号，比如 V000012。"))

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is not None:
            for name in ("name", "phone", "birth_date", "residence"):
                del self.fields[name]
