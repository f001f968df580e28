"""`doorstep verify`: walks a log's file against heads that somebody kept, or checks a receipt or the proof between two heads; one line says what was found."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from .head import BadHead, Head, Key, notes, opened
from .log import MOST_LINE
from .receipt import MOST_BYTES, BadReceipt, proved
from .since import BEGINS, BadProof, continued
from .since import MOST_BYTES as MOST_PROOF
from .walk import Fault, Verdict, verify

SAYS = {
    Fault.OTHER_LOG: "the file and the head are of different logs",
    Fault.FORK: "two heads of one size contradict each other: the keeper has shown two logs",
    Fault.UNREADABLE: "a line is no line of a log",
    Fault.NOT_AN_ENTRY: "the bytes are no entry",
    Fault.CHANGED: "the entry was changed",
    Fault.MISSING: "the entry is missing",
    Fault.REPEATED: "the number stands twice: an entry was put in",
    Fault.MISPLACED: "another entry stands in its place",
    Fault.TRUNCATED: "the log ends before this entry",
    Fault.ROOT: "the entries do not lead to the head",
    Fault.STORED_HASH: "the entry is right, its stored hash was changed",
    Fault.STORED_TILE: "the entries are right, the stored hash over them was changed",
}

TWO_OF_A_DAY = "two heads of one day differ: the keeper has shown two logs"


def main(argv: list[str]) -> int:
    """Exit 0: everything up to the largest head is proved. 1: something is wrong with the log. 2: it could not be checked.

    A receipt brings its head along, and a proof between two heads both of them: they are proved by themselves.
    """
    options = _options(argv)
    try:
        keys = [key for path in options.keys for key in key_ring(Path(path).read_text("utf-8"))]
        start = _start(Path(options.file))
        if start.startswith(b'{"entry":"'):
            return _tell_receipt(start[: MOST_BYTES + 1], keys)
        heads, older = (
            [opened(note, keys) for path in paths for note in notes(Path(path).read_bytes().decode())]
            for paths in (options.head, options.since)
        )
        if start.startswith(BEGINS):
            return _tell_continued(start, keys, older, heads)
        if not (heads := older + heads):
            raise ValueError("a log is walked against a head: give --head or --since")
        if (day := _day_with_two(heads)) is not None:
            print(f"BAD: {TWO_OF_A_DAY} ({day})")
            return 1
        with open(options.file, "rb") as file:
            verdict = verify(iter(lambda: file.readline(MOST_LINE + 1), b""), *heads)
    except BadHead as fault:
        print(f"doorstep verify: the head is not valid ({fault.code})", file=sys.stderr)
        return 2
    except (OSError, ValueError) as fault:
        print(f"doorstep verify: {fault}", file=sys.stderr)
        return 2
    print(sentence(verdict))
    return 0 if verdict.good else 1


def _start(path: Path) -> bytes:
    """As much of a file as a receipt or a proof may hold."""
    with open(path, "rb") as file:
        return file.read(MOST_PROOF + 1)


def _day_with_two(heads: Iterable[Head]) -> date | None:
    """A day for which one log has two different heads: their keeper signs one a day."""
    known: dict[tuple[str, date], Head] = {}
    return next((head.day for head in heads if known.setdefault((head.origin, head.day), head) != head), None)


def _tell_continued(data: bytes, keys: list[Key], older: list[Head], newer: list[Head]) -> int:
    """The proof between two heads, held against heads that somebody kept: no log is needed."""
    try:
        found = continued(data, keys)
    except BadProof as fault:
        print(f"BAD: the file proves nothing between its two heads ({fault.code})")
        return 1
    for ours, kept in [(ours, kept) for kept in [*older, *newer] for ours in (found.old, found.new)]:
        if kept.root != ours.root and (kept.origin, kept.size) == (ours.origin, ours.size):
            print(f"BAD: {SAYS[Fault.FORK]} ({kept.size} entries, {kept.day} and {ours.day})")
            return 1
        if _day_with_two([kept, ours]) is not None:
            print(f"BAD: {TWO_OF_A_DAY} ({kept.day}, {kept.size} and {ours.size} entries)")
            return 1
    for ours, kept in [*((found.old, one) for one in older), *((found.new, one) for one in newer)]:
        if kept != ours:
            raise ValueError(f"the file is about the heads of {found.old.day} and {found.new.day}, not about that of {kept.day}")
    print(
        f"good: the log of {found.new.size} entries on {found.new.day} begins with the {found.old.size} of {found.old.day}, unchanged; {found.added} were added"
    )
    return 0


def _tell_receipt(data: bytes, keys: list[Key]) -> int:
    try:
        found = proved(data, keys)
    except BadReceipt as fault:
        print(f"BAD: the receipt proves nothing ({fault.code})")
        return 1
    entry, head = found.entry, found.head
    counted = "" if entry.tenths is None else f", {entry.tenths / 10:.1f} h ({entry.grade})"
    days = "" if entry.start is None else f" of {entry.start}"
    print(f"good: entry {entry.n}, {entry.kind}{days}{counted}, stood in the log of {head.size} entries on {head.day}")
    return 0


def sentence(verdict: Verdict) -> str:
    """The verdict in English, for the command line."""
    if verdict.fault is None:
        behind = verdict.entries - verdict.proven
        more = f"; {behind} behind the last head are not proved yet" if behind else ""
        more += f"; the clock stood back at entry {verdict.clock_back}" if verdict.clock_back is not None else ""
        return f"good: {verdict.proven} entries are exactly those of the head{more}"
    where = "the file" if verdict.entry is None else f"entry {verdict.entry}"
    if verdict.between is not None:
        where += f", within entries {verdict.between[0]} to {verdict.between[1] - 1}"
    how = "proved by the head" if verdict.proved else f"entries up to {verdict.proven} are proved, the rest is judged by what is stored"
    return f"BAD: {where}: {SAYS[verdict.fault]}{f' [{verdict.why}]' if verdict.why else ''} ({how})"


def key_ring(text: str) -> Iterator[Key]:
    """Keys from lines `name+id+key [since [until]]`, days as 2026-11-25 or `-` for none. Raises BadHead."""
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        try:
            days = [None if word == "-" else date.fromisoformat(word) for word in words[1:]]
            yield Key.parse(words[0], *days)
        except (TypeError, ValueError) as fault:
            raise BadHead("key") from fault


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="doorstep verify", description="Walk a log against its published heads.")
    parser.add_argument(
        "file", metavar="LOG.jsonl", help="a log as auditors get it, the receipt of an hour, or the proof between two heads"
    )
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="HEAD.txt",
        help="a signed head, or several with a blank line between; each narrows down a fault",
    )
    parser.add_argument(
        "--since",
        action="append",
        default=[],
        metavar="OLD.txt",
        help="an older head that somebody kept: is it still the beginning of this log, or of the newer head of a doorstep-since/1 file",
    )
    parser.add_argument("--keys", action="append", required=True, metavar="KEYS.txt", help="the keys to trust, one a line")
    return parser.parse_args(argv)
