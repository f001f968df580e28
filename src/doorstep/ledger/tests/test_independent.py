"""What we sign is accepted, and what is changed refused, by a library that the product does not use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from doorstep.ledger.credential import IN_QUESTION, Named
from doorstep.ledger.status import Published, StatusList

from .certificates import CERTIFICATE, KID, LIST, UNIT
from .notebook import SIGNER

ob3: Any = pytest.importorskip("openbadgeslib.ob3", reason="openbadgeslib is not installed")
PUBLIC = SIGNER.secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
NOW = datetime.now(UTC).replace(microsecond=0)
GIVEN = replace(CERTIFICATE, issued=NOW - timedelta(days=1))
TOKEN = GIVEN.token(SIGNER, KID)


@pytest.mark.parametrize("name", [None, Named("王小明"), Named.hidden("王小明", "0123456789abcdef")], ids=["none", "open", "hidden"])
def test_a_certificate_is_an_open_badge_for_others(name: Named | None) -> None:
    certificate = replace(GIVEN, name=name)
    made, found = certificate.payload(), ob3.OB3Verifier(PUBLIC).verify(certificate.token(SIGNER, KID))
    assert (found.name, found.achievement.name, found.recipient_id) == (made["name"], made["name"], CERTIFICATE.subject)
    assert [row.name for row in found.achievement.result_descriptions] == ["backfilled", "code_pair"]


def test_hours_in_question_are_one_result_more_for_others() -> None:
    found = ob3.OB3Verifier(PUBLIC).verify(replace(GIVEN, doubts={IN_QUESTION: 50}).token(SIGNER, KID))
    assert [row.name for row in found.achievement.result_descriptions] == ["backfilled", "code_pair", "in_question"]


@pytest.mark.parametrize("revoked", [False, True])
def test_a_revocation_is_seen_by_others(revoked: bool) -> None:
    bits = StatusList.empty().with_set([CERTIFICATE.index] if revoked else [CERTIFICATE.index + 1])
    token = Published(LIST, UNIT, bits, NOW - timedelta(hours=1), NOW + timedelta(days=7)).token(SIGNER, KID)
    verifier = ob3.OB3Verifier(PUBLIC)
    credential = verifier.verify(TOKEN)
    if revoked:
        with pytest.raises(ob3.OB3VerificationError, match="is set"):
            verifier.check_status(credential, download=lambda url: token.encode())
    else:
        verifier.check_status(credential, download=lambda url: token.encode())


def test_others_refuse_what_was_changed() -> None:
    for place in range(0, len(TOKEN), 9):
        with pytest.raises(ob3.OB3VerificationError):
            ob3.OB3Verifier(PUBLIC).verify(TOKEN[:place] + ("A" if TOKEN[place] != "A" else "B") + TOKEN[place + 1 :])
