"""A corner of a finished plan, small enough to be searched again in a moment: some needs are free, everything else is held."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .draft import Board, Draft, clashes, copy_of, side_by_side
from .exchange import MOST_MOVED, Log, Side, exchange
from .kept import Kept
from .local import Neighbourhood
from .packed import (
    BOOKED,
    CELL,
    HOME,
    IS_WORKER,
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
from .problem import Bools, Floats, Ints, Visit
from .whatif_standing import leave, put, team_of

MOST_FREE, FEW_FREE = 40, 20  # needs that are searched again, thoroughly and in passing
GOOD_PEOPLE, GOOD_NEEDS = 6, 8  # looked at for a need, and for a person who is set free
COOL, COOLING = (0.01,), (0.01, 8.0, 3.0, 1.0, 0.01)  # points that an exchange may lose, stage by stage
QUICK, TRIES = 12, 25  # exchanges for a need and stage
MOST_STARTS, FEW_STARTS = 6, 3
STAY = 1.0  # points that a visit must gain at least to be moved
FORCED = 1e7  # more than any plan of a corner is worth
LOAD_STEP = 4.0
NO_OPTIONS: Ints = np.zeros(0, dtype=np.int64)


class Corner:
    """The free needs with the people who could serve them, numbered anew; needs and seats keep their numbers.

    `lacks` says, after nobody could be forced in, what failed last: the person's own `room`, or the rest of the `team`.
    """

    def __init__(self, kept: Kept, draft: Draft, near: Neighbourhood, free: Ints, also: Iterable[int] = ()) -> None:
        self.kept, self.free, self.lacks = kept, free, ""
        weeks = kept.weeks
        rows = near.rows_of(free)
        people = np.union1d(weeks.option[rows, PERSON], np.fromiter(also, dtype=np.int64))
        chosen = draft.week[people]
        rows = np.union1d(rows, chosen[chosen >= 0])
        self.people, self.rows = people, rows
        option = weeks.option[rows]
        option[:, PERSON] = np.searchsorted(people, option[:, PERSON])
        self.weeks = weeks._replace(who=weeks.who[people], pace=weeks.pace[people], option=option, worth=weeks.worth[rows])
        self.draft = self._draft(draft, chosen)
        self.mine = np.where(np.isin(np.arange(len(weeks.value)), free), 0, 1).astype(np.int64)
        self.board = self._board()
        self.plain = self.weeks, self.board
        self.before, self.total_before = copy_of(self.draft), self.total(self.draft)

    def _draft(self, draft: Draft, chosen: Ints) -> Draft:
        """The plan as it concerns these people; a seat that somebody else fills is nobody's here and never touched."""
        width = chosen.shape[1] + 1
        week = np.full((len(self.people), width), -1, dtype=np.int64)
        week[:, :-1] = np.where(chosen >= 0, np.searchsorted(self.rows, np.maximum(chosen, 0)), -1)
        seat_option = np.full(len(draft.seat_option), -1, dtype=np.int64)
        used = week[week >= 0]
        seat_option[self.weeks.option[used, SEAT]] = used
        return Draft(seat_option, draft.need_start.copy(), draft.visits[self.people], draft.minutes[self.people], week)

    def _board(self) -> Board:
        option, problem = self.weeks.option, self.kept.problem
        by_seat = np.lexsort((option[:, PERSON], option[:, START], option[:, SEAT]))
        homes = np.argsort(self.weeks.need[:, HOME], kind="stable")
        return Board(
            by_seat=by_seat, seat_ptr=np.searchsorted(option[by_seat, SEAT], np.arange(len(problem.needs.seat_need) + 1)),
            home_ptr=np.searchsorted(self.weeks.need[homes, HOME], np.arange(problem.resident_count + 1)), home_needs=homes,
        )  # fmt: skip

    def at(self, person: int) -> int:
        """A person's number here."""
        return int(np.searchsorted(self.people, person))

    def add(self, person: int, option: Ints, worth: Floats, visits: int = 0, minutes: int = 0) -> None:
        """The person as they would be after a change: the options that they do not have yet, and more room in the week."""
        mine = self.at(person)
        own = self.weeks.option[self.weeks.option[:, PERSON] == mine]
        there = set(map(tuple, own[:, [START, SEAT]].tolist()))
        new = np.array([(t, s) not in there for t, s in option[:, [START, SEAT]].tolist()], dtype=bool)
        added = option[new]
        added[:, PERSON] = mine
        who = self.weeks.who.copy()
        who[mine, ROOM_VISITS] += visits
        who[mine, ROOM_MINUTES] += minutes
        self.weeks = self.weeks._replace(
            who=who, option=np.concatenate([self.weeks.option, added]), worth=np.concatenate([self.weeks.worth, worth[new]])
        )
        # More options may make a longer week than anybody's in the plan: compiled code writes where nobody would stop it.
        longer = int(who[mine, ROOM_VISITS]) + 1 - self.draft.week.shape[1]
        if longer > 0:
            room = ((0, 0), (0, longer))
            self.draft = self.draft._replace(week=np.pad(self.draft.week, room, constant_values=-1))
            self.before = self.before._replace(week=np.pad(self.before.week, room, constant_values=-1))
        self.board = self._board()

    def without(self, need: int, person: int) -> None:
        """The person may not go to the need: their visit there is taken out, and the options are worth nothing any more."""
        option = self.weeks.option
        out = (option[:, NEED] == need) & (option[:, PERSON] == self.at(person))
        if any(out[o] for o in self.team(self.draft, need)):
            self.leave(self.draft, need)
        worth = self.weeks.worth.copy()
        worth[out] = -FORCED
        self.weeks = self.weeks._replace(worth=worth)

    def team(self, draft: Draft, need: int) -> list[int]:
        """The options on the seats of a need, if it is visited."""
        return team_of(self.weeks, draft, need)

    def leave(self, draft: Draft, need: int) -> None:
        """Takes a visit out."""
        leave(self.weeks, draft, need)

    def put(self, draft: Draft, o: int) -> None:
        put(self.weeks, draft, o)

    def total(self, draft: Draft, weeks: Weeks | None = None) -> float:
        """What the visits of these people and of the free needs are worth; only differences mean anything."""
        w = weeks or self.weeks
        used = draft.week[draft.week >= 0]
        met = draft.need_start >= 0
        count = np.where(w.who[:, IS_WORKER] == 1, 0, w.who[:, BOOKED] + draft.visits)
        return float(w.value[met].sum() + w.worth[used].sum() - (LOAD_STEP / 2 * count * (count - 1)).sum())

    def forced(self, o: int) -> Draft | None:
        """A draft with this option in it, whatever stood in its way taken out; None where that may not be."""
        draft, need, t = copy_of(self.draft), int(self.weeks.option[o, NEED]), int(self.weeks.option[o, START])
        self.leave(draft, need)
        if not self._clear_home(draft, need, t) or not self._make_room(draft, o):
            return None
        self.put(draft, o)
        seats = [
            s for s in range(int(self.weeks.need[need, SEATS]), int(self.weeks.need[need, SEATS_END])) if s != self.weeks.option[o, SEAT]
        ]
        # The seat that fewest can take is filled first, or somebody who alone could take it would sit elsewhere.
        for s in sorted(seats, key=lambda s: len(self._takers(s, t))):
            if not self._fill(draft, need, s, t):
                self.lacks = "team"
                return None
        return draft

    def _takers(self, seat: int, t: int) -> Ints:
        """The options that fill a seat at this start."""
        rows = self.board.by_seat[self.board.seat_ptr[seat] : self.board.seat_ptr[seat + 1]]
        return np.asarray(rows[self.weeks.option[rows, START] == t])

    def _clear_home(self, draft: Draft, need: int, t: int) -> bool:
        """Rule 5: other visits at the home leave, if they may."""
        need_rows = self.weeks.need
        for m in np.flatnonzero((need_rows[:, HOME] == need_rows[need, HOME]) & (draft.need_start >= 0)):
            begins = draft.need_start[m]
            if m != need and begins < t + need_rows[need, MINUTES] and t < begins + need_rows[m, MINUTES]:
                if self.mine[m]:
                    return False
                self.leave(draft, int(m))
        return True

    def _make_room(self, draft: Draft, o: int) -> bool:
        w, p = self.weeks, int(self.weeks.option[o, PERSON])
        week = [int(q) for q in draft.week[p] if q >= 0]
        for q in week:
            if not side_by_side(o, q, w.pace[p], w):
                if self.mine[w.option[q, NEED]]:
                    return False
                self.leave(draft, int(w.option[q, NEED]))
        minutes = w.need[w.option[o, NEED], MINUTES]
        while draft.visits[p] + 1 > w.who[p, ROOM_VISITS] or draft.minutes[p] + minutes > w.who[p, ROOM_MINUTES]:
            may = [int(w.option[q, NEED]) for q in draft.week[p] if q >= 0 and not self.mine[w.option[q, NEED]]]
            if not may:
                return False
            self.leave(draft, min(may, key=lambda n: float(w.value[n])))
        return True

    def _fill(self, draft: Draft, need: int, seat: int, t: int) -> bool:
        """Fills another seat of the forced team: with whoever is free, else with whoever is missed least."""
        w, b = self.weeks, self.board
        team = {int(w.option[q, PERSON]) for q in draft.seat_option[w.need[need, SEATS] : w.need[need, SEATS_END]] if q >= 0}
        ways: list[tuple[float, int]] = []
        for o in self._takers(seat, t):
            p = int(w.option[o, PERSON])
            if p in team or w.worth[o] <= -FORCED / 2:
                continue
            in_way = clashes(int(o), w, b, draft)[0]
            ways.append((1000.0 * in_way - float(w.worth[o]), int(o)))
        for _, o in sorted(ways)[:GOOD_PEOPLE]:
            before = copy_of(draft)
            # Whoever is forced stays: their visit to this need must not be what makes room.
            if self._make_room(draft, o) and len(self.team(draft, need)) == len(team):
                self.put(draft, o)
                return True
            for part, was in zip(draft, before, strict=True):
                part[...] = was
        return False

    def force(self, options: Ints, thorough: bool = True) -> Draft | None:
        """The best draft found in which one of these options is taken; None if none of them can be."""
        best, most, self.lacks = None, -np.inf, "room"
        for o in self._likely(options)[: MOST_STARTS if thorough else FEW_STARTS]:
            draft = self.forced(o)
            if draft is not None:
                draft = self.search(draft, options, QUICK, COOL)
                value = self.total(draft)
                if value > most:
                    best, most = draft, value
        return self.search(best, options) if best is not None and thorough else best

    def _likely(self, options: Ints) -> list[int]:
        """The options with the fewest visits in their way, the best paid first."""
        w = self.weeks
        pays = w.worth[options] + self.kept.price[w.option[options, CELL]]
        best = options[np.argsort(-pays, kind="stable")][: 2 * MOST_STARTS]
        in_way = [clashes(int(o), w, self.board, self.draft)[0] for o in best]
        return [int(o) for o in best[np.argsort(in_way, kind="stable")]]

    def search(
        self, draft: Draft, must: Ints = NO_OPTIONS, tries: int = TRIES, heats: Iterable[float] = COOLING, plain: bool = False
    ) -> Draft:  # fmt: skip
        """The best draft found from this one by exchanges that give up none of the options of `must` but for another of them.

        What stands stays where little is gained by moving it, so that the answer names no change that has nothing to do with the question.
        `plain`: in the corner as it was before anything was asked of it.
        """
        weeks, board = self.plain if plain else (self.weeks, self.board)
        worth = weeks.worth.copy()
        worth[must] += FORCED
        worth[self.before.week[self.before.week >= 0]] += STAY
        w, log, side = weeks._replace(worth=worth), _log(self.kept, np.random.default_rng(1)), self._side(board)
        best, most, now = copy_of(draft), self.total(draft, w), copy_of(draft)
        for turn, heat in enumerate(heats):
            exchange(tries * len(side.order), heat, self.kept.starts, w, board, now, side, log)
            value = self.total(now, w)
            if value > most + 1e-9:
                best, most = copy_of(now), value
            if turn == 0:
                now = copy_of(best)
        return best

    def _side(self, board: Board) -> Side:
        """The free needs, and among them those that somebody could fill: no other is tried."""
        empty = np.bincount(self.kept.problem.needs.seat_need, weights=np.diff(board.seat_ptr) == 0, minlength=len(self.mine))
        return Side(np.zeros(len(self.people), dtype=np.int64), self.mine, 0, self.free[empty[self.free] == 0])

    def visits(self, draft: Draft) -> dict[int, Visit]:
        """Each free need that is visited, its people by their numbers in the week."""
        found = {}
        for n in self.free:
            team = self.team(draft, int(n))
            if team:
                found[int(n)] = Visit(int(n), int(draft.need_start[n]), tuple(int(self.people[self.weeks.option[o, PERSON]]) for o in team))
        return found


def _log(kept: Kept, chance: np.random.Generator) -> Log:
    most = int(kept.problem.needs.seats.max(initial=1))
    state = np.array([chance.integers(1, 1 << 62)], dtype=np.uint64)
    return Log(np.zeros(MOST_MOVED, np.int64), np.zeros(MOST_MOVED * 4 + 2 * most, np.int64), np.zeros(2, np.int64), state)


@dataclass
class Around:
    """Which needs could have to do with a question: ring by ring, by what the prices say is likely."""

    kept: Kept
    near: Neighbourhood
    draft: Draft
    held: Bools
    found: list[int] = field(default_factory=list)

    def needs(self, seeds: Iterable[int], people: Iterable[int], most: int = MOST_FREE) -> Ints:
        """The seeds, what the people could well do instead, and so on along those who could well take over, until there are enough."""
        if len(self.held) <= most:
            return np.flatnonzero(~self.held)
        for n in seeds:
            self._add(n)
        for p in people:
            self._of_person(p)
        at = 0
        while at < len(self.found) and len(self.found) < most:
            for p in self._good_people(self.found[at]):
                for o in self.draft.week[p]:
                    if o >= 0:
                        self._add(int(self.kept.weeks.option[o, NEED]))
            at += 1
        return np.unique(np.array(self.found[: max(most, 1)], dtype=np.int64))

    def _add(self, n: int) -> None:
        if not self.held[n] and n not in self.found:
            self.found.append(n)

    def _of_person(self, p: int) -> None:
        """What the person does, and what they could do best."""
        w = self.kept.weeks
        for o in self.draft.week[p]:
            if o >= 0:
                self._add(int(w.option[o, NEED]))
        rows = self.near.own_rows(p)
        pays = w.worth[rows] + self.kept.price[w.option[rows, CELL]]
        for o in rows[np.argsort(-pays, kind="stable")][: 4 * GOOD_NEEDS]:
            if len(self.found) < 2 * GOOD_NEEDS:
                self._add(int(w.option[o, NEED]))

    def _good_people(self, n: int) -> list[int]:
        w = self.kept.weeks
        rows = self.near.rows_of(np.array([n]))
        if not len(rows):
            return []
        who = w.option[rows, PERSON]
        toll = LOAD_STEP * self.draft.visits[who] * (1 - w.who[who, IS_WORKER])
        pays = w.worth[rows] + self.kept.price[w.option[rows, CELL]] - toll
        return list(dict.fromkeys(w.option[rows[np.argsort(-pays, kind="stable")], PERSON].tolist()))[:GOOD_PEOPLE]
