"""Who may be asked to call the roll of an event, and for whom it is theirs to call."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Membership, Person, Role
from doorstep.hub.people.queries import today

from ..models import Offer, OfferState, Slot

#: So often somebody has served in the community before others' hours rest on that word.
KNOWN_AFTER = 3
ADULT = 18
GOES = (OfferState.ACCEPTED, OfferState.SERVED)


class RollOfAHome(Refused):
    sentence = _("上门的事不点名：来没来，由家里人或社工说。")


class NotACaller(Refused):
    sentence = _("点名算作证，请在答应来的人里选成年、在本社区做过三次以上的，或者社工、专业志愿者、物业。请换一位。")


def callers_for(slot: Slot) -> list[Person]:
    """Those who go to this event and may be asked to call its roll; three queries."""
    if slot.household_id is not None:
        return []
    going = Person.objects.filter(offers__slot=slot, offers__state__in=GOES).distinct().order_by("name", "pk")
    day = today()
    grown = [person for person in going if (age := person.age_on(day)) is None or age >= ADULT]
    known = _known([person.pk for person in grown], slot)
    return [person for person in grown if person.pk in known]


def _known(people: Iterable[UUID], slot: Slot) -> set[UUID]:
    """Staff and specialists of the community, and whoever has served there often enough."""
    ids = list(people)
    staff = Membership.objects.on(today()).filter(
        person__in=ids, place=slot.place_id, role__in=(Role.SOCIAL_WORKER, Role.SPECIALIST, Role.PROPERTY)
    )
    served = Offer.objects.filter(person__in=ids, slot__place=slot.place_id, state=OfferState.SERVED).exclude(slot=slot)
    times: dict[UUID, int] = {}
    for pk in served.values_list("person_id", flat=True):
        times[pk] = times.get(pk, 0) + 1
    return set(staff.values_list("person_id", flat=True)) | {pk for pk, number in times.items() if number >= KNOWN_AFTER}


def require_caller(person: Person, slot: Slot) -> None:
    """Raises what keeps the person from calling the roll of this slot."""
    if slot.household_id is not None:
        raise RollOfAHome
    if person not in callers_for(slot):
        raise NotACaller


def calls_roll(person: Person | None, slot: Slot) -> bool:
    """Whether this person was named for this event, and still goes there."""
    if person is None or slot.household_id is not None or slot.caller_id != person.pk:
        return False
    return Offer.objects.filter(slot=slot, person=person, state__in=GOES).exists()
