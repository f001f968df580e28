"""A social worker announces an event, opens seats for sign-up, makes room for learners, asks three at once, and looks over exchanges."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.web.acting import press, safe_next, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_led_slot_for, get_seat_of
from ..access.signup import events_place, get_led_exchange
from ..actions.activity import set_activity
from ..actions.announcing import add_trainee_seat, announce, close_signup, open_signup
from ..actions.appealing import ask_three
from ..actions.exchanging import object_to
from ..forms.activity import ActivityForm
from ..forms.signup import EventForm
from .slot import moment_said, page_of_slot, seen_said


@signed_in
def new_event(request: HttpRequest) -> HttpResponse:
    """What people are told before they sign up, true and whole."""
    reader = the_reader(request)
    place = events_place(reader, request.GET.get("place", "") or request.POST.get("place", ""))
    form = EventForm(request.POST or None, initial={"places": 10, "minutes": 120}, place=place)

    def act(said: Mapping[str, Any]) -> str:
        return page_of_slot(announce(by=reader, place=place, wanted=form.wanted()))

    if request.method == "POST":
        answer = submit(request, form, act, done=_("开放报名了。合适的志愿者在“可以报名的”里先看到。"))
        if answer is not None:
            return answer
    return render(request, "scheduling/planning/event.html", {"form": form, "place": place}, status=422 if form.errors else 200)


@signed_in
def activity(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Whether an announced occasion is service, training or neither, and when its break is."""
    reader = the_reader(request)
    slot = get_led_slot_for(reader, slot_id)
    if not slot.is_event or slot.signup_at is None:
        raise Http404
    start = slot.signup_at
    form = ActivityForm(request.POST or None, slot=slot, start=start)

    def act(said: Mapping[str, Any]) -> str:
        set_activity(by=reader, slot=slot, what=form.what(start), seen=said["seen"])
        return page_of_slot(slot)

    if request.method == "POST":
        answer = submit(request, form, act, done=_("改好了。报上的人都收到了一句话。"))
        if answer is not None:
            return answer
    return render(request, "scheduling/planning/activity.html", {"form": form, "slot": slot}, status=422 if form.errors else 200)


@signed_in
@require_POST
def desk(request: HttpRequest, slot_id: UUID, verb: str) -> HttpResponse:
    """Opens the empty seats for sign-up, closes them again, makes room for one who learns."""
    reader = the_reader(request)
    slot, seen = get_led_slot_for(reader, slot_id), seen_said(request)
    start = moment_said(request.POST.get("start", ""))

    def open_it() -> None:
        if start is None:
            raise Refused
        open_signup(by=reader, slot=slot, start=start, seen=seen)

    verbs: dict[str, tuple[Callable[[], object], str]] = {
        "open": (open_it, _("空位开放报名了，排班不再动它。合适的志愿者先看到。")),
        "close": (lambda: close_signup(by=reader, slot=slot, seen=seen), _("不再收报名了。报上的照样去，排队的会收到话。")),
        "learn": (lambda: add_trainee_seat(by=reader, slot=slot, seen=seen), _("加了一个见习的位子。有熟手答应了，才收人。")),
    }
    if verb not in verbs:
        raise Http404
    do, done = verbs[verb]

    def run() -> str:
        do()
        return page_of_slot(slot)

    return press(request, run, back=page_of_slot(slot), done=done)


@signed_in
@require_POST
def three(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The best three for one empty seat, all at once."""
    reader = the_reader(request)
    slot = get_led_slot_for(reader, slot_id)
    seat = get_seat_of(slot, request.POST.get("seat", ""))

    def run() -> None:
        ask_three(by=reader, seat=seat, seen=seen_said(request))

    back = safe_next(request, page_of_slot(slot))
    return press(request, run, back=back, done=_("一起问了。谁先答应谁去，别的人马上会听到“已经有人了”。"))


@signed_in
@require_POST
def objection(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """The social worker does not want it so."""
    reader = the_reader(request)
    row = get_led_exchange(reader, exchange_id)
    back = reverse("scheduling:slot", args=[row.offer.slot_id])
    return press(
        request, lambda: object_to(by=reader, exchange=row), back=back, done=_("没有换成。原来的那一位重新问一次，位子先替他留着。")
    )
