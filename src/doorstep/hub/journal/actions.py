"""Writing the journal, the outbox and the one-time keys; always inside the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
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
def mark_read(*, person_id: UUID, kinds: Sequence[str] | None = None, at: datetime | None = None) -> int:
    """All that a person has seen is read; with `kinds`, what a page showed of these kinds."""
    unread = Notice.objects.to_person(person_id).exclude(state=Notice.State.READ)
    if kinds is not None:
        unread = unread.filter(kind__in=list(kinds))
    return unread.update(state=Notice.State.READ, read_at=at or timezone.now())


@transaction.atomic
def forget_notices(
    *, person_id: UUID | None = None, titles: Mapping[str, str] | None = None, about: Mapping[UUID, str] | None = None
) -> None:  # fmt: skip
    """Drops what a person was told; in notices to others, titles that named somebody become others: wherever they stand, or in what is
    `about` one thing. The caller leaves the journal line."""
    if person_id is not None:
        Notice.objects.to_person(person_id).delete()
    for old, new in (titles or {}).items():
        for notice in Notice.objects.filter(numbers__title=old):
            _retitle(notice, new)
    for subject, new in (about or {}).items():
        for notice in Notice.objects.filter(subject_id=str(subject), numbers__has_key="title"):
            _retitle(notice, new)


def _retitle(notice: Notice, title: str) -> None:
    notice.numbers = {**notice.numbers, "title": title}
    notice.save(update_fields=["numbers"])


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


def claimed(key: str) -> bool:
    """Whether an act has been done behind the key."""
    return Claim.objects.filter(key=key).exists()


def answer(*, key: str, url: str) -> None:
    """Remembers where the act behind the key led."""
    Claim.objects.filter(key=key).update(answer=url[:500])


@transaction.atomic
def forget_old_keys(*, now: datetime | None = None) -> int:
    """Drops keys older than a week; a form that old is stale for other reasons."""
    deleted, _ = Claim.objects.filter(at__lt=(now or timezone.now()) - KEYS_KEPT).delete()
    return deleted


def write_rows(*, model: type[models.Model], rows: Sequence[Any], codes: Mapping[str, Mapping[Any, Any]] | None = None) -> int:
    """Inserts many named tuples whose names are the model's columns; a column that they leave out gets its default.

    Several times faster than building a model object a row; checks and keys of the database hold as always. `codes`
    turns words into keys, column by column. Runs in the caller's transaction, which leaves the journal line.
    """
    if not rows:
        return 0
    # Not the proxy: it is looked up anew at each use, two million times here.
    connection = connections[DEFAULT_DB_ALIAS]
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    given = [by_name[name] for name in rows[0]._fields]
    rest = [field for field in by_name.values() if field not in given and not isinstance(field, models.AutoField)]
    constants = tuple(field.get_db_prep_save(_default(field), connection) for field in rest)
    steps = [_step(field, (codes or {}).get(field.attname), connection) for field in given]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in (*given, *rest))
    marks = ", ".join(["%s"] * (len(given) + len(rest)))
    sql = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    ready = [(*(step(value) if step else value for step, value in zip(steps, row, strict=True)), *constants) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, ready)
    return len(rows)


def _default(field: Any) -> object:
    return timezone.now() if getattr(field, "auto_now_add", False) else field.get_default()


def _step(field: Any, words: Mapping[Any, Any] | None, connection: Any) -> Callable[[Any], Any] | None:
    """How a value of that column becomes what the database takes; None if it is taken as it is."""
    if words is not None:
        keys = {word: field.get_db_prep_save(key, connection) for word, key in words.items()}
        return lambda word: keys[word] if word else None
    kind = field.target_field if field.is_relation else field
    if isinstance(kind, (models.CharField, models.TextField, models.IntegerField, models.FloatField, models.BooleanField)):
        return None
    if isinstance(kind, models.UUIDField) and not connection.features.has_native_uuid_field:
        return lambda value: value.hex if value else None
    return lambda value: field.get_db_prep_save(value, connection)
