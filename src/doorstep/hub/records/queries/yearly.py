"""The yearly report on records and certificates that Order 67, Article 18 asks for; counts of people below five are not written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from doorstep.hub.people.models import Place
from doorstep.hub.people.queries import today
from doorstep.hub.web.suppression import FEW, LEAST, Figure, figure, guarded_list

from ..models import Anomaly, Certificate, Correction, DataRequest, Grade, Hours, HoursState, SyncState, Transfer, YearlyReport
from ..telling import hours_text
from .moving import below

#: Among so many one of a hundred is five and more.
SHARE_TELLS_NOTHING = 500


def written(count: Figure) -> str:
    """A count as it may be written, or the word for why it is not."""
    if count.count is not None:
        return f"{count.count:,}"
    return _("少于 5") if count.hidden == FEW else _("不单列")


@dataclass(frozen=True)
class UnitLine:
    """A community's year; where its people are too few, its hours are not written either."""

    name: str
    people: str
    times: str
    hours: str


@dataclass(frozen=True)
class Yearly:
    """The whole report: sentences in order under their headings, and the table of units."""

    year: int
    total: dict[str, str]
    grades: list[tuple[str, str, str]]
    parts: list[tuple[str, list[tuple[str, str]]]]
    units: list[UnitLine]


def years_recorded(district: Place) -> list[int]:
    found = Hours.objects.standing().filter(_inside(district)).aggregate(first=Min("came"), last=Max("came"))
    if found["first"] is None:
        return []
    # Years as they are counted: before eight in the morning of 1 January the year is still the old one elsewhere.
    first, last = (timezone.localdate(found[end]).year for end in ("first", "last"))
    return list(range(last, first - 1, -1))


def yearly(district: Place, year: int) -> Yearly:
    rows = _rows(district, year)
    kept, sums, served = _walked(rows)
    times, tenths = (sum(one[part] for one in sums.values()) for part in (0, 1))
    people = len({person for _unit, person, *_rest in served} - {None})
    units = _units(served)
    total = {"people": written(figure(people)), "times": f"{times:,}", "hours": hours_text(tenths), "units": str(len(units))}
    grades = _grades(sums, served, tenths)
    return Yearly(year, total, grades, [*_recording(kept, district, year), *_watched(district, year)], units)


def _grades(sums: dict[str, tuple[int, int]], served: "Served", whole: int) -> list[tuple[str, str, str]]:
    """Hours by grade; where fewer than five people stand behind one, and where another would give it away, they are not written."""
    kept = [(grade, str(label)) for grade, label in Grade.choices if grade in sums]
    behind = [_standing_behind({person for _unit, person, one, *_rest in served if one == grade}) for grade, _label in kept]
    figures, _total = guarded_list(behind)
    return [
        (label, hours_text(sums[grade][1]), f"{_percent(sums[grade][1], whole)}%") if people.count is not None else (label, _("不单列"), "")
        for people, (grade, label) in zip(figures, kept, strict=True)
    ]


def _standing_behind(people: Iterable[UUID | None]) -> int:
    """Who was forgotten is nobody any more; hours that are nobody's were those of few."""
    return len(set(people) - {None}) or 1


def few(people: int, words: str) -> str:
    """A sum that stands for people is written only where there are enough of them."""
    return _("不单列") if 0 < people < LEAST else words


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


Served = Sequence[tuple[UUID, UUID | None, str, int, int]]


def _units(served: Served) -> list[UnitLine]:
    sums: dict[UUID, list[int]] = {}
    people_of: dict[UUID, set[UUID]] = {}
    for unit, person, _grade, times, tenths in served:
        one = sums.setdefault(unit, [0, 0, 0])
        # Who was forgotten is nobody any more: the hours stay, the person is not counted.
        people_of.setdefault(unit, set()).update({person} - {None})  # type: ignore[arg-type]
        one[0] = len(people_of[unit])
        one[1] += times
        one[2] += tenths
    places = Place.objects.in_bulk(list(sums))
    found = sorted(sums.items(), key=lambda row: (places[row[0]].code, places[row[0]].name))
    figures, _whole = guarded_list([people or 1 for _unit, (people, _times, _tenths) in found])
    return [
        UnitLine(
            places[unit].short_name,
            written(people) if people_of[unit] else _("不单列"),
            f"{times:,}" if people.count is not None else _("不单列"),
            hours_text(tenths) if people.count is not None else _("不单列"),
        )
        for people, (unit, (_people, times, tenths)) in zip(figures, found, strict=True)
    ]


def _walked(rows: QuerySet[Hours]) -> tuple[dict[str, int], dict[str, tuple[int, int]], Served]:
    """One walk over the year: how its records were kept, times and tenths of service by grade, and who served where."""
    counts = {
        "all": Count("pk"),
        # The day of a moment costs a call a row: only where the moment itself does not tell.
        "intime": Count("pk", filter=Q(recorded_at__lt=F("due_on")) | Q(recorded_at__date__lte=F("due_on"))),
        "verified": Count("pk", filter=Q(state=HoursState.VERIFIED)), "disputed": Count("pk", filter=Q(state=HoursState.DISPUTED)),
        "synced": Count("pk", filter=Q(sync=SyncState.SYNCED)), "sent": Count("pk", filter=Q(sync=SyncState.EXPORTED)),
        "returned": Count("pk", filter=Q(sync=SyncState.RETURNED)),
        # Where two people have said that nothing was served the record stands, and was no visit.
        "times": Count("pk", filter=Q(tenths__gt=0)),
    }  # fmt: skip
    found = rows.values_list("unit", "person", "grade", "block").annotate(sum=Sum("tenths"), **counts).order_by()
    kept, sums, served = dict.fromkeys([*counts, "training", "trained"], 0), dict[str, tuple[int, int]](), []
    trained = set()
    for unit, person, grade, block, tenths, *numbers in found:
        for name, number in zip(counts, numbers, strict=True):
            kept[name] += number
        happened = numbers[-1]
        if not happened:
            continue
        if block == "training":
            kept["training"] += tenths
            trained.add(person)
        elif block == "service":
            times, all_tenths = sums.get(grade, (0, 0))
            sums[grade] = (times + happened, all_tenths + tenths)
            served.append((unit, person, grade, happened, tenths))
    kept["trained"] = len(trained - {None})
    return kept, sums, served


def _in_time(intime: int, whole: int) -> str:
    """How many of all, and the share; where the rest are few, the share alone, and only among so many that it does not tell them."""
    (kept, _late), total = guarded_list([intime, whole - intime])
    if kept.count is not None and total.count is not None:
        return f"{kept.count:,} / {total.count:,}（{_percent(intime, whole)}%）"
    return f"{_percent(intime, whole)}%" if whole >= SHARE_TELLS_NOTHING else _("不单列")


def _sent(counted: dict[str, int]) -> str:
    """What the national system took, has and sent back; what was never sent is the rest, which is not written."""
    kinds = [counted["synced"], counted["sent"], counted["returned"]]
    figures, _whole = guarded_list([*kinds, counted["all"] - sum(kinds)])
    return " · ".join(written(one) for one in figures[:3])


def _recording(counted: dict[str, int], district: Place, year: int) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """How records were kept: in time, checked by their owners, corrected; and which certificates went out."""
    # By the year alone, which begins at the few corrections; with the units the database would begin at all the hours.
    here = set(below(district).values_list("pk", flat=True))
    said = Correction.objects.filter(hours__came__year=year).values_list("state", "hours__unit")
    corrections = Counter(state for state, unit in said if unit in here)
    transferred = (
        Transfer.objects.filter(_inside(district), state=Transfer.State.TAKEN, decided_at__year=year)
        .order_by()
        .aggregate(sum=Sum("tenths"), people=Count("person", distinct=True))
    )
    yield (
        _("记录"),
        [
            (_("活动结束十个工作日以内记好的"), _in_time(counted["intime"], counted["all"])),
            (_("本人核对过的"), written(figure(counted["verified"]))),
            (_("本人有异议、还没了结的"), written(figure(counted["disputed"]))),
            (_("两个人更正过的"), written(figure(corrections[Correction.State.APPROVED]))),
            (_("提了更正、没有批的"), written(figure(corrections[Correction.State.REFUSED]))),
            (_("培训（单独记，小时）"), few(counted["trained"], hours_text(counted["training"]))),
            (_("从别处转来、本处没有核过（小时）"), few(transferred["people"], hours_text(transferred["sum"] or 0))),
            (_("全国系统已收录、等收录、被退回"), _sent(counted)),
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


def frozen(district: Place, year: int) -> dict[str, Any]:
    """The whole report as it stands now, in each language of the pages: what is published never changes by itself."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = asdict(yearly(district, year)) | {"district": district.name, "day": today().isoformat()}
    return found


def published_in(district: Place) -> list[YearlyReport]:
    """What stands published now, the newest year first."""
    return list(YearlyReport.objects.filter(district=district, withdrawn_at=None).select_related("published_by"))


def told_in(report: YearlyReport) -> dict[str, Any]:
    """The figures in the reader's language."""
    found: dict[str, Any] = report.figures.get(get_language() or "") or report.figures[settings.LANGUAGE_CODE]
    return found


def served_in(district: Place, year: int) -> int:
    """How many people served in a year."""
    return _rows(district, year).filter(block="service", tenths__gt=0).order_by().aggregate(n=Count("person", distinct=True))["n"] or 0
