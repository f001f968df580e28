"""The project's checker against the format's referee, which stands beside the repository where it is developed."""

import ast
import copy
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from doorstep.planner.week import solve

from .weeks import CHECKER, JSON, ROOT, drawn, module_at

REFEREE = ROOT.parent / "shared" / "referee" / "check.py"
PLANS = 200
FULL = os.environ.get("DOORSTEP_FULL_COUNTS") == "1"
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2, 15, 3.5, 20_000, 1e308, float("nan"), float("inf"), 10**400, "", "zh", "p1", "r1", "f", "social_worker",
]  # fmt: skip


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


def places(item: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside, from the top."""
    rows = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    for key, value in rows:
        yield (*path, key)
        yield from places(value, (*path, key))


def odd(rng: random.Random, item: JSON) -> JSON:
    """The same with one value that may not be what it should be, or with one key too few or too many."""
    item = copy.deepcopy(item)
    *path, last = rng.choice([place for place in places(item) if place[-1] != "booked"])  # where the referee takes a text for a list
    at: Any = item
    for key in path:
        at = at[key]
    if isinstance(at, dict) and rng.random() < 0.3:
        del at[last]
    elif isinstance(at, dict) and rng.random() < 0.2:
        at[rng.choice(["new", "minor", "level", "skill", "load_28d", "vetted", "published"])] = rng.choice(ODD)
    else:
        at[last] = copy.deepcopy(rng.choice(ODD))
    return item


def test_both_say_the_same_of_odd_values(referee: ModuleType) -> None:
    """Legal with the same score, illegal, or malformed; where the referee breaks down over a value, ours refuses it."""
    rng, seen = random.Random(6), Counter[str]()
    for turn in range(600 if FULL else 150):
        if turn % 30 == 0:
            good_week = drawn(turn, 8, 6)
            good_plan = solve(good_week, iterations=5).as_json()
        given = odd(rng, good_week) if rng.random() < 0.7 else good_week
        answer = good_plan if given is not good_week else odd(rng, {key: good_plan[key] for key in ("format", "bound", "visits")})
        theirs, ours = verdict(referee, given, answer), verdict(CHECKER, given, answer)
        assert ours == theirs or (theirs[0] == "broke down" and ours[0] != "legal"), (turn, ours, theirs)
        seen[ours[0]] += 1
    assert min(seen[word] for word in ("legal", "illegal", "malformed")) > 5


def verdict(checker: ModuleType, given: JSON, answer: JSON) -> tuple[str, float]:
    try:
        if checker is CHECKER:
            report = CHECKER.verify(copy.deepcopy(given), copy.deepcopy(answer))
            errors = report["errors"]
        else:
            errors, report = checker.check(copy.deepcopy(given), copy.deepcopy(answer))
    except checker.Malformed:
        return "malformed", 0.0
    except (OverflowError, TypeError, AttributeError):
        if checker is CHECKER:
            raise
        return "broke down", 0.0
    return "illegal" if errors else "legal", round(report["score"], 2)


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
