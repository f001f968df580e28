"""The pages of signing up: what fits first, one press, the line, together, a fellow instead, and the social worker's side of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from doorstep.hub.scheduling.actions.exchanging import agree, ask_fellow
from doorstep.hub.scheduling.actions.offer import cannot_come
from doorstep.hub.scheduling.actions.reminding import remind
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.actions.slot import SeatWanted, forbid
from doorstep.hub.scheduling.models import Appeal, Availability, Exchange, Offer, OfferState, Slot, Waiting
from doorstep.hub.scheduling.openings import companions_of
from doorstep.hub.testing import Cast

from .events import event, volunteers
from .pressing import press

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"scheduling:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_fits_stands_first(cast: Cast, client: Client) -> None:
    event(cast, title="修灯日", start=cast.at(4, 9), skill=cast.skill("electrician"))
    event(cast, title="桂花节引路")
    cast.sign_in(client, cast.chen)
    words = read(client, "openings")
    assert words.index("桂花节引路") < words.index("还差一步的") < words.index("修灯日")


def test_one_press_and_it_is_on_the_week_and_full_for_the_next(cast: Cast, client: Client) -> None:
    slot = event(cast, places=1)
    cast.sign_in(client, cast.chen)
    assert "先报先得" in read(client, "opening", slot.pk)
    assert "报上了" in press(client, "sign_up", slot.pk)
    assert "桂花节引路" in read(client, "week")
    other = cast.sign_in(Client(), volunteers(cast, 1)[0])
    assert "名额满了" in read(other, "opening", slot.pk)
    assert "名额刚刚满了" in press(other, "sign_up", slot.pk)
    assert "您排在第 1 位" in press(other, "join_line", slot.pk)
    assert "在排队" in read(other, "calendar")
    assert "好的，不排了" in press(other, "leave_line", slot.pk)
    assert Waiting.objects.get().state == Waiting.State.LEFT


def test_the_page_says_what_is_missing_and_has_no_button_for_it(cast: Cast, client: Client) -> None:
    slot = event(cast, minor=True, risk_note="人多", bring="帽子")
    cast.sign_in(client, cast.chen)
    words = read(client, "opening", slot.pk)
    assert "无犯罪记录查询" in words and "人多" in words and "帽子" in words
    assert reverse("scheduling:sign_up", args=[slot.pk]) not in words


def test_who_was_ruled_out_has_no_page_and_one_sentence(cast: Cast, client: Client) -> None:
    slot = event(cast)
    forbid(by=cast.zhou, slot=slot, person=cast.chen)
    cast.sign_in(client, cast.chen)
    assert client.get(reverse("scheduling:opening", args=[slot.pk])).status_code == 404
    assert "桂花节引路" not in read(client, "openings")
    assert client.post(reverse("scheduling:sign_up", args=[slot.pk])).status_code == 302
    assert "这件事现在不用您去了" in client.get(reverse("scheduling:week")).content.decode()


def test_the_home_is_not_named_before_the_yes(cast: Cast, client: Client) -> None:
    slot = cast.slot(seats=[SeatWanted(), SeatWanted()])
    desk = cast.sign_in(Client(), cast.zhou)
    words = read(desk, "slot", slot.pk)
    start = words.split('<option value="')[1].split('"')[0]
    assert "开放报名了" in press(desk, "signup_desk", slot.pk, "open", start=start, seen=str(Slot.objects.get(pk=slot.pk).version))
    cast.sign_in(client, cast.chen)
    for page in (read(client, "openings"), read(client, "opening", slot.pk)):
        assert "沈" not in page and "一位居民" in page and "501" not in page


def test_a_family_in_one_form(cast: Cast, client: Client) -> None:
    slot = event(cast, places=3)
    cast.chen.household = cast.shen.household
    cast.chen.save()
    (wife,) = volunteers(cast, 1, home=cast.shen.household)
    cast.sign_in(client, cast.chen)
    assert wife.name in read(client, "opening", slot.pk)
    url = reverse("scheduling:sign_up_together", args=[slot.pk])
    refused = client.post(url, {"family": str(wife.pk)})
    assert refused.status_code == 422 and "亲口答应" in refused.content.decode()
    press(client, "sign_up_together", slot.pk, family=str(wife.pk), spoken="on")
    assert Offer.objects.filter(slot=slot, state=OfferState.ACCEPTED).count() == 2


def test_fellows_by_number_and_an_unknown_number_tells_nothing(cast: Cast, client: Client) -> None:
    slot, (fellow,) = event(cast, places=3), volunteers(cast, 1)
    cast.sign_in(client, cast.chen)
    url = reverse("scheduling:sign_up_together", args=[slot.pk])
    unknown = client.post(url, {"numbers": "V999999"}).content.decode()
    forbid(by=cast.zhou, slot=slot, person=fellow)
    unfit = client.post(url, {"numbers": fellow.volunteer.number}).content.decode()
    assert "有一位这次报不了" in unknown and "有一位这次报不了" in unfit and fellow.name not in unfit
    press(client, "sign_up_together", slot.pk, numbers=cast.jiang.volunteer.number)
    assert Offer.objects.get(slot=slot, person=cast.jiang).state == OfferState.SENT


def test_only_those_one_has_met_are_named(cast: Cast) -> None:
    slot, (met, _stranger) = event(cast), volunteers(cast, 2)
    sign_up(by=cast.chen, slot=slot)
    sign_up(by=met, slot=slot)
    assert companions_of(cast.chen) == [met.pk]


def test_a_fellow_instead_and_what_the_social_worker_sees(cast: Cast, client: Client) -> None:
    slot, (fellow,) = cast.slot(), volunteers(cast, 1)
    offer = cast.offer(slot, cast.chen, state=OfferState.ACCEPTED)
    cast.sign_in(client, cast.chen)
    assert "请伙伴替我去" in read(client, "offer", offer.pk)
    assert "已经去问了" in press(client, "stand_in", offer.pk, number=fellow.volunteer.number)
    row = Exchange.objects.get()
    waits = read(client, "week") + read(client, "exchange", row.pk)
    assert "您请了一位伙伴替您去" in waits and fellow.name not in waits, "a number is not a way to a name"
    other = cast.sign_in(Client(), fellow)
    asked = read(other, "week")
    assert "陈国梁想请您替他去" in asked and "沈" not in asked
    assert "换好了" in press(other, "answer_exchange", row.pk, "yes")
    assert "有伙伴替您去了" in read(client, "offer", offer.pk)
    desk = cast.sign_in(Client(), cast.zhou)
    assert "志愿者之间换了 1 次" in desk.get(reverse("scheduling:plan") + f"?week={cast.monday.isoformat()}").content.decode()
    assert f"陈国梁请{fellow.name}替" in read(desk, "slot", slot.pk)
    assert "没有换成" in press(desk, "object_exchange", row.pk)
    assert "社工没有同意换人" in read(client, "week")


def test_the_fellow_may_ask_for_a_swap_and_the_first_answers(cast: Cast, client: Client) -> None:
    offer = cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    theirs = sign_up(by=cast.jiang, slot=event(cast))
    row = ask_fellow(by=cast.chen, offer=offer, fellow=cast.jiang)
    cast.sign_in(client, cast.jiang)
    assert "桂花节引路" in read(client, "exchange", row.pk)
    assert "肯不肯换" in press(client, "swap", row.pk, offer=str(theirs.pk))
    back = Exchange.objects.get(state="asked")
    assert (back.fellow, back.other_id) == (cast.chen, offer.pk)
    agree(by=cast.chen, exchange=back)
    assert Offer.objects.active().get(slot=offer.slot_id).person == cast.jiang


def test_three_at_once_by_one_press_and_the_first_yes(cast: Cast, client: Client) -> None:
    offer = cast.offer(cast.slot(), cast.chen, state=OfferState.ACCEPTED)
    people = volunteers(cast, 3)
    Availability.objects.bulk_create(Availability(person=p, weekday=2, start_minute=480, end_minute=720) for p in people)
    cannot_come(by=cast.chen, offer=offer)
    desk = cast.sign_in(Client(), cast.zhou)
    words = read(desk, "slot", offer.slot_id)
    assert "同时问前 3 位" in words
    seen = str(Slot.objects.get(pk=offer.slot_id).version)
    assert "谁先答应谁去" in press(desk, "ask_three", offer.slot_id, seat=str(offer.seat_id), seen=seen)
    row = Appeal.objects.all()[0]
    cast.sign_in(client, row.person)
    assert "急找人" in read(client, "week") and "沈" not in read(client, "week")
    assert "谢谢您肯顶上" in press(client, "answer_appeal", row.pk, "yes")
    assert f"一起问过{row.person.name}" in read(desk, "slot", offer.slot_id)
    assert Offer.objects.active().get(slot=offer.slot_id).person == row.person


def test_an_event_from_the_form_to_the_roster(cast: Cast, client: Client) -> None:
    cast.sign_in(client, cast.zhou)
    said = {
        "title": "重阳节包馄饨", "category": str(cast.category("culture").pk), "day": cast.at(5, 9).date().isoformat(), "at": "09:00",
        "minutes": "120", "where": "社区一楼活动室", "places": "12", "trainees": "2", "level": "1", "bodily_risk": "on",
        "activity": "service",
    }  # fmt: skip
    refused = client.post(reverse("scheduling:announce"), said)
    assert refused.status_code == 422 and "写明是什么" in refused.content.decode()
    words = press(client, "announce", **said, risk_note="有热水", insured="on")
    slot = Slot.objects.get(title="重阳节包馄饨")
    assert "开放报名了" in words and slot.seats.count() == 14 and slot.household is None and slot.signup_at == cast.at(5, 9)
    sign_up(by=cast.chen, slot=slot)
    assert "陈国梁" in read(client, "slot", slot.pk)


def test_a_reminder_stands_among_the_news_until_it_begins(cast: Cast, client: Client) -> None:
    cast.offer(state=OfferState.ACCEPTED)
    remind(now=cast.at(2, 9) - timedelta(hours=14))
    cast.sign_in(client, cast.chen)
    assert "记得：" in read(client, "week")


def test_where_hundreds_come_nobody_reads_everybodys_name(cast: Cast, client: Client) -> None:
    slot, people = event(cast, places=30), volunteers(cast, 14)
    mine = sign_up(by=cast.chen, slot=slot)
    for person in people[:5]:
        sign_up(by=person, slot=slot)
    cast.sign_in(client, cast.chen)
    assert people[0].name in read(client, "offer", mine.pk)
    for person in people[5:]:
        sign_up(by=person, slot=slot)
    assert people[0].name not in read(client, "offer", mine.pk)
    assert companions_of(cast.chen) == []


def test_an_event_with_room_is_nobody_missing(cast: Cast, client: Client) -> None:
    event(cast, places=30)
    cast.sign_in(client, cast.zhou)
    words = client.get(reverse("scheduling:plan") + f"?week={cast.monday.isoformat()}").content.decode()
    assert "报上 0 位，一共要 30 位" in words and "还差" not in words and "缺志愿者" not in words


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("places", "0"), ("places", "201"), ("places", "很多"), ("minutes", "5"), ("minutes", "601"), ("day", "2020-01-01"), ("day", "明天"),
        ("at", "25:00"), ("title", ""), ("title", "长" * 41), ("where", ""), ("category", "999999"), ("skill", "999999"), ("trainees", "21"),
        ("level", "9"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_the_field(cast: Cast, client: Client, field: str, typed: str) -> None:
    said = {
        "title": "重阳节包馄饨", "category": str(cast.category("culture").pk), "day": cast.at(5, 9).date().isoformat(), "at": "09:00",
        "minutes": "120", "where": "社区一楼活动室", "places": "12", "trainees": "0", "level": "1",
    }  # fmt: skip
    cast.sign_in(client, cast.zhou)
    answer = client.post(reverse("scheduling:announce"), said | {field: typed})
    assert answer.status_code == 422 and not Slot.objects.exists()
    assert answer.context["form"].errors[field]
