"""One slot: who is on it, what is missing, the best people to ask, what was tried, and everything that can be done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import press, safe_next, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_helper_for, get_led_slot_for, get_seat_of
from ..actions.appealing import AT_ONCE
from ..actions.arranging import put_on
from ..actions.slot import cancel_slot, hold_slot, mark_insured, move_slot, record_home_answer
from ..asked_by_others import steps_of
from ..best import best_to_ask
from ..board import SlotLine, line_of
from ..forms.planning import AnswerForm, MoveForm, PutOnForm, possible_starts
from ..models import HomeAnswer, Rhythm, Slot, SlotState
from ..queries import helpers_of, ruled_out_of
from ..wording import time_over_words
from .week import address_of


def _slot(request: HttpRequest, slot_id: UUID) -> tuple[Person, Slot]:
    reader = the_reader(request)
    return reader, get_led_slot_for(reader, slot_id)


def page_of_slot(slot: Slot) -> str:
    return reverse("scheduling:slot", args=[slot.pk])


def _best(line: SlotLine, limit: int) -> dict[str, Any]:
    """The first seat that nobody holds, and whom to ask for it; or that the time for asking is over."""
    seat = next((place.seat for place in line.seats if place.offer is None), None)
    if seat is None or line.slot.state not in (SlotState.OPEN, SlotState.HELD):
        return {"seat": seat, "best": []}
    # What get_led_slot_for read beside the slot; a page of one visit asks the database often enough.
    hours = getattr(line.slot, "notice_hours", None)
    rhythm = Rhythm() if hours is None else Rhythm(least_notice_hours=hours)
    best = best_to_ask(line, seat, rhythm, limit=limit)
    return {
        "seat": seat, "best": best, "three": min(AT_ONCE, sum(one.may_ask for one in best)) if line.slot.state == SlotState.OPEN else 0, "uninsured": line.slot.bodily_risk and not line.slot.insured,
        "why_nobody": time_over_words(line, seat, rhythm),
    }  # fmt: skip


@require_GET
@signed_in
def slot(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The whole page of one slot."""
    _reader, found = _slot(request, slot_id)
    line = line_of(found)
    steps = steps_of(found)
    context = _best(line, 5) | {
        "line": line, "here": page_of_slot(found), "week_url": address_of(found.place, found.week), "ruled_out": ruled_out_of(found),
        "waiting": [step for step in steps if step.kind == "line"], "passed": [step for step in steps if step.kind != "line"],
        "starts": [start for start in possible_starts(found) if start > timezone.now()] if found.signup_at is None else [],
        "starts_later": found.signup_at is not None and found.signup_at > timezone.now(),
    }  # fmt: skip
    return render(request, "scheduling/planning/slot.html", context)


@require_GET
@signed_in
def best(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The three best people alone, for the pane beside the week."""
    _reader, found = _slot(request, slot_id)
    line = line_of(found)
    back = address_of(found.place, found.week, slot=str(found.pk))
    return render(request, "scheduling/planning/best.html", _best(line, 3) | {"line": line, "here": back})


def seen_said(request: HttpRequest) -> int | None:
    said = request.POST.get("seen", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def moment_said(words: str) -> datetime | None:
    """A moment with its time zone, as our own pages write it; anything else is none."""
    try:
        found = parse_datetime(words)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@require_POST
@signed_in
def ask(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Puts one of the best people on the seat and asks at once."""
    reader, found = _slot(request, slot_id)
    seat, person = get_seat_of(found, request.POST.get("seat", "")), get_helper_for(found, request.POST.get("person", ""))
    start = moment_said(request.POST.get("start", ""))

    def act() -> None:
        if start is None:
            raise Refused
        put_on(by=reader, seat=seat, person=person, start=start, ask=True, seen=seen_said(request))

    return press(
        request, act, back=safe_next(request, page_of_slot(found)), done=_("已经去问了。回话来了，这里看得到；没有回话就不算答应。")
    )


@signed_in
def change(request: HttpRequest, slot_id: UUID, seat_id: UUID) -> HttpResponse:
    """Anybody of the community by hand, at any possible time; the rules are asked and say why not."""
    reader, found = _slot(request, slot_id)
    seat = get_seat_of(found, seat_id)
    line = line_of(found)
    now_on = next((place.offer for place in line.seats if place.seat.pk == seat.pk), None)
    form = PutOnForm(request.POST or None, slot=found, people=helpers_of(found.place), now_on=now_on)

    def act(said: Mapping[str, Any]) -> str:
        put_on(by=reader, seat=seat, person=said["person"], start=said["start"], ask="ask" in request.POST, seen=said["seen"])
        return page_of_slot(found)

    if request.method == "POST":
        answer = submit(request, form, act, done=_("排上了。"))
        if answer is not None:
            return answer
    context = {"line": line, "seat": seat, "form": form, "here": page_of_slot(found)}
    return render(request, "scheduling/planning/change.html", context, status=422 if form.errors else 200)


@signed_in
def move(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Another time: whoever was asked for the old one is told and free again."""
    reader, found = _slot(request, slot_id)
    starts = possible_starts(found)
    initial = {"day": starts[0].date(), "earliest": starts[0], "latest": starts[-1]} if starts else {}
    form = MoveForm(request.POST or None, initial=initial | {"seen": found.version})

    def act(said: Mapping[str, Any]) -> str:
        move_slot(by=reader, slot=found, windows=[form.window()], seen=said["seen"])
        return page_of_slot(found)

    if request.method == "POST":
        answer = submit(request, form, act, done=_("时间改好了。原来约的人都告诉了，请另找人，再和家里说一声。"))
        if answer is not None:
            return answer
    return render(
        request,
        "scheduling/planning/move.html",
        {"line": line_of(found), "form": form, "here": page_of_slot(found)},
        status=422 if form.errors else 200,
    )


@require_POST
@signed_in
def act_on_slot(request: HttpRequest, slot_id: UUID, verb: str) -> HttpResponse:
    """Hold, let in again, cancel."""
    reader, found = _slot(request, slot_id)
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "hold": (
            lambda: hold_slot(by=reader, slot=found, held=True, seen=seen_said(request)),
            _("先放一放：这一周先不排。答应了的人还留着。"),
        ),
        "release": (lambda: hold_slot(by=reader, slot=found, held=False, seen=seen_said(request)), _("又放回去排了。")),
        "insured": (lambda: mark_insured(by=reader, slot=found, seen=seen_said(request)), _("记下了：意外险办好了，可以发邀请了。")),
        "cancel": (lambda: cancel_slot(by=reader, slot=found, seen=seen_said(request)), _("这一件取消了，问过的人都告诉了。")),
    }
    if verb not in acts:
        raise Http404
    act, done = acts[verb]
    return press(request, act, back=safe_next(request, page_of_slot(found)), done=done)


@require_POST
@signed_in
def home(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The home agrees to who comes and when, as it was told to the social worker."""
    reader, found = _slot(request, slot_id)
    form = AnswerForm(request.POST)

    def act() -> None:
        form.check()
        record_home_answer(
            by=reader,
            slot=found,
            answer=HomeAnswer.AGREED,
            channel=form.cleaned_data["channel"],
            seen=seen_said(request),
            now=form.cleaned_data["at"],
        )

    return press(request, act, back=safe_next(request, page_of_slot(found)), done=_("记下了：家里同意。"))
