"""A certificate is read exactly as it was signed, by its issuer's keys alone, and not one letter of it can be changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.ledger.canonical import base64_bytes, base64_text
from doorstep.ledger.credential import DISPUTED, IN_QUESTION, TITLE, Certificate, Named, read
from doorstep.ledger.entry import Grade
from doorstep.ledger.jws import BadToken, IssuerKey, key_set, opened, signed
from doorstep.ledger.status import read_list

from .certificates import CERTIFICATE, ISSUED, KID, NOW, OURS, TOKEN, UNIT, escaped, published
from .notebook import KEY, LATER_SIGNER, ODD, SIGNER


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(BadToken) as refused:
        act()
    return refused.value.code


def signed_anew(change: dict[str, Any]) -> str:
    return signed({**CERTIFICATE.payload(), **change}, SIGNER, KID)


@pytest.mark.parametrize(
    "certificate",
    [
        CERTIFICATE, replace(CERTIFICATE, name=Named("王小明")), replace(CERTIFICATE, name=Named.hidden("王小明", "0123456789abcdef")), replace(CERTIFICATE, head="a\nb\n"),
        replace(CERTIFICATE, expires=NOW + timedelta(days=1)), replace(CERTIFICATE, tenths={}), replace(CERTIFICATE, tenths=dict.fromkeys(Grade, 1)),
    ],
)  # fmt: skip
def test_a_certificate_comes_back(certificate: Certificate) -> None:
    checked = read(certificate.token(SIGNER, KID), [OURS], NOW)
    assert (checked.certificate, checked.revoked) == (certificate, None)


def test_it_is_an_open_badge_with_the_claims_beside_it() -> None:
    payload, _ = opened(TOKEN, [OURS])
    assert payload["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert payload["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert (payload["iss"], payload["jti"], payload["sub"]) == (payload["issuer"]["id"], payload["id"], payload["credentialSubject"]["id"])
    assert datetime.fromtimestamp(payload["nbf"], UTC) == ISSUED and payload["validFrom"] == "2026-11-25T01:30:00Z"
    assert payload["credentialSubject"]["achievement"]["name"] == TITLE and payload["credentialSubject"]["creditsEarned"] == 130.5
    assert json.loads(base64_bytes(TOKEN.split(".")[0], url=True)) == {"alg": "EdDSA", "kid": KID, "typ": "JWT"}


def test_the_grade_of_evidence_stands_on_it() -> None:
    results = CERTIFICATE.payload()["credentialSubject"]["result"]
    assert {row["resultDescription"].rpartition("#")[2]: row["value"] for row in results} == {"code_pair": "125.5", "backfilled": "5.0"}
    assert CERTIFICATE.whole == 1305


def test_what_was_not_settled_stands_beside_the_grades_and_comes_back() -> None:
    doubted = replace(CERTIFICATE, doubts={IN_QUESTION: 50, DISPUTED: 3})
    found = read(doubted.token(SIGNER, KID), [OURS], NOW).certificate
    assert found == doubted and found.whole == CERTIFICATE.whole and found.tenths == CERTIFICATE.tenths
    for wrong in ({"other": 1}, {IN_QUESTION: 0}, {DISPUTED: CERTIFICATE.whole + 1}):
        with pytest.raises(ValueError, match="sense"):
            replace(CERTIFICATE, doubts=wrong)


def test_it_is_for_whoever_it_is_shown_to_and_one_with_an_audience_is_none_of_ours() -> None:
    assert "aud" not in CERTIFICATE.payload()
    with pytest.raises(BadToken):
        read(signed(CERTIFICATE.payload() | {"aud": "somebody"}, SIGNER, KID), [OURS], NOW)


def test_nobody_is_named_unless_the_holder_wants_it() -> None:
    hidden = Named.hidden("王小明", "0123456789abcdef")
    assert "王小明" not in json.dumps(replace(CERTIFICATE, name=hidden).payload(), ensure_ascii=False)
    assert hidden.is_name("王小明") and not hidden.is_name("王小敏")
    assert Named("王小明").is_name("王小明") and not Named("王小明").is_name("")
    with pytest.raises(ValueError, match="salt"):
        Named.hidden("王小明", "")


def test_no_letter_can_be_changed() -> None:
    for place, letter in enumerate(TOKEN):
        for other in ("A" if letter != "A" else "B", ".", "\n", "=", chr(ord(letter) ^ 1)):
            bad = TOKEN[:place] + other + TOKEN[place + 1 :]
            assert other == letter or refusal(lambda bad=bad: read(bad, [OURS], NOW))  # type: ignore[misc]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(place=st.integers(0, len(TOKEN)), text=st.text(max_size=3), length=st.integers(0, 3))
def test_nothing_can_be_put_in_or_taken_out(place: int, text: str, length: int) -> None:
    bad = TOKEN[:place] + text + TOKEN[place + length :]
    if bad != TOKEN:
        assert refusal(lambda: read(bad, [OURS], NOW))


def test_the_idle_bits_of_the_last_letter_are_no_second_spelling() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same = letters[letters.index(TOKEN[-1]) ^ 1]
    assert refusal(lambda: read(TOKEN[:-1] + same, [OURS], NOW)) == "form"


def with_header(**values: Any) -> str:
    """The same payload, signed by our own key under another header."""
    header = {name: value for name, value in {"alg": "EdDSA", "kid": KID, "typ": "JWT", **values}.items() if value is not None}
    message = base64_text(json.dumps(header).encode(), url=True) + "." + TOKEN.split(".")[1]
    return f"{message}.{base64_text(SIGNER.secret.sign(message.encode()), url=True)}"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none"}, "algorithm"), ({"alg": "HS256"}, "algorithm"), ({"alg": "eddsa"}, "algorithm"), ({"alg": None}, "header"), ({"kid": None}, "header"),
        ({"jwk": OURS.as_jwk()}, "header"), ({"jku": "https://evil.example"}, "header"), ({"x5c": []}, "header"), ({"crit": ["exp"]}, "header"),
        ({"kid": "https://evil.example/keys/1"}, "key"), ({"kid": 1}, "key"), ({"typ": "at+jwt"}, "header"), ({"typ": None}, "header"),
    ],
)  # fmt: skip
def test_a_header_that_asks_for_something_else_is_refused(header: dict[str, Any], code: str) -> None:
    assert refusal(lambda: read(with_header(**header), [OURS], NOW)) == code


def test_both_names_of_the_algorithm_and_both_types_are_read() -> None:
    for header in ({"alg": "Ed25519"}, {"typ": "vc+jwt"}):
        assert read(with_header(**header), [OURS], NOW).certificate == CERTIFICATE


def test_no_signature_and_a_strangers_signature_are_refused() -> None:
    body = TOKEN.rpartition(".")[0]
    assert refusal(lambda: read(body + ".", [OURS], NOW)) == "signature"
    assert refusal(lambda: read(CERTIFICATE.token(LATER_SIGNER, KID), [OURS], NOW)) == "signature"
    assert refusal(lambda: read(TOKEN, [], NOW)) == "key"


def test_a_key_speaks_for_its_issuer_and_in_its_days_only() -> None:
    assert refusal(lambda: read(TOKEN, [replace(OURS, issuer="https://doorstep.example/units/2")], NOW)) == "issuer"
    for days in ({"since": date(2026, 11, 26)}, {"until": date(2026, 11, 24)}):
        assert refusal(lambda days=days: read(TOKEN, [replace(OURS, **days)], NOW)) == "key_day"  # type: ignore[misc]


def test_after_a_change_of_keys_old_certificates_still_hold() -> None:
    newer = IssuerKey("https://doorstep.example/keys/2", UNIT, LATER_SIGNER.key().public, date(2027, 1, 1))
    later = replace(CERTIFICATE, issued=datetime(2027, 1, 5, tzinfo=UTC))
    after = datetime(2027, 2, 1, tzinfo=UTC)
    assert read(TOKEN, [newer, OURS], after).certificate == CERTIFICATE
    assert read(later.token(LATER_SIGNER, newer.kid), [newer, OURS], after).certificate == later
    assert refusal(lambda: read(later.token(SIGNER, KID), [newer, OURS], after)) == "key_day"


def test_it_holds_from_its_issue_to_its_end() -> None:
    ending = replace(CERTIFICATE, expires=NOW)
    assert refusal(lambda: read(TOKEN, [OURS], ISSUED - timedelta(seconds=1))) == "not_yet"
    assert read(ending.token(SIGNER, KID), [OURS], NOW - timedelta(seconds=1)).certificate == ending
    assert refusal(lambda: read(ending.token(SIGNER, KID), [OURS], NOW)) == "expired"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://doorstep.example/units/2"}, {"jti": "x"}, {"sub": "x"}, {"nbf": 0}, {"nbf": 1.5}, {"exp": 99}, {"aud": "x"}, {"vc": {}}, {"type": ["VerifiableCredential"]},
        {"validFrom": "2026-11-25T01:30:01Z"}, {"validUntil": "2027-11-25T01:30:00Z"}, {"issuer": UNIT}, {"credentialStatus": {}}, {"credentialSubject": []}, {"evidence": []},
        {"evidence": "x"}, {"credentialSubject": {**CERTIFICATE.payload()["credentialSubject"], "creditsEarned": 999}}, {"name": "x"}, {"id": None}, {"evidence": [{}]},
    ],
)  # fmt: skip
def test_a_payload_that_contradicts_itself_is_refused_even_signed(change: dict[str, Any]) -> None:
    assert refusal(lambda: read(signed_anew(change), [OURS], NOW)) == "certificate"


@pytest.mark.parametrize("payload", [b'{"a":1,"a":2}', b"[]", b"1", b"", b"\xff", b'{"a":NaN}', b"[" * 5000])
def test_a_payload_that_two_readers_would_read_differently_is_refused(payload: bytes) -> None:
    message = TOKEN.split(".")[0] + "." + base64_text(payload, url=True)
    token = f"{message}.{base64_text(SIGNER.secret.sign(message.encode()), url=True)}"
    assert refusal(lambda: read(token, [OURS], NOW)) == "form"


def test_a_revoked_certificate_is_genuine_and_revoked() -> None:
    for revoked in (False, True):
        list_ = read_list(published(*[94567] * revoked).token(SIGNER, KID), [OURS], NOW)
        checked = read(TOKEN, [OURS], NOW, list_)
        assert (checked.revoked, checked.as_of) == (revoked, ISSUED)
    neighbours = read_list(published(94566, 94568).token(SIGNER, KID), [OURS], NOW)
    assert read(TOKEN, [OURS], NOW, neighbours).revoked is False


def test_a_list_of_somebody_else_says_nothing() -> None:
    for list_ in (published(id="https://doorstep.example/status/2"), published(issuer="https://doorstep.example/units/2")):
        assert refusal(lambda list_=list_: read(TOKEN, [OURS], NOW, list_)) == "other_list"  # type: ignore[misc]
    far = replace(CERTIFICATE, index=10**6)
    assert refusal(lambda: read(far.token(SIGNER, KID), [OURS], NOW, published())) == "other_list"


def test_a_list_is_no_certificate_and_a_certificate_is_no_list() -> None:
    assert refusal(lambda: read(published().token(SIGNER, KID), [OURS], NOW)) == "certificate"
    assert refusal(lambda: read_list(TOKEN, [OURS], NOW)) == "list"


def test_published_keys_hold_nothing_secret() -> None:
    keys = key_set([OURS])["keys"]
    assert base64_bytes(keys[0]["x"], url=True) == KEY.public and keys[0]["kid"] == KID
    assert keys[0].keys() == {"kty", "crv", "use", "alg", "kid", "x", "iss", "since", "until"}
    assert base64_text(SIGNER.secret.private_bytes_raw(), url=True) not in json.dumps(keys)


def test_a_certificate_without_sense_is_not_made() -> None:
    for wrong in ({"tenths": {Grade.LEADER: -1}}, {"index": -1}, {"end": date(2025, 1, 1)}):
        with pytest.raises(ValueError, match="sense"):
            replace(CERTIFICATE, **wrong)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a payload."""
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*way, key))


def with_odd(payload: Any, way: tuple[Any, ...], odd: Any) -> Any:
    if not way:
        return odd
    made = payload.copy()
    made[way[0]] = with_odd(payload[way[0]], way[1:], odd)
    return made


FULL_PAYLOAD = replace(CERTIFICATE, name=Named.hidden("王", "0123456789abcdef"), head="a\n", expires=NOW + timedelta(days=1)).payload()


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_signed_payload_is_read_or_refused(odd: Any) -> None:
    for way in places(FULL_PAYLOAD):
        payload = with_odd(FULL_PAYLOAD, way, odd)
        with suppress(BadToken):
            assert read(escaped(payload), [OURS], NOW).certificate.payload() == payload, way


def test_another_spelling_under_our_signature_is_read() -> None:
    assert read(escaped(CERTIFICATE.payload()), [OURS], NOW).certificate == CERTIFICATE
    with pytest.raises(ValueError, match="surrogates"):
        replace(CERTIFICATE, unit="\ud800").token(SIGNER, KID)
