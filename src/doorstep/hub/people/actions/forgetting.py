"""Forgetting a person: the row stays as somebody without a name, so that what others did with them still stands; everything that says who it was goes."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from doorstep.hub.journal.actions import forget_notices, record

from ..models import (
    Account,
    Circumstance,
    Clearance,
    Consent,
    Credential,
    GuardianConsent,
    Household,
    Membership,
    Person,
    Registration,
    SpokenLanguage,
    VolunteerProfile,
)
from ..queries import today

#: What stands where a name was, once the person has asked to be forgotten.
FORGOTTEN = "（资料已删）"


@transaction.atomic
def forget_person(*, by: Person, person: Person) -> None:
    """Empties what people keeps. Consents stay as proof of what was allowed when, without the names in them; checks stay as yes or no."""
    home = person.household
    _unsay(person)
    _leave(person)
    if person.account_id:
        Account.objects.filter(pk=person.account_id).delete()
    Person.objects.filter(pk=person.pk).update(
        account=None, name=FORGOTTEN, calling_name="", gender="", birth_date=None, phone="", contact_via="", residence="", household=None, language="",
        elder_mode=False, theme="",
    )  # fmt: skip
    if home is not None and not Person.objects.filter(household=home).exists():
        _empty_home(home)
    forget_notices(person_id=person.pk)
    record(actor_id=by.pk, verb="forget_person", subject=person)
    person.refresh_from_db()


def _unsay(person: Person) -> None:
    Credential.objects.filter(person=person).delete()
    Clearance.objects.filter(person=person).update(authority=FORGOTTEN)
    GuardianConsent.objects.filter(person=person).delete()
    SpokenLanguage.objects.filter(person=person).delete()
    Registration.objects.filter(person=person).delete()
    Consent.objects.filter(person=person).update(given_by_name="", relation="")
    # Who spoke for others as a relative or a guardian stands there by name.
    for name in {person.name, person.calling_name} - {""}:
        kin = Q(person__household=person.household) if person.household else Q(person__isnull=True)
        Consent.objects.filter(kin, given_by_name=name).update(given_by_name=FORGOTTEN)


def _leave(person: Person) -> None:
    """Memberships end with yesterday, and the profile keeps its row for the visits that point to it, with nothing of the person in it."""
    day = today() - timedelta(days=1)
    for held in Membership.objects.filter(Q(until=None) | Q(until__gt=day), person=person):
        held.until = max(day, held.since)
        held.save(update_fields=["until"])
    profile = VolunteerProfile.objects.filter(person=person).first()
    if profile is not None:
        profile.delete()


def _empty_home(home: Household) -> None:
    """The last registered person has left the door: the home stays for past visits, as somewhere in its building."""
    Circumstance.objects.filter(household=home).delete()
    near = home.building if home.building.lat is not None else home.community
    Household.objects.filter(pk=home.pk).update(
        door=f"{FORGOTTEN}{home.pk.hex[:6]}", note="", lat=near.lat if near.lat is not None else 0.0, lon=near.lon if near.lon is not None else 0.0,
        version=home.version + 1,
    )  # fmt: skip
