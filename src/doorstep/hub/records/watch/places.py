"""Codes, phones and ways: many on one code, many on one phone, one person in two places."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from math import cos, hypot, radians

from .lines import Finding, Kind, Line, Unit, grouped

#: At one stand nobody scans faster than one in four seconds: eight in the half minute of a code.
ON_ONE_CODE = 8
#: A couple shares a phone; three people on one do not.
ON_ONE_PHONE = 3
#: Streets are longer than the crow flies; nobody gets through a town faster than this from door to door.
DETOUR, KMH = 1.3, 40.0
#: What clocks and doors cost.
SLACK = timedelta(minutes=5)
METRES = 111_200


def many_on_one_code(unit: Unit) -> Iterator[Finding]:
    """More people on one code than can stand before it in its half minute: somebody passed a picture on."""
    scanned = [line for line in unit.lines if line.step is not None and line.slot is not None]
    for (slot, step), lines in grouped(scanned, lambda line: (line.slot, line.step)).items():
        people = {line.person for line in lines}
        if len(people) > ON_ONE_CODE:
            ids = tuple(sorted(line.id for line in lines))
            phones = len({line.device for line in lines if line.device})
            numbers: dict[str, int | float | str] = {"people": len(people), "phones": phones}
            yield Finding(Kind.CODE, unit.id, min(55.0, 25 + len(people)), ids, None, None, numbers, at=f"{slot}:{step}")


def many_on_one_phone(unit: Unit) -> Iterator[Finding]:
    """One phone that checks in three people and more on one day."""
    scanned = [line for line in unit.lines if line.device]
    for (device, day), lines in grouped(scanned, lambda line: (line.device, line.came.date())).items():
        people = {line.person for line in lines}
        if len(people) >= ON_ONE_PHONE:
            ids = tuple(sorted(line.id for line in lines))
            numbers: dict[str, int | float | str] = {"people": len(people), "day": day.isoformat()}
            yield Finding(Kind.PHONE, unit.id, min(50.0, 15 + 3 * len(people)), ids, None, None, numbers, at=f"{device[:16]}:{day}")


def two_places(unit: Unit) -> Iterator[Finding]:
    """One person in two places at once, or sooner in the second than any way between them allows."""
    every = grouped([*unit.lines, *unit.elsewhere], lambda line: line.person)
    own = {line.id for line in unit.lines}
    for person, lines in every.items():
        for before, after in pairwise(sorted(lines, key=lambda line: (line.came, line.id))):
            # Of two units that share a case, the one that recorded the later line looks at it.
            short = too_short(before, after)
            if short and after.id in own:
                numbers: dict[str, int | float | str] = {
                    "day": after.came.date().isoformat(),
                    "metres": metres(before, after),
                    "short": short,
                }
                ids = tuple(line.id for line in (before, after))
                yield Finding(Kind.PLACES, unit.id, min(50.0, 30 + short / 10), ids, person, None, numbers, at=str(after.id))


def metres(one: Line, other: Line) -> int:
    if one.spot is None or other.spot is None:
        return 0
    north, east = one.spot[0] - other.spot[0], (one.spot[1] - other.spot[1]) * cos(radians(one.spot[0]))
    return round(hypot(north, east) * METRES)


def too_short(before: Line, after: Line) -> int:
    """So many minutes more were needed than there were between the two; 0 if there was time."""
    if before.slot == after.slot and before.slot is not None:
        return 0
    way = timedelta(hours=metres(before, after) * DETOUR / 1000 / KMH)
    missing = way - (after.came - before.left) - SLACK
    # Without two places known only a true overlap says something.
    if before.spot is None or after.spot is None:
        missing = before.left - after.came - SLACK
    return max(0, int(missing.total_seconds() // 60))
