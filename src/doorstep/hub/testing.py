"""The cast: a small community with named people, on whom every test stands."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.needs.actions.asking import Asked, ask
from doorstep.hub.needs.actions.checking import Checked, check_need
from doorstep.hub.needs.models import Need
from doorstep.hub.people.actions.person import appoint, record_clearance, record_guardian_consent, verify_credential
from doorstep.hub.people.actions.vocabulary import install_vocabulary
from doorstep.hub.people.models import (
    Account,
    Household,
    Person,
    Place,
    Role,
    ServiceCategory,
    Skill,
    SpokenLanguage,
    VolunteerProfile,
)
from doorstep.hub.people.queries import next_monday
from doorstep.hub.scheduling.actions.availability import set_usual_week
from doorstep.hub.scheduling.actions.offer import accept, propose, send_offer
from doorstep.hub.scheduling.actions.slot import SeatWanted
from doorstep.hub.scheduling.models import Offer, OfferState, Rhythm, Seat, Slot

PASSWORD = "jia-men-kou-2026"
LAT, LON = 31.7800, 119.9300


@dataclass
class Cast:
    """Who is who; see the fixture `cast`."""

    monday: date
    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for shelf in ("people", "places"):
            found = self.__dict__.get(shelf, {})
            if name in found:
                return found[name]
        raise AttributeError(name)

    def at(self, weekday: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the cast's week, in Shanghai; 0 is Monday."""
        return timezone.make_aware(datetime.combine(self.monday + timedelta(days=weekday), time(hour, minute)))

    def skill(self, code: str) -> Skill:
        return Skill.objects.get(code=code)

    def category(self, code: str) -> ServiceCategory:
        return ServiceCategory.objects.get(code=code)

    def sign_in(self, client: Client, person: Person) -> Client:
        """Signs the person in, with an account made for it if need be."""
        if person.account is None:
            person.account = Account.objects.create_user(username=f"{person.name}-{uuid4().hex[:6]}", password=PASSWORD)
            person.save(update_fields=["account"])
        client.force_login(person.account)
        return client

    def need(self, resident: Person | None = None, **said: Any) -> Need:
        """A need, asked and not yet checked."""
        who = resident or self.shen
        words: dict[str, Any] = {"own_words": "夜里起来上厕所摔过一回，想请人装个扶手。", "consents": True, "resident": who} | said
        return ask(asked=Asked(community=words.pop("community", self.community), **words))

    def checked(self, need: Need, **found: Any) -> Slot:
        """The need, checked by 周敏: one visit on Wednesday morning, anybody may come."""
        facts: dict[str, Any] = {
            "title": "给沈阿姨家装厕所扶手", "category": self.category("elderly"), "household": need.household or self.shen.household,
            "resident": need.resident, "minutes": 60, "windows": [(self.at(2, 9), self.at(2, 10))], "seats": [SeatWanted()],
        } | found  # fmt: skip
        return check_need(by=self.zhou, need=need, checked=Checked(**facts))

    def slot(self, **found: Any) -> Slot:
        return self.checked(self.need(), **found)

    def seat(self, slot: Slot, number: int = 0) -> Seat:
        return Seat.objects.select_related("slot__place").get(slot=slot, number=number)

    def offer(self, slot: Slot | None = None, person: Person | None = None, state: str = OfferState.SENT, number: int = 0) -> Offer:
        """An offer of the seat to the person, moved on to the wanted state by the real actions."""
        where = slot or self.slot()
        who = person or self.chen
        offer = propose(by=self.zhou, seat=self.seat(where, number), person=who, start=where.windows.all()[0].earliest)
        if state in (OfferState.SENT, OfferState.ACCEPTED):
            send_offer(by=self.zhou, offer=offer)
        if state == OfferState.ACCEPTED:
            offer = accept(by=who, offer=offer)
        return Offer.objects.select_related("slot__place", "slot__lead", "person", "seat").get(pk=offer.pk)


def _places() -> dict[str, Place]:
    district = Place.objects.create(kind="district", name="柳溪区", code="999901")
    street = Place.objects.create(kind="street", name="柳岸街道", code="999901001", parent=district)
    named = {
        "community": ("柳岸社区居委会", "999901001001", "liuan"),
        "other_community": ("石桥头社区居委会", "999901001002", "shiqiaotou"),
    }
    found = {
        key: Place.objects.create(
            kind="community",
            name=name,
            code=code,
            parent=street,
            slug=slug,
            lat=LAT,
            lon=LON,
            phone="0519-00006120",
            address="柳岸路 18 号一楼",
        )
        for key, (name, code, slug) in named.items()
    }
    Rhythm.objects.create(place=district)
    return {"district": district, "street": street, **found}


def _household(community: Place, building: str, door: str, north_m: float) -> Household:
    grid, _ = Place.objects.get_or_create(kind="grid", name=f"{community.name[:2]}第一网格", parent=community)
    where, _ = Place.objects.get_or_create(kind="building", name=building, parent=grid)
    return Household.objects.create(community=community, building=where, door=door, lat=LAT + north_m / 111_200, lon=LON)


def _volunteer(person: Person, number: int, kind: str, parts: list[int], **more: Any) -> None:
    VolunteerProfile.objects.create(
        person=person, number=f"V{number:06d}", kind=kind, lat=LAT, lon=LON, **({"max_visits": 4, "max_minutes": 240} | more)
    )
    SpokenLanguage.objects.create(person=person, code="zh")
    set_usual_week(by=person, person=person, cells=[(day, part) for day in range(7) for part in parts])


def _people(cast: Cast) -> None:
    here, there, long_ago = cast.community, cast.other_community, cast.monday - timedelta(days=400)

    def add(key: str, name: str, role: str = "", place: Place = here, **facts: Any) -> Person:
        cast.people[key] = person = Person.objects.create(name=name, phone=facts.pop("phone", f"1390000{len(cast.people):04d}"), **facts)
        if role:
            led_by = cast.people.get("zhou")
            appoint(
                by=None,
                person=person,
                role=role,
                place=place,
                since=long_ago,
                led_by=led_by if role in ("volunteer", "specialist") else None,
            )
        return person

    add("zhou", "周敏", Role.SOCIAL_WORKER, gender="f")
    add("lin", "林涛", Role.DISTRICT, cast.district, gender="m")
    add("wu", "吴倩", Role.SOCIAL_WORKER, there, gender="f")
    add("chen", "陈国梁", Role.VOLUNTEER, gender="m")
    add("jiang", "蒋文斌", Role.SPECIALIST, gender="m")
    add("tang", "唐颖", Role.SPECIALIST, gender="f")
    add("ning", "宁小雨", Role.VOLUNTEER, gender="f", birth_date=cast.monday - timedelta(days=16 * 366))
    add("sun", "孙建国", Role.PROPERTY, gender="m")
    add(
        "shen",
        "沈秀英",
        gender="f",
        calling_name="沈阿姨",
        birth_date=date(1951, 3, 2),
        household=_household(here, "12 幢", "2 单元 501", 200),
    )
    add(
        "he",
        "何伯年",
        gender="m",
        calling_name="何伯",
        phone="",
        contact_via="请楼下老孙转告",
        household=_household(here, "9 幢", "1 单元 102", 400),
    )
    add("wang", "王倩", gender="f")
    add("stranger", "赵一平", gender="m", household=_household(there, "3 幢", "1 单元 301", 900))
    for number, (key, kind, parts) in enumerate(
        (("chen", "support", [0, 2]), ("jiang", "skilled", [0]), ("tang", "skilled", [1, 2]), ("ning", "support", [1]))
    ):
        _volunteer(cast.people[key], number, kind, parts)


def _papers(cast: Cast) -> None:
    """What others have verified of the cast: skills, a clearance, a guardian's consent."""
    verify_credential(
        by=cast.zhou,
        person=cast.jiang,
        skill=cast.skill("electrician"),
        level=2,
        evidence="低压电工证",
        expires_on=cast.monday + timedelta(days=300),
    )
    verify_credential(by=cast.zhou, person=cast.tang, skill=cast.skill("tutoring"), level=3, evidence="教师资格证", expires_on=None)
    record_clearance(by=cast.zhou, person=cast.tang, authority="派出所", checked_on=cast.monday - timedelta(days=60), passed=True)
    record_guardian_consent(
        by=cast.zhou, person=cast.ning, guardian_name="宁建华", guardian_phone="13900009999", max_minutes=120,
        tasks=[cast.category("culture"), cast.category("elderly")], channel="paper",
    )  # fmt: skip


def build_cast() -> Cast:
    """Builds the cast in the database at hand."""
    install_vocabulary()
    cast = Cast(monday=next_monday())
    cast.places.update(_places())
    _people(cast)
    _papers(cast)
    return cast


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast()
