"""Large weeks in blocks of the map: each is solved on its own against the others' prices, by any executor, and the blocks exchange prices."""

import math
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np

from .bound import Market
from .candidates import THREADS, Options
from .columns import better_prices
from .compiled import compiled
from .construct import by_worth
from .draft import Board, Draft, copy_of, take_out
from .improve import settle, sweep
from .master import Master
from .packed import BOOKED, IS_WORKER, SEATS, SEATS_END, Weeks, longest_week
from .piece import Piece, held_piece, open_piece
from .prices import Quote, better_of, quote
from .pricing import STEADY
from .problem import Bools, Floats, Ints, Problem
from .rounding import whole_weeks

PRICE_SIZE, PLAN_SIZE = 3000, 1500  # people and needs in one block
PRICE_ROUNDS, PLAN_ROUNDS = 24, 14  # of column generation in one block
TURN = 1.1  # radians by which the borders turn from wave to wave
COLUMNS = 0.6  # share of a block's seconds for columns, the rest for whole weeks
LEAST_SECONDS, LONGEST_ROUNDING = 0.05, 20.0


class Here(Executor):
    """Runs everything at once in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


HERE = Here()


@dataclass(frozen=True)
class Answer:
    """A block's better prices (its cells), and the options of its best whole weeks, if asked for."""

    price: Floats
    chosen: Ints


def solve_piece(piece: Piece, rounds: int, week: Ints | None, seconds: float) -> Answer:
    """Column generation in one block; with what is done now (`week`, people × visits, options), whole weeks by an integer programme too.

    A pure function of its arguments (but for `seconds`, when it gives up), so that any executor may run it, here or elsewhere.
    """
    options, weeks, market = piece.options, piece.weeks, piece.market
    began, best = time.monotonic(), quote(piece.price, options, weeks, market, HERE, STEADY)
    master = Master(options, weeks, market)
    master.offer(best.weeks.chosen)
    if week is not None:
        master.offer(week)
    left = iter(range(rounds))
    for step in better_prices(
        master, best, options, weeks, market, HERE, lambda: next(left, None) is not None and time.monotonic() - began < COLUMNS * seconds
    ):
        best = step.best
        if step.done:
            break
    chosen = np.zeros(0, dtype=np.int64)
    if week is not None and master.owners:
        spare = max(LEAST_SECONDS, seconds - (time.monotonic() - began))
        # Where rounds are counted no clock may end a search, or a busy computer would find another plan.
        longest = min(LONGEST_ROUNDING, spare) if math.isfinite(spare) else spare
        chosen = piece.rows[whole_weeks(master, master.solve_free(), longest)]
    return Answer(best.price[:-1], chosen)


def districts(place: Floats, together: Ints, size: int, angle: float) -> Ints:
    """Block number of each place (n × 3 on the sphere): halved across the longer side until no block has more than `size` members.

    Places of one number in `together` stay together; `angle` (radians) turns the cuts, so that other borders are drawn each time.
    """
    _, first, back = np.unique(together, return_index=True, return_inverse=True)
    middle = place[first].mean(axis=0) if len(first) else np.array([1.0, 0.0, 0.0])
    east = np.cross([0.0, 0.0, 1.0], middle)
    north = np.cross(middle, east)
    turned = np.stack([np.cos(angle) * east + np.sin(angle) * north, np.cos(angle) * north - np.sin(angle) * east], axis=1)
    flat, weight = place[first] @ turned, np.bincount(back)
    block = np.zeros(len(first), dtype=np.int64)
    todo, count = [np.arange(len(first))], 0
    while todo:
        members = todo.pop()
        if weight[members].sum() <= size or len(members) < 2:
            block[members], count = count, count + 1
            continue
        span = np.ptp(flat[members], axis=0)
        order = members[np.argsort(flat[members, int(span[1] > span[0])], kind="stable")]
        half = int(np.clip(np.searchsorted(np.cumsum(weight[order]), weight[order].sum() / 2), 1, len(order) - 1))
        todo += [order[:half], order[half:]]
    return block[back]


@compiled
def worth_of(w: Weeks, d: Draft) -> float:
    """The score of a draft, but for what is constant."""
    total = 0.0
    for n in range(len(d.need_start)):
        if d.need_start[n] >= 0:
            total += w.value[n]
            for s in range(w.need[n, SEATS], w.need[n, SEATS_END]):
                total += w.worth[d.seat_option[s]]
    for p in range(len(d.visits)):
        if not w.who[p, IS_WORKER]:
            k, b = d.visits[p], w.who[p, BOOKED]
            total -= 2.0 * ((b + k) * (b + k - 1) - b * (b - 1))
    return total


@compiled
def _leave(needs: Ints, w: Weeks, b: Board, d: Draft) -> None:
    """Takes the visits of these needs out."""
    for n in needs:
        if d.need_start[n] >= 0:
            for s in range(w.need[n, SEATS], w.need[n, SEATS_END]):
                take_out(d.seat_option[s], w, b, d)


class Blocks:
    """The map of one week, cut anew at every turn: which needs and people belong together."""

    def __init__(
        self, problem: Problem, options: Options, weeks: Weeks, market: Market, board: Board, seed: int, *, price_size: int = PRICE_SIZE,
        plan_size: int = PLAN_SIZE,
    ) -> None:  # fmt: skip
        self.problem, self.options, self.weeks, self.market, self.board = problem, options, weeks, market, board
        people, needs = problem.people, problem.needs
        self.place = np.concatenate([needs.place, people.place])
        self.together = np.concatenate([needs.resident, problem.resident_count + np.arange(len(people.ids))])
        self.is_need = np.arange(len(self.place)) < len(needs.ids)
        self.order, self.price_size, self.plan_size = by_worth(problem, seed), price_size, plan_size

    def cut(self, size: int, turn: int) -> tuple[Ints, Ints]:
        """Block numbers of needs and of people; a block has at most `size` of both."""
        block = districts(self.place, self.together, size, TURN * turn)
        return block[self.is_need], block[~self.is_need]

    def better_prices(self, best: Quote, turn: int, seconds: float, pool: Executor, quoting: Executor) -> Quote:
        """Every block betters its own prices against the others' as they were; where that goes too far together, half of it is tried.

        Blocks are solved by `pool`, wherever it is; `quoting` prices everybody's week once or twice and is best near the memory.
        """
        of_need, _ = self.cut(self.price_size, turn)
        asked = np.unique(of_need[self.options.need])
        pieces = [open_piece(self.options, self.weeks, self.market, best.price, of_need == k) for k in asked]
        found = best.price.copy()
        share = seconds * THREADS / max(1, len(pieces))
        for piece, answer in zip(pieces, pool.map(solve_piece, pieces, repeat(PRICE_ROUNDS), repeat(None), repeat(share)), strict=True):
            found[piece.cells] = answer.price
        return better_of([found, (found + best.price) / 2], best, self.options, self.weeks, self.market, quoting)

    def better_plan(self, draft: Draft, price: Floats, turn: int, seconds: float, pool: Executor) -> int:
        """Solves every block anew, its people's visits elsewhere held, and keeps what is better; returns how many blocks were."""
        of_need, of_person = self.cut(self.plan_size, turn)
        owns, pieces = [], []
        for k in np.unique(of_need[self.options.need]):
            own = self._movable(draft, of_need == k, of_person == k)
            if not own.any():
                continue
            bare = copy_of(draft)
            _leave(np.flatnonzero(own), self.weeks, self.board, bare)
            piece = held_piece(self.options, self.weeks, self.market, price, own, of_person == k, self.board, bare)
            if len(piece.rows):
                owns.append(own)
                pieces.append(piece)
        present = [self._present(draft, piece) for piece in pieces]
        share = seconds * THREADS / max(1, len(pieces))
        answers = pool.map(solve_piece, pieces, repeat(PLAN_ROUNDS), present, repeat(share))
        return sum(self._adopt(draft, own, answer.chosen) for own, answer in zip(owns, answers, strict=True))

    def _movable(self, draft: Draft, own: Bools, people: Bools) -> Bools:
        """Of the needs marked, those whose whole team lives in the block, and that were not accepted in full."""
        filled = np.flatnonzero(draft.seat_option >= 0)
        foreign = filled[~people[self.options.person[draft.seat_option[filled]]]]
        found = own & ~self.problem.kept
        found[self.problem.needs.seat_need[foreign]] = False
        return found

    def _present(self, draft: Draft, piece: Piece) -> Ints:
        """What the piece's people do for its needs now (people × visits, the piece's options)."""
        at = np.full(len(self.options), -1)
        at[piece.rows] = np.arange(len(piece.rows))
        week = draft.week[piece.people]
        local = np.where(week >= 0, at[week], -1)
        order = np.argsort(local < 0, axis=1, kind="stable")
        return np.take_along_axis(local, order, axis=1)[:, : longest_week(piece.weeks)]

    def _adopt(self, draft: Draft, own: Bools, chosen: Ints) -> int:
        """Takes the block's new weeks over if the plan gains by it."""
        before, saved = worth_of(self.weeks, draft), copy_of(draft)
        _leave(np.flatnonzero(own), self.weeks, self.board, draft)
        settle(chosen, self.problem.needs.seats, self.weeks, self.board, draft)
        sweep(self.order[own[self.order]], self.options.starts, self.weeks, self.board, draft)
        if worth_of(self.weeks, draft) > before + 1e-7:
            return 1
        for part, old in zip(draft, saved, strict=True):
            part[...] = old
        return 0
