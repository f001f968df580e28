"""What a volunteer's forms say: the painted cells of a week."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..actions.availability import PARTS

#: A day and a part of the day, both counted from 0.
Cell = tuple[int, int]


class FreeTimeForm(forms.Form):
    """The painted cells; a box that is missing is a time that is not free."""

    cells = forms.MultipleChoiceField(
        label=_("有空的时间"),
        required=False,
        choices=[(f"{day}-{part}", f"{day}-{part}") for day in range(7) for part in range(len(PARTS))],
        error_messages={"invalid_choice": _("有一格认不出来，什么都没有存。请刷新这一页再画。")},
    )

    def clean_cells(self) -> set[Cell]:
        chosen: list[Any] = self.cleaned_data["cells"]
        return {(int(day), int(part)) for day, part in (cell.split("-") for cell in chosen)}
