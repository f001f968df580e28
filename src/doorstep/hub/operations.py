"""`doorstep check`, `serve`, `backup`, `restore`, `ledger`, `verify here`, `recheck-plan` and `manage`: what whoever runs an installation types."""

import argparse
import errno
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import django
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.crypto import get_random_string

from .backup import NoBackup, back_up, restore
from .supervisor import Child, Supervisor

CANNOT_START = 2


class CannotStart(Exception):
    """Why nothing was started, and what to do, in one sentence of each language."""


def say(words: str) -> None:
    print(words, flush=True)


def refuse_unmigrated() -> None:
    """Raises CannotStart unless the database answers and its tables are the ones that this version knows."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        where = "DATABASE_URL"
        raise CannotStart(f"打不开数据库，请看 {where}：{error} · The database does not answer, see {where}.") from None
    if waiting:
        raise CannotStart(
            f"数据库的表还不是这一版的（差 {len(waiting)} 步）。请先备份，再运行 doorstep manage migrate · "
            f"The tables lack {len(waiting)} migrations: back up, then run `doorstep manage migrate`."
        )


def faults() -> int:
    """Runs every start-up check, says what was found, and returns how many errors there are."""
    found = run_checks(databases=["default"])
    for message in found:
        hint = f"\n    {message.hint}" if message.hint else ""
        say(f"{'✗' if message.level >= ERROR else '!'} {message.id or ''} {message.msg}{hint}")
    return sum(message.level >= ERROR for message in found)


def check() -> int:
    django.setup()
    try:
        refuse_unmigrated()
    except CannotStart as reason:
        say(f"✗ {reason}")
        return 1
    count = faults()
    say("检查完，可以启动 · all checks passed" if not count else f"有 {count} 处要先改好 · {count} to be put right first")
    return 1 if count else 0


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CannotStart if somebody else listens there, or nobody may."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"端口 {port} 已经有别的程序在用。请换一个：doorstep serve --port {port + 1} · "
                f"Port {port} is taken by another program: choose another with --port."
            ) from None
        raise CannotStart(f"不能在 {host}:{port} 上服务：{error.strerror} · Cannot listen on {host}:{port}: {error.strerror}.") from None


def address_of(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def answers(address: str) -> bool:
    """Whether the pages are there; a refusal or a redirect is an answer too."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(address, timeout=2).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def web_server(host: str, port: int, workers: int) -> Sequence[str]:
    flags = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers), "--no-ws", "--log-level", "warning"]
    # A worker that is killed is replaced at once; what it was writing is rolled back by the database.
    respawn = ["--respawn-failed-workers", "--respawn-interval", "0.1", "--workers-kill-timeout", "5", "--blocking-threads", "4"]
    return [sys.executable, "-m", "granian", *flags, *respawn, "doorstep.hub.wsgi:application"]


def queue_worker(name: str) -> Sequence[str]:
    return [sys.executable, "-m", "doorstep.cli", "manage", "db_worker", "--worker-id", name, "--no-reload", "--verbosity", "0"]


def background(dead: list[str]) -> Child:
    """The worker of the queue, a little less urgent than the pages; each start has its own name, so that its death can be told."""
    names: list[str] = []

    def command() -> Sequence[str]:
        names.append(f"{socket.gethostname()[:30]}-{get_random_string(12)}")
        return queue_worker(names[-1])

    return Child("后台 worker", command, niceness=5, ended=lambda: dead.append(names[-1]))


def keep_compiled() -> None:
    """Compiled code is kept, beside the data where the caller wanted none beside the code: a process that is started again is back in a
    third of the time. It is run unread, so it is kept only where nobody else can write."""
    folder = Path(settings.HOME) / "compiled"
    if os.environ.get("PYTHONDONTWRITEBYTECODE") and is_ours_alone(Path(settings.HOME)) and is_ours_alone(folder):
        os.environ.pop("PYTHONDONTWRITEBYTECODE")
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(folder))


def is_ours_alone(folder: Path) -> bool:
    """Whether a folder belongs to whoever runs this and to nobody else to write into; made if it is not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & 0o022 and not folder.is_symlink()


def supervised(host: str, port: int, workers: int, rounds: ModuleType) -> int:
    keep_compiled()
    dead: list[str] = []
    web = Child("网页 web server", lambda: web_server(host, port, workers))
    regular = rounds.Rounds(dead, rounds.errands())
    supervisor = Supervisor([web, background(dead)], regular, say, at_end=regular.close)
    address = address_of(host, port)

    def announce() -> None:
        say(f"家门口开着：{address}  按 Ctrl+C 关门 · Doorstep is open at {address}  Ctrl+C closes it")

    code = supervisor.run(ready=lambda: answers(address), announce=announce)
    say("关好了 · closed" if code == 0 else "网页起不来，原因在上面 · the pages did not come up; the reason stands above")
    return code


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="doorstep serve", description="开门：网页、后台排班和定时的事 · pages, planning and the regular rounds."
    )
    parser.add_argument(
        "--host", default=os.environ.get("DOORSTEP_HOST", "127.0.0.1"), help="the address to listen on (default: this computer only)"
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="web processes (default: 2)")
    options = parser.parse_args(words)
    if not 0 < options.port < 65_536 or options.workers < 1:
        parser.error("--port is 1 to 65535, --workers at least 1")
    return options


def serve(words: Sequence[str]) -> int:
    options = parse(words)
    # Before the settings are read: one-click sign-in is judged by the address that we really listen on.
    os.environ["DOORSTEP_HOST"] = options.host
    django.setup()
    try:
        refuse_taken_port(options.host, options.port)
        refuse_unmigrated()
        if faults():
            raise CannotStart("上面的错要先改好，门才能开 · What stands above must be put right before the pages open.")
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return CANNOT_START
    finally:
        connection.close()
    return supervised(options.host, options.port, options.workers, import_module("doorstep.hub.rounds"))


def copy(words: Sequence[str]) -> int:
    """`doorstep backup [FOLDER or FILE]` and `doorstep restore FILE`."""
    parser = argparse.ArgumentParser(prog=f"doorstep {words[0]}")
    parser.add_argument("path", type=Path, nargs="?" if words[0] == "backup" else None, default=Path.cwd())
    path = parser.parse_args(words[1:]).path.resolve()
    django.setup()
    try:
        if words[0] == "backup":
            say(f"备份好了，查过了 · backed up and checked: {back_up(path)}")
        else:
            say(f"恢复好了，原来的在 · restored; what was there before is in: {restore(path)}")
    except NoBackup as reason:
        print(reason, file=sys.stderr)
        return CANNOT_START
    return 0


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.hub.settings")
    if words[0] == "check":
        return check()
    if words[0] == "serve":
        return serve(words[1:])
    if words[0] in ("backup", "restore"):
        return copy(words)
    named = {"recheck-plan": ["recheck_plan"], "ledger": ["ledger"], "verify here": ["verify_here"]}.get(words[0], [])
    command = [*named, *words[1:]]
    execute_from_command_line(["doorstep manage", *command])
    return 0
