"""The page on which a social worker makes a visit of what somebody said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Household, Person, ServiceCategory, Skill, SpokenLanguage
from doorstep.hub.people.models.person import HELPING
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.web.forms import KindForm
from doorstep.hub.web.templatetags.doorstep import local, masked

from ..models import Need
from ..queries import Helper
from ..titles import without_home
from .times import TimesForm

SEATS = (0, 1, 2)
LEVELS = ((1, _("会做")), (2, _("熟练")), (3, _("能带人")))
PRIORITIES = (
    (5, _("5 · 今天明天就得有人，等不得")), (4, _("4 · 这几天要办，拖了会出事")), (3, _("3 · 这周要办")),
    (2, _("2 · 平常的事，晚一周也行")), (1, _("1 · 有人顺手就办")),
)  # fmt: skip


class NamedChoice(forms.ModelChoiceField[Any]):
    """Names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return local(obj)


class OneHome(forms.ChoiceField):
    """One home has to be ticked; the form says what to do while none is, for it may still have to be found."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class CheckForm(TimesForm):
    """From own words to a visit: whose home, what, how long, when, who is wanted, what to look out for."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    find = forms.CharField(label=_("找住户"), help_text=_("姓名、楼栋、门牌，或电话后四位。"), max_length=40, required=False,
                           widget=forms.TextInput(attrs={"type": "search"}))  # fmt: skip
    home = OneHome(
        label=_("是哪一家、哪一位"), widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("这一家不在单子里了。请再查找一次，点一下是哪一家。")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("一句话说这件事"), help_text=_("志愿者先看到的就是这一句。别写门牌、姓名，孩子的小名也不写；要称呼，只写“沈阿姨”这样的。"), max_length=40,
        error_messages={"required": _("请写一句话，志愿者先看这一句。")},
    )  # fmt: skip
    category = NamedChoice(
        label=_("算哪一类"), queryset=ServiceCategory.objects.all(), empty_label=_("请选一类"),
        error_messages={"required": _("请选一类。"), "invalid_choice": _("没有这一类。请从单子里选。")},
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("要多少分钟"), min_value=15, max_value=600, initial=60,
        error_messages={"required": _("请写大约要多少分钟。"), "invalid": _("请写分钟数，比如 60。"),
                        "min_value": _("最少 15 分钟。"), "max_value": _("最多 600 分钟，再长请分成几次。")},
    )  # fmt: skip
    people = forms.ChoiceField(
        label=_("要几个人"), choices=[("1", _("1 位")), ("2", _("2 位")), ("3", _("3 位"))], initial="1", widget=forms.RadioSelect
    )
    priority = forms.TypedChoiceField(label=_("有多急"), choices=PRIORITIES, coerce=int, initial=2)
    minor = forms.BooleanField(label=_("现场有孩子（去的人要有一年内的无犯罪记录查询）"), required=False)
    bodily_risk = forms.BooleanField(label=_("可能磕着碰着（登高、搬重、用电动工具）"), required=False)
    insured = forms.BooleanField(label=_("意外险已经办好"), required=False)
    risk_note = forms.CharField(label=_("要当心什么"), help_text=_("答应以前就看得到，别写姓名。"), max_length=120, required=False)
    bring = forms.CharField(label=_("要带什么"), max_length=120, required=False)
    please_send = forms.ChoiceField(label=_("想请谁来"), help_text=_("先把他排上，还要他自己答应。"), required=False)
    not_send = forms.ChoiceField(label=_("别请谁来"), required=False)
    never_send = forms.BooleanField(label=_("不只这一次，以后都不请他来这家"), required=False)
    wish = forms.CharField(label=_("家里别的想法"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        need: Need,
        homes: Iterable[Household],
        helpers: list[Helper],
        now: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, now=now, **kwargs)
        self.need = need
        self.skills: list[Any] = []
        self.homes = {str(home.pk): home for home in homes}
        self.people_at_home = {str(person.pk): person for home in self.homes.values() for person in home.members.all()}
        for n in SEATS:
            self._add_seat(n)
        been = [(helper.key, helper.name) for helper in helpers if helper.been_there]
        rest = [(helper.key, helper.name) for helper in helpers if not helper.been_there]
        options: list[Any] = [("", _("没有说"))]
        options += [(_("来过这家的"), been)] if been else []
        options += [(_("本社区的"), rest)] if rest else []
        for name in ("please_send", "not_send"):
            self._choice(name).choices = options
        self._choice("home").choices = self._home_choices()

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _add_seat(self, n: int) -> None:
        """What one wanted person must bring; nothing chosen means that anybody may come."""
        skills = NamedChoice(
            label=_("要什么专长"), queryset=Skill.objects.all(), required=False, empty_label=_("谁都行"),
            error_messages={"invalid_choice": _("没有这项专长。请从单子里选；真缺这一项，先选最接近的，在“要当心什么”里写明。")},
        )  # fmt: skip
        anybody = [("", _("都行"))]
        # Three lists of the same skills are read once.
        self.skills = self.skills or [*skills.widget.choices]
        skills.choices = self.skills
        self.fields[f"skill{n}"] = skills
        self.fields[f"level{n}"] = forms.TypedChoiceField(
            label=_("到哪一级"), choices=LEVELS, coerce=int, initial=1, required=False, empty_value="1"
        )
        self.fields[f"role{n}"] = forms.ChoiceField(
            label=_("什么身份"), choices=[*anybody, *((role.value, role.label) for role in HELPING)], required=False
        )
        self.fields[f"gender{n}"] = forms.ChoiceField(label=_("男女"), choices=[*anybody, *Person.Gender.choices], required=False)
        self.fields[f"language{n}"] = forms.ChoiceField(
            label=_("说什么话"), choices=[*anybody, *SpokenLanguage.Code.choices], required=False
        )

    def seats(self) -> list[list[forms.BoundField]]:
        """The fields of each seat, for the page."""
        return [[self[f"{what}{n}"] for what in ("skill", "level", "role", "gender", "language")] for n in SEATS]

    def _home_choices(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for home in self.homes.values():
            for person in home.members.all():
                phone = f" {masked(person.phone)}" if person.phone else ""
                found.append((f"p:{person.pk}", f"{home} · {person.name}{phone}"))
            found.append((f"h:{home.pk}", f"{home} · {_('没有登记的人')}"))
        return found

    def only_looking(self) -> "CheckForm":
        """The same form while a home is looked for: what was typed stands, nothing is judged yet."""
        self._errors = ErrorDict()
        return self

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["windows"] = self.windows(said, said.get("minutes") or 60)
        said["seats"] = [self._seat(said, n) for n in range(int(said.get("people") or 1))]
        chosen = said.get("home") or ""
        said["resident"] = self.people_at_home.get(chosen[2:]) if chosen.startswith("p:") else None
        person = said["resident"]
        said["household"] = self.homes.get(str(person.household_id)) if person else self.homes.get(chosen[2:])
        if said["household"] is None and "home" not in self.errors:
            self.add_error("find", _("还没对上是哪一户。请查找，再点一下是哪一家。"))
        self._nobody_named(said)
        if said.get("please_send") and said.get("please_send") == said.get("not_send"):
            self.add_error("not_send", _("同一个人，又要请又不要请。请改一处。"))
        if not (self.need.phone or self.need.contact_via or (person and person.reachable)):
            self.add_error("find", _("这一家没有电话，也没有转告的人。请先在住户页记下怎么找到，再来核实。"))
        return said

    def _nobody_named(self, said: dict[str, Any]) -> None:
        """Whoever is asked reads the title before the yes."""
        title, home = said.get("title") or "", said["household"]
        better = without_home(title, self.need, home.members.all() if home else ())
        if better != title:
            self.add_error("title", _("志愿者还没答应就看得到这一句。请去掉姓名、门牌和号码，比如写成“%(better)s”。") % {"better": better})

    def _seat(self, said: dict[str, Any], n: int) -> SeatWanted:
        return SeatWanted(
            skill=said.get(f"skill{n}"), level=int(said.get(f"level{n}") or 1), role=said.get(f"role{n}") or "",
            gender=said.get(f"gender{n}") or "", language=said.get(f"language{n}") or "",
        )  # fmt: skip


class OtherDoorForm(KindForm):
    """Not for volunteers: the right door, with words for the resident."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    referral = forms.ChoiceField(label=_("该找谁"), choices=Need.Referral.choices, error_messages={"required": _("请点一下该找谁。")})
    words = forms.CharField(
        label=_("对居民怎么说"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句居民看得懂的话：该找谁、电话几号、要带什么。")},
    )  # fmt: skip


class GiveUpForm(KindForm):
    """It cannot be met: why, and what else there is."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(
        label=_("对居民怎么说"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("为什么办不成，还能怎么办。"), error_messages={"required": _("请写清楚为什么办不成、还能怎么办，居民会看到这段话。")},
    )  # fmt: skip
