"""Who is never sent to a home, or not asked for one visit: written down, with what is arranged already given up, and taken back again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Household, Person

from ..access import SlotClosed
from ..models import Exclusion, Refusal, Slot, SlotState
from ..queries import standing_at
from .slot import bump, exclude, forbid, locked


class NotExcluded(Refused):
    sentence = _("这一位不在“不再派”的单子里了，可能刚有人改过。请看最新的单子。")


class NotRuledOut(Refused):
    sentence = _("这一位不在“这一件不再请”的单子里了，可能刚有人改过。请看最新的单子。")


@transaction.atomic
def keep_away(*, by: Person, person: Person, household: Household, now: datetime | None = None) -> Exclusion:
    """Never to this home from now on: what the person was to do there is given up at once, without a reason."""
    moment = now or timezone.now()
    row = exclude(by=by, person=person, household=household)
    for slot in Slot.objects.filter(pk__in=standing_at(household, person, moment).values("slot_id")).order_by("pk"):
        forbid(by=by, slot=slot, person=person, now=moment)
    return row


@transaction.atomic
def lift_exclusion(*, by: Person, person: Person, household: Household) -> None:
    """The person may be asked for this home again; nobody is asked by it."""
    if not Exclusion.objects.filter(person=person, household=household).delete()[0]:
        raise NotExcluded
    record(actor_id=by.pk, verb="lift_exclusion", subject=household, place_id=household.community_id, detail={"person": str(person.pk)})


@transaction.atomic
def lift_refusal(*, by: Person, slot: Slot, person: Person) -> None:
    """The person may be asked for this slot again; nobody is asked by it, and what the home says of everybody else stands."""
    if locked(slot).state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    if not Refusal.objects.filter(slot=slot, person=person).delete()[0]:
        raise NotRuledOut
    bump(slot)
    record(actor_id=by.pk, verb="lift_refusal", subject=slot, place_id=slot.place_id, detail={"person": str(person.pk)})
