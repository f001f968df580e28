"""The public ledger: signed heads, keys and the list of revocations; the whole log for the district's staff; a receipt for each hour's owner."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from doorstep.hub.people.access import is_district_officer
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import reader_of, signed_in, the_reader

from .. import proving
from ..access import get_own_hours
from ..actions.batching import take_log
from ..moving_access import get_sending_district
from ..packing import Part
from ..queries import proofs
from ..queries.heads import row_told
from .leaving import Leaving, Parcel, take_away

TEXT = "text/plain; charset=utf-8"
FIVE_MINUTES = "public, max-age=300"


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """What the newest head says, in words a resident understands; printed, it fits on the notice board."""
    walk, is_district = proofs.last_walk(), is_district_officer(reader_of(request))
    context = {
        "newest": proofs.newest_head(), "walk": walk, "rows": [row_told(row) for row in walk.rows] if walk and is_district else [], "heads": page_of(request, proofs.earlier_heads(), 31), "keys": proofs.signing_keys(), "size": proofs.log_size(),
        "is_district": is_district, "outside": proofs.kept_outside(),
    }  # fmt: skip
    return render(request, "records/proofs/ledger.html", context)


def _file(text: str, name: str, kind: str = TEXT) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return _for_everybody(answer)


def _for_everybody(answer: HttpResponse) -> HttpResponse:
    """Public facts: another site's checker may read them too."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = FIVE_MINUTES
    return answer


@require_safe
def head_text(request: HttpRequest) -> HttpResponse:
    newest = proofs.newest_head()
    if newest is None:
        raise Http404
    return _file(newest.row.note, f"head-{newest.row.day.isoformat()}.txt")


@require_safe
def heads_text(request: HttpRequest) -> HttpResponse:
    return _file("".join(proving.head_lines()), "heads.txt")


@require_safe
def keys_text(request: HttpRequest) -> HttpResponse:
    return _file(proving.key_lines(), "keys.txt")


@require_safe
def keys_json(request: HttpRequest) -> HttpResponse:
    """All public keys as a JWK set."""
    return _for_everybody(JsonResponse(proving.public_key_set(), content_type="application/jwk-set+json"))


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """Which certificates were taken back, as a signed list of bits."""
    register = proofs.register_numbered(number)
    if register is None:
        raise Http404
    token = proving.status_token(register.url, proofs.revoked_in(register), timezone.now())
    return _for_everybody(HttpResponse(token, content_type="application/vc+jwt"))


@signed_in
def whole_log(request: HttpRequest) -> HttpResponseBase:
    """For auditors, by the hand of the district's staff: by pseudonym, but whoever knows one visit could follow a person. So it is locked."""
    reader, log = the_reader(request), proofs.the_log()
    place = get_sending_district(reader)
    if log is None:
        return redirect("records:ledger")

    def wrap(leaving: Leaving) -> list[Part]:
        take_log(by=reader, log=log, why=leaving.why)
        return [Part("log.jsonl", proving.log_lines())]

    inside = _("里面没有名字；可是知道某人去过哪一次，就能顺着代号看他的别次。只交给查账的人。")
    name = f"log-{timezone.localdate().isoformat()}"
    parcel = Parcel(unit=place, title=_("带走整本账"), inside=inside, name=name, back=resolve_url("records:ledger"), wrap=wrap)
    return take_away(request, parcel)


@require_safe
@signed_in
def receipt(request: HttpRequest, hours_id: UUID) -> HttpResponse:
    """The owner's proof of one entry, for keeping."""
    hours = get_own_hours(the_reader(request), hours_id)
    made = proving.receipt_of(hours.entry) if hours.entry is not None else None
    if made is None:
        return render(request, "records/proofs/no_receipt.html", {"hours": hours}, status=409)
    answer = HttpResponse(made, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{hours.entry}.json"'
    return answer
