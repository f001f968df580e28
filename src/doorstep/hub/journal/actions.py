"""Writing the journal, the outbox and the one-time keys; always inside the caller's transaction."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from .access import KeyReused
from .models import Claim, Entry, Notice

KEYS_KEPT = timedelta(days=7)


def record(
    *,
    actor_id: UUID | None,
    verb: str,
    subject: models.Model,
    place_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
    confidential_read: bool = False,
) -> Entry:
    """One line for one act."""
    return Entry.objects.create(
        actor_id=actor_id,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        place_id=place_id,
        detail=detail or {},
        confidential_read=confidential_read,
    )


def tell(*, person_id: UUID | None, kind: str, subject: models.Model, numbers: dict[str, Any] | None = None) -> None:
    """Puts a notice into the outbox; a person who is not in the register has nobody to tell."""
    if person_id is not None:
        Notice.objects.create(
            person_id=person_id,
            kind=kind,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            numbers=numbers or {},
        )


@transaction.atomic
def mark_read(*, person_id: UUID, at: datetime | None = None) -> int:
    """All that a person has seen is read."""
    unread = Notice.objects.to_person(person_id).exclude(state=Notice.State.READ)
    return unread.update(state=Notice.State.READ, read_at=at or timezone.now())


def claim(*, key: str, body: bytes) -> str | None:
    """Claims a form's key before the act: None if it is new, else where the first act led.

    Must run in the transaction of the act: if the act fails, the key is free again.
    """
    fingerprint = sha256(body).hexdigest()
    _, is_new = Claim.objects.get_or_create(key=key, defaults={"fingerprint": fingerprint})
    if is_new:
        return None
    stored = Claim.objects.get(key=key)
    if stored.fingerprint != fingerprint:
        raise KeyReused
    return stored.answer


def answer(*, key: str, url: str) -> None:
    """Remembers where the act behind the key led."""
    Claim.objects.filter(key=key).update(answer=url[:500])


@transaction.atomic
def forget_old_keys(*, now: datetime | None = None) -> int:
    """Drops keys older than a week; a form that old is stale for other reasons."""
    deleted, _ = Claim.objects.filter(at__lt=(now or timezone.now()) - KEYS_KEPT).delete()
    return deleted
