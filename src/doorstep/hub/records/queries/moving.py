"""Reads for records on the way in and out: what waits to be sent, what became of it, earlier hours of elsewhere, requests."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from doorstep.hub.people.models import Credential, Person, Place
from doorstep.hub.people.queries import today

from ..models import Amendment, Award, ColumnMap, Correction, DataRequest, Evaluation, Hours, Sheet, Shipment, Shipped, SyncState, Transfer
from ..moving import columns as known


def columns_in_use(sheet: str = Sheet.SERVICE, district: Place | None = None) -> tuple[str, list[dict[str, str]], int]:
    """Name, columns and version: the district's own, else the usual ones as version 0."""
    found = ColumnMap.objects.filter(Q(district=district) if district else Q(), sheet=sheet).first()
    if found is None:
        return (*known.usual(sheet), 0)
    return found.name, found.columns, found.version


def columns_at(unit: Place, sheet: str) -> list[dict[str, str]]:
    """The columns that the district of a unit uses."""
    found = ColumnMap.objects.filter(
        Q(district=unit) | Q(district__children=unit) | Q(district__children__children=unit), sheet=sheet
    ).first()
    return found.columns if found else known.usual(sheet)[1]


def maps_of(district: Place) -> list[tuple[Sheet, str, int]]:
    """Every table that leaves or comes in, with the name and the version of its columns."""
    own = {row.sheet: row for row in ColumnMap.objects.filter(district=district)}
    return [(sheet, own[sheet].name, own[sheet].version) if sheet in own else (sheet, known.usual(sheet)[0], 0) for sheet in Sheet]


def below(district: Place) -> QuerySet[Place]:
    """A district with its streets and communities, those that ended too."""
    return Place.objects.filter(Q(pk=district.pk) | Q(parent=district) | Q(parent__parent=district)).values("pk")  # type: ignore[return-value]


def shipments_of(district: Place) -> QuerySet[Shipment]:
    return Shipment.objects.filter(place=district).select_related("made_by")


#: Each table that leaves: what its rows are, and the key of a shipped line that leads to them.
RECORDS: dict[str, tuple[type[Hours] | type[Award] | type[Evaluation], str]] = {
    Sheet.SERVICE: (Hours, "hours"), Sheet.TRAINING: (Hours, "hours"), Sheet.AWARDS: (Award, "award"), Sheet.EVALUATIONS: (Evaluation, "evaluation"),
}  # fmt: skip
#: What a line of a file is made of, read with it.
READ_WITH = {
    Sheet.SERVICE: ("slot__category", "slot__lead"),
    Sheet.TRAINING: ("slot", "training"),
    Sheet.AWARDS: (),
    Sheet.EVALUATIONS: ("hours__unit", "hours__slot__category"),
}
ALL_OF: dict[Sheet, tuple[str, ...]] = {
    Sheet.SERVICE: ("slot__category__national",), Sheet.TRAINING: ("corrections", "training__amendments"), Sheet.AWARDS: (), Sheet.EVALUATIONS: (),
}  # fmt: skip
IN_ORDER = {Sheet.SERVICE: "came", Sheet.TRAINING: "came", Sheet.AWARDS: "granted_on", Sheet.EVALUATIONS: "on"}


def at_the_other(rows: QuerySet[Any], sheet: str) -> QuerySet[Any]:
    """Each with `there`: where it stands with the other system in this table. Hours that belong in the table say so themselves; of those that
    are no service, or no training, any more the last line that left tells whether they were taken back."""
    if RECORDS[sheet][0] is not Hours:
        told: QuerySet[Any] = rows.annotate(there=F("sync"))
        return told
    last = Shipped.objects.filter(hours=OuterRef("pk"), shipment__sheet=sheet).order_by("-pk")
    state = Case(
        When(block=sheet, then=F("sync")),
        When(gone_as_void=False, then=Value(SyncState.NOT_SENT.value)),
        When(gone_and_taken=True, then=Value(SyncState.SYNCED.value)),
        When(gone_and_taken=False, then=Value(SyncState.RETURNED.value)),
        default=Value(SyncState.EXPORTED.value),
        output_field=CharField(),
    )
    gone = {"gone_as_void": Subquery(last.values("struck")[:1]), "gone_and_taken": Subquery(last.values("taken")[:1])}
    told = rows.annotate(**gone).annotate(there=state)
    return told


def entries_now(rows: Iterable[Any], sheet: str) -> dict[UUID, int]:
    """The ledger's entry that tells each record as it is now: of a training the later of that of its hours and that of its words."""
    found = {row.pk: row.entry for row in rows}
    if sheet == Sheet.TRAINING:
        said = Amendment.objects.filter(state=Correction.State.APPROVED).exclude(training=None)
        for hours_id, entry in said.values_list("training__hours_id", "entry"):
            if hours_id in found:
                found[hours_id] = max(found[hours_id], entry)
    return found


def records_in(shipment: Shipment) -> QuerySet[Any]:
    """The records that were in a file."""
    model, _key = RECORDS[shipment.sheet]
    return model._default_manager.filter(shipped__shipment=shipment)


def file_of(shipment: Shipment) -> list[list[str]]:
    """The table of a file, made anew from the records that were in it."""
    sheet = Sheet(shipment.sheet)
    rows = records_in(shipment).select_related("person__volunteer", "person__household__community", "unit", *READ_WITH[sheet])
    rows = rows.prefetch_related(Prefetch("person__credentials", queryset=Credential.objects.select_related("skill")))
    rows = rows.prefetch_related(*ALL_OF[sheet])
    return known.table(list(rows.order_by(IN_ORDER[sheet], "pk")), shipment.columns, sheet)


def sync_counts(shipment: Shipment) -> dict[str, int]:
    """How many records of a file stand where."""
    return dict(Counter(at_the_other(records_in(shipment), shipment.sheet).values_list("there", flat=True)))


def returned_in(shipment: Shipment) -> list[dict[str, Any]]:
    """Those that the other system sent back, with its words."""
    _model, key = RECORDS[shipment.sheet]
    back = at_the_other(records_in(shipment), shipment.sheet).filter(there=SyncState.RETURNED)
    found = Shipped.objects.filter(shipment=shipment, **{f"{key}__in": back.values("pk")})
    lines = found.select_related(f"{key}__person", f"{key}__unit")
    return [{"row": getattr(line, key), "day": day_of(getattr(line, key)), "answer": line.answer} for line in lines]


def day_of(row: Hours | Award | Evaluation) -> date:
    """The day that a record is about."""
    if isinstance(row, Hours):
        return timezone.localdate(row.came)
    return row.granted_on if isinstance(row, Award) else row.on


def sent_ids(shipment: Shipment) -> list[UUID]:
    _model, key = RECORDS[shipment.sheet]
    return list(Shipped.objects.filter(shipment=shipment).values_list(f"{key}_id", flat=True))


def people_by_number(unit: Place) -> dict[str, Person]:
    """The unit's volunteers by their number."""
    found = Person.objects.filter(memberships__place=unit).exclude(volunteer=None).select_related("volunteer").distinct()
    return {person.volunteer.number.upper(): person for person in found}


Known = tuple[UUID | None, str, date, date]


def known_transfers(unit: Place) -> set[Known]:
    """Whose, from where and which days came in already: as they stand, and as they were called before two people put them right."""
    rows = Transfer.objects.filter(unit=unit, struck=False).exclude(state=Transfer.State.REFUSED)
    found: set[Known] = set(rows.values_list("person_id", "source", "start", "end"))
    before = Amendment.objects.filter(transfer__in=rows, state=Correction.State.APPROVED).values_list("transfer__person_id", "was")
    for person_id, was in before:
        if was:
            found.add((person_id, str(was["source"]), date.fromisoformat(was["start"]), date.fromisoformat(was["end"])))
    return found


def waiting_batches(found: QuerySet[Transfer]) -> list[dict[str, object]]:
    """Files that wait for a second person, one line each."""
    rows: dict[UUID, dict[str, object]] = {}
    for row in found.filter(state=Transfer.State.WAITS).order_by("at", "pk"):
        line = rows.setdefault(
            row.batch, {"batch": row.batch, "unit": row.unit, "by": row.entered_by, "at": row.at, "count": 0, "tenths": 0}
        )
        line["count"], line["tenths"] = int(str(line["count"])) + 1, int(str(line["tenths"])) + row.tenths
    return list(rows.values())


def transferred(person: Person | None) -> list[Transfer]:
    """Earlier hours that were taken in: always shown apart from what was witnessed here."""
    return (
        list(Transfer.objects.filter(person=person, state=Transfer.State.TAKEN).select_related("unit").order_by("start", "pk"))
        if person
        else []
    )


def transferred_tenths(person: Person | None, unit: Place | None = None) -> int:
    rows = Transfer.objects.filter(person=person, state=Transfer.State.TAKEN) if person else Transfer.objects.none()
    return int((rows.filter(unit=unit) if unit else rows).aggregate(sum=Coalesce(Sum("tenths"), 0))["sum"])


def own_requests(person: Person) -> list[DataRequest]:
    return list(DataRequest.objects.filter(person=person).select_related("place", "answered_by").order_by("-asked_at"))


def open_requests(found: QuerySet[DataRequest]) -> list[DataRequest]:
    return list(found.filter(state=DataRequest.State.OPEN).order_by("due_on", "asked_at", "pk"))


def asked_in_place(person: Person) -> Coalesce:
    """Beside each place: how many open requests there wait for this person's answer."""
    found = DataRequest.objects.filter(place=OuterRef("pk"), state=DataRequest.State.OPEN).exclude(
        Q(person=person) & Q(person__isnull=False)
    )
    return Coalesce(Subquery(found.order_by().values("place").annotate(n=Count("pk")).values("n")), 0)


def is_late(request: DataRequest) -> bool:
    return request.state == DataRequest.State.OPEN and request.due_on < today()


def own_place(person: Person) -> Place | None:
    """Who answers: the community where the person lives, else where they help; None for who belongs to neither."""
    if person.household is not None:
        return person.household.community
    held = person.memberships.on(today()).select_related("place").first()
    return held.place if held else None
