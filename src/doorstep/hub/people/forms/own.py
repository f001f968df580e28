"""What a person changes of himself: the volunteer's page, and the skills he says he has."""

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..models import ServiceCategory, Skill, SpokenLanguage, VolunteerProfile
from .fields import BirthField, PhoneField, local_name, residence_field

REACHES = [
    (500, _("500 米，本小区")),
    (1000, _("1 公里")),
    (2000, _("2 公里")),
    (3000, _("3 公里")),
    (5000, _("5 公里")),
    (10000, _("10 公里")),
]
MINUTES = [
    (60, _("1 小时")),
    (120, _("2 小时")),
    (180, _("3 小时")),
    (240, _("4 小时")),
    (360, _("6 小时")),
    (480, _("8 小时")),
    (600, _("10 小时")),
]
VISITS = [(number, str(number)) for number in range(1, 11)]


class ProfileForm(spoken.KindForm):
    offers_welcome = forms.TypedChoiceField(
        label=_("现在要不要邀请"), coerce=lambda value: value == "1", widget=forms.RadioSelect,
        choices=[("1", _("可以邀请我")), ("0", _("这阵子先别叫我，我想歇一歇"))],
        help_text=_("歇着不影响什么。已经答应的事还算数，来不了请在那一件上说。"),
    )  # fmt: skip
    travel = forms.ChoiceField(label=_("怎么去"), choices=VolunteerProfile.Travel.choices, widget=forms.RadioSelect)
    reach_m = forms.TypedChoiceField(label=_("最远去多远"), coerce=int)
    max_minutes = forms.TypedChoiceField(label=_("一周最多帮多久"), coerce=int, help_text=_("到了就不再邀请，直到下周。"))
    max_visits = forms.TypedChoiceField(label=_("一周最多去几次"), coerce=int)
    categories = forms.ModelMultipleChoiceField(
        label=_("愿意帮哪些忙"), queryset=ServiceCategory.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("会说什么话"), choices=SpokenLanguage.Code.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = PhoneField(label=_("电话"), help_text=_("给带您的社工用；您答应去的那一家看不到。"), autocomplete="tel")
    birth_date = BirthField(label=_("出生日期"), required=False, help_text=_("只用来看够不够 18 岁，别人看不到。"))
    residence = residence_field()
    motto = forms.CharField(label=_("想说的一句话"), required=False, max_length=120)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, profile: VolunteerProfile, **kwargs: Any) -> None:
        person = profile.person
        kwargs["initial"] = {
            "offers_welcome": "1" if profile.offers_welcome else "0", "travel": profile.travel, "reach_m": profile.reach_m,
            "max_minutes": profile.max_minutes, "max_visits": profile.max_visits, "categories": list(profile.categories.all()),
            "languages": [language.code for language in person.languages.all()], "phone": person.phone,
            "birth_date": person.birth_date, "residence": person.lives_in, "motto": profile.motto, "version": profile.version,
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        for name, known, told in (("reach_m", REACHES, far), ("max_minutes", MINUTES, long), ("max_visits", VISITS, often)):
            now = getattr(profile, name)
            more = [] if now in dict(known) else [(now, told(now))]
            self.fields[name].choices = sorted([*known, *more], key=lambda choice: int(choice[0]))  # type: ignore[attr-defined]
        self.fields["categories"].label_from_instance = local_name  # type: ignore[attr-defined]


def far(metres: int) -> str:
    """800 米, 2.5 公里."""
    return gettext("%(n)s 米") % {"n": metres} if metres < 1000 else gettext("%(n)s 公里") % {"n": f"{metres / 1000:g}"}


def long(minutes: int) -> str:
    """45 分钟, 6 小时, 6 小时 15 分钟."""
    hours, rest = divmod(minutes, 60)
    parts = [gettext("%(n)s 小时") % {"n": hours}] if hours else []
    parts += [gettext("%(n)s 分钟") % {"n": rest}] if rest or not hours else []
    return " ".join(parts)


def often(times: int) -> str:
    return ngettext("%(n)s 次", "%(n)s 次", times) % {"n": times}


class ClaimForm(spoken.KindForm):
    skill = forms.ModelChoiceField(
        label=_("会什么"), queryset=Skill.objects.all(), empty_label=_("请选一项"), error_messages=spoken.SENTENCES
    )
    evidence = forms.CharField(
        label=_("凭什么"),
        max_length=120,
        required=False,
        help_text=_("比如 教师资格证；没有证的写做过几年。原件当面给社工看，这里不传照片。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].label_from_instance = local_name  # type: ignore[attr-defined]
