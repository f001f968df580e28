"""The bound is a theorem: whatever the prices are, no legal plan of a week exceeds what they prove (docs/planner.md)."""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.planner.week import Result, solve

from .compact import Best, best_by_model
from .weeks import CHECKER, JSON, ROOT, alone, crowded, need, odd_prices, person, plan, proof, week

FULL = os.environ.get("DOORSTEP_FULL_COUNTS") == "1"
SMALL_WEEKS = 50
EXAMPLES = 1000 if FULL else 60
SAME = 0.002
STEPS = [(10**5, 10**7), (0, 10**7), (300, 3000), (0, 300), (0, 0)]


@dataclass(frozen=True, repr=False)
class Case:
    """A small week, its optimum by an integer programme, and the planner's answer."""

    week: JSON
    best: Best
    result: Result


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Weeks of 12 to 30 people and 10 to 20 needs with pairs, ways, bookings, accepted and proposed visits, and homes that overlap."""
    found = []
    for seed in range(SMALL_WEEKS):
        rng = random.Random(seed)
        given_week = crowded(seed, rng.randint(12, 30), rng.randint(10, 20))
        found.append(Case(given_week, best_by_model(given_week), solve(given_week, iterations=200)))
    return found


@pytest.mark.drill
def test_the_optimum_of_small_weeks_lies_between_value_and_bound(cases: list[Case], capsys: pytest.CaptureFixture[str]) -> None:
    for case in cases:
        report = CHECKER.verify(case.week, plan(case.best.visits))
        assert report["errors"] == [] and report["score"] == pytest.approx(case.best.value, abs=SAME)
        assert case.result.bound >= case.best.value >= case.result.value - SAME
    reached = sum(case.result.value >= case.best.value - SAME for case in cases)
    tight = sum(case.result.bound <= case.best.value * 1.0005 for case in cases)
    lost = 1 - sum(case.result.value for case in cases) / sum(case.best.value for case in cases)
    if FULL:
        with capsys.disabled():
            print(
                f"\n{len(cases)} small weeks: {reached} solved to the optimum, {100 * lost:.3f}% lost in all; {tight} bounds within 0.05%"
            )
    assert reached >= 0.8 * len(cases) and lost < 0.002


def test_the_weeks_hold_what_makes_bounds_hard(cases: list[Case]) -> None:
    asks = [ask for case in cases for ask in case.week["needs"]]
    fixed = [ask["fixed"]["team"] for ask in asks if ask.get("fixed")]
    assert sum(len(ask["seats"]) > 1 for ask in asks) > 100 and sum("published" in ask for ask in asks) > 50
    assert sum(None not in team for team in fixed) > 30 and sum(None in team for team in fixed) > 30
    assert sum(len(who["booked"]) > 1 for case in cases for who in case.week["volunteers"]) > 20


@pytest.mark.drill
def test_the_checker_proves_from_the_prices_what_the_planner_claims(cases: list[Case]) -> None:
    for case in cases:
        found = proof(case.week, case.result.prices)
        assert found.bound >= case.best.value
        assert found.relaxed_people + found.relaxed_homes == 0
        assert found.least <= found.bound - found.forgiven <= case.result.bound


@pytest.mark.drill
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(
    at=st.integers(0, SMALL_WEEKS - 1),
    seed=st.integers(0, 10**6),
    steps=st.sampled_from(STEPS),
    ways=st.sampled_from([50_000, 2]),
)
def test_any_prices_prove_a_bound_however_short_the_search(
    cases: list[Case], at: int, seed: int, steps: tuple[int, int], ways: int
) -> None:
    case = cases[at]
    prices = odd_prices(random.Random(seed), case.week, case.result.prices)
    found = proof(case.week, prices, easy_steps=steps[0], most_steps=steps[1], most_ways=ways)
    assert found.bound >= case.best.value
    assert found.least <= found.bound


@pytest.mark.drill
@settings(max_examples=EXAMPLES // 2, deadline=None, derandomize=True)
@given(at=st.integers(0, SMALL_WEEKS - 1), seed=st.integers(0, 10**6))
def test_tolls_on_caps_change_nothing_in_what_is_proven(cases: list[Case], at: int, seed: int) -> None:
    """Two ways to the best week of a person, with and without tolls, and both are exact on small weeks."""
    case = cases[at]
    prices = odd_prices(random.Random(seed), case.week, case.result.prices)
    plain, tolled = (proof(case.week, prices, easy_steps=easy, most_steps=10**8) for easy in (10**8, 0))
    assert plain.relaxed_people == 0
    assert tolled.bound == pytest.approx(plain.bound, abs=0.001 * len(case.week["volunteers"]))


@pytest.mark.drill
@settings(max_examples=150 if FULL else 25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), needs=st.integers(5, 13), easy=st.sampled_from([0, 10**8]))
def test_one_persons_week_is_settled_to_the_optimum(seed: int, needs: int, easy: int) -> None:
    """At prices that give each need's whole worth to the person the bound is the best week of that person, and nothing else."""
    given_week = alone(seed, needs)
    prices = {ask["id"]: [[None, [CHECKER.WORTH[ask["priority"]]]]] for ask in given_week["needs"]}
    found = proof(given_week, prices, easy_steps=easy, most_steps=10**8)
    assert found.relaxed_people == 0
    assert found.bound - found.forgiven == pytest.approx(best_by_model(given_week).value, abs=SAME)


def test_a_shorter_search_only_weakens_the_bound(cases: list[Case]) -> None:
    weaker = 0
    for case in cases:
        exact, short = (proof(case.week, case.result.prices, most_steps=steps) for steps in (10**7, 0))
        assert short.bound >= exact.bound and short.least <= exact.least
        weaker += short.bound > exact.bound
    assert weaker > 10


def test_no_price_and_no_people_still_prove_a_bound() -> None:
    given_week = week([person("a"), person("b")], [need("n"), need("m")])
    assert proof(given_week, {}).bound >= solve(given_week, iterations=20).value
    assert proof(week([], [need("n")]), {}).bound < 0.01
    assert proof(week([person("a")], []), {}).bound < 0.01


def test_a_visit_for_which_no_team_of_different_people_exists_earns_nothing() -> None:
    both, other = {"skill": "legal"}, {"language": "wuu"}
    able = person("a", skills={"legal": 3}, languages=["wuu"])
    given_week = week([able, person("b")], [need("n", seats=[both, other], priority=5)])
    assert proof(given_week, {}).bound < 0.1
    assert proof(week([able, person("b", languages=["wuu"])], given_week["needs"]), {}).bound > 3900


def run(folder: Path, given_week: JSON, answer: JSON) -> tuple[int, JSON, str]:
    """The door: exit code, report and what is said of verify_plan.py --bound."""
    for name, data in (("week.json", given_week), ("plan.json", answer)):
        (folder / name).write_text(json.dumps(data))
    files = [str(folder / "week.json"), str(folder / "plan.json")]
    done = subprocess.run([sys.executable, ROOT / "docs" / "verify_plan.py", "--bound", *files], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_a_claim_below_what_the_prices_prove_is_refuted(tmp_path: Path, cases: list[Case]) -> None:
    case = next(case for case in cases if proof(case.week, case.result.prices).least > case.best.value + 100)
    answer = case.result.as_json()
    code, report, said = run(tmp_path, case.week, answer)
    assert (code, said, report["legal"], report["claim_is_proven"]) == (0, "", True, True)
    assert case.best.value <= report["proven_bound"] <= answer["bound"] * (1 + 1e-5)
    code, report, said = run(tmp_path, case.week, answer | {"bound": case.best.value + 1})
    assert (code, report["legal"], report["claim_is_proven"]) == (1, False, False)
    assert said.startswith("the plan claims the bound ") and said.count("\n") == 1
    code, report, said = run(tmp_path, case.week, {key: answer[key] for key in answer if key != "bound"})
    assert (code, report["claim_is_proven"], report["bound"]) == (0, False, None)


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (None, "prices: the plan carries none"),
        ([], "prices: the plan carries none"),
        ({"nobody": []}, "prices.nobody: is not a need of the week"),
        ({"n": {}}, "prices.n: is not a need of the week with a list of rows"),
        ({"n": [[540]]}, "prices.n[0]: is not a start"),
        ({"n": [[None, [1.0]], [540, [1.0, 2.0]]]}, "prices.n[1]: is not a start"),
        ({"n": [[540, [float("nan")]]]}, "prices.n[0]: is not a start"),
        ({"n": [[540, [10**400]]]}, "prices.n[0]: is not a start"),
        ({"n": [[540, [True]]]}, "prices.n[0]: is not a start"),
        ({"n": [["9:00", [1]]]}, "prices.n[0]: is not a start"),
    ],
)  # fmt: skip
def test_what_are_no_prices_is_said_with_its_place(tmp_path: Path, prices: object, said: str) -> None:
    code, _, error = run(tmp_path, week([person("a")], [need("n")]), plan([], prices=prices))
    assert code == 2 and error.startswith(said) and error.count("\n") == 1
