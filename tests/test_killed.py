"""The worker that plans is killed at moments drawn at random: no half plan, another worker takes over, and the same seed makes the same plan."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.actions.sweep import sweep_plans
from doorstep.hub.scheduling.models import Offer, OfferState, Plan, PlanFile, Rhythm
from doorstep.hub.testing import Cast
from tests.racing import Figures, count

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db(transaction=True)]
MOMENTS = count(2, 50)


def environment(home: Path) -> dict[str, str]:
    """The worker's own environment: it works on the test's database."""
    about = connection.settings_dict
    address = f"sqlite:///{about['NAME']}"
    if connection.vendor == "postgresql":
        address = f"postgres://{about['USER']}@{about['HOST']}:{about['PORT']}/{about['NAME']}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    source = str(Path(__file__).resolve().parents[1] / "src")
    return own | {"DATABASE_URL": address, "DOORSTEP_HOME": str(home), "PYTHONPATH": source}


def worker(name: str, home: Path) -> subprocess.Popen[bytes]:
    words = [
        sys.executable,
        "-m",
        "doorstep.cli",
        "manage",
        "db_worker",
        "--batch",
        "--no-startup-delay",
        "--no-reload",
        "--worker-id",
        name,
    ]
    with (home / f"{name}.log").open("wb") as log:
        return subprocess.Popen([*words, "--verbosity", "0"], env=environment(home), cwd=home, stdout=log, stderr=log)


def work_to_the_end(name: str, home: Path) -> None:
    assert worker(name, home).wait(timeout=120) == 0, (home / f"{name}.log").read_text()


def proposed() -> set[tuple[object, ...]]:
    return set(Offer.objects.filter(state=OfferState.PROPOSED).values_list("seat_id", "person_id", "start"))


def asked(cast: Cast) -> Plan:
    plan = request_plan(by=cast.zhou, place=cast.district, week=cast.monday, seed=7)
    assert sweep_plans().rung == 1
    return plan


def whole_or_nothing(plan: Plan) -> None:
    plan.refresh_from_db()
    parts = (PlanFile.objects.filter(plan=plan).exists(), plan.value is not None, Offer.objects.filter(plan=plan).exists())
    assert set(parts) == {plan.state == Plan.State.READY}, f"{plan.state} with file, value, proposals: {parts}"


def test_a_planner_killed_at_any_moment_leaves_a_whole_plan_or_none(cast: Cast, tmp_path: Path, figures: Figures) -> None:
    Rhythm.objects.update(seconds_allowed=3)
    for hour in range(9, 12):
        cast.slot(seats=[SeatWanted()], windows=[(cast.at(2, hour), cast.at(2, hour + 1))])
    undisturbed = asked(cast)
    began = time.monotonic()
    work_to_the_end("undisturbed", tmp_path)
    life = time.monotonic() - began
    whole_or_nothing(undisturbed)
    expected, rng, met = proposed(), Random(1), dict.fromkeys(Plan.State.values, 0)
    assert expected and undisturbed.broken_rules == 0
    for number in range(MOMENTS):
        plan = asked(cast)
        first = worker(f"first-{number}", tmp_path)
        time.sleep(rng.uniform(0.2 * life, life))
        first.kill()
        first.wait()
        whole_or_nothing(plan)
        met[plan.state] += 1
        # The minute in which nobody renews the lease goes by.
        Plan.objects.filter(pk=plan.pk, state=Plan.State.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
        sweep_plans(dead_workers=[f"first-{number}"])
        work_to_the_end(f"second-{number}", tmp_path)
        whole_or_nothing(plan)
        assert plan.state == Plan.State.READY and proposed() == expected
    figures(moments=MOMENTS, **{f"killed_while_{state}": times for state, times in met.items() if times}, half_written=0)
