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

from doorstep.ledger.credential import DISPUTED, IN_QUESTION, Certificate, Named
from doorstep.ledger.jws import IssuerKey, key_set, signed
from doorstep.ledger.status import Published, StatusList
from tests.racing import Figures

from .certificates import CERTIFICATE, KID, LIST, OURS, UNIT
from .notebook import LATER_SIGNER, ROOT, SIGNER

FULL = os.environ.get("DOORSTEP_FULL_COUNTS") == "1"
SALT = "0123456789abcdef"
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

    def run(token: str, status: str | None = None, keys: str = KEYS, name: str = "") -> tuple[object, str]:
        paths = []
        for file, text in (("c.jwt", token), ("k.json", keys), ("s.jwt", status)):
            if text is not None:
                (tmp_path / file).write_bytes(text.encode("utf-8", "surrogateescape"))
                paths.append(str(tmp_path / file))
        told = [f"name={name}"] if name else []
        monkeypatch.setattr(sys, "argv", ["verify_certificate.py", *paths[:2], *told, *paths[2:]])
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
        for word in (CERTIFICATE.unit, "2026-01-01", "2026-11-20", "'code_pair': '125.5'", "'backfilled': '5.0'", "revoked=False")
    )
    assert CERTIFICATE.subject not in said
    assert check(TOKEN + "\n")[1].rstrip().endswith("revoked=None")


def test_a_revoked_certificate_is_told(check: Callable[..., tuple[object, str]]) -> None:
    code, said = check(TOKEN, listed(94567))
    assert code == 1 and "revoked=True" in said


def test_an_older_list_or_another_name_takes_nothing_back(tmp_path: Path) -> None:
    """Of several lists and names none makes the others unsaid, in whatever order they stand."""
    token = replace(dated(CERTIFICATE), name=Named.hidden("王小明", SALT)).token(SIGNER, KID)
    for name, text in (("c.jwt", token), ("k.json", KEYS), ("old.jwt", listed()), ("new.jwt", listed(94567))):
        (tmp_path / name).write_text(text)

    def run(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-I", str(CHECKER), "c.jwt", "k.json", *words]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
        return ran.returncode, ran.stdout

    for words in (("new.jwt", "old.jwt"), ("old.jwt", "new.jwt")):
        code, said = run(*words)
        assert code == 1 and "revoked=True" in said
    assert run("old.jwt", "old.jwt")[0] == 0
    for names in (("name=李小明", "name=王小明"), ("name=王小明", "name=李小明")):
        code, said = run(*names)
        assert code == 1 and "holder=False" in said
    assert "holder=True" in run("name=王小明", "name=王小明")[1]


def test_what_was_not_settled_at_issue_is_told_and_cannot_be_taken_off(check: Callable[..., tuple[object, str]]) -> None:
    doubted = replace(dated(CERTIFICATE), doubts={IN_QUESTION: 50, DISPUTED: 20})
    token = doubted.token(SIGNER, KID)
    code, said = check(token, listed())
    assert not code and "doubted={'in_question': '5.0', 'disputed': '2.0'}" in said
    assert "hours={'backfilled': '5.0', 'code_pair': '125.5'}" in said
    assert "doubted={}" in check(TOKEN)[1]
    for place in range(0, len(token), 1 if FULL else 11):
        assert refused(check(token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]))


def test_it_is_bound_to_its_holder(check: Callable[..., tuple[object, str]]) -> None:
    token = replace(dated(CERTIFICATE), name=Named.hidden("王小明", SALT)).token(SIGNER, KID)
    assert check(token, listed(), name="王小明")[0] is False and "holder=True" in check(token, name="王小明")[1]
    code, said = check(token, listed(), name="李小明")
    assert code is True and "holder=False" in said
    assert "holder=None" in check(token)[1]
    assert refused(check(TOKEN, name="王小明"))  # a certificate without a name belongs to nobody who says one


def test_one_that_was_made_for_somebody_else_is_refused(check: Callable[..., tuple[object, str]]) -> None:
    """We write no audience; a token that names one is not for whoever is not named (RFC 7519 §4.1.3)."""
    assert refused(check(signed(dated(CERTIFICATE).payload() | {"aud": "somebody"}, SIGNER, KID)))


@pytest.mark.drill
def test_every_changed_byte_is_refused(check: Callable[..., tuple[object, str]], figures: Figures) -> None:
    signature = range(TOKEN.rindex("."), len(TOKEN))
    tried = 0
    for place in sorted({*range(0, len(TOKEN), 1 if FULL else 6), *signature}):
        for bit in range(7) if FULL else [place % 7]:
            bad = TOKEN[:place] + chr(ord(TOKEN[place]) ^ (1 << bit)) + TOKEN[place + 1 :]
            assert refused(check(bad)), (place, bad[place])
            tried += 1
    for place in signature if FULL else [len(TOKEN) - 1, len(TOKEN) - 40]:
        for letter in set(map(chr, range(128))) - {TOKEN[place]}:
            # A line's end behind the last letter is no other token; everything else is.
            if letter == "\n" and place == len(TOKEN) - 1:
                continue
            assert refused(check(TOKEN[:place] + letter + TOKEN[place + 1 :])), (place, letter)
            tried += 1
    for bad in (TOKEN[:-1], TOKEN[1:], TOKEN + "A", TOKEN + "=", TOKEN + "\n\n", " " + TOKEN, "", "..", TOKEN.rpartition(".")[0] + "."):
        assert refused(check(bad)), bad
        tried += 1
    figures(bytes_in_it=len(TOKEN), changed=tried, refused=tried)


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
