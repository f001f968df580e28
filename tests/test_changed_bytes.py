"""A certificate with any one bit changed is refused: by the hub's own reader and by the checker that a stranger runs."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorstep.ledger.credential import read
from doorstep.ledger.jws import BadToken, key_set
from doorstep.ledger.status import Published, StatusList, read_list
from doorstep.ledger.tests.certificates import CERTIFICATE, KID, LIST, OURS, UNIT
from doorstep.ledger.tests.notebook import SIGNER
from tests.racing import Figures, count

pytestmark = pytest.mark.drill
CHECKER = Path(__file__).resolve().parents[1] / "docs" / "verify_certificate.py"
#: Every so manieth byte, and which bits of it.
STEP, BITS = count(9, 1), count(1, 8)
NOW = datetime.now(UTC).replace(microsecond=0)
KEYS = [replace(OURS, since=None, until=None)]
Check = Callable[[bytes, bytes], bool]


@pytest.fixture
def stranger(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """The checker's text, run in this process for speed: whether it takes certificate and list for genuine."""
    compiled = compile(CHECKER.read_text("utf-8"), str(CHECKER), "exec")
    paths = [tmp_path / name for name in ("c.jwt", "k.json", "s.jwt")]
    paths[1].write_text(json.dumps(key_set(KEYS)))
    monkeypatch.setattr(sys, "argv", ["verify_certificate.py", *map(str, paths)])

    def genuine(token: bytes, status: bytes) -> bool:
        paths[0].write_bytes(token)
        paths[2].write_bytes(status)
        with pytest.raises(SystemExit) as ended:
            exec(compiled, {"__name__": "__main__"})
        return "revoked=False" in capsys.readouterr().out and not ended.value.code

    return genuine


def changed(data: bytes) -> Iterator[bytes]:
    for place in range(0, len(data), STEP):
        for bit in range(BITS):
            yield data[:place] + bytes([data[place] ^ 1 << (place + bit) % 8]) + data[place + 1 :]


def ours(token: bytes, status: bytes) -> bool:
    """What the hub itself says."""
    try:
        read(token.decode("utf-8", "surrogateescape"), KEYS, NOW)
        read_list(status.decode("utf-8", "surrogateescape"), KEYS, NOW)
    except BadToken:
        return False
    return True


def test_a_certificate_with_any_bit_changed_is_refused(stranger: Check, figures: Figures) -> None:
    token = replace(CERTIFICATE, issued=NOW - timedelta(days=2)).token(SIGNER, KID).encode()
    bits = Published(LIST, UNIT, StatusList.empty(), NOW - timedelta(days=1), NOW + timedelta(days=7))
    status = bits.token(SIGNER, KID).encode()
    assert ours(token, status) and stranger(token, status)
    tried = {"of_the_certificate": 0, "of_the_list": 0}
    for bad in changed(token):
        tried["of_the_certificate"] += 1
        assert not ours(bad, status) and not stranger(bad, status), bad
    for bad in changed(status):
        tried["of_the_list"] += 1
        assert not ours(token, bad) and not stranger(token, bad), bad
    figures(bytes=len(token) + len(status), changes=sum(tried.values()), **tried, refused=sum(tried.values()), taken=0)
