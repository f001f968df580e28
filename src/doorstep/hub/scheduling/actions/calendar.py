"""The secret address of a volunteer's calendar: made, replaced by a new one, taken back."""

from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.utils import timezone

from doorstep.hub.journal.actions import record
from doorstep.hub.people.models import Person

from ..models import CalendarKey

SECRET_BYTES = 32


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def new_address(*, by: Person, now: datetime | None = None) -> str:
    """A fresh secret, told this once; the one before it opens nothing any more."""
    secret = token_urlsafe(SECRET_BYTES)
    key, _created = CalendarKey.objects.update_or_create(
        person=by, defaults={"digest": digest_of(secret), "made_at": now or timezone.now()}
    )
    record(actor_id=by.pk, verb="new_calendar_address", subject=key)
    return secret


@transaction.atomic
def revoke_address(*, by: Person) -> None:
    """Nobody reads the calendar from outside any more."""
    key = CalendarKey.objects.filter(person=by).first()
    if key is not None:
        record(actor_id=by.pk, verb="revoke_calendar_address", subject=key)
        key.delete()
