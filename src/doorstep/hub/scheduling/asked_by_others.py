"""What others ask of a volunteer beside the social worker's offers: to step in, to stand in, to swap."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, DateTimeField, F, IntegerField, Q, Value, When

from doorstep.hub.people.models import Person, Place

from .access import before_yes
from .access.signup import fit_for
from .models import Appeal, Exchange, Offer, OfferState, Slot, Waiting
from .naming import names_at, split_names
from .openings import companions_of


class Row(NamedTuple):
    """An appeal or an exchange, as one query reads them all."""

    kind: str
    pk: UUID
    start: datetime
    until: datetime
    minutes: int
    title: str
    rough_place: str
    risk_note: str
    bring: str
    contact: str | None
    called: str | None
    names: str | None
    asker: UUID | None
    asker_name: str


@dataclass(frozen=True)
class AskedByOther:
    """What somebody other than the plan asks of the reader, or the reader of a fellow, and nobody has answered yet."""

    row: Row
    title: str
    mine: bool

    @property
    def is_call(self) -> bool:
        return self.row.kind == "call"


@dataclass(frozen=True)
class Passing:
    """One exchange, as one of the two sees it."""

    exchange: Exchange
    title: str
    other_title: str
    mine: bool


def _columns(slot: str, **more: Any) -> dict[str, Any]:
    """The same columns of both tables, in the order of `Row`."""
    return {
        "a_minutes": F(f"{slot}__minutes"), "a_title": F(f"{slot}__title"), "a_place": F(f"{slot}__rough_place"),
        "a_risk": F(f"{slot}__risk_note"), "a_bring": F(f"{slot}__bring"), "a_contact": F(f"{slot}__contact__name"),
        "a_called": F(f"{slot}__contact__calling_name"), "a_names": names_at(f"{slot}__household"),
    } | more  # fmt: skip


def asked_of(person: Person, now: datetime) -> list[AskedByOther]:
    """Appeals to step in, what fellows ask, and what the person has asked of fellows; one query, the soonest first."""
    text = CharField()
    calls = Appeal.objects.filter(person=person, state=Appeal.State.ASKED, until__gte=now).order_by()
    rows = calls.annotate(
        a_kind=Value("call", text), a_start=F("start"),
        **_columns("seat__slot", a_asker=F("by_id"), a_asker_name=Value("", text)),
    )  # fmt: skip
    mine = Exchange.objects.filter(Q(fellow=person) | Q(offer__person=person), state=Exchange.State.ASKED, until__gte=now).order_by()
    others = mine.annotate(
        a_kind=Case(When(other=None, then=Value("stand_in")), default=Value("swap"), output_field=text), a_start=F("offer__start"),
        **_columns("offer__slot", a_asker=F("offer__person_id"), a_asker_name=F("offer__person__name")),
    )  # fmt: skip
    names = (
        "a_kind", "pk", "a_start", "until", "a_minutes", "a_title", "a_place", "a_risk", "a_bring", "a_contact", "a_called", "a_names",
        "a_asker", "a_asker_name",
    )  # fmt: skip
    found = [Row(*values) for values in rows.values_list(*names).union(others.values_list(*names))]
    return [
        AskedByOther(row, before_yes(row.title, [(row.contact or "", row.called or ""), *split_names(row.names)]), row.asker == person.pk)
        for row in sorted(found, key=lambda row: row.start)
    ]


def _title(slot: Any, names: str | None) -> str:
    contact = [(slot.contact.name, slot.contact.calling_name)] if slot.contact else []
    return before_yes(slot.title, [*split_names(names), *contact])


def passing_of(person: Person, exchange: Exchange) -> Passing:
    """One exchange whole, for one of its two."""
    rows = Exchange.objects.filter(pk=exchange.pk).select_related("offer__slot__contact", "offer__person", "fellow", "other__slot__contact")
    return _passing(rows.annotate(names=names_at("offer__slot__household"), other_names=names_at("other__slot__household")).get(), person)


def promises_to_swap(person: Person, exchange: Exchange, now: datetime) -> list[Offer]:
    """The person's own promises to come, other than of that very slot; each with its title as the other may read it."""
    rows = Offer.objects.filter(person=person, state=OfferState.ACCEPTED, start__gt=now).exclude(slot=exchange.offer.slot_id)
    return list(rows.select_related("slot").order_by("start")[:8])


def _passing(row: Any, person: Person) -> Passing:
    other = _title(row.other.slot, row.other_names) if row.other else ""
    return Passing(row, _title(row.offer.slot, row.names), other, row.offer.person_id == person.pk)


class Step(NamedTuple):
    """One thing that happened around a slot's seats between people, or a place in its line."""

    kind: str
    pk: UUID
    at: datetime
    answered_at: datetime | None
    state: str
    name: str
    other_name: str
    by_name: str | None
    slot_id: UUID | None
    number: int

    @property
    def word(self) -> Any:
        """The state as the social worker reads it."""
        states: Any = {"call": Appeal.State, "line": Waiting.State}.get(self.kind, Exchange.State)
        return states(self.state).label


def steps_of(slot: Slot) -> list[Step]:
    """Who was asked together, who waits, what passed from one to another; one query, the first first."""
    text, number = CharField(), IntegerField()
    calls = Appeal.objects.filter(seat__slot=slot).order_by().annotate(
        s_kind=Value("call", text), s_at=F("asked_at"), s_done=F("answered_at"), s_name=F("person__name"), s_other=Value("", text),
        s_by=F("by__name"), s_slot=F("seat__slot_id"), s_number=Value(0, number),
    )  # fmt: skip
    line = Waiting.objects.filter(slot=slot, state=Waiting.State.IN_LINE).order_by().annotate(
        s_kind=Value("line", text), s_at=F("since"), s_done=Value(None, DateTimeField()), s_name=F("person__name"), s_other=Value("", text),
        s_by=Value("", text), s_slot=F("slot_id"), s_number=F("number"),
    )  # fmt: skip
    passed = Exchange.objects.filter(Q(offer__slot=slot) | Q(other__slot=slot)).order_by().annotate(
        s_kind=Case(When(other=None, then=Value("stand_in")), default=Value("swap"), output_field=text),
        s_at=F("asked_at"), s_done=F("answered_at"), s_name=F("offer__person__name"), s_other=F("fellow__name"), s_by=F("objected_by__name"),
        s_slot=F("offer__slot_id"), s_number=Value(0, number),
    )  # fmt: skip
    names = ("s_kind", "pk", "s_at", "s_done", "state", "s_name", "s_other", "s_by", "s_slot", "s_number")
    rows = calls.values_list(*names).union(line.values_list(*names), passed.values_list(*names), all=True)
    return sorted((Step(*row) for row in rows), key=lambda step: (step.number, step.at))


def exchanged_in(place: Place, monday: date) -> list[Exchange]:
    """What has passed from one volunteer to another in that week, for whom the social worker has still time to object; one query."""
    rows = Exchange.objects.filter(state=Exchange.State.DONE, offer__slot__place=place, offer__slot__week=monday)
    return list(rows.select_related("offer__slot", "offer__person", "fellow").order_by("offer__start")[:20])


def fellows_for(offer: Offer, now: datetime) -> list[Person]:
    """Of those whom the person has met or lives with: who may take this very seat. Where they go themselves is theirs to say; two queries."""
    offer.seat.slot = offer.slot
    return list(fit_for(offer.seat, offer.start, companions_of(offer.person, now)).order_by("name"))
