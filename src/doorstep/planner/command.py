"""`doorstep plan`: one week's file in, one plan's file out, a short summary between."""

import argparse
import gzip
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EACCES, EISDIR, ENOENT
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Event, current_thread, main_thread
from typing import Any, NoReturn, TypeVar

from doorstep.planner.advice_table import advice_table, places_in
from doorstep.planner.week import Contradiction, Even, Malformed, Planned, Progress, Result, advise, load, solve

Number = TypeVar("Number", int, float)
BEST = "   proven: no plan is better"
START_AND_WRITE = 1.0  # seconds to load the program and to write a small plan


def main(argv: list[str]) -> int:
    """Exit 0 with a plan, 2 with one sentence about what is wrong with the week or the command."""
    options = _options(argv)
    began = time.monotonic()
    try:
        _require_writable(Path(options.out))
        options.places = places_in(options.places) if options.places else None
        show = _Ticker(began)
        week = load(options.week)
        even = Even(options.even / 100) if options.even else None
        left = _left(options.seconds, began)
        with _stopping() as stop:
            result = solve(week, seed=options.seed, seconds=left, iterations=options.iterations, stop=stop, progress=show, even=even)
        _write(Path(options.out), result.as_json())
        seconds = time.monotonic() - began
        advice = _advice(options, result, show) if options.advise else None
    except (Malformed, Contradiction) as fault:
        print(f"doorstep plan: {fault}", file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"doorstep plan: {options.out} cannot be written: {fault.strerror or fault}", file=sys.stderr)
        return 2
    print(_summary(result, seconds))
    if advice is not None:
        print("\n" + advice_table(advice))
    return 0


def _advice(options: argparse.Namespace, result: Result, show: Callable[[Progress], None]) -> dict[str, Any]:
    """What one more helper or one change would gain; the plan is already written, and is written once more with it."""
    planned = Planned(result.problem, result.options, result.draft, result.cell_prices)
    found = advise(planned, places=options.places, seconds=options.advise, progress=show)
    _write(Path(options.out), {**result.as_json(), "advice": found})
    return found


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Ctrl-C, or a polite request to end, stops the search with the best plan so far; asked again, the program ends at once."""
    asked, before = Event(), {}

    def ask(number: int, _: object) -> None:
        asked.set()
        signal.signal(number, signal.SIG_DFL)

    if current_thread() is main_thread():
        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _left(seconds: float | None, began: float) -> float | None:
    """What is left for the search of the time asked for, from the start of the program to the end of the file."""
    return None if seconds is None else max(0.1, seconds - START_AND_WRITE - (time.monotonic() - began))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the command in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help tells more)\n")


def _number(kind: Callable[[str], Number], within: Callable[[Number], bool], what: str) -> Callable[[str], Number]:
    """Reads a number of the command line; `what` is the sentence for what is none."""

    def read(word: str) -> Number:
        try:
            number = kind(word)
            good = within(number)
        except ValueError:
            good = False
        if not good:
            raise argparse.ArgumentTypeError(f"{word[:40]!r} is not {what}")
        return number

    return read


SECONDS = _number(float, lambda x: 0 < x <= 1e6, "a number of seconds above 0, up to a million")
ROUNDS = _number(int, lambda x: 0 <= x <= 10**9, "a whole number of rounds from 0 to a billion")
PERCENT = _number(float, lambda x: 0 <= x <= 100, "a number of percents from 0 to 100")
SEED = _number(int, lambda x: 0 <= x < 2**63, "a whole number from 0 to 9223372036854775807")


def _options(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(prog="doorstep plan", description="Plan a week from a file, with its proof.")
    parser.add_argument("week", metavar="WEEK.json[.gz]", help="a doorstep-week/1")
    parser.add_argument("--out", required=True, metavar="PLAN.json[.gz]", help="where the plan goes")
    parser.add_argument(
        "--seconds", type=SECONDS, default=None, help="stop after about so many seconds (default: when nothing more is gained)"
    )
    parser.add_argument("--seed", type=SEED, default=1, help="the same seed gives the same plan when stopped by iterations")
    parser.add_argument("--iterations", type=ROUNDS, default=None, help="stop after so many rounds instead of by the clock")
    parser.add_argument(
        "--even", type=PERCENT, default=0.0, metavar="PERCENT",
        help="then give up at most so much of the score so that the forgotten get their turn and known faces stay (default: 0, the pure score)",
    )  # fmt: skip
    parser.add_argument(
        "--advise", type=SECONDS, nargs="?", const=60.0, default=None, metavar="SECONDS",
        help="then tell what one more helper, training, clearing, a wider reach or more free time would gain (60 seconds unless told)",
    )  # fmt: skip
    parser.add_argument("--places", default=None, metavar="PLACES.json", help="communities for --advise: a list of {id, lat, lon}")
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
        print(f"{now - self.began:6.1f} s  {progress.stage:<16}{value}{bound}", file=sys.stderr, flush=True)


def _require_writable(path: Path) -> None:
    """Raises OSError if the plan could not be written in the end, so that nobody waits for a plan that is lost."""
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "it is a folder")
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, "its folder does not exist")
    if not os.access(path if _is_device(path) else path.parent, os.W_OK):
        raise PermissionError(EACCES, "its folder may not be written to")


def _is_device(path: Path) -> bool:
    """A pipe, a terminal or such: it is written to, never replaced by a file."""
    return path.exists() and not path.is_file()


def _write(path: Path, plan: dict[str, Any]) -> None:
    """The whole file or none: written beside its place, then moved there."""
    text = json.dumps(plan, ensure_ascii=False, separators=(",", ":"))
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a character in an id, which JSON can only write as an escape
        data = json.dumps(plan, separators=(",", ":")).encode()
    data = gzip.compress(data, mtime=0) if path.suffix == ".gz" else data
    if _is_device(path):
        path.write_bytes(data)
        return
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."[:100], delete=False) as file:
        try:
            file.write(data)
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
            f"value {result.value:,.1f}   bound {result.bound:,.1f}   gap {100 * result.gap:.4f}%{BEST if result.optimal else ''}",
            f"met {len(met)} of {len(needs.ids)} needs, {len(met & skilled)} of {len(skilled)} that ask for a skill at level 2 or 3",
            *_evenness(result),
            f"{seconds:.1f} s, {memory:.0f} MB, stopped by {result.stopped_by}",
        ]
    )


def _evenness(result: Result) -> list[str]:
    """What an even plan paid and whom it reached; no line for a plan of the score alone."""
    told = result.evenness
    if told is None:
        return []
    share = 100 * told["paid"] / max(1.0, result.value + told["paid"])
    reached = f"{told['reached']} of {told['not_asked']} people not asked for 28 days get a visit, {told['reached_before']} would without"
    return [f"even: {told['paid']:,.1f} points given up ({share:.3f}%); {reached}"]
