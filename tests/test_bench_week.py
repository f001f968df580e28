"""The measuring of the week's planner: its peers are fair and legal, its figures are counted right, and a peer that wins is shown winning."""

import gzip
import json
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import highspy
import pytest

from doorstep.planner.week import solve
from doorstep.planner.week.arrays import as_problem
from doorstep.planner.week.candidates import find_options
from doorstep.planner.week.draft import side_by_side
from doorstep.planner.week.packed import weeks_of
from doorstep.planner.week.promises import Contradiction
from doorstep.planner.week.read import load
from doorstep.planner.week.tests.weeks import CHECKER, best_by_trying, drawn, need, person, week
from script.bench_week import __main__ as bench
from script.bench_week import measure, process, rows, tables
from script.bench_week.draw import draw
from script.bench_week.peers import __main__ as peers
from script.bench_week.peers import cliques, full_model
from script.bench_week.picture import growth_picture

JSON = dict[str, Any]
TO_THE_CENT = 0.01  # CP-SAT reckons in hundredths, a dozen seats or so


@pytest.fixture(autouse=True)
def highs_forgets_its_threads() -> Iterator[None]:
    """HiGHS keeps the number of threads of its first run; a peer has a process of its own, but not here, where the planner comes next."""
    yield
    highspy.Highs.resetGlobalScheduler(True)


def planned(tmp_path: Path, given: JSON, way: str) -> JSON:
    """What a peer makes of a week, as its own command makes it; the verdict of the checker."""
    source = tmp_path / "week.json"
    source.write_text(json.dumps(given))
    assert peers.main([way, str(source), str(tmp_path / "out"), "--at", "600"]) == 0
    report: JSON = CHECKER.verify(given, json.loads((tmp_path / "out-600.json").read_text()))
    assert report["errors"] == []
    return report | {"facts": json.loads((tmp_path / "out-600.facts").read_text())}


def kept_together(given: JSON) -> bool:
    """Whether what was accepted can be kept: other weeks have no legal plan at all."""
    try:
        solve(given, iterations=1)
    except Contradiction:
        return False
    return True


LITTLE = [given for seed in range(14) if kept_together(given := drawn(seed, people=3, needs=3))][:8]
CROWDED = [given for seed in range(100, 112) if kept_together(given := drawn(seed, people=9, needs=12))][:8]


@pytest.mark.parametrize("way", rows.SOLVERS)
@pytest.mark.parametrize("given", LITTLE)
def test_the_full_model_has_the_optimum_of_trying_everything(tmp_path: Path, given: JSON, way: str) -> None:
    found = planned(tmp_path, given, way)
    assert found["facts"]["proven"]
    assert found["score"] == pytest.approx(best_by_trying(given), abs=TO_THE_CENT)


@pytest.mark.parametrize("given", CROWDED)
def test_all_solvers_and_ours_agree_on_crowded_weeks(tmp_path: Path, given: JSON) -> None:
    found, ours = [planned(tmp_path, given, way) for way in rows.SOLVERS], solve(given, iterations=60)
    first, second, third = found
    assert [one["facts"]["proven"] for one in found] == [True, True, True]
    assert first["score"] == pytest.approx(second["score"], abs=TO_THE_CENT)
    assert third["score"] == pytest.approx(second["score"], abs=TO_THE_CENT)
    assert first["facts"]["bound"] == pytest.approx(first["score"], abs=1.0)
    assert ours.value - TO_THE_CENT <= second["score"] <= ours.bound


@pytest.mark.parametrize("way", rows.QUICK)
def test_every_quick_peer_makes_a_legal_plan(tmp_path: Path, way: str) -> None:
    for given in [*CROWDED, draw("villages", 60, 40, 1)]:
        assert planned(tmp_path, given, way)["score"] <= solve(given, iterations=30).bound


def test_flow_and_repair_fills_a_team_and_leaves_nobody_with_a_clash(tmp_path: Path) -> None:
    pair = need("pair", seats=[{}, {}], priority=5)
    given = week([person("a"), person("b")], [pair, need("single", windows=[[600, 600]]), need("later", windows=[[720, 720]])])
    found = planned(tmp_path, given, "flow and repair")
    assert found["visits"] == 3


def test_cliques_hold_all_pairs_that_clash_and_no_others() -> None:
    for given in CROWDED:
        problem = as_problem(given)
        options = find_options(problem)
        weeks = weeks_of(problem, options)
        alone = full_model.alone(problem, options)
        used = options.person >= 0
        ptr, index = cliques.at_most_one(used, alone, weeks)
        together = {
            frozenset((a, b)) for i in range(len(ptr) - 1) for a in index[ptr[i] : ptr[i + 1]] for b in index[ptr[i] : ptr[i + 1]] if a != b
        }
        for p in range(len(problem.people.ids)):
            mine = range(options.ptr[p], options.ptr[p + 1])
            for a in mine:
                for b in range(a + 1, options.ptr[p + 1]):
                    in_needs_row = options.need[a] == options.need[b] and (alone[options.need[a]] or options.start[a] != options.start[b])
                    pair, clash, too_long = frozenset((a, b)), _clash(a, b, p, weeks, options), _too_long(a, b, p, weeks, options)
                    assert (pair in together) >= (clash and not in_needs_row)
                    assert (pair in together) <= (clash or too_long)


def _clash(a: int, b: int, p: int, weeks: Any, options: Any) -> bool:
    return bool(options.room_visits[p] < 2 or not side_by_side(a, b, weeks.pace[p], weeks))


def _too_long(a: int, b: int, p: int, weeks: Any, options: Any) -> bool:
    return bool(weeks.need[options.need[[a, b]], 0].sum() > options.room_minutes[p])


def test_own_weeks_can_be_read_and_repeat_themselves(tmp_path: Path) -> None:
    for landscape in rows.LANDSCAPES:
        path = tmp_path / "week.json.gz"
        path.write_bytes(gzip.compress(json.dumps(draw(landscape, 30, 20, 4)).encode()))
        assert len(as_problem(load(path)).needs.ids) == 20
        assert draw(landscape, 30, 20, 4) == draw(landscape, 30, 20, 4) != draw(landscape, 30, 20, 5)


def test_memory_of_children_counts_and_a_process_without_an_end_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    hold = "import subprocess, sys, time; b = bytearray(60_000_000); time.sleep(1.2)"
    both = f"import subprocess, sys; b = bytearray(60_000_000); subprocess.run([sys.executable, '-c', {hold!r}])"
    alone, family = process.run([sys.executable, "-c", hold], 20, log), process.run([sys.executable, "-c", both], 20, log)
    assert family.memory_mb > alone.memory_mb + 40
    assert family.code == 0
    endless = process.run([sys.executable, "-c", "while True: pass"], 0.6, log)
    assert endless.code is None
    assert 0.5 < endless.seconds < 5


def test_a_peer_that_wins_is_shown_winning_and_a_busy_machine_is_told() -> None:
    late = [{**_row("HiGHS", 0.0, at=at), "failed": "no plan yet"} for at in (20.0, 60.0)]
    for row in late:
        del row["value"]
    found = [_row("ours", 990.0, bound=1000.0), *late, _row("HiGHS", 995.0, at=300.0), _row("CP-SAT", 980.0, at=300.0, others=1.0)]
    page = tables.page(found, "x.svg")
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("|")}
    assert "| – | – | **99.500%** |" in lines["HiGHS"]
    assert "**" not in lines["CP-SAT"]
    assert "†" in lines["CP-SAT"]
    assert "†" not in lines["HiGHS"]
    assert "**99.000%** | **99.000%** | 99.000%" in lines["ours, asked for 4 s"]  # nobody else had a plan by then
    assert "is below the best that any peer had" in page


def test_targets_are_held_against_what_was_measured() -> None:
    runs = [_row("ours", 999.9, bound=1000.0, seed=seed, memory_mb=300 + seed) for seed in (1, 2, 3)]
    line = next(line for line in tables.page(runs, "x.svg").splitlines() if line.startswith("| 1,000"))
    assert "| 1, 2, 3 |" in line
    assert "302 (303)" in line
    assert line.endswith("| yes |")
    late = next(line for line in tables.page([row | {"seconds": 9.0} for row in runs], "x").splitlines() if line.startswith("| 1,000"))
    assert late.endswith("| not: seconds |")


def _row(way: str, value: float, **more: Any) -> JSON:
    row: JSON = {
        "row": "small", "week": "1,000 × 600", "kind": "make.py", "seed": 1, "way": way, "versions": "Python 3", "sources": "0a", "asked": 4, "at": None,
        "seconds": 3.5, "cpu_seconds": 4.0, "memory_mb": 200, "load": 0.1, "others": 0.0, "value": value, "bound": None, "visits": 500,
        "needs": 600, "skilled": 0.9, "legal": True, "referee": True,
    }  # fmt: skip
    row |= more
    return row | {"gap": (row["bound"] - value) / row["bound"] if row["bound"] else None}


def test_the_same_command_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, log = tmp_path / "page.md", tmp_path / "week.jsonl"
    log.write_text(json.dumps(_row("ours", 990.0, bound=1000.0)) + "\n" + '{"row": "small"}\n{"row": "sm')
    page.write_text("# Before\n\n<!-- week: begin -->\nold\n<!-- week: end -->\n\n## After\n")
    words = ["--rows", "small", "--seeds", "1", "--only", "sign-up board", "--no-peers", "--kept", str(tmp_path), "--page", str(page)]
    assert bench.main(words) == 0
    assert "1 rows are kept, 0 jobs to do" in capsys.readouterr().out
    text = page.read_text()
    assert text.startswith("# Before\n")
    assert text.endswith("\n\n## After\n")
    assert "### Targets" in text
    assert "old" not in text


def test_jobs_follow_the_options() -> None:
    small = rows.wanted(["small"])
    every = list(rows.jobs(small, [3, 4], {"small": 6.0}, True, set()))
    assert [job.seed for job in every if job.way == "ours"] == [3, 4, 3]
    assert {job.seconds for job in every if job.way == "ours"} == {6.0}
    assert {job.seed for job in every if job.way != "ours"} == {3}
    assert {job.way for job in rows.jobs(small, [3], {}, True, {"HiGHS"})} == {"HiGHS"}
    assert all(job.way == "ours" for job in rows.jobs(small, [3], {}, False, set()))


def test_the_picture_labels_its_axes_and_says_its_figures(tmp_path: Path) -> None:
    text = growth_picture([(1000, 3.2, 180.0, 0.0001), (10_000, 18.0, 700.0, 0.0), (100_000, 230.0, 5100.0, 0.003)])
    words = _words(text)
    assert words.count("志愿者 · volunteers") == 3
    assert {"秒 · Seconds, file to file", "内存 · Peak memory, MB", "差距 · Gap to own bound, %", "100,000", "230"} <= set(words)
    assert "prefers-color-scheme: dark" in text


class _Texts(HTMLParser):
    """The texts of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _words(text: str) -> list[str]:
    parser = _Texts()
    parser.feed(text)
    return parser.texts


def test_both_checkers_must_agree(tmp_path: Path) -> None:
    given = week([person("a")], [need("n")])
    source, plan, referee = tmp_path / "week.json.gz", tmp_path / "plan.json", tmp_path / "referee"
    source.write_bytes(gzip.compress(json.dumps(given).encode()))
    plan.write_text(json.dumps({"format": "doorstep-plan/1", "visits": [{"need": "n", "start": 540, "team": ["a"]}]}))
    assert measure.judged(source, plan, referee)["referee"] is None
    referee.mkdir()
    (referee / "check.py").write_text('print(\'{"legal": true, "score": 1.0}\')')
    row = measure.judged(source, plan, referee)
    assert row["legal"]
    assert row["referee"] is False
    assert "**no**" in tables.page([_row("ours", 990.0, bound=1000.0) | row | {"bound": 1000.0, "gap": 0.5}], "x.svg")
