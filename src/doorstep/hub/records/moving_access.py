"""Who may send records away, take earlier hours in and answer what people ask of their data; every refusal with its sentence."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.access import led_places
from doorstep.hub.people.models import Person, Place

from .access import units_under
from .models import Shipment, Transfer, YearlyReport


class NothingToSend(Refused):
    field = "start"
    sentence = _("这段日子里没有还没报送的记录。换一段日子再试。")


class NotThisDistrict(Refused):
    sentence = _("报送由本区的工作人员来办。")


class NobodyElse(Refused):
    sentence = _("这一份是您填的，或者里面有您自己：要另一个人来批。")


class AnsweredAlready(Refused):
    sentence = _("这一件刚才已经办过了。请刷新页面看一看。")


class ColumnsWrong(Refused):
    sentence = _("列没有改：至少要有“记录号”，名字不能重复、不能空。")


class ReadingWrong(Refused):
    sentence = _("列没有改：每一项要有一列，一项一列，表头不能重复、不能空；“结果”那一列写两个词，收下的在前，中间一道斜线。")


class AskedAlready(Refused):
    sentence = _("您已经提过一样的，还在办。办好了会告诉您。")


class NotOwnRequest(Refused):
    sentence = _("自己提的，要由别人来办。请同事来答复。")


class WhyNot(Refused):
    field = "answer"
    sentence = _("不办要写清理由，本人看得到，也可以再问。")


class StillPromised(Refused):
    sentence = _("他还有答应了没去的事，或者家里还有没办完的事。先把这些办完或取消，再来删。")


class InOffice(Refused):
    sentence = _("他现在还是社工或区里的工作人员。先办好交接，再来删。")


class OpenQuestion(Refused):
    sentence = _("他的时长里还有没答复的异议、没批的更正，或者值得看一看、还没看完的。先了结，再来删。")


def get_sending_district(person: Person | None) -> Place:
    """The district whose records this officer sends; 404 for everybody else."""
    found = units_under(person).filter(kind=Place.Kind.DISTRICT).first()
    if found is None:
        raise Http404
    return found


def get_report_for(person: Person | None, report_id: UUID) -> YearlyReport:
    return get_object_or_404(YearlyReport.objects.select_related("district"), pk=report_id, district__in=units_under(person))


def get_published(code: str, year: int) -> YearlyReport:
    """For everybody; a year that was not published, or was taken back, is answered like none. Of two districts that had one code after
    each other the one that published last."""
    found = YearlyReport.objects.select_related("district").filter(withdrawn_at=None, district__code=code, year=year)
    report = found.order_by("-published_at", "-pk").first()
    if report is None:
        raise Http404
    return report


def get_shipment_for(person: Person | None, shipment_id: UUID) -> Shipment:
    return get_object_or_404(Shipment.objects.select_related("place", "made_by"), pk=shipment_id, place__in=units_under(person))


def recording_units(person: Person | None) -> list[Place]:
    """The communities whose record this person keeps; 404 for who keeps none."""
    wide = units_under(person)
    found = list(Place.objects.communities().current().filter(Q(pk__in=led_places(person)) | Q(pk__in=wide)).order_by("code"))
    if not found:
        raise Http404
    return found


def transfers_visible_to(person: Person | None) -> QuerySet[Transfer]:
    """Earlier hours of the units whose record one keeps."""
    return Transfer.objects.filter(unit__in=[unit.pk for unit in recording_units(person)]).select_related(
        "person", "unit", "entered_by", "approved_by"
    )


def get_transfers_for(person: Person | None, batch: UUID) -> list[Transfer]:
    """The rows of one file; 404 if one of them is not this person's to see."""
    found = list(transfers_visible_to(person).filter(batch=batch).order_by("person__name", "start", "pk"))
    if not found or Transfer.objects.filter(batch=batch).count() != len(found):
        raise Http404
    return found
