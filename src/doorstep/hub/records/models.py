"""Who was really there: the least that a visit leaves behind."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person
from doorstep.hub.scheduling.models import Channel, Offer


class Attendance(Identified):
    class Outcome(models.TextChoices):
        SERVED = "served", _("去过了，办了")
        NOT_HOME = "not_home", _("去了，家里没人")
        NO_SHOW = "no_show", _("没有来")
        CALLED_OFF = "called_off", _("到门口改了主意")

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="attendance")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    said_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", help_text="who confirms it; never oneself")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
