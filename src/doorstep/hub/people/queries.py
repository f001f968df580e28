"""Reads on people and places."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Clearance, Credential, GuardianConsent, Installation, Membership, Person, Place, Role


def today() -> date:
    return timezone.localdate()


def this_monday(now: datetime | None = None) -> date:
    day = timezone.localdate(now)
    return day - timedelta(days=day.weekday())


def next_monday(now: datetime | None = None) -> date:
    return this_monday(now) + timedelta(days=7)


def is_demonstration() -> bool:
    return Installation.objects.filter(demonstration=True).exists()


def person_of_account(account_id: int) -> Person | None:
    """Who signs in with this account."""
    return Person.objects.select_related("household__community").filter(account_id=account_id).first()


def roles_of(person: Person, day: date | None = None) -> list[Membership]:
    """The person's open memberships, the leading ones first."""
    order = {Role.DISTRICT: 0, Role.SOCIAL_WORKER: 1, Role.SPECIALIST: 2, Role.VOLUNTEER: 3}
    found = person.memberships.on(day or today()).select_related("place", "led_by")
    return sorted(found, key=lambda membership: order.get(Role(membership.role), 9))


def skills_in_force(person_id: UUID, day: date | None = None) -> dict[int, int]:
    """Skill id to level, for verified credentials in date only."""
    found = Credential.objects.in_force(day or today()).filter(person_id=person_id)
    return dict(found.values_list("skill_id", "level"))


def cleared_for_minors(person_id: UUID, day: date | None = None) -> bool:
    return Clearance.objects.in_force(day or today()).filter(person_id=person_id).exists()


def guardian_consent_of(person_id: UUID) -> GuardianConsent | None:
    """The standing consent of a minor's guardian; None if there is none or it was withdrawn."""
    return (
        GuardianConsent.objects.filter(person_id=person_id, consent__withdrawn_at=None).prefetch_related("tasks").first()
    )


def social_workers_at(place: Place) -> QuerySet[Person]:
    return Person.objects.filter(
        Q(memberships__until=None) | Q(memberships__until__gte=today()),
        memberships__place=place,
        memberships__role=Role.SOCIAL_WORKER,
    ).distinct()


def find_place(words: str) -> QuerySet[Place]:
    """Units by name, former name, alias or code, those in use first."""
    match = Q(name__icontains=words) | Q(aliases__name__icontains=words) | Q(listings__name__icontains=words) | Q(code=words)
    return Place.objects.filter(match).distinct().order_by("standing", "code")
