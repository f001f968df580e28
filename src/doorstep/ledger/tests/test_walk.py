"""Whoever changes the log is found out, and the first bad entry is named as closely as what is left allows."""

import os
import random
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from doorstep.ledger.canonical import base64_text
from doorstep.ledger.entry import Grade
from doorstep.ledger.head import Head
from doorstep.ledger.log import TILE, NotALine, entry_line, first_line, origin_in, parsed, tile_line, written
from doorstep.ledger.tree import EMPTY, leaf_hash
from doorstep.ledger.walk import Fault, Verdict, verify
from tests.racing import Figures

from .notebook import DAY, NOW, ORIGIN, changed, entries, entry, head, kept, lines

COUNT = 600
MUTATIONS = 1000 if os.environ.get("DOORSTEP_FULL_COUNTS") == "1" else 100
HEAD = head(COUNT)
GOOD = list(lines(COUNT))


def place_of(n: int) -> int:
    """Where entry n stands among the lines: behind the first line and the tiles before it."""
    return 1 + n + n // TILE


def with_line(n: int, line: bytes) -> list[bytes]:
    return [*GOOD[: place_of(n)], line, *GOOD[place_of(n) + 1 :]]


def other(n: int) -> bytes:
    """What somebody would rather have in place of entry n."""
    return changed(entry(n), served=119, tenths=19)


def test_the_log_as_it_is_is_proved_whole() -> None:
    assert verify(GOOD, HEAD) == Verdict(COUNT, COUNT) and verify(GOOD, HEAD).good


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 512])
def test_every_size_is_walked(count: int) -> None:
    assert verify(lines(count), head(count)) == Verdict(count, count)
    if count:
        assert verify(lines(count - 1), head(count)) == Verdict(count - 1, 0, Fault.TRUNCATED, count - 1)


def test_a_log_goes_on_behind_an_older_head() -> None:
    older = [head(size, DAY - timedelta(days=COUNT - size)) for size in (0, 100, 256, 300)]
    assert verify(GOOD, *older) == Verdict(COUNT, 300)
    assert verify(GOOD, HEAD, *older) == Verdict(COUNT, COUNT)


@pytest.mark.drill
def test_any_changed_byte_of_any_line_is_named(figures: Figures) -> None:
    rng, proved = random.Random(4), 0
    for _ in range(MUTATIONS):
        n = rng.randrange(COUNT)
        line = bytearray(GOOD[place_of(n)])
        line[rng.randrange(len(line))] ^= 1 << rng.randrange(8)
        verdict = verify(with_line(n, bytes(line)), HEAD)
        assert not verdict.good and verdict.entry == n, (n, bytes(line), verdict)
        assert verdict.proved or verdict.fault is Fault.UNREADABLE
        proved += verdict.proved
    figures(changed=MUTATIONS, named=MUTATIONS, proved_by_the_head=proved)


@pytest.mark.drill
def test_any_changed_entry_is_named_and_proved(figures: Figures) -> None:
    rng = random.Random(5)
    for _ in range(MUTATIONS):
        n = rng.randrange(COUNT)
        line = entry_line(other(n), leaf_hash(entry(n).as_bytes()))
        assert verify(with_line(n, line), HEAD) == Verdict(COUNT, 0, Fault.CHANGED, n, proved=True)
    figures(changed=MUTATIONS, named=MUTATIONS, proved_by_the_head=MUTATIONS)


def test_of_many_changed_entries_the_first_is_named() -> None:
    bad = GOOD.copy()
    for n in (577, 41, 300):
        bad[place_of(n)] = entry_line(other(n), leaf_hash(entry(n).as_bytes()))
    assert verify(bad, HEAD).entry == 41


def test_bytes_that_are_no_entry_any_more_are_proved_to_be_wrong() -> None:
    data = entry(9).as_bytes().replace(b'"grade":"leader"', b'"grade":"LEADER"')
    verdict = verify(with_line(9, entry_line(data, leaf_hash(entry(9).as_bytes()))), HEAD)
    assert (verdict.fault, verdict.entry, verdict.proved, verdict.why) == (Fault.CHANGED, 9, True, "value grade")
    assert verify(with_line(9, entry_line(data, leaf_hash(data))), HEAD).fault is Fault.NOT_AN_ENTRY


def test_a_missing_entry_is_named() -> None:
    for n in (0, 1, 255, 256, COUNT - 2):
        bad = [*GOOD[: place_of(n)], *GOOD[place_of(n) + 1 :]]
        verdict = verify(bad, HEAD)
        assert (verdict.fault, verdict.entry) == (Fault.MISSING, n)
    bad = [*GOOD[: place_of(300)], *GOOD[place_of(310) :]]
    assert (verify(bad, HEAD).fault, verify(bad, HEAD).entry, verify(bad, HEAD).why) == (Fault.MISSING, 300, "n=310")


def test_a_cut_end_is_noticed_and_what_is_left_is_walked() -> None:
    for n in (COUNT - 1, 512, 100):
        assert verify(GOOD[: place_of(n)], HEAD) == Verdict(n, 0, Fault.TRUNCATED, n)


@pytest.mark.parametrize(("a", "b"), [(3, 4), (3, 9), (100, 599), (255, 256), (0, 599)])
def test_swapped_entries_are_named_at_the_first(a: int, b: int) -> None:
    bad = GOOD.copy()
    bad[place_of(a)], bad[place_of(b)] = bad[place_of(b)], bad[place_of(a)]
    verdict = verify(bad, HEAD)
    assert (verdict.fault, verdict.entry) == (Fault.MISPLACED, a)


def test_swapped_entries_beside_hashes_that_stayed_are_proved() -> None:
    """As the keeper stores them: hashes apart from the entries."""
    bad = GOOD.copy()
    for n, there in ((100, 500), (500, 100)):
        bad[place_of(n)] = entry_line(entry(there).as_bytes(), leaf_hash(entry(n).as_bytes()))
    assert verify(bad, HEAD) == Verdict(COUNT, 0, Fault.CHANGED, 100, proved=True, why="n=500")


def test_the_wrong_order_is_named_where_it_begins() -> None:
    bad = [*GOOD[: place_of(20)], *reversed(GOOD[place_of(20) : place_of(30)]), *GOOD[place_of(30) :]]
    verdict = verify(bad, HEAD)
    assert (verdict.fault, verdict.entry, verdict.why) == (Fault.MISPLACED, 20, "n=29")


@pytest.mark.parametrize("n", [0, 17, 255, 598])
def test_an_inserted_entry_is_named(n: int) -> None:
    twice = [*GOOD[: place_of(n)], GOOD[place_of(n)], *GOOD[place_of(n) :]]
    forged = entry_line(other(n), leaf_hash(other(n)))
    put_in = [*GOOD[: place_of(n)], forged, *GOOD[place_of(n) :]]
    for bad in (twice, put_in):
        verdict = verify(bad, HEAD)
        assert (verdict.fault, verdict.entry) == (Fault.REPEATED, n)


def test_an_old_entry_copied_to_a_later_place_is_named_there() -> None:
    bad = [*GOOD[: place_of(400)], GOOD[place_of(7)], *GOOD[place_of(400) :]]
    verdict = verify(bad, HEAD)
    assert (verdict.fault, verdict.entry, verdict.why) == (Fault.REPEATED, 400, "n=7")


def test_an_entry_changed_with_its_hash_is_narrowed_to_its_tile_and_that_is_proved() -> None:
    verdict = verify(with_line(300, entry_line(other(300), leaf_hash(other(300)))), HEAD)
    assert verdict == Verdict(COUNT, 0, Fault.ROOT, None, (256, 512), True, "tile")


def test_a_lone_change_before_such_a_tile_is_still_named() -> None:
    bad = with_line(300, entry_line(other(300), leaf_hash(other(300))))
    bad[place_of(5)] = entry_line(other(5), leaf_hash(entry(5).as_bytes()))
    verdict = verify(bad, HEAD)
    assert (verdict.fault, verdict.entry, verdict.proved) == (Fault.CHANGED, 5, True)


def test_a_damaged_hash_does_not_hide_a_changed_entry_behind_it() -> None:
    damaged = with_line(5, entry_line(entry(5).as_bytes(), EMPTY))
    for n in (9, 300, 550):
        bad = damaged.copy()
        bad[place_of(n)] = entry_line(other(n), leaf_hash(entry(n).as_bytes()))
        found = verify(bad, HEAD)
        expected = (
            Verdict(COUNT, 0, Fault.ROOT, None, (0, 256), True, "tile") if n < 256 else Verdict(COUNT, 0, Fault.CHANGED, n, proved=True)
        )
        assert found == expected
    bad = damaged.copy()
    bad[place_of(300)] = entry_line(other(300), leaf_hash(other(300)))
    assert verify(bad, HEAD) == Verdict(COUNT, 0, Fault.ROOT, None, (256, 512), True, "tile")


def test_where_every_trace_was_changed_nothing_is_claimed_to_be_proved() -> None:
    bad = with_line(5, entry_line(other(5), leaf_hash(entry(5).as_bytes())))
    bad[place_of(580)] = entry_line(other(580), leaf_hash(other(580)))
    assert verify(bad, HEAD) == Verdict(COUNT, 0, Fault.CHANGED, 5, (0, COUNT), False, "stored_hashes_too")


@pytest.mark.drill
def test_random_damage_is_never_called_good_and_never_blamed_on_the_innocent(figures: Figures) -> None:
    """Several entries, leaves and tiles at once: what is called proved must be true."""
    rng = random.Random(6)
    for _ in range(MUTATIONS):
        bad = GOOD.copy()
        guilty: set[int] = set()
        for _ in range(rng.randint(1, 4)):
            n, kind = rng.randrange(COUNT), rng.randrange(4)
            if kind == 3:
                tile = rng.randrange(2)
                bad[place_of(TILE * (tile + 1)) - 1] = tile_line(tile, EMPTY)
                continue
            data = entry(n).as_bytes() if kind == 2 else other(n)
            bad[place_of(n)] = entry_line(data, (leaf_hash(entry(n).as_bytes()), leaf_hash(other(n)), EMPTY)[kind])
            guilty = guilty - {n} if kind == 2 else guilty | {n}
        verdict = verify(bad, HEAD)
        assert not verdict.good
        if verdict.fault in {Fault.STORED_HASH, Fault.STORED_TILE}:
            assert not guilty and verdict.proven == COUNT
        elif verdict.proved:
            first = min(guilty)
            start, end = verdict.between or (verdict.entry, (verdict.entry or 0) + 1)
            assert (start or 0) <= first < end, (verdict, guilty)
    figures(damaged=MUTATIONS, called_good=0, blamed_wrongly=0)


def forged_log(n: int) -> list[bytes]:
    """Entry n rewritten, and everything stored computed anew: the work of whoever holds the database."""
    facts = list(entries(COUNT))
    facts[n] = other(n)
    return list(written(ORIGIN, kept(facts)[2]))


@pytest.mark.parametrize("n", [0, 99, 100, 250, 599])
def test_a_log_that_was_computed_anew_is_caught_by_the_heads_and_narrowed_to_a_day(n: int) -> None:
    days = [head(size, DAY - timedelta(days=COUNT - size)) for size in (100, 200, 300)]
    start = 100 * (n // 100) if n < 300 else 300
    end = start + 100 if n < 300 else COUNT
    assert verify(forged_log(n), HEAD, *days) == Verdict(end, start, Fault.ROOT, None, (start, end), True)
    assert verify(forged_log(n), HEAD) == Verdict(COUNT, 0, Fault.ROOT, None, (0, COUNT), True)


def test_a_change_behind_the_last_head_shows_only_against_what_is_stored() -> None:
    older = head(300)
    line = entry_line(other(400), leaf_hash(entry(400).as_bytes()))
    assert verify(with_line(400, line), older) == Verdict(COUNT, 300, Fault.CHANGED, 400, why="behind_the_last_head")
    assert verify(forged_log(400), older).good
    tile = [tile_line(1, EMPTY) if b'"tile":1}' in line else line for line in GOOD]
    assert verify(tile, older) == Verdict(COUNT, 300, Fault.CHANGED, None, (256, 512), False, "behind_the_last_head")


def test_stored_hashes_that_were_changed_are_told_from_changed_entries() -> None:
    leaf = with_line(77, entry_line(entry(77).as_bytes(), EMPTY))
    assert verify(leaf, HEAD) == Verdict(COUNT, COUNT, Fault.STORED_HASH, 77, proved=True)
    tile = [tile_line(1, EMPTY) if b'"tile":1}' in line else line for line in GOOD]
    assert verify(tile, HEAD) == Verdict(COUNT, COUNT, Fault.STORED_TILE, None, (256, 512), True)


def test_without_tile_lines_the_rest_is_still_proved() -> None:
    bare = [line for line in GOOD if b'"tile":' not in line]
    assert verify(bare, HEAD).good
    bare[1 + 300] = entry_line(other(300), leaf_hash(other(300)))
    assert verify(bare, HEAD) == Verdict(COUNT, 0, Fault.ROOT, None, (0, COUNT), True)


def test_the_head_of_another_log_and_contradicting_heads_are_told() -> None:
    assert verify(GOOD, replace(HEAD, origin="doorstep.example/other")).fault is Fault.OTHER_LOG
    assert verify(GOOD, HEAD, replace(HEAD, root=EMPTY)).fault is Fault.FORK
    assert verify(GOOD, replace(HEAD, root=EMPTY)).between == (0, COUNT)
    with pytest.raises(ValueError, match="head"):
        verify(GOOD)


def test_a_structural_fault_does_not_hide_an_earlier_change() -> None:
    bad = [*GOOD[: place_of(500)], *GOOD[place_of(501) :]]
    bad[place_of(3)] = entry_line(other(3), leaf_hash(entry(3).as_bytes()))
    verdict = verify(bad, HEAD)
    assert (verdict.fault, verdict.entry, verdict.why) == (Fault.CHANGED, 3, "then_missing")
    bad = [*GOOD[: place_of(550)], *GOOD[place_of(551) :]]
    bad[place_of(300)] = entry_line(other(300), leaf_hash(other(300)))
    assert verify(bad, HEAD) == Verdict(550, 0, Fault.CHANGED, None, (256, 512), False, "then_missing")


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\n", b"{}\n", b"[]\n", b"null\n", b'{"entry":{}}\n', GOOD[1][:-1], b" " + GOOD[1], GOOD[1].replace(b",", b", ", 1)[:-2] + b"\n",
        b'{"hash":"' + base64_text(EMPTY).encode() + b'","tile":true}\n', b'{"hash":"","tile":0}\n', b'{"hash":1,"tile":0}\n', tile_line(5, EMPTY), b"x" * 10_000 + b"\n",
        GOOD[1].replace(b'"leaf":"', b'"leaf":"\xff')[:-9] + b'"}\n', first_line("x"), b'{"entry":"leaf"}\n',
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_named_by_its_place(line: bytes) -> None:
    verdict = verify([*GOOD[:11], line, *GOOD[11:]], HEAD)
    assert verdict.fault in {Fault.UNREADABLE, Fault.CHANGED} and verdict.entry == 10
    assert verify([line, *GOOD], HEAD).fault in {Fault.UNREADABLE, Fault.OTHER_LOG}


def test_lines_are_read_back_as_written() -> None:
    assert origin_in(GOOD[0]) == ORIGIN
    assert parsed(GOOD[1]).data == entry(0).as_bytes() and parsed(GOOD[1]).hash == leaf_hash(entry(0).as_bytes())
    assert (parsed(GOOD[257]).data, parsed(GOOD[257]).tile) == (None, 0)
    with pytest.raises(NotALine):
        origin_in(GOOD[1])


def test_a_walk_reads_once_and_holds_little() -> None:
    def stream() -> object:
        yield from islice(lines(COUNT), COUNT)

    assert verify(stream(), head(200)).proven == 200  # type: ignore[arg-type]


def test_a_clock_that_stood_back_is_told_and_is_no_fault_of_the_log() -> None:
    facts = [changed(entry(n), at=NOW + timedelta(seconds=n if n < 50 else n - 40)) for n in range(100)]
    _, frontier, rows = kept(facts)
    verdict = verify(written(ORIGIN, rows), Head(ORIGIN, 100, frontier.root(), DAY))
    assert verdict == Verdict(100, 100, clock_back=50) and verdict.good


def test_hours_that_were_bought_look_bought_for_ever() -> None:
    """What was filled in afterwards stays so: a better grade is another leaf."""
    bought = changed(entry(30), grade=Grade.BACKFILLED)
    better = changed(entry(30), grade=Grade.CODE_PAIR)
    facts = [*entries(COUNT)]
    facts[30] = bought
    nodes, frontier, rows = kept(facts)
    published = Head(ORIGIN, COUNT, frontier.root(), DAY)
    rows[30] = (better, rows[30][1])
    assert nodes.levels[0][30] == leaf_hash(bought)
    assert verify(written(ORIGIN, rows), published) == Verdict(COUNT, 0, Fault.CHANGED, 30, proved=True)
