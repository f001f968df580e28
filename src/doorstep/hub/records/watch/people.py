"""What is odd about a person's hours beside those of the same unit: shares, judged by the binomial tail against what the others have."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import time
from uuid import UUID

from .lines import Finding, Kind, Line, Unit, grouped, most, surprise, tail, usual

#: Below so many lines of a person no share says anything.
LEAST = 8
#: Between these nobody visits but in need.
NIGHT_FROM, NIGHT_TO = time(22), time(6)
#: What a unit is taken to have before it has lines of its own: from what people do, on the careful side.
NIGHT_USUAL, ROUND_USUAL, FILLED_USUAL = 0.02, 0.65, 0.12
Numbers = dict[str, int | float | str]


def _share(
    unit: Unit, lines: list[Line], is_hit: Callable[[Line], bool], expected: float, least: int
) -> Iterator[tuple[UUID, list[Line], float, Numbers]]:
    """People whose share of hits is far above that of all others of the unit, with how odd it is."""
    people = grouped(lines, lambda line: line.person)
    hits = {person: [line for line in own if is_hit(line)] for person, own in people.items()}
    every = sum(map(len, hits.values()))
    for person, own in people.items():
        mine, n = hits[person], len(own)
        if len(mine) < least or n < least:
            continue
        share = max(usual(every - len(mine), len(lines) - n, expected), expected / 2)
        odd = surprise(tail(n, len(mine), share), len(people))
        if odd:
            yield person, mine, odd, {"count": len(mine), "of": n, "share": round(100 * len(mine) / n), "usual": round(100 * share)}


def at_night(line: Line) -> bool:
    return (
        line.came.time() >= NIGHT_FROM
        or line.came.time() < NIGHT_TO
        or line.left.time() > NIGHT_FROM
        or line.left.date() > line.came.date()
    )


def night_hours(unit: Unit) -> Iterator[Finding]:
    """Somebody serves at night far more often than the others."""
    for person, lines, odd, numbers in _share(unit, unit.lines, at_night, NIGHT_USUAL, 3):
        yield Finding(Kind.NIGHT, unit.id, 10 + odd, tuple(line.id for line in lines), person, None, numbers)


def round_hours(unit: Unit) -> Iterator[Finding]:
    """Hours that were typed in end on whole hours far more often than those of others: memory rounds, invention rounds more.

    Only what was typed in is looked at: what a word confirms is as long as it was planned.
    """
    typed = [line for line in unit.lines if line.filled]
    for person, lines, odd, numbers in _share(unit, typed, lambda line: line.minutes % 60 == 0, ROUND_USUAL, LEAST):
        yield Finding(Kind.ROUND, unit.id, 5 + odd, tuple(line.id for line in lines), person, None, numbers)


def mostly_filled_in(unit: Unit) -> Iterator[Finding]:
    """More than half of somebody's hours were filled in afterwards, far above what the unit has."""
    for person, lines, odd, numbers in _share(unit, unit.lines, lambda line: line.filled, FILLED_USUAL, 5):
        if 2 * len(lines) > int(numbers["of"]):
            yield Finding(Kind.FILLED, unit.id, 15 + odd, tuple(line.id for line in lines), person, None, numbers)


def _of_word(unit: Unit) -> list[Line]:
    """What rests on somebody's word who is not one of those whose word is usual: the slot's social worker and the home."""
    return [line for line in unit.lines if line.vouched_by and line.vouched_by not in line.expected and line.step is None]


def one_voice(unit: Unit) -> Iterator[Finding]:
    """All of somebody's hours rest on the word of one other person, who vouches for few others. Where one vouches for all there is no choice."""
    lines = _of_word(unit)
    whole = Counter(line.vouched_by for line in lines if line.vouched_by)
    people = grouped(lines, lambda line: line.person)
    for person, own in people.items():
        top = most(Counter(line.vouched_by for line in own if line.vouched_by))
        if top is None or top[1] < LEAST:
            continue
        by, count = top
        share = usual(whole[by] - count, len(lines) - len(own), 1 / max(1, len(whole)))
        odd = surprise(tail(len(own), count, share), len(people))
        # One who is led by one social worker has her word always: odd is who has it and whom hardly anybody else has.
        if odd and count >= 0.9 * len(own) and share < 0.5:
            ids = tuple(line.id for line in own if line.vouched_by == by)
            numbers: Numbers = {"count": count, "of": len(own), "usual": round(100 * share)}
            yield Finding(Kind.VOICE, unit.id, 15 + odd, ids, person, by, numbers)


def approving_each_other(unit: Unit) -> Iterator[Finding]:
    """Two people who vouch for each other, more often than if any of those who vouch here had been asked (product of two binomial tails)."""
    lines = _of_word(unit)
    pairs = grouped(lines, lambda line: (line.person, line.vouched_by))
    own = Counter(line.person for line in lines)
    voices = {line.vouched_by for line in lines}
    for (one, other), theirs in sorted(pairs.items(), key=lambda pair: str(pair[0])):
        back = pairs.get((other, one), []) if other else []
        if other is None or str(one) > str(other) or min(len(theirs), len(back)) < 3:
            continue
        chances = [tail(own[who], len(by), 1 / max(1, len(voices - {who}))) for who, by in ((one, theirs), (other, back))]
        odd = surprise(chances[0] * chances[1], len(pairs))
        if odd:
            ids = tuple(line.id for line in [*theirs, *back])
            yield Finding(Kind.PAIR, unit.id, 25 + odd, ids, one, other, {"there": len(theirs), "back": len(back)})
