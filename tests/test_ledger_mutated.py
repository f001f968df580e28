"""An insider writes into the tables of the ledger, or two write at once: every change is named, no number is lost or given twice."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from doorstep.hub.records import proving
from doorstep.hub.records.actions.booking import append, close_day, close_due_days, subject_of
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.auditing import Audit, audit
from doorstep.hub.records.book import Fact, Kind
from doorstep.hub.records.models import (
    STANDING,
    Award,
    Certificate,
    Evaluation,
    Grade,
    Hours,
    HoursState,
    Log,
    LogEntry,
    LogHash,
    LogHead,
    LogKey,
    Salt,
    Transfer,
)
from doorstep.hub.records.tests.whole import whole_record
from doorstep.hub.testing import Cast
from doorstep.ledger.walk import Fault, Verdict, verify
from tests.racing import Figures, count, race

ENTRIES = 600
#: What somebody may do to a row, and what the walk may call it.
CHANGED = {Fault.CHANGED}
GONE = {Fault.MISSING, Fault.TRUNCATED}
HASH = {Fault.STORED_HASH}
#: A number that no log here ever comes to.
FAR = 10**12
REST: dict[str, Any] = {"award": Award, "evaluation": Evaluation, "transfer": Transfer, "certificate": Certificate}


def filled(cast: Cast, entries: int) -> None:
    """One hour, its owner's word on it again and again, and a head over all."""
    came = timezone.now() - timedelta(days=2)
    hours = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="巡楼", came=came, left=came + timedelta(hours=2))
    hours = approve_hours(by=cast.lin, hours=hours)
    said = {"subject": subject_of(cast.chen, cast.community), "corrects": hours.entry}
    append(facts=[Fact(Kind.HOURS_VERIFIED, cast.community.pk, said) for _ in range(entries - 1)])
    close_day(day=timezone.localdate())


def walked() -> Verdict:
    return verify(proving.log_lines(), proving.head_in(LogHead.objects.latest("day").note))


def flip(number: int, chance: random.Random) -> set[Fault]:
    """One bit of one byte of the entry."""
    data = bytearray(LogEntry.objects.get(n=number).data)
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)
    LogEntry.objects.filter(n=number).update(data=bytes(data))
    return CHANGED if b"\n" not in data else CHANGED | {Fault.UNREADABLE}


def take_out(number: int, chance: random.Random) -> set[Fault]:
    LogEntry.objects.filter(n=number).delete()
    return GONE


def swap_hash(number: int, chance: random.Random) -> set[Fault]:
    LogHash.objects.filter(level=0, number=number).update(hash=chance.randbytes(32))
    return HASH


def cut_off(number: int, chance: random.Random) -> set[Fault]:
    LogEntry.objects.filter(n__gte=number).delete()
    return {Fault.TRUNCATED, Fault.MISSING}


@pytest.mark.both_databases
@pytest.mark.drill
@pytest.mark.django_db
def test_whatever_an_insider_writes_is_named(cast: Cast, figures: Figures) -> None:
    filled(cast, ENTRIES)
    assert walked().good
    chance, tries = random.Random(20261125), count(24, 1000)
    acts: list[Callable[[int, random.Random], set[Fault]]] = [flip, flip, take_out, swap_hash, cut_off]
    named = proved = 0
    for attempt in range(tries):
        number = chance.randrange(ENTRIES)
        with transaction.atomic():
            expected = acts[attempt % len(acts)](number, chance)
            verdict = walked()
            transaction.set_rollback(True)
        assert not verdict.good and verdict.fault in expected, (attempt, number, verdict)
        assert verdict.entry == number, (attempt, number, verdict)
        named += 1
        proved += verdict.proved
    assert walked().good
    figures(tries=tries, named=named, proved_by_the_head=proved)


def other(values: list[str], than: str, chance: random.Random) -> str:
    return chance.choice([value for value in values if value != than])


def write_into_hours(cast: Cast, chance: random.Random) -> Callable[[Audit], bool]:
    """One column of one row of hours, or the whole row."""
    row = chance.choice(list(Hours.objects.filter(state__in=STANDING).order_by("entry")))
    minutes = timedelta(minutes=chance.randrange(1, 300))
    another = chance.choice([n for n in LogEntry.objects.values_list("n", flat=True) if n != row.entry])
    changes: list[dict[str, Any]] = [
        {"tenths": row.tenths + chance.randrange(1, 60)}, {"grade": other(Grade.values, row.grade, chance)}, {"left": row.left + minutes},
        {"came": row.came - minutes}, {"planned": row.planned + chance.randrange(1, 99)}, {"rules": f"rules-{chance.random()}@1"},
        {"kind": other(["service", "training", "duty"], row.kind, chance)}, {"person": cast.jiang}, {"unit": cast.other_community},
        {"state": other(HoursState.values, row.state, chance)}, {"away": row.away + chance.randrange(1, 60)},
        {"block": other(["service", "training", "none"], row.block, chance)}, {"entry": None}, {"entry": another}, {"entry": FAR + chance.randrange(FAR)}, {"person": None}, {},
    ]  # fmt: skip
    change = chance.choice(changes)
    mine = Hours.objects.filter(pk=row.pk)
    if change.get("entry") is not None:
        # Two rows of one entry are refused by the table itself: whoever is there first gives way.
        Hours.objects.filter(entry=change["entry"]).update(entry=None)
    mine.update(**change) if change else mine._raw_delete("default")
    return lambda found: any(one.table == "hours" and (one.row == str(row.pk) or one.entry == row.entry) for one in found.rows)


def write_into_the_rest(cast: Cast, chance: random.Random) -> Callable[[Audit], bool]:
    """One column of an award, an evaluation, a transfer or a certificate; sums and doubts are no column of any entry."""
    table = chance.choice(sorted(REST))
    row: Any = chance.choice(list(REST[table].objects.exclude(entry=None).order_by("entry")))
    changes: list[dict[str, Any]] = [
        {"entry": FAR + chance.randrange(FAR)},
        {"entry": None},
        {"person": None},
        {"person": cast.jiang},
        {"unit": cast.other_community},
    ]
    if table == "certificate":
        moved = row.index + proving.LEAST_BITS * chance.randrange(1, 9)
        printed: list[dict[str, Any]] = [{"service": {Grade.CODE_PAIR: row.tenths}}, {"entries": [0]}, {"lines": []}]
        sums = ("questioned", "disputed", "training", "transferred", "synced")
        printed += [{name: row.snapshot[name] + chance.randrange(1, 9)} for name in sums]
        changes += [{"index": moved}, {"index": moved}, *({"snapshot": row.snapshot | said} for said in printed)]
        changes += [{"tenths": row.tenths + 1}, {"number": "2026-ZZZZ-ZZZZ"}, {"state": other(Certificate.State.values, row.state, chance)}]
    else:
        changes += [{"struck": not row.struck}, {"struck": not row.struck}, {"salt": b""}, {"salt": chance.randbytes(31)}]
        changes += [{"tenths": row.tenths + 1}, {"source": "别处的别处"}] if table == "transfer" else []
        changes += [{"rating": row.rating % 5 + 1}, {"on": row.on - timedelta(days=1)}] if table == "evaluation" else []
    REST[table].objects.filter(pk=row.pk).update(**chance.choice(changes))
    return lambda found: any(one.table == table and (one.row == str(row.pk) or one.entry == row.entry) for one in found.rows)


def write_into_a_head(cast: Cast, chance: random.Random) -> Callable[[Audit], bool]:
    row = chance.choice(list(LogHead.objects.order_by("day")))
    place = chance.randrange(len(row.note))
    note = row.note[:place] + chr(ord(row.note[place]) ^ 1) + row.note[place + 1 :]
    far = row.day + timedelta(days=chance.choice((-400, 400)))
    changes: list[dict[str, Any]] = [{"note": note}, {"note": note}, {"size": row.size + chance.choice((-1, 1))}, {"day": far}, {}]
    change = chance.choice(changes)
    mine = LogHead.objects.filter(pk=row.pk)
    if chance.randrange(4) == 0:
        # A day that has not come: one more head, with the words of a true one.
        LogHead.objects.create(
            day=timezone.localdate() + timedelta(days=chance.randrange(9, 9999)), size=row.size, note=row.note, made_at=row.made_at
        )
    elif change:
        mine.update(**change)
    else:
        mine.delete()
    return lambda found: any(one.code in ("head", "head_missing", "head_ahead") for one in found.misfits)


def write_into_a_key(cast: Cast, chance: random.Random) -> Callable[[Audit], bool]:
    row = chance.choice(list(LogKey.objects.order_by("since", "pk")))
    public = bytearray(row.public)
    public[chance.randrange(32)] ^= 1 << chance.randrange(8)
    days = timedelta(days=chance.randrange(3, 400) * chance.choice((-1, 1)))
    changes: list[dict[str, Any]] = [{"public": bytes(public)}, {"name": "other.example/log"}, {"since": row.since + days}, {}]
    changes.append({"until": None if row.until else row.since + abs(days)})
    change = chance.choice(changes)
    mine = LogKey.objects.filter(pk=row.pk)
    mine.update(**change) if change else mine.delete()
    return lambda found: any(one.code in ("key", "key_missing", "head") for one in found.misfits)


@pytest.mark.both_databases
@pytest.mark.drill
@pytest.mark.django_db
def test_whatever_an_insider_writes_into_rows_heads_and_keys_is_named(cast: Cast, figures: Figures, settings: Any) -> None:
    whole_record(cast)
    settings.LEDGER_KEY = "08" * 32
    assert close_due_days(now=timezone.now() + timedelta(days=2)) is not None
    Salt.objects.get_or_create(person=cast.jiang, defaults={"salt": b"x" * 32})
    later = timezone.now() + timedelta(days=3)
    assert audit(later).good
    chance, tries = random.Random(20261125), count(30, 1000)
    acts = {"hours": write_into_hours, "rest": write_into_the_rest, "heads": write_into_a_head, "keys": write_into_a_key}
    named: Counter[str] = Counter()
    for attempt in range(tries):
        table = ("hours", "rest", "hours", "rest", "heads", "keys")[attempt % 6]
        with transaction.atomic():
            is_named = acts[table](cast, chance)
            found = audit(later)
            transaction.set_rollback(True)
        assert not found.good and is_named(found), (attempt, table, found)
        named[table] += 1
    assert audit(later).good
    figures(
        tries=tries,
        named=sum(named.values()),
        in_hours=named["hours"],
        in_the_rest=named["rest"],
        in_heads=named["heads"],
        in_keys=named["keys"],
    )


@pytest.mark.both_databases
@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_certificates_issued_at_once_have_their_own_numbers_and_the_log_no_hole(cast: Cast, figures: Figures, tmp_path: Path) -> None:
    filled(cast, 1)
    day, runners = timezone.localdate(), count(12, 100)
    start = day - timedelta(days=30)

    def act(number: int) -> object:
        return issue_certificate(by=cast.chen, person=cast.chen, unit=cast.community, start=start, end=day).number

    result = race(runners, act, at_once=12)
    assert result.errors == [] and len(set(result.answers)) == runners == Certificate.objects.count()
    numbers = list(LogEntry.objects.order_by("n").values_list("n", flat=True))
    assert numbers == list(range(runners + 1)) and Log.objects.get().size == runners + 1
    assert proving.misfits() == []
    close_day(day=day + timedelta(days=1))
    assert walked().good
    figures(certificates=runners, errors=0, slowest_s=f"{result.slowest():.2f}")
