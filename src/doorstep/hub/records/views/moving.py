"""Records on the way out and in, for the district and the social workers: files, answers, earlier hours."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.queries import today
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import requests_visible_to
from ..actions.moving import decide_transfers, enter_transfers, how_many_wait, note_download, ship, take_answers
from ..forms.moving import FileForm, ShipForm, TransferForm
from ..models import Sheet, Shipment, SyncState
from ..moving.arriving import SHOWN_FAULTS, Fault, answers, earlier_hours, sample
from ..moving.sheets import NotATable, rows_of
from ..moving.writing import as_csv, as_xlsx
from ..moving_access import (
    get_sending_district,
    get_shipment_for,
    get_transfers_for,
    recording_units,
    transfers_visible_to,
)
from ..packing import Part
from ..queries.moving import (
    columns_at,
    columns_in_use,
    file_of,
    known_transfers,
    open_requests,
    people_by_number,
    returned_in,
    sent_ids,
    shipments_of,
    sync_counts,
    waiting_batches,
)
from ..telling import hours_text
from .leaving import Leaving, Parcel, take_away

INVALID = 422
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
def moving(request: HttpRequest) -> HttpResponse:
    """The district's page: what waits to be sent, files that left, and the ways to everything else."""
    by = the_reader(request)
    district = get_sending_district(by)
    first = today().replace(month=1, day=1)
    form = ShipForm(request.POST or None, initial={"start": first, "end": today(), "format": "xlsx"})

    def act(said: Any) -> str:
        name, columns, _version = columns_in_use(said["sheet"], district)
        return resolve_url("records:shipment", ship(by=by, district=district, map_name=name, columns=columns, **said).pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("文件好了，请下载。"))):
        return answer
    since = first.replace(year=first.year - 1)
    context = {
        "form": form, "list": page_of(request, shipments_of(district), size=20), "waiting": how_many_wait(district, since, today()),
        "batches": len(waiting_batches(transfers_visible_to(by))), "requests": len(open_requests(requests_visible_to(by))),
    }  # fmt: skip
    return render(request, "records/moving/moving.html", context, status=INVALID if form.errors else 200)


def read_table(form: forms.Form) -> list[list[str]] | None:
    """The table in the form's file; None, with the sentence at the field, if it is none."""
    if not form.is_valid():
        return None
    try:
        sent = form.cleaned_data["file"]
        return rows_of(sent.name, sent.read())
    except NotATable as refusal:
        form.add_error("file", str(refusal.sentence))
        return None


def shown(faults: list[Fault]) -> dict[str, Any]:
    return {"faults": faults[:SHOWN_FAULTS], "n_faults": len(faults)}


@signed_in
def shipment(request: HttpRequest, shipment_id: UUID) -> HttpResponse:
    """A file that left: how many of its records stand where; the other system's answer comes in here."""
    by = the_reader(request)
    sent = get_shipment_for(by, shipment_id)
    form, faults = FileForm(request.POST or None, request.FILES or None), list[Fault]()
    if request.method == "POST" and (rows := read_table(form)) is not None:
        taken, faults = answers(rows, sent_ids(sent), columns_at(sent.place, Sheet.ANSWERS))

        def act(said: Any) -> str:
            take_answers(by=by, shipment=sent, answers=taken)
            return resolve_url("records:shipment", sent.pk)

        if not faults and (
            answer := submit(request, form, act, done=ngettext("%(n)s 条有回话了。", "%(n)s 条有回话了。", len(taken)) % {"n": len(taken)})
        ):
            return answer
    counts = sync_counts(sent)
    states = [(SyncState(state).label, counts[state], state) for state in SyncState.values if state in counts]
    context = {
        "sent": sent,
        "form": form,
        "states": states,
        "returned": returned_in(sent)[:100],
        "expects": columns_at(sent.place, Sheet.ANSWERS),
        **shown(faults),
    }
    return render(request, "records/moving/shipment.html", context, status=INVALID if faults or form.errors else 200)


@signed_in
def shipment_file(request: HttpRequest, shipment_id: UUID) -> HttpResponseBase:
    """The table of a file that left, locked: it names people."""
    by = the_reader(request)
    sent: Shipment = get_shipment_for(by, shipment_id)
    name = f"records-{sent.start:%Y%m%d}-{sent.end:%Y%m%d}-{sent.pk.hex[:6]}"

    def wrap(leaving: Leaving) -> list[Part]:
        note_download(by=by, shipment=sent, why=leaving.why)
        rows = file_of(sent)
        return [Part(f"{name}.{sent.format}", as_csv(rows) if sent.format == "csv" else as_xlsx(rows, leaving.mark()))]

    inside = ngettext("里面是 %(n)s 条记录，写着姓名和编号。", "里面是 %(n)s 条记录，写着姓名和编号。", sent.count) % {"n": sent.count}
    back = resolve_url("records:shipment", sent.pk)
    return take_away(
        request, Parcel(unit=sent.place, title=_("带走这份记录"), inside=inside, name=name, back=back, why=sent.why, wrap=wrap)
    )


@signed_in
def transfers(request: HttpRequest) -> HttpResponse:
    """Earlier hours of elsewhere: one file, every row looked at, all or nothing; then a second person."""
    by = the_reader(request)
    units = recording_units(by)
    form, faults = TransferForm(request.POST or None, request.FILES or None, units=units), list[Fault]()
    if request.method == "POST" and (rows := read_table(form)) is not None:
        unit = form.cleaned_data["unit"]
        taken, faults = earlier_hours(rows, people_by_number(unit), today(), known_transfers(unit), columns_at(unit, Sheet.EARLIER))

        def act(said: Any) -> str:
            return resolve_url("records:transfer_batch", enter_transfers(by=by, unit=unit, rows=taken))

        if not faults and (answer := submit(request, form, act, done=_("收到了。请另一个人来批，批了才算。"))):
            return answer
    found = transfers_visible_to(by)
    waiting = [line | {"hours": hours_text(int(str(line["tenths"])))} for line in waiting_batches(found)]
    page = page_of(request, found.exclude(state="waits").order_by("-decided_at", "pk"), size=20)
    context = {"form": form, "waiting": waiting, "list": page, "rows": [(row, hours_text(row.tenths)) for row in page], **shown(faults)}
    return render(request, "records/moving/transfers.html", context, status=INVALID if faults or form.errors else 200)


def sample_file(name: str, columns: list[dict[str, str]]) -> HttpResponse:
    """A table as it should come, with an invented line: nobody's name is in it."""
    answer = HttpResponse(as_xlsx(sample(columns)), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@require_GET
@signed_in
def transfer_sample(request: HttpRequest) -> HttpResponse:
    return sample_file("earlier-hours", columns_at(recording_units(the_reader(request))[0], Sheet.EARLIER))


@require_GET
@signed_in
def transfer_batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    by = the_reader(request)
    rows = get_transfers_for(by, batch)
    context = {
        "batch": batch, "rows": [(row, hours_text(row.tenths)) for row in rows], "first": rows[0], "total": hours_text(sum(row.tenths for row in rows)),
        "waits": rows[0].state == "waits", "may": all(by.pk not in (row.entered_by_id, row.person_id) for row in rows),
    }  # fmt: skip
    return render(request, "records/moving/batch.html", context)


@require_POST
@signed_in
def decide_batch(request: HttpRequest, batch: UUID, said: str) -> HttpResponse:
    by = the_reader(request)
    get_transfers_for(by, batch)
    if said not in ("yes", "no"):
        raise Http404
    done = _("收下了。在记录和证明上单独列，写明本处没有核过。") if said == "yes" else _("没有收。")

    def act() -> None:
        decide_transfers(by=by, batch=batch, taken=said == "yes")

    return press(request, act, back=reverse("records:transfers"), done=done)
