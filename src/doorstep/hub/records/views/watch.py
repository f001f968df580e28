"""What is worth a look: for the district and the social workers, the oddest first; each is handled with an outcome in words."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from doorstep.hub.people.access import is_district_officer
from doorstep.hub.web.acting import submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import anomalies_visible_to, get_anomaly_for, typed_or_approved
from ..actions.watching import handle_anomaly
from ..forms.watch import OutcomeForm
from ..queries.proofs import kept_outside, last_walk
from ..queries.watching import hours_in, open_first, told
from ..telling import hours_text
from ..watch import words

INVALID = 422


@require_GET
@signed_in
def watch(request: HttpRequest) -> HttpResponse:
    by = the_reader(request)
    mine = anomalies_visible_to(by)
    handled = request.GET.get("state") == "handled"
    page = page_of(request, open_first(mine, handled=handled), size=20)
    n_open = open_first(mine, handled=False).count()
    walk, outside = (last_walk(), kept_outside()) if is_district_officer(by) else (None, None)
    context = {
        "list": page, "walk": walk if walk and walk.alarm else None, "outside": outside, "rows": [told(anomaly) for anomaly in page], "handled": handled, "n_open": n_open,
        "heading": words.found(n_open) if n_open else _("眼下没有要看的"), "n_handled": mine.count() - n_open, "district": is_district_officer(by),
    }  # fmt: skip
    return render(request, "records/watch/watch.html", context)


@signed_in
def anomaly(request: HttpRequest, anomaly_id: UUID) -> HttpResponse:
    by = the_reader(request)
    found = get_anomaly_for(by, anomaly_id)
    form = OutcomeForm(request.POST or None)

    def act(said: Any) -> str:
        handle_anomaly(by=by, anomaly=found, **said)
        return resolve_url("records:watch")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("记下了。同样的事不会再来问。"))):
        return answer
    lines = [(row, hours_text(row.tenths)) for row in hours_in(found)]
    context = {
        "told": told(found),
        "anomaly": found,
        "hours": lines,
        "form": form,
        "own_hands": typed_or_approved(by, found),
        "district": is_district_officer(by),
    }
    return render(request, "records/watch/anomaly.html", context, status=INVALID if form.errors else 200)
