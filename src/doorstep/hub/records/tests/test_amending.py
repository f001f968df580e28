"""An award, an evaluation, a training, hours of elsewhere are wrong: the owner says so, two people correct it, the old entry stays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.journal.models import Notice
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records import book, bound
from doorstep.hub.records.access import NothingToCorrect, NotOneself, NotRecorder, NotTwice, SaidAlready
from doorstep.hub.records.actions.amending import (
    EmptyFact,
    NotAnsweredYet,
    NothingNew,
    NotYours,
    Unlikely,
    answer_item,
    decide_amendment,
    dispute_item,
    propose_amendment,
)
from doorstep.hub.records.actions.hours import NoWordsYet, answer_dispute, approve_hours, dispute_hours
from doorstep.hub.records.actions.moving import EnteredAlready, decide_transfers, enter_transfers
from doorstep.hub.records.actions.record import NotGivenYet, PaperNotSeen, grant_award, rate, record_training
from doorstep.hub.records.models import Amendment, Award, Evaluation, Hours, HoursState, LogEntry, Salt, SyncState, Training, Transfer
from doorstep.hub.records.moving.arriving import Earlier
from doorstep.hub.records.proving import transferred as moved_tenths
from doorstep.hub.records.queries.moving import known_transfers
from doorstep.hub.records.queries.record import own_hours, record_of
from doorstep.hub.testing import Cast
from doorstep.ledger.balance import balance

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def colleague(cast: Cast) -> Person:
    person = Person.objects.create(name="郑小虎")
    appoint(by=cast.lin, person=person, role=Role.SOCIAL_WORKER, place=cast.community, since=cast.monday - timedelta(days=400))
    return person


def awarded(cast: Cast) -> Award:
    return grant_award(
        by=cast.zhou, person=cast.chen, unit=cast.community, name="优秀志愿者", granted_by="柳溪区", source=Award.Source.COUNTY,
        granted_on=TODAY - 3 * DAY, proof="证书 12 号",
    )  # fmt: skip


def rated(cast: Cast) -> Evaluation:
    return rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=2, words="来晚了", on=TODAY - 2 * DAY)


def brought(cast: Cast) -> Transfer:
    row = Earlier(cast.chen, "志愿汇", TODAY - 300 * DAY, TODAY - 200 * DAY, 865, "打印的记录")
    return decide_transfers(by=cast.lin, batch=enter_transfers(by=cast.zhou, unit=cast.community, rows=[row]), taken=True)[0]


def trained(cast: Cast) -> Training:
    came = timezone.localtime(timezone.now() - 3 * DAY).replace(hour=8, minute=0, second=0, microsecond=0)
    [row] = record_training(
        by=cast.zhou,
        unit=cast.community,
        people=[cast.chen],
        name="急就",
        content="包扎",
        host="红十字会",
        came=came,
        left=came + timedelta(hours=2),
    )
    approve_hours(by=cast.lin, hours=row.hours)
    row.refresh_from_db()
    return row


CHANGES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "award": (awarded, {"name": "年度优秀志愿者"}, "award.corrected"),
    "evaluation": (rated, {"rating": 5}, "quality.corrected"),
    "training": (trained, {"title": "急救"}, "training.corrected"),
    "transfer": (brought, {"tenths": 365}, "transfer.corrected"),
}


@pytest.mark.parametrize("key", CHANGES)
def test_one_proposes_another_decides_and_the_old_entry_stays(cast: Cast, colleague: Person, key: str) -> None:
    make, said, kind = CHANGES[key]
    row = make(cast)
    before = row.hours.entry if key == "training" else row.entry
    made = propose_amendment(by=cast.zhou, row=row, said=said, why="照证书又看了一遍")
    with pytest.raises(SaidAlready):
        propose_amendment(by=colleague, row=row, said=said, why="再提一次")
    for who in (cast.zhou, cast.chen):
        with pytest.raises((NotTwice, NotRecorder)):
            decide_amendment(by=who, amendment=made, approved=True)
    done = decide_amendment(by=colleague, amendment=made, approved=True)
    assert done.entry is not None
    entry = book.read(bytes(LogEntry.objects.get(n=done.entry).data))
    assert (str(entry.kind), entry.corrects, entry.reasons, len(entry.approvers)) == (kind, before, ("two_people",), 2)
    salt = bytes(Salt.objects.get(person=cast.chen).salt)
    assert entry.document == book.commitment(salt, bound.of_amendment(done)), "why, and what it says now, are bound"
    done.why = "别的"
    assert entry.document != book.commitment(salt, bound.of_amendment(done))
    row.refresh_from_db()
    name, value = next(iter(said.items()))
    assert (getattr(row.hours, name) if key == "training" else getattr(row, name)) == value
    assert Notice.objects.filter(person_id=cast.chen.pk, kind="record_corrected").exists()
    with pytest.raises(SaidAlready):
        decide_amendment(by=colleague, amendment=made, approved=False)


@pytest.mark.parametrize("make", [awarded, rated, brought])
def test_its_owner_says_that_it_is_wrong_once_until_answered(cast: Cast, make: Any) -> None:
    row = make(cast)
    with pytest.raises(NotYours):
        dispute_item(by=cast.jiang, row=row, words="不对")
    with pytest.raises(NoWordsYet):
        dispute_item(by=cast.chen, row=row, words=" ")
    seen = row.version
    dispute_item(by=cast.chen, row=row, words="不是这样", seen=seen)
    with pytest.raises(SaidAlready):
        dispute_item(by=cast.chen, row=row, words="不是这样")
    with pytest.raises(Stale):
        answer_item(by=cast.zhou, row=row, words="看过了", seen=seen)
    with pytest.raises(NotRecorder):
        answer_item(by=cast.wu, row=row, words="看过了")
    answer_item(by=cast.zhou, row=row, words="看过证书，没有错")
    dispute_item(by=cast.chen, row=row, words="还是不对")
    kinds = [entry.kind for entry in LogEntry.objects.order_by("n")][-2:]
    assert kinds == (["hours.disputed"] * 2 if make is brought else ["record.disputed"] * 2)
    assert {notice.kind for notice in Notice.objects.all()} >= {"record_disputed", "record_answered"}


def test_a_correction_answers_the_dispute_and_has_to_be_sent_anew(cast: Cast, colleague: Person) -> None:
    row = dispute_item(by=cast.chen, row=awarded(cast), words="名字写少了")
    Award.objects.update(sync=SyncState.SYNCED)
    made = propose_amendment(by=cast.zhou, row=row, said={"name": "年度优秀志愿者"}, why="看过证书")
    decide_amendment(by=colleague, amendment=made, approved=True)
    award = Award.objects.get()
    assert (award.dispute, award.sync, award.name) == ("", SyncState.NOT_SENT, "年度优秀志愿者")


def test_a_no_changes_nothing_and_both_hear_of_it(cast: Cast, colleague: Person) -> None:
    row = rated(cast)
    made = propose_amendment(by=cast.zhou, row=row, said={"rating": 5}, why="点错了")
    entries = LogEntry.objects.count()
    decide_amendment(by=colleague, amendment=made, approved=False, words="没有凭据")
    assert (Evaluation.objects.get().rating, LogEntry.objects.count()) == (2, entries)
    assert {notice.person_id for notice in Notice.objects.filter(kind="record_not_corrected")} == {cast.chen.pk, cast.zhou.pk}


def test_hours_of_elsewhere_add_up_alike_in_table_and_ledger(cast: Cast, colleague: Person) -> None:
    row = brought(cast)
    dispute_item(by=cast.chen, row=row, words="只有三十六个半小时")
    decide_amendment(
        by=colleague, amendment=propose_amendment(by=cast.zhou, row=row, said={"tenths": 365}, why="看过打印的记录"), approved=True
    )
    subject = book.known_as(bytes(Salt.objects.get(person=cast.chen).salt), cast.chen.pk, cast.community.pk)
    found = balance([book.read(bytes(entry.data)) for entry in LogEntry.objects.all()], subject, str(cast.community.pk))
    assert (moved_tenths(found), found.disputed, found.slips) == (365, (), {})
    row.refresh_from_db()
    made = propose_amendment(by=cast.zhou, row=row, said={}, why="是另一位的", struck=True)
    decide_amendment(by=colleague, amendment=made, approved=True)
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert (record.transferred, [item.struck for item in record.kept_transfers]) == (0, [True])
    row.refresh_from_db()
    with pytest.raises(NothingToCorrect):
        propose_amendment(by=cast.zhou, row=row, said={"tenths": 10}, why="又来")


def test_what_is_struck_out_counts_no_more_but_is_still_shown(cast: Cast, colleague: Person) -> None:
    row = rated(cast)
    decide_amendment(by=colleague, amendment=propose_amendment(by=cast.zhou, row=row, said={}, why="评错了人", struck=True), approved=True)
    record = record_of(cast.chen, own_hours(cast.chen), None, None)
    assert (record.mean, [item.struck for item in record.kept_evaluations]) == ("", [True])
    entry = book.read(bytes(LogEntry.objects.get(kind="quality.corrected").data))
    assert entry.reasons == ("struck", "two_people")


def test_the_words_of_a_training_leave_its_hours_and_ask_its_owner_anew(cast: Cast, colleague: Person) -> None:
    row = trained(cast)
    dispute_hours(by=cast.chen, hours=row.hours, words="叫急救，不叫急就")
    answer_dispute(by=cast.zhou, hours=row.hours, words="是写错了，这就改")
    decide_amendment(
        by=colleague,
        amendment=propose_amendment(by=cast.zhou, row=row, said={"title": "急救", "host": "区红十字会"}, why="写错字"),
        approved=True,
    )
    hours = Hours.objects.get()
    assert (hours.title, hours.state, hours.tenths, hours.training.host) == ("急救", HoursState.RECORDED, 20, "区红十字会")
    subject = book.known_as(bytes(Salt.objects.get(person=cast.chen).salt), cast.chen.pk, cast.community.pk)
    found = balance([book.read(bytes(entry.data)) for entry in LogEntry.objects.all()], subject, str(cast.community.pk))
    assert found.disputed == () and found.slips == {}, "the ledger says so too"


def test_what_an_owner_says_of_the_hours_does_not_go_unanswered_with_a_new_title(cast: Cast, colleague: Person) -> None:
    row = trained(cast)
    made = propose_amendment(by=cast.zhou, row=row, said={"title": "急救"}, why="写错字")
    dispute_hours(by=cast.chen, hours=row.hours, words="学了三个小时")
    with pytest.raises(NotAnsweredYet):
        decide_amendment(by=colleague, amendment=made, approved=True)
    assert (Hours.objects.get().state, Hours.objects.get().dispute) == (HoursState.DISPUTED, "学了三个小时")
    decide_amendment(by=colleague, amendment=made, approved=False)
    with pytest.raises(NotAnsweredYet):
        propose_amendment(by=cast.zhou, row=row, said={"title": "急救"}, why="写错字")
    answer_dispute(by=cast.zhou, hours=row.hours, words="签到表上是两个小时")
    made = propose_amendment(by=cast.zhou, row=row, said={"title": "急救"}, why="写错字")
    assert decide_amendment(by=colleague, amendment=made, approved=True).entry is not None


def test_what_an_owner_says_after_the_proposal_is_read_before_it_is_decided(cast: Cast, colleague: Person) -> None:
    row = awarded(cast)
    made = propose_amendment(by=cast.zhou, row=row, said={"name": "年度优秀志愿者"}, why="看过证书")
    other = cast.sign_in(Client(), colleague)
    page = other.get(f"/record/items/award/{row.pk}/").content.decode()
    assert f'name="seen" value="{row.version}"' in page
    dispute_item(by=cast.chen, row=row, words="日子也不对")
    said = {"seen": row.version, "once": "a"}
    answer = other.post(f"/record/amendments/{made.pk}/yes/", said, follow=True).content.decode()
    assert "别人刚改过这一页" in answer and "日子也不对" in answer
    assert (Award.objects.get().name, Award.objects.get().dispute) == ("优秀志愿者", "日子也不对")
    other.post(f"/record/amendments/{made.pk}/yes/", {"seen": row.version + 1, "once": "b"})
    assert (Award.objects.get().name, Award.objects.get().dispute) == ("年度优秀志愿者", "")


def test_hours_of_elsewhere_come_in_once_whatever_two_people_put_right(cast: Cast, colleague: Person) -> None:
    row, first = brought(cast), TODAY - 300 * DAY
    file = Earlier(cast.chen, "志愿汇", first, TODAY - 200 * DAY, 865, "打印的记录")
    made = propose_amendment(by=cast.zhou, row=row, said={"source": "i志愿", "start": (first + DAY).isoformat()}, why="看过打印的记录")
    decide_amendment(by=colleague, amendment=made, approved=True)
    for again in (file, replace(file, source="i志愿", start=first + DAY)):
        with pytest.raises(EnteredAlready):
            enter_transfers(by=cast.zhou, unit=cast.community, rows=[again])
    row.refresh_from_db()
    made = propose_amendment(by=cast.zhou, row=row, said={}, why="整条都错了", struck=True)
    decide_amendment(by=colleague, amendment=made, approved=True)
    assert known_transfers(cast.community) == set(), "what was struck out stands in nobody's way"
    decide_transfers(by=cast.lin, batch=enter_transfers(by=cast.zhou, unit=cast.community, rows=[file]), taken=True)
    assert record_of(cast.chen, own_hours(cast.chen), None, None).transferred == 865


@pytest.mark.parametrize(
    ("key", "said", "refused"),
    [
        ("award", {"granted_on": (TODAY + DAY).isoformat()}, NotGivenYet), ("award", {"proof": ""}, PaperNotSeen), ("award", {"name": ""}, EmptyFact),
        ("award", {}, NothingNew), ("evaluation", {"on": (TODAY + DAY).isoformat()}, NotGivenYet), ("training", {"host": ""}, EmptyFact),
        ("transfer", {"tenths": 99_999}, Unlikely), ("transfer", {"start": TODAY.isoformat()}, Unlikely),
    ],
)  # fmt: skip
def test_what_could_never_be_approved_is_sent_back(cast: Cast, key: str, said: dict[str, Any], refused: type[Exception]) -> None:
    with pytest.raises(refused):
        propose_amendment(by=cast.zhou, row=CHANGES[key][0](cast), said=said, why="试试")
    assert not Amendment.objects.exists()


def test_nobody_corrects_their_own_and_no_stranger_anybodys(cast: Cast) -> None:
    row = awarded(cast)
    appoint(by=cast.lin, person=cast.chen, role=Role.SOCIAL_WORKER, place=cast.community, since=TODAY)
    with pytest.raises(NotOneself):
        propose_amendment(by=cast.chen, row=row, said={"name": "别的"}, why="我的")
    with pytest.raises(NotRecorder):
        propose_amendment(by=cast.wu, row=row, said={"name": "别的"}, why="别处的")


def test_it_is_all_done_on_the_pages(cast: Cast, colleague: Person) -> None:
    row = awarded(cast)
    chen, zhou, other = (cast.sign_in(Client(), person) for person in (cast.chen, cast.zhou, colleague))
    item = f"/record/items/award/{row.pk}/"
    assert item in chen.get("/record/").content.decode() and chen.get(item).status_code == 404
    assert chen.post(f"{item}wrong/", {"words": "少写了“年度”两个字", "seen": 1, "once": "a"}).status_code == 302
    assert "少写了" in zhou.get("/hours/").content.decode() and "少写了" in zhou.get(item).content.decode()
    facts = {
        "name": "年度优秀志愿者",
        "source": "county",
        "granted_by": "柳溪区",
        "granted_on": row.granted_on.isoformat(),
        "proof": "证书 12 号",
    }
    assert zhou.post(f"{item}correct/", facts | {"why": "看过证书", "seen": 2, "once": "b"}).status_code == 302
    amendment = Amendment.objects.get()
    zhou.post(f"/record/amendments/{amendment.pk}/yes/", {"once": "c"})
    assert Award.objects.get().name == "优秀志愿者", "not by the one who proposed it"
    assert "等第二个人" in other.get("/hours/").content.decode()
    other.post(f"/record/amendments/{amendment.pk}/yes/", {"once": "d"})
    text = chen.get("/record/").content.decode()
    assert all(word in text for word in ("年度优秀志愿者", "看过证书", "周敏提", "郑小虎定", "更正了，新的一条记进账本了"))
    wu = cast.sign_in(Client(), cast.wu)
    assert [wu.get(address).status_code for address in (item, f"{item}correct/", f"{item}wrong/")] == [404] * 3


@pytest.mark.parametrize("key", CHANGES)
def test_every_form_begins_with_what_stands_there(cast: Cast, key: str) -> None:
    row = CHANGES[key][0](cast)
    zhou = cast.sign_in(Client(), cast.zhou)
    page = zhou.get(f"/record/items/{key}/{row.pk}/correct/")
    assert page.status_code == 200
    form = page.context["form"]
    said = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    answer = zhou.post(f"/record/items/{key}/{row.pk}/correct/", said | {"why": "没有改", "once": "a"})
    assert answer.status_code == 422 and "改的和原来一样" in answer.content.decode()
