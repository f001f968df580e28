"""Work outside the request: making a plan, and the hourly tidying of what nobody answered."""

import logging
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections
from django_tasks import task

if TYPE_CHECKING:
    from .models import Plan

log = logging.getLogger(__name__)


@task()
def make_plan(plan_id: str) -> str:
    """Makes a queued plan; a second run of the same task finds it taken and leaves it."""
    from .solving import solve_plan

    plan = solve_plan(plan_id=UUID(plan_id))
    if plan is None:
        return "taken by another worker"
    if plan.state == plan.State.READY:
        keep(plan)
        advise_on(plan)
    return plan.state


def advise_on(plan: "Plan") -> None:
    """Rings for the advice on a district's plan, which has a task of its own: nobody waits for it."""
    from .actions.advising import request_advice

    if plan.place.kind == plan.place.Kind.DISTRICT:
        request_advice(plan=plan)
        make_advice.enqueue(str(plan.pk))


@task()
def make_advice(plan_id: str) -> str:
    """Works out what one more helper would gain; a second run of the same task finds it taken and leaves it, as one after a newer plan does."""
    from .advising import make_advice as work_out

    advice = work_out(plan_id=UUID(plan_id))
    return advice.state if advice else "taken by another worker, or its plan was replaced"


def keep(plan: "Plan") -> None:
    """Writes the file by which the plan can be asked; a plan is as good without, it is then made when somebody asks."""
    from .keeping import keep_plan
    from .solving import NotKept

    try:
        keep_plan(plan)
    except NotKept as fault:
        log.warning("the plan cannot be asked: %s", fault)


def warm_up() -> None:
    """What a web server's process does beside its first pages: it opens the plans that people will ask; a fault here shuts no door."""
    from .actions.kept_files import path_of
    from .queries import standing_plans

    try:
        if any(path_of(plan).exists() for plan in standing_plans()):
            from .keeping import warm_up as open_plans

            open_plans()
    except Exception:
        log.exception("the plans could not be opened before somebody asks")
    finally:
        connections.close_all()


def what_ifs() -> "ModuleType":
    """What answers questions to a plan, loaded with the planner when somebody first asks: a process that nobody asks stays small."""
    from . import asking

    return asking


@task()
def tidy_offers() -> int:
    """Lets unanswered offers lapse."""
    from .actions.offer import lapse_overdue

    return lapse_overdue()
