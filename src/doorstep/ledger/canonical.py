"""One spelling for one fact: the JSON of RFC 8785, kept to text, whole numbers, truth values, lists and objects."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence

Value = str | int | bool | None | Sequence["Value"] | Mapping[str, "Value"]
#: RFC 8785 §3.2.2.3 spells numbers as IEEE 754 doubles; whole numbers up to here are exact in them.
LARGEST = 2**53 - 1
DEEPEST = 16
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode


class NotCanonical(ValueError):
    """The bytes are not the one spelling of a value; `code` says why: encoding, syntax, number, key, type, depth or spelling."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def dump(value: Value) -> bytes:
    """The canonical UTF-8 bytes of a value (RFC 8785 §3.2).

    Keys must be ASCII: then sorting them by code point is the sorting by UTF-16 units that §3.2.3 asks for.
    Raises NotCanonical for fractions, numbers beyond 2**53-1, other keys, lone surrogates and whatever is no JSON.
    """
    _inspect(value, DEEPEST)
    return write(value)


def write(value: Value) -> bytes:
    """As `dump`, for a value that is already known to hold nothing forbidden."""
    try:
        return _encode(value).encode("utf-8")
    except UnicodeEncodeError as fault:
        raise NotCanonical("encoding") from fault


def load(data: bytes) -> Value:
    """The value of canonical bytes; raises NotCanonical unless `dump` would give the very same bytes."""
    value = loose(data)
    if dump(value) != data:
        raise NotCanonical("spelling")
    return value


def loose(data: bytes) -> Value:
    """The value of JSON bytes whose spelling the caller checks; raises NotCanonical for what is no JSON at all."""
    try:
        value: Value = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise NotCanonical("encoding") from fault
    except (ValueError, RecursionError) as fault:
        raise NotCanonical("syntax") from fault
    return value


def _inspect(value: object, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -LARGEST <= value <= LARGEST:  # type: ignore[operator]
            raise NotCanonical("number")
    elif depth == 0:
        raise NotCanonical("depth")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise NotCanonical("key")
            _inspect(item, depth - 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _inspect(item, depth - 1)
    else:
        raise NotCanonical("number" if kind is float else "type")


def base64_text(data: bytes, url: bool = False) -> str:
    """Base 64 of RFC 4648: §4 with padding, or §5 (for addresses) without."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode() if url else base64.b64encode(data).decode()


def base64_bytes(text: str, url: bool = False) -> bytes:
    """The bytes of base 64 in its one spelling; raises NotCanonical where another text would give the same bytes.

    RFC 4648 §3.5: the last letter has idle bits. Whoever overlooks them accepts a signature with a changed letter.
    """
    try:
        padded = text + "=" * (-len(text) % 4) if url else text
        data = base64.b64decode(padded.encode("ascii"), altchars=b"-_" if url else None, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NotCanonical("encoding") from fault
    if base64_text(data, url) != text:
        raise NotCanonical("spelling")
    return data
