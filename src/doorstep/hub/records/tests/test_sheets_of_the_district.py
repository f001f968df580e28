"""Every table that leaves or comes in has its own columns, kept as data: awards and evaluations leave too, and each record says where it stands."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.access import Stale
from doorstep.hub.people.models import VolunteerProfile
from doorstep.hub.records.access import NotRecorder
from doorstep.hub.records.actions.moving import enter_numbers, set_columns, ship, take_answers
from doorstep.hub.records.actions.record import grant_award, rate
from doorstep.hub.records.models import Award, Evaluation, Sheet, Shipment, SyncState
from doorstep.hub.records.moving.arriving import answers, earlier_hours, numbers
from doorstep.hub.records.moving.columns import fits, usual
from doorstep.hub.records.moving.sheets import rows_of
from doorstep.hub.records.moving_access import ColumnsWrong, NothingToSend, NotThisDistrict, ReadingWrong
from doorstep.hub.records.queries.moving import columns_at, columns_in_use, file_of, people_by_number, sent_ids, sync_counts
from doorstep.hub.testing import Cast

from .test_moving import CHEN, HEAD
from .test_moving_pages import sheet

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def awarded(cast: Cast) -> Award:
    return grant_award(
        by=cast.zhou, person=cast.chen, unit=cast.community, name="优秀志愿者", granted_by="柳溪区", source=Award.Source.COUNTY,
        granted_on=TODAY - timedelta(days=3), proof="证书 12 号",
    )  # fmt: skip


def rated(cast: Cast) -> Evaluation:
    return rate(by=cast.zhou, person=cast.chen, unit=cast.community, rating=5, words="沈阿姨家都夸", on=TODAY - timedelta(days=2))


def send(cast: Cast, what: str) -> Shipment:
    name, columns, _version = columns_in_use(what, cast.district)
    return ship(
        by=cast.lin, district=cast.district, start=TODAY - timedelta(days=30), end=TODAY, format="xlsx", why="月底报送", map_name=name,
        columns=columns, sheet=what,
    )  # fmt: skip


@pytest.mark.both_databases
def test_an_award_and_an_evaluation_leave_in_their_own_tables_and_are_answered(cast: Cast) -> None:
    award, evaluation = awarded(cast), rated(cast)
    VolunteerProfile.objects.filter(person=cast.chen).update(national_no="JS-0001")
    for what, row, expected in (
        (Sheet.AWARDS, award, {"表彰名称": "优秀志愿者", "授予单位": "柳溪区", "凭证": "证书 12 号", "全国志愿者编号": "JS-0001"}),
        (Sheet.EVALUATIONS, evaluation, {"评价等级（1–5）": "5", "评价单位": "柳岸社区居委会", "姓名": "陈国梁"}),
    ):
        sent = send(cast, what)
        head, line = file_of(sent)
        said = dict(zip(head, line, strict=True))
        assert {name: said[name] for name in expected} == expected
        assert "沈阿姨" not in "".join(line), "what was said in words stays here"
        assert sync_counts(sent) == {SyncState.EXPORTED: 1}
        with pytest.raises(NothingToSend):
            send(cast, what)
        taken, faults = answers([["记录号", "结果", "说明"], [str(row.pk), "收录", ""]], sent_ids(sent))
        assert faults == []
        take_answers(by=cast.lin, shipment=sent, answers=taken)
        row.refresh_from_db()
        assert row.sync == SyncState.SYNCED


def test_the_record_says_in_one_word_where_each_line_stands(cast: Cast) -> None:
    awarded(cast)
    Evaluation.objects.filter(pk=rated(cast).pk).update(sync=SyncState.SYNCED)
    text = cast.sign_in(Client(), cast.chen).get("/record/").content.decode()
    assert "全国系统：未报送" in text and "全国系统：已收录" in text
    text = cast.sign_in(Client(), cast.zhou).get(f"/record/of/{cast.chen.pk}/").content.decode()
    assert "全国系统：未报送" in text and "全国系统：已收录" in text


@pytest.mark.both_databases
def test_the_district_exports_awards_on_its_page(cast: Cast) -> None:
    awarded(cast)
    lin = cast.sign_in(Client(), cast.lin)
    assert "有 1 条记录还没报送" in lin.get("/moving/").content.decode()
    said = {
        "sheet": "awards",
        "start": (TODAY - timedelta(days=9)).isoformat(),
        "end": TODAY.isoformat(),
        "format": "csv",
        "why": "月底报送",
        "once": "a",
    }
    assert lin.post("/moving/", said).status_code == 302
    sent = Shipment.objects.get()
    assert (sent.sheet, sent.count) == ("awards", 1)
    page = lin.get(f"/moving/sent/{sent.pk}/").content.decode()
    assert "表彰" in page and "已导出，等对方收录" in page
    back = lin.post(
        f"/moving/sent/{sent.pk}/",
        {"file": sheet([["记录号", "结果", "说明"], [str(Award.objects.get().pk), "退回", "证书号不对"]]), "once": "b"},
    )
    assert back.status_code == 302
    assert "证书号不对" in lin.get(f"/moving/sent/{sent.pk}/").content.decode()


# --- columns ---------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", Sheet.values)
def test_the_usual_columns_of_every_table_can_be_used(what: str) -> None:
    name, columns = usual(what)
    assert name and fits(what, columns)


def test_answers_are_read_by_the_districts_own_headings_and_words(cast: Cast) -> None:
    award = awarded(cast)
    own = [
        {"heading": "流水号", "fact": "record", "words": ""},
        {"heading": "审核", "fact": "result", "words": "通过/不通过"},
        {"heading": "原因", "fact": "words", "words": ""},
    ]
    set_columns(by=cast.lin, district=cast.district, sheet=Sheet.ANSWERS, name="江苏志愿服务", columns=own)
    columns = columns_at(cast.community, Sheet.ANSWERS)
    [one], faults = answers([["原因", "审核", "流水号"], ["好", "通过", str(award.pk)]], [award.pk], columns)
    assert (one.taken, one.words, faults) == (True, "好", [])
    _taken, faults = answers([["原因", "审核", "流水号"], ["好", "收录", str(award.pk)]], [award.pk], columns)
    assert faults[0].sentence == "“审核”只能写“通过”或“不通过”。"


def test_earlier_hours_are_read_by_the_districts_own_headings(cast: Cast) -> None:
    own = [column | {"heading": f"列{number}"} for number, column in enumerate(usual(Sheet.EARLIER)[1])]
    set_columns(by=cast.lin, district=cast.district, sheet=Sheet.EARLIER, name="志愿汇", columns=own)
    columns = columns_at(cast.community, Sheet.EARLIER)
    taken, faults = earlier_hours([[column["heading"] for column in own], CHEN], people_by_number(cast.community), TODAY, [], columns)
    assert ([row.tenths for row in taken], faults) == ([865], [])
    _taken, faults = earlier_hours([HEAD, CHEN], people_by_number(cast.community), TODAY, [], columns)
    assert "列0" in faults[0].sentence
    sample = cast.sign_in(Client(), cast.zhou).get("/moving/earlier/sample/").content
    assert rows_of("a.xlsx", sample)[0] == [column["heading"] for column in own]


def test_columns_that_could_not_be_read_are_sent_back(cast: Cast) -> None:
    result = {"heading": "结果", "fact": "result", "words": "收录"}
    record, words = {"heading": "号", "fact": "record", "words": ""}, {"heading": "话", "fact": "words", "words": ""}
    for wrong in (
        [record, words],
        [record, words, result],
        [record, words, result | {"words": "好/好"}],
        [record, words, result | {"heading": "号"}],
    ):
        with pytest.raises(ReadingWrong):
            set_columns(by=cast.lin, district=cast.district, sheet=Sheet.ANSWERS, name="x", columns=wrong)
    with pytest.raises(ColumnsWrong):
        set_columns(
            by=cast.lin,
            district=cast.district,
            sheet=Sheet.AWARDS,
            name="x",
            columns=[record, {"heading": "几点", "fact": "came", "words": ""}],
        )
    with pytest.raises(NotThisDistrict):
        set_columns(by=cast.zhou, district=cast.district, sheet=Sheet.AWARDS, name="x", columns=[record])
    set_columns(by=cast.lin, district=cast.district, sheet=Sheet.AWARDS, name="x", columns=[record])
    with pytest.raises(Stale):
        set_columns(by=cast.lin, district=cast.district, sheet=Sheet.AWARDS, name="x", columns=[record])
    assert columns_in_use(Sheet.EVALUATIONS, cast.district)[2] == 0, "one table's columns are nobody else's"


def test_the_district_changes_the_columns_of_a_table_that_comes_in(cast: Cast) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    page = lin.get("/moving/columns/answers/").content.decode()
    assert "收录/退回" in page and "现在用的是通行的第 1 版" in page
    lines = [("流水号", "record", ""), ("审核", "result", "通过/不通过"), ("原因", "words", "")]
    said = {"name": "江苏志愿服务", "seen": "0", "once": "a", "column-TOTAL_FORMS": "3", "column-INITIAL_FORMS": "0"}
    for number, (heading, fact, words) in enumerate(lines):
        said |= {f"column-{number}-heading": heading, f"column-{number}-fact": fact, f"column-{number}-words": words}
    assert lin.post("/moving/columns/answers/", said).status_code == 302
    assert "本区自己的，改过 1 次" in lin.get("/moving/columns/answers/").content.decode()
    assert lin.get("/moving/columns/elsewhere/").status_code == 404


# --- national numbers --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_list_of_national_numbers_comes_in_whole_or_not_at_all(cast: Cast) -> None:
    zhou = cast.sign_in(Client(), cast.zhou)
    number = VolunteerProfile.objects.get(person=cast.chen).number
    head = [column["heading"] for column in usual(Sheet.NUMBERS)[1]]
    unit = str(cast.community.pk)
    wrong = [[number, "陈国梁", "320404195503150022"], [number, "陈国良", "JS-0001"], ["V9", "谁", "JS-0002"], [number, "陈国梁", ""]]
    answer = zhou.post("/moving/numbers/", {"unit": unit, "file": sheet([head, *wrong]), "once": "a"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "有 4 处不对" in text and "身份证号" in text
    assert (
        zhou.post("/moving/numbers/", {"unit": unit, "file": sheet([head, [number, "陈国梁", "js-0001"]]), "once": "b"}).status_code == 302
    )
    assert VolunteerProfile.objects.get(person=cast.chen).national_no == "JS-0001"
    with pytest.raises(NotRecorder):
        enter_numbers(by=cast.wu, unit=cast.community, rows=[(cast.chen, "JS-0002")])


def test_a_number_or_a_person_twice_in_a_list_is_a_fault(cast: Cast) -> None:
    people = people_by_number(cast.community)
    chen = next(key for key, person in people.items() if person == cast.chen)
    head = [column["heading"] for column in usual(Sheet.NUMBERS)[1]]
    _taken, faults = numbers([head, [chen, "陈国梁", "JS-1"], [chen, "陈国梁", "JS-2"]], people)
    assert [fault.row for fault in faults] == [3]
