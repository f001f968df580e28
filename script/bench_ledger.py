#!/usr/bin/env python3
"""Appends, proves and walks a log of invented entries in one run, and writes what it took into docs/benchmarks.md.

script/bench_ledger.py [--entries N] [--write]
"""

import argparse
import os
import platform
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

from doorstep.ledger.measure import measure

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- ledger: begin -->", "<!-- ledger: end -->"
#: What is measured, in words, and how its number is written.
ROWS = {
    "spelled_per_s": ("entries spelled in canonical bytes, a second", "{:,.0f}"),
    "appended_per_s": ("entries hashed and appended, a second", "{:,.0f}"),
    "walked_per_s": ("entries verified by the walk, a second", "{:,.0f}"),
    "proofs_made_per_s": ("inclusion proofs made, a second", "{:,.0f}"),
    "proofs_checked_per_s": ("inclusion proofs checked, a second", "{:,.0f}"),
    "entry_bytes": ("bytes an entry", "{:,.0f}"),
    "kept_bytes_per_entry": ("bytes of kept hashes an entry", "{:,.2f}"),
    "frontier_bytes": ("bytes of state for appending", "{:,.0f}"),
    "inclusion_bytes": ("longest inclusion proof, bytes", "{:,.0f}"),
    "consistency_bytes": ("longest consistency proof, bytes", "{:,.0f}"),
    "walk_peak_bytes": ("memory that a walk holds, bytes", "{:,.0f}"),
}


def progress(step: str, done: int) -> None:
    if done % 100_000 == 0:
        print(f"{step} {done:,}", file=sys.stderr, flush=True)


def table(figures: dict[str, float], seconds: float, busy: float) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    head = (
        f"{figures['entries']:,.0f} invented entries appended, a thousand of each proof made and checked, and the whole log walked against its head, in one run of {seconds:.0f} s "
        f"({busy:.0f} s of computing) on one of {os.cpu_count()} cores; at most {peak:,.0f} MB in all, with every hash kept in memory. "
        f"Python {platform.python_version()}, cryptography {version('cryptography')}. Rates are by computing time; drawing the entries does not count."
    )
    lines = [f"| {words} | {form.format(figures[name])} |" for name, (words, form) in ROWS.items()]
    return "\n".join([BEGIN, "", head, "", "| | |", "|---|---:|", *lines, "", END])


def write(text: str) -> None:
    """Between the markers of docs/benchmarks.md; what others write around them stays."""
    before = TARGET.read_text(encoding="utf-8") if TARGET.exists() else "# 快慢 · Benchmarks\n"
    if BEGIN in before:
        after = before[: before.index(BEGIN)] + text + before[before.index(END) + len(END) :]
    else:
        after = before.rstrip("\n") + f"\n\n## 账本 · The ledger\n\n`script/bench ledger` measures again.\n\n{text}\n"
    TARGET.write_text(after, encoding="utf-8")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args(words)
    began, busy = time.perf_counter(), time.process_time()
    # By computing time: other work on the machine lengthens the clock's, not this.
    figures = measure(options.entries, time.process_time, progress)
    found = table(figures, time.perf_counter() - began, time.process_time() - busy)
    print(found)
    if options.write:
        write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
