"""Migrations over a database with people's data in it: every row of before is there afterwards, as it was, and what is new has its right first value."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from doorstep.hub.needs.models import Need, Occasion, Series
from doorstep.hub.people.models import Household, Place
from doorstep.hub.scheduling.models import Offer, Plan, PlanAdvice, PlanFile, PlanGap, Refusal, Rhythm, Slot

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
#: The tables as they were before plans were signed, slots weighed, advice kept and series begun.
BEFORE = [("people", "0005_consent_to_certificates"), ("scheduling", "0002_unable_offers"), ("needs", "0004_verdict")]
ADVISED = [("people", "0005_consent_to_certificates"), ("scheduling", "0005_plan_advice"), ("needs", "0004_verdict")]
MONDAY = date(2026, 11, 16)
MANY = 40


def migrated(targets: list[tuple[str, str]]) -> Any:
    """Brings the tables to that state, and returns the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def before() -> Iterator[Any]:
    """The models of before; whatever a test does, the tables are of today again when it ends."""
    try:
        yield migrated(BEFORE)
    finally:
        to_the_newest()


def at(day: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(MONDAY, datetime.min.time())) + timedelta(days=day, hours=hour)


def written(old: Any) -> dict[str, Any]:
    """A week of a community as it stood in those tables: slots with all that hangs on them, a finished plan, a plan that failed."""

    def add(model: str, **facts: Any) -> Any:
        return old.get_model(*model.split(".")).objects.create(**facts)

    district = add("people.Place", kind="district", name="柳溪区", code="999901")
    here = add("people.Place", kind="community", name="柳岸社区居委会", code="999901001001", parent=district, slug="liuan")
    building = add("people.Place", kind="building", name="12 幢", parent=here)
    home = add("people.Household", community=here, building=building, door="501", lat=31.78, lon=119.93)
    lead = add("people.Person", name="周敏", phone="13900000000")
    helper = add("people.Person", name="陈国梁", phone="13900000001")
    resident = add("people.Person", name="沈秀英", household=home)
    category = add("people.ServiceCategory", code="elderly-before", name="为老")
    add("scheduling.Rhythm", place=district, reply_hours=30, seconds_allowed=40)
    plan = add("scheduling.Plan", week=MONDAY, place=district, state="ready", value=1234.5, bound=1240.0, asked=MANY, met=MANY - 1,
               seconds=9.5, broken_rules=0, finished_at=at(-3, 9))  # fmt: skip
    failed = add("scheduling.Plan", week=MONDAY, place=here, state="failed", failure="没有人有空。", finished_at=at(-3, 8))
    add("scheduling.PlanFile", plan=plan, week_gz=b"week", plan_gz=b"plan", verdict={"errors": []})
    slots = []
    for n in range(MANY):
        slot = add("scheduling.Slot", week=MONDAY, place=here, household=home, contact=resident, lead=lead, title=f"第 {n} 件",
                   category=category, lat=31.78, lon=119.93, rough_place="12 幢附近", minutes=60, priority=n % 5 + 1, version=n + 1)  # fmt: skip
        add("scheduling.Window", slot=slot, earliest=at(n % 7, 9), latest=at(n % 7, 10))
        seat = add("scheduling.Seat", slot=slot, number=0)
        if n:
            add(
                "scheduling.Offer",
                slot=slot,
                seat=seat,
                person=helper,
                plan=plan,
                start=at(n % 7, 9),
                state="accepted",
                reasons=[{"code": "near"}],
            )
        need = add("needs.Need", own_words="想请人来看看。", community=here, household=home, resident=resident,
                   asked_at=at(-7, 9), answer_by=at(-6, 9), state="checked")  # fmt: skip
        add("needs.Occasion", need=need, slot=slot)
        slots.append(slot.pk)
    add("scheduling.PlanGap", plan=plan, slot_id=slots[0], code="nobody_free", numbers={"near": 3})
    event = add("scheduling.Slot", week=MONDAY, place=here, lead=lead, title="敬老节", category=category, lat=31.78, lon=119.93,
                rough_place="社区广场", minutes=60)  # fmt: skip
    for slot in (slots[0], event.pk):
        add("scheduling.Refusal", slot_id=slot, person=helper, by=lead)
    return {"plan": plan.pk, "failed": failed.pk, "slots": slots, "district": district.pk}


def counted() -> dict[str, int]:
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(("people_", "scheduling_", "needs_"))]
        found = {}
        for name in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            found[name] = int(cursor.fetchone()[0])
    return found


def test_no_row_is_lost_and_none_points_nowhere(before: Any) -> None:
    written(before)
    had = counted()
    to_the_newest()
    have = counted()
    assert {name: have.get(name) for name in had} == had
    assert {name for name in have if name not in had} == {
        "needs_series", "scheduling_planadvice", "scheduling_appeal", "scheduling_calendarkey", "scheduling_exchange", "scheduling_party",
        "scheduling_reminder", "scheduling_waiting",
    }  # fmt: skip
    connection.check_constraints()


def test_what_was_written_reads_as_it_did_and_what_is_new_has_its_first_value(before: Any) -> None:
    keys = written(before)
    to_the_newest()
    plan, failed = Plan.objects.get(pk=keys["plan"]), Plan.objects.get(pk=keys["failed"])
    assert (plan.state, plan.value, plan.bound, plan.asked, plan.met, plan.seconds) == ("ready", 1234.5, 1240.0, MANY, MANY - 1, 9.5)
    assert (plan.week_sha256, plan.plan_sha256, plan.planner_version, plan.packages) == ("", "", "", {})
    assert (plan.even_percent, plan.even_paid, plan.rechecked_at, plan.recheck_faults, plan.optimal) == (0.0, None, None, [], False)
    assert (failed.state, failed.failure, failed.failure_code, failed.failure_numbers) == ("failed", "没有人有空。", "", {})
    file = PlanFile.objects.get(plan=plan)
    assert (bytes(file.week_gz), bytes(file.plan_gz), file.verdict) == (b"week", b"plan", {"errors": []})
    rhythm = Rhythm.objects.get(place=keys["district"])
    assert (rhythm.reply_hours, rhythm.seconds_allowed, rhythm.even_percent) == (30, 40, 1.0)
    slots = list(Slot.objects.in_bulk(keys["slots"]).values())
    assert {slot.pk: (slot.title, slot.priority, slot.version, slot.weight, slot.weighed_priority) for slot in slots} == {
        pk: (f"第 {n} 件", n % 5 + 1, n + 1, 0, n % 5 + 1) for n, pk in enumerate(keys["slots"])
    }
    assert all(slot.windows.count() == slot.seats.count() == 1 for slot in slots)
    assert Offer.objects.filter(plan=plan, slot__in=keys["slots"], seat__slot__in=keys["slots"], person__name="陈国梁").count() == MANY - 1
    gap, refusal = PlanGap.objects.get(), Refusal.objects.get(slot=keys["slots"][0])
    assert (gap.plan_id, gap.slot_id, gap.code, gap.numbers) == (plan.pk, keys["slots"][0], "nobody_free", {"near": 3})
    assert (refusal.slot_id, refusal.person.name, refusal.by and refusal.by.name) == (keys["slots"][0], "陈国梁", "周敏")
    # Nobody knows whose word an old refusal was: where there is a home, it is asked.
    assert (refusal.of_home, Refusal.objects.get(slot__household=None).of_home) == (True, False)
    assert Need.objects.filter(series=None, occasions__slot__in=keys["slots"]).distinct().count() == MANY


def test_the_new_rules_hold_over_the_old_rows(before: Any) -> None:
    slot: UUID = written(before)["slots"][0]
    to_the_newest()
    Slot.objects.filter(pk=slot).update(weight=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot).update(weight=3)
    need = Occasion.objects.get(slot=slot).need
    need.series = Series.objects.create(community=Place.objects.get(slug="liuan"), household=Household.objects.get())
    need.save()
    assert Need.objects.exclude(series=None).get() == need


def test_advice_that_was_kept_before_advice_could_be_replaced_stays(before: Any) -> None:
    keys = written(before)
    then = migrated(ADVISED)
    for plan, state in ((keys["plan"], "ready"), (keys["failed"], "queued")):
        then.get_model("scheduling", "PlanAdvice").objects.create(plan_id=plan, state=state, fence=1, found={"recruit": []})
    to_the_newest()
    assert dict(PlanAdvice.objects.values_list("plan_id", "state")) == {keys["plan"]: "ready", keys["failed"]: "queued"}
    assert not Plan.objects.filter(optimal=True).exists()
    PlanAdvice.objects.update(state=PlanAdvice.State.REPLACED)
    Plan.objects.get(pk=keys["failed"]).delete()
    assert PlanAdvice.objects.get().found == {"recruit": []}
