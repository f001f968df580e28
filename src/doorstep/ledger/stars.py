"""Star levels by a versioned scheme: hours reached, and quality that hours alone do not buy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from .entry import Grade
from .pack import FACTS, READERS, BadPack, loaded, value_of

FORMAT = "doorstep-stars/1"
#: Grades where somebody or something beside the person and an office was there.
WITNESSED = (Grade.CODE_PAIR, Grade.CODE_AND_WORD, Grade.LEADER)
#: Days of public notice inside the unit where a scheme of the first kind does not say (the 2015 guidance asks for seven at least).
NOTICE_DAYS = 7
MOST_NOTICE = 60
_FIELDS = {"id", "version", "district", "valid_from", "sources", "grades", "levels"}


@dataclass(frozen=True, slots=True)
class Level:
    """hours: whole hours · ratings: so many evaluations at least · mean_hundredths: their mean, 1.00 to 5.00 as 100 to 500 ·
    witnessed_percent: share of the hours that somebody or a code witnessed."""

    star: int
    hours: int
    ratings: int
    mean_hundredths: int
    witnessed_percent: int


@dataclass(frozen=True, slots=True)
class Scheme:
    id: str
    version: int
    district: str
    valid_from: date
    sources: tuple[str, ...]
    grades: frozenset[Grade]
    levels: tuple[Level, ...]
    notice_days: int = NOTICE_DAYS

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Record:
    """A person's service: counted tenths of hours by grade, and every evaluation from 1 to 5."""

    tenths: Mapping[Grade, int]
    ratings: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """star: 0 to 5 · tenths: what counts here · lacks: what the next star still asks for, by name; empty at the top."""

    star: int
    tenths: int
    lacks: Mapping[str, int]


def scheme(data: bytes) -> Scheme:
    """A scheme from the bytes of its JSON file; raises BadPack."""
    try:
        found = {"notice_days": NOTICE_DAYS, **loaded(data, FORMAT, _FIELDS)}
    except BadPack as fault:
        if fault.field != "notice_days":
            raise
        found = loaded(data, FORMAT, _FIELDS | {"notice_days"})
    values = {name: value_of(found, name, READERS[name]) for name in ("id", "version", "district", "valid_from", "sources")}
    grades = value_of(found, "grades", lambda names: frozenset(Grade(name) for name in names) or None)
    levels = value_of(found, "levels", lambda rows: tuple(_level(row) for row in rows) or None)
    for lower, higher in pairwise(levels):
        if (
            higher.star != lower.star + 1
            or higher.hours <= lower.hours
            or any(a > b for a, b in zip(_quality(lower), _quality(higher), strict=True))
        ):
            raise BadPack("levels")
    if levels[0].star != 1:
        raise BadPack("levels")
    notice = value_of(found, "notice_days", lambda days: days if type(days) is int and 0 <= days <= MOST_NOTICE else None)
    return Scheme(**values, grades=grades, levels=levels, notice_days=notice)


def _quality(level: Level) -> tuple[int, int, int]:
    return level.ratings, level.mean_hundredths, level.witnessed_percent


def _level(row: Any) -> Level:
    limits = {"star": 9, "hours": 100_000, "ratings": 10_000, "mean_hundredths": 500, "witnessed_percent": 100}
    if type(row) is not dict or row.keys() != limits.keys():
        raise BadPack("levels")
    if any(type(value) is not int or not 0 <= value <= limits[name] for name, value in row.items()):
        raise BadPack("levels")
    return Level(**row)


def default_scheme() -> Scheme:
    return scheme((FACTS / "stars-default-2.json").read_bytes())


def standing(of: Scheme, record: Record) -> Standing:
    """The highest star of which everything is reached, and what the next one lacks."""
    tenths = sum(count for grade, count in record.tenths.items() if grade in of.grades)
    star = 0
    for level in of.levels:
        lacks = _lacks(level, record, tenths)
        if lacks:
            return Standing(star, tenths, lacks)
        star = level.star
    return Standing(star, tenths, {})


def _lacks(level: Level, record: Record, tenths: int) -> dict[str, int]:
    count, total = len(record.ratings), sum(record.ratings)
    witnessed = sum(record.tenths.get(grade, 0) for grade in WITNESSED)
    whole = sum(record.tenths.values())
    lacks = {
        "tenths": level.hours * 10 - tenths,
        "ratings": level.ratings - count,
        # A mean of nothing is no mean: with no ratings asked for, none is asked of it.
        "mean_hundredths": -(-(level.mean_hundredths * count - total * 100) // count) if count else 0,
        "witnessed_percent": -(-(level.witnessed_percent * whole - witnessed * 100) // whole) if whole else 0,
    }
    return {name: missing for name, missing in lacks.items() if missing > 0}
