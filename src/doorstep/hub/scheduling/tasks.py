"""Work outside the request: making a plan, and the hourly tidying of what nobody answered."""

from uuid import UUID

from django_tasks import task


@task()
def make_plan(plan_id: str) -> str:
    """Makes a queued plan; a second run of the same task finds it taken and leaves it."""
    from .solving import solve_plan

    plan = solve_plan(plan_id=UUID(plan_id))
    return plan.state if plan else "taken by another worker"


@task()
def tidy_offers() -> int:
    """Lets unanswered offers lapse."""
    from .actions.offer import lapse_overdue

    return lapse_overdue()
