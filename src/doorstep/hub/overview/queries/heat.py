"""Which skill is missing where: a table whose small counts are hidden, and the sentence that it comes down to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from doorstep.hub.people.models import Place, Skill
from doorstep.hub.web.suppression import Figure, guarded_table

#: So many skills have a row of their own; the rest stands together.
ROWS = 10
HANDS, OTHERS = "hands", "others"

#: Community and skill to a count; no skill means that hands are enough.
Counts = Mapping[tuple[UUID, int | None], int]


@dataclass(frozen=True)
class Row:
    """A skill (or hands only, or all other skills) in every column."""

    skill: Skill | None
    kind: str
    cells: list[tuple[Figure, int]]
    total: Figure


@dataclass(frozen=True)
class Heat:
    """The table as it may be shown."""

    columns: list[Place]
    rows: list[Row]
    totals: list[Figure]
    total: Figure


@dataclass(frozen=True)
class Worst:
    """The skill that is missing most, and the streets where it is."""

    skill: Skill
    unmet: int
    coming: int
    places: list[Place]


def streets_of(places: Sequence[Place]) -> list[Place]:
    return list({place.parent_id: place.parent for place in places if place.parent}.values())


def heat_of(counts: Counts, skills: Mapping[int, Skill], places: Sequence[Place], street: Place | None) -> Heat:
    """By street, or by the communities of one street."""
    if street is not None:
        inside = [place for place in places if place.parent_id == street.pk]
        return heat(counts, skills, inside, lambda place_id: place_id)
    parents = {place.pk: place.parent_id for place in places}
    return heat(counts, skills, streets_of(places), parents.get)


def heat(counts: Counts, skills: Mapping[int, Skill], columns: Sequence[Place], column_of: Callable[[UUID], UUID | None]) -> Heat:
    """Skills down, places across; `column_of` says in which column a community counts, or in none."""
    at = {place.pk: n for n, place in enumerate(columns)}
    lines: dict[int | str, list[int]] = {}
    for (place_id, skill_id), n in counts.items():
        column = at.get(column_of(place_id))  # type: ignore[arg-type]
        skill = skills.get(skill_id or 0)
        if column is not None:
            lines.setdefault(skill.pk if skill and skill.professional else HANDS, [0] * len(columns))[column] += n
    order = _order(lines)
    guarded = guarded_table([lines[key] for key in order])
    shown = [cell.count or 0 for row in guarded.cells for cell in row]
    rows = [
        Row(
            skill=skills.get(key) if isinstance(key, int) else None,
            kind=key if isinstance(key, str) else "",
            cells=[(cell, step(cell, max(shown, default=0))) for cell in cells],
            total=total,
        )
        for key, cells, total in zip(order, guarded.cells, guarded.row_totals, strict=True)
    ]
    return Heat(columns=list(columns), rows=rows, totals=guarded.column_totals, total=guarded.total)


def _order(lines: dict[int | str, list[int]]) -> list[int | str]:
    """The skills with most first, the rest together, hands last; rewrites the lines of what is put together."""
    skilled = sorted((key for key in lines if key != HANDS), key=lambda key: (-sum(lines[key]), str(key)))
    if len(skilled) > ROWS:
        lines[OTHERS] = [sum(column) for column in zip(*(lines[key] for key in skilled[ROWS:]), strict=True)]
        skilled = [*skilled[:ROWS], OTHERS]
    return [*skilled, *([HANDS] if HANDS in lines else [])]


def step(figure: Figure, most: int) -> int:
    """How dark a cell is, from 0 to 3; hidden counts and nothing are never dark."""
    if not figure.count or figure.hidden or not most or figure.count < 5:
        return 0
    return 3 if figure.count * 3 >= most * 2 else 2 if figure.count * 3 >= most else 1


def worst(counts: Counts, gaps: Counts, skills: Mapping[int, Skill], places: Sequence[Place]) -> Worst | None:
    """Of what was not met and of the coming week's empty seats together; None if no skill is missing often enough to be named."""
    street = {place.pk: place.parent for place in places if place.parent}
    total: dict[int, list[int]] = {}
    where: dict[int, dict[Place, int]] = {}
    for kind, counted in enumerate((counts, gaps)):
        for (place_id, skill_id), n in counted.items():
            skill = skills.get(skill_id or 0)
            if skill and skill.professional and place_id in street:
                total.setdefault(skill.pk, [0, 0])[kind] += n
                spread = where.setdefault(skill.pk, {})
                spread[street[place_id]] = spread.get(street[place_id], 0) + n
    most = min(total, key=lambda pk: (-sum(total[pk]), pk), default=0)
    if not most or sum(total[most]) < 5:
        return None
    ranked = sorted(where[most].items(), key=lambda row: (-row[1], row[0].code))
    unmet, coming = total[most]
    return Worst(skill=skills[most], unmet=unmet, coming=coming, places=[place for place, n in ranked[:2] if n >= 5])


def skilled(counts: Counts, skills: Mapping[int, Skill]) -> int:
    """How many of them ask for a skill."""
    return sum(n for (_place, skill_id), n in counts.items() if (skill := skills.get(skill_id or 0)) and skill.professional)
