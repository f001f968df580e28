"""The homes of a community, for the social workers who look after them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_community_for, get_led_household, get_led_person, get_registration_for, issuable_among, led_households
from ..actions.home import add_household, change_household, move_out, reveal_phone, save_member
from ..finding import at_hand, door_to_door, find_homes
from ..forms.homes import HouseholdForm, MemberForm, NewHouseholdForm
from ..models import Household, Person, Place, Role
from ..queries import age_in_years, buildings_of

INVALID = 422


@signed_in
def households(request: HttpRequest) -> HttpResponse:
    words, homes = request.GET.get("q", "")[:60], led_households(the_reader(request))
    desks, desk = desks_of(request)
    found = find_homes(homes.filter(community=desk) if desk else homes, words)
    page = page_of(request, door_to_door(found))
    page.object_list = at_hand(found, page.object_list)
    return render(request, "people/households.html", {"page_of_homes": page, "q": words, "desks": desks, "desk": desk})


def desks_of(request: HttpRequest) -> tuple[list[Place], Place | None]:
    """The communities of a social worker who has several, and the one that the page asks for; another's is as good as none."""
    roles = request.roles  # type: ignore[attr-defined]
    places = sorted({role.place for role in roles if role.role == Role.SOCIAL_WORKER}, key=lambda place: (place.code, place.name))
    chosen = next((place for place in places if str(place.pk) == request.GET.get("place")), None)
    return (places, chosen) if len(places) > 1 else ([], None)


@signed_in
def household(request: HttpRequest, household_id: UUID) -> HttpResponse:
    home = get_led_household(the_reader(request), household_id)
    form = HouseholdForm(request.POST or None, household=home)

    def act(said: Any) -> str:
        change_household(by=the_reader(request), household=home, note=said["note"], kinds=said["kinds"], seen=said["version"])
        return resolve_url("people:household", home.pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("改好了。"))):
        return answer
    if form.errors:
        home = get_led_household(the_reader(request), household_id)
    return _home_page(request, home, form)


def _home_page(request: HttpRequest, home: Household, form: HouseholdForm) -> HttpResponse:
    members = list(home.members.select_related("account", "volunteer").order_by("birth_date", "name"))
    issuable = issuable_among(the_reader(request), members)
    for person in members:
        person.years = age_in_years(person.birth_date)  # type: ignore[attr-defined]
        person.may_issue = person.pk in issuable  # type: ignore[attr-defined]
    context = {"home": home, "members": members, "minded": home.circumstances.all(), "form": form}
    return render(request, "people/household.html", context, status=INVALID if form.errors else 200)


@signed_in
def new_household(request: HttpRequest) -> HttpResponse:
    by = the_reader(request)
    led_households(by)
    community = get_community_for(by, request.GET.get("at"))
    form = NewHouseholdForm(request.POST or None, buildings=buildings_of(community))

    def act(said: Any) -> str:
        return resolve_url("people:new_member", add_household(by=by, community=community, **said).pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("门牌登记好了。现在写住在里面的人。"))):
        return answer
    context = {"form": form, "community": community}
    return render(request, "people/new_household.html", context, status=INVALID if form.errors else 200)


@signed_in
def member(request: HttpRequest, household_id: UUID, person_id: UUID | None = None) -> HttpResponse:
    """Adds somebody to the home, or changes what is known."""
    by = the_reader(request)
    home = get_led_household(by, household_id)
    person = get_led_person(by, person_id) if person_id else None
    if person is not None and person.household_id != home.pk:
        return redirect("people:household", home.pk)
    form = MemberForm(request.POST or None, household=home, person=person)

    def act(said: Any) -> str:
        facts = {name: value for name, value in said.items() if name != "version"}
        save_member(by=by, household=home, person=person, seen=said["version"], **facts)
        return resolve_url("people:household", home.pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("记好了。"))):
        return answer
    context = {"home": home, "person": person, "form": form}
    return render(request, "people/member.html", context, status=INVALID if form.errors else 200)


@require_POST
@signed_in
def moved(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    by = the_reader(request)
    home, person = get_led_household(by, household_id), get_led_person(by, person_id)
    done = _("记下他搬走了。办过的事都还在。")
    return press(
        request, lambda: move_out(by=by, household=home, person=person), back=reverse("people:household", args=[home.pk]), done=done
    )


@require_POST
@signed_in
def phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Opens one number; the page is never kept and each opening is noted."""
    return _opened(request, get_led_person(the_reader(request), person_id))


@require_POST
@signed_in
def registration_phone(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """The number of somebody who wants to help and is waiting for a call."""
    return _opened(request, get_registration_for(the_reader(request), registration_id).person)


def _opened(request: HttpRequest, person: Person) -> HttpResponse:
    try:
        number, refusal = reveal_phone(by=the_reader(request), person=person), ""
    except Refused as refused:
        number, refusal = "", str(refused.sentence)
    context = {"person": person, "number": number, "refusal": refusal}
    return render(request, "people/phone.html", context, status=INVALID if refusal else 200)
