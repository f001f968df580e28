"""What a person's entries add up to: corrections replace, disputes stay visible, and their order among the bytes decides, not the order of reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .entry import Entry, Grade, Kind

HOURS = {Kind.HOURS_RECORDED, Kind.TRAINING_RECORDED, Kind.HOURS_TRANSFERRED}
REPLACING = {Kind.HOURS_CORRECTED, Kind.TRANSFER_CORRECTED}
POINTING = REPLACING | {Kind.TRAINING_CORRECTED, Kind.HOURS_DISPUTED, Kind.HOURS_VERIFIED, Kind.CERTIFICATE_REVOKED}

#: Reasons of a correction that found another kind of activity: where in the record the hours are counted from then on.
TO_TRAINING, TO_SERVICE, TO_NONE = "to_training", "to_service", "to_none"


class Slip(StrEnum):
    """Why an entry changes nothing."""

    NOTHING_THERE = "nothing_there"  # it points to no entry of this person and unit
    WRONG_KIND = "wrong_kind"  # a certificate is not corrected, hours are not revoked
    ALREADY_REPLACED = "already_replaced"  # the correction of an entry that was corrected before it: the latest is to be corrected


@dataclass(frozen=True, slots=True)
class Standing:
    """An hours entry that counts, with the first of its line, whether it is training now, and what its owner says of it."""

    entry: Entry
    first: Entry
    training: bool = False
    verified: bool = False
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """service, training: tenths of hours by grade · hours: every entry that counts, by number · certificates: those issued and not revoked ·
    slips: entries that change nothing, with the reason; a log whose keeper is careful has none."""

    service: Mapping[Grade, int]
    training: Mapping[Grade, int]
    hours: tuple[Standing, ...]
    certificates: tuple[Entry, ...]
    slips: Mapping[int, Slip]

    @property
    def tenths(self) -> int:
        """Service altogether."""
        return sum(self.service.values())

    @property
    def disputed(self) -> tuple[int, ...]:
        """Numbers of entries under an open dispute; they count until corrected."""
        return tuple(one.entry.n for one in self.hours if one.disputed)


@dataclass(slots=True)
class _Line:
    """An hours entry and the corrections behind it."""

    first: Entry
    last: Entry
    training: bool
    said: Kind | None = None


@dataclass(slots=True)
class _Account:
    lines: dict[int, _Line] = field(default_factory=dict)
    replaced: set[int] = field(default_factory=set)
    certificates: dict[int, Entry] = field(default_factory=dict)
    revoked: set[int] = field(default_factory=set)
    slips: dict[int, Slip] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        if entry.kind in HOURS:
            self.lines[entry.n] = _Line(entry, entry, entry.kind is Kind.TRAINING_RECORDED)
        elif entry.kind is Kind.CERTIFICATE_ISSUED:
            self.certificates[entry.n] = entry
        elif entry.kind in POINTING and entry.corrects is not None:
            slip = self._point(entry, entry.corrects)
            if slip is not None:
                self.slips[entry.n] = slip

    def _point(self, entry: Entry, to: int) -> Slip | None:
        revokes = entry.kind is Kind.CERTIFICATE_REVOKED
        if to in (self.lines if revokes else self.certificates):
            return Slip.WRONG_KIND
        if to in self.replaced or to in self.revoked:
            return Slip.ALREADY_REPLACED
        if to not in (self.certificates if revokes else self.lines):
            return Slip.NOTHING_THERE
        if revokes:
            self.revoked.add(to)
        elif entry.kind in REPLACING:
            before = self.lines.pop(to)
            self.lines[entry.n] = _Line(before.first, entry, _training(entry, before.training))
            self.replaced.add(to)
        elif entry.kind is Kind.TRAINING_CORRECTED:
            # Its words were changed, its hours were not: whoever said yes or no to it is asked anew.
            self.lines[to].said = None
        else:
            self.lines[to].said = entry.kind
        return None


def balance(entries: Iterable[Entry], subject: str, unit: str, start: date | None = None, end: date | None = None) -> Balance:
    """The balance of one pseudonym in one recording unit, of hours that lie wholly within start … end (None: no limit).

    Entries of others are passed over; the order in which they are given changes nothing, their numbers do. An entry given twice counts
    once. Raises ValueError if two different entries carry one number.
    """
    account = _Account()
    for entry in sorted(_once(entries, subject, unit), key=lambda one: one.n):
        account.take(entry)
    hours = tuple(
        Standing(line.last, line.first, line.training, line.said is Kind.HOURS_VERIFIED, line.said is Kind.HOURS_DISPUTED)
        for _, line in sorted(account.lines.items())
        if _within(line.last, start, end)
    )
    certificates = tuple(one for n, one in sorted(account.certificates.items()) if n not in account.revoked)
    return Balance(_sums(hours, training=False), _sums(hours, training=True), hours, certificates, account.slips)


def _once(entries: Iterable[Entry], subject: str, unit: str) -> Iterable[Entry]:
    found: dict[int, Entry] = {}
    for entry in entries:
        if entry.subject == subject and entry.unit == unit and found.setdefault(entry.n, entry) != entry:
            raise ValueError(f"two entries carry the number {entry.n}")
    return found.values()


def _within(entry: Entry, start: date | None, end: date | None) -> bool:
    return (start is None or (entry.start or date.min) >= start) and (end is None or (entry.end or date.max) <= end)


def _training(correction: Entry, before: bool) -> bool:
    """A correction that moves hours to another block of the record says so among its reasons."""
    return TO_TRAINING in correction.reasons if {TO_TRAINING, TO_SERVICE} & set(correction.reasons) else before


def _sums(hours: Iterable[Standing], training: bool) -> dict[Grade, int]:
    sums: dict[Grade, int] = {}
    for one in hours:
        if one.training is training and one.entry.grade is not None and one.entry.tenths:
            sums[one.entry.grade] = sums.get(one.entry.grade, 0) + one.entry.tenths
    return dict(sorted(sums.items()))
