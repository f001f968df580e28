"""One week after another: planned, asked, answered, planned again with what was said, served, and remembered."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from doorstep.demonstration.weeks.memory import Memory
from doorstep.demonstration.weeks.world import Matter, Row, World, need_row, volunteer_row
from doorstep.planner.week import Even, Result, solve
from doorstep.planner.week.evenness import fitting

#: So often something unmet is asked again before the home gives up.
PATIENCE = 3
#: A week is planned on so many days; of the visits that stand on each day so many go out as offers, the others stay proposals until the next.
SENT = (0.7, 0.8, 1.0)
#: Of the needs so many come after the first plan, and so many are taken back after it.
LATE, TAKEN_BACK = 0.04, 0.02
#: Who says yes: people who come, people who registered and were never seen; and whoever knows the home, of the others so many.
SAYS_YES, HARDLY_EVER, KNOWS_THEM = 0.9, 0.65, 0.7
COMES_AFTER_ALL = 0.97


@dataclass(frozen=True)
class Policy:
    """How the weeks are planned: the percent of the score that evenness may cost, and how many known faces a home has (0: all)."""

    name: str
    even: float = 0.0
    best_known: int = 0


@dataclass
class Occasion:
    """One matter in one week: who said yes for its seats and to when, what was proposed and not sent, and who said no."""

    id: str
    matter: Matter
    waited: int
    start: int = 0
    said: list[str | None] = field(default_factory=list)
    proposal: tuple[int, list[str]] | None = None
    no: set[str] = field(default_factory=set)

    @property
    def settled(self) -> bool:
        return bool(self.said) and all(self.said)

    def on(self, row: Row) -> Row:
        """The need's row with what stands."""
        row["forbid"] = sorted(self.no)
        if any(self.said):
            row["fixed"] = {"start": self.start, "team": self.said}
        elif self.proposal:
            row["published"] = {"start": self.proposal[0], "team": self.proposal[1]}
        return row


@dataclass
class Week:
    """What one week came to; `visits` has home, person and matter of every visit that a person made, `refused`
    matter and person of every no."""

    number: int
    value: float = 0.0
    bound: float = 0.0
    paid: float = 0.0
    asked: int = 0
    met: int = 0
    published: int = 0
    kept: int = 0
    needs: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    served: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    visits: list[tuple[str, str, str]] = field(default_factory=list)
    fitted: set[str] = field(default_factory=set)
    unwilling: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)
    offered: dict[str, int] = field(default_factory=dict)


class Life:
    """The district from Monday to Monday."""

    def __init__(self, world: World, policy: Policy, iterations: int, show: Callable[[str], None]) -> None:
        self.world, self.policy, self.iterations, self.show = world, policy, iterations, show
        self.memory = Memory(world)
        self.waiting: list[Occasion] = []
        self.zeal = {str(helper.id): helper.zeal > 0 for helper in world.helpers}

    def weeks(self, count: int) -> Iterator[Week]:
        for number in range(count):
            yield self._week(number)

    def _week(self, number: int) -> Week:
        waited = self.memory.missed
        new = [Occasion(f"{m.id}/{number}", m, min(10, waited[m.id])) for m in self.world.asked(number)]
        people = [volunteer_row(h, self.world, number, self.memory.load_of(str(h.id))) for h in self.world.helpers]
        occasions, week = self.waiting + new, Week(number, offered={row["id"]: row["max_visits"] for row in people})
        for day in range(len(SENT)):
            standing = [
                o for o in occasions if self._chance("late" if day == 0 else "taken back", o.id) >= (LATE if day == 0 else TAKEN_BACK)
            ]
            plan = self._solve(number, people, [o.on(self._need(o)) for o in standing])
            self._note(day, plan, week)
            teams = _teams(plan)
            for occasion in standing:
                self._ask(day, occasion, teams.get(occasion.id), week)
        self._serve(standing, week)
        self.show(f"{self.policy.name}, week {number + 1}: {week.met} of {week.asked} met, {week.kept} of {week.published} proposals kept")
        return week

    def _chance(self, *words: str) -> float:
        """The same dice for the same thing, however the weeks are planned."""
        return Random("/".join([str(self.world.seed), *words])).random()

    def _solve(self, number: int, people: list[Row], needs: list[Row]) -> Result:
        week = {"format": "doorstep-week/1", "start": self.world.monday.isoformat(), "volunteers": people, "needs": needs}
        asked, lift = self.memory.asked(), self.memory.lift(row["id"] for row in needs)
        even = Even(self.policy.even / 100, asked=asked, lift=lift) if self.policy.even else None
        return solve(week, seed=self.world.seed + number, iterations=self.iterations, even=even)

    def _need(self, occasion: Occasion) -> Row:
        ask = occasion.matter.ask
        self.memory.places[occasion.id] = str(ask.home.community.id)
        return need_row(occasion.id, ask, occasion.waited, self.memory.familiar(str(ask.home.id), self.policy.best_known))

    @staticmethod
    def _note(day: int, plan: Result, week: Week) -> None:
        week.value, week.bound = week.value + plan.value, week.bound + plan.bound
        week.paid += plan.evenness["paid"] if plan.evenness else 0.0
        if day == 0:
            week.fitted = {plan.problem.people.ids[p] for p in fitting(plan.problem, plan.options)}

    def _ask(self, day: int, occasion: Occasion, visit: tuple[int, list[str]] | None, week: Week) -> None:
        """Compares with what was proposed the day before, then sends the offer or lets it stand as a proposal."""
        if occasion.proposal:
            week.published += 1
            week.kept += occasion.proposal == visit
        occasion.proposal = None
        if visit is None or occasion.settled:
            return
        if self._chance("sent", occasion.id, str(day)) >= SENT[day]:
            occasion.proposal = visit if not any(occasion.said) else None
            return
        yes = [who in occasion.said or self._says_yes(who, occasion, week) for who in visit[1]]
        occasion.start, occasion.said = visit[0], [who if said else None for who, said in zip(visit[1], yes, strict=True)]

    def _says_yes(self, who: str, occasion: Occasion, week: Week) -> bool:
        self.memory.call(who)
        week.called.add(who)
        likely = SAYS_YES if self.zeal[who] else HARDLY_EVER
        if self.memory.knows(who, str(occasion.matter.ask.home.id)):
            likely += KNOWS_THEM * (1 - likely)
        if self._chance("yes", occasion.id, who) < likely:
            return True
        week.unwilling.add(who)
        week.refused.add((occasion.matter.id, who))
        occasion.no.add(who)
        return False

    def _serve(self, standing: list[Occasion], week: Week) -> None:
        self.waiting = []
        for occasion in standing:
            matter, place = occasion.matter, self.memory.places[occasion.id]
            there = occasion.settled and all(self._chance("comes", occasion.id, who) < COMES_AFTER_ALL for who in occasion.said if who)
            week.asked += 1
            week.met += there
            week.needs[place] += 1
            week.served[place] += there
            week.visits += [(str(matter.ask.home.id), who, matter.id) for who in occasion.said if who and there]
            self.memory.ended(matter.id, there)
            if not there and not matter.is_series and occasion.waited < PATIENCE:
                self.waiting.append(Occasion(f"{matter.id}/{week.number + 1}", matter, occasion.waited + 1))
        self.memory.close(week.visits, week.needs, week.served)


def _teams(plan: Result) -> dict[str, tuple[int, list[str]]]:
    """Need to its start and team."""
    people, needs = plan.problem.people.ids, plan.problem.needs.ids
    return {needs[v.need]: (v.start, [people[p] for p in v.team]) for v in plan.visits}
