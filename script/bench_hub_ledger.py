"""The ledger as the hub keeps it, in a database of its own that is thrown away: what an entry, a head, a file, a receipt and a certificate take."""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from statistics import median
from typing import Any

TIMES = 20


def measured(entries: int) -> dict[str, float]:
    """Milliseconds of computing and rates; `entries` are appended one a transaction, as hours come in."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "DOORSTEP_HOME": home,
            "DATABASE_URL": f"sqlite:///{home}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "doorstep.hub.settings",
        }
        import_module("django").setup()
        import_module("django.core.management").call_command("migrate", verbosity=0)
        return _figures(entries)


def _milliseconds(act: Callable[[], Any]) -> float:
    """The median of some runs, by computing time."""
    spent = []
    for _ in range(TIMES):
        began = time.process_time()
        act()
        spent.append(1000 * (time.process_time() - began))
    return median(spent)


def _figures(entries: int) -> dict[str, float]:
    hub = {name: import_module(f"doorstep.hub.records.{name}") for name in ("proving", "printing", "book", "models")}
    booking, certifying = (import_module(f"doorstep.hub.records.actions.{name}") for name in ("booking", "certifying"))
    cast = import_module("doorstep.hub.testing").build_cast()
    hours = _some_hours(cast)
    now = import_module("django.utils.timezone").now()
    fact = hub["book"].Fact(
        hub["book"].Kind.HOURS_VERIFIED,
        cast.community.pk,
        {"subject": booking.subject_of(cast.chen, cast.community), "corrects": hours.entry},
    )
    began = time.process_time()
    for _ in range(entries):
        booking.append(facts=[fact])
    appending = time.process_time() - began
    booking.close_day(day=now.date(), now=now)
    note = hub["models"].LogHead.objects.get().note
    verify = import_module("doorstep.ledger.walk").verify
    began = time.process_time()
    verdict = verify(hub["proving"].log_lines(), hub["proving"].head_in(note))
    walking = time.process_time() - began
    if not verdict.good or verdict.proven != entries + 1:
        raise AssertionError(verdict)
    period = {"start": now.date() - timedelta(days=30), "end": now.date()}
    # A volunteer of whom thousands of entries stand is nobody real: the certificate is measured on somebody with a hundred.
    other = _a_hundred_hours(cast)
    issued = certifying.issue_certificate(by=cast.zhou, person=other, unit=cast.community, **period)
    return {
        "hub_entries": float(entries),
        "hub_appended_per_s": entries / appending,
        "hub_walked_per_s": (entries + 1) / walking,
        "hub_receipt_ms": _milliseconds(lambda: hub["proving"].receipt_of(entries // 2)),
        "hub_fits_ms": _milliseconds(hub["proving"].misfits),
        "hub_issue_ms": _milliseconds(lambda: certifying.issue_certificate(by=cast.zhou, person=other, unit=cast.community, **period)),
        "hub_paper_ms": _milliseconds(lambda: hub["printing"].sheets([issued])),
        "hub_paper_bytes": float(len(hub["printing"].sheets([issued]))),
        "hub_token_bytes": float(len(issued.token)),
    }


def _filled(cast: Any, person: Any, days: int, hour: int, minutes: int) -> Any:
    acts = import_module("doorstep.hub.records.actions.hours")
    timezone = import_module("django.utils.timezone")
    came = timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    row = acts.back_fill(by=cast.zhou, person=person, unit=cast.community, title="巡楼", came=came, left=came + timedelta(minutes=minutes))
    return acts.approve_hours(by=cast.lin, hours=row)


def _some_hours(cast: Any) -> Any:
    return _filled(cast, cast.chen, 3, 9, 120)


def _a_hundred_hours(cast: Any) -> Any:
    for days in range(2, 27):
        for hour in (8, 10, 14, 16):
            _filled(cast, cast.jiang, days, hour, 60)
    return cast.jiang
