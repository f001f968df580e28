"""What is kept about oneself: seen at once, asked to be corrected, carried away or deleted; and who answers."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from doorstep.hub.people.access import get_led_person
from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_data_request_for, get_request_to_copy, requests_visible_to
from ..actions.data_request import answer_data_request, ask_for_data, carry_away
from ..forms.moving import AnswerForm, AskForm
from ..models import DataRequest
from ..moving.carrying import copy_of, counts_about, files_about, rows_about
from ..moving.naming import TABLES, spoken
from ..packing import Part
from ..queries.moving import is_late, open_requests, own_place, own_requests
from .leaving import Leaving, Parcel, take_away

INVALID = 422
#: Rows of a table on the page; the copy has all.
SHOWN = 30


@signed_in
def my_data(request: HttpRequest) -> HttpResponse:
    """One's own page: what was asked and what came of it, and a form to ask."""
    person = the_reader(request)
    place = own_place(person)
    form = AskForm(request.POST or None)

    def act(said: Any) -> str:
        assert place is not None
        ask_for_data(by=person, person=person, place=place, **said)
        return resolve_url("records:my_data")

    if request.method == "POST" and place and (answer := submit(request, form, act, done=_("收到了。我们会在期限前答复您。"))):
        return answer
    context = {"form": form, "place": place, "rows": [(row, is_late(row)) for row in own_requests(person)]}
    return render(request, "records/moving/my_data.html", context, status=INVALID if form.errors else 200)


@require_GET
@signed_in
def what_is_kept(request: HttpRequest) -> HttpResponse:
    """Everything about the reader, one table at a time, as it is stored."""
    person = the_reader(request)
    counts = counts_about(person)
    asked = request.GET.get("table", "")
    chosen = asked if asked in counts else next(iter(counts))
    context = {
        "tables": [(label, TABLES.get(label, label), n) for label, n in counts.items()], "chosen": chosen, "title": TABLES.get(chosen, chosen),
        "rows": [spoken(row) for row in rows_about(person, chosen, SHOWN)], "more": counts[chosen] > SHOWN,
    }  # fmt: skip
    return render(request, "records/moving/kept.html", context)


@signed_in
def my_copy(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The copy to carry away, made when it is fetched: by the person, or, locked, by who hands it to somebody without a sign-in name."""
    by = the_reader(request)
    asked = get_request_to_copy(by, request_id)
    person = asked.person
    assert person is not None
    if person != by:
        return take_away(request, _handed_over(by, asked, person))
    if request.method != "POST":
        return redirect("records:my_data")
    carry_away(by=by, request=asked)
    answer = HttpResponse(copy_of(person), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-records.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _handed_over(by: Person, asked: DataRequest, person: Person) -> Parcel:
    def wrap(leaving: Leaving) -> list[Part]:
        carry_away(by=by, request=asked, why=leaving.why)
        return [Part(name, data) for name, data in files_about(person).items()]

    return Parcel(
        unit=asked.place, title=_("替本人存一份"), inside=_("里面是我们记着的关于%(name)s的全部。当面交给本人，不要发群里。") % {"name": person.name},
        name="records", back=resolve_url("records:data_request", asked.pk), why=_("本人要带走一份，当面交给本人"), wrap=wrap,
    )  # fmt: skip


@signed_in
def ask_for(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The social worker writes down what somebody asks who has no sign-in name, or who came to the desk."""
    by = the_reader(request)
    person = get_led_person(by, person_id)
    place = own_place(person)
    form = AskForm(request.POST or None)

    def act(said: Any) -> str:
        assert place is not None
        return resolve_url("records:data_request", ask_for_data(by=by, person=person, place=place, **said).pk)

    if request.method == "POST" and place and (answer := submit(request, form, act, done=_("记下了，期限从今天算起。"))):
        return answer
    return render(
        request, "records/moving/ask_for.html", {"form": form, "person": person, "place": place}, status=INVALID if form.errors else 200
    )


@require_GET
@signed_in
def data_requests(request: HttpRequest) -> HttpResponse:
    """For who answers: what is due first, then what was answered."""
    found = requests_visible_to(the_reader(request))
    done = page_of(request, found.exclude(state=DataRequest.State.OPEN).order_by("-answered_at", "pk"), size=20)
    context = {"open": [(row, is_late(row)) for row in open_requests(found)], "list": done}
    return render(request, "records/moving/data_requests.html", context)


@signed_in
def data_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    by = the_reader(request)
    asked = get_data_request_for(by, request_id)
    form = AnswerForm(request.POST or None)

    def act(said: Any) -> str:
        answer_data_request(by=by, request=asked, done=said["done"] == "yes", answer=said["answer"])
        return resolve_url("records:data_requests")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("答复了，本人看得到。"))):
        return answer
    context = {"asked": asked, "late": is_late(asked), "form": form, "deletes": asked.kind == DataRequest.Kind.DELETE}
    return render(request, "records/moving/data_request.html", context, status=INVALID if form.errors else 200)
