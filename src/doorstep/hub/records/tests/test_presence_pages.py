"""The pages of coming and leaving: one button for the person, one press for the social worker, a queue that answers each act by itself."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Claim
from doorstep.hub.people.models import Consent
from doorstep.hub.records import book
from doorstep.hub.records.actions.presence import check_in
from doorstep.hub.records.being import Kept
from doorstep.hub.records.models import Attendance, Hours, How, Presence
from doorstep.hub.records.views.desk import drawn
from doorstep.hub.scheduling.actions.slot import SeatWanted, cancel_slot
from doorstep.hub.scheduling.models import Offer, OfferState, Slot
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Clock:
    """The server's clock, set to where the story is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self._real = timezone.now(), timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def set(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def clock(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def offer(cast: Cast, clock: Clock) -> Offer:
    found = cast.offer(state=OfferState.ACCEPTED)
    clock.set(found.start)
    return found


def letters(offer: Offer, now: datetime) -> str:
    return book.code_at(offer.slot_id, now).scanned


def press(client: Client, url: str, **said: Any) -> Any:
    return client.post(url, {"once": uuid4().hex, **said}, follow=True)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def here(offer: Offer) -> str:
    return reverse("records:here", args=[offer.pk])


def chen(cast: Cast, client: Client) -> Client:
    return cast.sign_in(client, cast.chen)


def test_come_and_leave_with_the_digits_of_the_place(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    chen(cast, client)
    page = text(client.get(here(offer)))
    assert "到了吗？" in page and "我到了" in page
    assert "记下了：您到了" in text(press(client, here(offer), act="come", code=book.code_at(offer.slot_id, clock.now).spoken))
    clock.set(offer.end)
    assert "我走了" in text(client.get(here(offer)))
    press(client, here(offer), act="leave", code=book.code_at(offer.slot_id, clock.now).spoken)
    assert Hours.objects.get().grade == "code_pair"
    assert "这一次记好了" in text(client.get(here(offer)))


def test_the_page_of_the_visit_leads_here_on_its_day(cast: Cast, client: Client, offer: Offer) -> None:
    assert here(offer) in text(chen(cast, client).get(reverse("scheduling:offer", args=[offer.pk])))


def test_a_scanned_code_leads_to_ones_own_visit_with_the_code_filled_in(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    code = letters(offer, clock.now)
    page = text(chen(cast, client).get(reverse("records:at", args=[offer.slot_id, code])))
    assert "码扫到了" in page and f'value="{code}"' in page
    press(client, here(offer), act="come", code=code)
    assert Presence.objects.get().came_how == How.SCANNED


def test_a_scanned_code_of_somebody_elses_visit_says_so_and_nothing_more(cast: Cast, client: Client, offer: Offer) -> None:
    cast.sign_in(client, cast.jiang)
    pages = [text(client.get(reverse("records:stand_at", args=[slot]))) for slot in (offer.slot_id, uuid4())]
    assert all("约的不是您" in page and offer.slot.title not in page for page in pages)
    assert client.get(here(offer)).status_code == 404


def test_before_the_day_the_page_says_from_when(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    clock.set(offer.start - timedelta(days=1))
    page = text(chen(cast, client).get(here(offer)))
    assert "8:00" in page and "我到了" not in page
    assert "还没到时候" in text(press(client, here(offer), act="come"))


def test_who_has_not_answered_or_whose_visit_was_cancelled_is_told_so(cast: Cast, client: Client, clock: Clock) -> None:
    offer = cast.offer(state=OfferState.SENT)
    page = text(chen(cast, client).get(here(offer)))
    assert "您还没有回话" in page and "我到了" not in page
    cancel_slot(by=cast.zhou, slot=offer.slot)
    page = text(client.get(here(offer)))
    assert "这件事取消了" in page and "我到了" not in page


def test_a_wrong_code_is_counted_and_said(cast: Cast, client: Client, offer: Offer) -> None:
    chen(cast, client)
    for _ in range(10):
        assert "这个码不对" in text(press(client, here(offer), act="come", code="000000"))
    assert Presence.objects.get().wrong_codes == 10
    assert "试的次数太多" in text(press(client, here(offer), act="come", code="000000"))


def test_who_forgot_says_when_and_the_social_worker_confirms_with_one_press(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    check_in(by=cast.chen, offer=offer, code=letters(offer, offer.start), now=offer.start)
    clock.set(cast.at(3, 8))
    assert "那天几点走的" in text(chen(cast, client).get(here(offer)))
    assert press(client, here(offer), act="left", left="").status_code == 422
    assert "走要在来以后" in text(press(client, here(offer), act="left", left="8:30"))
    press(client, here(offer), act="left", left="9:50")
    desk = cast.sign_in(Client(), cast.zhou)
    page = text(desk.get(reverse("records:presence")))
    assert "1 位等您一句话" in page and "早了 10 分钟" in page
    assert "记下了" in text(press(desk, reverse("records:say", args=[offer.pk, "so"])))
    assert (Hours.objects.get().grade, Hours.objects.get().tenths) == ("code_and_word", 8)
    assert "等您一句话" not in text(desk.get(reverse("records:presence")))


def test_the_social_worker_knows_when_somebody_left(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    check_in(by=cast.chen, offer=offer, code=letters(offer, offer.start), now=offer.start)
    clock.set(cast.at(3, 8))
    cast.sign_in(client, cast.zhou)
    assert "几点走的" in text(client.get(reverse("records:presence")))
    assert "这个时间不对" in text(press(client, reverse("records:say", args=[offer.pk, "so"]), left="8:00"))
    press(client, reverse("records:say", args=[offer.pk, "so"]), left="9:30")
    assert Hours.objects.get().tenths == 5


def test_nobody_came_to_the_station(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    clock.set(offer.end)
    cast.sign_in(client, cast.zhou)
    assert "到“回访”里记" in text(press(client, reverse("records:say", args=[offer.pk, "absent"])))
    Slot.objects.update(household=None)
    press(client, reverse("records:say", args=[offer.pk, "absent"]))
    assert Attendance.objects.get().outcome == "no_show"


def test_who_was_written_off_before_the_phone_had_network_is_put_right_or_not(cast: Cast, client: Client, clock: Clock) -> None:
    first, second = crowd(cast)
    clock.set(first.end)
    desk = cast.sign_in(client, cast.zhou)
    for offer in (first, second):
        press(desk, reverse("records:say", args=[offer.pk, "absent"]))
        check_in(by=offer.person, offer=offer, kept=Kept(offer.start), now=clock.now + MINUTE)
    clock.set(clock.now + 2 * MINUTE)
    page = text(desk.get(reverse("records:presence")))
    assert "2 位等您一句话" in page and "原来记的是没有来" in page
    assert "已经记完了" not in page and "等社工确认" in text(cast.sign_in(Client(), first.person).get(here(first)))
    assert "这个时间不对" in text(press(desk, reverse("records:say", args=[first.pk, "so"])))
    press(desk, reverse("records:say", args=[first.pk, "so"]), left="14:30")
    press(desk, reverse("records:say", args=[second.pk, "not"]))
    assert "等您一句话" not in text(desk.get(reverse("records:presence")))
    assert (Hours.objects.get().person, Hours.objects.get().tenths, Hours.objects.get().grade) == (first.person, 5, "leader")


def test_the_code_on_the_social_workers_phone_turns(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    cast.sign_in(client, cast.zhou)
    url = reverse("records:code", args=[offer.slot_id])
    first = text(client.get(url))
    clock.set(clock.now + timedelta(seconds=30))
    second = text(client.get(url, headers={"HX-Request": "true"}))
    digits = [f"{(code := book.code_at(offer.slot_id, now).spoken)[:3]} {code[3:]}" for now in (offer.start, clock.now)]
    assert digits[0] in first and digits[1] in second and digits[0] not in second
    assert "<svg" in first and "http-equiv" in first and "<html" not in second


def test_what_is_scanned_is_the_address_that_the_page_draws(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    page = text(cast.sign_in(client, cast.zhou).get(reverse("records:code", args=[offer.slot_id])))
    address = f"http://testserver{reverse('records:at', args=[offer.slot_id, letters(offer, clock.now)])}"
    assert str(drawn(address)) in page


def crowd(cast: Cast) -> list[Offer]:
    slot = cast.slot(windows=[(cast.at(2, 14), cast.at(2, 14))], seats=[SeatWanted(), SeatWanted()])
    Slot.objects.filter(pk=slot.pk).update(household=None)
    return [cast.offer(slot, person, OfferState.ACCEPTED, number) for number, person in enumerate((cast.chen, cast.tang))]


def test_the_roll_is_called_in_one_form(cast: Cast, client: Client, clock: Clock) -> None:
    first, second = crowd(cast)
    clock.set(first.start)
    cast.sign_in(client, cast.zhou)
    url = reverse("records:roll", args=[first.slot_id])
    assert "还没有点谁" in text(press(client, url))
    assert "点好名了" in text(press(client, url, **{f"came_{first.pk.hex}": "on", f"absent_{second.pk.hex}": "on"}))
    assert Attendance.objects.get().outcome == "no_show"
    clock.set(first.end)
    press(client, url, **{f"left_{first.pk.hex}": "on"})
    assert (Hours.objects.get().grade, Hours.objects.get().confirmed_by) == ("leader", cast.zhou)


def test_one_line_of_the_roll_that_does_not_fit_leaves_all_undone_and_says_whose(cast: Cast, client: Client, clock: Clock) -> None:
    first, second = crowd(cast)
    clock.set(first.start)
    cast.sign_in(client, cast.zhou)
    answer = press(client, reverse("records:roll", args=[first.slot_id]), **{f"came_{first.pk.hex}": "on", f"left_{second.pk.hex}": "on"})
    assert answer.status_code == 422 and "唐颖：还没有签到" in text(answer)
    assert not Presence.objects.exists()


def test_digits_read_out_by_phone(cast: Cast, client: Client, clock: Clock) -> None:
    first, _second = crowd(cast)
    cast.sign_in(client, cast.zhou)
    url = reverse("records:roll", args=[first.slot_id])
    for now in (first.start, first.end):
        clock.set(now)
        assert "记下了" in text(press(client, url, who=first.pk.hex, code=book.code_at(first.slot_id, now).spoken))
    assert Hours.objects.get().grade == "leader"
    clock.set(first.end + MINUTE)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-13-45", "x"])
@pytest.mark.parametrize("name", ["presence", "sheet", "sheet_back"])
def test_a_day_that_nobody_plans_for_is_today(cast: Cast, client: Client, name: str, day: str) -> None:
    cast.sign_in(client, cast.zhou)
    assert client.get(reverse(f"records:{name}"), {"day": day}).status_code == 200


def test_the_sheet_is_printed_and_typed_back_by_its_codes(cast: Cast, client: Client, clock: Clock) -> None:
    first, second = crowd(cast)
    clock.set(first.end + timedelta(hours=3))
    cast.sign_in(client, cast.zhou)
    day = f"?day={timezone.localdate(first.start).isoformat()}"
    sheet = text(client.get(reverse("records:sheet") + day))
    code = book.line_code(first.pk)
    assert code in sheet and book.line_code(second.pk) in sheet and sheet.count("<svg") >= 3
    found = client.get(reverse("records:find_line"), {"code": f" {code.lower()} "}, follow=True)
    assert "几点来，几点走" in text(found) and second.person.name not in text(found).split("<main")[1]
    back = reverse("records:sheet_back") + day
    answer = press(client, back, **{f"came_{first.pk.hex}": "14:05", f"left_{first.pk.hex}": "13:00"})
    assert answer.status_code == 422 and "走的时间要在来以后" in text(answer) and "14:05" in text(answer)
    assert "写了走，没写来" in text(press(client, back, **{f"left_{first.pk.hex}": "15:00"}))
    press(client, back, **{f"came_{first.pk.hex}": "14:05", f"left_{first.pk.hex}": "14:59"})
    assert (Hours.objects.get().grade, Hours.objects.get().tenths, Attendance.objects.get().channel) == ("leader", 9, "paper")
    missing = client.get(reverse("records:find_line"), {"code": "AAAAAA"})
    assert missing.status_code == 422 and "没有找到" in text(missing)


def test_a_line_of_another_community_is_not_found(cast: Cast, client: Client, offer: Offer) -> None:
    cast.sign_in(client, cast.wu)
    assert client.get(reverse("records:line", args=[book.line_code(offer.pk)])).status_code == 422


def test_near_or_not_needs_consent_which_is_given_once(cast: Cast, client: Client, offer: Offer) -> None:
    chen(cast, client)
    assert "data-near-lat" not in text(client.get(here(offer)))
    for _ in range(2):
        press(client, reverse("records:near", args=[offer.pk]))
    assert Consent.objects.filter(person=cast.chen, text__purpose="position").count() == 1
    assert "data-near-lat" in text(client.get(here(offer)))
    press(client, here(offer), act="come", near="true")
    assert Presence.objects.get().came_near is True


# --- the queue -------------------------------------------------------------------------------------------------------------------------


def send(client: Client, offer: Offer, act: str, at: datetime, sent: datetime, once: str = "", **said: Any) -> Any:
    body = {
        "act": act,
        "offer": str(offer.pk),
        "kept_at": at.timestamp() * 1000,
        "offset": 0,
        "once": once or uuid4().hex,
        "near": "",
        **said,
    }
    return client.post(reverse("records:kept"), body, headers={"X-Doorstep-Sent": str(sent.timestamp() * 1000)})


def test_an_act_sent_at_once_counts_from_now(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    answer = send(chen(cast, client), offer, "come", clock.now, clock.now, code=letters(offer, clock.now))
    assert answer.json() == {"state": "done", "sentence": "记下了：您到了。走的时候再按一下。", "next": here(offer)}
    assert Presence.objects.get().came_sent_at is None


def test_a_phone_whose_clock_is_hours_wrong_is_believed_by_how_long_ago_it_was(
    cast: Cast, client: Client, offer: Offer, clock: Clock
) -> None:
    wrong = clock.now - timedelta(hours=7)
    assert send(chen(cast, client), offer, "come", wrong, wrong + timedelta(seconds=2)).json()["state"] == "done"
    assert Presence.objects.get().came_at == clock.now


def test_forty_acts_kept_for_three_days_are_answered_singly_none_lost_none_doubled(cast: Cast, client: Client, clock: Clock) -> None:
    chen(cast, client)
    acts = []
    for number in range(20):
        start = cast.at(number % 5, 7 + 3 * (number // 5))
        slot = cast.slot(windows=[(start, start)])
        offer = cast.offer(slot, cast.chen, OfferState.ACCEPTED)
        for act, minute in (("come", 1), ("leave", 58)):
            at = start + minute * MINUTE
            code = letters(offer, at) if number % 4 else ""
            acts.append((offer, act, at, uuid4().hex, code))
    clock.set(cast.at(4, 20) + timedelta(days=3))
    for _round in range(3):
        answers = [send(client, offer, act, at, clock.now, once, code=code).json() for offer, act, at, once, code in acts]
        assert [answer["state"] for answer in answers] == ["done"] * 40
        clock.set(clock.now + timedelta(hours=1))
    assert Presence.objects.filter(came_at__isnull=False, left_at__isnull=False).count() == 20
    assert Hours.objects.filter(grade="code_pair").count() == Attendance.objects.count() == 15
    assert Presence.objects.filter(came_how=How.UNPROVED, left_how=How.UNPROVED).count() == 5
    assert Claim.objects.count() == 40


def test_after_the_keys_are_forgotten_an_act_is_still_not_doubled(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    at, once = clock.now, uuid4().hex
    chen(cast, client)
    clock.set(at + timedelta(days=5))
    send(client, offer, "come", at, clock.now, once, code=letters(offer, at))
    Claim.objects.all().delete()
    answer = send(client, offer, "come", at, clock.now, once, code=letters(offer, at))
    assert answer.json()["state"] == "refused" and "已经签到了" in answer.json()["sentence"]
    assert Presence.objects.count() == 1


def test_every_refusal_has_its_sentence_and_lets_the_phone_forget(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    chen(cast, client)
    answer = send(client, offer, "leave", clock.now, clock.now)
    assert (answer.status_code, answer.json()["state"]) == (422, "refused") and "还没有签到" in answer.json()["sentence"]
    strange = client.post(reverse("records:kept"), {"act": "fly"})
    assert (strange.status_code, strange.json()["state"]) == (422, "refused")
    cast.sign_in(client, cast.jiang)
    other = client.post(reverse("records:kept"), {"act": "come", "slot": str(offer.slot_id), "kept_at": clock.now.timestamp() * 1000})
    assert other.status_code == 422 and "约的不是您" in other.json()["sentence"]


def test_while_the_servers_clock_is_wrong_the_phone_keeps_its_acts(cast: Cast, client: Client, offer: Offer, clock: Clock) -> None:
    chen(cast, client)
    at = clock.now
    send(client, offer, "come", at, at)
    clock.set(at - timedelta(days=8))
    answer = send(client, offer, "leave", clock.now, clock.now)
    assert (answer.status_code, answer.json()["state"]) == (503, "later")


def test_a_visitor_is_sent_to_sign_in_and_the_phone_keeps_its_acts(offer: Offer, clock: Clock) -> None:
    assert send(Client(), offer, "come", clock.now, clock.now).status_code == 302


def test_twenty_accounts_on_one_phone_carry_its_mark(cast: Cast, clock: Clock) -> None:
    phone, people = Client(), (cast.chen, cast.jiang, cast.tang)
    times = [cast.at(2, 9 + 3 * number) for number in range(3)]
    offers = [cast.offer(cast.slot(windows=[(at, at)]), who, OfferState.ACCEPTED) for at, who in zip(times, people, strict=True)]
    for person, offer in zip(people, offers, strict=True):
        clock.set(offer.start)
        cast.sign_in(phone, person)
        phone.get(here(offer))
        press(phone, here(offer), act="come", code=letters(offer, clock.now))
    marks = set(Presence.objects.values_list("device", flat=True))
    assert Presence.objects.count() == 3 and len(marks) == 1 and len(marks.pop()) == 32


def test_the_day_can_be_asked_for(cast: Cast, client: Client, offer: Offer) -> None:
    cast.sign_in(client, cast.zhou)
    page = text(client.get(reverse("records:presence"), {"day": (timezone.localdate(offer.start) + timedelta(days=1)).isoformat()}))
    assert "这一天没有约好的事" in page
    assert client.get(reverse("records:presence"), {"day": "nonsense"}).status_code == 200
    assert isinstance(timezone.localdate(), date)
