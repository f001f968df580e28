"""No small count can be worked out from what is written beside it: 300 random tables are attacked by linear algebra."""

import random

import numpy as np
import pytest

from doorstep.hub.web.suppression import BESIDE, FEW, Figure, Guarded, figure, guarded_list, guarded_table


def known(table: Guarded) -> list[list[Figure]]:
    rows = [[*row, total] for row, total in zip(table.cells, table.row_totals, strict=True)]
    return [*rows, [*table.column_totals, table.total]]


def computable(figures: list[list[Figure]]) -> set[tuple[int, int]]:
    """The hidden cells whose value every solution of the sums agrees on."""
    rows, columns = len(figures), len(figures[0])
    unknown = [(r, c) for r in range(rows) for c in range(columns) if figures[r][c].count is None]
    if not unknown:
        return set()
    number = {cell: n for n, cell in enumerate(unknown)}
    lines = [[(r, c) for c in range(columns)] for r in range(rows)] + [[(r, c) for r in range(rows)] for c in range(columns)]
    equations = np.zeros((len(lines), len(unknown)))
    for row, line in enumerate(lines):
        for cell in line:
            if cell in number:
                equations[row, number[cell]] = -1 if cell == line[-1] else 1
    rank = np.linalg.matrix_rank(equations)
    return {cell for cell, n in number.items() if np.linalg.matrix_rank(np.vstack([equations, np.eye(len(unknown))[n]])) == rank}


def random_table(seed: int) -> list[list[int]]:
    draw = random.Random(seed)
    most = draw.choice((4, 9, 30))
    columns = draw.randint(2, 9)
    return [[0 if draw.random() < 0.3 else draw.randint(0, most) for _ in range(columns)] for _ in range(draw.randint(2, 12))]


def test_no_small_count_of_300_random_tables_can_be_computed() -> None:
    for seed in range(300):
        counts = random_table(seed)
        figures = known(guarded_table(counts))
        small = {(r, c) for r, row in enumerate(figures) for c, cell in enumerate(row) if cell.hidden == FEW}
        assert not small & computable(figures), f"table {seed}"


def test_hiding_small_counts_alone_would_not_be_enough() -> None:
    """The naive control: most of what it hides can be computed, so the test above can fail."""
    counts = [[9, 2, 8], [7, 6, 9], [3, 8, 7]]
    naive = known(guarded_table([[9, 9, 8], [7, 6, 9], [9, 8, 7]]))
    naive[0][1] = naive[2][0] = Figure(None, FEW)
    assert computable(naive) == {(0, 1), (2, 0)}
    assert computable(known(guarded_table(counts))) == set()


@pytest.mark.parametrize("seed", range(60))
def test_every_written_figure_is_true(seed: int) -> None:
    counts = random_table(seed)
    table = guarded_table(counts)
    for row, figures in zip(counts, table.cells, strict=True):
        for count, written in zip(row, figures, strict=True):
            assert written.count in (None, count)
            assert (written.hidden == FEW) == (0 < count < 5)


def feasible(counts: list[int], figures: list[Figure], total: Figure) -> list[set[int]]:
    """What a reader finds by trying every small number for each hidden small count."""
    spare = sum(count for count, written in zip(counts, figures, strict=True) if written.count is None)
    few = [n for n, written in enumerate(figures) if written.hidden == FEW]
    beside = sum(written.hidden == BESIDE for written in figures)
    found = []
    for _ in few:
        others = len(few) - 1
        fits = {x for x in range(1, 5) if total.count is None or (others <= spare - x - 5 * beside and (beside or spare - x <= 4 * others))}
        found.append(fits)
    return found


@pytest.mark.parametrize("counts", [[2, 40, 30], [1, 1, 40], [4, 4, 90], [3, 0, 0], [1, 5, 9], [2], [0, 0], [12, 9], [1, 1, 1, 1, 1]])
def test_a_list_with_its_total_gives_nothing_away(counts: list[int]) -> None:
    figures, total = guarded_list(counts)
    assert all(len(fits) > 1 for fits in feasible(counts, figures, total))


def test_a_lonely_small_count_hides_the_smallest_beside_it() -> None:
    figures, total = guarded_list([2, 40, 30])
    assert [f.hidden for f in figures] == [FEW, "", BESIDE]
    assert total.count == 72


def test_nothing_is_hidden_without_need() -> None:
    assert [f.count for f in guarded_list([0, 5, 12])[0]] == [0, 5, 12]
    assert figure(0) == Figure(0)
    assert figure(4) == Figure(None, FEW)
    assert guarded_table([]).total == Figure(0)
