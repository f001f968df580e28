"""Whether a stored certificate says what was signed and what the ledger says of it: the row alone is taken at its word by nobody."""

from datetime import datetime

from .. import proving
from ..models import Certificate


def is_as_signed(certificate: Certificate, now: datetime) -> bool:
    """The token opens with a key of ours, the row repeats it, and the ledger knows its issue and whether it was taken back."""
    try:
        # A clock that was set back since must not call our own signature forged: whoever writes the row gains nothing by a later day.
        said = proving.opened_token(certificate.token, max(now, certificate.issued_at)).certificate
    except proving.BadToken:
        return False
    service = {str(grade): tenths for grade, tenths in said.tenths.items()}
    if (said.id, said.number, said.whole, said.start, said.end, service) != (
        f"urn:uuid:{certificate.pk}", certificate.number, certificate.tenths, certificate.start, certificate.end, certificate.snapshot["service"],
    ):  # fmt: skip
        return False
    return _in_the_ledger(certificate, said.subject.rpartition(":")[2])


def _in_the_ledger(certificate: Certificate, subject: str) -> bool:
    """Issued as this very token, in this unit; taken back there if and only if it is here."""
    try:
        entries = proving.entries_of(subject, certificate.unit_id)
    except ValueError:
        return False
    issue = next((one for one in entries if one.n == certificate.entry and one.kind == proving.Kind.CERTIFICATE_ISSUED), None)
    if issue is None or issue.document != proving.paper_digest(certificate.token):
        return False
    revoked = any(one.kind == proving.Kind.CERTIFICATE_REVOKED and one.corrects == issue.n for one in entries)
    return revoked == (certificate.state == Certificate.State.REVOKED)
