"""The notice of stars inside a community: what is announced, what was granted, objections and what the district decided."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import recorded_units
from ..actions.starring import decide_objection, object_to_star
from ..forms.hours import ObjectForm, WordsForm
from ..models import StarAward
from ..queries.stars import announced, granted_lately, last_day, on_notice, one_star
from ..star_access import get_notice_units, get_objection_for, get_star_for, keeps_record, may_decide

INVALID = 422


@require_GET
@signed_in
def stars(request: HttpRequest) -> HttpResponse:
    """What is announced in one's communities, the first to end first, and below it what was granted."""
    reader = the_reader(request)
    units = [unit.pk for unit in get_notice_units(reader)]
    kept = {unit.pk for unit in recorded_units(reader)}
    page, before = page_of(request, on_notice(units), size=30), granted_lately(units)[:30]
    whole = kept >= set(units)
    context = {
        "list": page, "lines": announced(on_notice(units).filter(pk__in=[row.pk for row in page]), reader, whole),
        "granted": announced(granted_lately(units).filter(pk__in=[row.pk for row in before]), reader, whole), "several": len(units) > 1,
    }  # fmt: skip
    return render(request, "records/stars/stars.html", context)


@signed_in
def star(request: HttpRequest, star_id: UUID) -> HttpResponse:
    """One of them; whoever belongs to the community may object, with words."""
    reader = the_reader(request)
    found = get_star_for(reader, star_id)
    form = ObjectForm(request.POST or None)

    def act(said: Mapping[str, Any]) -> str:
        object_to_star(by=reader, star=found, words=said["words"])
        return reverse("records:stars")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("记下了。区里查过以后告诉您，查清以前这颗星先不评。"))):
        return answer
    return _page(request, reader, found, form)


def _page(request: HttpRequest, reader: Person, found: StarAward, form: Any, deciding: WordsForm | None = None) -> HttpResponse:
    keeps, own = keeps_record(reader, found), found.person_id == reader.pk
    line = next(iter(announced(one_star(found), reader, keeps)), None)
    objections = list(found.objections.select_related("by", "star__unit")) if keeps or own else []
    context = {
        "line": line, "star": found, "own": own, "keeps": keeps, "form": form, "deciding": deciding or WordsForm(), "objections": [
            {"row": one, "may": one.state == "open" and may_decide(reader, one)} for one in objections
        ],
        "may_object": found.state == StarAward.State.NOTICE and last_day(found) and not own,
    }  # fmt: skip
    wrong = bool(form.errors or (deciding and deciding.errors))
    return render(request, "records/stars/star.html", context, status=INVALID if wrong else 200)


@require_POST
@signed_in
def objection(request: HttpRequest, objection_id: UUID, said: str) -> HttpResponse:
    """The district's yes or no to an objection, with its reason."""
    reader = the_reader(request)
    found = get_objection_for(reader, objection_id)
    if said not in ("yes", "no"):
        raise Http404
    form = WordsForm(request.POST)

    def act(words: Mapping[str, Any]) -> str:
        decide_objection(by=reader, objection=found, upheld=said == "yes", words=words["words"])
        return reverse("records:star", args=[found.star_id])

    done = _("记下了：有道理，这颗星不评。") if said == "yes" else _("记下了：查过，没有问题。")
    answer = submit(request, form, act, done=done)
    return answer or _page(request, reader, get_star_for(reader, found.star_id), ObjectForm(), form)
