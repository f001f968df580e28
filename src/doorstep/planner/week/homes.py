"""Needs of one home that could overlap (rule 5): which they are, and what such a home can earn at most."""

from dataclasses import dataclass

import numpy as np

from .compiled import compiled
from .problem import Floats, Ints, Problem

MOST_TOGETHER = 6
MOST_WAYS = 20_000


@dataclass(frozen=True)
class Homes:
    """Groups of needs that could overlap at one home: `group` per need (−1: none), members `ptr[g]:ptr[g + 1]` of `member`."""

    group: Ints
    ptr: Ints
    member: Ints


def contested_homes(problem: Problem, starts_ptr: Ints, starts: Ints) -> Homes:
    """Groups that are small enough to be tried out in full; larger ones are left alone, which only makes the bound weaker."""
    needs = problem.needs
    order = np.argsort(needs.resident, kind="stable")
    cuts = np.flatnonzero(np.diff(needs.resident[order])) + 1
    group, members, ptr = np.full(len(needs.ids), -1, dtype=np.int64), list[int](), [0]
    for home in np.split(order, cuts):
        at = {int(n): starts[starts_ptr[n] : starts_ptr[n + 1]] for n in home if starts_ptr[n + 1] > starts_ptr[n]} if len(home) > 1 else {}
        for together in _groups(at, needs.minutes):
            if len(together) <= MOST_TOGETHER and np.prod([len(at[n]) + 1.0 for n in together]) <= MOST_WAYS:
                group[together] = len(ptr) - 1
                members += together
                ptr.append(len(members))
    return Homes(group, np.array(ptr, dtype=np.int64), np.array(members, dtype=np.int64))


def _groups(at: dict[int, Ints], minutes: Ints) -> list[list[int]]:
    """Needs that could overlap with each other, directly or through a third."""
    groups: list[list[int]] = []
    for n, mine in at.items():
        touched = [g for g in groups if any(_could_overlap(mine, minutes[n], at[m], minutes[m]) for m in g)]
        groups = [g for g in groups if g not in touched] + [sorted([n, *(m for g in touched for m in g)])]
    return [g for g in groups if len(g) > 1]


def _could_overlap(mine: Ints, minutes: int, other: Ints, others: int) -> bool:
    return bool(((mine[:, None] < other[None, :] + others) & (other[None, :] < mine[:, None] + minutes)).any())


@compiled
def best_sets(ptr: Ints, member: Ints, meeting_ptr: Ints, start: Ints, minutes: Ints, profit: Floats, held: Ints) -> float:
    """For every group the most profitable set of meetings that do not overlap, one a need at most; marks them as held, adds them up."""
    total = 0.0
    pick, best = np.empty(MOST_TOGETHER, np.int64), np.empty(MOST_TOGETHER, np.int64)
    gained = np.zeros(MOST_TOGETHER + 1)
    for g in range(len(ptr) - 1):
        size, k, most = ptr[g + 1] - ptr[g], 0, 0.0
        best[:] = -1
        pick[0] = meeting_ptr[member[ptr[g]]] - 2
        while k >= 0:
            n = member[ptr[g] + k]
            pick[k] += 1  # one before the first meeting stands for "not visited"
            if pick[k] >= meeting_ptr[n + 1]:
                k -= 1
                continue
            gained[k + 1] = gained[k]
            if pick[k] >= meeting_ptr[n]:
                free = profit[pick[k]] > 0
                for i in range(k):
                    m = member[ptr[g] + i]
                    if (
                        pick[i] >= meeting_ptr[m]
                        and start[pick[i]] < start[pick[k]] + minutes[n]
                        and start[pick[k]] < start[pick[i]] + minutes[m]
                    ):
                        free = False
                if not free:
                    continue
                gained[k + 1] += profit[pick[k]]
            if k + 1 < size:
                k += 1
                pick[k] = meeting_ptr[member[ptr[g] + k]] - 2
            elif gained[size] > most:
                most = gained[size]
                best[:size] = pick[:size]
        total += most
        for i in range(size):
            if best[i] >= meeting_ptr[member[ptr[g] + i]]:
                held[best[i]] = 1
    return total
