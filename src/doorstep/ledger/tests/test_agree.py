"""Rows and entries are held against each other in one pass backwards: what differs is named, what agrees is not, and memory stays small."""

import resource
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from doorstep.ledger.agree import Claim, Comparison, Difference, Stored, Why
from doorstep.ledger.entry import Entry, Kind
from tests.racing import Figures, count

from .notebook import LI, NOW, WANG, ZHAO, entry

COUNTED = frozenset({Kind.HOURS_RECORDED, Kind.HOURS_CORRECTED})


def stored(fact: Entry) -> Stored:
    return Stored(fact.n, fact.as_bytes(), {"kind": str(fact.kind), "unit": fact.unit, "subject": fact.subject or ""})


def said(n: int, kind: Kind, corrects: int) -> Entry:
    reasons = ("owner_disagrees",) if kind is Kind.HOURS_DISPUTED else ()
    return Entry(n=n, at=NOW + timedelta(seconds=n), kind=kind, unit="unit-1", subject=WANG, corrects=corrects, reasons=reasons)


def corrected(n: int, corrects: int) -> Entry:
    return replace(entry(n), kind=Kind.HOURS_CORRECTED, corrects=corrects, approvers=tuple(sorted((LI, ZHAO))), reasons=("two_people",))


def row(n: int, word: str = "", row: str = "", **says: object) -> Claim:
    return Claim(n, "hours", row or f"row-{n}", COUNTED, {"tenths": 18, "grade": "leader"} | says, (LI,), word, True)


def correction(n: int) -> Claim:
    return Claim(n, "correction", f"correction-{n}", frozenset({Kind.HOURS_CORRECTED}), {})


def compared(facts: list[Entry], claims: list[Claim]) -> list[Difference]:
    backwards = [stored(fact) for fact in reversed(facts)]
    return list(Comparison(len(facts)).run(backwards, sorted(claims, key=lambda claim: -claim.n)))


def test_what_agrees_is_not_named() -> None:
    facts = [
        entry(0),
        entry(1),
        said(2, Kind.HOURS_VERIFIED, 0),
        corrected(3, 1),
        said(4, Kind.HOURS_DISPUTED, 3),
        said(5, Kind.HOURS_VERIFIED, 3),
    ]
    assert compared(facts, [row(0, "verified"), row(3, "verified"), correction(3)]) == []


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ([row(0)], ("row-0", Why.WORD, "")),
        ([row(0, "disputed")], ("row-0", Why.WORD, "")),
        ([row(0, "verified", tenths=19)], ("row-0", Why.DIFFERS, "tenths")),
        ([], ("", Why.NO_ROW, "")),
        ([row(0, "verified"), row(-1, row="invented")], ("invented", Why.NO_ENTRY, "")),
        ([row(0, "verified"), row(7, row="beyond")], ("beyond", Why.NO_ENTRY, "")),
        ([row(0, "verified"), row(1, row="wrong")], ("wrong", Why.KIND, "")),
        ([replace(row(0, "verified"), among=(ZHAO,))], ("row-0", Why.DIFFERS, "approvers")),
        ([replace(row(0, "verified"), faults=("state",))], ("row-0", Why.WITHIN, "state")),
    ],
)
def test_what_differs_is_named_once(claims: list[Claim], found: tuple[str, Why, str]) -> None:
    facts = [entry(0), said(1, Kind.HOURS_VERIFIED, 0)]
    assert [(one.row, one.why, one.field) for one in compared(facts, claims)] == [found]


def test_a_row_that_stayed_at_what_was_corrected_is_named_with_the_entry_that_lacks_one() -> None:
    facts = [entry(0), corrected(1, 0)]
    found = {(one.row, one.why) for one in compared(facts, [row(0), correction(1)])}
    assert found == {("row-0", Why.REPLACED), ("", Why.NO_ROW)}
    assert [(one.table, one.why) for one in compared(facts, [row(1)])] == [("correction", Why.NO_ROW)]


def test_bytes_and_what_stands_beside_them_are_compared_too() -> None:
    good = stored(entry(0))
    for bad, why, field in (
        (replace(good, data=b"{}"), Why.UNREADABLE, ""),
        (replace(good, data=entry(1).as_bytes()), Why.UNREADABLE, ""),
        (replace(good, beside={"subject": LI}), Why.COLUMN, "subject"),
    ):
        [found] = Comparison(1).run([bad], [row(0)])
        assert (found.entry, found.why, found.field) == (0, why, field)


def test_few_kinds_are_kept_apart_for_who_keeps_them_in_rows_without_a_number() -> None:
    comparison = Comparison(1)
    key = Entry(n=0, at=NOW, kind=Kind.KEY_CHANGED, unit="unit-1", document="0" * 64)
    assert list(comparison.run([stored(key)], [])) == [] and [one["document"] for one in comparison.apart] == ["0" * 64]


def most_memory(entries: int) -> int:
    def backwards() -> Iterator[Stored]:
        for n in reversed(range(entries)):
            yield Stored(n, entry(n).as_bytes(), {})

    tracemalloc.start()
    assert next(Comparison(entries).run(backwards(), (row(n) for n in reversed(range(entries)))), None) is None
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_grows_by_a_byte_an_entry() -> None:
    most_memory(100)  # what is kept for good is there from now on
    assert most_memory(4100) - most_memory(100) < 2 * 4000


@pytest.mark.drill
def test_a_million_rows_are_held_against_a_million_entries(figures: Figures) -> None:
    many, template = count(5_000, 1_000_000), entry(0).as_bytes()

    def backwards() -> Iterator[Stored]:
        for n in reversed(range(many)):
            yield Stored(n, template.replace(b'"n":0,', b'"n":%d,' % n), {"kind": "hours.recorded", "unit": "unit-1"})

    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    wrong = many // 3
    claims = (row(n, tenths=19) if n == wrong else row(n) for n in reversed(range(many)))
    found = [(one.entry, one.why, one.field) for one in Comparison(many).run(backwards(), claims)]
    seconds, more = time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    assert found == [(wrong, Why.DIFFERS, "tenths")] and more < 20
    figures(rows=many, named=1, seconds_of_computing=f"{seconds:.0f}", more_memory_MB=more)
