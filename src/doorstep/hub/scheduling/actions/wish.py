"""A volunteer would like to go where somebody is still wanted: the social worker hears of it, and decides."""

from django.db import transaction

from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.models import Person

from ..models import Slot
from ..queries import WISH, wished_slots
from .slot import locked


@transaction.atomic
def wish_to_go(*, by: Person, slot: Slot) -> None:
    """Tells the responsible social worker; nobody is put on a seat by it, and wishing twice says it once."""
    # Two taps at once wait for each other here, so that the second finds what the first said.
    locked(slot)
    if slot.pk in wished_slots(by, [slot.pk]):
        return
    record(actor_id=by.pk, verb=WISH, subject=slot, place_id=slot.place_id)
    tell(person_id=slot.lead_id, kind="wants_to_go", subject=slot, numbers={"title": slot.title, "person": str(by.pk)})
