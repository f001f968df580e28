"""Writing down what looks odd about hours, and what came of looking into it."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person, Place

from ..access import SaidAlready, WithoutWords, require_watcher
from ..models import Anomaly, Hours
from ..watch import ALL, AT_ONCE, Finding, Kind, odd
from ..watch.gathering import typed_lately, unit_of, units_with_hours

#: A share that has been looked at comes back when so many hours are new, or a third of them; a deed with any new hour.
NEW_AT_LEAST = 5
SHARES = (Kind.VOICE, Kind.NIGHT, Kind.ROUND, Kind.FILLED, Kind.PAIR)


@transaction.atomic
def watch_unit(*, unit_id: UUID, now: datetime | None = None) -> list[Anomaly]:
    """Looks through a unit's last twelve weeks; what is found stands on the page until somebody has looked into it."""
    moment = now or timezone.now()
    return _note(unit_id, odd(unit_of(unit_id, moment), ALL), moment)


@transaction.atomic
def watch_typing(*, by: Person, unit: Place, now: datetime | None = None) -> list[Anomaly]:
    """At once after hours were filled in or approved: what the account that typed them has done since yesterday."""
    moment = now or timezone.now()
    return _note(unit.pk, odd(typed_lately(unit.pk, by.pk, moment), AT_ONCE), moment)


def watch_all(*, now: datetime | None = None) -> int:
    """Every unit, one transaction each; gives how many findings are new."""
    moment = now or timezone.now()
    return sum(len(watch_unit(unit_id=unit_id, now=moment)) for unit_id in units_with_hours(moment))


def _note(unit_id: UUID, findings: Iterable[Finding], now: datetime) -> list[Anomaly]:
    """New findings as rows, open ones brought up to date; what was handled stays handled for the same facts."""
    new = []
    for finding in findings:
        name = f"{finding.kind}:{sha256(finding.about.encode()).hexdigest()[:32]}"
        before = list(Anomaly.objects.filter(key__startswith=f"{name}:").order_by("found_at"))
        standing = next((row for row in before if row.state == Anomaly.State.OPEN), None)
        if standing is not None:
            _bring_up_to_date(standing, finding)
        elif _is_new(finding, before):
            new.append(_write(finding, f"{name}:{len(before)}"))
    if new:
        unit = Place.objects.get(pk=unit_id)
        record(actor_id=None, verb="watch_unit", subject=unit, place_id=unit_id, detail={"found": [row.kind for row in new]})
    return new


def _is_new(finding: Finding, before: list[Anomaly]) -> bool:
    if not before:
        return True
    seen = set(Hours.objects.filter(anomalies__in=before).values_list("pk", flat=True))
    fresh = set(finding.hours) - seen
    if finding.kind not in SHARES:
        return bool(fresh)
    return bool(fresh) and 3 * len(fresh) >= min(3 * NEW_AT_LEAST, len(finding.hours))


def _write(finding: Finding, key: str) -> Anomaly:
    row = Anomaly.objects.create(
        key=key, kind=str(finding.kind), unit_id=finding.unit, person_id=finding.person, other_id=finding.other,
        weight=finding.weight, numbers=dict(finding.numbers),
    )  # fmt: skip
    row.hours.set(Hours.objects.filter(pk__in=finding.hours))
    return row


def _bring_up_to_date(row: Anomaly, finding: Finding) -> None:
    if row.numbers == dict(finding.numbers) and row.weight == finding.weight:
        return
    row.weight, row.numbers = finding.weight, dict(finding.numbers)
    row.save(update_fields=["weight", "numbers"])
    row.hours.set(Hours.objects.filter(pk__in=finding.hours))


@transaction.atomic
def handle_anomaly(*, by: Person, anomaly: Anomaly, state: str, words: str, now: datetime | None = None) -> Anomaly:
    """What came of looking into it, in words: sound or wrong. Whose doing it looks like does not judge it."""
    found = Anomaly.objects.select_for_update().get(pk=anomaly.pk)
    require_watcher(by, found)
    if found.state != Anomaly.State.OPEN:
        raise SaidAlready
    if not words.strip():
        raise WithoutWords
    found.state, found.outcome, found.handled_by, found.handled_at = state, words.strip(), by, now or timezone.now()
    found.save()
    record(actor_id=by.pk, verb="handle_anomaly", subject=found, place_id=found.unit_id, detail={"kind": found.kind, "state": state})
    return found
