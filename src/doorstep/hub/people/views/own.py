"""What a person sees and changes of himself."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doorstep.hub.web.acting import press, submit
from doorstep.hub.web.reading import signed_in, the_reader

from ..access import get_own_consent, get_own_profile
from ..actions.person import change_profile, withdraw_consent
from ..actions.skills import claim_skill
from ..forms.own import ClaimForm, ProfileForm
from ..learning import newest_clearance, path_to_skilled, standing
from ..models import VolunteerProfile
from ..queries import age_in_years, consents_of, guardian_consent_of, kept_about, leading_of, registration_of, today

INVALID = 422
ADULT = 18


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    person = the_reader(request)
    roles = request.roles  # type: ignore[attr-defined]
    context = {
        "person": person, "roles": roles, "consents": consents_of(person), "kept": kept_about(person), "registration": registration_of(person),
        "themes": (("", _("跟手机一样")), ("light", _("浅色")), ("dark", _("深色"))),
    }  # fmt: skip
    return render(request, "people/me.html", context)


@require_POST
@signed_in
def withdraw(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    person = the_reader(request)
    consent = get_own_consent(person, consent_id)
    done = _("收回了。从现在起不再这样用；已经办完的事不变。")
    return press(request, lambda: withdraw_consent(by=person, consent=consent), back=reverse("people:me"), done=done)


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    mine = get_own_profile(the_reader(request))
    form = ProfileForm(request.POST or None, profile=mine)

    def act(said: Any) -> str:
        facts = {name: value for name, value in said.items() if name != "version"}
        change_profile(by=mine.person, person=mine.person, seen=said["version"], **facts)
        return resolve_url("people:profile")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("改好了。下次排班就按新的来。"))):
        return answer
    return _profile_page(request, mine, form, ClaimForm())


@require_POST
@signed_in
def claim(request: HttpRequest) -> HttpResponse:
    mine = get_own_profile(the_reader(request))
    form = ClaimForm(request.POST)

    def act(said: Any) -> str:
        claim_skill(person=mine.person, **said)
        return resolve_url("people:profile")

    answer = submit(request, form, act, done=_("记下了。请把证带给社工看一眼，核验过才算数。"))
    return answer or _profile_page(request, mine, ProfileForm(profile=mine), form)


def _profile_page(request: HttpRequest, mine: VolunteerProfile, form: ProfileForm, claiming: ClaimForm) -> HttpResponse:
    skills, age = standing(mine.person), age_in_years(mine.person.birth_date)
    minor = age is not None and age < ADULT
    context = {
        "form": form, "claim": claiming, "profile": mine, "skills": skills, "clearance": newest_clearance(mine.person),
        "path": path_to_skilled(mine, skills), "today": today(), "lead": leading_of(mine.person),
        "minor": minor, "guardian": guardian_consent_of(mine.person.pk) if minor else None,
    }  # fmt: skip
    wrong = form.errors or claiming.errors
    return render(request, "people/profile.html", context, status=INVALID if wrong else 200)
