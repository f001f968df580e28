"""Reads on slots, offers, plans and free time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Window as Windowed
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Clearance, Credential, Household, Membership, Person, Place, Skill

from .models import (
    ACTIVE,
    Availability,
    AvailabilityException,
    CalendarKey,
    Exclusion,
    Offer,
    OfferState,
    Plan,
    Refusal,
    Rhythm,
    Seat,
    Slot,
    SlotState,
)
from .naming import names_at

#: Half-open stretches in minutes since Monday 00:00.
Stretches = list[tuple[int, int]]
#: So many finished plans of a place and week can be asked.
KEPT_PLANS = 2
#: So many plans of a place and week a page looks through for the last whole one.
SHOWN_PLANS = 20
#: Of more people than that, a fellow reads no names.
MOST_NAMED = 12
#: The journal's word for "I would like to go there".
WISH = "wish_to_go"


def upward(place: Place) -> list[Place]:
    """The place and those above it, itself first; no query where the parents are loaded."""
    chain: list[Place] = []
    step: Place | None = place
    while step is not None:
        chain.append(step)
        step = step.parent
    return chain


def rhythm_of(place: Place) -> Rhythm:
    """The district's rhythm, found upward in the place tree; the usual one if none is set."""
    order = {step.pk: height for height, step in enumerate(upward(place))}
    found = sorted(Rhythm.objects.filter(place_id__in=list(order)), key=lambda rhythm: order[rhythm.place_id])
    return found[0] if found else Rhythm(place=place)


def commitments_of(person: Person, week: date) -> QuerySet[Offer]:
    """What the person was asked for or has promised in that week and the night before and after it."""
    near = (week - timedelta(days=7), week, week + timedelta(days=7))
    return Offer.objects.filter(person=person, state__in=(OfferState.SENT, OfferState.ACCEPTED), slot__week__in=near).select_related("slot")


def merged(stretches: Iterable[tuple[int, int]]) -> Stretches:
    """Sorted, disjoint, touching ones joined."""
    result: Stretches = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(stretches: Stretches, start: int, end: int) -> Stretches:
    """The stretches less one cut."""
    pieces = ((a, b) for s, e in stretches for a, b in ((s, min(e, start)), (max(s, end), e)))
    return [(a, b) for a, b in pieces if a < b]


def free_time(monday: date, person_ids: Iterable[UUID] | None = None) -> dict[UUID, Stretches]:
    """Who is free when in that week: the usual week, then the exceptions of each day. Two queries."""
    usual, days = Availability.objects.all(), [monday + timedelta(days=n) for n in range(7)]
    different = AvailabilityException.objects.filter(date__in=days)
    if person_ids is not None:
        chosen = list(person_ids)
        usual, different = usual.filter(person_id__in=chosen), different.filter(person_id__in=chosen)
    free: dict[UUID, Stretches] = defaultdict(list)
    for person, weekday, start, end in usual.values_list("person_id", "weekday", "start_minute", "end_minute"):
        free[person].append((weekday * 1440 + start, weekday * 1440 + end))
    free = defaultdict(list, {person: merged(stretches) for person, stretches in free.items()})
    rows = different.order_by("free", "date", "start_minute").values_list("person_id", "date", "start_minute", "end_minute", "free")
    for person, day, start, end, is_free in rows:
        base = (day - monday).days * 1440
        if is_free:
            free[person] = merged([*free[person], (base + start, base + end)])
        else:
            free[person] = without(free[person], base + start, base + end)
    return dict(free)


def offers_to(person: Person) -> QuerySet[Offer]:
    """What waits for the person's answer, the soonest first."""
    return (
        Offer.objects.awaiting_answer()
        .filter(person=person)
        .select_related("slot__lead", "slot__place", "slot__category", "seat__skill")
        .order_by("start")
    )


def promises_of(person: Person, since: date) -> QuerySet[Offer]:
    """What the person has said yes to, from that day on."""
    return (
        Offer.objects.filter(person=person, state=OfferState.ACCEPTED, slot__week__gte=since - timedelta(days=7))
        .select_related("slot__lead", "slot__place", "slot__household__building", "slot__contact", "seat__skill")
        .order_by("start")
    )


def slots_of_week(place: Place, monday: date) -> QuerySet[Slot]:
    """A community's slots of a week, with everything that a plan page shows; three queries."""
    return (
        Slot.objects.filter(place=place, week=monday)
        .select_related("lead", "household__building", "contact", "category")
        .prefetch_related("seats__skill", "windows")
    )


def active_offers_on(slots: Iterable[Slot]) -> dict[UUID, list[Offer]]:
    """Slot id to its active offers; one query."""
    found: dict[UUID, list[Offer]] = defaultdict(list)
    chosen = Offer.objects.active().filter(slot_id__in=[slot.pk for slot in slots])
    for offer in chosen.select_related("person", "seat").order_by("seat__number"):
        found[offer.slot_id].append(offer)
    return found


def plans_of_week(place: Place, monday: date) -> list[Plan]:
    """The plans that touch this place in that week, the newest first; one query. However often one place was planned, it hides no other."""
    rank = Windowed(RowNumber(), partition_by=[F("place")], order_by=[F("created_at").desc()])
    found = Plan.objects.filter(week=monday, place__in=upward(place)).select_related("place")
    return list(found.annotate(rank=rank).filter(rank__lte=SHOWN_PLANS).order_by("-created_at"))


def newest_plan(place: Place, monday: date) -> Plan | None:
    """The newest finished plan of the district, or of the community itself."""
    return Plan.objects.ready().filter(week=monday, place__in=upward(place)).order_by("-finished_at").first()


def plans_to_ask(places: Iterable[Place], weeks: Iterable[date]) -> list[Plan]:
    """The newest finished plans of each of these places in each of these weeks, the newest first; one query.

    Those that have a file: however often one place or week was planned, it hides no other.
    """
    found = Plan.objects.ready().filter(week__in=list(weeks), place__in=list(places)).select_related("place")
    above = Q(place=OuterRef("place")) | Q(place=OuterRef("place__parent")) | Q(place=OuterRef("place__parent__parent"))
    return list(_newest(found.annotate(notice_hours=Subquery(Rhythm.objects.filter(above).values("least_notice_hours")[:1]))))


def standing_plans(now: date | None = None) -> list[Plan]:
    """The finished plans whose week is not over, the newest of each place, the newest first: those whose files are kept; one query."""
    this = (now or timezone.localdate()) - timedelta(days=7)
    return list(_newest(Plan.objects.ready().filter(week__gte=this)))


def _newest(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Of each place and week the newest plan, and the one before it: that still knows what was held back while the newest was made."""
    newest_first = F("finished_at").desc(nulls_last=True)
    rank = Windowed(RowNumber(), partition_by=[F("week"), F("place")], order_by=[newest_first])
    return plans.annotate(rank=rank).filter(rank__lte=KEPT_PLANS).order_by(newest_first)


def people_called(person_ids: Iterable[UUID]) -> list[Person]:
    """The people of these ids, in their order; one query."""
    ids = list(person_ids)
    found = Person.objects.in_bulk(ids)
    return [found[person] for person in ids if person in found]


def skill_called(code: str) -> Skill | None:
    """A skill by its code."""
    return Skill.objects.filter(code=code).first()


def with_newest_plan(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """Beside each slot when the newest finished plan of its week was asked for, and the notice that people get; no query more."""
    above = Q(place=OuterRef("place")) | Q(place=OuterRef("place__parent")) | Q(place=OuterRef("place__parent__parent"))
    plans = Plan.objects.ready().filter(above, week=OuterRef("week")).order_by("-finished_at")
    notice = Rhythm.objects.filter(above).values("least_notice_hours")
    return slots.annotate(planned_at=Subquery(plans.values("created_at")[:1]), notice_hours=Subquery(notice[:1]))


def plan_at_work(place: Place, monday: date) -> Plan | None:
    at_work = (Plan.State.QUEUED, Plan.State.RUNNING)
    return Plan.objects.filter(week=monday, place__in=upward(place), state__in=at_work).first()


def planned_place(place: Place) -> Place:
    """The district that plans for this unit; a community without a district plans for itself."""
    return upward(place)[-1]


def places_below(place: Place) -> QuerySet[Place]:
    """The communities of a district or a street, or the community itself."""
    inside = Q(pk=place.pk) | Q(parent=place) | Q(parent__parent=place)
    return Place.objects.communities().filter(inside)


def open_slots(monday: date, place: Place) -> QuerySet[Slot]:
    """The slots that a plan of that place and week may still fill; those for which people sign up themselves are none of its matter."""
    return Slot.objects.filter(week=monday, state=SlotState.OPEN, signup_at=None, place__in=places_below(place))


def active_states() -> list[str]:
    return [str(state) for state in ACTIVE]


def told_offers_of(person: Person, since: datetime) -> QuerySet[Offer]:
    """All that the person was asked for, answered or not, whose start is not before that moment; one query."""
    return _told_to(person).filter(start__gte=since).order_by("start")


def told_offers_among(person: Person, offer_ids: Iterable[str]) -> QuerySet[Offer]:
    """Those of these offers, of whatever time, that the person was asked for; one query."""
    return _told_to(person).filter(pk__in=list(offer_ids))


def _told_to(person: Person) -> QuerySet[Offer]:
    return (
        Offer.objects.filter(person=person, sent_at__isnull=False)
        .select_related("slot__lead", "slot__place", "slot__household__building", "slot__contact", "slot__category", "seat__skill")
        .annotate(home_names=names_at("slot__household"))
    )


def who_go_with(person: Person, slot_ids: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """Slot id to the others who have said yes to it; where hundreds come, nobody is told everybody's name."""
    found: dict[UUID, list[Person]] = defaultdict(list)
    coming = Offer.objects.filter(slot_id__in=list(slot_ids), state__in=(OfferState.ACCEPTED, OfferState.SERVED))
    small = coming.annotate(size=Windowed(Count("pk"), partition_by=[F("slot")])).filter(size__lte=MOST_NAMED)
    for offer in small.exclude(person=person).select_related("person").order_by("seat__number"):
        found[offer.slot_id].append(offer.person)
    return found


def times_at(person: Person, household_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Household id to how often the person has served there; one query."""
    served = Offer.objects.filter(person=person, state=OfferState.SERVED, slot__household_id__in=list(household_ids)).order_by()
    return dict(served.values_list("slot__household_id").annotate(times=Count("pk")))


def notices_to(person: Person, kinds: Iterable[str]) -> QuerySet[Notice]:
    """What the person has not read yet, of these kinds, newest first."""
    return Notice.objects.to_person(person.pk).exclude(state=Notice.State.READ).filter(kind__in=list(kinds))


def differing_days(person: Person, monday: date, weeks: int) -> set[date]:
    """The days of these weeks for which the person said something else than the usual."""
    days = (monday, monday + timedelta(days=7 * weeks - 1))
    return set(AvailabilityException.objects.filter(person=person, date__range=days).values_list("date", flat=True))


def usual_week(person: Person) -> Stretches:
    """The person's usual week, in minutes since Monday."""
    rows = Availability.objects.filter(person=person).values_list("weekday", "start_minute", "end_minute")
    return merged((day * 1440 + start, day * 1440 + end) for day, start, end in rows)


def wished_slots(person: Person, slot_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the slots for which the person has said "I would like to go"."""
    ids = [str(slot_id) for slot_id in slot_ids]
    said = Entry.objects.filter(actor_id=person.pk, verb=WISH, subject_type="scheduling.slot", subject_id__in=ids)
    return {UUID(slot_id) for slot_id in said.values_list("subject_id", flat=True)}


def who_wish_to_go(slot_ids: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """Slot id to the people who said of their own accord that they would go, the first to say so first; two queries."""
    said = Entry.objects.filter(verb=WISH, subject_type="scheduling.slot", subject_id__in=[str(slot_id) for slot_id in slot_ids])
    pairs = [(UUID(slot_id), actor) for slot_id, actor in said.values_list("subject_id", "actor_id")]
    people = Person.objects.in_bulk([actor for _slot, actor in pairs if actor])
    found: dict[UUID, list[Person]] = defaultdict(list)
    for slot_id, actor in pairs:
        if actor in people:
            found[slot_id].append(people[actor])
    return found


def busy_weeks(place: Place, weeks: Iterable[date]) -> dict[date, int]:
    """How many slots each of the weeks has at that place or below it; one query."""
    found = Slot.objects.filter(place__in=places_below(place), week__in=list(weeks)).exclude(state=SlotState.CANCELLED)
    return dict(found.values_list("week").annotate(n=Count("pk")).order_by())


@dataclass(frozen=True)
class Staffing:
    """How far one community's week is staffed, in numbers alone."""

    place: Place
    slots: int
    filled: int

    @property
    def lacking(self) -> int:
        return self.slots - self.filled


def staffing_below(place: Place, monday: date) -> list[Staffing]:
    """The communities with slots in that week, those that lack most first; three queries, no names of persons."""
    inside = places_below(place)
    slots = Slot.objects.filter(place__in=inside, week=monday).exclude(state=SlotState.CANCELLED).homes()
    counts = dict(slots.values_list("place_id").annotate(n=Count("pk")).order_by())
    empty = Seat.objects.filter(slot__in=slots, trainee=False).exclude(pk__in=Offer.objects.active().in_week(monday).values("seat_id"))
    lacking = dict(empty.values_list("slot__place_id").annotate(n=Count("slot", distinct=True)).order_by())
    rows = [Staffing(unit, counts[unit.pk], counts[unit.pk] - lacking.get(unit.pk, 0)) for unit in inside if unit.pk in counts]
    return sorted(rows, key=lambda row: (-row.lacking, row.place.code))


def helpers_of(place: Place) -> QuerySet[Person]:
    """Everybody who helps in that community today, by name: volunteers, specialists, property staff, social workers."""
    day = timezone.localdate()
    return Person.objects.filter(pk__in=Membership.objects.on(day).helping().filter(place=place).values("person_id")).order_by("name")


def standing_at(household: Household, person: Person, now: datetime) -> QuerySet[Offer]:
    """What the person is still to do, or is asked to do, in that home."""
    return (
        Offer.objects.active().exclude(state=OfferState.SERVED).filter(slot__household=household, person=person, start__gte=now).order_by()
    )


def kept_away_from(household: Household) -> list[Exclusion]:
    """Who is never sent there, the newest first; who wished it is told to nobody."""
    return list(Exclusion.objects.filter(household=household).select_related("person__volunteer").order_by("-at"))


def ruled_out_of(slot: Slot) -> list[Refusal]:
    """Who is not asked for this one, in whose word, the newest first, and whether the home rules them out for good as well."""
    never = Exclusion.objects.filter(household=slot.household_id, person=OuterRef("person"))
    return list(slot.refusals.annotate(never_here=Exists(never)).select_related("person", "by").order_by("-at"))


def find_helpers(household: Household, words: str, limit: int = 12) -> list[Person]:
    """Who helps in the home's community, or was asked for that home before, by name, number or the end of the phone; not who is kept away."""
    here = Membership.objects.on(timezone.localdate()).helping().filter(place=household.community_id)
    asked = Offer.objects.filter(slot__household=household, sent_at__isnull=False)
    found = Person.objects.filter(Q(pk__in=here.values("person_id")) | Q(pk__in=asked.values("person_id")))
    for word in words.split()[:4]:
        fits = Q(name__icontains=word) | Q(volunteer__number__iexact=word)
        if word.isdigit() and len(word) >= 4:
            fits |= Q(phone__endswith=word)
        found = found.filter(fits)
    away = Exclusion.objects.filter(household=household).values("person_id")
    return list(found.exclude(pk__in=away).select_related("volunteer").order_by("name")[:limit]) if words.strip() else []


def calendar_key_of(person: Person) -> CalendarKey | None:
    """When the person's calendar got the address that it has now, if it has one."""
    return CalendarKey.objects.filter(person=person).first()


#: Offers on which something may still come to pass.
STANDING = (OfferState.PROPOSED, OfferState.HELD, OfferState.SENT, OfferState.ACCEPTED)


def perhaps_unfit(now: datetime) -> QuerySet[Offer]:
    """Standing offers of visits to come whose person may lack, on the visit's day, the role or a proof that the seat asks for; one query.

    Minors are all among them, for what a guardian allows is not told by one row; access.check_seat has the last word.
    """
    day, who = OuterRef("day"), OuterRef("person")
    held = Membership.objects.helping().filter(Q(until=None) | Q(until__gte=day), person=who, since__lte=day)
    proof = Credential.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=day),
        person=who, skill=OuterRef("seat__skill"), level__gte=OuterRef("seat__level"), revoked_on=None, verified_on__lte=day,
    )  # fmt: skip
    clear = Clearance.objects.filter(person=who, passed=True, checked_on__lte=day, expires_on__gte=day)
    lacking = (
        Q(~Exists(held))
        | (~Q(seat__role="") & Q(~Exists(held.filter(role=OuterRef("seat__role")))))
        | (Q(seat__skill__isnull=False) & Q(~Exists(proof)))
        | (Q(slot__minor=True) & Q(~Exists(clear)))
        | Q(person__birth_date__gt=timezone.localdate(now) - timedelta(days=18 * 366))
    )
    coming = Offer.objects.filter(state__in=STANDING, start__gt=now, slot__state__in=(SlotState.OPEN, SlotState.HELD))
    return coming.annotate(day=TruncDate("start")).filter(lacking).order_by("start", "pk")
