"""Whatever anybody tries in whatever order: the table and the ledger say the same, nothing slips, and nobody confirms the own hours."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.hub.journal.access import Refused
from doorstep.hub.people.models import Person
from doorstep.hub.records import book
from doorstep.hub.records.actions.booking import subject_of
from doorstep.hub.records.actions.hours import (
    answer_dispute,
    approve_hours,
    back_fill,
    decide_correction,
    dispute_hours,
    propose_correction,
    review_long_day,
    turn_down,
    verify_hours,
)
from doorstep.hub.records.actions.record import record_training
from doorstep.hub.records.auditing import audit
from doorstep.hub.records.models import STANDING, Correction, Hours, LogEntry
from doorstep.hub.testing import Cast
from doorstep.ledger.balance import balance
from tests.racing import Figures, count

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db]
RUNS = count(40, 10_000)
#: Those who keep the record come up more often, so that more is done than refused.
WHO = ("zhou", "lin", "zhou", "lin", "chen", "jiang", "wu", "shen")
#: Half hours of one Tuesday and Wednesday long past: few enough to meet each other.
Step = tuple[str, str, str, int, int, bool, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["fill", "train", "approve", "review", "no", "right", "wrong", "answer", "propose", "decide", "refuse"]),
        st.sampled_from(WHO), st.sampled_from(("chen", "jiang", "zhou")), st.integers(0, 90), st.integers(-2, 26), st.booleans(), st.integers(0, 9),
    ),
    min_size=12, max_size=30,
)  # fmt: skip
#: What a correction makes of hours: mostly what they were.
KINDS = ("", "service", "", "training", "meeting")
NOW = timezone.make_aware(datetime(2026, 6, 30, 12))
START = timezone.make_aware(datetime(2026, 6, 16, 6))


def fitting(verb: str, strict: bool) -> list[Hours]:
    """Mostly rows that the act is meant for, so that most runs get far; else any."""
    states = {"approve": ["waits_approver"], "review": ["waits_parent"], "no": ["waits_approver", "waits_parent"], "answer": ["disputed"]}
    every = Hours.objects.order_by("entered_at", "pk")
    fit = every.filter(state__in=states.get(verb, STANDING))
    return list(fit if strict and fit.exists() else every)


def act(cast: Cast, step: Step) -> None:
    verb, who, whose, begin, length, flag, pick = step
    by: Person = cast.people[who]
    came = START + timedelta(minutes=30 * begin)
    left = came + timedelta(minutes=30 * length)
    rows, corrections = fitting(verb, flag), list(Correction.objects.filter(state="proposed").order_by("proposed_at", "pk"))
    hours = rows[pick % len(rows)] if rows else None
    correction = corrections[pick % len(corrections)] if corrections else Correction.objects.first()
    if flag and hours is not None and hours.person is not None and verb in ("right", "wrong"):
        by = hours.person
    if verb == "fill":
        kind = "service" if flag else ("meeting", "duty")[pick % 2]
        facts: dict[str, Any] = {"title": "巡楼", "came": came, "left": left, "kind": kind, "away": 12 * (pick % 5)}
        back_fill(by=by, person=cast.people[whose], unit=cast.community, now=NOW, **facts)
    elif verb == "train":
        people = [cast.people[whose], cast.chen] if flag and whose != "chen" else [cast.people[whose]]
        record_training(
            by=by, unit=cast.community, people=people, name="急救", content="包扎", host="本社区", came=came, left=left, now=NOW
        )
    elif verb in ("decide", "refuse"):
        if correction is not None:
            decide_correction(by=by, correction=correction, approved=verb == "decide", now=NOW)
    elif hours is not None:
        said: dict[str, Callable[[], Any]] = {
            "approve": lambda: approve_hours(by=by, hours=hours, now=NOW),
            "review": lambda: review_long_day(by=by, hours=hours, now=NOW),
            "no": lambda: turn_down(by=by, hours=hours, words="没有这回事"),
            "right": lambda: verify_hours(by=by, hours=hours, now=NOW),
            "wrong": lambda: dispute_hours(by=by, hours=hours, words="不对", now=NOW),
            "answer": lambda: answer_dispute(by=by, hours=hours, words="查过了"),
            "propose": lambda: propose_correction(
                by=by,
                hours=hours,
                came=came,
                left=left,
                why="写错了",
                beyond_plan=flag,
                kind=KINDS[pick % 5],
                away=None if flag else 12 * (pick % 4),
                now=NOW,
            ),
        }
        said[verb]()


def check(cast: Cast) -> None:
    entries = [book.read(bytes(row.data)) for row in LogEntry.objects.all()]
    assert [entry.n for entry in entries] == list(range(len(entries)))
    for name in ("chen", "jiang", "zhou"):
        person = cast.people[name]
        found = balance(entries, subject_of(person, cast.community), str(cast.community.pk))
        assert dict(found.slips) == {}
        standing = list(Hours.objects.filter(person=person, state__in=STANDING))
        for block, sums in (("service", found.service), ("training", found.training)):
            table: dict[str, int] = {}
            for row in standing:
                if row.block == block and row.tenths:
                    table[row.grade] = table.get(row.grade, 0) + row.tenths
            assert table == {str(grade): tenths for grade, tenths in sums.items()}
        assert {one.entry.n for one in found.hours} == {row.entry for row in standing}
        assert {one.entry.n for one in found.hours if one.disputed} == {row.entry for row in standing if row.state == "disputed"}
        assert {one.entry.n for one in found.hours if one.verified} == {row.entry for row in standing if row.state == "verified"}
        no_two_at_once(standing)
    for row in Hours.objects.all():
        hands = {row.approved_by_id, row.confirmed_by_id, row.led_by_id, row.entered_by_id, row.parent_id}
        assert row.person_id not in hands
        assert row.state not in STANDING or row.entered_by_id != row.approved_by_id
        assert row.tenths * 6 <= max(0, int((row.left - row.came).total_seconds()) // 60 - row.away), "travel or a break was counted"
        assert (row.state in STANDING) == (row.entry is not None)
    assert audit(NOW).rows == []
    for one in Correction.objects.filter(state="approved").select_related("hours"):
        assert one.proposed_by_id != one.decided_by_id and one.hours.person_id not in (one.proposed_by_id, one.decided_by_id)
    for entry in entries:
        assert entry.subject not in entry.approvers
        assert str(entry.kind) != "hours.corrected" or len(entry.approvers) >= 2


def no_two_at_once(standing: list[Hours]) -> None:
    rows = sorted((row for row in standing if row.left > row.came), key=lambda row: row.came)
    assert all(a.left <= b.came for a, b in pairwise(rows))
    days: dict[object, int] = {}
    for row in rows:
        if row.block == "service" and timezone.localdate(row.came) == timezone.localdate(row.left):
            day = timezone.localdate(row.came)
            days[day] = days.get(day, 0) + row.tenths
    assert all(tenths <= 120 for tenths in days.values())


def played(cast: Cast, steps: Iterable[Step], met: Counter[str]) -> None:
    """One sequence, and what must be true of it in the end; nothing of it stays."""
    with transaction.atomic():
        for begin in (0, 12):
            act(cast, ("fill", "zhou", "chen", begin, 4, True, 0))
            act(cast, ("approve", "lin", "chen", 0, 0, True, 0))
        for step in steps:
            try:
                act(cast, step)
            except Refused:
                met["refused"] += 1
                continue
            met["done"] += 1
        check(cast)
        met["entries"] += LogEntry.objects.count()
        transaction.set_rollback(True)


def test_whatever_anybody_tries_table_and_ledger_agree(cast: Cast, figures: Figures) -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=RUNS, deadline=None, database=None, derandomize=RUNS < 1000, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def sequences(steps: list[Step]) -> None:
        played(cast, steps, met)

    sequences()
    assert met["done"] > 2 * RUNS and met["refused"] > 2 * RUNS and not Hours.objects.exists()
    figures(
        runs=RUNS, acts_done=met["done"], acts_refused=met["refused"], entries_compared=met["entries"], slips=0, two_at_once=0, own_hand=0
    )
