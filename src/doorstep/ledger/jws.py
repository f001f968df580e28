"""Compact JSON web signatures with Ed25519 (RFC 7515, RFC 8037, RFC 9864): one algorithm, our own keys, one spelling."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .canonical import NotCanonical, base64_bytes, base64_text
from .head import Key, Signer

MOST_BYTES = 4_000_000
#: EdDSA is what verifiers know (RFC 8037); RFC 9864 names the same signature Ed25519. We write the first and read both.
WRITTEN = "EdDSA"
ALGORITHMS = {"EdDSA", "Ed25519"}
#: Open Badges 3.0 §8.2.3 wants JWT where a type stands; W3C VC-JOSE-COSE writes vc+jwt.
TYPES = {"JWT", "vc+jwt"}


class BadToken(ValueError):
    """A token is not ours or not what it should be; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A public key of one issuer. kid: how tokens name it · issuer: the only one it speaks for · since, until: days of signing."""

    kid: str
    issuer: str
    public: bytes
    since: date | None = None
    until: date | None = None

    def as_jwk(self) -> dict[str, str]:
        """The public key to publish (RFC 8037 §2)."""
        return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": WRITTEN, "kid": self.kid, "x": base64_text(self.public, url=True)}


def key_set(keys: Iterable[IssuerKey]) -> dict[str, Any]:
    """All public keys as a JWK set (RFC 7517 §5), each with its issuer and days for whoever checks offline."""
    made = []
    for key in keys:
        days = {"since": key.since, "until": key.until}
        made.append(key.as_jwk() | {"iss": key.issuer} | {name: day.isoformat() for name, day in days.items() if day is not None})
    return {"keys": made}


def signed(payload: Mapping[str, Any], signer: Signer, kid: str) -> str:
    """The compact token of a payload (RFC 7515 §3.1). Raises ValueError for what is no JSON."""
    header = {"alg": WRITTEN, "kid": kid, "typ": "JWT"}
    message = ".".join(base64_text(_json(part), url=True) for part in (header, payload))
    return f"{message}.{base64_text(signer.secret.sign(message.encode()), url=True)}"


def opened(token: str, keys: Iterable[IssuerKey]) -> tuple[dict[str, Any], IssuerKey]:
    """The payload and the key that vouches for it. Raises BadToken: form, header, algorithm, key, signature.

    The key comes from `keys` alone. A header that brings one along (jwk, jku, x5c) or asks for anything else (crit) is refused.
    """
    parts = token.split(".")
    if len(token) > MOST_BYTES or len(parts) != 3:
        raise BadToken("form")
    header, payload = _object(parts[0]), parts[1]
    if header.keys() != {"alg", "kid", "typ"} or header["typ"] not in TYPES:
        raise BadToken("header")
    if header["alg"] not in ALGORITHMS:
        raise BadToken("algorithm")
    key = next((key for key in keys if key.kid == header["kid"]), None)
    if key is None:
        raise BadToken("key")
    try:
        signature = base64_bytes(parts[2], url=True)
    except NotCanonical as fault:
        raise BadToken("form") from fault
    if not Key(key.kid, key.public).vouches(f"{parts[0]}.{payload}".encode("utf-8", "replace"), signature):
        raise BadToken("signature")
    return _object(payload), key


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64_bytes(part, url=True), object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()  # half a letter is none
    except (ValueError, RecursionError) as fault:
        raise BadToken("form") from fault
    if not isinstance(found, dict):
        raise BadToken("form")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two of one key would let two readers see two things (RFC 7519 §4)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(word)
