"""The rules of hours and the star scheme as a district fills them in, and the holidays of a year as they were announced."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from .. import book
from ..holidays import days_in
from ..models import Grade
from ..telling import FIELDS, kind_name, sources_of
from .hours import day_field

MOST_BYTES = 100_000
BLOCKS = [("service", _("算服务")), ("training", _("算培训")), ("none", _("不记"))]
ROUNDINGS = [("down", _("舍去")), ("nearest", _("四舍五入")), ("up", _("进上去"))]


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def _whole(label: Any, least: int, most: int) -> forms.IntegerField:
    wrong = format_lazy(_("请填 {least} 到 {most} 之间的整数。"), least=least, most=most)
    errors = {"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong}
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=errors)


def _halves(label: Any, help_text: Any, most: int) -> forms.FloatField:
    wrong = format_lazy(_("请填 0.5 到 {most} 之间的数，半小时半小时地填，比如 8 或 7.5。"), most=most)
    errors = {"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong}
    return forms.FloatField(label=label, help_text=help_text, min_value=0.5, max_value=most, step_size=None, error_messages=errors)


def _sources() -> forms.CharField:
    return forms.CharField(
        label=FIELDS["sources"][0], help_text=_("一行一条：哪个文件、第几条。"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class RulesForm(spoken.KindForm):
    """A pack of rules, its kinds of activity as they stand in the pack that holds now."""

    use_required_attribute = False
    valid_from = day_field(FIELDS["valid_from"][0], _("最早是明天。以前记下的，按当时的规则，不变。"))
    unit_tenths = forms.TypedChoiceField(
        label=FIELDS["unit_tenths"][0], coerce=int, widget=forms.RadioSelect, choices=[(1, _("0.1 小时（6 分钟）")), (5, _("半小时"))]
    )
    rounding = forms.ChoiceField(label=FIELDS["rounding"][0], choices=ROUNDINGS, widget=forms.RadioSelect)
    cap_at_planned = forms.TypedChoiceField(
        label=FIELDS["cap_at_planned"][0], coerce=lambda value: value == "1", widget=forms.RadioSelect,
        choices=[("1", _("不算，最多算到约好的那么久")), ("0", _("算，做了多久算多久"))],
    )  # fmt: skip
    alone = _halves(FIELDS["alone_minutes_a_day"][0], _("多少小时。超过的，要区里看过才算。"), 24)
    reviewed = _halves(FIELDS["reviewed_minutes_a_day"][0], _("多少小时。再多的不记。"), 24)
    longest = _halves(FIELDS["longest_minutes"][0], _("多少小时。更长的是写错了。"), 744)
    checkins_a_day = _whole(FIELDS["checkins_a_day"][0], 1, 100)
    record_within_days = _whole(FIELDS["record_within_days"][0], 1, 60)
    warn_on_day = _whole(FIELDS["warn_on_day"][0], 1, 60)
    sources = _sources()

    def __init__(self, *args: Any, rules: book.Pack, **kwargs: Any) -> None:
        first = {
            "valid_from": tomorrow(), "unit_tenths": rules.unit_tenths, "rounding": str(rules.rounding), "cap_at_planned": "1" if rules.cap_at_planned else "0",
            "alone": rules.alone_minutes_a_day / 60, "reviewed": rules.reviewed_minutes_a_day / 60, "longest": rules.longest_minutes / 60,
            "checkins_a_day": rules.checkins_a_day, "record_within_days": rules.record_within_days, "warn_on_day": rules.warn_on_day,
            "sources": "\n".join(sources_of("rules", rules.name, rules.sources)),
        }  # fmt: skip
        super().__init__(*args, initial=first, **kwargs)
        self._rules = rules
        for kind, block in rules.kinds.items():
            self.fields[f"kind_{kind}"] = forms.ChoiceField(
                label=kind_name(kind), choices=BLOCKS, initial=str(block), error_messages=spoken.SENTENCES
            )
        self.order_fields([*[name for name in self.fields if name != "sources"], "sources"])

    def facts(self, version: int, district: str) -> dict[str, Any]:
        """What the pack's file says."""
        said = self.cleaned_data
        return {
            "id": own_id(district), "version": version, "district": district, "valid_from": said["valid_from"].isoformat(), "valid_until": None,
            "sources": _lines(said["sources"]), "utc_offset_minutes": self._rules.utc_offset_minutes, "unit_tenths": said["unit_tenths"],
            "rounding": said["rounding"], "cap_at_planned": said["cap_at_planned"], "alone_minutes_a_day": round(said["alone"] * 60),
            "reviewed_minutes_a_day": round(said["reviewed"] * 60), "checkins_a_day": said["checkins_a_day"],
            "longest_minutes": round(said["longest"] * 60), "kinds": {kind: said[f"kind_{kind}"] for kind in self._rules.kinds},
            "record_within_days": said["record_within_days"], "warn_on_day": said["warn_on_day"],
        }  # fmt: skip


def own_id(district: str, stars: bool = False) -> str:
    """What the packs of a district are called."""
    return f"{'stars' if stars else 'rules'}-{district}"


LEVEL_FIELDS = ("hours", "ratings", "mean", "witnessed")


class StarsForm(spoken.KindForm):
    """A star scheme: five levels, each with hours and with quality that hours do not buy."""

    use_required_attribute = False
    valid_from = day_field(FIELDS["valid_from"][0], _("最早是明天。"))
    grades = forms.MultipleChoiceField(
        label=FIELDS["grades"][0], choices=Grade.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少勾一等。"), "invalid_choice": _("单子里没有这一等，请重新勾。")},
    )  # fmt: skip
    notice_days = _whole(FIELDS["notice_days"][0], 0, 60)
    sources = _sources()

    def __init__(self, *args: Any, scheme: book.Scheme, **kwargs: Any) -> None:
        super().__init__(
            *args,
            initial={
                "valid_from": tomorrow(),
                "grades": [str(grade) for grade in scheme.grades],
                "notice_days": scheme.notice_days,
                "sources": "\n".join(sources_of("stars", scheme.name, scheme.sources)),
            },
            **kwargs,
        )
        self.stars = [level.star for level in scheme.levels]
        for level in scheme.levels:
            n = {"n": level.star}
            first = {
                "hours": level.hours,
                "ratings": level.ratings,
                "mean": level.mean_hundredths / 100,
                "witnessed": level.witnessed_percent,
            }
            fields = {
                "hours": _whole(_("%(n)s 星：多少小时") % n, 0, 100_000), "ratings": _whole(_("%(n)s 星：至少几次评价") % n, 0, 10_000),
                "mean": forms.FloatField(label=_("%(n)s 星：平均几分") % n, min_value=0, max_value=5, step_size=None, error_messages=_mean()),
                "witnessed": _whole(_("%(n)s 星：百分之几有人见证") % n, 0, 100),
            }  # fmt: skip
            for name in LEVEL_FIELDS:
                fields[name].initial = first[name]
                self.fields[f"{name}_{level.star}"] = fields[name]
        self.order_fields([*[name for name in self.fields if name != "sources"], "sources"])

    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [(star, [self[f"{name}_{star}"] for name in LEVEL_FIELDS]) for star in self.stars]

    def facts(self, version: int, district: str) -> dict[str, Any]:
        said = self.cleaned_data
        levels = [
            {
                "star": star, "hours": said[f"hours_{star}"], "ratings": said[f"ratings_{star}"],
                "mean_hundredths": round(said[f"mean_{star}"] * 100), "witnessed_percent": said[f"witnessed_{star}"],
            }
            for star in self.stars
        ]  # fmt: skip
        return {
            "id": own_id(district, stars=True), "version": version, "district": district, "valid_from": said["valid_from"].isoformat(),
            "sources": _lines(said["sources"]), "grades": said["grades"], "levels": levels, "notice_days": said["notice_days"],
        }  # fmt: skip


def _mean() -> dict[str, Any]:
    wrong = _("请填 0 到 5 之间的数，比如 3.5。")
    return {"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong}


class FileForm(spoken.KindForm):
    """A pack or a scheme as a file."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("规则文件"), help_text=_("和下载的那一份一样的 JSON 文件，改好了传上来。"),
        error_messages={"required": _("请选一个文件。"), "invalid": _("请选一个文件。"), "empty": _("这个文件是空的，请重新选。"), "missing": _("请选一个文件。")},
    )  # fmt: skip

    def clean_file(self) -> bytes:
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise ValidationError(_("这个文件太大了，规则文件只有几千字。请重新选。"))
        data: bytes = found.read()
        return data


def stars_in(data: bytes) -> bool:
    """Whether a file says that it is a star scheme; whatever it is else, the rules will say what is wrong with it."""
    try:
        found = json.loads(data)
    except ValueError:
        return False
    return isinstance(found, Mapping) and str(found.get("format", "")).startswith("doorstep-stars/")


class YearForm(spoken.KindForm):
    """The holidays of a year as they were announced: days or stretches, one a line."""

    use_required_attribute = False
    year = forms.IntegerField(
        label=_("哪一年"),
        min_value=2020,
        max_value=2100,
        error_messages={"required": _("请填年份，比如 2027。"), "invalid": _("请填年份，比如 2027。")},
    )
    free = forms.CharField(
        label=_("放假的日子"), widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("一行一段，比如 1月1日 至 1月3日；只有一天的写 9月15日。周末连在里面的也写上。跨年的写全，比如 2026-12-31。"),
    )  # fmt: skip
    worked = forms.CharField(
        label=_("调休要上班的周末"), widget=forms.Textarea(attrs={"rows": 4}), required=False, help_text=_("一行一天，比如 2月7日。")
    )
    source = forms.CharField(label=_("哪个文件"), max_length=120, help_text=_("比如：国务院办公厅关于 2027 年部分节假日安排的通知。"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        year = said.get("year")
        for name in ("free", "worked"):
            if year and name in said:
                try:
                    said[name] = days_in(said[name], year)
                except ValueError as fault:
                    self.add_error(
                        name,
                        ValidationError(_("这一行看不懂：%(line)s。请写成 1月1日 至 1月3日，或 2027-01-01。"), params={"line": str(fault)}),
                    )
        return said
