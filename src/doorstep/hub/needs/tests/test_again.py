"""A need whose visit was cancelled is not forgotten: the desk is told, the home reads the truth, and it goes on or ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.needs.access import ArrangedAlready
from doorstep.hub.needs.actions.asking import cancel_need
from doorstep.hub.needs.actions.closing import arrange_again
from doorstep.hub.needs.models import Need, NeedState
from doorstep.hub.needs.queries import arrangement, unplanned
from doorstep.hub.people.access import NotASocialWorker
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Role
from doorstep.hub.scheduling.actions.slot import cancel_slot, forbid
from doorstep.hub.scheduling.models import OfferState, Slot, SlotState
from doorstep.hub.testing import Cast


@pytest.fixture
def dropped(cast: Cast) -> Need:
    """周敏 cancelled the visit that 陈国梁 had promised."""
    need = cast.need()
    slot = cast.checked(need)
    cast.offer(slot, state=OfferState.ACCEPTED)
    cancel_slot(by=cast.zhou, slot=slot)
    need.refresh_from_db()
    return need


def body(client: Client, route: str, *args: Any, **asked: str) -> str:
    return client.get(reverse(route, args=args), asked).content.decode()


def thursday(cast: Cast) -> list[tuple[Any, Any]]:
    return [(cast.at(3, 9), cast.at(3, 11))]


def test_the_home_reads_the_truth_and_was_told(client: Client, cast: Cast, dropped: Need) -> None:
    shown = body(cast.sign_in(client, cast.shen), "needs:request", dropped.pk)
    assert "原来的安排取消了" in shown
    assert "正在找合适的人" not in shown
    assert "visit_cancelled" in set(Notice.objects.to_person(cast.shen.pk).values_list("kind", flat=True))


def test_the_desk_sees_it_and_what_to_do(client: Client, cast: Cast, dropped: Need) -> None:
    desk = cast.sign_in(client, cast.zhou)
    assert "1 件没有安排了：再约一次，或者结束" in body(desk, "needs:inbox")
    page = body(desk, "needs:check", dropped.pk)
    assert "这件事没有安排了：再约一次，或者结束。" in page
    assert reverse("needs:again", args=[dropped.pk]) in page
    assert reverse("needs:give_up", args=[dropped.pk]) in page


def test_it_goes_on_at_new_times_with_who_was_ruled_out(cast: Cast) -> None:
    need = cast.need()
    slot = cast.checked(need)
    forbid(by=cast.zhou, slot=slot, person=cast.jiang)
    Slot.objects.filter(pk=slot.pk).update(waited_weeks=2)
    cancel_slot(by=cast.zhou, slot=slot)
    following = arrange_again(by=cast.zhou, need=need, windows=thursday(cast))
    assert [(w.earliest, w.latest) for w in following.windows.all()] == thursday(cast)
    assert (following.title, following.waited_weeks, following.state) == (slot.title, 2, SlotState.OPEN)
    assert [row.person_id for row in following.refusals.all()] == [cast.jiang.pk]
    need.refresh_from_db()
    assert arrangement(need).slot == following
    assert not unplanned([cast.community]).exists()
    assert Entry.objects.filter(verb="arrange_again").count() == 1


def test_a_cancelled_visit_of_a_later_week_hides_nothing(cast: Cast, dropped: Need) -> None:
    week = timedelta(days=7)
    Slot.objects.filter(occasion__need=dropped).update(week=cast.monday + week)
    following = arrange_again(by=cast.zhou, need=dropped, windows=thursday(cast))
    stand = arrangement(dropped)
    assert (stand.slot, stand.phase) == (following, "looking")


def test_on_the_page_a_wrong_time_keeps_the_form_and_a_right_one_leads_to_the_slot(client: Client, cast: Cast, dropped: Need) -> None:
    desk = cast.sign_in(client, cast.zhou)
    url = reverse("needs:again", args=[dropped.pk])
    assert desk.post(url, {"version": dropped.version}).status_code == 422
    day = (cast.monday + timedelta(days=3)).isoformat()
    answer = desk.post(url, {"version": dropped.version, "exact_day": day, "exact_from": "09:00", "exact_to": "11:00"})
    assert answer.status_code == 302
    assert Slot.objects.filter(occasion__need=dropped, state=SlotState.OPEN).count() == 1


def test_or_it_ends_with_words_that_the_home_reads(client: Client, cast: Cast, dropped: Need) -> None:
    desk = cast.sign_in(client, cast.zhou)
    desk.post(reverse("needs:give_up", args=[dropped.pk]), {"version": dropped.version, "words": "请打物业，他们来装。"})
    dropped.refresh_from_db()
    assert dropped.state == NeedState.UNMET
    assert "请打物业，他们来装。" in body(cast.sign_in(client, cast.shen), "needs:request", dropped.pk)


def test_only_once_only_there_and_only_on_a_fresh_page(cast: Cast, dropped: Need) -> None:
    with pytest.raises(NotASocialWorker):
        arrange_again(by=cast.wu, need=dropped, windows=thursday(cast))
    with pytest.raises(Stale):
        arrange_again(by=cast.zhou, need=dropped, windows=thursday(cast), seen=dropped.version - 1)
    arrange_again(by=cast.zhou, need=dropped, windows=thursday(cast))
    with pytest.raises(ArrangedAlready):
        arrange_again(by=cast.zhou, need=dropped, windows=thursday(cast))


def test_what_the_home_took_back_itself_is_not_on_the_list(cast: Cast) -> None:
    need = cast.need()
    cast.checked(need)
    cancel_need(by=cast.shen, need=need)
    assert not unplanned([cast.community]).exists()
    assert "visit_cancelled" not in set(Notice.objects.to_person(cast.shen.pk).values_list("kind", flat=True))


def test_who_looks_after_two_communities_sees_both_or_one(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    appoint(by=None, person=cast.zhou, role=Role.SOCIAL_WORKER, place=cast.other_community, since=cast.monday - timedelta(days=30))
    cast.need(own_words="这里的事。")
    cast.need(cast.stranger, own_words="那里的事。", community=cast.other_community)
    desk = cast.sign_in(client, cast.zhou)
    with django_assert_max_num_queries(15):
        both = body(desk, "needs:inbox")
    assert "2 件新需求等您核实" in both
    assert "这里的事" in both and "那里的事" in both
    one = body(desk, "needs:inbox", place=str(cast.other_community.pk))
    assert "那里的事" in one and "这里的事" not in one
    assert desk.get(reverse("needs:inbox"), {"place": str(cast.street.pk)}).status_code == 404


def test_a_foreign_community_cannot_be_asked_for(client: Client, cast: Cast) -> None:
    assert cast.sign_in(client, cast.wu).get(reverse("needs:inbox"), {"place": str(cast.community.pk)}).status_code == 404
