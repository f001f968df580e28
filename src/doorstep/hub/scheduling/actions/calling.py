"""Who calls the roll of an event beside its social worker: somebody who goes there, grown up and known, for this one event."""

from django.db import transaction

from doorstep.hub.journal.access import check_version
from doorstep.hub.journal.actions import record, tell
from doorstep.hub.people.access import require_lead
from doorstep.hub.people.models import Person

from ..access import SlotClosed
from ..access.calling import require_caller
from ..models import Slot, SlotState
from .slot import bump, locked


@transaction.atomic
def name_caller(*, by: Person, slot: Slot, person: Person | None, seen: int | None = None) -> None:
    """Names who calls the roll of this event, another one, or nobody any more; each hears of it. Who answers for the event stays its social
    worker, and nobody's own coming is on the roll that they call."""
    require_lead(by, slot.place_id)
    current = locked(slot)
    check_version(current.version, seen)
    if current.state not in (SlotState.OPEN, SlotState.HELD, SlotState.DONE):
        raise SlotClosed
    if person is not None:
        require_caller(person, current)
    before = current.caller_id
    if before == (person.pk if person else None):
        return
    bump(current, caller=person)
    tell(person_id=before, kind="roll_taken_back", subject=current, numbers={"title": current.title})
    tell(person_id=person.pk if person else None, kind="roll_named", subject=current, numbers={"title": current.title})
    record(
        actor_id=by.pk, verb="name_caller", subject=current, place_id=current.place_id, detail={"person": str(person.pk) if person else ""}
    )
