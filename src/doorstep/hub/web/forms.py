"""The form that every page's form begins from: whatever is missing or too much is said in a sentence, and no typed word is cut in silence."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

#: What a form says where the field itself has no sentence of its own.
SENTENCES = {
    "required": _("这一项还空着，请填上。"),
    "invalid": _("这一项看不懂，请照提示再写一遍。"),
    "invalid_choice": _("单子里没有这一个，请重新选。"),
}
TOO_LONG = _("您写了 %(show_value)d 个字，最多留 %(limit_value)d 个。请留下最要紧的，您写的都还在。")


class KindForm(forms.Form):
    """Django's own sentences are replaced by ours, but for those that the field brings along."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            speak_kindly(field)


def speak_kindly(field: forms.Field) -> None:
    """Only the sentences that still are Django's; what is too long is kept and said, not cut off by the browser."""
    for code, default in type(field)().error_messages.items() if type(field) in PLAIN else ():
        if code in SENTENCES and field.error_messages.get(code) == default:
            field.error_messages[code] = SENTENCES[code]
    if isinstance(field, forms.CharField) and field.max_length:
        field.widget.attrs.pop("maxlength", None)
        for validator in field.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = TOO_LONG


PLAIN = (
    forms.CharField,
    forms.ChoiceField,
    forms.TypedChoiceField,
    forms.IntegerField,
    forms.DateField,
    forms.TimeField,
    forms.BooleanField,
)
