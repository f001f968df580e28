"""The social worker's side of coming and leaving: the day's list, the code on her phone, the roll, the sheet and what is typed back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.people.access import leads_at
from doorstep.hub.people.models import Place
from doorstep.hub.scheduling.access import get_led_slot_for
from doorstep.hub.scheduling.access.calling import NotACaller, callers_for
from doorstep.hub.scheduling.actions.calling import name_caller
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from .. import book
from ..access import get_confirmed_offer, get_presence_desk, get_roll_for, presence_desks
from ..actions.presence import check_in, check_out
from ..actions.vouching import call_roll, did_not_come, stays_missed, take_sheet, vouch
from ..being import Stand
from ..forms.hours import version_in
from ..forms.presence import CallerForm, RollForm, SheetForm, TypedForm, WordForm, moment_of
from ..queries.presence import line_called, occasions_on, roll_of, waiting_lines
from ..refusals import WrongTime


def drawn(text: str) -> SafeString:
    """A picture to be scanned, as lines within the page."""
    # Made of figures by the library, with nothing of what was typed in it.
    return mark_safe(segno.make(text, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S308


#: Ten years back and on: records are kept so long.
FARTHEST_DAYS = 3660


def _day(text: str, otherwise: date) -> date:
    """The day in an address; what is no day, or has none before or after it that anybody plans for, is today."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if abs((found - otherwise).days) < FARTHEST_DAYS else otherwise


def _asked(request: HttpRequest) -> tuple[Place, date]:
    place = get_presence_desk(the_reader(request), str(request.GET.get("place", "")))
    return place, _day(str(request.GET.get("day", "")), timezone.localdate())


@require_GET
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a word first, then the day by the clock."""
    (place, day), now = _asked(request), timezone.now()
    context = {
        "place": place, "day": day, "before": day - timedelta(days=1), "after": day + timedelta(days=1), "today": timezone.localdate(now),
        "occasions": occasions_on(place, day, now), "waiting": waiting_lines(place, now),
        "places": presence_desks(the_reader(request)), "leads": leads_at(the_reader(request), place.pk),
    }  # fmt: skip
    return render(request, "records/presence/desk.html", context)


@require_POST
@signed_in
def say(request: HttpRequest, offer_id: UUID, verb: str) -> HttpResponse:
    """One press about one person: it is so, or nobody came."""
    reader = the_reader(request)
    offer = get_confirmed_offer(reader, offer_id)
    back = f"{reverse('records:presence')}?place={offer.slot.place_id}&day={timezone.localdate(offer.start).isoformat()}"
    form = WordForm(request.POST)

    def confirm() -> None:
        if not form.is_valid():
            raise WrongTime
        vouch(by=reader, offer=offer, left=moment_of(offer, form.cleaned_data["left"]))

    def absent() -> None:
        did_not_come(by=reader, offer=offer)

    def not_so() -> None:
        stays_missed(by=reader, offer=offer)

    acts: dict[str, Callable[[], None]] = {"so": confirm, "absent": absent, "not": not_so}
    if verb not in acts:
        raise Http404
    return press(request, acts[verb], back=back, done=_("记下了。"))


@require_GET
@signed_in
def code(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The code on her phone, as a picture and as six digits; it turns by itself."""
    slot, now = get_led_slot_for(the_reader(request), slot_id), timezone.now()
    shown = book.code_at(slot.pk, now)
    address = request.build_absolute_uri(reverse("records:at", args=[slot.pk, shown.scanned]))
    context = {"slot": slot, "digits": f"{shown.spoken[:3]} {shown.spoken[3:]}", "seconds": shown.seconds, "picture": drawn(address)}
    part = "records/presence/_code.html" if request.headers.get("HX-Request") else "records/presence/code.html"
    return render(request, part, context)


@require_GET
@signed_in
def stand(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """A sheet to put up: whoever scans it asks, and she confirms with one press."""
    slot = get_led_slot_for(the_reader(request), slot_id)
    address = request.build_absolute_uri(reverse("records:stand_at", args=[slot.pk]))
    return render(request, "records/presence/stand.html", {"slot": slot, "picture": drawn(address), "address": address})


@signed_in
def roll(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Everybody who is expected, with a tick for coming and one for leaving; and digits that somebody read out by phone."""
    reader, now = the_reader(request), timezone.now()
    slot = get_roll_for(reader, slot_id)
    lines, here = roll_of(slot, now), reverse("records:roll", args=[slot_id])
    typing = request.method == "POST" and "who" in request.POST
    typed = TypedForm(request.POST if typing else None, lines=lines, by=reader)
    form = RollForm(request.POST if request.method == "POST" and not typing else None, lines=lines, by=reader)

    def call(_said: Any) -> str:
        call_roll(
            by=reader, came=[line.offer for line in form.ticked("came")], left=[line.offer for line in form.ticked("left")],
            absent=[line.offer for line in form.ticked("absent")],
        )  # fmt: skip
        return here

    def take_digits(said: Any) -> str:
        line = typed.line()
        act = check_in if line.stand == Stand.EXPECTED else check_out
        act(by=reader, offer=line.offer, code=said["code"])
        return here

    if request.method == "POST":
        answer = submit(request, typed, take_digits, done=_("记下了。")) if typing else submit(request, form, call, done=_("点好名了。"))
        if answer is not None:
            return answer
    leads = leads_at(reader, slot.place_id)
    context = {
        "slot": slot, "form": form, "typed": typed, "lines": lines, "start": lines[0].offer.start if lines else None,
        "desk": slot.place in presence_desks(reader), "mine": next((line for line in lines if line.offer.person_id == reader.pk), None),
        "naming": CallerForm(initial={"person": slot.caller_id}, people=callers_for(slot)) if leads and slot.household_id is None else None,
    }  # fmt: skip
    return render(request, "records/presence/roll.html", context, status=422 if form.errors or typed.errors else 200)


@require_POST
@signed_in
def caller(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """Who calls the roll of this event beside the social worker; nobody chosen, nobody named."""
    reader = the_reader(request)
    slot = get_led_slot_for(reader, slot_id)
    form = CallerForm(request.POST, people=callers_for(slot))

    def act() -> None:
        if not form.is_valid():
            raise NotACaller
        name_caller(by=reader, slot=slot, person=form.chosen, seen=version_in(request.POST))

    return press(request, act, back=reverse("records:roll", args=[slot.pk]), done=_("记下了，也告诉他了。"))


@require_GET
@signed_in
def sheet(request: HttpRequest) -> HttpResponse:
    """The duty and sign-in sheet of a day, to print: each line with a code by which it is found again."""
    (place, day), now = _asked(request), timezone.now()
    occasions = occasions_on(place, day, now)
    pictures = {
        line.key: drawn(request.build_absolute_uri(reverse("records:line", args=[line.code])))
        for occasion in occasions
        for line in occasion.lines
    }
    rows = [(occasion, [(line, pictures[line.key]) for line in occasion.lines]) for occasion in occasions]
    return render(request, "records/presence/sheet.html", {"place": place, "day": day, "rows": rows, "today": timezone.localdate(now)})


@signed_in
def sheet_back(request: HttpRequest) -> HttpResponse:
    """The signed sheet typed back: came and left for each line, all lines in one go."""
    (place, day), now = _asked(request), timezone.now()
    lines = [line for occasion in occasions_on(place, day, now) for line in occasion.lines]
    wanted = str(request.GET.get("line", ""))
    shown = [line for line in lines if line.code == wanted] or lines
    form = SheetForm(request.POST if request.method == "POST" else None, lines=shown)
    here = f"{reverse('records:sheet_back')}?place={place.pk}&day={day.isoformat()}"

    def act(_said: Any) -> str:
        take_sheet(by=the_reader(request), lines=[(line.offer, came, left) for line, came, left in form.written()], breaks=form.breaks())
        return here

    answer = submit(request, form, act, done=_("签到表记好了。")) if request.method == "POST" else None
    if answer is not None:
        return answer
    context = {"place": place, "day": day, "form": form, "one": shown[0] if len(shown) == 1 and wanted else None, "all": here,
               "settled": [line for line in lines if line.stand in (Stand.SERVED, Stand.MISSED, Stand.WAITS)]}  # fmt: skip
    return render(request, "records/presence/sheet_back.html", context, status=422 if form.errors else 200)


@require_GET
@signed_in
def line(request: HttpRequest, code: str = "") -> HttpResponse:
    """A line of a sheet, scanned or typed by its six letters: leads to where it is written down."""
    reader = the_reader(request)
    led = [place.pk for place in presence_desks(reader)]
    if not led:
        raise Http404
    typed = code or str(request.GET.get("code", ""))
    found = line_called(led, typed, timezone.now())
    if found is None:
        return render(request, "records/presence/no_line.html", {"typed": typed}, status=422)
    offer = found.offer
    day = timezone.localdate(offer.start).isoformat()
    return redirect(f"{reverse('records:sheet_back')}?place={offer.slot.place_id}&day={day}&line={found.code}")
