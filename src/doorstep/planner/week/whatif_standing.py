"""How the week stands now: the plan's draft with what people have changed since, put right by hand."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from .draft import Draft, copy_of, side_by_side
from .kept import Kept
from .local import Neighbourhood
from .packed import BOOKED, END, FIRST, LAST, MINUTES, NEED, PERSON, ROOM_MINUTES, ROOM_VISITS, SEAT, SEATS, SEATS_END, START, Weeks
from .problem import Bools, Floats, on_sphere
from .rules import TIME_SLACK
from .score import metres


class Block(NamedTuple):
    """A stretch that somebody has promised to be elsewhere: minutes of the week, and where."""

    start: int
    end: int
    lat: float
    lon: float


@dataclass(frozen=True)
class Standing:
    """How the week stands now, where it is not as the plan left it.

    `now` says for a need who is on it (start, a person or None a seat), None for nobody; `held` are needs that no answer may move.
    Nothing may begin before `since` (minute of the week) any more; `never` are (person, need) that were ruled out since; `busy` is what
    people have promised that the plan does not know.
    """

    now: Mapping[str, tuple[int, tuple[str | None, ...]] | None] = field(default_factory=dict)
    held: Collection[str] = ()
    since: int = 0
    never: Collection[tuple[str, str]] = ()
    busy: Mapping[str, Collection[Block]] = field(default_factory=dict)


class Promised(NamedTuple):
    """A block with its place on the unit sphere."""

    start: int
    end: int
    place: Floats


@dataclass(frozen=True)
class Stands:
    """A kept plan as it stands: people have less room in their weeks, some options are closed, some needs held.

    `ruled_out` and `blocks` say the same by person (and need), for questions about options that the plan does not have. `partial` has the
    start and the options of those who are on a need already while a seat of it is open.
    """

    kept: Kept
    draft: Draft
    held: Bools
    closed: Bools
    since: int
    ruled_out: Collection[tuple[int, int]]
    partial: Mapping[int, tuple[int, list[int]]]
    blocks: Mapping[int, list[Promised]]


def team_of(w: Weeks, draft: Draft, need: int) -> list[int]:
    """The options on the seats of a need, if it is visited."""
    if draft.need_start[need] < 0:
        return []
    seats = draft.seat_option[w.need[need, SEATS] : w.need[need, SEATS_END]]
    return [int(o) for o in seats if o >= 0]


def leave(w: Weeks, draft: Draft, need: int) -> None:
    """Takes a visit out of a draft."""
    for o in team_of(w, draft, need):
        p = w.option[o, PERSON]
        left = [int(q) for q in draft.week[p] if q >= 0 and q != o]
        draft.week[p] = -1
        draft.week[p, : len(left)] = left
        draft.visits[p] -= 1
        draft.minutes[p] -= w.need[need, MINUTES]
        draft.seat_option[w.option[o, SEAT]] = -1
    draft.need_start[need] = -1


def put(w: Weeks, draft: Draft, o: int) -> None:
    """Takes an option into a draft; its person and its seat have room for it."""
    p, n = w.option[o, PERSON], w.option[o, NEED]
    draft.week[p, draft.visits[p]] = o
    draft.visits[p] += 1
    draft.minutes[p] += w.need[n, MINUTES]
    draft.seat_option[w.option[o, SEAT]] = o
    draft.need_start[n] = w.option[o, START]


def as_it_stands(kept: Kept, near: Neighbourhood, standing: Standing) -> Stands:
    """The plan's draft with what people have changed since, and what is no longer to be had."""
    draft, w, changed = copy_of(kept.draft), kept.weeks, []
    held, blocks, partial = kept.problem.kept.copy(), _blocks(kept, standing), dict[int, tuple[int, list[int]]]()
    for name, now in standing.now.items():
        n = kept.need_at.get(name, -1)
        if n >= 0 and not kept.problem.kept[n] and not _is(kept, n, now):
            changed.append((n, now))
    for n, _ in changed:
        leave(w, draft, n)
    for n, now in changed:
        rows = _rows(kept, near, n, now) if now else []
        # Whoever was put there beside the rules, or alone in a team, stays there, and is elsewhere for nobody else.
        if now and (rows is None or not _enters(w, draft, rows)):
            held[n] = True
            there_already = _rows(kept, near, n, now, some=True)
            if there_already and None in now[1] and kept.problem.needs.ids[n] not in standing.held:
                partial[n] = now[0], there_already
            there = Promised(now[0], now[0] + int(kept.problem.needs.minutes[n]), kept.problem.needs.place[n])
            for who in now[1]:
                if who is not None and who in kept.person_at:
                    blocks.setdefault(kept.person_at[who], []).append(there)
    for name in standing.held:
        if name in kept.need_at:
            held[kept.need_at[name]] = True
    held |= (draft.need_start >= 0) & (draft.need_start < standing.since)
    pairs = {(kept.person_at[p], kept.need_at[n]) for p, n in standing.never if p in kept.person_at and n in kept.need_at}
    return Stands(
        _with_less_room(kept, blocks), draft, held, _closed(kept, standing.since, pairs, blocks), standing.since, pairs, partial, blocks
    )


def _blocks(kept: Kept, standing: Standing) -> dict[int, list[Promised]]:
    return {
        kept.person_at[who]: [Promised(b.start, b.end, on_sphere(np.array([b.lat]), np.array([b.lon]))[0]) for b in promised]
        for who, promised in standing.busy.items()
        if who in kept.person_at
    }


def _with_less_room(kept: Kept, blocks: Mapping[int, list[Promised]]) -> Kept:
    """What was promised elsewhere counts as booked."""
    if not blocks:
        return kept
    who = kept.weeks.who.copy()
    for p, promised in blocks.items():
        who[p, ROOM_VISITS] -= len(promised)
        who[p, ROOM_MINUTES] -= sum(block.end - block.start for block in promised)
        who[p, BOOKED] += len(promised)
    return replace(kept, weeks=kept.weeks._replace(who=who))


def _closed(kept: Kept, since: int, pairs: Iterable[tuple[int, int]], blocks: Mapping[int, list[Promised]]) -> Bools:
    """The options that nobody may take any more."""
    w = kept.weeks
    closed = w.option[:, START] < since
    for p, n in pairs:
        own = slice(w.who[p, FIRST], w.who[p, LAST])
        closed[own] |= w.option[own, NEED] == n
    for p, promised in blocks.items():
        own = slice(w.who[p, FIRST], w.who[p, LAST])
        for block in promised:
            gap = np.maximum(w.option[own, START] - block.end, block.start - w.option[own, END])
            way = metres(w.place[w.option[own, NEED]], block.place)
            closed[own] |= (gap < 0) | (way > (gap + TIME_SLACK) * w.pace[p])
    return np.asarray(closed)


def _is(kept: Kept, n: int, now: tuple[int, tuple[str | None, ...]] | None) -> bool:
    """Whether a need stands as the plan has it."""
    team = team_of(kept.weeks, kept.draft, n)
    ids = kept.problem.people.ids
    was = (int(kept.draft.need_start[n]), tuple(ids[kept.weeks.option[o, PERSON]] for o in team)) if team else None
    return was == now


def _rows(kept: Kept, near: Neighbourhood, n: int, now: tuple[int, tuple[str | None, ...]], some: bool = False) -> list[int] | None:
    """The options by which these people would be on the need; None if some seat is empty (unless `some` will do) or somebody is there
    beside the rules."""
    w, found = kept.weeks, []
    rows = near.rows_of(np.array([n]))
    for turn, name in enumerate(now[1]):
        if some and name is None:
            continue
        p = kept.person_at.get(name, -1) if name else -1
        fits = (w.option[rows, PERSON] == p) & (w.option[rows, START] == now[0]) & (w.option[rows, SEAT] == w.need[n, SEATS] + turn)
        if p < 0 or not fits.any():
            return None
        found.append(int(rows[np.argmax(fits)]))
    return found


def _enters(w: Weeks, draft: Draft, rows: Iterable[int]) -> bool:
    """Puts a whole team on its need if each has room for it."""
    for o in rows:
        p = w.option[o, PERSON]
        week = [int(q) for q in draft.week[p] if q >= 0]
        if len(week) >= draft.week.shape[1] or not all(side_by_side(o, q, w.pace[p], w) for q in week):
            leave(w, draft, int(w.option[o, NEED]))
            return False
        put(w, draft, o)
    return True
