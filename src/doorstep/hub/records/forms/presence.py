"""What is said when somebody comes and leaves."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.web.forms import KindForm

from ..being import LIVE, Kept, Stand, closes, opens
from ..queries.presence import Line

COME, LEAVE, LEFT = "come", "leave", "left"
MINUTES = dict.fromkeys(("invalid", "min_value", "max_value"), _("请填多少分钟，只写整数；没有就空着。"))
CLOCK = {"required": _("请写几点。"), "invalid": _("请写成 9:30 这样。")}


def clock_field(label: Any, *, required: bool = True) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=required, input_formats=["%H:%M", "%H：%M", "%H.%M", "%H%M"], error_messages=CLOCK,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip


class HereForm(KindForm):
    """One press of the person; the code of the place if there is one."""

    use_required_attribute = False

    act = forms.ChoiceField(choices=[(COME, COME), (LEAVE, LEAVE)], widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("现场的码"), required=False, max_length=40, help_text=_("六位数字。现场没有码就空着，社工会替您确认。"),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    near = forms.NullBooleanField(required=False, widget=forms.HiddenInput)


class KeptForm(HereForm):
    """The same as a phone sends it: at once, or days later."""

    offer = forms.UUIDField(required=False)
    slot = forms.UUIDField(required=False)
    kept_at = forms.FloatField(help_text="the phone's clock when it happened, in milliseconds")
    offset = forms.FloatField(required=False, help_text="server less phone, as it was last known, in milliseconds")

    def kept(self, sent_at: float | None, now: datetime) -> Kept | None:
        """When it happened, or None for just now: by how long ago it is on the phone's own clock, else by that clock set right."""
        at, offset = self.cleaned_data["kept_at"], self.cleaned_data.get("offset")
        ago = (sent_at - at) / 1000 if sent_at is not None else -1.0
        if 0 <= ago <= LIVE.total_seconds():
            return None
        try:
            moment = datetime.fromtimestamp((at + (offset or 0.0)) / 1000, timezone.get_current_timezone())
        except (OverflowError, OSError, ValueError):
            moment = now
        return Kept(moment) if abs(now - moment) > LIVE else None


class LeftForm(KindForm):
    """Who forgot to check out says when it was."""

    use_required_attribute = False

    act = forms.CharField(widget=forms.HiddenInput, initial=LEFT)
    left = clock_field(_("几点走的"))


class WordForm(KindForm):
    """One press of the social worker; with the time of leaving if nobody has said it."""

    left = clock_field(_("几点走的"), required=False)


class RollForm(KindForm):
    """The roll: a tick for each who came and each who left, and for whom did not come where no home waits."""

    def __init__(self, *args: Any, lines: Iterable[Line], by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.by = list(lines), by
        for line in self.lines:
            for what in ("came", "left", "absent"):
                self.fields[f"{what}_{line.key}"] = forms.BooleanField(required=False)

    def ticked(self, what: str) -> list[Line]:
        return [line for line in self.lines if self.cleaned_data.get(f"{what}_{line.key}")]

    def rows(self) -> list[tuple[Line, forms.BoundField | None, forms.BoundField | None, forms.BoundField | None]]:
        """Each line with the ticks that it still can get."""
        found = []
        for line in self.lines:
            # One's own line is somebody else's to call.
            other = line.offer.person_id != self.by.pk
            may = line.may_call and other
            came = self[f"came_{line.key}"] if may and line.stand == Stand.EXPECTED else None
            left = self[f"left_{line.key}"] if may and line.stand in (Stand.ASKS, Stand.HERE) else None
            # That nobody came, or that nobody was called, may still be said when the roll is over.
            open_still = other and line.stand == Stand.EXPECTED and line.offer.state == OfferState.ACCEPTED
            absent = self[f"absent_{line.key}"] if open_still and line.begun and line.offer.slot.household_id is None else None
            found.append((line, came, left, absent))
        return found


class TypedForm(KindForm):
    """Digits that somebody without a phone page read out."""

    use_required_attribute = False

    who = forms.ChoiceField(label=_("哪一位"), error_messages={"required": _("请选是哪一位。")})
    code = forms.CharField(
        label=_("他报的六位数"), max_length=20, error_messages={"required": _("请把他报的六位数打进来。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Iterable[Line], by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [line for line in lines if line.may_call and line.offer.person_id != by.pk]
        self.lines = {line.key: line for line in others if line.stand in (Stand.EXPECTED, Stand.ASKS, Stand.HERE)}
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = [(key, line.offer.person.name) for key, line in self.lines.items()]

    def line(self) -> Line:
        return self.lines[self.cleaned_data["who"]]


class CallerForm(KindForm):
    """Who of those who come calls the roll beside the social worker."""

    person = forms.ChoiceField(
        label=_("还请谁点名"), required=False, help_text=_("从答应来的人里选：成年，在这里做过三次以上，或者是专业志愿者、物业。只管这一次；他自己来没来，您来记。"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不请别人，我自己点")), *((key, person.name) for key, person in self.people.items())]

    @property
    def chosen(self) -> Person | None:
        return self.people.get(self.cleaned_data["person"])


class SheetForm(KindForm):
    """A signed sheet typed back: came and left for each line; an empty line is left alone."""

    use_required_attribute = False

    def __init__(self, *args: Any, lines: Iterable[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.stand in (Stand.EXPECTED, Stand.ASKS, Stand.HERE, Stand.FORGOT) and line.begun]
        for line in self.lines:
            name = {"name": line.offer.person.name}
            self.fields[f"came_{line.key}"] = clock_field(_("%(name)s几点来") % name, required=False)
            self.fields[f"left_{line.key}"] = clock_field(_("%(name)s几点走") % name, required=False)
            self.fields[f"away_{line.key}"] = forms.IntegerField(
                label=_("%(name)s歇了多少分钟") % name, required=False, min_value=0, max_value=600,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}), error_messages=MINUTES,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for line in self.lines:
            came, left = (moment_of(line.offer, said.get(f"{what}_{line.key}")) for what in ("came", "left"))
            if left and not came and line.stand == Stand.EXPECTED:
                self.add_error(f"came_{line.key}", _("写了走，没写来。请看看签到表。"))
            if came and left and left <= came:
                self.add_error(f"left_{line.key}", _("走的时间要在来以后。"))
            self._check_break(line, said)
        return said

    def _check_break(self, line: Line, said: dict[str, Any]) -> None:
        away, left = said.get(f"away_{line.key}"), moment_of(line.offer, said.get(f"left_{line.key}"))
        came = moment_of(line.offer, said.get(f"came_{line.key}")) or (line.presence.came_at if line.presence else None)
        if away is not None and left is None:
            self.add_error(f"left_{line.key}", _("写了歇多少分钟，还要写几点走。"))
        elif away and left and came and timedelta(minutes=away) >= left - came:
            self.add_error(f"away_{line.key}", _("歇的和在场的一样长，或者更长。请看看签到表。"))
        elif away and away >= line.offer.slot.minutes:
            self.add_error(
                f"away_{line.key}", _("歇的和约好的一样长，或者更长。请看看签到表；真是这样，先空着记好，再到“更正”里按实际的改。")
            )

    def rows(self) -> list[tuple[Line, forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(line, self[f"came_{line.key}"], self[f"left_{line.key}"], self[f"away_{line.key}"]) for line in self.lines]

    def breaks(self) -> dict[UUID, int]:
        """Minutes of break by offer, where something was written; nothing written is as it was planned."""
        said = {line.offer.pk: self.cleaned_data.get(f"away_{line.key}") for line in self.lines}
        return {pk: minutes for pk, minutes in said.items() if minutes is not None}

    def written(self) -> list[tuple[Line, datetime | None, datetime | None]]:
        """The lines on which something stands, with moments of their day."""
        found = []
        for line in self.lines:
            came, left = self.cleaned_data.get(f"came_{line.key}"), self.cleaned_data.get(f"left_{line.key}")
            if came or left:
                found.append((line, moment_of(line.offer, came), moment_of(line.offer, left)))
        return found


def moment_of(offer: Offer, at: time | None) -> datetime | None:
    """A time of the clock as it is meant of a visit: on its day, or beyond midnight where only that lies within the time of the visit."""
    if at is None:
        return None
    day = timezone.localdate(offer.start)
    meant = [timezone.make_aware(datetime.combine(day + timedelta(days=days), at)) for days in (0, 1, -1)]
    return next((moment for moment in meant if opens(offer) <= moment <= closes(offer)), meant[0])
