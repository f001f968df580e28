"""Nobody came although it was agreed: the home hears why, and is asked at once whether it needs somebody today."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.needs.actions.answering import move_visit
from doorstep.hub.needs.actions.closing import close_week, record_visit
from doorstep.hub.needs.models import Need
from doorstep.hub.needs.queries import arrangement
from doorstep.hub.records.models import Attendance
from doorstep.hub.scheduling.models import OfferState
from doorstep.hub.testing import Cast


def let_down(cast: Cast) -> Need:
    need = cast.need()
    slot = cast.checked(need)
    offer = cast.offer(slot, state=OfferState.ACCEPTED)
    record_visit(by=cast.shen, need=need, slot=slot, outcomes={offer: "no_show"}, channel="web", now=offer.start + timedelta(days=4))
    Attendance.objects.update(at=timezone.now() - timedelta(minutes=5))
    need.refresh_from_db()
    return need


def test_who_was_let_down_hears_the_truth_and_may_ask_for_today(client: Client, cast: Cast) -> None:
    need = let_down(cast)
    page = cast.sign_in(client, cast.shen).get(reverse("needs:request", args=[need.pk])).content.decode()
    assert "约好的人没来，真对不住" in page and "今天还要不要人" in page
    assert "没找到合适的人" not in page
    assert '<details class="mt-3" id="move" open>' in page
    desk = cast.sign_in(client, cast.zhou).get(reverse("needs:check", args=[need.pk])).content.decode()
    assert "先打电话说声对不住" in desk


def test_a_new_time_or_another_week_in_vain_is_told_as_what_it_is(cast: Cast) -> None:
    need = let_down(cast)
    stand = arrangement(need)
    assert stand.phase == "let_down" and stand.slot
    move_visit(by=cast.shen, need=need, slot=stand.slot, windows=[(cast.at(9, 9), cast.at(9, 11))])
    assert arrangement(need).phase == "looking"
    close_week(place=cast.community, monday=cast.monday + timedelta(days=7), now=cast.at(13, 22))
    assert arrangement(need).phase == "waits"
