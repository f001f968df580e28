"""Signing in, setting a password with a printed code, changing it, and saying "I want to help"."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..models import Account, Person, Place
from ..queries import age_in_years, communities_in_use
from .fields import BirthField, NameField, NewPasswordField, PasswordField, PhoneField, SigninNameField, residence_field

#: Younger people come with their guardian.
OLD_ENOUGH = 14


class SigninForm(LoginForm):  # type: ignore[misc]
    """allauth's form in our words: a sign-in name or a phone number, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["login"] = forms.CharField(label=_("登录名或手机号"), max_length=150, widget=forms.TextInput(attrs=attrs))
        self.fields["password"] = PasswordField(label=_("密码"))
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class AgainForm(spoken.KindForm):
    """Who sits there now says it once more."""

    password = PasswordField(label=_("密码"))


class ResetForm(spoken.KindForm):
    username = forms.CharField(
        label=_("登录名"),
        max_length=150,
        help_text=_("就印在条子上。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = forms.CharField(
        label=_("重设码"), max_length=20, help_text=_("条子上的 8 个数字，空格写不写都行。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip
    password = NewPasswordField()
    again = PasswordField(label=_("新密码再写一遍"), autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("password") and said.get("again") and said["password"] != said["again"]:
            self.add_error("again", _("两遍写的不一样。请再写一遍。"))
        return said


class ChangePasswordForm(spoken.KindForm):
    old = PasswordField(label=_("现在的密码"))
    password = NewPasswordField()
    again = PasswordField(label=_("新密码再写一遍"), autocomplete="new-password")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if not account.has_usable_password():
            del self.fields["old"]

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.account.check_password(old):
            raise ValidationError(_("现在的密码不对。想不起来，请社工打一张重设条。"))
        return old

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("password") and said.get("again") and said["password"] != said["again"]:
            self.add_error("again", _("两遍写的不一样。请再写一遍。"))
        return said


class RegisterForm(spoken.KindForm):
    """I want to help: what is asked is what a social worker needs to call back."""

    name = NameField(label=_("姓名"))
    community = forms.ModelChoiceField(label=_("在哪个社区帮忙"), queryset=Place.objects.none(), empty_label=_("请选一个社区"))
    phone = PhoneField(label=_("电话"), help_text=_("社工按这个号码联系您，别人看不到。"), autocomplete="tel")
    birth_date = BirthField(label=_("出生日期"), help_text=_("未满 18 岁要有监护人同意，社工会带您办。"))
    residence = residence_field()
    words = forms.CharField(
        label=_("想帮什么忙"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("比如：会理发，周末有空；会说常州话，愿意陪老人聊天。"),
    )  # fmt: skip
    username = SigninNameField(label=_("给自己起个登录名"))
    password = NewPasswordField(label=_("密码"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = communities_in_use()  # type: ignore[attr-defined]
        self.fields["community"].label_from_instance = lambda place: place.short_name  # type: ignore[attr-defined]

    def clean_birth_date(self) -> object:
        born = self.cleaned_data["birth_date"]
        if (age_in_years(born) or 0) < OLD_ENOUGH:
            raise ValidationError(_("未满 14 岁不能自己报名。请监护人带着到社区服务台来。"))
        return born


class IssueForm(spoken.KindForm):
    """A social worker gives somebody a sign-in name."""

    username = SigninNameField()

    def __init__(self, *args: Any, person: Person, wish: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["username"].initial = wish
        self.fields["username"].widget.attrs["autocomplete"] = "off"
