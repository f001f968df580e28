"""Trainings leave in a table of their own, with what was taught and who held it; what one table said wrongly is taken back in it."""

from datetime import datetime, time, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records.actions.amending import decide_amendment, propose_amendment
from doorstep.hub.records.actions.hours import approve_hours, back_fill, decide_correction, propose_correction
from doorstep.hub.records.actions.moving import set_columns, ship, take_answers, to_send
from doorstep.hub.records.actions.record import record_training
from doorstep.hub.records.models import Award, Hours, Sheet, Shipment, Shipped, SyncState
from doorstep.hub.records.moving.arriving import answers
from doorstep.hub.records.moving.columns import FACTS_OF, usual
from doorstep.hub.records.moving_access import NothingToSend
from doorstep.hub.records.queries.moving import columns_in_use, file_of, returned_in, sent_ids, sync_counts
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FIRST = TODAY - timedelta(days=60)
MIGRATION = "doorstep.hub.records.migrations.0014_trainings_leave_in_a_table_of_their_own"


@pytest.fixture
def colleague(cast: Cast) -> Person:
    person = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=person, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    return person


def morning() -> datetime:
    return timezone.make_aware(datetime.combine(TODAY - timedelta(days=4), time(9)))


@pytest.fixture
def course(cast: Cast, colleague: Person) -> Hours:
    """Two hours of first aid."""
    [row] = record_training(
        by=cast.zhou, unit=cast.community, people=[cast.chen], name="急救入门", content="心肺复苏、止血包扎", host="区红十字会", came=morning(),
        left=morning() + timedelta(hours=2),
    )  # fmt: skip
    return approve_hours(by=colleague, hours=row.hours)


@pytest.fixture
def visit(cast: Cast, colleague: Person) -> Hours:
    """Two hours of service, of the day after."""
    came = morning() + timedelta(days=1)
    row = back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="陪沈阿姨看病", came=came, left=came + timedelta(hours=2))
    return approve_hours(by=colleague, hours=row)


def send(cast: Cast, what: str) -> Shipment:
    name, columns, _version = columns_in_use(what, cast.district)
    return ship(
        by=cast.lin,
        district=cast.district,
        start=FIRST,
        end=TODAY,
        format="xlsx",
        why="月底报送",
        map_name=name,
        columns=columns,
        sheet=what,
    )


def lines_of(sent: Shipment) -> dict[str, dict[str, str]]:
    """By the number of each record, the columns by their headings."""
    head, *lines = file_of(sent)
    return {line[0]: dict(zip(head, line, strict=True)) for line in lines}


def answer(sent: Shipment, word: str, words: str = "") -> None:
    taken, faults = answers([["记录号", "结果", "说明"], *([str(one), word, words] for one in sent_ids(sent))], sent_ids(sent))
    assert faults == [] and sent.made_by
    take_answers(by=sent.made_by, shipment=sent, answers=taken)


def corrected(cast: Cast, colleague: Person, hours: Hours, kind: str) -> Hours:
    """Two people find that it was something else."""
    hours.refresh_from_db()
    proposed = propose_correction(by=cast.zhou, hours=hours, came=hours.came, left=hours.left, why="记错了类", kind=kind)
    decide_correction(by=colleague, correction=proposed, approved=True)
    return Hours.objects.get(pk=hours.pk)


def reworded(cast: Cast, colleague: Person, hours: Hours, **said: str) -> None:
    proposed = propose_amendment(by=cast.zhou, row=hours.training, said=said, why="写错字")
    decide_amendment(by=colleague, amendment=proposed, approved=True)


def waiting(cast: Cast, what: str) -> list[Hours]:
    return list(to_send(cast.district, FIRST, TODAY, what))


@pytest.mark.both_databases
def test_a_course_leaves_with_what_order_67_asks_and_never_as_service(cast: Cast, course: Hours, visit: Hours) -> None:
    assert (waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING)) == ([visit], [course])
    said = lines_of(send(cast, Sheet.TRAINING))[str(course.pk)]
    expected = {
        "姓名": "陈国梁", "培训名称": "急救入门", "主要内容": "心肺复苏、止血包扎", "学时（小时）": "2.0", "主办单位": "区红十字会",
        "培训日期": (TODAY - timedelta(days=4)).isoformat(), "记录单位": "柳岸社区居委会", "作废": "",
    }  # fmt: skip
    assert {name: said[name] for name in expected} == expected
    served = lines_of(send(cast, Sheet.SERVICE))
    assert list(served) == [str(visit.pk)] and served[str(visit.pk)]["作废"] == ""
    for what in (Sheet.SERVICE, Sheet.TRAINING):
        with pytest.raises(NothingToSend):
            send(cast, what)


@pytest.mark.both_databases
def test_a_course_is_followed_until_the_other_system_has_taken_it_in(cast: Cast, course: Hours) -> None:
    sent = send(cast, Sheet.TRAINING)
    assert sync_counts(sent) == {SyncState.EXPORTED: 1}
    answer(sent, "退回", "主办单位不全")
    assert [(line["row"].pk, line["answer"]) for line in returned_in(sent)] == [(course.pk, "主办单位不全")]
    second = send(cast, Sheet.TRAINING)
    answer(second, "收录")
    course.refresh_from_db()
    assert (course.sync, sync_counts(second), waiting(cast, Sheet.TRAINING)) == (SyncState.SYNCED, {SyncState.SYNCED: 1}, [])


@pytest.mark.both_databases
def test_new_words_of_a_course_leave_anew_and_a_late_answer_to_the_old_ones_does_not_count(
    cast: Cast, course: Hours, colleague: Person
) -> None:
    sent = send(cast, Sheet.TRAINING)
    reworded(cast, colleague, course, content="心肺复苏", host="市红十字会")
    answer(sent, "收录")
    course.refresh_from_db()
    assert course.sync == SyncState.NOT_SENT, "what was taken in are the words of before"
    second = send(cast, Sheet.TRAINING)
    assert lines_of(second)[str(course.pk)]["主办单位"] == "市红十字会"
    answer(second, "收录")
    course.refresh_from_db()
    assert (course.sync, waiting(cast, Sheet.TRAINING)) == (SyncState.SYNCED, [])


@pytest.mark.both_databases
def test_service_that_was_a_course_is_taken_back_in_the_one_table_and_leaves_in_the_other(
    cast: Cast, visit: Hours, colleague: Person
) -> None:
    answer(send(cast, Sheet.SERVICE), "收录")
    row = corrected(cast, colleague, visit, "training")
    assert (waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING), row.sync) == ([row], [row], SyncState.NOT_SENT)
    taught = send(cast, Sheet.TRAINING)
    answer(taught, "收录")
    row.refresh_from_db()
    assert row.sync == SyncState.SYNCED and waiting(cast, Sheet.SERVICE) == [row], "the other system still counts it as service"
    back = send(cast, Sheet.SERVICE)
    said = lines_of(back)[str(row.pk)]
    assert (said["作废"], said["服务时长（小时）"]) == ("作废", "0.0")
    assert (waiting(cast, Sheet.SERVICE), sync_counts(back)) == ([], {SyncState.EXPORTED: 1})
    answer(back, "退回", "已结转")
    row.refresh_from_db()
    assert (row.sync, sync_counts(back)) == (SyncState.SYNCED, {SyncState.RETURNED: 1}), "as a course it is taken in all the same"
    assert (waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING)) == ([row], [])
    answer(send(cast, Sheet.SERVICE), "收录")
    assert (waiting(cast, Sheet.SERVICE), sync_counts(back)) == ([], {SyncState.SYNCED: 1})


@pytest.mark.both_databases
def test_what_goes_to_and_fro_is_told_each_time(cast: Cast, course: Hours, colleague: Person) -> None:
    send(cast, Sheet.TRAINING)
    row = corrected(cast, colleague, course, "service")
    assert (lines_of(send(cast, Sheet.TRAINING))[str(row.pk)]["作废"], waiting(cast, Sheet.TRAINING)) == ("作废", [])
    assert lines_of(send(cast, Sheet.SERVICE))[str(row.pk)]["服务时长（小时）"] == "2.0"
    row = corrected(cast, colleague, row, "training")
    assert lines_of(send(cast, Sheet.SERVICE))[str(row.pk)]["作废"] == "作废"
    said = lines_of(send(cast, Sheet.TRAINING))[str(row.pk)]
    assert (said["作废"], said["学时（小时）"]) == ("", "2.0")
    row = corrected(cast, colleague, row, "meeting")
    assert (waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING)) == ([], [row]), "service had been taken back before"
    answer(send(cast, Sheet.TRAINING), "收录")
    row.refresh_from_db()
    assert (row.sync, waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING)) == (SyncState.SYNCED, [], [])


def test_a_course_to_which_nobody_came_leaves_only_to_take_back_what_had_left(cast: Cast, course: Hours, visit: Hours) -> None:
    send(cast, Sheet.TRAINING)
    for row in (course, visit):
        proposed = propose_correction(by=cast.zhou, hours=row, came=row.came, left=row.came, why="没有去")
        decide_correction(by=cast.lin, correction=proposed, approved=True)
    assert waiting(cast, Sheet.SERVICE) == [], "it never left: there is nothing to take back"
    said = lines_of(send(cast, Sheet.TRAINING))[str(course.pk)]
    assert (said["作废"], said["学时（小时）"]) == ("作废", "0.0")


def test_the_name_of_a_visit_does_not_leave_as_that_of_a_course_until_two_people_have_named_it(
    cast: Cast, visit: Hours, colleague: Person
) -> None:
    row = corrected(cast, colleague, visit, "training")
    sent = send(cast, Sheet.TRAINING)
    assert "沈阿姨" not in "".join(lines_of(sent)[str(row.pk)].values())
    assert lines_of(sent)[str(row.pk)]["培训名称"].endswith("培训")
    reworded(cast, colleague, row, title="照护入门", content="翻身、喂饭", host="社区卫生站")
    said = lines_of(send(cast, Sheet.TRAINING))[str(row.pk)]
    assert (said["培训名称"], said["主要内容"], said["主办单位"]) == ("照护入门", "翻身、喂饭", "社区卫生站")


def test_a_course_that_left_as_service_before_there_was_a_table_for_it_is_taken_back(cast: Cast, course: Hours, visit: Hours) -> None:
    """As the tables stood before the migration: one file of service, both in it, both taken in."""
    sent = send(cast, Sheet.SERVICE)
    Shipped.objects.create(shipment=sent, hours=course, entry=course.entry)
    award = Award.objects.create(
        person=cast.chen, unit=cast.community, name="热心邻居", granted_by="社区", source="own", granted_on=TODAY, struck=True, entry=10**6,
        sync=SyncState.RETURNED,
    )  # fmt: skip
    told = Shipment.objects.create(
        place=cast.district, sheet=Sheet.AWARDS, columns=[], map_name="x", start=FIRST, end=TODAY, format="csv", why="月底", count=1,
        made_at=timezone.now(),
    )  # fmt: skip
    Shipped.objects.create(shipment=told, award=award, entry=award.entry)
    Hours.objects.update(sync=SyncState.SYNCED)
    import_module(MIGRATION).as_they_left(apps, None)
    course.refresh_from_db()
    visit.refresh_from_db()
    assert (course.sync, visit.sync) == (SyncState.NOT_SENT, SyncState.SYNCED)
    assert dict(Shipped.objects.values_list("hours", "taken")) == {visit.pk: True, course.pk: True, None: False}
    assert Shipped.objects.get(award=award).struck and not Shipped.objects.get(hours=visit).struck
    assert (waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING)) == ([course], [course])
    assert lines_of(send(cast, Sheet.SERVICE))[str(course.pk)]["作废"] == "作废"
    assert lines_of(send(cast, Sheet.TRAINING))[str(course.pk)]["培训名称"] == "急救入门"
    assert (waiting(cast, Sheet.SERVICE), waiting(cast, Sheet.TRAINING)) == ([], [])


def test_columns_of_a_district_that_asked_whether_it_was_training_still_work(cast: Cast, visit: Hours) -> None:
    own = [{"heading": "号", "fact": "record", "words": ""}, {"heading": "类", "fact": "kind", "words": ""}]
    set_columns(by=cast.lin, district=cast.district, sheet=Sheet.SERVICE, name="本地平台", columns=own)
    assert file_of(send(cast, Sheet.SERVICE))[1] == [str(visit.pk), "服务"]


def test_the_usual_columns_ask_for_what_order_67_names() -> None:
    facts = {column["fact"] for column in usual(Sheet.TRAINING)[1]}
    assert {"training", "content", "hours", "host", "day", "struck"} <= facts <= set(FACTS_OF[Sheet.TRAINING]), "Article 8"
    assert "struck" in {column["fact"] for column in usual(Sheet.SERVICE)[1]}, "what was no service is taken back"


@pytest.mark.both_databases
def test_the_district_exports_trainings_on_its_page_and_changes_their_columns(cast: Cast, course: Hours) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    assert "有 1 条记录还没报送" in lin.get("/moving/").content.decode()
    said = {
        "sheet": "training", "start": FIRST.isoformat(), "end": TODAY.isoformat(), "format": "csv", "why": "月底报送", "once": "a",
    }  # fmt: skip
    assert lin.post("/moving/", said).status_code == 302
    sent = Shipment.objects.get()
    assert (sent.sheet, sent.count) == ("training", 1)
    page = lin.get("/moving/").content.decode()
    assert "记录都报送了" in page and "培训 · " in page
    page = lin.get("/moving/columns/training/").content.decode()
    assert "主要内容" in page and "主办单位" in page and "现在用的是通行的第 1 版" in page
    assert "现在用的是通行的第 2 版" in lin.get("/moving/columns/").content.decode()
    course.refresh_from_db()
    assert course.sync == SyncState.EXPORTED
    assert "已导出，等对方收录" in lin.get(f"/moving/sent/{sent.pk}/").content.decode()
