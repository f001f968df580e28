"""`doorstep verify` says in one line what it found, and its exit code says whether."""

from datetime import timedelta
from pathlib import Path

import pytest

from doorstep.ledger.command import SAYS, key_ring, main, sentence
from doorstep.ledger.head import BadHead, sign
from doorstep.ledger.log import entry_line
from doorstep.ledger.receipt import receipt
from doorstep.ledger.tree import leaf_hash
from doorstep.ledger.walk import Fault, Verdict

from .notebook import DAY, KEY, LATER_SIGNER, SIGNER, changed, entries, entry, head, kept, lines


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "log.jsonl").write_bytes(b"".join(lines(300)))
    (tmp_path / "head.txt").write_text(sign(head(300), [SIGNER]), "utf-8", newline="\n")
    (tmp_path / "keys.txt").write_text(f"# ours\n{KEY} - 2026-12-31\n\n", "utf-8")
    return tmp_path


def run(files: Path, **names: str) -> int:
    paths = {"log": "log.jsonl", "head": "head.txt", "keys": "keys.txt"} | names
    return main([str(files / paths["log"]), "--head", str(files / paths["head"]), "--keys", str(files / paths["keys"])])


def test_a_good_log_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files) == 0
    assert capsys.readouterr().out == "good: 300 entries are exactly those of the head\n"


def test_a_bad_entry_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = list(lines(300))
    bad[8] = entry_line(changed(entry(7), served=119), leaf_hash(entry(7).as_bytes()))
    (files / "log.jsonl").write_bytes(b"".join(bad))
    assert run(files) == 1
    assert capsys.readouterr().out == "BAD: entry 7: the entry was changed (proved by the head)\n"


def test_many_heads_in_one_file_narrow_a_fault_down(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = [head(size, DAY - timedelta(days=300 - size)) for size in (100, 200, 300)]
    (files / "head.txt").write_text("\n".join(sign(one, [SIGNER]) for one in days), "utf-8", newline="\n")
    assert run(files) == 0
    bad = list(lines(300))
    bad[151] = entry_line(changed(entry(150), served=119), leaf_hash(changed(entry(150), served=119)))
    (files / "log.jsonl").write_bytes(b"".join(bad))
    assert run(files) == 1
    assert "within entries 100 to 199" in capsys.readouterr().out


def test_a_file_without_line_ends_is_not_read_whole(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "log.jsonl").write_bytes(lines(1)[0] + b"x" * 5_000_000)
    assert run(files) == 1
    assert "entry 0" in capsys.readouterr().out


def test_a_head_without_our_signature_checks_nothing(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "head.txt").write_text(sign(head(300), [LATER_SIGNER]), "utf-8", newline="\n")
    assert run(files) == 2
    assert "the head is not valid (unsigned)" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["log", "head", "keys"])
def test_a_file_that_is_not_there_is_told(files: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(files, **{name: "missing"}) == 2
    assert "missing" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["nonsense", f"{KEY} soon", f"{KEY} - - -"])
def test_a_ring_with_a_line_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadHead):
        list(key_ring(text))


def test_a_ring_knows_the_days_of_its_keys() -> None:
    assert [(key.since, key.until) for key in key_ring(f"{KEY}\n{KEY} 2026-11-24 -\n")] == [(None, None), (DAY, None)]


def test_every_fault_has_its_words_and_a_range_is_told() -> None:
    assert set(SAYS) == set(Fault)
    assert "within entries 256 to 511" in sentence(Verdict(600, 0, Fault.ROOT, None, (256, 512), True, "tile"))
    assert "the clock stood back at entry 7" in sentence(Verdict(300, 300, clock_back=7))
    assert "2 behind the last head" in sentence(Verdict(302, 300))


def test_a_receipt_is_proved_by_itself(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nodes, _frontier, rows = kept(entries(300))
    (files / "receipt.json").write_bytes(receipt(nodes, rows[7][0], sign(head(300), [SIGNER]), 300))
    assert main([str(files / "receipt.json"), "--keys", str(files / "keys.txt")]) == 0
    assert (
        capsys.readouterr().out
        == "good: entry 7, hours.recorded of 2026-11-24, 1.8 h (leader), stood in the log of 300 entries on 2026-11-24\n"
    )
    whole = (files / "receipt.json").read_bytes()
    (files / "receipt.json").write_bytes(whole.replace(b'tenths\\":18', b'tenths\\":99'))
    assert (files / "receipt.json").read_bytes() != whole
    assert main([str(files / "receipt.json"), "--keys", str(files / "keys.txt")]) == 1
    assert capsys.readouterr().out.startswith("BAD: the receipt proves nothing (")


def test_a_log_without_a_head_is_not_walked(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(files / "log.jsonl"), "--keys", str(files / "keys.txt")]) == 2
    assert "give --head" in capsys.readouterr().err
