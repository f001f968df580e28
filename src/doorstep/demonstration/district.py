"""The drawn people at hand: who lives where, who can be sent, and which homes a situation can happen in."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from uuid import UUID

from doorstep.demonstration.chance import Chance
from doorstep.demonstration.people import Home, of_working_age
from doorstep.demonstration.places import Community
from doorstep.demonstration.situations import Situation
from doorstep.demonstration.volunteers import Helper

#: How often each category is asked for.
ASKED = {"elderly": 30, "poor_disabled": 14, "education": 14, "culture": 8, "mediation": 9, "counselling": 9, "property": 8, "youth": 8}
Pool = tuple[list[Helper], list[float]]
#: In which homes a situation can happen, by whom it is about.
FITS: dict[str, Callable[[Home], bool]] = {
    "old": lambda home: bool(home.old),
    "alone": lambda home: home.kind == "alone",
    "oldpair": lambda home: len(home.old) > 1,
    "pair": lambda home: len(home.adults) > 1,
    "kid": lambda home: bool(home.children),
    "oneparent": lambda home: home.kind in ("one_parent", "grandparent"),
    "worker": lambda home: any(of_working_age(person) for person in home.members),
    "poorworker": lambda home: "low_income" in home.manys and any(of_working_age(person) for person in home.members),
    "poor": lambda home: "low_income" in home.manys,
    "disabled": lambda home: "disabled" in home.manys,
    "new": lambda home: "newly_arrived" in home.manys,
}


def anybody(_home: Home) -> bool:
    return True


@dataclass
class District:
    """Communities with their homes, leads and helpers, and the situations that can happen there."""

    today: date
    communities: list[Community]
    situations: dict[str, list[Situation]]
    homes: dict[UUID, list[Home]] = field(default_factory=dict)
    leads: dict[UUID, list[Helper]] = field(default_factory=dict)
    helpers: dict[UUID, list[Helper]] = field(default_factory=dict)
    #: Whoever has served at a home, with how many times.
    served: dict[UUID, dict[UUID, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    #: Homes in which a situation comes back, by community.
    habits: dict[tuple[UUID, int], list[Home]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[UUID, Helper] = field(default_factory=dict)
    _fitting: dict[tuple[UUID, str], list[Home]] = field(default_factory=dict)
    _pools: dict[tuple[object, str], Pool] = field(default_factory=dict)
    _drawn: dict[bool, tuple[list[Situation], list[float]]] = field(default_factory=dict)

    def index(self) -> None:
        """Called once everybody is drawn."""
        for community in self.communities:
            for helper in self.helpers[community.id]:
                self.by_id[helper.id] = helper
        for skilled in (True, False):
            chosen = [s for category in self.situations for s in self.situations[category] if s.skilled == skilled]
            whole = {category: sum(s.weight for s in found) for category, found in self.situations.items()}
            weights = [ASKED[s.category] * s.weight / whole[s.category] for s in chosen]
            self._drawn[skilled] = (chosen, list(accumulate(weights)))

    def situation(self, skilled: bool, chance: Chance) -> Situation:
        found, weights = self._drawn[skilled]
        return chance.choices(found, cum_weights=weights)[0]

    def fitting(self, community: Community, who: str) -> list[Home]:
        """Homes of the community in which somebody like that lives."""
        key = (community.id, who)
        if key not in self._fitting:
            test = FITS.get(who, anybody)
            self._fitting[key] = [home for home in self.homes[community.id] if test(home) and not any(p.account for p in home.members)]
        return self._fitting[key]

    def home_for(self, situation: Situation, community: Community, chance: Chance) -> Home | None:
        """Often a home where it happened before; else any in which it can happen."""
        known = self.habits[(community.id, id(situation))]
        if known and chance.yes(0.62):
            return chance.one(known)
        fitting = self.fitting(community, situation.who)
        if not fitting:
            return None
        home = chance.one(fitting)
        if len(known) < 6:
            known.append(home)
        return home

    def pool(self, key: object, skill: str, role: str) -> Pool:
        """Helpers of a community (by id) or a street (by name) with that skill or role, weighted by how often they come."""
        name = f"{skill}/{role}"
        if (key, name) not in self._pools:
            chosen = [
                helper
                for community in self.communities
                if key in (community.id, community.street)
                for helper in self.helpers[community.id]
                if helper.zeal and (not skill or skill in helper.skills)
                and (helper.role == role if role else helper.role in ("volunteer", "specialist") or bool(skill))
            ]  # fmt: skip
            self._pools[(key, name)] = (chosen, list(accumulate(helper.zeal for helper in chosen)))
        return self._pools[(key, name)]
