"""Which time counts: every refusal by its code and numbers, and what holds for any day of anybody."""

import json
import random
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.entry import Grade
from doorstep.ledger.pack import FACTS, BadPack, Block, Pack, Rounding, default_pack, digest, pack, pack_on
from doorstep.ledger.rules import Code, Evidence, Presence, Refusal, Ruling, by_day, judge, settle

from .notebook import ODD

RULES = default_pack()
DATA = (FACTS / "rules-default-1.json").read_bytes()
#: Nine in the morning of a Tuesday in Shanghai.
NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NOW = NINE + timedelta(days=30)
CODES = Evidence(code_in=True, code_out=True)
TUESDAY = date(2026, 11, 24)


def presence(hour: float = 0, minutes: int = 120, id: str = "a", **values: Any) -> Presence:
    """Wang is there from so many hours after nine for so many minutes, as long as planned, with both codes."""
    came = NINE + timedelta(hours=hour)
    made = Presence(id, "wang", f"activity-{id}", "service", came, came + timedelta(minutes=minutes), minutes, CODES)
    return replace(made, **values)


def ruled(*presences: Presence, rules: Pack = RULES) -> list[Ruling]:
    return settle(rules, presences, NOW)


def codes(ruling: Ruling) -> list[str]:
    return [str(refusal.code) for refusal in ruling.refusals]


def test_time_counts_as_served_and_no_longer_than_planned() -> None:
    late, early, longer = presence(minutes=110, planned=120), presence(minutes=95, planned=120), presence(minutes=150, planned=120)
    assert [ruled(p)[0].tenths for p in (late, early, longer)] == [18, 15, 20]


def test_travel_and_standby_within_are_taken_off() -> None:
    assert ruled(presence(minutes=120, away=30))[0].tenths == 15


@pytest.mark.parametrize(
    ("unit", "rounding", "minutes", "tenths"),
    [
        (1, "down", 5, 0), (1, "down", 6, 1), (1, "down", 119, 19), (1, "nearest", 3, 1), (1, "nearest", 2, 0), (1, "up", 1, 1), (1, "up", 0, 0),
        (5, "down", 29, 0), (5, "down", 30, 5), (5, "down", 119, 15), (5, "nearest", 44, 5), (5, "nearest", 45, 10), (5, "up", 31, 10),
    ],
)  # fmt: skip
def test_units_of_a_tenth_and_a_half_are_rounded_as_the_pack_says(unit: int, rounding: str, minutes: int, tenths: int) -> None:
    assert replace(RULES, unit_tenths=unit, rounding=Rounding(rounding)).tenths(minutes) == tenths


def test_up_to_eight_hours_stand_alone_up_to_twelve_with_the_parent_more_never() -> None:
    eight, nine, thirteen = presence(minutes=480), presence(minutes=540), presence(minutes=780)
    assert ruled(eight)[0].tenths == 80
    needs = ruled(nine)[0]
    assert (
        needs.refusals == (Refusal(Code.NEEDS_PARENT, {"day": "2026-11-24", "minutes": 540, "limit": 480}),)
        and needs.waits
        and needs.tenths == 0
    )
    assert ruled(replace(nine, parent="office"))[0].tenths == 90
    full = ruled(replace(thirteen, parent="office"))[0]
    assert full.refusals == (Refusal(Code.DAY_FULL, {"day": "2026-11-24", "minutes": 780, "limit": 720}),) and not full.waits


def test_the_hours_of_a_day_add_up_over_activities() -> None:
    first, second, third = ruled(presence(0, 300, "a"), presence(5, 180, "b"), presence(8, 60, "c"))
    assert (first.tenths, second.tenths, codes(third)) == (50, 30, ["needs_parent"])


def test_training_stands_apart_and_fills_no_day() -> None:
    served, trained = ruled(presence(0, 480, "a"), presence(8, 120, "b", kind="training"))
    assert (served.block, served.tenths, trained.block, trained.tenths) == (Block.SERVICE, 80, Block.TRAINING, 20)


def test_nobody_is_in_two_places_not_even_learning() -> None:
    _, second, third = ruled(presence(0, 120, "a"), presence(1, 120, "b"), presence(2, 60, "c", kind="training"))
    assert second.refusals == (Refusal(Code.OVERLAP, {"other": "a", "minutes": 60}),) and third.counts


@pytest.mark.parametrize("kind", [kind for kind, block in RULES.kinds.items() if block is Block.NONE])
def test_what_is_no_volunteer_service_gets_nothing(kind: str) -> None:
    ruling = ruled(presence(kind=kind))[0]
    assert ruling.refusals == (Refusal(Code.NO_SERVICE, {"kind": kind}),) and ruling.tenths == 0


def test_on_call_time_counts_once_called() -> None:
    assert ruled(presence(kind="standby"))[0].tenths == 0
    assert ruled(presence(kind="called_standby"))[0].tenths == 20
    assert codes(ruled(presence(kind="karaoke"))[0]) == ["unknown_kind"]


@pytest.mark.parametrize(
    ("evidence", "grade"),
    [
        (CODES, Grade.CODE_PAIR), (Evidence(code_in=True, confirmed_by="li"), Grade.CODE_AND_WORD), (Evidence(code_out=True, led_by="li"), Grade.CODE_AND_WORD),
        (Evidence(led_by="li"), Grade.LEADER), (Evidence(confirmed_by="li"), Grade.LEADER), (Evidence(entered_by="sun", approved_by="li"), Grade.BACKFILLED),
        (Evidence(transferred=True, approved_by="li"), Grade.TRANSFERRED), (Evidence(code_in=True, entered_by="sun", approved_by="li"), Grade.BACKFILLED),
    ],
)  # fmt: skip
def test_evidence_has_its_grade(evidence: Evidence, grade: Grade) -> None:
    ruling = ruled(presence(evidence=evidence))[0]
    assert (ruling.grade, ruling.counts) == (grade, True)


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (Evidence(), "no_evidence"), (Evidence(code_in=True), "no_evidence"), (Evidence(entered_by="sun"), "no_approver"), (Evidence(transferred=True), "no_approver"),
        (Evidence(entered_by="sun", approved_by="sun"), "same_hands"), (Evidence(led_by="wang"), "own_word"), (Evidence(code_in=True, confirmed_by="wang"), "own_word"),
        (Evidence(entered_by="sun", approved_by="wang"), "own_word"), (replace(CODES, confirmed_by="wang"), "own_word"),
    ],
)  # fmt: skip
def test_nobody_vouches_for_themselves_and_nothing_counts_on_nothing(evidence: Evidence, code: str) -> None:
    ruling = ruled(presence(evidence=evidence))[0]
    assert codes(ruling) == [code] and ruling.tenths == 0


def test_nobody_reviews_their_own_long_day() -> None:
    assert codes(ruled(presence(minutes=600, parent="wang"))[0]) == ["own_word"]


def test_time_that_cannot_be_is_refused() -> None:
    assert ruled(presence(minutes=-5, planned=60))[0].refusals == (Refusal(Code.BACKWARDS, {"minutes": -5}),)
    assert codes(ruled(presence(minutes=0, planned=60))[0]) == ["backwards"]
    assert ruled(presence(minutes=5))[0].refusals == (Refusal(Code.NOTHING_LEFT, {"minutes": 5, "unit": 6}),)
    assert codes(ruled(presence(minutes=3000))[0])[0] == "too_long"
    assert codes(ruled(presence(hour=-24 * 400))[0]) == ["no_rules"]
    early = judge(RULES, presence(), [], NINE + timedelta(minutes=30))
    assert early.refusals == (Refusal(Code.FROM_TOMORROW, {"minutes": 90}),)


def test_one_comes_to_one_activity_three_times_a_day() -> None:
    visits = [presence(hour, 30, str(hour), activity="gate") for hour in range(4)]
    assert codes(ruled(*visits)[3]) == ["checkins"] and ruled(*visits)[2].counts
    assert ruled(*visits[:3], replace(visits[3], activity="door"))[3].counts


def test_a_night_belongs_to_two_days_by_the_local_clock() -> None:
    night = presence(hour=13, minutes=300)  # from ten in the evening
    assert by_day(RULES, night) == {TUESDAY: 120, date(2026, 11, 25): 180}


def test_all_refusals_are_found_at_once() -> None:
    ruling = ruled(presence(minutes=900, kind="meeting", evidence=Evidence()))[0]
    assert codes(ruling) == ["no_evidence", "no_service"]


def test_a_refused_presence_takes_no_room_and_other_people_are_nothing_to_me() -> None:
    nothing = presence(0, 120, "a", evidence=Evidence())
    assert ruled(nothing, presence(1, 120, "b"))[1].counts
    assert all(ruling.counts for ruling in ruled(presence(0, 120, "a"), presence(0, 120, "b", person="li")))


def test_the_same_presence_is_judged_again_without_meeting_itself() -> None:
    first = judge(RULES, presence(), [], NOW)
    assert judge(RULES, presence(minutes=100), [first], NOW).counts


evidences = st.sampled_from([CODES, Evidence(led_by="li"), Evidence(), Evidence(entered_by="a", approved_by="b")])


@st.composite
def presences(draw: st.DrawFn) -> Presence:
    came = NINE + timedelta(minutes=draw(st.integers(0, 60 * 40)), seconds=draw(st.integers(0, 59)))
    length = draw(st.integers(-10, 900))
    return Presence(
        f"p{draw(st.integers(0, 10**9))}", draw(st.sampled_from(["wang", "li"])), draw(st.sampled_from(["x", "y"])), draw(st.sampled_from([*RULES.kinds])),
        came, came + timedelta(minutes=length), draw(st.integers(0, 900)), draw(evidences), draw(st.integers(0, 40)), draw(st.sampled_from([None, "office"])),
    )  # fmt: skip


packs = st.builds(
    lambda unit, rounding, cap: replace(RULES, unit_tenths=unit, rounding=rounding, cap_at_planned=cap),
    st.sampled_from([1, 5]), st.sampled_from([*Rounding]), st.booleans(),
)  # fmt: skip
lists = st.lists(presences(), max_size=14, unique_by=lambda p: p.id)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(rules=packs, given_=lists)
def test_no_day_goes_over_its_limits_and_what_counts_is_the_sum_of_its_days(rules: Pack, given_: list[Presence]) -> None:
    counted: dict[tuple[str, date], int] = {}
    for ruling in settle(rules, given_, NOW):
        assert (ruling.tenths > 0) == ruling.counts
        if not ruling.counts:
            continue
        assert ruling.tenths * 6 == sum(ruling.minutes.values()) and ruling.tenths % rules.unit_tenths == 0
        for day, minutes in ruling.minutes.items():
            if ruling.block is Block.SERVICE:
                key = ruling.presence.person, day
                counted[key] = counted.get(key, 0) + minutes
                assert counted[key] <= (720 if ruling.presence.parent else 480) or ruling.presence.parent is not None
    assert all(minutes <= 720 for minutes in counted.values())


@settings(max_examples=100, deadline=None, derandomize=True)
@given(given_=lists, seed=st.integers(0, 999))
def test_the_order_in_which_they_are_given_changes_nothing(given_: list[Presence], seed: int) -> None:
    shuffled = random.Random(seed).sample(given_, len(given_))
    assert ruled(*given_) == ruled(*shuffled)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(given_=lists)
def test_of_what_counts_nothing_overlaps_and_nobody_is_their_own_witness(given_: list[Presence]) -> None:
    counting = [ruling.presence for ruling in ruled(*given_) if ruling.counts]
    for number, one in enumerate(counting):
        assert one.person not in {one.evidence.led_by, one.evidence.confirmed_by, one.evidence.approved_by, one.parent}
        for other in counting[:number]:
            assert one.person != other.person or one.came >= other.left or other.came >= one.left


@settings(max_examples=100, deadline=None, derandomize=True)
@given(rules=packs, one=presences())
def test_never_more_than_served_and_planned_but_for_rounding(rules: Pack, one: Presence) -> None:
    slack = {Rounding.DOWN: 0, Rounding.NEAREST: rules.unit_tenths * 3, Rounding.UP: rules.unit_tenths * 6 - 1}[rules.rounding]
    served = max(0, one.minutes - one.away)
    assert sum(by_day(rules, one).values()) <= (min(served, one.planned) if rules.cap_at_planned else served) + slack


def varied(**values: Any) -> bytes:
    return json.dumps({**json.loads(DATA), **values}).encode()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "syntax"), (b"[]", "format"), (varied(format="x"), "format"), (varied(more=1), "more"), (varied(unit_tenths=2), "unit_tenths"),
        (varied(unit_tenths=True), "unit_tenths"), (varied(rounding="sideways"), "rounding"), (varied(kinds={}), "kinds"), (varied(kinds={"a": "b"}), "kinds"),
        (varied(valid_from="soon"), "valid_from"), (varied(valid_from=None), "valid_from"), (varied(sources=[]), "sources"), (varied(id="A"), "id"),
        (varied(alone_minutes_a_day=750), "alone_minutes_a_day"), (varied(alone_minutes_a_day=475), "alone_minutes_a_day"), (varied(warn_on_day=11), "warn_on_day"),
        (varied(valid_until="2025-01-01"), "valid_until"), (varied(version=0), "version"), (varied(cap_at_planned=1), "cap_at_planned"),
        (varied(district="常州"), "district"), (json.dumps({k: v for k, v in json.loads(DATA).items() if k != "kinds"}).encode(), "kinds"),
    ],
)  # fmt: skip
def test_a_pack_that_is_wrong_says_where(data: bytes, field: str) -> None:
    with pytest.raises(BadPack) as refused:
        pack(data)
    assert refused.value.field == field


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_pack_is_read_or_refused(odd: Any) -> None:
    for name in json.loads(DATA):
        with suppress(BadPack):
            assert isinstance(pack(varied(**{name: odd})), Pack)


def test_a_pack_has_a_name_and_a_digest_of_its_meaning() -> None:
    assert RULES.name == "default@1"
    assert digest(DATA) == digest(varied()) != digest(varied(version=2))


def test_the_pack_of_a_day_is_the_districts_own_and_the_latest() -> None:
    newer = replace(RULES, version=2, valid_from=date(2026, 6, 1))
    own = replace(RULES, district="320404", valid_until=date(2026, 12, 31))
    packs = [newer, own, RULES]
    assert pack_on(packs, date(2026, 3, 1), "320411") is RULES
    assert pack_on(packs, TUESDAY, "320411") is newer
    assert pack_on(packs, TUESDAY, "320404") is own
    assert pack_on(packs, date(2027, 1, 1), "320404") is newer
    assert pack_on(packs, date(2020, 1, 1), "320404") is None
