"""The checker that a stranger runs: forty lines, no network, nothing of ours imported."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorstep.ledger.credential import Certificate
from doorstep.ledger.jws import IssuerKey, key_set, signed
from doorstep.ledger.status import Published, StatusList

from .certificates import CERTIFICATE, KID, LIST, OURS, UNIT
from .notebook import LATER_SIGNER, ROOT, SIGNER

FULL = os.environ.get("DOORSTEP_FULL_COUNTS") == "1"
CHECKER = ROOT / "docs" / "verify_certificate.py"
SOURCE = CHECKER.read_text("utf-8")
NOW = datetime.now(UTC).replace(microsecond=0)
KEYS = json.dumps(key_set([replace(OURS, since=None, until=None)]))


def dated(certificate: Certificate) -> Certificate:
    return replace(certificate, issued=NOW - timedelta(days=2))


TOKEN = dated(CERTIFICATE).token(SIGNER, KID)


def listed(*revoked: int, id: str = LIST, issuer: str = UNIT, days: int = 7) -> str:
    return Published(id, issuer, StatusList.empty().with_set(revoked), NOW - timedelta(days=1), NOW + timedelta(days=days)).token(
        SIGNER, KID
    )


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[object, str]]:
    """Runs the checker's text in this process, for speed: exit code and what it prints."""
    compiled = compile(SOURCE, str(CHECKER), "exec")

    def run(token: str, status: str | None = None, keys: str = KEYS) -> tuple[object, str]:
        paths = []
        for name, text in (("c.jwt", token), ("k.json", keys), ("s.jwt", status)):
            if text is not None:
                (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
                paths.append(str(tmp_path / name))
        monkeypatch.setattr(sys, "argv", ["verify_certificate.py", *paths])
        with pytest.raises(SystemExit) as ended:
            exec(compiled, {"__name__": "__main__"})
        return ended.value.code, capsys.readouterr().out

    return run


def test_it_is_short_and_stands_on_one_signature_library() -> None:
    imported = {name.name for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.ImportFrom)}
    assert len(SOURCE.splitlines()) <= 40
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == {
        "cryptography.hazmat.primitives.asymmetric.ed25519"
    }


def test_it_runs_by_itself(tmp_path: Path) -> None:
    for name, text in (("c.jwt", TOKEN), ("k.json", KEYS), ("s.jwt", listed())):
        (tmp_path / name).write_text(text)
    ran = subprocess.run(
        [sys.executable, "-I", CHECKER, "c.jwt", "k.json", "s.jwt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "") and "阳光社区" in ran.stdout


def test_a_genuine_certificate_tells_unit_period_hours_and_grade_and_no_name(check: Callable[..., tuple[object, str]]) -> None:
    code, said = check(TOKEN, listed())
    assert not code
    assert all(
        word in said
        for word in (CERTIFICATE.unit, "2026-01-01", "2026-11-20", "'code_pair': '125.5'", "'backfilled': '5.0'", "revoked: False")
    )
    assert CERTIFICATE.subject not in said
    assert check(TOKEN + "\n")[1].rstrip().endswith("revoked: None")


def test_a_revoked_certificate_is_told(check: Callable[..., tuple[object, str]]) -> None:
    code, said = check(TOKEN, listed(94567))
    assert code == 1 and "revoked: True" in said


def test_every_changed_byte_is_refused(check: Callable[..., tuple[object, str]]) -> None:
    signature = range(TOKEN.rindex("."), len(TOKEN))
    for place in sorted({*range(0, len(TOKEN), 1 if FULL else 6), *signature}):
        letter = TOKEN[place]
        bad = TOKEN[:place] + chr(ord(letter) ^ (1 << place % 7)) + TOKEN[place + 1 :]
        assert refused(check(bad)), (place, bad[place])
    for bad in (TOKEN[:-1], TOKEN[1:], TOKEN + "A", TOKEN + "=", TOKEN + "\n\n", " " + TOKEN, "", "..", TOKEN.rpartition(".")[0] + "."):
        assert refused(check(bad)), bad


def refused(answer: tuple[object, str]) -> bool:
    return isinstance(answer[0], str) and answer[0].startswith("REFUSED") and answer[1] == ""


def test_every_changed_byte_of_the_list_is_refused(check: Callable[..., tuple[object, str]]) -> None:
    status = listed()
    for place in range(0, len(status), 7):
        bad = status[:place] + ("A" if status[place] != "A" else "B") + status[place + 1 :]
        assert refused(check(TOKEN, bad)), place


def test_what_others_signed_or_another_time_or_kind_is_refused(check: Callable[..., tuple[object, str]]) -> None:
    payload = dated(CERTIFICATE).payload()
    for bad in (
        dated(CERTIFICATE).token(LATER_SIGNER, KID),
        dated(CERTIFICATE).token(SIGNER, "other"),
        signed(payload | {"iss": "x"}, SIGNER, KID),
        signed(payload | {"type": ["VerifiableCredential"]}, SIGNER, KID),
        replace(CERTIFICATE, issued=NOW + timedelta(days=1)).token(SIGNER, KID),
        replace(dated(CERTIFICATE), expires=NOW - timedelta(days=1)).token(SIGNER, KID),
        listed(),
    ):
        assert refused(check(bad))
    for status in (listed(days=0), TOKEN, listed(id=LIST + "2")):
        assert refused(check(TOKEN, status))


def test_the_list_of_another_unit_under_the_same_address_is_refused(check: Callable[..., tuple[object, str]]) -> None:
    theirs = IssuerKey("their-key", "https://doorstep.example/units/2", LATER_SIGNER.key().public)
    both = json.dumps(key_set([replace(OURS, since=None, until=None), theirs]))
    bits = StatusList.empty()
    forged = Published(LIST, theirs.issuer, bits, NOW - timedelta(days=1), NOW + timedelta(days=7)).token(LATER_SIGNER, "their-key")
    assert refused(check(TOKEN, forged, both)) and not check(TOKEN, listed(), both)[0]


def test_a_key_out_of_its_days_or_of_another_issuer_is_refused(check: Callable[..., tuple[object, str]]) -> None:
    day = (NOW - timedelta(days=2)).date()
    for keys in (
        replace(OURS, since=day + timedelta(days=1), until=None),
        replace(OURS, since=None, until=day - timedelta(days=1)),
        replace(OURS, since=None, until=None, issuer="x"),
    ):
        assert refused(check(TOKEN, keys=json.dumps(key_set([keys]))))
    assert not check(TOKEN, keys=json.dumps(key_set([replace(OURS, since=day, until=day)])))[0]
