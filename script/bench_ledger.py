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
from script import bench_hub_ledger

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
#: The same log as the hub keeps it, on SQLite.
HUB_ROWS = {
    "hub_appended_per_s": ("entries appended, one a transaction, a second", "{:,.0f}"),
    "hub_walked_per_s": ("entries read from the tables and verified, a second", "{:,.0f}"),
    "hub_receipt_ms": ("a receipt, ms", "{:,.1f}"),
    "hub_fits_ms": ("the look at the start whether all fits, ms", "{:,.1f}"),
    "hub_issue_ms": ("a certificate over a hundred hours, added up in table and ledger and signed, ms", "{:,.1f}"),
    "hub_paper_ms": ("its page as PDF, ms", "{:,.1f}"),
    "hub_paper_bytes": ("bytes of the PDF", "{:,.0f}"),
    "hub_token_bytes": ("bytes of the electronic certificate", "{:,.0f}"),
}


def progress(step: str, done: int) -> None:
    if done % 100_000 == 0:
        print(f"{step} {done:,}", file=sys.stderr, flush=True)


def table(figures: dict[str, float], seconds: float, busy: float) -> str:
    head = (
        f"{figures['entries']:,.0f} invented entries appended, a thousand of each proof made and checked, and the whole log walked against its head, in one run of {seconds:.0f} s "
        f"({busy:.0f} s of computing) on one of {os.cpu_count()} cores; at most {figures['peak_mb']:,.0f} MB in all, with every hash kept in memory. "
        f"Python {platform.python_version()}, cryptography {version('cryptography')}. Rates are by computing time; drawing the entries does not count."
    )
    hub = f"The same as the hub keeps it, in a fresh SQLite database, {figures['hub_entries']:,.0f} entries; milliseconds are medians of computing time."
    tables = [["", "| | |", "|---|---:|", *(_row(figures, name, *said) for name, said in rows.items()), ""] for rows in (ROWS, HUB_ROWS)]
    return "\n".join([BEGIN, "", head, *tables[0], hub, *tables[1], END])


def _row(figures: dict[str, float], name: str, words: str, form: str) -> str:
    return f"| {words} | {form.format(figures[name])} |"


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
    parser.add_argument("--hub-entries", type=int, default=10_000, help="how many through the hub's tables")
    options = parser.parse_args(words)
    began, busy = time.perf_counter(), time.process_time()
    # By computing time: other work on the machine lengthens the clock's, not this.
    figures = measure(options.entries, time.process_time, progress)
    seconds, computing = time.perf_counter() - began, time.process_time() - busy
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = table(figures | bench_hub_ledger.measured(options.hub_entries), seconds, computing)
    print(found)
    if options.write:
        write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
