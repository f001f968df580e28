"""The coming week's empty seats by community, as tiles that keep who lies beside whom, with their table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.hub.people.models import Place
from doorstep.hub.web.suppression import Figure, figure, guarded_list

from ..drawing import Spot, spots
from .district import Tally

#: From so many on a tile is one step darker.
STEPS = (5, 10, 15)
NAME_SHOWN = 6
#: What every community's name ends with says nothing on a map of communities.
SUFFIX = re.compile("(社区)?(居委会)?(（.*）)?$")


@dataclass(frozen=True)
class Tile:
    """One community: where it is drawn and what is written on it."""

    place: Place
    name: str
    spot: Spot
    missing: Figure
    step: int
    seats: Figure
    filled: int | None


@dataclass(frozen=True)
class Map:
    tiles: list[Tile]
    width: int
    height: int
    total: Figure

    @property
    def most(self) -> list[Tile]:
        """The communities that lack most, for the sentence beneath the title."""
        return sorted((tile for tile in self.tiles if tile.missing.count), key=lambda tile: -(tile.missing.count or 0))[:3]

    @property
    def by_missing(self) -> list[Tile]:
        """What lacks most first; hidden counts after the written ones."""
        return sorted(self.tiles, key=lambda tile: (tile.missing.count is None, -(tile.missing.count or 0), tile.place.code))


def tile_name(place: Place) -> str:
    """As short as it can still be recognised."""
    name = SUFFIX.sub("", place.short_name) or place.short_name
    return name if len(name) <= NAME_SHOWN else f"{name[: NAME_SHOWN - 1]}…"


def map_of(tallies: Sequence[Tally]) -> Map:
    """A share is written only where the count behind it is."""
    missing, total = guarded_list([tally.missing for tally in tallies])
    placed, width, height = spots(tuple((tally.place.lat, tally.place.lon) for tally in tallies))
    tiles = [
        Tile(
            place=tally.place, name=tile_name(tally.place), spot=spot, missing=count, seats=figure(tally.seats),
            step=sum((count.count or 0) >= least for least in STEPS),
            filled=round(100 * tally.held / tally.seats) if tally.seats >= STEPS[0] and not count.hidden else None,
        )
        for tally, spot, count in zip(tallies, placed, missing, strict=True)
    ]  # fmt: skip
    return Map(tiles=tiles, width=width, height=height, total=total)
