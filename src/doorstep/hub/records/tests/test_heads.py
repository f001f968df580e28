"""A stranger who kept a head: the page says whether anything before it was changed, and hands out the proof that needs no page."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.records import proving
from doorstep.hub.records.actions.auditing import walk_log
from doorstep.hub.records.actions.booking import append, close_day, subject_of
from doorstep.hub.records.actions.publishing import publish_heads
from doorstep.hub.records.book import Fact, Kind
from doorstep.hub.records.checks import check_witnesses
from doorstep.hub.records.models import Hours, HoursState, LogEntry, LogHash, LogHead
from doorstep.hub.testing import Cast
from doorstep.ledger.since import continued

from .test_certificates import filled

pytestmark = pytest.mark.django_db
CHECKER = Path(__file__).resolve().parents[5] / "docs" / "verify_heads.py"


@pytest.fixture
def heads(cast: Cast) -> list[LogHead]:
    """Three days with forty, a hundred and three hundred entries."""
    hours, day, made = filled(cast), timezone.localdate(), []
    said = {"subject": subject_of(cast.chen, cast.community), "corrects": hours.entry}
    for days, more in ((3, 39), (2, 60), (1, 200)):
        append(facts=[Fact(Kind.HOURS_VERIFIED, cast.community.pk, said) for _ in range(more)])
        made.append(close_day(day=day - timedelta(days=days)))
    Hours.objects.update(state=HoursState.VERIFIED)
    return [head for head in made if head is not None]


def address(old: LogHead, new: LogHead) -> str:
    return reverse("records:since_file", args=[old.day.isoformat(), new.day.isoformat()])


def test_the_proof_between_two_days_is_public_and_holds_no_line_of_the_log(client: Client, heads: list[LogHead]) -> None:
    answer = client.get(address(heads[0], heads[2]))
    assert answer.status_code == 200 and answer["Access-Control-Allow-Origin"] == "*"
    found = continued(answer.content, proving.public_keys())
    assert (found.old.size, found.new.size, found.added) == (40, 300, 260)
    assert b"hours." not in answer.content and b"subject" not in answer.content and len(answer.content) < 2048
    for wrong in (address(heads[2], heads[0]), "/ledger/since/2001-01-01/2001-01-02.json", "/ledger/since/x/y.json"):
        assert client.get(wrong).status_code == 404


def test_two_printed_heads_and_the_file_are_all_that_a_stranger_needs(client: Client, heads: list[LogHead], tmp_path: Path) -> None:
    (tmp_path / "since.json").write_bytes(client.get(address(heads[0], heads[2])).content)
    (tmp_path / "keys.txt").write_bytes(client.get(reverse("records:keys_text")).content)
    for name, head in (("old.txt", heads[0]), ("new.txt", heads[2]), ("other.txt", heads[1])):
        (tmp_path / name).write_text(head.note, "utf-8", newline="\n")

    def run(*names: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-I", str(CHECKER), "since.json", "keys.txt", *names]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)

    ran = run("old.txt", "new.txt")
    assert (ran.returncode, ran.stderr) == (0, "") and "300 entries, of which the first 40" in ran.stdout
    assert run("other.txt").returncode == 1


def test_the_page_says_for_each_day_that_nothing_was_changed(client: Client, heads: list[LogHead]) -> None:
    page = client.get(reverse("records:ledger")).content.decode()
    assert f"?day={heads[0].day.isoformat()}" in page
    page = client.get(reverse("records:since"), {"day": heads[0].day.isoformat()}).content.decode()
    assert "40 条" in page and "两张日结接得上" in page and "又添了 260 条" in page and address(heads[0], heads[2]) in page
    assert "看看前面改过没有" in client.get(reverse("records:since"), {"day": "soon"}).content.decode()


def test_a_head_that_somebody_kept_is_pasted_however_the_phone_ends_its_lines(client: Client, heads: list[LogHead]) -> None:
    for text in (heads[1].note, heads[1].note.replace("\n", "\r\n"), heads[1].note.strip() + "  "):
        answer = client.post(reverse("records:since"), {"note": text})
        assert answer.status_code == 200 and "两张日结接得上" in answer.content.decode()
    wrong = client.post(reverse("records:since"), {"note": heads[1].note.replace("\n100\n", "\n101\n")})
    assert wrong.status_code == 422 and "不是这里签的" in wrong.content.decode()
    assert client.post(reverse("records:since"), {"note": ""}).status_code == 422


def test_a_kept_head_shows_a_ledger_that_was_written_anew(client: Client, heads: list[LogHead]) -> None:
    """Hashes, entries and later heads may all be made anew by who has the machine: the paper outside still says what was."""
    kept = heads[0].note
    LogHash.objects.filter(level=0, number=7).update(hash=bytes(32))
    page = client.post(reverse("records:since"), {"note": kept}).content.decode()
    assert "是这里签的" in page and "接不上" in page and "请留好您手里这张" in page
    assert client.get(address(heads[0], heads[2])).status_code == 200  # of what is stored: whoever checks it sees that it proves nothing
    with pytest.raises(ValueError, match="proof"):
        continued(client.get(address(heads[0], heads[2])).content, proving.public_keys())


def test_rows_that_do_not_agree_are_named_to_the_district_and_only_counted_for_others(
    cast: Cast, client: Client, heads: list[LogHead]
) -> None:
    hours = Hours.objects.get()
    Hours.objects.update(tenths=990)
    assert walk_log() is False
    page = client.get(reverse("records:ledger")).content.decode()
    assert "登记册里有 1 处和账本不一样" in page and str(hours.pk) not in page
    cast.sign_in(client, cast.lin)
    page = client.get(reverse("records:ledger")).content.decode()
    assert reverse("records:one", args=[hours.pk]) in page and "和账本写的不一样：多少小时" in page
    watch = client.get(reverse("records:watch")).content.decode()
    assert "登记册里有 1 处和账本不一样" in watch and "看哪里对不上" in watch
    Hours.objects.update(tenths=hours.tenths)
    assert walk_log() is True
    assert "和账本不一样" not in client.get(reverse("records:watch")).content.decode()
    assert LogEntry.objects.count() == 300


def test_a_kept_head_is_not_said_to_be_well_after_the_night_found_something(client: Client, heads: list[LogHead]) -> None:
    assert walk_log() is True
    where, kept = reverse("records:since"), {"note": heads[0].note}
    page = client.post(where, kept).content.decode()
    assert "接得上" in page and "正在查" not in page
    row = LogEntry.objects.get(n=7)
    LogEntry.objects.filter(n=7).update(data=bytes(row.data).replace(b"hours.verified", b"hours.disputed"))
    assert walk_log() is False
    page = client.post(where, kept).content.decode()
    assert "正在查" in page and "第一处不对的是第 7 号" in page and "要把账本从头走一遍才知道" in page


@pytest.mark.both_databases
def test_what_lies_outside_and_is_another_history_is_told_to_the_district_until_it_fits(
    cast: Cast, client: Client, heads: list[LogHead], settings: Any, tmp_path: Path
) -> None:
    settings.HEADS_FOLDER = str(tmp_path)
    assert publish_heads() == 1
    (tmp_path / "heads.txt").write_text("another\n", "utf-8")
    close_day(day=timezone.localdate())
    assert publish_heads() == 0
    words = "外面留着的日结和这里的接不上"
    assert words not in client.get(reverse("records:ledger")).content.decode()
    cast.sign_in(client, cast.lin)
    for page in ("records:ledger", "records:watch"):
        assert words in client.get(reverse(page)).content.decode()
    # A new head does not make it well.
    close_day(day=timezone.localdate() + timedelta(days=1))
    assert words in client.get(reverse("records:ledger")).content.decode()
    assert [fault.id for fault in check_witnesses(["default"])] == ["doorstep.W024"]
    (tmp_path / "heads.txt").rename(tmp_path / "heads-kept.txt")
    (tmp_path / "keys.txt").rename(tmp_path / "keys-kept.txt")
    assert publish_heads() == 1
    assert words not in client.get(reverse("records:ledger")).content.decode()
