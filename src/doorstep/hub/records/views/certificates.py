"""Certificates of a reader and of the communities whose record a reader keeps: asked for, printed, shared, taken back; the unit's seal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.hub.people.access import communities_for, get_community_for, is_volunteer
from doorstep.hub.people.models import Person, Place
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from .. import printing
from ..actions.certifying import issue_certificate, print_seal, remove_seal, revoke_certificate, set_seal, share_name
from ..certificate_access import (
    NameChanged,
    certificates_visible_to,
    get_certificate_for,
    get_holder_for,
    get_kept_certificate,
    get_own_certificate,
    may_keep,
)
from ..forms.proofs import ALL, OwnForm, RevokeForm, SealForm
from ..models import Certificate
from ..queries import proofs

INVALID = 422
MOST_TOGETHER = 20


def _issue(by: Person, person: Person, units: Mapping[str, Place], said: Mapping[str, Any]) -> str:
    """One for the unit chosen, or one for each; leads to the one, or to the list of all."""
    chosen = list(units.values()) if said["unit"] == ALL else [units[said["unit"]]]
    made = [issue_certificate(by=by, person=person, unit=unit, start=said["start"], end=said["end"]) for unit in chosen]
    if len(made) == 1:
        return resolve_url("records:certificate", made[0].pk)
    return f"{resolve_url('records:certificates')}?{_together(made)}"


def _together(certificates: list[Certificate]) -> str:
    return "&".join(f"id={certificate.pk}" for certificate in certificates)


def _asking(request: HttpRequest, person: Person, earned: list[proofs.Earned]) -> OwnForm:
    """A whole record to today, unless other days are asked for."""
    first = min((one.first for one in earned), default=timezone.localdate())
    return OwnForm(
        request.POST if request.method == "POST" else None,
        units=[one.unit for one in earned],
        initial={"start": first, "end": timezone.localdate()},
    )


@signed_in
def certificates(request: HttpRequest) -> HttpResponse:
    """One's own: those there are, and a new one at once."""
    reader = the_reader(request)
    earned = proofs.earned_by(reader)
    form = _asking(request, reader, earned)
    units = {str(one.unit.pk): one.unit for one in earned}
    done = _("开好了。可以存下来，也可以印出来。")
    if request.method == "POST" and (answer := submit(request, form, lambda said: _issue(reader, reader, units, said), done=done)):
        return answer
    new = [str(one.pk) for one in _asked_together(request)]
    context = {
        "form": form, "earned": earned, "mine": page_of(request, proofs.certificates_of(reader)), "together": "&".join(f"id={pk}" for pk in new),
        "asked": proofs.asked_of(reader), "is_volunteer": is_volunteer(reader),
    }  # fmt: skip
    return render(request, "records/proofs/certificates.html", context, status=INVALID if form.errors else 200)


def _asked_together(request: HttpRequest) -> list[Certificate]:
    """The reader's certificates that the address names."""
    reader, wanted = the_reader(request), []
    for text in request.GET.getlist("id")[:MOST_TOGETHER]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    return list(certificates_visible_to(reader).filter(pk__in=wanted).order_by("unit__code", "issued_at")) if wanted else []


@require_safe
@signed_in
def together(request: HttpRequest) -> HttpResponse:
    """Several units as one document, a page each."""
    found = _asked_together(request)
    if not found or len({one.person_id for one in found}) > 1:
        raise Http404
    return _paper(request, found, f"certificates-{timezone.localdate().isoformat()}.pdf")


def _paper(request: HttpRequest, found: list[Certificate], name: str) -> HttpResponse:
    try:
        made = printing.sheets(found)
    except NameChanged as refusal:
        return render(request, "records/proofs/no_paper.html", {"sentence": refusal.sentence}, status=409)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@signed_in
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate for its holder, or for who keeps the unit's record."""
    reader = the_reader(request)
    found = get_certificate_for(reader, certificate_id)
    is_holder = found.person_id == reader.pk
    context = {
        "found": proofs.standing_of(found), "is_holder": is_holder, "may_revoke": not is_holder and may_keep(reader, found.unit),
        "form": RevokeForm(), "address": printing.check_address(found), "sealed": hasattr(found.unit, "seal"), "rows": page_of(request, proofs.hours_in(found)) if is_holder else None,
    }  # fmt: skip
    return render(request, "records/proofs/certificate.html", context)


@require_safe
@signed_in
def paper(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    found = get_certificate_for(the_reader(request), certificate_id)
    return _paper(request, [found], f"certificate-{found.number}.pdf")


@require_safe
@signed_in
def token(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """The electronic certificate, to be kept and checked without us."""
    found = get_certificate_for(the_reader(request), certificate_id)
    answer = HttpResponse(found.token, content_type="application/vc+jwt")
    answer["Content-Disposition"] = f'attachment; filename="certificate-{found.number}.jwt"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@signed_in
def share(request: HttpRequest, certificate_id: UUID, what: str) -> HttpResponse:
    """The holder's two switches: the name on the check page, the seal on the paper."""
    reader = the_reader(request)
    found, on = get_own_certificate(reader, certificate_id), request.POST.get("on") == "1"
    back = resolve_url("records:certificate", found.pk)

    def act() -> None:
        if what == "name":
            share_name(by=reader, certificate=found, shares=on)
        else:
            print_seal(by=reader, certificate=found, with_seal=on)

    return press(request, act, back=back, done=_("改好了。"))


@require_POST
@signed_in
def revoke(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    reader = the_reader(request)
    found = get_kept_certificate(reader, certificate_id)
    form = RevokeForm(request.POST)

    def act(said: Mapping[str, Any]) -> str:
        revoke_certificate(by=reader, certificate=found, **said)
        return resolve_url("records:certificate", found.pk)

    answer = submit(request, form, act, done=_("撤销了，已经告诉本人。查这张证明的人马上就看得到。"))
    context = {
        "found": proofs.standing_of(found),
        "is_holder": False,
        "may_revoke": True,
        "form": form,
        "address": printing.check_address(found),
    }
    return answer or render(request, "records/proofs/certificate.html", context, status=INVALID)


@require_safe
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What a community has issued, whom to issue one for, batches, the seal."""
    reader = the_reader(request)
    places = list(communities_for(reader))
    place = next((one for one in places if str(one.pk) == request.GET.get("place", str(one.pk))), None)
    if place is None:
        raise Http404
    words = request.GET.get("q", "")[:40]
    context = {
        "place": place, "places": places, "words": words, "people": proofs.holders_called(place, reader, words),
        "rows": page_of(request, proofs.certificates_in(place)), "batches": proofs.batches_in(place)[:10], "seal": proofs.seal_of(place),
    }  # fmt: skip
    return render(request, "records/proofs/desk.html", context)


@signed_in
def issue_for(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """On request of a volunteer, by who keeps the record."""
    reader = the_reader(request)
    person = get_holder_for(reader, person_id)
    earned = proofs.earned_by(person, communities_for(reader).values_list("pk", flat=True))
    form = _asking(request, person, earned)
    units = {str(one.unit.pk): one.unit for one in earned}
    done = _("开好了，也告诉本人了。")
    if request.method == "POST" and (answer := submit(request, form, lambda said: _issue_for(reader, person, units, said), done=done)):
        return answer
    return render(
        request, "records/proofs/issue_for.html", {"form": form, "person": person, "earned": earned}, status=INVALID if form.errors else 200
    )


def _issue_for(by: Person, person: Person, units: Mapping[str, Place], said: Mapping[str, Any]) -> str:
    url = _issue(by, person, units, said)
    return resolve_url("records:certificate_desk") if said["unit"] == ALL else url


@signed_in
def seal(request: HttpRequest) -> HttpResponse:
    """The unit's seal: none, a drawn ring, or a picture."""
    reader = the_reader(request)
    place = get_community_for(reader, request.POST.get("place") or request.GET.get("place"))
    form, url = (
        SealForm(request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None),
        f"{resolve_url('records:seal')}?place={place.pk}",
    )
    if request.method == "POST" and request.POST.get("do") == "remove":
        return press(request, lambda: remove_seal(by=reader, unit=place), back=url, done=_("印章收起来了，以后印的证明不带章。"))

    def act(said: Mapping[str, Any]) -> str:
        image = said["image"]
        set_seal(by=reader, unit=place, image=image.read() if image else None)
        return url

    if request.method == "POST" and (answer := submit(request, form, act, done=_("放好了。本人要盖章，印出来才有。"))):
        return answer
    context = {"form": form, "place": place, "seal": proofs.seal_of(place)}
    return render(request, "records/proofs/seal.html", context, status=INVALID if form.errors else 200)


@require_safe
@signed_in
def seal_picture(request: HttpRequest, place_id: UUID) -> HttpResponse:
    """The picture that was put up, for those who keep it."""
    found = proofs.seal_of(get_community_for(the_reader(request), place_id))
    if found is None or found.image is None:
        return redirect("records:certificate_desk")
    return HttpResponse(bytes(found.image), content_type="image/png")
