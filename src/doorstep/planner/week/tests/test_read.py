"""Every fault of a file is one sentence with its place; nothing ends in a traceback."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doorstep.planner.command import main
from doorstep.planner.week import Malformed, load, solve

from .weeks import CHECKER, JSON, drawn, need, person, week

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
        ("volunteers.0.skills", {"two\nlines" * 40: 10**400}, "volunteers[0].skills.two"),
        ("volunteers.0.lat", 10**400, "volunteers[0].lat: "),
        ("volunteers.0.kmh", -(10**400), "volunteers[0].kmh: "),
        ("volunteers.0.max_minutes", 10**400, "volunteers[0].max_minutes: "),
        ("volunteers.0.reach_m", float("inf"), "volunteers[0].reach_m: "),
        ("volunteers.0.lon", "119.9", "volunteers[0].lon: "),
        ("volunteers.0.max_visits", 3.0, "volunteers[0].max_visits: "),
        ("volunteers.0.id", 7, "volunteers[0].id: "),
        ("volunteers.0.role", ["volunteer"], "volunteers[0].role: "),
        ("volunteers.0.free", [[480, 600, 720]], "volunteers[0].free[0]: "),
        ("volunteers.0.free", [[480, True]], "volunteers[0].free[0]: "),
        ("volunteers.0.free", {"mon": 1}, "volunteers[0].free: is not a list"),
        ("volunteers.0.languages", "zh", "volunteers[0].languages: "),
        ("volunteers.0.booked", [{"start": 1, "minutes": 30, "lat": float("nan"), "lon": 0}], "volunteers[0].booked[0].lat: "),
        ("volunteers.1", None, "volunteers[1]: is not an object"),
        ("x" * 1000, 1, "week: has the unknown key 'xxx"),
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
        ("needs.0.minutes", True, "needs[0].minutes: "),
        ("needs.0.waited_weeks", 11, "needs[0].waited_weeks: "),
        ("needs.0.windows", [[540, 600], [600, 660]], "needs[0].windows[1]: overlaps"),
        ("needs.0.seats", [{"skills": "legal"}], "needs[0].seats[0]: has the unknown key 'skills'"),
        ("needs.0.seats", [7], "needs[0].seats[0]: is not an object"),
        ("needs.0.fixed", {"start": 540, "team": ["a", "b"]}, "needs[0].fixed.team: "),
        ("needs.0.fixed", {"start": 540}, "needs[0].fixed: lacks team"),
    ],
)  # fmt: skip
def test_a_malformed_week_is_refused_with_its_place(place: str, value: object, said: str) -> None:
    given = broken(place, value)
    with pytest.raises(Malformed) as refusal:
        solve(given)
    assert str(refusal.value).startswith(said) and "\n" not in str(refusal.value) and len(str(refusal.value)) < 300
    with pytest.raises(CHECKER.Malformed) as found:
        CHECKER.verify(given, {"format": "doorstep-plan/1", "visits": []})
    assert len(str(found.value)) < 300


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("start", "soon", "week.start: "),
        ("needs.0.minor", "no", "needs[0].minor: "),
        ("volunteers.0.vetted", 0, "volunteers[0].vetted: "),
        ("volunteers.0.gender", 1, "volunteers[0].gender: "),
        ("volunteers.0.load_28d", -1, "volunteers[0].load_28d: "),
    ],
)  # fmt: skip
def test_the_planner_guesses_nothing_where_the_checker_needs_no_answer(place: str, value: object, said: str) -> None:
    """A text for yes or no could put somebody uncleared beside a child; the verdict on a plan that exists follows the referee."""
    given = broken(place, value)
    with pytest.raises(Malformed) as refusal:
        solve(given)
    assert str(refusal.value).startswith(said)
    assert CHECKER.verify(given, {"format": "doorstep-plan/1", "visits": []})["legal"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"id": "a"', '"id": "a", "id": "b"', "volunteers[0]: has the key 'id' twice"),
        ('"id": "n"', '"id": "n", "minutes": 60', "needs[0]: has the key 'minutes' twice"),
        ('"seats": [{}]', '"seats": [{"level": 1, "level": 2}]', "needs[0].seats[0]: has the key 'level' twice"),
        ('"id": "b"', '"id": "b", "skills": {"legal": 1, "legal": 3}', "volunteers[1].skills: has the key 'legal' twice"),
        ('"start": "2026-11-30"', '"start": "2026-11-30", "start": "2026-12-07"', "week: has the key 'start' twice"),
        ('"lat": 31.78', '"lat": NaN', "volunteers[0].lat: "),
        ('"lat": 31.78', '"lat": 1e999', "volunteers[0].lat: "),
        ('"lat": 31.78', '"lat": ' + "9" * 400, "volunteers[0].lat: "),
        ('"lat": 31.78', '"lat": ' + "9" * 5000, "Exceeds the limit"),
    ],
)  # fmt: skip
def test_what_json_would_pass_over_is_refused(tmp_path: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    source, text = tmp_path / "week.json", json.dumps(GOOD)
    assert old in text
    source.write_text(text.replace(old, new, 1))
    assert main([str(source), "--out", str(tmp_path / "plan.json")]) == 2
    assert said in capsys.readouterr().err.strip().splitlines()[-1]


def files(folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that are no week, by what is wrong with them, and a word of the sentence."""
    good = json.dumps(GOOD).encode()
    whole = gzip.compress(good)
    many = b'{"volunteers":[' + b"{}," * 13_000_000 + b"{}]}"
    contents = {
        "truncated.json.gz": (whole[: len(whole) // 2], "ended before"), "no gzip.json.gz": (b"{}", "Not a gzipped file"),
        "spoiled.json.gz": (whole[:20] + b"\xff" * 40 + whole[60:], "Error -3"), "gzipped.json": (whole, "does not end in .gz"),
        "half.json": (good[:100], "line 1 column"), "two.json": (good + good, "Extra data"), "bom.json": (b"\xef\xbb\xbf" + good, "byte order mark"),
        "wide.json": (json.dumps(GOOD).encode("utf-16"), "does not begin"), "list.json": (b"[]", "does not begin"), "word.json": (b'"week"', "does not begin"),
        "empty.json": (b"", "is empty"), "empty.json.gz": (b"", "is empty"), "latin.json": (b'{"format": "\xff"}', "the byte at 12"),
        "deep.json": (b'{"a":' * 100_000, "too deeply"), "deep list.json": (b'{"a":' + b"[" * 100_000, "too deeply"),
        "zeros.json": (b"\0" * 10_000_000, "does not begin"), "zeros.json.gz": (bomb(b"\0" * (1 << 24), 40), "does not begin"),
        "spaces.json": (b" " * 50_000_000, "is empty"), "bomb.json.gz": (bomb(b" " * (1 << 24), 40), "longer than"),
        "inner bomb.json.gz": (bomb(b"{" + b" " * (1 << 24), 40), "longer than"), "many.json.gz": (gzip.compress(many, 1), "many times"),
    }  # fmt: skip
    for name, (data, _) in contents.items():
        (folder / name).write_bytes(data)
    there = {name: (folder / name, said) for name, (_, said) in contents.items()}
    return there | {"missing": (folder / "missing.json", "No such file"), "folder": (folder, "Is a directory")}


def bomb(block: bytes, times: int) -> bytes:
    """A small gzip that unpacks to the block, again and again."""
    return gzip.compress(block, 9) * times


def test_files_that_are_no_week_end_with_one_sentence_and_soon(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "plan.json"
    for name, (path, said) in files(tmp_path).items():
        began = time.process_time()
        assert main([str(path), "--out", str(out)]) == 2, name
        spent = time.process_time() - began
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1 and lines[0].startswith("doorstep plan: ") and said in lines[0] and len(lines[0]) < 400, (name, lines)
        assert spent < (4 if "bomb" in name or "many" in name else 1.5), (name, spent)
        assert not out.exists()
        began = time.process_time()
        assert CHECKER.main([str(path), str(path)]) == 2, name
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1 and len(lines[0]) < 400, (name, lines)
        assert time.process_time() - began < 8, name


@pytest.mark.parametrize(
    "words",
    [
        ["--seconds", "nan"], ["--seconds", "-1"], ["--seconds", "0"], ["--seconds", "inf"], ["--seconds", "soon"], ["--iterations", "-1"],
        ["--iterations", "1.5"], ["--seed", "-1"], ["--seed", str(10**30)], ["--seed", "9" * 5000], ["--bogus"], ["more"],
    ],
)  # fmt: skip
def test_a_command_that_makes_no_sense_is_answered_in_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["week.json", "--out", "plan.json", *words])
    lines = capsys.readouterr().err.splitlines()
    assert left.value.code == 2
    assert len(lines) == 1 and lines[0].startswith("doorstep plan: ") and len(lines[0]) < 200


@pytest.mark.parametrize("out", ["no folder/plan.json", ".", "week.json/plan.json"])
def test_where_a_plan_cannot_be_written_is_said_before_it_is_made(tmp_path: Path, out: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "week.json"
    source.write_text(json.dumps(GOOD))
    assert main([str(source), "--out", str(tmp_path / out)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "cannot be written" in lines[0]


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    source = tmp_path / "week.json"
    source.write_text(json.dumps(GOOD))
    assert main([str(source), "--out", os.devnull, "--iterations", "1"]) == 0
    assert not Path(os.devnull).is_file()


def test_asked_to_stop_the_command_writes_the_best_plan_so_far(tmp_path: Path) -> None:
    source, out = tmp_path / "week.json", tmp_path / "plan.json"
    source.write_text(json.dumps(drawn(1, 150, 120, days=3)))
    words = [sys.executable, "-m", "doorstep.cli", "plan", str(source), "--out", str(out), "--iterations", "1000000000"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as running:
        assert running.stderr
        for line in running.stderr:
            if "prices" in line:
                running.send_signal(signal.SIGINT)
                break
        running.stderr.read()
        assert running.wait() == 0
    answer = json.loads(out.read_text())
    assert answer["stopped_by"] == "stop"
    assert CHECKER.verify(load(source), answer)["errors"] == []


def test_half_a_character_in_a_name_is_kept(tmp_path: Path) -> None:
    source, out = tmp_path / "week.json", tmp_path / "plan.json"
    source.write_text(json.dumps(week([person("\ud83d")], [need("n")])))
    assert main([str(source), "--out", str(out), "--iterations", "1"]) == 0
    assert json.loads(out.read_text())["visits"][0]["team"] == ["\ud83d"]


def test_the_command_writes_a_whole_file_and_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "week.json.gz", tmp_path / "plan of the week.json"
    source.write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    assert main([str(source), "--out", str(out), "--iterations", "5", "--seed", "2"]) == 0
    report = CHECKER.verify(load(source), json.loads(out.read_text()))
    assert report["legal"] and report["visits"] == 2
    shown = capsys.readouterr().out
    assert "met 2 of 2 needs" in shown and "gap" in shown
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
