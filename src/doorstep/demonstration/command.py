"""`doorstep demo`: draws a district, loads it, plans its week, checks the proof and serves the pages."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from doorstep.demonstration import steps

FORMAT = 4
SHANGHAI = ZoneInfo("Asia/Shanghai")


def next_monday() -> date:
    """The Monday after today, in Shanghai: it does not matter where the computer stands."""
    day = datetime.now(SHANGHAI).date()
    return day + timedelta(days=7 - day.weekday())


class Steps:
    """Says what is done, how far it is, and how long it took; ends when somebody pressed Ctrl+C, even where a library swallowed it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._live = sys.stderr.isatty()
        self._stopped = False

    def stop(self, _signal: int, _frame: object) -> None:
        """For SIGINT: ends at once, or, where an import or a callback of a library swallows that, at the next sign of life."""
        self._stopped = True
        raise KeyboardInterrupt

    def _go_on(self) -> None:
        if self._stopped:
            raise KeyboardInterrupt

    def run(self, name: str, work: Callable[[Callable[[str], None]], None]) -> None:
        began = time.monotonic()
        last = 0.0

        def show(words: str) -> None:
            nonlocal last
            self._go_on()
            now = time.monotonic()
            if self._live:
                print(f"\r\033[K  {name} … {words}", end="", file=sys.stderr, flush=True)
            elif now - last > 5:
                last = now
                print(f"  {name} … {words}", file=sys.stderr, flush=True)

        show("")
        work(show)
        self._go_on()
        self.seconds[name] = round(time.monotonic() - began, 1)
        print(f"{chr(13) + chr(27) + '[K' if self._live else ''}  {name}  {self.seconds[name]} s", file=sys.stderr, flush=True)


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="doorstep demo", description="家门口演示区：人物、需求都是编的。A demonstration district; nobody in it is real."
    )
    parser.add_argument(
        "--size", choices=["district", "community"], default="district", help="the whole district, or one community in seconds"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="where the database is kept (default: .doorstep/ in this folder)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true", help="draw it anew even if it is already there")
    parser.add_argument("--check", action="store_true", help="do everything but serve, print a summary, and end")
    return parser.parse_args(argv)


def prepare(options: argparse.Namespace) -> tuple[Path, Path]:
    """The folder and the database; the environment names them before Django reads its settings."""
    home = (options.home or Path(os.environ.get("DOORSTEP_HOME", Path.cwd() / ".doorstep"))).resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DOORSTEP_HOME"] = str(home)
    os.environ.setdefault("DOORSTEP_HOST", "127.0.0.1")
    return home, home / f"demonstration-{options.size}.sqlite3"


def address_of(database: Path) -> str:
    """The file as an address; a folder's name may have spaces, question marks or Chinese in it."""
    return f"sqlite:///{quote(str(database))}"


def clear_away(database: Path) -> None:
    for rest in (database, Path(f"{database}-wal"), Path(f"{database}-shm"), Path(f"{database}-journal")):
        rest.unlink(missing_ok=True)


def is_there(database: Path, wanted: dict[str, object]) -> bool:
    note = database.with_suffix(".json")
    return database.exists() and note.exists() and json.loads(note.read_text()).get("made_from") == wanted


def build(options: argparse.Namespace, database: Path, monday: date, wanted: dict[str, object]) -> dict[str, object]:
    """Builds beside the final place and moves it there when it is whole; a broken-off build leaves nothing."""
    making = database.with_suffix(".making")
    clear_away(making)
    os.environ["DATABASE_URL"] = address_of(making)
    clock = Steps()
    before = signal.signal(signal.SIGINT, clock.stop)
    try:
        summary = steps.build(size=options.size, seed=options.seed, monday=monday, run=clock.run)
    except BaseException:
        clear_away(making)
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    summary |= {"seconds": clock.seconds, "made_from": wanted}
    # The note goes first: without it a database counts as not there, whatever happens between the two moves.
    database.with_suffix(".json").unlink(missing_ok=True)
    clear_away(database)
    making.replace(database)
    database.with_suffix(".json").write_text(json.dumps(summary, ensure_ascii=False, indent=1))
    return summary


def main(argv: list[str]) -> int:
    options = parse(argv)
    _home, database = prepare(options)
    monday = next_monday()
    wanted: dict[str, object] = {"format": FORMAT, "size": options.size, "seed": options.seed, "monday": monday.isoformat()}
    if options.fresh or options.check or not is_there(database, wanted):
        print(f"画出演示区，排好 {monday} 那一周 · drawing the district, planning the week of {monday}", file=sys.stderr)
        try:
            summary = build(options, database, monday, wanted)
        except KeyboardInterrupt:
            print("\n停下了，没画完的已经清掉；再来一次会从头画起 · stopped; nothing half-made is left", file=sys.stderr)
            return 130
    else:
        print("演示区已经在了（重画加 --fresh）· already there (--fresh draws it anew)", file=sys.stderr)
        summary = json.loads(database.with_suffix(".json").read_text())
    print(steps.sentence(summary))
    if options.check:
        return 0 if summary["broken_rules"] == 0 else 1
    os.environ["DATABASE_URL"] = address_of(database)
    # A new process: this one has grown by the drawing, and its settings name the database that was being made.
    words = [sys.executable, "-m", "doorstep.cli", "serve", "--host", "127.0.0.1", "--port", str(options.port)]
    os.execv(sys.executable, words)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
