"""What a volunteer may sign up for, and whose word passes a promise on."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NoReturn
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from doorstep.hub.people.access import led_places
from doorstep.hub.people.models import Clearance, Credential, Membership, Person, Place, SpokenLanguage
from doorstep.hub.people.models.person import HELPING

from ..models import Appeal, CalendarKey, Exchange, Exclusion, Offer, OfferState, Refusal, Seat, Slot, SlotState
from ..naming import names_at
from . import check_seat
from .refused import (
    GuardianSaysNo,
    NotCleared,
    NotForYou,
    NotInsuredYet,
    NotSkilled,
    NotWished,
    SeatAsksForOther,
    SignupEnded,
    SignupGone,
    SignupNotOpen,
    YouLackCheck,
    YouLackSkill,
    YourGuardianSaysNo,
)

#: The same rule, said to the one whom it keeps away; whoever is not wished is told no more than anybody for whom it is not.
TO_ONESELF: dict[type[Exception], type[Exception]] = {
    NotSkilled: YouLackSkill, NotCleared: YouLackCheck, GuardianSaysNo: YourGuardianSaysNo,
    NotWished: NotForYou, SeatAsksForOther: NotForYou,
}  # fmt: skip


def districts_of(person: Person, now: datetime) -> set[UUID]:
    """The districts in which the person helps today: a community's street's district, or as far up as the tree goes."""
    held = Membership.objects.on(timezone.localdate(now)).helping().filter(person=person)
    rows = held.values_list("place_id", "place__parent_id", "place__parent__parent_id")
    return {next(unit for unit in reversed(row) if unit) for row in rows}


def in_districts(districts: Iterable[UUID], prefix: str = "place") -> Q:
    wanted = list(districts)
    return Q(**{f"{prefix}__in": wanted}) | Q(**{f"{prefix}__parent__in": wanted}) | Q(**{f"{prefix}__parent__parent__in": wanted})


def _mine_to_know(slots: QuerySet[Slot], person: Person, now: datetime) -> QuerySet[Slot]:
    """Of a confidential matter at a home hears only who may take its professional seat; of one that is not for the person, nobody."""
    day = timezone.localdate(now)
    skilled = Credential.objects.in_force(day).filter(
        person=person, verified_on__lte=day, skill=OuterRef("skill"), level__gte=OuterRef("level")
    )
    sealed = Seat.objects.filter(slot=OuterRef("pk"), skill__professional=True)
    return (
        slots.filter(in_districts(districts_of(person, now)))
        .filter(Q(household=None) | ~Exists(sealed) | Exists(sealed.filter(Exists(skilled))))
        .exclude(Exists(Refusal.objects.filter(slot=OuterRef("pk"), person=person)))
        .exclude(Exists(Exclusion.objects.filter(household=OuterRef("household"), person=person)))
    )


def signups_for(person: Person, now: datetime) -> QuerySet[Slot]:
    """What is open for sign-up in the person's district and may be known; the soonest first."""
    found = Slot.objects.taking_signups().filter(signup_at__gt=now)
    whole = _mine_to_know(found, person, now).select_related("place", "lead", "category", "contact", "household")
    return whole.annotate(home_names=names_at("household"), fits=Exists(fitting_seats(person))).order_by("signup_at", "pk")


def fitting_seats(person: Person) -> QuerySet[Seat]:
    """The slot's seats whose skill, role, gender, language and clearance the person brings on that day, free or not; rides along."""
    day = OuterRef("slot__signup_at__date")
    held = Membership.objects.filter(Q(until=None) | Q(until__gte=day), person=person, role__in=HELPING, since__lte=day)
    proof = Credential.objects.filter(
        Q(expires_on=None) | Q(expires_on__gte=day),
        person=person, skill=OuterRef("skill"), level__gte=OuterRef("level"), revoked_on=None, verified_on__lte=day,
    )  # fmt: skip
    clear = Clearance.objects.filter(person=person, passed=True, checked_on__lte=day, expires_on__gte=day)
    spoken = SpokenLanguage.objects.filter(person=person, code=OuterRef("language"))
    return (
        Seat.objects.filter(Exists(held), slot=OuterRef("pk"), trainee=False)
        .filter(Q(skill=None) | Exists(proof))
        .filter(Q(role="") | Exists(held.filter(role=OuterRef("role"))))
        .filter(Q(gender="") | Q(gender=person.gender))
        .filter(Q(language="") | Exists(spoken))
        .filter(Q(slot__minor=False) | Exists(clear))
    )


def get_slot_to_sign_up_for(person: Person, slot_id: UUID, now: datetime | None = None) -> Slot:
    """A slot that is or was open for sign-up; any other id, real or not, gets one refusal, and so does what is not for the person."""
    moment = now or timezone.now()
    found = Slot.objects.filter(pk=slot_id).filter(Q(signup_at__isnull=False) | Q(line__person=person) | Q(offers__person=person))
    slot = _mine_to_know(found.distinct(), person, moment).select_related("lead", "place__parent__parent", "household", "category").first()
    if slot is None:
        raise NotForYou
    return slot


def get_signup_for(person: Person, slot_id: UUID, now: datetime) -> Slot:
    """The page of a slot that takes sign-ups; 404 for whoever may not know of it."""
    found = Slot.objects.filter(pk=slot_id, signup_at__isnull=False)
    whole = _mine_to_know(found, person, now).select_related("lead", "place__parent__parent", "household", "contact", "category")
    slot = whole.annotate(home_names=names_at("household")).first()
    if slot is None:
        raise Http404
    return slot


def check_signup_open(slot: Slot, now: datetime) -> datetime:
    """When the slot begins, if people may sign up for it now."""
    if slot.state not in (SlotState.OPEN, SlotState.HELD):
        raise SignupEnded
    if slot.signup_at is None or slot.state == SlotState.HELD:
        raise SignupNotOpen
    if slot.signup_at <= now:
        raise SignupGone
    if slot.bodily_risk and not slot.insured:
        raise NotInsuredYet
    return slot.signup_at


def check_own_seat(seat: Seat, person: Person, start: datetime) -> None:
    """`check_seat`, said to the person who would like to go."""
    try:
        check_seat(seat, person, start)
    except tuple(TO_ONESELF) as why:
        raise TO_ONESELF[type(why)] from None


def fit_for(seat: Seat, start: datetime, people: Iterable[UUID]) -> QuerySet[Person]:
    """Those of these people who may take the seat at that time, grown up: `check_seat` for all of them in one query."""
    slot, day = seat.slot, timezone.localdate(start)
    who = OuterRef("pk")
    held = Membership.objects.on(day).helping().filter(person=who)
    found = Person.objects.filter(Exists(held.filter(role=seat.role) if seat.role else held), pk__in=list(people))
    found = found.filter(Q(birth_date=None) | Q(birth_date__lte=day.replace(year=day.year - 18, day=min(day.day, 28))))
    if seat.gender:
        found = found.filter(gender=seat.gender)
    if seat.language:
        found = found.filter(Exists(SpokenLanguage.objects.filter(person=who, code=seat.language)))
    if seat.skill_id and not seat.trainee:
        proofs = Credential.objects.in_force(day).filter(skill=seat.skill_id, level__gte=seat.level, verified_on__lte=day)
        found = found.filter(Exists(proofs.filter(person=who)))
    if slot.minor:
        found = found.filter(Exists(Clearance.objects.in_force(day).filter(person=who, checked_on__lte=day)))
    if slot.household_id:
        found = found.exclude(Exists(Exclusion.objects.filter(household=slot.household_id, person=who)))
    found = found.exclude(Exists(Refusal.objects.filter(slot=slot, person=who)))
    return found.exclude(Exists(Offer.objects.active().filter(slot=slot, person=who)))


def get_own_promise(person: Person | None, offer_id: UUID) -> Offer:
    """A promise of the person's own that may still be passed on; 404 for any other."""
    found = Offer.objects.filter(person=person, state=OfferState.ACCEPTED, pk=offer_id) if person else Offer.objects.none()
    whole = found.select_related("slot__lead", "slot__household__building", "slot__contact", "slot__category", "slot__place", "seat__skill")
    offer = whole.annotate(home_names=names_at("slot__household")).first()
    if offer is None:
        raise Http404
    return offer


def get_own_exchange(person: Person | None, exchange_id: UUID) -> Exchange:
    """For the two of it; 404 for everybody else."""
    return _exchange(Q(offer__person=person) | Q(fellow=person), exchange_id) if person else _nothing()


def get_led_exchange(person: Person | None, exchange_id: UUID) -> Exchange:
    """For a social worker of the place from which the promise passes; 404 for everybody else."""
    return _exchange(Q(offer__slot__place__in=led_places(person)), exchange_id)


def _exchange(whose: Q, exchange_id: UUID) -> Exchange:
    found = Exchange.objects.filter(whose, pk=exchange_id).select_related(
        "offer__slot__place", "offer__slot__lead", "offer__person", "fellow", "other__slot"
    )
    return found.first() or _nothing()


def _nothing() -> NoReturn:
    raise Http404


def get_own_appeal(person: Person | None, appeal_id: UUID) -> Appeal:
    found = Appeal.objects.filter(person=person, pk=appeal_id) if person else Appeal.objects.none()
    appeal = found.select_related("seat__slot__place", "seat__slot__lead", "seat__skill").first()
    if appeal is None:
        raise Http404
    return appeal


def events_place(person: Person | None, place_id: str = "") -> Place:
    """The community for which a social worker announces something; the first of several, 404 for everybody else."""
    held = Place.objects.filter(pk__in=led_places(person)).select_related("parent__parent").order_by("code", "name")
    chosen = [place for place in held if not place_id or str(place.pk) == place_id]
    if not chosen:
        raise Http404
    return chosen[0]


def get_calendar_owner(secret: str) -> Person:
    """Whose calendar the secret opens; 404 for an old one, a guessed one and none."""
    key = CalendarKey.objects.select_related("person").filter(digest=sha256(secret.encode()).hexdigest()).first()
    if key is None:
        raise Http404
    return key.person
