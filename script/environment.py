"""Make or renew the Python environment in .venv: pinned packages checked by their hashes, and the path to src."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("DOORSTEP_VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
SITE = VENV / "lib" / "python3.11" / "site-packages"
PURPOSE = {
    "base": "what Doorstep runs on: Django, its own SQLite, the solver, the web server",
    "postgres": "the driver of PostgreSQL",
    "dev": "what the tests need: pytest, a browser driver, linter, type checker",
    "bench": "OR-Tools, which the planner is measured against",
}
LAUNCHER = '#!/bin/sh\nexec "$(dirname "$0")/python" -m doorstep.cli "$@"\n'


def say(text: str) -> None:
    print(f"environment: {text}", flush=True)


def has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def stop(sentence: str) -> None:
    say(sentence)
    raise SystemExit(2)


def lay_out_by_hand() -> None:
    """The same folders that venv makes, for a Python whose distribution left venv or ensurepip out."""
    base = Path(getattr(sys, "_base_executable", sys.executable))
    PYTHON.parent.mkdir(parents=True, exist_ok=True)
    SITE.mkdir(parents=True, exist_ok=True)
    (VENV / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\nversion = 3.11\n")
    PYTHON.unlink(missing_ok=True)
    PYTHON.symlink_to(base)


def create() -> None:
    """A fresh .venv: venv's own, or laid out by hand and filled by the pip of the Python that runs this."""
    if has("venv") and has("ensurepip") and works(sys.executable, "-m", "venv", "--clear", VENV):
        return
    if not has("pip"):
        stop("this Python has neither pip nor venv; on Debian: apt-get install python3-pip")
    say("this Python has no venv module; laying the folders out by hand and using its pip")
    shutil.rmtree(VENV, ignore_errors=True)
    lay_out_by_hand()
    if not works(PYTHON, "-c", "import sys; assert sys.prefix != sys.base_prefix"):
        stop("could not make a separate environment with this Python; on Debian: apt-get install python3-venv")


def pip_command() -> list[str]:
    if works(PYTHON, "-m", "pip", "--version"):
        return [str(PYTHON), "-m", "pip", "install"]
    return [sys.executable, "-m", "pip", "install", "--upgrade", "--target", str(SITE)]


def install(name: str) -> None:
    """Packages of one requirements file, each refused unless its hash is the pinned one; no address is passed, so pip's own settings hold."""
    file = ROOT / "requirements" / f"{name}.txt"
    count = sum("==" in line for line in file.read_text().splitlines())
    say(f"installing {count} packages ({PURPOSE[name]}) …")
    flags = ["--require-hashes", "--no-compile", "--disable-pip-version-check", "--no-warn-script-location", "--progress-bar", "on"]
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    # A user's or a distribution's wish for --user installs cannot apply inside an environment.
    own = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    if subprocess.run([*pip_command(), *flags, *quiet, "-r", str(file)], env=own, cwd=ROOT).returncode:
        stop(f"pip could not install {file.relative_to(ROOT)}; its own message is above. Run the script again to go on")


def stamped(name: str, act: Callable[[str], None]) -> None:
    """Do it unless it was done before for the same pinned file."""
    wanted = hashlib.sha256((ROOT / "requirements" / f"{name}.txt").read_bytes()).hexdigest()
    stamp = VENV / f".installed-{name}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    act(name)
    stamp.write_text(wanted)


def main(names: list[str]) -> None:
    start = time.monotonic()
    # Two scripts started at once take turns; any file that is always there serves as the lock.
    with (ROOT / "requirements" / "base.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not works(PYTHON, "-c", "import sys; assert sys.version_info[:2] == (3, 11)"):
            say(f"making {VENV.name} with Python {sys.version.split()[0]}")
            create()
        for name in names:
            stamped(name, install)
        # Relative, so that the folder may be moved; no build backend is needed to run from the source.
        (SITE / "doorstep.pth").write_text(os.path.relpath(ROOT / "src", SITE) + "\n")
        launcher = VENV / "bin" / "doorstep"
        launcher.write_text(LAUNCHER)
        launcher.chmod(0o755)
    say(f"ready in {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:] or ["base"])
