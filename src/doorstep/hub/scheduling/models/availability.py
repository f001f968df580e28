"""When a person is free: a usual week, exceptions of a day, and homes where the person is not to be sent."""

from django.db import models
from django.db.models import Q

from doorstep.hub.people.models import Household, Person


class Availability(models.Model):
    """A stretch of the usual week, in minutes of the day."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, end_minute__lte=1440) & Q(end_minute__gt=models.F("start_minute")),
                name="availability_inside_a_day",
            )
        ]


class AvailabilityException(models.Model):
    """One day that differs: free although usually not, or not free although usually so."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="availability_exceptions")
    date = models.DateField(db_index=True)
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    free = models.BooleanField()

    class Meta:
        ordering = ["date", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_minute__lte=1440) & Q(end_minute__gt=models.F("start_minute")),
                name="exception_inside_a_day",
            )
        ]


class Exclusion(models.Model):
    """That this person is never sent to this home, whoever of the two wished it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exclusions")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="exclusions")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "household"], name="exclusion_once")]
