"""What the frame of every page needs: the tabs of the reader's roles, language, elder mode, theme."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Membership, Person, Role
from doorstep.hub.people.queries import is_demonstration

#: At most five tabs a role; a person of several roles gets the tabs of the leading one first.
TABS: dict[str, list[tuple[str, Any]]] = {
    Role.DISTRICT: [
        ("overview:district", _("全区")), ("scheduling:plan", _("一周安排")), ("people:places", _("社区")), ("scheduling:rhythm", _("一周节奏")), ("records:watch", _("值得看一看")),
    ],
    Role.SOCIAL_WORKER: [
        ("overview:worklist", _("今天")), ("scheduling:plan", _("一周安排")), ("needs:inbox", _("需求")),
        ("people:households", _("住户")), ("people:volunteers", _("志愿者")),
    ],
    Role.VOLUNTEER: [("scheduling:week", _("本周")), ("scheduling:availability", _("空闲")), ("records:mine", _("记录")), ("people:profile", _("资料"))],
    "": [("needs:mine", _("我的事")), ("needs:ask", _("求助"))],
}  # fmt: skip
TABS[Role.SPECIALIST] = TABS[Role.PROPERTY] = TABS[Role.VOLUNTEER]
LEADING = (Role.DISTRICT, Role.SOCIAL_WORKER)


@dataclass(frozen=True)
class Tab:
    url: str
    label: Any
    current: bool


def _kinds(roles: list[Membership]) -> list[str]:
    """The kinds of tabs that the reader gets: a resident's own only for those who lead nothing."""
    found = list(dict.fromkeys(role.role for role in roles if role.role in TABS))
    return found if any(role in LEADING for role in found) else [*found, ""]


def _tabs(request: HttpRequest) -> list[Tab]:
    if getattr(request, "reader", None) is None:
        return []
    match = request.resolver_match
    here = match.view_name if match else ""
    tabs: dict[str, Tab] = {}
    for kind in _kinds(request.roles):  # type: ignore[attr-defined]
        for name, label in TABS[kind]:
            tabs.setdefault(name, Tab(reverse(name), label, name == here))
    return list(tabs.values())


def _where(request: HttpRequest) -> str:
    roles = getattr(request, "roles", [])
    return roles[0].place.short_name if roles else ""


def _in_demonstration(request: HttpRequest) -> bool:
    """Read with the reader already, where there is one."""
    known = getattr(getattr(request, "reader", None), "in_demonstration", None)
    return is_demonstration() if known is None else bool(known)


def mark_of(person: Person | None) -> str:
    """Whose acts a phone keeps, told by nothing else than that it is the same one."""
    return salted_hmac("doorstep.web.who", str(person.pk)).hexdigest()[:16] if person else ""


def page(request: HttpRequest) -> dict[str, Any]:
    """`page` in every template."""
    return {
        "page": {
            "lang": "en" if get_language() == "en" else "zh-CN",
            "elder": getattr(request, "elder", False),
            "theme": getattr(request, "theme", ""),
            "who": mark_of(getattr(request, "reader", None)),
            "now": timezone.now().isoformat(timespec="milliseconds"),
            "tabs": SimpleLazyObject(lambda: _tabs(request)),
            "where": _where(request),
            "demonstration": SimpleLazyObject(lambda: _in_demonstration(request)),
        }
    }
