"""The watch in the hub: the bought hours light up at once and at the top, are handled once, and stand behind a certificate until then."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records.access import OwnDoing, OwnHands, SaidAlready, WithoutWords, anomalies_visible_to, get_anomaly_for
from doorstep.hub.records.actions.certifying import issue_certificate
from doorstep.hub.records.actions.data_request import require_nothing_open
from doorstep.hub.records.actions.hours import approve_hours, back_fill, decide_correction, propose_correction
from doorstep.hub.records.actions.watching import handle_anomaly, watch_all, watch_unit
from doorstep.hub.records.models import Anomaly, Hours, HoursState
from doorstep.hub.records.moving_access import OpenQuestion
from doorstep.hub.records.printing import section
from doorstep.hub.records.queries.watching import open_questions, questioned_tenths
from doorstep.hub.records.watch import Kind, words
from doorstep.hub.rounds import watch_at_night
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(cast: Cast) -> Person:
    person = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=person, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    return person


def buy_hours(cast: Cast, approver: Person) -> list[Hours]:
    """An administrator adds five hours for somebody in two minutes; a friend approves before the tea is cold."""
    now = timezone.now()
    rows = []
    for number, (first, last) in enumerate(((8, 10), (13, 15), (16, 17))):
        day = now - timedelta(days=20 + number)
        came, left = (timezone.localtime(day).replace(hour=hour, minute=0, second=0, microsecond=0) for hour in (first, last))
        row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="社区活动", came=came, left=left, now=now)
        Hours.objects.filter(pk=row.pk).update(entered_at=now + timedelta(seconds=35 * number))
        rows.append(row)
    watch_unit(unit_id=cast.community.pk, now=now)
    return [approve_hours(by=approver, hours=row, now=now + timedelta(minutes=3)) for row in rows]


def test_bought_hours_light_up_at_the_top_and_show_behind_a_certificate(cast: Cast, colleague: Person) -> None:
    rows = buy_hours(cast, colleague)
    assert {row.state for row in rows} == {HoursState.RECORDED}
    [found] = Anomaly.objects.filter(kind="bought")
    assert (found.person, found.other, found.unit) == (cast.zhou, cast.chen, cast.community)
    assert found == anomalies_visible_to(cast.lin).order_by("-weight")[0]
    assert found.numbers["tenths"] == 50 and set(found.hours.all()) == set(rows)
    assert open_questions([row.pk for row in rows]) == 3 and questioned_tenths([row.pk for row in rows]) == 50


def test_one_look_at_what_was_just_typed_needs_no_night(cast: Cast) -> None:
    now = timezone.now()
    came = timezone.localtime(now - timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="社区活动", came=came, left=came + timedelta(hours=5), now=now)
    assert [row.kind for row in Anomaly.objects.all()] == ["bought"]


def test_the_certificate_and_its_check_page_say_that_there_is_a_question(cast: Cast, colleague: Person) -> None:
    rows = buy_hours(cast, colleague)
    today = timezone.localdate()
    certificate = issue_certificate(by=cast.chen, person=cast.chen, unit=cast.community, start=today - timedelta(days=60), end=today)
    assert certificate.snapshot["questioned"] == 50
    assert "其中 5.0 小时有疑问，开证明时还没有查清。" in section(certificate)["notes"]
    assert section(certificate)["late"].startswith("其中 5.0 小时（100%）是事后补录的")
    assert "其中 5.0 小时有疑问，还没有查清。" in Client().get(f"/check/{certificate.number}/").content.decode()
    for found in Anomaly.objects.all():
        handle_anomaly(by=cast.lin, anomaly=found, state="sound", words="有签到表，三天都在。")
    assert "有疑问" not in Client().get(f"/check/{certificate.number}/").content.decode()
    assert questioned_tenths([row.pk for row in rows]) == 0


@pytest.mark.both_databases
def test_what_was_found_wrong_is_in_question_until_two_people_have_corrected_it(cast: Cast, colleague: Person) -> None:
    row = buy_hours(cast, colleague)[0]
    for found in Anomaly.objects.all():
        handle_anomaly(by=cast.lin, anomaly=found, state="wrong", words="那天他在南京。")
    assert questioned_tenths([row.pk]) == 20
    correction = propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.came + timedelta(minutes=30), why="只来了半小时")
    decide_correction(by=colleague, correction=correction, approved=True)
    assert questioned_tenths([row.pk]) == 0


def test_the_page_says_it_in_a_sentence_and_it_is_handled_once(cast: Cast, colleague: Person) -> None:
    buy_hours(cast, colleague)
    [found] = Anomaly.objects.filter(kind="bought")
    client = cast.sign_in(Client(), cast.lin)
    page = client.get("/watch/").content.decode()
    assert "周敏在 70 秒里给陈国梁补了 5 小时。" in page and "填好十分钟里就批了" in page
    empty = client.post(f"/watch/{found.pk}/", {"state": "wrong", "words": ""})
    assert empty.status_code == 422
    client.post(f"/watch/{found.pk}/", {"state": "wrong", "words": "问过陈师傅，那三天他在南京。", "once": "a"})
    found.refresh_from_db()
    assert (found.state, found.handled_by, found.outcome) == (Anomaly.State.WRONG, cast.lin, "问过陈师傅，那三天他在南京。")
    assert Entry.objects.filter(verb="handle_anomaly", actor_id=cast.lin.pk, subject_id=str(found.pk)).count() == 1
    with pytest.raises(SaidAlready):
        handle_anomaly(by=cast.lin, anomaly=found, state="sound", words="再看一遍")
    handled = client.get("/watch/?state=handled").content.decode()
    assert "问过陈师傅，那三天他在南京。" in handled


def test_what_was_handled_does_not_come_back_for_the_same_facts_but_for_new_ones(cast: Cast, colleague: Person) -> None:
    rows = buy_hours(cast, colleague)
    for found in Anomaly.objects.all():
        handle_anomaly(by=cast.lin, anomaly=found, state="sound", words="有签到表，三天都在。")
    assert watch_all() == 0 and watch_unit(unit_id=cast.community.pk) == []
    assert open_questions([row.pk for row in rows]) == 0
    now = timezone.now() + timedelta(hours=1)
    came = timezone.localtime(now - timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
    back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="又一次", came=came, left=came + timedelta(hours=6), now=now)
    assert Anomaly.objects.filter(state="open", kind="bought").count() == 1


def test_nobody_looks_into_what_is_about_herself(cast: Cast, colleague: Person) -> None:
    buy_hours(cast, colleague)
    [found] = Anomaly.objects.filter(kind="bought")
    assert list(anomalies_visible_to(cast.zhou)) == []
    with pytest.raises(Http404):
        get_anomaly_for(cast.zhou, found.pk)
    with pytest.raises(OwnDoing):
        handle_anomaly(by=cast.zhou, anomaly=found, state="sound", words="没有问题")
    assert get_anomaly_for(colleague, found.pk) == found
    with pytest.raises(OwnHands):
        handle_anomaly(by=colleague, anomaly=found, state="sound", words="我批的，没有问题")
    with pytest.raises(WithoutWords):
        handle_anomaly(by=cast.lin, anomaly=found, state="sound", words=" ")
    for outsider in (cast.chen, cast.shen, None):
        with pytest.raises(Http404):
            anomalies_visible_to(outsider)
    assert list(anomalies_visible_to(cast.wu)) == []


@pytest.mark.both_databases
def test_a_second_night_finds_nothing_new_and_the_page_keeps_one_row(cast: Cast, colleague: Person) -> None:
    buy_hours(cast, colleague)
    before = Anomaly.objects.count()
    assert watch_all() == 0 and Anomaly.objects.count() == before


def test_every_kind_has_its_title_its_sentence_and_its_advice(cast: Cast) -> None:
    numbers = {
        "tenths": 50, "count": 3, "seconds": 70, "activities": 9, "people": 9, "minutes": 4, "day": "2026-10-01",
        "metres": 900, "short": 12, "of": 10, "usual": 5, "share": 70, "there": 4, "back": 5,
    }  # fmt: skip
    for kind in Kind:
        anomaly = Anomaly(kind=str(kind), unit=cast.community, person=cast.zhou, other=cast.chen, numbers=numbers)
        assert words.title(kind) and words.advice(kind) and words.sentence(anomaly).endswith("。")


def test_the_whole_is_walked_at_night_only(cast: Cast, colleague: Person) -> None:
    buy_hours(cast, colleague)
    Anomaly.objects.all().delete()
    today = timezone.localtime().replace(minute=10)
    assert watch_at_night(now=today.replace(hour=14)) == 0
    assert watch_at_night(now=today.replace(hour=3)) == 1 and watch_at_night(now=today.replace(hour=4)) == 0


def test_nobody_is_forgotten_while_somebody_asks_about_the_hours(cast: Cast, colleague: Person) -> None:
    buy_hours(cast, colleague)
    with pytest.raises(OpenQuestion):
        require_nothing_open(cast.chen)
    for found in Anomaly.objects.all():
        handle_anomaly(by=cast.lin, anomaly=found, state="wrong", words="那天他在南京。")
    require_nothing_open(cast.chen)
