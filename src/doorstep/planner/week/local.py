"""A neighbourhood of a plan solved to its optimum: a few needs are free, everything else is held as it stands."""

import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from .draft import Draft
from .homes import MOST_TOGETHER, MOST_WAYS, best_sets
from .local_model import LOAD_STEP, Answer, Choices, best_choice
from .packed import (
    BOOKED,
    CELL,
    END,
    FIRST,
    HOME,
    IS_WORKER,
    LAST,
    MINUTES,
    NEED,
    PERSON,
    ROOM_MINUTES,
    ROOM_VISITS,
    SEAT,
    SEATS,
    SEATS_END,
    START,
    Weeks,
)
from .pricing import STEADY, best_weeks
from .problem import Bools, Floats, Ints, Visit
from .rules import TIME_SLACK
from .score import metres

FIRST_ROOM, WIDER, LAST_DIGIT = 2.0, 16.0, 1e-6
FORCED = 1e7  # more than any plan of a neighbourhood is worth
DEFAULT_SECONDS = 5.0


class Pair(NamedTuple):
    """A person on a need, at any seat and start unless they are named (−1: any)."""

    need: int
    person: int
    seat: int = -1
    start: int = -1


@dataclass(frozen=True)
class Extra:
    """Options of people beside those of the week: newcomers, or people of the week as they would be (`stands_for` them, else −1).

    `weeks` must be of a problem with the same needs; its person i is number P + i in pairs and visits.
    """

    weeks: Weeks
    stands_for: Ints


@dataclass(frozen=True)
class LocalResult:
    """The best the free needs can do while the rest is held; `change` against what they do in the plan, `visits` of free needs alone.

    `possible` is false when no legal plan has what was forced. Unless `optimal`, the truth lies between `value` and `ceiling`.
    """

    possible: bool
    value: float
    before: float
    ceiling: float
    optimal: bool
    visits: list[Visit]

    @property
    def change(self) -> float:
        """Points gained (lost, if below nought) against the plan as it stands."""
        return self.value - self.before


class Neighbourhood:
    """The lookups of one plan for many local questions. `price`, one a cell, makes answers faster and never changes them."""

    def __init__(self, weeks: Weeks, draft: Draft, price: Floats | None = None) -> None:
        self.weeks, self.draft, self.price = weeks, draft, price
        self.closed: Bools | None = None  # options that nobody may take any more
        self.by_need = np.argsort(weeks.option[:, NEED], kind="stable")
        self.need_ptr = np.searchsorted(weeks.option[self.by_need, NEED], np.arange(len(weeks.value) + 1))
        self.people = len(weeks.who)

    def rows_of(self, needs: Ints) -> Ints:
        """The options for these needs that are not closed, in the order of the week's options."""
        spans = [self.by_need[self.need_ptr[n] : self.need_ptr[n + 1]] for n in needs]
        rows = np.sort(np.concatenate(spans)) if spans else np.zeros(0, dtype=np.int64)
        return rows if self.closed is None else rows[~self.closed[rows]]

    def own_rows(self, person: int) -> Ints:
        """The options of a person that are not closed."""
        rows = np.arange(self.weeks.who[person, FIRST], self.weeks.who[person, LAST])
        return rows if self.closed is None else rows[~self.closed[rows]]

    def who_could(self, needs: Ints) -> Ints:
        """The people with an option for one of these needs."""
        return np.unique(self.weeks.option[self.rows_of(needs), PERSON])

    def served_by(self, people: Ints) -> Ints:
        """The needs that these people serve in the plan."""
        chosen = self.draft.week[people]
        return np.unique(self.weeks.option[chosen[chosen >= 0], NEED])

    def around(self, needs: Ints, rings: int = 1, most: int = 150) -> Ints:
        """These needs and those that the people who could serve them serve now, ring by ring, until there are `most`."""
        found = np.unique(needs)
        for _ in range(rings):
            more = np.setdiff1d(self.served_by(self.who_could(found)), found)
            found = np.union1d(found, more[: max(0, most - len(found))])
        return found

    def solve(
        self, needs: Ints, *, extra: Extra | None = None, forced: tuple[Pair, ...] = (), forbidden: tuple[Pair, ...] = (),
        seconds: float = DEFAULT_SECONDS, nodes: int | None = None, known: float = -np.inf, within: float = np.inf,
        most_rows: float = np.inf,
    ) -> LocalResult:  # fmt: skip
        """The best plan of the free needs with everything else held: other visits of the same people, and other visits at the same homes.

        `known` is a change that some plan of theirs is known to reach; it saves work. Where the ceiling lies more than `within` above it
        the ceiling is told and no plan. `nodes` ends each integer programme after so many, on a quick computer and a slow one alike.
        A model of more than `most_rows` options is not even built, which would take longer than `seconds`: the ceiling alone is told.

        Method: at the prices of the whole week no plan of the neighbourhood exceeds `ceiling`, and one that uses an option which falls short
        by r is at most `ceiling` − r (docs/planner.md). So the integer programme is given the options that fall short by little; if its
        answer lies no farther below the ceiling than that, no other option can matter; else it is asked once more with all that could.
        """
        return _Question(self, np.unique(needs), extra, forced, forbidden).answer(seconds, nodes, known, within, most_rows)


class _Question:
    """One neighbourhood with its options; persons and needs are numbered anew, from 0."""

    def __init__(
        self, all_: Neighbourhood, needs: Ints, extra: Extra | None, forced: tuple[Pair, ...], forbidden: tuple[Pair, ...]
    ) -> None:
        self.all, self.needs, self.extra = all_, needs, extra
        self.forced, self.given_up = forced, forbidden
        self.free = np.zeros(len(all_.weeks.value), dtype=bool)
        self.free[needs] = True
        self._gather()

    def _gather(self) -> None:
        """Options of the free needs that nothing held stands in the way of."""
        weeks = self.all.weeks
        rows = self.all.rows_of(self.needs)
        self.option, self.worth = weeks.option[rows], weeks.worth[rows]
        self.stands_for = np.arange(self.all.people)
        self.who, pace = weeks.who, weeks.pace
        if self.extra is not None:
            more, stands_for = self.extra.weeks, self.extra.stands_for
            self.option = self.option[~np.isin(self.option[:, PERSON], stands_for)]
            self.worth = self.worth[~np.isin(weeks.option[rows, PERSON], stands_for)]
            here = self.free[more.option[:, NEED]]
            added = more.option[here]
            added[:, PERSON] += self.all.people
            self.option, self.worth = np.concatenate([self.option, added]), np.concatenate([self.worth, more.worth[here]])
            self.stands_for = np.concatenate([self.stands_for, stands_for])
            self.who, pace = np.concatenate([self.who, more.who]), np.concatenate([pace, more.pace])
        keep = ~self._named(self.given_up)
        self.option, self.worth = self.option[keep], self.worth[keep]
        self.persons, at = np.unique(self.option[:, PERSON], return_inverse=True)
        self.at, self.pace = at.astype(np.int64), pace[self.persons]
        self._hold()

    def _named(self, pairs: tuple[Pair, ...]) -> Bools:
        marks = np.zeros(len(self.option), dtype=bool)
        for pair in pairs:
            marks |= self._one(pair)
        return marks

    def _one(self, pair: Pair) -> Bools:
        option = self.option
        marks = (option[:, NEED] == pair.need) & (option[:, PERSON] == pair.person)
        marks &= (pair.seat < 0) | (option[:, SEAT] == pair.seat)
        return np.asarray(marks & ((pair.start < 0) | (option[:, START] == pair.start)))

    def _hold(self) -> None:
        """What is held takes room in weeks and at homes, and options in its way are left out."""
        weeks, draft = self.all.weeks, self.all.draft
        self.held = np.zeros(len(self.persons), dtype=np.int64)
        self.held_minutes = self.held.copy()
        keep = np.ones(len(self.option), dtype=bool)
        stands = self.stands_for[self.persons]
        chosen = np.full((len(stands), draft.week.shape[1]), -1, dtype=np.int64)
        chosen[stands >= 0] = draft.week[stands[stands >= 0]]
        for column in range(chosen.shape[1] if len(weeks.option) else 0):
            o = chosen[:, column]
            there = (o >= 0) & ~self.free[weeks.option[o, NEED]]
            self.held += there
            self.held_minutes += np.where(there, weeks.need[weeks.option[o, NEED], MINUTES], 0)
            rows = np.flatnonzero(there[self.at])
            keep[rows] &= self._fits(rows, weeks.option[o[self.at[rows]]])
        who, minutes = self.who[self.persons], self.option[:, END] - self.option[:, START]
        keep &= (who[:, ROOM_VISITS] > self.held)[self.at] & ((who[:, ROOM_MINUTES] - self.held_minutes)[self.at] >= minutes)
        keep &= self._home_free()
        self.option, self.worth, self.at = self.option[keep], self.worth[keep], self.at[keep]

    def _fits(self, rows: Ints, held: Ints) -> Bools:
        """Whether a person has time for the way between each of the rows and what is held, whichever comes first."""
        place, mine = self.all.weeks.place, self.option[rows]
        gap = np.maximum(mine[:, START] - held[:, END], held[:, START] - mine[:, END])
        way = metres(place[mine[:, NEED]], place[held[:, NEED]])
        return np.asarray((gap >= 0) & (way <= (gap + TIME_SLACK) * self.pace[self.at[rows]]))

    def _home_free(self) -> Bools:
        """Rule 5 against visits that are held at the same homes."""
        weeks, begins = self.all.weeks, self.all.draft.need_start
        homes = weeks.need[self.needs, HOME]
        others = np.flatnonzero((begins >= 0) & ~self.free & np.isin(weeks.need[:, HOME], homes))
        keep = np.ones(len(self.option), dtype=bool)
        for n in others:
            same = weeks.need[self.option[:, NEED], HOME] == weeks.need[n, HOME]
            keep &= ~(same & (self.option[:, START] < begins[n] + weeks.need[n, MINUTES]) & (begins[n] < self.option[:, END]))
        return keep

    def answer(self, seconds: float, nodes: int | None, known: float, within: float, most_rows: float) -> LocalResult:
        before = self._as_it_stands()
        asked = [self._one(pair) for pair in self.forced]
        ceiling, short = self._ceiling(asked)
        if ceiling < -FORCED / 2:
            return LocalResult(False, -np.inf, before, -np.inf, True, [])
        room = FIRST_ROOM if self.forced or self.extra or self.given_up else min(FIRST_ROOM, max(0.0, ceiling - before))
        if np.isfinite(known) and np.isfinite(ceiling):
            room = max(0.0, ceiling - before - known)
            if room > within:
                return LocalResult(True, before + known, before, ceiling, False, [])
        until, none = time.monotonic() + seconds, np.zeros(0, dtype=np.int64)
        best, kept = Answer(none, -np.inf, np.inf, False), none
        while True:
            keep = short <= room + LAST_DIGIT
            if keep.sum() > most_rows:
                return LocalResult(True, before + max(known, self._at_least()), before, ceiling, False, [])
            found = best_choice(self._choices(keep), [must[keep] for must in asked], until - time.monotonic(), nodes)
            if found.value > best.value:
                best, kept = found, np.flatnonzero(keep)
            left_out = ~keep & (short <= ceiling - found.value + LAST_DIGIT)
            proven = found.optimal and not left_out.any()
            if proven or keep.all() or time.monotonic() > until:
                break
            room = min(ceiling - best.value, WIDER * room) if best.value > -np.inf else WIDER * room
        return self._result(replace(best, optimal=proven, ceiling=min(found.ceiling, ceiling) if keep.all() else ceiling), kept, before)

    def _at_least(self) -> float:
        """The change that needs no search: none, where the plan as it stands has all that is asked."""
        return -np.inf if self.forced or self.given_up else 0.0

    def _result(self, found: Answer, kept: Ints, before: float) -> LocalResult:
        taken = self.option[kept[found.taken]]
        visits = []
        for n in np.unique(taken[:, NEED]):
            team = taken[taken[:, NEED] == n]
            team = team[np.argsort(team[:, SEAT])]
            visits.append(Visit(int(n), int(team[0, START]), tuple(int(p) for p in team[:, PERSON])))
        most = found.value if found.optimal else found.ceiling
        return LocalResult(found.value > -np.inf, found.value, before, most, found.optimal, visits)

    def _load(self, at: Ints) -> Ints:
        """Visits of each person that stand whatever is chosen; −1 for those whose load costs nothing."""
        who = self.who[self.persons[at]]
        return np.asarray(np.where(who[:, IS_WORKER] == 1, -1, who[:, BOOKED] + self.held[at]))

    def _choices(self, keep: Bools) -> Choices:
        weeks, option = self.all.weeks, self.option[keep]
        persons, at = np.unique(self.at[keep], return_inverse=True)
        who = self.who[self.persons[persons]]
        return Choices(
            person=at.astype(np.int64), need=np.searchsorted(self.needs, option[:, NEED]), seat=option[:, SEAT], start=option[:, START],
            worth=self.worth[keep], room_visits=who[:, ROOM_VISITS] - self.held[persons],
            room_minutes=who[:, ROOM_MINUTES] - self.held_minutes[persons], load=self._load(persons), pace=self.pace[persons],
            value=weeks.value[self.needs], minutes=weeks.need[self.needs, MINUTES], place=weeks.place[self.needs],
            home=weeks.need[self.needs, HOME], seats=weeks.need[self.needs, SEATS_END] - weeks.need[self.needs, SEATS],
        )  # fmt: skip

    def _as_it_stands(self) -> float:
        """What the free needs add in the plan: their values and points, less what their visits add to people's loads."""
        weeks, draft = self.all.weeks, self.all.draft
        met = self.needs[draft.need_start[self.needs] >= 0]
        seats = [s for n in met for s in range(weeks.need[n, SEATS], weeks.need[n, SEATS_END])]
        chosen = draft.seat_option[seats]
        people, count = np.unique(weeks.option[chosen, PERSON], return_counts=True)
        stands = weeks.who[people, BOOKED] + draft.visits[people] - count
        load = np.where(weeks.who[people, IS_WORKER] == 1, 0.0, LOAD_STEP * (count * stands + count * (count - 1) / 2))
        return float(weeks.value[met].sum() + weeks.worth[chosen].sum() - load.sum())

    def _ceiling(self, asked: list[Bools]) -> tuple[float, Floats]:
        """What no plan of the free needs exceeds, and by how much a plan that takes an option stays below that at least.

        What is forced is paid so much that it is in its person's best week if it can be at all, and the payment is taken off again.
        """
        if self.all.price is None:
            return np.inf, np.zeros(len(self.option))
        price, weeks = self.all.price, self.all.weeks
        profit, lacks = self._profits(price)
        first = np.searchsorted(self.at, np.arange(len(self.persons) + 1))
        who = self.who[self.persons]
        rooms = [who[:, ROOM_VISITS] - self.held, who[:, ROOM_MINUTES] - self.held_minutes, who[:, BOOKED] + self.held, who[:, IS_WORKER]]
        here = weeks._replace(
            who=np.stack([first[:-1], first[1:], *rooms], axis=1),
            pace=self.pace,
            option=np.ascontiguousarray(self.option),
            worth=self.worth + FORCED * np.sum(asked, axis=0),
        )
        best = best_weeks(here, price, _Here(), STEADY).value.sum() if len(self.persons) else 0.0
        pays = here.worth + price[self.option[:, CELL]] - LOAD_STEP * np.maximum(self._load(self.at), 0)
        return float(profit + best - FORCED * len(asked)), np.maximum(0.0, -pays) + lacks

    def _profits(self, price: Floats) -> tuple[float, Floats]:
        """What the free needs earn at most at these prices, and for each option what its meeting earns less than its need's best."""
        weeks, option = self.all.weeks, self.option
        cells, at = np.unique(option[:, [NEED, START, SEAT]], axis=0, return_inverse=True)
        first = np.zeros(len(cells), dtype=np.int64)
        first[at.reshape(-1)] = np.arange(len(option))
        meetings, of = np.unique(cells[:, :2], axis=0, return_inverse=True)
        of = of.reshape(-1)
        need = meetings[:, 0]
        filled = np.bincount(of, minlength=len(meetings)) == weeks.need[need, SEATS_END] - weeks.need[need, SEATS]
        paid = np.bincount(of, weights=price[option[first, CELL]], minlength=len(meetings))
        profit = np.where(filled, weeks.value[need] - paid, -np.inf)
        total, lacks = self._homes_earn(need, meetings[:, 1], profit)
        return total, lacks[of[at.reshape(-1)]]

    def _homes_earn(self, need: Ints, start: Ints, profit: Floats) -> tuple[float, Floats]:
        """What homes earn at most from these meetings, and what they lose at least by holding each."""
        weeks, n = self.all.weeks, np.searchsorted(self.needs, need)
        ptr = np.searchsorted(n, np.arange(len(self.needs) + 1))
        best = np.zeros(len(self.needs))
        np.maximum.at(best, n, profit)
        _, home = np.unique(weeks.need[self.needs, HOME], return_inverse=True)
        member = np.argsort(home, kind="stable")
        cut = np.searchsorted(home[member], np.arange(len(home) + 1))
        most, minutes = np.bincount(home, weights=best), weeks.need[self.needs, MINUTES]
        for h in np.flatnonzero(np.diff(cut) > 1):
            ways = float(np.prod(np.diff(ptr)[member[cut[h] : cut[h + 1]]] + 1.0))
            if cut[h + 1] - cut[h] <= MOST_TOGETHER and ways <= MOST_WAYS:
                held = np.zeros(len(profit), dtype=np.int64)
                most[h] = best_sets(cut[h : h + 2], member, ptr, start, minutes, profit, held)
        apart = np.bincount(home, weights=best)
        return float(most.sum()), np.maximum(0.0, most[home[n]] - (apart[home[n]] - best[n] + profit))


class _Here(Executor):
    """Does at once what it is given, in this thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done
