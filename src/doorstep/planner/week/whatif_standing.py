"""How the week stands now: the plan's draft with what people have changed since, put right by hand."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .draft import Draft, copy_of, side_by_side
from .kept import Kept
from .local import Neighbourhood
from .packed import MINUTES, NEED, PERSON, SEAT, SEATS, SEATS_END, START, Weeks
from .problem import Bools


@dataclass(frozen=True)
class Standing:
    """How the week stands now, where it is not as the plan left it.

    `now` says for a need who is on it (start, a person or None a seat), None for nobody; `held` are needs that no answer may move.
    """

    now: Mapping[str, tuple[int, tuple[str | None, ...]] | None] = field(default_factory=dict)
    held: Collection[str] = ()


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


def as_it_stands(kept: Kept, near: Neighbourhood, standing: Standing, held: Bools) -> Draft:
    """The plan's draft with what people have changed since; needs that cannot be moved are marked in `held`."""
    draft, w, changed = copy_of(kept.draft), kept.weeks, []
    for name, now in standing.now.items():
        n = kept.need_at.get(name, -1)
        if n >= 0 and not kept.problem.kept[n] and not _is(kept, n, now):
            changed.append((n, now))
    for n, _ in changed:
        leave(w, draft, n)
    for n, now in changed:
        rows = _rows(kept, near, n, now) if now else []
        # Whoever was put there beside the rules, or alone in a team, stays; nothing is put in their way.
        if now and (rows is None or not _enters(w, draft, rows)):
            held[n] = True
    for name in standing.held:
        if name in kept.need_at:
            held[kept.need_at[name]] = True
    return draft


def _is(kept: Kept, n: int, now: tuple[int, tuple[str | None, ...]] | None) -> bool:
    """Whether a need stands as the plan has it."""
    team = team_of(kept.weeks, kept.draft, n)
    ids = kept.problem.people.ids
    was = (int(kept.draft.need_start[n]), tuple(ids[kept.weeks.option[o, PERSON]] for o in team)) if team else None
    return was == now


def _rows(kept: Kept, near: Neighbourhood, n: int, now: tuple[int, tuple[str | None, ...]]) -> list[int] | None:
    """The options by which these people would be on the need; None if some seat is empty or somebody is there beside the rules."""
    w, found = kept.weeks, []
    rows = near.rows_of(np.array([n]))
    for turn, name in enumerate(now[1]):
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
