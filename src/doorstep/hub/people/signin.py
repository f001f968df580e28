"""The doors of sign-in: one name or one phone number, one password, and a limit on tries that every process knows of."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth import authenticate
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web.reading import address_of

from .actions.account import begin_try, forgive_tries
from .models import Account
from .queries import account_called, account_with_person


class NameOrPhoneBackend(ModelBackend):
    """Signs in with a sign-in name, or with a phone number that exactly one account has."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> Account | None:
        if not username or password is None:
            return None
        account = account_called(username)
        if account is None:
            # The same work as for a known name, so that the clock tells nobody which names exist.
            Account().set_password(password)
            return None
        return account if account.check_password(password) and self.user_can_authenticate(account) else None

    def get_user(self, user_id: int) -> Account | None:
        """With the person beside it: the middleware asks for both on every page."""
        found = account_with_person(user_id)
        return found if found is not None and self.user_can_authenticate(found) else None


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth without e-mail, without its own messages, and with tries counted in the database."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("登录名或密码不对。手机号几个人合用的，请用登录名。忘了密码，请社工打一张重设条给您。"),
        "too_many_login_attempts": _("试得太多了。请过一刻钟再试，或者请社工打一张重设条给您。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """allauth's own sign-up stays closed: a person registers on our page, with a community."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the page that opens says enough."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        name, address = str(credentials.get("username", "")), address_of(request)
        if not begin_try(name=name, address=address):
            raise ValidationError(self.error_messages["too_many_login_attempts"], code="too_many_login_attempts")
        account = authenticate(request, **credentials)
        if isinstance(account, Account):
            forgive_tries(name=name, address=address)
            return account
        return None
