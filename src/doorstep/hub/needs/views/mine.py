"""The home's own pages: what I asked, who comes, and saying yes, another time, another person, or never mind."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Channel, Offer, Slot
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_need_for, speaks_for
from ..actions.answering import agree, move_visit, refuse_person, take_consent_back
from ..actions.asking import cancel_need
from ..actions.closing import record_visit
from ..actions.judging import judge
from ..forms.home import CancelForm, JudgeForm, WentForm, seen_now
from ..forms.times import MoveForm
from ..models import Need, NeedState
from ..queries import Arrangement, arrangement, arrangements, history_of, needs_of, promised_on, to_judge, worker_of
from ..telling import retold, told

OPEN = (NeedState.NEW, NeedState.CHECKED)


@signed_in
def mine(request: HttpRequest) -> HttpResponseBase:
    """My matters, those that wait for me first."""
    found = page_of(request, needs_of(the_reader(request)), 20)
    rows = [(stand, told(stand)) for stand in arrangements(found)]
    urgent = {
        "proposed": 0,
        "visited": 0,
        "let_down": 0,
        "gone_by": 1,
        "unplanned": 1,
        "agreed": 1,
        "asked": 2,
        "waits": 2,
        "looking": 2,
        "held": 2,
        "new": 2,
    }
    rows.sort(key=lambda row: urgent.get(row[0].phase, 3))
    open_rows = [row for row in rows if row[0].need.state in OPEN]
    return render(request, "needs/mine.html", {"open": open_rows, "closed": [row for row in rows if row not in open_rows], "list": found})


def _page(request: HttpRequest, need: Need, status: int = 200, **forms: Any) -> HttpResponse:
    """The need as its home reads it; `forms` are those that have to be shown again."""
    stand = arrangement(need)
    slot, reader = stand.slot, the_reader(request)
    # Her own matter that nobody brought for her: whatever the home said, she said.
    own = reader.pk == need.resident_id and need.asked_by_id in (None, reader.pk)
    context: dict[str, Any] = {
        "need": need, "desk": not speaks_for(reader, need), "stand": stand, "told": told(stand), "slot": slot, "place": need.community,
        "lead": slot.lead if slot else worker_of(need.community), "open": need.state in OPEN,
        "history": [(line.at, retold(line, own)) for line in history_of(stand)], "move": None, "ready": forms,
        "can_move": slot is not None and stand.phase in ("proposed", "agreed", "gone_by", "looking", "asked", "waits", "held", "let_down"),
    }  # fmt: skip
    for name, form in forms.items():
        seen_now(form, slot.version if name == "move" and slot else need.version)
    if slot is not None and context["can_move"]:
        context["move"] = forms.get("move") or MoveForm(minutes=slot.minutes, initial={"version": slot.version})
    context["cancel"] = forms.get("cancel") or CancelForm(initial={"version": need.version})
    context["went"] = forms.get("went") or WentForm(initial={"version": need.version})
    context["judge"] = forms.get("judge") or (JudgeForm() if to_judge(stand) else None)
    return render(request, "needs/request.html", context, status=status)


@signed_in
def request_page(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """Who comes, and when."""
    return _page(request, get_need_for(the_reader(request), need_id))


def _slot(need: Need) -> tuple[Arrangement, Slot]:
    stand = arrangement(need)
    if stand.slot is None:
        raise Http404
    return stand, stand.slot


def _seen(request: HttpRequest) -> int | None:
    """The version that the page showed; a number that no page ever shows is an old page's."""
    given = str(request.POST.get("version", ""))
    if not given:
        return None
    return int(given) if given.isdecimal() and len(given) < 10 else -1


def _channel(request: HttpRequest, need: Need) -> str:
    """The home answers on the web; a social worker takes down what she heard, and says how."""
    given = str(request.POST.get("channel", ""))
    if speaks_for(the_reader(request), need):
        return Channel.WEB
    return given if given in Channel.values else Channel.PHONE


def _button(request: HttpRequest, need: Need, act: Callable[[], None], done: str) -> HttpResponse:
    return press(request, act, back=reverse("needs:request", args=[need.pk]), done=done)


@require_POST
@signed_in
def agree_button(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """Yes, this time and this person."""
    reader = the_reader(request)
    need = get_need_for(reader, need_id)
    _stand, slot = _slot(need)
    return _button(
        request,
        need,
        lambda: agree(by=reader, need=need, slot=slot, channel=_channel(request, need), seen=_seen(request)),
        _("定好了。到时候有人上门。"),
    )


def _offered(stand: Arrangement, given: str) -> Person:
    """Only who is expected can be refused: nobody else is named on the page."""
    offer: Offer | None = next((offer for offer in stand.coming if str(offer.person_id) == given), None)
    if offer is None:
        raise Http404
    return offer.person


@require_POST
@signed_in
def swap_button(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """Somebody else, please: no reason asked."""
    reader = the_reader(request)
    need = get_need_for(reader, need_id)
    stand, slot = _slot(need)
    person, ever = _offered(stand, str(request.POST.get("person", ""))), request.POST.get("ever") == "1"
    return _button(
        request, need, lambda: refuse_person(by=reader, need=need, slot=slot, person=person, ever=ever, channel=_channel(request, need), seen=_seen(request)),
        _("好，换一位。找到了先问您。"),
    )  # fmt: skip


@require_POST
@signed_in
def move_form(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """Another time."""
    reader = the_reader(request)
    need = get_need_for(reader, need_id)
    _stand, slot = _slot(need)
    form = MoveForm(request.POST, minutes=slot.minutes)

    def act(said: Any) -> str:
        move_visit(by=reader, need=need, slot=slot, windows=said["windows"], channel=_channel(request, need), seen=said["version"])
        return reverse("needs:request", args=[need.pk])

    answer = submit(request, form, act, done=_("时间改好了。按新的时间重新找人，找到了先问您。"))
    return answer or _page(request, get_need_for(reader, need_id), 422, move=form)


@require_POST
@signed_in
def cancel_form(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """Never mind; or also: nobody is to look at it any more."""
    reader = the_reader(request)
    need = get_need_for(reader, need_id)
    form = CancelForm(request.POST)

    def act(said: Any) -> str:
        if said["withdraw"]:
            take_consent_back(by=reader, need=need)
        else:
            cancel_need(by=reader, need=need, words=said["words"], seen=said["version"])
        # Who took the consent back for somebody else may not look any more either.
        return reverse("needs:inbox") if said["withdraw"] and not speaks_for(reader, need) else reverse("needs:request", args=[need.pk])

    answer = submit(request, form, act, done=_("撤回了。约好的人我们去说，不用您操心。"))
    return answer or _page(request, get_need_for(reader, need_id), 422, cancel=form)


@require_POST
@signed_in
def went_form(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """How did it go: one tap, with words if one likes."""
    reader = the_reader(request)
    need = get_need_for(reader, need_id)
    _stand, slot = _slot(need)
    form = WentForm(request.POST)

    def act(said: Any) -> str:
        outcomes = dict.fromkeys(promised_on(slot), said["outcome"])
        record_visit(
            by=reader, need=need, slot=slot, outcomes=outcomes, channel=_channel(request, need), words=said["words"], seen=said["version"]
        )
        return reverse("needs:request", args=[need.pk])

    answer = submit(request, form, act, done=_("谢谢您告诉我们。"))
    return answer or _page(request, get_need_for(reader, need_id), 422, went=form)


@require_POST
@signed_in
def judge_form(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """How well a finished visit was done."""
    reader = the_reader(request)
    need = get_need_for(reader, need_id)
    form = JudgeForm(request.POST)

    def act(said: Any) -> str:
        judge(by=reader, need=need, mark=said["mark"], words=said["words"], channel=_channel(request, need))
        return reverse("needs:request", args=[need.pk])

    answer = submit(request, form, act, done=_("谢谢您，社工看得到您说的。"))
    return answer or _page(request, get_need_for(reader, need_id), 422, judge=form)
