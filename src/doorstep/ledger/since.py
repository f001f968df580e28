"""The proof between two heads: that the newer log begins with the whole older one, in one file that says nothing of any entry."""

from collections.abc import Iterable
from dataclasses import dataclass

from .canonical import NotCanonical, base64_bytes, base64_text, dump, load
from .head import BadHead, Head, Key, continues, opened
from .tree import Nodes, consistency

FORMAT = "doorstep-since/1"
MOST_BYTES = 65_536
#: How every such file begins: its keys are in canonical order.
BEGINS = b'{"format":"doorstep-since/1"'


class BadProof(ValueError):
    """A file proves nothing between two heads; `code` says why: form, old, new or proof."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Continued:
    """Two heads of which the newer log begins with the whole older one."""

    old: Head
    new: Head

    @property
    def added(self) -> int:
        return self.new.size - self.old.size


def steps(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """The consistency proof between two sizes (RFC 9162 §2.1.4.1); of nothing everything is a continuation. Raises LookupError, ValueError."""
    return consistency(nodes, old, new) if old else []


def since(nodes: Nodes, old: str, old_size: int, new: str, new_size: int) -> bytes:
    """The proof from a signed head to a later one, as canonical JSON of some 2 KB. Raises LookupError, ValueError for sizes that fall."""
    proof = [base64_text(step) for step in steps(nodes, old_size, new_size)]
    return dump({"format": FORMAT, "new": new, "old": old, "proof": proof})


def continued(data: bytes, keys: Iterable[Key]) -> Continued:
    """The two heads of such a file, once a key vouches for both and the proof leads from one to the other. Raises BadProof."""
    known = list(keys)
    try:
        found = load(data) if len(data) <= MOST_BYTES else None
        if not isinstance(found, dict) or found.keys() != {"format", "new", "old", "proof"} or found["format"] != FORMAT:
            raise BadProof("form")
        proof = [base64_bytes(step) for step in found["proof"]]
        notes = str(found["old"]), str(found["new"])
    except (NotCanonical, TypeError, AttributeError) as fault:
        raise BadProof("form") from fault
    old, new = (_head(code, note, known) for code, note in zip(("old", "new"), notes, strict=True))
    if not continues(old, new, proof):
        raise BadProof("proof")
    return Continued(old, new)


def _head(code: str, note: str, keys: list[Key]) -> Head:
    try:
        return opened(note, keys)
    except BadHead as fault:
        raise BadProof(code) from fault
