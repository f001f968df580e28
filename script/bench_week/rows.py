"""What is measured: which week, which way, which seed, for how long, and what we want of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

LANDSCAPES = ("town", "villages", "saturday")
QUICK = ("flow and repair", "priority and scarcity", "nearest first", "sign-up board")
SOLVERS = ("CP-SAT", "HiGHS", "HiGHS near its LP")
CHECKPOINTS = (20.0, 60.0, 300.0)


@dataclass(frozen=True)
class Size:
    """A week of some size; `kind` is "drawn" for the format's own generator (make.py) or one of the LANDSCAPES."""

    people: int
    needs: int
    communities: int
    kind: str = "drawn"

    @property
    def name(self) -> str:
        return f"{self.people:,} × {self.needs:,}"

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.people}-{self.needs}"


@dataclass(frozen=True)
class Target:
    """A line of the table of targets: `seconds` is what ours is asked to take, the others are what is wanted."""

    row: str
    size: Size
    seconds: float
    gap: float
    memory_mb: int
    peers: bool = False


SMALL, JUDGE = Size(1_000, 600, 13), Size(10_000, 6_000, 130)
TARGETS = (
    Target("small", SMALL, 4, 0.0005, 400, peers=True),
    Target("proven", SMALL, 30, 1e-6, 400),
    Target("judge", JUDGE, 20, 0.0005, 1_000, peers=True),
    Target("full", Size(10_000, 10_000, 130), 60, 0.005, 1_500),
    Target("over", Size(10_000, 18_000, 130), 120, 0.03, 2_000),
    Target("large", Size(100_000, 60_000, 1_300), 240, 0.005, 6_000),
)
#: Sizes of the picture of growth that are no target; the others come from the table of targets.
BETWEEN = (Target("3k", Size(3_000, 1_800, 39), 8, 0.0005, 0), Target("30k", Size(30_000, 18_000, 390), 70, 0.0005, 0))
OWN = tuple(
    Target(f"{kind} {size.people // 1000}k", Size(size.people, size.needs, size.communities, kind), seconds, 0.0005, 0, peers=True)
    for (size, seconds), kind in product(((SMALL, 4), (JUDGE, 20)), LANDSCAPES)
)
GROUPS = {"growth": BETWEEN, "own": OWN}
ALL = {target.row: target for target in (*TARGETS, *BETWEEN, *OWN)}


@dataclass(frozen=True)
class Job:
    """One process to be measured. `cold` compiles everything anew, as the first run on a new computer does."""

    target: Target
    way: str
    seed: int
    seconds: float
    cold: bool = field(default=False)
    checkpoints: tuple[float, ...] = CHECKPOINTS

    @property
    def key(self) -> tuple[str, str, int]:
        return self.target.row, "ours, first run" if self.cold else self.way, self.seed


def wanted(names: Iterable[str]) -> list[Target]:
    """Targets by name or group: `targets`, `growth`, `own`, or names of rows; raises KeyError with the name that is none."""
    groups = {"targets": TARGETS, **GROUPS}
    return [target for name in names for target in groups.get(name, ()) or (ALL[name],)]


def jobs(
    targets: list[Target],
    seeds: list[int],
    budgets: dict[str, float],
    peers: bool,
    only: set[str],
    checkpoints: tuple[float, ...] = CHECKPOINTS,
) -> Iterator[Job]:
    """Ours on every seed (two of our own generator, one between the targets), then the peers on the first seed, then the cold run."""
    for target in targets:
        most = 2 if target in OWN else 1 if target in BETWEEN else len(seeds)
        seconds = budgets.get(target.row, target.seconds)
        found = [Job(target, "ours", seed, seconds) for seed in seeds[:most]]
        if peers and target.peers:
            found += [Job(target, way, seeds[0], checkpoints[-1], checkpoints=checkpoints) for way in QUICK]
            found += [Job(target, way, seeds[0], checkpoints[-1], checkpoints=checkpoints) for way in SOLVERS if target in TARGETS]
        if target.row == "small":
            found.append(Job(target, "ours", seeds[0], seconds, cold=True))
        yield from (job for job in found if not only or job.way in only)
