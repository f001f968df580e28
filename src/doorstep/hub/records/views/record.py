"""The volunteer's own record: read in five blocks, said to be right, or disputed with words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.people.access import is_volunteer
from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_own_hours
from ..actions.hours import dispute_hours, news_read, verify_several
from ..forms.hours import DisputeForm, picked
from ..models import Hours
from ..queries.record import helps_somewhere, lines_of, news_for, own_hours, page_asked, record_of, year_asked

INVALID = 422


def _own(request: HttpRequest) -> Person:
    """Whoever volunteers, or did and still has hours."""
    reader = the_reader(request)
    if not (is_volunteer(reader) or helps_somewhere(reader) or own_hours(reader).exists()):
        raise Http404
    return reader


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    reader = _own(request)
    record = record_of(
        reader, own_hours(reader), None, year_asked(str(request.GET.get("year", ""))), page_asked(str(request.GET.get("page", "")))
    )
    return render(request, "records/hours/mine.html", {"record": record, "news": news_for(reader), "own": True})


@require_POST
@signed_in
def verify(request: HttpRequest) -> HttpResponse:
    """Right, one or several: each as it was read."""
    reader = _own(request)
    found: Mapping[str, Hours] = {str(row.pk): row for row in own_hours(reader)}
    several = picked(request.POST, found)
    back = reverse("records:mine")

    def act() -> None:
        verify_several(by=reader, several=several)
        news_read(by=reader, kinds=("hours_recorded", "hours_corrected"))

    return press(request, act, back=back, done=_("记下了：您核对过，没有错。"))


@signed_in
def dispute(request: HttpRequest, hours_id: UUID) -> HttpResponse:
    reader = the_reader(request)
    hours = get_own_hours(reader, hours_id)
    form = DisputeForm(request.POST or None, initial={"seen": hours.version})

    def act(said: Mapping[str, Any]) -> str:
        dispute_hours(by=reader, hours=hours, words=said["words"], seen=said["seen"])
        return reverse("records:mine")

    if request.method == "POST":
        answer = submit(request, form, act, done=_("记下了。社工会查，查好了在这里告诉您。这一次的时长先照旧。"))
        if answer is not None:
            return answer
    context = {"form": form, "line": lines_of(hours)}
    return render(request, "records/hours/dispute.html", context, status=INVALID if form.errors else 200)


@require_POST
@signed_in
def read_news(request: HttpRequest) -> HttpResponse:
    reader = _own(request)

    def act() -> None:
        news_read(by=reader)

    return press(request, act, back=reverse("records:mine"))
