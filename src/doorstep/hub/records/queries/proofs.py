"""What the pages of the ledger and of certificates read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.models import Person, Place

from .. import proving
from ..models import (
    Batch,
    BatchMember,
    BatchPaper,
    Certificate,
    Grade,
    Hours,
    Log,
    LogHead,
    Seal,
    StatusRegister,
)
from ..printing import GRADES, picture_to_scan
from .watching import questioned_entries


@dataclass(frozen=True)
class Shown:
    """A head as the public page shows it."""

    row: LogHead
    fingerprint: str
    picture: str


def newest_head() -> Shown | None:
    row = LogHead.objects.first()
    return Shown(row, proving.fingerprint_in(row.note), picture_to_scan(row.note)) if row else None


#: A look each night, and a morning to notice that one did not come.
LOOK_HOLDS = timedelta(hours=36)


@dataclass(frozen=True)
class Walk:
    """When everything was last looked over, and what came of it. rows: the first rows of the record that do not agree with the ledger."""

    at: datetime
    good: bool
    proven: int
    entry: int | None
    fault: str
    refused: date | None
    misfits: list[proving.Misfit]
    rows: list[proving.Difference]
    count: int

    @property
    def log_holds(self) -> bool:
        return not self.fault and not self.misfits and self.refused is None

    @property
    def broke_off(self) -> bool:
        """Whether the look did not come to its end: then it says nothing of the log."""
        return self.fault == "look_failed"

    @property
    def overdue(self) -> bool:
        return timezone.now() - self.at > LOOK_HOLDS

    @property
    def alarm(self) -> bool:
        """What was found good long ago is good no more."""
        return not self.good or self.overdue


def last_walk() -> Walk | None:
    row = Entry.objects.filter(subject_type="records.log", verb="walk_log").order_by("-id").first()
    if row is None:
        return None
    said = row.detail
    rows = [proving.Difference(table, pk, entry, proving.Why(why), field) for table, pk, entry, why, field in said.get("rows", [])]
    refused = date.fromisoformat(said["refused"]) if "refused" in said else None
    misfits = [proving.Misfit(code, where) for code, where in said.get("misfits", [])]
    return Walk(row.at, said["good"], said["proven"], said["entry"], said["fault"], refused, misfits, rows, said.get("count", 0))


#: Of what goes wrong outside, what may be the work of somebody's hand: another history, an untold key, and no way from one head to the next.
GRAVE = frozenset({"AnotherHistory", "UntoldKey", "NoProof"})


@dataclass(frozen=True)
class Unsent:
    """What the last try of one way came to, where it did not come out well."""

    way: str
    why: str
    day: date

    @property
    def grave(self) -> bool:
        return self.why in GRAVE


@dataclass(frozen=True)
class Outside:
    """Where the newest head went besides our own page: to how many places, and which ways failed when they were tried last, with why."""

    day: date
    places: int
    faults: list[Unsent]

    @property
    def failed(self) -> list[str]:
        return [f"{one.way} {one.why}" for one in self.faults]


def kept_outside() -> Outside | None:
    """A way that failed stays failed until it is taken again: a new head alone changes nothing about it."""
    head = LogHead.objects.first()
    if head is None:
        return None
    published = Entry.objects.filter(verb="publish_head", subject_type="records.loghead")
    tried = Entry.objects.filter(pk__in=published.order_by().values("detail__way").annotate(last=Max("pk")).values("last"))
    ways = {"folder": 1 if settings.HEADS_FOLDER else 0, "mail": len(settings.WITNESSES)}
    last = {str(line.detail["way"]): line for line in tried if ways.get(line.detail["way"])}
    went = [way for way, line in last.items() if line.detail["ok"] and line.subject_id == str(head.pk)]
    faults = [Unsent(way, said["why"], date.fromisoformat(said["day"])) for way, line in last.items() if (said := line.detail)["why"]]
    return Outside(head.day, sum(ways[way] for way in went), faults)


def earlier_heads() -> QuerySet[LogHead]:
    return LogHead.objects.all()


def the_log() -> Log | None:
    return Log.objects.first()


def log_size() -> int:
    log = the_log()
    return log.size if log else 0


@dataclass(frozen=True)
class PublicKey:
    """A public key as the line that checkers take, with its days."""

    line: str
    since: date | None
    until: date | None


def signing_keys() -> list[PublicKey]:
    return [PublicKey(str(key), key.since, key.until) for key in proving.public_keys()]


def register_numbered(number: int) -> StatusRegister | None:
    return StatusRegister.objects.filter(number=number).first()


def revoked_in(register: StatusRegister) -> list[int]:
    """Places of a list whose certificates were taken back."""
    first = register.number * proving.LEAST_BITS
    revoked = Certificate.objects.filter(state=Certificate.State.REVOKED, index__gte=first, index__lt=first + proving.LEAST_BITS)
    return [index - first for index in revoked.values_list("index", flat=True)]


@dataclass(frozen=True)
class GradeLine:
    """So many tenths of an hour of one grade; `mark` is how the seal beside it is drawn: a, b or c."""

    grade: str
    tenths: int
    letter: str
    mark: str


#: How the line around a mark is drawn, in the look's words.
LINES = {"double": "a", "single": "b", "dashed": "c"}


def grade_lines(service: dict[str, int]) -> list[GradeLine]:
    """Hours by how they are known, the best first."""
    return [
        GradeLine(str(Grade(grade).label), service[grade], mark, LINES[line])
        for grade, (mark, line, _word, _english) in GRADES.items()
        if service.get(grade)
    ]


@dataclass(frozen=True)
class Standing:
    """What the check page may tell: nothing of the person but a name that is hidden unless shared."""

    certificate: Certificate
    grades: list[GradeLine]
    late: int
    name: str
    shared: bool
    now_tenths: int | None
    corrected: bool
    disputed: bool
    #: Tenths that somebody should look into first: told by the paper, or found since.
    questioned: int = 0

    @property
    def only_disputed(self) -> bool:
        """What somebody should look into is told with its hours; a dispute beside it would say the same in other words."""
        return self.disputed and not self.questioned

    @property
    def changed(self) -> bool:
        return self.now_tenths is not None and self.now_tenths != self.certificate.tenths


def standing_of(certificate: Certificate) -> Standing:
    """The certificate as it was issued, beside its hours as they stand now."""
    service = certificate.snapshot["service"]
    since = proving.since_then(proving.subject_in(certificate.token), certificate.unit_id, certificate.snapshot["entries"])
    name = certificate.person.name if certificate.person else ""
    if not proving.signed_name(certificate.token).is_name(name):
        name = ""  # whoever is called otherwise by now is not called so by this certificate
    return Standing(
        certificate=certificate, grades=grade_lines(service), late=service.get(Grade.BACKFILLED, 0), name=name if certificate.shares_name else hidden(name),
        shared=certificate.shares_name, now_tenths=since.tenths if since else None, corrected=bool(since and since.corrected), disputed=bool(since and since.disputed),
        questioned=questioned_entries(certificate.snapshot["entries"]),
    )  # fmt: skip


def hidden(name: str) -> str:
    """陈＊＊: as many stars whatever the length."""
    return f"{name[:1]}＊＊" if name else ""


@dataclass(frozen=True)
class Earned:
    """What somebody has in one unit: enough to ask for a certificate."""

    unit: Place
    tenths: int
    first: date
    last: date


def earned_by(person: Person, units: Iterable[UUID] | None = None) -> list[Earned]:
    """Units in which hours of service stand for a person."""
    rows = Hours.objects.standing().filter(person=person, block="service", tenths__gt=0)
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    sums = rows.order_by().values("unit").annotate(tenths=Sum("tenths"), first=Min("came"), last=Max("left"))
    found = {row["unit"]: row for row in sums}
    places = Place.objects.filter(pk__in=found).order_by("code", "name")
    return [
        Earned(place, found[place.pk]["tenths"], timezone.localdate(found[place.pk]["first"]), timezone.localdate(found[place.pk]["last"]))
        for place in places
    ]


def hours_in(certificate: Certificate) -> QuerySet[Hours]:
    """The hours of a certificate as they stand, for its holder to take receipts of; corrected ones have other entries and are left out."""
    return Hours.objects.filter(person=certificate.person, entry__in=certificate.snapshot["entries"]).order_by("-came")


def certificates_of(person: Person) -> QuerySet[Certificate]:
    return Certificate.objects.filter(person=person).select_related("unit")


def certificates_in(place: Place) -> QuerySet[Certificate]:
    return Certificate.objects.filter(unit=place).select_related("person", "batch", "issued_by")


def seal_of(place: Place) -> Seal | None:
    return Seal.objects.filter(unit=place).first()


def holders_called(place: Place, by: Person, words: str) -> list[Person]:
    """Whoever has hours in a place, by a piece of the name; whoever looks is left out."""
    if not words.strip():
        return []
    hours = Hours.objects.standing().filter(unit=place).exclude(person=None)
    return list(Person.objects.filter(pk__in=hours.values("person_id"), name__icontains=words.strip()).exclude(pk=by.pk)[:20])


def holders_in(place: Place, by: Person) -> QuerySet[Person]:
    """Everybody with hours in a place, for a batch; whoever makes it left out."""
    hours = Hours.objects.standing().filter(unit=place, block="service").exclude(person=None)
    return Person.objects.filter(pk__in=hours.values("person_id")).exclude(pk=by.pk)


def batches_in(place: Place) -> QuerySet[Batch]:
    return Batch.objects.filter(unit=place).annotate(
        asked=Count("members"), agreed=Count("members", filter=Q(members__consent__isnull=False, members__consent__withdrawn_at=None))
    )


def members_of(batch: Batch) -> list[BatchMember]:
    return list(BatchMember.objects.filter(batch=batch).select_related("person", "consent__text", "certificate"))


@dataclass(frozen=True)
class Progress:
    asked: int
    agreed: int
    declined: int
    made: int
    without: int

    @property
    def left(self) -> int:
        return max(0, self.agreed - self.made - self.without)


def progress_of(batch: Batch) -> Progress:
    """How far a batch is, of those whose consent stands."""
    agrees = Q(consent__isnull=False, consent__withdrawn_at=None)
    counts = BatchMember.objects.filter(batch=batch).aggregate(
        asked=Count("pk"), agreed=Count("pk", filter=agrees), declined=Count("pk", filter=~Q(declined_at=None)),
        made=Count("pk", filter=agrees & Q(certificate__isnull=False)), without=Count("pk", filter=agrees & Q(certificate=None) & ~Q(none_why="")),
    )  # fmt: skip
    return Progress(**counts)


def papers_of(batch: Batch) -> QuerySet[BatchPaper]:
    """What may be handed out: papers of those whose consent still stands and whose certificate was not taken back."""
    return BatchPaper.objects.filter(
        member__batch=batch, member__consent__withdrawn_at=None, member__consent__isnull=False, member__certificate__state=Certificate.State.VALID
    ).select_related("member__certificate__unit", "member__person").order_by("member__person__name", "member__pk")  # fmt: skip


def asked_of(person: Person) -> list[BatchMember]:
    """Batches in which somebody was asked and can still answer."""
    return list(BatchMember.objects.filter(person=person).select_related("batch__unit", "consent").order_by("-batch__made_at")[:20])


def stands_still(batch: Batch, now: datetime) -> bool:
    """Work that has not got on for two minutes: its worker has died."""
    working = batch.state == Batch.State.WORKING
    return working and (batch.touched_at is None or (now - batch.touched_at).total_seconds() > 120)
