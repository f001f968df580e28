"""A stored plan proves itself again after years, from its bytes alone; whoever changed a byte is found out."""

import gzip
import json
from collections.abc import Callable
from hashlib import sha256
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Entry
from doorstep.hub.scheduling import solving
from doorstep.hub.scheduling.actions.plan import request_plan
from doorstep.hub.scheduling.actions.rechecking import NotFinished, recheck_plan
from doorstep.hub.scheduling.models import Plan, PlanFile, Slot
from doorstep.hub.scheduling.proving import Rechecked, canonical, recheck
from doorstep.hub.testing import Cast


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """A finished plan of one visit."""
    cast.slot()
    made = solving.solve_plan(plan_id=request_plan(by=cast.zhou, place=cast.community, week=cast.monday, seed=7).pk)
    assert made is not None and made.state == Plan.State.READY
    return made


def change(plan: Plan, which: str, edit: Callable[[dict[str, Any]], object]) -> None:
    """Somebody with the database in hand changes a stored file."""
    file = PlanFile.objects.get(plan=plan)
    content = json.loads(gzip.decompress(bytes(getattr(file, f"{which}_gz"))))
    edit(content)
    PlanFile.objects.filter(plan=plan).update(**{f"{which}_gz": gzip.compress(canonical(content))})


def again(plan: Plan) -> Rechecked:
    return recheck_plan(by=None, plan=plan, found=recheck(plan))


def codes(plan: Plan) -> list[str]:
    return [fault["code"] for fault in again(Plan.objects.get(pk=plan.pk)).faults]


def test_a_plan_keeps_what_its_proof_needs(plan: Plan) -> None:
    week = gzip.decompress(bytes(PlanFile.objects.get(plan=plan).week_gz))
    assert plan.week_sha256 == sha256(week).hexdigest() and week == canonical(json.loads(week))
    assert (plan.seed, plan.planner_version, plan.broken_rules) == (7, "1", 0)
    assert {"python", "numpy", "numba", "highspy"} <= plan.packages.keys()
    assert Entry.objects.get(verb="store_plan").detail["week_sha256"] == plan.week_sha256


def test_what_nobody_touched_holds_whatever_became_of_the_week(plan: Plan) -> None:
    Slot.objects.all().update(lat=0, priority=5)
    found = again(plan)
    assert (found.holds, found.broken_rules) == (True, 0) and found.value == pytest.approx(plan.value)
    plan.refresh_from_db()
    assert plan.rechecked_at and plan.recheck_faults == []
    assert Entry.objects.get(verb="recheck_plan").detail["holds"] is True


@pytest.mark.parametrize(
    ("which", "edit", "found"),
    [
        ("week", lambda week: week["needs"][0].update(priority=1), ["changed", "other_value", "other_verdict"]),
        ("week", lambda week: week["volunteers"][0].update(load_28d=3), ["changed"]),
        ("week", lambda week: week.update(format="doorstep-week/9"), ["changed", "malformed"]),
        ("plan", lambda plan: plan.update(bound=plan["bound"] + 1), ["changed", "other_bound", "other_verdict"]),
        ("plan", lambda plan: plan["visits"][0].update(start=7200), ["changed", "broken_rules"]),
    ],
)
def test_a_changed_byte_is_found(plan: Plan, which: str, edit: Callable[[dict[str, Any]], object], found: list[str]) -> None:
    change(plan, which, edit)
    assert codes(plan) == found


def test_a_torn_file_a_missing_one_and_a_changed_figure_are_found(plan: Plan) -> None:
    whole = bytes(PlanFile.objects.get(plan=plan).week_gz)
    PlanFile.objects.filter(plan=plan).update(week_gz=whole[:-9])
    assert codes(plan) == ["unreadable"]
    PlanFile.objects.filter(plan=plan).update(week_gz=whole)
    Plan.objects.filter(pk=plan.pk).update(value=(plan.value or 0) + 50)
    assert codes(plan) == ["other_value"]
    PlanFile.objects.all().delete()
    assert codes(plan) == ["no_file"]


def test_a_plan_from_before_fingerprints_says_that_it_has_none(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(week_sha256="", plan_sha256="")
    assert codes(plan) == ["no_fingerprint", "no_fingerprint"]


def test_an_unfinished_plan_cannot_be_checked(cast: Cast) -> None:
    with pytest.raises(NotFinished):
        again(request_plan(by=None, place=cast.community, week=cast.monday))


def test_the_command_says_all_and_fails_when_something_does_not_hold(plan: Plan) -> None:
    said = StringIO()
    call_command("recheck_plan", "all", stdout=said)
    assert plan.week_sha256 in said.getvalue() and "1 plans, 0 do not hold" in said.getvalue() and "numba" in said.getvalue()
    change(plan, "plan", lambda content: content["visits"].clear())
    with pytest.raises(SystemExit) as ended:
        call_command("recheck_plan", str(plan.pk), stdout=said)
    assert ended.value.code == 1 and "✗ changed" in said.getvalue()
    for wrong in ("seven", str(uuid4())):
        with pytest.raises(CommandError):
            call_command("recheck_plan", wrong)


def test_the_social_worker_has_it_checked_again_on_the_page(client: Client, cast: Cast, plan: Plan) -> None:
    cast.sign_in(client, cast.zhou)
    url, here = reverse("scheduling:recheck", args=[plan.pk]), f"{reverse('scheduling:plan')}?week={cast.monday}"
    assert "再核对一次" in client.get(here).content.decode()
    assert "存着的文件没有动过" in client.post(url, {"once": uuid4().hex}, follow=True).content.decode()
    change(plan, "week", lambda week: week["needs"][0].update(priority=1))
    words = client.post(url, {"once": uuid4().hex}, follow=True).content.decode()
    assert "和当时记下的指纹对不上" in words and "先不要照它办" in words
    assert Entry.objects.filter(verb="recheck_plan", actor_id=cast.zhou.pk).count() == 2
    cast.sign_in(client, cast.wu)
    assert client.post(url, {"once": uuid4().hex}).status_code == 404
