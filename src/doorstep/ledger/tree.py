"""The Merkle tree of RFC 9162 §2.1: appending with a short frontier, proofs between any two sizes, and their checks."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()
#: Every so many levels the hashes of perfect subtrees are kept; those between are computed from at most 2**(STEP-1) of them.
STEP = 8
_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry, 32 bytes (§2.1.1)."""
    return _sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees, 32 bytes (§2.1.1)."""
    return _sha256(b"\1" + left + right).digest()


class Kept(NamedTuple):
    """The hash over leaves number·2**level … (number+1)·2**level-1, all of them present, so it never changes again."""

    level: int
    number: int
    hash: bytes


class Nodes(Protocol):
    """Where kept hashes lie; the hub answers from its database."""

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """Hashes start … end-1 of a kept level (0, 8, 16, …). Raises LookupError if one is not there."""
        ...


@dataclass(slots=True)
class Frontier:
    """All that appending needs: the perfect subtrees along the right edge, at most one for each bit of the size."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[Kept]:
        """Adds the hash of a leaf; gives the hashes to keep, the leaf's own first. O(log n) at worst, O(1) on average."""
        kept, level, index, found = [Kept(0, self.size, leaf)], 0, self.size, leaf
        while index & 1:
            found = node_hash(self.peaks.pop(), found)
            level, index = level + 1, index >> 1
            if level % STEP == 0:
                kept.append(Kept(level, index, found))
        self.peaks.append(found)
        self.size += 1
        return kept

    def add(self, leaf: bytes) -> None:
        """As `append`, where nothing is kept."""
        index, peaks = self.size, self.peaks
        while index & 1:
            leaf = node_hash(peaks.pop(), leaf)
            index >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree, of SHA-256 of nothing for an empty one."""
        return join(self.peaks)

    def as_bytes(self) -> bytes:
        return b"".join(self.peaks)

    @classmethod
    def restored(cls, size: int, data: bytes) -> "Frontier":
        """The reverse of `as_bytes`; raises ValueError when the bytes do not fit the size."""
        if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
            raise ValueError("the frontier does not fit the size")
        return cls(size, [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])


def join(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees from left to right, the largest first."""
    if not peaks:
        return EMPTY
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


class Memory:
    """Kept hashes in lists; what the tests and small logs use."""

    def __init__(self) -> None:
        self.levels: dict[int, list[bytes]] = {}

    def keep(self, kept: Iterable[Kept]) -> None:
        for node in kept:
            level = self.levels.setdefault(node.level, [])
            if node.number != len(level):
                raise ValueError("kept hashes come in order")
            level.append(node.hash)

    def hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        found = self.levels.get(level, [])[start:end]
        if len(found) != end - start:
            raise LookupError(f"level {level}: {start} to {end}")
        return found


def _largest_below(count: int) -> int:
    """The largest power of two smaller than count (the k of §2.1.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _perfect(nodes: Nodes, level: int, index: int) -> bytes:
    base = level - level % STEP
    width = 1 << (level - base)
    row = list(nodes.hashes(base, index * width, (index + 1) * width))
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _over(nodes: Nodes, start: int, end: int) -> bytes:
    """The root over leaves start … end-1, where start is a multiple of a power of two that is not smaller."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(_perfect(nodes, level, start >> level))
        start += 1 << level
    return join(peaks)


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the first `size` leaves, also of an older size. Reads O(log n) rows of at most 128 hashes."""
    return _over(nodes, 0, size)


def frontier(nodes: Nodes, size: int) -> Frontier:
    """The frontier of a kept log, to go on appending."""
    peaks, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append(_perfect(nodes, level, start >> level))
            start += 1 << level
    return Frontier(size, peaks)


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size`: at most ceil(log2(size)) hashes, the lowest first (§2.1.3.1).

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _largest_below(end - start)
        if index < middle:
            path.append(_over(nodes, middle, end))
            end = middle
        else:
            path.append(_over(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """The proof that the tree of `size` only adds to the tree of `old` (§2.1.4.1), at most ceil(log2(size))+1 hashes.

    Raises ValueError unless 0 < old <= size: of nothing everything is a continuation.
    """
    if not 0 < old <= size:
        raise ValueError("no such sizes")
    path, start, end, whole = [], 0, size, True
    while old != end:
        middle = start + _largest_below(end - start)
        if old <= middle:
            path.append(_over(nodes, middle, end))
            end = middle
        else:
            path.append(_over(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_over(nodes, start, end))
    return path[::-1]


def _right_sizes(*hashes: bytes) -> bool:
    return all(len(found) == HASH_BYTES for found in hashes)


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from a leaf's hash to the root (§2.1.3.2)."""
    if not 0 <= index < size or not _right_sizes(leaf, root, *proof):
        return False
    place, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `size` begins with the whole tree of `old` (§2.1.4.2).

    An old size of 0 is refused: that check would say nothing.
    """
    if not 0 < old <= size or not _right_sizes(*proof):
        return False
    if old == size:
        return not proof and old_root == root
    if not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, other)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root
