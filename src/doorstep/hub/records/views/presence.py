"""A volunteer's own coming and leaving: by a press, by a scanned code, from a phone that was offline."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.actions.person import give_consent
from doorstep.hub.people.models import ConsentText, Person
from doorstep.hub.scheduling.access import get_own_offer, title_of
from doorstep.hub.scheduling.access.calling import calls_roll
from doorstep.hub.scheduling.models import Channel, Offer, SlotState
from doorstep.hub.web.acting import once, press
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import ROLL_OPEN, may_be_located, own_offer_on
from ..actions.presence import begin_try, check_in, check_out, end_try, say_left
from ..being import REACH_M, Kept, Stand, closes, opens
from ..forms.presence import COME, LEFT, HereForm, KeptForm, LeftForm, moment_of
from ..queries.presence import EXPECTED, line_of
from ..refusals import ClockBehind, NotYours, WrongCode, WrongTime

DEVICE, A_YEAR = "doorstep_device", 365 * 24 * 3600
#: What the phone does with an act: forget it, or keep it for later.
DONE, REFUSED, LATER = "done", "refused", "later"


@dataclass(frozen=True)
class Act:
    """One coming or leaving as it was sent."""

    by: Person
    offer: Offer
    said: Mapping[str, Any]
    device: str
    now: datetime
    kept: Kept | None = None

    def __call__(self) -> None:
        do = check_in if self.said["act"] == COME else check_out
        do(
            by=self.by, offer=self.offer, code=self.said["code"], near=self.said["near"], device=self.device, kept=self.kept, now=self.now
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        if self.said["act"] == COME:
            return _("记下了：您到了。走的时候再按一下。")
        return _("记下了：您走了。辛苦了，谢谢您。")


def _act_once(request: HttpRequest, act: Act) -> str:
    """Acts and gives the sentence; a code is counted as wrong until it has been looked at."""

    def do() -> str:
        act()
        return act.sentence

    counted, wrong = act.kept is None and bool(act.said["code"].strip()) and begin_try(by=act.by, offer=act.offer, now=act.now), False
    try:
        return once(request, do)
    except WrongCode:
        wrong = True
        raise
    finally:
        if counted:
            end_try(by=act.by, offer=act.offer, wrong=wrong)


def _device(request: HttpRequest) -> str:
    return request.COOKIES.get(DEVICE, "")[:64]


def _marked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The browser gets a mark that says nothing of who it is, so that one phone checking in many can be seen."""
    if not _device(request):
        response.set_cookie(DEVICE, uuid4().hex, max_age=A_YEAR, samesite="Lax", secure=settings.BEHIND_HTTPS, httponly=True)
    return response


def _here_page(
    request: HttpRequest, offer: Offer, form: HereForm | None = None, code: str = "", forgot: LeftForm | None = None
) -> HttpResponse:
    now, person = timezone.now(), the_reader(request)
    line = line_of(offer, now)
    act = COME if line.stand == Stand.EXPECTED else "leave"
    context = {
        "offer": offer, "title": title_of(offer, now), "line": line, "presence": line.presence, "act": act, "opens": opens(offer),
        "early": now < opens(offer), "over": now > closes(offer), "code": code, "located": may_be_located(person), "reach": REACH_M,
        "promised": offer.state in EXPECTED, "cancelled": offer.slot.state == SlotState.CANCELLED,
        "calls": abs(now - offer.start) < ROLL_OPEN and calls_roll(person, offer.slot),
        "form": form or HereForm(initial={"act": act, "code": code}), "forgot": forgot or LeftForm(initial={"act": LEFT}), "now": now,
    }  # fmt: skip
    wrong = (form and form.errors) or (forgot and forgot.errors)
    return _marked(request, render(request, "records/presence/here.html", context, status=422 if wrong else 200))


@signed_in
def here(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """The page of one visit on its day: what stands, and the one button that comes next."""
    offer = get_own_offer(the_reader(request), offer_id)
    if request.method != "POST":
        return _here_page(request, offer)
    back = reverse("records:here", args=[offer.pk])
    if request.POST.get("act") == LEFT:
        return _forgot(request, offer, back)
    form = HereForm(request.POST)
    if not form.is_valid():
        return _here_page(request, offer, form)
    try:
        done = _act_once(request, Act(the_reader(request), offer, form.cleaned_data, _device(request), timezone.now()))
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect(back)
    messages.success(request, done)
    return redirect(back)


def _forgot(request: HttpRequest, offer: Offer, back: str) -> HttpResponse:
    form = LeftForm(request.POST)
    if not form.is_valid():
        return _here_page(request, offer, forgot=form)
    at = moment_of(offer, form.cleaned_data["left"])

    def act() -> None:
        if at is None:
            raise WrongTime
        say_left(by=the_reader(request), offer=offer, at=at)

    return press(request, act, back=back, done=_("记下了，等社工确认。下次走的时候按一下就好。"))


@require_GET
@signed_in
def at(request: HttpRequest, slot_id: UUID, code: str = "") -> HttpResponse:
    """Where a scanned code leads, or the printed stand: the reader's own visit there. Whoever has none is told so, and nothing else."""
    own = own_offer_on(the_reader(request), slot_id)
    if own is None:
        return render(request, "records/presence/not_yours.html", {"sentence": NotYours.sentence})
    offer = get_own_offer(the_reader(request), own.pk)
    return _here_page(request, offer, code=code[:40])


@require_POST
@signed_in
def kept(request: HttpRequest) -> HttpResponse:
    """One act from a phone's queue, answered by itself: what became of it in a sentence, and whether the phone may forget it."""
    person, form, now = the_reader(request), KeptForm(request.POST), timezone.now()
    if not form.is_valid():
        return _answer(REFUSED, _("手机送来的这一条看不懂，没有记。请告诉社工，她来补。"), 422)
    offer = _named(person, form)
    if offer is None:
        return _answer(REFUSED, str(NotYours.sentence), 422)
    act = Act(person, offer, form.cleaned_data, _device(request), now, form.kept(_number(request.headers.get("X-Doorstep-Sent")), now))
    try:
        return _answer(DONE, _act_once(request, act), next_url=reverse("records:here", args=[offer.pk]))
    except ClockBehind as refusal:
        return _answer(LATER, str(refusal.sentence), 503)
    except Refused as refusal:
        return _answer(REFUSED, str(refusal.sentence), 422)


def _named(person: Person, form: KeptForm) -> Offer | None:
    """The reader's own visit that the phone means, by itself or by the slot whose code was scanned."""
    if form.cleaned_data["offer"]:
        return get_own_offer(person, form.cleaned_data["offer"])
    return own_offer_on(person, form.cleaned_data["slot"]) if form.cleaned_data["slot"] else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _answer(state: str, sentence: str, status: int = 200, next_url: str = "") -> JsonResponse:
    return JsonResponse({"state": state, "sentence": sentence, "next": next_url}, status=status, json_dumps_params={"ensure_ascii": False})


@require_POST
@signed_in
def near(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Agreed that the phone says whether it is near: taken back on the page of one's own data."""
    person = the_reader(request)
    offer = get_own_offer(person, offer_id)

    def act() -> None:
        if not may_be_located(person):
            give_consent(person=person, purpose=ConsentText.Purpose.POSITION, channel=Channel.WEB)

    done = _("好的。签到时手机只说“在”或“不在”附近。要收回，在“我的”里。")
    return press(request, act, back=reverse("records:here", args=[offer.pk]), done=done)
