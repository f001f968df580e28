#!/usr/bin/env python3
"""Opens every page of a demonstration as somebody of its role: queries, milliseconds and bytes of each, written into docs/benchmarks.md.

    script/bench_pages.py [--size district|community] [--times N] [--write]

Reads the demonstration in DOORSTEP_HOME (default: .doorstep), or draws it first if it is not there. Nothing is changed in it:
everything happens in a transaction that is rolled back.
"""

import argparse
import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- pages: begin -->", "<!-- pages: end -->"
MOST_QUERIES, MOST_MS = 15, 150.0


def prepare(size: str) -> Path:
    """The demonstration's database, drawn if need be; the environment names it before Django reads its settings."""
    home = Path(os.environ.get("DOORSTEP_HOME", ROOT / ".doorstep")).resolve()
    database = home / f"demonstration-{size}.sqlite3"
    if not database.exists():
        subprocess.run([sys.executable, "-m", "doorstep.cli", "demo", "--check", "--size", size, "--home", str(home)], check=True, cwd=ROOT)
    os.environ |= {"DOORSTEP_HOME": str(home), "DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "doorstep.hub.settings"}
    # The test client calls itself by this name.
    os.environ["DOORSTEP_ALLOWED_HOSTS"] = "testserver"
    return database


def measure(times: int) -> list[dict[str, Any]]:
    """One row a page, the slowest first."""
    pages_of = import_module("tests.pages")
    atomic = import_module("django.db").transaction.atomic
    rollback = import_module("django.db").transaction.set_rollback
    rows = []
    with atomic():
        scene = pages_of.demonstration_scene()
        for page in pages_of.pages(scene):
            rows.append(one(page, scene.client(page.reader), times, pages_of.count_queries))
            print(sentence(rows[-1]), file=sys.stderr, flush=True)
        rollback(True)
    return sorted(rows, key=lambda row: -row["p95"])


def one(page: Any, client: Any, times: int, count_queries: Any) -> dict[str, Any]:
    queries, _statements = count_queries(client, page.url)
    spent, worked, answer = [], [], None
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        answer = client.get(page.url)
        spent.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    p95 = quantiles(spent, n=20)[-1] if len(spent) > 1 else spent[0]
    return {"page": page.name, "who": page.reader, "status": answer.status_code if answer else 0, "queries": queries,
            "median": median(spent), "p95": p95, "cpu": median(worked), "bytes": len(answer.content) if answer else 0}  # fmt: skip


def sentence(row: dict[str, Any]) -> str:
    return f"{row['page']:<32} {row['who']:<7} {row['status']}  {row['queries']:>3} queries  {row['median']:>7.1f} ms  p95 {row['p95']:>7.1f} ms  cpu {row['cpu']:>7.1f} ms  {row['bytes']:>8,} bytes"


def table(rows: list[dict[str, Any]], size: str, times: int) -> str:
    slow = [row for row in rows if row["cpu"] > MOST_MS or row["queries"] > MOST_QUERIES]
    head = (
        f"{len(rows)} pages of the {size} demonstration, each opened {times} times through Django's test client on {os.cpu_count()} cores, SQLite; "
        f"at most {max(row['queries'] for row in rows)} queries, slowest p95 {max(row['p95'] for row in rows):.0f} ms; other work on the machine lengthens the clock's time, not the computing. "
        f"Over {MOST_QUERIES} queries or {MOST_MS:.0f} ms of computing: {', '.join(row['page'] for row in slow) or 'none'}."
    )
    lines = [
        f"| {r['page']} | {r['who']} | {r['queries']} | {r['median']:.1f} | {r['p95']:.1f} | {r['cpu']:.1f} | {r['bytes']:,} |"
        for r in rows
    ]
    return "\n".join(
        [
            BEGIN,
            "",
            head,
            "",
            "| page | as | queries | median ms | p95 ms | of it computing | bytes |",
            "|---|---|---:|---:|---:|---:|---:|",
            *lines,
            "",
            END,
        ]
    )


def write(text: str) -> None:
    """Between the markers of docs/benchmarks.md; what others write around them stays."""
    before = TARGET.read_text(encoding="utf-8") if TARGET.exists() else "# 快慢 · Benchmarks\n"
    if BEGIN in before:
        after = before[: before.index(BEGIN)] + text + before[before.index(END) + len(END) :]
    else:
        after = before.rstrip("\n") + f"\n\n## 页面 · Pages\n\n`script/bench pages` measures again.\n\n{text}\n"
    TARGET.write_text(after, encoding="utf-8")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=["district", "community"], default="district")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args(words)
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    database = prepare(options.size)
    print(f"pages of {database}", file=sys.stderr)
    import_module("django").setup()
    rows = measure(options.times)
    if broken := [row for row in rows if row["status"] != 200]:
        print("\n".join(["these pages did not open:", *map(sentence, broken)]), file=sys.stderr)
        return 1
    text = table(rows, options.size, options.times)
    print(text)
    if options.write:
        write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
