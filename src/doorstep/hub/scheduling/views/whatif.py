"""What it would cost to fix somebody, to rule somebody out, or to weigh the matter: seen before it is decided, and then done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Person
from doorstep.hub.web.acting import press
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_helper_for, get_led_slot_for, get_seat_of
from ..actions.arranging import put_on
from ..actions.offer import pin
from ..actions.slot import forbid
from ..actions.weighing import weigh
from ..board import SeatLine, SlotLine, line_of
from ..models import Offer, OfferState, Seat, Slot
from ..queries import helpers_of, people_called
from ..tasks import what_ifs
from ..whatif_words import changes_something, effects, kept_words, points_sentence, remedy_sentence, told_words, why_sentence
from .slot import moment_said, page_of_slot, seen_said
from .week import address_of

WEIGHTS = {"more": 1, "less": -1}


@dataclass
class Preview:
    """One answered question, as the page shows it."""

    do: str
    person: Person | None = None
    seat: Seat | None = None
    sentence: str = ""
    sentences: list[str] = field(default_factory=list)
    told: Any = None
    start: str = ""
    may: bool = False
    #: What the person who is on it now would be told.
    warning: str = ""


def _desk(slot: Slot) -> Any:
    """The plan that can be asked about the slot, or None if there is none that knows it as it is now."""
    asking = what_ifs()
    try:
        return asking.Desk(slot)
    except asking.NothingToAsk:
        return None


@require_GET
@signed_in
def what_if(request: HttpRequest, slot_id: UUID) -> HttpResponse:
    """The whole page, or the answer alone for the page that is open already."""
    found = get_led_slot_for(the_reader(request), slot_id)
    line = line_of(found)
    desk = _desk(found)
    preview = _preview(request, found, line, desk) if desk and request.GET.get("do") else None
    context = {"line": line, "slot": found, "desk": desk, "preview": preview, "here": reverse("scheduling:what_if", args=[found.pk])}
    if preview and request.headers.get("HX-Request"):
        return render(request, "scheduling/planning/what_if_answer.html", context)
    if desk and not preview:
        context |= {"seats": _choices(desk, line), "helpers": helpers_of(found.place)}
    return render(
        request,
        "scheduling/planning/what_if.html",
        context | {"slot_url": page_of_slot(found), "week_url": address_of(found.place, found.week)},
    )


@dataclass(frozen=True)
class _Choice:
    """A seat with who holds it and who else could."""

    line: SeatLine
    could: list[Person]


def _choices(desk: Any, line: SlotLine) -> list[_Choice]:
    """Every seat with who could take it, the best first; one query for all names."""
    could = [desk.could(place.seat) for place in line.seats]
    names = {person.pk: person for person in people_called(person for found in could for person in found)}
    return [_Choice(place, [names[person] for person in found if person in names]) for place, found in zip(line.seats, could, strict=True)]


def _preview(request: HttpRequest, slot: Slot, line: SlotLine, desk: Any) -> Preview:
    do = request.GET.get("do", "")
    if do in WEIGHTS:
        return _weighed(desk, do, slot)
    if do not in ("pin", "forbid", "why"):
        raise Http404
    person = get_helper_for(slot, request.GET.get("person", ""))
    seat = next((place.seat for place in line.seats if str(place.seat.pk) == request.GET.get("seat")), None)
    answers: dict[str, Callable[[], Preview]] = {
        "pin": lambda: _pinned(desk, person, seat, line), "forbid": lambda: _forbidden(desk, person, line), "why": lambda: _why(desk, person),
    }  # fmt: skip
    try:
        return answers[do]()
    except what_ifs().Unknown:
        return Preview(do, person, sentence=_("排班的时候没有%(name)s：没填有空，住得远，或者那时还没有登记。") % {"name": person.name})


def _weighed(desk: Any, do: str, slot: Slot) -> Preview:
    told = desk.weigh(WEIGHTS[do])
    if changes_something(told.cost):
        return Preview(do, sentence=points_sentence(told.cost), sentences=effects(told.cost), told=told, may=True)
    words = {"more": _("已经排上的，或者再急也没有人能去的，加重了也不变。"), "less": _("放轻一点，安排也不变。")}
    return Preview(do, sentence=words[do], may=True)


def _pinned(desk: Any, person: Person, seat: Seat | None, line: SlotLine) -> Preview:
    on = next((place for place in line.seats if place.offer and place.offer.person_id == person.pk), None)
    if on is not None:
        sentence = _("本来就排的这位，固定下来一分不少。以后重排也不会动。")
        return Preview("pin", person, on.seat, sentence, start=on.offer.start.isoformat() if on.offer else "", may=True)
    told = desk.pin(person)
    if told is None:
        return _why(desk, person, do="pin")
    mine = next((shift for shift in told.here if shift.slot.pk == line.slot.pk), None)
    start = mine.start_after.isoformat() if mine and mine.start_after else ""
    where = _seat_of(mine, person, line) or seat
    kept = _in_the_way(line, where, mine.start_after if mine else None)
    return Preview(
        "pin", person, where, points_sentence(told.cost), effects(told.cost), told, start,
        may=bool(start and where) and kept is None, warning=kept_words(kept) if kept else "",
    )  # fmt: skip


def _in_the_way(line: SlotLine, seat: Seat | None, start: datetime | None) -> Offer | None:
    """What people were asked or have promised, and would first have to be taken back."""
    for place in line.seats:
        offer = place.offer
        if offer and offer.state in (OfferState.SENT, OfferState.ACCEPTED) and (place.seat == seat or offer.start != start):
            return offer
    return None


def _seat_of(mine: Any, person: Person, line: SlotLine) -> Seat | None:
    """The seat on which the plan would put the person."""
    if not mine or person not in mine.after:
        return None
    # A plan may seat a team in another order: whoever stays keeps the seat, the new one takes that of who goes.
    stays = {helper.pk for helper in mine.after}
    left = [place for place in line.seats if place.offer is None or place.offer.person_id not in stays]
    at = [helper.pk for helper in mine.after].index(person.pk)
    return (left[0] if len(left) == 1 else line.seats[at]).seat


def _forbidden(desk: Any, person: Person, line: SlotLine) -> Preview:
    told = desk.forbid(person)
    if told is None:
        on = next((place.offer for place in line.seats if place.offer and place.offer.person_id == person.pk), None)
        sentence = _("有人答应了、正在问的，或者已经不办的事，重排不会去动，所以算不出代价。排除以后，位子空出来，要另外请人。")
        return Preview("forbid", person, None, sentence, may=True, warning=told_words(on) if on else "")
    sentence = points_sentence(told.cost) if told.cost.moves else _("这位不在这一件上，排除了，安排也不变。")
    on = next((place.offer for place in line.seats if place.offer and place.offer.person_id == person.pk), None)
    return Preview("forbid", person, None, sentence, effects(told.cost), told, may=True, warning=told_words(on) if on else "")


def _why(desk: Any, person: Person, do: str = "why") -> Preview:
    why = desk.why_not(person)
    told = desk.tell(why.cost) if why.cost else None
    said = [points_sentence(why.cost), *effects(why.cost)] if why.cost else []
    said += [words for words in [remedy_sentence(why.remedy, desk.slot.week, person.name)] if words]
    return Preview(do, person, None, why_sentence(why, desk.slot.week, person.name), said, told)


@require_POST
@signed_in
def decide(request: HttpRequest, slot_id: UUID, do: str) -> HttpResponse:
    """Does what the page showed the cost of."""
    reader = the_reader(request)
    found = get_led_slot_for(reader, slot_id)
    if do not in ("pin", "forbid", *WEIGHTS):
        raise Http404
    person = get_helper_for(found, request.POST.get("person", "")) if do in ("pin", "forbid") else None

    def act() -> None:
        if person is None:
            weigh(by=reader, slot=found, steps=WEIGHTS[do], seen=seen_said(request))
        elif do == "forbid":
            forbid(by=reader, slot=found, person=person, seen=seen_said(request))
        else:
            _pin(request, reader, found, person)

    words = {
        "pin": _("定下来了，重排时不动。还没有发出，发了才会去问。"), "forbid": _("记下了：这一件不再请。位子空出来了，可以重排或者补人。"),
        "more": _("记下了：这一件更要紧。下一次重排照这样算。"), "less": _("记下了：这一件可以缓一缓。下一次重排照这样算。"),
    }  # fmt: skip
    return press(request, act, back=reverse("scheduling:what_if", args=[found.pk]), done=words[do])


def _pin(request: HttpRequest, reader: Person, slot: Slot, person: Person) -> None:
    """Pins the proposal that stands, or puts the person on the seat, which pins too."""
    on = next((place.offer for place in line_of(slot).seats if place.offer and place.offer.person_id == person.pk), None)
    if on is not None:
        pin(by=reader, offer=on, pinned=True)
        return
    start = moment_said(request.POST.get("start", ""))
    if start is None:
        raise Refused
    put_on(by=reader, seat=get_seat_of(slot, request.POST.get("seat", "")), person=person, start=start, ask=False, seen=seen_said(request))
