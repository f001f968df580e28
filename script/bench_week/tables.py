"""The rows of a run as the tables of docs/benchmarks.md."""

from collections.abc import Callable
from statistics import median
from typing import Any

from script.bench_week.rows import BETWEEN, CHECKPOINTS, OWN, QUICK, SOLVERS, TARGETS, Target

Row = dict[str, Any]
BUSY = 0.25  # cores of other work
SAME = 5e-7


def page(rows: list[Row], picture: str) -> str:
    """All sections for which there are rows."""
    sections = [
        _about(rows),
        _targets(rows),
        *(_peers(rows, target) for target in TARGETS if target.peers),
        _own(rows),
        _growth(rows, picture),
    ]
    return "\n\n".join(section for section in sections if section)


def good(rows: list[Row], **wanted: Any) -> list[Row]:
    """Rows with a plan that have these values."""
    return [row for row in rows if "value" in row and all(row.get(key) == value for key, value in wanted.items())]


def bounds(rows: list[Row]) -> dict[tuple[str, str, int], float]:
    """The lowest of our bounds for each week that was planned: each of them is valid."""
    found: dict[tuple[str, str, int], float] = {}
    for row in good(rows):
        if row["way"].startswith("ours") and row["bound"] is not None:
            key = (row["week"], row["kind"], row["seed"])
            found[key] = min(found.get(key, row["bound"]), row["bound"])
    return found


def _about(rows: list[Row]) -> str:
    kinds = {row["kind"] for row in rows if row["row"] in {target.row for target in TARGETS}}
    codes = ", ".join(dict.fromkeys(row["sources"] for row in rows))
    lines = [f"Measured with {'; with '.join(dict.fromkeys(row['versions'] for row in rows))}; sources of the planner: {codes}."]
    if "make.py" not in kinds:
        lines.append("The format's own generator was not at hand: the weeks of the targets are drawn by ours (an old town).")
    if any(row.get("referee") is None for row in rows if "value" in row):
        lines.append("The referee was not at hand: legal means by `docs/verify_plan.py` alone.")
    lines.append(
        "Each row is a fresh process from file to file, started when the one before had ended; its memory is the peak of it and its "
        "children. Several seeds stand as their median, the worst in brackets. Legal: by `docs/verify_plan.py` and by the format's referee, "
        f"with the same score. † other work kept more than {BUSY:g} of a core busy meanwhile; the load average just before a row is mostly "
        "that of the row before it, so what the others took during the row is counted instead."
    )
    return " ".join(lines)


def _span(values: list[float], show: Callable[[float], str]) -> str:
    """The median, and the worst if it reads differently."""
    middle, worst = show(median(values)), show(max(values))
    return middle if middle == worst else f"{middle} ({worst})"


def _percent(digits: int) -> Callable[[float], str]:
    return lambda share: f"{100 * share:.{digits}f}%"


def _is_legal(run: Row) -> bool:
    return bool(run["legal"]) and run["referee"] is not False


def _legal(runs: list[Row]) -> str:
    return "yes" if all(map(_is_legal, runs)) else "**no**"


def _seconds(runs: list[Row]) -> str:
    busy = " †" if any(run["others"] > BUSY for run in runs) else ""
    return _span([run["seconds"] for run in runs], lambda s: f"{s:.1f}") + busy


def _memory(runs: list[Row]) -> str:
    return _span([run["memory_mb"] for run in runs], lambda m: f"{m:,.0f}")


def _failures(rows: list[Row], target: Target) -> int:
    return sum("failed" in row for row in rows if row["row"] == target.row and row["way"] == "ours")


def _targets(rows: list[Row]) -> str:
    lines = [
        "### Targets",
        "",
        "| week | seeds | asked s | seconds | gap to own bound | MB | needs met | skilled met | legal | wanted | reached |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|---|---|",
    ]
    for target in TARGETS:
        runs = good(rows, row=target.row, way="ours")
        if runs:
            lines.append(_target(target, runs, _failures(rows, target)))
    cold = good(rows, way="ours, first run")
    note = f"\n\nThe first run on a new computer compiles: {cold[0]['week']} then takes {cold[0]['seconds']:.1f} s." if cold else ""
    return "\n".join(lines) + note if len(lines) > 4 else ""


def _target(target: Target, runs: list[Row], failed: int) -> str:
    asked = runs[0]["asked"]
    wanted = f"≤ {target.seconds:g} s, ≤ {100 * target.gap:g}%, ≤ {target.memory_mb:,} MB"
    reached = [
        median(run["seconds"] for run in runs) <= target.seconds,
        median(run["gap"] for run in runs) <= target.gap,
        median(run["memory_mb"] for run in runs) <= target.memory_mb,
    ]
    words = [word for word, ok in zip(("seconds", "gap", "memory"), reached, strict=True) if not ok]
    if target.row == "proven":
        proven = sum(run["optimal"] for run in runs)
        wanted, words = f"proven optimal in {target.seconds:g} s", [] if proven == len(runs) else [f"proven on {proven} of {len(runs)}"]
    words += [f"{failed} without a plan"] if failed else []
    words += [] if all(_is_legal(run) for run in runs) else ["legal"]
    gap = _span([run["gap"] for run in runs], _percent(4))
    met = _percent(1)(median(run["visits"] / run["needs"] for run in runs))
    skilled = _percent(1)(median(run["skilled"] for run in runs))
    seeds = ", ".join(str(run["seed"]) for run in sorted(runs, key=lambda run: run["seed"]))
    verdict = "yes" if not words else f"not: {', '.join(words)}" if target.row != "proven" else words[0]
    return f"| {target.size.name} | {seeds} | {asked:g} | {_seconds(runs)} | {gap} | {_memory(runs)} | {met} | {skilled} | {_legal(runs)} | {wanted} | {verdict} |"


def _in_hand(rows: list[Row], way: str, checkpoint: float) -> Row | None:
    """The plan that a way had when the clock passed the checkpoint."""
    runs = [row for row in rows if row["way"] == way]
    if way in SOLVERS:
        return next((row for row in runs if row["at"] == checkpoint), None)
    return next((row for row in runs if row["seconds"] <= checkpoint), None)


def _peers(rows: list[Row], target: Target) -> str:
    """Ours and the peers on the first seed: the value in hand when the clock passes each checkpoint, as a share of our bound."""
    seeds = [row["seed"] for row in good(rows, row=target.row) if row["way"] in (*QUICK, *SOLVERS)]
    if not seeds:
        return ""
    here = _named(good(rows, week=target.size.name, kind=good(rows, row=target.row)[0]["kind"], seed=seeds[0]))
    bound = bounds(rows).get((target.size.name, here[0]["kind"], seeds[0]))
    mine = list(dict.fromkeys(row["way"] for row in here if row["way"].startswith("ours")))
    ways = [*mine, *(way for way in (*SOLVERS, *QUICK) if any(row["way"] == way for row in here))]
    clock = sorted({row["at"] for row in rows if row["row"] == target.row and row.get("at")}) or list(CHECKPOINTS)
    best = {c: max((row["value"] for way in ways if (row := _in_hand(here, way, c)) and _is_legal(row)), default=0.0) for c in clock}
    heads = " | ".join(f"{c:g} s" for c in clock)
    lines = [
        f"### {target.size.name}: beside others (seed {seeds[0]})",
        "",
        f"| way | {heads} | own bound above | needs met | skilled met | seconds | CPU s | MB | legal |",
        "|---|" + "---:|" * (len(clock) + 6) + "---|",
    ]
    for way in ways:
        cells = [_cell(_in_hand(here, way, c), best[c], bound) for c in clock]
        lines.append(f"| {way} | {' | '.join(cells)} | {_facts(here, way)} |")
    return "\n".join([*lines, "", _notes(here, ways)])


def _named(rows: list[Row]) -> list[Row]:
    """Runs of ours by what they were asked to take, the first run with its compiling left out."""
    named = [row | {"way": f"ours, asked for {row['asked']:g} s"} if row["way"] == "ours" else row for row in rows]
    return [row for row in named if row["way"] != "ours, first run"]


def _cell(row: Row | None, best: float, bound: float | None) -> str:
    if row is None:
        return "–"
    text = f"{100 * row['value'] / bound:.3f}%" if bound else f"{row['value']:,.0f}"
    text = f"**{text}**" if row["value"] >= best - SAME * abs(best) else text
    return text + (" *" if row.get("by") == "warm start" else "")


def _facts(here: list[Row], way: str) -> str:
    run = [row for row in here if row["way"] == way][-1]
    own = run["bound"] if way.startswith("ours") else run.get("own_bound")
    above = f"{100 * (own - run['value']) / abs(own):.4f}%" if own else ""
    seconds = f"{run['seconds']:.1f}" + (" †" if run["others"] > BUSY else "")
    legal = _legal([row for row in here if row["way"] == way])
    met = f"{100 * run['visits'] / run['needs']:.1f}% | {100 * run['skilled']:.1f}%"
    return f"{above} | {met} | {seconds} | {run['cpu_seconds']:.0f} | {run['memory_mb']:,} | {legal}"


def _notes(here: list[Row], ways: list[str]) -> str:
    first = "Value in hand when the clock, started with the process, passes each mark, as a share of our lowest bound for this week"
    notes = [f"{first}; the best of each column is bold."]
    if set(ways) & set(SOLVERS):
        notes.append(
            "CP-SAT (8 workers) and HiGHS have one run to the last mark: neither searches differently for a shorter limit, so the earlier "
            "columns are what they had found by then (* still their warm start, the plan by priority and scarcity). They solve the full "
            "model, nothing relaxed, with clashes as cliques, and are given our candidates to build it from; HiGHS uses as many threads as it "
            "chooses, which is what two cores allow. HiGHS near its LP solves the "
            "linear programme first and then branches on the columns near it."
        )
    for way in SOLVERS:
        proven = [row for row in here if row["way"] == way and row.get("proven")]
        if proven:
            notes.append(f"{way} proved its plan optimal after {proven[0]['finished']:.1f} s.")
    mine = [r for r in here if r["way"].startswith("ours")]
    peers = [r for r in here if r["way"] in (*SOLVERS, *QUICK) and _is_legal(r)]
    for run in mine if peers else []:
        top = max(peers, key=lambda row: row["value"])
        sign = "at least equal to" if run["value"] >= top["value"] * (1 - SAME) else "below"
        notes.append(
            f"Ours after {run['seconds']:.1f} s ({run['value']:,.1f}) is {sign} the best that any peer had at the end "
            f"({top['way']}: {top['value']:,.1f})."
        )
    return " ".join(notes)


def _own(rows: list[Row]) -> str:
    lines = [
        "### Other landscapes",
        "",
        "Weeks of a generator of our own: a dense old town, villages far apart, a town where everybody is free on Saturday only.",
        "All ways are shown on the seeds that all of them planned.",
        "",
        "| week | way | seeds | value | gap to own bound | needs met | skilled met | seconds | MB | legal |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    limit = bounds(rows)
    for target in OWN:
        ways = {way: _with_bound(good(rows, row=target.row, way=way), limit) for way in ("ours", *QUICK)}
        shared = {run["seed"] for runs in ways.values() for run in runs} & {run["seed"] for run in ways[QUICK[0]]}
        ways = {way: [run for run in runs if run["seed"] in shared or not shared] for way, runs in ways.items()}
        values = {way: median(r["value"] / limit[r["week"], r["kind"], r["seed"]] for r in runs) for way, runs in ways.items() if runs}
        for way, value in values.items():
            runs = ways[way]
            text = f"{100 * value:.3f}%"
            shown = f"**{text}**" if value >= max(values.values()) - SAME else text
            gap = _span([run["gap"] for run in runs], _percent(4)) if way == "ours" else ""
            met = f"{100 * median(run['visits'] / run['needs'] for run in runs):.1f}% | {100 * median(run['skilled'] for run in runs):.1f}%"
            name = f"{target.size.kind} {target.size.name}"
            lines.append(
                f"| {name} | {way} | {len(runs)} | {shown} | {gap} | {met} | {_seconds(runs)} | {_memory(runs)} | {_legal(runs)} |"
            )
    return "\n".join(lines) if len(lines) > 7 else ""


def _with_bound(runs: list[Row], limit: dict[tuple[str, str, int], float]) -> list[Row]:
    return [run for run in runs if (run["week"], run["kind"], run["seed"]) in limit]


def growth(rows: list[Row]) -> list[tuple[int, float, float, float]]:
    """Volunteers, and the medians of seconds, memory and gap, where there are 0.6 needs a volunteer."""
    found = []
    for target in sorted((*TARGETS, *BETWEEN), key=lambda target: target.size.people):
        runs = good(rows, row=target.row, way="ours")
        if runs and target.row != "proven" and target.size.needs * 10 == target.size.people * 6:
            found.append((target.size.people, *(median(run[key] for run in runs) for key in ("seconds", "memory_mb", "gap"))))
    return found


def _growth(rows: list[Row], picture: str) -> str:
    points = growth(rows)
    if len(points) < 2:
        return ""
    lines = [
        "### Growth",
        "",
        f"![Seconds, memory and gap from {points[0][0]:,} to {points[-1][0]:,} volunteers]({picture})",
        "",
        "0.6 needs a volunteer, the same density of people; medians of the seeds that were run.",
        "",
        "| volunteers | seconds | MB | gap to own bound |",
        "|---:|---:|---:|---:|",
    ]
    return "\n".join(
        [*lines, *(f"| {people:,} | {seconds:.1f} | {memory:,.0f} | {100 * gap:.4f}% |" for people, seconds, memory, gap in points)]
    )
