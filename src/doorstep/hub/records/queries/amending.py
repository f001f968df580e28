"""Awards, evaluations, trainings and hours of elsewhere as their pages show them: what was said against them, and what two people changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Person
from doorstep.hub.web.templatetags.doorstep import dated

from ..amending import CALLED, FACTS, Item, entry_of, evaluation_of, key_of, owner_of, title_of, unit_of
from ..models import Amendment, Award, Correction, Evaluation, Training, Transfer
from ..telling import hours_text

DAYS = ("granted_on", "on", "start", "end")
ABOUT_PERSON = ("award__person", "evaluation__person", "training__hours__person", "transfer__person")
#: With what each is read for its page.
READ_WITH: Mapping[str, tuple[str, ...]] = {
    "award": ("person", "unit", "entered_by"), "evaluation": ("person", "unit", "by", "hours"), "transfer": ("person", "unit", "entered_by", "approved_by"),
    "training": ("hours__person", "hours__unit"),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One fact of an amendment: what it is called, what it was, what it should be."""

    label: str
    was: str
    said: str


@dataclass(frozen=True)
class Kept:
    """One line of the record with all that was said about it."""

    row: Any
    amendments: Sequence[Amendment] = ()

    @property
    def key(self) -> str:
        return key_of(self.row)

    @property
    def called(self) -> str:
        return str(CALLED[self.key])

    @property
    def title(self) -> str:
        return title_of(self.row)

    @property
    def owner(self) -> Person | None:
        return owner_of(self.row)

    @property
    def unit(self) -> Any:
        return unit_of(self.row)

    @property
    def entry(self) -> int | None:
        return entry_of(self.row)

    @property
    def struck(self) -> bool:
        return bool(getattr(self.row, "struck", False))

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Everything that two people may change, in words."""
        return [(str(label), spoken(self.key, name, _now(self.row, name))) for name, label in FACTS[self.key].items()]

    @property
    def disputed(self) -> bool:
        """Its owner said that it is wrong, and nobody has answered yet."""
        return bool(getattr(self.row, "dispute", "")) and not self.row.answer

    @property
    def may_dispute(self) -> bool:
        return self.entry is not None and not self.struck and not self.disputed and self.open is None

    @property
    def open(self) -> Amendment | None:
        return next((one for one in self.amendments if one.state == Correction.State.PROPOSED), None)

    @property
    def version(self) -> int:
        return int(self.row.hours.version if self.key == "training" else self.row.version)


def _now(row: Item, name: str) -> Any:
    return row.hours.title if isinstance(row, Training) and name == "title" else getattr(row, name)


def spoken(key: str, name: str, value: Any) -> str:
    """A fact as people read it."""
    if name == "tenths":
        return _("%(n)s 小时") % {"n": hours_text(int(value))}
    if name == "rating":
        return _("%(n)s 分") % {"n": value}
    if key == "award" and name == "source":
        return str(Award.Source(value).label)
    if name in DAYS:
        return dated(value if isinstance(value, date) else date.fromisoformat(str(value)))
    return str(value) or "—"


def changes_of(amendment: Amendment) -> list[Change]:
    """What it changes, fact by fact."""
    key = amendment.key
    return [
        Change(str(label), spoken(key, name, amendment.was[name]), spoken(key, name, amendment.said[name]))
        for name, label in FACTS[key].items()
        if amendment.was.get(name) != amendment.said.get(name)
    ]


def amendments_of(person: Person) -> Mapping[UUID, list[Amendment]]:
    """Every amendment of a person's record, by the row that it is about."""
    found: dict[UUID, list[Amendment]] = defaultdict(list)
    mine = Q()
    for path in ABOUT_PERSON:
        mine |= Q(**{path: person})
    for one in Amendment.objects.filter(mine).select_related("proposed_by", "decided_by"):
        found[getattr(one, f"{one.key}_id")].append(one)
    return found


def kept(row: Item) -> Kept:
    return Kept(row, list(row.amendments.select_related("proposed_by", "decided_by")))


@dataclass(frozen=True)
class Doubt:
    """What an owner says is wrong, as the desk lists it."""

    key: str
    pk: UUID
    owner: str
    words: str
    name: str
    day: date

    @property
    def called(self) -> str:
        return str(CALLED[self.key])

    @property
    def title(self) -> str:
        return self.name or evaluation_of(self.day)


def disputed_in(units: Iterable[UUID]) -> list[Doubt]:
    """What owners say is wrong and nobody has answered, asked of the three tables at once; what waits for a second person has its own heap."""
    here, waits = list(units), Amendment.objects.filter(state=Correction.State.PROPOSED)
    told: list[QuerySet[Any, Any]] = []
    for model, key, name, day in (
        (Award, "award", F("name"), "granted_on"),
        (Evaluation, "evaluation", Value(""), "on"),
        (Transfer, "transfer", F("source"), "start"),
    ):
        rows: QuerySet[Any, Any] = model._default_manager.filter(unit__in=here, answer="").exclude(dispute="").exclude(person=None)
        rows = rows.exclude(pk__in=waits.exclude(**{key: None}).values(f"{key}_id")).order_by()
        told.append(
            rows.annotate(about=Value(key), called=name, day=F(day)).values_list("about", "pk", "person__name", "dispute", "called", "day")
        )
    return sorted((Doubt(*row) for row in told[0].union(*told[1:], all=True)), key=lambda one: (one.day, str(one.pk)))


def waiting_in(units: Iterable[UUID]) -> list[Amendment]:
    """Amendments that wait for a second person."""
    here = list(units)
    mine = Q(award__unit__in=here) | Q(evaluation__unit__in=here) | Q(transfer__unit__in=here) | Q(training__hours__unit__in=here)
    with_them = [f"{key}__{path}" for key, paths in READ_WITH.items() for path in paths[:2]]
    return list(Amendment.objects.filter(mine, state=Correction.State.PROPOSED).select_related("proposed_by", *with_them))


def items_in_place(person: Person) -> CombinedExpression:
    """Beside each place: how many records there wait for this person to look into them or to decide."""
    unit = Coalesce("award__unit", "evaluation__unit", "transfer__unit", "training__hours__unit")
    owner = Coalesce("award__person", "evaluation__person", "transfer__person", "training__hours__person")
    found = Amendment.objects.filter(state=Correction.State.PROPOSED).annotate(where=unit, whose=owner).filter(where=OuterRef("pk"))
    found = found.exclude(Q(proposed_by=person) & Q(proposed_by__isnull=False)).exclude(Q(whose=person.pk) & Q(whose__isnull=False))
    total: Any = Coalesce(Subquery(found.order_by().values("where").annotate(n=Count("pk")).values("n")), 0)
    for model in (Award, Evaluation, Transfer):
        rows: QuerySet[Any] = model._default_manager.filter(unit=OuterRef("pk"), answer="").exclude(dispute="").exclude(person=person)
        total = total + Coalesce(Subquery(rows.order_by().values("unit").annotate(n=Count("pk")).values("n")), 0)
    combined: CombinedExpression = total
    return combined
