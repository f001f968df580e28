"""Which certificates were revoked: the W3C Bitstring Status List 1.0, a list of bits that says nothing about whom they concern."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .canonical import NotCanonical, base64_bytes, base64_text
from .entry import moment, stamp
from .head import Signer
from .jws import BadToken, IssuerKey, opened, signed

#: At least 16 KB, so that a bit hides among many (Bitstring Status List §2.2, §3.2).
LEAST_BITS = 131_072
MOST_BITS = 1 << 27
CONTEXT = "https://www.w3.org/ns/credentials/v2"
REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class StatusList:
    """Bits from left to right: index 0 is the highest bit of the first byte. Raises ValueError for too few."""

    data: bytes

    def __post_init__(self) -> None:
        if not LEAST_BITS <= len(self.data) * 8 <= MOST_BITS:
            raise ValueError("a status list has 131072 bits at least")

    @classmethod
    def empty(cls, bits: int = LEAST_BITS) -> "StatusList":
        return cls(bytes(-(-bits // 8)))

    def __len__(self) -> int:
        return len(self.data) * 8

    def __getitem__(self, index: int) -> bool:
        """Raises IndexError outside the list, where nothing is known."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        return bool(self.data[index >> 3] >> (7 - (index & 7)) & 1)

    def with_set(self, indexes: Iterable[int]) -> "StatusList":
        """The list with these bits set as well; nothing takes a revocation back. Raises IndexError."""
        data = bytearray(self.data)
        for index in indexes:
            if not 0 <= index < len(self):
                raise IndexError(index)
            data[index >> 3] |= 128 >> (index & 7)
        return StatusList(bytes(data))

    def encoded(self) -> str:
        """Multibase (u) base64url of the GZIP of the bits (§3.3); equal bits give equal text."""
        squeeze = zlib.compressobj(6, zlib.DEFLATED, 31)
        return "u" + base64_text(squeeze.compress(self.data) + squeeze.flush(), url=True)

    @classmethod
    def decoded(cls, text: str) -> "StatusList":
        """The reverse (§3.4), never unpacking more than 16 MB. Raises ValueError."""
        if not text.startswith("u"):
            raise ValueError("multibase")
        try:
            unpack = zlib.decompressobj(31)
            data = unpack.decompress(base64_bytes(text[1:], url=True), MOST_BITS // 8 + 1)
        except (NotCanonical, zlib.error) as fault:
            raise ValueError("encoding") from fault
        if not unpack.eof or unpack.unused_data:
            raise ValueError("encoding")
        return cls(data)


@dataclass(frozen=True, slots=True)
class Published:
    """A status list as its issuer published it. id: the address that certificates name · until: when it is stale."""

    id: str
    issuer: str
    bits: StatusList
    since: datetime
    until: datetime

    def token(self, signer: Signer, kid: str) -> str:
        """The signed BitstringStatusListCredential (§2.2)."""
        return signed(self._payload(), signer, kid)

    def _payload(self) -> dict[str, Any]:
        return {
            "@context": [CONTEXT],
            "id": self.id,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.issuer,
            "validFrom": stamp(self.since),
            "validUntil": stamp(self.until),
            "credentialSubject": {
                "id": f"{self.id}#list",
                "type": "BitstringStatusList",
                "statusPurpose": REVOCATION,
                "encodedList": self.bits.encoded(),
            },
            "iss": self.issuer,
            "jti": self.id,
            "nbf": int(self.since.timestamp()),
            "exp": int(self.until.timestamp()),
        }


def read_list(token: str, keys: Iterable[IssuerKey], now: datetime) -> Published:
    """A published list, checked: signature, issuer, type, purpose, days. Raises BadToken, `stale` for one past its time."""
    found, key = opened(token, keys)
    try:
        since, until = moment(found["validFrom"]), moment(found["validUntil"])
        subject = found["credentialSubject"]
        list_ = Published(found["id"], found["issuer"], StatusList.decoded(subject["encodedList"]), since, until)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BadToken("list") from fault
    if found != list_._payload() | {"credentialSubject": {**list_._payload()["credentialSubject"], "encodedList": subject["encodedList"]}}:
        raise BadToken("list")
    if list_.issuer != key.issuer:
        raise BadToken("issuer")
    if now < since:
        raise BadToken("not_yet")
    if now >= until:
        raise BadToken("stale")
    return list_
