"""Who may see and staff a slot, who may be asked for a seat, and what an offer reveals when."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from doorstep.hub.people.access import is_volunteer, led_places
from doorstep.hub.people.models import Clearance, Credential, GuardianConsent, Household, Membership, Person, Place, Role, SpokenLanguage
from doorstep.hub.people.queries import cleared_for_minors, guardian_consent_of, skills_in_force, today

from ..models import Exclusion, Offer, OfferState, Plan, Refusal, Seat, Slot, SlotState
from ..naming import nameless, names_at, split_names
from ..queries import with_newest_plan
from .refused import AlreadyAnswered as AlreadyAnswered
from .refused import GuardianSaysNo as GuardianSaysNo
from .refused import NobodyToLearnFrom as NobodyToLearnFrom
from .refused import NotCleared as NotCleared
from .refused import NotForYou as NotForYou
from .refused import NotInsured as NotInsured
from .refused import NotSkilled as NotSkilled
from .refused import NotWished as NotWished
from .refused import OutsideWindow as OutsideWindow
from .refused import ReplyTooLate as ReplyTooLate
from .refused import SeatAsked as SeatAsked
from .refused import SeatAsksForOther as SeatAsksForOther
from .refused import SeatTaken as SeatTaken
from .refused import SlotClosed as SlotClosed
from .refused import StartGone as StartGone
from .refused import TimeClash as TimeClash
from .refused import TooLateToAsk as TooLateToAsk
from .refused import VisitBegun as VisitBegun
from .refused import YourTimeClash as YourTimeClash


def slots_visible_to(person: Person | None) -> QuerySet[Slot]:
    """A social worker sees the slots of the own community; the one who waits for help sees her own."""
    if person is None:
        return Slot.objects.none()
    mine = Slot.objects.filter(place_id__in=led_places(person))
    return mine | Slot.objects.filter(contact=person)


def get_slot_for(person: Person | None, slot_id: UUID) -> Slot:
    found = slots_visible_to(person).select_related("place", "household__building", "contact", "lead", "category").filter(id=slot_id)
    slot = found.first()
    if slot is None:
        raise Http404
    return slot


def _arranged(person: Person | None) -> QuerySet[Membership]:
    """The roles in which this person arranges a week: a social worker's community, a district officer's district."""
    held = Membership.objects.on(today()).filter(role__in=(Role.SOCIAL_WORKER, Role.DISTRICT))
    return held.filter(person=person) if person else held.none()


def planning_places(person: Person | None) -> list[Place]:
    """The communities, then the districts, whose week this person arranges; one query."""
    held = _arranged(person).select_related("place__parent__parent")
    return sorted({row.place for row in held}, key=lambda place: (place.kind != Place.Kind.COMMUNITY, place.code, place.name))


def choose_place(places: list[Place], place_id: str = "") -> Place:
    """The asked one of these, or the first; 404 if it is none of them."""
    chosen = [place for place in places if not place_id or str(place.pk) == place_id]
    if not chosen:
        raise Http404
    return chosen[0]


def get_led_slot_for(person: Person | None, slot_id: UUID) -> Slot:
    """The slot, for a social worker of its community only; one query."""
    led = _arranged(person).filter(role=Role.SOCIAL_WORKER).values("place_id")
    found = Slot.objects.filter(id=slot_id, place_id__in=led)
    whole = found.select_related("place__parent__parent", "household__building", "contact", "lead", "category", "occasion")
    slot = with_newest_plan(whole).first()
    if slot is None:
        raise Http404
    return slot


def get_seat_of(slot: Slot, seat_id: UUID | str) -> Seat:
    """A seat of a slot that was got already."""
    seat = next((seat for seat in slot.seats.select_related("skill", "slot__place") if str(seat.pk) == str(seat_id)), None)
    if seat is None:
        raise Http404
    return seat


def get_helper_for(slot: Slot, person_id: UUID | str) -> Person:
    """Somebody who helps in the slot's district; a person who does not cannot be named at all."""
    districts = {slot.place_id, slot.place.parent_id, slot.place.parent.parent_id if slot.place.parent else None} - {None}
    near = Q(place__in=districts) | Q(place__parent__in=districts) | Q(place__parent__parent__in=districts)
    helping = Membership.objects.on(today()).helping().filter(near)
    try:
        person = Person.objects.filter(pk__in=helping.values("person_id"), pk=UUID(str(person_id))).first()
    except ValueError:
        person = None
    if person is None:
        raise Http404
    return person


def get_helper_of_home(household: Household, person_id: UUID | str) -> Person:
    """Somebody who may be kept away from a home that was got already: who helps in its community, or was asked for it before."""
    here = Membership.objects.on(today()).helping().filter(place=household.community_id)
    asked = Offer.objects.filter(slot__household=household, sent_at__isnull=False)
    known = Q(pk__in=here.values("person_id")) | Q(pk__in=asked.values("person_id")) | Q(exclusions__household=household)
    try:
        person = Person.objects.filter(known, pk=UUID(str(person_id))).first()
    except ValueError:
        person = None
    if person is None:
        raise Http404
    return person


def get_ruled_out_of(slot: Slot, person_id: UUID) -> Person:
    """Somebody who is not asked for a slot that was got already; or who helps there, since a colleague may just have changed it."""
    refused = Person.objects.filter(pk__in=slot.refusals.filter(person=person_id).values("person_id")).first()
    return refused or get_helper_for(slot, person_id)


#: States in which a person has been told of the offer.
TOLD = (
    OfferState.SENT, OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED, OfferState.CANNOT_COME,
    OfferState.SERVED, OfferState.MISSED, OfferState.WITHDRAWN, OfferState.UNABLE, OfferState.HANDED_ON,
)  # fmt: skip


def offers_visible_to(person: Person | None) -> QuerySet[Offer]:
    """A volunteer sees what he was asked, never a proposal; a social worker all offers of the own community."""
    if person is None:
        return Offer.objects.none()
    asked = Offer.objects.filter(person=person, sent_at__isnull=False, state__in=TOLD)
    return asked | Offer.objects.filter(slot__place_id__in=led_places(person))


def get_own_offer(person: Person | None, offer_id: UUID) -> Offer:
    found = Offer.objects.filter(person=person, sent_at__isnull=False, state__in=TOLD, id=offer_id) if person else Offer.objects.none()
    whole = found.select_related("slot__lead", "slot__household__building", "slot__contact", "slot__category", "slot__place", "seat__skill")
    offer = whole.annotate(home_names=names_at("slot__household")).first()
    if offer is None:
        raise Http404
    return offer


def get_led_offer_for(person: Person | None, offer_id: UUID) -> Offer:
    led = _arranged(person).filter(role=Role.SOCIAL_WORKER).values("place_id")
    found = Offer.objects.filter(id=offer_id, slot__place_id__in=led)
    offer = found.select_related("slot__lead", "slot__place", "slot__household", "person__volunteer", "seat__skill").first()
    if offer is None:
        raise Http404
    return offer


def plans_visible_to(person: Person | None) -> QuerySet[Plan]:
    """A plan's figures: for who arranges that place, a place above it, or a community that is planned with it."""
    places = planning_places(person)
    mine = {place.pk for place in places}
    above = {place.parent_id for place in places} | {place.parent.parent_id for place in places if place.parent} - {None}
    inside = Q(place__parent__in=mine) | Q(place__parent__parent__in=mine)
    return Plan.objects.filter(Q(place__in=mine | above) | inside)


def get_plan_for(person: Person | None, plan_id: UUID) -> Plan:
    plan = plans_visible_to(person).select_related("place").filter(id=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def plans_to_steer(person: Person | None) -> QuerySet[Plan]:
    """Whoever arranges the week of that very place may start and stop its plan, and take its files away.

    A week file holds the homes of everybody whom the planner looked at. So a district's file is the district
    office's alone, and a social worker gets the file of a plan that was made for her own community.
    """
    return Plan.objects.filter(place_id__in=_arranged(person).values("place_id"))


def get_steered_plan(person: Person | None, plan_id: UUID) -> Plan:
    plan = plans_to_steer(person).select_related("place").filter(id=plan_id).first()
    if plan is None:
        raise Http404
    return plan


class Revealed(NamedTuple):
    """What the asked person may know at this moment."""

    door: str
    name: str
    phone: str


def revealed(offer: Offer, now: datetime | None = None) -> Revealed | None:
    """Name, door and phone: only between yes and the end of the visit's day, never before and never after."""
    if offer.state != OfferState.ACCEPTED or offer.slot.household is None:
        return None
    over = (offer.start + timedelta(minutes=offer.slot.minutes)).astimezone(timezone.get_current_timezone())
    if (now or timezone.now()) > over.replace(hour=23, minute=59):
        return None
    contact = offer.slot.contact
    return Revealed(str(offer.slot.household), contact.called if contact else "", contact.phone if contact else "")


def before_yes(title: str, people: Iterable[tuple[str, str]]) -> str:
    """What somebody who has not said yes may read of a title about these people, given by name and calling name."""
    return nameless(title, people)


def before_yes_title(slot: Slot) -> str:
    """The same of a slot that nobody has been asked for: the names of all who live there are left out."""
    people = [(person.name, person.calling_name) for person in slot.household.members.all()] if slot.household else []
    return nameless(slot.title, people + ([(slot.contact.name, slot.contact.calling_name)] if slot.contact else []))


def title_of(offer: Offer, now: datetime | None = None) -> str:
    """What the asked person may read as the title: the names in it come and go with the door."""
    if revealed(offer, now) is not None:
        return offer.slot.title
    contact = offer.slot.contact
    people = split_names(offer.home_names) + ([(contact.name, contact.calling_name)] if contact else [])  # type: ignore[attr-defined]
    return nameless(offer.slot.title, people)


def check_seat(seat: Seat, person: Person, start: datetime) -> None:
    """Raises the first refusal that keeps this person from this seat; distance and free time are the person's own to say."""
    slot = seat.slot
    day = timezone.localdate(start)
    if seat.trainee:
        check_experienced(slot)
    elif seat.skill_id and skills_in_force(person.pk, day).get(seat.skill_id, 0) < seat.level:
        raise NotSkilled
    roles = set(person.memberships.on(day).helping().values_list("role", flat=True))
    if not roles or (seat.role and seat.role not in roles) or (seat.gender and seat.gender != person.gender):
        raise SeatAsksForOther
    if seat.language and not person.languages.filter(code=seat.language).exists():
        raise SeatAsksForOther
    if slot.minor and not cleared_for_minors(person.pk, day):
        raise NotCleared
    ruled_out = Exclusion.objects.filter(person=person, household_id=slot.household_id).exists() if slot.household_id else False
    if ruled_out or slot.refusals.filter(person=person).exists():
        raise NotWished
    check_guardian(slot, person, start)


def has_experienced(slot: Slot) -> bool:
    """Whether somebody who knows the work has said yes to it."""
    return slot.offers.filter(state=OfferState.ACCEPTED, seat__trainee=False).exists()


def check_experienced(slot: Slot) -> None:
    """A place to learn on counts only beside somebody who has said yes to the work itself."""
    if not has_experienced(slot):
        raise NobodyToLearnFrom


def check_guardian(slot: Slot, person: Person, start: datetime) -> None:
    """A person under 18 goes only where the guardian agreed: the task, the minutes a week, the hour, no bodily risk."""
    age = person.age_on(timezone.localdate(start))
    if age is None or age >= 18:
        return
    booked = Offer.objects.active().in_week(slot.week).filter(person=person).exclude(slot=slot).select_related("slot")
    if not guardian_allows(guardian_consent_of(person.pk), person, start, slot.minutes, slot.category_id, slot.bodily_risk, booked):
        raise GuardianSaysNo


def guardian_allows(
    consent: GuardianConsent | None,
    person: Person,
    start: datetime,
    minutes: int,
    category_id: int,
    bodily_risk: bool,
    booked: Iterable[Offer],
) -> bool:
    """Whether a visit is inside what the guardian agreed to, beside what is booked in that week; always true from 18 on."""
    local = timezone.localtime(start)
    age = person.age_on(local.date())
    if age is None or age >= 18:
        return True
    if consent is None or bodily_risk or category_id not in {task.pk for task in consent.tasks.all()}:
        return False
    in_week = minutes + sum(offer.slot.minutes for offer in booked)
    return local.hour * 60 + local.minute + minutes <= consent.latest_end_minute and in_week <= consent.max_minutes


def check_window(slot: Slot, start: datetime) -> None:
    if slot.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    if not any(window.earliest <= start <= window.latest for window in slot.windows.all()):
        raise OutsideWindow


def require_helper(person: Person | None) -> Person:
    """Who may open a volunteer's pages: somebody with a profile, or with a role that goes to doors; 404 for anybody else."""
    if person is not None and (is_volunteer(person) or person.memberships.on(timezone.localdate()).helping().exists()):
        return person
    raise Http404


def untold_to(person: Person, monday: date) -> set[str]:
    """The week's confidential slots (those with a professional's seat) that this person may not hear of: they could take no such seat."""
    skilled = Credential.objects.in_force(monday + timedelta(days=6)).filter(
        person=person, verified_on__lte=monday, skill=OuterRef("skill"), level__gte=OuterRef("level")
    )
    sealed = Seat.objects.filter(slot__week=monday, skill__professional=True).annotate(mine=Exists(skilled))
    rows = list(sealed.values_list("slot_id", "mine"))
    return {str(slot) for slot, _ in rows} - {str(slot) for slot, mine in rows if mine}


def open_seats_for(person: Person, monday: date) -> QuerySet[Seat]:
    """The week's seats that nobody holds and that this person may know of and take: check_seat for all seats in one query.

    A credential and a clearance must last to the week's end. A matter with a professional's seat is confidential: only
    who may take that seat hears of it. What the guardian of a minor allows is checked for each start by check_guardian.
    """
    last = monday + timedelta(days=6)
    mine = Membership.objects.on(monday).filter(person=person)
    skilled = Credential.objects.in_force(last).filter(
        person=person, verified_on__lte=monday, skill=OuterRef("skill"), level__gte=OuterRef("level")
    )
    spoken = SpokenLanguage.objects.filter(person=person, code=OuterRef("language"))
    return (
        Seat.objects.filter(Exists(mine), slot__state=SlotState.OPEN, slot__week=monday, slot__signup_at=None, trainee=False)
        .filter(Q(skill=None) | Exists(skilled))
        .filter(Q(role="") | Exists(mine.filter(role=OuterRef("role"))))
        .filter(Q(gender="") | Q(gender=person.gender))
        .filter(Q(language="") | Exists(spoken))
        .filter(Q(slot__minor=False) | Exists(Clearance.objects.in_force(last).filter(person=person, checked_on__lte=monday)))
        .filter(Q(slot__bodily_risk=False) | Q(slot__insured=True))
        .filter(Q(skill__professional=True) | ~Exists(Seat.objects.filter(slot=OuterRef("slot"), skill__professional=True)))
        .exclude(Exists(Offer.objects.active().filter(seat=OuterRef("pk"))))
        .exclude(Exists(Offer.objects.filter(slot=OuterRef("slot"), person=person)))
        .exclude(Exists(Refusal.objects.filter(slot=OuterRef("slot"), person=person)))
        .exclude(Exists(Exclusion.objects.filter(household=OuterRef("slot__household"), person=person)))
    )


def get_slot_to_wish_for(person: Person, slot_id: UUID) -> Slot:
    """The slot of an open seat; any other id, real or not, gets the same refusal."""
    slot = Slot.objects.open().select_related("lead", "contact", "household", "place__parent__parent").filter(id=slot_id).first()
    if slot is None or not open_seats_for(person, slot.week).filter(slot=slot).exists():
        raise NotForYou
    return slot
