"""Whatever people do with coming, leaving and confirming, in whatever order and with whatever clock: the hours stay honest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from doorstep.hub.journal.access import Refused
from doorstep.hub.journal.checks import check_clock
from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Person
from doorstep.hub.records import book
from doorstep.hub.records.actions import record_attendance
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.actions.presence import check_in, check_out, say_left
from doorstep.hub.records.actions.vouching import did_not_come, vouch
from doorstep.hub.records.being import Kept
from doorstep.hub.records.models import STANDING, Attendance, Hours, How, Log, LogEntry, Presence
from doorstep.hub.records.refusals import ClockBehind
from doorstep.hub.scheduling.actions.slot import cancel_slot
from doorstep.hub.scheduling.models import Offer, OfferState, Slot, SlotState
from doorstep.hub.testing import Cast
from tests.racing import Figures, count

pytestmark = [pytest.mark.drill, pytest.mark.django_db]
RUNS, STEPS = count(40, 10_000), 20
MINUTE = timedelta(minutes=1)
ACTORS = ("chen", "zhou", "zhou", "zhou", "wu", "shen", "lin")
met: dict[str, int] = {}


class Presences(RuleBasedStateMachine):
    """陈国梁 at nine and at eleven, 周敏 herself at nine; the server's clock goes on and jumps back, and visits are cancelled."""

    cast: Cast
    offers: list[Offer]

    @initialize(minute=st.sampled_from((-70, -20, 0, 10, 50)))
    def begin(self, minute: int) -> None:
        self.place = transaction.atomic()
        self.place.__enter__()
        self.now = self.latest = self.offers[0].start + minute * MINUTE
        self.written = Entry.objects.latest("at").at
        self.refused = self.done = 0
        self.settled_before: dict[Any, int] = {}
        self.times: dict[tuple[Any, str], datetime] = {}
        self.clock = pytest.MonkeyPatch()
        self.clock.setattr(timezone, "now", lambda: self.now)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            transaction.set_rollback(True)
            self.place.__exit__(None, None, None)
            self.clock.undo()
            met["done"] = met.get("done", 0) + self.done
            met["refused"] = met.get("refused", 0) + self.refused

    def rows(self) -> list[Any]:
        tables = (Presence, Attendance, Hours, LogEntry)
        return [list(table.objects.order_by("pk").values_list()) for table in tables]

    def act(self, do: Callable[..., object], **said: Any) -> bool:
        """Either it is done, or it is refused with a sentence and nothing is left of it."""
        before, refused = self.rows(), None
        steady = not self.behind() or do not in (check_in, check_out)
        try:
            do(**said)
        except Refused as refusal:
            refused, sentence = type(refusal), str(refusal.sentence)
            met[refused.__name__] = met.get(refused.__name__, 0) + 1
        assert steady or refused is ClockBehind, "written by a clock that nobody can believe"
        if refused is None:
            self.done += 1
            self.written = max(self.now, self.written)
            return True
        assert sentence
        assert self.rows() == before
        self.refused += 1
        return False

    def go_on(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.latest = max(self.now, self.latest)

    def behind(self) -> bool:
        """Whether the server's clock stands before what it wrote once; what others write meanwhile does not make it right."""
        return self.now < self.written - MINUTE

    def offer(self, number: int) -> Offer:
        return Offer.objects.select_related("slot__place", "slot__lead", "person").get(pk=self.offers[number].pk)

    def actor(self, number: int, offer: Offer) -> Person:
        name = ACTORS[number]
        found: Person = offer.person if name == "chen" else self.cast.people[name]
        return found

    def code(self, offer: Offer, kind: str) -> str:
        ago = {"fresh": 0, "stale": 90, "old": 1800}.get(kind, 0)
        shown = book.code_at(offer.slot_id, self.now - timedelta(seconds=ago))
        return {"none": "", "wrong": "123456", "spoken": shown.spoken}.get(kind, shown.scanned)

    @rule(minutes=st.sampled_from((1, 2, 5, 5, 10, 10, 20, 20, 40, 60, 90, 700)), right=st.booleans())
    def time_goes_on(self, minutes: int, right: bool) -> None:
        """`right`: somebody sets the clock right."""
        self.now = self.latest if right else self.now
        self.go_on(minutes)

    @rule(minutes=st.sampled_from((0, 0, 0, 1, 5, 30, 240, 1440)))
    def the_clock_jumps_back(self, minutes: int) -> None:
        self.now -= minutes * MINUTE
        met["jumps"] = met.get("jumps", 0) + bool(minutes)
        assert [alarm.id for alarm in check_clock(databases=["default"])] == ["doorstep.E007"] * self.behind()

    @rule(number=st.integers(0, 2), chance=st.integers(0, 5))
    def cancel(self, number: int, chance: int) -> None:
        """The visit is called off: what was settled stays, and nothing more comes of it."""
        if chance:
            return
        slot = self.offer(number).slot
        settled = Hours.objects.filter(slot=slot).count()
        self.act(cancel_slot, by=self.cast.zhou, slot=slot)
        if Slot.objects.get(pk=slot.pk).state == SlotState.CANCELLED:
            self.settled_before.setdefault(slot.pk, settled)
            met["cancelled"] = met.get("cancelled", 0) + 1

    @rule(number=st.integers(0, 2), leaving=st.booleans(), kind=st.sampled_from(("fresh", "fresh", "spoken", "none", "stale", "wrong")))
    def sign(self, number: int, leaving: bool, kind: str) -> None:
        offer = self.offer(number)
        done = self.act(check_out if leaving else check_in, by=offer.person, offer=offer, code=self.code(offer, kind))
        assert not done or kind not in ("wrong", "stale"), "a code that is not shown now"

    @rule(number=st.integers(0, 2), who=st.integers(0, 6), leaving=st.booleans(), how=st.sampled_from((How.UNPROVED, How.LEADER, How.WORD)))
    def sign_for(self, number: int, who: int, leaving: bool, how: How) -> None:
        offer = self.offer(number)
        self.act(check_out if leaving else check_in, by=self.actor(who, offer), offer=offer, code=self.code(offer, "spoken"), how=how)

    @rule(number=st.integers(0, 2), minutes=st.sampled_from((10, 40, 60, 90)), kinds=st.sampled_from(("ff", "fs", "fn", "nn", "nf")))
    def come_and_leave(self, number: int, minutes: int, kinds: str) -> None:
        words = {"f": "fresh", "s": "spoken", "n": "none"}
        for leaving in (False, True):
            offer = self.offer(number)
            self.act(check_out if leaving else check_in, by=offer.person, offer=offer, code=self.code(offer, words[kinds[leaving]]))
            self.go_on(minutes)

    @rule(
        number=st.integers(0, 2), leaving=st.booleans(), ago=st.integers(-5, 400), kind=st.sampled_from(("old", "fresh", "none", "spoken"))
    )
    def send_what_was_kept(self, number: int, leaving: bool, ago: int, kind: str) -> None:
        offer = self.offer(number)
        kept = Kept(self.now - ago * MINUTE)
        self.act(check_out if leaving else check_in, by=offer.person, offer=offer, code=self.code(offer, kind), kept=kept)

    @rule(number=st.integers(0, 2), who=st.integers(0, 6), leaving=st.booleans(), minute=st.integers(-90, 260))
    def type_the_sheet(self, number: int, who: int, leaving: bool, minute: int) -> None:
        offer = self.offer(number)
        at = offer.start + minute * MINUTE
        self.act(check_out if leaving else check_in, by=self.actor(who, offer), offer=offer, how=How.PAPER, at=at)

    @rule(number=st.integers(0, 2), who=st.integers(0, 6), minute=st.one_of(st.none(), st.integers(-30, 240)))
    def confirm(self, number: int, who: int, minute: int | None) -> None:
        offer = self.offer(number)
        left = None if minute is None else offer.start + minute * MINUTE
        self.act(vouch, by=self.actor(who, offer), offer=offer, left=left)

    @rule(number=st.integers(0, 2), who=st.integers(0, 6), minute=st.integers(-30, 300))
    def say_when(self, number: int, who: int, minute: int) -> None:
        offer = self.offer(number)
        self.act(say_left, by=self.actor(who, offer), offer=offer, at=offer.start + minute * MINUTE)

    @rule(number=st.integers(0, 2), who=st.integers(0, 6), outcome=st.sampled_from(("served", "served", "no_show")), alone=st.booleans())
    def follow_up(self, number: int, who: int, outcome: str, alone: bool) -> None:
        offer = self.offer(number)
        by = None if alone else self.actor(who, offer)
        self.act(record_attendance, by=by, offer=offer, outcome=outcome, channel="phone")

    @rule(number=st.integers(0, 2), who=st.integers(0, 6))
    def miss(self, number: int, who: int) -> None:
        offer = self.offer(number)
        self.act(did_not_come, by=self.actor(who, offer), offer=offer)

    @rule(minute=st.integers(-120, 240), long=st.integers(-10, 300))
    def fill_in(self, minute: int, long: int) -> None:
        came: datetime = self.offers[0].start + minute * MINUTE
        whole = {"by": self.cast.zhou, "person": self.cast.chen, "unit": self.cast.community, "title": "补录"}
        self.act(back_fill, came=came, left=came + long * MINUTE, **whole)

    @rule(who=st.sampled_from(("chen", "zhou", "lin")))
    def approve(self, who: str) -> None:
        for hours in Hours.objects.filter(state="waits_approver")[:1]:
            self.act(approve_hours, by=self.cast.people[who], hours=hours)

    @invariant()
    def the_hours_are_honest(self) -> None:
        if not hasattr(self, "place"):
            return
        standing = list(
            Hours.objects.filter(state__in=STANDING).select_related("attendance__offer__presence").order_by("person_id", "came")
        )
        for hours in standing:
            assert hours.left > hours.came and hours.left <= self.latest and 0 < hours.tenths <= -(-hours.planned // 6)
            assert hours.person_id not in (hours.confirmed_by_id, hours.led_by_id, hours.approved_by_id)
            if hours.person_id == self.cast.zhou.pk:
                assert hours.confirmed_by_id or hours.led_by_id or hours.approved_by_id, "a code that she can show herself"
            if hours.grade == "code_pair":
                assert hours.attendance is not None and hours.attendance.offer.presence.pair
        for one, other in pairwise(standing):
            assert one.person_id != other.person_id or one.left <= other.came, "two places at once"
        for presence in Presence.objects.select_related("offer"):
            assert presence.left_at is None or (presence.came_at is not None and presence.came_at <= presence.left_at)
            for name in ("came_at", "left_at"):
                said = getattr(presence, name)
                assert self.times.get((presence.pk, name), said) == said, "a time that stood was written over"
                self.times |= {(presence.pk, name): said} if said else {}
        for row in Attendance.objects.select_related("offer"):
            assert row.said_by_id != row.offer.person_id
            assert row.offer.state == (OfferState.SERVED if row.outcome == "served" else OfferState.MISSED)
            assert Hours.objects.filter(attendance=row).count() == (row.outcome == "served")
        for slot, settled in self.settled_before.items():
            assert Hours.objects.filter(slot=slot).count() == settled, "hours of a visit that was called off"
            assert not Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).exists()
        # Order is the sequence, whatever the clock said.
        assert [row.n for row in LogEntry.objects.order_by("n")] == list(range(LogEntry.objects.count()))
        assert sum(Log.objects.values_list("size", flat=True)) == LogEntry.objects.count()


def test_hours_stay_honest_whatever_is_done(cast: Cast, figures: Figures) -> None:
    times = (cast.at(2, 9), cast.at(2, 11))
    offers = [cast.offer(cast.slot(windows=[(at, at)]), cast.chen, OfferState.ACCEPTED) for at in times]
    offers.append(cast.offer(cast.slot(windows=[(times[0], times[0])]), cast.zhou, OfferState.ACCEPTED))
    # The last one is at no home, so that nobody's coming can be noted without asking a home.
    Slot.objects.filter(pk=offers[2].slot_id).update(household=None)
    met.clear()
    machine = type("Presences", (Presences,), {"cast": cast, "offers": offers})
    rules = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=RUNS < 1000,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=rules)
    assert not Presence.objects.exists() and met["done"] > RUNS and met["refused"] > RUNS
    if RUNS >= 1000:
        assert min(met[name] for name in ("jumps", "cancelled", "ClockBehind", "CancelledVisit")) > RUNS // 10
    figures(
        runs=RUNS, acts_done=met["done"], acts_refused=met["refused"], clock_jumps=met.get("jumps", 0),
        refused_by_a_clock_behind=met.get("ClockBehind", 0), cancelled=met.get("cancelled", 0),
        tried_on_a_cancelled_one=met.get("CancelledVisit", 0), negative=0, overlaps=0, own_word=0, doubled=0,
    )  # fmt: skip
