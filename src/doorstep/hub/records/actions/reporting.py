"""Publishing the yearly report that Order 67, Article 18 asks for, and taking back what was wrong in it."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person, Place
from doorstep.hub.web.suppression import LEAST

from .. import book, bound
from ..access import officer_over
from ..models import YearlyReport
from ..moving_access import NotThisDistrict
from ..queries.yearly import frozen, served_in, years_recorded
from .booking import append, subject_of
from .hours import NoWordsYet


class YearNotOver(Refused):
    sentence = _("这一年还没过完，数字还会变。过完了再公布。")


class NothingRecorded(Refused):
    sentence = _("这一年没有记下的时长，没有可公布的。")


class TooFew(Refused):
    sentence = _("这一年做过志愿服务的不到 5 人，公布出去就认得出是谁。这一年不公布，留着自己看。")


class PublishedAlready(Refused):
    sentence = _("这一年已经公布了。要改，请先收回，写清为什么，再重新公布。")


class TakenBack(Refused):
    sentence = _("这一份已经收回了。请刷新页面看一看。")


@transaction.atomic
def publish_report(*, by: Person, district: Place, year: int, now: datetime | None = None) -> YearlyReport:
    """The figures of a year that is over, kept as they stand today, with their digest in the ledger."""
    moment = now or timezone.now()
    if not officer_over(by, district):
        raise NotThisDistrict
    if year >= timezone.localdate(moment).year:
        raise YearNotOver
    Place.objects.select_for_update(no_key=True).get(pk=district.pk)
    if year not in years_recorded(district):
        raise NothingRecorded
    if served_in(district, year) < LEAST:
        raise TooFew
    if YearlyReport.objects.filter(district=district, year=year, withdrawn_at=None).exists():
        raise PublishedAlready
    made = YearlyReport(district=district, year=year, figures=frozen(district, year), published_by=by, published_at=moment)
    said = {
        "start": date(year, 1, 1), "end": date(year, 12, 31), "document": book.digest_of(bound.report_file(made)), "approvers": (subject_of(by, district),),
    }  # fmt: skip
    [made.entry] = append(facts=[book.Fact(book.Kind.REPORT_PUBLISHED, district.pk, said)], now=moment)
    made.save(force_insert=True)
    record(actor_id=by.pk, verb="publish_report", subject=made, place_id=district.pk, detail={"year": year})
    return made


@transaction.atomic
def take_back_report(*, by: Person, report: YearlyReport, why: str, now: datetime | None = None) -> YearlyReport:
    """Its page is gone, the row and its entry stay."""
    found = YearlyReport.objects.select_for_update(of=("self",)).select_related("district").get(pk=report.pk)
    if not officer_over(by, found.district):
        raise NotThisDistrict
    if found.withdrawn_at is not None:
        raise TakenBack
    if not why.strip():
        raise NoWordsYet
    found.withdrawn_at, found.withdrawn_by, found.why = now or timezone.now(), by, why
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "why"])
    record(actor_id=by.pk, verb="take_back_report", subject=found, place_id=found.district_id, detail={"year": found.year, "why": why})
    return found
