"""What an award, an evaluation, a training, hours of elsewhere should say: the same fields as when they were written, and why."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from doorstep.hub.web import forms as spoken

from ..amending import FACTS, Item, key_of
from ..models import Award
from ..queries.amending import Kept
from .hours import RATINGS, Seen, day_field, words_field


def _text(most: int, required: bool = True) -> Any:
    return lambda label: forms.CharField(label=label, max_length=most, required=required)


def _choice(choices: Any) -> Any:
    return lambda label: forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _hours(label: Any) -> forms.DecimalField:
    wrong = _("请写数字，最多一位小数，比如 36.5。")
    errors = dict.fromkeys(("required", "invalid", "max_decimal_places", "max_digits", "min_value", "max_value", "max_whole_digits"), wrong)
    return forms.DecimalField(label=label, max_digits=6, decimal_places=1, min_value=0, error_messages=errors)


FIELDS: Mapping[str, Mapping[str, Any]] = {
    "award": {"name": _text(60), "source": _choice(Award.Source.choices), "granted_by": _text(60), "granted_on": day_field, "proof": _text(120, False)},
    "evaluation": {
        "rating": lambda label: forms.TypedChoiceField(label=label, coerce=int, choices=RATINGS, widget=forms.RadioSelect),
        "words": lambda label: words_field(label, required=False), "on": day_field,
    },
    "training": {"title": _text(60), "content": lambda label: words_field(label), "host": _text(60)},
    "transfer": {"source": _text(60), "start": day_field, "end": day_field, "tenths": _hours, "paper": _text(120)},
}  # fmt: skip


class AmendForm(Seen):
    """Begins from what stands there now."""

    struck = forms.BooleanField(label=_("这一条不该有，整条作废"), required=False)
    why = words_field(_("为什么要改"), _("问了谁，凭什么。这一句和您的名字，本人看得到，账本里有它的指纹。"))

    def __init__(self, *args: Any, item: Kept, **kwargs: Any) -> None:
        self.key, row = item.key, item.row
        first: dict[str, Any] = {name: self._first(row, name) for name in FACTS[self.key]} | {"seen": item.version}
        super().__init__(*args, initial=first, **kwargs)
        made = {name: make(FACTS[self.key][name]) for name, make in FIELDS[self.key].items()}
        for field in made.values():
            spoken.speak_kindly(field)
        self.fields = {**made, **self.fields}
        if self.key == "training":
            del self.fields["struck"]

    @staticmethod
    def _first(row: Item, name: str) -> Any:
        if key_of(row) == "training" and name == "title":
            return row.hours.title  # type: ignore[union-attr]
        value = getattr(row, name)
        return value / 10 if name == "tenths" else value

    def facts(self) -> dict[str, str | int]:
        """What was written, as the amendment keeps it."""
        said = {name: self.cleaned_data[name] for name in FIELDS[self.key]}
        if "tenths" in said:
            said["tenths"] = int(said["tenths"] * 10)
        return {name: value if isinstance(value, int | str) else value.isoformat() for name, value in said.items()}
