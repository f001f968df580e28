"""The table of many weeks, written into docs/benchmarks.md between its own markers."""

from collections.abc import Sequence
from pathlib import Path

from doorstep.demonstration.weeks.figures import MONTH, Figures

BEGIN, END = "<!-- weeks: begin -->", "<!-- weeks: end -->"
WHOLE_BEGIN, WHOLE_END = "<!-- whole weeks: begin -->", "<!-- whole weeks: end -->"
#: What is wanted of each figure.
GOALS = {
    "helpers": "≤ 3", "series": "≤ 3", "even": "≥ .85", "gini": "≤ .45", "idle": "0", "forgotten": "0", "kept": "≥ 95%",
}  # fmt: skip


def table(rows: Sequence[Figures], about: str) -> str:
    """A column a policy, a line a figure, the goal beside it."""
    lines = [
        ("different helpers per home and ten visits, all its matters", GOALS["helpers"], [f"{f.helpers_per_ten:.2f}" for f in rows]),
        ("… of one matter that comes back every week", GOALS["series"], [f"{f.helpers_of_series:.2f}" for f in rows]),
        ("fill of communities, lowest over highest", GOALS["even"], [f"{f.evenness:.3f} ({f.lowest:.1%} / {f.highest:.1%})" for f in rows]),
        ("Gini of visits over what was offered", GOALS["gini"], [f"{f.gini:.3f}" for f in rows]),
        ("willing, something fitted, no visit in a month (mean; last)", GOALS["idle"], [_after_a_month(f, f"{f.idle:.0f}; {f.idle_last} of {f.fitted:,}") for f in rows]),
        ("… not even asked", GOALS["forgotten"], [_after_a_month(f, f"{f.forgotten:.0f}") for f in rows]),
        ("proposals kept when planned anew", GOALS["kept"], [f"{f.kept:.1%}" for f in rows]),
        ("needs met, of all asked for in each week", "", [f"{f.met:.1%}" for f in rows]),
        ("score, all plans", "", [f"{f.value:,.0f}" for f in rows]),
        ("gap to the bound of the score", "", [f"{f.gap:.2%}" for f in rows]),
        ("given up for evenness, of the score", "", [f"{f.paid:.2%}" for f in rows]),
    ]  # fmt: skip
    head = ["| figure | goal | " + " | ".join(f.name for f in rows) + " |", "|---|---|" + "---|" * len(rows)]
    return "\n".join([about, "", *head, *(f"| {name} | {goal} | {' | '.join(found)} |" for name, goal, found in lines)])


def _after_a_month(found: Figures, figure: str) -> str:
    return figure if found.weeks >= MONTH else "–"


def write(path: Path, text: str, *, whole: bool = False) -> None:
    """Between the markers, those of a part of the district or of the `whole`; at the end of the file where there are none yet."""
    begin, end = (WHOLE_BEGIN, WHOLE_END) if whole else (BEGIN, END)
    old = path.read_text(encoding="utf-8")
    block = f"{begin}\n{text}\n{end}"
    if begin in old and end in old:
        new = old[: old.index(begin)] + block + old[old.index(end) + len(end) :]
    elif whole:
        new = f"{old.rstrip()}\n\n### The whole district\n\n{block}\n"
    else:
        new = f"{old.rstrip()}\n\n## Over many weeks\n\n`doorstep simulate-weeks --communities 13 --write docs/benchmarks.md` measures again; without `--communities` the whole district, for half an hour.\n\n{block}\n"
    path.write_text(new, encoding="utf-8")
