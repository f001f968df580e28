"""A drawn community fills the tables, and each batch leaves one line in the journal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from doorstep.demonstration.draw import draw
from doorstep.demonstration.load import load
from doorstep.demonstration.rhythm import fitting
from doorstep.demonstration.rows import Drawn
from doorstep.hub.journal.models import Entry
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.people.actions.registration import next_number
from doorstep.hub.people.models import Account, GuardianConsent, Household, Installation, Membership, Person, Place, Role, VolunteerProfile
from doorstep.hub.people.queries import skills_in_force
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.models import Offer, OfferState, Rhythm, Slot

MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture
def drawn() -> Drawn:
    return draw("community", 1, MONDAY, NOW)


def said_nothing(_words: str) -> None:
    pass


@pytest.mark.django_db
@pytest.mark.both_databases
def test_the_tables_hold_what_was_drawn(drawn: Drawn) -> None:
    counts = load(drawn, progress=said_nothing, seed=1, size="community")
    assert counts["households"] == Household.objects.count() == 224
    assert Membership.objects.filter(role__in=(Role.VOLUNTEER, Role.SPECIALIST), until=None).count() == 140
    assert (
        Attendance.objects.filter(outcome="served").count()
        == Offer.objects.filter(state=OfferState.SERVED).count()
        == counts["past visits"]
    )
    assert Need.objects.filter(state=NeedState.NEW).count() == counts["new needs"]
    assert Slot.objects.in_week(MONDAY).open().count() == counts["needs of the week"] == 62
    assert Place.objects.communities().filter(name__startswith="红星新村").get().standing == Place.Standing.ENDED_UNKNOWN
    assert Installation.objects.get().demonstration
    assert GuardianConsent.objects.get(person__name="宁小雨").tasks.count() == 2
    assert VolunteerProfile.objects.get(person__name="陈国梁").categories.count() == 3


@pytest.mark.django_db
def test_a_batch_leaves_one_line(drawn: Drawn) -> None:
    load(drawn, progress=said_nothing, seed=1, size="community")
    lines = Entry.objects.values_list("verb", flat=True)
    assert sorted(lines) == sorted(
        ["load_places", *["load_people", "load_free_time"] * len(drawn.people), "set_rhythm", *["load_needs"] * len(drawn.asked)]
    )


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_loaded_whole_or_not_at_all(drawn: Drawn) -> None:
    name, batch = drawn.asked[-1]
    drawn.asked = [(name, {**batch, "seats": [*batch["seats"], batch["seats"][0]]})]
    with pytest.raises(IntegrityError):
        load(drawn, progress=said_nothing, seed=1, size="community")
    assert Person.objects.exists()
    assert not Need.objects.exists() and not Slot.objects.exists()
    assert not Entry.objects.filter(verb="load_needs").exists()


@pytest.mark.django_db
def test_the_next_volunteer_gets_the_next_number(drawn: Drawn) -> None:
    load(drawn, progress=said_nothing, seed=1, size="community")
    given = VolunteerProfile.objects.count()
    assert VolunteerProfile.objects.order_by("-number").values_list("number", flat=True)[0] == f"V{given:06d}"
    assert next_number() == f"V{given + 1:06d}"


@pytest.mark.parametrize("hours", range(0, 168, 3))
def test_the_coming_week_is_past_its_planning_whatever_the_day(hours: int) -> None:
    now = datetime(2026, 11, 22, 16, 1, tzinfo=UTC) + timedelta(hours=hours)
    rhythm = Rhythm(**fitting(now))
    assert rhythm.phase(MONDAY, now) == "offer"
    assert rhythm.cutoff(MONDAY) <= rhythm.plan_at(MONDAY) <= now
    assert now - rhythm.plan_at(MONDAY) < timedelta(days=3, hours=15)


@pytest.mark.django_db
def test_nobody_signs_in_with_a_password(drawn: Drawn) -> None:
    load(drawn, progress=said_nothing, seed=1, size="community")
    assert Account.objects.count() == 8
    assert not [account for account in Account.objects.all() if account.has_usable_password()]


@pytest.mark.django_db
def test_a_run_out_credential_does_not_count(drawn: Drawn) -> None:
    load(drawn, progress=said_nothing, seed=1, size="community")
    gao, xu = Person.objects.get(name="高志远"), Person.objects.get(name="许建平")
    assert skills_in_force(xu.pk, MONDAY) != {}
    assert skills_in_force(gao.pk, date(2026, 12, 2)) == {}


@pytest.mark.django_db
def test_moments_are_kept_as_they_were_drawn(drawn: Drawn) -> None:
    load(drawn, progress=said_nothing, seed=1, size="community")
    slot = Slot.objects.get(title="给沈阿姨家装厕所扶手", week=MONDAY)
    window = slot.windows.get()
    assert timezone.localtime(window.earliest).strftime("%a %H:%M") == "Wed 09:00"
    assert slot.seats.get().skill.code == "electrician"  # type: ignore[union-attr]
