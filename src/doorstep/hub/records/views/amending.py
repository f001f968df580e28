"""An award, an evaluation, a training, hours of elsewhere: its owner says what is wrong, one proposes, another decides."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..actions.amending import answer_item, decide_amendment, dispute_item, propose_amendment
from ..forms.amending import AmendForm
from ..forms.hours import DisputeForm, WordsForm, version_in
from ..item_access import get_amendment_for, get_own_item, get_recorded_item
from ..queries.amending import Kept, kept

INVALID = 422


@signed_in
def item_wrong(request: HttpRequest, key: str, item_id: UUID) -> HttpResponse:
    """The owner's word."""
    reader = the_reader(request)
    row = get_own_item(reader, key, item_id)
    form = DisputeForm(request.POST or None, initial={"seen": row.version})

    def act(said: Mapping[str, Any]) -> str:
        dispute_item(by=reader, row=row, words=said["words"], seen=said["seen"])
        return reverse("records:mine")

    if request.method == "POST":
        answer = submit(request, form, act, done=_("记下了。社工会查，查好了在这里告诉您。这一条先照旧。"))
        if answer is not None:
            return answer
    return render(request, "records/items/wrong.html", {"form": form, "item": kept(row)}, status=INVALID if form.errors else 200)


@require_GET
@signed_in
def item(request: HttpRequest, key: str, item_id: UUID) -> HttpResponse:
    """One with all that may be done about it."""
    reader = the_reader(request)
    return _page(request, reader, kept(get_recorded_item(reader, key, item_id)))


def _page(request: HttpRequest, reader: Person, found: Kept, form: WordsForm | None = None) -> HttpResponse:
    own = found.owner is not None and found.owner.pk == reader.pk
    waits = found.open
    context = {
        "item": found, "own": own, "form": form or WordsForm(initial={"seen": found.version}),
        "may_decide": waits is not None and not own and waits.proposed_by_id != reader.pk,
        "may_correct": waits is None and not own and not found.struck and found.owner is not None,
        "may_answer": found.disputed and waits is None and not own,
    }  # fmt: skip
    return render(request, "records/items/item.html", context, status=INVALID if form and form.errors else 200)


def _item(key: str, pk: UUID) -> str:
    return reverse("records:item", args=[key, pk])


@require_POST
@signed_in
def item_answer(request: HttpRequest, key: str, item_id: UUID) -> HttpResponse:
    """Looked into, nothing to correct, and why."""
    reader = the_reader(request)
    row = get_recorded_item(reader, key, item_id)
    if key == "training":
        raise Http404
    form = WordsForm(request.POST)

    def act(said: Mapping[str, Any]) -> str:
        answer_item(by=reader, row=row, words=said["words"], seen=said["seen"])
        return _item(key, row.pk)

    answer = submit(request, form, act, done=_("记下了，本人看得到为什么。"))
    return answer or _page(request, reader, kept(get_recorded_item(reader, key, item_id)), form)


@signed_in
def item_correct(request: HttpRequest, key: str, item_id: UUID) -> HttpResponse:
    """What it should say; a second person decides."""
    reader = the_reader(request)
    found = kept(get_recorded_item(reader, key, item_id))
    form = AmendForm(request.POST or None, item=found)

    def act(said: Mapping[str, Any]) -> str:
        propose_amendment(by=reader, row=found.row, said=form.facts(), why=said["why"], struck=said.get("struck", False), seen=said["seen"])
        return _item(key, item_id)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("提好了。要另一位社工或区里批了才改。"))):
        return answer
    return render(request, "records/items/correct.html", {"form": form, "item": found}, status=INVALID if form.errors else 200)


@require_POST
@signed_in
def decide_item(request: HttpRequest, amendment_id: UUID, said: str) -> HttpResponse:
    """The second of two people."""
    reader = the_reader(request)
    found = get_amendment_for(reader, amendment_id)
    if said not in ("yes", "no"):
        raise Http404
    words, seen = str(request.POST.get("words", ""))[:200], version_in(request.POST)

    def act() -> None:
        decide_amendment(by=reader, amendment=found, approved=said == "yes", words=words, seen=seen)

    done = _("更正好了，新的一条记进账本了，旧的留着。") if said == "yes" else _("没有批，这一条不变。")
    return press(request, act, back=_item(found.key, found.about.pk), done=done)
