"""What one more helper or one change would gain in the coming week's plan, as the district's page tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from doorstep.hub.people.models import Place, Skill
from doorstep.hub.scheduling.models import Plan, PlanAdvice

#: Rows of newcomers that the page shows, and kinds of changes with their best row each.
SHOWN = 5
CHANGES = ("train", "clear", "widen", "free", "open")


@dataclass(frozen=True)
class Gain:
    """One newcomer or one change: codes for the words, visits gained (None: only priced), and how long its bar is, in hundredths."""

    kind: str
    visits: int | None
    bar: int
    numbers: Mapping[str, Any]
    skill: Skill | None = None
    street: Place | None = None

    @property
    def is_exact(self) -> bool:
        return self.visits is not None


@dataclass(frozen=True)
class Advice:
    """What was worked out, when and how surely; no person is named."""

    made_at: datetime
    seconds: float
    reach_km: float
    max_visits: int
    checked: int
    #: By how many hundredths prices overstate gains; None where too few were checked to say.
    too_high: int | None
    first: int = 0
    together: int | None = None
    newcomers: list[Gain] = field(default_factory=list)
    changes: list[Gain] = field(default_factory=list)

    @property
    def estimated(self) -> bool:
        """Whether any row that is shown was priced only."""
        return not all(gain.is_exact for gain in [*self.newcomers, *self.changes])


def is_under_way(plan: Plan | None) -> bool:
    made = _of(plan)
    return made is not None and made.state in (PlanAdvice.State.QUEUED, PlanAdvice.State.RUNNING)


def advice_on(plan: Plan | None, skills: Mapping[int, Skill], places: Sequence[Place]) -> Advice | None:
    """The finished advice on a plan that was read with its advice; no query. Places are told by their street: a gain of one is somebody's home."""
    made = _of(plan)
    if made is None or made.state != PlanAdvice.State.READY or made.finished_at is None:
        return None
    found = made.found
    by_code, streets = {skill.code: skill for skill in skills.values()}, {str(place.pk): place.parent for place in places}
    joint, how = found["joint"] or {}, found["checked"]
    rows = joint.get("rows") or found["recruit"]
    # Advice that was stored before a kind of change was thought of is still good advice.
    first = {kind: found[kind][0] for kind in CHANGES if found.get(kind)}
    most = max([row["gain"] or 0.0 for row in [*rows[:1], *first.values()]], default=0.0)

    def told(kind: str, row: Mapping[str, Any]) -> Gain:
        points = row["gain"] if row["gain"] is not None else row["price"]
        bar = max(2, min(100, round(100 * points / most))) if most > 0 else 100
        visits = None if row["gain"] is None else row["more_visits"]
        return Gain(kind, visits, bar, row, by_code.get(row.get("skill") or ""), streets.get(row.get("place") or ""))

    factor = how["recruit"]["factor"]
    return Advice(
        made_at=made.finished_at, seconds=made.seconds or 0.0, reach_km=found["like"]["reach_m"] / 1000, max_visits=found["like"]["max_visits"],
        checked=sum(part["checked"] for part in how.values()), too_high=None if factor is None else max(0, round(100 * (factor - 1))),
        first=len(joint.get("rows") or []), together=joint.get("more_visits"),
        newcomers=[told("recruit", row) for row in rows[:SHOWN]], changes=sorted((told(kind, row) for kind, row in first.items()), key=lambda gain: -gain.bar),
    )  # fmt: skip


def _of(plan: Plan | None) -> PlanAdvice | None:
    return getattr(plan, "advice", None)
