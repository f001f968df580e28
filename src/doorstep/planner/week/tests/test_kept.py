"""A kept plan is read as it was written, or not at all: every kind of damage is one sentence."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from doorstep.planner.week import solve
from doorstep.planner.week.again import kept_again
from doorstep.planner.week.kept import MAGIC, Kept, NotKept, kept_of, open_kept, write_kept

from .weeks import JSON, drawn, week


def kept(given: JSON | None = None) -> Kept:
    result = solve(given or drawn(3, 12, 12), iterations=20)
    return kept_of("plan-1", result.problem, result.options, result.draft, result.cell_prices)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_kept(tmp_path / "plans" / "plan-1.kept", kept())
    return tmp_path / "plans" / "plan-1.kept"


def test_everything_comes_back_as_it_was(path: Path) -> None:
    was, found = kept(), open_kept(path, "plan-1")
    for side in ("people", "needs"):
        for field in fields(getattr(was.problem, side)):
            before, after = (getattr(getattr(one.problem, side), field.name) for one in (was, found))
            assert np.array_equal(before, after), field.name
    for name in ("weeks", "draft"):
        assert all(np.array_equal(a, b) for a, b in zip(getattr(was, name), getattr(found, name), strict=True))
    for name in ("price", "starts_ptr", "starts", "first_cell", "staged"):
        assert np.array_equal(getattr(was, name), getattr(found, name)), name
    assert (found.problem.skill_names, found.problem.resident_count) == (was.problem.skill_names, was.problem.resident_count)
    assert list(path.parent.iterdir()) == [path]


def test_what_is_written_into_the_map_stays_in_this_process(path: Path) -> None:
    open_kept(path, "plan-1").price[:] = 7.0
    assert not np.array_equal(open_kept(path, "plan-1").price, np.full(len(open_kept(path, "plan-1").price), 7.0))


def test_an_empty_week_is_kept_too(tmp_path: Path) -> None:
    write_kept(tmp_path / "a.kept", kept(week([], [])))
    assert open_kept(tmp_path / "a.kept", "plan-1").problem.needs.ids == ()


def read(path: Path) -> tuple[Kept | None, str]:
    """The kept plan, or the sentence that refuses it."""
    try:
        return open_kept(path, "plan-1"), ""
    except NotKept as refusal:
        return None, str(refusal)


@pytest.mark.parametrize("share", [i / 29 for i in range(30)])
def test_one_damaged_byte_anywhere_is_found(path: Path, share: float) -> None:
    data = bytearray(path.read_bytes())
    at = int(share * (len(data) - 1))
    whole = open_kept(path, "plan-1")
    data[at] ^= 0x55
    path.write_bytes(data)
    found, sentence = read(path)
    assert sentence.startswith("plan-1.kept: ") or found is not None
    if found is not None:  # the byte lay between two arrays
        assert all(np.array_equal(a, b) for a, b in zip(whole.weeks, found.weeks, strict=True))
        assert np.array_equal(whole.price, found.price)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "cannot be opened, or is empty"),
        (b"SQLite format 3\0" * 100, "not a kept plan of this version"),
        (MAGIC, "ends too early"),
        (b"doorstep-kept/0\n" + b"\0" * 500, "not a kept plan of this version"),
        (MAGIC + b"\xff" * 400, "its header is damaged"),
    ],
)
def test_foreign_files_are_refused(path: Path, data: bytes, sentence: str) -> None:
    path.write_bytes(data)
    with pytest.raises(NotKept, match=sentence):
        open_kept(path, "plan-1")


def test_a_file_cut_short_another_plans_and_a_missing_one(path: Path) -> None:
    data = path.read_bytes()
    with pytest.raises(NotKept, match="of another plan"):
        open_kept(path, "plan-2")
    path.write_bytes(data[:-100])
    with pytest.raises(NotKept, match="ends too early"):
        open_kept(path, "plan-1")
    path.unlink()
    with pytest.raises(NotKept, match="no such file"):
        open_kept(path, "plan-1")


@pytest.mark.parametrize("seed", range(8))
def test_made_anew_from_the_stored_files_it_is_the_same(seed: int) -> None:
    given = drawn(seed, 20, 20)
    result = solve(given, iterations=10)
    was = kept_of("p", result.problem, result.options, result.draft, result.cell_prices)
    found = kept_again("p", given, json.loads(json.dumps(result.as_json())))
    assert np.allclose(was.price, found.price, atol=1e-6)
    assert np.array_equal(was.draft.seat_option, found.draft.seat_option)
    assert np.array_equal(was.draft.need_start, found.draft.need_start)
    assert all(np.array_equal(a, b) for a, b in zip(was.weeks, found.weeks, strict=True))


def test_a_plan_without_its_visits_or_prices_is_refused() -> None:
    given = drawn(3, 8, 8)
    answer = solve(given, iterations=5).as_json()
    for broken in ({}, answer | {"prices": {}}, answer | {"visits": [{"need": "n0", "start": 3, "team": ["nobody"]}]}):
        with pytest.raises(NotKept, match="no visits or prices that fit"):
            kept_again("p", given, broken)
