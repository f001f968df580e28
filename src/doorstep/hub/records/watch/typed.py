"""Hours that were typed in: five hours for somebody in two minutes, and many at one sitting."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from .lines import Finding, Kind, Line, Unit, grouped

#: The case that this watch is here for: so many hours for one person, typed in within so long.
BOUGHT_TENTHS, BOUGHT_WITHIN = 45, timedelta(minutes=2)
#: An approval within so long of the typing has not asked anybody.
HASTE = timedelta(minutes=10)
#: Typed in so long afterwards, nobody remembers the hour.
LATE = timedelta(days=14)
#: One sitting goes on as long as no pause is longer; a sheet of one activity counts once.
PAUSE, SITTING_ACTIVITIES, SITTING_PACE = timedelta(minutes=5), 8, timedelta(seconds=60)


def _typed(unit: Unit) -> list[Line]:
    return sorted(
        (line for line in unit.lines if line.filled and line.entered_by and line.entered_at), key=lambda line: (_at(line), line.id)
    )


def _at(line: Line) -> datetime:
    assert line.entered_at is not None
    return line.entered_at


def bought(unit: Unit) -> Iterator[Finding]:
    """Four and a half hours and more for one person, typed in by one account within two minutes. A rule, not a statistic: one such case is worth a look."""
    for (by, person), lines in grouped(_typed(unit), lambda line: (line.entered_by, line.person)).items():
        for cluster in _clusters(lines):
            tenths = sum(line.tenths or line.minutes // 6 for line in cluster)
            if tenths < BOUGHT_TENTHS:
                continue
            first = cluster[0]
            hasty = [line for line in cluster if line.approved_at and line.approved_at - _at(line) <= HASTE]
            late = [line for line in cluster if _at(line) - line.left > LATE]
            unplanned = [line for line in cluster if line.slot is None]
            seconds = max(int((_at(cluster[-1]) - _at(first)).total_seconds()), 1)
            weight = 60 + tenths / 10 + 10 * bool(hasty) + 5 * bool(late) + 5 * bool(unplanned) + 5 * (len(cluster) > 1)
            numbers: dict[str, int | float | str] = {
                "tenths": tenths, "count": len(cluster), "seconds": seconds, "hasty": len(hasty), "late": len(late), "unplanned": len(unplanned),
            }  # fmt: skip
            ids = tuple(line.id for line in cluster)
            yield Finding(Kind.BOUGHT, unit.id, weight, ids, by, person, numbers, at=f"{_at(first):%Y%m%d%H%M}")


def _clusters(lines: list[Line]) -> Iterator[list[Line]]:
    """Stretches of at most two minutes, from the first line on."""
    cluster: list[Line] = []
    for line in lines:
        if cluster and _at(line) - _at(cluster[0]) > BOUGHT_WITHIN:
            yield cluster
            cluster = []
        cluster.append(line)
    if cluster:
        yield cluster


def many_in_one_sitting(unit: Unit) -> Iterator[Finding]:
    """Eight and more different activities typed in at one sitting, faster than one a minute. A sign-in sheet is one activity, however long."""
    for by, lines in grouped(_typed(unit), lambda line: line.entered_by).items():
        for sitting in _sittings(lines):
            activities = {(line.slot, line.came, line.left) for line in sitting}
            spent = _at(sitting[-1]) - _at(sitting[0])
            if len(activities) < SITTING_ACTIVITIES or spent > SITTING_PACE * len(activities):
                continue
            numbers: dict[str, int | float | str] = {
                "count": len(sitting), "activities": len(activities), "people": len({line.person for line in sitting}),
                "minutes": max(1, round(spent.total_seconds() / 60)), "tenths": sum(line.tenths or line.minutes // 6 for line in sitting),
            }  # fmt: skip
            ids = tuple(line.id for line in sitting)
            yield Finding(
                Kind.SITTING, unit.id, min(55.0, 20 + len(activities)), ids, by, None, numbers, at=f"{_at(sitting[0]):%Y%m%d%H%M}"
            )


def _sittings(lines: list[Line]) -> Iterator[list[Line]]:
    sitting: list[Line] = []
    for line in lines:
        if sitting and _at(line) - _at(sitting[-1]) > PAUSE:
            yield sitting
            sitting = []
        sitting.append(line)
    if sitting:
        yield sitting
