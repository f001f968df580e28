"""What kind of occasion an announced one is, and its planned break: said before anybody signs up, and told to whoever has when it changes."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.models import Person

from ..access import SlotClosed
from ..models import Activity, Offer, Slot, SlotState
from .slot import ActivityWanted, bump, locked


class ContentUnsaid(Refused):
    field = "about"
    sentence = _("培训要写一句主要讲什么。来的人先看到，学时记录里也要写。")


class PauseOutside(Refused):
    field = "pause_at"
    sentence = _("休息要在开始以后、结束以前。请再看一看几点起、多少分钟。")


class AtHome(Refused):
    sentence = _("到居民家里去的，就是志愿服务，不用分类。")


class HasBegun(Refused):
    sentence = _("已经开始了，类别和休息不能再改。记下时长以后，到那一条时长里提更正，两个人认可就行。")


class SaidSo(Refused):
    sentence = _("和原来的一样，没有要改的。")


def require_sound(what: ActivityWanted, minutes: int) -> None:
    """A training says what it teaches; a break lies within the occasion."""
    if what.activity == Activity.TRAINING and not what.about.strip():
        raise ContentUnsaid
    if what.pause and not 0 < what.pause_after <= minutes - what.pause:
        raise PauseOutside


@transaction.atomic
def set_activity(*, by: Person, slot: Slot, what: ActivityWanted, seen: int | None = None, now: datetime | None = None) -> None:
    """Another kind, or another break, before it begins: whether it counts as service is part of what people said yes to."""
    require_lead(by, slot.place_id)
    moment, current = now or timezone.now(), locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    if current.household_id is not None:
        raise AtHome
    if (current.signup_at and current.signup_at <= moment) or Offer.objects.active().filter(slot=current, start__lte=moment).exists():
        raise HasBegun
    require_sound(what, current.minutes)
    wanted = asdict(what)
    changed = [name for name, value in wanted.items() if getattr(current, name) != value]
    if not changed:
        raise SaidSo
    bump(current, **wanted)
    if {"activity", "pause", "pause_after"} & set(changed):
        for offer in Offer.objects.active().filter(~Q(sent_at=None), slot=current):
            tell(person_id=offer.person_id, kind="slot_kind_changed", subject=offer, numbers={"title": slot.title})
    record(
        actor_id=by.pk, verb="set_activity", subject=slot, place_id=slot.place_id, detail={"activity": what.activity, "pause": what.pause}
    )
