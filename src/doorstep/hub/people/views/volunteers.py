"""The volunteers whom a social worker leads: the list, one volunteer, and what is verified about them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.paging import page_of
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import (
    get_community_for,
    get_led_person,
    get_led_volunteer,
    get_registration_for,
    led_volunteers,
    may_issue_led,
    registrations_for,
)
from ..actions.basic import change_basic
from ..actions.person import record_clearance, record_guardian_consent, verify_credential
from ..actions.registration import close_registration, welcome
from ..actions.volunteer import add_volunteer, change_kind, change_lead, end_membership
from ..finding import brought_in, find_volunteers, helping_at
from ..forms.volunteers import AddForm, BasicForm, ClearForm, FilterForm, GuardianForm, KindForm, LeadForm, Seen, VerifyForm
from ..learning import in_order, path_to_skilled, shown
from ..models import Membership, Person, Role, VolunteerProfile
from ..queries import age_in_years, guardian_agreed, roles_of, social_workers_at, today
from .homes import desks_of

INVALID = 422
ADULT = 18
Act = Callable[[Mapping[str, Any]], str]


@signed_in
def volunteers(request: HttpRequest) -> HttpResponse:
    me = the_reader(request)
    led = led_volunteers(me)
    asked = FilterForm(request.GET)
    asked.is_valid()
    places = {role.place_id for role in request.roles if role.role == Role.SOCIAL_WORKER}  # type: ignore[attr-defined]
    desks, desk = desks_of(request)
    found = find_volunteers(helping_at(led, desk) if desk else led, asked.cleaned_data, {desk.pk} if desk else places, me)
    waiting = registrations_for(me).select_related("person", "place")
    page = page_of(request, found)
    for profile in page:
        profile.skills = [shown(credential) for credential in profile.person.skills_said]
        profile.role_here = next(iter(profile.person.roles_here), None)
    context = {
        "people": page, "form": asked, "asked": any(asked.cleaned_data.values()),
        "narrowed": any(value for name, value in asked.cleaned_data.items() if name != "q"),
        "waiting": (waiting.filter(place=desk) if desk else waiting)[:20], "desks": desks, "desk": desk,
    }  # fmt: skip
    return render(request, "people/volunteers.html", context)


class Desk:
    """One volunteer on a social worker's desk: each form with what it does."""

    def __init__(self, request: HttpRequest, profile: VolunteerProfile) -> None:
        self.request, self.profile, self.person, self.by = request, profile, profile.person, the_reader(request)
        self.led = {role.place_id for role in request.roles if role.role == Role.SOCIAL_WORKER}  # type: ignore[attr-defined]
        self.roles = roles_of(self.person)
        here = [role for role in self.roles if role.place_id in self.led and role.role in (Role.VOLUNTEER, Role.SPECIALIST)]
        if not here:
            raise Http404
        self.role: Membership = min(here, key=lambda role: role.until is not None)
        self.credentials = list(self.person.credentials.select_related("skill", "verified_by"))
        self.clearances = list(self.person.clearances.order_by("-checked_on", "-expires_on"))

    def forms(self, sent: str = "") -> dict[str, forms.Form]:
        """Every form of the page, the sent one with what was typed."""
        profile, said = self.profile, {sent: self.request.POST}
        version = {"seen": profile.version}
        return {
            "verify": VerifyForm(said.get("verify"), initial={"seen": len(self.credentials)}, prefix="verify"),
            "clear": ClearForm(said.get("clear"), initial={"seen": len(self.clearances)}, prefix="clear"),
            "guardian": GuardianForm(said.get("guardian"), prefix="guardian"),
            "kind": KindForm(said.get("kind"), initial=version | {"kind": profile.kind, "confidential_since": profile.confidential_since}, prefix="kind"),
            "basic": BasicForm(said.get("basic"), initial=version | {"residence": self.person.lives_in, "national_no": profile.national_no}, prefix="basic"),
            "lead": LeadForm(said.get("lead"), initial=version, prefix="lead", workers=social_workers_at(self.role.place), role=self.role),
            "end": Seen(said.get("end"), initial=version, prefix="end"),
        }  # fmt: skip

    def act(self, sent: str) -> tuple[Act, str]:
        """What the sent form does, and what is said when it is done."""
        who: dict[str, Any] = {"by": self.by, "person": self.person}
        it: dict[str, Any] = {"by": self.by, "profile": self.profile, "place": self.role.place}
        acts: dict[str, tuple[Callable[..., object], str]] = {
            "verify": (lambda **said: verify_credential(**who, **said), _("核验好了。从现在起，这一项在排班里算数。")),
            "clear": (lambda **said: record_clearance(**who, **said), _("记下了。只记了结果。")),
            "guardian": (lambda **said: record_guardian_consent(**who, **said), _("监护人的同意记下了。他会在自己的页上看到。")),
            "kind": (lambda **said: change_kind(**it, **said), _("改好了，他会收到一句话。")),
            "basic": (lambda **said: change_basic(**it, **said), _("改好了，他的记录上就是这样。")),
            "lead": (lambda **said: change_lead(**it, **said), _("改好了。")),
            "end": (lambda **said: end_membership(**it, **said), _("记下了。谢谢他帮过的忙；想回来，随时可以。")),
        }
        do, done = acts[sent]
        back = "people:volunteers" if sent == "end" else "people:volunteer"

        def act(said: Mapping[str, Any]) -> str:
            do(**said)
            return resolve_url(back) if sent == "end" else resolve_url(back, self.person.pk)

        return act, done


@signed_in
def volunteer(request: HttpRequest, person_id: UUID, sent: str = "") -> HttpResponse:
    desk = Desk(request, get_led_volunteer(the_reader(request), person_id))
    every = desk.forms(sent if request.method == "POST" else "")
    if request.method == "POST":
        if sent not in every:
            raise Http404
        act, done = desk.act(sent)
        if answer := submit(request, every[sent], act, done=done):
            return answer
    return _desk_page(request, desk, every)


def _desk_page(request: HttpRequest, desk: Desk, every: dict[str, forms.Form]) -> HttpResponse:
    person, profile = desk.person, desk.profile
    skills, age = in_order(desk.credentials), age_in_years(person.birth_date)
    tree, minor = brought_in(person, desk.led), age is not None and age < ADULT
    context = {
        "profile": profile, "person": person, "role": desk.role, "skills": skills, "clearance": next(iter(desk.clearances), None),
        "path": path_to_skilled(profile, skills), "minor": minor, "years": age, "today": today(),
        "guardian": guardian_agreed(person.pk) if minor else None, "forms": every, "own": desk.by.pk == person.pk,
        "tree": tree[:60], "brought": len(tree), "may_issue": may_issue_led(desk.by, person, desk.roles),
    }  # fmt: skip
    wrong = any(form.errors for form in every.values())
    return render(request, "people/volunteer.html", context, status=INVALID if wrong else 200)


@signed_in
def add(request: HttpRequest) -> HttpResponse:
    """A neighbour of the register, or somebody new, begins to help."""
    by = the_reader(request)
    led_volunteers(by)
    place = get_community_for(by, request.GET.get("at"))
    person: Person | None = get_led_person(by, _uuid(request.GET["person"])) if request.GET.get("person") else None
    form = AddForm(request.POST or None, person=person)

    def act(said: Any) -> str:
        return resolve_url("people:volunteer", add_volunteer(by=by, place=place, person=person, **said).pk)

    if request.method == "POST" and (answer := submit(request, form, act, done=_("好了，多了一双手。接着看看他会什么、要不要登录名。"))):
        return answer
    context = {"form": form, "person": person, "place": place}
    return render(request, "people/add_volunteer.html", context, status=INVALID if form.errors else 200)


def _uuid(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise Http404 from None


@require_POST
@signed_in
def answer_registration(request: HttpRequest, registration_id: UUID, what: str) -> HttpResponse:
    by = the_reader(request)
    row = get_registration_for(by, registration_id)
    back = reverse("people:volunteers")
    if what == "close":
        return press(request, lambda: close_registration(by=by, registration=row), back=back, done=_("记下了，这次没有继续。"))

    def act() -> str:
        welcome(by=by, registration=row)
        return resolve_url("people:volunteer", row.person_id)

    return press(request, act, back=back, done=_("好了，多了一双手。由您带着，接着看看他会什么。"))
