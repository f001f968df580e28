"""The nightly look over everything: the day is closed if it continues the one before, and what was found stands where people see it."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record
from doorstep.hub.journal.models import Entry

from ..auditing import Audit, audit
from ..models import Log, LogHead
from .booking import HeadRefused, close_due_days

logger = logging.getLogger(__name__)
#: The line in the journal that a look leaves.
WALKED = "walk_log"


def walk_log(*, now: datetime | None = None, refused: str = "") -> bool | None:
    """Looks over log, heads, keys and every row of the record, and notes what was found; None where there is nothing to look at.

    refused: the day whose head was not signed.
    """
    log = Log.objects.first()
    found = audit(now)
    if log is None or (found.verdict is None and found.good and not refused):
        return None
    said = _said(found) | ({"refused": refused} if refused else {})
    said["good"] = found.good and not refused
    with transaction.atomic():
        record(actor_id=None, verb=WALKED, subject=log, detail=said)
    if not said["good"]:
        logger.error("the ledger does not hold: %s", said)
    return bool(said["good"])


def _said(found: Audit) -> dict[str, Any]:
    verdict = found.verdict
    return {
        "entries": verdict.entries if verdict else 0, "proven": verdict.proven if verdict else 0, "entry": verdict.entry if verdict else None,
        "fault": str(verdict.fault or "") if verdict else "", "misfits": [[one.code, one.where] for one in found.misfits], "count": found.count,
        "rows": [[one.table, one.row, one.entry, str(one.why), one.field] for one in found.rows],
    }  # fmt: skip


def close_and_walk(*, now: datetime | None = None) -> LogHead | None:
    """Closes the day before and looks over everything, once a day; a head that does not continue the one before is refused, told once, and
    tried again until what is stored has been put right."""
    moment = now or timezone.now()
    try:
        head = close_due_days(now=moment)
    except HeadRefused as refusal:
        day = refusal.day.isoformat()
        if not Entry.objects.filter(verb=WALKED, detail__refused=day).exists():
            walk_log(now=moment, refused=day)
        return None
    if head is not None:
        walk_log(now=moment)
    return head
