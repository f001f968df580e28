"""Corrections of the rest of the record: one table for awards, evaluations, the words of trainings, and hours of elsewhere."""

from django.db import models
from django.db.models import Q

from doorstep.hub.journal.models import Identified
from doorstep.hub.people.models import Person

from .hours import Correction
from .moving import Transfer
from .record import Award, Evaluation, Training

#: The keys of an amendment of which exactly one is filled.
ABOUT = ("award", "evaluation", "training", "transfer")


class Amendment(Identified):
    """What a record should say: proposed by one, approved by another, never by the person itself."""

    award = models.ForeignKey(Award, null=True, on_delete=models.PROTECT, related_name="amendments")
    evaluation = models.ForeignKey(Evaluation, null=True, on_delete=models.PROTECT, related_name="amendments")
    training = models.ForeignKey(Training, null=True, on_delete=models.PROTECT, related_name="amendments")
    transfer = models.ForeignKey(Transfer, null=True, on_delete=models.PROTECT, related_name="amendments")
    was = models.JSONField(help_text="each fact that two people may change, as it stood")
    said = models.JSONField(help_text="the same facts as they should be")
    struck = models.BooleanField(default=False)
    why = models.CharField(max_length=200)
    answer = models.CharField(max_length=200, blank=True, help_text="what the second person said to it")
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=Correction.State.choices, default=Correction.State.PROPOSED)
    entry = models.BigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(award__isnull=False, evaluation=None, training=None, transfer=None)
                | Q(award=None, evaluation__isnull=False, training=None, transfer=None)
                | Q(award=None, evaluation=None, training__isnull=False, transfer=None)
                | Q(award=None, evaluation=None, training=None, transfer__isnull=False),
                name="amendment_of_one_record",
            ),
            models.CheckConstraint(condition=~Q(proposed_by=models.F("decided_by")), name="amendment_by_two"),
            *(models.UniqueConstraint(fields=[key], condition=Q(state="proposed"), name=f"one_open_amendment_of_{key}") for key in ABOUT),
        ]

    @property
    def about(self) -> Award | Evaluation | Training | Transfer:
        found: Award | Evaluation | Training | Transfer = getattr(self, self.key)
        return found

    @property
    def key(self) -> str:
        return next(key for key in ABOUT if getattr(self, f"{key}_id") is not None)
