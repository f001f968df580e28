"""Pages on which somebody says what she needs, and hears what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from doorstep.hub.people.access import get_household_for, get_person_for, led_places
from doorstep.hub.people.actions.account import begin_ask
from doorstep.hub.people.models import Household, Person, Place
from doorstep.hub.web.acting import sent_before, submit
from doorstep.hub.web.reading import address_of, reader_of

from ..access import TooManyAsks, get_need_for, get_need_just_asked
from ..actions.asking import Asked, ask
from ..forms.ask import CALL_TIMES, AskForm, TakeDownForm
from ..models import Need
from ..queries import (
    communities,
    communities_like,
    community_called,
    consent_texts,
    only_community,
    open_matters,
    promised_by,
    result_by,
    worker_of,
)

#: Visitors have no account: what they asked in this browser is remembered in its session, so that they can read the promise again.
ASKED_HERE, KEPT = "asked_here", 10


@dataclass(frozen=True)
class Setting:
    """Where and for whom the page asks: the community if it is known, and whether a social worker takes down what others say."""

    reader: Person | None
    community: Place | None
    household: Household | None = None
    desk: bool = False
    resident: Person | None = None
    again: Need | None = None


def _home_of(reader: Person | None, given: str) -> tuple[Household, Person | None]:
    """The home that the address names, by itself or by somebody who lives in it."""
    try:
        wanted = UUID(given)
    except ValueError:
        raise Http404 from None
    try:
        return get_household_for(reader, wanted), None
    except Http404:
        person = get_person_for(reader, wanted)
    if person.household_id is None:
        raise Http404
    return get_household_for(reader, person.household_id), person


def _brought(reader: Person, given: str) -> Need:
    """A matter that the reader brought for somebody else: what was said of that person need not be said again."""
    try:
        need = get_need_for(reader, UUID(given))
    except ValueError:
        raise Http404 from None
    if need.asked_by_id != reader.pk:
        raise Http404
    return need


def _setting(request: HttpRequest) -> Setting:
    reader, wanted = reader_of(request), str(request.GET.get("place", ""))
    led = set() if "own" in request.GET else led_places(reader)
    leads = bool(led)
    if leads and request.GET.get("for"):
        home, person = _home_of(reader, str(request.GET["for"]))
        return Setting(reader, community_called(str(home.community_id)), home, desk=True, resident=person)
    if reader and not leads and request.GET.get("again"):
        before = _brought(reader, str(request.GET["again"]))
        return Setting(reader, community_called(str(before.community_id)), reader.household, again=before)
    if "other" in request.GET and not leads:
        return Setting(reader, None)
    if wanted and not leads:
        found = community_called(wanted)
        if found is None:
            raise Http404
        return Setting(reader, found)
    if leads:
        return Setting(reader, community_called(str(min(led, key=str))), desk=True)
    if reader and reader.household:
        return Setting(reader, community_called(str(reader.household.community_id)), reader.household)
    return Setting(reader, only_community())


def _form(request: HttpRequest, where: Setting) -> AskForm:
    given = request.POST if request.method == "POST" else None
    common: dict[str, Any] = {"known": where.community, "places": () if where.community else communities()}
    if where.desk:
        members = list(where.household.members.all()) if where.household else []
        chosen = where.resident or (members[0] if len(members) == 1 else None)
        first = {"resident": str(chosen.pk)} if chosen else {}
        address = {"address": str(where.household)} if where.household else {}
        return TakeDownForm(given, members=members, initial={"channel": "phone", **first, **address}, **common)
    known: dict[str, Any] = {}
    if where.reader:
        known = {"asker_name": where.reader.called, "phone": where.reader.phone, "contact_via": where.reader.contact_via}
        known |= {"address": str(where.household)} if where.household else {}
    if where.again:
        known |= {name: getattr(where.again, name) for name in ("for_whom", "about_name", "relation", "address")}
    return AskForm(given, reader=where.reader, initial=known, **common)


def _asked(where: Setting, said: Mapping[str, Any]) -> Asked:
    """Who asks for whom: the signed-in person, a visitor, or a social worker who takes down what she hears."""
    own = said["for_whom"] == Need.For.SELF
    community = where.community or community_called(str(said["community"]))
    if community is None:
        raise Http404
    told: dict[str, Any] = {
        name: said[name]
        for name in ("own_words", "for_whom", "about_name", "relation", "asker_name", "phone", "contact_via", "address", "wish")
    }
    times: dict[str, Any] = {name: name in said["call"] for name, _label in CALL_TIMES}
    if where.desk:
        chosen = str(said.get("resident", ""))
        resident = next((person for person in where.household.members.all() if str(person.pk) == chosen), None) if where.household else None
        return Asked(community=community, household=where.household, resident=resident, witness=where.reader, channel=said["channel"],
                     consents=said["consents"], **told, **times)  # fmt: skip
    home = where.household if own and where.household and where.household.community_id == community.pk else None
    return Asked(community=community, household=home, resident=where.reader if own else None, asked_by=where.reader,
                 consents=said["consents"], **told, **times)  # fmt: skip


def ask_page(request: HttpRequest) -> HttpResponse:
    """Say it in your own words; known people need not type what we know."""
    where = _setting(request)
    form = _form(request, where)
    if request.method == "POST" and _too_many(request, where, form):
        form.add_error(None, str(TooManyAsks(_phone_of(where, form)).sentence))
    elif request.method == "POST":
        answer = submit(request, form, lambda said: _next_page(where, ask(asked=_asked(where, said))))
        if answer is not None:
            _remember(request, answer["Location"])
            return answer
    words = str(request.GET.get("q", ""))[:40].strip()
    context = {
        "form": form, "setting": where, "for_others": form["for_whom"].value() not in (None, "", Need.For.SELF), "words": words, "like": communities_like(words) if words else [],
        "open_matters": open_matters(where.reader, where.household, desk=where.desk),
    } | words_of_consent() | _promise(where.community)  # fmt: skip
    return render(request, "needs/ask.html", context, status=422 if form.errors else 200)


def _too_many(request: HttpRequest, where: Setting, form: AskForm) -> bool:
    """Nobody vouches for a visitor, so they are counted by address; a form that was sent already asks for nothing new."""
    if where.reader or not form.is_valid() or sent_before(request):
        return False
    return not begin_ask(address=address_of(request))


def _phone_of(where: Setting, form: AskForm) -> str:
    community = where.community or community_called(str(form.cleaned_data.get("community", "")))
    return community.phone if community else ""


def words_of_consent() -> dict[str, str]:
    """The texts of consent in the reader's language."""
    english = get_language() == "en"
    return {f"{purpose}_words": text.text_en if english else text.text for purpose, text in consent_texts().items()}


def _next_page(where: Setting, need: Need) -> str:
    """A social worker goes on to check what she has just heard; everybody else reads what happens next."""
    return reverse("needs:check" if where.desk else "needs:asked", args=[need.pk])


def _promise(place: Place | None) -> dict[str, Any]:
    """What the community promises to somebody who asks at this moment."""
    if place is None:
        return {"place": None}
    now = timezone.now()
    return {"place": place, "worker": worker_of(place), "answer_by": promised_by(place, now), "result_by": result_by(place, now)}


def _remember(request: HttpRequest, location: str) -> None:
    """Also for the second of two equal submits, whose browser got no session from the first."""
    match = resolve(location)
    if match.view_name == "needs:asked" and reader_of(request) is None:
        ids = [str(match.kwargs["need_id"]), *request.session.get(ASKED_HERE, [])]
        request.session[ASKED_HERE] = list(dict.fromkeys(ids))[:KEPT]


@never_cache
def asked_page(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """What was asked, the promise, and what happens next."""
    reader = reader_of(request)
    need = get_need_for(reader, need_id) if reader else get_need_just_asked(need_id, request.session.get(ASKED_HERE, []))
    context = {"need": need, "place": need.community, "worker": worker_of(need.community), "answer_by": need.answer_by,
               "result_by": result_by(need.community, need.asked_at), "reader": reader}  # fmt: skip
    return render(request, "needs/asked.html", context)
