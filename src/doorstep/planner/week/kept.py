"""A finished plan in one file that is mapped, not read: who could go where, the plan itself and its prices, to be asked at once.

The file holds the planner's own arrays and knows people by their id in the week alone: no name, no number, no door. After one line that
names the format come the header (JSON: where each array lies, of which kind and shape, and the sum of its words) and the arrays.
"""

import json
import mmap
import os
import struct
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .candidates import Options
from .draft import Draft
from .packed import Weeks, weeks_of
from .problem import Bools, Floats, Ints, Needs, People, Problem

MAGIC = b"doorstep-kept/1\n"
KINDS = ("<i8", "<f8", "|b1", "|i1", "|u1")
ALIGNED = 64
LENGTHS = struct.Struct("<Q32s")  # how long the header is, and its digest

Arrays = dict[str, NDArray[Any]]


class NotKept(ValueError):
    """The file is missing, of another kind or another plan, or damaged; the text is one sentence."""


@dataclass(frozen=True)
class Kept:
    """A plan as it was finished. `first_cell` has the first cell of each seat; a need that is not `staged` has one cell for all starts."""

    plan: str
    problem: Problem
    weeks: Weeks
    draft: Draft
    price: Floats
    starts_ptr: Ints
    starts: Ints
    first_cell: Ints
    staged: Bools

    @cached_property
    def person_at(self) -> Mapping[str, int]:
        return {name: i for i, name in enumerate(self.problem.people.ids)}

    @cached_property
    def need_at(self) -> Mapping[str, int]:
        return {name: i for i, name in enumerate(self.problem.needs.ids)}


def kept_of(plan: str, problem: Problem, options: Options, draft: Draft, price: Floats) -> Kept:
    """What is kept of a finished run, `price` with one number a cell."""
    first = np.searchsorted(options.cell_seat, np.arange(len(problem.needs.seat_need)))
    return Kept(
        plan=plan, problem=problem, weeks=weeks_of(problem, options), draft=draft, price=price, starts_ptr=options.starts_ptr,
        starts=options.starts, first_cell=first.astype(np.int64), staged=options.staged,
    )  # fmt: skip


def _arrays(kept: Kept) -> Arrays:
    """Every array by a name that says where it belongs."""
    problem = kept.problem
    parts: Arrays = {"problem.kept": problem.kept}
    for name, side in (("people", problem.people), ("needs", problem.needs)):
        parts |= {f"{name}.{field.name}": getattr(side, field.name) for field in fields(side) if field.name != "ids"}
    parts |= {f"weeks.{name}": part for name, part in kept.weeks._asdict().items()}
    parts |= {f"draft.{name}": part for name, part in kept.draft._asdict().items()}
    parts |= {name: getattr(kept, name) for name in ("price", "starts_ptr", "starts", "first_cell", "staged")}
    words = {
        "people": problem.people.ids, "needs": problem.needs.ids, "skills": problem.skill_names, "languages": problem.language_names,
        "categories": problem.category_names,
    }  # fmt: skip
    parts["words"] = np.frombuffer(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode(), dtype=np.uint8)
    return {name: np.ascontiguousarray(part) for name, part in parts.items()}


def _sum(part: NDArray[Any]) -> int:
    """The sum of an array's words, which no single damaged word leaves as it was; quick enough for every opening."""
    flat = part.reshape(-1).view(np.uint8)
    whole = len(flat) // 8 * 8
    return (int(flat[:whole].view(np.uint64).sum(dtype=np.uint64)) + int(flat[whole:].sum(dtype=np.uint64))) % 2**64


def _padded(at: int) -> int:
    return -(-at // ALIGNED) * ALIGNED


def write_kept(path: Path, kept: Kept) -> None:
    """Writes the file beside its final name and moves it there in one step; whoever has the old one open keeps it."""
    parts, entries, at = _arrays(kept), dict[str, dict[str, Any]](), 0
    for name, part in parts.items():
        entries[name] = {"kind": part.dtype.str, "shape": list(part.shape), "at": at, "sum": _sum(part)}
        at = _padded(at + part.nbytes)
    header = json.dumps(
        {"plan": kept.plan, "residents": kept.problem.resident_count, "bytes": at, "arrays": entries}, separators=(",", ":")
    ).encode()  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + LENGTHS.pack(len(header), sha256(header).digest()) + header)
            begin = _padded(file.tell())
            for name, part in parts.items():
                file.seek(begin + entries[name]["at"])
                file.write(part.data if part.size else b"")
            file.truncate(begin + at)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def open_kept(path: Path, plan: str) -> Kept:
    """Maps the file of this plan; raises NotKept with one sentence if it is not whole, not ours, or of another plan."""
    try:
        with path.open("rb") as file:
            held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except FileNotFoundError:
        raise NotKept(f"{path.name}: no such file") from None
    except (OSError, ValueError):
        raise NotKept(f"{path.name}: cannot be opened, or is empty") from None
    header, begin = _header(path, held)
    if header.get("plan") != plan:
        raise NotKept(f"{path.name}: of another plan")
    try:
        parts = {name: _array(path, held, begin, name, entry) for name, entry in header["arrays"].items()}
        return _as_kept(plan, parts, int(header["residents"]))
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError):
        raise NotKept(f"{path.name}: of another version") from None


def _header(path: Path, held: mmap.mmap) -> tuple[dict[str, Any], int]:
    """The header, if it is whole and the file as long as it says, and where the arrays begin."""
    if held[: len(MAGIC)] != MAGIC:
        raise NotKept(f"{path.name}: not a kept plan of this version")
    after = len(MAGIC) + LENGTHS.size
    if len(held) < after:
        raise NotKept(f"{path.name}: ends too early")
    length, digest = LENGTHS.unpack(held[len(MAGIC) : after])
    text = held[after : after + length]
    if sha256(text).digest() != digest:
        raise NotKept(f"{path.name}: its header is damaged")
    header, begin = json.loads(text), _padded(after + length)
    if len(held) != begin + header.get("bytes", -1):
        raise NotKept(f"{path.name}: ends too early")
    return header, begin


def _array(path: Path, held: mmap.mmap, begin: int, name: str, entry: Mapping[str, Any]) -> NDArray[Any]:
    """One array where it lies in the map: writable for compiled loops, but what is written stays in this process."""
    kind, shape, at = entry["kind"], tuple(entry["shape"]), begin + entry["at"]
    if kind not in KINDS or min(shape, default=0) < 0 or at + prod(shape) * np.dtype(kind).itemsize > len(held):
        raise NotKept(f"{path.name}: of another version")
    part: NDArray[Any] = np.ndarray(shape, dtype=kind, buffer=held, offset=at)
    if _sum(part) != entry["sum"]:
        raise NotKept(f"{path.name}: {name} is damaged")
    return part


def _as_kept(plan: str, parts: Arrays, residents: int) -> Kept:
    words = json.loads(parts["words"].tobytes())

    def side(kind: type, name: str) -> Any:
        return kind(ids=tuple(words[name]), **{field.name: parts[f"{name}.{field.name}"] for field in fields(kind) if field.name != "ids"})

    problem = Problem(
        people=side(People, "people"), needs=side(Needs, "needs"), skill_names=tuple(words["skills"]),
        language_names=tuple(words["languages"]), category_names=tuple(words["categories"]), resident_count=residents,
        kept=parts["problem.kept"],
    )  # fmt: skip
    return Kept(
        plan=plan, problem=problem, weeks=Weeks(*(parts[f"weeks.{name}"] for name in Weeks._fields)),
        draft=Draft(*(parts[f"draft.{name}"] for name in Draft._fields)), price=parts["price"], starts_ptr=parts["starts_ptr"],
        starts=parts["starts"], first_cell=parts["first_cell"], staged=parts["staged"],
    )  # fmt: skip
