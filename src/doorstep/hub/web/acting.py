"""Acts that come from a page: each runs once however often it is sent, and a refusal loses nothing."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import answer, claim, claimed

from .reading import reader_of

#: Fields that say how a form was sent, not what was said in it.
ENVELOPE = {"csrfmiddlewaretoken", "once"}


def _key(request: HttpRequest) -> str:
    """The form's one-time key, bound to who sends it; empty if the form has none.

    A visitor is bound by the secret that the browser got with the form: whoever repeats her key and words elsewhere is
    somebody else, and is not led to what she asked.
    """
    given = str(request.POST.get("once", ""))
    person = reader_of(request)
    sender = person.pk if person else f"visitor {request.META.get('CSRF_COOKIE', '')}"
    return sha256(f"{sender}:{given}".encode()).hexdigest() if given else ""


def _said(request: HttpRequest) -> bytes:
    pairs = [(name, value) for name, values in sorted(request.POST.lists()) if name not in ENVELOPE for value in values]
    return f"{request.get_full_path()} {urlencode(pairs)}".encode()


def sent_before(request: HttpRequest) -> bool:
    """Whether this very form has been acted on, so that sending it again asks for nothing new."""
    key = _key(request)
    return bool(key) and claimed(key)


def once(request: HttpRequest, act: Callable[[], str | None]) -> str:
    """Claims the key and acts in one transaction; the same form sent again leads to the first answer.

    Raises whatever the act raises, and then the key is free again; KeyReused if the same key comes with other words.
    """
    key = _key(request)
    with transaction.atomic():
        if key and (before := claim(key=key, body=_said(request))) is not None:
            return before
        url = act() or ""
        if key:
            answer(key=key, url=url)
    return url


def press(
    request: HttpRequest, act: Callable[[], str | None], *, back: str, done: Any = "", glance: Callable[[], object] | None = None
) -> HttpResponse:
    """A button: acts once, says what came of it, and goes where the act led, or back.

    `glance`: raises what one look says already, before the database is held for writing: five hundred who come too late do not
    queue for it. A form that was sent before is led to its first answer without it.
    """
    try:
        if glance is not None and not sent_before(request):
            glance()
        url = once(request, act)
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect(back)
    if done:
        messages.success(request, str(done))
    return redirect(url or back)


def submit(request: HttpRequest, form: forms.BaseForm, act: Callable[[Mapping[str, Any]], str], *, done: Any = "") -> HttpResponse | None:
    """A form: acts once and redirects; None if it must be shown again, with everything that was typed and what to change."""
    if not form.is_valid():
        return None
    try:
        url = once(request, lambda: act(form.cleaned_data))
    except Refused as refusal:
        form.add_error(getattr(refusal, "field", None) if getattr(refusal, "field", None) in form.fields else None, str(refusal.sentence))
        return None
    if done:
        messages.success(request, str(done))
    return redirect(url)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where the page asked to be led afterwards, if that is a page of ours."""
    wanted = str(request.POST.get("next", "") or request.GET.get("next", ""))
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/") else otherwise
