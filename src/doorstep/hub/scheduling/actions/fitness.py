"""Who may not go any more, for a role, a proof or a guardian's consent that is gone, is not left standing on a seat."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record, tell

from ..access import NobodyToLearnFrom, check_seat
from ..models import Offer, OfferState
from ..queries import STANDING, perhaps_unfit
from .slot import lock_offer, unsettle_home


def free_unfit_offers(*, now: datetime | None = None) -> int:
    """Each offer in its own transaction: one that is being answered at this moment keeps none of the others back."""
    moment = now or timezone.now()
    return sum(free_if_unfit(offer_id=pk, now=moment) for pk in perhaps_unfit(moment).values_list("pk", flat=True))


@transaction.atomic
def free_if_unfit(*, offer_id: UUID, now: datetime) -> bool:
    """The seat opens again if its person may not go on that day; whoever was told before is told, and the home is asked anew."""
    offer = lock_offer(offer_id)
    if offer.state not in STANDING or (why := _unfit(offer)) is None:
        return False
    was, told = offer.state, offer.sent_at is not None
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.UNABLE if told else OfferState.REPLACED, closed_at=now)
    if told:
        tell(person_id=offer.person_id, kind="offer_unable", subject=offer, numbers={"title": offer.slot.title})
    if was == OfferState.ACCEPTED:
        tell(person_id=offer.slot.contact_id, kind="helper_changes", subject=offer.slot, numbers={"title": offer.slot.title})
    tell(person_id=offer.slot.lead_id, kind="helper_unable", subject=offer, numbers={"title": offer.slot.title})
    unsettle_home(offer.slot_id)
    record(actor_id=None, verb="free_unfit", subject=offer, place_id=offer.slot.place_id, detail={"why": type(why).__name__, "was": was})
    return True


def _unfit(offer: Offer) -> Refused | None:
    """The rule that keeps the person from the seat now, as if the seat were given away today."""
    offer.seat.slot = offer.slot
    try:
        check_seat(offer.seat, offer.person, offer.start)
    except NobodyToLearnFrom:
        # Who learns waits until somebody experienced is found; that is nobody's papers.
        return None
    except Refused as refusal:
        return refusal
    return None
