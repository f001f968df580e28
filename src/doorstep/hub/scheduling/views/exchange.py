"""A volunteer passes a promise on, answers a fellow, or steps in for somebody who cannot come."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access.signup import get_own_appeal, get_own_exchange, get_own_promise
from ..actions import appealing, exchanging
from ..asked_by_others import fellows_for, passing_of, promises_to_swap
from ..forms.signup import StandInForm
from ..volunteering import one_card

WEEK = "scheduling:week"


@signed_in
def stand_in(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Asks one fellow to go instead; the seat stays the reader's until the yes, and the fellow may ask for a swap."""
    person, now = the_reader(request), timezone.now()
    offer = get_own_promise(person, offer_id)
    fellows = fellows_for(offer, now)
    form = StandInForm(request.POST or None, choices=[(str(one.pk), one.name) for one in fellows])

    def run(said: Mapping[str, Any]) -> str:
        fellow = said["number"] or next(one for one in fellows if str(one.pk) == said.get("fellow"))
        exchanging.ask_fellow(by=person, offer=offer, fellow=fellow)
        return reverse(WEEK)

    if request.method == "POST":
        answer = submit(request, form, run, done=_("已经去问了。对方答应以前，还是您去；答应了，社工也会知道。"))
        if answer is not None:
            return answer
    context = {"card": one_card(offer, person, now), "form": form}
    return render(request, "scheduling/volunteer/stand_in.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def exchange(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """What is asked, and for the fellow what of their own could be swapped for it."""
    person, now = the_reader(request), timezone.now()
    row = get_own_exchange(person, exchange_id)
    passing = passing_of(person, row)
    swaps = [] if passing.mine or row.is_swap else promises_to_swap(person, row, now)
    return render(request, "scheduling/volunteer/exchange.html", {"one": passing, "swaps": swaps, "open": row.is_open(now)})


@signed_in
@require_POST
def swap(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """The fellow asks back for a swap."""
    person = the_reader(request)
    row = get_own_exchange(person, exchange_id)
    mine = next((one for one in promises_to_swap(person, row, timezone.now()) if str(one.pk) == request.POST.get("offer", "")), None)
    if mine is None:
        raise Http404
    return _pressed(
        request, lambda: exchanging.ask_to_swap(by=person, exchange=row, offer=mine), _("已经问对方肯不肯换。对方答应以前，各去各的。")
    )


@signed_in
@require_POST
def answer_exchange(request: HttpRequest, exchange_id: UUID, said: str) -> HttpResponse:
    """The fellow's yes or no, or the asker's own "I will go after all"."""
    person = the_reader(request)
    row = get_own_exchange(person, exchange_id)
    answers: dict[str, tuple[Callable[[], object], str]] = {
        "yes": (lambda: exchanging.agree(by=person, exchange=row), _("谢谢您！换好了，社工和家里都会知道。")),
        "no": (lambda: exchanging.say_no(by=person, exchange=row), _("好的，已经告诉对方您不方便。没关系。")),
        "back": (lambda: exchanging.take_back(by=person, exchange=row), _("收回了，还是您去。")),
    }
    if said not in answers:
        raise Http404
    return _pressed(request, *answers[said])


@signed_in
@require_POST
def answer_appeal(request: HttpRequest, appeal_id: UUID, said: str) -> HttpResponse:
    """The first yes takes the seat."""
    person = the_reader(request)
    row = get_own_appeal(person, appeal_id)
    answers: dict[str, tuple[Callable[[], object], str]] = {
        "yes": (lambda: appealing.step_in(by=person, appeal=row), _("谢谢您肯顶上！位子是您的了，要知道的都在下面。")),
        "no": (lambda: appealing.not_this_time(by=person, appeal=row), _("好的，这次不去。没关系，以后照样想着您。")),
    }
    if said not in answers:
        raise Http404
    return _pressed(request, *answers[said])


def _pressed(request: HttpRequest, do: Callable[[], object], done: str) -> HttpResponse:
    def run() -> str:
        do()
        return reverse(WEEK)

    return press(request, run, back=reverse(WEEK), done=done)
