"""Who can help and what is asked, week after week: drawn like the demonstration's, with matters that come back every week."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from doorstep.demonstration.asking import SHANGHAI, Ask
from doorstep.demonstration.chance import metres
from doorstep.demonstration.coming import SKILLED, Coming
from doorstep.demonstration.draw import FIGURES, Lived, lived, shared
from doorstep.demonstration.places import HOME, Community
from doorstep.demonstration.population import PARTS
from doorstep.demonstration.volunteers import Helper

Row = dict[str, Any]
#: Share of what is asked that comes back every week, and how many weeks such a matter goes on.
SERIES, SHORTEST, LONGEST = 0.4, 6, 30
#: What is done once is done: a lamp, an advice.
ONCE = {"repair", "electrician", "legal", "debt_advice", "property_law", "mediation"}
KMH = {"walk": 4.5, "bike": 12.0, "bus": 15.0}
#: Of the people with a usual week, so many are away on one of its days.
AWAY = 0.08


@dataclass
class Matter:
    """What somebody asks: once in the week `begins`, or in every week before `ends`."""

    id: str
    ask: Ask
    begins: int
    ends: int

    @property
    def is_series(self) -> bool:
        return self.ends - self.begins > 1


@dataclass
class World:
    """The district before the first week; nothing in it depends on how the weeks are planned."""

    monday: date
    seed: int
    communities: list[Community]
    helpers: list[Helper]
    matters: list[Matter] = field(default_factory=list)
    #: Home to the people who have been there, with how many times.
    known: dict[str, dict[str, float]] = field(default_factory=dict)
    #: Person to the visits of each of the four weeks before.
    load: dict[str, list[int]] = field(default_factory=dict)

    def asked(self, week: int) -> list[Matter]:
        return [matter for matter in self.matters if matter.begins <= week < matter.ends]


def draw_world(*, size: str, seed: int, monday: date, weeks: int, communities: int | None = None) -> World:
    """The demonstration's district, or the part of it around the cast's community, with all that will be asked in so many weeks."""
    past = lived(size, seed, monday, datetime.combine(monday - timedelta(days=3), time(10), SHANGHAI))
    chosen = _around_home(past.district.communities, communities)
    names = {community.id for community in chosen}
    helpers = [h for community in chosen for h in past.district.helpers[community.id] if _can_be_sent(h)]
    known = {str(home): {str(who): float(times) for who, times in row.items()} for home, row in past.district.served.items()}
    world = World(monday, seed, chosen, helpers, known=known, load=_load(past, monday))
    _ask(world, past, size, weeks, names)
    return world


def _around_home(communities: list[Community], count: int | None) -> list[Community]:
    home = next(c for c in communities if c.code == HOME)
    near = sorted(communities, key=lambda c: (metres(c.lat, c.lon, home.lat, home.lon), c.code))
    return near[:count]


def _can_be_sent(helper: Helper) -> bool:
    return helper.welcome and bool(helper.cells) and helper.until is None and not helper.minor


def _load(past: Lived, monday: date) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for offer in past.drawn.rows("offers"):
        weeks = (monday - offer.start.date()).days // 7
        if offer.state == "served" and 0 <= weeks < 4:
            found[str(offer.person_id)][3 - weeks] += 1
    return dict(found)


def _ask(world: World, past: Lived, size: str, weeks: int, names: set[Any]) -> None:
    """As many matters in every week; where a series ends another begins."""
    all_shares = shared(past.district.communities, FIGURES[size]["needs"])
    shares = {c.id: share for c, share in zip(past.district.communities, all_shares, strict=True) if c.id in names}
    skilled = {c.id: min(0.62, max(0.28, past.chance.gauss(SKILLED, 0.07))) for c in world.communities}
    for week in range(weeks):
        coming = Coming(past.district, past.asking, past.filing, past.chance, size)
        going_on: dict[Any, int] = defaultdict(int)
        for matter in world.asked(week):
            going_on[matter.ask.home.community.id] += 1
        for community in world.communities:
            wanted = round(shares[community.id] * SERIES) - going_on[community.id]
            for number in range(shares[community.id] - going_on[community.id]):
                ask = coming.ask(community, past.chance.yes(skilled[community.id]))
                # The last weeks' waiting is drawn for a single week; here it comes about by itself.
                ask.waited = 0
                series = wanted > 0 and ask.situation.skill not in ONCE
                wanted -= series
                lasts = past.chance.randint(1 if week == 0 else SHORTEST, LONGEST) if series else 1
                world.matters.append(Matter(f"{week:02d}-{community.code[-6:]}-{number:03d}", ask, week, week + lasts))


def volunteer_row(helper: Helper, world: World, week: int, load: int) -> Row:
    """The person as the planner sees them in that week; some are away on one of their days."""
    chance, cells = Random(f"{world.seed}/away/{week}/{helper.id}"), helper.cells
    if chance.random() < AWAY:
        day = chance.choice(sorted(cells))[0]
        cells = {cell for cell in cells if cell[0] != day}
    free = [[day * 1440 + PARTS[part][0], day * 1440 + PARTS[part][1]] for day, part in sorted(cells)]
    return {
        "id": str(helper.id), "role": helper.role, "lat": helper.lat, "lon": helper.lon, "kmh": KMH[helper.travel],
        "reach_m": helper.reach_m, "skills": dict(sorted(helper.skills.items())), "vetted": helper.cleared,
        "gender": helper.person.gender, "languages": sorted(set(helper.languages)), "free": free,
        "max_minutes": helper.max_minutes, "max_visits": helper.max_visits, "prefers": sorted(helper.likes), "load_28d": load,
    }  # fmt: skip


def need_row(need_id: str, ask: Ask, waited: int, familiar: list[str]) -> Row:
    """One occasion as the planner sees it."""
    spot = ask.home.building
    return {
        "id": need_id, "resident": str(ask.home.id), "category": ask.situation.category, "lat": spot.lat, "lon": spot.lon,
        "minutes": ask.minutes, "windows": _windows(ask), "priority": ask.priority, "waited_weeks": waited, "minor": ask.minor,
        "seats": [
            {"skill": s.skill or None, "level": s.level, "role": s.role or None, "gender": s.gender or None, "language": s.language or None}
            for s in ask.seats
        ],
        "familiar": familiar, "forbid": [],
    }  # fmt: skip


def _windows(ask: Ask) -> list[list[int]]:
    found = []
    for opening in ask.openings:
        first, last = -(-opening.first // 15) * 15, opening.last // 15 * 15
        found.append([opening.day * 1440 + first, opening.day * 1440 + max(first, last)])
    return sorted(found)
