"""Who is never sent to a home: the list, who is added to it, and who is taken off it again; and off the list of one visit."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.access import get_led_household
from doorstep.hub.web.acting import press
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_helper_of_home, get_led_slot_for, get_ruled_out_of
from ..actions.exclusion import keep_away, lift_exclusion, lift_refusal
from ..forms.planning import AnswerForm
from ..queries import find_helpers, kept_away_from
from .slot import page_of_slot

MOST_WORDS = 40


@require_GET
@signed_in
def exclusions(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Who is kept away, and a search for whom to add."""
    home = get_led_household(the_reader(request), household_id)
    words = request.GET.get("q", "")[:MOST_WORDS].strip()
    context = {"home": home, "rows": kept_away_from(home), "q": words, "found": find_helpers(home, words)}
    return render(request, "scheduling/planning/exclusions.html", context)


@require_POST
@signed_in
def add(request: HttpRequest, household_id: UUID) -> HttpResponse:
    reader = the_reader(request)
    home = get_led_household(reader, household_id)
    person = get_helper_of_home(home, request.POST.get("person", ""))

    def act() -> None:
        keep_away(by=reader, person=person, household=home)

    return press(
        request,
        act,
        back=reverse("scheduling:exclusions", args=[home.pk]),
        done=_("记下了：以后不再派%(name)s来这一家。已经约的也收回了。") % {"name": person.name},
    )


@require_POST
@signed_in
def lift(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    reader = the_reader(request)
    home = get_led_household(reader, household_id)
    person = get_helper_of_home(home, person_id)
    return press(
        request,
        lambda: lift_exclusion(by=reader, person=person, household=home),
        back=reverse("scheduling:exclusions", args=[home.pk]),
        done=_("好，以后又可以请%(name)s来这一家。") % {"name": person.name},
    )


@require_POST
@signed_in
def lift_of_slot(request: HttpRequest, slot_id: UUID, person_id: UUID) -> HttpResponse:
    """Takes somebody off the list of those who are not asked for this one visit."""
    reader = the_reader(request)
    slot = get_led_slot_for(reader, slot_id)
    person = get_ruled_out_of(slot, person_id)
    form = AnswerForm(request.POST) if "channel" in request.POST else None

    def act() -> None:
        if form is None:
            lift_refusal(by=reader, slot=slot, person=person)
        else:
            form.check()
            lift_refusal(by=reader, slot=slot, person=person, channel=form.cleaned_data["channel"], said_at=form.cleaned_data["at"])

    return press(
        request,
        act,
        back=page_of_slot(slot),
        done=_("好，这一件又可以请%(name)s。还没有去问，要请就在这里请，或重排一次。") % {"name": person.name},
    )
