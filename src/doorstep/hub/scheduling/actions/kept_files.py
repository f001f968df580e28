"""Where the mapped files of finished plans lie, and which of them go; known without the planner, so that every round can tidy up."""

import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from ..models import Plan
from ..queries import standing_plans

#: A file that is still being written is never so old; older ones were left by a process that died.
LEFT_BEHIND = 3600


def folder() -> Path:
    return Path(settings.HOME) / "plans"


def path_of(plan: Plan) -> Path:
    return folder() / f"{plan.pk}.kept"


def sweep_kept() -> None:
    """Throws away the files of plans that were replaced or whose week is over, since people's homes are in them, and halves of files.

    Processes that hold one open keep it until they let go.
    """
    wanted = {path_of(plan).name for plan in standing_plans()}
    for path in folder().glob("*.kept"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)
    for path in folder().glob(".*.kept.*"):
        with suppress(FileNotFoundError):  # its writer has just moved it to its name
            if path.stat().st_mtime < time.time() - LEFT_BEHIND:
                path.unlink()
