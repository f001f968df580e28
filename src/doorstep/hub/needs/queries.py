"""Reads on needs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import ConsentText, Household, Membership, Person, Place
from doorstep.hub.people.queries import find_place, next_monday, social_workers_at, this_monday, today
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Slot, SlotState
from doorstep.hub.scheduling.queries import active_offers_on, familiar_people, rhythm_of

from .models import Need, NeedState, Occasion

#: What the journal knows of a need's way and no row keeps.
TOLD_BY_JOURNAL = ("move_slot", "close_unmet")
#: Offers behind which there was a yes that stood.
SAID_YES = (OfferState.ACCEPTED, OfferState.SERVED, OfferState.MISSED)


def to_check(place: Place) -> QuerySet[Need]:
    """What waits to be checked, the soonest promise first."""
    return Need.objects.waiting().in_community(place).select_related("household__building", "resident").order_by("answer_by")


def find_needs(place: Place, words: str, state: str = "") -> QuerySet[Need]:
    """The community's needs by own words, title, name, door or the last figures of a phone, those that wait first."""
    found = Need.objects.in_community(place).select_related("household__building", "resident", "category")
    if state:
        found = found.filter(state=state)
    for word in words.split()[:4]:
        match = Q(own_words__icontains=word) | Q(title__icontains=word) | Q(asker_name__icontains=word) | Q(about_name__icontains=word)
        match |= Q(resident__name__icontains=word) | Q(address__icontains=word)
        match |= Q(household__door__icontains=word) | Q(household__building__name__icontains=word)
        if word.isdigit() and len(word) >= 4:
            match |= Q(phone__endswith=word) | Q(resident__phone__endswith=word)
        found = found.filter(match)
    return found.order_by("answer_by") if state == NeedState.NEW else found.order_by("-asked_at")


def needs_of(person: Person) -> QuerySet[Need]:
    """The person's own and those asked for somebody else, newest first."""
    own = Need.objects.filter(Q(resident=person) | Q(asked_by=person))
    return own.select_related("category", "community", "resident").order_by("-asked_at")


def newest_slot(need: Need) -> Slot | None:
    """The occasion that counts now."""
    found = Slot.objects.filter(occasion__need=need).select_related("lead", "category", "household__building", "place", "contact")
    return found.order_by("-week", "-id").first()


def who_comes(slot: Slot) -> list[Offer]:
    """The people who have said yes."""
    return [offer for offer in active_offers_on([slot])[slot.pk] if offer.state in (OfferState.ACCEPTED, OfferState.SERVED)]


def to_follow_up(place: Place, before: date) -> QuerySet[Slot]:
    """Slots with a promised visit that should be over, and nobody has said yet how it went."""
    return (
        Slot.objects.filter(place=place, state=SlotState.OPEN, offers__state=OfferState.ACCEPTED, offers__start__date__lt=before)
        .distinct()
        .select_related("contact", "household__building", "lead")
    )


def need_of_slot(slot_id: UUID) -> Need | None:
    return Need.objects.filter(occasions__slot_id=slot_id).first()


def open_needs_count(place: Place) -> int:
    return Need.objects.in_community(place).filter(state__in=(NeedState.NEW, NeedState.CHECKED)).count()


def counts_by_state(place: Place) -> dict[str, int]:
    return dict(Need.objects.in_community(place).values_list("state").annotate(n=Count("pk")).order_by())


@dataclass
class Arrangement:
    """Where a need stands for the home: the occasion that counts, who comes, how many are asked or still missing."""

    need: Need
    slot: Slot | None = None
    coming: list[Offer] = field(default_factory=list)
    asked: int = 0
    missing: int = 0
    over: bool = False

    @property
    def start(self) -> datetime | None:
        return self.coming[0].start if self.coming else None

    @property
    def helpers(self) -> list[Person]:
        return [offer.person for offer in self.coming]

    @property
    def phase(self) -> str:
        """One word for the page's sentence: the need's own state, and for a checked one where its occasion stands."""
        if self.need.state != NeedState.CHECKED:
            return str(self.need.state)
        if self.slot is None or self.slot.state in (SlotState.CANCELLED, SlotState.UNMET):
            return "looking"
        if self.coming:
            agreed = self.slot.home_answer == HomeAnswer.AGREED
            return "visited" if self.start and self.start <= timezone.now() else "agreed" if agreed else "proposed"
        if self.slot.state == SlotState.HELD:
            return "held"
        if self.over:
            return "gone_by"
        if self.asked:
            return "asked"
        return "waits" if self.slot.waited_weeks else "looking"


def arrangements(needs: Iterable[Need]) -> list[Arrangement]:
    """How each need stands, in four queries however many there are."""
    chosen = list(needs)
    pairs = Occasion.objects.filter(need__in=chosen).order_by("slot__week").values_list("need_id", "slot_id")
    newest = dict(pairs)
    found = Slot.objects.filter(pk__in=newest.values()).select_related("lead", "place", "household__building", "contact")
    by_id = {slot.pk: slot for slot in found.annotate(seats_wanted=Count("seats")).prefetch_related("windows")}
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.active().filter(slot__in=by_id).select_related("person", "seat").order_by("seat__number"):
        offers[offer.slot_id].append(offer)
    return [_arranged(need, by_id.get(newest.get(need.pk, need.pk)), offers) for need in chosen]


def _arranged(need: Need, slot: Slot | None, offers: dict[UUID, list[Offer]]) -> Arrangement:
    if slot is None:
        return Arrangement(need)
    coming = [offer for offer in offers[slot.pk] if offer.state in (OfferState.ACCEPTED, OfferState.SERVED)]
    asked = sum(offer.state == OfferState.SENT for offer in offers[slot.pk])
    missing = max(0, slot.seats_wanted - len(coming))  # type: ignore[attr-defined]
    over = all(window.latest < timezone.now() for window in slot.windows.all())
    return Arrangement(need, slot, coming, asked, missing, over)


def arrangement(need: Need) -> Arrangement:
    return arrangements([need])[0]


@dataclass(frozen=True)
class Happened:
    """One line of a need's history: when, what, and who if the home may know it."""

    at: datetime
    kind: str
    who: str = ""
    channel: str = ""
    start: datetime | None = None


def history_of(need: Need) -> list[Happened]:
    """What happened with a need, oldest first, as the home may read it: nobody who said no is ever named."""
    lines = [Happened(need.asked_at, "asked", need.asker_name or (need.resident.called if need.resident else ""), need.channel)]
    if need.checked_at and need.state not in (NeedState.REFERRED, NeedState.UNMET):
        lines.append(Happened(need.checked_at, "checked", need.checked_by.name if need.checked_by else ""))
    slots = list(Slot.objects.filter(occasion__need=need).order_by("week"))
    lines += [
        Happened(slot.home_answer_at, f"home_{slot.home_answer}", channel=slot.home_answer_channel)
        for slot in slots
        if slot.home_answer_at and slot.home_answer != HomeAnswer.NOT_ASKED
    ]
    answered = Offer.objects.filter(slot__in=slots, answered_at__isnull=False, state__in=SAID_YES).select_related("person")
    lines += [
        Happened(offer.answered_at, "accepted", offer.person.name, offer.answer_channel, offer.start)
        for offer in answered
        if offer.answered_at
    ]
    given_back = Offer.objects.filter(slot__in=slots, state=OfferState.CANNOT_COME).select_related("person")
    lines += [Happened(offer.closed_at, "cannot_come", offer.person.name) for offer in given_back if offer.closed_at]
    rows = Attendance.objects.filter(offer__slot__in=slots).select_related("offer__person")
    lines += [Happened(row.at, f"visit_{row.outcome}", row.offer.person.name, row.channel) for row in rows]
    subjects = [str(need.pk), *(str(slot.pk) for slot in slots)]
    told = Entry.objects.filter(subject_id__in=subjects, verb__in=TOLD_BY_JOURNAL)
    lines += [Happened(entry.at, entry.verb) for entry in told]
    if need.closed_at:
        lines.append(Happened(need.closed_at, str(need.state)))
    return sorted(lines, key=lambda line: line.at)


def communities() -> QuerySet[Place]:
    """Where one may ask for help, street by street."""
    return Place.objects.communities().current().select_related("parent").order_by("parent__code", "code", "name")


def community_called(words: str) -> Place | None:
    """The community whose public page has that address, or whose id it is."""
    found = Place.objects.communities().current().select_related("parent__parent").filter(slug=words).exclude(slug="").first()
    if found is None:
        try:
            found = Place.objects.communities().current().select_related("parent__parent").filter(pk=UUID(words)).first()
        except ValueError:
            return None
    return found


def only_community() -> Place | None:
    """The community of an installation that serves a single one."""
    found = list(Place.objects.communities().current().select_related("parent__parent")[:2])
    return found[0] if len(found) == 1 else None


def communities_like(words: str) -> list[Place]:
    """Communities by name, former name or alias; an ended one leads to its successors."""
    match = find_place(words).filter(kind=Place.Kind.COMMUNITY)
    found = list(match.filter(standing=Place.Standing.CURRENT).select_related("parent")[:8])
    after = Place.objects.communities().current().filter(predecessions__place__in=match).select_related("parent")
    return list({place.pk: place for place in [*found, *after[:8]]}.values())


def worker_of(place: Place) -> Person | None:
    """Who answers for the community today."""
    return social_workers_at(place).order_by("memberships__since", "name").first()


def result_by(place: Place, now: datetime | None = None) -> datetime:
    """When the week closes in which a need of this moment is served: until then its home hears what came of it."""
    moment = now or timezone.now()
    rhythm, monday = rhythm_of(place), next_monday(moment)
    return rhythm.close_at(monday if moment < rhythm.plan_at(monday) else monday + timedelta(days=7))


def week_stands(place: Place, now: datetime | None = None) -> dict[str, object]:
    """What becomes of a need that is checked now: for this week by hand, for next week with the plan or, once it is made, by hand too."""
    moment = now or timezone.now()
    rhythm, monday = rhythm_of(place), next_monday(moment)
    return {"this": this_monday(moment), "next": monday, "cutoff": rhythm.cutoff(monday), "plan_at": rhythm.plan_at(monday),
            "phase": rhythm.phase(monday, moment)}  # fmt: skip


def consent_text(purpose: str) -> ConsentText | None:
    return ConsentText.objects.filter(purpose=purpose).order_by("-version").first()


def find_homes(place: Place, words: str, limit: int = 8) -> list[Household]:
    """Households of the community by name, building, door or the last figures of a phone."""
    found = Household.objects.in_community(place).select_related("building")
    for word in words.split()[:4]:
        match = Q(building__name__icontains=word) | Q(door__icontains=word)
        person = Person.objects.filter(household=OuterRef("pk"))
        named = Q(name__icontains=word) | Q(calling_name__icontains=word)
        if word.isdigit() and len(word) >= 4:
            named |= Q(phone__endswith=word)
        found = found.filter(match | Exists(person.filter(named)))
    return list(found.prefetch_related("members").order_by("building__name", "door")[:limit]) if words.strip() else []


def homes_chosen(place: Place, chosen: UUID) -> list[Household]:
    """The household with that id, or that the person with that id lives in, if it is in the community."""
    found = Household.objects.in_community(place).filter(Q(pk=chosen) | Q(members__pk=chosen))
    return list(found.select_related("building").prefetch_related("members").distinct()[:1])


def helpers_at(place: Place) -> list[tuple[str, str]]:
    """Who helps in the community, by name."""
    rows = Membership.objects.on(today()).helping().filter(place=place).select_related("person").order_by("person__name")
    return list({str(row.person_id): row.person.name for row in rows}.items())


def been_there(household: Household | None) -> dict[UUID, int]:
    """Who has served in that home before, and how often."""
    return familiar_people([household.pk]).get(household.pk, {}) if household else {}


def past_needs(need: Need, limit: int = 6) -> list[Need]:
    """What the same home, or the same caller, asked before."""
    same = Q(pk__in=[])
    if need.household_id:
        same |= Q(household_id=need.household_id)
    if need.resident_id:
        same |= Q(resident_id=need.resident_id)
    if need.phone:
        same |= Q(phone=need.phone)
    found = Need.objects.in_community(need.community).filter(same).exclude(pk=need.pk).select_related("category")
    return list(found.order_by("-asked_at")[:limit])


def promised_on(slot: Slot) -> list[Offer]:
    """The promised seats of a slot of which nobody has said how they went."""
    found = Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).select_related("person", "seat__skill", "slot")
    return list(found.order_by("seat__number"))
