"""The journal of what happened, the outbox of notices, and the keys that make a second tap harmless."""

from uuid import UUID, uuid4

from django.db import models


class Identified(models.Model):
    """Has a public id that tells nothing and cannot be guessed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    class Meta:
        abstract = True


class Entry(models.Model):
    """One line of the journal; people are named by id only, so that a person can be forgotten without breaking it."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.UUIDField(null=True, db_index=True)
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=36, db_index=True)
    place_id = models.UUIDField(null=True)
    confidential_read = models.BooleanField(default=False)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        # What was done last of its kind is asked for each minute, and by every reader of the public ledger.
        indexes = [models.Index(fields=["verb", "id"])]


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> "NoticeQuerySet":
        return self.filter(state=Notice.State.WAITING)

    def to_person(self, person_id: UUID) -> "NoticeQuerySet":
        return self.filter(person_id=person_id)


class Notice(Identified):
    """A message in the outbox, written in the same transaction as what it tells."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SHOWN = "shown"
        READ = "read"

    person_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    numbers = models.JSONField(default=dict, help_text="what the sentence needs; never another person's data")
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=36)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["person_id", "state"])]


class Claim(models.Model):
    """A form's one-time key: claimed before the act, answered with where the act led."""

    key = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    answer = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
