"""Reminders: the evening before and on the morning, once each, whatever crashes."""

from datetime import timedelta

import pytest

from doorstep.hub.journal.models import Notice
from doorstep.hub.scheduling.actions import reminding
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.reminding import remind
from doorstep.hub.scheduling.models import OfferState, Reminder
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db


def kinds(cast: Cast) -> list[str]:
    return sorted(Notice.objects.filter(person_id=cast.chen.pk, kind__startswith="remind").values_list("kind", flat=True))


def test_the_evening_before_and_the_morning_once_each(cast: Cast) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    assert remind(now=cast.at(1, 17, 59)) == 0
    assert [remind(now=cast.at(1, 18, minute)) for minute in (0, 1, 2)] == [1, 0, 0]
    assert remind(now=cast.at(2, 6, 59)) == 0
    assert [remind(now=cast.at(2, 7, minute)) for minute in (0, 1)] == [1, 0]
    assert kinds(cast) == ["remind_evening", "remind_morning"]
    assert remind(now=cast.at(2, 9, 1)) == 0


def test_only_who_has_said_yes_is_reminded(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    cast.offer(cast.slot(), cast.jiang)
    cannot_come(by=cast.chen, offer=offer)
    assert remind(now=cast.at(1, 19)) == 0


def test_a_crash_before_the_notice_leaves_nothing_and_is_made_good(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.offer(state=OfferState.ACCEPTED)

    def crash(**_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(reminding, "tell", crash)
        with pytest.raises(RuntimeError):
            remind(now=cast.at(1, 18))
    assert not Reminder.objects.exists()
    assert remind(now=cast.at(1, 18)) == 1 and kinds(cast) == ["remind_evening"]


def test_another_process_that_was_quicker_is_no_error(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    Reminder.objects.create(offer=offer, kind="evening", at=cast.at(1, 18))
    assert not reminding.remind_once(offer=offer, kind="evening", now=cast.at(1, 18) + timedelta(seconds=1))
    assert kinds(cast) == []
