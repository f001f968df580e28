"""Measures the week's planner and its peers and writes the tables and the picture of docs/benchmarks.md; started again, it goes on.

    script/bench week [--rows targets,growth,own] [--seeds 1-5] [--budget large=300] [--no-peers] [--only "ours,HiGHS"] [--fresh]

Rows: small proven judge full over large (targets), 3k 30k (growth), town villages saturday at 1k and 10k (own; `"town 1k"`).
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from script.bench_week.draw import week_file
from script.bench_week.measure import ROOT, compiled_folder, measure, sources, versions, warm_up
from script.bench_week.picture import growth_picture
from script.bench_week.rows import ALL, CHECKPOINTS, GROUPS, QUICK, SOLVERS, Job, Size, jobs, wanted
from script.bench_week.tables import growth, page

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- week: begin -->", "<!-- week: end -->"
Row = dict[str, Any]


def main(argv: list[str]) -> int:
    given = _options(argv)
    log = given.kept / "week.jsonl"
    given.kept.mkdir(parents=True, exist_ok=True)
    if given.fresh:
        log.unlink(missing_ok=True)
    rows = read(log)
    now = sources()
    done = {(row["row"], row["way"], row["seed"]) for row in rows if row["sources"] == now or not row["way"].startswith("ours")}
    todo = [job for job in jobs(wanted(given.rows), given.seeds, given.budget, given.peers, given.only, given.at) if job.key not in done]
    print(f"bench: {versions()}; {len(rows)} rows are kept, {len(todo)} jobs to do", flush=True)
    os.environ["NUMBA_CACHE_DIR"] = str(compiled_folder(given.kept))
    try:
        if todo:
            week, _ = week_file(given.kept / "weeks", Size(200, 120, 3), 1, given.referee)
            warm_up(given.kept, week, tuple(sorted({job.way for job in todo} - {"ours"})))
        for job in todo:
            week, kind = week_file(given.kept / "weeks", job.target.size, job.seed, given.referee)
            print(f"bench: {job.target.row}, {job.key[1]}, seed {job.seed}, load average {os.getloadavg()[0]:.2f} …", flush=True)
            new = measured(job, week, kind, given)
            with log.open("a") as file:
                file.writelines(json.dumps(row) + "\n" for row in new)
            rows = newest([*rows, *new])
            for row in new:
                print(json.dumps({key: value for key, value in row.items() if key != "versions"}), flush=True)
            write(rows, given.page)
    except KeyboardInterrupt:
        print("\nbench: stopped; all finished rows are kept, the same command goes on", flush=True)
        return 130
    write(rows, given.page)
    return 0


def measured(job: Job, week: Path, kind: str, given: argparse.Namespace) -> list[Row]:
    """The job's rows; measured once more if it met code that was not compiled yet, which larger weeks may do."""
    compiled = Path(os.environ["NUMBA_CACHE_DIR"])
    before = sum(1 for _ in compiled.rglob("*.nbc"))
    found = measure(job, week, kind, given.referee, given.kept)
    if sum(1 for _ in compiled.rglob("*.nbc")) == before:
        return found
    print("bench: something was compiled meanwhile; measured again", flush=True)
    return measure(job, week, kind, given.referee, given.kept)


def newest(rows: list[Row]) -> list[Row]:
    """Of a run that was measured again, after the planner had changed, the last alone."""
    return list({(row["row"], row["way"], row["seed"], row.get("at")): row for row in rows}.values())


def read(log: Path) -> list[Row]:
    """The rows kept so far; a line cut off by a power failure, or of an older form, is measured again."""
    rows = []
    for line in log.read_text().splitlines() if log.exists() else []:
        try:
            row = json.loads(line)
        except ValueError:
            row = {}
        if row.keys() >= {"row", "way", "seed", "versions", "sources"}:
            rows.append(row)
        else:
            print(f"bench: a line of {log.name} is broken or old and left out", flush=True)
    return newest(rows)


def write(rows: list[Row], path: Path) -> None:
    """The tables between their markers of the page, what others write around them stays; and the picture."""
    picture = path.parent / "pictures" / "growth.svg"
    if len(growth(rows)) > 1:
        picture.parent.mkdir(exist_ok=True)
        picture.write_text(growth_picture(growth(rows)), encoding="utf-8")
    before = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    if BEGIN not in before:
        before += f"\n## The week's plan\n\n{BEGIN}\n{END}\n"
    head, _, rest = before.partition(BEGIN)
    text = f"{head}{BEGIN}\n\n{page(rows, f'pictures/{picture.name}')}\n\n{END}{rest.partition(END)[2]}"
    path.write_text(text, encoding="utf-8")


def _seeds(text: str) -> list[int]:
    """`1-5` or `3,7`."""
    first, dash, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(word) for word in text.split(",")]


def _budget(text: str) -> dict[str, float]:
    return {name: float(seconds) for name, _, seconds in (part.partition("=") for part in text.split(",") if part)}


def _clock(text: str) -> tuple[float, ...]:
    return tuple(sorted(map(float, text.split(","))))


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench week", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=lambda text: text.split(","), default=["targets", *GROUPS])
    parser.add_argument("--seeds", type=_seeds, default=[1, 2, 3, 4, 5], help="1-5 or 3,7; peers run on the first")
    parser.add_argument("--budget", type=_budget, default={}, help="seconds that ours is asked to take, by row: judge=15,large=300")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--only", type=lambda text: set(text.split(",")), default=set(), help="these ways alone: ours, CP-SAT, HiGHS, …")
    parser.add_argument("--at", type=_clock, default=CHECKPOINTS, help="when the peers are looked at, in seconds: 20,60,300")
    parser.add_argument("--fresh", action="store_true", help="forget the rows that are kept")
    parser.add_argument("--kept", type=Path, default=ROOT / ".bench", help="where rows and weeks are kept")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page with the tables")
    default = os.environ.get("DOORSTEP_REFEREE", ROOT.parent / "shared" / "referee")
    parser.add_argument("--referee", type=Path, default=Path(default), help="the folder of make.py and check.py")
    given = parser.parse_args(argv)
    unknown = [name for name in given.rows if name not in {"targets", *GROUPS, *ALL}]
    unknown += sorted(given.only - {"ours", *SOLVERS, *QUICK})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    return given


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
