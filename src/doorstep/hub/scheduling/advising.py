"""Works out what one more helper or one change would have gained in a finished plan, from its stored week and plan alone."""

import gzip
import json
import logging
from typing import Any
from uuid import UUID

from django.db.models import Avg
from django.utils import timezone

from .actions.advising import fail_advice, store_advice, take_advice
from .models import Plan, PlanAdvice, Slot
from .queries import places_below
from .solving import advise, planned_again

log = logging.getLogger(__name__)
#: The exact checks of a district end after so long, or when a plan waits.
SECONDS = 300.0
#: What the file has more of than any page shows.
KEPT = 50


def make_advice(*, plan_id: UUID) -> PlanAdvice | None:
    """Makes queued advice under a lease; None if another worker has it or a newer plan is ready. Ends early when a plan waits for this worker."""
    advice = take_advice(plan_id=plan_id)
    if advice is None:
        return None
    began = timezone.now()
    try:
        found = _found(advice.plan)
    except Exception:
        log.exception("advice on plan %s failed", plan_id)
        fail_advice(advice=advice)
    else:
        store_advice(advice=advice, found=found, seconds=(timezone.now() - began).total_seconds())
    advice.refresh_from_db()
    return advice


def _found(plan: Plan) -> dict[str, Any]:
    week, made = (json.loads(gzip.decompress(bytes(gz))) for gz in (plan.file.week_gz, plan.file.plan_gz))
    found = advise(planned_again(week, made), places=_communities(plan), seconds=SECONDS, stop=_somebody_waits)
    return {key: rows[:KEPT] if isinstance(rows, list) else rows for key, rows in found.items()}


def _communities(plan: Plan) -> list[dict[str, Any]]:
    """Each community of the plan, at the middle of what is asked for there."""
    rows = Slot.objects.in_week(plan.week).filter(place__in=places_below(plan.place)).order_by("place_id")
    middles = rows.values_list("place_id").annotate(lat=Avg("lat"), lon=Avg("lon"))
    return [{"id": str(place), "lat": lat, "lon": lon} for place, lat, lon in middles]


def _somebody_waits() -> bool:
    return Plan.objects.filter(state=Plan.State.QUEUED).exists()
