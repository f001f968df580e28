"""The backup drill, on every change: a copy made while others write is whole, and the way back loses nothing."""

import threading
from pathlib import Path

import pysqlite3
import pytest
from django.db import connection

from doorstep.hub import backup
from doorstep.hub.backup import NoBackup, back_up, faults_of, restore
from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Person
from doorstep.hub.records.models import Certificate, LogHead
from doorstep.hub.records.proving import key_lines, log_lines
from doorstep.hub.testing import Cast
from doorstep.ledger.tree import leaf_hash
from tests.racing import count
from tests.scene import a_certificate

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has its own tools")


def rows(file: Path, table: str) -> int:
    opened = pysqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    try:
        return int(opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        opened.close()


def test_a_copy_made_while_others_write_is_whole(cast: Cast, tmp_path: Path) -> None:
    """Each need comes with its journal line in one transaction: a copy that was torn would hold one without the other."""
    enough, asked = threading.Event(), []

    def write() -> None:
        while not enough.is_set():
            asked.append(cast.need())
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    copies = [back_up(tmp_path / f"copy {number}.sqlite3") for number in range(count(5, 50))]
    enough.set()
    writer.join()
    found = [(rows(file, "needs_need"), rows(file, "journal_entry WHERE verb = 'ask'")) for file in copies]
    assert len(asked) > 3 and all(needs == lines for needs, lines in found) and found == sorted(found)
    assert [faults_of(file) for file in copies] == [[] for _ in copies]
    assert {file.stat().st_mode & 0o777 for file in copies} == {0o600}


def test_a_copy_goes_into_a_folder_under_its_time_and_is_never_overwritten(cast: Cast, tmp_path: Path) -> None:
    file = back_up(tmp_path)
    assert file.parent == tmp_path and file.name.startswith("doorstep-2")
    with pytest.raises(NoBackup):
        back_up(file)
    assert sorted(path.name for path in tmp_path.iterdir()) == [file.name]


def test_the_way_back_brings_everything_and_keeps_what_was_there(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, home = back_up(tmp_path / "copy.sqlite3"), tmp_path / "home" / "doorstep.sqlite3"
    people, lines = Person.objects.count(), Entry.objects.count()
    home.parent.mkdir()
    home.write_bytes(b"what was there before")
    monkeypatch.setattr(backup, "database", lambda: home)
    before = restore(copy)
    assert before.read_bytes() == b"what was there before"
    assert (rows(home, "people_person"), rows(home, "journal_entry")) == (people, lines) and faults_of(home) == []


def test_nothing_is_restored_while_somebody_has_the_database_open(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is kept would go on writing into the file that was renamed, and say that it was noted down."""
    copy, home = back_up(tmp_path / "copy.sqlite3"), back_up(tmp_path / "doorstep.sqlite3")
    monkeypatch.setattr(backup, "database", lambda: home)
    monkeypatch.setattr(backup, "LEAVES_WITHIN", 0.1)
    kept = pysqlite3.connect(str(home), isolation_level=None)
    kept.execute("PRAGMA journal_mode=WAL")
    people = kept.execute("SELECT count(*) FROM people_person").fetchone()[0]
    for hold in ("", "BEGIN IMMEDIATE"):
        kept.execute(hold)
        with pytest.raises(NoBackup, match="stop serving"):
            restore(copy)
        assert not list(tmp_path.glob("*-before-restore*")) and not list(tmp_path.glob(".*restoring"))
    kept.execute("ROLLBACK")
    kept.execute("CREATE TABLE written_later (n)")
    kept.close()
    before = restore(copy)
    assert rows(home, "people_person") == people and rows(before, "sqlite_master WHERE name = 'written_later'") == 1


def test_who_opens_the_database_while_it_is_put_back_writes_into_neither(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, moved = back_up(tmp_path / "doorstep.sqlite3"), tmp_path / "moved.sqlite3"
    with backup.held_alone(home):
        late = pysqlite3.connect(str(home), isolation_level=None, timeout=20)
        home.rename(moved)
    with pytest.raises(pysqlite3.OperationalError):
        late.executescript("PRAGMA journal_mode=WAL; CREATE TABLE written_into_the_old (n)")
    late.close()
    assert rows(moved, "sqlite_master WHERE name = 'written_into_the_old'") == 0


@pytest.mark.parametrize("damage", ["cut off", "scribbled", "something else", "missing"])
def test_a_damaged_copy_is_refused_and_changes_nothing(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    copy, home = back_up(tmp_path / "copy.sqlite3"), tmp_path / "doorstep.sqlite3"
    whole = copy.read_bytes()
    if damage == "cut off":
        copy.write_bytes(whole[: len(whole) // 2])
    elif damage == "scribbled":
        copy.write_bytes(whole[:8192] + bytes(4096 * 20) + whole[8192 + 4096 * 20 :])
    elif damage == "something else":
        copy.write_text("<html>not a database</html>")
    else:
        copy.unlink()
    home.write_bytes(b"still here")
    monkeypatch.setattr(backup, "database", lambda: home)
    with pytest.raises(NoBackup):
        restore(copy)
    assert home.read_bytes() == b"still here"


def test_a_copy_carries_the_whole_ledger_and_what_was_certified(cast: Cast, tmp_path: Path) -> None:
    """The log, the hashes kept beside it, heads, keys, certificates: walked and checked from the copy alone."""
    a_certificate(cast.zhou, cast.lin, cast.chen, cast.community)
    token, note = Certificate.objects.get().token, LogHead.objects.get().note
    lines, keys = b"".join(log_lines()), key_lines()
    copy = back_up(tmp_path / "copy.sqlite3")
    opened = pysqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)
    try:
        entries = [bytes(row[0]) for row in opened.execute("SELECT data FROM records_logentry ORDER BY n")]
        hashes = [bytes(row[0]) for row in opened.execute("SELECT hash FROM records_loghash WHERE level = 0 ORDER BY number")]
        assert [leaf_hash(entry) for entry in entries] == hashes and all(entry in lines for entry in entries)
        assert [row[0] for row in opened.execute("SELECT note FROM records_loghead")] == [note]
        assert [row[0] for row in opened.execute("SELECT token FROM records_certificate")] == [token]
        assert keys.count("\n") == opened.execute("SELECT count(*) FROM records_logkey").fetchone()[0] == 1
        assert opened.execute("SELECT count(*) FROM records_salt").fetchone()[0] == 3
    finally:
        opened.close()
