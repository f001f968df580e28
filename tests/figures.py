"""The table of the drill's figures in docs/benchmarks.md: a run replaces the rows of the tests that it ran and leaves the others."""

import re
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- drill: begin -->", "<!-- drill: end -->"
HEAD = ("| test | database | figures |", "|---|---|---|")
Rows = dict[tuple[str, str], str]


def rows_of(lines: list[str]) -> Rows:
    """One row for each test and database; repeats of a test become one, with the least and the most of what differed."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for line in lines:
        test, database, words = line.split(" · ", 2)
        numbers = found.setdefault((re.sub(r"\[.*\]$", "", test).removeprefix("test_").replace("_", " "), database), {})
        for word in words.split("  "):
            name, _, number = word.rpartition(" ")
            numbers.setdefault(name, []).append(number)
    return {key: ", ".join(f"{name} {spread(values)}" for name, values in numbers.items()) for key, numbers in found.items()}


def spread(values: list[str]) -> str:
    if len(set(values)) == 1:
        return values[0]
    try:
        ordered = sorted(values, key=float)
    except ValueError:
        return " / ".join(sorted(set(values)))
    return f"{ordered[0]}–{ordered[-1]}"


def merged(text: str, lines: list[str]) -> str:
    """The document with these lines in its table; without the marks it is left as it is."""
    if BEGIN not in text or END not in text:
        return text
    before, rest = text.split(BEGIN, 1)
    table, after = rest.split(END, 1)
    cells = [[cell.strip() for cell in row.strip("| ").split("|")] for row in table.strip().splitlines() if row.startswith("|")]
    rows: Rows = {(row[0], row[1]): row[2] for row in cells[2:]}
    rows |= rows_of(lines)
    told = "\n".join([*HEAD, *(f"| {test} | {database} | {figures} |" for (test, database), figures in sorted(rows.items()))])
    return f"{before}{BEGIN}\n\n{told}\n\n{END}{after}"


def keep(lines: list[str]) -> None:
    BENCHMARKS.write_text(merged(BENCHMARKS.read_text(encoding="utf-8"), lines), encoding="utf-8")
