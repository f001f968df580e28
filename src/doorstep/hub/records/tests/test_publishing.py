"""Heads leave the machine: into a folder, to witnesses by e-mail, each once; what was kept outside is never written over."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.journal.models import Entry
from doorstep.hub.records import proving
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.publishing import publish_heads
from doorstep.hub.records.checks import check_witnesses
from doorstep.hub.records.models import Hours, LogHash, LogHead, LogKey
from doorstep.hub.testing import Cast
from doorstep.ledger.command import main as verify
from doorstep.ledger.since import continued

from .test_certificates import filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(cast: Cast, settings: Any, tmp_path: Path) -> Path:
    settings.HEADS_FOLDER, settings.WITNESSES = str(tmp_path), ["street@example.org", "district@example.org"]
    filled(cast)
    close_day(day=timezone.localdate() - timedelta(days=2))
    return tmp_path


def next_day(cast: Cast) -> None:
    filled(cast, days=9)
    close_day(day=timezone.localdate() - timedelta(days=1))


def test_each_head_goes_out_once_by_each_way(cast: Cast, outside: Path, client: Client) -> None:
    assert publish_heads() == 2 and publish_heads() == 0
    assert (outside / "heads.txt").read_text("utf-8") == LogHead.objects.get().note
    next_day(cast)
    assert publish_heads() == 2
    assert proving.notes((outside / "heads.txt").read_text("utf-8")) == [head.note for head in LogHead.objects.order_by("day")]
    first, _other, second, last = mail.outbox
    assert [letter.to + letter.bcc for letter in (second, last)] == [["street@example.org"], ["district@example.org"]]
    newest = LogHead.objects.latest("day")
    assert newest.note in second.body and "请留着" in second.body and "/ledger/since/" in second.body
    names = [str(part[0]) for part in second.attachments]
    assert names[0] == f"head-{newest.day.isoformat()}.txt" and names[1].startswith("since-") and len(first.attachments) == 1
    assert "在外面也有 3 处留着" in client.get(reverse("records:ledger")).content.decode()


def test_what_lies_in_the_folder_is_all_that_a_witness_needs(cast: Cast, outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish_heads()
    first = LogHead.objects.get()
    next_day(cast)
    publish_heads()
    [proof] = outside.glob("since-*.json")
    assert continued(proof.read_bytes(), proving.public_keys()).old.day == first.day
    (outside / "mine.txt").write_text(first.note, "utf-8", newline="\n")
    assert verify([str(proof), "--since", str(outside / "mine.txt"), "--keys", str(outside / "keys.txt")]) == 0
    assert "unchanged; 1 were added" in capsys.readouterr().out


def test_another_history_outside_is_not_written_over_and_raises_the_alarm(
    cast: Cast, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish_heads()
    kept = (outside / "heads.txt").read_bytes()
    (outside / "heads.txt").write_bytes(kept.replace(b"\n1\n", b"\n2\n"))
    next_day(cast)
    with caplog.at_level(logging.CRITICAL, "doorstep"):
        assert publish_heads() == 1
    assert (outside / "heads.txt").read_bytes() != kept and b"\n2\n" in (outside / "heads.txt").read_bytes()
    [fault] = check_witnesses(["default"])
    assert fault.id == "doorstep.W024" and "AnotherHistory" in fault.msg


def test_a_place_that_cannot_be_reached_is_told_once_and_tried_again(
    cast: Cast, outside: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WITNESSES, settings.HEADS_FOLDER = [], str(outside / "not" / "there")
    with caplog.at_level(logging.CRITICAL, "doorstep"):
        assert publish_heads() == 0 == publish_heads()
    assert Entry.objects.filter(verb="publish_head").count() == 1
    assert [fault.id for fault in check_witnesses(["default"])] == ["doorstep.W024"]
    (outside / "not" / "there").mkdir(parents=True)
    assert publish_heads() == 1 and check_witnesses(["default"]) == []


def test_a_hash_that_is_gone_keeps_no_head_inside(cast: Cast, outside: Path) -> None:
    """Nothing stored leads to the newest head any more: then above all others should have it."""
    publish_heads()
    next_day(cast)
    LogHash.objects.filter(level=0, number=1).delete()
    assert publish_heads() == 2
    assert (outside / "heads.txt").read_text("utf-8").endswith(LogHead.objects.latest("day").note)
    assert not list(outside.glob("since-*.json")) and len(mail.outbox[-1].attachments) == 1
    assert set(lines().values_list("detail__why", flat=True)) == {"", "NoProof"}


def lines() -> QuerySet[Entry]:
    return Entry.objects.filter(verb="publish_head").order_by("id")


def rogue() -> None:
    LogKey.objects.create(name=LogKey.objects.get().name, public=b"k" * 32, since=timezone.localdate())


def moved() -> None:
    LogKey.objects.update(since=timezone.localdate() - timedelta(days=99))


def another() -> None:
    LogKey.objects.update(public=b"k" * 32)


@pytest.mark.parametrize(("write", "why"), [(rogue, "UntoldKey"), (moved, "AnotherHistory"), (another, "AnotherHistory")])
def test_a_key_written_into_the_database_is_not_handed_to_those_outside(
    cast: Cast, outside: Path, write: Callable[[], None], why: str
) -> None:
    publish_heads()
    kept = {path.name: path.read_bytes() for path in outside.iterdir()}
    next_day(cast)
    write()
    assert publish_heads() == 1, "the letter goes, and says what it says"
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == kept
    assert lines().filter(detail__way="folder").last().detail["why"] == why  # type: ignore[union-attr]


def test_a_key_that_was_replaced_goes_out_beside_the_old_one(cast: Cast, outside: Path, settings: Any) -> None:
    publish_heads()
    settings.LEDGER_KEY = "09" * 32
    next_day(cast)
    assert LogKey.objects.count() == 2 and publish_heads() == 2
    assert (outside / "keys.txt").read_text("utf-8").count("\n") == 2


def test_a_proof_that_lies_outside_is_not_written_over(cast: Cast, outside: Path) -> None:
    publish_heads()
    next_day(cast)
    first, last = LogHead.objects.order_by("day")
    (outside / f"since-{first.day}-to-{last.day}.json").write_text("{}")
    assert publish_heads() == 1 and (outside / f"since-{first.day}-to-{last.day}.json").read_text() == "{}"


def test_another_reason_is_told_again(cast: Cast, outside: Path, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    publish_heads()
    (outside / "heads.txt").write_text("another history")
    next_day(cast)
    settings.HEADS_FOLDER = str(outside / "not" / "there")
    publish_heads()
    settings.HEADS_FOLDER = str(outside)
    publish_heads(), publish_heads()
    assert list(lines().filter(detail__ok=False).values_list("detail__why", flat=True)) == ["FileNotFoundError", "AnotherHistory"]


class OneRefuses(LocmemBackend):
    """A mail server that does not know the street."""

    def send_messages(self, letters: Any) -> int:
        if letters[0].bcc == ["street@example.org"]:
            raise SMTPRecipientsRefused({"street@example.org": (550, b"unknown")})
        return super().send_messages(letters)


def test_who_was_refused_is_written_to_again_and_nobody_else(cast: Cast, outside: Path, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.OneRefuses"
    assert [publish_heads(), publish_heads()] == [1, 0]
    assert [letter.bcc for letter in mail.outbox] == [["district@example.org"]]
    assert "在外面也有 1 处留着" in Client().get(reverse("records:ledger")).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert publish_heads() == 1
    assert [letter.bcc for letter in mail.outbox] == [["district@example.org"], ["street@example.org"]]


def test_nobody_outside_is_told_at_the_start_where_others_come_in(settings: Any) -> None:
    assert check_witnesses(["default"]) == []
    settings.BEHIND_HTTPS = True
    assert [fault.id for fault in check_witnesses(["default"])] == ["doorstep.W023"]
    settings.WITNESSES = ["street@example.org"]
    assert check_witnesses(["default"]) == []


def test_a_mirror_takes_what_is_new_and_the_proof(cast: Cast, outside: Path) -> None:
    next_day(cast)
    first, last = LogHead.objects.order_by("day")
    call_command("ledger", "heads", outside / "new.txt", since=last.day, verbosity=0)
    assert (outside / "new.txt").read_text("utf-8") == last.note
    call_command("ledger", "since", outside / "proof.json", since=first.day, verbosity=0)
    assert continued((outside / "proof.json").read_bytes(), proving.public_keys()).added == 1
    with pytest.raises(CommandError, match="no head"):
        call_command("ledger", "since", outside / "other.json", since=first.day - timedelta(days=9), verbosity=0)
    assert not (outside / "other.json").exists()


def test_the_look_over_everything_by_hand(cast: Cast, outside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = LogHead.objects.get().note
    (outside / "mine.txt").write_text(kept, "utf-8", newline="\n")
    call_command("verify_here", since=[outside / "mine.txt"])
    said = capsys.readouterr().out
    assert "1 entries are exactly those of the heads" in said and "still begins with the 1 of" in said
    row = Hours.objects.get()
    Hours.objects.update(tenths=777)
    with pytest.raises(CommandError) as ended:
        call_command("verify_here")
    said = capsys.readouterr().out
    assert ended.value.returncode == 1 and f"hours {row.pk} #0: differs tenths" in said
    Hours.objects.update(tenths=row.tenths)
    (outside / "mine.txt").write_text(kept.replace("\n1\n", "\n2\n"), "utf-8", newline="\n")
    with pytest.raises(CommandError):
        call_command("verify_here", since=[outside / "mine.txt"])
    assert "no signature of ours" in capsys.readouterr().out
