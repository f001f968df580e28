"""One peer on one week, file to file: `python -m script.bench_week.peers WAY WEEK OUT --at 20,60,300 [--seed N] [--began CLOCK]`.

Writes OUT-20.json and so on with OUT-20.facts beside them; ways that need no clock write at the last checkpoint alone.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from doorstep.planner.week.arrays import as_problem
from doorstep.planner.week.candidates import Options, find_options
from doorstep.planner.week.draft import Board, Draft, board_of, visits_of
from doorstep.planner.week.packed import Weeks, weeks_of
from doorstep.planner.week.problem import Ints, Problem
from doorstep.planner.week.read import load
from doorstep.planner.week.score import constant
from script.bench_week.peers.by_hand import by_priority, nearest_first, only, sign_up_board
from script.bench_week.peers.full_model import columns_of, draft_of, full_model
from script.bench_week.peers.watch import Watch

SOLVERS = {"CP-SAT": ("cp_sat", "solve"), "HiGHS": ("highs_mip", "solve"), "HiGHS near its LP": ("highs_mip", "solve_near")}
QUICK = ("flow and repair", "priority and scarcity", "nearest first", "sign-up board")


def main(argv: list[str]) -> int:
    given = _options(argv)
    problem = as_problem(load(given.week))
    options = find_options(problem)
    weeks, out = weeks_of(problem, options), Path(given.out)
    board = board_of(problem, options)

    def write(chosen: Ints, path: Path) -> None:
        write_plan(problem, options, draft_of(problem, weeks, options, chosen), path)

    watch = Watch(given.began or time.monotonic(), sorted(map(float, given.at.split(","))), out, write)
    if given.way in SOLVERS:
        model = full_model(problem, options, weeks)
        greedy = by_priority(problem, options, weeks, only(board, options, model.option))
        chosen = greedy.seat_option[greedy.seat_option >= 0]
        watch.found("warm start", chosen)
        module, name = SOLVERS[given.way]
        search = getattr(import_module(f"script.bench_week.peers.{module}"), name)
        search(model, constant(problem), columns_of(model, options, chosen), watch)
    else:
        draft = _by(given.way, given.seed)(problem, options, weeks, board)
        watch.found("search", draft.seat_option[draft.seat_option >= 0])
        watch.finish(proven=False)
    return 0


def _by(way: str, seed: int) -> Callable[[Problem, Options, Weeks, Board], Draft]:
    if way == "flow and repair":
        found: Callable[[Problem, Options, Weeks, Board], Draft] = import_module("script.bench_week.peers.flow").flow_and_repair
        return found
    if way == "sign-up board":
        return lambda problem, options, weeks, board: sign_up_board(problem, options, weeks, board, seed)
    return {"priority and scarcity": by_priority, "nearest first": nearest_first}[way]


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m script.bench_week.peers")
    parser.add_argument("way", choices=[*SOLVERS, *QUICK])
    parser.add_argument("week")
    parser.add_argument("out")
    parser.add_argument("--at", default="300")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--began", type=float, default=None)
    return parser.parse_args(argv)


def write_plan(problem: Problem, options: Options, draft: Draft, path: Path) -> None:
    ids, people = problem.needs.ids, problem.people.ids
    visits = [{"need": ids[v.need], "start": v.start, "team": [people[p] for p in v.team]} for v in visits_of(problem, options, draft)]
    path.write_text(json.dumps({"format": "doorstep-plan/1", "visits": visits}))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
