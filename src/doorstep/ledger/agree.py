"""Holds what a keeper's tables say against the log, both read once from the newest entry to the oldest."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .entry import Kind, NotAnEntry, check


class Why(StrEnum):
    UNREADABLE = "unreadable"  # the bytes are no entry of this place, or a row holds what no row of its table can
    COLUMN = "column"  # what is looked for beside an entry's bytes is not what they say
    NO_ENTRY = "no_entry"  # a row counts and names no entry, or one that is not there
    KIND = "kind"  # a row names an entry of another kind
    DIFFERS = "differs"  # row and entry say different things
    REPLACED = "replaced"  # a row still counts by an entry that was corrected since
    WORD = "word"  # what its owner said last, or whether it was revoked, is not what the row says
    NO_ROW = "no_row"  # an entry that counts, and no row that stands for it
    WITHIN = "within"  # a row contradicts what it keeps itself, such as a certificate its token


@dataclass(frozen=True, slots=True)
class Claim:
    """A row and the entry that it names (-1: none).

    kinds: what that entry may be · says: fields of the entry as the row has them · when: the same for one kind alone · also: fields that are compared where the entry
    has them: entries of before this was written have not · among: pseudonyms that stand among the approvers ·
    word: the last thing that was said of the entry ("" for nothing), None where that does not matter · counts: whether the entry must not
    have been replaced · faults: fields in which the row contradicts itself · struck: whether two people found that it should not
    be there, None where nobody can · nobody: it belongs to nobody any more · unreadable: it holds values that cannot be compared at all.
    """

    n: int
    table: str
    row: str
    kinds: frozenset[str]
    says: Mapping[str, object]
    among: tuple[str, ...] = ()
    word: str | None = None
    counts: bool = False
    faults: tuple[str, ...] = ()
    when: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    also: Mapping[str, object] = field(default_factory=dict)
    struck: bool | None = None
    nobody: bool = False
    unreadable: bool = False

    @classmethod
    def broken(cls, n: int, table: str, row: str) -> "Claim":
        """What is left of a row whose values cannot be read."""
        return cls(n, table, row, frozenset(), {}, unreadable=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that does not fit: its table and id, the entry it names or is (-1: none), why, and in which field."""

    table: str
    row: str
    entry: int
    why: Why
    field: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry's bytes and what stands beside them."""

    n: int
    data: bytes
    beside: Mapping[str, object]


#: What becomes of an entry by later ones, in one byte for each: the last word about it, and whether it was replaced.
_WORDS = {
    Kind.HOURS_VERIFIED: 1, Kind.HOURS_DISPUTED: 2, Kind.RECORD_DISPUTED: 2, Kind.CERTIFICATE_REVOKED: 3, Kind.TRAINING_CORRECTED: 4,
}  # fmt: skip
#: The words of a training are put right beside its hours: these stand, and their owner is asked anew.
_SPOKEN = ("", "verified", "disputed", "revoked", "")
_WORD, _REPLACED = 7, 8
_REPLACING = {Kind.HOURS_CORRECTED, Kind.AWARD_CORRECTED, Kind.QUALITY_CORRECTED, Kind.TRANSFER_CORRECTED}
#: Which table stands for an entry as long as it was not replaced, and which for good.
_WHILE_IT_COUNTS = {
    Kind.HOURS_RECORDED: "hours", Kind.TRAINING_RECORDED: "hours", Kind.HOURS_CORRECTED: "hours", Kind.HOURS_TRANSFERRED: "transfer",
    Kind.TRANSFER_CORRECTED: "transfer", Kind.AWARD_GRANTED: "award", Kind.AWARD_CORRECTED: "award", Kind.QUALITY_RATED: "evaluation",
    Kind.QUALITY_CORRECTED: "evaluation", Kind.CERTIFICATE_ISSUED: "certificate",
}  # fmt: skip
_FOR_GOOD = {Kind.HOURS_CORRECTED: "correction", Kind.STAR_GRANTED: "star", Kind.REPORT_PUBLISHED: "report"} | dict.fromkeys(
    (Kind.AWARD_CORRECTED, Kind.QUALITY_CORRECTED, Kind.TRANSFER_CORRECTED, Kind.TRAINING_CORRECTED), "amendment"
)
#: Few of these there are; who keeps them in rows without a number compares them at the end.
KEPT_APART = frozenset({Kind.RULES_ADOPTED, Kind.KEY_CHANGED})


@dataclass(slots=True)
class Comparison:
    """One pass; `apart` holds the plain values of what is kept apart, the newest first, `nobodys` the newest row of each pseudonym and unit that
    belongs to nobody any more: whose pseudonym it was, the keeper has to say. Memory: a byte an entry, and each of these."""

    size: int
    apart: list[dict[str, Any]] = field(default_factory=list)
    nobodys: dict[tuple[str, str], Difference] = field(default_factory=dict)

    def run(self, entries: Iterable[Stored], claims: Iterable[Claim]) -> Iterator[Difference]:
        """entries, claims: by falling numbers, claims without an entry anywhere. Gives what does not fit as it comes by."""
        fate, waiting = bytearray(self.size), iter(claims)
        claim = next(waiting, None)
        for entry in entries:
            while claim is not None and (claim.n < 0 or claim.n > entry.n):
                yield _nowhere(claim)
                claim = next(waiting, None)
            here = []
            while claim is not None and claim.n == entry.n:
                here.append(claim)
                claim = next(waiting, None)
            yield from self._one(entry, here, fate)
        while claim is not None:
            yield _nowhere(claim)
            claim = next(waiting, None)

    def _one(self, entry: Stored, claims: list[Claim], fate: bytearray) -> Iterator[Difference]:
        try:
            found = check(entry.data)
        except NotAnEntry:
            found = {}
        if found.get("n") != entry.n:
            yield Difference("entry", str(entry.n), entry.n, Why.UNREADABLE)
            return
        for name, value in entry.beside.items():
            if found.get(name, "") != value:
                yield Difference("entry", str(entry.n), entry.n, Why.COLUMN, name)
        kind = found["kind"]
        if kind in KEPT_APART:
            self.apart.append(found)
        self._note(found, kind, fate)
        for claim in claims:
            if claim.nobody and "subject" in found:
                whose = found["subject"], found["unit"]
                self.nobodys.setdefault(whose, Difference(claim.table, claim.row, claim.n, Why.DIFFERS, "subject"))
            yield from _against(claim, found, fate[entry.n])
        tables = {claim.table for claim in claims}
        wanted = [_FOR_GOOD.get(kind), None if fate[entry.n] & _REPLACED else _WHILE_IT_COUNTS.get(kind)]
        yield from (Difference(table, "", entry.n, Why.NO_ROW) for table in wanted if table is not None and table not in tables)

    def _note(self, found: Mapping[str, Any], kind: str, fate: bytearray) -> None:
        """Going backwards, what is said of an entry comes by before it: the first that is met is the last that was said."""
        to = found.get("corrects", -1)
        if not 0 <= to < self.size:
            return
        if kind in _REPLACING:
            fate[to] |= _REPLACED
        elif kind in _WORDS and not fate[to] & _WORD:
            fate[to] |= _WORDS[Kind(kind)]


def _nowhere(claim: Claim) -> Difference:
    return Difference(claim.table, claim.row, claim.n, Why.UNREADABLE if claim.unreadable else Why.NO_ENTRY)


def _against(claim: Claim, found: Mapping[str, Any], fate: int) -> Iterator[Difference]:
    def wrong(why: Why, name: str = "") -> Difference:
        return Difference(claim.table, claim.row, claim.n, why, name)

    if claim.unreadable:
        yield wrong(Why.UNREADABLE)
        return
    yield from (wrong(Why.WITHIN, name) for name in claim.faults)
    if found["kind"] not in claim.kinds:
        yield wrong(Why.KIND)
        return
    says = {**claim.says, **claim.when.get(found["kind"], {}), **{name: value for name, value in claim.also.items() if name in found}}
    yield from (wrong(Why.DIFFERS, name) for name, value in says.items() if found.get(name) != value)
    if claim.struck is not None and ("struck" in found.get("reasons", ())) is not claim.struck:
        yield wrong(Why.DIFFERS, "struck")
    if not set(claim.among) <= set(found.get("approvers", ())):
        yield wrong(Why.DIFFERS, "approvers")
    if claim.counts and fate & _REPLACED:
        yield wrong(Why.REPLACED)
    if claim.word is not None and _SPOKEN[fate & _WORD] != claim.word:
        yield wrong(Why.WORD)
