"""A volunteer's calendar: the page, its secret address, and the feed behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.hub.web.acting import press
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import require_helper
from ..access.signup import get_calendar_owner
from ..actions.calendar import new_address, revoke_address
from ..calendaring import feed_of, months_of
from ..models import Offer
from ..queries import calendar_key_of


@signed_in
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Everything that was promised, is asked or waited for, month by month."""
    person = require_helper(the_reader(request))
    context = {"months": months_of(person, timezone.now()), "key": calendar_key_of(person)}
    return render(request, "scheduling/volunteer/calendar.html", context)


@signed_in
@require_POST
def make_address(request: HttpRequest) -> HttpResponse:
    """The address is shown on this one answer and kept nowhere: a second press makes another, and this one is dead."""
    person = require_helper(the_reader(request))
    path = reverse("scheduling:calendar_feed", args=[new_address(by=person)])
    context = {"months": months_of(person, timezone.now()), "key": calendar_key_of(person), "address": request.build_absolute_uri(path)}
    answer = render(request, "scheduling/volunteer/calendar.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@signed_in
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    person = require_helper(the_reader(request))
    return press(
        request, lambda: revoke_address(by=person), back=reverse("scheduling:calendar"), done=_("停了。原来的地址从现在起打不开了。")
    )


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the address reads it without signing in, as calendar programs do; in its owner's language."""
    person = get_calendar_owner(secret)

    def page(offer: Offer) -> str:
        return request.build_absolute_uri(reverse("scheduling:offer", args=[offer.pk]))

    with translation.override(person.language or "zh-hans"):
        body = feed_of(person, timezone.now(), page)
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="doorstep.ics"'
    answer["Referrer-Policy"] = "no-referrer"
    return answer
