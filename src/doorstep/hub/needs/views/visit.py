"""The follow-up of a visit, and the need on paper."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from doorstep.hub.people.access import get_community_for, led_places
from doorstep.hub.web.acting import submit
from doorstep.hub.web.reading import reader_of, signed_in, the_reader

from ..access import get_need_for, get_occasion_for, knows_home
from ..actions.closing import record_visit
from ..forms.home import seen_now
from ..forms.visit import VisitForm
from ..queries import arrangement, community_called, promised_on
from .asking import words_of_consent


@signed_in
def visit(request: HttpRequest, slot_id: UUID) -> HttpResponseBase:
    """Who was there: asked by phone, at the door, or read from the sign-in sheet."""
    reader = the_reader(request)
    need, slot = get_occasion_for(reader, slot_id)
    offers = promised_on(slot)
    form = VisitForm(request.POST if request.method == "POST" else None, offers=offers, initial={"version": need.version})

    def act(said: Mapping[str, Any]) -> str:
        record_visit(
            by=reader, need=need, slot=slot, outcomes=form.outcomes(), channel=said["channel"], words=said["words"], seen=said["version"]
        )
        return reverse("needs:check", args=[need.pk])

    answer = submit(request, form, act, done=_("记下了。")) if request.method == "POST" else None
    if answer is not None:
        return answer
    if form.is_bound:
        seen_now(form, get_need_for(reader, need.pk).version)
    start = offers[0].start if offers else None
    context = {"need": need, "slot": slot, "form": form, "offers": offers, "stand": arrangement(need), "place": need.community,
               "start": start, "early": start is not None and start > timezone.now()}  # fmt: skip
    return render(request, "needs/visit.html", context, status=422 if form.errors else 200)


def paper(request: HttpRequest) -> HttpResponseBase:
    """The blank form for the service desk and the building steward."""
    reader, wanted = reader_of(request), str(request.GET.get("place", ""))
    place = community_called(wanted) if wanted else get_community_for(reader) if led_places(reader) else None
    if place is None and wanted:
        raise Http404
    if place is None and reader and reader.household:
        place = community_called(str(reader.household.community_id))
    context = {"place": place, "need": None, "lines": range(7)} | words_of_consent()
    return render(request, "needs/paper.html", context)


def paper_of(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """A need on paper: as it was said, with what became of it; the door for those alone who know it anyhow."""
    reader = reader_of(request)
    need = get_need_for(reader, need_id)
    context = {"place": need.community, "need": need, "whole": knows_home(reader, need)} | words_of_consent()
    return render(request, "needs/paper.html", context)
