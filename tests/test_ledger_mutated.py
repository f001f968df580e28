"""An insider writes into the tables of the ledger, or two write at once: every change is named, no number is lost or given twice."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from doorstep.hub.records import proving
from doorstep.hub.records.actions.booking import append, close_day, subject_of
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.book import Fact, Kind
from doorstep.hub.records.models import Certificate, Log, LogEntry, LogHash, LogHead
from doorstep.hub.testing import Cast
from doorstep.ledger.walk import Fault, Verdict, verify
from tests.racing import Figures, count, race

ENTRIES = 600
#: What somebody may do to a row, and what the walk may call it.
CHANGED = {Fault.CHANGED}
GONE = {Fault.MISSING, Fault.TRUNCATED}
HASH = {Fault.STORED_HASH}


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
