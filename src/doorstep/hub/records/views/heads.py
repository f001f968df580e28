"""From one head to another: whoever kept an older one sees that nothing before it was changed, and takes the proof away."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from ..forms.proofs import HeadForm
from ..queries import heads, proofs

INVALID = 422
FIVE_MINUTES = "public, max-age=300"


@require_http_methods(["GET", "HEAD", "POST"])
def since(request: HttpRequest) -> HttpResponse:
    """By the day of a head, or by the text of one that somebody kept; the text is looked at and not stored."""
    form, found, strange = HeadForm(request.POST if request.method == "POST" else None), None, False
    if form.is_bound and form.is_valid():
        found = heads.since_note(form.cleaned_data["note"])
        strange = found is None
    elif not form.is_bound and (day := _day(request.GET.get("day", ""))) is not None:
        found = heads.since_day(day)
    walk = proofs.last_walk()
    alarm = walk if walk is not None and walk.alarm else None
    context = {"form": form, "found": found, "strange": strange, "newest": proofs.newest_head(), "walk": alarm}
    return render(request, "records/proofs/since.html", context, status=INVALID if form.errors or strange else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
def since_file(request: HttpRequest, old: str, new: str) -> HttpResponse:
    """The proof between the heads of two days, with both heads; no line of the log is in it."""
    first, last = _day(old), _day(new)
    made = heads.proof_between(first, last) if first and last else None
    if made is None:
        raise Http404
    answer = HttpResponse(made, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="since-{old}-to-{new}.json"'
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = FIVE_MINUTES
    return answer
