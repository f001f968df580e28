"""A whole copy of the SQLite database while it is in use, and the way back; PostgreSQL has its own tools for both."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pysqlite3
from django.conf import settings
from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Seconds that somebody who is about to end has to let go of the database.
LEAVES_WITHIN = 3.0


class NoBackup(Exception):
    """Why there is no copy, or no way back, in one sentence."""


def database() -> Path:
    """The file that holds everything; raises NoBackup where PostgreSQL does."""
    if connection.vendor != "sqlite":
        raise NoBackup("PostgreSQL 用 pg_dump 和 pg_restore（见 docs/operations.md）· Use pg_dump and pg_restore, see docs/operations.md.")
    return Path(settings.DATABASES["default"]["NAME"])


def faults_of(file: Path) -> list[str]:
    """What SQLite itself finds wrong with the file; empty if it is whole."""
    if not file.is_file():
        return ["no such file"]
    opened = pysqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    try:
        said = [row[0] for row in opened.execute("PRAGMA integrity_check(5)")]
        broken = [f"{table}: a row points to nothing" for table, *_ in opened.execute("PRAGMA foreign_key_check").fetchmany(5)]
        tables = opened.execute("SELECT count(*) FROM sqlite_master WHERE name = 'django_migrations'").fetchone()[0]
    except pysqlite3.DatabaseError as error:
        return [str(error)]
    finally:
        opened.close()
    return [*([] if said == ["ok"] else said), *broken, *([] if tables else ["not a database of Doorstep"])]


def free_name(folder: Path) -> Path:
    stamp = datetime.now(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    return folder / f"doorstep-{stamp}.sqlite3"


def back_up(target: Path) -> Path:
    """Writes a consistent copy while people go on working; it gets its name only when it is whole and checked."""
    source = database()
    file = free_name(target) if target.is_dir() else target
    if file.exists():
        raise NoBackup(f"{file} 已经在了，不覆盖 · It is there already and is not overwritten.")
    making = file.with_name(f".{file.name}.making")
    making.unlink(missing_ok=True)
    # A connection of its own: VACUUM cannot run inside anybody's transaction.
    opened = pysqlite3.connect(str(source), isolation_level=None, timeout=60)
    try:
        opened.execute("VACUUM INTO ?", (str(making),))
        os.chmod(making, 0o600)
        if faults := faults_of(making):
            raise NoBackup(f"备份不完整，已删掉：{faults[0]} · The copy is not whole and was removed: {faults[0]}")
        making.replace(file)
    except pysqlite3.OperationalError as error:
        raise NoBackup(f"没有备份成：{error} · No copy was made: {error}") from None
    finally:
        opened.close()
        making.unlink(missing_ok=True)
    return file


@contextmanager
def held_alone(file: Path) -> Iterator[None]:
    """Nobody else has the file open, nor gets at it until this ends; raises NoBackup while somebody does.

    To leave write-ahead logging a connection must be the only one: whoever serves keeps at least one open, idle or not. Whoever opens the
    file in between writes nothing into what was renamed: without that log SQLite looks first whether its file still has its name.
    """
    if not file.exists():
        yield
        return
    opened = pysqlite3.connect(str(file), isolation_level=None, timeout=LEAVES_WITHIN)
    try:
        if _is_database(opened):
            _take(opened)
        yield
    finally:
        opened.close()


def _is_database(opened: pysqlite3.Connection) -> bool:
    """What is damaged beyond reading is nobody's to write into; it may be replaced."""
    try:
        opened.execute("PRAGMA schema_version").fetchone()
    except pysqlite3.OperationalError:
        return True
    except pysqlite3.DatabaseError:
        return False
    return True


def _take(opened: pysqlite3.Connection) -> None:
    try:
        alone = opened.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
        opened.execute("BEGIN EXCLUSIVE")
    except pysqlite3.OperationalError:
        alone = False
    if not alone:
        raise NoBackup(
            "还有程序开着这个数据库：先关门（doorstep serve 那边按 Ctrl+C），再恢复；什么也没有动 · "
            "Some program still has the database open: stop serving, then restore. Nothing was changed."
        )


def restore(copy: Path) -> Path:
    """Puts the copy in the database's place; what was there is kept beside it. Refused while anybody has the database open."""
    target = database()
    if faults := faults_of(copy):
        raise NoBackup(f"这份备份不能用：{faults[0]} · This copy cannot be used: {faults[0]}")
    connection.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_name(f".{target.name}.restoring")
    before = target.with_name(f"{free_name(target.parent).stem}-before-restore.sqlite3")
    with held_alone(target):
        shutil.copyfile(copy, making)
        os.chmod(making, 0o600)
        for ending in ("", "-wal", "-shm"):
            if (part := Path(f"{target}{ending}")).exists():
                part.rename(f"{before}{ending}")
        making.replace(target)
    return before
