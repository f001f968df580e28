"""Pages that need to know who reads them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from doorstep.hub.people.models import Person

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


def signed_in(view: View[Rest]) -> View[Rest]:
    """Sends a visitor to sign in first, and back here afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if reader_of(request) is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def reader_of(request: HttpRequest) -> Person | None:
    """The signed-in person, as the middleware found it."""
    found: Any = getattr(request, "reader", None)
    return found if isinstance(found, Person) else None


def the_reader(request: HttpRequest) -> Person:
    """The signed-in person on a page that is only for those who are signed in."""
    found = reader_of(request)
    if found is None:
        raise LookupError("this page is only for those who are signed in: use signed_in")
    return found


#: What a proxy or a tunnel adds: behind one, "from this computer" says nothing about who asks.
PASSED_ON = (
    "HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP", "HTTP_CF_", "HTTP_TRUE_CLIENT_IP", "HTTP_X_CLIENT_IP",
    "HTTP_X_CLUSTER_CLIENT_IP", "HTTP_X_ORIGINAL_", "HTTP_FASTLY_", "HTTP_FLY_", "HTTP_X_ENVOY_", "HTTP_NGROK_", "HTTP_CLIENT_IP",
)  # fmt: skip


def asked_from(request: HttpRequest) -> str:
    """The address that asked; unknown, and so never loopback, if somebody passed the request on."""
    return "" if any(header.startswith(PASSED_ON) for header in request.META) else str(request.META.get("REMOTE_ADDR", ""))


def address_of(request: HttpRequest) -> str:
    """The address to count tries by: behind so many proxies of ours, what the outermost of them has seen.

    Each proxy adds at the end whom it heard; everything before that was written by who asks, and may be invented.
    """
    heard = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    if 0 < settings.PROXIES <= len(heard):
        return str(heard[-settings.PROXIES])[:64]
    return str(request.META.get("REMOTE_ADDR", ""))


__all__ = ["HttpResponse", "address_of", "asked_from", "reader_of", "signed_in", "the_reader"]
