"""Signed heads: what the log was at the end of a day, as a text that can be printed, kept and checked by anybody."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .canonical import LARGEST, NotCanonical, base64_bytes, base64_text
from .tree import HASH_BYTES, proves_consistency

#: The signature type of the signed note: Ed25519 over the note's text.
ED25519 = b"\x01"
MOST_BYTES, MOST_SIGNATURES = 16_384, 16
_named = re.compile(r"[^\s+]{1,200}").fullmatch
_between = re.compile(r"(?<=\n)\n(?!—)")
_size = re.compile(r"0|[1-9][0-9]{0,15}").fullmatch


class BadHead(ValueError):
    """A text is no head, or no key of ours vouches for it; `code` says why."""

    def __init__(self, code: str, **numbers: int | str) -> None:
        super().__init__(code)
        self.code, self.numbers = code, numbers


@dataclass(frozen=True, slots=True)
class Key:
    """A public key under its name, with the days on which it may sign (None: without an end)."""

    name: str
    public: bytes
    since: date | None = None
    until: date | None = None

    @property
    def id(self) -> bytes:
        """Four bytes, a label and no proof: SHA-256(name, newline, type, key)[:4] (C2SP signed-note)."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The line to publish: name+id+key, as other checkers of signed notes read it."""
        return f"{self.name}+{self.id.hex()}+{base64_text(ED25519 + self.public)}"

    @classmethod
    def parse(cls, line: str, since: date | None = None, until: date | None = None) -> "Key":
        """The reverse of `str`; raises BadHead."""
        name, _, rest = line.strip().partition("+")
        label, _, text = rest.partition("+")
        try:
            data = base64_bytes(text)
        except NotCanonical as fault:
            raise BadHead("key") from fault
        key = cls(name, data[1:], since, until)
        if data[:1] != ED25519 or len(data) != 33 or not _named(name) or key.id.hex() != label:
            raise BadHead("key")
        return key

    def signs_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def vouches(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key; its bytes are never shown."""

    name: str
    secret: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "Signer":
        """seed: 32 secret random bytes (RFC 8032 §5.1.5). Raises ValueError."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    def key(self, since: date | None = None, until: date | None = None) -> Key:
        return Key(self.name, self.secret.public_key().public_bytes_raw(), since, until)


@dataclass(frozen=True, slots=True)
class Head:
    """The log at the end of a day: how many entries, and the root over them; `previous` is the digest of the head before it."""

    origin: str
    size: int
    root: bytes
    day: date
    previous: bytes | None = None

    def text(self) -> str:
        """The note's text: a C2SP checkpoint (origin, size, root) with two more lines, for the day and the head before."""
        before = "none" if self.previous is None else base64_text(self.previous)
        return f"{self.origin}\n{self.size}\n{base64_text(self.root)}\nday {self.day.isoformat()}\nprevious {before}\n"

    def digest(self) -> bytes:
        """32 bytes that the next head repeats."""
        return hashlib.sha256(self.text().encode()).digest()


def sign(head: Head, signers: Sequence[Signer]) -> str:
    """The signed note. On the day on which keys change both sign: who trusts only the old one learns the new one from it.

    Raises BadHead for a head that no reader would accept.
    """
    text = head.text()
    if _parse(text) != head or not 0 < len(signers) <= MOST_SIGNATURES:
        raise BadHead("head")
    lines = [f"— {s.name} {base64_text(s.key().id + s.secret.sign(text.encode()))}\n" for s in signers]
    return text + "\n" + "".join(lines)


def opened(note: str, keys: Iterable[Key]) -> Head:
    """The head in a note, once one of the keys vouches for it.

    As C2SP signed-note asks: unknown keys are passed over, one bad signature of a known key spoils the note, and a key
    speaks only for the days it was given. Raises BadHead: form, unsigned, signature, day.
    """
    text, marks = _split(note)
    head = _parse(text)
    known = {(key.name, key.id): key for key in keys}
    vouching = []
    for name, label, signature in marks:
        key = known.get((name, label))
        if key is not None and not key.vouches(text.encode(), signature):
            raise BadHead("signature", key=label.hex())
        if key is not None:
            vouching.append(key)
    if not vouching:
        raise BadHead("unsigned")
    if not any(key.signs_on(head.day) for key in vouching):
        raise BadHead("day", day=head.day.isoformat())
    return head


def notes(text: str) -> list[str]:
    """The signed notes of a file that holds several, a blank line between two; a lone note is one."""
    return _between.split(text)


def _split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if len(note.encode("utf-8", "replace")) > MOST_BYTES or any(ord(letter) < 32 and letter != "\n" for letter in note):
        raise BadHead("form")
    body, gap, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not gap or lines.pop() != "" or not 0 < len(lines) <= MOST_SIGNATURES:
        raise BadHead("form")
    return body + "\n", [_mark(line) for line in lines]


def _mark(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, text = rest.partition(" ")
    try:
        data = base64_bytes(text)
    except NotCanonical as fault:
        raise BadHead("form") from fault
    if dash != "—" or not _named(name) or len(data) < 5:
        raise BadHead("form")
    return name, data[:4], data[4:]


def _parse(text: str) -> Head:
    lines = text.split("\n")
    if len(lines) != 6 or lines[5] != "" or not lines[3].startswith("day ") or not lines[4].startswith("previous "):
        raise BadHead("form")
    origin, size, root, day, before = lines[0], lines[1], lines[2], lines[3][4:], lines[4][9:]
    try:
        head = Head(
            origin,
            int(size) if _size(size) else -1,
            base64_bytes(root),
            date.fromisoformat(day),
            None if before == "none" else base64_bytes(before),
        )
    except ValueError as fault:
        raise BadHead("form") from fault
    if not _named(origin) or origin.startswith("—") or not 0 <= head.size <= LARGEST or head.text() != text:
        raise BadHead("form")
    if len(head.root) != HASH_BYTES or len(head.previous or head.root) != HASH_BYTES:
        raise BadHead("form")
    return head


def continues(old: Head, new: Head, proof: Sequence[bytes]) -> bool:
    """Whether the log of `new` begins with the whole log of `old`: the same name, not an earlier day, a consistency proof from size to size."""
    if old.origin != new.origin or old.day > new.day or old.size > new.size or (old.day == new.day and old != new):
        return False
    return (old.size == 0 and not proof) or proves_consistency(old.size, new.size, old.root, new.root, proof)


def follows(old: Head, new: Head, proof: Sequence[bytes]) -> bool:
    """Whether `new` is the next head after `old`: it continues it, on a later day, and names it as the head before."""
    return old.digest() == new.previous and old.day < new.day and continues(old, new, proof)


@dataclass(frozen=True, slots=True)
class Rotation:
    """The days of two keys around a change: on `day` both sign, before it only the old, after it only the new."""

    old: Key
    new: Key
    day: date

    def keys(self) -> tuple[Key, Key]:
        return Key(self.old.name, self.old.public, self.old.since, self.day), Key(self.new.name, self.new.public, self.day, self.new.until)
