"""Measures the week's planner against simple ways of planning and writes the table of docs/benchmarks.md."""

import argparse
import gzip
import json
import os
import platform
import random
import subprocess
import sys
import time
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from doorstep.planner.week.arrays import as_problem
from doorstep.planner.week.candidates import Options, find_options
from doorstep.planner.week.draft import board_of, empty_draft, visits_of
from doorstep.planner.week.improve import settle
from doorstep.planner.week.packed import weeks_of
from doorstep.planner.week.problem import Ints, Problem
from doorstep.planner.week.score import metres

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".bench"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- week: begin -->", "<!-- week: end -->"
Row = dict[str, Any]
LANDSCAPES = ("town", "villages", "saturday")
WAYS = ("ours", "priority and scarcity", "nearest first", "sign-up board")
SKILLS = ["cleaning", "errands", "company", "repair", "cooking", "escort", "tutoring", "counselling", "mediation", "legal", "nursing"]


def main() -> int:
    options = _options()
    KEPT.mkdir(exist_ok=True)
    log = KEPT / "week.jsonl"
    if options.fresh:
        log.unlink(missing_ok=True)
    rows = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    done = {(row["week"], row["seed"], row["way"]) for row in rows}
    for size in options.sizes.split(","):
        people, needs = map(int, size.split("x"))
        for landscape in LANDSCAPES:
            for seed in range(1, options.seeds + 1):
                for way in WAYS if seed == 1 else WAYS[:1]:
                    name = f"{landscape} {people:,} × {needs:,}"
                    if (name, seed, way) not in done:
                        row = {"week": name, "seed": seed, "way": way, **_measure(landscape, people, needs, seed, way, options.seconds)}
                        rows.append(row)
                        with log.open("a") as file:
                            file.write(json.dumps(row) + "\n")
                        print(json.dumps(row), flush=True)
                        _write(rows, options.seconds)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench week")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sizes", default="1000x600,10000x6000")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args()


def draw(landscape: str, people: int, needs: int, seed: int) -> Row:
    """A week of our own: an old town (dense), villages (clusters far apart), or a town where everybody is free on Saturday only."""
    rng = random.Random(f"{landscape} {people} {needs} {seed}")
    clusters = max(1, people // 400)
    spread, between = (0.004, 0.06) if landscape == "villages" else (0.006, 0.008 * clusters**0.5)
    centres = [(31.8 + rng.uniform(-between, between), 119.9 + rng.uniform(-between, between)) for _ in range(clusters)]

    def place() -> Row:
        lat, lon = rng.choice(centres)
        return {"lat": round(lat + rng.gauss(0, spread), 6), "lon": round(lon + rng.gauss(0, spread), 6)}

    return {
        "format": "doorstep-week/1",
        "start": "2026-11-30",
        "volunteers": [_draw_person(rng, i, place(), landscape) for i in range(people)],
        "needs": [_draw_need(rng, i, place(), needs, people, landscape) for i in range(needs)],
    }


def _draw_person(rng: random.Random, i: int, place: Row, landscape: str) -> Row:
    worker = rng.random() < 0.05
    days = [5] if landscape == "saturday" else rng.sample(range(7), rng.choice([1, 2, 3, 5]) if not worker else 5)
    free = []
    for day in sorted(days):
        begin = day * 1440 + (510 if worker else rng.choice([480, 540, 780, 1080]))
        free.append([begin, begin + (480 if worker else rng.choice([90, 120, 180, 240]))])
    return place | {
        "id": f"v{i}", "role": "social_worker" if worker else rng.choice(["volunteer"] * 8 + ["specialist", "property"]),
        "kmh": rng.choice([4.0, 12.0, 25.0]), "reach_m": rng.choice([1000, 2000, 4000, 8000]),
        "skills": {skill: rng.choice([1, 2, 3]) for skill in rng.sample(SKILLS, rng.choice([1, 2, 3]))}, "vetted": rng.random() < 0.35,
        "gender": rng.choice("ffm"), "languages": ["zh", "wuu"] if rng.random() < 0.5 else ["zh"], "free": free,
        "max_minutes": 1200 if worker else rng.choice([120, 180, 300]), "max_visits": 12 if worker else rng.choice([1, 2, 3, 5]),
        "prefers": rng.sample(["elderly", "youth", "culture"], rng.randint(0, 2)),
    }  # fmt: skip


def _draw_need(rng: random.Random, i: int, place: Row, needs: int, people: int, landscape: str) -> Row:
    days = [5] if landscape == "saturday" else rng.sample(range(7), rng.choice([1, 2]))
    begins = [day * 1440 + rng.choice([480, 540, 600, 810, 900, 1080]) for day in sorted(days)]
    seat: Row = {"skill": rng.choice([*SKILLS, None, None]), "level": rng.choice([1, 1, 1, 2, 3])}
    seats = [seat] if rng.random() < 0.88 else [seat, {"role": rng.choice([None, None, "social_worker"])}]
    return place | {
        "id": f"n{i}", "resident": f"r{i if rng.random() < 0.7 else rng.randrange(needs)}", "category": rng.choice(["elderly", "youth", "culture"]),
        "minutes": rng.choice([30, 45, 60, 90]), "windows": [[t, t + rng.choice([0, 30, 90])] for t in begins],
        "priority": rng.choices([1, 2, 3, 4, 5], [20, 30, 30, 15, 5])[0], "waited_weeks": rng.choice([0, 0, 0, 1, 3]),
        "minor": rng.random() < 0.06, "seats": seats, "familiar": [f"v{rng.randrange(people)}"] if rng.random() < 0.2 else [],
    }  # fmt: skip


def _measure(landscape: str, people: int, needs: int, seed: int, way: str, seconds: float) -> Row:
    """One way of planning on one week: seconds from file to file, peak memory, and the verdict of docs/verify_plan.py."""
    source, target = KEPT / f"{landscape}-{people}-{needs}-{seed}.json.gz", KEPT / "plan.json"
    if not source.exists():
        source.write_bytes(gzip.compress(json.dumps(draw(landscape, people, needs, seed)).encode(), mtime=0))
    began = time.monotonic()
    if way == "ours":
        command = [
            sys.executable,
            "-m",
            "doorstep.cli",
            "plan",
            str(source),
            "--out",
            str(target),
            "--seconds",
            str(seconds),
            "--seed",
            str(seed),
        ]
    else:
        command = [sys.executable, __file__, "--peer", way, str(source), str(target), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    spent = time.monotonic() - began
    if process.returncode:
        return {"failed": process.returncode}
    week, plan = json.loads(gzip.decompress(source.read_bytes())), json.loads(target.read_text())
    report = _checker().verify(week, plan)
    return {
        "seconds": round(spent, 1), "memory_mb": usage.ru_maxrss // 1024, "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "value": report["score"], "bound": report["bound"], "gap": report["gap"], "legal": report["legal"], "visits": report["visits"],
        "needs": report["needs"], "skilled": _skilled(week, plan),
    }  # fmt: skip


def _skilled(week: Row, plan: Row) -> float:
    skilled = {n["id"] for n in week["needs"] if any(s.get("skill") and s.get("level", 1) >= 2 for s in n["seats"])}
    return round(len(skilled & {v["need"] for v in plan["visits"]}) / max(1, len(skilled)), 4)


def _checker() -> ModuleType:
    spec = spec_from_file_location("verify_plan", ROOT / "docs" / "verify_plan.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def peer(way: str, source: Path, target: Path, seed: int) -> int:
    """Plans as people do without a planner: options are taken one after another as far as they are legal together."""
    problem = as_problem(json.loads(gzip.decompress(source.read_bytes())))
    options = find_options(problem)
    weeks = weeks_of(problem, options)
    draft = empty_draft(problem, weeks)
    settle(_order(way, problem, options, seed), problem.needs.seats, weeks, board_of(problem, options), draft)
    ids, people = problem.needs.ids, problem.people.ids
    visits = [{"need": ids[v.need], "start": v.start, "team": [people[p] for p in v.team]} for v in visits_of(problem, options, draft)]
    target.write_text(json.dumps({"format": "doorstep-plan/1", "visits": visits}))
    return 0


def _order(way: str, problem: Problem, options: Options, seed: int) -> Ints:
    far = metres(problem.people.place[options.person], problem.needs.place[options.need])
    if way == "nearest first":
        return np.lexsort((options.start, far))
    if way == "sign-up board":  # people come by in any order and sign up for what lies nearest, as often as they may
        turn = np.random.default_rng(seed).permutation(len(problem.people.ids))
        return np.lexsort((options.start, far, turn[options.person]))
    fits = np.bincount(options.seat, minlength=len(problem.needs.seat_need))
    scarce = np.minimum.reduceat(fits, problem.needs.seat_ptr[:-1])
    return np.lexsort((-options.worth, options.need, scarce[options.need], -problem.needs.value[options.need]))


def _write(rows: list[Row], seconds: float) -> None:
    bound = {(row["week"], row["seed"]): row["bound"] for row in rows if row["way"] == "ours" and row.get("bound")}
    about = (
        f"Measured with Python {platform.python_version()}, numpy {version('numpy')}, numba {version('numba')}, highspy {version('highspy')}; "
        f"{os.cpu_count()} cores; ours asked to stop after {seconds:g} s; compile cache warm. Value is the share of our bound. "
        "Seconds are from file to file; other work on the machine lengthens them, CPU seconds are beside."
    )
    lines = [
        about,
        "",
        "| week | way | seeds | value | gap | needs met | skilled met | seconds | CPU s | MB | legal |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for week in dict.fromkeys(row["week"] for row in rows):
        for way in WAYS:
            runs = [row for row in rows if row["week"] == week and row["way"] == way and "value" in row and (week, row["seed"]) in bound]
            if runs:
                lines.append(_line(week, way, runs, bound))
    if not PAGE.exists():
        PAGE.write_text(f"# Benchmarks\n\nWritten by `script/bench`.\n\n## The week's plan\n{BEGIN}\n{END}\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text("\n".join([before + BEGIN, *lines, END]) + rest.partition(END)[2], encoding="utf-8")


def _line(week: str, way: str, runs: list[Row], bound: dict[tuple[str, int], float]) -> str:
    def middle(key: str) -> float:
        return float(np.median([run[key] for run in runs]))

    value = np.median([run["value"] / bound[week, run["seed"]] for run in runs])
    met = np.median([run["visits"] / run["needs"] for run in runs])
    gap = f"{100 * middle('gap'):.3f}%" if way == "ours" else ""
    legal = "yes" if all(run["legal"] for run in runs) else "no"
    figures = f"{middle('seconds'):.1f} | {middle('cpu_seconds'):.1f} | {middle('memory_mb'):.0f}"
    return f"| {week} | {way} | {len(runs)} | {100 * value:.2f}% | {gap} | {100 * met:.1f}% | {100 * middle('skilled'):.1f}% | {figures} | {legal} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        sys.exit(peer(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5])))
    sys.exit(main())
