"""Who is never sent to a home, or not asked for one visit: written down, with what is arranged already given up, and taken back again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Household, Person

from ..access import SlotClosed
from ..models import Exclusion, Offer, Refusal, Slot, SlotState
from ..queries import standing_at
from .arranging import home_refuses
from .slot import bump, exclude, forbid, locked


class NotExcluded(Refused):
    sentence = _("这一位不在“不再派”的单子里了，可能刚有人改过。请看最新的单子。")


class HomeNotAsked(Refused):
    sentence = _("这一位是家里说不要的。请先问家里，再记下怎么说的、几点说的。")


class NotRuledOut(Refused):
    sentence = _("这一位不在“这一件不再请”的单子里了，可能刚有人改过。请看最新的单子。")


@transaction.atomic
def keep_away(*, by: Person, person: Person, household: Household, now: datetime | None = None) -> Exclusion:
    """Never to this home from now on: what the person was to do there is given up at once, without a reason."""
    moment = now or timezone.now()
    row = exclude(by=by, person=person, household=household)
    for slot in Slot.objects.filter(pk__in=standing_at(household, person, moment).values("slot_id")).order_by("pk"):
        rule_out_for_home(by=by, slot=slot, person=person, now=moment)
    return row


@transaction.atomic
def rule_out_for_home(*, by: Person, slot: Slot, person: Person, now: datetime | None = None) -> None:
    """Not this person for this slot, in the home's own word, whoever wrote it down."""
    forbid(by=by, slot=slot, person=person, now=now)
    Refusal.objects.filter(slot=slot, person=person).update(of_home=slot.household_id is not None)


@transaction.atomic
def home_says_no(*, by: Person, offer: Offer, channel: str, never_again: bool = False, now: datetime | None = None) -> None:
    """The home does not want this person: the seat opens, and it is kept that the home said so."""
    home_refuses(by=by, offer=offer, channel=channel, never_again=never_again, now=now)
    Refusal.objects.filter(slot=offer.slot, person=offer.person).update(of_home=offer.slot.household_id is not None)


@transaction.atomic
def lift_exclusion(*, by: Person, person: Person, household: Household) -> None:
    """The person may be asked for this home again; nobody is asked by it."""
    if not Exclusion.objects.filter(person=person, household=household).delete()[0]:
        raise NotExcluded
    record(actor_id=by.pk, verb="lift_exclusion", subject=household, place_id=household.community_id, detail={"person": str(person.pk)})


@transaction.atomic
def lift_refusal(*, by: Person, slot: Slot, person: Person, channel: str = "", said_at: datetime | None = None) -> None:
    """The person may be asked for this slot again; nobody is asked by it, and what the home says of everybody else stands.

    A social worker changes her own mind with one press. What the home said is the home's to take back: it
    is told who comes only after that person has said yes, and somebody who was asked, said yes and is refused a second
    time is hurt for nothing. So the home is asked first, and how and when it agreed is kept in the journal.
    """
    if locked(slot).state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    row = Refusal.objects.filter(slot=slot, person=person).first()
    if row is None:
        raise NotRuledOut
    if row.of_home and not channel:
        raise HomeNotAsked
    row.delete()
    bump(slot)
    detail = {"person": str(person.pk)}
    if row.of_home:
        detail |= {"home": channel, "said_at": (said_at or timezone.now()).isoformat()}
    record(actor_id=by.pk, verb="lift_refusal", subject=slot, place_id=slot.place_id, detail=detail)
