"""The certificate as an Open Badges 3.0 / Verifiable Credentials 2.0 credential in a signed JSON web token."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .entry import Grade, moment, stamp
from .head import Signer
from .jws import BadToken, IssuerKey, opened, signed
from .status import CONTEXT, REVOCATION, Published

CONTEXTS = [CONTEXT, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
TITLE = "志愿服务记录证明"
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
HASHED = "sha256$"
NARRATIVE = "Hours of volunteer service, by how each is known (grade of evidence)."
#: What was not settled on the day of issue, in the order in which it stands: somebody should look into these hours, their owner disagrees.
IN_QUESTION, DISPUTED = "in_question", "disputed"
DOUBTS = (DISPUTED, IN_QUESTION)


@dataclass(frozen=True, slots=True)
class Named:
    """The holder's name on the certificate: open, or as a hash that a name told by the holder can be held against.

    A hash with its salt beside it keeps a name from being read, not from being guessed.
    """

    text: str
    salt: str = ""
    hashed: bool = False

    @classmethod
    def hidden(cls, name: str, salt: str) -> "Named":
        """salt: fresh random text, at least 16 letters. Raises ValueError."""
        if len(salt) < 16:
            raise ValueError("a salt has 16 letters at least")
        return cls(HASHED + hashlib.sha256((name + salt).encode()).hexdigest(), salt, True)

    def is_name(self, told: str) -> bool:
        return hmac.compare_digest((Named.hidden(told, self.salt).text if self.hashed else told).encode(), self.text.encode())


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of one recording unit.

    id, issuer, subject: URIs, the last with the holder's pseudonym · number: as printed · unit: the recording unit's name ·
    start, end: days of service, inclusive · tenths: tenths of hours by grade of evidence · list_url, index: its bit in the status list ·
    head: the signed head of the log in which the hours stand, as text · doubts: tenths among these hours that were not settled at issue.

    There is no audience: it is for whoever it is shown to, and bound to its holder by the hashed name (docs/decisions/0009).
    """

    id: str
    number: str
    issuer: str
    unit: str
    subject: str
    issued: datetime
    start: date
    end: date
    tenths: Mapping[Grade, int]
    list_url: str
    index: int
    head: str = ""
    name: Named | None = None
    expires: datetime | None = None
    doubts: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.doubts.keys() <= set(DOUBTS) or any(not 0 < count <= self.whole for count in self.doubts.values()):
            raise ValueError("doubts without sense")
        if any(count < 0 for count in self.tenths.values()) or self.index < 0 or self.start > self.end:
            raise ValueError("a certificate without sense")

    @property
    def whole(self) -> int:
        """Tenths of an hour altogether."""
        return sum(self.tenths.values())

    def token(self, signer: Signer, kid: str) -> str:
        """The signed token (Open Badges 3.0 §8.2, compact JWS)."""
        return signed(self.payload(), signer, kid)

    def payload(self) -> dict[str, Any]:
        """The credential with the registered claims beside it (Open Badges 3.0 §8.2.4.1; VC-JOSE-COSE §3.1.1)."""
        made: dict[str, Any] = {
            "@context": CONTEXTS,
            "id": self.id,
            "type": TYPES,
            "name": TITLE,
            "issuer": {"id": self.issuer, "type": ["Profile"], "name": self.unit},
            "validFrom": stamp(self.issued),
            "credentialSubject": self._subject(),
            "credentialStatus": {
                "id": f"{self.list_url}#{self.index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": REVOCATION,
                "statusListIndex": str(self.index),
                "statusListCredential": self.list_url,
            },
            "iss": self.issuer,
            "jti": self.id,
            "sub": self.subject,
            "nbf": int(self.issued.timestamp()),
        }
        if self.head:
            made["evidence"] = [{"id": f"{self.id}#log", "type": ["Evidence"], "name": "signed head of the log", "narrative": self.head}]
        if self.expires is not None:
            made |= {"validUntil": stamp(self.expires), "exp": int(self.expires.timestamp())}
        return made

    def _subject(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": self.subject,
            "type": ["AchievementSubject"],
            "licenseNumber": self.number,
            "activityStartDate": f"{self.start.isoformat()}T00:00:00+08:00",
            "activityEndDate": f"{self.end.isoformat()}T23:59:59+08:00",
            "creditsEarned": self.whole / 10,
            "achievement": self._achievement(),
            "result": [
                {"type": ["Result"], "resultDescription": f"{self.id}#{grade}", "value": f"{count / 10:.1f}"}
                for grade, count in (*sorted(self.tenths.items()), *sorted(self.doubts.items()))
            ],
        }
        if self.name is not None:
            made["identifier"] = [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "hashed": self.name.hashed,
                    "identityHash": self.name.text,
                    "salt": self.name.salt or "not-used",
                }
            ]
        return made

    def _achievement(self) -> dict[str, Any]:
        return {
            "id": f"{self.id}#achievement",
            "type": ["Achievement"],
            "achievementType": "CommunityService",
            "name": TITLE,
            "description": f"{self.unit} {self.start.isoformat()} – {self.end.isoformat()}",
            "criteria": {"narrative": NARRATIVE},
            "resultDescription": [
                {"id": f"{self.id}#{grade}", "type": ["ResultDescription"], "name": str(grade), "resultType": "RawScore"}
                for grade in (*sorted(self.tenths), *sorted(self.doubts))
            ],
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """A genuine certificate. revoked: None where no status list was at hand; `as_of`: the day on which the list spoke."""

    certificate: Certificate
    revoked: bool | None
    as_of: datetime | None = None


def read(token: str, keys: Iterable[IssuerKey], now: datetime, status: Published | None = None) -> Checked:
    """A certificate from its token, once everything holds: signature by a key of the issuer within its days, types, claims equal to
    what they repeat, validity. status: the list that `read_list` has checked. Raises BadToken; a revoked one is no error.
    """
    found, key = opened(token, keys)
    try:
        certificate = _certificate(found)
        same = certificate.payload() == found
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        raise BadToken("certificate") from fault
    if not same:
        raise BadToken("certificate")
    if certificate.issuer != key.issuer:
        raise BadToken("issuer")
    day = certificate.issued.date()
    if (key.since is not None and day < key.since) or (key.until is not None and day > key.until):
        raise BadToken("key_day")
    if now < certificate.issued:
        raise BadToken("not_yet")
    if certificate.expires is not None and now >= certificate.expires:
        raise BadToken("expired")
    if status is None:
        return Checked(certificate, None)
    return Checked(certificate, _revoked(certificate, status), status.since)


def _revoked(certificate: Certificate, status: Published) -> bool:
    if (status.id, status.issuer) != (certificate.list_url, certificate.issuer) or certificate.index >= len(status.bits):
        raise BadToken("other_list")
    return status.bits[certificate.index]


def _certificate(found: Mapping[str, Any]) -> Certificate:
    """What a payload says; whatever it says besides makes its payload differ, which `read` refuses."""
    subject, status = found["credentialSubject"], found["credentialStatus"]
    names = subject.get("identifier", [])
    name = Named(names[0]["identityHash"], names[0]["salt"] if names[0]["hashed"] else "", names[0]["hashed"]) if names else None
    results = {row["resultDescription"].rpartition("#")[2]: round(float(row["value"]) * 10) for row in subject["result"]}
    doubts = {name: results.pop(name) for name in DOUBTS if name in results}
    return Certificate(
        id=found["id"],
        number=subject["licenseNumber"],
        issuer=found["issuer"]["id"],
        unit=found["issuer"]["name"],
        subject=subject["id"],
        issued=moment(found["validFrom"]),
        start=date.fromisoformat(subject["activityStartDate"][:10]),
        end=date.fromisoformat(subject["activityEndDate"][:10]),
        tenths={Grade(grade): count for grade, count in results.items()},
        doubts=doubts,
        list_url=status["statusListCredential"],
        index=int(status["statusListIndex"]),
        head=found["evidence"][0]["narrative"] if "evidence" in found else "",
        name=name,
        expires=moment(found["validUntil"]) if "validUntil" in found else None,
    )
