"""One certificate of one unit, with its key and its status list."""

import json
from datetime import UTC, date, datetime, timedelta

from doorstep.ledger.canonical import base64_text
from doorstep.ledger.credential import Certificate
from doorstep.ledger.entry import Grade
from doorstep.ledger.jws import IssuerKey
from doorstep.ledger.status import Published, StatusList

from .notebook import KEY, SIGNER, WANG

UNIT = "https://doorstep.example/units/1"
KID = "https://doorstep.example/keys/1"
OURS = IssuerKey(KID, UNIT, KEY.public, date(2026, 1, 1), date(2026, 12, 31))
ISSUED = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
NOW = ISSUED + timedelta(days=3)
LIST = "https://doorstep.example/status/1"
CERTIFICATE = Certificate(
    id="https://doorstep.example/certificates/0192", number="2026-000192", issuer=UNIT, unit="阳光社区居民委员会", subject=f"urn:doorstep:pseudonym:{WANG}",
    issued=ISSUED, start=date(2026, 1, 1), end=date(2026, 11, 20), tenths={Grade.CODE_PAIR: 1255, Grade.BACKFILLED: 50}, list_url=LIST, index=94567,
)  # fmt: skip
TOKEN = CERTIFICATE.token(SIGNER, KID)


def published(*revoked: int, id: str = LIST, issuer: str = UNIT) -> Published:
    return Published(id, issuer, StatusList.empty().with_set(revoked), ISSUED, ISSUED + timedelta(days=7))


def escaped(payload: object) -> str:
    """Our signature over JSON that others would write: in ASCII, with blanks; also over what we would never write."""
    parts = ({"alg": "EdDSA", "kid": KID, "typ": "JWT"}, payload)
    message = ".".join(base64_text(json.dumps(part).encode(), url=True) for part in parts)
    return f"{message}.{base64_text(SIGNER.secret.sign(message.encode()), url=True)}"
