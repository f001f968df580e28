"""How much a matter counts for this week's plan: a social worker's word beside the judged urgency, which stays as it is."""

from django.db import transaction

from doorstep.hub.journal.access import check_version
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person

from ..access import SlotClosed
from ..models import MOST_WEIGHT, Slot, SlotState
from .slot import bump, locked


@transaction.atomic
def weigh(*, by: Person, slot: Slot, steps: int, seen: int | None = None) -> int:
    """Weighs the matter up or down by so many steps, as far as the scale goes; the next plan counts it so. Returns the new weight."""
    current = locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD):
        raise SlotClosed
    weight = min(MOST_WEIGHT, max(-MOST_WEIGHT, current.weight + steps))
    bump(current, weight=weight)
    record(
        actor_id=by.pk, verb="weigh", subject=slot, place_id=slot.place_id, detail={"from": current.weight, "to": weight}
    )  # fmt: skip
    return weight
