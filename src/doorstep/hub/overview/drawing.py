"""Geometry of the two drawings: the line from hands to skill, and communities as tiles that keep who lies beside whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, hypot, sqrt

#: The chart's frame, in units of its own.
LEFT, RIGHT, TOP, BOTTOM = 20.0, 570.0, 34.0, 258.0
#: Two labels of two lines each need so much from one to the next; of one line each, so much above and below their dots.
LABEL_APART, ABOVE, BELOW = 50.0, -12.0, 24.0
#: A tile and the room around it; twelve of them make the width of a page.
TILE_WIDTH, TILE_HEIGHT, ROOM, COLUMNS = 92, 62, 6, 12
#: How much of the map is tiles.
DENSITY = 0.82


@dataclass(frozen=True)
class Dot:
    """One month: where it lies, and the share that it says."""

    x: float
    skilled_y: float
    hands_y: float
    skilled: int

    @property
    def hands(self) -> int:
        return 100 - self.skilled


@dataclass(frozen=True)
class Lines:
    """Both lines of the chart."""

    dots: list[Dot]
    skilled: str
    hands: str
    #: The first month in which skill has more than half, and the place among the months.
    crossing: Dot | None
    crossing_at: int | None

    @property
    def first_labels(self) -> tuple[float, float]:
        """Where the first month's shares are written, skill and hands: the upper dot's above it, the lower dot's below."""
        first = self.dots[0]
        up, down = (BELOW, ABOVE) if first.skilled_y >= first.hands_y else (ABOVE, BELOW)
        return first.skilled_y + up, first.hands_y + down

    @property
    def last_labels(self) -> tuple[float, float]:
        """Where the lines' names are written, skill and hands: beside their ends, pushed apart where these are near."""
        last = self.dots[-1]
        middle, half = (last.skilled_y + last.hands_y) / 2, LABEL_APART / 2
        if abs(last.skilled_y - last.hands_y) >= LABEL_APART:
            return last.skilled_y, last.hands_y
        middle = min(max(middle, TOP + half), BOTTOM - half)
        return (middle - half, middle + half) if last.skilled_y < last.hands_y else (middle + half, middle - half)


def lines(shares: Sequence[int]) -> Lines:
    """Shares in per cent, oldest first; the scale fits what there is to see."""
    every = [*shares, *(100 - share for share in shares)]
    low, high = min(every, default=0), max(every, default=100)
    step = (RIGHT - LEFT) / max(1, len(shares) - 1)

    def y(share: int) -> float:
        return round(BOTTOM - (share - low) / max(1, high - low) * (BOTTOM - TOP), 1)

    dots = [Dot(round(LEFT + n * step, 1), y(share), y(100 - share), share) for n, share in enumerate(shares)]
    crossing = next((n for n, dot in enumerate(dots) if n and dot.skilled > 50 and dots[n - 1].skilled <= 50), None)
    return Lines(
        dots=dots,
        skilled=" ".join(f"{dot.x},{dot.skilled_y}" for dot in dots),
        hands=" ".join(f"{dot.x},{dot.hands_y}" for dot in dots),
        crossing=dots[crossing] if crossing is not None else None,
        crossing_at=crossing,
    )


@dataclass(frozen=True)
class Spot:
    """Where a tile lies on the page."""

    x: int
    y: int
    width: int = TILE_WIDTH
    height: int = TILE_HEIGHT

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def upper(self) -> float:
        return self.y + self.height * 0.44

    @property
    def lower(self) -> float:
        return self.y + self.height * 0.77


@lru_cache(maxsize=8)
def spots(coordinates: tuple[tuple[float | None, float | None], ...]) -> tuple[list[Spot], int, int]:
    """A tile for each latitude and longitude, near where it truly lies, none upon another; and the map's size.

    Only the order counts, not the distance: so a crowded old town gets as much room as a wide village. Places without
    coordinates stand at the end.
    """
    number = len(coordinates)
    columns = min(COLUMNS, max(1, ceil(sqrt(number * 1.6))))
    rows = max(1, ceil(number / (columns * DENSITY)))
    across = _ranks([lon for _lat, lon in coordinates])
    down = [1 - rank for rank in _ranks([-90.0 if lat is None else lat for lat, _lon in coordinates])]
    wanted = [(across[n] * (columns - 1), down[n] * (rows - 1)) for n in range(number)]
    middle = ((columns - 1) / 2, (rows - 1) / 2)
    free = {(column, row) for column in range(columns) for row in range(rows)}
    taken: dict[int, tuple[int, int]] = {}
    for n in sorted(range(number), key=lambda n: (hypot(wanted[n][0] - middle[0], wanted[n][1] - middle[1]), n)):
        cell = min(free, key=lambda cell: (hypot(cell[0] - wanted[n][0], cell[1] - wanted[n][1]), cell))
        free.remove(cell)
        taken[n] = cell
    wide, high = TILE_WIDTH + ROOM, TILE_HEIGHT + ROOM
    placed = [Spot(taken[n][0] * wide, taken[n][1] * high) for n in range(number)]
    return placed, COLUMNS * wide - ROOM, max((spot.y for spot in placed), default=0) + TILE_HEIGHT


def _ranks(values: Sequence[float | None]) -> list[float]:
    """Each value's place among all, from 0 to 1; unknown ones last."""
    order = sorted(range(len(values)), key=lambda n: (values[n] is None, values[n] or 0.0, n))
    rank = {n: place for place, n in enumerate(order)}
    return [rank[n] / max(1, len(values) - 1) for n in range(len(values))]
