"""The mapped files of finished plans: written when a plan is stored, held open by whoever is asked, made anew where one is missing."""

import gzip
import json
import logging
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from .actions.kept_files import folder, path_of, sweep_kept
from .models import Plan, PlanFile
from .queries import standing_plans
from .solving import Kept, NotKept, WhatIf, kept_again, open_kept, write_kept

log = logging.getLogger(__name__)
#: So many plans a process holds open; a district asks of this week's and the next week's.
HELD_OPEN = 3
#: Seconds until what could not be made is tried again: each try reads a whole week.
TRIED_AGAIN = 300.0


@dataclass
class _Held:
    """One plan that this process holds, or could not have; whoever comes second waits for the first, and for no other plan."""

    busy: Lock = field(default_factory=Lock)
    what_if: WhatIf | None = None
    missing: str = ""
    again_at: float = 0.0


_open: "OrderedDict[tuple[str, str], _Held]" = OrderedDict()
_turnstile = Lock()


def keep_plan(plan: Plan) -> Kept:
    """Writes the file of a finished plan from what is stored of it, and throws away those of plans that nobody asks any more.

    Raises NotKept if what is stored is not a plan that can be asked. A disk that takes no file costs whoever comes next some seconds, no more.
    """
    found = PlanFile.objects.filter(plan=plan).first()
    if found is None:
        raise NotKept(f"{plan.pk}: nothing is stored of this plan")
    try:  # a malformed week is a ValueError too
        week, answer = (json.loads(gzip.decompress(bytes(part))) for part in (found.week_gz, found.plan_gz))
        kept = kept_again(str(plan.pk), week, answer)
    except (ValueError, OSError, EOFError, zlib.error) as fault:
        raise NotKept(f"{plan.pk}: {fault}") from fault
    try:
        write_kept(path_of(plan), kept)
        sweep_kept()
    except OSError as fault:
        log.warning("the plan's file could not be written: %s", fault)
    return kept


def desk_of(plan: Plan) -> WhatIf:
    """The plan, ready to be asked; the file is mapped once a process, and made anew once if it is missing or damaged.

    Raises NotKept if it cannot be made, at once for some minutes after that was found.
    """
    key = (str(plan.pk), str(folder()))
    with _turnstile:
        held = _open.setdefault(key, _Held())
        _open.move_to_end(key)
        while len(_open) > HELD_OPEN:
            _open.popitem(last=False)
    with held.busy:
        if held.what_if is None:
            held.what_if = _opened(plan, held)
        return held.what_if


def _opened(plan: Plan, held: _Held) -> WhatIf:
    if time.monotonic() < held.again_at:
        raise NotKept(held.missing)
    try:
        return WhatIf(_kept(plan))
    except NotKept as fault:
        held.missing, held.again_at = str(fault), time.monotonic() + TRIED_AGAIN
        raise


def _kept(plan: Plan) -> Kept:
    try:
        return open_kept(path_of(plan), str(plan.pk))
    except NotKept as fault:
        log.warning("the plan's file is made anew: %s", fault)
        return keep_plan(plan)


def warm_up() -> int:
    """Opens the plans whose files are here and asks each once, so that nobody waits for the planner to be loaded; how many were opened.

    A computer on which no week was planned loads nothing.
    """
    plans = [plan for plan in standing_plans() if path_of(plan).exists()][:HELD_OPEN]
    for plan in reversed(plans):  # the newest was used last and stays longest
        what_if = desk_of(plan)
        visit = next(iter(what_if.kept.draft.need_start.argsort()[::-1].tolist()), None)
        if visit is not None and (team := what_if.team(visit)):
            what_if.cost_of_forbid(what_if.kept.problem.people.ids[team[0]], what_if.kept.problem.needs.ids[visit])
    return len(plans)
