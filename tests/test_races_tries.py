"""What is limited for one account stays limited however many requests come at once: codes that are tried, places that are taken."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Entry
from doorstep.hub.records import book
from doorstep.hub.records.being import MOST_WRONG
from doorstep.hub.records.models import Presence
from doorstep.hub.scheduling.access.refused import HeldEnough
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.models import Offer, OfferState, Rhythm
from doorstep.hub.scheduling.tests.events import event
from doorstep.hub.testing import Cast
from tests.racing import Figures, count, race

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db(transaction=True)]
TRIES = count(30, 300)


def test_of_many_wrong_codes_at_once_ten_are_looked_at(cast: Cast, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each phone reads the counter while the others have not written it yet: so each try is counted before its code is looked at."""
    offer = cast.offer(state=OfferState.ACCEPTED)
    now: datetime = offer.start
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    cast.sign_in(Client(), cast.chen)
    shown = {book.code_at(offer.slot_id, now).spoken}
    wrong = next(digits for digits in ("000000", "111111", "222222") if digits not in shown)

    def guess(_: int) -> str:
        client = Client()
        client.force_login(cast.chen.account)
        try:
            said = client.post(reverse("records:here", args=[offer.pk]), {"once": uuid4().hex, "act": "come", "code": wrong}, follow=True)
            return said.content.decode()
        finally:
            connection.close()

    found = race(TRIES, guess)
    assert found.errors == [] and len(found.answers) == TRIES
    looked_at = sum("这个码不对" in str(page) for page in found.answers)
    turned_away = sum("试的次数太多" in str(page) for page in found.answers)
    assert (looked_at, turned_away) == (MOST_WRONG, TRIES - MOST_WRONG)
    assert Presence.objects.get().wrong_codes == MOST_WRONG == Entry.objects.filter(verb="wrong_code").count()
    figures(tries=TRIES, looked_at=looked_at, errors=0)


def test_one_account_takes_no_more_than_its_measure_at_once(cast: Cast, figures: Figures) -> None:
    """A program asks for every event of the month in the same second; each asking sees the ones before it."""
    held, asked = count(4, 10), count(12, 60)
    Rhythm.objects.update(signups_held=held, signups_an_hour=asked)
    hours = [(day, hour) for day in range(7) for hour in range(8, 21)][:asked]
    slots = [event(cast, start=cast.at(day, hour), minutes=15) for day, hour in hours]
    found = race(len(slots), lambda n: sign_up(by=cast.chen, slot=slots[n]))
    assert found.errors == [] and set(found.refusals) == {HeldEnough}
    assert len(found.answers) == held == Offer.objects.filter(person=cast.chen, state=OfferState.ACCEPTED).count()
    figures(asked=len(slots), taken=held, errors=0)
