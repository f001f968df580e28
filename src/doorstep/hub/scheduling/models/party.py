"""People who go together or not at all: a household, or fellow volunteers who each say yes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person

from .slot import Slot


class Party(Identified):
    class State(models.TextChoices):
        ASKING = "asking", _("等每个人回话")
        TOGETHER = "together", _("都去")
        DISSOLVED = "dissolved", _("没凑齐，都没报上")

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="parties")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKING)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state"])]
