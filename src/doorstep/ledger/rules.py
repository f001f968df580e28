"""Judges hours: what counts, how it is known, and every refusal as a code with its numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from .entry import Grade
from .pack import Block, Pack

MINUTE = timedelta(minutes=1)
#: Minutes of a tenth of an hour.
TENTH = 6


class Code(StrEnum):
    """Why time does not count; the numbers of each stand behind it."""

    NO_SERVICE = "no_service"  # kind
    UNKNOWN_KIND = "unknown_kind"  # kind
    NO_RULES = "no_rules"  # day
    BACKWARDS = "backwards"  # minutes
    FROM_TOMORROW = "from_tomorrow"  # minutes
    TOO_LONG = "too_long"  # minutes, limit
    NOTHING_LEFT = "nothing_left"  # minutes, unit
    OVERLAP = "overlap"  # other, minutes
    CHECKINS = "checkins"  # day, count, limit
    NEEDS_PARENT = "needs_parent"  # day, minutes, limit
    DAY_FULL = "day_full"  # day, minutes, limit
    NO_EVIDENCE = "no_evidence"
    OWN_WORD = "own_word"  # role
    SAME_HANDS = "same_hands"  # roles
    NO_APPROVER = "no_approver"


@dataclass(frozen=True, slots=True)
class Refusal:
    code: Code
    numbers: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a presence is known. Names are any opaque ids that are equal for equal people.

    code_in, code_out: the turning code was entered, in its time, by the server's clock or proven by its step ·
    confirmed_by: resident or social worker · led_by: the leader's roll-call · entered_by, approved_by: a back-fill ·
    transferred: taken over from elsewhere, not verified here.
    """

    code_in: bool = False
    code_out: bool = False
    confirmed_by: str | None = None
    led_by: str | None = None
    entered_by: str | None = None
    approved_by: str | None = None
    transferred: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """One person at one activity, from coming to leaving by the server's clock (moments with a zone).

    planned: minutes of the slot · away: minutes of travel and standby within it · parent: who of the parent organisation
    has reviewed a long day.
    """

    id: str
    person: str
    activity: str
    kind: str
    came: datetime
    left: datetime
    planned: int
    evidence: Evidence
    away: int = 0
    parent: str | None = None

    @property
    def minutes(self) -> int:
        return int((self.left - self.came) / MINUTE)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a presence is worth. tenths: counted tenths of an hour · minutes: what counts or would count, by local
    day, rounded as a whole · refusals: empty if it counts; otherwise tenths is 0. A ruling that only needs the parent organisation says `waits`."""

    presence: Presence
    block: Block
    grade: Grade | None
    tenths: int
    minutes: Mapping[date, int]
    refusals: tuple[Refusal, ...]

    @property
    def counts(self) -> bool:
        return not self.refusals

    @property
    def waits(self) -> bool:
        return bool(self.refusals) and all(refusal.code is Code.NEEDS_PARENT for refusal in self.refusals)


def judge(pack: Pack, presence: Presence, others: Iterable[Ruling], now: datetime) -> Ruling:
    """Judges one presence beside what already stands for the same person (rulings of other people are passed over).

    All refusals are found, not the first alone. Pure: `now` is the server's clock, passed in.
    """
    standing = [other for other in others if other.presence.person == presence.person and other.presence.id != presence.id and other.counts]
    block = pack.kinds.get(presence.kind, Block.NONE)
    grade, faults = graded(presence)
    faults += _in_itself(pack, presence, now)
    minutes = by_day(pack, presence)
    if block is not Block.NONE:
        # What is no service never counts, whatever somebody did at the same time.
        faults += _beside(pack, presence, standing)
    if block is Block.SERVICE:
        faults += _days(pack, presence, minutes, standing)
    tenths = 0 if faults else sum(minutes.values()) // TENTH
    return Ruling(presence, block, grade, tenths, minutes, tuple(faults))


def settle(pack: Pack, presences: Iterable[Presence], now: datetime) -> list[Ruling]:
    """Judges many at once; the earlier coming goes first (then the id), so the order in which they are given changes nothing."""
    settled: dict[str, list[Ruling]] = defaultdict(list)
    for presence in sorted(presences, key=lambda p: (p.came, p.id)):
        settled[presence.person].append(judge(pack, presence, settled[presence.person], now))
    return sorted((ruling for one in settled.values() for ruling in one), key=lambda r: (r.presence.came, r.presence.id))


def by_day(pack: Pack, presence: Presence) -> dict[date, int]:
    """Minutes that count, by local day: from coming on, no longer than planned, without travel and standby; their sum is a
    whole number of the pack's units, so that what stands on the certificate is what the limits of a day have judged."""
    minutes = max(0, presence.minutes - presence.away)
    if pack.cap_at_planned:
        minutes = min(minutes, presence.planned)
    left = pack.tenths(minutes) * TENTH
    found: dict[date, int] = {}
    at = presence.came
    while left > 0:
        midnight = pack.midnight_after(at)
        # A part of a minute before midnight belongs to the day on which it began.
        here = min(left, -(-(midnight - at) // MINUTE))
        found[pack.day_of(at)] = here
        left, at = left - here, midnight
    return found


def graded(presence: Presence) -> tuple[Grade | None, list[Refusal]]:
    """The best grade that the evidence bears, and what is wrong with the hands it went through. Nobody vouches for themselves."""
    e = presence.evidence
    roles = {"confirmed_by": e.confirmed_by, "led_by": e.led_by, "approved_by": e.approved_by, "parent": presence.parent}
    faults = [Refusal(Code.OWN_WORD, {"role": role}) for role, who in roles.items() if who == presence.person]
    if e.transferred:
        return Grade.TRANSFERRED, faults + ([] if e.approved_by else [Refusal(Code.NO_APPROVER)])
    if e.code_in and e.code_out:
        return Grade.CODE_PAIR, faults
    if (e.code_in or e.code_out) and (e.confirmed_by or e.led_by):
        return Grade.CODE_AND_WORD, faults
    if e.led_by or e.confirmed_by:
        return Grade.LEADER, faults
    if e.entered_by is None:
        return None, [*faults, Refusal(Code.NO_EVIDENCE)]
    if e.approved_by is None:
        return Grade.BACKFILLED, [*faults, Refusal(Code.NO_APPROVER)]
    if e.approved_by == e.entered_by:
        faults.append(Refusal(Code.SAME_HANDS, {"roles": "entered_by approved_by"}))
    return Grade.BACKFILLED, faults


def _in_itself(pack: Pack, presence: Presence, now: datetime) -> list[Refusal]:
    day, minutes, faults = pack.day_of(presence.came), presence.minutes, []
    if not pack.holds_on(day):
        faults.append(Refusal(Code.NO_RULES, {"day": day.isoformat()}))
    if presence.kind not in pack.kinds:
        faults.append(Refusal(Code.UNKNOWN_KIND, {"kind": presence.kind}))
    elif pack.kinds[presence.kind] is Block.NONE:
        faults.append(Refusal(Code.NO_SERVICE, {"kind": presence.kind}))
    if presence.left <= presence.came:
        faults.append(Refusal(Code.BACKWARDS, {"minutes": minutes}))
    elif minutes > pack.longest_minutes:
        faults.append(Refusal(Code.TOO_LONG, {"minutes": minutes, "limit": pack.longest_minutes}))
    elif not by_day(pack, presence):
        faults.append(Refusal(Code.NOTHING_LEFT, {"minutes": max(0, minutes - presence.away), "unit": pack.unit_tenths * 6}))
    if presence.left > now:
        faults.append(Refusal(Code.FROM_TOMORROW, {"minutes": -(-(presence.left - now) // MINUTE)}))
    return faults


def _beside(pack: Pack, presence: Presence, standing: Sequence[Ruling]) -> list[Refusal]:
    """One person is in one place, training included; and comes to one activity only so many times a day."""
    faults = []
    for other in standing:
        shared = min(presence.left, other.presence.left) - max(presence.came, other.presence.came)
        if shared > timedelta(0):
            faults.append(Refusal(Code.OVERLAP, {"other": other.presence.id, "minutes": max(1, shared // MINUTE)}))
    day = pack.day_of(presence.came)
    same = [o for o in standing if o.presence.activity == presence.activity and pack.day_of(o.presence.came) == day]
    if len(same) >= pack.checkins_a_day:
        faults.append(Refusal(Code.CHECKINS, {"day": day.isoformat(), "count": len(same) + 1, "limit": pack.checkins_a_day}))
    return faults


def _days(pack: Pack, presence: Presence, minutes: Mapping[date, int], standing: Sequence[Ruling]) -> list[Refusal]:
    """Up to eight hours a day stand by themselves, up to twelve need the parent organisation, more is refused."""
    faults = []
    for day, here in sorted(minutes.items()):
        whole = here + sum(o.minutes.get(day, 0) for o in standing if o.block is Block.SERVICE)
        if whole > pack.reviewed_minutes_a_day:
            faults.append(Refusal(Code.DAY_FULL, {"day": day.isoformat(), "minutes": whole, "limit": pack.reviewed_minutes_a_day}))
        elif whole > pack.alone_minutes_a_day and presence.parent is None:
            faults.append(Refusal(Code.NEEDS_PARENT, {"day": day.isoformat(), "minutes": whole, "limit": pack.alone_minutes_a_day}))
    return faults
