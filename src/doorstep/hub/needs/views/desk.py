"""The social worker's pages: new needs, and making a visit of one, or sending it to the right door."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.people.access import get_person_for
from doorstep.hub.people.models import Household, Person
from doorstep.hub.scheduling.models import Slot
from doorstep.hub.web.acting import submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_desks_for, get_led_need_for
from ..actions.checking import Checked, check_need, refer_need
from ..actions.closing import arrange_again, give_up
from ..forms.check import CheckForm, GiveUpForm, OtherDoorForm
from ..forms.home import seen_now
from ..forms.times import MoveForm
from ..models import Need, NeedState
from ..queries import (
    Arrangement,
    arrangement,
    arrangements,
    counts_by_state,
    find_homes,
    find_needs,
    helpers_at,
    history_of,
    homes_chosen,
    past_needs,
    to_check,
    unplanned,
    week_stands,
    with_members,
)
from ..telling import retold, told_at_desk
from ..titles import without_home

SHOWN_BESIDE = 12


@signed_in
def inbox(request: HttpRequest) -> HttpResponseBase:
    """What was asked in the reader's communities: what nothing is arranged for, late promises, what waits, all the rest by search."""
    places, chosen = get_desks_for(the_reader(request), str(request.GET.get("place", "")))
    words = str(request.GET.get("q", ""))[:40].strip()
    state = str(request.GET.get("state", "" if words else NeedState.NEW))
    state = state if state in NeedState.values else ""
    found = page_of(request, find_needs(chosen, words, state), 20)
    counts = counts_by_state(chosen)
    # A checked need may be settled by now: the tab counts them all, so it does not say that all of them wait for somebody.
    named = {**dict(NeedState.choices), NeedState.CHECKED: _("已核实，还没办完")}
    tabs = [(value, label, counts.get(value, 0), value == state) for value, label in named.items()]
    rows = [(stand.need, told_at_desk(stand)) for stand in arrangements(found)]
    context = {
        "places": places if len(places) > 1 else [], "place": chosen[0] if len(chosen) == 1 else None, "several": len(chosen) > 1,
        "rows": rows, "list": found, "words": words, "state": state, "tabs": tabs, "new": counts.get("new", 0),
        "dropped": list(unplanned(chosen)[:SHOWN_BESIDE]) if not words else [],
    }  # fmt: skip
    return render(request, "needs/inbox.html", context)


def _first_sentence(need: Need) -> str:
    """The beginning of what was said, as a title to correct; nothing if it says who it is or where."""
    sentence = re.split(r"[。！？!?\n；;]", need.own_words.strip())[0]
    members = list(need.household.members.all()) if need.household else [need.resident] if need.resident else []
    # Judged whole: a number that is cut in two would not be known again.
    return sentence[:24] if without_home(sentence, need, members) == sentence else ""


def _homes(need: Need, words: str) -> list[Household]:
    """The homes to choose from: the one already known first, then those that the words find."""
    known = [with_members(need.household)] if need.household else []
    found = (
        find_homes(need.community, words) if words else [] if known else find_homes(need.community, need.phone[-4:] if need.phone else "")
    )
    return list({home.pk: home for home in [*known, *found]}.values())


def _form(need: Need, data: QueryDict | None, words: str) -> CheckForm:
    homes = _homes(need, words)
    chosen = str(data.get("home", "")) if data else ""
    if chosen[2:] and not any(chosen[2:] in (str(home.pk), *(str(person.pk) for person in home.members.all())) for home in homes):
        homes += _chosen_before(need, chosen)
    initial: dict[str, Any] = {"version": need.version, "title": _first_sentence(need), "wish": need.wish, "find": words}
    if need.resident_id:
        initial["home"] = f"p:{need.resident_id}"
    elif need.household_id:
        initial["home"] = f"h:{need.household_id}"
    return CheckForm(data, need=need, homes=homes, helpers=helpers_at(need.community, need.household), initial=initial)


def _chosen_before(need: Need, chosen: str) -> list[Household]:
    """A home that was ticked stays on the list, whatever is searched for next."""
    try:
        return homes_chosen(need.community, UUID(chosen[2:]))
    except ValueError:
        return []


def _checked(by: Person, said: Mapping[str, Any]) -> Checked:
    def person(name: str) -> Person | None:
        return get_person_for(by, UUID(said[name])) if said.get(name) else None

    told = {name: said[name] for name in ("title", "category", "household", "resident", "minutes", "windows", "seats", "priority",
            "minor", "bodily_risk", "insured", "risk_note", "bring", "wish", "never_send")}  # fmt: skip
    return Checked(please_send=person("please_send"), not_send=person("not_send"), **told)


def _after(need: Need, slot: Slot) -> str:
    """On to the slot, where people are asked; or back to what is new."""
    try:
        return reverse("scheduling:slot", args=[slot.pk])
    except NoReverseMatch:
        return reverse("needs:inbox")


def _page(request: HttpRequest, need: Need, form: CheckForm | None, status: int = 200, **forms: Any) -> HttpResponse:
    stand = arrangement(need)
    for shown in (form if status == 422 else None, *forms.values()):
        if shown is not None and shown.is_bound:
            seen_now(shown, need.version)
    context = {
        "need": need, "now": timezone.now(), "place": need.community, "form": form, "stand": stand, "told": told_at_desk(stand),
        "beside": to_check(need.community)[:SHOWN_BESIDE], "past": past_needs(need), "week": week_stands(need.community) if form else None,
        "history": [(line.at, retold(line)) for line in history_of(stand)] if form is None else [],
        "other": forms.get("other") or OtherDoorForm(initial={"version": need.version}),
        "giving": forms.get("giving") or GiveUpForm(initial={"version": need.version}),
        "again": _again(need, stand, forms.get("again")), "ready": forms, "open": need.state in (NeedState.NEW, NeedState.CHECKED),
    }  # fmt: skip
    return render(request, "needs/check.html", context, status=status)


@signed_in
def check(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """The heart of the desk: hear, find the home, say what, when and who."""
    reader = the_reader(request)
    need = get_led_need_for(reader, need_id)
    if need.state != NeedState.NEW and request.method != "POST":
        return _page(request, need, None)
    if request.method != "POST":
        return _page(request, need, _form(need, None, str(request.GET.get("find", ""))[:40]))
    words = str(request.POST.get("find", ""))[:40]
    form = _form(need, request.POST, words)
    if "search" in request.POST:
        # Looking for a home changes nothing and keeps what was typed.
        return _page(request, need, form.only_looking())

    def act(said: Mapping[str, Any]) -> str:
        return _after(need, check_need(by=reader, need=need, checked=_checked(reader, said), seen=said["version"]))

    return submit(request, form, act, done=_("核实好了，进了安排。")) or _page(request, get_led_need_for(reader, need_id), form, 422)


@signed_in
def homes(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """The list of homes that the words find, for pages with script."""
    need = get_led_need_for(the_reader(request), need_id)
    return render(request, "needs/homes.html", {"form": _form(need, None, str(request.GET.get("find", ""))[:40])})


@require_POST
@signed_in
def refer(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """Another door."""
    reader = the_reader(request)
    need = get_led_need_for(reader, need_id)
    form = OtherDoorForm(request.POST)

    def act(said: Mapping[str, Any]) -> str:
        refer_need(by=reader, need=need, referral=said["referral"], words=said["words"], seen=said["version"])
        return reverse("needs:inbox")

    answer = submit(request, form, act, done=_("转好了，居民看得到该找谁。"))
    return answer or _page(request, get_led_need_for(reader, need_id), _unless_checked(reader, need_id), 422, other=form)


@require_POST
@signed_in
def giving_up(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """It cannot be met."""
    reader = the_reader(request)
    need = get_led_need_for(reader, need_id)
    form = GiveUpForm(request.POST)

    def act(said: Mapping[str, Any]) -> str:
        give_up(by=reader, need=need, words=said["words"], seen=said["version"])
        return reverse("needs:inbox")

    answer = submit(request, form, act, done=_("记下了，居民看得到为什么。"))
    return answer or _page(request, get_led_need_for(reader, need_id), _unless_checked(reader, need_id), 422, giving=form)


def _again(need: Need, stand: Arrangement, form: MoveForm | None) -> MoveForm | None:
    """The times for another visit, while a checked need has none."""
    if stand.phase != "unplanned" or stand.slot is None:
        return None
    return form or MoveForm(minutes=stand.slot.minutes, initial={"version": need.version})


@require_POST
@signed_in
def arranging_again(request: HttpRequest, need_id: UUID) -> HttpResponseBase:
    """A need whose visit was cancelled: the same visit at new times."""
    reader = the_reader(request)
    need = get_led_need_for(reader, need_id)
    stand = arrangement(need)
    form = MoveForm(request.POST, minutes=stand.slot.minutes if stand.slot else 60)

    def act(said: Mapping[str, Any]) -> str:
        return _after(need, arrange_again(by=reader, need=need, windows=said["windows"], seen=said["version"]))

    answer = submit(request, form, act, done=_("又约好了，进了安排。"))
    return answer or _page(request, get_led_need_for(reader, need_id), _unless_checked(reader, need_id), 422, again=form)


def _unless_checked(reader: Person, need_id: UUID) -> CheckForm | None:
    need = get_led_need_for(reader, need_id)
    return _form(need, None, "") if need.state == NeedState.NEW else None
