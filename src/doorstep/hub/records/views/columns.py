"""Which column takes which fact, table by table, as the district changes it; and the list of national numbers that comes in by one of them."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from doorstep.hub.web.acting import submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..actions.moving import enter_numbers, set_columns
from ..forms.moving import ColumnForm, MapForm, TransferForm
from ..models import Sheet
from ..moving.arriving import Fault, numbers
from ..moving.columns import leaves, usual_version
from ..moving_access import get_sending_district, recording_units
from ..queries.moving import columns_at, columns_in_use, maps_of, people_by_number
from .moving import INVALID, read_table, sample_file, shown

#: Empty lines under the columns, for new ones.
SPARE = 3


@signed_in
def columns(request: HttpRequest, sheet: str = Sheet.SERVICE) -> HttpResponse:
    """One table's columns: data that the district changes itself."""
    by = the_reader(request)
    district = get_sending_district(by)
    if sheet not in Sheet.values:
        raise Http404
    name, known, version = columns_in_use(sheet, district)
    rows = forms.formset_factory(ColumnForm, extra=SPARE if leaves(sheet) else 0, max_num=40)
    form = MapForm(request.POST or None, initial={"name": name, "seen": version})
    lines = rows(request.POST or None, initial=known, prefix="column", form_kwargs={"sheet": sheet})

    def act(said: Any) -> str:
        kept = [line for line in (row.cleaned_data for row in lines.forms) if line.get("heading")]
        set_columns(by=by, district=district, sheet=sheet, name=said["name"], columns=kept, seen=said["seen"])
        return resolve_url("records:columns") if sheet == Sheet.SERVICE else resolve_url("records:columns_of", sheet)

    if request.method == "POST" and lines.is_valid() and (answer := submit(request, form, act, done=_("改好了。已经导出的文件不变。"))):
        return answer
    context = {
        "form": form, "lines": lines, "version": version, "sheet": sheet, "maps": maps_of(district), "leaves": leaves(sheet), "usual": usual_version(sheet),
    }  # fmt: skip
    return render(request, "records/moving/columns.html", context, status=INVALID if form.errors or request.method == "POST" else 200)


@signed_in
def national_numbers(request: HttpRequest) -> HttpResponse:
    """A list of national numbers: every row looked at, all or nothing."""
    by = the_reader(request)
    units = recording_units(by)
    form, faults = TransferForm(request.POST or None, request.FILES or None, units=units), list[Fault]()
    if request.method == "POST" and (rows := read_table(form)) is not None:
        unit = form.cleaned_data["unit"]
        taken, faults = numbers(rows, people_by_number(unit), columns_at(unit, Sheet.NUMBERS))

        def act(said: Any) -> str:
            enter_numbers(by=by, unit=unit, rows=taken)
            return resolve_url("records:numbers")

        done = ngettext("%(n)s 位的全国编号记下了。", "%(n)s 位的全国编号记下了。", len(taken)) % {"n": len(taken)}
        if not faults and (answer := submit(request, form, act, done=done)):
            return answer
    context = {"form": form, **shown(faults)}
    return render(request, "records/moving/numbers.html", context, status=INVALID if faults or form.errors else 200)


@require_GET
@signed_in
def numbers_sample(request: HttpRequest) -> HttpResponse:
    return sample_file("national-numbers", columns_at(recording_units(the_reader(request))[0], Sheet.NUMBERS))
