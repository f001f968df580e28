"""Heads leave this machine: into a folder that somebody else keeps, and by e-mail to witnesses; what lies there already is never written over."""

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet

from doorstep.hub.journal.actions import record
from doorstep.hub.journal.models import Entry

from .. import book, proving
from ..models import LogEntry, LogHead, LogKey

logger = logging.getLogger(__name__)
#: The line in the journal for each way that a head took.
PUBLISHED = "publish_head"
#: What is noted beside a head that went out although what is stored does not lead from the head before to it.
NO_PROOF = "NoProof"
#: What is noted of a way whose process had to be ended.
HUNG = "Hung"


class AnotherHistory(ValueError):
    """What lies outside is not the beginning of what is here: either there or here somebody wrote into heads, keys or proofs."""


class NotAll(OSError):
    """Some addresses did not take the letter; `took` has those that did."""

    def __init__(self, took: list[str], without: int) -> None:
        super().__init__(f"{without} took no letter")
        self.took = took


class UntoldKey(ValueError):
    """A key that no entry of the ledger tells of: nobody outside is asked to trust it."""


def publish_heads(*, now: datetime | None = None) -> int:
    """Takes the newest head to every place that the settings name and that has not got it yet; gives to how many it went.

    A place that cannot be reached is tried again on the next round; nothing waits for it, and no fault of one way keeps a head from another.
    """
    head, gone = LogHead.objects.first(), 0
    if head is None:
        return 0
    for way, send in _waiting(head).items():
        try:
            why = send(head)
        except Exception as fault:
            logger.warning("the head of %s did not get out (%s): %s %s", head.day, way, type(fault).__name__, fault)
            _note_once(head, way, type(fault).__name__, fault.took if isinstance(fault, NotAll) else [])
        else:
            _note(head, way, True, why)
            gone += 1
    return gone


def note_hung(*, now: datetime | None = None) -> None:
    """The process that published was ended: what had not got out by then waits for something outside that does not answer."""
    head = LogHead.objects.first()
    if head is not None:
        for way in _waiting(head):
            _note_once(head, way, HUNG)


def _waiting(head: LogHead) -> dict[str, Callable[[LogHead], str]]:
    """The ways that a head has not gone yet."""
    gone = _lines(head).filter(detail__ok=True).values_list("detail__way", flat=True)
    return {way: send for way, send in _ways().items() if way not in set(gone)}


def _lines(head: LogHead) -> QuerySet[Entry]:
    return Entry.objects.filter(verb=PUBLISHED, subject_type="records.loghead", subject_id=str(head.pk))


def _note_once(head: LogHead, way: str, why: str, took: Sequence[str] = ()) -> None:
    """The same reason is not told again each hour; another one is, and who took the head meanwhile."""
    last = _lines(head).filter(detail__way=way).order_by("-id").first()
    if last is None or took or last.detail["why"] != why:
        _note(head, way, False, why, took)


def _ways() -> dict[str, Callable[[LogHead], str]]:
    """Letters first: they have a time-out, a folder on somebody's share has none."""
    ways: dict[str, Callable[[LogHead], str]] = {}
    if settings.WITNESSES:
        ways["mail"] = _to_the_witnesses
    if settings.HEADS_FOLDER:
        ways["folder"] = _into_the_folder
    return ways


@transaction.atomic
def _note(head: LogHead, way: str, went: bool, why: str, took: Sequence[str] = ()) -> None:
    said = {"way": way, "ok": went, "why": why, "day": head.day.isoformat()} | ({"took": list(took)} if took else {})
    record(actor_id=None, verb=PUBLISHED, subject=head, detail=said)


def _proof(head: LogHead) -> tuple[dict[str, bytes], str]:
    """From the head before to this one, under its name, and what is to be noted: a head is worth keeping also where nothing leads to it,
    then above all."""
    before = LogHead.objects.filter(day__lt=head.day).first()
    if before is None:
        return {}, ""
    try:
        return {f"since-{before.day.isoformat()}-to-{head.day.isoformat()}.json": proving.since_file(before, head)}, ""
    except (LookupError, ValueError):
        logger.exception("nothing stored leads from the head of %s to that of %s", before.day, head.day)
        return {}, NO_PROOF


def _into_the_folder(head: LogHead) -> str:
    """heads.txt with all of them, keys.txt, and the proof of the day. Raises AnotherHistory, UntoldKey, OSError."""
    folder = Path(settings.HEADS_FOLDER)
    heads, keys, (proof, why) = "".join(proving.head_lines()).encode(), _told_keys(), _proof(head)
    kept = _read(folder / "heads.txt")
    if not heads.startswith(kept):
        raise AnotherHistory("heads.txt")
    if not _still_there(_read(folder / "keys.txt").decode("utf-8", "replace"), keys):
        raise AnotherHistory("keys.txt")
    for name, data in proof.items():
        if _read(folder / name) not in (b"", data):
            raise AnotherHistory(name)
        _write(folder / name, data)
    _write(folder / "keys.txt", keys.encode())
    _write(folder / "heads.txt", heads)
    return why


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _told_keys() -> str:
    """The keys as lines; raises UntoldKey unless the ledger tells of every one but the first."""
    told = set()
    for data in LogEntry.objects.filter(kind=book.Kind.KEY_CHANGED).order_by("n").values_list("data", flat=True):
        told.add(book.read(bytes(data)).document)
    untold = [
        name for name, public in LogKey.objects.values_list("name", "public") if hashlib.sha256(bytes(public)).hexdigest() not in told
    ]
    if len(untold) > 1:
        raise UntoldKey(str(len(untold)))
    return proving.key_lines()


def _still_there(outside: str, here: str) -> bool:
    """Every key that somebody was told to trust is still here, from the same day on; a last day may have come since, no other."""
    now = {words[0]: words[1:] for line in here.splitlines() if (words := line.split())}
    for line in outside.splitlines():
        words = line.split()
        if words and (words[0] not in now or any(day not in ("-", now[words[0]][place]) for place, day in enumerate(words[1:3]))):
            return False
    return True


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


def _to_the_witnesses(head: LogHead) -> str:
    """A letter to each, so that a mail server says of each whether it took it. Raises NotAll; only who has none yet is written to again."""
    words = WORDS.format(day=head.day.isoformat(), size=head.size, note=head.note, address=proving.public_address("/ledger/since/"))
    subject, (proof, why) = f"账本日结 {head.day.isoformat()} · {head.size} 条 · {proving.the_origin()}", _proof(head)
    has = {address for said in _lines(head).filter(detail__way="mail").values_list("detail", flat=True) for address in said.get("took", [])}
    took: list[str] = []
    faults: list[str] = []
    for address in [one for one in settings.WITNESSES if one not in has]:
        letter = EmailMessage(subject=subject, body=words, bcc=[address])
        letter.attach(f"head-{head.day.isoformat()}.txt", head.note, "text/plain")
        for name, data in proof.items():
            letter.attach(name, data.decode(), "application/json")
        try:
            (took if letter.send() else faults).append(address)
        except OSError as fault:  # SMTP faults are such
            logger.warning("%s did not take the head of %s: %s", address, head.day, fault)
            faults.append(address)
    if faults:
        raise NotAll(took, len(faults))
    return why
