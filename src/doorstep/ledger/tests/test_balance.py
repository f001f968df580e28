"""A person's hours are what stands after all corrections, in whatever order the entries are read."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.balance import Balance, Slip, balance
from doorstep.ledger.entry import Entry, Grade, Kind

from .notebook import DAY, LI, NOW, WANG, ZHAO, entry

BOTH = tuple(sorted((LI, ZHAO)))


def of(*facts: Entry, **period: date) -> Balance:
    return balance(facts, WANG, "unit-1", **period)


def correction(n: int, to: int, tenths: int, grade: Grade = Grade.BACKFILLED) -> Entry:
    return replace(entry(n), kind=Kind.HOURS_CORRECTED, corrects=to, tenths=tenths, grade=grade, approvers=BOTH, reasons=("late",))


def word(n: int, to: int, kind: Kind = Kind.HOURS_DISPUTED) -> Entry:
    return Entry(n, NOW, kind, "unit-1", WANG, corrects=to, reasons=() if kind is Kind.HOURS_VERIFIED else ("too_few",))


def certificate(n: int) -> Entry:
    return Entry(n, NOW, Kind.CERTIFICATE_ISSUED, "unit-1", WANG, tenths=18, start=DAY, end=DAY, document="3" * 64)


def test_hours_add_up_by_grade_and_training_apart() -> None:
    found = of(entry(0), replace(entry(1), grade=Grade.CODE_PAIR, tenths=10), replace(entry(2), kind=Kind.TRAINING_RECORDED, tenths=5))
    assert (found.service, found.training, found.tenths) == ({Grade.CODE_PAIR: 10, Grade.LEADER: 18}, {Grade.LEADER: 5}, 28)


def test_other_people_and_units_are_passed_over() -> None:
    assert of(replace(entry(0), subject=LI), replace(entry(1), unit="unit-2")).tenths == 0


def test_a_correction_replaces_and_can_be_corrected_itself() -> None:
    assert of(entry(0), correction(1, 0, 12)).service == {Grade.BACKFILLED: 12}
    assert of(entry(0), correction(1, 0, 12), correction(2, 1, 0)).tenths == 0


def test_corrected_training_stays_training() -> None:
    found = of(replace(entry(0), kind=Kind.TRAINING_RECORDED), correction(1, 0, 12))
    assert (found.service, found.training) == ({}, {Grade.BACKFILLED: 12})


def test_what_was_replaced_is_not_corrected_again() -> None:
    found = of(entry(0), correction(1, 0, 12), correction(2, 0, 18))
    assert found.tenths == 12 and found.slips == {2: Slip.ALREADY_REPLACED}


def test_an_entry_that_points_to_nothing_of_this_person_changes_nothing() -> None:
    found = of(entry(0), replace(entry(1), subject=LI), correction(3, 1, 99), correction(4, 2, 99), word(5, 2))
    assert found.tenths == 18 and found.slips == dict.fromkeys((3, 4, 5), Slip.NOTHING_THERE)


def test_a_dispute_stays_open_until_it_is_corrected_or_taken_back() -> None:
    assert of(entry(0), word(1, 0)).disputed == (0,) and of(entry(0), word(1, 0)).tenths == 18
    assert of(entry(0), word(1, 0), correction(2, 0, 20)).disputed == ()
    agreed = of(entry(0), word(1, 0), word(2, 0, Kind.HOURS_VERIFIED))
    assert agreed.disputed == () and agreed.hours[0].verified
    assert of(entry(0), word(1, 0, Kind.HOURS_VERIFIED), word(2, 0)).disputed == (0,)


def test_certificates_count_until_revoked_and_are_not_hours() -> None:
    revoked = word(2, 1, Kind.CERTIFICATE_REVOKED)
    assert of(entry(0), certificate(1)).certificates == (certificate(1),)
    assert of(entry(0), certificate(1), revoked).certificates == ()
    found = of(entry(0), certificate(1), word(2, 0, Kind.CERTIFICATE_REVOKED), correction(3, 1, 5), word(4, 1, Kind.CERTIFICATE_REVOKED))
    assert found.slips == {2: Slip.WRONG_KIND, 3: Slip.WRONG_KIND} and found.certificates == ()
    assert of(certificate(1), revoked, word(3, 1, Kind.CERTIFICATE_REVOKED)).slips == {3: Slip.ALREADY_REPLACED}


def test_a_period_holds_what_lies_wholly_within() -> None:
    days = [replace(entry(n), start=DAY + timedelta(days=n), end=DAY + timedelta(days=n)) for n in range(4)]
    assert of(*days, start=DAY + timedelta(days=1), end=DAY + timedelta(days=2)).tenths == 36
    night = replace(entry(0), end=DAY + timedelta(days=1))
    assert of(night, end=DAY).tenths == 0 and of(night, start=DAY).tenths == 18


def test_one_number_is_one_entry() -> None:
    assert of(entry(0), entry(0)).tenths == 18
    with pytest.raises(ValueError, match="number 0"):
        of(entry(0), replace(entry(0), tenths=1))


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    facts = []
    for n in range(draw(st.integers(1, 14))):
        made = draw(st.sampled_from(["hours", "training", "correct", "dispute", "verify", "issue", "revoke"]))
        to, tenths = draw(st.integers(0, max(0, n - 1))), draw(st.integers(0, 18))
        facts.append(
            {
                "hours": replace(entry(n), tenths=tenths),
                "training": replace(entry(n), kind=Kind.TRAINING_RECORDED, tenths=tenths),
                "correct": correction(n, to, tenths),
                "dispute": word(n, to),
                "verify": word(n, to, Kind.HOURS_VERIFIED),
                "issue": certificate(n),
                "revoke": word(n, to, Kind.CERTIFICATE_REVOKED),
            }[made]
            if n or made in ("hours", "training", "issue")
            else entry(n)
        )
    return facts


@settings(max_examples=200, deadline=None, derandomize=True)
@given(facts=histories(), seed=st.integers(0, 999))
def test_the_order_of_reading_changes_nothing_and_nothing_counts_twice(facts: list[Entry], seed: int) -> None:
    assert all(fact.as_bytes() for fact in facts)
    found = of(*facts)
    assert of(*random.Random(seed).sample(facts, len(facts))) == found
    firsts = [one.first.n for one in found.hours]
    assert len(set(firsts)) == len(firsts) == sum(fact.kind in {Kind.HOURS_RECORDED, Kind.TRAINING_RECORDED} for fact in facts)
    assert sum(found.service.values()) + sum(found.training.values()) == sum(one.entry.tenths or 0 for one in found.hours)


def test_hours_of_elsewhere_are_corrected_in_their_turn() -> None:
    moved = Entry(
        0, NOW, Kind.HOURS_TRANSFERRED, "unit-1", WANG, tenths=300, grade=Grade.TRANSFERRED, approvers=(LI,), start=DAY, end=DAY, document="1" * 64
    )  # fmt: skip
    fixed = replace(moved, n=2, kind=Kind.TRANSFER_CORRECTED, tenths=200, corrects=0, approvers=BOTH, reasons=("two_people",))
    found = of(moved, word(1, 0), fixed)
    assert (found.service, found.disputed, found.slips) == ({Grade.TRANSFERRED: 200}, (), {})
