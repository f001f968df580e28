"""What kind of occasion it is and when its break is, as a social worker fills it in."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..actions.activity import PauseOutside
from ..actions.slot import ActivityWanted
from ..activities import HINTS
from ..models import Activity, Slot

LONGEST_PAUSE = 240


def clock_field(label: Any, help_text: Any = "", required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, help_text=help_text, required=required, widget=widget)


class ActivityFields(forms.Form):
    """The fields that the announcing of an event and the page of its kind share."""

    activity = forms.ChoiceField(label=_("算不算时长"), choices=HINTS.items(), initial=Activity.SERVICE, widget=forms.RadioSelect)
    about = forms.CharField(
        label=_("培训主要讲什么"), max_length=200, required=False, help_text=_("是培训才填，比如：心肺复苏和止血包扎。")
    )
    host = forms.CharField(label=_("培训谁办的"), max_length=60, required=False, help_text=_("空着就写本社区。"))
    pause_at = clock_field(_("中间休息，几点起"), _("吃午饭、歇一歇，不计时长。没有就空着。"), required=False)
    pause = forms.IntegerField(label=_("休息多少分钟"), min_value=5, max_value=LONGEST_PAUSE, required=False)

    @property
    def opens(self) -> bool:
        """Whether something stands, or is wrong, in the fields that most occasions do not need."""
        return any(self[name].value() or self[name].errors for name in ("about", "host", "pause_at", "pause"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("pause") and not said.get("pause_at"):
            self.add_error("pause_at", _("写了休息多少分钟，还要写几点起。"))
        if said.get("pause_at") and not said.get("pause") and "pause" not in self.errors:
            self.add_error("pause", _("写了几点起休息，还要写多少分钟。"))
        return said

    def what(self, start: datetime) -> ActivityWanted:
        """As the actions want it; the break in minutes from the start, over midnight too."""
        said = self.cleaned_data
        training = said["activity"] == Activity.TRAINING
        after, at = 0, said.get("pause_at")
        if at is not None:
            after = int((_next(start, at) - start).total_seconds() // 60)
            if after == 0:
                raise PauseOutside
        return ActivityWanted(
            activity=said["activity"], about=said["about"] if training else "", host=said["host"] if training else "",
            pause_after=after, pause=said.get("pause") or 0,
        )  # fmt: skip


def _next(start: datetime, at: time) -> datetime:
    """The next time after the start at which the clock shows this."""
    local = timezone.localtime(start)
    day: date = local.date() if at >= local.time().replace(second=0, microsecond=0) else local.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, at))


class ActivityForm(ActivityFields):
    """Beside an event that is announced already."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, slot: Slot, start: datetime, **more: Any) -> None:
        pause = slot.pause_from(start)
        first = {
            "activity": slot.activity, "about": slot.about, "host": slot.host, "pause": slot.pause or None,
            "pause_at": timezone.localtime(pause[0]).time() if pause else None, "seen": slot.version,
        }  # fmt: skip
        super().__init__(*args, **({"initial": first} | more))
