"""Certificates come from the record alone, say how the hours are known, and can be checked, corrected and revoked."""

import json
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
import typst
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from doorstep.hub.people.models import Person, Place
from doorstep.hub.records import printing, proving
from doorstep.hub.records.actions.booking import close_day, subject_of
from doorstep.hub.records.actions.certifying import forget_lines, issue_certificate, revoke_certificate
from doorstep.hub.records.actions.correcting import decide_correction, propose_correction
from doorstep.hub.records.actions.hours import approve_hours, back_fill, dispute_hours
from doorstep.hub.records.book import read
from doorstep.hub.records.certificate_access import (
    NameChanged,
    NothingToCertify,
    NotIssuer,
    PeriodInFuture,
    RecordsDiffer,
    RevokedAlready,
    plain_number,
)
from doorstep.hub.records.models import Certificate, Hours, LogEntry, Salt, StatusRegister, SyncState
from doorstep.hub.records.queries.proofs import standing_of
from doorstep.hub.testing import Cast
from doorstep.ledger.balance import balance

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime:
    """Nine in the morning, so many days ago."""
    return timezone.localtime(timezone.now() - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def filled(cast: Cast, hours: int = 2, days: int = 3, person: Person | None = None, title: str = "巡楼") -> Hours:
    """Hours on a day gone by, entered by 周敏 and approved by 林涛."""
    came = ago(days)
    row = back_fill(
        by=cast.zhou, person=person or cast.chen, unit=cast.community, title=title, came=came, left=came + timedelta(hours=hours)
    )
    return approve_hours(by=cast.lin, hours=row)


def issued(cast: Cast, by: Person | None = None, unit: Place | None = None) -> Certificate:
    today = timezone.localdate()
    return issue_certificate(
        by=by or cast.zhou, person=cast.chen, unit=unit or cast.community, start=today - timedelta(days=300), end=today
    )


def test_a_certificate_says_the_hours_and_how_they_are_known(cast: Cast) -> None:
    filled(cast), filled(cast, hours=3, days=5)
    close_day(day=timezone.localdate() - timedelta(days=1))
    certificate = issued(cast)
    assert (certificate.tenths, certificate.snapshot["service"]) == (50, {"backfilled": 50})
    found = proving.opened_token(certificate.token, timezone.now())
    assert found.certificate.unit == cast.community.name and found.certificate.whole == 50
    assert found.certificate.name is not None and found.certificate.name.is_name("陈国梁") and "陈国梁" not in certificate.token
    sheet = printing.section(certificate)
    assert (sheet["hours"], sheet["late"]) == ("5.0", "其中 5.0 小时（100%）是事后补录的")
    assert printing.sheets([certificate]).startswith(b"%PDF")


def test_other_peoples_hours_and_days_to_come_are_not_certified(cast: Cast) -> None:
    filled(cast)
    today = timezone.localdate()
    with pytest.raises(NotIssuer):
        issued(cast, by=cast.wu)
    with pytest.raises(NotIssuer):
        issued(cast, by=cast.jiang)
    with pytest.raises(PeriodInFuture):
        issue_certificate(by=cast.chen, person=cast.chen, unit=cast.community, start=today, end=today + timedelta(days=1))
    with pytest.raises(NothingToCertify):
        issued(cast, unit=cast.other_community, by=cast.chen)
    with pytest.raises(NothingToCertify):
        issue_certificate(by=cast.chen, person=cast.chen, unit=cast.community, start=today, end=today)
    assert issued(cast, by=cast.lin).issued_by == cast.lin


def test_hours_that_wait_or_were_refused_are_left_out(cast: Cast) -> None:
    filled(cast)
    back_fill(by=cast.zhou, person=cast.chen, unit=cast.community, title="又一次", came=ago(6), left=ago(6) + timedelta(hours=3))
    assert issued(cast).tenths == 20


def test_training_stands_apart(cast: Cast) -> None:
    filled(cast)
    came = ago(7)
    row = back_fill(
        by=cast.zhou, person=cast.chen, unit=cast.community, title="急救课", came=came, left=came + timedelta(hours=2), kind="training"
    )
    approve_hours(by=cast.lin, hours=row)
    certificate = issued(cast)
    assert (certificate.tenths, certificate.snapshot["training"]) == (20, 20)
    assert "另有培训 2.0 小时，单独记，不算在服务时长里。" in printing.section(certificate)["notes"]


@pytest.mark.parametrize("wrong", [{"tenths": 90}, {"grade": "code_pair"}, {"entry": 5000}])
def test_a_table_that_was_written_into_gets_no_certificate(cast: Cast, wrong: dict[str, object]) -> None:
    hours = filled(cast)
    Hours.objects.filter(pk=hours.pk).update(**wrong)
    with pytest.raises(RecordsDiffer):
        issued(cast)
    assert not Certificate.objects.exists() and not LogEntry.objects.filter(kind="certificate.issued").exists()


def test_a_ledger_that_was_written_into_gets_no_certificate(cast: Cast) -> None:
    filled(cast)
    row = LogEntry.objects.get()
    LogEntry.objects.update(data=bytes(row.data).replace(b'"tenths":20', b'"tenths":19'))
    with pytest.raises(RecordsDiffer):
        issued(cast)
    LogEntry.objects.update(data=b"{}")
    with pytest.raises(RecordsDiffer):
        issued(cast)


def test_national_is_never_said_before_the_national_system_has_it(cast: Cast) -> None:
    first, _second = filled(cast), filled(cast, hours=3, days=5)
    said = json.dumps(printing.section(issued(cast)), ensure_ascii=False)
    assert "全国" not in said and "国家" not in said and "national" not in said.lower()
    Hours.objects.filter(pk=first.pk).update(sync=SyncState.EXPORTED)
    assert "全国" not in json.dumps(printing.section(issued(cast)), ensure_ascii=False)
    Hours.objects.filter(pk=first.pk).update(sync=SyncState.SYNCED)
    assert "其中 2.0 小时已由全国志愿服务信息系统收录，其余的还没有。" in printing.section(issued(cast))["notes"]


def test_the_bought_hours_show_on_the_certificate(cast: Cast) -> None:
    """Five hours entered in two minutes: they may be approved, but the paper, the check page and the credential all say how they came."""
    filled(cast, hours=5)
    certificate = issued(cast)
    assert printing.section(certificate)["late"].endswith("是事后补录的")
    assert proving.opened_token(certificate.token, timezone.now()).certificate.tenths == {"backfilled": 50}
    assert standing_of(certificate).late == 50


def test_what_was_corrected_or_disputed_since_shows_without_telling_more(cast: Cast) -> None:
    hours = filled(cast)
    certificate = issued(cast)
    before = standing_of(certificate)
    assert not (before.corrected or before.disputed or before.changed)
    dispute_hours(by=cast.chen, hours=hours, words="那天我做了三个小时，还帮王家搬了床。")
    assert standing_of(certificate).disputed
    assert "其中 2.0 小时本人有异议，开证明时还在核对。" in printing.section(issued(cast))["notes"]
    correction = propose_correction(
        by=cast.zhou, hours=hours, came=hours.came, left=hours.came + timedelta(hours=3), why="签到表上是三小时"
    )
    decide_correction(by=cast.lin, correction=correction, approved=True)
    after = standing_of(certificate)
    assert (after.corrected, after.disputed, after.changed, after.now_tenths) == (True, False, True, Hours.objects.get().tenths)
    page = Client().get(reverse("records:checked", args=[certificate.number])).content.decode()
    assert "更正过" in page and "王家" not in page and "签到表" not in page
    assert issued(cast).tenths == after.now_tenths


def test_a_revoked_certificate_stays_revoked_and_the_ledger_says_so(cast: Cast) -> None:
    filled(cast)
    certificate = issued(cast)
    with pytest.raises(NotIssuer):
        revoke_certificate(by=cast.wu, certificate=certificate, reason="hours_wrong", words="x")
    revoke_certificate(by=cast.lin, certificate=certificate, reason="hours_wrong", words="记重了")
    with pytest.raises(RevokedAlready):
        revoke_certificate(by=cast.zhou, certificate=certificate, reason="hours_wrong", words="再来一次")
    kinds = [str(read(bytes(row.data)).kind) for row in LogEntry.objects.all()]
    assert kinds == ["hours.recorded", "certificate.issued", "certificate.revoked"]
    found = balance(
        [read(bytes(row.data)) for row in LogEntry.objects.all()], subject_of(cast.chen, cast.community), str(cast.community.pk)
    )
    assert found.certificates == () and dict(found.slips) == {}


def test_a_person_who_left_takes_the_name_along_and_the_certificate_still_holds(cast: Cast) -> None:
    filled(cast)
    certificate = issued(cast)
    Salt.objects.filter(person=cast.chen).delete()
    Certificate.objects.update(person=None)
    found = standing_of(Certificate.objects.get())
    assert found.name == "" and not found.corrected and found.now_tenths == certificate.tenths
    with pytest.raises(NameChanged):
        printing.sheets([Certificate.objects.get()])


def test_another_name_needs_another_certificate(cast: Cast) -> None:
    filled(cast)
    certificate = issued(cast)
    Person.objects.filter(pk=cast.chen.pk).update(name="陈国良")
    with pytest.raises(NameChanged):
        printing.sheets([Certificate.objects.get()])
    cast.chen.refresh_from_db()
    assert printing.section(issued(cast))["name"] == "陈国良" and certificate.number != issued(cast).number


def test_a_long_record_fits_one_page_and_rare_letters_are_printed(cast: Cast) -> None:
    Person.objects.filter(pk=cast.chen.pk).update(name="龑喆𠮷")
    cast.chen.refresh_from_db()
    for number in range(14):
        filled(cast, days=30 + number, title=f"第{number}样事")
    certificate = issued(cast)
    assert len(certificate.snapshot["lines"]) == 7 and sum(line["tenths"] for line in certificate.snapshot["lines"]) == 280
    certificate.snapshot |= {
        "service": dict.fromkeys(printing.GRADES, 70),
        "training": 60,
        "transferred": 120,
        "synced": 20,
        "questioned": 40,
    }
    assert len(printing.section(certificate)["grades"]) == 4 and len(printing.section(certificate)["notes"]) == 4
    assert printing.sheets([certificate]).count(b"/MediaBox") == 1


@pytest.mark.parametrize("typed", ["2026-7K3F-9QXM", "2026 7k3f 9qxm", "20267k3f9qxm", "2026-7K3F—9QXM ", "2o26-7k3f-9qxm"])
def test_a_number_is_known_however_it_is_typed(typed: str) -> None:
    assert plain_number(typed) == "2026-7K3F-9QXM"


@pytest.mark.parametrize("typed", ["", "2026", "2026-7K3F-9QXU", "2026-7K3F-9QXMM", "../../etc", "二〇二六-7K3F-9QXM"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert plain_number(typed) == ""


def test_no_two_certificates_share_a_number_or_a_place_in_the_list(cast: Cast) -> None:
    filled(cast)
    made = [issued(cast) for _ in range(12)]
    assert len({one.number for one in made}) == len({one.index for one in made}) == 12
    assert not all(a.index < b.index for a, b in pairwise(made))


def test_another_address_gets_another_list(cast: Cast, settings: Settings) -> None:
    filled(cast)
    first = issued(cast)
    settings.PUBLIC_URL = "https://help.example"
    second = issued(cast)
    assert [row.url for row in StatusRegister.objects.order_by("number")] == [
        "http://127.0.0.1:8000/ledger/status/0.jwt",
        "https://help.example/ledger/status/1.jwt",
    ]
    assert second.index // proving.LEAST_BITS == 1 and first.index // proving.LEAST_BITS == 0


def test_letters_of_names_come_from_our_own_fonts(cast: Cast) -> None:
    """Drawn without any font of the machine: a letter that is missing looks like any other that is missing."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(printing.TYPESET / "fonts")])
    assert sorted(font.family for font in fonts.fonts()) == ["Doorstep Headings", "Doorstep Serif"]

    def drawn(text: str, family: str) -> bytes:
        source = f'#set page(width: 20pt, height: 20pt, margin: 2pt)\n#text(font: "{family}", size: 12pt)[{text}]'
        return bytes(typst.Compiler(source.encode(), font_paths=fonts).compile(format="png"))  # type: ignore[arg-type]

    missing = drawn("\ue000", "Doorstep Serif")
    assert all(drawn(letter, "Doorstep Serif") != missing for letter in "陈喆玥翀龑堃淼犇骉〇·甲乙丙")
    lacking = drawn("\ue000", "Doorstep Headings")
    assert all(drawn(letter, "Doorstep Headings") != lacking for letter in "志愿服务记录证明内容这些小时是怎么知道的甲乙丙专用0123456789.")


def test_words_typed_by_hand_leave_the_certificates_of_who_is_forgotten(cast: Cast) -> None:
    filled(cast, title="陪王家老人去医院")
    certificate = issued(cast)
    assert certificate.snapshot["lines"][0]["what"] == "陪王家老人去医院"
    assert forget_lines(person=cast.chen) == 1
    kept = Certificate.objects.get()
    assert "王家" not in json.dumps(kept.snapshot, ensure_ascii=False) and kept.snapshot["service"] == certificate.snapshot["service"]
    assert [line["tenths"] for line in kept.snapshot["lines"]] == [20] and kept.token == certificate.token


def test_a_certificate_of_the_small_hours_counts_on_the_first_day_of_its_key(cast: Cast) -> None:
    """At two in the morning it is still yesterday by the clock that the certificate names; the key began with a head of today."""
    small_hours = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time())) + timedelta(hours=2)
    with time_machine.travel(small_hours, tick=False):
        filled(cast)
        close_day(day=timezone.localdate(), now=small_hours)
        certificate = issued(cast)
        assert proving.opened_token(certificate.token, small_hours).certificate.number == certificate.number
