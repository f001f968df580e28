"""Writes on homes: what a visit reckons with, who lives there, and who sees a number."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused, Stale, check_version
from doorstep.hub.journal.actions import record
from doorstep.hub.journal.models import Entry

from ..models import Circumstance, Household, Person, Place
from ..queries import today

#: How many phone numbers one person may open a day; a call list is printed elsewhere.
NUMBERS_A_DAY = 30


class DoorTaken(Refused):
    field = "door"
    sentence = _("这扇门后面已经登记过一家了。请在住户里找一找，直接往那一家加人。")


class LivesHereAlready(Refused):
    field = "name"
    sentence = _("这一家已经有这个名字了。同名的话，请在名字后面加大、小，或写上称呼。")


class EnoughNumbers(Refused):
    sentence = _("今天看的号码已经到 30 个了。明天再看，或者用打印的电话单。")


class Unreachable(Refused):
    field = "contact_via"
    sentence = _("没有电话，就写请谁转告，不然找不到人。")


def _next_version(household: Household, seen: int | None, **changes: object) -> None:
    """Raises Stale if the page was drawn from another version; of two at once the second is told."""
    check_version(household.version, seen)
    standing = Household.objects.filter(pk=household.pk, version=household.version)
    if not standing.update(version=household.version + 1, **changes):
        raise Stale


@transaction.atomic
def change_household(*, by: Person, household: Household, note: str, kinds: list[str], seen: int | None = None) -> None:
    """The note and what a visit reckons with."""
    _next_version(household, seen, note=note)
    Circumstance.objects.filter(household=household).exclude(kind__in=kinds).delete()
    for kind in kinds:
        Circumstance.objects.get_or_create(household=household, kind=kind, defaults={"since": today()})
    record(actor_id=by.pk, verb="change_household", subject=household, place_id=household.community_id)


@transaction.atomic
def add_household(*, by: Person, community: Place, building: Place, door: str) -> Household:
    """A home behind a door that nobody has registered yet; it stands where its building stands."""
    neighbour = Household.objects.filter(building=building).first()
    lat, lon = (neighbour.lat, neighbour.lon) if neighbour else (building.lat or community.lat or 0, building.lon or community.lon or 0)
    try:
        with transaction.atomic():
            household = Household.objects.create(community=community, building=building, door=door, lat=lat, lon=lon)
    except IntegrityError:
        raise DoorTaken from None
    record(actor_id=by.pk, verb="add_household", subject=household, place_id=community.pk)
    return household


@transaction.atomic
def save_member(
    *, by: Person, household: Household, person: Person | None, name: str, calling_name: str, gender: str, birth_date: date | None,
    phone: str, contact_via: str, seen: int | None = None,
) -> Person:  # fmt: skip
    """Adds somebody to the home, or changes what is known of who lives there."""
    if not phone and not contact_via and person is None and not household.members.exclude(phone="").exists():
        raise Unreachable
    _next_version(household, seen)
    others = household.members.filter(name=name)
    if (others.exclude(pk=person.pk) if person else others).exists():
        raise LivesHereAlready
    facts = {
        "name": name,
        "calling_name": calling_name,
        "gender": gender,
        "birth_date": birth_date,
        "phone": phone,
        "contact_via": contact_via,
    }
    if person is None:
        person = Person.objects.create(household=household, **facts)
    else:
        Person.objects.filter(pk=person.pk).update(**facts)
    record(actor_id=by.pk, verb="save_member", subject=person, place_id=household.community_id)
    return person


@transaction.atomic
def move_out(*, by: Person, household: Household, person: Person, seen: int | None = None) -> None:
    """The person no longer lives here; what was done for them stays."""
    _next_version(household, seen)
    Person.objects.filter(pk=person.pk, household=household).update(household=None)
    record(actor_id=by.pk, verb="move_out", subject=person, place_id=household.community_id)


@transaction.atomic
def reveal_phone(*, by: Person, person: Person) -> str:
    """Opens one number and leaves a line that it was opened."""
    begun = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if Entry.objects.filter(actor_id=by.pk, verb="reveal_phone", at__gte=begun).count() >= NUMBERS_A_DAY:
        raise EnoughNumbers
    record(actor_id=by.pk, verb="reveal_phone", subject=person, confidential_read=True)
    return person.phone
