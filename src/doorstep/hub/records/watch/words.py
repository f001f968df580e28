"""What was found, as a sentence that says what is odd, beside what one would expect, and one that says what to do."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Anomaly
from .lines import Kind

Words = Callable[[dict[str, Any], str, str], str]


def _hours(tenths: Any) -> str:
    return f"{int(tenths) / 10:g}"


def _span(seconds: Any) -> str:
    found = int(seconds)
    if found < 60:
        return _("1 分钟")
    return _("%(n)s 秒") % {"n": found} if found < 100 else _("%(n)s 分钟") % {"n": round(found / 60)}


def _bought(numbers: dict[str, Any], who: str, other: str) -> str:
    said = {"who": who, "other": other, "hours": _hours(numbers["tenths"]), "span": _span(numbers["seconds"])}
    if numbers["count"] > 1:
        return _("%(who)s在 %(span)s里给%(other)s补了 %(hours)s 小时。") % said
    return _("%(who)s一笔给%(other)s补了 %(hours)s 小时。") % said


def _because(numbers: dict[str, Any]) -> list[str]:
    """What makes typed-in hours odder still."""
    found = []
    if numbers.get("unplanned"):
        found.append(_("没有对应的服务岗位"))
    if numbers.get("hasty"):
        found.append(_("填好十分钟里就批了"))
    if numbers.get("late"):
        found.append(_("过了两个多星期才补"))
    return found


def _sitting(numbers: dict[str, Any], who: str, other: str) -> str:
    said = {
        "who": who,
        "activities": numbers["activities"],
        "people": numbers["people"],
        "minutes": numbers["minutes"],
        "hours": _hours(numbers["tenths"]),
    }
    return _("%(who)s一口气补了 %(activities)s 次服务、%(people)s 个人、%(hours)s 小时，用了 %(minutes)s 分钟。") % said


def _code(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("半分钟里有 %(people)s 个人报了同一个码。在现场一个一个扫，半分钟最多八个人。") % numbers


def _phone(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("%(day)s，一部手机替 %(people)s 个人签了到。") % (numbers | {"day": _day(numbers["day"])})


def _places(numbers: dict[str, Any], who: str, other: str) -> str:
    said = {"who": who, "day": _day(numbers["day"]), "metres": numbers["metres"], "short": numbers["short"]}
    if not numbers["metres"]:
        return _("%(who)s %(day)s 在两处的时间重了 %(short)s 分钟。") % said
    return _("%(who)s %(day)s 赶的两处相隔 %(metres)s 米，就算坐车也差 %(short)s 分钟。") % said


def _voice(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("%(who)s有 %(of)s 次靠别人作证，其中 %(count)s 次都是%(other)s说的；别人的事，%(other)s只占 %(usual)s%%。") % (
        numbers | {"who": who, "other": other}
    )


def _night(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("%(who)s %(of)s 次里有 %(count)s 次在夜里十点到早上六点；本单位一般占 %(usual)s%%。") % (numbers | {"who": who})


def _round(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("%(who)s补录的 %(of)s 次里有 %(count)s 次正好是整小时；本单位一般占 %(usual)s%%。") % (numbers | {"who": who})


def _filled(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("%(who)s %(of)s 次里有 %(count)s 次是事后补的，占 %(share)s%%；本单位一般占 %(usual)s%%。") % (numbers | {"who": who})


def _pair(numbers: dict[str, Any], who: str, other: str) -> str:
    return _("%(who)s和%(other)s互相作证：%(other)s给%(who)s %(there)s 次，%(who)s给%(other)s %(back)s 次。") % (
        numbers | {"who": who, "other": other}
    )


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return date_format(day, _("n月j日"))


SENTENCES: dict[Kind, Words] = {
    Kind.BOUGHT: _bought, Kind.SITTING: _sitting, Kind.CODE: _code, Kind.PHONE: _phone, Kind.PLACES: _places,
    Kind.VOICE: _voice, Kind.NIGHT: _night, Kind.ROUND: _round, Kind.FILLED: _filled, Kind.PAIR: _pair,
}  # fmt: skip


def name_of(person: Any) -> str:
    return str(person.name) if person else str(_("一个人"))


def sentence(anomaly: Anomaly) -> str:
    return SENTENCES[Kind(anomaly.kind)](anomaly.numbers, name_of(anomaly.person), name_of(anomaly.other))


def reasons(anomaly: Anomaly) -> list[str]:
    return _because(anomaly.numbers)


def title(kind: str) -> str:
    """What kind of oddness it is, in a few words."""
    return {
        Kind.BOUGHT: _("几分钟补出好几小时"), Kind.SITTING: _("一口气补很多"), Kind.CODE: _("很多人报同一个码"), Kind.PHONE: _("一部手机签很多人"),
        Kind.PLACES: _("同时在两处"), Kind.VOICE: _("总是一个人作证"), Kind.NIGHT: _("常在夜里"), Kind.ROUND: _("总是整小时"),
        Kind.FILLED: _("多半是事后补的"), Kind.PAIR: _("互相作证"),
    }[Kind(kind)]  # fmt: skip


def advice(kind: str) -> str:
    """What to do about it first."""
    return {
        Kind.BOUGHT: _("先问本人：那天在哪里、谁一起、做了什么。再看当天有没有签到表。"),
        Kind.SITTING: _("请填的人拿出签到表，抽三条打电话问。"),
        Kind.CODE: _("问带队的人当时到了几位。可能有人把码拍下来传出去了。"),
        Kind.PHONE: _("老人没有手机，可以报号或由带队的点名。先问清是不是代签。"),
        Kind.PLACES: _("多半是时间记错了。问本人，写一条更正。"),
        Kind.VOICE: _("下次换一个人确认，或用现场的码。"),
        Kind.NIGHT: _("问问是什么事要夜里去。真要夜里去，记得两个人一起。"),
        Kind.ROUND: _("请他以后用现场的码，来去几点自动记下。"),
        Kind.FILLED: _("问问为什么当时没有签到：没有手机，还是没有人教过。"),
        Kind.PAIR: _("以后请第三个人来批。"),
    }[Kind(kind)]  # fmt: skip


def found(n: int) -> str:
    return ngettext("有 %(n)s 件值得看一看", "有 %(n)s 件值得看一看", n) % {"n": n}
