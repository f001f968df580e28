"""One source of chance for the whole drawing: the same seed draws the same district, ids included."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
METRES_A_DEGREE = 111_200


class Chance(Random):
    """Random with the few draws that a district needs."""

    def id(self) -> UUID:
        return UUID(int=self.getrandbits(128), version=4)

    def one(self, things: Sequence[T]) -> T:
        return things[int(self.random() * len(things))]

    def yes(self, share: float) -> bool:
        return self.random() < share

    def weighted(self, table: Mapping[T, float]) -> T:
        return self.choices(list(table), list(table.values()))[0]

    def some(self, things: Sequence[T], count: int) -> list[T]:
        return self.sample(things, min(count, len(things)))

    def near(self, lat: float, lon: float, metres: float) -> tuple[float, float]:
        """A point in the disc of that radius."""
        far, turn = metres * math.sqrt(self.random()), self.random() * 2 * math.pi
        return shifted(lat, lon, far * math.sin(turn), far * math.cos(turn))


def shifted(lat: float, lon: float, north_m: float, east_m: float) -> tuple[float, float]:
    return (
        round(lat + north_m / METRES_A_DEGREE, 6),
        round(lon + east_m / (METRES_A_DEGREE * math.cos(math.radians(lat))), 6),
    )


def metres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """As the crow flies, on ground as small as a district."""
    return math.hypot(lat_a - lat_b, (lon_a - lon_b) * math.cos(math.radians(lat_a))) * METRES_A_DEGREE
