"""The rules in words, for the district's staff: which pack and which star scheme hold, who adopted what, and the holidays of the years."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import today
from doorstep.hub.web.acting import submit
from doorstep.hub.web.reading import signed_in, the_reader

from .. import book
from ..actions.rules import adopt_rules, adopt_stars, enter_year, written
from ..forms.rules import FileForm, RulesForm, StarsForm, YearForm, own_id, stars_in
from ..queries.rules import adopted_in, announced_years, district_of, next_version
from ..telling import kind_name, sources_of

INVALID = 422


def _district(request: HttpRequest) -> Place:
    found = district_of(the_reader(request))
    if found is None:
        raise Http404
    return found


@signed_in
def rules(request: HttpRequest) -> HttpResponse:
    """What holds today, in words with its sources, and every version that was adopted."""
    district = _district(request)
    pack, scheme = book.rules_on(today(), district.code), book.stars_on(today(), district.code)
    blocks = {
        block: [kind_name(kind) for kind, one in pack.kinds.items() if str(one) == block] for block in ("service", "training", "none")
    }
    context = {
        "district": district, "pack": pack, "blocks": blocks, "scheme": scheme, "adopted": adopted_in(district.code), "years": announced_years(), "this_year": today().year,
        "known": book.known_years(), "sources": sources_of("rules", pack.name, pack.sources),
        "star_sources": sources_of("stars", scheme.name, scheme.sources),
    }  # fmt: skip
    return render(request, "records/hours/rules.html", context)


@signed_in
def rules_file(request: HttpRequest, which: str) -> HttpResponse:
    """The file that holds now, to be changed and sent back."""
    district = _district(request)
    if which not in ("rules", "stars"):
        raise Http404
    data = book.rules_data(today(), district.code) if which == "rules" else book.stars_data(today(), district.code)
    answer = HttpResponse(data, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="doorstep-{which}-{district.code}.json"'
    return answer


def _rules_form(request: HttpRequest, district: Place) -> RulesForm:
    return RulesForm(_typed(request, "rules"), rules=book.rules_on(today(), district.code))


def _stars_form(request: HttpRequest, district: Place) -> StarsForm:
    return StarsForm(_typed(request, "stars"), scheme=book.stars_on(today(), district.code))


def _typed(request: HttpRequest, which: str) -> Any:
    return request.POST if request.method == "POST" and request.POST.get("which") == which else None


@signed_in
def new_rules(request: HttpRequest) -> HttpResponse:
    """Another pack of rules, over its fields."""
    return _new(request, "rules", _rules_form)


@signed_in
def new_stars(request: HttpRequest) -> HttpResponse:
    """Another star scheme, over its fields."""
    return _new(request, "stars", _stars_form)


def _new(request: HttpRequest, which: str, make: Any) -> HttpResponse:
    reader, district = the_reader(request), _district(request)
    form: Any = make(request, district)
    upload = FileForm(request.POST, request.FILES) if _typed(request, "file") else FileForm()

    def fields(_said: Mapping[str, Any]) -> str:
        version = next_version(own_id(district.code, stars=which == "stars"))
        data = written(f"doorstep-{which}/1", form.facts(version, district.code))
        (adopt_stars if which == "stars" else adopt_rules)(by=reader, district=district, data=data)
        return reverse("records:rules")

    def file(said: Mapping[str, Any]) -> str:
        (adopt_stars if stars_in(said["file"]) else adopt_rules)(by=reader, district=district, data=said["file"])
        return reverse("records:rules")

    if request.method == "POST":
        sent: tuple[forms.BaseForm, Any] = (upload, file) if upload.is_bound else (form, fields)
        answer = submit(request, sent[0], sent[1], done=_("采用了，账本里记下了它的指纹。到了那天自己生效。")) if sent[0].is_bound else None
        if answer is not None:
            return answer
    wrong = form.errors or upload.errors
    context = {"form": form, "upload": upload, "which": which, "district": district}
    return render(request, f"records/hours/new_{which}.html", context, status=INVALID if wrong else 200)


@signed_in
def year(request: HttpRequest) -> HttpResponse:
    """The days off and make-up days of a year, as they were announced."""
    reader, district = the_reader(request), _district(request)
    known = book.known_years()
    form = YearForm(request.POST or None, initial={"year": max((max(known) + 1) if known else today().year, today().year)})

    def act(said: Mapping[str, Any]) -> str:
        enter_year(by=reader, district=district, year=said["year"], free=said["free"], worked=said["worked"], source=said["source"])
        return reverse("records:rules")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("记下了，还没记完的时限都重新数过了。"))):
        return answer
    context = {"form": form, "years": announced_years(), "known": known, "first": date(today().year, 1, 1)}
    return render(request, "records/hours/year.html", context, status=INVALID if form.errors else 200)
