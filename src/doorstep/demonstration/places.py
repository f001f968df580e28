"""The places: the real names and codes of Zhonglou's two lists, on an invented ground."""

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from doorstep.demonstration.chance import Chance, shifted
from doorstep.demonstration.rows import AliasRow, Batch, ListingRow, PlaceRow

FACTS = Path(__file__).parent / "facts"
CENTRE = (31.7800, 119.9300)
#: Street code to where it lies from the centre (metres east, north), how far its communities stand apart, and its share of homes.
#: No map was used: only "old town in the east, villages in the west" is meant.
GROUND = {
    "320404005": (3300, 300, 420, 1.15),
    "320404006": (3000, 1900, 430, 1.1),
    "320404001": (300, 500, 560, 1.1),
    "320404002": (2100, -1700, 560, 1.15),
    "320404003": (-2300, 1500, 720, 1.0),
    "320404004": (-1500, -1900, 760, 0.9),
    "320404007": (-3300, 3600, 820, 0.9),
    "320404116": (-7600, -500, 1350, 0.6),
}
#: The cast's community, and the neighbouring one of the second social worker.
HOME, NEXT_DOOR = "320404005015", "320404005016"
ENDINGS = ("社区居民委员会", "社区居委会", "村委会", "管理区")
HOMES, SMALL_HOMES = 20_000, {HOME: 200, NEXT_DOOR: 24}


@dataclass(slots=True)
class Building:
    id: UUID
    name: str
    lat: float
    lon: float
    doors: list[str]


@dataclass(slots=True)
class Community:
    """A community as the drawing needs it: where it is, how many homes it has, and in which buildings."""

    id: UUID
    code: str
    name: str
    short: str
    street: str
    lat: float
    lon: float
    spacing: float
    homes: int
    village: bool
    buildings: list[Building] = field(default_factory=list)


def facts() -> list[dict[str, str]]:
    """Zhonglou's communities: code, street, the name in each list (empty: not in that list), and the public page's address."""
    with (FACTS / "communities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def short_name(name: str) -> str:
    plain = name.split("（")[0]
    for ending in ENDINGS:
        plain = plain.removesuffix(ending)
    return plain


def draw_places(size: str, chance: Chance) -> tuple[UUID, list[Community], Batch]:
    """The district's id, its current communities with their buildings, and the rows of the whole tree."""
    listed = facts() if size == "district" else [row for row in facts() if row["code"] in SMALL_HOMES or _ended_beside_home(row)]
    district = PlaceRow(chance.id(), "district", None, "钟楼区", "320404", lat=CENTRE[0], lon=CENTRE[1])
    batch: Batch = {"places": [district], "listings": [], "aliases": []}
    streets = _streets(listed, district.id, chance, batch)
    communities = []
    for number, row in enumerate(listed):
        community = _community(row, streets[row["street_code"]], number, chance, batch)
        if row["name_2023"]:
            communities.append(community)
    _share_homes(communities, size, chance)
    for community in communities:
        _grids(community, chance, batch)
    return district.id, communities, batch


def _ended_beside_home(row: dict[str, str]) -> bool:
    return row["street_code"] == HOME[:9] and not row["name_2023"]


def _streets(listed: list[dict[str, str]], district: UUID, chance: Chance, batch: Batch) -> dict[str, PlaceRow]:
    found: dict[str, PlaceRow] = {}
    for row in listed:
        code = row["street_code"]
        if code not in found:
            east, north, _, _ = GROUND[code]
            lat, lon = shifted(*CENTRE, north, east)
            found[code] = PlaceRow(chance.id(), "street", district, row["street"], code, lat=lat, lon=lon)
            batch["places"].append(found[code])
    return found


def _community(row: dict[str, str], street: PlaceRow, number: int, chance: Chance, batch: Batch) -> Community:
    _, _, spacing, _ = GROUND[street.code]
    assert street.lat is not None
    assert street.lon is not None
    # A sunflower: evenly spaced around the street's middle, then shaken a little.
    place_in_street = int(row["code"][9:]) % 200 + (3 if row["code"][9:] >= "200" else 0)
    far, turn = spacing * 0.62 * math.sqrt(place_in_street), place_in_street * 2.399963
    lat, lon = chance.near(*shifted(street.lat, street.lon, far * math.sin(turn), far * math.cos(turn)), spacing * 0.15)
    name = row["name_2023"] or row["name_2018"]
    short = short_name(name)
    standing = "current" if row["name_2023"] else "ended_unknown"
    desk = f"0519-0000{6000 + number:04d}" if standing == "current" else ""
    place = PlaceRow(
        chance.id(), "community", street.id, name, row["code"], standing, lat, lon, desk,
        f"{short}党群服务中心一楼" if desk else "", row["slug"],
    )  # fmt: skip
    batch["places"].append(place)
    for year in (2018, 2023):
        if row[f"name_{year}"]:
            batch["listings"].append(ListingRow(place.id, year, row[f"name_{year}"], row["code"]))
    for other in {short, row["name_2018"]} - {name, ""}:
        batch["aliases"].append(AliasRow(place.id, other, "2018 年名单" if other == row["name_2018"] else "口头叫法"))
    return Community(place.id, row["code"], name, short, row["street"], lat, lon, spacing, 0, name.endswith("村委会"))


def _share_homes(communities: list[Community], size: str, chance: Chance) -> None:
    """The district's homes, unevenly: the largest community has some five times as many as the smallest."""
    if size != "district":
        for community in communities:
            community.homes = SMALL_HOMES[community.code]
        return
    weights = [GROUND[c.code[:9]][3] * chance.lognormvariate(0, 0.28) for c in communities]
    left, whole = HOMES, sum(weights)
    for community, weight in zip(communities, weights, strict=True):
        community.homes = 230 if community.code == HOME else max(60, int(HOMES * weight / whole))
        left -= community.homes
    for number in range(abs(left)):
        communities[number % len(communities)].homes += 1 if left > 0 else -1


def _grids(community: Community, chance: Chance, batch: Batch) -> None:
    """Grids with their buildings, each with enough doors for its homes."""
    count = max(2, round(community.homes / chance.uniform(11, 17)))
    grids = max(2, min(5, count // 3))
    names = _building_names(community, count, chance)
    turn = chance.random() * 6.28
    for grid in range(grids):
        row = PlaceRow(chance.id(), "grid", community.id, f"{community.short}第{'一二三四五'[grid]}网格")
        batch["places"].append(row)
        middle = shifted(
            community.lat, community.lon,
            community.spacing * 0.22 * math.sin(turn + grid * 6.28 / grids), community.spacing * 0.22 * math.cos(turn + grid * 6.28 / grids),
        )  # fmt: skip
        for name in names[grid::grids]:
            lat, lon = chance.near(*middle, community.spacing * 0.2)
            building = PlaceRow(chance.id(), "building", row.id, name, lat=lat, lon=lon)
            batch["places"].append(building)
            community.buildings.append(Building(building.id, name, lat, lon, _doors(community.village, chance)))


def _building_names(community: Community, count: int, chance: Chance) -> list[str]:
    if community.village:
        ends = ["东", "西", "前", "后", "南", "北", "大", "小"]
        kinds = ["村头", "巷", "塘", "桥头", "家头", "圩", "庄"]
        roots = [a + b for b in kinds for a in ends]
        return [f"{name}{number} 组" for name, number in zip(chance.some(roots, count), range(1, count + 1), strict=False)]
    first = chance.one([1, 1, 1, 2, 11, 21])
    return [f"{first + n} 幢" for n in range(count)]


def _doors(village: bool, chance: Chance) -> list[str]:
    if village:
        return [f"{n} 号" for n in chance.sample(range(1, 90), 40)]
    units, floors = chance.one([2, 3, 3, 4]), chance.one([5, 6, 6, 6, 11])
    doors = [f"{u} 单元 {f}0{d}" for u in range(1, units + 1) for f in range(1, floors + 1) for d in (1, 2)]
    chance.shuffle(doors)
    return doors
