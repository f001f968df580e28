"""What the hub issues is checked by strangers: the forty lines of docs/verify_certificate.py, and a library that the product does not use."""

import base64
import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from doorstep.hub.records import proving
from doorstep.hub.records.actions.booking import close_day
from doorstep.hub.records.actions.certifying import revoke_certificate
from doorstep.hub.records.actions.hours import dispute_hours
from doorstep.hub.records.models import Anomaly, Certificate, Hours
from doorstep.hub.testing import Cast
from tests.racing import Figures

from .test_certificates import filled, issued

pytestmark = pytest.mark.django_db
FULL = os.environ.get("DOORSTEP_FULL_COUNTS") == "1"
ROOT = Path(__file__).resolve().parents[5]
CHECKER = ROOT / "docs" / "verify_certificate.py"
Check = Callable[..., tuple[object, str]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the checker's text as a stranger does, on files as the public pages hand them out: exit code and what it prints."""
    compiled = compile(CHECKER.read_text("utf-8"), str(CHECKER), "exec")

    def run(token: str, status: str = "", keys: str = "") -> tuple[object, str]:
        texts = [
            token,
            keys or Client().get(reverse("records:keys_json")).content.decode(),
            *([status] if status and not status.startswith("name=") else []),
        ]
        told = [status] if status.startswith("name=") else []
        paths = [tmp_path / f"{place}.txt" for place in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
        monkeypatch.setattr(sys, "argv", ["verify_certificate.py", *map(str, paths), *told])
        with pytest.raises(SystemExit) as ended:
            exec(compiled, {"__name__": "__main__"})
        return ended.value.code, capsys.readouterr().out

    return run


@pytest.fixture
def certificate(cast: Cast) -> Certificate:
    """Two hours that 周敏 entered, under a head, certified."""
    filled(cast)
    close_day(day=timezone.localdate() - timedelta(days=1))
    return issued(cast)


def status_of(certificate: Certificate) -> str:
    return Client().get(reverse("records:status_list", args=[certificate.index // proving.LEAST_BITS])).content.decode()


def refused(answer: tuple[object, str]) -> bool:
    return isinstance(answer[0], str) and answer[0].startswith("REFUSED") and not answer[1]


def forged(header: dict[str, Any], payload: dict[str, Any], key: Ed25519PrivateKey | None = None) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, payload)]
    message = ".".join(parts)
    signature = key.sign(message.encode()) if key else b""
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def said(certificate: Certificate) -> dict[str, Any]:
    part = certificate.token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def own_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.LEDGER_KEY))


def header(**more: Any) -> dict[str, Any]:
    return {"alg": "EdDSA", "kid": proving.issuer_keys()[0].kid, "typ": "JWT"} | more


def test_a_certificate_holds_offline_and_tells_no_name(certificate: Certificate, check: Check) -> None:
    code, words = check(certificate.token, status_of(certificate))
    assert not code and "柳岸社区居委会" in words and "'backfilled': '2.0'" in words and "revoked=False" in words and "陈" not in words
    assert check(certificate.token)[1].rstrip().endswith("revoked=None")


def test_a_certificate_carries_the_head_of_the_ledger(certificate: Certificate) -> None:
    head = proving.head_on(certificate.token)
    assert head is not None and head.size == 1 and proving.fingerprint(head) in Client().get(reverse("records:ledger")).content.decode()


def test_a_revoked_certificate_is_refused_offline_too(certificate: Certificate, cast: Cast, check: Check) -> None:
    old = status_of(certificate)
    revoke_certificate(by=cast.zhou, certificate=certificate, reason="hours_wrong", words="记重了")
    assert "revoked=True" in check(certificate.token, status_of(certificate))[1]
    assert not check(certificate.token, old)[0]


def test_bought_hours_show_offline_too_and_once_on_the_page(cast: Cast, check: Check) -> None:
    """Five hours typed in within a minute: the doubt is in the token, whoever checks it."""
    filled(cast, hours=5)
    hours = Hours.objects.get()
    Anomaly.objects.create(key="typed:1", kind="typed", unit=cast.community, weight=90).hours.set([hours])
    dispute_hours(by=cast.chen, hours=hours, words="我没有去")
    certificate = issued(cast)
    assert "doubted={'in_question': '5.0', 'disputed': '5.0'}" in check(certificate.token, status_of(certificate))[1]
    page = Client().get(reverse("records:checked", args=[certificate.number])).content.decode()
    assert page.count("有疑问，还没有查清") == 1 and "正在核对" not in page
    Anomaly.objects.update(state=Anomaly.State.SOUND)
    page = Client().get(reverse("records:checked", args=[certificate.number])).content.decode()
    assert page.count("正在核对") == 1 and "有疑问" not in page


def test_another_person_who_shows_it_is_found_out_offline(certificate: Certificate, cast: Cast, check: Check) -> None:
    keys = Client().get(reverse("records:keys_json")).content.decode()
    assert "holder=True" in check(certificate.token, f"name={cast.chen.name}", keys)[1]
    code, words = check(certificate.token, f"name={cast.jiang.name}", keys)
    assert code is True and "holder=False" in words


@pytest.mark.both_databases
@pytest.mark.drill
def test_every_changed_byte_is_refused_by_the_checker_and_by_the_check_page(
    certificate: Certificate, check: Check, figures: Figures
) -> None:
    token, keys = certificate.token, Client().get(reverse("records:keys_json")).content.decode()
    places = range(0, len(token), 1 if FULL else 41)
    for place in [*places, len(token) - 1]:
        bad = token[:place] + chr(ord(token[place]) ^ (1 << place % 7)) + token[place + 1 :]
        assert refused(check(bad, keys=keys)), place
        with pytest.raises(proving.BadToken):
            proving.opened_token(bad.removesuffix("\n"), timezone.now())
    client = Client()
    others = (token[:-1], token[1:], token + "A", token.replace(".", "", 1), token.rpartition(".")[0] + ".")
    for bad in others:
        assert client.post(reverse("records:check"), {"token": bad}).status_code == 422
    figures(bytes_in_it=len(token), changed=len(places) + 1 + len(others), refused=len(places) + 1 + len(others))


@pytest.mark.parametrize(
    "wrong", ["none", "hs256", "jwk", "jku", "kid", "crit", "other_key", "expired", "not_yet", "other_issuer", "more_hours", "another_kind"]
)
def test_what_others_wrote_is_refused(certificate: Certificate, check: Check, wrong: str) -> None:
    payload, own, stranger = said(certificate), own_key(), Ed25519PrivateKey.generate()
    now = int(timezone.now().timestamp())
    public = base64.urlsafe_b64encode(stranger.public_key().public_bytes_raw()).rstrip(b"=").decode()
    bad = {
        "none": lambda: forged(header(alg="none"), payload),
        "hs256": lambda: forged(header(alg="HS256"), payload, own),
        "jwk": lambda: forged(header(jwk={"kty": "OKP", "crv": "Ed25519", "x": public}), payload, stranger),
        "jku": lambda: forged(header(jku="https://elsewhere.example/keys.json"), payload, own),
        "kid": lambda: forged(header(kid="somebody"), payload, stranger),
        "crit": lambda: forged(header(crit=["x"]), payload, own),
        "other_key": lambda: forged(header(), payload, stranger),
        "expired": lambda: forged(header(), payload | {"validUntil": "2026-01-01T00:00:00Z", "exp": now - 5}, own),
        "not_yet": lambda: forged(header(), payload | {"validFrom": "2099-01-01T00:00:00Z", "nbf": now + 9999}, own),
        "other_issuer": lambda: forged(header(), payload | {"iss": "urn:doorstep:other"}, own),
        "more_hours": lambda: forged(
            header(), payload | {"credentialSubject": payload["credentialSubject"] | {"creditsEarned": 99}}, stranger
        ),
        "another_kind": lambda: forged(header(), payload | {"type": ["VerifiableCredential"]}, own),
    }[wrong]()
    assert refused(check(bad))
    assert Client().post(reverse("records:check"), {"token": bad}).status_code == 422


def test_a_list_of_elsewhere_or_another_time_is_refused(certificate: Certificate, check: Check) -> None:
    url = said(certificate)["credentialStatus"]["statusListCredential"]
    for status in (
        certificate.token,
        status_of(certificate)[:-1],
        proving.status_token("https://elsewhere.example/0.jwt", [], timezone.now()),
        proving.status_token(url, [], timezone.now() - timedelta(days=8)),
        proving.status_token(url, [], timezone.now() + timedelta(days=1)),
    ):
        assert refused(check(certificate.token, status))
    assert not proving.is_our_list(certificate.token, timezone.now()) and proving.is_our_list(status_of(certificate), timezone.now())


def test_an_independent_library_accepts_what_we_issue_and_refuses_what_was_changed(certificate: Certificate, cast: Cast) -> None:
    ob3: Any = pytest.importorskip("openbadgeslib.ob3", reason="openbadgeslib is not installed")
    public = own_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    verifier = ob3.OB3Verifier(public)
    found = verifier.verify(certificate.token)
    assert found.name == "志愿服务记录证明" and [row.name for row in found.achievement.result_descriptions] == ["backfilled"]
    verifier.check_status(found, download=lambda url: status_of(certificate).encode())
    for place in range(0, len(certificate.token), 97):
        bad = certificate.token[:place] + ("A" if certificate.token[place] != "A" else "B") + certificate.token[place + 1 :]
        with pytest.raises(ob3.OB3VerificationError):
            verifier.verify(bad)
    revoke_certificate(by=cast.zhou, certificate=certificate, reason="hours_wrong", words="记重了")
    with pytest.raises(ob3.OB3VerificationError, match="is set"):
        verifier.check_status(found, download=lambda url: status_of(certificate).encode())
