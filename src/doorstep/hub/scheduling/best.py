"""The best people to ask for a seat: who fits, and who is one step away from it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Clearance, Credential, Membership, Person, Place, SpokenLanguage, VolunteerProfile
from doorstep.hub.people.models.person import HELPING
from doorstep.hub.web.templatetags.doorstep import minute_clock

from .board import SlotLine
from .models import ACTIVE, Exclusion, Offer, OfferState, Refusal, Rhythm, Seat, Slot
from .queries import WISH, Stretches, free_time
from .travel import metres_between, minutes_between

#: Who lives farther away than this, as the crow flies, is not looked at.
LOOK_M = 4000.0
#: So many of the nearest are looked at closely.
LOOKED_AT = 80
STEP = timedelta(minutes=15)
#: A proof that ran out so lately may only want renewing.
LATELY = timedelta(days=90)


@dataclass(frozen=True)
class Short:
    """The one thing that keeps a person from the seat, and its numbers; the page makes the sentence."""

    code: str
    at: date | datetime | None = None
    number: float = 0.0
    words: str = ""
    over: float = 0.0
    #: What is wanted here and what is promised already, in minutes.
    wanted: int = 0
    booked: int = 0
    #: Whether asking may still help: a full week may be stretched by the person, a missing proof may not.
    may_ask: bool = True

    @property
    def size(self) -> float:
        """How large the step is, in points of the plan's score: an hour that was not painted, a kilometre beyond the reach."""
        sizes = {"not_free": 20 * min(5.0, self.number / 60), "reach": 100 * self.over, "visits": 50.0, "minutes": 50.0}
        return sizes.get(self.code, 0.0)


@dataclass
class Candidate:
    """One person who could take the seat, with what speaks for it and what is missing."""

    person: Person
    profile: VolunteerProfile
    place: Place | None
    start: datetime
    metres: float
    minutes: int
    evidence: str = ""
    cleared: bool = False
    times_here: int = 0
    times_kind: int = 0
    prefers: bool = False
    wishes: bool = False
    is_ours: bool = False
    visits: int = 0
    shorts: list[Short] = field(default_factory=list)

    @property
    def short(self) -> Short | None:
        return self.shorts[0] if self.shorts else None

    @property
    def may_ask(self) -> bool:
        return all(short.may_ask for short in self.shorts)

    @property
    def rank(self) -> tuple[float, ...]:
        """Who fits comes first; then known faces, the near, the little used: the plan's own score, less what asking in vain costs."""
        worth = (
            60 * self.wishes
            + 40 * min(1, self.times_here)
            + 5 * self.prefers
            + 2 * min(5, self.times_kind)
            - self.metres / 100
            - 4 * self.visits
        )
        return (len(self.shorts), not self.may_ask, sum(short.size for short in self.shorts) - worth)

    def reasons(self) -> list[dict[str, object]]:
        """What the person will read when asked: the same codes as a plan's."""
        codes: list[dict[str, object]] = [{"code": "chosen_by_social_worker"}]
        if self.times_here:
            codes.append({"code": "familiar", "times": self.times_here})
        if self.wishes:
            codes.insert(0, {"code": "wished"})
        return codes


def _skill(seat: Seat, day: date) -> dict[str, Any]:
    """The person's credential for the seat's skill: level, end and evidence, in date or ended lately."""
    held = Credential.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=day - LATELY), person=OuterRef("person_id"), skill=seat.skill_id, revoked_on=None,
        verified_on__lte=day, level__gte=seat.level,
    )  # fmt: skip
    return {f"held_{name}": Subquery(held.values(name)[:1]) for name in ("level", "expires_on", "evidence")}


def _flags(slot: Slot, seat: Seat, day: date) -> dict[str, Any]:
    who = OuterRef("person_id")
    clear = Clearance.objects.filter(person=who, passed=True, checked_on__lte=day).order_by("-expires_on").values("expires_on")[:1]
    here = (
        Membership.objects.on(day)
        .filter(person=who, role__in=HELPING)
        .order_by(Case(When(place=slot.place_id, then=0), default=1), "since")
    )
    served = Offer.objects.filter(person=who, state=OfferState.SERVED)
    home = served.filter(slot__household=slot.household_id) if slot.household_id else served.none()
    return {
        "clear_until": Subquery(clear),
        "at_place": Subquery(here.values("place__name")[:1]),
        "is_ours": Exists(Membership.objects.on(day).filter(person=who, role__in=HELPING, place=slot.place_id)),
        "times_here": _count(home),
        "times_kind": _count(served.filter(slot__category=slot.category_id, slot__week__gte=slot.week - timedelta(days=182))),
        "prefers": Exists(
            VolunteerProfile.categories.through.objects.filter(volunteerprofile=OuterRef("pk"), servicecategory=slot.category_id)
        ),
        "wishes": Case(When(person_id__in=_wishing(slot), then=Value(True)), default=Value(False)),
        **(_skill(seat, day) if seat.skill_id else {}),
    }


def _wishing(slot: Slot) -> Any:
    """Who said of their own accord that they would go."""
    return Entry.objects.filter(verb=WISH, subject_type="scheduling.slot", subject_id=str(slot.pk)).values("actor_id")


def _count(rows: QuerySet[Offer]) -> Any:
    return Coalesce(Subquery(rows.order_by().values("person").annotate(n=Count("pk")).values("n")), Value(0))


def _nearest(slot: Slot, seat: Seat, day: date) -> QuerySet[VolunteerProfile]:
    """The ids of those who are worth a closer look: never ruled out, grown up, of the wanted kind, known here or near."""
    north, east = LOOK_M / 111_200, LOOK_M / (111_200 * max(0.1, cos(radians(slot.lat))))
    known = Offer.objects.filter(state=OfferState.SERVED, slot__household=slot.household_id).values("person_id")
    is_known = Q(person_id__in=_wishing(slot))
    if slot.household_id:
        is_known |= Q(person_id__in=known)
    near = Q(lat__range=(slot.lat - north, slot.lat + north), lon__range=(slot.lon - east, slot.lon + east))
    roles = (seat.role,) if seat.role else HELPING
    found = VolunteerProfile.objects.filter(
        is_known | near,
        Q(person__birth_date=None) | Q(person__birth_date__lte=_years_before(day, 18)),
        offers_welcome=True,
        person_id__in=Membership.objects.on(day).filter(role__in=roles).values("person_id"),
    )
    found = found.exclude(person_id__in=Refusal.objects.filter(slot=slot).values("person_id"))
    if slot.household_id:
        found = found.exclude(person_id__in=Exclusion.objects.filter(household=slot.household_id).values("person_id"))
    # Who sits on another seat of it already, and who has said no to it: nobody is asked twice.
    over = Offer.objects.filter(slot=slot, state__in=(*ACTIVE, OfferState.DECLINED, OfferState.CANNOT_COME)).values("person_id")
    found = found.exclude(person_id__in=over)
    if seat.gender:
        found = found.filter(person__gender=seat.gender)
    if seat.language:
        found = found.filter(person_id__in=SpokenLanguage.objects.filter(code=seat.language).values("person_id"))
    found = _proven(found, slot, seat, day)
    away = (F("lat") - slot.lat) * (F("lat") - slot.lat) + (F("lon") - slot.lon) * (F("lon") - slot.lon) * cos(radians(slot.lat)) ** 2
    first = Case(When(is_known, then=Value(0.0)), default=Value(1.0), output_field=FloatField())
    return found.annotate(first=first, away=away).order_by("first", "away")


def _proven(found: QuerySet[VolunteerProfile], slot: Slot, seat: Seat, day: date) -> QuerySet[VolunteerProfile]:
    """Those who hold the wanted proofs, or held them until lately."""
    if seat.skill_id:
        held = Credential.objects.filter(skill=seat.skill_id, level__gte=seat.level, revoked_on=None, verified_on__lte=day)
        found = found.filter(person_id__in=held.filter(Q(expires_on=None) | Q(expires_on__gte=day - LATELY)).values("person_id"))
    if slot.minor:
        clear = Clearance.objects.filter(passed=True, checked_on__lte=day, expires_on__gte=day - LATELY)
        found = found.filter(person_id__in=clear.values("person_id"))
    return found


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _starts(slot: Slot, soonest: datetime, kept: datetime | None) -> list[datetime]:
    """The possible starts, on quarters of an hour; the one start if somebody has promised it already."""
    found = []
    for window in slot.windows.all():
        moment = window.earliest
        while moment <= window.latest:
            found.append(moment)
            moment += STEP
    return [moment for moment in found if moment >= soonest and kept in (None, moment)]


@dataclass
class _Week:
    """What everybody looked at has to do in that week."""

    monday: datetime
    free: dict[UUID, Stretches]
    busy: dict[UUID, list[Offer]]

    def is_free(self, person_id: UUID, start: datetime, minutes: int) -> bool:
        at = int((start - self.monday).total_seconds() // 60)
        return any(a <= at and at + minutes <= b for a, b in self.free.get(person_id, []))

    def short_of(self, person_id: UUID, start: datetime, minutes: int) -> int:
        """How many minutes the visit lies outside the free stretch of that day that suits it best; a whole day if there is none."""
        at = int((start - self.monday).total_seconds() // 60)
        return min((max(0, a - at) + max(0, at + minutes - b) for a, b in self.of_day(person_id, start)), default=1440)

    def of_day(self, person_id: UUID, start: datetime) -> Stretches:
        midnight = (timezone.localdate(start) - timezone.localdate(self.monday)).days * 1440
        return [(a, b) for a, b in self.free.get(person_id, []) if midnight <= a < midnight + 1440]

    def clash(self, profile: VolunteerProfile, slot: Slot, start: datetime) -> Offer | None:
        end = start + timedelta(minutes=slot.minutes)
        for other in self.busy.get(profile.person_id, []):
            travel = timedelta(minutes=minutes_between(metres_between(slot.lat, slot.lon, other.slot.lat, other.slot.lon), profile.kmh))
            if start < other.end + travel and other.start < end + travel:
                return other
        return None


def _week_of(slot: Slot, people: list[UUID]) -> _Week:
    near = (slot.week - timedelta(days=7), slot.week, slot.week + timedelta(days=7))
    offers = Offer.objects.active().filter(person_id__in=people, slot__week__in=near).exclude(slot=slot).select_related("slot")
    busy: dict[UUID, list[Offer]] = {}
    for offer in offers:
        busy.setdefault(offer.person_id, []).append(offer)
    monday = timezone.make_aware(datetime.combine(slot.week, datetime.min.time()))
    return _Week(monday, free_time(slot.week, people), busy)


def _best_start(profile: VolunteerProfile, slot: Slot, starts: list[datetime], week: _Week) -> tuple[datetime, list[Short]]:
    """The earliest start that fits the person; else the earliest without a clash, with what is short of it."""
    calm = [start for start in starts if week.clash(profile, slot, start) is None]
    for start in calm:
        if week.is_free(profile.person_id, start, slot.minutes):
            return start, []
    if calm:
        best = min(calm, key=lambda start: week.short_of(profile.person_id, start, slot.minutes))
        short, day = week.short_of(profile.person_id, best, slot.minutes), week.of_day(profile.person_id, best)
        free = gettext("、").join(f"{minute_clock(a % 1440)}–{minute_clock((b - 1) % 1440 + 1)}" for a, b in day)
        return best, [Short("not_free", at=best, number=short, words=free)]
    other = week.clash(profile, slot, starts[0])
    return starts[0], [Short("clash", at=other.start if other else starts[0], words=other.slot.title if other else "", may_ask=False)]


def _shorts(row: Any, slot: Slot, seat: Seat, start: datetime, metres: float, booked: list[Offer]) -> list[Short]:
    """What else is missing: proofs that ran out, the reach, the caps of the week."""
    day, found = timezone.localdate(start), []
    if seat.skill_id and row.held_expires_on and row.held_expires_on < day:
        found.append(Short("proof_ended", at=row.held_expires_on, words=row.held_evidence, may_ask=False))
    if slot.minor and (row.clear_until is None or row.clear_until < day):
        found.append(Short("check_ended", at=row.clear_until, may_ask=False))
    if metres > row.reach_m:
        found.append(Short("reach", number=round(metres / 1000, 1), words=f"{row.reach_m / 1000:g}", over=(metres - row.reach_m) / 1000))
    if len(booked) + 1 > row.max_visits:
        found.append(Short("visits", number=len(booked)))
    elif (taken := sum(offer.slot.minutes for offer in booked)) + slot.minutes > row.max_minutes:
        found.append(Short("minutes", number=row.max_minutes, wanted=slot.minutes, booked=taken))
    return found


def _candidate(row: Any, slot: Slot, seat: Seat, starts: list[datetime], week: _Week) -> Candidate:
    metres = metres_between(row.lat, row.lon, slot.lat, slot.lon)
    start, shorts = _best_start(row, slot, starts, week)
    booked = [offer for offer in week.busy.get(row.person_id, []) if offer.slot.week == slot.week]
    shorts = [*_shorts(row, slot, seat, start, metres, booked), *shorts]
    return Candidate(
        person=row.person, profile=row, place=Place(name=row.at_place) if row.at_place else None, start=start, metres=metres,
        minutes=max(1, minutes_between(metres, row.kmh)), evidence=getattr(row, "held_evidence", None) or "", cleared=slot.minor,
        times_here=row.times_here, times_kind=row.times_kind, prefers=row.prefers, wishes=row.wishes, is_ours=row.is_ours, visits=len(booked), shorts=shorts,
    )  # fmt: skip


def starts_left(line: SlotLine, seat: Seat, rhythm: Rhythm | None, now: datetime | None = None) -> list[datetime]:
    """When the seat's visit may still start, if whoever is asked gets the district's notice; without a rhythm, no notice."""
    soonest = (now or timezone.now()) + timedelta(hours=rhythm.least_notice_hours if rhythm else 0)
    kept = [offer.start for offer in line.offers if offer.seat_id != seat.pk and offer.state in (OfferState.SENT, OfferState.ACCEPTED)]
    return _starts(line.slot, soonest, kept[0] if kept else None)


def best_to_ask(line: SlotLine, seat: Seat, rhythm: Rhythm, *, limit: int = 5, now: datetime | None = None) -> list[Candidate]:
    """Those who fit the seat, then those who are one step away; four queries, whatever the size of the district.

    People under 18 are not listed: a social worker who knows the guardian's words asks them herself.
    """
    slot, starts = line.slot, starts_left(line, seat, rhythm, now)
    if not starts:
        return []
    day = timezone.localdate(starts[0])
    ids = _nearest(slot, seat, day).values("pk")[:LOOKED_AT]
    rows = list(VolunteerProfile.objects.filter(pk__in=ids).select_related("person").annotate(**_flags(slot, seat, day)))
    week = _week_of(slot, [row.person_id for row in rows])
    found = [_candidate(row, slot, seat, starts, week) for row in rows]
    return sorted((c for c in found if len(c.shorts) < 2), key=lambda candidate: candidate.rank)[:limit]
