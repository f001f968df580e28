"""Coming in and going out: sign-in, printed codes, passwords, and the open doors of a demonstration."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from doorstep.hub.journal.access import Refused
from doorstep.hub.web.acting import safe_next, submit
from doorstep.hub.web.knowing import remember
from doorstep.hub.web.reading import address_of, asked_from, reader_of, signed_in, the_reader

from ..access import demo_sign_in_allowed, get_demo_person, get_person_to_issue, get_slip
from ..actions.account import REGISTRATIONS, TooManyTries, begin_try, change_password, issue_account, issue_code, reset_password
from ..actions.registration import register
from ..forms.signin import AgainForm, ChangePasswordForm, IssueForm, RegisterForm, ResetForm, SigninForm
from ..models import Account, Person
from ..queries import demonstration_cast, place_by_slug, printed_code, sign_in_name_for
from ..signin import NameOrPhoneBackend

BACKEND = f"{NameOrPhoneBackend.__module__}.{NameOrPhoneBackend.__qualname__}"
INVALID = 422


def open_doors(request: HttpRequest) -> list[Person]:
    """The cast whose doors are open to this request: none but in a demonstration on this computer."""
    return demonstration_cast() if demo_sign_in_allowed(asked_from(request)) else []


class Signin(LoginView):  # type: ignore[misc]
    """allauth's sign-in with our form and, in a demonstration, the cast beside it."""

    template_name = "people/account/login.html"

    def get_form_class(self) -> type[SigninForm]:
        return SigninForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return dict(super().get_context_data(**kwargs)) | {"doors": open_doors(self.request)}

    def form_valid(self, form: SigninForm) -> HttpResponseBase:
        answer: HttpResponseBase = super().form_valid(form)
        remember(self.request)
        return answer

    def form_invalid(self, form: SigninForm) -> HttpResponse:
        page: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=INVALID)
        return page


signin = Signin.as_view()


@require_POST
def demo_sign_in(request: HttpRequest, person_id: UUID) -> HttpResponse:
    person = get_demo_person(person_id, asked_from(request))
    login(request, person.account, backend=BACKEND)
    return redirect(safe_next(request, "/"))


@sensitive_post_parameters()
@never_cache
@signed_in
def again(request: HttpRequest) -> HttpResponse:
    """The password once more, before something leaves the house. The one-click people of a demonstration have none: a button says it is them."""
    person, account = the_reader(request), the_reader(request).account
    assert isinstance(account, Account)
    leads, by_button = safe_next(request, "/"), person in open_doors(request) and not account.has_usable_password()
    form = AgainForm(request.POST or None)
    if request.method == "POST" and (by_button or (form.is_valid() and _known(request, form, account))):
        remember(request)
        return redirect(leads)
    context = {"form": form, "by_button": by_button, "has_none": not by_button and not account.has_usable_password(), "next": leads}
    return render(request, "people/account/again.html", context, status=INVALID if form.errors and not by_button else 200)


def _known(request: HttpRequest, form: AgainForm, account: Account) -> bool:
    """Tries are counted as at the door."""
    try:
        found = get_adapter(request).authenticate(request, username=account.username, password=form.cleaned_data["password"])
    except ValidationError as refusal:
        form.add_error("password", refusal)
        return False
    if found is None or found.pk != account.pk:
        form.add_error("password", _("密码不对。想不起来，请社工打一张重设条。"))
        return False
    return True


@sensitive_post_parameters()
@never_cache
def reset(request: HttpRequest) -> HttpResponse:
    """Not through `submit`: a wrong code must stay counted, and `submit` undoes what a refusal leaves."""
    if request.method == "POST" and reader_of(request) is not None:
        return redirect("people:me")
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (account := _reset(request, form)):
        login(request, account, backend=BACKEND)
        remember(request)
        messages.success(request, _("新密码设好了。下次就用它登录。"))
        return redirect("people:me")
    return render(request, "people/account/password_reset.html", {"form": form}, status=INVALID if form.errors else 200)


def _reset(request: HttpRequest, form: ResetForm) -> Account | None:
    said = form.cleaned_data
    try:
        return reset_password(name=said["username"], code=said["code"], password=said["password"], address=address_of(request))
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return None


@sensitive_post_parameters()
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    account = the_reader(request).account
    if not isinstance(account, Account):
        return redirect("people:me")
    if request.method == "POST" and not begin_try(name=account.username, address=address_of(request)):
        messages.error(request, str(TooManyTries.sentence))
        return redirect("people:me")
    form = ChangePasswordForm(request.POST or None, account=account)

    def act(said: Any) -> str:
        change_password(account=account, password=said["password"])
        return resolve_url("people:me")

    if request.method == "POST" and (answer := submit(request, form, act, done=_("密码改好了。别的设备上要重新登录。"))):
        update_session_auth_hash(request, account)
        return answer
    return render(request, "people/account/password_change.html", {"form": form}, status=INVALID if form.errors else 200)


@sensitive_post_parameters()
@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """I want to help: an account, a person, and a line on the social worker's list; no right at all yet."""
    if reader_of(request) is not None:
        return redirect("people:me")
    form = RegisterForm(request.POST or None, initial={"community": place_by_slug(request.GET.get("at", ""))})

    def act(said: Any) -> str:
        register(**said)
        return resolve_url("people:me")

    if request.method == "POST" and not begin_try(name="registration", address=address_of(request), limits=REGISTRATIONS):
        form.is_valid()
        form.add_error(None, str(TooManyTries.sentence))
    elif request.method == "POST" and (answer := submit(request, form, act)):
        return _welcome(request, form, answer)
    return render(request, "people/account/signup.html", {"form": form}, status=INVALID if form.errors else 200)


def _welcome(request: HttpRequest, form: RegisterForm, answer: HttpResponse) -> HttpResponse:
    """Signs the new person in; who pressed twice is the same person and is signed in just so."""
    account = get_adapter(request).authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
    if account is None:
        return redirect("account_login")
    login(request, account, backend=BACKEND)
    messages.success(request, _("谢谢您愿意帮忙。社工会打电话给您，说好了就能开始。"))
    return answer


@signed_in
def issue(request: HttpRequest, person_id: UUID) -> HttpResponseBase:
    """Gives a sign-in name with its first code, or prints a new code."""
    by = the_reader(request)
    person = get_person_to_issue(by, person_id)
    form = IssueForm(request.POST or None, person=person, wish=sign_in_name_for(person))
    if person.account is not None:
        form.fields.pop("username")

    def act(said: Any) -> str:
        issued = (
            issue_code(by=by, person=person) if "username" not in said else issue_account(by=by, person=person, username=said["username"])
        )
        return resolve_url("people:slip", issued.pk)

    if request.method == "POST" and (answer := submit(request, form, act)):
        return answer
    return render(request, "people/issue.html", {"form": form, "person": person}, status=INVALID if form.errors else 200)


@signed_in
@never_cache
def slip(request: HttpRequest, code_id: UUID) -> HttpResponse:
    code = get_slip(the_reader(request), code_id)
    figures = printed_code(code)
    context = {"code": code, "figures": f"{figures[:4]} {figures[4:]}", "person": getattr(code.account, "person", None)}
    return render(request, "people/slip.html", context)
