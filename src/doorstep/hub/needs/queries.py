"""Reads on needs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import ConsentText, Household, Membership, Person, Place
from doorstep.hub.people.queries import find_place, next_monday, social_workers_at, this_monday, today
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.models import HomeAnswer, Offer, OfferState, Slot, SlotState
from doorstep.hub.scheduling.queries import active_offers_on, rhythm_of

from .models import Need, NeedState, Verdict

#: What the journal knows of a need's way and no row keeps.
TOLD_BY_JOURNAL = ("move_slot", "close_unmet")
#: Offers behind which there was a yes that stood.
SAID_YES = (OfferState.ACCEPTED, OfferState.SERVED, OfferState.MISSED)
#: Ends of a yes that did not stand; the home hears that somebody else is looked for, never why.
TAKEN_BACK = (OfferState.CANNOT_COME, OfferState.UNABLE)


def to_check(place: Place) -> QuerySet[Need]:
    """What waits to be checked, the soonest promise first."""
    waiting = Need.objects.waiting().in_community(place).filter(consent__withdrawn_at=None)
    return waiting.select_related("household__building", "resident").order_by("answer_by")


def unplanned(places: Iterable[Place]) -> QuerySet[Need]:
    """Checked needs for which nothing is arranged any more: their visit was cancelled and no other one opened; the longest checked first."""
    going = Slot.objects.filter(occasion__need=OuterRef("pk"), state__in=(SlotState.OPEN, SlotState.HELD, SlotState.DONE))
    found = Need.objects.filter(~Exists(going), community__in=list(places), state=NeedState.CHECKED, consent__withdrawn_at=None)
    return found.select_related("household__building", "resident").order_by("checked_at", "pk")


def find_needs(places: Iterable[Place], words: str, state: str = "") -> QuerySet[Need]:
    """The communities' needs by own words, title, name, door or the last figures of a phone, those that wait first.

    Whose consent was taken back is not found by any word; without words it stands there, for the page to say no more than that.
    """
    read_with = ("household__building", "resident", "category", "community", "consent")
    found = Need.objects.filter(community__in=list(places)).select_related(*read_with)
    if words.split():
        found = found.filter(consent__withdrawn_at=None)
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


def open_matters(reader: Person | None, household: Household | None, *, desk: bool) -> list[Need]:
    """What is under way already, so that nobody says the same thing twice: the home's for a social worker, else the reader's own."""
    if reader is None or (desk and household is None):
        return []
    found = Need.objects.filter(household=household, consent__withdrawn_at=None).order_by("-asked_at") if desk else needs_of(reader)
    return list(found.filter(state__in=(NeedState.NEW, NeedState.CHECKED))[:5])


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


def counts_by_state(places: Iterable[Place]) -> dict[str, int]:
    return dict(Need.objects.filter(community__in=list(places)).values_list("state").annotate(n=Count("pk")).order_by())


@dataclass
class Arrangement:
    """Where a need stands for the home: the occasion that counts, who comes, how many are asked or still missing."""

    need: Need
    slot: Slot | None = None
    coming: list[Offer] = field(default_factory=list)
    asked: int = 0
    missing: int = 0
    over: bool = False
    let_down: bool = False
    said_since: bool = False
    slots: list[Slot] = field(default_factory=list)

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
            return "unplanned"
        if self.coming:
            agreed = self.slot.home_answer == HomeAnswer.AGREED
            return "visited" if self.start and self.start <= timezone.now() else "agreed" if agreed else "proposed"
        if self.slot.state == SlotState.HELD:
            return "held"
        if self.let_down and not self.said_since and (self.over or not self.asked):
            return "let_down"
        if self.over:
            return "gone_by"
        if self.asked:
            return "asked"
        return "waits" if self.slot.waited_weeks and not self.let_down else "looking"


def arrangements(needs: Iterable[Need]) -> list[Arrangement]:
    """How each need stands, in three queries however many there are."""
    chosen = list(needs)
    slots: dict[UUID, list[Slot]] = defaultdict(list)
    asked_for = [need.pk for need in chosen if need.state != NeedState.NEW]
    found = Slot.objects.filter(occasion__need__in=asked_for).select_related("lead", "place", "household__building", "contact")
    counted = found.annotate(seats_wanted=Count("seats", filter=Q(seats__trainee=False)), need_id=F("occasion__need_id")).prefetch_related(
        "windows"
    )
    for slot in counted.order_by("week") if asked_for else ():
        slots[slot.need_id].append(slot)  # type: ignore[attr-defined]
    for rows in slots.values():
        # A visit that was cancelled, of whatever week, never hides the one that goes on.
        rows.sort(key=lambda slot: slot.state not in (SlotState.CANCELLED, SlotState.UNMET))
    offers: dict[UUID, list[Offer]] = defaultdict(list)
    newest = [rows[-1].pk for rows in slots.values()]
    standing = Offer.objects.active().filter(slot__in=newest).select_related("person", "seat").order_by("seat__number")
    for offer in standing if newest else ():
        offers[offer.slot_id].append(offer)
    in_vain = _let_down([rows[-2:] for rows in slots.values()])
    return [_arranged(need, slots[need.pk], offers, in_vain) for need in chosen]


def _let_down(lately: list[list[Slot]]) -> dict[UUID, bool]:
    """Occasions before which nobody came although it was agreed, and whether the home has said a new time since."""
    last = [slot.pk for rows in lately for slot in rows]
    missed = Attendance.objects.filter(offer__slot__in=last, outcome=Attendance.Outcome.NO_SHOW).values_list("offer__slot_id", "at")
    at: dict[UUID, datetime] = dict(missed) if last else {}
    moved = Entry.objects.filter(subject_id__in=[str(key) for key in last], verb="move_slot").values_list("subject_id", "at") if at else ()
    since: dict[str, datetime] = dict(moved)
    found = {rows[-1].pk: max((at[slot.pk] for slot in rows if slot.pk in at), default=None) for rows in lately if rows}
    return {key: str(key) in since and since[str(key)] >= moment for key, moment in found.items() if moment}


def _arranged(need: Need, slots: list[Slot], offers: dict[UUID, list[Offer]], in_vain: dict[UUID, bool]) -> Arrangement:
    if not slots:
        return Arrangement(need)
    slot = slots[-1]
    coming = [offer for offer in offers[slot.pk] if offer.state in (OfferState.ACCEPTED, OfferState.SERVED)]
    asked = sum(offer.state == OfferState.SENT for offer in offers[slot.pk])
    missing = max(0, slot.seats_wanted - sum(not offer.seat.trainee for offer in coming))  # type: ignore[attr-defined]
    over = all(window.latest < timezone.now() for window in slot.windows.all())
    return Arrangement(need, slot, coming, asked, missing, over, slot.pk in in_vain, in_vain.get(slot.pk, False), slots)


def arrangement(need: Need) -> Arrangement:
    return arrangements([need])[0]


def to_judge(stand: Arrangement) -> bool:
    """Whether the home has not said yet how its finished visit went: neither afterwards, nor when it noted the visit itself."""
    if stand.need.state != NeedState.DONE or Verdict.objects.filter(need=stand.need).exists():
        return False
    home = [key for key in (stand.need.resident_id, stand.need.asked_by_id) if key]
    return not Attendance.objects.filter(offer__slot__in=stand.slots, said_by__in=home).exists()


@dataclass(frozen=True)
class Happened:
    """One line of a need's history: when, what, and who if the home may know it."""

    at: datetime
    kind: str
    who: str = ""
    channel: str = ""
    start: datetime | None = None


def history_of(stand: Arrangement) -> list[Happened]:
    """What happened with a need, oldest first, as the home may read it: nobody who said no is ever named."""
    need, slots = stand.need, stand.slots
    lines = [Happened(need.asked_at, "asked", need.asker_name or (need.resident.called if need.resident else ""), need.channel)]
    if need.checked_at and slots:
        lines.append(Happened(need.checked_at, "checked", need.checked_by.name if need.checked_by else ""))
    lines += [
        Happened(slot.home_answer_at, f"home_{slot.home_answer}", channel=slot.home_answer_channel)
        for slot in slots
        if slot.home_answer_at and slot.home_answer != HomeAnswer.NOT_ASKED
    ]
    rows = Offer.objects.filter(slot__in=slots, state__in=(*SAID_YES, *TAKEN_BACK)).select_related("person", "attendance")
    went = list(rows) if slots else []
    for offer in went:
        lines += _of_offer(offer)
    # A week in which somebody was promised and did not come is not one for which nobody was found.
    visited = {str(offer.slot_id) for offer in went if hasattr(offer, "attendance")}
    subjects = [str(need.pk), *(str(slot.pk) for slot in slots)]
    told = list(Entry.objects.filter(subject_id__in=subjects, verb__in=TOLD_BY_JOURNAL)) if slots else []
    lines += [Happened(entry.at, entry.verb) for entry in told if entry.verb != "close_unmet" or entry.subject_id not in visited]
    lines += _weeks_in_vain(slots, visited | {entry.subject_id for entry in told if entry.verb == "close_unmet"})
    if need.closed_at:
        lines.append(Happened(need.closed_at, str(need.state)))
    if verdict := Verdict.objects.filter(need=need).first() if need.state == NeedState.DONE else None:
        lines.append(Happened(verdict.at, f"judged_{verdict.mark}", verdict.words, verdict.channel))
    return sorted(lines, key=lambda line: line.at)


def _weeks_in_vain(slots: list[Slot], told: set[str]) -> list[Happened]:
    """Weeks that closed without anybody; those that were loaded from an older register have no line in the journal."""
    ends = [(slot, timezone.make_aware(datetime.combine(slot.week + timedelta(days=6), time(21)))) for slot in slots]
    return [
        Happened(end, "close_unmet")
        for slot, end in ends
        if slot.state == SlotState.UNMET and str(slot.pk) not in told and end <= timezone.now()
    ]


def _of_offer(offer: Offer) -> list[Happened]:
    """A yes, a yes given back, and what came of it."""
    name, lines = offer.person.name, []
    if offer.answered_at:
        lines.append(Happened(offer.answered_at, "accepted", name, offer.answer_channel, offer.start))
    if offer.state in TAKEN_BACK and offer.answered_at and offer.closed_at:
        lines.append(Happened(offer.closed_at, "cannot_come", name))
    if hasattr(offer, "attendance"):
        lines.append(Happened(offer.attendance.at, f"visit_{offer.attendance.outcome}", name, offer.attendance.channel))
    return lines


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
    """Who answers for the community today, if it is one person: among several nobody can say who will call."""
    found = list(social_workers_at(place).distinct()[:2])
    return found[0] if len(found) == 1 else None


def promised_by(place: Place, now: datetime) -> datetime:
    """Until when the community calls back: a time at night becomes the next morning at nine."""
    last = timezone.localtime(now + timedelta(hours=rhythm_of(place).reply_promise_hours))
    if time(8, 30) <= last.time() <= time(18):
        return last
    morning = last.date() + timedelta(days=last.time() > time(18))
    return timezone.make_aware(datetime.combine(morning, time(9)))


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


def consent_texts() -> dict[str, ConsentText]:
    """The newest words of consent by purpose."""
    return {text.purpose: text for text in ConsentText.objects.filter(purpose__in=("service", "proxy")).order_by("version")}


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


def with_members(home: Household) -> Household:
    """The home with the people in it, read once."""
    prefetch_related_objects([home], "members")
    return home


class Helper(NamedTuple):
    """Somebody who may be wished for, or not: by id and name, and whether he has served in that home."""

    key: str
    name: str
    been_there: bool


def helpers_at(place: Place, household: Household | None) -> list[Helper]:
    """Who helps in the community, by name; who has served in that home is marked."""
    served = Offer.objects.filter(person=OuterRef("person_id"), state=OfferState.SERVED, slot__household=household)
    rows = Membership.objects.on(today()).helping().filter(place=place).select_related("person").annotate(been=Exists(served))
    found = {
        row.person_id: Helper(str(row.person_id), row.person.name, bool(getattr(row, "been", False)))
        for row in rows.order_by("person__name")
    }
    return list(found.values())


def past_needs(need: Need, limit: int = 6) -> list[Need]:
    """What the same home, or the same caller, asked before."""
    same = Q(pk__in=[])
    if need.household_id:
        same |= Q(household_id=need.household_id)
    if need.resident_id:
        same |= Q(resident_id=need.resident_id)
    if need.phone:
        same |= Q(phone=need.phone)
    agreed = Need.objects.in_community(need.community).filter(consent__withdrawn_at=None)
    found = agreed.filter(same).exclude(pk=need.pk).select_related("category")
    if need.series_id:
        # The coming weeks of the same matter are no past.
        found = found.exclude(series=need.series_id)
    return list(found.order_by("-asked_at")[:limit])


def promised_on(slot: Slot) -> list[Offer]:
    """The promised seats of a slot of which nobody has said how they went."""
    found = Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).select_related("person", "seat__skill", "slot", "presence")
    return list(found.order_by("seat__number"))
