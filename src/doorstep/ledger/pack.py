"""A district's rules for hours as data: versioned, dated, with their sources, so that a new law is a new file."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

from .canonical import NotCanonical, dump, loose

FORMAT = "doorstep-rules/1"
FACTS = Path(__file__).parent / "facts"


class BadPack(ValueError):
    """A file is no pack; `field` says where."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Block(StrEnum):
    """Where time of a kind of activity goes in the record."""

    SERVICE = "service"
    TRAINING = "training"
    NONE = "none"


class Rounding(StrEnum):
    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Pack:
    """Lengths in minutes, the unit in tenths of an hour (1 or 5), `kinds` from kind of activity to block of the record."""

    id: str
    version: int
    district: str
    valid_from: date
    valid_until: date | None
    sources: tuple[str, ...]
    utc_offset_minutes: int
    unit_tenths: int
    rounding: Rounding
    cap_at_planned: bool
    alone_minutes_a_day: int
    reviewed_minutes_a_day: int
    checkins_a_day: int
    longest_minutes: int
    kinds: Mapping[str, Block]
    record_within_days: int
    warn_on_day: int

    @property
    def name(self) -> str:
        """What an entry says about its rules: id@version."""
        return f"{self.id}@{self.version}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment that has a zone."""
        return moment.astimezone(timezone(timedelta(minutes=self.utc_offset_minutes))).date()

    def midnight_after(self, moment: datetime) -> datetime:
        zone = timezone(timedelta(minutes=self.utc_offset_minutes))
        return datetime.combine(self.day_of(moment) + timedelta(days=1), datetime.min.time(), zone)

    def tenths(self, minutes: int) -> int:
        """Minutes as counted tenths of an hour, rounded to the unit; the least unit is 6 or 30 minutes."""
        unit = self.unit_tenths * 6
        more = {Rounding.DOWN: 0, Rounding.NEAREST: unit // 2, Rounding.UP: unit - 1}[self.rounding]
        return (minutes + more) // unit * self.unit_tenths


def _whole(low: int, high: int) -> Callable[[Any], int | None]:
    return lambda value: value if type(value) is int and low <= value <= high else None


def _text(pattern: str) -> Callable[[Any], str | None]:
    return lambda value: value if type(value) is str and re.fullmatch(pattern, value) else None


def _kinds(value: Any) -> Mapping[str, Block] | None:
    if type(value) is not dict or not value or any(item not in set(Block) for item in value.values()):
        return None
    return {kind: Block(block) for kind, block in value.items()}


READERS: Mapping[str, Callable[[Any], Any]] = {
    "id": _text(r"[a-z0-9][a-z0-9._-]{0,39}"),
    "version": _whole(1, 999_999),
    "district": _text(r"[0-9]{0,12}"),
    "valid_from": lambda value: date.fromisoformat(value),
    "valid_until": lambda value: value if value is None else date.fromisoformat(value),
    "sources": lambda value: tuple(value) if type(value) is list and value and all(type(s) is str for s in value) else None,
    "utc_offset_minutes": _whole(-14 * 60, 14 * 60),
    "unit_tenths": lambda value: value if value in (1, 5) and type(value) is int else None,
    "rounding": lambda value: Rounding(value),
    "cap_at_planned": lambda value: value if type(value) is bool else None,
    "alone_minutes_a_day": _whole(30, 1440),
    "reviewed_minutes_a_day": _whole(30, 1440),
    "checkins_a_day": _whole(1, 100),
    "longest_minutes": _whole(30, 31 * 1440),
    "kinds": _kinds,
    "record_within_days": _whole(1, 60),
    "warn_on_day": _whole(1, 60),
}
MAY_BE_NONE = {"valid_until"}


def pack(data: bytes) -> Pack:
    """A pack from the bytes of its JSON file; raises BadPack for what is missing, unknown, out of range or against itself."""
    found = loaded(data, FORMAT, {field.name for field in fields(Pack)})
    values = {name: value_of(found, name, read, name in MAY_BE_NONE) for name, read in READERS.items()}
    made = Pack(**values)
    if made.alone_minutes_a_day > made.reviewed_minutes_a_day or made.alone_minutes_a_day % 30 or made.reviewed_minutes_a_day % 30:
        raise BadPack("alone_minutes_a_day")
    if made.warn_on_day > made.record_within_days:
        raise BadPack("warn_on_day")
    if made.valid_until is not None and made.valid_until < made.valid_from:
        raise BadPack("valid_until")
    return made


def loaded(data: bytes, format: str, names: set[str]) -> dict[str, Any]:
    """The object in a file of a given format with exactly the given fields; raises BadPack."""
    try:
        found = loose(data)
    except NotCanonical as fault:
        raise BadPack(fault.code) from fault
    if not isinstance(found, dict) or found.get("format") != format:
        raise BadPack("format")
    odd = (found.keys() - {"format"}) ^ names
    if odd:
        raise BadPack(min(odd))
    return dict(found)


def value_of(found: Mapping[str, Any], name: str, read: Callable[[Any], Any], may_be_none: bool = False) -> Any:
    try:
        value = read(found[name])
    except (TypeError, ValueError) as fault:
        raise BadPack(name) from fault
    if value is None and not may_be_none:
        raise BadPack(name)
    return value


def digest(data: bytes) -> str:
    """64 hex digits that a `rules.adopted` entry states, so that nobody can change a pack in silence. Raises BadPack."""
    try:
        return hashlib.sha256(dump(loose(data))).hexdigest()
    except NotCanonical as fault:
        raise BadPack(fault.code) from fault


def default_pack() -> Pack:
    return pack((FACTS / "rules-default-1.json").read_bytes())


def pack_on(packs: list[Pack], day: date, district: str) -> Pack | None:
    """The pack that holds on a day: the district's own before one without a district, then the latest; None if there is none."""
    holding = [p for p in packs if p.holds_on(day) and p.district in ("", district)]
    return max(holding, key=lambda p: (p.district != "", p.valid_from, p.version), default=None)
