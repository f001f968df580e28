"""Those who go together or not at all: settled as soon as all have said yes, given up as soon as one is out."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record, tell

from ..access import before_yes_title
from ..models import Offer, OfferState, Party
from .slot import locked

STAND = (OfferState.SENT, OfferState.ACCEPTED)


@transaction.atomic
def settle_party(*, party_id: UUID, now: datetime) -> str:
    """What the party has come to by now. Whoever calls it holds the slot's row or takes it here."""
    party = Party.objects.select_related("slot").get(pk=party_id)
    locked(party.slot)
    party = Party.objects.select_for_update(of=("self",)).select_related("slot").get(pk=party_id)
    if party.state != Party.State.ASKING:
        return str(party.state)
    states = set(Offer.objects.filter(party=party).values_list("state", flat=True))
    if states == {OfferState.ACCEPTED}:
        Party.objects.filter(pk=party.pk).update(state=Party.State.TOGETHER)
        tell(person_id=party.by_id, kind="party_together", subject=party.slot, numbers={"title": before_yes_title(party.slot)})
        record(actor_id=None, verb="party_together", subject=party, place_id=party.slot.place_id)
        return str(Party.State.TOGETHER)
    if states - set(STAND):
        return _dissolve(party, now)
    return str(party.state)


def _dissolve(party: Party, now: datetime) -> str:
    """One is out: the others' places are free again, and each is told once."""
    for offer in Offer.objects.filter(party=party, state__in=STAND):
        tell(person_id=offer.person_id, kind="party_dissolved", subject=offer, numbers={"title": party.slot.title})
        Offer.objects.filter(pk=offer.pk).update(state=OfferState.WITHDRAWN, closed_at=now)
    Party.objects.filter(pk=party.pk).update(state=Party.State.DISSOLVED)
    record(actor_id=None, verb="party_dissolved", subject=party, place_id=party.slot.place_id)
    return str(Party.State.DISSOLVED)


def settle_parties(*, now: datetime | None = None) -> int:
    """Each party that still asks, in its own transaction: whatever befell one of its offers, the others hear of it."""
    moment = now or timezone.now()
    asking = list(Party.objects.filter(state=Party.State.ASKING).values_list("pk", flat=True))
    return sum(settle_party(party_id=pk, now=moment) != Party.State.ASKING for pk in asking)
