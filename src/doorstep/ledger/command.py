"""`doorstep verify`: walks a log's file against printed or downloaded heads and says in one line what it found."""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from .head import BadHead, Key, notes, opened
from .log import MOST_LINE
from .receipt import MOST_BYTES, BadReceipt, proved
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


def main(argv: list[str]) -> int:
    """Exit 0: everything up to the largest head is proved. 1: something is wrong with the log. 2: it could not be checked.

    A receipt brings its head along: it is proved by itself.
    """
    options = _options(argv)
    try:
        keys = [key for path in options.keys for key in key_ring(Path(path).read_text("utf-8"))]
        if (kept := _receipt(Path(options.file))) is not None:
            return _tell_receipt(kept, keys)
        if not options.head:
            raise ValueError("a log is walked against a head: give --head")
        heads = [opened(note, keys) for path in options.head for note in notes(Path(path).read_bytes().decode())]
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


def _receipt(path: Path) -> bytes | None:
    """The bytes of a receipt; None for anything else."""
    with open(path, "rb") as file:
        start = file.read(MOST_BYTES + 1)
    return start if start.startswith(b'{"entry":"') else None


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
    parser.add_argument("file", metavar="LOG.jsonl", help="a doorstep-log/1 as auditors get it, or the receipt of an hour")
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="HEAD.txt",
        help="a signed head, or several with a blank line between; each narrows down a fault",
    )
    parser.add_argument("--keys", action="append", required=True, metavar="KEYS.txt", help="the keys to trust, one a line")
    return parser.parse_args(argv)
