"""The code at the place that turns every thirty seconds: who has it was there, and its step says when."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

SECONDS = 30
DIGITS, LETTERS = 6, 16
KEY_BYTES = 32


def step(moment: datetime) -> int:
    """The number of the half minute since 1970 in which a moment lies. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return int(moment.timestamp()) // SECONDS


def spoken(key: bytes, slot: str, at: int) -> str:
    """Six digits for a step, to be read out and typed: good at the moment only, as a million can be tried (RFC 4226 §5.3)."""
    mark = _mark(key, b"doorstep-spoken/1", slot, at)
    offset = mark[-1] & 15
    return f"{(int.from_bytes(mark[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def scanned(key: bytes, slot: str, at: int) -> str:
    """Sixteen letters (80 bits) for a step, to be shown as a picture: nobody guesses them, so they prove their time later as well."""
    return base64.b32encode(_mark(key, b"doorstep-scanned/1", slot, at)[:10]).decode()


def accepted(key: bytes, slot: str, text: str, now: datetime, back: int = 1) -> int | None:
    """The step of a code, spoken or scanned, that is of now or at most `back` steps old; None for any other."""
    current = step(now)
    return _found(key, slot, text, range(current, current - back - 1, -1), spoken if len(text) == DIGITS else scanned)


def proven(key: bytes, slot: str, text: str, earliest: datetime, latest: datetime) -> int | None:
    """The step of a scanned code that was kept while a phone was offline, looked for between two moments, both included.

    None for a spoken code: among the half minutes of an evening a guess would find its own. Raises ValueError beyond a week.
    """
    if latest - earliest > timedelta(days=7):
        raise ValueError("a week at most")
    return None if len(text) != LETTERS else _found(key, slot, text, range(step(earliest), step(latest) + 1), scanned)


def _found(key: bytes, slot: str, text: str, steps: range, code: Callable[[bytes, str, int], str]) -> int | None:
    typed = text.upper().encode("utf-8", "replace")
    return next((at for at in steps if hmac.compare_digest(code(key, slot, at).encode(), typed)), None)


def _mark(key: bytes, purpose: bytes, slot: str, at: int) -> bytes:
    """key: 32 secret bytes of the server. The slot stands in, so that no code opens another door. Raises ValueError."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return hmac.digest(key, purpose + b"\0" + slot.encode() + b"\0" + at.to_bytes(8, "big"), hashlib.sha256)
