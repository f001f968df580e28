"""The week of a community on one page: its plan with the proof, what is missing, and what is to be done about it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import this_monday
from doorstep.hub.web.acting import press
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import choose_place, planning_places
from ..actions.arranging import Sent, ask_for_plan, send_all
from ..asked_by_others import exchanged_in
from ..board import Board, SlotLine, by_time, opened, week_of
from ..models import Plan
from ..proofs import proofs_of
from ..queries import busy_weeks, plans_of_week, rhythm_of, staffing_below
from ..wording import phase_words, refused_words

#: Weeks farther away than this are nobody's to look at here.
MEMORABLE = timedelta(days=20 * 366)
AT_WORK = (Plan.State.QUEUED, Plan.State.RUNNING)


def asked_week(request: HttpRequest, place: Place) -> tuple[date, dict[date, int]]:
    """The week that the address names, else the next one if it has slots, else this one; and how many slots each has."""
    this = this_monday()
    weeks = [this, this + timedelta(days=7)]
    busy = busy_weeks(place, weeks)
    try:
        day = date.fromisoformat(request.GET.get("week", "") or request.POST.get("week", ""))
    except ValueError:
        day = weeks[1] if busy.get(weeks[1]) else this
    if abs(day - this) > MEMORABLE:
        day = this
    return day - timedelta(days=day.weekday()), busy


def address_of(place: Place, monday: date, **more: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in {"place": str(place.pk), "week": monday.isoformat(), **more}.items())
    return f"{reverse('scheduling:plan')}?{asked}"


def _weeks(place: Place, monday: date, busy: dict[date, int]) -> list[dict[str, Any]]:
    this = this_monday()
    names = {this: _("这一周"), this + timedelta(days=7): _("下一周")}
    return [
        {"name": names.get(week, ""), "monday": week, "url": address_of(place, week), "current": week == monday, "slots": busy.get(week, 0)}
        for week in sorted({*names, monday})
    ]


def common(request: HttpRequest, places: list[Place], place: Place, monday: date, busy: dict[date, int]) -> dict[str, Any]:
    """What the pages of a community and of a district have in common."""
    rhythm, plans = rhythm_of(place), plans_of_week(place, monday)
    own = [plan for plan in plans if plan.place_id == place.pk]
    proofs, rests = proofs_of(plans)
    working = next((plan for plan in plans if plan.state in AT_WORK), None)
    return {
        "place": place, "places": places if len(places) > 1 else [], "monday": monday, "sunday": monday + timedelta(days=6),
        "weeks": _weeks(place, monday, busy), "phase": phase_words(rhythm, monday, timezone.now()), "over": monday < this_monday(),
        "proofs": proofs, "rests": rests, "working": working, "own": working in own,
        "failed": own[0] if own and own[0].state == Plan.State.FAILED else None, "here": request.get_full_path(), "week_url": address_of(place, monday),
    }  # fmt: skip


@require_GET
@signed_in
def plan(request: HttpRequest) -> HttpResponse:
    places = planning_places(the_reader(request))
    place = choose_place(places, request.GET.get("place", ""))
    monday, busy = asked_week(request, place)
    context = common(request, places, place, monday, busy)
    if place.kind != Place.Kind.COMMUNITY:
        rows = staffing_below(place, monday)
        context |= {"rows": page_of(request, rows), "total": sum(r.slots for r in rows), "filled": sum(r.filled for r in rows)}
        return render(request, "scheduling/planning/district.html", context | {"lacking": context["total"] - context["filled"]})
    board = week_of(place, monday)
    context["exchanged"] = exchanged_in(place, monday)
    return render(request, "scheduling/planning/week.html", context | _of_board(request, board))


def _of_board(request: HttpRequest, board: Board) -> dict[str, Any]:
    chosen = board.line_of(request.GET.get("slot", ""))
    # The one that stands open on the page says who comes.
    drawn = opened(first) if (first := chosen or board.most_urgent) else None
    shown: list[SlotLine] = sorted(board.shown(request.GET.get("show", "")), key=by_time)
    return {
        "board": board, "total": board.total, "filled": board.filled, "lacking": board.lacking, "line": drawn, "chosen": chosen, "rows": page_of(request, shown), "show": request.GET.get("show", ""),
    }  # fmt: skip


@require_POST
@signed_in
def send(request: HttpRequest) -> HttpResponse:
    """The one button: asks everybody whom the plan proposes."""
    reader = the_reader(request)
    place = choose_place([p for p in planning_places(reader) if p.kind == Place.Kind.COMMUNITY], request.POST.get("place", ""))
    monday, _busy = asked_week(request, place)
    done: list[Sent] = []

    def act() -> None:
        done.append(send_all(by=reader, place=place, monday=monday, seen=request.POST.get("seen", "")))

    answer = press(request, act, back=address_of(place, monday))
    for sent in done:
        if sent.sent:
            said = ngettext("发出了 %(n)d 份邀请。谁答应了，这里看得到。", "发出了 %(n)d 份邀请。谁答应了，这里看得到。", len(sent.sent))
            messages.success(request, said % {"n": len(sent.sent)})
        for sentence in refused_words(sent.kept):
            messages.warning(request, sentence)
    return answer


@require_POST
@signed_in
def make(request: HttpRequest) -> HttpResponse:
    """Asks for a plan of the community, or of the district by its officer; the work is done outside the request."""
    reader = the_reader(request)
    place = choose_place(planning_places(reader), request.POST.get("place", ""))
    monday, _busy = asked_week(request, place)
    here = address_of(place, monday)

    def act() -> str:
        ask_for_plan(by=reader, place=place, monday=monday, this_week=this_monday())
        return here

    return press(request, act, back=here)
