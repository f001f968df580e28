"""An event of the cast that takes sign-ups, and a few more volunteers to come to it."""

from datetime import timedelta
from typing import Any

from doorstep.hub.people.models import Household, Membership, Person, Role, VolunteerProfile
from doorstep.hub.scheduling.actions.announcing import EventWanted, announce
from doorstep.hub.scheduling.models import Slot
from doorstep.hub.testing import LAT, LON, Cast


def event(cast: Cast, places: int = 2, **more: Any) -> Slot:
    """周敏 announces it for Saturday morning, at a park."""
    facts: dict[str, Any] = {
        "title": "桂花节引路", "category": cast.category("culture"), "start": cast.at(5, 9), "minutes": 120, "where": "红梅公园南门",
    } | more  # fmt: skip
    return announce(by=cast.zhou, place=cast.community, wanted=EventWanted(places=places, **facts))


def volunteers(cast: Cast, number: int, home: Household | None = None) -> list[Person]:
    """So many more volunteers of the community, grown up, with nothing else to do."""
    since, first = cast.monday - timedelta(days=400), VolunteerProfile.objects.count() + 100
    people = Person.objects.bulk_create(Person(name=f"志愿者{first + n}", gender="f", household=home) for n in range(number))
    Membership.objects.bulk_create(
        Membership(person=p, role=Role.VOLUNTEER, place=cast.community, since=since, led_by=cast.zhou) for p in people
    )
    VolunteerProfile.objects.bulk_create(
        VolunteerProfile(person=p, number=f"V{first + n:06d}", kind="support", lat=LAT, lon=LON, max_visits=9, max_minutes=900)
        for n, p in enumerate(people)
    )
    return people
