"""Fields that several forms share: names, phones, days, sign-in names and new passwords."""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..queries import plain, plain_phone, today

NAME = re.compile(r"^[^\W\d_]+(?:[ ·・.'’-][^\W\d_]+)*\.?$")
SIGN_IN_NAME = re.compile(r"^[\w.-]{2,30}$")
ONLY_FIGURES = re.compile(r"^[\d.+-]+$")
PHONE = re.compile(r"^(?:1\d{10}|0\d{2,3}\d{7,8}|\d{7,8})$")


def local_name(thing: Any) -> str:
    """The name in the reader's language, for choices that have two names in the database."""
    return str(thing.name_en if get_language() == "en" else thing.name)


class NameField(forms.CharField):
    """A person's name: letters of any script, never figures or pictures."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, **more)

    def clean(self, value: Any) -> str:
        name = " ".join(plain(super().clean(value)).split())
        if name and not NAME.match(name):
            raise ValidationError(_("姓名里只写文字，不要写数字和表情。"))
        return name


class PhoneField(forms.CharField):
    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": more.pop("autocomplete", "off")})
        super().__init__(max_length=25, widget=widget, **more)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        phone = plain_phone(typed)
        if typed and not PHONE.match(phone):
            raise ValidationError(_("这个号码不对。手机是 11 位，座机请带上区号，比如 0519 开头。"))
        return phone


class DayField(forms.DateField):
    def __init__(self, **more: Any) -> None:
        attrs = {"type": "date"} | more.pop("attrs", {})
        super().__init__(widget=forms.DateInput(attrs=attrs, format="%Y-%m-%d"), **more)
        self.error_messages["invalid"] = _("这一天不对。请写成 2001-05-30 这样。")


class BirthField(DayField):
    """A day of birth: not in the future, and not of somebody older than anybody."""

    def clean(self, value: Any) -> date | None:
        born = super().clean(value)
        if born and born > today():
            raise ValidationError(_("出生日期在今天以后。请再看一看年份。"))
        if born and born.year < today().year - 120:
            raise ValidationError(_("这一年太早了。请再看一看年份。"))
        return born  # type: ignore[no-any-return]


class SigninNameField(forms.CharField):
    """A sign-in name: never only figures, for those are phone numbers and may be somebody else's."""

    def __init__(self, **more: Any) -> None:
        attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        more = {"label": _("登录名"), "help_text": _("2 到 30 个字，可以用中文、字母和数字，比如 柳岸周敏。")} | more
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **more)

    def clean(self, value: Any) -> str:
        name = plain(super().clean(value))
        if not SIGN_IN_NAME.match(name):
            raise ValidationError(_("登录名用 2 到 30 个中文、字母或数字，中间不空格。"))
        if ONLY_FIGURES.match(name):
            raise ValidationError(_("登录名不能全是数字，免得和别人的手机号混了。前面加个字就行。"))
        return name


class PasswordField(forms.CharField):
    def __init__(self, autocomplete: str = "current-password", **more: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(widget=widget, strip=False, max_length=128, **more)


class NewPasswordField(PasswordField):
    """A new password, held against the rules that the settings name."""

    def __init__(self, **more: Any) -> None:
        more = {"label": _("新密码"), "help_text": _("至少 8 位。三四个自己记得住的词连起来，最好记也最牢。")} | more
        super().__init__(autocomplete="new-password", **more)

    def clean(self, value: Any) -> str:
        password: str = super().clean(value)
        validate_password(password)
        return password


def residence_field() -> forms.CharField:
    """The area of residence that the national rules ask for: street and community, never the door."""
    return forms.CharField(
        label=_("住在哪个街道、社区"), max_length=60, required=False, help_text=_("写到街道和社区就行，门牌不要写。报送全国系统要这一项。"),
    )  # fmt: skip
