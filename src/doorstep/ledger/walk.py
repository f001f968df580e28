"""Walks a whole log against published heads and names the first bad entry: where, why, and how far that is proved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from .entry import NotAnEntry, check
from .head import Head
from .log import TILE, NotALine, origin_in, parsed
from .tree import Frontier, join, leaf_hash


class Fault(StrEnum):
    OTHER_LOG = "other_log"  # the file or a head belongs to another log
    FORK = "fork"  # two heads contradict each other
    UNREADABLE = "unreadable"  # a line is no line of a log
    NOT_AN_ENTRY = "not_an_entry"  # bytes that no entry has
    CHANGED = "changed"  # not what its stored hash says
    MISSING = "missing"  # the numbers jump ahead: it was taken out
    REPEATED = "repeated"  # a number comes again: something was put in
    MISPLACED = "misplaced"  # another entry stands in its place
    TRUNCATED = "truncated"  # the log ends before the head's size
    ROOT = "root"  # entries and stored hashes agree with each other and not with the head
    STORED_HASH = "stored_hash"  # the entry is right, its stored hash is not
    STORED_TILE = "stored_tile"  # the entries are right, the stored hash of their tile is not


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found.

    entries: how many were read · proven: so many from the start are proved by a head · fault: the first one, or None ·
    entry: number of the first bad entry, or None where only a range is known · between: the first bad entry is one of
    start … end-1 · proved: whether the heads prove exactly that; otherwise it rests on what the keeper stored · why: a code ·
    clock_back: the first entry that is dated before the one in front of it, no fault of the log but of a clock.
    """

    entries: int
    proven: int
    fault: Fault | None = None
    entry: int | None = None
    between: tuple[int, int] | None = None
    proved: bool = False
    why: str = ""
    clock_back: int | None = None

    @property
    def good(self) -> bool:
        return self.fault is None


class _Found(Exception):
    def __init__(self, fault: Fault, at: int | None, why: str = "", between: tuple[int, int] | None = None, proved: bool = False) -> None:
        self.fault, self.at, self.why, self.between, self.proved = fault, at, why, between, proved


@dataclass(slots=True)
class _Pile:
    """A tree in two storeys: full tiles of 256 leaves, and the one that is being filled."""

    tiles: Frontier = field(default_factory=Frontier)
    open: Frontier = field(default_factory=Frontier)

    def add(self, leaf: bytes) -> bytes | None:
        """Gives the hash of the tile that this leaf completes."""
        self.open.add(leaf)
        if self.open.size < TILE:
            return None
        tile, self.open = self.open.root(), Frontier()
        self.tiles.add(tile)
        return tile

    def root(self) -> bytes:
        return join(self.tiles.peaks + self.open.peaks)

    def copy(self) -> "_Pile":
        return _Pile(*(Frontier(part.size, list(part.peaks)) for part in (self.tiles, self.open)))


def verify(lines: Iterable[bytes], *heads: Head) -> Verdict:
    """Walks the lines of a log (`log`), with their line ends, against heads whose signatures have been checked.

    Reads each line once and holds O(log n) hashes. What lies behind the largest head is checked against the stored hashes
    alone, which proves nothing against their keeper. Raises ValueError without a head.
    """
    if not heads:
        raise ValueError("a log is walked against a head")
    walk = _Walk(sorted(set(heads), key=lambda head: (head.size, head.day)))
    try:
        walk.run(iter(lines))
    except _Found as found:
        return walk.verdict(found)
    return Verdict(walk.size, walk.proven, clock_back=walk.clock_back)


@dataclass(frozen=True, slots=True)
class _Tile:
    """A tile whose entries do not lead to its stored hash. changed: the first of them that differs from its stored leaf, if those do lead there."""

    range: tuple[int, int]
    changed: int | None
    why: str


class _Walk:
    """One pass. `real` is the tree over the entries as they stand, `stored` (from the first difference on) the one over the
    stored leaf hashes, `tiles` the one over the stored tile hashes. Whichever of them leads to a head's root is proved by it:
    nobody can find other hashes that do (RFC 9162 §2.1.1)."""

    def __init__(self, heads: list[Head]) -> None:
        self.heads, self.size, self.proven = heads, 0, 0
        self.real = _Pile()
        self.stored: _Pile | None = None
        self.tiles: Frontier | None = Frontier()
        self.full: tuple[bytes, bytes] | None = None  # a full tile whose line has not come yet: over the entries, over the stored leaves
        self.wrong: _Tile | None = None
        self.changed: int | None = None
        self.changed_here: int | None = None  # in the open tile
        self.why = self.first_why = ""
        self.latest = ""
        self.clock_back: int | None = None

    def run(self, lines: Iterator[bytes]) -> None:
        self._compare_heads(next(lines, b""))
        for line in lines:
            try:
                found = parsed(line)
            except NotALine:
                self._at_heads()
                raise _Found(Fault.UNREADABLE, self.size) from None
            if found.data is None:
                self._tile(found.tile, found.hash)
            else:
                self._at_heads()
                self._entry(found.data, found.hash, lines)
        self._at_heads()
        if self.heads:
            raise _Found(Fault.TRUNCATED, self.size)
        if self.changed is not None:
            raise _Found(Fault.CHANGED, self.changed, "behind_the_last_head")
        if self.wrong is not None:
            raise _Found(Fault.CHANGED, None, "behind_the_last_head", self.wrong.range)

    def _compare_heads(self, line: bytes) -> None:
        try:
            origin = origin_in(line)
        except NotALine:
            raise _Found(Fault.UNREADABLE, None, "first_line") from None
        if any(head.origin != origin for head in self.heads):
            raise _Found(Fault.OTHER_LOG, None)
        if any(a.size == b.size and a.root != b.root for a, b in pairwise(self.heads)):
            raise _Found(Fault.FORK, None)

    def _entry(self, data: bytes, stored: bytes, lines: Iterator[bytes]) -> None:
        if self.full is not None:
            self.tiles = self.full = None  # the file keeps no tiles
        if self.size % TILE == 0:
            self.changed_here = None
        leaf = leaf_hash(data)
        if leaf != stored:
            self._differs(data)
        else:
            self._in_its_place(data, lines)
        self.size += 1
        real = self.real.add(leaf)
        kept = self.stored.add(stored) if self.stored is not None else real
        if real is not None and kept is not None:
            self.full = real, kept

    def _differs(self, data: bytes) -> None:
        """Notes an entry that is not what its stored hash says, and goes on: the head decides which of the two is right."""
        if self.changed is None:
            self.changed, self.stored = self.size, self.real.copy()
            self.first_why = _unlike(data, self.size)
        if self.changed_here is None:
            self.changed_here, self.why = self.size, _unlike(data, self.size)

    def _in_its_place(self, data: bytes, lines: Iterator[bytes]) -> None:
        try:
            found = check(data)
        except NotAnEntry as fault:
            raise _Found(Fault.NOT_AN_ENTRY, self.size, str(fault)) from None
        if found["n"] != self.size:
            raise self._displaced(found["n"], lines)
        if found["at"] < self.latest and self.clock_back is None:
            self.clock_back = self.size
        self.latest = found["at"]

    def _displaced(self, number: int, lines: Iterator[bytes]) -> _Found:
        following, why = _next_number(lines), f"n={number}"
        if number > self.size:
            return _Found(Fault.MISSING if following in (None, number + 1) else Fault.MISPLACED, self.size, why)
        if number == self.size - 1:
            return _Found(Fault.REPEATED, number, why)  # one of the two was put in
        return _Found(Fault.REPEATED if following in (None, self.size) else Fault.MISPLACED, self.size, why)

    def _tile(self, number: int, stored: bytes) -> None:
        start, end = number * TILE, (number + 1) * TILE
        if start <= self.size < end:
            self._at_heads()
            raise _Found(Fault.MISSING, self.size, "tile")  # the tile closes before its last entry
        if self.full is None or self.size != end:
            raise _Found(Fault.UNREADABLE, self.size, "tile")
        real, kept = self.full
        if real != stored and self.wrong is None:
            self.wrong = _Tile((start, end), self.changed_here if kept == stored else None, self.why)
        if self.tiles is not None:
            self.tiles.add(stored)
        self.full = None

    def _at_heads(self) -> None:
        while self.heads and self.heads[0].size == self.size:
            root = self.heads.pop(0).root
            if self.real.root() != root:
                raise self._not_the_root(root)
            self.proven = self.size
            if self.changed is not None:
                raise _Found(Fault.STORED_HASH, self.changed, proved=True)
            if self.wrong is not None:
                raise _Found(Fault.STORED_TILE, None, between=self.wrong.range, proved=True)

    def _not_the_root(self, root: bytes) -> _Found:
        if self.stored is not None and self.stored.root() == root:
            return _Found(Fault.CHANGED, self.changed, self.first_why, proved=True)
        if self._tiles_lead_to(root):
            # The tiles are right, and so are the leaves behind the last of them.
            if self.wrong is None:
                return _Found(Fault.CHANGED, self.changed_here, self.why, proved=True)
            if self.wrong.changed is not None:
                return _Found(Fault.CHANGED, self.wrong.changed, self.wrong.why, proved=True)
            return _Found(Fault.ROOT, None, "tile", (max(self.wrong.range[0], self.proven), self.wrong.range[1]), proved=True)
        whole = (self.proven, self.size)
        if self.changed is not None:
            return _Found(Fault.CHANGED, self.changed, "stored_hashes_too", whole)
        return _Found(Fault.ROOT, None, between=whole, proved=True)

    def _tiles_lead_to(self, root: bytes) -> bool:
        tail = (self.stored or self.real).open
        return self.tiles is not None and self.tiles.size * TILE + tail.size == self.size and join(self.tiles.peaks + tail.peaks) == root

    def verdict(self, found: _Found) -> Verdict:
        """Whatever stopped the walk, a difference that was seen before it comes first."""
        at = found.at
        if at is not None and not found.proved:
            if self.changed is not None and self.changed < at:
                found = _Found(Fault.CHANGED, self.changed, f"then_{found.fault}")
            elif self.wrong is not None and self.wrong.range[1] <= at:
                found = _Found(Fault.CHANGED, None, f"then_{found.fault}", self.wrong.range)
        return Verdict(self.size, self.proven, found.fault, found.at, found.between, found.proved, found.why, self.clock_back)


def _unlike(data: bytes, place: int) -> str:
    """Why bytes cannot be the entry of a place, as far as they show it themselves."""
    try:
        number = check(data)["n"]
    except NotAnEntry as fault:
        return str(fault)
    return "" if number == place else f"n={number}"


def _next_number(lines: Iterator[bytes]) -> int | None:
    """The number of the next entry, however it is spelled; None at the end."""
    try:
        for line in lines:
            found = parsed(line)
            if found.data is not None:
                return int(check(found.data)["n"])
    except (NotALine, NotAnEntry):
        pass
    return None
