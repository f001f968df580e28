"""One job measured: the command run file to file in a process of its own, its plan judged by two checkers that know nothing of it."""

import gzip
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from script.bench_week.process import Spent, run
from script.bench_week.rows import SOLVERS, Job

ROOT = Path(__file__).resolve().parents[2]
PLANNER = ROOT / "src" / "doorstep" / "planner"
VERIFY = ROOT / "docs" / "verify_plan.py"
LOG = "last.log"  # what the process said that ran last
GRACE = 120.0  # seconds after its time in which a process must have ended
Row = dict[str, Any]


def measure(job: Job, week: Path, kind: str, referee: Path, folder: Path) -> list[Row]:
    """One row, or one for each checkpoint of a solver; a way that brings no plan says so in `failed`."""
    about = {
        "row": job.target.row,
        "week": job.target.size.name,
        "kind": kind,
        "seed": job.seed,
        "way": job.key[1],
        "versions": versions(),
        "sources": sources(),
    }
    if job.way == "ours":
        return [about | _ours(job, week, referee, folder)]
    out, at = folder / "peer", job.checkpoints if job.way in SOLVERS else job.checkpoints[-1:]
    for old in folder.glob("peer-*"):
        old.unlink()
    words = [job.way, str(week), str(out), "--at", ",".join(f"{c:g}" for c in at), "--seed", str(job.seed)]
    command = [sys.executable, "-m", "script.bench_week.peers", *words, "--began", str(time.monotonic())]
    spent = run(command, at[-1] + GRACE, folder / LOG)
    return [about | _at(out, checkpoint, spent, job.way in SOLVERS, week, referee) for checkpoint in at]


def _ours(job: Job, week: Path, referee: Path, folder: Path) -> Row:
    plan = folder / "ours.json"
    plan.unlink(missing_ok=True)
    words = ["plan", str(week), "--out", str(plan), "--seconds", f"{job.seconds:g}", "--seed", str(job.seed)]
    with tempfile.TemporaryDirectory() as nothing_compiled:
        environment = {**os.environ, "NUMBA_CACHE_DIR": nothing_compiled} if job.cold else None
        spent = run([sys.executable, "-m", "doorstep.cli", *words], 3 * job.seconds + GRACE, folder / LOG, environment)
    row = {"asked": job.seconds, "at": None, **spent.as_json()}
    if spent.code != 0 or not plan.exists():
        return row | {"failed": _why(spent)}
    return row | judged(week, plan, referee)


def _at(out: Path, checkpoint: float, spent: Spent, is_solver: bool, week: Path, referee: Path) -> Row:
    """What a peer had in hand at a checkpoint. The memory and processor time of a solver are those until then."""
    plan, facts = Path(f"{out}-{checkpoint:g}.json"), Path(f"{out}-{checkpoint:g}.facts")
    row: Row = {"at": checkpoint if is_solver else None, **spent.as_json()}
    if is_solver and facts.exists():
        row |= json.loads(facts.read_text())
    if not plan.exists():
        return row | {"failed": "no plan yet" if facts.exists() else _why(spent)}
    own = row.get("bound")
    return row | judged(week, plan, referee) | {"bound": None, "own_bound": own}


def _why(spent: Spent) -> str:
    return "had to be ended" if spent.code is None else f"exit code {spent.code}"


def judged(week: Path, plan: Path, referee: Path) -> Row:
    """The verdicts of docs/verify_plan.py and, where it is at hand, of the referee; both must agree on the score."""
    ours, others = _verdict(VERIFY, week, plan), _verdict(referee / "check.py", week, plan)
    if "score" not in ours:
        return {"failed": f"the plan cannot be read: {ours['error']}"}
    agree = others is None or abs(others.get("score", 0.0) - ours["score"]) <= 0.01
    return {
        "value": ours["score"], "bound": ours["bound"], "gap": ours["gap"], "visits": ours["visits"], "needs": ours["needs"],
        "skilled": _skilled(week, plan), "legal": bool(ours["legal"]), "optimal": bool(json.loads(plan.read_text()).get("optimal")),
        "referee": None if others is None else bool(others.get("legal")) and agree,
    }  # fmt: skip


def _verdict(checker: Path, week: Path, plan: Path) -> Any:
    if not checker.exists():
        return None
    done = subprocess.run([sys.executable, str(checker), str(week), str(plan)], capture_output=True, text=True)
    line = done.stdout.strip().splitlines()
    return json.loads(line[0]) if line else {"legal": False, "error": done.stderr.strip()[:200]}


def _skilled(week: Path, plan: Path) -> float:
    """The share of needs that ask for a skill at level 2 or 3 and are visited."""
    needs = json.loads(gzip.decompress(week.read_bytes()))["needs"]
    skilled = {n["id"] for n in needs if any(s.get("skill") and s.get("level", 1) >= 2 for s in n["seats"])}
    met = {visit["need"] for visit in json.loads(plan.read_text())["visits"]}
    return round(len(skilled & met) / max(1, len(skilled)), 4)


def versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "highspy", "ortools"))
    return f"Python {platform.python_version()}, {packages}, {os.cpu_count()} cores"


def sources() -> str:
    """The planner's own code in eight letters, so that rows of another version are seen."""
    return _hash([path for path in sorted(PLANNER.rglob("*.py")) if path.parent.name != "tests"])[:8]


def compiled_folder(kept: Path) -> Path:
    """Where compiled code of exactly these sources is kept: numba looks at a function's own file alone, not at those it leans on."""
    return kept / "compiled" / _hash(sorted([*PLANNER.rglob("*.py"), *Path(__file__).parent.rglob("*.py")]))[:16]


def _hash(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def warm_up(folder: Path, week: Path, ways: tuple[str, ...]) -> None:
    """Compiles what is compiled at the first run of ours and of the peers, so that no row pays for it."""
    words = [sys.executable, "-m", "doorstep.cli", "plan", str(week), "--out", str(folder / "warm.json"), "--seconds", "60"]
    run(words, 300.0, folder / LOG)
    for way in ways:
        run([sys.executable, "-m", "script.bench_week.peers", way, str(week), str(folder / "warm"), "--at", "60"], 300.0, folder / LOG)
