"""`doorstep simulate-weeks`: many weeks of the demonstration's district in a row, planned for the score alone and planned evenly."""

import argparse
import platform
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

from doorstep.demonstration.weeks.figures import Figures, figures
from doorstep.demonstration.weeks.life import Life, Policy
from doorstep.demonstration.weeks.table import table, write
from doorstep.demonstration.weeks.world import World, draw_world

#: A fixed Monday: the same seed has the same weeks on every day.
MONDAY = date(2026, 11, 30)


def main(argv: list[str]) -> int:
    """Prints the table, and writes it where it is asked to. Exit 0."""
    options = _options(argv)
    world = draw_world(size=options.size, seed=options.seed, monday=MONDAY, weeks=options.weeks, communities=options.communities)
    rows, spent = [], []
    for policy in (Policy("score alone"), Policy(f"even, {options.even:g}%", options.even)):
        began = time.process_time()
        rows.append(run(world, policy, options.weeks, options.iterations, _show))
        spent.append(time.process_time() - began)
    text = table(rows, _about(world, options, spent))
    print(text)
    if options.write:
        write(options.write, text, whole=options.communities is None)
    return 0


def run(world: World, policy: Policy, weeks: int, iterations: int, show: Callable[[str], None]) -> Figures:
    """So many weeks under one policy."""
    return figures(policy.name, list(Life(world, policy, iterations, show).weeks(weeks)))


def _show(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="doorstep simulate-weeks", description="Many weeks in a row: before and after evenness.")
    parser.add_argument("--size", choices=["district", "community"], default="district")
    parser.add_argument("--communities", type=_some, default=None, help="only so many around the cast's (default: all)")
    parser.add_argument("--weeks", type=_some, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--even", type=float, default=1.0, metavar="PERCENT", help="of the score, what the even plans may cost (default: 1)"
    )
    parser.add_argument("--iterations", type=_some, default=140, help="rounds of each plan (three plans a week)")
    parser.add_argument("--write", type=Path, default=None, metavar="FILE", help="docs/benchmarks.md, between its markers")
    return parser.parse_args(argv)


def _some(text: str) -> int:
    """A whole number from 1."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 is wanted")
    return number


def _about(world: World, options: argparse.Namespace, spent: list[float]) -> str:
    needs = sum(len(world.asked(week)) for week in range(options.weeks)) / options.weeks
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "highspy"))
    return (
        f"{options.weeks} weeks of {len(world.communities)} communities of the demonstration's district: {len(world.helpers):,} people who can be "
        f"sent, {needs:,.0f} needs a week and those left over from the week before; two of five come back every week. Planned on three days a "
        f"week, {options.iterations} rounds each; of the people asked some say no, some do not come. Seed {world.seed}; Python "
        f"{platform.python_version()}, {packages}; {' and '.join(f'{s:,.0f}' for s in spent)} CPU seconds."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
