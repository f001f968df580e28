"""Which plans' proofs a week's page shows: the last plan of the whole, and what a later one of the rest has added."""

from collections.abc import Iterable
from typing import Any

from .models import Plan

#: A plan that was asked for less than half as much as the fullest one of its place only looked for what was left over.
WHOLE = 0.5
#: A bound farther from the plan's value than this says nothing yet about how good the plan is.
LOOSE = 0.05


def left_to_gain(plan: Plan) -> float:
    """Points between the plan and its bound that were not given up on purpose."""
    if plan.value is None or plan.bound is None or plan.optimal:
        return 0.0
    return max(0.0, plan.bound - plan.value - (plan.even_paid or 0.0))


def is_loose(plan: Plan) -> bool:
    return plan.bound is not None and left_to_gain(plan) > LOOSE * max(1.0, abs(plan.bound))


def proofs_of(plans: Iterable[Plan]) -> tuple[list[Plan], list[Plan]]:
    """Of each place the newest plan of the whole week, the newest place first; and the newer plans of what was left, if that is the last."""
    ready: dict[Any, list[Plan]] = {}
    for plan in plans:
        if plan.state == Plan.State.READY:
            ready.setdefault(plan.place_id, []).append(plan)
    whole, rests = [], []
    for made in ready.values():
        fullest = max(plan.asked for plan in made)
        shown = next((plan for plan in made if _says_something(plan) and plan.asked >= WHOLE * fullest), None)
        whole += [shown] if shown else []
        rests += [made[0]] if made[0] is not shown else []
    return whole, rests


def _says_something(plan: Plan) -> bool:
    """A value is of visits that were placed; where none was, only points lost for what is missing are left."""
    return plan.value is not None and plan.value > 0
