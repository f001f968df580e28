"""Who may see and change whom: every page gets its object here, and a stranger is told that nothing is there."""

from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, is_loopback

from .models import Consent, Household, Membership, Person, Place, Registration, ResetCode, Role, VolunteerProfile
from .models.place import PlaceQuerySet
from .queries import demonstration_cast, is_demonstration, today

#: Whose accounts only the district issues: nobody climbs by printing a code for somebody who may do more.
KEPT_BY_DISTRICT = (Role.SOCIAL_WORKER, Role.DISTRICT)
VOLUNTEERING = (Role.VOLUNTEER, Role.SPECIALIST)


class NotASocialWorker(Refused):
    sentence = _("这件事要由本社区的社工来办。请打给社区服务台。")


class TooYoung(Refused):
    sentence = _("未满 18 岁要先有监护人同意。请监护人到社区填一张同意书。")


def led_places(person: Person | None) -> set[UUID]:
    """The communities in which this person is a social worker today."""
    if person is None:
        return set()
    held = Membership.objects.on(today()).filter(person=person, role=Role.SOCIAL_WORKER)
    return set(held.values_list("place_id", flat=True))


def is_district_officer(person: Person | None) -> bool:
    return person is not None and Membership.objects.on(today()).filter(person=person, role=Role.DISTRICT).exists()


def is_volunteer(person: Person | None) -> bool:
    """Has a profile as a volunteer; a social worker may have one too, with rights kept apart."""
    return person is not None and hasattr(person, "volunteer")


def leads_at(person: Person | None, place_id: UUID) -> bool:
    return place_id in led_places(person)


def require_lead(person: Person | None, place_id: UUID) -> None:
    """Raises NotASocialWorker unless the person is a social worker of that community."""
    if not leads_at(person, place_id):
        raise NotASocialWorker


def communities_for(person: Person | None) -> QuerySet[Place]:
    """The communities whose inner pages the person may open."""
    every = Place.objects.communities()
    if is_district_officer(person):
        return every.current()
    return every.filter(id__in=led_places(person))


def get_community_for(person: Person | None, place_id: UUID | str | None = None) -> Place:
    """The asked community, or the person's first; 404 for anybody else."""
    mine = communities_for(person)
    try:
        place = mine.filter(id=UUID(str(place_id))).first() if place_id else mine.first()
    except ValueError:
        place = None
    if place is None:
        raise Http404
    return place


def households_visible_to(person: Person | None) -> QuerySet[Household]:
    """A social worker sees the households of the own community; a resident the own home."""
    if person is None:
        return Household.objects.none()
    return Household.objects.filter(Q(community_id__in=led_places(person)) | Q(id=person.household_id))


def get_household_for(person: Person | None, household_id: UUID) -> Household:
    found = households_visible_to(person).select_related("building", "community").filter(id=household_id).first()
    if found is None:
        raise Http404
    return found


def people_visible_to(person: Person | None) -> QuerySet[Person]:
    """Oneself, and for a social worker the residents and volunteers of the own community."""
    if person is None:
        return Person.objects.none()
    led = led_places(person)
    members = Membership.objects.on(today()).filter(place_id__in=led).values("person_id")
    return Person.objects.filter(Q(id=person.id) | Q(household__community_id__in=led) | Q(id__in=members))


def get_person_for(person: Person | None, person_id: UUID) -> Person:
    found = people_visible_to(person).select_related("household__building").filter(id=person_id).first()
    if found is None:
        raise Http404
    return found


def demo_sign_in_allowed(address: str | None = None) -> bool:
    """One-click sign-in: only in a demonstration, only served to this computer, only asked from this computer."""
    return is_loopback(settings.BIND_HOST) and (address is None or is_loopback(address)) and is_demonstration()


def get_demo_person(person_id: UUID, address: str) -> Person:
    """Somebody of the demonstration's cast; 404 wherever the one-click doors are shut."""
    if not demo_sign_in_allowed(address):
        raise Http404
    found = next((person for person in demonstration_cast() if person.pk == person_id), None)
    if found is None:
        raise Http404
    return found


def may_issue_account(by: Person | None, person: Person) -> bool:
    """A social worker for residents and volunteers of the own community; the district for social workers and itself."""
    if by is None or by.pk == person.pk:
        return False
    if Membership.objects.on(today()).filter(person=person, role__in=KEPT_BY_DISTRICT).exists():
        return is_district_officer(by)
    return people_visible_to(by).filter(pk=person.pk).exists() and bool(led_places(by))


def may_issue_led(by: Person, person: Person, roles: list[Membership]) -> bool:
    """The same for somebody of the reader's own community, whose roles have been read already."""
    return by.pk != person.pk and not any(role.role in KEPT_BY_DISTRICT for role in roles)


def issuable_among(by: Person, people: list[Person]) -> set[UUID]:
    """Which of these people of the reader's own community may be given a sign-in name, in one question."""
    kept = Membership.objects.on(today()).filter(person__in=people, role__in=KEPT_BY_DISTRICT).values_list("person_id", flat=True)
    return {person.pk for person in people} - set(kept) - {by.pk}


def get_person_to_issue(by: Person | None, person_id: UUID) -> Person:
    """Who may be given a sign-in name or a printed code by this person; 404 for everybody else."""
    person = Person.objects.select_related("account", "household__community").filter(pk=person_id).first()
    if person is None or not may_issue_account(by, person):
        raise Http404
    return person


def get_slip(by: Person | None, code_id: UUID) -> ResetCode:
    """The printed slip: only for who issued it, and only while its code is good."""
    if by is None:
        raise Http404
    standing = ResetCode.objects.filter(created_by=by.pk, used_at=None, expires_at__gt=timezone.now(), tries_left__gt=0)
    code = standing.select_related("account__person").filter(pk=code_id).first()
    if code is None:
        raise Http404
    return code


def get_own_consent(person: Person | None, consent_id: UUID) -> Consent:
    """What the person agreed to, or a guardian or relative in the person's name."""
    found = Consent.objects.filter(person=person, pk=consent_id).first() if person else None
    if found is None:
        raise Http404
    return found


def get_own_profile(person: Person | None) -> VolunteerProfile:
    """The volunteer's own profile; 404 for who is none."""
    found = VolunteerProfile.objects.select_related("person").filter(person=person).first() if person else None
    if found is None:
        raise Http404
    return found


def led_households(person: Person | None) -> QuerySet[Household]:
    """The homes that a social worker looks after; 404 for everybody who is none."""
    led = led_places(person)
    if not led:
        raise Http404
    return Household.objects.filter(community_id__in=led)


def get_led_household(person: Person | None, household_id: UUID) -> Household:
    found = led_households(person).select_related("building", "community").filter(id=household_id).first()
    if found is None:
        raise Http404
    return found


def get_led_person(person: Person | None, person_id: UUID) -> Person:
    """Somebody else of the social worker's own community."""
    if not led_places(person) or person is None or person.pk == person_id:
        raise Http404
    return get_person_for(person, person_id)


def led_volunteers(person: Person | None) -> QuerySet[VolunteerProfile]:
    """The volunteers of the communities in which this person is a social worker; 404 for everybody else."""
    led = led_places(person)
    if not led:
        raise Http404
    open_here = Membership.objects.on(today()).filter(place_id__in=led, role__in=VOLUNTEERING)
    return VolunteerProfile.objects.filter(person__in=open_here.values("person_id"))


def get_led_volunteer(person: Person | None, person_id: UUID) -> VolunteerProfile:
    found = led_volunteers(person).select_related("person__account", "person__household__building").filter(person_id=person_id).first()
    if found is None:
        raise Http404
    return found


def registrations_for(person: Person | None) -> QuerySet[Registration]:
    """Who said "I want to help" in the social worker's communities and waits for a call."""
    return Registration.objects.filter(place_id__in=led_places(person), state=Registration.State.WAITING)


def get_registration_for(person: Person | None, registration_id: UUID) -> Registration:
    """Answered ones too, so that who comes second is told so."""
    found = (
        Registration.objects.filter(place_id__in=led_places(person)).select_related("person", "place").filter(pk=registration_id).first()
    )
    if found is None:
        raise Http404
    return found


def district_places(person: Person | None) -> PlaceQuerySet:
    """Streets and communities of the district whose officer this is, ended ones too; 404 for everybody else."""
    held = Membership.objects.on(today()).filter(person=person, role=Role.DISTRICT) if person else Membership.objects.none()
    districts = list(held.values_list("place_id", flat=True))
    if not districts:
        raise Http404
    return Place.objects.filter(
        Q(parent__in=districts) | Q(parent__parent__in=districts), kind__in=[Place.Kind.STREET, Place.Kind.COMMUNITY]
    )


def get_district_place(person: Person | None, place_id: UUID) -> Place:
    found = district_places(person).select_related("parent").filter(pk=place_id).first()
    if found is None:
        raise Http404
    return found


def get_social_worker_at(place: Place, person_id: UUID) -> Person:
    """Somebody who is a social worker of that community today."""
    held = Membership.objects.on(today()).filter(place=place, person_id=person_id, role=Role.SOCIAL_WORKER)
    found = held.select_related("person").first()
    if found is None:
        raise Http404
    return found.person
