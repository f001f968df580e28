"""Reads on what looks odd: the list, one finding with its hours, and how many open questions stand behind a certificate."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from doorstep.hub.people.models import Person

from ..models import Anomaly, Correction, Hours
from ..watch import words

#: From here on it is looked at before anything else.
PRESSING = 60.0


@dataclass(frozen=True)
class Told:
    """A finding as the page says it."""

    anomaly: Anomaly
    title: str
    sentence: str
    reasons: list[str]
    advice: str

    @property
    def mark(self) -> str:
        if self.anomaly.state != Anomaly.State.OPEN:
            return "ok" if self.anomaly.state == Anomaly.State.SOUND else "gap"
        return "gap" if self.anomaly.weight >= PRESSING else "wait"


def told(anomaly: Anomaly) -> Told:
    kind = anomaly.kind
    return Told(anomaly, words.title(kind), words.sentence(anomaly), words.reasons(anomaly), words.advice(kind))


def open_first(found: QuerySet[Anomaly], *, handled: bool) -> QuerySet[Anomaly]:
    """What nobody has looked into, the oddest first; or what was handled, the latest first."""
    if handled:
        return found.exclude(state=Anomaly.State.OPEN).order_by("-handled_at", "pk")
    return found.filter(state=Anomaly.State.OPEN).order_by("-weight", "found_at", "pk")


def waiting_in_place(person: Person) -> Coalesce:
    """Beside each place: how many open findings there are this person's to look into."""
    found = Anomaly.objects.filter(state=Anomaly.State.OPEN, unit=OuterRef("pk"))
    found = found.exclude(Q(person=person) & Q(person__isnull=False)).exclude(Q(other=person) & Q(other__isnull=False))
    return Coalesce(Subquery(found.order_by().values("unit").annotate(n=Count("pk")).values("n")), 0)


def hours_in(anomaly: Anomaly) -> list[Hours]:
    """The hours of a finding in the order in which they were served; at most as many as a page carries."""
    return list(
        anomaly.hours.select_related("person", "entered_by", "approved_by", "confirmed_by", "led_by", "unit").order_by("came", "pk")[:200]
    )


def _questioned(rows: QuerySet[Hours]) -> dict[UUID, int]:
    """Hours that somebody should look at first, and those found wrong that were not corrected since: id to tenths."""
    corrected = Correction.objects.filter(
        hours=OuterRef("hours"), state=Correction.State.APPROVED, decided_at__gt=OuterRef("anomaly__handled_at")
    )
    asked = Anomaly.hours.through.objects.filter(hours__in=rows).annotate(corrected=Exists(corrected))
    asked = asked.filter(Q(anomaly__state=Anomaly.State.OPEN) | Q(anomaly__state=Anomaly.State.WRONG, corrected=False))
    return dict(asked.values_list("hours", "hours__tenths"))


def open_questions(hours_ids: Iterable[UUID]) -> int:
    """How many of these hours are under an open question: a certificate says so."""
    return len(_questioned(Hours.objects.filter(pk__in=list(hours_ids))))


def questioned_tenths(hours_ids: Iterable[UUID]) -> int:
    """The same in tenths of an hour."""
    return sum(_questioned(Hours.objects.filter(pk__in=list(hours_ids))).values())


def questioned_entries(entries: Iterable[int]) -> int:
    """Tenths under an open question among the hours that these entries of the ledger stand for now."""
    return sum(_questioned(Hours.objects.filter(entry__in=list(entries))).values())
