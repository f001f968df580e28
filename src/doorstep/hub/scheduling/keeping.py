"""The mapped files of finished plans: written when a plan is stored, held open by whoever is asked, made anew where one is missing."""

import gzip
import json
import logging
from collections import OrderedDict
from threading import Lock

from .actions.kept_files import folder, path_of, sweep_kept
from .models import Plan, PlanFile
from .solving import Kept, NotKept, WhatIf, kept_again, open_kept, write_kept

log = logging.getLogger(__name__)
#: So many plans a process holds open; a district asks of this week's and the next week's.
HELD_OPEN = 3
_open: "OrderedDict[tuple[str, str], WhatIf]" = OrderedDict()
_turnstile = Lock()


def keep_plan(plan: Plan) -> Kept:
    """Writes the file of a finished plan from what is stored of it, and throws away those of plans that nobody asks any more.

    Raises NotKept if what is stored is not a plan that can be asked.
    """
    found = PlanFile.objects.filter(plan=plan).first()
    if found is None:
        raise NotKept(f"{plan.pk}: nothing is stored of this plan")
    try:  # a malformed week is a ValueError too
        week, answer = (json.loads(gzip.decompress(bytes(part))) for part in (found.week_gz, found.plan_gz))
        kept = kept_again(str(plan.pk), week, answer)
    except (ValueError, OSError) as fault:
        raise NotKept(f"{plan.pk}: {fault}") from fault
    write_kept(path_of(plan), kept)
    sweep_kept()
    return kept


def desk_of(plan: Plan) -> WhatIf:
    """The plan, ready to be asked; the file is mapped once a process, and made anew once if it is missing or damaged."""
    key = (str(plan.pk), str(folder()))
    with _turnstile:
        if key in _open:
            _open.move_to_end(key)
            return _open[key]
        try:
            kept = open_kept(path_of(plan), str(plan.pk))
        except NotKept as fault:
            log.warning("the plan's file is made anew: %s", fault)
            kept = keep_plan(plan)
        _open[key] = WhatIf(kept)
        while len(_open) > HELD_OPEN:
            _open.popitem(last=False)
        return _open[key]
