"""Holidays as they were announced, year by year, beside those that the calendar library knows."""

from django.db import models

from doorstep.hub.people.models import Person


class AnnouncedYear(models.Model):
    """The days off and the make-up working days of a year, entered when they are announced."""

    year = models.PositiveSmallIntegerField(unique=True)
    days = models.JSONField(help_text="a list of {date, isOffDay}")
    source = models.CharField(max_length=120)
    entered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["year"]
