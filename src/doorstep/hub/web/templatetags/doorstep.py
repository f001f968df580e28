"""Tags and filters that every page may use: marks, hands, fields, and times as people say them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms, template
from django.template import RequestContext
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHOWN_FACES = 3


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def state(kind: str, word: object) -> SafeString:
    """A shape, a word and a colour."""
    return format_html('<span class="state state-{}">{}{}</span>', kind, icon(kind), word)


@register.simple_tag
def once() -> SafeString:
    """The form's one-time key."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4().hex)


@register.inclusion_tag("web/hands.html", takes_context=True)
def hands(context: RequestContext, lead: Any, helpers: Iterable[Any] = (), open: int = 0, asked: bool = False) -> dict[str, object]:
    """The two hands on a matter: who is responsible, and who assists; `asked` while they have not said yes."""
    reader = getattr(context.get("request"), "reader", None)
    you = gettext("您")
    people = list(helpers)
    names = [you if reader is not None and person.pk == reader.pk else person.name for person in people]
    lead_name = you if lead is not None and reader is not None and lead.pk == reader.pk else getattr(lead, "name", "")
    return {
        "lead": lead, "lead_name": lead_name, "faces": [person.name[:1] for person in people[:SHOWN_FACES]], "open": open,
        "names": gettext("等您回话") if asked and you in names else gettext("、").join(names), "number": len(names), "helper_face": "face-open" if asked else "face-with",
    }  # fmt: skip


def _kind(field: forms.BoundField) -> str:
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "box"


@register.inclusion_tag("web/field.html")
def field(bound: forms.BoundField, short: bool = False) -> dict[str, object]:
    """One field with label, hint, error; `short` lays three short choices beside each other."""
    described = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    return {
        "field": bound, "kind": _kind(bound), "short": short, "described": " ".join(described),
        "optional": not bound.field.required and not isinstance(bound.field, forms.BooleanField),
    }  # fmt: skip


@register.inclusion_tag("web/errors.html")
def errors(form: forms.BaseForm) -> dict[str, object]:
    """What is wrong comes first, with a way to each field."""
    return {"form": form, "pointed": [bound for bound in form if bound.errors and not bound.is_hidden]}


def _local(moment: datetime | date) -> datetime | date:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def day(moment: datetime | date | None) -> str:
    """12月2日 周三."""
    if moment is None:
        return ""
    local = _local(moment)
    weekday = WEEKDAYS[local.weekday()]
    if get_language() == "en":
        return f"{weekday} {local.day} {MONTHS_EN[local.month - 1]}"
    return gettext("{month}月{day}日 {weekday}").format(month=local.month, day=local.day, weekday=weekday)


@register.filter
def dated(on: date | None) -> str:
    """11月7日, or 2025年3月4日 in another year: a day that stands in papers."""
    if on is None:
        return ""
    this_year = on.year == timezone.localdate().year
    if get_language() == "en":
        return f"{on.day} {MONTHS_EN[on.month - 1]}" if this_year else f"{on.day} {MONTHS_EN[on.month - 1]} {on.year}"
    words = gettext("{month}月{day}日") if this_year else gettext("{year}年{month}月{day}日")
    return words.format(year=on.year, month=on.month, day=on.day)


@register.filter
def clock(moment: datetime | None) -> str:
    """9:30."""
    return f"{(local := timezone.localtime(moment)).hour}:{local.minute:02}" if moment else ""


@register.filter
def when(moment: datetime | None) -> str:
    """12月2日 周三 9:30."""
    return f"{day(moment)} {clock(moment)}" if moment else ""


@register.filter
def span(start: datetime | None, minutes: int) -> str:
    """9:30–11:00."""
    return f"{clock(start)}–{clock(start + timedelta(minutes=int(minutes)))}" if start else ""


@register.filter
def minute_clock(minute: int | None) -> str:
    """A minute of the day as 9:30."""
    return "" if minute is None else f"{int(minute) // 60}:{int(minute) % 60:02}"


@register.filter
def masked(phone: str) -> str:
    """139****2618: enough to recognise, too little to call."""
    digits = phone.replace(" ", "")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 7 else "****" if digits else ""


@register.filter
def local(thing: Any) -> str:
    """The name in the reader's language, for what has its two names in the database."""
    return (
        str(getattr(thing, "name_en", "") or thing)
        if thing is not None and get_language() == "en"
        else str(thing if thing is not None else "")
    )
