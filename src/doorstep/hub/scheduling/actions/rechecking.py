"""Checking a stored plan all over again, today or years later, and keeping what was found."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person

from ..models import Plan
from ..proving import Rechecked, recheck


class NotFinished(Refused):
    sentence = _("这份安排没有排完，没有可以核对的。请等它排好，或再排一次。")


@transaction.atomic
def recheck_plan(*, by: Person | None, plan: Plan, now: datetime | None = None) -> Rechecked:
    """Checks the stored bytes; what is found stands on the plan and in the journal, the old verdict stays as it is."""
    if plan.state != Plan.State.READY:
        raise NotFinished
    found = recheck(plan)
    Plan.objects.filter(pk=plan.pk).update(rechecked_at=now or timezone.now(), recheck_faults=found.faults)
    record(
        actor_id=by.pk if by else None, verb="recheck_plan", subject=plan, place_id=plan.place_id,
        detail={"holds": found.holds, "faults": [fault["code"] for fault in found.faults], "value": found.value, "bound": found.bound},
    )  # fmt: skip
    return found
