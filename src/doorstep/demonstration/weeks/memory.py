"""What is carried from week to week: who went where, who was asked how often, and which needs went unmet."""

from collections import defaultdict
from collections.abc import Iterable

from doorstep.demonstration.weeks.world import World

#: Having been at a home counts half as much after so many weeks.
HALF_LIFE = 13


class Memory:
    """The last four weeks of everybody, the known faces of every home, and how far each community's needs were met."""

    def __init__(self, world: World) -> None:
        self.known: dict[str, dict[str, float]] = defaultdict(dict, {home: dict(row) for home, row in world.known.items()})
        self.load: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0], {who: list(weeks) for who, weeks in world.load.items()})
        self.calls: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0], {who: list(weeks) for who, weeks in world.load.items()})
        self.today: dict[str, int] = defaultdict(int)
        self.fill: dict[str, list[int]] = {str(c.id): [0, 0] for c in world.communities}
        self.missed: dict[str, int] = defaultdict(int)
        self.places: dict[str, str] = {}

    def load_of(self, who: str) -> int:
        return sum(self.load[who]) if who in self.load else 0

    def asked(self) -> dict[str, int]:
        """How often each person was asked in the three weeks before and so far in this one: the others are idle for a month when it ends."""
        return {who: sum(self.calls.get(who, ())[1:]) + self.today.get(who, 0) for who in {*self.calls, *self.today}}

    def call(self, who: str) -> None:
        self.today[who] += 1

    def knows(self, who: str, home: str) -> bool:
        return who in self.known.get(home, {})

    def familiar(self, home: str, best: int) -> list[str]:
        """Who has been at that home: everybody, or so many of the best known."""
        known = self.known.get(home, {})
        return sorted(sorted(known, key=lambda who: (-known[who], who))[: best or None])

    def lift(self, needs: Iterable[str]) -> dict[str, float]:
        """For each need, by how much of their number its community's needs were met less often than those of the best one."""
        fill = {place: met / asked for place, (asked, met) in self.fill.items() if asked}
        best = max(fill.values(), default=0.0)
        return {need: best - fill[self.places[need]] for need in needs if self.places[need] in fill}

    def ended(self, matter: str, met: bool) -> None:
        self.missed[matter] = 0 if met else self.missed[matter] + 1

    def close(self, visits: Iterable[tuple[str, str, str]], needs: dict[str, int], served: dict[str, int]) -> None:
        """The week is over."""
        made: dict[str, int] = defaultdict(int)
        for row in self.known.values():
            for who in row:
                row[who] *= 0.5 ** (1 / HALF_LIFE)
        for home, who, _ in visits:
            made[who] += 1
            self.known[home][who] = self.known[home].get(who, 0.0) + 1
        for shelf, fresh in ((self.load, made), (self.calls, self.today)):
            for who in {*shelf, *fresh}:
                shelf[who] = [*shelf[who][1:], fresh.get(who, 0)]
        for place, count in needs.items():
            self.fill[place][0] += count
            self.fill[place][1] += served.get(place, 0)
        self.today = defaultdict(int)
