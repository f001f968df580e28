"""The coming week's needs, checked and waiting for the plan, and new ones that nobody has checked yet."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from doorstep.demonstration import hours
from doorstep.demonstration.asking import Ask, Asking, Wanted
from doorstep.demonstration.chance import Chance, metres
from doorstep.demonstration.district import District
from doorstep.demonstration.filing import Filing
from doorstep.demonstration.hours import HOUR
from doorstep.demonstration.places import Community
from doorstep.demonstration.volunteers import Helper

SKILLED = 0.46
#: How often a time is agreed at which somebody near could come; the others are what the picture of gaps is made of.
AGREED = {"district": 0.84, "community": 0.95}
#: How often a need is drawn anew before the drawing gives up.
TRIES = 120
#: Streets are longer than the crow flies.
DETOUR = 1.3


class Coming:
    """Draws the week that will be planned."""

    def __init__(self, district: District, asking: Asking, filing: Filing, chance: Chance, size: str) -> None:
        self.district, self.asking, self.filing, self.chance = district, asking, filing, chance
        self.agreed = AGREED[size]
        self._asked: dict[UUID, int] = defaultdict(int)
        self.needs = self.fresh = 0

    def checked(self, community: Community, monday: date, count: int) -> None:
        # Communities differ: in some every second need asks for a skill, in others a third.
        share = min(0.62, max(0.28, self.chance.gauss(SKILLED, 0.07)))
        for _ in range(count):
            self.file(self.ask(community, self.chance.yes(share)), monday, self.chance.one(self.district.leads[community.id]))

    def ask(self, community: Community, skilled: bool, most: int = 2) -> Ask:
        """Tries until a situation, a home and a time agree; a skill that nobody near has is asked for all the same now and then."""
        for number in range(TRIES):
            situation = self.district.situation(skilled and number < TRIES - 20, self.chance)
            home = self.district.home_for(situation, community, self.chance)
            if home is None or self._asked[home.id] >= most:
                continue
            ask = self.asking.ask(situation, home)
            if self.chance.yes(self.agreed) and not all(self._somebody(ask, wanted) for wanted in ask.seats):
                continue
            self._asked[home.id] += 1
            ask.waited = self.chance.choices([0, 1, 2, 3, 4], [72, 16, 7, 3, 2])[0]
            ask.priority = self._priority(ask)
            return ask
        raise ValueError(f"{community.name}: too few homes for so many needs")

    def _priority(self, ask: Ask) -> int:
        if {"elderly", "disabled"} & set(ask.home.manys) and ask.priority < 4 and self.chance.yes(0.3):
            return ask.priority + 1
        if ask.priority == 4 and self.chance.yes(0.16):
            return 5
        return 1 if ask.priority == 2 and self.chance.yes(0.3) else ask.priority

    def _somebody(self, ask: Ask, wanted: Wanted) -> bool:
        """Whether anybody of the street could come at one of the times: a social worker asks for such times when she checks."""
        pool, _ = self.district.pool(ask.home.community.street, wanted.skill, wanted.role)
        times = {opening.cell for opening in ask.openings}
        spot = ask.home.building
        return any(
            not times.isdisjoint(helper.cells)
            and helper.skills.get(wanted.skill, 0 if wanted.skill else 1) >= wanted.level
            and (helper.cleared or not ask.minor)
            and helper.person.age >= 18
            and (not wanted.gender or wanted.gender == helper.person.gender)
            and (not wanted.language or wanted.language in helper.languages)
            and metres(helper.lat, helper.lon, spot.lat, spot.lon) * DETOUR < helper.reach_m
            for helper in pool
        )

    def file(self, ask: Ask, monday: date, lead: Helper, asked_by: UUID | None = None) -> None:
        chance, now = self.chance, self.filing.now
        asked = hours.by_day(now - HOUR * (chance.uniform(2, 60) + 168 * ask.waited), chance, now - 2 * HOUR)
        checked = hours.by_day(asked + HOUR * chance.uniform(0.5, 20), chance, now)
        # Where only an evening is left before now, it was asked a little earlier on it.
        asked = min(asked, checked - HOUR / 6)
        need = self.filing.need(ask, state="checked", asked_at=asked, lead=lead, checked_at=checked, asked_by=asked_by)
        self.filing.slot(need, ask, lead=lead, monday=monday)
        self.needs += 1

    def new(self, community: Community, count: int) -> None:
        """Still to be checked: asked within the last day, a few a little longer ago than promised."""
        for _ in range(count):
            ask = self.ask(community, self.chance.yes(SKILLED), most=3)
            self.file_new(ask, self.chance.uniform(0.3, 22) if self.chance.yes(0.93) else self.chance.uniform(24.5, 30))

    def file_new(self, ask: Ask, hours_ago: float, asked_by: UUID | None = None) -> None:
        now = self.filing.now
        self.filing.need(ask, state="new", asked_at=hours.by_day(now - HOUR * hours_ago, self.chance, now), asked_by=asked_by)
        self.fresh += 1
