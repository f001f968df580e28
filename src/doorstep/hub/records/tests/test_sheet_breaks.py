"""Breaks on a signed sheet: never longer than what was agreed, never one's own, never without a leaving; and who stood by and came after all."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.access import Refused
from doorstep.hub.records.actions.hours import approve_hours, back_fill, propose_correction
from doorstep.hub.records.actions.presence import check_in, check_out
from doorstep.hub.records.actions.vouching import call_roll, did_not_come, take_sheet
from doorstep.hub.records.being import Kept
from doorstep.hub.records.models import Attendance, Correction, Hours, HoursState, How, Presence
from doorstep.hub.records.refusals import NotBegunYet, NothingToConfirm
from doorstep.hub.scheduling.models import Activity, Offer, OfferState
from doorstep.hub.testing import Cast

from .coming import MINUTE, hours, promised

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HOUR = timedelta(hours=1)


def test_a_break_longer_than_what_was_agreed_loses_no_sheet(cast: Cast) -> None:
    offer = promised(cast)
    take_sheet(by=cast.zhou, lines=[(offer, offer.start, offer.start + 3 * HOUR)], breaks={offer.pk: 150}, now=offer.start + 4 * HOUR)
    assert (hours().planned, hours().away, hours().tenths, hours().state) == (0, 150, 0, HoursState.REFUSED)


def test_the_page_sends_such_a_break_back_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    offer = promised(cast)
    # A fortnight ago, so that it can be typed back by today's clock.
    Offer.objects.filter(pk=offer.pk).update(start=offer.start - timedelta(days=14))
    offer.refresh_from_db()
    cast.sign_in(client, cast.zhou)
    address = reverse("records:sheet_back") + f"?place={cast.community.pk}&day={offer.start.date().isoformat()}"
    key = offer.pk.hex
    said = {f"came_{key}": "09:00", f"left_{key}": "12:00", f"away_{key}": "150", "once": "1b7f8a4e-0000-4000-8000-000000000004"}
    page = client.post(address, said)
    assert page.status_code == 422 and "歇的和约好的一样长" in page.content.decode() and 'value="150"' in page.content.decode()
    page = client.post(address, said | {f"left_{key}": "", f"away_{key}": "0"})
    assert page.status_code == 422 and "还要写几点走" in page.content.decode()
    client.post(address, said | {f"away_{key}": "15"})
    assert (hours().away, hours().tenths) == (15, 17)


def test_nobody_writes_a_break_of_their_own(cast: Cast) -> None:
    """周敏 helps at her own event: the break that was planned stays, whatever she types on her line."""
    offer = promised(cast, minutes=480, pause_after=180, pause=60)
    Offer.objects.filter(pk=offer.pk).update(person=cast.zhou)
    offer = Offer.objects.select_related("slot__place", "person").get(pk=offer.pk)
    check_in(by=cast.zhou, offer=offer, now=offer.start)
    before = list(Presence.objects.values())
    take_sheet(by=cast.zhou, lines=[(offer, offer.start, None)], breaks={offer.pk: 0}, now=offer.end)
    assert list(Presence.objects.values()) == before
    with pytest.raises(Refused):
        take_sheet(by=cast.zhou, lines=[(offer, None, offer.end)], breaks={offer.pk: 0}, now=offer.end)
    assert list(Presence.objects.values()) == before


def test_a_break_that_is_cleared_in_the_form_is_the_planned_one(cast: Cast, client: Client) -> None:
    offer = promised(cast, minutes=480, pause_after=180, pause=60)
    take_sheet(by=cast.zhou, lines=[(offer, offer.start, offer.end)], breaks={offer.pk: 30}, now=offer.end + HOUR)
    made = propose_correction(by=cast.zhou, hours=hours(), came=offer.start, left=offer.end, why="签到表看错了", now=offer.end + HOUR)
    assert (made.old_away, made.away) == (30, 60)


def test_a_break_that_is_cleared_where_none_was_planned_is_none(cast: Cast, client: Client) -> None:
    came_at = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=3), time(9)))
    row = back_fill(
        by=cast.zhou, person=cast.chen, unit=cast.community, title="布置会场", came=came_at, left=came_at + 4 * HOUR, away=60
    )  # fmt: skip
    row = approve_hours(by=cast.lin, hours=row)
    cast.sign_in(client, cast.zhou)
    address = reverse("records:correct", args=[row.pk])
    assert client.get(address).context["form"]["away"].value() == 60
    said = {
        "day": came_at.date().isoformat(), "came": "09:00", "left": "13:00", "kind": "service", "away": "", "why": "没有歇", "seen": row.version,
        "once": "1b7f8a4e-0000-4000-8000-000000000005",
    }  # fmt: skip
    assert client.post(address, said | {"day": "0001-01-01"}).status_code == 422
    assert client.post(address, said | {"day": "9999-12-31", "next_day": "on"}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert (Correction.objects.get().old_away, Correction.objects.get().away) == (60, 0)


def standing_by(cast: Cast) -> Offer:
    return promised(cast, activity=Activity.STANDBY)


def test_who_stood_by_and_came_meanwhile_is_not_written_down_as_not_called(cast: Cast) -> None:
    offer = standing_by(cast)
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start + HOUR)
    with pytest.raises(Refused) as refused:
        call_roll(by=cast.zhou, came=[], left=[], absent=[offer], now=offer.start + HOUR + MINUTE)
    assert str(NothingToConfirm.sentence) in str(refused.value.sentence) and not Hours.objects.exists()
    check_out(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.end)
    assert hours().tenths == 10


def test_who_stood_by_and_was_not_called_has_missed_nothing_on_either_page(cast: Cast) -> None:
    offer = standing_by(cast)
    did_not_come(by=cast.zhou, offer=offer, now=offer.end)
    offer.refresh_from_db()
    assert (offer.state, Attendance.objects.get().outcome) == (OfferState.SERVED, Attendance.Outcome.SERVED)


def test_who_stood_by_can_be_settled_when_the_roll_is_over(cast: Cast, client: Client) -> None:
    offer = standing_by(cast)
    Offer.objects.filter(pk=offer.pk).update(start=offer.start - timedelta(days=14))
    cast.sign_in(client, cast.zhou)
    roll = reverse("records:roll", args=[offer.slot_id])
    page = client.get(roll).content.decode()
    assert f"absent_{offer.pk.hex}" in page and f"came_{offer.pk.hex}" not in page and "没有叫到" in page
    client.post(roll, {f"absent_{offer.pk.hex}": "on", "once": "1b7f8a4e-0000-4000-8000-000000000006"})
    offer.refresh_from_db()
    assert (offer.state, Attendance.objects.get().outcome) == (OfferState.SERVED, Attendance.Outcome.SERVED)


def test_a_leaving_that_a_phone_kept_from_before_the_beginning_is_none(cast: Cast) -> None:
    offer = cast.offer(state=OfferState.ACCEPTED)
    check_in(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.start - 20 * MINUTE)
    kept = Kept(offer.start - 10 * MINUTE)
    with pytest.raises(NotBegunYet):
        check_out(by=cast.chen, offer=offer, kept=kept, now=offer.start + 30 * MINUTE)
    assert check_out(by=cast.zhou, offer=offer, how=How.LEADER, now=offer.end).left_at == offer.end
