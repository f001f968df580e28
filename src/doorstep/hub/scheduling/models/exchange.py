"""A promise that passes from one volunteer to another: a stand-in, or two visits swapped; every step stays to be seen."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person

from .offer import Offer


class Exchange(Identified):
    class State(models.TextChoices):
        ASKED = "asked", _("等对方回话")
        DONE = "done", _("换好了")
        DECLINED = "declined", _("对方不方便")
        TAKEN_BACK = "taken_back", _("自己收回了")
        LAPSED = "lapsed", _("没有回话")
        OBJECTED = "objected", _("社工没同意")

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="exchanges", help_text="the promise of who asks")
    fellow = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(
        Offer, null=True, on_delete=models.CASCADE, related_name="+", help_text="the fellow's own promise, if two visits are swapped"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    new_offer = models.ForeignKey(Offer, null=True, on_delete=models.SET_NULL, related_name="+", help_text="the fellow's, once it is done")
    new_other = models.ForeignKey(Offer, null=True, on_delete=models.SET_NULL, related_name="+")
    objected_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["asked_at"]
        indexes = [models.Index(fields=["fellow", "state"])]
        constraints = [models.UniqueConstraint(fields=["offer"], condition=Q(state="asked"), name="one_exchange_asked")]

    def is_open(self, now: datetime) -> bool:
        """Whether an answer would still count."""
        return self.state == Exchange.State.ASKED and now <= self.until

    @property
    def is_swap(self) -> bool:
        return self.other_id is not None
