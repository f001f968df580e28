"""What of a record two people may correct, for the four that are no hours: its facts by name, whose it is, and how it is called."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Person, Place
from doorstep.hub.web.templatetags.doorstep import dated

from .models import Award, Evaluation, Training, Transfer

Item = Award | Evaluation | Training | Transfer
KINDS: Mapping[str, type[Item]] = {"award": Award, "evaluation": Evaluation, "training": Training, "transfer": Transfer}
#: The facts of each, in the order of the page, with what they are called.
FACTS: Mapping[str, Mapping[str, Any]] = {
    "award": {
        "name": _("表彰叫什么"), "source": _("谁给的"), "granted_by": _("给的单位"), "granted_on": _("哪天给的"), "proof": _("看过哪张证书"),
    },
    "evaluation": {"rating": _("几分"), "words": _("一句话"), "on": _("哪一天")},
    "training": {"title": _("培训叫什么"), "content": _("主要讲了什么"), "host": _("谁办的")},
    "transfer": {
        "source": _("从哪里转来"), "start": _("开始日期"), "end": _("结束日期"), "tenths": _("多少小时"), "paper": _("凭什么"),
    },
}  # fmt: skip
CALLED = {"award": _("表彰"), "evaluation": _("评价"), "training": _("培训"), "transfer": _("别处转来的时长")}


def key_of(row: Item) -> str:
    return next(key for key, model in KINDS.items() if isinstance(row, model))


def owner_id(row: Item) -> UUID | None:
    return row.hours.person_id if isinstance(row, Training) else row.person_id


def owner_of(row: Item) -> Person | None:
    return row.hours.person if isinstance(row, Training) else row.person


def unit_of(row: Item) -> Place:
    return row.hours.unit if isinstance(row, Training) else row.unit


def unit_id_of(row: Item) -> UUID:
    return row.hours.unit_id if isinstance(row, Training) else row.unit_id


def entry_of(row: Item) -> int | None:
    """The ledger's entry that counts now; of a training that of its hours."""
    return row.hours.entry if isinstance(row, Training) else row.entry


def evaluation_of(day: date) -> str:
    return str(_("%(on)s的评价")) % {"on": dated(day)}


def title_of(row: Item) -> str:
    """What the row is called in one line."""
    if isinstance(row, Evaluation):
        return evaluation_of(row.on)
    return row.hours.title if isinstance(row, Training) else row.name if isinstance(row, Award) else row.source


def _fact(row: Item, name: str) -> Any:
    return row.hours.title if isinstance(row, Training) and name == "title" else getattr(row, name)


def facts_of(row: Item) -> dict[str, str | int]:
    """Every fact as the amendment keeps it: texts and whole numbers."""
    found = {name: _fact(row, name) for name in FACTS[key_of(row)]}
    return {
        name: value if isinstance(value, int) else str(value) if isinstance(value, str) else value.isoformat()
        for name, value in found.items()
    }


def set_facts(row: Item, said: Mapping[str, str | int]) -> None:
    """Writes them back into the row, each as its column keeps it; nothing is saved."""
    for name, value in said.items():
        if isinstance(row, Training) and name == "title":
            row.hours.title = str(value)
        else:
            column: Any = type(row)._meta.get_field(name)
            setattr(row, name, column.to_python(value))
