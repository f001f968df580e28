"""The yearly report as it was published: its figures are kept as they stood on that day, in each language."""

from django.db import models
from django.db.models import Q

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place


class YearlyReport(Identified):
    """A district's year; what was wrong is taken back and published anew, both stay on file."""

    district = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    figures = models.JSONField(help_text="language to the whole report in words and figures")
    published_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField()
    entry = models.BigIntegerField(null=True, unique=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=200, blank=True, help_text="why it was taken back")

    class Meta:
        ordering = ["-year", "-published_at"]
        constraints = [
            models.UniqueConstraint(fields=["district", "year"], condition=Q(withdrawn_at=None), name="one_report_a_year"),
        ]
