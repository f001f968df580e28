"""Each kind of oddness lights up in the middle of an honest unit, and an honest unit alone raises nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from doorstep.hub.records.watch import Finding, Kind, Line, Unit, odd
from doorstep.hub.records.watch.lines import surprise, tail, usual

from .honest import FIRST_DAY, SPOT, Honest

SEEDS = 200
DAY = FIRST_DAY + timedelta(days=30)
Draw = Callable[[Honest], Iterator[Line]]


def found(honest: Honest, more: list[Line], kind: Kind) -> list[Finding]:
    unit = honest.drawn()
    return [finding for finding in odd(Unit(unit.id, [*unit.lines, *more])) if finding.kind is kind]


def a_line(honest: Honest, person: UUID, day: int, hour: float, minutes: int, **more: object) -> Line:
    came = FIRST_DAY + timedelta(days=day, hours=hour)
    return Line(honest.id(), person, came, came + timedelta(minutes=minutes), minutes // 6, **more)  # type: ignore[arg-type]


def typed(honest: Honest, person: UUID, day: int, minutes: int, after: timedelta, by: UUID, **more: object) -> Line:
    return a_line(honest, person, day, 9, minutes, filled=True, entered_by=by, entered_at=DAY + after, **more)


def test_five_hours_bought_in_two_minutes_stand_at_the_top() -> None:
    honest = Honest(3)
    officer, buyer, other = honest.id(), honest.id(), honest.id()
    sold = [
        typed(
            honest,
            buyer,
            20 + number,
            100,
            timedelta(seconds=40 * number),
            officer,
            vouched_by=other,
            approved_at=DAY + timedelta(minutes=4),
        )
        for number in range(3)
    ]
    unit = honest.drawn()
    first = odd(Unit(unit.id, [*unit.lines, *sold]))[0]
    assert (first.kind, first.person, first.other, set(first.hours)) == (Kind.BOUGHT, officer, buyer, {line.id for line in sold})
    assert first.numbers == {"tenths": 48, "count": 3, "seconds": 80, "hasty": 3, "late": 0, "unplanned": 3}


def test_five_hours_in_one_line_that_nobody_has_approved_yet_light_up_too() -> None:
    honest = Honest(4)
    sold = typed(honest, honest.id(), 25, 300, timedelta(), honest.id())._replace(tenths=0)
    assert [finding.hours for finding in found(honest, [sold], Kind.BOUGHT)] == [(sold.id,)]


def test_four_hours_are_no_case_and_three_minutes_make_two_of_them() -> None:
    honest = Honest(5)
    by, person = honest.id(), honest.id()
    assert found(honest, [typed(honest, person, 25, 240, timedelta(), by)], Kind.BOUGHT) == []
    apart = [typed(honest, person, 25 + n, 150, timedelta(minutes=3 * n), by) for n in range(2)]
    assert found(honest, apart, Kind.BOUGHT) == []


def test_many_activities_at_one_sitting_but_not_one_sheet_of_many_names() -> None:
    honest = Honest(6)
    by, people = honest.id(), [honest.id() for _ in range(12)]
    sitting = [typed(honest, person, 10 + n, 60, timedelta(seconds=30 * n), by) for n, person in enumerate(people)]
    [finding] = found(honest, sitting, Kind.SITTING)
    assert (finding.person, finding.numbers["activities"], finding.numbers["people"]) == (by, 12, 12)
    sheet = [typed(honest, person, 10, 60, timedelta(seconds=10 * n), by) for n, person in enumerate(people)]
    assert found(honest, sheet, Kind.SITTING) == []


def test_twenty_accounts_on_one_code() -> None:
    honest = Honest(7)
    slot = honest.id()
    many = [a_line(honest, honest.id(), 12, 9, 60, slot=slot, spot=SPOT, step=77, device=f"d{n}") for n in range(20)]
    [finding] = found(honest, many, Kind.CODE)
    assert finding.numbers == {"people": 20, "phones": 20}
    assert found(honest, many[:8], Kind.CODE) == []


def test_three_people_on_one_phone_but_not_a_couple() -> None:
    honest = Honest(8)
    three = [a_line(honest, honest.id(), 12, 9, 60, slot=honest.id(), spot=SPOT, step=n, device="one-phone") for n in range(3)]
    assert [finding.numbers["people"] for finding in found(honest, three, Kind.PHONE)] == [3]
    assert found(honest, three[:2], Kind.PHONE) == []


def test_two_places_too_far_apart_for_the_time_between_them() -> None:
    honest = Honest(9)
    who, far = honest.id(), (SPOT[0] + 0.18, SPOT[1])  # 20 km
    here = a_line(honest, who, 12, 9, 60, slot=honest.id(), spot=SPOT)
    there = a_line(honest, who, 12, 10.25, 60, slot=honest.id(), spot=far)
    [finding] = found(honest, [here, there], Kind.PLACES)
    assert (finding.person, finding.numbers["metres"], finding.numbers["short"]) == (who, 20016, 19)
    assert (
        found(honest, [here, there._replace(came=there.came + timedelta(minutes=20), left=there.left + timedelta(minutes=20))], Kind.PLACES)
        == []
    )


def test_two_units_that_hold_the_same_hour_find_it_once() -> None:
    honest = Honest(9)
    who = honest.id()
    here, there = a_line(honest, who, 12, 9, 60, slot=honest.id(), spot=SPOT), a_line(honest, who, 12, 9.5, 60, slot=honest.id(), spot=SPOT)
    assert odd(Unit(honest.unit, [here], [there])) == []
    assert [finding.kind for finding in odd(Unit(honest.unit, [there], [here]))] == [Kind.PLACES]


def test_one_friend_vouches_for_all() -> None:
    honest = Honest(10)
    who, friend, lead = honest.id(), honest.id(), honest.workers[0]
    lines = [a_line(honest, who, 3 * n, 15, 60, slot=honest.id(), spot=SPOT, expected=(lead,), vouched_by=friend) for n in range(12)]
    assert [(finding.person, finding.other) for finding in found(honest, lines, Kind.VOICE)] == [(who, friend)]
    assert found(honest, [line._replace(vouched_by=lead) for line in lines], Kind.VOICE) == [], "the slot's own social worker is who should"


def test_served_at_night_week_after_week() -> None:
    honest = Honest(11)
    who = honest.id()
    lines = [a_line(honest, who, 7 * n, 22.5, 60, slot=honest.id(), spot=SPOT) for n in range(8)]
    assert [finding.person for finding in found(honest, lines, Kind.NIGHT)] == [who]


def test_whole_hours_only() -> None:
    honest = Honest(12)
    who = honest.id()
    lines = [typed(honest, who, 2 * n, 120, timedelta(hours=2 * n), honest.workers[0]) for n in range(30)]
    assert [finding.person for finding in found(honest, lines, Kind.ROUND)] == [who]
    assert [finding.person for finding in found(honest, lines, Kind.FILLED)] == [who], "all filled in afterwards is odd besides"


def test_two_who_approve_each_other() -> None:
    honest = Honest(13)
    ann, bo = honest.id(), honest.id()
    others = [honest.id() for _ in range(4)]
    mutual = [
        typed(honest, one, 5 * n, 50, timedelta(hours=3 * n), honest.id(), vouched_by=other)
        for n in range(6)
        for one, other in ((ann, bo), (bo, ann))
    ]
    rest = [typed(honest, honest.id(), n, 50, timedelta(hours=5 * n), others[0], vouched_by=others[n % 4]) for n in range(12)]
    [finding] = found(honest, [*mutual, *rest], Kind.PAIR)
    assert ({finding.person, finding.other}, finding.numbers) == ({ann, bo}, {"there": 6, "back": 6})


def test_where_two_must_approve_each_other_nothing_is_odd() -> None:
    """Two social workers who serve themselves have nobody else to ask."""
    honest = Honest(14)
    ann, bo = honest.id(), honest.id()
    mutual = [
        typed(honest, one, 5 * n, 50, timedelta(hours=3 * n), honest.id(), vouched_by=other)
        for n in range(6)
        for one, other in ((ann, bo), (bo, ann))
    ]
    assert [finding.kind for finding in odd(Unit(honest.unit, mutual))] == []


def test_an_honest_unit_of_twelve_weeks_raises_almost_nothing(record_property: Callable[[str, object], None]) -> None:
    units = [Honest(seed).drawn() for seed in range(SEEDS)]
    kinds = Counter(finding.kind for unit in units for finding in odd(unit))
    lines = sum(len(unit.lines) for unit in units)
    print(f"{kinds.total()} false alarms in {SEEDS} honest units of twelve weeks, {lines} hours: {dict(kinds)}")
    record_property("false_alarms", kinds.total())
    assert lines > 150 * SEEDS, "the honest units have enough in them to be odd"
    assert kinds.total() <= 4


def test_the_binomial_tail_is_the_sum_of_its_parts() -> None:
    assert tail(4, 2, 0.5) == pytest.approx(11 / 16)
    assert tail(200, 200, 0.5) == pytest.approx(0.5**200)
    assert (tail(5, 0, 0.2), tail(5, 1, 0.0), tail(5, 5, 1.0)) == (1.0, 0.0, 1.0)


def test_few_lines_are_judged_with_the_usual() -> None:
    assert usual(0, 0, 0.1) == pytest.approx(0.1)
    assert usual(1, 2, 0.1) < 0.2 < usual(100, 200, 0.1)
    assert surprise(1e-4, 1) == pytest.approx(4) and surprise(1e-4, 20) == 0.0


def test_the_order_of_the_lines_changes_nothing() -> None:
    honest = Honest(15)
    unit = honest.drawn()
    lines = [*unit.lines, *(a_line(honest, unit.lines[0].person, 7 * n, 23, 60, slot=honest.id()) for n in range(9))]
    mixed = list(lines)
    Random(1).shuffle(mixed)
    assert [finding.about for finding in odd(Unit(unit.id, lines))] == [finding.about for finding in odd(Unit(unit.id, mixed))]


def dishonest(honest: Honest) -> dict[Kind, list[Line]]:
    """Five ways in which one person of a unit may get hours that were not served."""
    who, lead, friend, by = honest.id(), honest.workers[0], honest.id(), honest.id()
    return {
        Kind.BOUGHT: [typed(honest, who, 20 + n, 100, timedelta(seconds=40 * n), by) for n in range(3)],
        Kind.VOICE: [
            a_line(honest, who, 3 * n, 15, 60, slot=honest.id(), spot=SPOT, expected=(lead,), vouched_by=friend) for n in range(10)
        ],
        Kind.NIGHT: [a_line(honest, who, 7 * n, 22.5, 60, slot=honest.id(), spot=SPOT) for n in range(5)],
        Kind.FILLED: [typed(honest, who, 5 * n, 50 + n, timedelta(hours=3 * n), lead) for n in range(8)],
        Kind.ROUND: [typed(honest, who, 2 * n, 120, timedelta(hours=2 * n), lead) for n in range(30)],
    }


def test_who_is_dishonest_among_the_honest_is_nearly_always_named() -> None:
    named: Counter[Kind] = Counter()
    for seed in range(50):
        honest = Honest(seed)
        unit = honest.drawn()
        for kind, lines in dishonest(honest).items():
            found = odd(Unit(unit.id, [*unit.lines, *lines]))
            named[kind] += any(finding.kind is kind and set(finding.hours) & {line.id for line in lines} for finding in found)
    print(f"named in 50 units each: { {str(kind): count for kind, count in named.items()} }")
    assert min(named.values()) >= 46 and named[Kind.BOUGHT] == 50
