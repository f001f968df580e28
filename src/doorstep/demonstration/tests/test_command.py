"""`doorstep demo` as one types it: built once, found again, broken off without a trace."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from doorstep.demonstration.command import Steps

SOURCE = Path(__file__).resolve().parents[3]


def demo(home: Path, *words: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.Popen(
        [sys.executable, "-m", "doorstep.cli", "demo", "--size", "community", *words],
        env=kept | {"DOORSTEP_HOME": str(home), "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration in a folder with spaces, a question mark and Chinese in its name."""
    folder = tmp_path_factory.mktemp("demo") / "我 的 演示? a+b"
    process = demo(folder, "--check")
    said, wrong = process.communicate(timeout=240)
    assert process.returncode == 0, wrong
    assert "broken rules 0" in said
    return folder


def test_it_leaves_one_database_and_a_note(home: Path) -> None:
    assert sorted(path.suffix for path in home.iterdir() if path.name.startswith("demonstration")) == [".json", ".sqlite3"]
    note = json.loads((home / "demonstration-community.json").read_text())
    assert note["broken_rules"] == 0 and note["bound"] >= note["value"] > 0
    assert note["met"] / note["asked"] > 0.6
    assert {"sent", "yes", "no", "cannot come"} <= {name for name, count in note["answers"].items() if count}
    assert len(note["seconds"]) == 5


def test_the_second_time_it_is_found_and_served(home: Path) -> None:
    before = (home / "demonstration-community.json").stat().st_mtime_ns
    process = demo(home, "--port", "0")
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert "already there" in first
    assert (home / "demonstration-community.json").stat().st_mtime_ns == before


def test_another_seed_is_drawn_anew_and_broken_off_without_a_trace(home: Path) -> None:
    standing = (home / "demonstration-community.sqlite3").read_bytes()
    process = demo(home, "--check", "--seed", "2")
    making = home / "demonstration-community.making"
    until = time.monotonic() + 60
    while not making.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert making.exists()
    process.send_signal(signal.SIGINT)
    _said, wrong = process.communicate(timeout=60)
    assert process.returncode == 130, wrong
    assert "Traceback" not in wrong
    assert not list(home.glob("*.making*"))
    assert (home / "demonstration-community.sqlite3").read_bytes() == standing


def test_a_stop_that_a_library_swallows_ends_the_drawing_all_the_same() -> None:
    """An import or a callback may swallow KeyboardInterrupt; the next sign of life ends the work then."""
    clock = Steps()

    def careless(show: Callable[[str], None]) -> None:
        with suppress(KeyboardInterrupt):
            clock.stop(signal.SIGINT, None)
        show("goes on")
        raise AssertionError("it went on")

    with pytest.raises(KeyboardInterrupt):
        clock.run("work", careless)
    assert clock.seconds == {}
