"""The nightly look over everything: the day is closed if it continues the one before, and what was found stands where people see it."""

import logging
from datetime import datetime, timedelta
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
#: What such a line says of a look that did not come to its end, and after how long it is tried again.
BROKE_OFF = "look_failed"
AGAIN = timedelta(hours=1)


def walk_log(*, now: datetime | None = None, refused: str = "") -> bool | None:
    """Looks over log, heads, keys and every row of the record, and notes what was found; None where there is nothing to look at.

    refused: the day whose head was not signed; one that was told before and is still missing is told again.
    """
    log, moment = Log.objects.first(), now or timezone.now()
    if log is None:
        return None
    refused = refused or _still_refused(log, moment)
    try:
        found = audit(moment)
    except Exception as fault:
        # Whatever stops the look must not stop the alarm: what was found the night before would go on being said.
        logger.exception("the look over the ledger broke off")
        said = _said(Audit(None)) | {"fault": BROKE_OFF, "why": type(fault).__name__, "good": False}
    else:
        if found.verdict is None and found.good and not refused:
            return None
        said = _said(found) | {"good": found.good and not refused}
    said |= {"when": moment.isoformat()} | ({"refused": refused} if refused else {})
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


def _last_line(log: Log) -> Entry | None:
    return Entry.objects.filter(subject_id=str(log.pk), subject_type="records.log", verb=WALKED).order_by("-id").first()


def _still_refused(log: Log, now: datetime) -> str:
    """The day of a head that the last look said was refused, as long as neither it nor a later one is there."""
    line = _last_line(log)
    day = str(line.detail.get("refused", "")) if line else ""
    return "" if not day or LogHead.objects.filter(day__range=(day, timezone.localdate(now))).exists() else day


def close_and_walk(*, now: datetime | None = None) -> LogHead | None:
    """Closes the day before and looks over everything, once a day whatever became of the closing; a head that does not continue the one before
    is refused, told once, and tried again until what is stored has been put right."""
    moment, head, refused = now or timezone.now(), None, ""
    try:
        head = close_due_days(now=moment)
    except HeadRefused as refusal:
        refused = refusal.day.isoformat()
    finally:
        if head is not None or _look_is_due(moment, refused):
            walk_log(now=moment, refused=refused)
    return head


def _look_is_due(moment: datetime, refused: str) -> bool:
    """By the day of the last look alone, and an hour after one that broke off."""
    log = Log.objects.first()
    line = _last_line(log) if log else None
    if line is None:
        return bool(refused) or LogHead.objects.exists()
    when = datetime.fromisoformat(line.detail["when"]) if "when" in line.detail else line.at
    if timezone.localdate(when) != timezone.localdate(moment) or (refused and line.detail.get("refused") != refused):
        return True
    return line.detail["fault"] == BROKE_OFF and moment - when > AGAIN
