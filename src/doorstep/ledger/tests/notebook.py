"""A small log with its keys: two people, one unit, heads at the ends of days."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from doorstep.ledger.entry import Entry, Grade, Kind, pseudonym
from doorstep.ledger.head import Head, Signer
from doorstep.ledger.log import written
from doorstep.ledger.tree import Frontier, Kept, Memory, leaf_hash, root

ROOT = Path(__file__).resolve().parents[4]
SHARED = ROOT.parent / "shared" / "data"
ORIGIN = "doorstep.example/log"
SIGNER = Signer.from_seed(ORIGIN, b"old" * 10 + b"ky")
LATER_SIGNER = Signer.from_seed(ORIGIN, b"new" * 10 + b"ky")
KEY = SIGNER.key()
WANG = pseudonym(b"w" * 32, "person-1", "unit-1")
LI = pseudonym(b"l" * 32, "person-2", "unit-1")
ZHAO = pseudonym(b"z" * 32, "person-3", "unit-1")
DAY = date(2026, 11, 24)
#: What nobody expects in a place.
ODD: list[Any] = [None, True, False, 0, -1, 1, 1.5, 10**30, -0.0, "", "x", "2026-13-01", "\u0660", "\ud800", [], [[]], [None], {}, {"a": 1}]
NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def entry(n: int = 0) -> Entry:
    """Wang served 110 of 120 planned minutes; Li, who led, says so."""
    return Entry(
        n=n, at=NOW + timedelta(seconds=n), kind=Kind.HOURS_RECORDED, unit="unit-1", subject=WANG, activity="activity-1", slot=f"slot-{n}",
        planned=120, served=110, tenths=18, grade=Grade.LEADER, approvers=(LI,), rules="default@1", start=DAY, end=DAY,
    )  # fmt: skip


@cache
def entries(count: int) -> tuple[bytes, ...]:
    return tuple(entry(n).as_bytes() for n in range(count))


def kept(data: Iterable[bytes]) -> tuple[Memory, Frontier, list[tuple[bytes, list[Kept]]]]:
    nodes, frontier, rows = Memory(), Frontier(), []
    for found in data:
        row = frontier.append(leaf_hash(found))
        nodes.keep(row)
        rows.append((found, row))
    return nodes, frontier, rows


@cache
def lines(count: int) -> tuple[bytes, ...]:
    return tuple(written(ORIGIN, kept(entries(count))[2]))


def head(count: int, day: date = DAY) -> Head:
    return Head(ORIGIN, count, root(kept(entries(count))[0], count), day)


def changed(fact: Entry, **values: object) -> bytes:
    """The canonical bytes of a fact with something else in it."""
    return replace(fact, **values).as_bytes()  # type: ignore[arg-type]
