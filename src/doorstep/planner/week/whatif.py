"""Questions to a finished plan, answered in a moment: why not me, and what it costs to pin, to forbid, to weigh.

Each answer searches a corner of the plan again with everything else held (`whatif_search.py`), and where that takes little time proves
that the corner can do no better (`local.py`). So a loss is what a plan was found to lose, never less than the least that it must lose.
"""

from collections import Counter
from collections.abc import Collection
from copy import copy
from dataclasses import replace

import numpy as np

from .draft import Draft
from .gaps import NEAR_METRES, RULES
from .kept import Kept
from .local import Neighbourhood, Pair
from .packed import CELL, IS_WORKER, NEED, PERSON, SEAT, SEATS
from .problem import JSON, WEEK_MINUTES, Ints, Visit
from .score import VALUE, known, metres
from .whatif_answers import NOTHING, Cost, Move, Remedy, Unknown, WeekWhy, Why, disturbance
from .whatif_rules import UNCHANGED, Change, Pairing, needs_of
from .whatif_search import FEW_FREE, LOAD_STEP, MOST_FREE, STAY, Around, Corner
from .whatif_standing import Standing as Standing
from .whatif_standing import as_it_stands, team_of

PROOF_SECONDS, PROOF_ROOM = 0.25, 60.0  # a proof is tried for so long, and where so few points are open
MOST_ROWS = 4000  # options of a corner that is proven: building a larger model alone takes too long
AS_GOOD = 1e-6
FARTHER = 50.0  # metres that are not worth a word
MOST_TRIED = 3
DAY = 1440


class WhatIf:
    """One kept plan as it stands, ready to be asked."""

    def __init__(self, kept: Kept, near: Neighbourhood | None = None, standing: Standing | None = None) -> None:
        self._asked_of = kept, near, standing or Standing()
        self.near = copy(near) if near else Neighbourhood(kept.weeks, kept.draft, kept.price)
        self.stands = as_it_stands(kept, self.near, self._asked_of[2])
        self.kept, self.held, self.draft = self.stands.kept, self.stands.held, self.stands.draft
        self.near.weeks, self.near.draft, self._lacks = self.kept.weeks, self.draft, ""
        self.near.closed = self.stands.closed if self.stands.closed.any() else None

    def _person(self, name: str) -> int:
        if name not in self.kept.person_at:
            raise Unknown(name)
        return self.kept.person_at[name]

    def _need(self, name: str) -> int:
        if name not in self.kept.need_at:
            raise Unknown(name)
        return self.kept.need_at[name]

    def team(self, n: int) -> list[int]:
        """Who is on a need now."""
        w, d = self.kept.weeks, self.draft
        if self.kept.problem.kept[n]:
            needs = self.kept.problem.needs
            return [int(p) for p in needs.fixed_team[needs.seat_ptr[n] : needs.seat_ptr[n + 1]]]
        return [int(w.option[o, PERSON]) for o in team_of(w, d, n)]

    def could(self, need: str, seat: int, most: int = 6) -> list[str]:
        """The people who would suit a seat best by the plan's prices and are not on the need: ids, the best first."""
        n = self._need(need)
        w, s = self.kept.weeks, int(self.kept.weeks.need[n, SEATS]) + seat
        rows = self.near.rows_of(np.array([n]))
        rows = rows[w.option[rows, SEAT] == s]
        toll = LOAD_STEP * self.draft.visits[w.option[rows, PERSON]] * (1 - w.who[w.option[rows, PERSON], IS_WORKER])
        order = np.argsort(-(w.worth[rows] + self.kept.price[w.option[rows, CELL]] - toll), kind="stable")
        there = {*self.team(n), *w.option[self.stands.partial.get(n, (-1, []))[1], PERSON].tolist()}
        found = dict.fromkeys(p for p in w.option[rows[order], PERSON].tolist() if p not in there)
        return [self.kept.problem.people.ids[p] for p in list(found)[:most]]

    def cost_of_pin(self, person: str, need: str) -> Cost | None:
        """What it costs that this person goes to this need; None if no legal plan of the corner has that."""
        p, n = self._person(person), self._need(need)
        if p in self.team(n):
            return NOTHING
        if n in self.stands.partial:
            return self._joins(p, n)
        return self._forced(p, n) if not self.held[n] else None

    def cost_of_forbid(self, person: str, need: str) -> Cost | None:
        """What it costs that this person does not go to this need; None if they have said yes, or the need is held: nothing is moved there."""
        p, n = self._person(person), self._need(need)
        needs = self.kept.problem.needs
        if self.held[n] or p in needs.fixed_team[needs.seat_ptr[n] : needs.seat_ptr[n + 1]]:
            return None
        if p not in self.team(n):
            return NOTHING
        corner = self._corner([n], self.team(n))
        corner.without(n, p)
        after = corner.search(corner.draft)
        return self._proven(corner, n, after, forbidden=(Pair(n, p),))

    def cost_of_weight(self, need: str, steps: int) -> Cost:
        """What it costs the plan to count this need so many steps of priority more (or less), in the score as it is without them."""
        n = self._need(need)
        if self.held[n]:
            return NOTHING
        needs = self.kept.problem.needs
        was = int(needs.priority[n])
        becomes = min(max(was + steps, min(VALUE)), max(VALUE))
        corner = self._corner([n], self.team(n))
        value = corner.weeks.value.copy()
        value[n] *= VALUE[becomes] / VALUE[was]
        plain, corner.weeks = corner.weeks, corner.weeks._replace(value=value)
        after = corner.search(corner.draft)
        corner.weeks = plain
        before, then = corner.visits(corner.draft).get(n), corner.visits(after).get(n)
        if before == then:
            return NOTHING
        return self._against(corner, self._cost(corner, n, after, corner.total(after) - corner.total_before, np.inf, False))

    def why_not(self, person: str, need: str) -> Why:
        """Why this person is not on this need, and the smallest change found that would put them there."""
        p, n = self._person(person), self._need(need)
        if p in self.team(n):
            return Why("chosen")
        needs = self.kept.problem.needs
        if self.kept.problem.kept[n]:
            return Why("accepted")
        pairing = Pairing(self.stands, p)
        if not len(pairing.starts(n)):
            return Why("no_start")
        there = self.stands.partial.get(n, (-1, []))[1]
        if any(self.kept.weeks.option[o, PERSON] == p for o in there):
            return Why("chosen")
        taken = {int(self.kept.weeks.option[o, SEAT]) for o in there}
        seats = [s for s in range(int(needs.seat_ptr[n]), int(needs.seat_ptr[n + 1])) if needs.fixed_team[s] < 0 and s not in taken]
        failed = {s: pairing.fails(s) for s in seats}
        seat = min(seats, key=lambda s: (len(failed[s]), -RULES.index(failed[s][0]) if failed[s] and failed[s][0] in RULES else 0))
        if failed[seat]:
            return self._by_rule(pairing, n, seat, failed[seat])
        if n in self.stands.partial:
            cost = self._joins(p, n)
            return Why("joins", cost=cost) if cost else Why("unsure" if self._lacks == "time" else "busy")
        if self.held[n]:
            return Why("held")
        cost = self._forced(p, n)
        if cost is None and self._lacks in ("team", "time"):
            return Why("no_team" if self._lacks == "team" else "unsure")
        if cost is None:
            more = Change("caps", visits=1, minutes=int(needs.minutes[n]))
            return Why("busy", remedy=self._remedy(p, n, [more]))
        if cost.change >= -AS_GOOD:
            return Why("equal", cost=cost)
        return Why("loses", cost=cost, remedy=self._remedy(p, n, self._more(pairing, n)))

    def _by_rule(self, pairing: Pairing, n: int, seat: int, failed: list[str]) -> Why:
        numbers = {"seat": seat - int(self.kept.problem.needs.seat_ptr[n]), **pairing.numbers(seat, failed[0]), "fails": len(failed)}
        cure = pairing.cure(seat, failed[0]) if len(failed) == 1 and not self.held[n] else None
        return Why(failed[0], numbers, remedy=self._remedy(pairing.p, n, [cure], say_anyway=True) if cure else None)

    def _more(self, pairing: Pairing, n: int) -> list[Change]:
        """Changes that may help somebody who could go already: other starts, longer free time on that day, one visit more."""
        minutes, starts = int(self.kept.problem.needs.minutes[n]), pairing.starts(n)
        day = int(starts[0]) // DAY
        found = [
            Change("free", free=span)
            for a, b in pairing.free
            for span in ((b, b + 60), (a - 60, a))
            if a // DAY == day and span[0] >= 0 and span[1] <= WEEK_MINUTES
        ]
        closed = [t for t in starts.tolist() if t not in set(pairing.open_starts(n))]
        found += [Change("free", free=(t, t + minutes)) for t in (closed[0], closed[-1])] if closed else []
        return [Change("caps", visits=1, minutes=minutes), *found[:MOST_TRIED]]

    def _remedy(self, p: int, n: int, changes: list[Change], say_anyway: bool = False) -> Remedy | None:
        """The first of the changes with which a new plan would take the person: it gains more than the change of what was proposed costs."""
        for change in changes:
            cost = self._forced(p, n, change)
            if cost is not None and cost.change > disturbance(cost.moves) + AS_GOOD:
                return Remedy(change.code, change.numbers(self.kept), True)
        return Remedy(changes[0].code, changes[0].numbers(self.kept), False) if changes and say_anyway else None

    def why_week(self, person: str, untold: Collection[str] = ()) -> WeekWhy:
        """Why nobody asks this person for more this week, over all needs near them but those that they may not know of (`untold`)."""
        p = self._person(person)
        problem, pairing = self.kept.problem, Pairing(self.stands, p)
        far = metres(problem.people.place[p], problem.needs.place)
        told = np.array([name not in untold for name in problem.needs.ids], dtype=bool)
        gone = self.held & (self.draft.need_start < 0)  # cancelled, put off, or arranged by hand
        near = np.flatnonzero((far <= problem.people.reach[p] + NEAR_METRES) & ~problem.kept & told)
        near = near[np.array([len(pairing.starts(n)) > 0 for n in near.tolist()], dtype=bool) & ~gone[near]]
        fit = [n for n in needs_of(self.near, p).tolist() if p not in self.team(n) and told[n] and not gone[n]]
        numbers = {"near": len(near), "fit": len(fit), "open": int(sum(self.draft.need_start[n] < 0 for n in fit))}
        if fit:
            return self._best_of(pairing, [n for n in fit if not self.held[n]], numbers)
        if len(self.team_of(p)) or not len(near):
            return WeekWhy("chosen" if len(self.team_of(p)) else "nothing_near", numbers)
        return self._mostly(pairing, near, numbers)

    def _best_of(self, pairing: Pairing, fit: list[int], numbers: JSON) -> WeekWhy:
        """The need that suits the person best by the prices, among those that they can be put on at all."""
        best = sorted(fit, key=lambda n: -self._pays(pairing.p, n))[:MOST_TRIED]
        for n in best:
            cost = self._forced(pairing.p, n)
            if cost is not None:
                lost = cost.change < -AS_GOOD
                remedy = self._remedy(pairing.p, n, self._more(pairing, n)) if lost else None
                return WeekWhy("loses" if lost else "equal", numbers, cost=cost, remedy=remedy)
        more = Change("caps", visits=1, minutes=int(self.kept.problem.needs.minutes[best].max(initial=0)))
        return WeekWhy("loses", numbers, remedy=self._remedy(pairing.p, best[0], [more]) if best else None)

    def team_of(self, p: int) -> list[int]:
        """The options of a person's week."""
        return [int(o) for o in self.draft.week[p] if o >= 0]

    def _mostly(self, pairing: Pairing, near: Ints, numbers: JSON) -> WeekWhy:
        """The rule that closes most of what is near, and the smallest change that opens something that the plan would give them."""
        first, cures = Counter[str](), list[tuple[float, int, Change]]()
        needs = self.kept.problem.needs
        for n in near.tolist():
            failed = {s: pairing.fails(s) for s in range(int(needs.seat_ptr[n]), int(needs.seat_ptr[n + 1])) if needs.fixed_team[s] < 0}
            if not failed or not len(pairing.starts(n)):
                continue
            seat = min(failed, key=lambda s: len(failed[s]))
            first[failed[seat][0]] += 1
            cure = pairing.cure(seat, failed[seat][0]) if len(failed[seat]) == 1 and not self.held[n] else None
            if cure:
                cures.append((-self._would_pay(pairing.p, n, cure), n, cure))
        if not first:
            return WeekWhy("nothing_near", numbers)
        rule, count = first.most_common(1)[0]
        for _, n, cure in sorted(cures, key=lambda row: row[:2])[:MOST_TRIED]:
            remedy = self._remedy(pairing.p, n, [cure])
            if remedy:
                return WeekWhy("rule", numbers | {"count": count}, rule, remedy=remedy)
        return WeekWhy("rule", numbers | {"count": count}, rule)

    def _pays(self, p: int, n: int) -> float:
        w = self.kept.weeks
        rows = self.near.rows_of(np.array([n]))
        rows = rows[w.option[rows, PERSON] == p]
        return float((w.worth[rows] + self.kept.price[w.option[rows, CELL]]).max(initial=-np.inf))

    def _would_pay(self, p: int, n: int, change: Change) -> float:
        table, points = Pairing(self.stands, p, change).options(np.array([n]))
        return float((points + self.kept.price[table[:, CELL]]).max(initial=-np.inf))

    def _corner(self, seeds: list[int], people: list[int], most: int = MOST_FREE) -> Corner:
        free = Around(self.kept, self.near, self.draft, self.held).needs(seeds, people, most)
        return Corner(self.kept, self.draft, self.near, free, people)

    def _forced(self, p: int, n: int, change: Change = UNCHANGED) -> Cost | None:
        """The person on the need at whatever start and seat is best; quick and without a proof if it is for a change."""
        corner = self._corner([n], [p, *self.team(n)], FEW_FREE if change.code else MOST_FREE)
        if change.code:
            corner.add(p, *Pairing(self.stands, p, change).options(corner.free), visits=change.visits, minutes=change.minutes)
        option = corner.weeks.option
        rows = np.flatnonzero((option[:, NEED] == n) & (option[:, PERSON] == corner.at(p)))
        after = corner.force(rows, thorough=not change.code)
        self._lacks = corner.lacks
        if after is None:
            return None if change.code else self._found_exactly(corner, p, n)
        if change.code:
            return self._against(corner, self._cost(corner, n, after, corner.total(after) - corner.total_before, np.inf, False))
        return self._proven(corner, n, after, forced=(Pair(n, p),))

    def _joins(self, p: int, n: int) -> Cost | None:
        """The person on a need beside those who are on it already: they stay where they are, and the team is made whole around them.

        Against the week in which nobody goes there, for with a seat open nobody does.
        """
        kept, near, standing = self._asked_of
        name, (start, there) = kept.problem.needs.ids[n], self.stands.partial[n]
        open_ = WhatIf(kept, near, replace(standing, now={**standing.now, name: None}))
        option = kept.weeks.option
        stay = tuple(Pair(n, int(option[o, PERSON]), int(option[o, SEAT]), start) for o in there)
        corner = open_._corner([n], [p, *(pair.person for pair in stay)], FEW_FREE)
        found = open_.near.solve(corner.free, forced=(Pair(n, p), *stay), seconds=PROOF_SECONDS, most_rows=MOST_ROWS)
        if not found.visits:
            self._lacks = "room" if found.optimal else "time"
            return None
        at_best = max(found.change, found.ceiling - found.before)
        return open_._counted(n, corner.visits(corner.before), {v.need: v for v in found.visits}, found.change, at_best, found.optimal)

    def _found_exactly(self, corner: Corner, p: int, n: int) -> Cost | None:
        """What filling seat by seat did not find; None if there is no such plan, or (`lacks` is time then) none was found in that of a proof."""
        found = self.near.solve(corner.free, forced=(Pair(n, p),), seconds=PROOF_SECONDS, most_rows=MOST_ROWS)
        if not found.visits:
            self._lacks = self._lacks if found.optimal else "time"
            return None
        visits = {v.need: v for v in found.visits}
        at_best = max(found.change, found.ceiling - found.before)
        return self._against(corner, self._counted(n, corner.visits(corner.before), visits, found.change, at_best, found.optimal))

    def _proven(
        self, corner: Corner, n: int, after: Draft, forced: tuple[Pair, ...] = (), forbidden: tuple[Pair, ...] = ()
    ) -> Cost:  # fmt: skip
        """The cost of a draft that was found, or of a better one, and how much better any could be."""
        change = corner.total(after) - corner.total_before
        found = self.near.solve(
            corner.free, forced=forced, forbidden=forbidden, seconds=PROOF_SECONDS, known=change, within=PROOF_ROOM, most_rows=MOST_ROWS
        )  # fmt: skip
        at_best = max(change, found.ceiling - found.before)
        if found.visits and found.change > change + STAY:
            cost = self._counted(n, corner.visits(corner.before), {v.need: v for v in found.visits}, found.change, at_best, found.optimal)
        else:
            cost = self._cost(corner, n, after, change, at_best, found.optimal)
        return self._against(corner, cost)

    def _against(self, corner: Corner, cost: Cost) -> Cost:
        """A gain is no merit of the wish where the plan could be made better without it: what that brings is taken off."""
        if cost.change <= AS_GOOD:
            return cost
        gain = corner.total(corner.search(corner.before, plain=True), corner.plain[0]) - corner.total_before
        change = min(cost.change, cost.change - gain) + 0.0
        return replace(
            cost, change=round(change, 6) + 0.0, at_best=max(change, cost.at_best - max(0.0, gain)), proven=cost.proven and gain <= AS_GOOD
        )

    def _cost(self, corner: Corner, n: int, after: Draft, change: float, at_best: float, proven: bool) -> Cost:
        return self._counted(n, corner.visits(corner.before), corner.visits(after), change, at_best, proven)

    def _counted(self, asked: int, before: dict[int, Visit], after: dict[int, Visit], change: float, at_best: float, proven: bool) -> Cost:
        """What differs, as moves and as counts; the need that was asked about is among the moves and not counted."""
        moves, counts, worse_way, less_known, was_open = [], Counter[str](), False, False, False
        for n in sorted({*before, *after}):
            was, becomes = before.get(n), after.get(n)
            if was == becomes:
                continue
            moves.append(Move(self.kept.problem.needs.ids[n], self._named(was), self._named(becomes)))
            farther, stranger = 0, False
            if was and becomes:
                more = self._way(becomes) - self._way(was)
                farther, stranger = (more > FARTHER) - (more < -FARTHER), self._familiar(becomes) < self._familiar(was)
            if n == asked:
                worse_way, less_known, was_open = farther > 0, stranger, was is None
                continue
            counts.update(met=int(was is None), unmet=int(becomes is None), moved=int(was is not None and becomes is not None))
            counts.update(farther=int(farther > 0), nearer=int(farther < 0), strangers=int(stranger))
        return Cost(
            change=round(change, 6) + 0.0, at_best=at_best, proven=proven, moves=tuple(moves), met=counts["met"], unmet=counts["unmet"],
            moved=counts["moved"], farther=counts["farther"], nearer=counts["nearer"], strangers=counts["strangers"],
            worse_way=worse_way, less_known=less_known, was_open=was_open,
        )  # fmt: skip

    def _named(self, visit: Visit | None) -> tuple[int, tuple[str, ...]] | None:
        return None if visit is None else (visit.start, tuple(self.kept.problem.people.ids[p] for p in visit.team))

    def _way(self, visit: Visit) -> float:
        problem = self.kept.problem
        return float(metres(problem.people.place[list(visit.team)], problem.needs.place[visit.need]).sum())

    def _familiar(self, visit: Visit) -> int:
        problem = self.kept.problem
        return int(known(problem.needs.familiar, visit.need * len(problem.people.ids) + np.array(visit.team)).sum())
