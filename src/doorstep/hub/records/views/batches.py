"""Certificates for a school or a company: who is asked, who agreed, how far the work is, and the whole as one file."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from doorstep.hub.people.access import get_community_for
from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..actions.batching import answer_batch, hand_out, make_batch, note_answer, start_batch, stop_batch
from ..certificate_access import get_batch_for, get_batch_member, get_member_for
from ..forms.proofs import AnswerForm, BatchForm
from ..packing import Part, papers_and_list
from ..queries import proofs
from ..tasks import make_certificates
from .leaving import Leaving, Parcel, take_away

INVALID = 422


@signed_in
def new_batch(request: HttpRequest) -> HttpResponse:
    reader = the_reader(request)
    place = get_community_for(reader, request.POST.get("place") or request.GET.get("place"))
    this_year = timezone.localdate().replace(month=1, day=1)
    form = BatchForm(
        request.POST if request.method == "POST" else None,
        people=proofs.holders_in(place, reader),
        initial={"start": this_year, "end": timezone.localdate()},
    )

    def act(said: Mapping[str, Any]) -> str:
        return resolve_url("records:batch", make_batch(by=reader, unit=place, **said).pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("已经去问了。谁同意，就给谁开。"))):
        return answer
    return render(request, "records/proofs/new_batch.html", {"form": form, "place": place}, status=INVALID if form.errors else 200)


@require_safe
@signed_in
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Who said what, and how far the work is."""
    found = get_batch_for(the_reader(request), batch_id)
    context = {
        "batch": found, "members": proofs.members_of(found), "progress": proofs.progress_of(found), "stuck": proofs.stands_still(found, timezone.now()),
        "papers": proofs.papers_of(found).count(), "form": AnswerForm(),
    }  # fmt: skip
    return render(request, "records/proofs/batch.html", context)


@require_POST
@signed_in
def act_on_batch(request: HttpRequest, batch_id: UUID, do: str) -> HttpResponse:
    reader = the_reader(request)
    found = get_batch_for(reader, batch_id)
    back = resolve_url("records:batch", found.pk)

    def act() -> None:
        if do == "stop":
            stop_batch(by=reader, batch=found)
        else:
            start_batch(by=reader, batch=found)
            make_certificates.enqueue(str(found.pk))

    done = _("停下了。开好的还在。") if do == "stop" else _("开始了。过一会儿刷新，看开到第几张。")
    return press(request, act, back=back, done=done)


@require_POST
@signed_in
def note(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """What somebody said by phone or on paper."""
    reader = the_reader(request)
    member = get_member_for(reader, member_id)
    back, form = resolve_url("records:batch", member.batch_id), AnswerForm(request.POST)
    if not form.is_valid():
        return redirect(back)
    agrees = request.POST.get("agrees") == "1"
    return press(request, lambda: note_answer(by=reader, member=member, agrees=agrees, **form.cleaned_data), back=back, done=_("记下了。"))


@signed_in
def asked(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The question to the person: who asks, what for, which days; yes and no are equally large."""
    reader: Person = the_reader(request)
    member = get_batch_member(reader, batch_id)
    if request.method == "POST":
        agrees = request.POST.get("agrees") == "1"
        done = _("谢谢您。开好以后，您这里也有一份。") if agrees else _("好的，不给他们开。")
        back = resolve_url("records:batch_asked", member.batch_id)
        return press(request, lambda: answer_batch(by=reader, member=member, agrees=agrees), back=back, done=done)
    return render(
        request,
        "records/proofs/asked.html",
        {"member": member, "batch": member.batch, "earned": proofs.earned_by(reader, [member.batch.unit_id])},
    )


@signed_in
def papers(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """A list and every paper as one locked ZIP, written while it is sent."""
    reader = the_reader(request)
    found = get_batch_for(reader, batch_id)
    rows = proofs.papers_of(found)
    count, back = rows.count(), resolve_url("records:batch", found.pk)
    if not count:
        return redirect(back)

    def wrap(leaving: Leaving) -> Iterator[Part]:
        hand_out(by=reader, batch=found, count=count, why=leaving.why)
        return papers_and_list(found, rows.iterator(chunk_size=20), leaving.mark())

    inside = ngettext("里面是 %(n)s 张证明和一份名单。", "里面是 %(n)s 张证明和一份名单。", count) % {"n": count}
    name, why = f"certificates-{timezone.localdate().isoformat()}", f"{found.asked_by}，{found.purpose}"
    return take_away(request, Parcel(unit=found.unit, title=_("带走这些证明"), inside=inside, name=name, back=back, why=why, wrap=wrap))
