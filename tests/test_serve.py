"""`doorstep serve` as whoever runs it sees it: sentences when it cannot start, one word to end all that it started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import free_port

DOORSTEP = [sys.executable, "-m", "doorstep.cli"]


def environment(home: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_") and name != "DATABASE_URL"}
    source = str(Path(__file__).resolve().parents[1] / "src")
    return own | {"DOORSTEP_HOME": str(home), "PYTHONPATH": os.pathsep.join([source, own.get("PYTHONPATH", "")])}


def doorstep(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*DOORSTEP, *words], env=environment(home), capture_output=True, text=True, timeout=60, cwd=home)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh installation, with its tables, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("a home")
    done = doorstep(folder, "manage", "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return folder


class Served:
    """A running `doorstep serve` and the processes that it started."""

    def __init__(self, home: Path, log: Path) -> None:
        self.port, self.log = free_port(), log
        with log.open("w") as out:
            words = [*DOORSTEP, "serve", "--port", str(self.port), "--workers", "1"]
            self.process = subprocess.Popen(words, env=environment(home), stdout=out, stderr=out, cwd=home, start_new_session=True)
        self.until(lambda: f"http://127.0.0.1:{self.port}/" in log.read_text(), 40)

    def until(self, done: Callable[[], bool], seconds: float) -> None:
        last = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < last, self.log.read_text()
            time.sleep(0.1)

    def children(self, word: str = "") -> list[int]:
        """The ids of its children, and theirs, whose command holds the word."""
        found, parents = [], [self.process.pid]
        while parents:
            below = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(pid) == parents[0]]
            parents = [*parents[1:], *below]
            found += [pid for pid in below if word in command_of(pid)]
        return found

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


@pytest.fixture
def served(home: Path, tmp_path: Path) -> Iterator[Served]:
    running = Served(home, tmp_path / "log")
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(timeout=30)


def test_a_database_without_tables_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = doorstep(tmp_path, "serve", "--port", str(free_port()))
    assert done.returncode == 2
    assert "doorstep manage migrate" in done.stderr and "Traceback" not in done.stderr and done.stderr.count("\n") == 1


def test_a_taken_port_is_told_in_one_sentence(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = doorstep(home, "serve", "--port", str(other.getsockname()[1]))
    assert done.returncode == 2
    assert "已经有别的程序在用" in done.stderr and done.stderr.count("\n") == 1


def test_a_demonstration_does_not_open_its_doors_to_others(home: Path) -> None:
    mark = "from doorstep.hub.people.actions.vocabulary import mark_demonstration as m; m(seed=1, size='community')"
    unmark = "from doorstep.hub.people.models import Installation as i; i.objects.all().delete()"
    assert doorstep(home, "manage", "shell", "--verbosity", "0", "-c", mark).returncode == 0
    done = doorstep(home, "serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert doorstep(home, "manage", "shell", "--verbosity", "0", "-c", unmark).returncode == 0
    assert done.returncode == 2 and "doorstep.E010" in done.stdout


def test_check_says_what_is_wrong_and_that_all_is_well(home: Path, tmp_path: Path) -> None:
    assert doorstep(home, "check").returncode == 0
    done = doorstep(tmp_path, "check")
    assert done.returncode == 1 and "doorstep manage migrate" in done.stdout


def test_a_killed_worker_comes_back_and_the_word_to_end_ends_all(served: Served) -> None:
    [worker] = served.children("db_worker")
    os.kill(worker, signal.SIGKILL)
    served.until(lambda: served.children("db_worker") not in ([], [worker]), 15)
    everybody = served.children()
    assert len(everybody) >= 3 and served.answers()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(timeout=30) == 0
    assert [pid for pid in everybody if command_of(pid)] == [] and not served.answers()


def test_a_killed_web_process_is_replaced(served: Served) -> None:
    first = served.children("granian")[-1]
    os.kill(first, signal.SIGKILL)
    served.until(lambda: first not in served.children("granian") and len(served.children("granian")) >= 2, 10)
    served.until(served.answers, 5)


def test_children_end_with_a_supervisor_that_was_killed(served: Served) -> None:
    everybody = served.children()
    served.process.kill()
    served.process.wait()
    served.until(lambda: not [pid for pid in everybody if command_of(pid)], 15)


def test_nothing_is_restored_while_it_serves(served: Served, home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert doorstep(home, "backup", str(copy)).returncode == 0
    done = doorstep(home, "restore", str(copy))
    assert done.returncode == 2 and "stop serving" in done.stderr and done.stderr.count("\n") == 1
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(timeout=30) == 0
    assert doorstep(home, "restore", str(copy)).returncode == 0 and doorstep(home, "check").returncode == 0
