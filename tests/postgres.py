"""A private PostgreSQL for one command: `python tests/postgres.py COMMAND …` runs it with DATABASE_URL set, then takes all away."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Losing this database in a power cut is no loss, so nothing waits for the disk.
SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB", "max_connections=200")


class NoPostgreSQL(Exception):
    """The server's programs are not on this machine."""


def programs() -> Path:
    """The folder with initdb: Debian keeps each version in its own, elsewhere it is on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    if found is None:
        raise NoPostgreSQL("initdb was not found; on Debian: apt-get install postgresql")
    return Path(found).parent


def server_user() -> str | None:
    """PostgreSQL refuses to run as root; anybody else may run it as himself."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def run_as(user: str | None, *command: str | Path, cwd: Path) -> None:
    demoted = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, **demoted)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {done.stdout}{done.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster() -> Iterator[str]:
    """Yields the address of a fresh server that listens on loopback only, and removes it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-", dir="/tmp"))
    user, bin_, data, port = server_user(), programs(), folder / "data", free_port()
    if user:
        shutil.chown(folder, user)
    try:
        run_as(user, bin_ / "initdb", "-D", data, "-U", "doorstep", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", cwd=folder)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 " + " ".join(f"-c {setting}" for setting in SETTINGS)
        run_as(user, bin_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start", cwd=folder)
        try:
            yield f"postgres://doorstep@127.0.0.1:{port}/postgres"
        finally:
            run_as(user, bin_ / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    with cluster() as address:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
