"""Who may record, approve, review and read hours; every refusal with its sentence."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.access import communities_for, is_district_officer, leads_at, led_places
from doorstep.hub.people.models import Person, Place

from .models import Correction, Hours


class NotRecorder(Refused):
    sentence = _("时长由当地社区的社工来记。请联系那边的社工。")


class NotParent(Refused):
    sentence = _("一天超过八小时的，由区里的工作人员看过才算。")


class NotOneself(Refused):
    sentence = _("自己的时长，要由别人来记。请让同事来办。")


class NotTwice(Refused):
    sentence = _("这一步要另一个人来办：填的人和批的人不能是同一个，也不能是本人。")


class OwnHours(Refused):
    sentence = _("这是别人的时长，只有本人能核对。")


class SaidAlready(Refused):
    sentence = _("这一条刚才已经办过了。请刷新页面看一看。")


class NothingToCorrect(Refused):
    sentence = _("这一条还没有记下，没有可核对、可更正的。")


def require_recorder(by: Person, unit: Place) -> None:
    """The social workers of a community keep its record; the district's staff may too."""
    if not (leads_at(by, unit.pk) or is_district_officer(by)):
        raise NotRecorder


def require_parent(by: Person, unit: Place) -> None:
    """A long day is reviewed above the community that recorded it."""
    if not is_district_officer(by):
        raise NotParent


def hours_visible_to(person: Person | None) -> QuerySet[Hours]:
    """One's own, those of the communities that one leads, and all to the district."""
    if person is None:
        return Hours.objects.none()
    found = Hours.objects.select_related("unit", "slot", "person")
    if is_district_officer(person):
        return found
    return found.filter(Q(person=person) | Q(unit__in=communities_for(person)))


def get_hours_for(person: Person | None, hours_id: UUID) -> Hours:
    return get_object_or_404(hours_visible_to(person), pk=hours_id)


def get_own_hours(person: Person | None, hours_id: UUID) -> Hours:
    """What only its owner may answer; a stranger's is answered like none."""
    if person is None:
        raise Http404
    return get_object_or_404(Hours.objects.select_related("unit", "slot", "person"), pk=hours_id, person=person)


def get_recorded_hours(person: Person | None, hours_id: UUID) -> Hours:
    """Hours of a unit whose record one keeps."""
    if person is None or not (led_places(person) or is_district_officer(person)):
        raise Http404
    return get_object_or_404(hours_visible_to(person), pk=hours_id)


def get_correction_for(person: Person | None, correction_id: UUID) -> Correction:
    if person is None or not (led_places(person) or is_district_officer(person)):
        raise Http404
    return get_object_or_404(
        Correction.objects.select_related("hours__unit", "hours__person"), pk=correction_id, hours__in=hours_visible_to(person)
    )
