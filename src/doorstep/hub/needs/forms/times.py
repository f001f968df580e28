"""Choosing times quickly: tick mornings, afternoons and evenings of the coming days, or say exactly when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.queries import next_monday
from doorstep.hub.scheduling.actions.availability import PARTS
from doorstep.hub.web.forms import KindForm

from ..actions.checking import quarter_after

PART_NAMES = (_("上午"), _("下午"), _("晚上"))
Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Cell:
    """One part of one day; `key` is empty where it has gone by."""

    key: str
    label: str
    checked: bool


def moment(day: date, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min) + timedelta(minutes=minute))


def monday_of_day(day: date) -> date:
    return day - timedelta(days=day.weekday())


class TimesForm(KindForm):
    """The part of a form that says when; needs `minutes` to know how late a visit may begin."""

    cells = forms.MultipleChoiceField(label=_("哪些时候可以"), required=False)
    exact_day = forms.DateField(label=_("哪一天"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    exact_from = forms.TimeField(label=_("最早几点开始"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    exact_to = forms.TimeField(label=_("最晚几点开始"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, now: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now or timezone.now()
        self.first = timezone.localdate(self.now)
        # To the end of the week that is planned next: every day of it can be ticked.
        last = next_monday(self.now) + timedelta(days=6)
        self.days = [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]
        field = self.fields["cells"]
        assert isinstance(field, forms.MultipleChoiceField)
        # A page that lay open over midnight still names a cell that was there: it is told as gone by, not as unknown.
        field.choices = [
            (f"{day.isoformat()}:{part}", "")
            for day in [self.first - timedelta(days=n) for n in (7, 6, 5, 4, 3, 2, 1)] + self.days
            for part in range(3)
        ]

    def weeks(self) -> list[tuple[str, list[tuple[date, list[Cell]]]]]:
        """This week and the next, each with its days and their cells, for the table on the page; days that are over are left out."""
        chosen = set(self["cells"].value() or [])
        rows = [(day, [self._cell(day, part, chosen) for part in range(3)]) for day in self.days]
        ahead = [(day, cells) for day, cells in rows if any(cell.key for cell in cells)]
        monday = next_monday(self.now)
        parted = ((_("这一周"), [row for row in ahead if row[0] < monday]), (_("下一周"), [row for row in ahead if row[0] >= monday]))
        return [(str(name), days) for name, days in parted if days]

    def _cell(self, day: date, part: int, chosen: set[str]) -> Cell:
        key = f"{day.isoformat()}:{part}"
        over = moment(day, PARTS[part][1]) - timedelta(minutes=15) <= self.now
        return Cell("" if over else key, str(PART_NAMES[part]), key in chosen)

    def windows(self, said: dict[str, Any], minutes: int) -> list[Window]:
        """Every start that is possible; writes its own errors."""
        found = [window for key in said.get("cells", []) if (window := self._of_cell(key, minutes))]
        found += self._exact(said)
        if self.errors.get("exact_day") or self.errors.get("exact_from") or self.errors.get("exact_to"):
            return []
        if not found and said.get("cells"):
            self.add_error("cells", _("这个时段已经过去了，或者剩下的时间不够。请选一个还没到的时间。"))
        elif not found:
            self.add_error("cells", _("请勾一个时段，或者写明哪一天几点。"))
        elif len({monday_of_day(timezone.localdate(early)) for early, _late in found}) > 1:
            self.add_error("cells", _("请只勾同一周的时段。这一周没办成，会自动接到下一周。"))
        return sorted(found)

    def _of_cell(self, key: str, minutes: int) -> Window | None:
        day, part = key.rsplit(":", 1)
        first, last = PARTS[int(part)]
        early, late = moment(date.fromisoformat(day), first), moment(date.fromisoformat(day), max(first, last - minutes))
        return (max(early, quarter_after(self.now)), late) if late > self.now + timedelta(minutes=15) else None

    def _exact(self, said: dict[str, Any]) -> list[Window]:
        day, early, late = said.get("exact_day"), said.get("exact_from"), said.get("exact_to")
        if not (day or early or late):
            return []
        if not day:
            self.add_error("exact_day", _("请写明是哪一天。"))
        if not early:
            self.add_error("exact_from", _("请写明最早几点开始。"))
        if not (day and early):
            return []
        start = timezone.make_aware(datetime.combine(day, early))
        end = timezone.make_aware(datetime.combine(day, late or early))
        if end < start:
            self.add_error("exact_to", _("最晚的时间比最早的还早。请换过来。"))
        elif end <= self.now:
            self.add_error("exact_day", _("这个时段已经过去了。请选一个还没到的时间。"))
        elif day > self.first + timedelta(days=60):
            self.add_error("exact_day", _("太远了，定不准。请选两个月以内的日子。"))
        return [(start, end)]


class MoveForm(TimesForm):
    """Another time for a visit."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, minutes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minutes = minutes

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["windows"] = self.windows(said, self.minutes)
        return said
