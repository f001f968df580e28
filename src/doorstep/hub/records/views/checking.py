"""The public check of a certificate: by its number, from the code on it, or by the text of the electronic one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from doorstep.hub.people.actions.account import begin_check
from doorstep.hub.web.reading import address_of

from .. import proving
from ..certificate_access import certificate_called, plain_number
from ..forms.proofs import NameForm, NumberForm, TokenForm
from ..queries.checking import is_as_signed
from ..queries.proofs import standing_of

INVALID, NOT_THERE, TOO_MANY = 422, 404, 429


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = render(request, name, context, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store"
    return answer


def check(request: HttpRequest) -> HttpResponse:
    """Where a number is typed, or an electronic certificate pasted or chosen."""
    electronic = request.method == "POST" and "number" not in request.POST
    number = NumberForm(request.POST if request.method == "POST" and not electronic else None)
    token = TokenForm(request.POST if electronic else None, request.FILES if electronic else None)
    if electronic and token.is_valid():
        return _token(request, token.cleaned_data["token"])
    if number.is_bound and number.is_valid():
        typed = number.cleaned_data["number"]
        return redirect("records:checked", plain_number(typed) or typed.strip()[:60].replace("/", "-") or "0")
    wrong = number.errors or token.errors
    return _page(request, "records/proofs/check.html", {"form": number, "electronic": token}, INVALID if wrong else 200)


def _token(request: HttpRequest, token: str) -> HttpResponse:
    """The signature says whether it is genuine, the register whether it still holds."""
    if not begin_check(address=address_of(request)):
        return _page(request, "records/proofs/checked.html", {"too_many": True}, TOO_MANY)
    try:
        found = proving.opened_token(token, timezone.now())
    except proving.BadToken:
        return _page(request, "records/proofs/checked.html", {"forged": True}, INVALID)
    certificate = certificate_called(found.certificate.id)
    if certificate is None:
        return _page(request, "records/proofs/checked.html", {"unknown": True}, NOT_THERE)
    return redirect("records:checked", certificate.number)


def checked(request: HttpRequest, number: str) -> HttpResponse:
    """Validity, unit, period, hours, grades, once signature, row and ledger agree; a told name is held against the one that was signed."""
    if not begin_check(address=address_of(request)):
        return _page(request, "records/proofs/checked.html", {"too_many": True}, TOO_MANY)
    certificate = certificate_called(number)
    if certificate is None:
        return _page(request, "records/proofs/checked.html", {"typed": number}, NOT_THERE)
    now = timezone.now()
    if not is_as_signed(certificate, now):
        return _page(request, "records/proofs/checked.html", {"contradicted": True}, INVALID)
    form, right = NameForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        right = proving.signed_name(certificate.token).is_name("".join(form.cleaned_data["told"].split()))
    context = {"found": standing_of(certificate), "form": form, "right": right, "now": now}
    return _page(request, "records/proofs/checked.html", context, INVALID if form.errors else 200)
