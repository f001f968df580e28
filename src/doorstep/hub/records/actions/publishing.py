"""Heads leave this machine: into a folder that somebody else keeps, and by e-mail to witnesses; what lies there already is never written over."""

import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from doorstep.hub.journal.actions import record
from doorstep.hub.journal.models import Entry

from .. import proving
from ..models import LogHead

logger = logging.getLogger(__name__)
#: The line in the journal for each way that a head took.
PUBLISHED = "publish_head"
#: What can go wrong outside: a folder that is not there, a server that does not answer.
OUTSIDE = (OSError, ValueError)


class AnotherHistory(ValueError):
    """What lies outside is not the beginning of the heads here: either there or here somebody wrote into them."""


def publish_heads(*, now: datetime | None = None) -> int:
    """Takes the newest head to every place that the settings name and that has not got it yet; gives to how many it went.

    A place that cannot be reached is tried again on the next round; nothing waits for it.
    """
    head, gone = LogHead.objects.first(), 0
    if head is None:
        return 0
    for way, send in _ways().items():
        lines = Entry.objects.filter(verb=PUBLISHED, subject_type="records.loghead", subject_id=str(head.pk), detail__way=way)
        if lines.filter(detail__ok=True).exists():
            continue
        try:
            send(head)
        except OUTSIDE as fault:
            logger.warning("the head of %s did not get out (%s): %s", head.day, way, fault)
            if not lines.exists():
                _note(head, way, False, type(fault).__name__)
        else:
            _note(head, way, True, "")
            gone += 1
    return gone


def _ways() -> dict[str, Callable[[LogHead], None]]:
    ways: dict[str, Callable[[LogHead], None]] = {}
    if settings.HEADS_FOLDER:
        ways["folder"] = _into_the_folder
    if settings.WITNESSES:
        ways["mail"] = _to_the_witnesses
    return ways


@transaction.atomic
def _note(head: LogHead, way: str, went: bool, why: str) -> None:
    record(actor_id=None, verb=PUBLISHED, subject=head, detail={"way": way, "ok": went, "why": why, "day": head.day.isoformat()})


def _proof(head: LogHead) -> tuple[str, bytes] | None:
    """From the head before to this one; None for the first."""
    before = LogHead.objects.filter(day__lt=head.day).first()
    if before is None:
        return None
    return f"since-{before.day.isoformat()}-to-{head.day.isoformat()}.json", proving.since_file(before, head)


def _into_the_folder(head: LogHead) -> None:
    """heads.txt with all of them, keys.txt, and the proof of the day. Raises AnotherHistory, OSError."""
    folder = Path(settings.HEADS_FOLDER)
    heads = "".join(proving.head_lines()).encode()
    kept = folder / "heads.txt"
    if kept.exists() and not heads.startswith(kept.read_bytes()):
        raise AnotherHistory(str(kept))
    if (proof := _proof(head)) is not None:
        _write(folder / proof[0], proof[1])
    _write(folder / "keys.txt", proving.key_lines().encode())
    _write(kept, heads)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: whoever copies the folder meanwhile gets the file before or the one after."""
    making = path.with_name(f".{path.name}.making")
    with open(making, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    making.replace(path)


WORDS = """这是 {day} 的账本日结，一共 {size} 条。请留着，不要删：以后账本少一个字，拿它一对就知道。
不用打开附件，也不用回信。要查的时候：{address}

This is the ledger's signed head of {day}, {size} entries. Please keep it: it shows whether the ledger was changed later.
Nothing needs to be opened or answered. To check: {address}

{note}"""


def _to_the_witnesses(head: LogHead) -> None:
    """One letter for all, none of whom sees the others. Raises OSError (SMTP faults are such)."""
    words = WORDS.format(day=head.day.isoformat(), size=head.size, note=head.note, address=proving.public_address("/ledger/since/"))
    letter = EmailMessage(
        subject=f"账本日结 {head.day.isoformat()} · {head.size} 条 · {proving.the_origin()}", body=words, bcc=settings.WITNESSES
    )
    letter.attach(f"head-{head.day.isoformat()}.txt", head.note, "text/plain")
    if (proof := _proof(head)) is not None:
        letter.attach(proof[0], proof[1].decode(), "application/json")
    if not letter.send():
        raise OSError("nobody took the letter")
