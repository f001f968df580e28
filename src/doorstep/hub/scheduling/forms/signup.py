"""What is filled in around a sign-up: who comes along, who goes instead, and what is announced."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Person, Place, ServiceCategory, Skill
from doorstep.hub.web.templatetags.doorstep import local

from ..access.refused import CompanionCannot, FellowCannot
from ..actions.announcing import MOST_PLACES, MOST_TRAINEES, EventWanted
from ..openings import person_numbered
from ..spot import Point, from_chinese_maps, is_near, read_point
from .activity import ActivityFields, clock_field
from .planning import FARTHEST

#: Figures and letters of a volunteer's number, however they were set apart.
MOST_NUMBERS = 10


class TogetherForm(forms.Form):
    """Ticks for the own household and known fellows, numbers for others."""

    family = forms.MultipleChoiceField(label=_("家里人"), required=False, widget=forms.CheckboxSelectMultiple)
    fellows = forms.MultipleChoiceField(label=_("一起做过志愿服务的"), required=False, widget=forms.CheckboxSelectMultiple)
    numbers = forms.CharField(
        label=_("别的伙伴的志愿者编号"), required=False, max_length=200,
        help_text=_("在对方的“我的资料”里，像 V000012。几个人就用空格隔开。"),
    )  # fmt: skip
    spoken = forms.BooleanField(label=_("家里人都亲口答应了"), required=False)

    def __init__(self, *args: Any, family: Iterable[Person] = (), fellows: Iterable[Person] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = {str(person.pk): person for person in (*family, *fellows)}
        self.fields["family"].choices = [(str(p.pk), p.name) for p in family]  # type: ignore[attr-defined]
        self.fields["fellows"].choices = [(str(p.pk), p.name) for p in fellows]  # type: ignore[attr-defined]
        if not self.fields["family"].choices:  # type: ignore[attr-defined]
            del self.fields["family"], self.fields["spoken"]
        if not self.fields["fellows"].choices:  # type: ignore[attr-defined]
            del self.fields["fellows"]

    def clean_numbers(self) -> list[Person]:
        found = []
        for number in self.cleaned_data["numbers"].replace("，", " ").replace("、", " ").replace(",", " ").split()[:MOST_NUMBERS]:
            person = person_numbered(number)
            if person is None:
                raise forms.ValidationError(str(CompanionCannot.sentence))
            found.append(person)
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (said.get("family") or said.get("fellows") or said.get("numbers")):
            raise forms.ValidationError(_("还没有选一起去的人。自己去，点上面的“报名”就行。"))
        return said

    @property
    def chosen_family(self) -> list[Person]:
        return [self.known[key] for key in self.cleaned_data.get("family", [])]

    @property
    def chosen_fellows(self) -> list[Person]:
        named = [self.known[key] for key in self.cleaned_data.get("fellows", [])]
        return list({person.pk: person for person in (*named, *self.cleaned_data.get("numbers", []))}.values())


class StandInForm(forms.Form):
    """One fellow, by name if known, else by number; with what to swap, if so wished."""

    fellow = forms.ChoiceField(label=_("请谁替您去"), required=False, widget=forms.RadioSelect)
    number = forms.CharField(label=_("或者写志愿者编号"), required=False, max_length=12, help_text=_("在对方的“我的资料”里，像 V000012。"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["fellow"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["fellow"]

    def clean_number(self) -> Person | None:
        number = self.cleaned_data["number"].strip()
        if not number:
            return None
        person = person_numbered(number)
        if person is None:
            raise forms.ValidationError(str(FellowCannot.sentence))
        return person

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said.get("fellow") and not said.get("number"):
            raise forms.ValidationError(_("请选一位，或者写一个编号。"))
        return said


#: Where the numbers of a position come from: maps in China draw everything some hundred metres off.
MAPS, PHONE = "maps", "phone"
DRAWN = ((MAPS, _("高德、腾讯等国内地图")), (PHONE, _("手机的指南针、定位")))
FARTHEST_SPOT_M = 100_000


class EventForm(ActivityFields):
    """Title, time, place, places and risks: what the law wants said before anybody signs up."""

    title = forms.CharField(label=_("叫什么"), max_length=40, help_text=_("比如：桂花节红梅公园引路。"))
    category: forms.ModelChoiceField[ServiceCategory] = forms.ModelChoiceField(label=_("哪一类"), queryset=None, empty_label="—")
    day = forms.DateField(label=_("哪一天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = clock_field(_("几点开始"))
    minutes = forms.IntegerField(label=_("多少分钟"), min_value=15, max_value=600, help_text=_("15 到 600 分钟，路上不算。"))
    where = forms.CharField(label=_("在哪里"), max_length=60, help_text=_("写到找得着：红梅公园南门，穿红马甲的人。"))
    spot = forms.CharField(
        label=_("在地图上的位置（可以不填）"), max_length=60, required=False,
        help_text=_("两个数，像 31.7712, 119.9466。不在社区里的，填了，路程和“在不在附近”才算得准；不填，按社区中心算。"),
    )  # fmt: skip
    drawn = forms.ChoiceField(label=_("这两个数从哪里抄来"), required=False, choices=DRAWN)
    places = forms.IntegerField(label=_("要几位"), min_value=1, max_value=MOST_PLACES)
    trainees = forms.IntegerField(
        label=_("另收几位见习的"),
        min_value=0,
        max_value=MOST_TRAINEES,
        initial=0,
        help_text=_("跟着熟手学，不要证；没有见习的，活动照样办。"),
    )
    skill: forms.ModelChoiceField[Skill] = forms.ModelChoiceField(
        label=_("要会什么"), queryset=None, required=False, empty_label=_("不要专长")
    )
    level = forms.ChoiceField(label=_("几级"), choices=[(n, n) for n in (1, 2, 3)], required=False)
    minor = forms.BooleanField(label=_("现场有孩子（去的人要有一年内的无犯罪记录查询）"), required=False)
    bodily_risk = forms.BooleanField(label=_("可能磕着碰着（先办好意外险，才收报名）"), required=False)
    insured = forms.BooleanField(label=_("意外险已经办好"), required=False)
    risk_note = forms.CharField(
        label=_("有什么危险"), max_length=120, required=False, help_text=_("实话实说，比如：要搬折叠桌。没有就空着。")
    )
    bring = forms.CharField(label=_("要带什么"), max_length=120, required=False)

    def __init__(self, *args: Any, place: Place | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.place = place
        for name, rows in (("category", ServiceCategory.objects.all()), ("skill", Skill.objects.all())):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = local  # type: ignore[attr-defined]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 0 <= (day - timezone.localdate()).days <= FARTHEST.days:
            raise forms.ValidationError(_("请选今天以后、两个月以内的日子。"))
        return day

    def clean_spot(self) -> Point | None:
        words = self.cleaned_data["spot"]
        point = read_point(words)
        if words and point is None:
            raise forms.ValidationError(_("这两个数看不懂。请写成 31.7712, 119.9466 这样；不知道就空着。"))
        return point

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        point = said.get("spot")
        if point and said.get("drawn") == MAPS:
            said["spot"] = point = from_chinese_maps(point)
        if point and self._is_far(point):
            self.add_error("spot", _("这个位置离社区有一百公里以上。请看一看数字有没有抄错。"))
        return said

    def _is_far(self, point: Point) -> bool:
        here = self.place
        return (
            here is not None and here.lat is not None and here.lon is not None and not is_near(point, (here.lat, here.lon), FARTHEST_SPOT_M)
        )

    def wanted(self) -> EventWanted:
        said = self.cleaned_data
        hours: time = said["at"]
        start = timezone.make_aware(datetime.combine(said["day"], hours))
        return EventWanted(
            title=said["title"], category=said["category"], start=start, what=self.what(start),
            minutes=said["minutes"], where=said["where"], places=said["places"], trainees=said["trainees"], skill=said["skill"],
            level=int(said["level"] or 1), minor=said["minor"], bodily_risk=said["bodily_risk"], insured=said["insured"],
            risk_note=said["risk_note"], bring=said["bring"], spot=said["spot"],
        )  # fmt: skip
