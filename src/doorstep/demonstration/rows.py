"""The rows of the drawn district, table by table; the names are the columns of the hub's tables."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID


class PlaceRow(NamedTuple):
    id: UUID
    kind: str
    parent_id: UUID | None
    name: str
    code: str = ""
    standing: str = "current"
    lat: float | None = None
    lon: float | None = None
    phone: str = ""
    address: str = ""
    slug: str = ""


class ListingRow(NamedTuple):
    place_id: UUID
    place_list_id: int
    name: str
    code: str


class AliasRow(NamedTuple):
    place_id: UUID
    name: str
    source: str


class HouseholdRow(NamedTuple):
    id: UUID
    community_id: UUID
    building_id: UUID
    door: str
    lat: float
    lon: float
    note: str


class CircumstanceRow(NamedTuple):
    household_id: UUID
    kind: str
    since: date | None


class PersonRow(NamedTuple):
    id: UUID
    account_id: str
    name: str
    calling_name: str
    gender: str
    birth_date: date | None
    phone: str
    contact_via: str
    household_id: UUID | None
    elder_mode: bool


class MembershipRow(NamedTuple):
    person_id: UUID
    role: str
    place_id: UUID
    since: date
    until: date | None
    led_by_id: UUID | None
    brought_in_by_id: UUID | None


class ProfileRow(NamedTuple):
    id: UUID
    person_id: UUID
    number: str
    kind: str
    lat: float
    lon: float
    travel: str
    reach_m: int
    max_minutes: int
    max_visits: int
    offers_welcome: bool
    motto: str


class LikedRow(NamedTuple):
    volunteerprofile_id: UUID
    servicecategory_id: str


class LanguageRow(NamedTuple):
    person_id: UUID
    code: str


class CredentialRow(NamedTuple):
    id: UUID
    person_id: UUID
    skill_id: str
    level: int
    evidence: str
    verified_by_id: UUID | None
    verified_on: date | None
    expires_on: date | None


class ClearanceRow(NamedTuple):
    id: UUID
    person_id: UUID
    authority: str
    checked_on: date
    passed: bool
    expires_on: date
    recorded_by_id: UUID | None


class ConsentRow(NamedTuple):
    id: UUID
    person_id: UUID | None
    text_id: str
    given_at: datetime
    channel: str
    given_by_name: str
    relation: str
    witness_id: UUID | None


class GuardianRow(NamedTuple):
    person_id: UUID
    guardian_name: str
    guardian_phone: str
    consent_id: UUID
    max_minutes: int
    tasks: tuple[str, ...]


class AvailabilityRow(NamedTuple):
    person_id: UUID
    weekday: int
    start_minute: int
    end_minute: int


class ExceptionRow(NamedTuple):
    person_id: UUID
    date: date
    start_minute: int
    end_minute: int
    free: bool


class ExclusionRow(NamedTuple):
    person_id: UUID
    household_id: UUID
    by_id: UUID | None


class SlotRow(NamedTuple):
    id: UUID
    week: date
    place_id: UUID
    household_id: UUID
    contact_id: UUID
    lead_id: UUID
    title: str
    category_id: str
    lat: float
    lon: float
    rough_place: str
    minutes: int
    priority: int
    waited_weeks: int
    minor: bool
    bodily_risk: bool
    risk_note: str
    insured: bool
    bring: str
    state: str
    home_answer: str
    home_answer_channel: str
    home_answer_at: datetime | None


class WindowRow(NamedTuple):
    slot_id: UUID
    earliest: datetime
    latest: datetime


class SeatRow(NamedTuple):
    id: UUID
    slot_id: UUID
    number: int
    skill_id: str
    level: int
    role: str
    gender: str
    language: str


class OfferRow(NamedTuple):
    id: UUID
    slot_id: UUID
    seat_id: UUID
    person_id: UUID
    start: datetime
    state: str
    reasons: list[dict[str, Any]]
    made_by_id: UUID | None
    sent_at: datetime
    reply_by: datetime
    answered_at: datetime | None
    answer_channel: str
    answer_recorded_by_id: UUID | None
    closed_at: datetime | None


class AttendanceRow(NamedTuple):
    id: UUID
    offer_id: UUID
    outcome: str
    said_by_id: UUID
    channel: str
    at: datetime
    note: str


class NeedRow(NamedTuple):
    id: UUID
    community_id: UUID
    household_id: UUID | None
    resident_id: UUID | None
    own_words: str
    for_whom: str
    asked_by_id: UUID | None
    asker_name: str
    relation: str
    phone: str
    contact_via: str
    address: str
    call_morning: bool
    call_afternoon: bool
    call_evening: bool
    consent_id: UUID
    channel: str
    asked_at: datetime
    answer_by: datetime
    title: str
    category_id: str
    skilled: bool
    wish: str
    state: str
    checked_by_id: UUID | None
    checked_at: datetime | None
    closing_words: str
    closed_at: datetime | None


class OccasionRow(NamedTuple):
    need_id: UUID
    slot_id: UUID


NOBODY = UUID(int=0)
#: Table name to its rows; a batch is loaded whole or not at all.
Batch = dict[str, list[Any]]


@dataclass
class Drawn:
    """A district on paper: what stands in each table, in the batches in which it is loaded."""

    seed: int
    size: str
    places: Batch
    people: list[tuple[str, Batch]] = field(default_factory=list)
    asked: list[tuple[str, Batch]] = field(default_factory=list)
    #: The district's officer, who sets the rhythm.
    officer_id: UUID = NOBODY
    counts: dict[str, int] = field(default_factory=dict)

    def rows(self, table: str) -> list[Any]:
        """Every row of a table, through all batches."""
        batches = [self.places, *(batch for _, batch in self.people), *(batch for _, batch in self.asked)]
        return [row for batch in batches for row in batch.get(table, [])]
