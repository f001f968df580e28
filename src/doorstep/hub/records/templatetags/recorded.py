"""Hours and what stands about them, as the pages of the record say them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorstep.hub.web.templatetags.doorstep import clock, day, state

from ..models import Amendment, HoursState, SyncState
from ..queries.amending import Change, Kept, changes_of
from ..telling import hours_text, kind_name, refusal_sentences

register = template.Library()
MARKS = {
    HoursState.VERIFIED: "ok", HoursState.RECORDED: "wait", HoursState.DISPUTED: "gap", HoursState.REFUSED: "gap",
    HoursState.WAITS_APPROVER: "wait", HoursState.WAITS_PARENT: "wait",
}  # fmt: skip

#: The seal of a grade: how it is drawn, and its letter.
SEALS = {
    "code_pair": ("a", gettext_lazy("甲")), "code_and_word": ("b", gettext_lazy("乙")), "leader": ("b", gettext_lazy("乙")),
    "backfilled": ("c", gettext_lazy("丙")), "transferred": ("c", gettext_lazy("丁")),
}  # fmt: skip


@register.filter
def as_hours(tenths: int | None) -> str:
    """1.5, from fifteen tenths."""
    return hours_text(int(tenths or 0))


@register.filter
def minutes_as_hours(minutes: int) -> str:
    """8, or 7.5."""
    return f"{int(minutes) / 60:.1f}".removesuffix(".0")


@register.filter
def kind(code: str) -> str:
    return kind_name(code)


@register.simple_tag
def hours_state(hours: Any) -> SafeString:
    """Where hours stand: shape, word and colour."""
    if hours.not_service:
        return state("wait", _("不计时长"))
    word = _("社工答复过") if hours.state == HoursState.DISPUTED and hours.answer else hours.get_state_display()
    return state(MARKS[HoursState(hours.state)], word)


#: Where a record stands with the national system, in one word.
SYNC = {
    SyncState.NOT_SENT: gettext_lazy("未报送"), SyncState.EXPORTED: gettext_lazy("已报送"), SyncState.SYNCED: gettext_lazy("已收录"),
    SyncState.RETURNED: gettext_lazy("被退回"),
}  # fmt: skip


@register.filter
def synced(row: Any) -> str:
    """未报送, 已报送, 已收录 or 被退回."""
    return str(SYNC[SyncState(row.sync)])


@register.filter
def from_to(thing: Any) -> str:
    """12月2日 周三 9:30–11:00, and with its day where the end is on another."""
    came, left = (thing.came, thing.left) if hasattr(thing, "came") else thing
    return stretch(came, left)


def stretch(came: Any, left: Any) -> str:
    if came == left:
        return _("%(day)s，没有去") % {"day": day(came)}
    end = clock(left) if left - came < timedelta(hours=24) and day(came) == day(left) else f"{day(left)} {clock(left)}"
    return f"{day(came)} {clock(came)}–{end}"


@register.filter
def old_from_to(correction: Any) -> str:
    return stretch(correction.old_came, correction.old_left)


@register.inclusion_tag("records/hours/_seal.html")
def seal(grade: str, words: str) -> dict[str, str]:
    """The grade of evidence as a seal with its words."""
    look, letter = SEALS.get(grade, ("c", "—"))
    return {"look": look, "letter": str(letter), "words": words}


@register.filter
def why_not(hours: Any) -> list[str]:
    return refusal_sentences(hours.refusals)


@register.filter
def lacking(lacks: Mapping[str, int]) -> list[str]:
    """What the next star still asks for."""
    words = {
        "tenths": lambda n: _("还差 %(n)s 小时") % {"n": hours_text(n)},
        "ratings": lambda n: ngettext("还差 %(n)s 次评价", "还差 %(n)s 次评价", n) % {"n": n},
        "mean_hundredths": lambda n: _("评价的平均分还差 %(n)s 分") % {"n": f"{n / 100:.2f}".rstrip("0").rstrip(".")},
        "witnessed_percent": lambda n: _("有人或有码见证的时长，还差百分之 %(n)s") % {"n": n},
    }
    return [words[name](number) for name, number in lacks.items()]


@register.filter
def stars(number: int) -> str:
    return "★" * int(number)


@register.filter
def as_mean(hundredths: int) -> str:
    """3.5, from three hundred and fifty hundredths."""
    return f"{int(hundredths) / 100:.2f}".rstrip("0").rstrip(".")


@register.filter
def headings(columns: list[Mapping[str, str]]) -> str:
    """What the columns of a table are called, with the two words where only two will do."""
    return _("、").join(f"{one['heading']}（{one['words']}）" if one["fact"] == "result" else one["heading"] for one in columns)


@register.filter
def changes(amendment: Amendment) -> list[Change]:
    return changes_of(amendment)


@register.filter
def as_item(amendment: Amendment) -> Kept:
    """What an amendment is about."""
    return Kept(amendment.about, [amendment])
