"""A receipt: one entry, the way from it to a signed head, and the head; who keeps one needs nobody else to prove the entry."""

from collections.abc import Iterable
from dataclasses import dataclass

from .canonical import NotCanonical, base64_bytes, base64_text, dump, load
from .entry import Entry, NotAnEntry, read
from .head import BadHead, Head, Key, opened
from .tree import Nodes, inclusion, leaf_hash, proves_inclusion

FORMAT = "doorstep-receipt/1"
MOST_BYTES = 32_768


class BadReceipt(ValueError):
    """A receipt proves nothing; `code` says why: form, entry, head or proof."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry that stood in the log under this head."""

    entry: Entry
    head: Head


def receipt(nodes: Nodes, data: bytes, note: str, size: int) -> bytes:
    """The receipt of an entry's bytes under a signed head of `size` entries, as canonical JSON of some 2 KB.

    Raises NotAnEntry, ValueError for an entry behind the head, LookupError.
    """
    proof = inclusion(nodes, read(data).n, size)
    return dump({"entry": data.decode(), "format": FORMAT, "head": note, "proof": [base64_text(step) for step in proof]})


def proved(data: bytes, keys: Iterable[Key]) -> Proved:
    """The entry of a receipt, once a key vouches for the head and the way leads there (RFC 9162 §2.1.3.2). Raises BadReceipt."""
    try:
        found = load(data) if len(data) <= MOST_BYTES else None
        if not isinstance(found, dict) or found.keys() != {"entry", "format", "head", "proof"} or found["format"] != FORMAT:
            raise BadReceipt("form")
        steps = [base64_bytes(step) for step in found["proof"]]
        entry, note = found["entry"].encode(), str(found["head"])
    except (NotCanonical, TypeError, AttributeError) as fault:
        raise BadReceipt("form") from fault
    try:
        fact, head = read(entry), opened(note, keys)
    except NotAnEntry as fault:
        raise BadReceipt("entry") from fault
    except BadHead as fault:
        raise BadReceipt("head") from fault
    if not proves_inclusion(leaf_hash(entry), fact.n, head.size, steps, head.root):
        raise BadReceipt("proof")
    return Proved(fact, head)
