"""What is open for sign-up as a volunteer sees it: what fits first, how many places are left, where in the line one stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from doorstep.hub.people.models import Person, VolunteerProfile

from .access import before_yes, has_experienced
from .access.signup import fit_for, get_signup_for, signups_for
from .models import Offer, OfferState, Party, Seat, Slot, SlotState, Waiting
from .naming import split_names
from .queries import MOST_NAMED
from .travel import metres_between

#: Nobody plans a festival farther ahead than this on a phone.
AHEAD = timedelta(days=92)
#: So many of them stand on one page; a district announces no more at a time.
SHOWN = 60
IN = (OfferState.ACCEPTED, OfferState.SENT)


@dataclass(frozen=True)
class Opening:
    """One slot that takes sign-ups, and what it is to one reader."""

    slot: Slot
    title: str
    places: int
    free: int
    waiting: int
    learning: int = 0
    fits: bool = True
    metres: float | None = None
    offer: Offer | None = None
    #: Place in the line, counted from 1; nothing for who is not in it.
    position: int = 0
    clash: Offer | None = None
    now: datetime = field(default_factory=timezone.now)

    @property
    def start(self) -> datetime:
        return self.slot.signup_at or self.slot.windows.all()[0].earliest

    @property
    def taken(self) -> int:
        return self.places - self.free

    @property
    def is_in(self) -> bool:
        return self.offer is not None and self.offer.state == OfferState.ACCEPTED

    @property
    def is_asked(self) -> bool:
        return self.offer is not None and self.offer.state == OfferState.SENT

    @property
    def full(self) -> bool:
        return self.free == 0 or self.waiting > 0

    @property
    def uninsured(self) -> bool:
        return self.slot.bodily_risk and not self.slot.insured

    @property
    def takes(self) -> bool:
        """Whether it takes anybody at all at this moment."""
        return self.slot.state == SlotState.OPEN and self.slot.signup_at is not None and self.slot.signup_at > self.now

    @property
    def may(self) -> bool:
        """Whether the reader could sign up by one press."""
        return self.takes and self.fits and not self.uninsured and self.offer is None and self.clash is None

    @property
    def near(self) -> bool:
        return self.metres is not None


def title_before_yes(slot: Slot) -> str:
    """The title without anybody of the home, from what the query read beside the slot."""
    contact = [(slot.contact.name, slot.contact.calling_name)] if slot.contact else []
    return before_yes(slot.title, [*split_names(getattr(slot, "home_names", "")), *contact])


def _counts(slots: Iterable[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """Slot id to places, free ones and free ones to learn on; one query."""
    taken = Offer.objects.active().filter(seat=OuterRef("pk"))
    seats = Seat.objects.filter(slot__in=list(slots)).annotate(held=Exists(taken)).order_by()
    rows = seats.values("slot_id").annotate(
        places=Count("pk", filter=Q(trainee=False)), free=Count("pk", filter=Q(trainee=False, held=False)),
        learning=Count("pk", filter=Q(trainee=True, held=False)),
    )  # fmt: skip
    return {row["slot_id"]: (row["places"], row["free"], row["learning"]) for row in rows}


def _lines(slots: Iterable[UUID], person: Person) -> dict[UUID, tuple[int, int]]:
    """Slot id to how many wait, and the person's own place among them; one query."""
    found: dict[UUID, tuple[int, int]] = {}
    rows = Waiting.objects.filter(slot__in=list(slots), state=Waiting.State.IN_LINE).order_by("slot", "number")
    for slot_id, person_id in rows.values_list("slot_id", "person_id"):
        n, mine = found.get(slot_id, (0, 0))
        found[slot_id] = (n + 1, n + 1 if person_id == person.pk else mine)
    return found


def place_in_line(slot: Slot, person: Person) -> int:
    """Counted from 1; 0 for who is not in the line."""
    return _lines([slot.pk], person).get(slot.pk, (0, 0))[1]


def _clash(slot: Slot, booked: Sequence[Offer]) -> Offer | None:
    """What the person has promised for that very time; the way between is looked at when signing up."""
    begin = slot.signup_at
    end = begin + timedelta(minutes=slot.minutes) if begin else None
    return next((o for o in booked if begin and end and o.slot_id != slot.pk and begin < o.end and o.start < end), None)


def openings(person: Person, profile: VolunteerProfile | None, now: datetime) -> list[Opening]:
    """What fits first, then what lacks something; the soonest first in each. Five queries, whatever is announced."""
    slots = list(signups_for(person, now).filter(signup_at__lt=now + AHEAD)[:SHOWN])
    if not slots:
        return []
    mine = Offer.objects.filter(person=person, state__in=IN, start__gt=now - timedelta(days=1)).select_related("slot")
    booked = list(mine.order_by())
    counts, lines = _counts(slot.pk for slot in slots), _lines((slot.pk for slot in slots), person)
    found = [_opening(slot, profile, booked, counts, lines, now) for slot in slots]
    return sorted(found, key=lambda one: (one.offer is None and not one.may, one.start))


def _opening(
    slot: Any, profile: VolunteerProfile | None, booked: list[Offer], counts: dict[UUID, tuple[int, int, int]],
    lines: dict[UUID, tuple[int, int]], now: datetime,
) -> Opening:  # fmt: skip
    places, free, learning = counts.get(slot.pk, (0, 0, 0))
    waiting, position = lines.get(slot.pk, (0, 0))
    return Opening(
        slot=slot, title=title_before_yes(slot), places=places, free=free, waiting=waiting, learning=learning,
        fits=getattr(slot, "fits", True), position=position, now=now, clash=_clash(slot, booked),
        metres=metres_between(profile.lat, profile.lon, slot.lat, slot.lon) if profile else None,
        offer=next((offer for offer in booked if offer.slot_id == slot.pk), None),
    )  # fmt: skip


@dataclass(frozen=True)
class Whole:
    """The page of one opening."""

    opening: Opening
    seats: list[Seat]
    experienced: bool
    family: list[Person]
    fellows: list[Person]
    party: Party | None

    @property
    def skilled(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.skill_id), None)


def whole_opening(person: Person, profile: VolunteerProfile | None, slot_id: UUID, now: datetime) -> Whole:
    """Everything that the page of one slot shows to who may know of it."""
    slot: Any = get_signup_for(person, slot_id, now)
    booked = list(Offer.objects.filter(person=person, state__in=IN, start__gt=now - timedelta(days=1)).select_related("slot", "party"))
    seats = list(Seat.objects.filter(slot=slot, trainee=False).select_related("skill").order_by("number")[:1])
    for seat in seats:
        seat.slot = slot
    known = companions_of(person)
    fits = fit_for(seats[0], slot.signup_at, [person.pk, *known]) if seats else Person.objects.none()
    fitting = {one.pk: one for one in fits.order_by("name")}
    opening = _opening(slot, profile, booked, _counts([slot.pk]), _lines([slot.pk], person), now)
    minor = person.birth_date is not None and (person.age_on(timezone.localdate(slot.signup_at)) or 0) < 18
    own = minor or person.pk in fitting or opening.offer is not None
    opening = Opening(**{**opening.__dict__, "fits": own})
    home = [one for one in fitting.values() if person.household_id and one.household_id == person.household_id and one.pk != person.pk]
    return Whole(
        opening=opening, seats=seats, experienced=has_experienced(slot), family=home,
        fellows=[one for pk, one in fitting.items() if pk != person.pk and one not in home], party=opening.offer.party if opening.offer else None,
    )  # fmt: skip


#: Whom one has met at a door or an event so lately, one may ask by name.
MET_SINCE = timedelta(days=365)
MOST_FELLOWS = 40


def companions_of(person: Person, now: datetime | None = None) -> list[UUID]:
    """The own household, and with whom one has been out: the names that the product has shown to this person before; two queries."""
    since = (now or timezone.now()) - MET_SINCE
    both = (OfferState.ACCEPTED, OfferState.SERVED)
    own = Offer.objects.filter(person=person, state__in=both, start__gte=since).values("slot_id")
    met = Offer.objects.filter(slot__in=own, state__in=both).exclude(person=person).order_by()
    # At a festival of hundreds nobody meets everybody, nor was told the names: only who was at small occasions counts as met.
    small = met.annotate(size=Count("slot__seats", distinct=True)).filter(size__lte=MOST_NAMED)
    found = list(small.values_list("person_id", flat=True).distinct()[:MOST_FELLOWS])
    home = (
        list(Person.objects.filter(household=person.household_id).exclude(pk=person.pk).values_list("pk", flat=True))
        if person.household_id
        else []
    )
    return list(dict.fromkeys([*home, *found]))


def person_numbered(number: str) -> Person | None:
    """The volunteer of that number, as one fellow tells another."""
    profile = VolunteerProfile.objects.filter(number__iexact=number.strip()).select_related("person").first()
    return profile.person if profile else None
