"""`doorstep plan`: one week's file in, one plan's file out, a short summary between."""

import argparse
import gzip
import json
import os
import resource
import sys
import time
from pathlib import Path
from tempfile import NamedTemporaryFile

from doorstep.planner.week import Contradiction, Malformed, Progress, Result, load, solve

START_AND_WRITE = 1.5  # seconds to load the program and to write the plan of a district


def main(argv: list[str]) -> int:
    """Exit 0 with a plan, 2 with one sentence about what is wrong with the week or the command."""
    options = _options(argv)
    began = time.monotonic()
    try:
        show = _Ticker(began)
        week = load(options.week)
        result = solve(week, seed=options.seed, seconds=_left(options.seconds, began), iterations=options.iterations, progress=show)
        _write(Path(options.out), result)
    except (Malformed, Contradiction) as fault:
        print(f"doorstep plan: {fault}", file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"doorstep plan: {options.out} cannot be written: {fault.strerror or fault}", file=sys.stderr)
        return 2
    print(_summary(result, time.monotonic() - began))
    return 0


def _left(seconds: float | None, began: float) -> float | None:
    """What is left for the search of the time asked for, from the start of the program to the end of the file."""
    return None if seconds is None else max(0.1, seconds - START_AND_WRITE - (time.monotonic() - began))


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="doorstep plan", description="Plan a week from a file, with its proof.")
    parser.add_argument("week", metavar="WEEK.json[.gz]", help="a doorstep-week/1")
    parser.add_argument("--out", required=True, metavar="PLAN.json[.gz]", help="where the plan goes")
    parser.add_argument(
        "--seconds", type=float, default=None, help="stop after about so many seconds (default: when nothing more is gained)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same plan when stopped by iterations")
    parser.add_argument("--iterations", type=int, default=None, help="stop after so many rounds instead of by the clock")
    return parser.parse_args(argv)


class _Ticker:
    """Prints a line when the stage changes, and then at most one a second."""

    def __init__(self, began: float) -> None:
        self.began, self.stage, self.last = began, "", 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage == self.stage and now - self.last < 1:
            return
        self.stage, self.last = progress.stage, now
        value = "" if progress.value is None else f"  value {progress.value:,.0f}"
        bound = "" if progress.bound is None else f"  bound {progress.bound:,.0f}"
        print(f"{now - self.began:6.1f} s  {progress.stage:<12}{value}{bound}", file=sys.stderr, flush=True)


def _write(path: Path, result: Result) -> None:
    """The whole file or none: written beside its place, then moved there."""
    text = json.dumps(result.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def _summary(result: Result, seconds: float) -> str:
    needs = result.problem.needs
    met = {visit.need for visit in result.visits}
    skilled = {
        int(n) for n, skill, level in zip(needs.seat_need, needs.seat_skill, needs.seat_level, strict=True) if skill >= 0 and level >= 2
    }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return "\n".join(
        [
            f"value {result.value:,.1f}   bound {result.bound:,.1f}   gap {100 * result.gap:.4f}%",
            f"met {len(met)} of {len(needs.ids)} needs, {len(met & skilled)} of {len(skilled)} that ask for a skill at level 2 or 3",
            f"{seconds:.1f} s, {memory:.0f} MB, stopped by {result.stopped_by}",
        ]
    )
