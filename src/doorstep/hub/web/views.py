"""Pages of the frame itself: how the reader likes to see things, and what is said when something is not there."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.actions.person import change_view

from .acting import ENVELOPE, safe_next
from .middleware import LANGUAGES
from .reading import reader_of

A_YEAR = 365 * 24 * 3600
#: What the phone keeps besides the page itself.
KEPT = ("tokens.css", "components.css", "doorstep.js", "queue.js")
#: From this length on a typed text is worth giving back.
WORTH_KEEPING = 8


@require_POST
def view(request: HttpRequest) -> HttpResponse:
    """Elder mode, language, theme: kept with the person, and on this device for who is not signed in."""
    language, theme, elder = (request.POST.get(name) for name in ("language", "theme", "elder"))
    wanted = {
        "language": language if language in LANGUAGES else None,
        "theme": theme if theme in ("", "light", "dark") else None,
        "elder_mode": elder == "1" if elder in ("0", "1") else None,
    }
    person = reader_of(request)
    if person is not None:
        change_view(person=person, **wanted)  # type: ignore[arg-type]
    response = redirect(safe_next(request, "/"))
    cookies = {
        settings.LANGUAGE_COOKIE_NAME: wanted["language"],
        "doorstep_theme": wanted["theme"],
        "doorstep_elder": elder if elder in ("0", "1") else None,
    }
    for name, value in cookies.items():
        if value is not None:
            response.set_cookie(name, str(value), max_age=A_YEAR, samesite="Lax", secure=settings.BEHIND_HTTPS, httponly=True)
    return response


def _sorry(request: HttpRequest, status: int, heading: str, sentence: str, **more: object) -> HttpResponse:
    context = {"heading": heading, "sentence": sentence, "next_url": "/", "next_words": _("回首页")} | more
    return render(request, "web/sorry.html", context, status=status)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps one page for a phone without network; its bytes change with whatever it keeps, so that phones fetch it anew."""
    files = [Path(str(finders.find(f"web/{name}"))).read_bytes() for name in ("worker.js", *KEPT)]
    pages = [Path(str(get_template(f"web/{name}").origin)).read_bytes() for name in ("offline.html", "base.html", "switches.html")]  # type: ignore[attr-defined]
    stamp = sha256(b"".join([*files, *pages])).hexdigest()[:16]
    answer = HttpResponse(files[0] + f"// {stamp}\n".encode(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows under /here/ while it has no network: nobody's data, and two buttons."""
    return render(request, "web/offline.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _sorry(
        request, 404, _("这里没有这一页。"), _("地址可能打错了，或者这一页不是给您看的。请从首页再找一找；要找人，请打社区电话。")
    )


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _sorry(request, 403, _("这一步做不了。"), _("请回首页，从您自己的页面再来一次。"))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form lay open too long, or the browser keeps no cookies: what was typed is given back to copy."""
    said = [value for name, values in request.POST.lists() if name not in ENVELOPE and "password" not in name for value in values]
    kept = [value for value in said if len(value) >= WORTH_KEEPING]
    return _sorry(
        request, 403, _("这一页放得太久了。"), _("刚才那一步没有做成，别的没有变。请回去刷新一下再交；您填的字在下面，可以拷回去。"),
        typed=kept, next_url=request.get_full_path(), next_words=_("回去再交"),
    )  # fmt: skip


def broken(request: HttpRequest) -> HttpResponse:
    """Needs neither a database nor a reader, for both may be what broke."""
    return render(None, "web/broken.html", status=500)
