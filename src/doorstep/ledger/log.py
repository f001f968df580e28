"""The log as a file of lines: each entry with its stored hash, each full tile of 256 with its own, as the keeper stores them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .canonical import NotCanonical, base64_bytes, base64_text, dump, load
from .entry import MOST_BYTES
from .tree import HASH_BYTES, STEP, Kept

FORMAT = "doorstep-log/1"
TILE = 1 << STEP
#: {"entry":…,"leaf":"…"}: keys in canonical order, so that the entry's bytes are cut out and not spelled anew.
_BEFORE, _BETWEEN, _AFTER = b'{"entry":', b',"leaf":"', b'"}'
_HASH_LETTERS = 44
_TAIL = len(_BETWEEN) + _HASH_LETTERS + len(_AFTER)
MOST_LINE = MOST_BYTES + len(_BEFORE) + _TAIL + 1


class NotALine(ValueError):
    """A line is none of the three that a log has."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry's bytes with the stored hash of its leaf, or (data None) the stored hash of tile `tile`."""

    data: bytes | None
    hash: bytes
    tile: int = -1


def first_line(origin: str) -> bytes:
    return dump({"format": FORMAT, "origin": origin}) + b"\n"


def entry_line(data: bytes, leaf: bytes) -> bytes:
    return _BEFORE + data + _BETWEEN + base64_text(leaf).encode() + _AFTER + b"\n"


def tile_line(index: int, found: bytes) -> bytes:
    return dump({"hash": base64_text(found), "tile": index}) + b"\n"


def written(origin: str, entries: Iterable[tuple[bytes, Iterable[Kept]]]) -> Iterator[bytes]:
    """The lines of a log from its entries, each with the hashes that were kept when it was appended."""
    yield first_line(origin)
    for data, kept in entries:
        for node in kept:
            if node.level == 0:
                yield entry_line(data, node.hash)
            elif node.level == STEP:
                yield tile_line(node.number, node.hash)


def origin_in(line: bytes) -> str:
    """The name of the log in its first line; raises NotALine."""
    found = _object(line)
    if found.keys() != {"format", "origin"} or found["format"] != FORMAT or type(found["origin"]) is not str:
        raise NotALine
    return found["origin"]


def parsed(line: bytes) -> Line:
    """An entry's or a tile's line; the entry's bytes are not looked into. Raises NotALine."""
    if not line.endswith(b"\n") or len(line) > MOST_LINE:
        raise NotALine
    if line.startswith(_BEFORE):
        return _entry(line[:-1])
    found = _object(line)
    tile = found.get("tile")
    if found.keys() != {"hash", "tile"} or type(tile) is not int or tile < 0:
        raise NotALine
    return Line(None, _hash(found["hash"]), tile)


def _entry(line: bytes) -> Line:
    data, between, after = line[len(_BEFORE) : -_TAIL], line[-_TAIL : len(_BETWEEN) - _TAIL], line[-len(_AFTER) :]
    if between != _BETWEEN or after != _AFTER:
        raise NotALine
    try:
        return Line(data, _hash(line[len(_BETWEEN) - _TAIL : -len(_AFTER)].decode("ascii")))
    except UnicodeDecodeError as fault:
        raise NotALine from fault


def _hash(text: object) -> bytes:
    try:
        found = base64_bytes(text) if type(text) is str else b""
    except NotCanonical as fault:
        raise NotALine from fault
    if len(found) != HASH_BYTES:
        raise NotALine
    return found


def _object(line: bytes) -> dict[str, object]:
    try:
        found = load(line.removesuffix(b"\n"))
    except NotCanonical as fault:
        raise NotALine from fault
    if not isinstance(found, dict):
        raise NotALine
    return found
