"""The lines of a unit as the watch reads them, what it finds, and the one statistic that most of it rests on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import exp, lgamma, log, log10
from typing import NamedTuple, TypeVar
from uuid import UUID

Row = TypeVar("Row")
Key = TypeVar("Key")
#: What a chance of one in so many is called odd, after counting how many people were looked at (Bonferroni).
RARE = 1e-3
#: No share is held to be known better than from so many lines: a unit with few of them is judged with its usual, not with its luck.
PRIOR = 20


class Kind(StrEnum):
    BOUGHT = "bought"
    SITTING = "sitting"
    CODE = "code"
    PHONE = "phone"
    PLACES = "places"
    VOICE = "voice"
    NIGHT = "night"
    ROUND = "round"
    FILLED = "filled"
    PAIR = "pair"


class Line(NamedTuple):
    """One presence: whose, when (in local time), how it is known, and where.

    expected: the social worker who leads the slot, whom she named to call the roll, and the home, whose words are the usual ones · step: the half minute of the code ·
    device: an opaque mark of the phone.
    """

    id: UUID
    person: UUID
    came: datetime
    left: datetime
    tenths: int
    filled: bool = False
    entered_by: UUID | None = None
    entered_at: datetime | None = None
    approved_at: datetime | None = None
    vouched_by: UUID | None = None
    expected: tuple[UUID | None, ...] = ()
    slot: UUID | None = None
    spot: tuple[float, float] | None = None
    device: str = ""
    step: int | None = None

    @property
    def minutes(self) -> int:
        return int((self.left - self.came).total_seconds() // 60)


@dataclass(frozen=True)
class Unit:
    """The lines of one recording unit, and for each of its people the lines that other units hold of them."""

    id: UUID
    lines: list[Line]
    elsewhere: list[Line] = field(default_factory=list)

    def of_people(self) -> dict[UUID, list[Line]]:
        return grouped(self.lines, lambda line: line.person)


@dataclass(frozen=True)
class Finding:
    """Something odd: `person` and `other` are whose doing it looks like, `numbers` what the sentence says."""

    kind: Kind
    unit: UUID
    weight: float
    hours: tuple[UUID, ...]
    person: UUID | None = None
    other: UUID | None = None
    numbers: Mapping[str, int | float | str] = field(default_factory=dict)
    #: What else tells two findings of one kind and one person apart.
    at: str = ""

    @property
    def about(self) -> str:
        return f"{self.kind}:{self.unit}:{self.person or ''}:{self.other or ''}:{self.at}"


def grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def tail(n: int, k: int, share: float) -> float:
    """The chance of k or more out of n when each comes with `share`: the upper tail of the binomial distribution, summed in logarithms."""
    if k <= 0 or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    each = [
        lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(share) + (n - i) * log(1 - share)
        for i in range(k, n + 1)
    ]  # fmt: skip
    top = max(each)
    return min(1.0, exp(top) * sum(exp(one - top) for one in each))


def usual(hits: int, of: int, expected: float) -> float:
    """A share as it is known: what was seen beside `PRIOR` lines as expected (the mean of a beta distribution after the data)."""
    return (hits + expected * PRIOR) / (of + PRIOR)


def surprise(chance: float, looked_at: int) -> float:
    """How odd a chance is among so many looked at: 0 if it is not, else from 3 to 30, tenfold rarer is one more."""
    corrected = chance * max(1, looked_at)
    return min(30.0, -log10(max(corrected, 1e-30))) if corrected < RARE else 0.0


def most(counted: Counter[UUID]) -> tuple[UUID, int] | None:
    return min(counted.most_common(), key=lambda pair: (-pair[1], str(pair[0])), default=None)
