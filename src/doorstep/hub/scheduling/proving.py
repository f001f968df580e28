"""Keeps a plan provable for years: its bytes in one fixed form, their fingerprints, and the check of them all over again."""

import gzip
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from .models import Plan, PlanFile

CHECKER = Path(__file__).resolve().parents[4] / "docs" / "verify_plan.py"
#: What a plan's making depends on, beside our own version.
PACKAGES = ("numpy", "numba", "highspy")
#: Two numbers that were rounded at different times are the same.
CLOSE = 1e-6


def checker() -> ModuleType:
    """The project's own checker, which shares no code with the planner; loaded from docs/ by its path."""
    spec = spec_from_file_location("verify_plan", CHECKER)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def canonical(data: object) -> bytes:
    """One form for the same content: sorted keys, no spaces, UTF-8. These are the bytes that people download."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def packed(data: object) -> bytes:
    return gzip.compress(canonical(data), mtime=0)


def fingerprint(gz: bytes) -> str:
    """SHA-256 of what is inside, as `sha256sum` says of the downloaded file."""
    return sha256(gzip.decompress(gz)).hexdigest()


def packages() -> dict[str, str]:
    """The versions that work here today."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@dataclass(frozen=True)
class Rechecked:
    """What the checker says today of the stored bytes, and each thing that does not agree with what was said then."""

    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    broken_rules: int | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults


def recheck(plan: Plan) -> Rechecked:
    """Checks a finished plan anew from its stored bytes alone; nothing of the week as it stands today is asked."""
    file = PlanFile.objects.filter(plan=plan).first()
    if file is None:
        return Rechecked(faults=[{"code": "no_file"}])
    faults: list[dict[str, Any]] = []
    texts = {}
    for which, gz, said in (("week", file.week_gz, plan.week_sha256), ("plan", file.plan_gz, plan.plan_sha256)):
        try:
            texts[which] = gzip.decompress(bytes(gz))
        except (OSError, EOFError, zlib.error):
            return Rechecked(faults=[*faults, {"code": "unreadable", "file": which}])
        found = sha256(texts[which]).hexdigest()
        if not said:
            faults.append({"code": "no_fingerprint", "file": which})
        elif found != said:
            faults.append({"code": "changed", "file": which, "said": said, "found": found})
    return _verified(plan, file.verdict, texts, faults)


def _verified(plan: Plan, then: Mapping[str, Any], texts: dict[str, bytes], faults: list[dict[str, Any]]) -> Rechecked:
    judge = checker()
    try:
        verdict = judge.verify(json.loads(texts["week"]), json.loads(texts["plan"]))
    except (judge.Malformed, ValueError) as fault:
        return Rechecked(faults=[*faults, {"code": "malformed", "why": str(fault)[:200]}])
    if verdict["errors"]:
        faults.append({"code": "broken_rules", "count": len(verdict["errors"]), "first": str(verdict["errors"][0])[:200]})
    for name, now, said in (("value", verdict["score"], plan.value), ("bound", verdict["bound"], plan.bound)):
        if now is None or said is None or abs(now - said) > CLOSE * max(1.0, abs(said)) + 0.001:
            faults.append({"code": f"other_{name}", "said": said, "found": now})
    if {key: then.get(key) for key in ("score", "bound", "visits", "needs")} != {
        key: verdict[key] for key in ("score", "bound", "visits", "needs")
    }:
        faults.append({"code": "other_verdict"})
    return Rechecked(verdict["score"], verdict["bound"], verdict["gap"], len(verdict["errors"]), faults)
