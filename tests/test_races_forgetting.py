"""What is disputed, given, brought or closed in the moment in which somebody is forgotten: nobody waits for who waits for them, nothing new stands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from doorstep.hub.needs.actions.closing import close_week
from doorstep.hub.needs.actions.forgetting import forget
from doorstep.hub.needs.models import Need
from doorstep.hub.people.actions.basic import NumberTaken, change_basic
from doorstep.hub.people.models import Person, VolunteerProfile
from doorstep.hub.records.actions.amending import NotYours, dispute_item
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.data_request import ask_for_data
from doorstep.hub.records.actions.hours import approve_hours
from doorstep.hub.records.actions.judging import OwnerForgotten
from doorstep.hub.records.actions.moving import EnteredAlready, enter_transfers
from doorstep.hub.records.actions.record import grant_award, rate
from doorstep.hub.records.actions.starring import grant_stars
from doorstep.hub.records.models import Award, Certificate, DataRequest, Evaluation, Salt, StarAward, Transfer
from doorstep.hub.records.moving.arriving import Earlier
from doorstep.hub.records.moving_access import OpenQuestion, StillPromised
from doorstep.hub.scheduling.models import Slot
from doorstep.hub.scheduling.tests.events import volunteers
from doorstep.hub.testing import Cast
from tests.test_races_order import at_the_gate, colleague, filled_in, holding

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def asked_for(cast: Cast, person: Person) -> DataRequest:
    return ask_for_data(by=cast.zhou, person=person, place=cast.community, kind=DataRequest.Kind.DELETE)


def awarded(cast: Cast, person: Person) -> Award:
    day = timezone.localdate() - 3 * DAY
    return grant_award(
        by=cast.zhou, person=person, unit=cast.community, name="热心邻居", granted_by="本社区", source=Award.Source.OWN, granted_on=day
    )  # fmt: skip


def rated(cast: Cast, person: Person) -> Evaluation:
    return rate(by=cast.zhou, person=person, unit=cast.community, rating=4, words="细心")


def earlier(person: Person) -> Earlier:
    day = timezone.localdate()
    return Earlier(person, "志愿汇", day - 300 * DAY, day - 200 * DAY, 300, "打印的记录")


@pytest.mark.parametrize("make", [awarded, rated])
def test_a_dispute_and_the_forgetting_of_who_disputes(cast: Cast, make: Callable[[Cast, Person], Award | Evaluation]) -> None:
    """The dispute holds its award and wants the person; forgetting holds the person and then wants the award: now it holds that first."""
    (person,) = volunteers(cast, 1)
    row, asked = make(cast, person), asked_for(cast, person)
    found = at_the_gate(
        holding(person),
        lambda: forget(by=cast.zhou, request=asked, answer="都删了。"),
        lambda: dispute_item(by=person, row=row, words="不对"),
    )
    row.refresh_from_db()
    if found[0] is OpenQuestion:  # SQLite lets the second one go first now and then.
        assert (row.person, row.dispute) == (person, "不对")
    else:
        assert isinstance(found[0], DataRequest) and found[1] is NotYours and (row.person, row.dispute) == (None, "")


def test_the_round_of_stars_and_the_forgetting_of_who_has_one_on_notice(cast: Cast) -> None:
    (person,) = volunteers(cast, 1)
    today = timezone.localdate()
    star = StarAward.objects.create(
        person=person, unit=cast.community, star=1, scheme="usual", tenths=1000, reached_on=today - 9 * DAY, notice_until=today - DAY
    )
    asked = asked_for(cast, person)
    found = at_the_gate(holding(person), lambda: forget(by=cast.zhou, request=asked, answer="都删了。"), grant_stars)
    assert isinstance(found[0], DataRequest) and found[1] in (0, 1)
    star.refresh_from_db()
    assert (star.person, star.state) == (None, StarAward.State.LAPSED)


def brought(cast: Cast, person: Person) -> object:
    return enter_transfers(by=cast.zhou, unit=cast.community, rows=[earlier(person)])


def certified(cast: Cast, person: Person) -> object:
    today = timezone.localdate()
    return issue_certificate(by=cast.zhou, person=person, unit=cast.community, start=today - 30 * DAY, end=today)


@pytest.mark.parametrize("write", [awarded, rated, brought, certified])
def test_what_is_written_down_of_who_is_just_being_forgotten(cast: Cast, write: Callable[[Cast, Person], object]) -> None:
    """No row, and no new salt, for somebody who is nobody any more."""
    (person,) = volunteers(cast, 1)
    approve_hours(by=colleague(cast), hours=filled_in(cast, person, cast.zhou))
    asked = asked_for(cast, person)
    found = at_the_gate(holding(person), lambda: forget(by=cast.zhou, request=asked, answer="都删了。"), lambda: write(cast, person))
    assert not [one for one in found if isinstance(one, Exception)]
    kept = [row.person for table in (Award, Evaluation, Transfer, Certificate) for row in table.objects.all()]
    if found[1] is OwnerForgotten:
        assert isinstance(found[0], DataRequest) and kept == [] and not Salt.objects.filter(person=person).exists()
    else:  # SQLite lets the second one go first now and then.
        assert kept == [person if found[0] is OpenQuestion else None]


def test_one_file_of_earlier_hours_that_two_send_at_once(cast: Cast) -> None:
    (person,) = volunteers(cast, 1)
    other = colleague(cast)
    found = at_the_gate(
        holding(person),
        lambda: brought(cast, person),
        lambda: enter_transfers(by=other, unit=cast.community, rows=[earlier(person)]),
    )
    assert found.count(EnteredAlready) == 1 and Transfer.objects.count() == 1


def test_one_number_for_two_at_once(cast: Cast) -> None:
    profiles = list(VolunteerProfile.objects.filter(person__in=volunteers(cast, 2)).order_by("pk"))

    def given(profile: VolunteerProfile) -> Callable[[], object]:
        return lambda: change_basic(by=cast.zhou, profile=profile, place=cast.community, residence="", national_no="JS-0001")

    found = at_the_gate(
        lambda: list(VolunteerProfile.objects.select_for_update().filter(pk__in=[one.pk for one in profiles])), *map(given, profiles)
    )
    assert sorted(map(str, found)) == sorted(map(str, [None, NumberTaken]))
    assert VolunteerProfile.objects.filter(national_no="JS-0001").count() == 1


def test_the_end_of_a_week_and_the_forgetting_of_who_asked_twice_in_it(cast: Cast) -> None:
    """The week closed one need after another, in the order of its visits; forgetting holds all needs in the order of their numbers."""
    low, high = sorted((cast.need(), cast.need()), key=lambda need: str(need.pk))
    first, _second = cast.checked(high), cast.checked(low, windows=[(cast.at(3, 9), cast.at(3, 10))])
    asked = asked_for(cast, cast.shen)
    found = at_the_gate(
        lambda: Slot.objects.select_for_update().get(pk=first.pk),
        lambda: close_week(place=cast.community, monday=cast.monday, now=cast.at(6, 20)),
        lambda: forget(by=cast.zhou, request=asked, answer="都删了。"),
    )
    assert found == [2, StillPromised] and Need.objects.filter(resident=cast.shen).count() == 2
