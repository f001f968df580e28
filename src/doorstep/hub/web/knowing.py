"""Whether it is still the same person who sits there: asked again before something leaves the house, and believed for some minutes."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

KEY = "known_again_at"
#: Long enough to write a reason and copy a passphrase down, too short for a telephone that was left on the table.
LASTS = timedelta(minutes=10)


def remember(request: HttpRequest) -> None:
    """The password was right just now; it is kept with this session alone."""
    request.session[KEY] = timezone.now().timestamp()


def is_known(request: HttpRequest) -> bool:
    """A clock that was set back makes nobody known for longer."""
    at = request.session.get(KEY)
    return isinstance(at, float) and 0 <= timezone.now().timestamp() - at <= LASTS.total_seconds()


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the password, and back to this page afterwards."""
    return redirect(f"{resolve_url('account_again')}?{urlencode({'next': request.path})}")
