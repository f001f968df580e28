"""The checker of two heads that a stranger runs: sixty lines, no network, nothing of ours imported."""

import ast
import base64
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from doorstep.ledger.canonical import dump
from doorstep.ledger.head import Head, sign
from doorstep.ledger.since import since
from doorstep.ledger.tree import EMPTY

from .notebook import DAY, KEY, LATER_SIGNER, ORIGIN, ROOT, SIGNER, entries, head, kept

CHECKER = ROOT / "docs" / "verify_heads.py"
SOURCE = CHECKER.read_text("utf-8")
NODES = kept(entries(300))[0]
OLD, NEW = (sign(head(size, DAY + timedelta(days=days)), [SIGNER]) for size, days in ((200, 0), (300, 5)))
PROOF = since(NODES, OLD, 200, NEW, 300)
Check = Callable[..., tuple[object, str]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the checker's text in this process, for speed: exit code and what it prints."""
    compiled = compile(SOURCE, str(CHECKER), "exec")

    def run(proof: bytes, *heads: str, keys: str = f"# ours\n{KEY} - 2026-12-31\n") -> tuple[object, str]:
        paths = [tmp_path / name for name in ("proof.json", "keys.txt", *(f"head-{place}.txt" for place in range(len(heads))))]
        for path, data in zip(paths, (proof, keys.encode(), *(note.encode() for note in heads)), strict=True):
            path.write_bytes(data)
        monkeypatch.setattr(sys, "argv", ["verify_heads.py", *map(str, paths)])
        try:
            exec(compiled, {"__name__": "__main__"})
        except SystemExit as ended:
            return ended.code, capsys.readouterr().out
        return 0, capsys.readouterr().out

    return run


def refused(answer: tuple[object, str]) -> bool:
    return isinstance(answer[0], str) and answer[0].startswith("REFUSED") and answer[1] == ""


def test_it_is_short_and_stands_on_one_signature_library() -> None:
    imported = {name.name for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.ImportFrom)}
    assert len(SOURCE.splitlines()) <= 65
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == {
        "cryptography.hazmat.primitives.asymmetric.ed25519"
    }


def test_it_runs_by_itself_on_two_heads_that_were_printed(tmp_path: Path) -> None:
    for name, text in (("proof.json", PROOF.decode()), ("keys.txt", f"{KEY}\n"), ("old.txt", OLD), ("new.txt", NEW)):
        (tmp_path / name).write_text(text, "utf-8")
    words = [sys.executable, "-I", str(CHECKER), "proof.json", "keys.txt", "old.txt", "new.txt"]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "2026-11-29: 300 entries, of which the first 200 are exactly those of 2026-11-24\n"


@pytest.mark.parametrize(("old", "new"), [(1, 300), (127, 300), (200, 201), (255, 256), (256, 300), (64, 128), (300, 300)])
def test_any_two_sizes(check: Check, old: int, new: int) -> None:
    notes = [sign(head(size, DAY + timedelta(days=days)), [SIGNER]) for size, days in ((old, 0), (new, 5))]
    assert check(since(NODES, notes[0], old, notes[1], new), *notes)[0] == 0


def test_of_nothing_everything_is_a_continuation(check: Check) -> None:
    nothing = sign(Head(ORIGIN, 0, EMPTY, DAY - timedelta(days=1)), [SIGNER])
    assert check(since(NODES, nothing, 0, NEW, 300), nothing)[0] == 0


def test_every_changed_byte_is_refused(check: Check) -> None:
    for place in range(len(PROOF)):
        bad = PROOF[:place] + bytes([PROOF[place] ^ (1 << place % 7)]) + PROOF[place + 1 :]
        assert refused(check(bad)), (place, bad[place : place + 1])


def test_another_head_than_the_printed_one_is_refused(check: Check) -> None:
    assert refused(check(PROOF, sign(head(199), [SIGNER])))
    for place in range(0, len(OLD), 5):
        assert refused(check(PROOF, OLD[:place] + "?" + OLD[place + 1 :]))


def test_another_log_a_forgotten_entry_and_another_key_are_refused(check: Check) -> None:
    told = json.loads(PROOF)
    other = sign(replace(head(300, DAY + timedelta(days=5)), root=EMPTY), [SIGNER])
    changes: tuple[dict[str, Any], ...] = (
        {"new": other},
        {"old": sign(head(199), [SIGNER])},
        {"old": NEW, "new": OLD},
        {"new": sign(head(300, DAY + timedelta(days=5)), [LATER_SIGNER])},
        {"proof": told["proof"][:-1]},
        {"proof": []},
    )
    for change in changes:
        assert refused(check(dump({**told, **change})))
    for keys in ("", f"{LATER_SIGNER.key()}\n", f"{KEY} 2026-11-26\n", f"{KEY} - 2026-11-28\n"):
        assert refused(check(PROOF, keys=keys))


def test_two_heads_of_one_day_are_told_as_what_they_are(check: Check) -> None:
    for other in (sign(head(199), [SIGNER]), sign(head(299, DAY + timedelta(days=5)), [SIGNER])):
        answer = check(PROOF, other)
        assert refused(answer) and "he has shown two logs" in str(answer[0])
    one_day = sign(head(300), [SIGNER])
    assert "he has shown two logs" in str(check(since(NODES, OLD, 200, one_day, 300))[0])
    assert check(since(NODES, OLD, 200, OLD, 200))[0] == 0
    another_day = check(PROOF, sign(head(250, DAY + timedelta(days=2)), [SIGNER]))
    assert refused(another_day) and "not one of the two heads" in str(another_day[0])


def test_lengths_and_spellings_are_the_products(check: Check) -> None:
    """Only whoever has the key can sign such heads, and the product refuses them too."""
    told = json.loads(PROOF)
    short = base64.b64encode(base64.b64decode(told["proof"][0])[:-1]).decode()
    assert refused(check(dump({**told, "proof": [short, *told["proof"][1:]]})))
    text = OLD[: OLD.index("\n\n") + 1]
    for old, new in (("\n200\n", "\n2_00\n"), ("\n200\n", "\n+200\n"), ("day ", "Day "), (f"{DAY}", f"{DAY:%Y%m%d}")):
        note = signed_as(text.replace(old, new))
        assert refused(check(dump({**told, "old": note}))), new
    assert refused(check(PROOF, keys=f"{KEY}\n".replace(str(KEY).split("+")[2], other_type(str(KEY).split("+")[2]))))


def signed_as(text: str) -> str:
    """Any text under a true signature of the keeper."""
    key = SIGNER.key()
    mark = base64.b64encode(bytes.fromhex(str(key).split("+")[1]) + SIGNER.secret.sign(text.encode())).decode()
    return f"{text}\n— {key.name} {mark}\n"


def other_type(data: str) -> str:
    return base64.b64encode(b"\x02" + base64.b64decode(data)[1:]).decode()
