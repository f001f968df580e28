"""What a social worker fills in beside a slot: an answer that came by phone, another time, another person."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Person
from doorstep.hub.web.templatetags.doorstep import when

from ..models import Channel, Offer, Slot

#: A visit is agreed for a time that people can still see coming.
FARTHEST = timedelta(days=61)
#: What was said this long ago at most may be taken down on the next day.
LAST_EVENING = timedelta(hours=8)
#: A social worker never answers for somebody on the web.
SPOKEN = [choice for choice in Channel.choices if choice[0] != Channel.WEB]


def said_at(words: str, now: datetime | None = None) -> datetime:
    """A time of the day as typed: today, or late last evening if it is taken down after midnight; nothing typed is now."""
    moment = now or timezone.now()
    try:
        hours = time.fromisoformat(words)
    except ValueError:
        return moment
    if hours.tzinfo is not None:
        return moment
    found = timezone.make_aware(datetime.combine(timezone.localdate(moment), hours))
    if found <= moment:
        return found
    if moment - (found - timedelta(days=1)) <= LAST_EVENING:
        return found - timedelta(days=1)
    raise forms.ValidationError(str(NotYet.sentence), code="not_yet")


class NotYet(Refused):
    sentence = _("这个时间还没到。请填对方是几点说的，不填就是现在。")


class AnswerForm(forms.Form):
    """Who said it how and when; the answer itself is the button that was pressed."""

    channel = forms.ChoiceField(label=_("怎么说的"), choices=SPOKEN, initial=Channel.PHONE)
    at = forms.CharField(label=_("几点说的"), required=False, max_length=5, widget=forms.TextInput(attrs={"type": "time"}))

    def clean_at(self) -> datetime:
        return said_at(self.cleaned_data["at"])

    def check(self) -> None:
        """Refuses what cannot have been said."""
        if not self.is_valid():
            raise NotYet if self.has_error("at", "not_yet") else Refused


class MoveForm(forms.Form):
    """Another stretch in which the visit may start."""

    day = forms.DateField(label=_("哪一天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    earliest = forms.TimeField(label=_("最早几点开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    latest = forms.TimeField(label=_("最晚几点开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not timedelta(0) <= day - timezone.localdate() <= FARTHEST:
            raise forms.ValidationError(_("请选今天以后、两个月以内的日子。"))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        early, late = cleaned.get("earliest"), cleaned.get("latest")
        if early and late and late < early:
            self.add_error("latest", _("最晚的时间比最早的还早。请看一看是不是填反了。"))
        return cleaned

    def window(self) -> tuple[datetime, datetime]:
        day: date = self.cleaned_data["day"]
        return _at(day, self.cleaned_data["earliest"]), _at(day, self.cleaned_data["latest"])


def _at(day: date, hours: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hours))


class PutOnForm(forms.Form):
    """Any person of the community, at any start that the slot allows."""

    person = forms.ChoiceField(label=_("请谁去"))
    start = forms.ChoiceField(label=_("几点开始"))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, slot: Slot, people: Iterable[Person], now_on: Offer | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = {str(person.pk): person for person in people}
        self.starts = {timezone.localtime(start).isoformat(): start for start in possible_starts(slot)}
        self.fields["person"].choices = [("", "—"), *((key, person.name) for key, person in self.people.items())]  # type: ignore[attr-defined]
        self.fields["start"].choices = [(key, when(start)) for key, start in self.starts.items()]  # type: ignore[attr-defined]
        self.fields["seen"].initial = slot.version
        if now_on is not None:
            self.fields["person"].initial, self.fields["start"].initial = (
                str(now_on.person_id),
                timezone.localtime(now_on.start).isoformat(),
            )

    def clean_person(self) -> Person:
        return self.people[self.cleaned_data["person"]]

    def clean_start(self) -> datetime:
        return self.starts[self.cleaned_data["start"]]


def possible_starts(slot: Slot) -> list[datetime]:
    """Every quarter of an hour at which the visit may start."""
    found = []
    for window in slot.windows.all():
        moment = window.earliest
        while moment <= window.latest:
            found.append(moment)
            moment += timedelta(minutes=15)
    return found
