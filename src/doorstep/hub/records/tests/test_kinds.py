"""What was announced as duty, training, a meeting or standing by, and breaks: what each is worth, and what its owner reads about it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Notice
from doorstep.hub.records import book, proving
from doorstep.hub.records.access import NothingToCorrect
from doorstep.hub.records.actions.booking import subject_of
from doorstep.hub.records.actions.correcting import NothingChanges, WouldNotCount, decide_correction, propose_correction
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.actions.judging import AllAway
from doorstep.hub.records.actions.moving import ship, to_send
from doorstep.hub.records.actions.record import record_training
from doorstep.hub.records.actions.rules import adopt_rules
from doorstep.hub.records.actions.vouching import call_roll, take_sheet
from doorstep.hub.records.models import Correction, Hours, HoursState, LogEntry, Presence, Training
from doorstep.hub.records.moving.columns import usual
from doorstep.hub.records.queries.record import own_hours, record_of
from doorstep.hub.scheduling.actions.signup import sign_up
from doorstep.hub.scheduling.models import Activity, Offer
from doorstep.hub.testing import Cast
from doorstep.ledger.balance import Balance, balance
from doorstep.ledger.pack import Block, default_pack

from .coming import came, hours, left, promised

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
HOUR = timedelta(hours=1)


def served(offer: Offer, minutes: int = 120, first: int = 0) -> Hours:
    came(offer, first)
    left(offer, minutes)
    return hours()


def kinds() -> list[str]:
    return [row.kind for row in LogEntry.objects.order_by("n")]


def said(cast: Cast) -> Balance:
    """What the ledger alone says of 陈国梁."""
    entries = [book.read(bytes(row.data)) for row in LogEntry.objects.order_by("n")]
    return balance(entries, subject_of(cast.chen, cast.community), str(cast.community.pk))


def corrected(cast: Cast, row: Hours, now: datetime, **changes: Any) -> Hours:
    """周敏 proposes, 林涛 decides."""
    times = {"came": row.came, "left": row.left} | changes
    correction = propose_correction(by=cast.zhou, hours=row, why="问过带队的", now=now, **times)
    decide_correction(by=cast.lin, correction=correction, approved=True, now=now)
    return Hours.objects.get(pk=row.pk)


def test_every_kind_that_can_be_announced_is_in_the_rules() -> None:
    known = default_pack().kinds
    assert {kind: known[kind] for kind in Activity.values} == {
        "service": Block.SERVICE, "duty": Block.SERVICE, "standby": Block.NONE, "training": Block.TRAINING, "meeting": Block.NONE,
        "rehearsal": Block.NONE,
    }  # fmt: skip


def test_a_meeting_pays_nothing_and_says_so_and_the_presence_stays(cast: Cast, client: Client) -> None:
    row = served(promised(cast, activity=Activity.MEETING))
    assert (row.kind, row.block, row.state, row.tenths, row.entry) == ("meeting", "none", HoursState.REFUSED, 0, None)
    assert row.not_service and not LogEntry.objects.exists() and Presence.objects.get().left_at is not None
    assert [notice.kind for notice in Notice.objects.filter(person_id=cast.chen.pk, kind__startswith="hours_")] == ["hours_not_service"]
    cast.sign_in(client, cast.chen)
    Hours.objects.update(came=row.came - timedelta(days=14), left=row.left - timedelta(days=14))
    page = client.get(reverse("records:mine") + "?year=all").content.decode()
    assert "不计时长" in page and "开会不是志愿服务，按规定不计服务时长。您到过场，记录留着。" in page


def test_service_in_the_middle_of_a_meeting_is_filled_in_beside_it(cast: Cast) -> None:
    offer = promised(cast, activity=Activity.MEETING)
    row = served(offer)
    later = offer.end + HOUR
    filled = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="搬桌子", came=row.came, left=row.came + HOUR, now=later)
    assert approve_hours(by=cast.lin, hours=filled, now=later).tenths == 10


def test_a_meeting_beside_service_that_stands_is_just_a_meeting(cast: Cast) -> None:
    offer = promised(cast, activity=Activity.MEETING)
    filled = back_fill(
        by=cast.zhou,
        person=cast.chen,
        unit=cast.community,
        title="搬桌子",
        came=offer.start,
        left=offer.start + HOUR,
        now=offer.start + HOUR,
    )
    assert approve_hours(by=cast.lin, hours=filled, now=offer.start + HOUR).tenths == 10
    came(offer)
    left(offer, 120)
    meeting = Hours.objects.get(kind="meeting")
    assert meeting.not_service and [one["code"] for one in meeting.refusals] == ["no_service"], "nobody did anything wrong"


def test_a_training_gives_learning_hours_once(cast: Cast) -> None:
    offer = promised(cast, activity=Activity.TRAINING, about="止血包扎", host="区红十字会")
    row = served(offer)
    assert (row.block, row.state, row.tenths, row.grade) == ("training", HoursState.RECORDED, 20, "code_pair")
    assert kinds() == ["training.recorded"]
    assert [(one.content, one.host) for one in Training.objects.all()] == [("止血包扎", "区红十字会")]
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert (record.tenths, record.learned, len(record.training), len(record.service)) == (0, 20, 1, 0)
    # Written down by hand besides, it meets itself and is refused: nobody learns the same morning twice.
    [again] = record_training(
        by=cast.zhou, unit=cast.community, people=[cast.chen], name="急救", content="包扎", host="本社区", came=row.came, left=row.left,
        now=offer.end + HOUR,
    )  # fmt: skip
    assert again.hours.state == HoursState.REFUSED
    assert sum(said(cast).training.values()) == 20 and said(cast).tenths == 0


def test_who_stands_by_counts_from_being_called_out(cast: Cast) -> None:
    called = promised(cast, activity=Activity.STANDBY)
    slot = called.slot
    sign_up(by=cast.jiang, slot=slot)
    waited = Offer.objects.get(slot=slot, person=cast.jiang)
    call_roll(by=cast.zhou, came=[called], left=[], now=called.start + HOUR)
    call_roll(by=cast.zhou, came=[], left=[called], absent=[waited], now=called.start + 2 * HOUR)
    found = {row.person: (row.kind, row.state, row.tenths) for row in Hours.objects.all()}
    assert found == {
        cast.chen: ("called_standby", HoursState.RECORDED, 10), cast.jiang: ("standby", HoursState.REFUSED, 0),
    }  # fmt: skip
    waited.refresh_from_db()
    assert waited.state == "served", "who stood by and was not called has missed nothing"


def test_duty_pays_as_the_district_has_it(cast: Cast) -> None:
    facts = json.loads(book.rules_data(cast.monday - timedelta(days=14), ""))
    facts |= {"id": "rules-999901", "district": "999901", "kinds": facts["kinds"] | {"duty": "none"}}
    facts["valid_from"] = (cast.monday).isoformat()
    adopt_rules(by=cast.lin, district=cast.district, data=json.dumps(facts).encode(), now=cast.at(0, 9) - timedelta(days=3))
    assert served(promised(cast, activity=Activity.DUTY)).not_service


def test_duty_counts_as_service_by_the_usual_rules(cast: Cast) -> None:
    row = served(promised(cast, activity=Activity.DUTY))
    assert (row.kind, row.block, row.tenths) == ("duty", "service", 20)


def test_a_day_with_an_hour_for_lunch_is_seven_hours_and_says_why(cast: Cast, client: Client) -> None:
    row = served(promised(cast, minutes=480, pause_after=180, pause=60), minutes=500, first=-10)
    assert (row.away, row.planned, row.tenths) == (60, 420, 70)
    entry = book.read(bytes(LogEntry.objects.get().data))
    assert (entry.served, entry.planned, entry.tenths) == (450, 420, 70)
    cast.sign_in(client, cast.chen)
    assert "休息等 60 分钟不算" in client.get(reverse("records:mine") + "?year=all").content.decode()
    cast.sign_in(client, cast.zhou)
    page = client.get(reverse("records:one", args=[row.pk])).content.decode()
    assert "在场 510 分钟，约好的是 480 分钟，按约好的算，其中 60 分钟不算" in page


def test_who_goes_before_lunch_loses_nothing_to_it(cast: Cast) -> None:
    row = served(promised(cast, minutes=480, pause_after=180, pause=60), minutes=120)
    assert (row.away, row.tenths) == (0, 20)


def test_two_people_say_that_the_break_was_shorter_or_was_none(cast: Cast) -> None:
    offer = promised(cast, minutes=480, pause_after=180, pause=60)
    row, later = served(offer, minutes=480), offer.end + HOUR
    assert row.tenths == 70
    with pytest.raises(NothingChanges):
        propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.left, why="看一看", now=later)
    with pytest.raises(AllAway):
        propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.left, away=480, why="看一看", now=later)
    row = corrected(cast, row, later, away=30)
    assert (row.away, row.tenths, row.grade, kinds()) == (30, 75, "code_pair", ["hours.recorded", "hours.corrected"])
    one = Correction.objects.get()
    assert (one.old_away, one.away, one.old_tenths) == (60, 30, 70)
    # What was said once stands in the form, also where only the times are corrected later; cleared there, it is the planned break.
    row = corrected(cast, row, later, left=row.left - HOUR, away=row.away)
    assert (row.away, row.tenths) == (30, 65)
    row = corrected(cast, row, later)
    assert (row.away, row.tenths) == (60, 60), "nothing said: the planned break"


def test_a_later_leaving_brings_the_planned_break_along(cast: Cast) -> None:
    offer = promised(cast, minutes=480, pause_after=180, pause=60)
    row = served(offer, minutes=120)
    row = corrected(cast, row, offer.end + HOUR, left=offer.end)
    assert (row.away, row.tenths, row.grade) == (60, 70, "backfilled")


def test_what_was_a_course_moves_to_the_learning_hours(cast: Cast) -> None:
    offer = promised(cast)
    row, later = served(offer), offer.end + HOUR
    numbers = [row.entry]
    assert row.entry is not None and proving.since_then(subject_of(cast.chen, cast.community), cast.community.pk, [row.entry]).tenths == 20  # type: ignore[union-attr]
    row = corrected(cast, row, later, kind="training")
    assert (row.block, row.tenths, row.grade) == ("training", 20, "code_pair")
    found = said(cast)
    assert (found.tenths, sum(found.training.values()), dict(found.slips)) == (0, 20, {})
    assert Training.objects.get().content == "游园会"
    entry = book.read(bytes(LogEntry.objects.get(kind="hours.corrected").data))
    assert entry.reasons == ("to_training", "two_people") and entry.activity == "training" and len(entry.approvers) >= 2
    # A certificate that counted it as service counts it no more.
    since = proving.since_then(subject_of(cast.chen, cast.community), cast.community.pk, [one for one in numbers if one is not None])
    assert since is not None and (since.tenths, since.corrected) == (0, 1)
    row = corrected(cast, row, later, kind="service")
    assert (row.block, said(cast).tenths, sum(said(cast).training.values())) == ("service", 20, 0)


def test_what_was_a_meeting_after_all_stands_with_nothing_and_its_reason(cast: Cast, client: Client) -> None:
    offer = promised(cast)
    row = corrected(cast, served(offer), offer.end + HOUR, kind="meeting")
    assert (row.block, row.tenths, row.state) == ("none", 0, HoursState.RECORDED)
    assert said(cast).tenths == 0 and said(cast).hours[0].entry.n == row.entry
    cast.sign_in(client, cast.chen)
    assert "开会不是志愿服务" in client.get(reverse("records:mine") + "?year=all").content.decode()
    cast.sign_in(client, cast.zhou)
    assert "<del>志愿服务</del> → <ins>开会</ins>" in client.get(reverse("records:one", args=[row.pk])).content.decode()


def test_what_was_announced_as_a_meeting_and_was_service_counts_by_its_codes(cast: Cast, client: Client) -> None:
    offer = promised(cast, activity=Activity.MEETING)
    row, later = served(offer), offer.end + HOUR
    with pytest.raises(NothingToCorrect):
        propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.came, why="没有去", now=later)
    with pytest.raises(NothingChanges):
        propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.left, why="没有变", now=later)
    row = corrected(cast, row, later, kind="service")
    assert (row.state, row.tenths, row.grade, row.recorded_at) == (HoursState.RECORDED, 20, "code_pair", later)
    assert kinds() == ["hours.recorded"] and said(cast).tenths == 20
    entry = book.read(bytes(LogEntry.objects.get().data))
    assert {subject_of(cast.zhou, cast.community), subject_of(cast.lin, cast.community)} <= set(entry.approvers)


def test_an_unknown_kind_is_not_proposed(cast: Cast) -> None:
    offer = promised(cast)
    row = served(offer)
    with pytest.raises(WouldNotCount) as refused:
        propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.left, kind="picnic", why="看一看", now=offer.end + HOUR)
    assert "本区的规则里没有" in str(refused.value.sentence)


def test_breaks_of_what_is_filled_in_afterwards(cast: Cast, client: Client) -> None:
    came_at = cast.at(3, 9) - timedelta(days=21)
    cast.sign_in(client, cast.zhou)
    form = {
        "person": str(cast.chen.pk), "title": "布置会场", "kind": "service", "day": came_at.date().isoformat(), "came": "09:00",
        "left": "17:00", "away": "60", "once": "1b7f8a4e-0000-4000-8000-000000000001",
    }  # fmt: skip
    answer = client.post(reverse("records:fill_in"), form | {"away": "480"})
    assert answer.status_code == 422 and "不算的时间和在场的一样长" in answer.content.decode()
    page = client.post(reverse("records:fill_in"), form, follow=True).content.decode()
    assert "其中 60 分钟不算" in page
    row = approve_hours(by=cast.lin, hours=hours())
    assert (row.away, row.planned, row.tenths) == (60, 420, 70)
    correcting = client.get(reverse("records:correct", args=[row.pk])).content.decode()
    assert "其中多少分钟不算" in correcting and 'value="60"' in correcting and "算培训，记学时" in correcting
    said = {
        "day": came_at.date().isoformat(),
        "came": "09:00",
        "left": "17:00",
        "kind": "duty",
        "away": "90",
        "why": "问过了",
        "seen": str(row.version),
    }
    shown = client.post(reverse("records:correct", args=[row.pk]), said | {"once": "1b7f8a4e-0000-4000-8000-000000000002"}, follow=True)
    assert (
        "<del>志愿服务</del> → <ins>值班</ins>" in shown.content.decode()
        and "<del>60 分钟</del> → <ins>90 分钟</ins>" in shown.content.decode()
    )


def test_the_break_that_was_written_on_the_sheet_goes_before_the_planned_one(cast: Cast, client: Client) -> None:
    offer = promised(cast, minutes=480, pause_after=180, pause=60)
    sign_up(by=cast.jiang, slot=offer.slot)
    other = Offer.objects.select_related("slot__place", "person").get(slot=offer.slot, person=cast.jiang)
    lines = [(one, one.start, one.end) for one in (offer, other)]
    take_sheet(by=cast.zhou, lines=lines, breaks={offer.pk: 90}, now=offer.end + HOUR)
    row = Hours.objects.get(person=cast.chen)
    assert (row.away, row.tenths, row.grade) == (90, 65, "leader")
    assert Hours.objects.get(person=cast.jiang).away == 60, "nothing on the paper: as it was planned"


def test_the_sheet_is_typed_back_with_its_breaks(cast: Cast, client: Client) -> None:
    offer = promised(cast, minutes=480, pause_after=180, pause=60)
    # The same visit a fortnight ago, so that it can be typed back by today's clock.
    Offer.objects.filter(pk=offer.pk).update(start=offer.start - timedelta(days=14))
    offer.refresh_from_db()
    cast.sign_in(client, cast.zhou)
    query = f"?place={cast.community.pk}&day={offer.start.date().isoformat()}"
    assert "休息 12:00–13:00，不计时长" in client.get(reverse("records:sheet") + query).content.decode()
    key = offer.pk.hex
    said = {f"came_{key}": "09:00", f"left_{key}": "17:00", f"away_{key}": "480", "once": "1b7f8a4e-0000-4000-8000-000000000003"}
    refused = client.post(reverse("records:sheet_back") + query, said)
    assert refused.status_code == 422 and "歇的和在场的一样长" in refused.content.decode()
    client.post(reverse("records:sheet_back") + query, said | {f"away_{key}": "30"})
    assert (hours().away, hours().tenths) == (30, 75)


def test_what_was_sent_as_service_and_was_a_meeting_is_sent_again_as_nothing(cast: Cast) -> None:
    came_at = cast.at(3, 9) - timedelta(days=21)
    day = came_at.date()
    filled = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="例会", came=came_at, left=came_at + 2 * HOUR)
    row = approve_hours(by=cast.lin, hours=filled)
    never = back_fill(by=cast.zhou, person=cast.jiang, unit=cast.community, title="例会", came=came_at, left=came_at + 2 * HOUR)
    never = approve_hours(by=cast.lin, hours=never)
    now = came_at + timedelta(days=2)
    never = corrected(cast, never, now, kind="meeting")
    name, columns = usual()
    ship(
        by=cast.lin, district=cast.district, start=day, end=day, format="csv", why="月底报送", map_name=name, columns=columns, now=now
    )  # fmt: skip
    assert not to_send(cast.district, day, day).exists(), "what never was service is not sent at all"
    corrected(cast, row, now, kind="meeting")
    assert [(one.person, one.tenths) for one in to_send(cast.district, day, day)] == [(cast.chen, 0)]


def test_a_training_that_waits_for_its_owner_is_not_called_none(cast: Cast, client: Client) -> None:
    """It stands above among what is asked; the block of trainings must not say that there was none."""
    morning = timezone.localtime(timezone.now() - timedelta(days=5)).replace(hour=9, minute=0, second=0, microsecond=0)
    [training] = record_training(
        by=cast.zhou,
        unit=cast.community,
        people=[cast.chen],
        name="急救",
        content="包扎",
        host="红十字会",
        came=morning,
        left=morning + 2 * HOUR,
    )
    approve_hours(by=cast.lin, hours=training.hours)
    cast.sign_in(client, cast.chen)
    page = client.get(reverse("records:mine") + "?year=all").content.decode()
    assert "这段时间没有培训" not in page and "培训在等核对的里面" in page
