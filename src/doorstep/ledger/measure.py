"""Figures of the ledger: how fast it appends and is walked, how long its proofs are, how much memory a walk holds."""

import hashlib
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from .entry import Entry, Grade, Kind
from .head import Head
from .log import TILE, entry_line, first_line, tile_line
from .tree import HASH_BYTES, STEP, Frontier, Memory, consistency, inclusion, leaf_hash, proves_consistency, proves_inclusion, root
from .walk import verify

ORIGIN = "measure.example/log"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
GRADES = (Grade.CODE_PAIR, Grade.CODE_AND_WORD, Grade.LEADER, Grade.BACKFILLED)
PROOFS = 1000
PORTION = 10_000


def drawn(number: int) -> Entry:
    """An invented entry of usual length, always the same for its number."""
    people = [hashlib.sha256(f"{number % 9973} {who}".encode()).hexdigest() for who in "sa"]
    served, day = 60 + number % 90, FIRST.date() + timedelta(days=number // 2010)
    return Entry(
        n=number, at=FIRST + timedelta(seconds=43 * number), kind=Kind.HOURS_RECORDED, unit="320404001001", subject=people[0],
        activity=f"activity-{number % 997}", slot=f"slot-{number}", planned=90, served=served, tenths=min(served, 90) // 6,
        grade=GRADES[number % 4], approvers=(people[1],), rules="default@1", start=day, end=day,
    )  # fmt: skip


def measure(count: int, clock: Callable[[], float], progress: Callable[[str, int], None] = lambda step, done: None) -> dict[str, float]:
    """Appends, proves and walks `count` entries, at least two.

    clock: monotonic seconds · progress: told the step and how many are done · gives rates in entries a second, sizes in bytes,
    `walk_peak_bytes` by tracemalloc over the first 20,000 entries (it does not grow with the log).
    Raises ValueError for fewer, AssertionError if anything does not verify.
    """
    if count < 2:
        raise ValueError("at least two entries")
    log = _Log(clock, progress)
    figures = log.appended(count)
    head = Head(ORIGIN, count, log.frontier.root(), date(2027, 12, 31))
    figures |= log.proved(head)
    figures |= log.walked(head)
    few = min(count, 20_000)
    return figures | {"walk_peak_bytes": log.peak(Head(ORIGIN, few, root(log.nodes, few), date(2027, 12, 30)))}


class _Log:
    """A log of invented entries; the clock stands still while they are drawn."""

    def __init__(self, clock: Callable[[], float], progress: Callable[[str, int], None]) -> None:
        self.clock, self.progress = clock, progress
        self.nodes, self.frontier = Memory(), Frontier()

    def appended(self, count: int) -> dict[str, float]:
        size, spelling, appending = 0, 0.0, 0.0
        for start in range(0, count, PORTION):
            facts = [drawn(number) for number in range(start, min(start + PORTION, count))]
            began = self.clock()
            entries = [fact.as_bytes() for fact in facts]
            spelled = self.clock()
            for data in entries:
                self.nodes.keep(self.frontier.append(leaf_hash(data)))
            appending += self.clock() - spelled
            spelling += spelled - began
            size += sum(map(len, entries))
            self.progress("appended", start + len(facts))
        kept = sum(len(level) for level in self.nodes.levels.values()) * HASH_BYTES
        return {
            "entries": float(count),
            "spelled_per_s": count / spelling,
            "appended_per_s": count / appending,
            "entry_bytes": size / count,
            "kept_bytes_per_entry": kept / count,
            "frontier_bytes": float(len(self.frontier.as_bytes())),
        }

    def proved(self, head: Head) -> dict[str, float]:
        places = range(0, head.size, max(1, head.size // PROOFS))
        began = self.clock()
        proofs = [inclusion(self.nodes, place, head.size) for place in places]
        made = self.clock()
        leaves = self.nodes.levels[0]
        good = all(proves_inclusion(leaves[place], place, head.size, proof, head.root) for place, proof in zip(places, proofs, strict=True))
        checked = self.clock()
        longest = 0
        for old in (place + 1 for place in places):  # odd sizes have the longest proofs
            steps = consistency(self.nodes, old, head.size)
            good = good and proves_consistency(old, head.size, root(self.nodes, old), head.root, steps)
            longest = max(longest, len(steps))
        if not good:
            raise AssertionError("a proof does not verify")
        return {
            "inclusion_bytes": float(max(map(len, proofs)) * HASH_BYTES),
            "consistency_bytes": float(longest * HASH_BYTES),
            "proofs_made_per_s": len(places) / (made - began),
            "proofs_checked_per_s": len(places) / (checked - made),
        }

    def walked(self, head: Head) -> dict[str, float]:
        drawing = [0.0]
        began = self.clock()
        verdict = verify(self._lines(head.size, drawing), head)
        seconds = self.clock() - began - drawing[0]
        if not verdict.good or verdict.proven != head.size:
            raise AssertionError(verdict)
        return {"walked_per_s": head.size / seconds}

    def peak(self, head: Head) -> float:
        lines = [line for portion in self._portions(head.size) for line in portion]
        tracemalloc.start()
        try:
            verify(lines, head)
            return float(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()

    def _lines(self, count: int, drawing: list[float]) -> Iterator[bytes]:
        began = self.clock()
        for portion in self._portions(count):
            drawing[0] += self.clock() - began
            yield from portion
            began = self.clock()

    def _portions(self, count: int) -> Iterator[list[bytes]]:
        yield [first_line(ORIGIN)]
        for start in range(0, count, PORTION):
            lines = []
            for number in range(start, min(start + PORTION, count)):
                lines.append(entry_line(drawn(number).as_bytes(), self.nodes.levels[0][number]))
                if (number + 1) % TILE == 0:
                    lines.append(tile_line(number // TILE, self.nodes.levels[STEP][number // TILE]))
            yield lines
            self.progress("walked", start + PORTION)
