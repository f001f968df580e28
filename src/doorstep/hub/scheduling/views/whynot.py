"""A volunteer asks why the plan did not choose them: for their week, or for one matter that they can see; nothing of anybody else is told."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Person, Place
from doorstep.hub.people.queries import roles_of, this_monday
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import before_yes_title, get_slot_to_wish_for, require_helper
from ..queries import free_time
from ..tasks import what_ifs
from ..volunteering import as_monday, is_minor, profile_of
from ..whatif_words import UNKNOWN, loss_sentence, remedy_sentence, week_sentences, why_sentence

WEEK = timedelta(days=7)


def _place(person: Person) -> Place | None:
    """The community in which the person helps."""
    held = roles_of(person)
    return held[0].place if held else None


@require_GET
@signed_in
def why_week(request: HttpRequest) -> HttpResponse:
    """The week as a whole: what closes it to the person, and the smallest change that would open something."""
    person, now = require_helper(the_reader(request)), timezone.now()
    monday, place = this_monday(now), _place(person)
    wanted = as_monday(request.GET.get("week", ""), now, 2)
    known = _unknown(person, wanted or monday) if place else "no_profile"
    own = what_ifs().week_of(person, place, [wanted] if wanted else [monday + WEEK, monday]) if place and known in ("", "no_free") else None
    if own is None and not known:
        said = [_("这一周还没有排过班。排了以后再来看。")]
    elif own is None or own.why is None:
        said = [str(UNKNOWN[known or "too_far"])]
    else:
        said = week_sentences(own)
    shown = own.monday if own else wanted or monday
    return render(request, "scheduling/volunteer/why_not.html", {
        "sentences": said, "monday": shown, "back": reverse("scheduling:week"), "known": known,
        "by_profile": _by_profile(own.why.remedy if own and own.why else None), "other": monday + WEEK if shown == monday else monday,
    })  # fmt: skip


def _by_profile(remedy: Any) -> bool:
    """Whether the smallest change that wins is one of the profile, and not more free time."""
    return bool(remedy and remedy.wins and remedy.code != "free")


def _unknown(person: Person, monday: date) -> str:
    """Why no plan thinks of the person at all; nothing if one may."""
    profile = profile_of(person)
    if profile is None:
        return "no_profile"
    if is_minor(person, monday):
        return "minor"
    if not profile.offers_welcome:
        return "paused"
    return "" if free_time(monday, [person.pk]).get(person.pk) else "no_free"


@require_GET
@signed_in
def why_not(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """One matter that still wants somebody and that this person may know of; any other is not there."""
    person = require_helper(the_reader(request))
    try:
        slot = get_slot_to_wish_for(person, slot_id)
    except Refused:
        raise Http404 from None
    known = _unknown(person, slot.week)
    why = what_ifs().why_not(person, slot) if known in ("", "no_free") else None
    if why is None:
        said = [str(UNKNOWN[known]) if known else _("排班的时候还没有这一件，或者后来改过。想去，回上一页点“我想去”，社工会来问您。")]
    else:
        said = [
            why_sentence(why, slot.week),
            loss_sentence(why.cost) if why.code == "loses" else "",
            remedy_sentence(why.remedy, slot.week),
        ]
    return render(request, "scheduling/volunteer/why_not.html", {
        "sentences": [words for words in said if words], "title": before_yes_title(slot), "monday": slot.week, "known": known,
        "by_profile": _by_profile(why.remedy if why else None),
        "back": reverse("scheduling:week"),
    })  # fmt: skip
