"""A volunteer's calendar: its secret address, and the reminders that went out."""

from django.db import models

from doorstep.hub.people.models import Person

from .offer import Offer


class CalendarKey(models.Model):
    """Whoever knows the secret may read one person's calendar; only the digest of the secret is kept."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="calendar_key")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()


class Reminder(models.Model):
    """That a reminder was given: the row and its notice are written together, so that none is given twice."""

    class Kind(models.TextChoices):
        EVENING = "evening"
        MORNING = "morning"

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "kind"], name="reminder_once")]
