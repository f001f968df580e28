"""Who kept an older head learns from one small file that nothing before it was changed, and no letter of that file can be."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from doorstep.ledger.canonical import base64_text, dump
from doorstep.ledger.command import main
from doorstep.ledger.head import Head, continues, sign
from doorstep.ledger.log import written
from doorstep.ledger.since import BadProof, continued, since, steps
from doorstep.ledger.tree import EMPTY, consistency

from .notebook import DAY, KEY, LATER_SIGNER, ORIGIN, SIGNER, entries, head, kept

NODES = kept(entries(300))[0]


def on(size: int, days: int) -> Head:
    return head(size, DAY + timedelta(days=days))


def proof(old: int = 200, new: int = 300) -> bytes:
    return since(NODES, sign(on(old, 0), [SIGNER]), old, sign(on(new, 5), [SIGNER]), new)


PROOF = proof()


def refusal(data: bytes) -> str:
    with pytest.raises(BadProof) as refused:
        continued(data, [KEY])
    return refused.value.code


@pytest.mark.parametrize(("old", "new"), [(1, 300), (200, 300), (255, 256), (256, 300), (300, 300), (7, 8)])
def test_heads_that_are_days_apart_are_joined(old: int, new: int) -> None:
    found = continued(proof(old, new), [KEY])
    assert (found.old, found.new, found.added) == (on(old, 0), on(new, 5), new - old) and len(proof(old, new)) < 2048


def test_of_nothing_everything_is_a_continuation() -> None:
    nothing = Head(ORIGIN, 0, EMPTY, DAY - timedelta(days=1))
    assert continued(since(NODES, sign(nothing, [SIGNER]), 0, sign(head(300), [SIGNER]), 300), [KEY]).added == 300


def test_no_letter_can_be_changed() -> None:
    for place in range(len(PROOF)):
        assert refusal(PROOF[:place] + bytes([PROOF[place] ^ 1]) + PROOF[place + 1 :])


def _others() -> Iterator[tuple[dict[str, Any], str]]:
    yield {"old": sign(on(199, 0), [SIGNER])}, "proof"
    yield {"old": sign(on(200, 6), [SIGNER])}, "proof"
    yield {"old": sign(replace(on(200, 0), root=EMPTY), [SIGNER])}, "proof"
    yield {"new": sign(replace(on(300, 5), root=EMPTY), [SIGNER])}, "proof"
    yield {"new": sign(replace(on(300, 5), origin="other/log"), [SIGNER])}, "proof"
    yield {"old": sign(on(200, 0), [LATER_SIGNER])}, "old"
    yield {"new": sign(on(300, 5), [LATER_SIGNER])}, "new"
    yield {"proof": []}, "proof"
    yield {"proof": [base64_text(step) for step in consistency(NODES, 200, 299)]}, "proof"
    yield {"proof": 1}, "form"
    yield {"proof": ["AAAA="]}, "form"
    yield {"more": 1}, "form"
    yield {"format": "x"}, "form"
    yield {"old": None}, "old"


@pytest.mark.parametrize(("change", "code"), list(_others()))
def test_what_belongs_elsewhere_proves_nothing(change: dict[str, Any], code: str) -> None:
    assert refusal(dump({**json.loads(PROOF), **change})) == code


def test_what_is_no_such_file_is_refused() -> None:
    for data in (b"", b"[]", b"x" * 70_000, PROOF + b"\n", b"1"):
        assert refusal(data) == "form"


def test_two_heads_of_one_day_do_not_continue_each_other() -> None:
    assert continues(on(200, 0), on(200, 0), [])
    assert not continues(on(200, 0), on(300, 0), steps(NODES, 200, 300))
    assert not continues(on(300, 5), on(200, 0), [])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "proof.json").write_bytes(PROOF)
    (tmp_path / "old.txt").write_text(sign(on(200, 0), [SIGNER]), "utf-8", newline="\n")
    (tmp_path / "new.txt").write_text(sign(on(300, 5), [SIGNER]), "utf-8", newline="\n")
    (tmp_path / "keys.txt").write_text(f"{KEY}\n", "utf-8")
    return tmp_path


def run(files: Path, name: str = "proof.json", *words: str) -> int:
    return main([str(files / name), "--keys", str(files / "keys.txt"), *(w if w.startswith("--") else str(files / w) for w in words)])


def test_the_command_needs_no_log(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files, "proof.json", "--since", "old.txt", "--head", "new.txt") == 0
    said = "good: the log of 300 entries on 2026-11-29 begins with the 200 of 2026-11-24, unchanged; 100 were added\n"
    assert capsys.readouterr().out == said
    assert run(files, "proof.json") == 0
    assert run(files, "proof.json", "--since", "new.txt") == 2
    assert "not about that of 2026-11-29" in capsys.readouterr().err


def test_the_command_sees_two_logs_of_one_keeper(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = sign(replace(on(200, 0), root=b"x" * 32), [SIGNER])
    (files / "other.txt").write_text(other, "utf-8", newline="\n")
    assert run(files, "proof.json", "--since", "other.txt") == 1
    assert "the keeper has shown two logs" in capsys.readouterr().out
    (files / "proof.json").write_bytes(PROOF.replace(b'"proof":["', b'"proof":["A'))
    assert run(files, "proof.json", "--since", "old.txt") == 1
    assert "proves nothing between its two heads" in capsys.readouterr().out


@pytest.mark.parametrize(("size", "days", "flag"), [(199, 0, "--since"), (201, 0, "--since"), (299, 5, "--head"), (299, 5, "--since")])
def test_the_command_sees_two_heads_of_one_day(files: Path, capsys: pytest.CaptureFixture[str], size: int, days: int, flag: str) -> None:
    """Another size is no excuse: one head is signed a day."""
    (files / "other.txt").write_text(sign(on(size, days), [SIGNER]), "utf-8", newline="\n")
    assert run(files, "proof.json", flag, "other.txt") == 1
    assert "two heads of one day differ" in capsys.readouterr().out
    (files / "log.jsonl").write_bytes(b"".join(written(ORIGIN, kept(entries(300))[2])))
    assert run(files, "log.jsonl", "--head", "other.txt", "--since", "old.txt" if days == 0 else "new.txt") == 1
    assert "two heads of one day differ" in capsys.readouterr().out


def test_an_older_head_is_held_against_the_log_as_it_stands(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "log.jsonl").write_bytes(b"".join(written(ORIGIN, kept(entries(300))[2])))
    assert run(files, "log.jsonl", "--since", "old.txt") == 0
    assert "good: 200 entries" in capsys.readouterr().out
    assert run(files, "log.jsonl", "--since", "old.txt", "--head", "new.txt") == 0
    (files / "log.jsonl").write_bytes(b"".join(written(ORIGIN, kept(entries(300)[:100] + entries(300)[101:])[2])))
    assert run(files, "log.jsonl", "--since", "old.txt", "--head", "new.txt") == 1
    assert "BAD" in capsys.readouterr().out
