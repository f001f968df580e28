"""The project's checker against the format's referee, which stands beside the repository where it is developed."""

import ast
import copy
import json
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from doorstep.planner.week import solve

from .weeks import CHECKER, JSON, ROOT, drawn, module_at

REFEREE = ROOT.parent / "shared" / "referee" / "check.py"
PLANS = 200


@pytest.fixture(scope="module")
def referee() -> ModuleType:
    if not REFEREE.exists():
        pytest.skip("the referee's folder does not stand beside this repository")
    return module_at(REFEREE)


def spoiled(rng: random.Random, week: JSON, plan: JSON) -> JSON:
    """The plan with one thing changed, mostly for the worse."""
    plan = copy.deepcopy({key: plan[key] for key in ("format", "bound", "visits")})
    visits, people = plan["visits"], [p["id"] for p in week["volunteers"]]
    kind = rng.randrange(7)
    if kind == 0 or not visits:
        plan["bound"] = rng.choice([plan["bound"] - 1000, None, "high"])
    elif kind == 1:
        rng.choice(visits)["start"] += rng.choice([15, -15, 7, 1440])
        for visit in visits:
            visit["start"] = max(0, visit["start"])
    elif kind == 2:
        visit = rng.choice(visits)
        visit["team"][rng.randrange(len(visit["team"]))] = rng.choice(people)
    elif kind == 3:
        visits.append(copy.deepcopy(rng.choice(visits)))
    elif kind == 4:
        rng.choice(visits)["team"].append(rng.choice(people))
    elif kind == 5:
        visits.remove(rng.choice(visits))
    else:
        rng.choice(visits)["need"] = rng.choice(week["needs"])["id"]
    return plan


def test_both_agree_on_legal_and_broken_plans(referee: ModuleType) -> None:
    rng, verdicts = random.Random(5), []
    for turn in range(PLANS // 8):
        week = drawn(1000 + turn, 10, 8)
        good = solve(week, iterations=10).as_json()
        for plan in [good, *(spoiled(rng, week, good) for _ in range(7))]:
            errors, theirs = referee.check(json.loads(json.dumps(week)), plan)
            ours = CHECKER.verify(week, plan)
            assert bool(ours["errors"]) == bool(errors), (ours["errors"], errors)
            assert ours["score"] == pytest.approx(theirs["score"], abs=0.002)
            assert (ours["visits"], ours["needs"], ours["bound"]) == (theirs["visits"], theirs["needs"], theirs["bound"])
            verdicts.append(ours["legal"])
    assert len(verdicts) == PLANS
    assert 25 < sum(verdicts) < 150


def test_both_refuse_the_same_malformed_plans(referee: ModuleType) -> None:
    week = drawn(1, 3, 2)
    nothing: dict[str, object] = {}
    visits: list[list[object]] = [[nothing], [7]]
    plans: list[object] = [[], nothing, {"format": "doorstep-plan/1"}]
    for plan in [*plans, *({"format": "doorstep-plan/1", "visits": each} for each in visits)]:
        with pytest.raises(CHECKER.Malformed):
            CHECKER.verify(week, plan)
        with pytest.raises(referee.Malformed):
            referee.check(week, plan)


@pytest.mark.parametrize(("spoil", "code"), [(False, 0), (True, 1)])
def test_the_exit_code_says_the_verdict(tmp_path: Path, spoil: bool, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    week = drawn(3, 10, 8)
    plan = solve(week, iterations=10).as_json()
    if spoil:
        plan["visits"][0]["team"] = ["nobody"]
    for name, data in (("week.json", week), ("plan.json", plan)):
        (tmp_path / name).write_text(json.dumps(data))
    assert CHECKER.main([str(tmp_path / "week.json"), str(tmp_path / "plan.json")]) == code
    assert json.loads(capsys.readouterr().out)["legal"] == (code == 0)


def test_a_file_that_is_not_there_is_malformed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert CHECKER.main([str(tmp_path / "no.json"), str(tmp_path / "no.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("name", "lines"), [("verify_plan.py", 300), ("verify_bound.py", 300), ("verify_week.py", 300)])
def test_the_checker_is_short_and_imports_nothing_of_ours(name: str, lines: int) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    roots = {name.split(".")[0] for node in ast.walk(ast.parse(text)) for name in imported(node)}
    assert roots <= {*sys.stdlib_module_names, "verify_bound", "verify_week"}
    assert text.count("\n") <= lines


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
