"""What is open for sign-up: the list, one opening, and every way into it and out of its line."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import require_helper
from ..access.signup import get_slot_to_sign_up_for
from ..actions import signup as signing
from ..actions.waiting import join_line, leave_line
from ..forms.signup import TogetherForm
from ..models import Slot
from ..openings import Whole, openings, whole_opening
from ..volunteering import profile_of, way_to


@signed_in
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What fits first, then what lacks something."""
    person, now = require_helper(the_reader(request)), timezone.now()
    profile = profile_of(person)
    found = [(one, way_to(profile, one.slot.lat, one.slot.lon)) for one in openings(person, profile, now)]
    mine = [pair for pair in found if pair[0].offer or pair[0].position]
    fitting = [pair for pair in found if pair not in mine and pair[0].may]
    others = [pair for pair in found if pair not in mine and not pair[0].may]
    return render(request, "scheduling/volunteer/openings.html", {"mine": mine, "fitting": fitting, "others": others})


def _whole(person: Person, slot_id: UUID, now: datetime) -> Whole:
    return whole_opening(person, profile_of(person), slot_id, now)


def _shown(request: HttpRequest, person: Person, whole: Whole, form: TogetherForm) -> HttpResponse:
    slot = whole.opening.slot
    context = {"whole": whole, "one": whole.opening, "form": form, "way": way_to(profile_of(person), slot.lat, slot.lon)}
    return render(request, "scheduling/volunteer/opening.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def opening(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Everything that the law wants said before anybody signs up, and the one button."""
    person = require_helper(the_reader(request))
    whole = _whole(person, slot_id, timezone.now())
    return _shown(request, person, whole, TogetherForm(family=whole.family, fellows=whole.fellows))


def _page(slot_id: UUID) -> str:
    return reverse("scheduling:opening", args=[slot_id])


@signed_in
@require_POST
def act(request: HttpRequest, slot_id: UUID, verb: str) -> HttpResponse:
    """Signs up, takes a place to learn on, joins or leaves the line."""
    person = require_helper(the_reader(request))

    @cache
    def slot() -> Slot:
        return get_slot_to_sign_up_for(person, slot_id)

    glances: dict[str, Callable[[], object]] = {
        "take": lambda: signing.turn_away(by=person, slot=slot()),
        "learn": lambda: signing.turn_away(by=person, slot=slot(), trainee=True),
    }
    verbs: dict[str, tuple[Callable[[], object], str]] = {
        "take": (lambda: signing.sign_up(by=person, slot=slot()), _("报上了，谢谢您！前一晚和当天早上会提醒您。")),
        "learn": (lambda: signing.sign_up(by=person, slot=slot(), trainee=True), _("见习的位子是您的了，跟着熟手学，不用紧张。")),
        "wait": (lambda: join_line(by=person, slot=slot()), _("排上了。空出名额，按先后问您；不想等了，随时可以不排。")),
        "leave": (lambda: leave_line(by=person, slot=slot()), _("好的，不排了。想来，随时再排。")),
    }
    do, done = verbs[verb]

    def run() -> str:
        do()
        return _page(slot_id)

    return press(request, run, back=_page(slot_id), done=done, glance=glances.get(verb))


@signed_in
def together(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The household or a few fellows in one act: all of them or none."""
    person = require_helper(the_reader(request))
    whole = _whole(person, slot_id, timezone.now())
    form = TogetherForm(request.POST or None, family=whole.family, fellows=whole.fellows)

    def run(said: Mapping[str, Any]) -> str:
        slot = get_slot_to_sign_up_for(person, slot_id)
        signing.sign_up_together(
            by=person, slot=slot, family=form.chosen_family, fellows=form.chosen_fellows, spoken=bool(said.get("spoken"))
        )
        return _page(slot_id)

    if request.method == "POST":
        answer = submit(request, form, run, done=_("位子给你们留着。伙伴都答应了才算；有一位去不了，就都退。"))
        if answer is not None:
            return answer
    return _shown(request, person, whole, form)
