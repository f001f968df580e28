"""What a what-if question is answered with: codes, numbers, and the moves that it would take."""

from dataclasses import dataclass, field

from .problem import JSON
from .score import CHANGE


@dataclass(frozen=True)
class Move:
    """One need that would be served otherwise: start and team before and after, by id; None: not visited."""

    need: str
    before: tuple[int, tuple[str, ...]] | None
    after: tuple[int, tuple[str, ...]] | None


@dataclass(frozen=True)
class Cost:
    """What a wish does to the plan: points (below nought: lost), the least that it must lose, and what it comes to in plain terms."""

    change: float
    at_best: float
    proven: bool
    moves: tuple[Move, ...]
    met: int = 0
    unmet: int = 0
    moved: int = 0
    farther: int = 0
    nearer: int = 0
    strangers: int = 0
    worse_way: bool = False
    less_known: bool = False
    was_open: bool = False

    def numbers(self) -> JSON:
        """The counts alone, which say nothing of anybody; `worse_way` and `less_known` are of the need that was asked about."""
        names = ("met", "unmet", "moved", "farther", "nearer", "strangers", "worse_way", "less_known")
        return {"points": round(self.change, 1), **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True)
class Remedy:
    """A change that was tried, and whether with it the plan would choose the person."""

    code: str
    numbers: JSON
    wins: bool


@dataclass(frozen=True)
class Why:
    """Why somebody is not on a need. `code` is the first rule between them, or:

    `chosen` (they are on it), `accepted` (others have said yes), `no_start`, `no_team` (the other seats have nobody then), `unsure` (whether they have was not
    found out in time), `joins` (others are on it already, a seat is open: with `cost`), `busy` (what
    they are asked for already leaves no room), `held` (it would move what people were asked for), `loses` (with `cost`: the plan would lose by it) or `equal` (it would lose nothing).
    """

    code: str
    numbers: JSON = field(default_factory=dict)
    cost: Cost | None = None
    remedy: Remedy | None = None


class Unknown(LookupError):
    """The plan knows no such person or need: it came later, or was left out of the week."""


@dataclass(frozen=True)
class WeekWhy:
    """Why somebody is asked for nothing more this week: how many needs lie `near`, `fit` them, are `open` of those, and the `rule` that most fail.

    `code`: `nothing_near`, `rule` (with its code in `rule`), `loses` or `equal` (of the need that suits best), `chosen` (nothing else fits).
    """

    code: str
    numbers: JSON
    rule: str = ""
    cost: Cost | None = None
    remedy: Remedy | None = None


NOTHING = Cost(0.0, 0.0, True, ())


def disturbance(moves: tuple[Move, ...]) -> float:
    """What a new plan pays for changing what was proposed: for each seat that changes hands, and for a start that changes."""
    seats = sum(a != b for m in moves if m.before and m.after for a, b in zip(m.before[1], m.after[1], strict=True))
    return CHANGE * (seats + sum(m.before[0] != m.after[0] for m in moves if m.before and m.after))
