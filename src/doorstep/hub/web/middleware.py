"""Who is reading, in which language, how large: found once for each request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from doorstep.hub.people.models import Person
from doorstep.hub.people.queries import roles_of

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGES = {code for code, _name in settings.LANGUAGES}


def _person(request: HttpRequest) -> Person | None:
    # A visitor without a session costs no query at all.
    if not request.session.session_key or not request.user.is_authenticated:
        return None
    found = getattr(request.user, "person", None)
    if not isinstance(found, Person):
        return None
    found.in_demonstration = getattr(request.user, "in_demonstration", None)  # type: ignore[attr-defined]
    return found


def reader(get_response: Answer) -> Answer:
    """Sets `reader`, `roles`, `elder` and `theme` on the request and speaks the reader's language while it is answered."""

    def answer(request: HttpRequest) -> HttpResponse:
        person = _person(request)
        request.reader = person  # type: ignore[attr-defined]
        request.roles = roles_of(person) if person else []  # type: ignore[attr-defined]
        wished = (person.language if person else "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        request.elder = person.elder_mode if person else request.COOKIES.get("doorstep_elder") == "1"  # type: ignore[attr-defined]
        theme = (person.theme if person else "") or request.COOKIES.get("doorstep_theme", "")
        request.theme = theme if theme in ("light", "dark") else ""  # type: ignore[attr-defined]
        with translation.override(wished if wished in LANGUAGES else settings.LANGUAGE_CODE):
            response = get_response(request)
            # What is rendered late must still be rendered in this language.
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        if person is not None:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return answer
