"""Every fault of a file is one sentence with its place; nothing ends in a traceback."""

import gzip
import json
from pathlib import Path

import pytest

from doorstep.planner.command import main
from doorstep.planner.week import Malformed, load, solve

from .weeks import CHECKER, JSON, need, person, week

GOOD = week([person("a"), person("b")], [need("n"), need("m")])


def broken(place: str, value: object) -> JSON:
    """The good week with one thing changed; the place is written as 'needs.0.minutes'."""
    copy = json.loads(json.dumps(GOOD))
    *path, last = [int(word) if word.isdigit() else word for word in place.split(".")]
    item = copy
    for step in path:
        item = item[step]
    item[last] = value
    return dict(copy)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("format", "doorstep-week/2", "week.format: "),
        ("start", "soon", "week.start: "),
        ("needs", {}, "week.needs: is not a list"),
        ("extra", 1, "week: has the unknown key 'extra'"),
        ("volunteers.0.shoe_size", 44, "volunteers[0]: has the unknown key 'shoe_size'"),
        ("volunteers.1.id", "a", "volunteers[1].id: 'a' is also the id of volunteers[0]"),
        ("volunteers.1.role", "boss", "volunteers[1].role: "),
        ("volunteers.0.lat", float("nan"), "volunteers[0].lat: "),
        ("volunteers.0.lon", 181, "volunteers[0].lon: "),
        ("volunteers.0.kmh", 0, "volunteers[0].kmh: "),
        ("volunteers.0.max_visits", True, "volunteers[0].max_visits: "),
        ("volunteers.0.skills", {"legal": 9}, "volunteers[0].skills.legal: is 9, not a level from 1 to 3"),
        ("volunteers.0.free", [[480, 600], [540, 700]], "volunteers[0].free[1]: overlaps"),
        ("volunteers.0.free", [[600, 480]], "volunteers[0].free[0]: ends at 480 before it starts at 600"),
        ("volunteers.0.booked", [{"start": 1}], "volunteers[0].booked[0]: lacks "),
        ("needs.1.id", "n", "needs[1].id: 'n' is also the id of needs[0]"),
        ("needs.0.windows", [[600, 540]], "needs[0].windows[0]: ends at 540 before it starts at 600"),
        ("needs.0.windows", [[600, 10081]], "needs[0].windows[0]: "),
        ("needs.0.minutes", 10, "needs[0].minutes: "),
        ("needs.0.priority", 6, "needs[0].priority: "),
        ("needs.0.seats", [], "needs[0].seats: "),
        ("needs.0.seats", [{"level": 4}], "needs[0].seats[0].level: "),
        ("needs.0.fixed", {"start": 540, "team": ["nobody"]}, "needs[0].fixed.team[0]: "),
        ("needs.0.published", {"start": 540, "team": [None]}, "needs[0].published.team[0]: "),
        ("needs.0.minor", "no", "needs[0].minor: "),
    ],
)  # fmt: skip
def test_a_malformed_week_is_refused_with_its_place(place: str, value: object, said: str) -> None:
    given = broken(place, value)
    with pytest.raises(Malformed) as refusal:
        solve(given)
    assert str(refusal.value).startswith(said) and "\n" not in str(refusal.value)
    with pytest.raises(CHECKER.Malformed):
        CHECKER.verify(given, {"format": "doorstep-plan/1", "visits": []})


def files(folder: Path) -> dict[str, Path]:
    """Files that are no week, by what is wrong with them."""
    whole = gzip.compress(json.dumps(GOOD).encode())
    contents = {
        "truncated.json.gz": whole[: len(whole) // 2], "no gzip.json.gz": b"{}", "half.json": json.dumps(GOOD).encode()[:100],
        "NaN.json": json.dumps(broken("volunteers.0.lat", float("nan"))).encode(), "list.json": b"[]", "empty.json": b"",
        "latin.json": b'{"format": "\xff"}', "deep.json": b'{"a":' * 100_000, "nothing.json.gz": gzip.compress(b" " * 200_000_000, 1),
        "zeros.json": b"\0" * 10_000_000,
    }  # fmt: skip
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in [*contents, "missing.json"]}


def test_files_that_are_no_week_end_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, path in files(tmp_path).items():
        out = tmp_path / "plan.json"
        assert main([str(path), "--out", str(out)]) == 2, name
        last = capsys.readouterr().err.strip().splitlines()[-1]
        assert last.startswith("doorstep plan: ") and len(last) < 400 and "Traceback" not in last, name
        assert not out.exists()


def test_the_command_writes_a_whole_file_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "week.json.gz", tmp_path / "plan of the week.json"
    source.write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    assert main([str(source), "--out", str(out), "--iterations", "5", "--seed", "2"]) == 0
    report = CHECKER.verify(load(source), json.loads(out.read_text()))
    assert report["legal"] and report["visits"] == 2
    shown = capsys.readouterr().out
    assert "met 2 of 2 needs" in shown and "gap" in shown
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_plan_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "week.json"
    source.write_text(json.dumps(GOOD))
    assert main([str(source), "--out", str(tmp_path / "no folder" / "plan.json"), "--iterations", "1"]) == 2
    assert "cannot be written" in capsys.readouterr().err
