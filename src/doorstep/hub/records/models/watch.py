"""What looks odd about hours, with the reasons, and what came of looking into it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person, Place

from .hours import Hours


class Anomaly(Identified):
    class State(models.TextChoices):
        OPEN = "open", _("还没看")
        SOUND = "sound", _("看过了，没有问题")
        WRONG = "wrong", _("确有问题，已处理")

    key = models.CharField(max_length=120, unique=True, help_text="kind and what it is about, so that it is found once")
    kind = models.CharField(max_length=30)
    unit = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="anomalies")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", help_text="whose doing looks odd")
    other = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", help_text="the second person in it")
    hours = models.ManyToManyField(Hours, related_name="anomalies")
    weight = models.FloatField(help_text="how odd: what is highest is looked at first")
    numbers = models.JSONField(default=dict)
    found_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=200, blank=True)
    handled_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-weight", "found_at"]
        indexes = [models.Index(fields=["unit", "state"])]
