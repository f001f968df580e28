"""The table of the drill: rows are replaced by their test and database, repeats are one row."""

from tests.figures import BEGIN, END, merged

EMPTY = f"# 标题\n{BEGIN}\n{END}\n后面\n"


def test_a_second_run_replaces_its_own_rows_and_leaves_the_others() -> None:
    first = merged(EMPTY, ["test_a_rush[0] · sqlite · places 20  p99 seconds 0.4", "test_b · sqlite · lost 0"])
    second = merged(
        first, ["test_a_rush[0] · sqlite · places 20  p99 seconds 0.6", "test_a_rush[1] · sqlite · places 20  p99 seconds 1.25"]
    )
    assert "| a rush | sqlite | places 20, p99 seconds 0.6–1.25 |" in second
    assert "0.4" not in second and "| b | sqlite | lost 0 |" in second
    assert second.startswith("# 标题") and second.endswith("后面\n")
    assert merged(second, []) == second


def test_what_is_no_number_is_told_side_by_side_and_a_document_without_a_table_stays() -> None:
    lines = ["test_a[x] · postgresql · came 33/20", "test_a[y] · postgresql · came 31/20"]
    assert "came 31/20 / 33/20" in merged(EMPTY, lines)
    assert merged("nothing", lines) == "nothing"
