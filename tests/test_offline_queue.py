"""Forty acts that a phone kept for three days, sent over a line that loses half of the answers: each answered by itself, none lost, none twice."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.models import Claim, Entry
from doorstep.hub.records import book
from doorstep.hub.records.models import Attendance, Hours, How, Presence
from doorstep.hub.records.tests.test_presence_pages import Clock
from doorstep.hub.scheduling.models import Offer, OfferState
from doorstep.hub.testing import Cast
from tests.racing import Figures, count

pytestmark = [pytest.mark.both_databases, pytest.mark.drill, pytest.mark.django_db]
WEEKS, VISITS = count(2, 50), 20
MINUTE = timedelta(minutes=1)


def kept_acts(cast: Cast, rng: Random) -> list[dict[str, Any]]:
    """A week of coming and leaving without network; one visit in four without a code, the phone's clock set wrong by up to a day."""
    wrong = rng.uniform(-86_400, 86_400) * 1000
    acts = []
    for number in range(VISITS):
        start = cast.at(number % 5, 7 + 3 * (number // 5))
        offer = cast.offer(cast.slot(windows=[(start, start)]), cast.chen, OfferState.ACCEPTED)
        for act, minute in (("come", rng.uniform(-5, 5)), ("leave", rng.uniform(40, 70))):
            at = start + minute * MINUTE
            code = book.code_at(offer.slot_id, at).scanned if number % 4 else ""
            said = {"act": act, "offer": str(offer.pk), "code": code, "near": "", "once": uuid4().hex}
            acts.append(said | {"kept_at": at.timestamp() * 1000 - wrong, "offset": wrong})
    return acts


def test_what_a_phone_kept_for_three_days_arrives_once(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    clock = Clock(monkeypatch)
    cast.sign_in(client, cast.chen)
    sent = answered = 0
    for week in range(WEEKS):
        rng, today = Random(week), clock.now
        with transaction.atomic():
            waiting = kept_acts(cast, rng)
            clock.set(cast.at(4, 22) + timedelta(days=3))
            while waiting:
                said, phone = waiting[0], clock.now.timestamp() * 1000 - waiting[0]["offset"]
                answer = client.post(reverse("records:kept"), said, headers={"X-Doorstep-Sent": str(phone)})
                sent += 1
                clock.set(clock.now + timedelta(seconds=rng.uniform(0.1, 40)))
                # Half of the answers are lost on the way: the phone has to send the act again.
                if rng.random() < 0.5:
                    assert answer.json()["state"] == "done", answer.json()
                    waiting.pop(0)
                    answered += 1
            assert Presence.objects.filter(came_at__isnull=False, left_at__isnull=False).count() == VISITS
            assert Presence.objects.filter(came_how=How.SCANNED, left_how=How.SCANNED).count() == Hours.objects.count() == VISITS * 3 // 4
            assert Attendance.objects.count() == VISITS * 3 // 4 and Claim.objects.count() == 2 * VISITS
            assert Entry.objects.filter(verb__in=("check_in", "check_out")).count() == 2 * VISITS
            assert not Offer.objects.filter(presence=None, state=OfferState.ACCEPTED).exists()
            transaction.set_rollback(True)
        clock.set(today)
    figures(acts=2 * VISITS * WEEKS, sent=sent, answered_singly=answered, lost=0, doubled=0)
