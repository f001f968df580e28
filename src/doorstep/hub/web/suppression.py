"""Counts that cannot give one home away: below five nothing is written, and enough beside it is hidden that no sum tells it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

LEAST = 5
#: Why a count is not written: it is too small itself, or it would give a small one away.
FEW, BESIDE = "few", "beside"
#: Hiding a total, or an honest nothing, costs the reader more than hiding any count.
COST_OF_TOTAL, COST_OF_NOTHING = 10**6, 10**9

Cell = tuple[int, int]


@dataclass(frozen=True)
class Figure:
    """A count as it may be written."""

    count: int | None
    hidden: str = ""


@dataclass(frozen=True)
class Guarded:
    """A table with its totals, every figure as it may be written."""

    cells: list[list[Figure]]
    row_totals: list[Figure]
    column_totals: list[Figure]
    total: Figure


def figure(count: int) -> Figure:
    """A single count that stands beside no other."""
    return Figure(None, FEW) if 0 < count < LEAST else Figure(count)


def guarded_list(counts: Sequence[int]) -> tuple[list[Figure], Figure]:
    """The counts and their total."""
    line = [*counts, sum(counts)]
    hidden = {place for place, count in enumerate(line) if 0 < count < LEAST}
    while (more := _next_to_hide(line, hidden)) is not None:
        hidden.add(more)
    figures = [_written(count, place in hidden) for place, count in enumerate(line)]
    return figures[:-1], figures[-1]


def guarded_table(counts: Sequence[Sequence[int]]) -> Guarded:
    """The table and its totals: no hidden small count follows from rows, columns and totals.

    A hidden cell can be computed exactly if and only if it is a bridge of the graph that joins rows and columns by
    their hidden cells (totals are cells too), so each bridge gets a cycle; a small cell must also not be cornered by
    its own row or column, where only one value between 1 and 4 would fit.
    """
    grid = _with_totals(counts)
    hidden = {(r, c) for r, row in enumerate(grid) for c, count in enumerate(row) if 0 < count < LEAST}
    while True:
        weak = next((cell for cell in sorted(_bridges(hidden)) if 0 < grid[cell[0]][cell[1]] < LEAST), None)
        if weak is not None:
            hidden |= _cheapest_cycle(grid, hidden, weak)
            continue
        cornered = _cornered(grid, hidden)
        if cornered is None:
            return _drawn(grid, hidden)
        hidden.add(cornered)


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


def _written(count: int, is_hidden: bool) -> Figure:
    if not is_hidden:
        return Figure(count)
    return Figure(None, FEW if 0 < count < LEAST else BESIDE)


def _drawn(grid: list[list[int]], hidden: set[Cell]) -> Guarded:
    figures = [[_written(count, (r, c) in hidden) for c, count in enumerate(row)] for r, row in enumerate(grid)]
    if not figures:
        return Guarded([], [], [], Figure(0))
    return Guarded([row[:-1] for row in figures[:-1]], [row[-1] for row in figures[:-1]], figures[-1][:-1], figures[-1][-1])


def _cost(line: Sequence[int], place: int) -> int:
    nothing = COST_OF_NOTHING if line[place] == 0 else 0
    return line[place] + nothing + (COST_OF_TOTAL if place == len(line) - 1 else 0)


def _range(count: int, is_hidden: bool) -> tuple[float, float]:
    """What a reader knows of a figure: itself, or 1 to 4, or 5 and more."""
    if not is_hidden:
        return count, count
    return (1, LEAST - 1) if 0 < count < LEAST else (LEAST, inf)


def _line_is_safe(line: Sequence[int], hidden: Iterable[int]) -> bool:
    """Whether every hidden small count of a line and its total could be at least two different numbers."""
    out = set(hidden)
    ranges = [_range(count, place in out) for place, count in enumerate(line)]
    low, high = sum(r[0] for r in ranges[:-1]), sum(r[1] for r in ranges[:-1])
    for place in out:
        if not 0 < line[place] < LEAST:
            continue
        if place == len(line) - 1:
            fits = [value for value in range(1, LEAST) if low <= value <= high]
        else:
            rest_low, rest_high = low - 1, sum(r[1] for number, r in enumerate(ranges[:-1]) if number != place)
            fits = [value for value in range(1, LEAST) if rest_low + value <= ranges[-1][1] and rest_high + value >= ranges[-1][0]]
        if len(fits) < 2:
            return False
    return True


def _next_to_hide(line: Sequence[int], hidden: set[int]) -> int | None:
    """What a line hides next to be safe; None if it is, or if it hides everything already."""
    left = [place for place in range(len(line)) if place not in hidden]
    return min(left, key=lambda place: _cost(line, place)) if left and not _line_is_safe(line, hidden) else None


def _cornered(grid: list[list[int]], hidden: set[Cell]) -> Cell | None:
    """The cell to hide next because a row or column corners one of its small counts."""
    for r, row in enumerate(grid):
        more = _next_to_hide(row, {c for at, c in hidden if at == r})
        if more is not None:
            return r, more
    for c, column in enumerate(zip(*grid, strict=True)):
        more = _next_to_hide(column, {r for r, at in hidden if at == c})
        if more is not None:
            return more, c
    return None


def _bridges(hidden: set[Cell]) -> list[Cell]:
    """The hidden cells that lie on no cycle of hidden cells (Tarjan 1974)."""
    beside: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for r, c in hidden:
        beside.setdefault(("r", r), []).append(("c", c))
        beside.setdefault(("c", c), []).append(("r", r))
    order: dict[tuple[str, int], int] = {}
    found: list[Cell] = []

    def low_of(node: tuple[str, int], parent: tuple[str, int] | None) -> int:
        low = order[node] = len(order)
        for other in beside[node]:
            if other == parent:
                continue
            if other in order:
                low = min(low, order[other])
                continue
            below = low_of(other, node)
            low = min(low, below)
            if below > order[node]:
                found.append((node[1], other[1]) if node[0] == "r" else (other[1], node[1]))
        return low

    for node in list(beside):
        if node not in order:
            low_of(node, None)
    return found


def _cheapest_cycle(grid: list[list[int]], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """Three cells that make a square with this one, hiding as little more as can be."""
    r, c = cell
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1

    def cost(at: Cell) -> int:
        if at in hidden:
            return 0
        count = grid[at[0]][at[1]]
        total = COST_OF_TOTAL if at[0] == last_row or at[1] == last_column else 0
        return count + total + (COST_OF_NOTHING if count == 0 else 0)

    squares = [{(r, c2), (r2, c), (r2, c2)} for r2 in range(len(grid)) if r2 != r for c2 in range(len(grid[0])) if c2 != c]
    return min(squares, key=lambda square: (sum(cost(at) for at in square), sorted(square)))
