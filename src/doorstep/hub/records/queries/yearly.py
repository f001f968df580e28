"""The yearly report on records and certificates that Order 67, Article 18 asks for; counts of people below five are not written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import today
from doorstep.hub.web.suppression import FEW, Figure, figure, guarded_list

from ..models import Anomaly, Certificate, Correction, DataRequest, Grade, Hours, HoursState, SyncState, Transfer
from ..telling import hours_text
from .moving import below


def written(count: Figure) -> str:
    """A count as it may be written, or the word for why it is not."""
    if count.count is not None:
        return f"{count.count:,}"
    return _("少于 5") if count.hidden == FEW else _("不单列")


@dataclass(frozen=True)
class UnitLine:
    """A community's year; where its people are too few, its hours are not written either."""

    unit: Place
    people: str
    times: str
    hours: str


@dataclass(frozen=True)
class Yearly:
    """The whole report: sentences in order under their headings, and the table of units."""

    year: int
    total: dict[str, str]
    grades: list[tuple[str, str, int]]
    parts: list[tuple[str, list[tuple[str, str]]]]
    units: list[UnitLine]


def years_recorded(district: Place) -> list[int]:
    found = Hours.objects.standing().filter(_inside(district)).aggregate(first=Min("came"), last=Max("came"))
    if found["first"] is None:
        return []
    return list(range(found["last"].year, found["first"].year - 1, -1))


def yearly(district: Place, year: int) -> Yearly:
    rows = _rows(district, year)
    service = rows.filter(block="service")
    sums = {
        grade: (times, tenths)
        for grade, times, tenths in service.values_list("grade").annotate(n=Count("pk"), sum=Sum("tenths")).order_by()
    }
    times, tenths = (sum(one[part] for one in sums.values()) for part in (0, 1))
    kept = _counted(rows)
    units = _units(service)
    total = {"people": written(figure(kept["people"])), "times": f"{times:,}", "hours": hours_text(tenths), "units": str(len(units))}
    grades = [(str(label), hours_text(sums[grade][1]), _percent(sums[grade][1], tenths)) for grade, label in Grade.choices if grade in sums]
    return Yearly(year, total, grades, [*_recording(kept, district, year), *_watched(district, year)], units)


def _inside(district: Place) -> Q:
    """What units of the district recorded, those that ended too."""
    return Q(unit__in=below(district))


def _rows(district: Place, year: int) -> QuerySet[Hours]:
    return Hours.objects.standing().filter(_inside(district), came__year=year)


def _percent(part: int, whole: int) -> int:
    """Never all or nothing where it is not."""
    if part in (0, whole):
        return 100 if part else 0
    return min(99, max(1, round(100 * part / whole)))


def _units(service: QuerySet[Hours]) -> list[UnitLine]:
    found = list(
        service.values_list("unit").annotate(people=Count("person", distinct=True), times=Count("pk"), sum=Sum("tenths")).order_by()
    )
    places = Place.objects.in_bulk([row[0] for row in found])
    found.sort(key=lambda row: (places[row[0]].code, places[row[0]].name))
    figures, _whole = guarded_list([row[1] for row in found])
    return [
        UnitLine(
            places[unit],
            written(people),
            f"{times:,}" if people.count is not None else _("不单列"),
            hours_text(tenths) if people.count is not None else _("不单列"),
        )
        for people, (unit, _people, times, tenths) in zip(figures, found, strict=True)
    ]


def _counted(rows: QuerySet[Hours]) -> dict[str, int]:
    """All that one look at the hours of a year tells."""
    return rows.aggregate(
        people=Count("person", distinct=True, filter=Q(block="service")), all=Count("pk"),
        # The day of a moment costs a call a row: only where the moment itself does not tell.
        intime=Count("pk", filter=Q(recorded_at__lt=F("due_on")) | Q(recorded_at__date__lte=F("due_on"))), verified=Count("pk", filter=Q(state=HoursState.VERIFIED)),
        disputed=Count("pk", filter=Q(state=HoursState.DISPUTED)), training=Sum("tenths", filter=Q(block="training")),
        synced=Count("pk", filter=Q(sync=SyncState.SYNCED)), sent=Count("pk", filter=Q(sync=SyncState.EXPORTED)),
        returned=Count("pk", filter=Q(sync=SyncState.RETURNED)),
    )  # fmt: skip


def _recording(counted: dict[str, int], district: Place, year: int) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """How records were kept: in time, checked by their owners, corrected; and which certificates went out."""
    corrections = Counter(
        Correction.objects.filter(hours__unit__in=below(district), hours__came__year=year).values_list("state", flat=True)
    )
    transferred = (
        Transfer.objects.filter(_inside(district), state=Transfer.State.TAKEN, decided_at__year=year).aggregate(sum=Sum("tenths"))["sum"]
        or 0
    )
    yield (
        _("记录"),
        [
            (
                _("活动结束十个工作日以内记好的"),
                f"{counted['intime']:,} / {counted['all']:,}（{_percent(counted['intime'], counted['all'])}%）",
            ),
            (_("本人核对过的"), f"{counted['verified']:,}"),
            (_("本人有异议、还没了结的"), written(figure(counted["disputed"]))),
            (_("两个人更正过的"), written(figure(corrections[Correction.State.APPROVED]))),
            (_("提了更正、没有批的"), written(figure(corrections[Correction.State.REFUSED]))),
            (_("培训（单独记，小时）"), hours_text(counted["training"] or 0)),
            (_("从别处转来、本处没有核过（小时）"), hours_text(transferred)),
            (_("全国系统已收录、等收录、被退回"), f"{counted['synced']:,} · {counted['sent']:,} · {counted['returned']:,}"),
        ],
    )
    issued = Certificate.objects.filter(_inside(district)).aggregate(
        issued=Count("pk", filter=Q(issued_at__year=year)), revoked=Count("pk", filter=Q(revoked_at__year=year))
    )
    yield (
        _("证明"),
        [
            (_("开出的（一律免费）"), written(figure(issued["issued"]))),
            (_("撤销的"), written(figure(issued["revoked"]))),
        ],
    )


def _watched(district: Place, year: int) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """What was looked into, and what people asked of their data."""
    looked = Counter(Anomaly.objects.filter(_inside(district), found_at__year=year).values_list("state", flat=True))
    asked = DataRequest.objects.filter(place__in=below(district), asked_at__year=year)
    late = Q(answered_at__date__gt=F("due_on")) | Q(answered_at=None, due_on__lt=today())
    states = asked.aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in DataRequest.State.values}, late=Count("pk", filter=late)
    )
    yield (
        _("监督"),
        [
            (_("觉得奇怪、去查过没有问题的"), written(figure(looked[Anomaly.State.SOUND]))),
            (_("查出有问题、已处理的"), written(figure(looked[Anomaly.State.WRONG]))),
            (_("还没查的"), written(figure(looked[Anomaly.State.OPEN]))),
        ],
    )
    yield (
        _("个人要求看、改、带走、删除资料"),
        [
            (_("办好的"), written(figure(states[DataRequest.State.DONE]))),
            (_("没有办、写了理由的"), written(figure(states[DataRequest.State.REFUSED]))),
            (_("在办的"), written(figure(states[DataRequest.State.OPEN]))),
            (_("超过期限的"), written(figure(states["late"]))),
        ],
    )
