"""The start-up check of the demonstration: its doors open without a password, so nobody but this computer may reach them."""

from collections.abc import Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError, ProgrammingError

from doorstep.hub.journal.access import is_loopback

from .queries import is_demonstration


@register(Tags.database)
def check_demonstration(databases: Sequence[str] | None = None, **_more: object) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        marked = is_demonstration()
    except (OperationalError, ProgrammingError):
        # No tables yet; that they are missing is said elsewhere, and without them there is nothing to enter.
        return []
    found: list[CheckMessage] = []
    if marked and not is_loopback(settings.BIND_HOST):
        found.append(
            Error(
                f"演示区谁都能一点就进，只能开在本机上，不能开在 {settings.BIND_HOST} · A demonstration lets anybody in: it may only be served "
                f"on this computer, not on {settings.BIND_HOST}.",
                hint="用 --host 127.0.0.1，或换一个正式的数据库 · Use --host 127.0.0.1, or a database for real use.",
                id="doorstep.E010",
            )
        )
    if settings.DEMONSTRATION and not marked:
        found.append(
            Error(
                "设了 DOORSTEP_DEMONSTRATION，数据库却不是演示区的 · DOORSTEP_DEMONSTRATION is set, but the database is not a demonstration.",
                hint="正式的数据库不要设它；演示区用 script/demo 来做 · Unset it; script/demo makes a demonstration.",
                id="doorstep.E011",
            )
        )
    return found
