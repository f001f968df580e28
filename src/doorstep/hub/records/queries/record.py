"""A volunteer's record in the five blocks of the national rules, with the star it reaches and what the next one lacks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Sum, Value, When, prefetch_related_objects
from django.db.models.functions import ExtractYear
from django.utils import timezone

from doorstep.hub.journal.models import Notice
from doorstep.hub.people.models import Credential, Person, Place, Role, VolunteerProfile
from doorstep.hub.people.queries import today

from .. import book
from ..models import STANDING, Amendment, Award, Correction, Evaluation, Grade, Hours, HoursState, StarAward, Transfer
from ..telling import NEWS, news_sentence, refusal_sentences
from .amending import Kept, amendments_of
from .stars import district_above, stars_of

SHOWN_NEWS = 5
#: So many presences stand on a page.
SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One presence as its page shows it."""

    hours: Hours
    corrections: Sequence[Correction]

    @property
    def why(self) -> list[str]:
        return refusal_sentences(self.hours.refusals)

    @property
    def asks(self) -> bool:
        """Whether its owner's word is awaited."""
        return self.hours.state == HoursState.RECORDED

    @property
    def may_dispute(self) -> bool:
        return self.hours.state in (HoursState.RECORDED, HoursState.VERIFIED) or bool(self.hours.answer)

    @property
    def open_correction(self) -> Correction | None:
        return next((one for one in self.corrections if one.state == Correction.State.PROPOSED), None)

    @property
    def version_key(self) -> str:
        """Which hours, and which version of them was read."""
        return f"{self.hours.pk}:{self.hours.version}"


@dataclass(frozen=True)
class Month:
    """What a page shows of a month, folded under its name."""

    begins: date
    lines: Sequence[Line]

    @property
    def tenths(self) -> int:
        return sum(line.hours.tenths for line in self.lines if line.hours.stands)


@dataclass(frozen=True)
class Year:
    year: int
    service: int
    training: int


@dataclass(frozen=True)
class Star:
    """star: 0 to 5 · tenths: what counts · lacks: what the next star asks for, by name."""

    star: int
    tenths: int
    next_hours: int
    lacks: dict[str, int]
    scheme: str
    granted: StarAward | None = None
    notice: StarAward | None = None

    @property
    def soon(self) -> bool:
        """Reached, and neither granted nor announced yet."""
        return self.star > max(self.granted.star if self.granted else 0, self.notice.star if self.notice else 0)

    @property
    def share(self) -> int:
        """How far the hours are on the way to the next star, in percent."""
        return min(100, self.tenths * 10 // max(1, self.next_hours)) if self.next_hours else 100


@dataclass(frozen=True)
class Basic:
    """The first block: who it is, where from, what this person can do."""

    person: Person
    profile: VolunteerProfile | None
    skills: Sequence[Credential]
    home: Place | None
    lives_in: str


@dataclass(frozen=True)
class Record:
    basic: Basic
    year: int | None
    years: Sequence[Year]
    service: Sequence[Line]
    training: Sequence[Line]
    awards: Sequence[Award]
    evaluations: Sequence[Evaluation]
    grades: Sequence[tuple[str, str, int]]
    star: Star
    transferred: int
    asked: int
    page: int
    more: bool
    news: Sequence[str] = field(default_factory=list)
    transfers: Sequence[Transfer] = ()
    amendments: Mapping[UUID, Sequence[Amendment]] = field(default_factory=dict)

    @property
    def kept_awards(self) -> list[Kept]:
        return self._kept(self.awards)

    @property
    def kept_evaluations(self) -> list[Kept]:
        return self._kept(self.evaluations)

    @property
    def kept_transfers(self) -> list[Kept]:
        return self._kept(self.transfers)

    def _kept(self, rows: Iterable[Award | Evaluation | Transfer]) -> list[Kept]:
        return [Kept(row, self.amendments.get(row.pk, ())) for row in rows]

    @property
    def counted(self) -> list[Evaluation]:
        """Evaluations that stand: two people may have found that one should not be there."""
        return [one for one in self.evaluations if not one.struck]

    @property
    def waiting(self) -> list[Line]:
        """The last one first, whatever it was."""
        asking = [line for line in (*self.service, *self.training) if line.asks]
        return sorted(asking, key=lambda line: line.hours.came, reverse=True)

    @property
    def waiting_by_month(self) -> list[Month]:
        return _months(self.waiting)

    @property
    def service_by_month(self) -> list[Month]:
        return _months(line for line in self.service if not line.asks)

    @property
    def training_by_month(self) -> list[Month]:
        return _months(line for line in self.training if not line.asks)

    @property
    def tenths(self) -> int:
        return sum(tenths for _grade, _words, tenths in self.grades)

    @property
    def learned(self) -> int:
        return sum(one.training for one in self.years if self.year in (None, one.year))

    @property
    def mean(self) -> str:
        ratings = [one.rating for one in self.counted]
        return f"{sum(ratings) / len(ratings):.1f}" if ratings else ""


def _months(lines: Iterable[Line]) -> list[Month]:
    """As they stand, which is the last one first."""
    together = groupby(lines, key=lambda line: timezone.localtime(line.hours.came).date().replace(day=1))
    return [Month(begins, list(found)) for begins, found in together]


def record_of(person: Person, hours: QuerySet[Hours], units: Iterable[UUID] | None, year: int | None, page: int = 1) -> Record:
    """Everything of a person among these hours, a page of them; awards and evaluations of these units alone, or of all."""
    every, told = hours.filter(person=person), {} if units is None else {"unit__in": units}
    taken = person.transfers.filter(**told).exclude(entry=None)
    # Of nothing taken over the database still gives a row, with a sum of nothing.
    sums = [row for row in _by_grade(every.filter(state__in=STANDING)).union(_moved(taken), all=True) if row[3] is not None]
    years = _years(sums)
    shown = year if year is None or any(one.year == year for one in years) else (years[0].year if years else None)
    asks_first = Case(When(state=HoursState.RECORDED, then=0), default=1)
    wanted = _with_people(every if shown is None else every.filter(came__year=shown)).order_by(asks_first, "-came", "pk")
    found = _lines(wanted[(page - 1) * SHOWN : page * SHOWN + 1])
    lines = found[:SHOWN]
    awards = list(Award.objects.filter(person=person, **told).select_related("unit"))
    evaluations = list(Evaluation.objects.filter(person=person, **told).select_related("by", "unit", "hours"))
    transfers = list(taken.select_related("unit").order_by("-start", "pk")) if any(block == MOVED for _y, block, _g, _t, _a in sums) else []
    transferred = sum(tenths for _year, block, _grade, tenths, _asks in sums if block == MOVED)
    basic = _basic(person)
    return Record(
        basic=basic, year=shown, years=years, service=[line for line in lines if line.hours.block != "training"],
        training=[line for line in lines if line.hours.block == "training"], awards=awards, evaluations=evaluations,
        grades=_grades(sums, shown), transferred=transferred, page=page, more=len(found) > SHOWN,
        asked=sum(asks for one_year, _block, _grade, _tenths, asks in sums if shown in (None, one_year)),
        star=_star(person, basic.home, sums, transferred, [one.rating for one in evaluations if not one.struck]),
        transfers=transfers, amendments=amendments_of(person) if awards or evaluations or transfers or years else {},
    )  # fmt: skip


Sums = Sequence[tuple[int, str, str, int, int]]
#: Stands for the block of hours that were taken over from elsewhere: they are shown apart.
MOVED = "moved"


def _by_grade(hours: QuerySet[Hours]) -> QuerySet[Hours, tuple[Any, ...]]:
    found = hours.annotate(year=ExtractYear("came")).order_by()
    return found.values_list("year", "block", "grade").annotate(sum=Sum("tenths"), asks=Count("pk", filter=Q(state=HoursState.RECORDED)))


def _moved(transfers: QuerySet[Transfer]) -> QuerySet[Transfer, tuple[Any, ...]]:
    """Of the same shape, so that one question asks for both."""
    said = transfers.annotate(year=Value(0), block=Value(MOVED), grade=Value(str(Grade.TRANSFERRED)))
    return said.order_by().values_list("year", "block", "grade").annotate(sum=Sum("tenths"), asks=Value(0))


def _years(sums: Sums) -> list[Year]:
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for year, block, _grade, tenths, _asks in sums:
        if block != MOVED:
            found[year][block] += tenths
    return [Year(year, blocks["service"], blocks["training"]) for year, blocks in sorted(found.items(), reverse=True)]


def _grades(sums: Sums, shown: int | None) -> list[tuple[str, str, int]]:
    """Tenths of service by grade of evidence, the best first, with the grade in plain words."""
    found: dict[str, int] = defaultdict(int)
    for year, block, grade, tenths, _asks in sums:
        if block == "service" and shown in (None, year):
            found[grade] += tenths
    return [(grade.value, str(grade.label), found[grade.value]) for grade in Grade if found.get(grade.value)]


def _star(person: Person, home: Place | None, sums: Sums, transferred: int, ratings: Sequence[int]) -> Star:
    adopted = book.adopted_stars()
    scheme = book.stars_on(today(), district_above(home) if home and adopted else "", adopted)
    tenths: dict[str, int] = defaultdict(int)
    for _year, block, grade, count, _asks in sums:
        if block == "service" and grade:
            tenths[grade] += count
    if transferred:
        tenths["transferred"] += transferred
    standing = book.star_of(scheme, tenths, ratings)
    following = next((level.hours for level in scheme.levels if level.star == standing.star + 1), 0)
    held = stars_of(person)
    return Star(standing.star, standing.tenths, following, dict(standing.lacks), scheme.name, held.granted, held.notice)


def _with_people(hours: QuerySet[Hours]) -> QuerySet[Hours]:
    corrections = Prefetch("corrections", Correction.objects.select_related("proposed_by", "decided_by"))
    rows = hours.select_related(
        "unit", "slot__lead", "slot__category", "approved_by", "confirmed_by", "led_by", "entered_by", "parent", "person", "training"
    )
    return rows.prefetch_related(corrections)


def _lines(rows: QuerySet[Hours]) -> list[Line]:
    return [Line(row, list(row.corrections.all())) for row in rows]


def _basic(person: Person) -> Basic:
    profile = getattr(person, "volunteer", None)
    if profile is not None:
        prefetch_related_objects([profile], "categories")
    skills = list(Credential.objects.in_force(today()).filter(person=person).select_related("skill"))
    held = person.memberships.on(today()).helping().select_related("place__parent__parent").order_by("since").first()
    return Basic(person, profile, skills, held.place if held else None, person.lives_in)


def lines_of(hours: Hours) -> Line:
    """One presence with its corrections."""
    return _lines(_with_people(Hours.objects.filter(pk=hours.pk)))[0]


def news_for(person: Person) -> list[str]:
    """What was told about the own record and not read yet; a title twice is said once."""
    unread = Notice.objects.to_person(person.pk).exclude(state=Notice.State.READ).filter(kind__in=list(NEWS))
    return list(dict.fromkeys(news_sentence(notice.kind, notice.numbers) for notice in unread.exclude(kind="hours_recorded")[:SHOWN_NEWS]))


def this_year() -> int:
    return today().year


def page_asked(text: str) -> int:
    return min(1000, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def year_asked(text: str) -> int | None:
    """The year that an address names; "all" is None, anything else this year."""
    if text == "all":
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year()


def helps_somewhere(person: Person) -> bool:
    """Goes out to people: as a volunteer, as a professional one, or as property staff beside them."""
    return person.memberships.on(today()).filter(role__in=(Role.VOLUNTEER, Role.SPECIALIST, Role.PROPERTY)).exists()


def hours_in(units: Iterable[UUID]) -> QuerySet[Hours]:
    return Hours.objects.filter(unit__in=units)


def own_hours(person: Person) -> QuerySet[Hours]:
    return Hours.objects.filter(person=person)
