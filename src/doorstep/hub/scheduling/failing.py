"""What the planner refused, so that a social worker can mend it: a code with numbers, and the sentence of each."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorstep.hub.people.models import Person, Place
from doorstep.hub.web.templatetags.doorstep import when

from .models import Plan, Slot
from .pool import week_start

PLACE_IN_FILE = re.compile(r"^(?:week\.)?(needs|volunteers)\[(\d+)\]\.?(\w*)[^:]*:\s*(.*)$")


def as_failure(fault: Exception, week: dict[str, Any], place: Place) -> tuple[str, dict[str, Any]]:
    """The planner's refusal as a code, and who and which visits it is about; a district's page is told the communities alone."""
    own = place.kind == Place.Kind.COMMUNITY
    if hasattr(fault, "needs"):
        rows = [week["needs"][n] for n in fault.needs]
        return f"promise_{getattr(fault, 'code', '')}", {"visits": _visits(rows, own), "person": _name(getattr(fault, "person", ""), own)}
    found = PLACE_IN_FILE.match(str(fault))
    if found is None:
        return "", {"why": str(fault)[:200]}
    row, numbers = week[found[1]][int(found[2])], {"field": found[3], "why": found[4][:200]}
    if found[1] == "needs":
        return "bad_slot", numbers | {"visits": _visits([row], own)}
    return "bad_person", numbers | {"person": _name(row.get("id", ""), own), "who": str(row.get("id", "")) if own else ""}


def _visits(rows: list[dict[str, Any]], own: bool) -> list[dict[str, Any]]:
    slots = Slot.objects.select_related("place").in_bulk([UUID(str(row["id"])) for row in rows])
    found = []
    for row in rows:
        slot = slots.get(UUID(str(row["id"])))
        if slot is None:
            continue
        start = (row.get("fixed") or {}).get("start")
        at = None if start is None else (week_start(slot.week) + timedelta(minutes=start)).isoformat()
        found.append({"slot": str(slot.pk), "title": slot.title if own else "", "place": slot.place.short_name, "start": at})
    return found


def _name(person_id: str, own: bool) -> str:
    person = Person.objects.filter(pk=person_id).first() if person_id and own else None
    return person.name if person else ""


#: Code to the sentence; the visits and the person are named where the page's community is their own.
_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "promise_same_person": lambda n: _("%(visits)s：同一个人答应了两个位子。请打开这一件，留一个、撤回一个，再排。") % n,
    "promise_home_overlap": lambda n: _("%(visits)s 是同一家，答应的时间叠在一起了。请给其中一件改个时间或撤回，再排。") % n,
    "promise_over_caps": lambda n: _("%(visits)s：%(person)s 答应的已经超过自己说的一周上限。请先问问他，撤回一件或改他的上限，再排。") % n,
    "promise_clash": lambda n: _("%(visits)s：%(person)s 两处都答应了，路上来不及。请撤回其中一件，另找人，再排。") % n,
    "bad_slot": lambda n: _("%(visits)s 的%(field)s填得不对，排不了。请打开这一件改好，再排；还不行，请把这句话告诉管理员。") % n,
    "bad_person": lambda n: (
        _("%(person)s 的资料里，%(field)s填得不对，排不了。请打开他的资料改好，再排；还不行，请把这句话告诉管理员。") % n
    ),
}


#: The planner's names of what a page calls otherwise.
FIELDS: dict[str, Any] = {
    "windows": gettext_lazy("时间"), "minutes": gettext_lazy("要多久"), "lat": gettext_lazy("地点"), "lon": gettext_lazy("地点"),
    "seats": gettext_lazy("要几个人、要什么专长"), "priority": gettext_lazy("急不急"), "free": gettext_lazy("有空的时间"),
    "reach_m": gettext_lazy("最远多远"), "max_visits": gettext_lazy("一周最多几次"), "max_minutes": gettext_lazy("一周最多多久"),
    "skills": gettext_lazy("专长"), "travel": gettext_lazy("怎么去"), "languages": gettext_lazy("会说的话"), "booked": gettext_lazy("已经答应的事"),
}  # fmt: skip


def to_mend(plan: Plan) -> list[dict[str, Any]]:
    """The visits that a refusal names, to be opened from the sentence; those of the reader's own community alone have a title."""
    return [visit for visit in plan.failure_numbers.get("visits", []) if visit.get("title")]


def failure_words(plan: Plan) -> str:
    """Why there is no plan and what to do now, in the reader's language."""
    said = _SENTENCES.get(plan.failure_code)
    if said is None:
        return _(plan.failure)
    numbers = plan.failure_numbers
    field = FIELDS.get(numbers.get("field", ""), _("有一栏"))
    visits = _("和").join(_visit_words(visit) for visit in numbers.get("visits", []))
    return said({"visits": visits or _("有一件事"), "person": numbers.get("person") or _("有一位志愿者"), "field": field})


def _visit_words(visit: dict[str, Any]) -> str:
    name = visit["title"] or visit["place"]
    at = visit.get("start")
    return (
        _("“%(title)s”（%(when)s）") % {"title": name, "when": when(datetime.fromisoformat(at))}
        if at
        else _("“%(title)s”") % {"title": name}
    )


#: What did not agree when a plan was checked again.
_FAULTS: dict[str, Callable[[], str]] = {
    "no_file": lambda: _("没有留下核验文件"),
    "unreadable": lambda: _("存着的文件坏了，打不开"),
    "no_fingerprint": lambda: _("当时没有记下指纹，改没改过看不出来"),
    "changed": lambda: _("存着的文件和当时记下的指纹对不上，被改过"),
    "malformed": lambda: _("存着的文件读不懂"),
    "broken_rules": lambda: _("安排里有违反规则的地方"),
    "other_value": lambda: _("重算的分数和当时写的不一样"),
    "other_bound": lambda: _("上限和当时写的不一样"),
    "other_verdict": lambda: _("核对的结论和当时存下的不一样"),
}


def fault_words(plan: Plan) -> str:
    """What the last check found wrong, in one sentence; empty when everything holds."""
    found = [_FAULTS[fault["code"]]() for fault in plan.recheck_faults if fault.get("code") in _FAULTS]
    return _("；").join(dict.fromkeys(found))
