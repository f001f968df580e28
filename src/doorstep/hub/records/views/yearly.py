"""The yearly report: for the district as it stands now, published by it, and for everybody as it was published."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.queries import today
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..actions.reporting import publish_report, take_back_report
from ..forms.hours import TakeBackForm
from ..moving_access import get_published, get_report_for, get_sending_district
from ..queries.yearly import published_in, told_in, years_recorded
from ..queries.yearly import yearly as report_of

INVALID = 422


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), years[0] if years else today().year)


@require_GET
@signed_in
def yearly(request: HttpRequest) -> HttpResponse:
    """The report of a year as it stands now, for the screen and for paper."""
    return _page(request)


def _page(request: HttpRequest, year: int | None = None, form: TakeBackForm | None = None) -> HttpResponse:
    district = get_sending_district(the_reader(request))
    years, out = years_recorded(district), published_in(district)
    shown = year or _year(request, years)
    published = next((one for one in out if one.year == shown), None)
    context = {
        "district": district, "years": years, "report": report_of(district, shown), "today": today(), "published": published,
        "may_publish": shown < today().year and shown in years and published is None, "form": form or TakeBackForm(), "over": shown < today().year,
    }  # fmt: skip
    return render(request, "records/yearly/yearly.html", context, status=INVALID if form and form.errors else 200)


@require_POST
@signed_in
def publish(request: HttpRequest, year: int) -> HttpResponse:
    by = the_reader(request)
    district = get_sending_district(by)

    def act() -> None:
        publish_report(by=by, district=district, year=year)

    return press(request, act, back=f"{reverse('records:yearly')}?year={year}", done=_("公布了，谁都看得到。数字从此不变，账本里有指纹。"))


@require_POST
@signed_in
def take_back(request: HttpRequest, report_id: UUID) -> HttpResponse:
    by = the_reader(request)
    report = get_report_for(by, report_id)
    form = TakeBackForm(request.POST)

    def act(said: Mapping[str, Any]) -> str:
        take_back_report(by=by, report=report, why=said["words"])
        return f"{reverse('records:yearly')}?year={report.year}"

    return submit(request, form, act, done=_("收回了，公开页上没有了。改好以后可以重新公布。")) or _page(request, report.year, form)


@require_GET
def published(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """For everybody, without signing in: the figures as they were on the day of publication; nothing of a year that is not published."""
    found = get_published(code, year)
    others = [one.year for one in published_in(found.district)]
    return render(request, "records/yearly/published.html", {"found": found, "report": told_in(found), "years": others})
