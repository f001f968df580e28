"""A volunteer's own pages: the week, one offer, and when there is time."""

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.hub.journal.actions import mark_read
from doorstep.hub.people.models import Person
from doorstep.hub.people.queries import guardian_consent_of, this_monday
from doorstep.hub.web.acting import press, safe_next, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_own_offer, get_slot_to_wish_for, has_experienced, require_helper
from ..actions import offer as offers
from ..actions.availability import paint_week, set_usual_week, unpaint_week
from ..actions.wish import wish_to_go
from ..asked_by_others import asked_of
from ..forms.volunteer import FreeTimeForm
from ..models import Offer
from ..painting import WEEKS, Painting, keep_booked, painting_of, parts_of_a_day, weeks_to_paint
from ..volunteering import READ_WITH_THE_WEEK, as_monday, guardian_sentence, is_minor, one_card, profile_of, way_to, week_of


@signed_in
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """What comes, what is asked, what was: the first page of a volunteer."""
    person, now = require_helper(the_reader(request)), timezone.now()
    shown = week_of(person, as_monday(request.GET.get("week", ""), now, 2), now)
    near = [(found, way_to(shown.profile, found.lat, found.lon)) for found in shown.near]
    guardian = guardian_sentence(shown.guardian) if shown.minor else ""
    context = {
        "week": shown,
        "near": near,
        "others": asked_of(person, now),
        "guardian": guardian,
        "desk": _desk(request),
        "only_almost": all(found.almost for found, _way in near),
    }
    return render(request, "scheduling/volunteer/week.html", context)


def _desk(request: HttpRequest) -> object:
    """The community whose desk one calls: that of the reader's own role."""
    roles = getattr(request, "roles", [])
    return roles[0] if roles else None


@signed_in
@require_POST
def read_news(request: HttpRequest) -> HttpResponse:
    """What stood under "since last time" has been read."""
    person = require_helper(the_reader(request))

    def act() -> None:
        mark_read(person_id=person.pk, kinds=READ_WITH_THE_WEEK)

    return press(request, act, back=safe_next(request, reverse("scheduling:week")))


def _own(request: HttpRequest, offer_id: UUID) -> tuple[Person, Offer]:
    person = the_reader(request)
    return person, get_own_offer(person, offer_id)


@signed_in
@require_safe
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """One offer, with exactly what may be known of it now."""
    person, asked = _own(request, offer_id)
    context = {"card": one_card(asked, person, timezone.now()), "unled": asked.seat.trainee and not has_experienced(asked.slot)}
    return render(request, "scheduling/volunteer/offer.html", context)


def _page(asked: Offer) -> str:
    return reverse("scheduling:offer", args=[asked.pk])


@signed_in
@require_POST
def accept(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    person, asked = _own(request, offer_id)

    def act() -> str:
        offers.accept(by=person, offer=asked)
        return _page(asked)

    return press(request, act, back=_page(asked), done=_("谢谢您！等家里点头，就定了。称呼和门牌在下面，当天过后就不再显示。"))


@signed_in
@require_POST
def decline(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Nothing is asked, nothing is counted."""
    person, asked = _own(request, offer_id)

    def act() -> str:
        offers.decline(by=person, offer=asked)
        return reverse("scheduling:week")

    return press(request, act, back=_page(asked), done=_("好的，这次不去。没关系，以后照样想着您。"))


@signed_in
def cannot_come(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """One more tap: first what happens next, then it happens."""
    person, asked = _own(request, offer_id)

    def act() -> str:
        offers.cannot_come(by=person, offer=asked)
        return reverse("scheduling:week")

    if request.method == "POST":
        return press(request, act, back=_page(asked), done=_("已经告诉社工和家里，位子空出来另找人。谢谢您早说。"))
    card = one_card(asked, person, timezone.now())
    if not card.promised or card.begun:
        return redirect(_page(asked))
    return render(request, "scheduling/volunteer/cannot_come.html", {"card": card})


@signed_in
@require_POST
def wish(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The social worker hears of it; it puts nobody on a seat."""
    person = require_helper(the_reader(request))

    def act() -> None:
        wish_to_go(by=person, slot=get_slot_to_wish_for(person, slot_id))

    back = safe_next(request, reverse("scheduling:week"))
    return press(request, act, back=back, done=_("已经告诉社工您想去。她看过以后会来问您，问了才算。"))


def _free_url(monday: date | None) -> str:
    return reverse("scheduling:availability") + (f"?week={monday.isoformat()}" if monday else "")


@signed_in
def availability(request: HttpRequest) -> HttpResponse:
    """Paints the usual week, or one that differs; booked cells stay as they are."""
    person, now = require_helper(the_reader(request)), timezone.now()
    asked = request.GET.get("week", "")
    monday = as_monday(asked, now, WEEKS)
    if asked and monday is None:
        raise Http404
    painting = painting_of(person, monday)
    form = FreeTimeForm(request.POST or None)
    if request.method == "POST":
        answer = _painted(request, person, painting, form)
        if answer is not None:
            return answer
    profile = profile_of(person)
    minor = is_minor(person, this_monday(now))
    context = {
        "painting": painting, "parts": parts_of_a_day(), "weeks": weeks_to_paint(person, this_monday(now)), "form": form, "profile": profile,
        "guardian": guardian_sentence(guardian_consent_of(person.pk)) if minor else "",
    }  # fmt: skip
    return render(request, "scheduling/volunteer/availability.html", context, status=422 if form.errors else 200)


def _painted(request: HttpRequest, person: Person, painting: Painting, form: FreeTimeForm) -> HttpResponse | None:
    """Stores what was painted, or takes the week's own painting away again."""
    monday = painting.monday
    if monday is not None and "as_usual" in request.POST:
        return press(
            request, lambda: unpaint_week(by=person, person=person, monday=monday), back=_free_url(monday), done=_("这一周又和平常一样了。")
        )

    def act(said: object) -> str:
        cells = form.cleaned_data["cells"]
        if monday is None:
            set_usual_week(by=person, person=person, cells=cells)
        else:
            paint_week(by=person, person=person, monday=monday, cells=keep_booked(painting, cells))
        return _free_url(monday)

    return submit(request, form, act, done=_("存好了。下一次排班就按这张表想着您。"))
