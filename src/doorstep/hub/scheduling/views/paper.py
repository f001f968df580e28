"""Sheets to print: the call list of the week and the duty sheet of each day."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Place
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import choose_place, planning_places
from ..actions.arranging import open_call_list
from ..board import Board, board_of
from ..paper import call_list, duty_days
from .week import address_of, asked_week


def _board(request: HttpRequest) -> Board:
    communities = [place for place in planning_places(the_reader(request)) if place.kind == Place.Kind.COMMUNITY]
    place = choose_place(communities, request.GET.get("place", "") or request.POST.get("place", ""))
    return board_of(place, asked_week(request, place)[0])


def _sheet(request: HttpRequest, board: Board, template: str, **more: Any) -> HttpResponse:
    context = {"place": board.place, "monday": board.monday, "week_url": address_of(board.place, board.monday), "by": the_reader(request)}
    return render(request, f"scheduling/planning/{template}.html", context | more)


@signed_in
def calls(request: HttpRequest) -> HttpResponse:
    """Numbers are masked until the list is opened for calling; that is an act of its own, and is written down."""
    board = _board(request)
    found = call_list(board)
    if request.method != "POST":
        return _sheet(request, board, "calls", list=found, open=False)
    try:
        open_call_list(by=the_reader(request), place=board.place, monday=board.monday, people=found.people)
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect(f"{request.path}?place={board.place.pk}&week={board.monday.isoformat()}")
    return _sheet(request, board, "calls", list=found, open=True)


@require_GET
@signed_in
def duty(request: HttpRequest) -> HttpResponse:
    board = _board(request)
    return _sheet(request, board, "duty", days=duty_days(board))
