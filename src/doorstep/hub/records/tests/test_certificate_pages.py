"""The pages of certificates and of the ledger, as volunteer, social worker, district and strangers open them."""

import struct
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry, Notice
from doorstep.hub.people.models import Consent
from doorstep.hub.records import printing
from doorstep.hub.records.actions.batching import forget_papers
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import issue_certificate, revoke_certificate
from doorstep.hub.records.actions.hours import approve_hours, back_fill
from doorstep.hub.records.models import Batch, BatchMember, BatchPaper, Certificate, Seal
from doorstep.hub.records.moving.sheets import rows_of
from doorstep.hub.records.tasks import make_certificates
from doorstep.hub.testing import Cast

from .taking import taken
from .test_certificates import ago, filled, issued

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]


def test_a_volunteer_takes_a_certificate_at_once_and_anybody_checks_it(cast: Cast, client: Client) -> None:
    filled(cast)
    cast.sign_in(client, cast.chen)
    page = client.get(reverse("records:certificates"))
    assert page.status_code == 200 and "2.0" in text(page)
    said = {"unit": str(cast.community.pk), "start": str(TODAY - timedelta(days=100)), "end": str(TODAY), "once": "a" * 32}
    answer = client.post(reverse("records:certificates"), said)
    assert answer.status_code == 302 and client.post(reverse("records:certificates"), said).url == answer.url  # type: ignore[attr-defined]
    certificate = Certificate.objects.get()
    assert answer.url == reverse("records:certificate", args=[certificate.pk])  # type: ignore[attr-defined]
    assert client.get(answer.url).status_code == 200  # type: ignore[attr-defined]
    paper = client.get(reverse("records:certificate_paper", args=[certificate.pk]))
    assert paper.content.startswith(b"%PDF") and paper["Content-Type"] == "application/pdf"
    checked = Client().get(reverse("records:checked", args=[certificate.number]))
    assert "这张证明是真的" in text(checked) and cast.community.name in text(checked) and "2.0" in text(checked)
    assert "陈国梁" not in text(checked) and "陈＊＊" in text(checked) and "noindex" in checked["X-Robots-Tag"]


def test_the_check_page_takes_a_number_however_it_is_typed_a_text_or_a_file(cast: Cast, client: Client) -> None:
    filled(cast)
    certificate = issued(cast)
    there = reverse("records:checked", args=[certificate.number])
    url = reverse("records:check")
    assert client.get(url).status_code == 200
    for said in (
        {"number": f" {certificate.number.lower().replace('-', ' ')} "},
        {"token": certificate.token},
        {"file": SimpleUploadedFile("c.jwt", certificate.token.encode() + b"\n")},
    ):
        assert client.post(url, said).url == there  # type: ignore[attr-defined]
    assert client.get(reverse("records:checked", args=[certificate.pk])).status_code == 200
    assert client.post(url, {}).status_code == 422
    assert "不是这里开的" in text(client.post(url, {"token": certificate.token[:-4] + "AAAA"}))
    assert client.get(reverse("records:checked", args=["2026-0000-0000"])).status_code == 404
    assert client.post(url, {"file": SimpleUploadedFile("c.jwt", b"\xff" * 30_000)}).status_code == 422


def test_a_told_name_is_only_answered_with_yes_or_no_and_guessing_is_slowed_down(cast: Cast, client: Client) -> None:
    filled(cast)
    there = reverse("records:checked", args=[issued(cast).number])
    assert "是这个名字" in text(client.post(there, {"told": " 陈国梁 "}))
    assert "不是这个名字" in text(client.post(there, {"told": "陈国栋"}))
    answers = [client.get(reverse("records:checked", args=[f"2026-AAAA-{n:04}"])).status_code for n in range(70)]
    assert answers[:50] == [404] * 50 and answers[-1] == 429


def unsigned(row: Certificate) -> None:
    row.token = row.token.rpartition(".")[0] + "." + "A" * 86


def unissued(row: Certificate) -> None:
    row.entry = 10**12


def grown(row: Certificate) -> None:
    row.tenths, row.snapshot["service"] = 9999, {"both_scanned": 9999}


def renumbered(row: Certificate) -> None:
    row.number = "2026-AAAA-BBBB"


def moved_days(row: Certificate) -> None:
    row.start -= timedelta(days=900)


def taken_back(row: Certificate) -> None:
    row.state = Certificate.State.REVOKED
    row.revoked_at = timezone.now()


@pytest.mark.parametrize("write", [unsigned, unissued, grown, renumbered, moved_days, taken_back])
def test_a_row_written_into_the_database_is_not_called_genuine(cast: Cast, write: Callable[[Certificate], None]) -> None:
    filled(cast)
    row = issued(cast)
    write(row)
    row.save()
    there = reverse("records:checked", args=[row.number])
    for answer in (Client().get(there), Client().post(there, {"told": "陈国梁"})):
        assert answer.status_code == 422 and "和签名、账本对不上" in text(answer)
        assert "是真的" not in text(answer) and "是这个名字" not in text(answer)


def test_a_revoked_certificate_cannot_be_made_valid_again_by_its_row(cast: Cast) -> None:
    filled(cast)
    row = revoke_certificate(by=cast.zhou, certificate=issued(cast), reason="hours_wrong", words="记重了")
    there = reverse("records:checked", args=[row.number])
    assert Client().get(there).status_code == 200
    Certificate.objects.update(state=Certificate.State.VALID, revoked_at=None)
    assert Client().get(there).status_code == 422


def test_the_holder_alone_decides_about_the_name(cast: Cast, client: Client) -> None:
    filled(cast)
    certificate = issued(cast)
    url = reverse("records:share", args=[certificate.pk, "name"])
    assert cast.sign_in(Client(), cast.zhou).post(url, {"on": "1"}).status_code == 404
    cast.sign_in(client, cast.chen).post(url, {"on": "1"})
    assert "陈国梁" in text(Client().get(reverse("records:checked", args=[certificate.number])))
    client.post(url, {"on": "0"})
    assert "陈国梁" not in text(Client().get(reverse("records:checked", args=[certificate.number])))


@pytest.mark.both_databases
def test_the_social_worker_issues_on_request_and_takes_back_with_a_reason(cast: Cast, client: Client) -> None:
    filled(cast)
    cast.sign_in(client, cast.zhou)
    desk = client.get(reverse("records:certificate_desk"), {"q": "陈"})
    assert reverse("records:issue_for", args=[cast.chen.pk]) in text(desk)
    answer = client.post(
        reverse("records:issue_for", args=[cast.chen.pk]), {"unit": str(cast.community.pk), "start": "2026-01-01", "end": str(TODAY)}
    )
    certificate = Certificate.objects.get()
    assert answer.url == reverse("records:certificate", args=[certificate.pk]) and certificate.issued_by == cast.zhou  # type: ignore[attr-defined]
    assert client.post(reverse("records:revoke", args=[certificate.pk]), {"reason": "hours_wrong"}).status_code == 422
    client.post(reverse("records:revoke", args=[certificate.pk]), {"reason": "hours_wrong", "words": "那天的活动记重了，改好再给您开。"})
    certificate.refresh_from_db()
    assert (certificate.state, certificate.revoked_by) == (Certificate.State.REVOKED, cast.zhou)
    assert Notice.objects.filter(person_id=cast.chen.pk, kind="certificate_revoked").count() == 1
    checked = text(Client().get(reverse("records:checked", args=[certificate.number])))
    assert "撤销了" in checked and "记重了" not in checked
    assert "记重了" in text(cast.sign_in(Client(), cast.chen).get(reverse("records:certificate", args=[certificate.pk])))


@pytest.mark.parametrize("who", ["wu", "shen", "jiang", "sun"])
def test_nobody_else_opens_a_certificate(cast: Cast, who: str) -> None:
    filled(cast)
    certificate = issued(cast)
    client = cast.sign_in(Client(), cast.people[who])
    for name in ("certificate", "certificate_paper", "certificate_token"):
        assert client.get(reverse(f"records:{name}", args=[certificate.pk])).status_code == 404
    assert client.post(reverse("records:revoke", args=[certificate.pk]), {"reason": "hours_wrong", "words": "x"}).status_code == 404
    assert client.get(reverse("records:issue_for", args=[cast.chen.pk])).status_code == 404


def test_several_units_are_one_document_of_several_pages(cast: Cast, client: Client) -> None:
    filled(cast)
    cast.sign_in(client, cast.chen)
    row = back_fill(by=cast.wu, person=cast.chen, unit=cast.other_community, title="义卖", came=ago(9), left=ago(9) + timedelta(hours=1))
    approve_hours(by=cast.lin, hours=row)
    page = client.post(reverse("records:certificates"), {"unit": "all", "start": "2026-01-01", "end": str(TODAY)})
    assert Certificate.objects.count() == 2 and "?id=" in page.url  # type: ignore[attr-defined]
    there = reverse("records:certificates_together") + "?" + page.url.partition("?")[2]  # type: ignore[attr-defined]
    assert there.replace("&", "&amp;") in text(client.get(page.url))  # type: ignore[attr-defined]
    answer = client.get(there)
    assert answer.content.startswith(b"%PDF") and answer.content.count(b"/MediaBox") == 2
    assert [section["unit"] for section in map(printing.section, Certificate.objects.order_by("unit__code"))] == [
        cast.community.name, cast.other_community.name,
    ]  # fmt: skip
    assert cast.sign_in(Client(), cast.jiang).get(there).status_code == 404
    assert client.get(reverse("records:certificates_together"), {"id": "x"}).status_code == 404


def test_the_public_ledger_and_its_files(cast: Cast, client: Client) -> None:
    assert "还没有日结" in text(client.get(reverse("records:ledger")))
    assert client.get(reverse("records:head_text")).status_code == 404
    filled(cast)
    for days in (2, 1):
        close_day(day=TODAY - timedelta(days=days))
    page = text(client.get(reverse("records:ledger")))
    assert "一共 1 条" in page and "以前的日结" in page
    head = text(client.get(reverse("records:head_text")))
    assert head in text(client.get(reverse("records:heads_text"))) and head.startswith("doorstep/")
    assert text(client.get(reverse("records:keys_text"))).count("\n") == 1
    assert client.get(reverse("records:keys_json")).json()["keys"][0]["kty"] == "OKP"
    assert client.get(reverse("records:status_list", args=[0])).status_code == 404


def test_only_the_district_takes_the_whole_log_and_leaves_a_line(cast: Cast) -> None:
    filled(cast)
    url = reverse("records:whole_log")
    assert cast.sign_in(Client(), cast.zhou).post(url).status_code == 404
    lines = taken(cast.sign_in(Client(), cast.lin), url, why="审计局来查账")["log.jsonl"].splitlines()
    assert len(lines) == 2 and lines[1].startswith(b'{"entry":{')
    assert Entry.objects.get(verb="take_log", actor_id=cast.lin.pk, confidential_read=True).detail == {"why": "审计局来查账"}


def test_the_owner_takes_a_receipt_once_there_is_a_head(cast: Cast) -> None:
    hours = filled(cast)
    url, client = reverse("records:receipt", args=[hours.pk]), cast.sign_in(Client(), cast.chen)
    assert client.get(url).status_code == 409
    close_day(day=TODAY)
    assert client.get(url).json()["format"] == "doorstep-receipt/1"
    assert cast.sign_in(Client(), cast.zhou).get(url).status_code == 404


def png(width: int = 200, height: int = 200, broken: bool = False) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\xc0\x20\x20\x80" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"no picture" if broken else zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def test_a_seal_is_a_real_picture_off_by_default_and_printed_where_the_holder_wishes(cast: Cast) -> None:
    filled(cast)
    certificate, url = issued(cast), reverse("records:seal")
    client = cast.sign_in(Client(), cast.zhou)
    assert client.get(url).status_code == 200 and printing.section(certificate)["seal"] is None
    for bad in (b"GIF89a", png()[:-1], png() + b"x", png(50, 200), b"\x89PNG\r\n\x1a\n" + b"\0" * 40, png(broken=True)):
        assert client.post(url, {"image": SimpleUploadedFile("s.png", bad)}).status_code == 422
    assert client.post(url, {"image": SimpleUploadedFile("s.png", png())}).status_code == 302
    assert client.get(reverse("records:seal_picture", args=[cast.community.pk])).content == png()
    share = reverse("records:share", args=[certificate.pk, "seal"])
    cast.sign_in(Client(), cast.chen).post(share, {"on": "1"})
    certificate = Certificate.objects.get()
    assert printing.section(certificate)["seal"] == list(png()) and printing.sheets([certificate]).startswith(b"%PDF")
    client.post(url, {"do": "remove"})
    assert not Seal.objects.exists() and printing.section(Certificate.objects.get())["seal"] is None


@pytest.mark.both_databases
def test_a_batch_holds_those_who_agreed_and_nobody_else(cast: Cast) -> None:
    for person in (cast.chen, cast.jiang, cast.ning):
        filled(cast, person=person)
    zhou = cast.sign_in(Client(), cast.zhou)
    said = {
        "asked_by": "江南中学", "purpose": "高中社会实践登记", "start": "2026-01-01", "end": str(TODAY),
        "people": [str(cast.chen.pk), str(cast.jiang.pk), str(cast.ning.pk)],
    }  # fmt: skip
    assert zhou.get(reverse("records:new_batch")).status_code == 200
    answer = zhou.post(reverse("records:new_batch"), said)
    batch = Batch.objects.get()
    assert answer.url == reverse("records:batch", args=[batch.pk])  # type: ignore[attr-defined]
    start = reverse("records:act_on_batch", args=[batch.pk, "start"])
    zhou.post(start)
    assert Batch.objects.get().state == Batch.State.ASKING
    for person, agrees in ((cast.chen, "1"), (cast.jiang, "0"), (cast.ning, "1")):
        client = cast.sign_in(Client(), person)
        assert "江南中学" in text(client.get(reverse("records:batch_asked", args=[batch.pk])))
        client.post(reverse("records:batch_asked", args=[batch.pk]), {"agrees": agrees})
    assert BatchMember.objects.get(person=cast.ning).consent is None
    note = reverse("records:note_answer", args=[BatchMember.objects.get(person=cast.ning).pk])
    zhou.post(note, {"agrees": "1", "channel": "paper", "guardian": "宁建华", "relation": "父亲"})
    zhou.post(start)
    assert make_certificates.call(str(batch.pk)) == Batch.State.DONE
    assert set(Certificate.objects.values_list("person__name", flat=True)) == {"陈国梁", "宁小雨"}
    files = taken(zhou, reverse("records:papers", args=[batch.pk]), why="交给江南中学")
    assert [name.rpartition(".")[2] for name in files] == ["txt", "pdf", "pdf", "xlsx"]
    listed = rows_of("a.xlsx", files["名单.xlsx"])
    assert {row[1] for row in listed[3:-1]} == {"陈国梁", "宁小雨"} and "周敏" in listed[-1][0] and "交给江南中学" in listed[-1][0]
    assert Entry.objects.get(verb="hand_out_batch").detail == {"papers": 2, "why": "交给江南中学"}
    cast.sign_in(Client(), cast.chen).post(reverse("records:batch_asked", args=[batch.pk]), {"agrees": "0"})
    assert len(taken(zhou, reverse("records:papers", args=[batch.pk]))) == 3, "the paper of who said no is gone"
    assert forget_papers() == 0 and BatchPaper.objects.count() == 1
    Consent.objects.filter(person=cast.ning, text__purpose="certificate").update(withdrawn_at=timezone.now())
    assert forget_papers() == 1 and not BatchPaper.objects.exists()
    assert zhou.get(reverse("records:batch", args=[batch.pk])).status_code == 200
    assert cast.sign_in(Client(), cast.wu).get(reverse("records:batch", args=[batch.pk])).status_code == 404


def test_a_batch_can_be_stopped_and_taken_up_again_without_doubles(cast: Cast) -> None:
    filled(cast)
    zhou = cast.sign_in(Client(), cast.zhou)
    said = {"asked_by": "江南中学", "purpose": "登记", "start": "2026-01-01", "end": str(TODAY), "people": [str(cast.chen.pk)]}
    zhou.post(reverse("records:new_batch"), said)
    batch = Batch.objects.get()
    cast.sign_in(Client(), cast.chen).post(reverse("records:batch_asked", args=[batch.pk]), {"agrees": "1"})
    zhou.post(reverse("records:act_on_batch", args=[batch.pk, "start"]))
    zhou.post(reverse("records:act_on_batch", args=[batch.pk, "stop"]))
    assert make_certificates.call(str(batch.pk)) == Batch.State.STOPPED and not Certificate.objects.exists()
    zhou.post(reverse("records:act_on_batch", args=[batch.pk, "start"]))
    assert [make_certificates.call(str(batch.pk)) for _ in range(2)] == [Batch.State.DONE] * 2
    assert Certificate.objects.count() == 1


def test_who_has_no_hours_is_led_nowhere_that_is_not_there(cast: Cast) -> None:
    for person, led in ((cast.shen, False), (cast.chen, True)):
        page = text(cast.sign_in(Client(), person).get(reverse("records:certificates")))
        assert "还没有可以开证明的时长" in page and (reverse("scheduling:week") + '">看这周' in page) is led


def test_one_certificate_is_one_unit(cast: Cast) -> None:
    filled(cast)
    certificate = issue_certificate(by=cast.chen, person=cast.chen, unit=cast.community, start=TODAY - timedelta(days=9), end=TODAY)
    assert printing.section(certificate)["unit"] == cast.community.name
    assert "本人从记录中打印" in printing.section(certificate)["handler"]
