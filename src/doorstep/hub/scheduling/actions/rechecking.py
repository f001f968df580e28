"""Keeping what a check of a stored plan found, today or years later."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person

from ..models import Plan
from ..proving import Rechecked


class NotFinished(Refused):
    sentence = _("这份安排没有排完，没有可以核对的。请等它排好，或再排一次。")


@transaction.atomic
def recheck_plan(*, by: Person | None, plan: Plan, found: Rechecked, now: datetime | None = None) -> Rechecked:
    """Keeps what a check of the stored bytes found, on the plan and in the journal; the old verdict stays as it is.

    The check itself (`proving.recheck`) comes before, where it takes its seconds without holding the database.
    """
    if plan.state != Plan.State.READY:
        raise NotFinished
    Plan.objects.filter(pk=plan.pk).update(rechecked_at=now or timezone.now(), recheck_faults=found.faults)
    record(
        actor_id=by.pk if by else None, verb="recheck_plan", subject=plan, place_id=plan.place_id,
        detail={"holds": found.holds, "faults": [fault["code"] for fault in found.faults], "value": found.value, "bound": found.bound},
    )  # fmt: skip
    return found
