"""No door lets anybody enter, teach, import or decide the own hours: a social worker who helps as a volunteer is asked to let a colleague."""

from datetime import datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from doorstep.hub.people.actions.person import appoint
from doorstep.hub.people.models import Person, Role, VolunteerProfile
from doorstep.hub.records.access import NotOneself
from doorstep.hub.records.actions.hours import back_fill
from doorstep.hub.records.actions.moving import decide_transfers, enter_transfers
from doorstep.hub.records.actions.record import record_training
from doorstep.hub.records.models import Hours, Transfer
from doorstep.hub.records.moving.arriving import Earlier
from doorstep.hub.records.moving.writing import as_xlsx
from doorstep.hub.records.moving_access import NobodyElse
from doorstep.hub.testing import LAT, LON, Cast

pytestmark = pytest.mark.django_db
HEAD = ["志愿者号", "姓名", "从哪里转来", "开始日期", "结束日期", "小时", "凭什么"]
CHEN = ["V000000", "陈国梁", "志愿汇", "2024-01-01", "2024-12-31", "86.5", "打印的记录"]
ZHOU = ["V000099", "周敏", "志愿汇", "2023-01-01", "2023-12-31", "120", "自己打印的记录"]


@pytest.fixture
def helps(cast: Cast) -> Person:
    """周敏 is a volunteer of her own community too."""
    appoint(
        by=cast.lin, person=cast.zhou, role=Role.VOLUNTEER, place=cast.community, since=cast.monday - timedelta(days=99), led_by=cast.zhou
    )
    VolunteerProfile.objects.create(person=cast.zhou, number="V000099", kind="support", lat=LAT, lon=LON, max_visits=4, max_minutes=240)
    zhou: Person = cast.zhou
    return zhou


def yesterday(hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=1), time(hour)))


@pytest.mark.parametrize("rows", [[ZHOU], [CHEN, ZHOU], [ZHOU, CHEN]])
def test_a_file_with_a_row_of_oneself_is_kept_out_whole(cast: Cast, helps: Person, rows: list[list[str]]) -> None:
    file = SimpleUploadedFile("a.xlsx", as_xlsx([HEAD, *rows]))
    answer = cast.sign_in(Client(), helps).post("/moving/earlier/", {"unit": str(cast.community.pk), "file": file, "once": "a"})
    assert answer.status_code == 422 and str(NotOneself.sentence) in answer.content.decode()
    assert not Transfer.objects.exists()


def test_whoever_is_in_the_file_does_not_decide_it_either(cast: Cast, helps: Person) -> None:
    day = timezone.localdate() - timedelta(days=300)
    row = Earlier(person=helps, source="志愿汇", start=day, end=day, tenths=40, paper="打印的记录")
    batch = enter_transfers(by=cast.lin, unit=cast.community, rows=[row])
    for by in (helps, cast.lin):
        with pytest.raises(NobodyElse):
            decide_transfers(by=by, batch=batch, taken=True)
    assert Transfer.objects.get().state == Transfer.State.WAITS


def test_neither_a_back_fill_nor_a_course_of_ones_own(cast: Cast, helps: Person) -> None:
    with pytest.raises(NotOneself):
        back_fill(by=helps, person=helps, unit=cast.community, title="理书", came=yesterday(9), left=yesterday(11))
    with pytest.raises(NotOneself):
        record_training(
            by=helps, unit=cast.community, people=[cast.chen, helps], name="急救课", content="止血", host="红十字会", came=yesterday(9),
            left=yesterday(11),
        )  # fmt: skip
    assert not Hours.objects.exists(), "all of the list or nobody"
