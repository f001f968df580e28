"""The pages of records on the way in and out, and of one's own data, as their people use them."""

import csv
import io
import json
import zipfile
from datetime import datetime, time, timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from doorstep.hub.journal.models import Entry as JournalEntry
from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role
from doorstep.hub.records.actions.data_request import answer_data_request, ask_for_data
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.models import ColumnMap, DataRequest, Hours, Shipment, SyncState, Transfer
from doorstep.hub.records.moving.carrying import ABOUT, counts_about, is_told, kept_about
from doorstep.hub.records.moving.sheets import rows_of
from doorstep.hub.records.moving.writing import as_xlsx
from doorstep.hub.testing import Cast

from .hostile import HOSTILE
from .taking import taken
from .test_moving import CHEN, HEAD

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


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


def sheet(rows: list[list[str]], name: str = "a.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, as_xlsx(rows))


@pytest.mark.both_databases
def test_the_district_exports_downloads_and_takes_the_answer_in(cast: Cast, hours: Hours) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    assert "有 1 条记录还没报送" in lin.get("/moving/").content.decode()
    said = {
        "sheet": "service",
        "start": (TODAY - timedelta(days=30)).isoformat(),
        "end": TODAY.isoformat(),
        "format": "csv",
        "why": "月底报送",
        "once": "a",
    }
    assert lin.post("/moving/", said).status_code == 302
    sent = Shipment.objects.get()
    name, file = next((name, data) for name, data in taken(lin, f"/moving/sent/{sent.pk}/file/").items() if name.endswith(".csv"))
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert rows[1][0] == str(hours.pk) and sent.pk.hex[:6] in name
    assert JournalEntry.objects.filter(verb="download_records", actor_id=cast.lin.pk, confidential_read=True).count() == 1
    wrong = lin.post(f"/moving/sent/{sent.pk}/", {"file": sheet([["记录号", "结果", "说明"], ["7", "收录", ""]]), "once": "b"})
    assert wrong.status_code == 422 and "第 2 行" in wrong.content.decode()
    answered = lin.post(f"/moving/sent/{sent.pk}/", {"file": sheet([["记录号", "结果", "说明"], [str(hours.pk), "收录", ""]]), "once": "c"})
    hours.refresh_from_db()
    assert answered.status_code == 302 and hours.sync == SyncState.SYNCED


def test_columns_are_changed_on_the_page(cast: Cast) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    page = lin.get("/moving/columns/")
    assert page.status_code == 200 and "志愿者编号" in page.content.decode()
    lines = [("编号", "record", ""), ("姓名", "name", ""), ("", "phone", ""), ("来源", "fixed", "家门口")]
    said = {"name": "江苏志愿服务", "seen": "0", "once": "a", "column-TOTAL_FORMS": "4", "column-INITIAL_FORMS": "0"}
    for number, (heading, fact, words) in enumerate(lines):
        said |= {f"column-{number}-heading": heading, f"column-{number}-fact": fact, f"column-{number}-words": words}
    assert lin.post("/moving/columns/", said).status_code == 302
    assert [column["heading"] for column in ColumnMap.objects.get().columns] == ["编号", "姓名", "来源"]
    assert lin.post("/moving/columns/", said | {"once": "b"}).status_code == 422, "the second editor is told"


def test_earlier_hours_come_in_by_two_people(cast: Cast, colleague: Person) -> None:
    zhou, other = cast.sign_in(Client(), cast.zhou), cast.sign_in(Client(), colleague)
    sample = rows_of("a.xlsx", zhou.get("/moving/earlier/sample/").content)
    assert sample[0] == HEAD
    answer = zhou.post("/moving/earlier/", {"unit": str(cast.community.pk), "file": sheet([HEAD, CHEN]), "once": "a"})
    batch = Transfer.objects.get().batch
    assert answer.url == f"/moving/earlier/{batch}/"  # type: ignore[attr-defined]
    assert "请另一位社工" in zhou.get(f"/moving/earlier/{batch}/").content.decode()
    zhou.post(f"/moving/earlier/{batch}/yes/", {"once": "b"})
    assert Transfer.objects.get().state == Transfer.State.WAITS
    other.post(f"/moving/earlier/{batch}/yes/", {"once": "c"})
    assert Transfer.objects.get().state == Transfer.State.TAKEN


@pytest.mark.parametrize("name", ["a formula", "a bomb of one sheet", "a macro", "a picture", "empty"])
def test_a_hostile_file_is_answered_with_a_sentence_and_changes_nothing(cast: Cast, name: str) -> None:
    zhou = cast.sign_in(Client(), cast.zhou)
    file = SimpleUploadedFile("a.xlsx", HOSTILE[name]())
    answer = zhou.post("/moving/earlier/", {"unit": str(cast.community.pk), "file": file, "once": "a"})
    assert answer.status_code == 422 and Transfer.objects.count() == 0


def test_one_wrong_row_keeps_the_file_out_and_every_fault_is_said(cast: Cast) -> None:
    zhou = cast.sign_in(Client(), cast.zhou)
    rows = [HEAD, CHEN, ["V9", *CHEN[1:]], [*CHEN[:5], "许多", CHEN[6]]]
    answer = zhou.post("/moving/earlier/", {"unit": str(cast.community.pk), "file": sheet(rows), "once": "a"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "有 2 处不对，整份没有收" in text and "第 3 行" in text and "第 4 行" in text
    assert Transfer.objects.count() == 0


@pytest.mark.both_databases
def test_the_yearly_report_writes_no_small_number(cast: Cast, hours: Hours) -> None:
    lin = cast.sign_in(Client(), cast.lin)
    text = lin.get("/moving/yearly/").content.decode()
    assert "1 个记录单位记下了 少于 5 人、1 人次、2.0 小时志愿服务" in text and "第十八条" in text
    assert ">1<" not in text.split("各记录单位")[1], "a unit of one person gives nothing away"
    assert lin.get("/moving/yearly/?year=1999").status_code == 200


# --- one's own data -----------------------------------------------------------------------------------------------------------------------


def test_who_asks_is_answered_and_carries_everything_away(cast: Cast, hours: Hours) -> None:
    chen, zhou = cast.sign_in(Client(), cast.chen), cast.sign_in(Client(), cast.zhou)
    cast.chen.memberships.filter(until=None)
    assert chen.post("/my-data/", {"kind": "carry", "words": "", "once": "a"}).status_code == 302
    asked = DataRequest.objects.get()
    assert asked.place == cast.community and chen.post(f"/my-data/{asked.pk}/copy/").status_code == 404
    page = zhou.get("/data-requests/").content.decode()
    assert "1 件等着答复" in page and "陈国梁" in page
    zhou.post(f"/data-requests/{asked.pk}/", {"done": "yes", "answer": "在这里，收好。", "once": "b"})
    copy = chen.post(f"/my-data/{asked.pk}/copy/")
    with zipfile.ZipFile(io.BytesIO(copy.content)) as parts:
        tables = json.loads(parts.read("data.json"))["tables"]
    assert tables["people.Person"][0]["name"] == "陈国梁" and tables["records.Hours"][0]["tenths"] == 20
    assert {"people.Membership", "people.VolunteerProfile", "scheduling.Availability", "records.DataRequest"} <= set(tables)
    assert "周敏" not in json.dumps(tables, ensure_ascii=False), "nobody else's name leaves with it"


@pytest.mark.both_databases
def test_everything_is_seen_at_once_without_asking(cast: Cast, hours: Hours) -> None:
    client = cast.sign_in(Client(), cast.chen)
    text = client.get("/my-data/kept/").content.decode()
    assert "陈国梁" in text and "电话" in text
    assert "凭据等级" in client.get("/my-data/kept/?table=records.Hours").content.decode()
    assert counts_about(cast.chen) == {label: len(rows) for label, rows in kept_about(cast.chen).items()}
    needs = kept_about(cast.need().resident or cast.shen)
    assert needs["needs.Need"][0]["own_words"].startswith("夜里起来")


def test_no_table_that_names_a_person_is_forgotten() -> None:
    """A new key to a person must be said to be about them, of an office, or held back with a reason."""
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person and not is_told(model, field.name)
    ]
    assert missing == [] and all(apps.get_model(label) for label in ABOUT)


def test_the_button_deletes_and_the_page_still_stands(cast: Cast, hours: Hours) -> None:
    zhou = cast.sign_in(Client(), cast.zhou)
    asked = ask_for_data(by=cast.chen, person=cast.chen, place=cast.community, kind="delete")
    assert "删了就回不来" in zhou.get(f"/data-requests/{asked.pk}/").content.decode()
    assert zhou.post(f"/forget/{asked.pk}/", {"once": "a"}).status_code == 302
    assert Person.objects.get(pk=cast.chen.pk).name == "（资料已删）"
    for page in ("/data-requests/", f"/data-requests/{asked.pk}/", "/volunteers/", "/today/", "/watch/"):
        assert zhou.get(page).status_code == 200
    assert cast.sign_in(Client(), cast.lin).get("/moving/").status_code == 200


def test_nobody_else_reads_or_takes_a_request(cast: Cast) -> None:
    asked = ask_for_data(by=cast.chen, person=cast.chen, place=cast.community, kind="carry")
    answer_data_request(by=cast.zhou, request=asked, done=True, answer="")
    for outsider in (cast.wu, cast.shen, cast.jiang):
        client = cast.sign_in(Client(), outsider)
        assert client.get(f"/data-requests/{asked.pk}/").status_code == 404
        assert client.post(f"/my-data/{asked.pk}/copy/").status_code == 404
        assert client.post(f"/forget/{asked.pk}/").status_code == 404


def test_who_has_no_sign_in_name_asks_at_the_desk_and_is_handed_a_copy(cast: Cast) -> None:
    zhou = cast.sign_in(Client(), cast.zhou)
    page = zhou.post(f"/data-requests/for/{cast.he.pk}/", {"kind": "carry", "words": "", "once": "a"})
    asked = DataRequest.objects.get()
    assert (page.status_code, asked.person, asked.place) == (302, cast.he, cast.community)
    assert "何伯年" in taken(zhou, f"/my-data/{asked.pk}/copy/")["data.json"].decode()
    assert JournalEntry.objects.filter(verb="carry_away", actor_id=cast.zhou.pk, confidential_read=True).count() == 1
    zhou.post(f"/data-requests/{asked.pk}/", {"done": "yes", "answer": "当面交给他了。", "once": "b"})
    assert zhou.post(f"/my-data/{asked.pk}/copy/").status_code == 404, "once answered only the person"
    assert cast.sign_in(Client(), cast.wu).get(f"/data-requests/for/{cast.he.pk}/").status_code == 404
