"""The place tree for the district officer: what was, what is, where it went, who works there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import district_places, get_district_place, get_social_worker_at
from ..actions.place import add_alias, add_social_worker, end_place, end_social_worker, hand_over, name_successor
from ..forms.places import AliasForm, HandOverForm, SuccessorForm, WorkerForm
from ..models import Person, Place, Succession
from ..placing import lists, others_in_use, preview, roles_at, search, tree, unknown, workers_at
from ..queries import grids_of

INVALID = 422


@signed_in
def places(request: HttpRequest) -> HttpResponse:
    mine = district_places(the_reader(request))
    words = request.GET.get("q", "")[:60]
    context: dict[str, Any] = {"q": words, "lists": lists(), "unknown": unknown(mine)}
    if words.strip():
        context["found"] = search(mine, words)
    else:
        context["streets"] = tree(mine)
    return render(request, "people/places.html", context)


def _forms(request: HttpRequest, place: Place, followers: list[Succession], sent: str = "") -> dict[str, forms.Form]:
    said, others = {sent: request.POST}, others_in_use(place)
    return {
        "successor": SuccessorForm(said.get("successor"), initial={"seen": len(followers)}, prefix="successor", others=others),
        "alias": AliasForm(said.get("alias"), prefix="alias"),
        "worker": WorkerForm(said.get("worker"), prefix="worker"),
    }


def _act(by: Person, place: Place, sent: str, said: Mapping[str, Any]) -> str:
    if sent == "successor":
        name_successor(by=by, place=place, **said)
    elif sent == "alias":
        add_alias(by=by, place=place, **said)
    else:
        return resolve_url("people:issue", add_social_worker(by=by, place=place, **said).pk)
    return resolve_url("people:place", place.pk)


@signed_in
def place(request: HttpRequest, place_id: UUID, sent: str = "") -> HttpResponse:
    by = the_reader(request)
    unit = get_district_place(by, place_id)
    followers = list(unit.successions.select_related("successor"))
    every = _forms(request, unit, followers, sent if request.method == "POST" else "")
    if request.method == "POST":
        if sent not in every:
            raise Http404
        if answer := submit(request, every[sent], lambda said: _act(by, unit, sent, said), done=_("记下了。")):
            return answer
    return _place_page(request, unit, followers, every)


def _place_page(request: HttpRequest, unit: Place, followers: list[Succession], every: dict[str, forms.Form]) -> HttpResponse:
    context = {
        "place": unit, "forms": every, "roles": roles_at(unit), "workers": workers_at(unit), "homes": unit.households.count(),
        "listings": unit.listings.select_related("place_list").order_by("place_list__year"), "aliases": unit.aliases.order_by("name"),
        "successions": followers, "predecessions": unit.predecessions.select_related("place"),
        "missing": unit.standing == Place.Standing.ENDED_UNKNOWN, "in_use": unit.standing == Place.Standing.CURRENT,
        "is_community": unit.kind == Place.Kind.COMMUNITY,
    }  # fmt: skip
    wrong = any(form.errors for form in every.values())
    return render(request, "people/place.html", context, status=INVALID if wrong else 200)


@require_POST
@signed_in
def end(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """The unit ended; where it went can be said later."""
    by = the_reader(request)
    unit = get_district_place(by, place_id)
    done = _("记下它撤了。去向还不知道，知道了再补。")
    return press(request, lambda: end_place(by=by, place=unit, on=None), back=reverse("people:place", args=[unit.pk]), done=done)


@require_POST
@signed_in
def worker_leaves(request: HttpRequest, place_id: UUID, person_id: UUID) -> HttpResponse:
    by = the_reader(request)
    unit = get_district_place(by, place_id)
    person = get_social_worker_at(unit, person_id)
    done = _("记下了。从今天起，他看不到这个社区的住户。")
    return press(
        request, lambda: end_social_worker(by=by, place=unit, person=person), back=reverse("people:place", args=[unit.pk]), done=done
    )


@signed_in
def handover(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """First what would move, then, once it has been looked at, the move itself."""
    by = the_reader(request)
    unit = get_district_place(by, place_id)
    if unit.standing != Place.Standing.CURRENT or unit.kind != Place.Kind.COMMUNITY:
        raise Http404
    form = HandOverForm(request.POST or None, others=others_in_use(unit), grids=grids_of(unit))
    context: dict[str, Any] = {"place": unit, "form": form}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if "confirm" in request.POST and (answer := submit(request, form, lambda said: _hand_over(by, unit, said), done=_("交接好了。"))):
            return answer
        context |= {"preview": preview(unit, said.get("grids"), said["on"]), "said": said}
    return render(request, "people/handover.html", context, status=INVALID if form.errors else 200)


def _hand_over(by: Person, unit: Place, said: Mapping[str, Any]) -> str:
    hand_over(by=by, place=unit, **said)
    return resolve_url("people:place", unit.pk)
