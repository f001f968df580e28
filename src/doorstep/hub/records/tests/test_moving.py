"""Records leave through a map of columns and are answered; earlier hours come in by two people, apart from what was witnessed here."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Entry as JournalEntry
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records.access import NotOneself, NotRecorder
from doorstep.hub.records.actions.hours import approve_hours, back_fill, decide_correction, propose_correction
from doorstep.hub.records.actions.moving import decide_transfers, enter_transfers, set_columns, ship, take_answers, to_send
from doorstep.hub.records.models import Hours, LogEntry, Shipment, SyncState, Transfer
from doorstep.hub.records.moving.arriving import Earlier, answers, earlier_hours
from doorstep.hub.records.moving.columns import FACTS, usual
from doorstep.hub.records.moving_access import AnsweredAlready, ColumnsWrong, NobodyElse, NothingToSend, NotThisDistrict, get_transfers_for
from doorstep.hub.records.queries.moving import file_of, people_by_number, sent_ids, sync_counts, transferred, transferred_tenths
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FIRST = TODAY - timedelta(days=60)


@pytest.fixture
def colleague(cast: Cast) -> Person:
    person = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=person, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    return person


@pytest.fixture
def hours(cast: Cast, colleague: Person) -> Hours:
    came = timezone.make_aware(datetime.combine(TODAY - timedelta(days=4), time(9)))
    row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="陪沈阿姨看病", came=came, left=came + timedelta(hours=2))
    return approve_hours(by=colleague, hours=row)


def send(cast: Cast, **more: object) -> Shipment:
    name, columns = usual()
    facts = {
        "by": cast.lin,
        "district": cast.district,
        "start": FIRST,
        "end": TODAY,
        "format": "xlsx",
        "why": "月底报送",
        "map_name": name,
        "columns": columns,
    }
    return ship(**(facts | more))


def answer(shipment: Shipment, hours: Hours, word: str, words: str = "") -> None:
    taken, faults = answers([["记录号", "结果", "说明"], [str(hours.pk), word, words]], sent_ids(shipment))
    assert faults == []
    assert shipment.made_by
    take_answers(by=shipment.made_by, shipment=shipment, answers=taken)


@pytest.mark.both_databases
def test_what_left_is_on_its_way_until_it_is_answered(cast: Cast, hours: Hours) -> None:
    shipment = send(cast)
    head, line = file_of(shipment)
    said = dict(zip(head, line, strict=True))
    assert (said["姓名"], said["服务时长（小时）"], said["记录单位"], said["凭据等级"]) == (
        "陈国梁",
        "2.0",
        "柳岸社区居委会",
        "事后补录，另有人批",
    )
    assert said["记录号"] == str(hours.pk) and "沈阿姨" not in "".join(line), "what is sent never names who was helped"
    assert sync_counts(shipment) == {SyncState.EXPORTED: 1}
    with pytest.raises(NothingToSend):
        send(cast)
    answer(shipment, hours, "退回", "证件号码没有填")
    hours.refresh_from_db()
    assert hours.sync == SyncState.RETURNED
    second = send(cast)
    answer(second, hours, "收录")
    hours.refresh_from_db()
    assert hours.sync == SyncState.SYNCED and sync_counts(second) == {SyncState.SYNCED: 1}
    assert JournalEntry.objects.filter(verb="ship_records", actor_id=cast.lin.pk).count() == 2
    with pytest.raises(NothingToSend):
        send(cast)


def test_what_was_corrected_since_is_sent_anew_and_an_old_answer_does_not_count(cast: Cast, hours: Hours, colleague: Person) -> None:
    shipment = send(cast)
    correction = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.left - timedelta(minutes=30), why="走得早")
    decide_correction(by=colleague, correction=correction, approved=True)
    answer(shipment, hours, "收录")
    hours.refresh_from_db()
    assert hours.sync == SyncState.NOT_SENT, "the other system took in what no longer stands"
    assert list(to_send(cast.district, FIRST, TODAY)) == [hours]


def test_what_was_taken_in_and_corrected_since_is_no_longer_called_national(cast: Cast, hours: Hours, colleague: Person) -> None:
    answer(send(cast), hours, "收录")
    hours.refresh_from_db()
    assert hours.sync == SyncState.SYNCED
    correction = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.left - timedelta(minutes=30), why="走得早")
    decide_correction(by=colleague, correction=correction, approved=True)
    hours.refresh_from_db()
    assert hours.sync == SyncState.NOT_SENT


def test_only_the_districts_officer_sends(cast: Cast, hours: Hours) -> None:
    for outsider in (cast.zhou, cast.wu, cast.chen):
        with pytest.raises(NotThisDistrict):
            send(cast, by=outsider)
    assert Shipment.objects.count() == 0


def test_an_answer_to_other_records_or_in_other_words_is_kept_out_whole(cast: Cast, hours: Hours) -> None:
    shipment = send(cast)
    rows = [
        ["记录号", "结果", "说明"],
        [str(hours.pk), "收录", ""],
        [str(uuid4()), "收录", ""],
        ["x", "收录", ""],
        [str(hours.pk), "好", ""],
    ]
    _taken, faults = answers(rows, sent_ids(shipment))
    assert [fault.row for fault in faults] == [3, 4, 5]
    assert answers([["记录号", "结果"]], [])[1][0].sentence.startswith("第一行少了这几列：说明")


def test_columns_are_data_with_a_version(cast: Cast) -> None:
    columns = [{"heading": "编号", "fact": "record", "words": ""}, {"heading": "来源", "fact": "fixed", "words": "家门口"}]
    first = set_columns(by=cast.lin, district=cast.district, name="江苏志愿服务", columns=columns, seen=0)
    assert first.version == 1
    with pytest.raises(Stale):
        set_columns(by=cast.lin, district=cast.district, name="江苏志愿服务", columns=columns, seen=0)
    for wrong in (
        columns[1:],
        [columns[0], columns[0]],
        [{"heading": "", "fact": "record", "words": ""}],
        [{"heading": "a", "fact": "own_words", "words": ""}],
    ):
        with pytest.raises(ColumnsWrong):
            set_columns(by=cast.lin, district=cast.district, name="x", columns=wrong, seen=1)


def test_the_usual_columns_are_facts_that_exist(cast: Cast) -> None:
    _name, columns = usual()
    assert {column["fact"] for column in columns} <= set(FACTS)
    assert {
        "name",
        "sex",
        "birth_date",
        "residence",
        "phone",
        "skills",
        "national",
        "day",
        "hours",
        "where",
        "category",
        "unit",
        "lead",
    } <= {column["fact"] for column in columns}, "Order 67, Articles 5 and 7"


# --- earlier hours -----------------------------------------------------------------------------------------------------------------------

HEAD = ["志愿者号", "姓名", "从哪里转来", "开始日期", "结束日期", "小时", "凭什么"]
CHEN = ["V000000", "陈国梁", "志愿汇", "2024-01-01", "2024-12-31", "86.5", "打印的记录"]


def enter(cast: Cast, *rows: list[str]) -> UUID:
    taken, faults = earlier_hours([HEAD, *rows], people_by_number(cast.community), TODAY, [])
    assert faults == []
    return enter_transfers(by=cast.zhou, unit=cast.community, rows=taken)


@pytest.mark.both_databases
def test_earlier_hours_count_when_a_second_person_says_so_and_stand_apart(cast: Cast, colleague: Person) -> None:
    batch = enter(cast, CHEN)
    assert transferred(cast.chen) == [] and LogEntry.objects.count() == 0
    with pytest.raises(NobodyElse):
        decide_transfers(by=cast.zhou, batch=batch, taken=True)
    [row] = decide_transfers(by=colleague, batch=batch, taken=True)
    assert row.entry is not None
    entry = LogEntry.objects.get(n=row.entry)
    assert (entry.kind, transferred_tenths(cast.chen), transferred_tenths(cast.chen, cast.other_community)) == ("hours.transferred", 865, 0)
    assert b'"grade":"transferred"' in bytes(entry.data) and "志愿汇".encode() not in bytes(entry.data)
    assert not Hours.objects.exists(), "hours of elsewhere never stand among those witnessed here"
    with pytest.raises(AnsweredAlready):
        decide_transfers(by=colleague, batch=batch, taken=True)


def test_a_file_that_a_second_person_refuses_leaves_no_entry(cast: Cast, colleague: Person) -> None:
    batch = enter(cast, CHEN)
    decide_transfers(by=colleague, batch=batch, taken=False)
    assert Transfer.objects.get().state == Transfer.State.REFUSED and LogEntry.objects.count() == 0


def test_nobody_takes_in_his_own_hours_and_no_stranger_sees_the_file(cast: Cast, colleague: Person) -> None:
    batch = enter(cast, CHEN)
    appoint(by=cast.lin, person=cast.chen, role=Role.SOCIAL_WORKER, place=cast.community, since=TODAY)
    with pytest.raises(NobodyElse):
        decide_transfers(by=cast.chen, batch=batch, taken=True)
    with pytest.raises(NotRecorder):
        decide_transfers(by=cast.wu, batch=batch, taken=True)
    for outsider in (cast.wu, cast.shen, None):
        with pytest.raises(Http404):
            get_transfers_for(outsider, batch)
    assert len(get_transfers_for(cast.lin, batch)) == 1
    mine = Earlier(person=cast.chen, source="别处", start=FIRST, end=FIRST, tenths=30, paper="证明")
    with pytest.raises(NotOneself):
        enter_transfers(by=cast.chen, unit=cast.community, rows=[mine])


@pytest.mark.parametrize(
    ("column", "words", "said"),
    [
        (0, "V999999", "没有志愿者号"), (1, "陈国良", "不是这个姓名"), (2, "", "从哪里转来"), (3, "去年", "看不懂"), (3, "2025-06-01", "日期不对"),
        (4, "2999-01-01", "日期不对"), (5, "很多", "看不懂"), (5, "2.55", "看不懂"), (5, "0", "看不懂"), (5, "99999", "排不下"), (5, "1e9", "看不懂"),
        (5, "NaN", "看不懂"), (6, "", "凭什么"), (6, "长" * 121, "最多 120"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_keeps_the_file_out(cast: Cast, column: int, words: str, said: str) -> None:
    wrong = [*CHEN[:column], words, *CHEN[column + 1 :]]
    _taken, faults = earlier_hours([HEAD, CHEN, wrong], people_by_number(cast.community), TODAY, [])
    assert [fault.row for fault in faults] == [3] and said in faults[0].sentence


def test_the_same_hours_come_in_once(cast: Cast) -> None:
    _taken, faults = earlier_hours([HEAD, CHEN, CHEN], people_by_number(cast.community), TODAY, [])
    assert [fault.row for fault in faults] == [3]
    enter(cast, CHEN)
    known = list(Transfer.objects.values_list("person_id", "source", "start", "end"))
    assert earlier_hours([HEAD, CHEN], people_by_number(cast.community), TODAY, known)[1][0].row == 2


def test_the_ledger_stays_whole_with_transfers_in_it(cast: Cast, hours: Hours, colleague: Person) -> None:
    decide_transfers(by=colleague, batch=enter(cast, CHEN), taken=True)
    assert list(LogEntry.objects.values_list("n", flat=True)) == list(range(LogEntry.objects.count()))
    assert Client().get("/watch/").status_code == 302
